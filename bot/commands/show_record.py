"""Requests and the record on the terminal: lists, a timeline, what a check found."""

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bot.approvals.account import Entry
from bot.approvals.request import Request
from bot.audit.chain import Verified
from bot.audit.retention import Due
from bot.commands import show
from index.request import Questions


def requests(found: Sequence[Request], held: frozenset[str]) -> None:
    """Print approval requests, newest first."""
    if not found:
        Console().print("No approval request has been sent yet.")
        return
    table = Table("Reference", "Sent", "By", "Clauses", "Version", "State", "Since")
    for r in found:
        sent = f"{r.created:%Y-%m-%d %H:%M}"
        since = f"{r.updated:%Y-%m-%d %H:%M}" if r.updated is not None else ""
        state = f"{r.state.value}, on hold" if r.reference in held else r.state.value
        row = (r.reference, sent, r.asker.label, ", ".join(r.clauses), str(r.version), state, since)
        table.add_row(*(Text(text) for text in row))
    Console().print(table)


def request(shown: Request, entries: Iterable[Entry], questions: Questions, *, held: bool) -> None:
    """Print one approval request, and what happened to it, by whom and when."""
    show.request(shown, questions)
    out = Console(highlight=False)
    if held:
        out.print("On hold: nothing of it is erased.")
    out.print("\n[bold]What happened[/bold] (times in UTC)")
    for one in entries:
        by = f", by {one.name}" if one.name is not None else ""
        part = f" ({one.capacity})" if one.capacity else ""
        said = [one.endorsement, one.consent, one.refused]
        more = "".join(f": {word}" for word in said if word)
        until = f", until {one.until}" if one.until is not None else ""
        line = f"{one.line:>6}  {one.at:%Y-%m-%d %H:%M}  {one.kind.value}{more}{until}{by}{part}"
        out.print(Text(_safe(line)), soft_wrap=True)
        if one.erased or one.words:
            words = "(erased)" if one.erased else str(one.words)
            out.print(Padding(Text(_safe(words)), (0, 0, 0, 8)))


def faults(found: Verified) -> None:
    """Print each fault that a check of the record found."""
    out = Console(highlight=False)
    for fault in found.faults:
        out.print(Text(f"line {fault.number}: {fault.what}"), soft_wrap=True)


def erased(found: Sequence[Due], days: int, *, done: bool) -> None:
    """Print what the retention rule erased, or would erase."""
    out = Console(highlight=False)
    out.print(f"RETENTION_DAYS is {days}.")
    for one in found:
        what = "on hold, kept" if one.held else ("erased" if done else "would be erased")
        out.print(f"{one.request}, ended {one.ended:%Y-%m-%d}: {what}")
    if not found:
        out.print("Nothing is due.")


def _safe(text: str) -> str:
    """Return text that cannot steer the terminal."""
    return "".join(sign if sign.isprintable() or sign == "\n" else " " for sign in text)
