"""Whether a phrasing's words of force fit the verdict: leave, ban, duty, advice, and ways out.

Stricter than a reader would be: what is not plainly in line with the verdict does not fit.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.answer import Verdict
from bot.engines.said import Part, Source


class Force(StrEnum):
    """What a word does to the conduct it speaks of."""

    LEAVE = "leave"
    BAN = "ban"
    DUTY = "duty"
    ADVICE = "advice"
    PATH = "path"
    ENDLESS = "endless"
    HEDGE = "hedge"


_PHRASES: dict[Force, str] = {
    Force.LEAVE: """
        may; can; could; might; allowed; allow; allows; allowing; permitted; permit; permits;
        permitting; permissible; permissive; ok; okay; fine; alright; all right; acceptable; free;
        freely; welcome; entitled; cleared; go ahead; green light; feel free; no problem; no issue;
        no objection; no harm; harmless; safe; safely; exempt; exempted; yes; yeah; yep; sure;
        absolutely; certainly; of course; definitely; good to go; optional; unrestricted; unlimited;
        nothing stops; nothing prevents; no rule; no rules; no ban; no restriction; no restrictions;
        no prohibition; no need; need no; needs no; not need; dont need; doesnt need; not needed;
        not require; doesnt require; requires no; require no; not required; isnt required;
        not necessary; unnecessary; no permission; no approval; no consent; no authorization;
        not apply; doesnt apply; dont apply; nothing wrong; within policy; within the rules;
        compliant; complies; in line; at liberty; at will; legit; lawful; legal; approved; good;
        great; encouraged; enjoy; right to; have the right; let; lets; be able to; able to; waived;
        lifted; suspended; no longer; excused; tolerated; accepted; overlooked; nobody minds
    """,
    Force.BAN: """
        must not; mustnt; shall not; shant; may not; cannot; cant; can not; prohibited; prohibits;
        prohibit; prohibition; forbidden; forbids; forbid; banned; bans; ban; barred; bars;
        disallowed; disallows; off limits; never; refrain; refrains; unacceptable; impermissible;
        violates; violate; violation; breach; breaks the; against the order; against policy;
        against the policy; against the rules; outlawed; should not; shouldnt; ought not; do not
        post; dont post; no posting; without exception; zero tolerance; ruled out; taboo
    """,
    Force.DUTY: """
        must; shall; required; requires; require; mandatory; obligated; obliged; obligation;
        have to; has to; need to; needs to; need; needs; duty to; duty; bound to; compulsory
    """,
    Force.ADVICE: """
        should; ought; advised; advise; advises; recommended; recommend; recommends; suggest;
        suggests; suggested; encourage; encourages; better; best; wise; prudent; consider; avoid;
        preferable; preferably; try to; make sure; be careful; discouraged
    """,
    Force.PATH: """
        permission; permissions; approval; approvals; approve; approves; approving; consent;
        consents; authorization; authorize; authorizes; authorized; authority; request; requests;
        ask; asking; asks; unless; until; except; exception; exceptions; waiver; clearance; sign
        off; agreement; agrees; without
    """,
    Force.ENDLESS: """
        anything; whatever; everything; always; no limits; no limit; without limits; without limit;
        no conditions; without conditions; without condition; unconditionally; unconditional;
        any time; as you like; as you please; no strings; nobody; no one; in any case; under no
        circumstances; in no case; no exception; no exceptions; absolute; completely; totally
    """,
    Force.HEDGE: """
        but; however; although; though; yet; anyway; anyhow; nonetheless; nevertheless; regardless;
        unofficially; practice; really; actually; technically; secretly; still; honestly; rarely;
        seldom; nobody checks; theoretically; supposedly; only on paper; ignore; ignored; wink;
        instead; otherwise; while; whereas; unenforced; outdated; mistaken; wrong; untrue; false;
        incorrect; joke; kidding
    """,
}
_NOT = frozenset(
    "not no never nothing nobody none neither nor isnt arent wasnt werent doesnt dont didnt wont "
    "wouldnt hardly barely cannot cant without".split()
)
_DENIES = frozenset("not isnt arent wasnt cannot cant wont wouldnt".split())
_IF = frozenset("if when whether where unless depends depending provided".split())
_WITHIN = frozenset(
    "if provided unless within degree only limits conditions extent condition long caution "
    "cautions cautioned caveat subject".split()
)
_LIFTS = frozenset("permission approval consent authorization agreement".split())
_BASE_VERBS = frozenset(
    "post share upload send publish tweet stream go do put get tell delete remove take use write "
    "comment like repost submit forward enjoy snap show keep just simply please".split()
)
_LINKS = frozenset("so then just please and or simply".split())
_BANS = frozenset({Verdict.PROHIBITED, Verdict.NEEDS_PERMISSION})
_LONGEST = 4


@dataclass(frozen=True)
class _Found:
    force: Force
    at: int
    size: int


@dataclass(frozen=True)
class Sources:
    """What words of force may rest on.

    ``order`` holds the cited clauses, ``bans`` those of them that forbid for good, ``reviewed``
    what the rules say themselves. Leave rests on what is reviewed alone, so that an order into
    which somebody wrote a sentence for the model gives none.
    """

    order: Source
    bans: Source
    reviewed: Source

    def of(self, force: Force, verdict: Verdict) -> Source:
        """Return what a word of this force may rest on."""
        if force is Force.LEAVE:
            return self.reviewed
        return self.bans if verdict is Verdict.PROHIBITED else self.order


def fits(verdict: Verdict, part: Part, sources: Sources, *, advised: bool) -> bool:
    """Whether a part of a phrasing says nothing beside the verdict.

    ``advised``: the verdict rests on a caution. A sentence of the rules' own always fits.
    """
    if part.own:
        return True
    said = part.words
    found = _read(said)
    if verdict in _BANS and (
        _commands(said, sources.order) or any(f.force is Force.HEDGE for f in found)
    ):
        return False
    loose = {
        f.force
        for f in found
        if not sources.of(f.force, verdict).around(said, f.at, f.size, _beside(f.force))
    }
    return _CHECKS[verdict](_Heard(said, {f.force for f in found}, loose, advised))


@dataclass(frozen=True)
class _Heard:
    """A part's forces: all of them, and those that are not in the order's own words."""

    words: Sequence[str]
    all: set[Force]
    loose: set[Force]
    advised: bool

    def any_of(self, known: frozenset[str]) -> bool:
        return bool(known & set(self.words))


def _prohibited(heard: _Heard) -> bool:
    strange = {Force.LEAVE, Force.PATH, Force.ADVICE, Force.DUTY}
    return Force.BAN in heard.all and not heard.loose & strange


def _needs_permission(heard: _Heard) -> bool:
    bound = heard.all & {Force.BAN, Force.DUTY}
    strange = {Force.LEAVE, Force.ADVICE, Force.ENDLESS}
    return bool(bound) and heard.any_of(_LIFTS) and not heard.loose & strange


def _required(heard: _Heard) -> bool:
    strange = {Force.LEAVE, Force.BAN, Force.ADVICE, Force.HEDGE, Force.PATH}
    return Force.DUTY in heard.all and not heard.loose & strange


def _conditions(heard: _Heard) -> bool:
    if heard.loose & {Force.BAN, Force.DUTY, Force.PATH, Force.ENDLESS, Force.HEDGE}:
        return False
    return Force.LEAVE not in heard.loose or (not heard.advised and heard.any_of(_WITHIN))


def _allowed(heard: _Heard) -> bool:
    strange = {Force.BAN, Force.DUTY, Force.PATH, Force.ENDLESS, Force.HEDGE, Force.ADVICE}
    return not heard.loose & strange


def _depends(heard: _Heard) -> bool:
    if heard.loose & {Force.LEAVE, Force.ENDLESS, Force.HEDGE, Force.ADVICE}:
        return False
    return not heard.loose & {Force.BAN, Force.DUTY} or heard.any_of(_IF)


def _informational(heard: _Heard) -> bool:
    return not heard.loose - {Force.PATH}


def _nothing(heard: _Heard) -> bool:
    return False


_CHECKS: dict[Verdict, Callable[[_Heard], bool]] = {
    Verdict.PROHIBITED: _prohibited,
    Verdict.NEEDS_PERMISSION: _needs_permission,
    Verdict.REQUIRED: _required,
    Verdict.ALLOWED_WITH_CONDITIONS: _conditions,
    Verdict.ALLOWED: _allowed,
    Verdict.DEPENDS: _depends,
    Verdict.INFORMATIONAL: _informational,
    Verdict.NOT_COVERED: _nothing,
}


def _beside(force: Force) -> int:
    """How many words beside a word of force have to be the order's too; more where more is lost."""
    return 3 if force is Force.LEAVE else 2


