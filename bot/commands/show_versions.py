"""A redline on the terminal, in colour and in marks that can be read without it, and as JSON."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.touched import Kind, Touched
from index.redline import Change, Mark, Redline, Row

_MARKED = {Mark.KEPT: "{}", Mark.REMOVED: "[-{}-]", Mark.ADDED: "{{+{}+}}"}
_STYLES = {Mark.KEPT: "", Mark.REMOVED: "red strike", Mark.ADDED: "green"}


def as_object(found: Touched) -> dict[str, object]:
    """Return a redline as JSON: how many clauses became what, each, and how much rested on it."""
    redline = found.redline
    return {
        **_versions(redline),
        "counts": {change.value: redline.count(change) for change in Change},
        "clauses": [
            {
                "change": row.change.value,
                "heading": row.heading,
                "old": row.old,
                "new": row.new,
                "segments": [{"mark": one.mark.value, "text": one.text} for one in row.segments],
            }
            for row in redline.rows
        ],
        "touched": {f"{kind.value}s": len(found.of(kind)) for kind in Kind},
    }


def rested_object(found: Touched) -> dict[str, object]:
    """Return as JSON what rested on the clauses that changed, and which these are."""
    return {
        **_versions(found.redline),
        "clauses": [
            row.old
            for row in found.redline.rows
            if row.old in found.redline.affected and not row.heading
        ],
        **{
            f"{kind.value}s": [
                one.model_dump(mode="json", exclude={"kind"}) for one in found.of(kind)
            ]
            for kind in Kind
        },
    }


def redline(found: Touched) -> None:
    """Print what changed; ``[-words-]`` were taken out, ``{+words+}`` put in."""
    told = found.redline
    out = Console(highlight=False, soft_wrap=True)
    out.print(Text(f"{told.name}: the version of {told.old} and that of {told.new}", "bold"))
    out.print(Text("[-taken out-] {+put in+}", "dim"))
    for row in told.touched:
        out.print()
        out.print(Text(_head(row), "cyan"))
        if row.change is not Change.RENUMBERED:
            out.print(words(row))
    counts = ", ".join(f"{told.count(change)} {change.value}" for change in Change)
    out.print(Text(f"\n{counts}.", "bold"))
    out.print(_counts(found))


def rested(found: Touched) -> None:
    """Print what rested on the clauses that changed, the newest first."""
    out = Console(highlight=False, soft_wrap=True)
    if found.rested:
        table = Table("What", "Number", "When", "Version", "Clauses", "State")
        for one in found.rested:
            state = one.state.value if one.state is not None else ""
            when, version = f"{one.at:%Y-%m-%d %H:%M}", one.effective.isoformat()
            row = (one.kind.value, one.id, when, version, ", ".join(one.sections), state)
            table.add_row(*(Text(text) for text in row))
        out.print(table)
    out.print(_counts(found))


def words(row: Row) -> Text:
    """Return a clause's words, each run with its mark."""
    text = Text()
    for one in row.segments:
        text.append(_MARKED[one.mark].format(one.text), _STYLES[one.mark])
    return text


def _versions(found: Redline) -> dict[str, object]:
    return {
        "number": found.number,
        "from": found.old.isoformat(),
        "to": found.new.isoformat(),
    }


def _counts(found: Touched) -> Text:
    counts = ", ".join(f"{len(found.of(kind))} {kind.value}s" for kind in Kind)
    return Text(f"Rested on clauses that changed: {counts}.")


def _head(row: Row) -> str:
    moved = f", was {row.old}" if row.old and row.new and row.old != row.new else ""
    heading = "heading " if row.heading else ""
    return f"{heading}{row.section}: {row.change.value}{moved}"
