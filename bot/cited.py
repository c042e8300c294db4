"""What a citation names, as people write one: a directive on file, and clauses of it."""

from bot.errors import AssistantError
from index.directive import Directive
from index.library import Library
from index.references import refer


def cited(library: Library, citation: str) -> tuple[Directive, tuple[str, ...]]:
    """Return the directive and the sections that a citation names, none for a whole directive.

    A citation is as people write it, or a number and a section to the letter. Raise AssistantError
    for what is not on file.
    """
    directive = library.get(citation.strip())
    sections: tuple[str, ...] = ()
    if directive is None:
        number, _, section = citation.replace("§", " ").strip().partition(" ")
        directive = library.get(number)
        if directive is not None and directive.under(section.strip()):
            return directive, (section.strip(),)
        referred = refer(citation, library.directives)
        existing = [reference for reference in referred.references if reference.exists]
        numbers = [r.directive for r in existing]
        if not referred.references:
            numbers = list(referred.named)
        directive = library.get(numbers[0]) if numbers else None
        sections = tuple(reference.section for reference in existing)
    if directive is None or (not sections and directive.number not in citation):
        raise AssistantError(
            f"{citation!r} is not on file. On file: {on_file(library)}. "
            "Name a directive, or a clause such as '5.14 E.16'."
        )
    return directive, sections


def exactly(library: Library, citation: str) -> tuple[Directive, tuple[str | None, ...]]:
    """Return the directive and the sections of a citation of which nothing is left over.

    None stands for the directive as a whole, which only its number or its name means. Raise
    AssistantError for what is not on file.
    """
    directive, sections = cited(library, citation)
    if not sections and citation.strip() not in (directive.number, directive.name):
        raise AssistantError(
            f"{citation!r} names no clause of {directive.name}. Name one, such as "
            f"'{directive.number} E.16', or the whole directive: {directive.number!r}."
        )
    return directive, sections or (None,)


def on_file(library: Library) -> str:
    """Return the numbers of what is on file, as a list in words."""
    return ", ".join(d.number for d in library.directives)
