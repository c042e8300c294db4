"""What a chat model is offered: the rules' draft taken apart, and clauses to choose from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel

from bot import wording
from bot.answer import Verdict
from bot.draft import Draft
from bot.grounding import MOST
from index.directive import FROZEN, Clause, Directive, squeeze
from index.retrieve import Retrieval
from index.rules import Effect, Reading

At = tuple[str, str]
_RETRIEVED = 5
_SENTENCES = 3


class OfferedClause(BaseModel):
    """A clause as the model sees it; ``completes`` holds the words a bullet completes."""

    model_config = FROZEN

    id: str
    text: str
    completes: str | None
    must_cite: bool


class Case(BaseModel):
    """All that the model is told of one question; see prompts/README.md."""

    model_config = FROZEN

    verdict: Verdict
    verdict_sentence: str
    reading: tuple[str, ...]
    closing: str
    sentences: int
    clauses: tuple[OfferedClause, ...]
    question: str
    earlier_questions: tuple[str, ...]


@dataclass(frozen=True)
class Told:
    """The rules' summary in three: the verdict sentence, what the clauses say, what must follow."""

    opening: str
    reading: tuple[str, ...]
    closing: str


@dataclass(frozen=True)
class Offer:
    """A case, and what its reply is held against."""

    case: Case
    draft: Draft
    told: Told
    at: Mapping[str, At]
    needed: frozenset[str]
    clauses: Mapping[At, tuple[Directive, Clause]]

    def texts(self, sections: Iterable[At]) -> tuple[str, ...]:
        """Return the words of clauses, and of the items whose bullets they are."""
        found = []
        for at in sections:
            directive, clause = self.clauses[at]
            found.append(clause.text)
            parent = directive.clause(clause.parent) if clause.parent else None
            if parent is not None:
                found.append(parent.text)
        return tuple(found)

    def names(self) -> tuple[str, ...]:
        """Return the numbers and names of the directives the clauses are of."""
        directives = {directive.number: directive for directive, _ in self.clauses.values()}
        return tuple(name for d in directives.values() for name in (d.number, d.name))

    def rules_of(self, *effects: Effect) -> tuple[At, ...]:
        """Return the clauses whose applied rules have one of these effects."""
        wanted = {effect.value for effect in effects}
        found = [(r.directive, r.section) for r in self.draft.rules if r.effect in wanted]
        return tuple(dict.fromkeys(found))

    @property
    def quoted(self) -> frozenset[str]:
        """The sentences of the summary that only quote a clause, which nobody has reviewed."""
        return frozenset(
            text
            for text in self.told.reading
            if any(text == _quoting(d, clause) for d, clause in self.clauses.values())
        )

    @property
    def advised(self) -> bool:
        """Whether the verdict rests on a caution, and not on leave that the order gives."""
        return bool(self.draft.rules) and self.draft.rules[0].effect == Effect.ADVISED.value


def offer(
    retrieval: Retrieval,
    earlier: Sequence[str],
    draft: Draft,
    directives: Mapping[str, Directive],
    readings: Mapping[str, Reading],
) -> Offer:
    """Return what to send for a draft of the rules; earlier questions only if this one leans."""
    cited = [(c.directive, c.section) for c in draft.citations]
    needed = _needed(draft)
    clauses = _clauses(cited, [] if draft.whole_section else _found(retrieval), directives)
    ids = {directives[number].citation(section): (number, section) for number, section in clauses}
    told = take_apart(draft, directives, readings)
    shown = list(ids)[:MOST] if draft.whole_section else list(ids)
    case = Case(
        verdict=draft.verdict,
        verdict_sentence=told.opening,
        reading=told.reading,
        closing=told.closing,
        sentences=max(1, min(2, _SENTENCES - bool(told.opening) - bool(told.closing))),
        clauses=tuple(
            OfferedClause(
                id=name,
                text=clauses[ids[name]][1].text,
                completes=_completes(*clauses[ids[name]]),
                must_cite=ids[name] in needed,
            )
            for name in shown
        ),
        question=retrieval.question,
        earlier_questions=tuple(earlier) if retrieval.follows else (),
    )
    must = frozenset(name for name in ids if ids[name] in needed)
    return Offer(
        case=case,
        draft=draft,
        told=told,
        at={name: ids[name] for name in shown},
        needed=must,
        clauses=clauses,
    )


def take_apart(
    draft: Draft, directives: Mapping[str, Directive], readings: Mapping[str, Reading]
) -> Told:
    """Return a summary in three parts; joined by spaces they are the summary again.

    What is neither a known opening nor the reading of a cited clause is kept, not offered.
    """
    text = draft.summary
    says = [
        said
        for citation in draft.citations
        for said in _sayings(citation.directive, citation.section, directives, readings)
    ]
    places = sorted({(text.find(said), said) for said in says if said in text})
    if not places:
        opening = next((o for o in _openings(draft.verdict) if o and text.startswith(o)), "")
        return Told(opening, (), text.removeprefix(opening).strip())
    first = places[0][0]
    last = max(at + len(said) for at, said in places)
    said = tuple(said for _, said in places)
    whole = " ".join(said) == text[first:last]
    reading = said if whole else (text[first:last],)
    return Told(text[:first].strip(), reading, text[last:].strip())


def _sayings(
    number: str,
    section: str,
    directives: Mapping[str, Directive],
    readings: Mapping[str, Reading],
) -> list[str]:
    """Return the sentences in which the rules may have said what a clause says."""
    directive = directives[number]
    clause = directive.clause(section)
    plain = [squeeze(rule.plain) for rule in readings[number].of(section) if rule.plain]
    if clause is not None:
        plain.append(_quoting(directive, clause))
    return plain


def _quoting(directive: Directive, clause: Clause) -> str:
    """Return the sentence of a summary that has nothing but the clause to say."""
    return f'{directive.citation(clause.section)} says: "{clause.text}"'


def _openings(verdict: Verdict) -> tuple[str, ...]:
    return (wording.OPENINGS[verdict], wording.CAUTION, wording.CONSENT, wording.ACCOUNT)


def _needed(draft: Draft) -> frozenset[At]:
    """Return what has to stay cited: the rules that decided, the path, and what comes first."""
    first = draft.citations[0]
    needed = {(first.directive, first.section)}
    needed |= {(rule.directive, rule.section) for rule in draft.rules}
    if draft.approval is not None:
        needed |= {
            (c.directive, c.section) for c in draft.citations if c.section == draft.approval.basis
        }
    return frozenset(needed)


def _found(retrieval: Retrieval) -> list[At]:
    return [(hit.directive, hit.section) for hit in retrieval.hits[:_RETRIEVED]]


def _clauses(
    cited: Sequence[At], found: Sequence[At], directives: Mapping[str, Directive]
) -> dict[At, tuple[Directive, Clause]]:
    clauses = {}
    for number, section in dict.fromkeys((*cited, *found)):
        directive = directives.get(number)
        clause = directive.clause(section) if directive else None
        if directive is not None and clause is not None:
            clauses[number, section] = (directive, clause)
    return clauses


def _completes(directive: Directive, clause: Clause) -> str | None:
    parent = directive.clause(clause.parent) if clause.parent else None
    return parent.text if parent is not None else None
