"""Words that no phrasing may hold unless the cited clauses hold them: rights, persons, deadlines.

Each list is of plain words, matched whole; a word counts as the order's own where it stands there
with the words beside it.
"""

import re

from bot.engines.said import Part, Source
from index.words import stem

_RIGHTS = frozenset(
    "protected protection constitution constitutional constitutionally unconstitutional amendment "
    "rights sue sued suing lawsuit lawsuits litigation liable liability court courts judge jury "
    "attorney attorneys lawyer lawyers counsel legal legally illegal illegally lawful lawfully "
    "unlawful unlawfully statute statutes nlra mera precedent defamation win lose prevail fired "
    "fire firing terminated termination suspended suspension disciplined discipline punished "
    "punishment reprimand grievance arbitration union odds chances retaliation immunity damages "
    "criminal charged prosecuted case enforceable unenforceable void overturned "
    "job career".split()
)
# These are a claim about rights even in a sentence that shares words with a clause.
_FIRM = frozenset(
    "protected constitutional unconstitutional amendment rights sue lawsuit win fired legal "
    "lawful illegal unlawful terminated".split()
)
_GRANTED = frozenset(
    "already granted gave given obtained received signed okayed agreed approved authorized "
    "authorised cleared permitted preapproved confirmed consented greenlit".split()
)
_NOT_YET = frozenset("unless until before without not cannot".split())
_HELD = re.compile(
    r"\b(?:have|has|had|hold|holds|got|with|under|given|thanks to) "
    r"(?:the |your |their |his |her |its |a |an |express |written |prior |proper |verbal )*"
    r"(?:permission|approval|consent|authorization|blessing|okay|clearance)\b"
)
_PERSONS = frozenset(
    "chief designee supervisor supervisors sergeant sergeants lieutenant captain commander "
    "commissioner mayor deputy assistant director manager boss council board committee secretary "
    "spokesperson spokesman inspector major colonel superintendent sheriff governor prosecutor "
    "editor owner administrator partner instructor clerk executive city state section unit "
    "office bureau division affairs press media hr ia pio colleague coworker union public".split()
)
_TIMES = frozenset(
    "minute minutes hour hours day days week weeks weekly month months year years deadline today "
    "tomorrow tonight monday tuesday wednesday thursday friday saturday sunday january february "
    "march april june july august september october november december immediately "
    "promptly soon asap annually annual daily expires expiry date dates notice business one two "
    "three four five six seven eight nine ten fourteen thirty sixty ninety hundred half once "
    "twice midnight noon weekend".split()
)
_FORMS = frozenset(
    "written writing verbal verbally oral orally email emails mail form forms memo memorandum "
    "letter signature phone portal ticket template document documents certificate log register "
    "fee fees appeal waiver in-person online fax text slack dm".split()
)
_ELSEWHERE = frozenset(
    "delete deleting deletes remove removing erase erasing hide hiding anonymous anonymously "
    "alias pseudonym blur crop screenshot secret promise guarantee guaranteed "
    "confidentially".split()
)
_PLAIN = frozenset(
    stem(word)
    for word in (
        "a an the this that these those it its is are was be been being of on in to for from by as "
        "at with and or not no nor so such than then there here when where which who whom whose "
        "what how if unless without you your yours he she his her they their them any anyone all "
        "each every both either own same other under over about into through between within "
        "order directive policy clause section say states reads name mean cover apply concern "
        "rule ban word words text post photo picture share show department employee officer "
        "personnel member people person permission approval consent prohibit forbid shall must "
        "may should cautioned caution need require duty notify do does did has have had also only "
        "means meaning go general describes defines gives tells stays kind thing question answer "
        "speak treat list allow free can cannot condition limit depend fact decide"
    ).split()
)
_LEAST = 0.6


def on_rights(part: Part, order: Source) -> bool:
    """Whether a part speaks of rights, courts or outcomes in words that are not the order's."""
    return _strange(part, _RIGHTS, order, beside=2) or _strange(part, _FIRM, order, beside=4)


def claims_permission(part: Part, reviewed: Source) -> bool:
    """Whether a part says that somebody has permitted something, which the rules do not say."""
    said = part.words
    if part.own or _NOT_YET & set(said):
        return "already" in said and not part.own
    if _HELD.search(" ".join(said)):
        return True
    return _strange(part, _GRANTED, reviewed, beside=2)


def invents(part: Part, order: Source) -> bool:
    """Whether a part names a person, a time, a form or a number that the cited clauses do not."""
    known = _PERSONS | _TIMES | _FORMS
    if part.own:
        return False
    return any(
        (word in known or any(c.isdigit() for c in word)) and not order.holds([word])
        for word in part.words
    )


def strays(part: Part, order: Source) -> bool:
    """Whether too little of a part is of the cited clauses' words, or it advises what they do not.

    The words that any sentence needs do not count for it.
    """
    if part.own:
        return False
    if any(word in _ELSEWHERE and not order.holds([word]) for word in part.words):
        return True
    telling = [word for word in part.words if stem(word) not in _PLAIN]
    known = sum(order.stems(word) for word in telling)
    return bool(telling) and known < _LEAST * len(telling)


def _strange(part: Part, known: frozenset[str], order: Source, beside: int) -> bool:
    if part.own:
        return False
    return any(
        word in known and not order.around(part.words, at, 1, beside)
        for at, word in enumerate(part.words)
    )
