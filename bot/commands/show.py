"""An answer, a directive or a request on the terminal; JSON goes to stdout, progress to stderr."""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from bot.answer import Answer, Citation, Verdict
from bot.answered import Answered
from bot.approvals.fields import told
from bot.approvals.request import Request
from bot.evaluation.sheet import Sheet
from bot.feedback import Given, Right
from bot.wording import VERDICTS
from index.agreement import Agreement
from index.directive import squeeze
from index.library import Library
from index.request import Questions

_COLOURS = {
    Verdict.PROHIBITED: "bold white on red",
    Verdict.NEEDS_PERMISSION: "bold black on yellow",
    Verdict.REQUIRED: "bold white on blue",
    Verdict.ALLOWED_WITH_CONDITIONS: "bold black on green",
    Verdict.ALLOWED: "bold black on green",
    Verdict.DEPENDS: "bold black on yellow",
    Verdict.INFORMATIONAL: "bold white on blue",
    Verdict.NOT_COVERED: "bold reverse",
}
_RIGHTS = {Right.YES: "yes", Right.NO: "no", Right.UNSURE: "not sure"}


def as_json(data: object) -> None:
    """Print one JSON object on stdout."""
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=2) + "\n")
    sys.stdout.flush()


def line(data: object) -> None:
    """Print one JSON object as one line, at once."""
    sys.stdout.write(json.dumps(data, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def plain(text: str) -> None:
    """Print a text as it is on stdout."""
    sys.stdout.write(text)
    sys.stdout.flush()


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """Yield a function of (done, total) that moves a bar on stderr; silent where nobody looks."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
    task = None

    def move(done: int, total: int) -> None:
        nonlocal task
        if task is None:
            bar.start()
            task = bar.add_task(what, total=total)
        bar.update(task, completed=done, total=total)

    try:
        yield move
    finally:
        bar.stop()


def answer(given: Answer, library: Library) -> None:
    """Print an answer to be read by a person."""
    out = Console(highlight=False)
    label = f" {VERDICTS[given.verdict].upper()} "
    if given.warning:
        out.print(Text(given.warning, style="yellow"))
    out.print(Text(label, style=_COLOURS[given.verdict]))
    out.print(Text(given.summary, style="bold"))
    for citation in given.citations:
        _quote(out, citation, library)
    for rule in given.rules:
        if rule.applies_if:
            out.print(
                f"\n[yellow]{escape(rule.section)} applies if[/yellow] {escape(rule.applies_if)}"
            )
    if given.clarify:
        out.print(f"\n[bold]{escape(given.clarify.ask)}[/bold]")
        for branch in given.clarify.branches:
            out.print(f"  {escape(branch.if_)}: {VERDICTS[branch.verdict].lower()}")
    if given.approval.offered:
        facts = (given.approval.decided_by, given.approval.form, given.approval.route)
        out.print("\n[bold]Start a request[/bold] " + escape("; ".join(f for f in facts if f)))
        out.print(Text(given.approval.url or "", style="underline", overflow="fold"))
    out.print()
    for notice in (line for line in given.notices if line != given.warning):
        out.print(Text(notice, style="dim"))
    for version in given.directives:
        said = f"{version.number}, effective {version.effective}, text {version.sha256[:8]}"
        out.print(Text(f"This answer is not approval. {said}.", style="dim"))


def _quote(out: Console, citation: Citation, library: Library) -> None:
    directive = library.get(citation.directive)
    name = directive.citation(citation.section) if directive else citation.section
    out.print(f"\n[cyan]{escape(name)}[/cyan]")
    if citation.lead:
        out.print(Padding(Text(citation.lead, style="dim"), (0, 0, 0, 2)))
    out.print(Padding(Text(f"“{citation.quote}”"), (0, 0, 0, 2)))
    out.print(Padding(Text(citation.url, style="dim", overflow="fold"), (0, 0, 0, 2)))


def clauses(shown: dict[str, Any]) -> None:
    """Print a directive's clauses, or those that were asked for."""
    out = Console(highlight=False)
    if shown.get("title"):
        out.print(f"[bold]{escape(shown['number'])} {escape(shown['title'])}[/bold]")
        out.print(f"[dim]effective {shown['effective']}, {shown['status']}[/dim]")
    if shown.get("says"):
        out.print(Text(shown["says"]))
    headings: list[str] = []
    for clause in shown["clauses"]:
        if clause["headings"] != headings:
            headings = clause["headings"]
            out.print(f"\n[bold]{escape(' / '.join(headings))}[/bold]")
        out.print(f"[cyan]{escape(clause['section'])}[/cyan]  {escape(clause['text'])}")


def checked(found: dict[str, Any]) -> None:
    """Print what a file would give: its head, its clauses as a tree with pages, and the doubts."""
    out = Console(highlight=False)
    report = found["report"]
    name = " ".join(part for part in (found["number"], found["title"]) if part)
    tree = Tree(Text(name or "(no number, no title)", style="bold"), guide_style="dim")
    branches: dict[tuple[str, ...], Tree] = {}
    below = Counter(
        tuple(clause["headings"][:depth])
        for clause in found["clauses"]
        for depth in range(1, len(clause["headings"]) + 1)
    )
    for clause in found["clauses"]:
        branch = tree
        for depth in range(1, len(clause["headings"]) + 1):
            path = tuple(clause["headings"][:depth])
            if path not in branches:
                count = f"  {below[path]} clause{'s' if below[path] > 1 else ''}"
                branches[path] = branch.add(Text(path[-1], style="bold").append(count, style="dim"))
            branch = branches[path]
        page = f" p. {clause['page']}" if clause.get("page") else ""
        section = Text(clause["section"], style="cyan").append(page, style="dim")
        branch.add(section.append("  ").append(clause["text"], style="not dim"))
    out.print(tree)
    dates = ((key, found[key]) for key in ("issued", "effective", "revised") if found.get(key))
    said = ", ".join(f"{key} {value}" for key, value in dates)
    if said or found.get("rescinds"):
        rescinds = f"; rescinds {', '.join(found['rescinds'])}" if found.get("rescinds") else ""
        out.print(Text(f"\n{said}{rescinds}", style="bold"))
    _cut(out, "running heads and feet", report["running_heads"])
    _cut(out, "table of contents", report["contents"])
    out.print(
        f"\n{len(found['clauses'])} clauses; {report['recognised']} lines recognised, "
        f"{len(report['unrecognised'])} not; {report['share']:.1%} of the text in clauses; "
        f"confidence {report['confidence']:.2f}"
    )
    for doubt in report["doubts"]:
        out.print(Text(f"doubt: {doubt}", style="yellow"))
    for lost in report["unrecognised"]:
        out.print(f"[yellow]not recognised:[/yellow] {escape(squeeze(lost)[:100])}")


def _cut(out: Console, what: str, lines: Sequence[str], most: int = 8) -> None:
    if not lines:
        return
    out.print(Text(f"\nTaken for {what}:", style="magenta"))
    for line_ in lines[:most]:
        out.print(Padding(Text(squeeze(line_), style="dim"), (0, 0, 0, 2)))
    if len(lines) > most:
        out.print(Padding(Text(f"and {len(lines) - most} more", style="dim"), (0, 0, 0, 2)))


def directives(library: Library) -> None:
    """Print what is on file."""
    table = Table("Number", "Title", "Effective", "Status", "Clauses", "Text")
    for d in library.directives:
        table.add_row(
            d.name, d.title, str(d.effective), d.status.value, str(len(d.clauses)), d.sha256[:8]
        )
    Console().print(table)


def sheets(found: Sequence[Sheet]) -> None:
    """Print tables of figures, each under its title."""
    out = Console(highlight=False)
    for sheet in found:
        table = Table(
            title=sheet.title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0)
        )
        for place, column in enumerate(sheet.columns):
            table.add_column(column, justify="right" if place else "left", no_wrap=not place)
        for row in sheet.rows:
            table.add_row(*row)
        out.print(table)
        if sheet.note:
            out.print(Text(f"{sheet.note}\n", style="dim"))


def request(shown: Request, questions: Questions) -> None:
    """Print one approval request, with the questions that its form asks."""
    out = Console(highlight=False)
    out.print(
        f"[bold]{shown.reference}[/bold], version {shown.version}, {shown.state.value}, "
        f"sent {shown.created:%Y-%m-%d %H:%M}"
    )
    out.print(f"By: {escape(shown.asker.label)}")
    clauses_named = ", ".join(shown.clauses)
    version = f"effective {shown.effective}, text {shown.sha256[:8]}"
    out.print(f"Rests on {shown.directive} § {escape(clauses_named)} ({version})")
    if shown.unclear:
        out.print(f"Sent with these open: {escape(', '.join(shown.unclear))}")
    for label, words in told(shown.content, questions):
        out.print(f"{escape(label)} {escape(words)}")


def given(found: Sequence[Answered]) -> None:
    """Print what was answered; what people typed cannot steer the terminal."""
    out = Console(highlight=False)
    if not found:
        out.print("Nothing was answered in that time.")
    for one in found:
        rested = ", ".join(f"{d.number} of {d.effective}" for d in one.directives)
        out.print(f"[bold]{one.at:%Y-%m-%d %H:%M}[/bold], {one.surface.value}, {one.verdict.value}")
        out.print(Text(f"  {rested}: {', '.join(one.sections) or 'nothing cited'}"))
        if one.question:
            safe = "".join(c if c.isprintable() or c == "\n" else " " for c in one.question)
            out.print(Padding(Text(f"Question: {safe}"), (0, 0, 0, 2)))


def feedback(found: Sequence[Given]) -> None:
    """Print what people said of answers; what they typed cannot steer the terminal."""
    out = Console(highlight=False)
    if not found:
        out.print("There is no feedback to look at.")
    for given in found:
        said = f"{given.given:%Y-%m-%d %H:%M}, right: {_RIGHTS[given.right]}"
        out.print(f"[bold]{given.number}[/bold], {said}")
        out.print(Text(f"  Answer: {given.verdict} ({given.version}), {given.answer}"))
        for name, typed in (("Reason", given.reason), ("Question", given.question)):
            if typed:
                safe = "".join(c if c.isprintable() or c == "\n" else " " for c in typed)
                out.print(Padding(Text(f"{name}: {safe}"), (0, 0, 0, 2)))


def agreement(found: Agreement) -> None:
    """Print how far a drafted reading agrees with the hand-made one, and where it does not."""
    out = Console(highlight=False)
    shares = Table("agreement", "agree", "of", "share", title=f"Drafted reading of {found.number}")
    for name, share in found.shares().items():
        shares.add_row(name, str(share.agree), str(share.of), f"{share.share:.3f}")
    out.print(shares)
    told = Table("section", "about", "by hand", "drafted")
    for row in found.disagreements:
        told.add_row(row.section, row.about, escape(row.hand), escape(row.drafted))
    out.print(told)
