"""Question -> hits: references first, then dense and stemmed lexical search, fused."""

from collections.abc import Mapping, Sequence

from pydantic import BaseModel

from index.asked import Facts
from index.directive import FROZEN
from index.encoder import Encoder, Vectors
from index.lexical import Lexical
from index.library import Library
from index.reading import CLAUSE, COVERED, Head
from index.references import Referred, refer
from index.store import Store
from index.vocabulary import Heard, Vocabulary

_DENSE, _LEXICAL, _LEARNT = 0.5, 0.2, 0.3
_NEIGHBOURS = 32
_SECOND = 0.93
_LIKELY, _CERTAIN, _STATED, _LEAST = 0.65, 0.9, 0.05, 0.05


# Facts that do not tell what a question is about, and words that point at an earlier one.
_SAYS_LITTLE = frozenset(
    "post look photo own_page meaning who when form consequence legal get_permission".split()
)
_POINTING = frozenset("that it this those these them there he she they eso esa lo".split())


class Hit(BaseModel):
    """A clause found for a question; scores are between 0 and 1, ``dense`` is a cosine.

    ``learnt`` is the probability that questions like this one are answered by the clause.
    """

    model_config = FROZEN

    directive: str
    section: str
    score: float
    dense: float
    lexical: float
    learnt: float


class Retrieval(BaseModel):
    """All that is known about a question before anything is answered.

    ``facts`` are what it says; ``covered`` is the probability that a directive on file treats it;
    ``nearest`` the cosine of the nearest entry.
    """

    model_config = FROZEN

    question: str
    heard: Heard
    facts: frozenset[str]
    covered: float
    nearest: float
    referred: Referred
    hits: tuple[Hit, ...]
    follows: bool = False

    def score(self, directive: str, section: str) -> float:
        """Return how near a clause is to the question, 0 if it was not found."""
        hit = self.hit(directive, section)
        return hit.score if hit is not None else 0.0

    def hit(self, directive: str, section: str) -> Hit | None:
        """Return the hit on a clause, if it was found."""
        for hit in self.hits:
            if hit.section == section and hit.directive == directive:
                return hit
        return None


class Retriever:
    """Searches one index; it holds no state of any question."""

    def __init__(
        self,
        library: Library,
        encoder: Encoder,
        store: Store,
        lexical: Lexical,
        vocabulary: Vocabulary,
        head: Head,
        facts: Facts,
    ) -> None:
        self._directives = library.in_force()
        self._encoder = encoder
        self._store = store
        self._lexical = lexical
        self._vocabulary = vocabulary
        self._head = head
        self._facts = facts

    def search(self, question: str, history: Sequence[str] = ()) -> Retrieval:
        """Return what is known about ``question``, read in the light of earlier ones."""
        heard = self._vocabulary.hear(question)
        referred = refer(question, self._directives)
        before = self._leant_on(heard, referred, history)
        text = " ".join([*(self._vocabulary.hear(h).text for h in before), heard.text])
        if before:
            heard = self._together(heard, self._vocabulary.hear(" ".join([*before, question])))
        vector = self._encoder.encode([text])
        chances = self._head.probabilities(vector, heard)
        hits = self._fuse(vector, heard, chances)
        facts = self._said(heard, chances)
        return Retrieval(
            question=question,
            heard=heard,
            facts=facts,
            covered=chances[COVERED],
            nearest=max((hit.dense for hit in hits), default=0.0),
            referred=referred,
            hits=hits,
            follows=bool(before),
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

    def _leant_on(
        self, heard: Heard, referred: Referred, history: Sequence[str]
    ) -> tuple[str, ...]:
        """Return the earlier questions without which this one cannot be read, oldest first."""
        before: list[str] = []
        for earlier in reversed(history):
            if not leans(heard, referred):
                break
            before.insert(0, earlier)
            heard, referred = self._vocabulary.hear(earlier), refer(earlier, self._directives)
        return tuple(before)

    def _together(self, heard: Heard, whole: Heard) -> Heard:
        """Return the facts of a conversation in the manner of its last question, if it has one."""
        silent = not (heard.asks_duty or heard.facts & frozenset(self._facts.asks))
        return whole.model_copy(
            update={
                "asks_permission": heard.asks_permission or (silent and whole.asks_permission),
                "asks_duty": heard.asks_duty,
                "asks_text": heard.asks_text,
            }
        )

    def _fuse(self, vector: Vectors, heard: Heard, chances: Mapping[str, float]) -> tuple[Hit, ...]:
        dense: dict[tuple[str, str], float] = {}
        for near in self._store.nearest(vector, _NEIGHBOURS):
            for place, section in enumerate(near.sections):
                key = (near.directive, section)
                value = near.similarity * _SECOND**place
                dense[key] = max(dense.get(key, 0.0), value)
        lexical = self._lexical.scores((*heard.words, *heard.extra))
        learnt = {
            (number, section): chance
            for name, chance in chances.items()
            if chance > _LEAST and CLAUSE in name
            for number, _, section in [name.partition(CLAUSE)]
        }
        hits = []
        for key in dense.keys() | lexical.keys() | learnt.keys():
            parts = dense.get(key, 0.0), lexical.get(key, 0.0), learnt.get(key, 0.0)
            hits.append(
                Hit.model_construct(
                    directive=key[0],
                    section=key[1],
                    score=_DENSE * parts[0] + _LEXICAL * parts[1] + _LEARNT * parts[2],
                    dense=parts[0],
                    lexical=parts[1],
                    learnt=parts[2],
                )
            )
        return tuple(sorted(hits, key=lambda hit: (-hit.score, hit.section)))


def leans(heard: Heard, referred: Referred) -> bool:
    """Whether a question leans on the one before: by how it opens, or by saying too little."""
    if referred.references:
        return False
    if heard.follows_up and len(heard.words) <= 14:
        return True
    if heard.facts - _SAYS_LITTLE or heard.platform:
        return False
    return len(heard.words) <= 6 or any(word in _POINTING for word in heard.words)
