"""A sentence -> its limbs: each part with a force of its own, the verb as written, and its effect.

By grammar and tables of phrases alone; nothing here knows any one directive.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from index.authority import masked
from index.rule import Effect

_ADV = (
    r"(?:(?:\w+ly|also|only|then|first|always|ever|hereby|further|at all times|under no "
    r"circumstances|at no time|in no (?:event|case|way|instance)) )*"
)
_BE = rf"(?:(?:shall|will|must|should|may|can|could|would) {_ADV}be|is|are|was|were|remains?)"
_MODAL = r"(?:shall|must|will|may|can)"
_APPROVAL = r"(?:[\w/-]+ ){0,3}?(?:approval|permission|authori[sz]ation|consent|clearance)"
_CONSEQUENCE = (
    r"(?:be subject|result in|form the basis|provide grounds|constitute|lead to|become|be "
    r"(?:grounds|considered|deemed|construed|viewed|held|forfeited)|reflect|emerge|occur|exist|"
    r"take precedence|remain in effect|serve as|apply)\b"
)
_MAY_BE_SO = (
    r"(?:have|has|include|contain|require|vary|arise|cause|bring|affect|impact|impair|"
    r"jeopardize|expose|indicate|involve|appear|pose|create|prevent|interfere|compromise|damage|"
    r"harm|undermine|violate|be (?:obtained|accessed|used in|"
    r"necessary|difficult|possible|appropriate|held))\b"
)
_OUTRIGHT = (
    r"(?:prohibited|forbidden|barred|banned|precluded|disallowed|unauthori[sz]ed|unacceptable|"
    r"impermissible|unlawful|not (?:\w+ly )?(?:permitted|allowed|authori[sz]ed|acceptable|"
    r"tolerated))(?: from| to)?\b"
)
_STATED = (
    r"is|are|was|were|has|have|had|does|do|apply|applies|include|includes|provide|provides|"
    r"establishes|outlines|describes|recognizes|supports|contains|governs|supersedes|rescinds|"
    r"covers|addresses|consists|exists|begins|ends|remains|serves|can"
)
_ORDERED = (
    r"ensure|secure|follow|identify|notify|report|complete|submit|obtain|contact|call|wait|use|keep|"
    r"maintain|document|record|take|treat|make|provide|check|conduct|remove|request|inform|advise|"
    r"comply|forward|review|respond|return|seek|stop|verify|wear|refer|present|assist|attend|"
    r"assess|continue|establish|place|give|write|sign|turn|move|leave|hold|activate|protect"
)
_SOFTLY = r"consider|try|avoid|remember|note|be aware|bear in mind"

# A phrase and what it does, the first that fits at a place; "weak" ones give way to any other.
_TABLE: tuple[tuple[str, Effect, bool], ...] = (
    (
        r"nothing (?:[\w'’-]+ ){0,7}?(?:shall|should|may|will|is intended|prohibits|precludes|"
        r"prevents|limits|restricts)\b",
        Effect.INFORMS,
        False,
    ),
    (
        r"(?:^|(?<=[,;:] )|(?<=and )|(?<=but ))no (?!later|fewer|less)(?:[\w'’/-]+ ){1,8}?(?:shall|"
        r"may|will|must|can|(?:is|are) (?:permitted|allowed|authori[sz]ed) to)\b",
        Effect.PROHIBITED,
        False,
    ),
    (r"neither (?:[\w'’/-]+ ){1,10}?(?:shall|may|will|can)\b", Effect.PROHIBITED, False),
    (
        r"(?:under no circumstances|at no time|in no (?:event|case|instance)|on no account)"
        r"(?:,? (?:shall|will|may|should|must|is|are)\b)",
        Effect.PROHIBITED,
        False,
    ),
    (r"nor (?:shall|may|will|must|can)\b", Effect.PROHIBITED, False),
    (r"nor should\b", Effect.ADVISED, False),
    (
        r"(?:shall|will|is|are) not (?:be )?(?:required|obligated|obliged|expected)(?: to)?\b",
        Effect.ALLOWED,
        False,
    ),
    (r"need not\b|(?:do|does) not (?:need|have) to\b", Effect.ALLOWED, False),
    (r"(?:is|are) not (?:prohibited|forbidden|precluded)(?: from)?\b", Effect.ALLOWED, False),
    (
        r"(?:shall|will|do|does|may|should) not (?:be (?:construed|interpreted)|apply|limit|"
        r"preclude|prevent|prohibit|restrict|affect|imply|constitute|create|include)\b",
        Effect.INFORMS,
        False,
    ),
    (r"may not (?:always|necessarily|be (?:possible|practical|feasible))\b", Effect.INFORMS, False),
    (r"should never (?:assume|expect)\b|should not (?:assume|expect)\b", Effect.INFORMS, False),
    (rf"{_MODAL} {_ADV}refrain from\b", Effect.PROHIBITED, False),
    (rf"{_MODAL} {_ADV}(?:not|never)\b|can(?:not|[’']t)\b|won[’']t\b", Effect.PROHIBITED, False),
    (rf"{_MODAL} (?:under no circumstances|at no time)\b", Effect.PROHIBITED, False),
    (rf"should {_ADV}(?:not|never)\b", Effect.ADVISED, False),
    (r"should refrain from\b|should avoid\b", Effect.ADVISED, False),
    (r"(?:is|are) (?:\w+ly )?not to\b", Effect.PROHIBITED, False),
    (rf"{_BE} {_ADV}{_OUTRIGHT}", Effect.PROHIBITED, False),
    (r"(?:is|are|constitutes?) (?:considered )?a violation\b", Effect.PROHIBITED, False),
    (r"(?<!to )(?:prohibits|forbids|does not (?:permit|allow))\b", Effect.PROHIBITED, False),
    (r"(?:strictly |expressly )?prohibited(?=[.;:]?$)", Effect.PROHIBITED, False),
    (r"^prohibited (?:\w+ ){1,4}?(?:includes?|is|are)\b", Effect.PROHIBITED, False),
    (r"^(?:do not|don[’']t|never)\b", Effect.PROHIBITED, False),
    (rf"(?:requires?|needs?) {_APPROVAL}(?: of| from| by)?\b", Effect.PERMISSION, False),
    (rf"{_BE} {_ADV}subject to {_APPROVAL}(?: of| from| by)?\b", Effect.PERMISSION, False),
    (rf"{_BE} at the (?:\w+ )?discretion of\b", Effect.PERMISSION, False),
    (r"shall mean\b|means?\b|(?:is|are) defined as\b|(?:refer|denote)s?\b", Effect.DEFINES, True),
    (rf"(?:shall|will|may|can|could) {_ADV}{_CONSEQUENCE}", Effect.INFORMS, False),
    (rf"may {_ADV}{_MAY_BE_SO}", Effect.INFORMS, False),
    (
        r"should (?:be aware|expect|assume|understand|recogni[sz]e|note|know|anticipate)\b",
        Effect.INFORMS,
        False,
    ),
    (r"(?:is|are) subject to\b", Effect.INFORMS, False),
    (
        r"(?:purpose|intent|goal|objective|aim|mission)s? (?:[\w'’]+ ){0,8}?(?:is|are) to\b",
        Effect.INFORMS,
        False,
    ),
    (r"it (?:is|shall be) (?:[\w'’]+ ){0,6}?policy\b", Effect.REQUIRED, False),
    (r"it (?:is|shall be) (?:[\w'’]+ ){0,4}?(?:responsibility|duty) of\b", Effect.REQUIRED, False),
    (
        rf"{_BE} {_ADV}(?:encouraged|advised|urged|cautioned|reminded|recommended|discouraged|"
        r"suggested|advisable|preferable)(?: to| from)?\b(?<!cautioned to)",
        Effect.ADVISED,
        False,
    ),
    (r"recommends|ought to\b|should\b", Effect.ADVISED, False),
    (
        rf"{_BE} {_ADV}(?:required|mandatory|obligatory|compulsory|obligated|obliged|expected|"
        r"responsible|(?:charged|tasked)(?= with))(?: to| for| with)?\b",
        Effect.REQUIRED,
        False,
    ),
    (
        r"(?:has|have) (?:an?|the|no) (?:\w+ )?(?:duty|obligation|responsibility)(?: to)?\b",
        Effect.REQUIRED,
        False,
    ),
    (r"(?:has|have) to\b|needs? to\b|(?:is|are) to (?=[a-z])", Effect.REQUIRED, False),
    (r"(?:shall|must|will)(?: only)?\b", Effect.REQUIRED, False),
    (r"reserves? the right\b", Effect.INFORMS, False),
    (
        r"(?:has|have) (?:the |an? )?(?:\w+ )?(?:right|authority|discretion|option) to\b",
        Effect.ALLOWED,
        False,
    ),
    (
        rf"{_BE} {_ADV}(?:permitted|allowed|authori[sz]ed|free|entitled|eligible)(?: to)?\b",
        Effect.ALLOWED,
        False,
    ),
    (r"may(?: only)?(?! \d)\b|can(?: only)?\b(?= be used| use)", Effect.ALLOWED, False),
    (rf"^(?:{_SOFTLY})\b", Effect.ADVISED, True),
    (rf"^(?:{_ORDERED})\b(?! (?:of|is|are)\b)", Effect.REQUIRED, True),
    (rf"(?:{_STATED})\b", Effect.INFORMS, True),
)
_PHRASE = re.compile(
    "|".join(rf"(?P<p{n}>(?<![\w'’-]){pattern})" for n, (pattern, _, _) in enumerate(_TABLE)),
    re.IGNORECASE,
)
# A verb right behind a relative pronoun never carries the sentence; one in a subordinate clause
# does only where nothing else can.
_RELATIVE = re.compile(
    r"\b(?:which|who|whom|that|whose|as|than)(?: (?:\w+ly|they|he|she|it|you|we|also))?\s*$", re.I
)
_SUBORDINATE = re.compile(
    r"\b(?:if|when|where|while|until|whether|because|after|before|once|although|since|whom|that|"
    r"which|whose)\b",
    re.I,
)
_EMBEDDING = re.compile(r"\b(?:that|which|whose|whether)\b", re.I)
_BREAK = re.compile(r"[,;:–—(]")
_COORDINATED = re.compile(r"(?:^|[\s,;])(?:and|or|but|nor)\s+(?:also\s+|then\s+)?$", re.I)
# "If the line is dead, notify …": an order behind a clause that tells when.
_ORDER_AFTER = re.compile(
    r"^(?:if|when|once|after|before|upon|where|during|in|for|on|at)\b[^,;:]*, (?:then |always )?"
    rf"(?P<verb>{_ORDERED})\b(?! (?:of|is|are)\b)",
    re.I,
)
_NEW_SUBJECT = re.compile(
    r"(?:[,;]\s*(?:and|or|but|however,?)|;)\s+(?P<subject>(?:[\w'’/-]+\s+){1,8})$", re.I
)
_DETERMINED = re.compile(
    r"(?:they|it|he|she|you|the|an?|any|all|no|such|this|these|those|each|every|its|their)\b", re.I
)
_NOR = re.compile(r",?\s+nor\s+(?=[a-z]+[\s,])", re.I)


@dataclass(frozen=True)
class Limb:
    """Part of a sentence: its words between ``start`` and ``end``, its verb, and what that does.

    ``weak`` is True where no modal or ban is in it: a statement, an order to the reader, or none.
    ``force`` is empty where no verb was found.
    """

    start: int
    end: int
    force: str
    effect: Effect
    weak: bool = False


@dataclass(frozen=True)
class _Verb:
    start: int
    end: int
    words: str
    effect: Effect
    weak: bool
    relative: bool
    subordinate: bool


def limbs(sentence: str) -> tuple[Limb, ...]:
    """Return the limbs of a squeezed sentence in order, at least one; their spans never overlap."""
    verbs = list(_verbs(sentence))
    main = _main(verbs)
    ordered = _ORDER_AFTER.match(sentence) if main is None or main.weak else None
    if ordered is not None:
        return (Limb(0, len(sentence), ordered["verb"], Effect.REQUIRED, weak=True),)
    if main is None or sentence.endswith("?"):
        words = main.words if main else ""
        return (Limb(0, len(sentence), words, Effect.INFORMS, weak=True),)
    found: list[tuple[int, str, Effect, bool]] = [(0, main.words, main.effect, main.weak)]
    last = main
    for verb in verbs:
        if verb.start < last.end or main.weak or verb.weak or verb.relative:
            continue
        start = _limb_start(sentence, last.end, verb)
        if start is not None:
            found.append((start, verb.words, verb.effect, False))
            last = verb
    found = [*_with_nors(sentence, main, found)]
    return tuple(_spans(sentence, found))


def _verbs(sentence: str) -> Iterator[_Verb]:
    text = masked(sentence)
    for match in _PHRASE.finditer(text):
        _, effect, weak = _TABLE[int(str(match.lastgroup)[1:])]
        before = text[: match.start()]
        breaks = [gap.end() for gap in _BREAK.finditer(before)]
        since = before[breaks[-1] if breaks else 0 :]
        words = match.group()
        yield _Verb(
            match.start(),
            match.end(),
            words,
            effect,
            weak,
            _RELATIVE.search(before) is not None,
            _SUBORDINATE.search(since) is not None,
        )


def _main(verbs: list[_Verb]) -> _Verb | None:
    strong = [verb for verb in verbs if not verb.weak and not verb.relative]
    weak = [verb for verb in verbs if verb.weak and not verb.relative]
    for group in (strong, weak):
        for verb in group:
            if not verb.subordinate:
                return verb
        if group:
            return group[0]
    return None


def _limb_start(sentence: str, since: int, verb: _Verb) -> int | None:
    """Return where the limb of a further verb begins, or None where it only completes another."""
    between = sentence[since : verb.start]
    if verb.words.lower().startswith(("nor ", "neither ")):
        return verb.start
    joined = _COORDINATED.search(between)
    if joined is not None and not _EMBEDDING.search(between):
        return verb.start
    subject = _NEW_SUBJECT.search(between)
    if subject is None or _SUBORDINATE.search(subject["subject"]):
        return None
    if _DETERMINED.match(subject["subject"]) or not _EMBEDDING.search(between):
        return since + subject.start("subject")
    return None


def _with_nors(
    sentence: str, main: _Verb, found: list[tuple[int, str, Effect, bool]]
) -> Iterator[tuple[int, str, Effect, bool]]:
    """Add the limbs that repeat a ban with a bare "nor": "shall not make …, nor post …"."""
    starts = {start for start, *_ in found}
    added = [
        (match.start() + len(match.group()) - len(match.group().lstrip(", ")), main.words)
        for match in _NOR.finditer(sentence, main.end)
        if main.effect is Effect.PROHIBITED
    ]
    more = [
        (start, words, Effect.PROHIBITED, False) for start, words in added if start not in starts
    ]
    yield from sorted([*found, *more])


def _spans(sentence: str, found: list[tuple[int, str, Effect, bool]]) -> Iterator[Limb]:
    ends = [start for start, *_ in found[1:]] + [len(sentence)]
    for (start, words, effect, weak), end in zip(found, ends, strict=True):
        said = sentence[start:end]
        if end < len(sentence):
            said = re.sub(r"[,;\s]*(?:\b(?:and|or|but|however,?))?\s*$", "", said, flags=re.I)
        yield Limb(start, start + len(said), words, effect, weak)
