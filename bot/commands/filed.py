"""What is on file, for the command line: directives by citation, drafted readings, agreement."""

from bot import wording
from bot.cited import cited, on_file
from bot.errors import AssistantError
from index.agreement import Agreement, compare
from index.asked import Facts
from index.directive import Directive, Status
from index.drafting import draft
from index.ended import Ended, ended, named
from index.library import Library
from index.report import as_object
from index.rule import Reading
from index.rules import FILE, reading


def rows(library: Library) -> list[dict[str, object]]:
    """Return one object a directive: number, title, effective date, status, sha256."""
    return [
        {
            "number": d.number,
            "title": d.title,
            "effective": d.effective.isoformat(),
            "status": d.status.value,
            "sha256": d.sha256,
        }
        for d in library.directives
    ]


def shown(library: Library, citation: str) -> dict[str, object]:
    """Return a whole directive, or the clauses a citation names; raise AssistantError for none."""
    filed = library.get(citation.strip()) is not None
    gone = None if filed else named(citation, ended(library))
    if gone is not None and not gone.filed:
        return _ended(gone)
    return as_object(*cited(library, citation))


def _ended(gone: Ended) -> dict[str, object]:
    """Return what is known of a directive that another one rescinds, without its text."""
    return {
        "number": gone.number,
        "title": None,
        "effective": None,
        "status": Status.RESCINDED.value,
        "sha256": None,
        "rescinded_by": gone.by,
        "since": gone.since.isoformat() if gone.since is not None else None,
        "says": wording.ended(gone),
        "clauses": [],
    }


def drafted(library: Library, number: str) -> Reading:
    """Return the drafted reading of a directive; raise AssistantError if it is not on file."""
    return draft(_named(library, number))


def agreement(library: Library, facts: Facts, number: str) -> Agreement:
    """Return how far the draft agrees with the hand-made reading; raise where there is none."""
    directive = _named(library, number)
    folder = library.folders[directive.sha256]
    if not (folder / FILE).is_file():
        raise AssistantError(
            f"{directive.name} has no hand-made reading to compare with. Write {FILE} beside its "
            f"text; 'policybot directives draft {directive.number}' proposes one."
        )
    return compare(reading(folder, directive, facts), draft(directive))


def _named(library: Library, number: str) -> Directive:
    directive = library.get(number.strip())
    if directive is None:
        raise AssistantError(
            f"{number!r} is not on file. On file: {on_file(library)}. Name one by its number."
        )
    return directive
