"""A draft on file -> in force, by somebody who says so; and the ways back, while there are any."""

import json
import re
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from datetime import date
from pathlib import Path

from pydantic import BaseModel

from index.asked import FILE as QUESTIONS
from index.asked import load_facts, read_examples, read_yaml
from index.directive import FROZEN, Status
from index.drafting import REVIEWED_BY
from index.errors import DirectiveRefused
from index.handed import doubts
from index.library import load_directive
from index.report import examine
from index.rule import Reading
from index.rules import FILE as RULES
from index.rules import reading
from index.sheet import FILE as SHEET
from index.sheet import Sheet, changed, refuse_clashes, sheets
from index.shelf import Deed, Recorder, held, rewrite, take_away, unrecorded

_LONGEST_NAME = 100
Found = tuple[Path, Sheet]


class Proposed(BaseModel):
    """What issuing a draft would change, and what its reader should know before.

    ``version`` is the draft's own effective day, ``effective`` the one it is to have. ``replaces``
    is the effective day of the version that ends then. ``ends`` are the versions of other numbers
    on file that end with it, ``rescinds`` and ``amends`` all numbers that it names. ``unreviewed``
    of its ``rules`` nobody has read. ``doubts`` are those of the parse and of the head.
    """

    model_config = FROZEN

    number: str
    name: str
    title: str
    version: date
    issued: date
    effective: date
    sha256: str
    folder: str
    replaces: date | None
    rescinds: tuple[str, ...]
    ends: tuple[str, ...]
    amends: tuple[str, ...]
    clauses: int
    rules: int
    unreviewed: int
    reading_by: str
    confidence: float
    doubts: tuple[str, ...]
    unrecognised: int


class Issued(BaseModel):
    """What was put in force, and by whom."""

    model_config = FROZEN

    number: str
    name: str
    title: str
    effective: date
    replaces: date | None
    sha256: str
    reviewed_by: str
    reading_by: str


def propose(
    corpus: Path, number: str, *, effective: date | None = None, version: date | None = None
) -> Proposed:
    """Return what issuing the draft of a number would change; nothing is written.

    ``effective`` is the day on which it takes effect, its sheet's if none is given; ``version``
    the draft's own day, where a number has several. Raises DirectiveRefused and ReadingRefused
    with the remedy where it cannot be issued so.
    """
    known = sheets(corpus)
    folder, sheet = _draft(known, number, version)
    day = effective or sheet.effective
    if day < sheet.issued:
        raise DirectiveRefused(
            f"{sheet.name} was issued on {sheet.issued}; it cannot take effect before, on {day}. "
            "Give the right day with --effective."
        )
    replaces = _replaced(known, folder, sheet, day)
    after = sheet.model_copy(
        update={"effective": day, "replaces": replaces, "status": Status.IN_FORCE}
    )
    refuse_clashes({**known, folder: after})
    directive, facts = load_directive(folder), load_facts(corpus)
    read = reading(folder, directive, facts)
    if (folder / QUESTIONS).is_file():
        read_examples(folder / QUESTIONS, directive, facts)
    examined = examine(folder / sheet.file)
    return Proposed(
        number=sheet.number,
        name=sheet.name,
        title=sheet.title,
        version=sheet.effective,
        issued=sheet.issued,
        effective=day,
        sha256=sheet.sha256,
        folder=str(folder),
        replaces=replaces,
        rescinds=sheet.rescinds,
        ends=tuple(_ended(known.values(), after)),
        amends=sheet.amends,
        clauses=len(directive.clauses),
        rules=len(read.rules),
        unreviewed=sum(rule.reviewed_by == REVIEWED_BY for rule in read.rules),
        reading_by=read.reviewed_by,
        confidence=examined.confidence,
        doubts=(*examined.doubts, *doubts(examined, after)),
        unrecognised=len(examined.lost),
    )


def issue(
    corpus: Path,
    proposed: Proposed,
    reviewed_by: str,
    *,
    reading_reviewed: bool = False,
    recorded: Recorder = unrecorded,
) -> Issued:
    """Put a draft in force as it was proposed; it is so in one step, or not at all.

    ``reviewed_by`` is who issues it. With ``reading_reviewed`` the same person answers for its
    reading too; without, answers go on saying who did not. Raises DirectiveRefused, also where
    anything of what was proposed has changed since, and CorpusUnusable.
    """
    by = _named(reviewed_by)
    with held(corpus):
        again = propose(
            corpus, proposed.number, effective=proposed.effective, version=proposed.version
        )
        if again != proposed:
            raise DirectiveRefused(
                f"{proposed.name} was changed since it was looked at. Look at it again."
            )
        folder = Path(proposed.folder)
        fields = {
            "effective": proposed.effective,
            "replaces": proposed.replaces,
            "reviewed_by": by,
            "status": Status.IN_FORCE.value,
        }
        text = changed(folder, **fields)
        signed = _signed(folder / RULES, by) if reading_reviewed else None
        after = sheets(corpus)[folder].model_copy(update={**fields, "status": Status.IN_FORCE})
        if signed is not None:
            rewrite(folder / RULES, signed, nullcontext())
        rewrite(folder / SHEET, text, recorded(Deed.ISSUED, after))
    return Issued(
        number=proposed.number,
        name=proposed.name,
        title=proposed.title,
        effective=proposed.effective,
        replaces=proposed.replaces,
        sha256=proposed.sha256,
        reviewed_by=by,
        reading_by=by if reading_reviewed else proposed.reading_by,
    )


