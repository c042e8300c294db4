"""Directives that nobody has read -> the clauses nearest to a question, by meaning and by words.

No question was written for them, so nothing is learnt of them, and the score is that of fusion.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from index.directive import ClauseKind, Directive
from index.fusion import fused
from index.lexical import Bm25
from index.store import Entry, Near
from index.synonyms import Synonyms

_MOST = 60
_HEAD = frozenset({ClauseKind.HEADER, ClauseKind.DISCLAIMER})

At = tuple[str, str]


class Found(NamedTuple):
    """A clause found for a question; ``score`` is at most 1 and means the same for every one."""

    directive: str
    section: str
    score: float


class Unread:
    """Searches the clauses of directives that nobody has read; ``numbers`` are theirs."""

    def __init__(
        self, directives: Iterable[Directive], entries: Iterable[Entry], synonyms: Synonyms
    ) -> None:
        """``entries`` are those of an index; the clauses' own are searched by their words."""
        found = tuple(directives)
        self.numbers = frozenset(directive.number for directive in found)
        self._known = {
            (d.number, c.section) for d in found for c in d.clauses if c.kind not in _HEAD
        }
        own = [entry for entry in entries if self._is_clause(entry)]
        self._at: list[At] = [(entry.directive, entry.sections[0]) for entry in own]
        self._places = {at: place for place, at in enumerate(self._at)}
        self._bm25 = Bm25(entry.text for entry in own) if own else None
        self._synonyms = synonyms

    def _is_clause(self, entry: Entry) -> bool:
        at = entry.directive, entry.sections[0]
        return at in self._known and entry.id == f"{at[0]}|{at[1]}"

    def __bool__(self) -> bool:
        """Whether there is anything to search."""
        return self._bm25 is not None

    def find(self, near: Sequence[Near], said: Sequence[str]) -> tuple[Found, ...]:
        """Return the clauses nearest to a question, best first.

        ``near`` are the entries nearest to its vector, ``said`` its words.
        """
        if self._bm25 is None:
            return ()
        cosines: dict[int, float] = {}
        for entry in near:
            place = self._places.get((entry.directive, entry.sections[0]))
            if place is not None:
                cosines[place] = max(cosines.get(place, 0.0), entry.similarity)
        shares = self._bm25.alike(self._synonyms.ways(said))
        scores = fused(cosines, shares, self._bm25, said, _MOST)
        found = [Found(*self._at[place], score) for place, score in scores.items()]
        return tuple(sorted(found, key=lambda one: (-one.score, one[:2])))
