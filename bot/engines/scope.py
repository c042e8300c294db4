"""Whether a directive on file treats a question at all, and whether it only wants words shown."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bot.engines.case import Case, Match
from index.cue import holds
from index.directive import ClauseKind, Directive
from index.lexical import terms
from index.retrieve import Retrieval
from index.words import stem, words

_COVERED, _COVERED_SPANISH, _COVERED_WORDLESS, _DOUBTFUL = 0.6, 0.35, 0.8, 0.3
_FEW_WORDS = 3
# Facts of somebody who wants to read, and of whom he heard it from.
_OF_WORDS = frozenset({"meaning", "order", "who", "colleague", "rank", "conduct", "training"})
_SHOWING = frozenset(
    stem(w)
    for w in "show read quote pull text say says said word give see display open bring look tell "
    "please pls clause order general go exact exactly wording full cite print verbatim want need "
    "language policy find here copy hey yo thx thanks remind again actual itself says reads "
    "state states mean means written write actually really whole entire paste".split()
)


def text_asked(retrieval: Retrieval) -> bool:
    """Whether a question names a clause and asks for its words, and not about any conduct."""
    heard = retrieval.heard
    if not any(reference.exists for reference in retrieval.referred.references):
        return False
    rest = [t for t in terms(words(retrieval.referred.rest)) if t not in _SHOWING and len(t) > 1]
    if heard.asks_text and not heard.facts - _OF_WORDS:
        return True
    if heard.asks_text and retrieval.referred.named and not heard.anchored:
        return not (heard.asks_permission or heard.asks_duty)
    if heard.asks_permission:
        return not rest
    return len(rest) <= (_FEW_WORDS if heard.asks_text else 1)


def covered(case: Case, matches: Sequence[Match], term: tuple[str, str] | None = None) -> bool:
    """Whether a directive on file treats the question; ``term`` is a definition it asks for.

    A doubtful question is covered where its own words, and not only a likeness, ask what a defined
    term means, or state the act and another fact of a rule.
    """
    retrieval = case.retrieval
    if retrieval.heard.foreign:
        return False
    if term is not None and "meaning" in retrieval.heard.facts:
        return retrieval.covered >= _DOUBTFUL
    if retrieval.covered >= _DOUBTFUL and any(r.exists for r in retrieval.referred.references):
        return True
    if retrieval.covered >= _needed(case):
        return True
    if retrieval.referred.named and matches and retrieval.covered >= _DOUBTFUL:
        return True
    stated = retrieval.heard.facts & case.facts
    shown = "photo" in stated and retrieval.heard.asks_permission
    return (
        retrieval.covered >= _DOUBTFUL
        and (shown or bool(stated & case.acts))
        and any(match.certain and _rests_on(match, stated) for match in matches)
    )


def _needed(case: Case) -> float:
    """Return how sure the likeness must be: surer where no word states a fact.

    Surer also where nothing says that anything is done of what directives are about.
    """
    heard, acts = case.retrieval.heard, case.acts & case.retrieval.facts
    if heard.spanish:
        return _COVERED_SPANISH
    return _COVERED if heard.anchored or (heard.facts and acts) else _COVERED_WORDLESS


def _rests_on(match: Match, stated: frozenset[str]) -> bool:
    """Whether one of a rule's groups is stated outright, apart from the act."""
    return any(
        any(name in stated for name in group) and holds(group, stated) for group in match.rule.when
    )


class Definitions:
    """The defined terms of many directives, found by the words of a question."""

    def __init__(self, directives: Mapping[str, Directive]) -> None:
        self._found: dict[str, list[tuple[list[str], str, str]]] = defaultdict(list)
        for number, directive in directives.items():
            for clause in directive.clauses:
                if clause.kind is ClauseKind.DEFINITION:
                    term = clause.section.split(".", 1)[1].split(" (")[0]
                    needed = [stem(word) for word in words(term)]
                    first = needed[0] if needed else ""
                    self._found[first].append((needed, number, clause.section))

    def of(self, asked: Iterable[str]) -> Iterator[tuple[int, str, str]]:
        """Yield how many words a term has, its directive and its section, if all are asked for."""
        there = {"", *asked}
        for first in sorted(there & self._found.keys()):
            for needed, number, section in self._found[first]:
                if there.issuperset(needed):
                    yield len(needed), number, section


def definition_asked(case: Case, definitions: Definitions) -> tuple[str, str] | None:
    """Return the definition a question asks for, if one is on file."""
    heard = case.retrieval.heard
    asked = [stem(word) for word in heard.words]
    if case.shows or ("meaning" not in case.facts and len(asked) > 2):
        return None
    ranked = [
        (size * 10 + round(case.retrieval.score(number, section) * 9), number, section)
        for size, number, section in definitions.of(asked)
    ]
    return max(ranked)[1:] if ranked else None