def withdraw(
    corpus: Path,
    number: str,
    today: date,
    *,
    version: date | None = None,
    recorded: Recorder = unrecorded,
) -> Sheet:
    """Make an issued version a draft again, as long as its day has not come; return its sheet.

    Raises DirectiveRefused with the remedy, and CorpusUnusable.
    """
    with held(corpus):
        known = sheets(corpus)
        issued = [one for one in _versions(known, number) if one[1].live]
        coming = [one for one in issued if one[1].effective > today]
        if not coming:
            since = f"in force since {issued[-1][1].effective}" if issued else "not issued"
            raise DirectiveRefused(
                f"{number!r} is {since}: there is nothing to withdraw. What is in force ends by a "
                "new version, or by 'status' and 'ended' in its directive.toml."
            )
        folder, sheet = _one(coming, number, version)
        after = sheet.model_copy(
            update={"status": Status.DRAFT, "replaces": None, "reviewed_by": None}
        )
        refuse_clashes({**known, folder: after})
        text = changed(folder, status=Status.DRAFT.value, replaces=None, reviewed_by=None)
        rewrite(folder / SHEET, text, recorded(Deed.WITHDRAWN, after))
    return after


def remove(
    corpus: Path, number: str, *, version: date | None = None, recorded: Recorder = unrecorded
) -> Sheet:
    """Delete the draft of a number with everything beside it, and return its sheet.

    Raises DirectiveRefused with the remedy, and CorpusUnusable.
    """
    with held(corpus):
        folder, sheet = _draft(sheets(corpus), number, version)
        take_away(folder, recorded(Deed.REMOVED, sheet))
    return sheet


def _draft(known: Mapping[Path, Sheet], number: str, version: date | None) -> Found:
    drafts = [f for f in known.items() if f[1].status is Status.DRAFT]
    mine = [f for f in drafts if f[1].number == number.strip()]
    if not mine:
        there = ", ".join(f"{s.number} of {s.effective}" for _, s in drafts) or "none"
        raise DirectiveRefused(
            f"{number!r} has no draft on file. Drafts: {there}. "
            "Take its file in first: 'policybot directives add FILE'."
        )
    return _one(mine, number, version)


def _one(found: list[Found], number: str, version: date | None) -> Found:
    chosen = [f for f in found if version is None or f[1].effective == version]
    if len(chosen) != 1:
        days = ", ".join(str(s.effective) for _, s in sorted(found, key=lambda f: f[1].effective))
        raise DirectiveRefused(
            f"{number!r} can be meant as the version of {days}. Say which one with --version."
        )
    return chosen[0]


def _versions(known: Mapping[Path, Sheet], number: str) -> list[Found]:
    found = [f for f in known.items() if f[1].number == number.strip()]
    return sorted(found, key=lambda f: f[1].effective)


def _replaced(known: Mapping[Path, Sheet], folder: Path, sheet: Sheet, day: date) -> date | None:
    """Return the day of the version that a new one replaces; refuse one between issued ones."""
    others = [f for f in _versions(known, sheet.number) if f[0] != folder]
    same = next((f for f in others if f[1].effective == day), None)
    if same is not None:
        what = "a draft" if same[1].status is Status.DRAFT else "a version"
        raise DirectiveRefused(
            f"{sheet.name} has {what} of {day} already, in {str(same[0])!r}. "
            "Give another day with --effective, or take that one away."
        )
    later = next((s for _, s in others if s.live and s.effective > day), None)
    if later is not None:
        raise DirectiveRefused(
            f"{sheet.name} is issued from {later.effective} on already: two versions would be in "
            f"force. Give a later day with --effective, or withdraw that one first: 'policybot "
            f"directives withdraw {sheet.number} --version {later.effective}'."
        )
    return max((s.effective for _, s in others if s.live), default=None)


def _ended(known: Iterable[Sheet], after: Sheet) -> Iterable[str]:
    for sheet in known:
        if sheet.live and sheet.number in after.rescinds and sheet.effective < after.effective:
            yield f"{sheet.name} of {sheet.effective}"


def _named(by: str) -> str:
    name = " ".join(by.split())
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        raise DirectiveRefused(
            f"{by[:40]!r} is no name. Say who issues it: --reviewed-by NAME, at most "
            f"{_LONGEST_NAME} characters."
        )
    return name


def _signed(path: Path, by: str) -> str:
    """Return the text of rules.yaml with who reviewed it, everything else as it is."""
    if not path.is_file():
        raise DirectiveRefused(
            f"{str(path)!r} is not there, so nobody can have reviewed it. Write it first: "
            "'policybot directives draft NUMBER' proposes it."
        )
    before = read_yaml(path, Reading)
    text = path.read_text(encoding="utf-8")
    line = f"reviewed_by: {json.dumps(by, ensure_ascii=False)}"
    found = re.search(r"(?m)^reviewed_by:(?P<who>.*)$", text)
    if found is None or before.reviewed_by not in found.group("who"):
        raise DirectiveRefused(f"{str(path)!r} cannot be signed safely. Write by hand: {line}.")
    return text[: found.start()] + line + text[found.end() :]
