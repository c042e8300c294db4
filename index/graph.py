"""Mentions -> the graph of references: what sends its readers where, how often, and where first."""

import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from pydantic import BaseModel

from index.directive import FROZEN, Directive
from index.mentions import Mention, Mentions, Sort, about
from index.words import plain

_ID = re.compile(r"[a-z]{0,3}-?\d[\w-]*(?:\.\d[\w-]*)*")
_UNSAID = re.compile(r"\.(?!\d)|[\s§]+")


class Place(BaseModel):
    """An end of a reference: a directive on file by its ``number``, or what is not on file.

    ``name`` is how officers name it, or the words of the clause that names it first; two wordings
    of one thing have one ``key``.
    """

    model_config = FROZEN

    key: str
    name: str
    title: str = ""
    number: str | None = None
    sort: Sort = Sort.DIRECTIVE


class Link(BaseModel):
    """``count`` references from one directive to one place, the first of them in ``section``."""

    model_config = FROZEN

    source: Place
    target: Place
    count: int
    section: str


class Graph:
    """The references of directives, one a number, to each other and to what is not on file."""

    def __init__(self, directives: Sequence[Directive]) -> None:
        """``directives`` are those on file, one a number; nothing is read before it is asked."""
        self._directives = tuple(directives)
        self.numbers = tuple(one.number for one in directives)
        self.mentions = Mentions(directives)

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """Every pair of places that a reference joins, in the order of the texts.

        References of a directive to itself are left out, unless what they name is not there.
        """
        on_file = {one.number: _filed(one) for one in self._directives}
        unfiled: dict[str, Place] = {}
        found: dict[tuple[str, str], Link] = {}
        for directive, mention in self._read():
            source = on_file[directive.number]
            if mention.directive is not None:
                target = on_file[mention.directive]
            else:
                said = _unfiled(directive, mention)
                target = unfiled.setdefault(said.key, said)
            first = found.get((source.key, target.key))
            found[source.key, target.key] = Link(
                source=source,
                target=target,
                count=first.count + 1 if first else 1,
                section=first.section if first else mention.section,
            )
        return tuple(found.values())

    def _read(self) -> Iterator[tuple[Directive, Mention]]:
        for directive in self._directives:
            for mention in self.mentions.of(directive):
                if mention.directive != directive.number:
                    yield directive, mention


def _filed(directive: Directive) -> Place:
    return Place(
        key=f"on file {directive.number}",
        name=directive.name,
        title=directive.title,
        number=directive.number,
    )


def _unfiled(directive: Directive, mention: Mention) -> Place:
    """Return what a mention names and nothing on file is; a section is one of its directive."""
    said = plain(mention.words)
    if mention.sort is Sort.LAW:
        return Place(key=f"law {_UNSAID.sub('', said)}", name=mention.words, sort=mention.sort)
    if mention.sort is Sort.CLAUSE:
        key = f"section {directive.number} {_UNSAID.sub('', said)}"
        title = f"not in {directive.name}"
        return Place(key=key, name=mention.words, title=title, sort=mention.sort)
    number = _ID.search(said)
    key = number.group() if number else " ".join(sorted(about(mention.words)))
    return Place(key=f"not on file {key}", name=mention.words)
