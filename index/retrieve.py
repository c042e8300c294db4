"""Question -> hits: references first, then dense and stemmed lexical search, fused."""

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from math import exp
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
from index.store import Store
from index.verdict import Verdict
from index.vocabulary import Heard

_DENSE, _LEXICAL, _LEARNT = 0.5, 0.2, 0.3
_NEIGHBOURS = 32
_SECOND = 0.93
_LIKELY, _CERTAIN, _STATED, _LEAST = 0.65, 0.9, 0.05, 0.05
# From where on what search finds in a directive that nobody has read counts as treated, and how
# sharply: half cosine, half share of what the question's words could score.
_TREATED, _SHARPLY, _LIKELIER = 0.42, 30.0, 0.5


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
    it come out at each verdict; ``nearest`` is the cosine of the nearest entry. ``unread``
    says that what treats it is most likely a directive that nobody has read, and only quoted.
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
    follows: bool = False
    unread: bool = False

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
        unread: Collection[str] = (),
    ) -> None:
        """``unread`` are the directives of which ``head`` has learnt nothing."""
        self._encoder = encoder
        self._store = store
        self._lexical = lexical
        self._listener = listener
        self._head = head
        self._facts = facts
        self._unread = frozenset(unread)

    def search(self, question: str, history: Sequence[str] = ()) -> Retrieval:
        """Return what is known about ``question``, read in the light of earlier ones."""
        said = self._listener.read(question, history)
        [sensed] = self._encoder.sense([said.text])
        likeness = self._head.read(sensed, said.heard)
        lexical = self._lexical.scores((*said.heard.words, *said.heard.extra))
        hits = self._fuse(sensed.vector[np.newaxis], lexical.scores, likeness.clauses)
        covered = (likeness.covered + 1.0 - likeness.verdicts[Verdict.NOT_COVERED]) / 2
        unread = (1.0 - covered) * self._treated(hits, lexical.most)
        return Retrieval(
            question=question,
            heard=said.heard,
            facts=self._said(said.heard, likeness.facts),
            covered=covered + unread,
            path=likeness.path,
            verdicts=_with_reading(likeness.verdicts, unread),
            nearest=max((hit.dense for hit in hits), default=0.0),
            referred=said.referred,
            hits=hits,
            follows=said.follows,
            unread=unread > _LIKELIER,
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

    def _treated(self, hits: Sequence[Hit], most: float) -> float:
        """Return how likely a directive that nobody has read treats a question.

        ``most`` is what the best entry scores by its words.
        """
        near = max(
            (hit.dense + hit.lexical * most for hit in hits if hit.directive in self._unread),
            default=0.0,
        )
        return 1.0 / (1.0 + exp(_SHARPLY * (_TREATED - near / 2))) if near else 0.0

    def _fuse(
        self,
        vector: Vectors,
        lexical: Mapping[tuple[str, str], float],
        clauses: Mapping[tuple[str, str], float],
    ) -> tuple[Hit, ...]:
        dense: dict[tuple[str, str], float] = {}
        for near in self._store.nearest(vector, _NEIGHBOURS):
            for place, section in enumerate(near.sections):
                key = (near.directive, section)
                value = near.similarity * _SECOND**place
                dense[key] = max(dense.get(key, 0.0), value)
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


def _with_reading(verdicts: Mapping[Verdict, float], share: float) -> dict[Verdict, float]:
    """Return chances of verdicts of which a share is for a clause that can only be read out."""
    mixed = {verdict: chance * (1.0 - share) for verdict, chance in verdicts.items()}
    mixed[Verdict.INFORMATIONAL] += share
    return mixed