def _read(said: Sequence[str]) -> list[_Found]:
    """Return the words of force in a text, negation turned round, the longest phrase first."""
    found, at = [], 0
    while at < len(said):
        for size in range(min(_LONGEST, len(said) - at), 0, -1):
            force = _FORCES.get(tuple(said[at : at + size]))
            if force is not None:
                found += _turned(said, _Found(force, at, size))
                at += size
                break
        else:
            at += 1
    return found


def _turned(said: Sequence[str], found: _Found) -> list[_Found]:
    """Return ``not allowed`` as a ban, ``not prohibited`` as leave, and what is unclear as both."""
    if found.force not in {Force.LEAVE, Force.BAN, Force.DUTY}:
        return [found]
    before = said[max(0, found.at - 4) : found.at]
    after = said[found.at + found.size : found.at + found.size + 2]
    if not _NOT & set(before) and list(after) != ["under", "no"]:
        return [found]
    if found.force is not Force.LEAVE:
        return [replace(found, force=Force.LEAVE)]
    turned = replace(found, force=Force.BAN)
    beside = [word for word in before if word != "be"][-1:]
    return [turned] if beside and beside[0] in _DENIES else [found, turned]


def _commands(said: Sequence[str], order: Source) -> bool:
    """Whether the text tells somebody to do it, in other words than the order's."""
    starts = [0, *(at + 1 for at, word in enumerate(said[:-1]) if word in _LINKS)]
    return any(said[at] in _BASE_VERBS and not order.around(said, at, 1, 2) for at in starts)


def _phrases() -> dict[tuple[str, ...], Force]:
    return {
        tuple(phrase.split()): force
        for force, text in _PHRASES.items()
        for phrase in text.split(";")
        if phrase.split()
    }


_FORCES = _phrases()
