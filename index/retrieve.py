"""Question -> hits: references first, then dense and stemmed lexical search, fused."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from pydantic import BaseModel

from index.asked import Facts
from index.conversation import Listener
from index.directive import FROZEN
from index.encoder import Encodes, Vectors
from index.lexical import Lexical
from index.reading import Head
from index.references import Referred
from index.store import Near, Store
from index.unread import Found, Unread
from index.verdict import Verdict
from index.vocabulary import Heard

_DENSE, _LEXICAL, _LEARNT = 0.5, 0.2, 0.3
_NEIGHBOURS, _WIDE, _FARTHEST = 32, 100, 512  # up to 100, Chroma takes one time for any number
_SECOND = 0.93
_LIKELY, _CERTAIN, _STATED, _LEAST = 0.65, 0.9, 0.05, 0.05


class Hit(NamedTuple):
    """A clause found for a question; scores are between 0 and 1, ``dense`` is a cosine.

    ``learnt`` is the probability that questions like this one are answered by the clause.
    """

    directive: str
    section: str
    score: float
    dense: float
    lexical: float
    learnt: float


class Retrieval(BaseModel):
    """All that is known about a question before anything is answered.

    ``facts`` are what it says; ``covered`` is the probability that a directive on file treats it,
    ``path`` that a way to permission is part of its answer, ``verdicts`` how likely questions like
    it come out at each verdict; ``nearest`` is the cosine of the nearest entry. ``hits`` are of the
    directives that somebody has read, ``unread`` of the others, best first.
    """

    model_config = FROZEN

    question: str
    heard: Heard
    facts: frozenset[str]
    covered: float
    path: float
    verdicts: dict[Verdict, float]
    nearest: float
    referred: Referred
    hits: tuple[Hit, ...]
    unread: tuple[Found, ...] = ()
    follows: bool = False

    def score(self, directive: str, section: str) -> float:
        """Return how near a clause is to the question, 0 if it was not found."""
        hit = self.hit(directive, section)
        return hit.score if hit is not None else 0.0

    def learnt(self, directive: str, section: str) -> float:
        """Return how likely a clause answers the question, as questions like it are answered."""
        hit = self.hit(directive, section)
        return hit.learnt if hit is not None else 0.0

    def hit(self, directive: str, section: str) -> Hit | None:
        """Return the hit on a clause, if it was found."""
        return self._found.get((directive, section))

    @cached_property
    def _found(self) -> dict[tuple[str, str], Hit]:
        return {(hit.directive, hit.section): hit for hit in self.hits}


class Retriever:
    """Searches one index; it holds no state of any question."""

    def __init__(
        self,
        encoder: Encodes,
        store: Store,
        lexical: Lexical,
        listener: Listener,
        head: Head,
        facts: Facts,
        unread: Unread,
    ) -> None:
        self._encoder = encoder
        self._store = store
        self._lexical = lexical
        self._listener = listener
        self._head = head
        self._facts = facts
        self._unread = unread

    def search(self, question: str, history: Sequence[str] = ()) -> Retrieval:
        """Return what is known about ``question``, read in the light of earlier ones."""
        said = self._listener.read(question, history)
        [sensed] = self._encoder.sense([said.text])
        likeness = self._head.read(sensed, said.heard)
        near = self._near(sensed.vector[np.newaxis])
        hits = self._fuse(near, said.heard, likeness.clauses)
        return Retrieval(
            question=question,
            heard=said.heard,
            facts=self._said(said.heard, likeness.facts),
            covered=(likeness.covered + 1.0 - likeness.verdicts[Verdict.NOT_COVERED]) / 2,
            path=likeness.path,
            verdicts=dict(likeness.verdicts),
            nearest=max((hit.dense for hit in hits), default=0.0),
            referred=said.referred,
            hits=hits,
            unread=self._unread.find(near, said.heard.words) if self._unread else (),
            follows=said.follows,
        )

    def _said(self, heard: Heard, chances: Mapping[str, float]) -> frozenset[str]:
        """Return the facts a question states, and those inferred that contradict none of them."""
        stated = {name for name in heard.facts if chances[name] > _STATED}
        against = {
            other
            for pair in self._facts.opposites
            for one, other in (pair, pair[::-1])
            if one in stated and other not in stated
        }
        inferred = {
            name
            for name in self._facts.names
            if chances[name] > (_CERTAIN if name in self._facts.careful else _LIKELY)
        }
        return frozenset((stated | (inferred - against)) - heard.denied)

    def _near(self, vector: Vectors) -> tuple[Near, ...]:
        """Return the entries nearest to a vector, best first.

        A directive that somebody has read has many entries for each clause, which can stand
        before all of those that nobody has: then the list is fetched wider.
        """
        if not self._unread:
            return self._store.nearest(vector, _NEIGHBOURS)
        near = self._store.nearest(vector, _WIDE)
        unread = sum(entry.directive in self._unread.numbers for entry in near)
        if len(near) < _WIDE or unread >= _NEIGHBOURS // 2:
            return near
        return self._store.nearest(vector, _FARTHEST)

    def _fuse(
        self, near: Sequence[Near], heard: Heard, clauses: Mapping[tuple[str, str], float]
    ) -> tuple[Hit, ...]:
        """Return the hits on directives that somebody has read."""
        dense: dict[tuple[str, str], float] = {}
        read = [entry for entry in near if entry.directive not in self._unread.numbers]
        for entry in read[:_NEIGHBOURS]:
            for place, section in enumerate(entry.sections):
                key = (entry.directive, section)
                value = entry.similarity * _SECOND**place
                dense[key] = max(dense.get(key, 0.0), value)
        lexical = self._lexical.scores((*heard.words, *heard.extra))
        learnt = {key: chance for key, chance in clauses.items() if chance > _LEAST}
        hits = []
        for key in dense.keys() | lexical.keys() | learnt.keys():
            parts = dense.get(key, 0.0), lexical.get(key, 0.0), learnt.get(key, 0.0)
            hits.append(
                Hit(
                    directive=key[0],
                    section=key[1],
                    score=_DENSE * parts[0] + _LEXICAL * parts[1] + _LEARNT * parts[2],
                    dense=parts[0],
                    lexical=parts[1],
                    learnt=parts[2],
                )
            )
        return tuple(sorted(hits, key=lambda hit: (-hit.score, hit.section)))
