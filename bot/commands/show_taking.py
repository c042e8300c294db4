"""What became of files that were handed in, and what issuing a draft would change."""

from collections import Counter
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from index.intake import Fate, Outcome
from index.issuing import Proposed

_COLOURS = {
    Fate.TAKEN_IN: "green",
    Fate.NEW_VERSION: "green",
    Fate.ON_FILE: "dim",
    Fate.REFUSED: "bold red",
}
_MOST = 3


def outcomes(found: Sequence[Outcome], *, dry_run: bool) -> None:
    """Print what became of each file; what a file says cannot steer the terminal."""
    out = Console(highlight=False)
    for one in found:
        out.print(
            Text(one.fate.value, style=_COLOURS[one.fate]).append("  ").append(_safe(one.file))
        )
        for line in (one.why,) if one.why else _taken(one):
            out.print(Padding(Text(_safe(line)), (0, 0, 0, 4)))
    counts = Counter(one.fate for one in found)
    told = ", ".join(f"{counts[fate]} {fate.value}" for fate in Fate if counts[fate])
    end = " Nothing was written." if dry_run else ""
    out.print(Text(f"\n{len(found)} files: {told or 'none'}.{end}", style="bold"))
    if not dry_run and (counts[Fate.TAKEN_IN] or counts[Fate.NEW_VERSION]):
        out.print("Drafts are not in force: 'policybot directives issue NUMBER' puts them there.")


def _taken(one: Outcome) -> Iterator[str]:
    yield f"draft {one.name}, {one.title}; issued {one.issued}, effective {one.effective}"
    if one.replaces:
        yield f"it will replace the version of {one.replaces}"
    for verb, numbers in (("rescinds", one.rescinds), ("amends", one.amends)):
        if numbers:
            yield f"{verb} {', '.join(numbers)}"
    sure = f"confidence {one.confidence:.2f}" if one.confidence is not None else ""
    yield f"{one.clauses} clauses, {one.rules} rules drafted and unreviewed, {sure}"
    yield from (f"doubt: {doubt}" for doubt in one.doubts)
    yield from (f"not recognised: {line[:100]}" for line in one.unrecognised[:_MOST])
    if len(one.unrecognised) > _MOST:
        yield f"and {len(one.unrecognised) - _MOST} lines more"


def proposed(shown: Proposed) -> None:
    """Print what would change if a draft were issued."""
    out = Console(highlight=False)
    out.print(Text(_safe(f"{shown.name}, {shown.title}"), style="bold"))
    for line in _changes(shown):
        out.print(Padding(Text(_safe(line)), (0, 0, 0, 2)))


def _changes(shown: Proposed) -> Iterator[str]:
    moved = f" (its draft says {shown.version})" if shown.version != shown.effective else ""
    yield f"issued {shown.issued}, in force from {shown.effective}{moved}"
    if shown.replaces:
        yield f"replaces the version of {shown.replaces} from that day"
    if shown.rescinds:
        yield f"rescinds {', '.join(shown.rescinds)}"
    yield from (f"ends {ended} from that day" for ended in shown.ends)
    if shown.amends:
        yield f"amends {', '.join(shown.amends)}"
    yield (
        f"{shown.clauses} clauses; {shown.unreviewed} of {shown.rules} rules of its reading are "
        f"unreviewed ({shown.reading_by})"
    )
    lost = f", {shown.unrecognised} lines not recognised" if shown.unrecognised else ""
    yield f"parsed with confidence {shown.confidence:.2f}{lost}"
    yield from (f"doubt: {doubt}" for doubt in shown.doubts)
    yield f"text {shown.sha256[:12]}, in {shown.folder}"


def _safe(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)
