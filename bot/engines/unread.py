"""What directives that nobody has read say to a question: quoted in their own verbs, no verdict."""

from collections.abc import Mapping

from bot.engines.citing import At
from bot.engines.governing import Copies
from index.lexical import terms
from index.retrieve import Retrieval
from index.rules import Reading, Rule
from index.words import words

# How near a clause must be to be what is asked about, and how sure it must be for that that no
# directive with a reading treats the question.
_TREATED, _SURE = 0.28, 0.75
_BESIDE, _MOST = 0.8, 3


def speaking(retrieval: Retrieval, copies: Copies) -> list[At]:
    """Return the clauses to quote, the governing one first; none where others treat the question.

    A directive that the question names by its number is the one that is asked about.
    """
    named = retrieval.referred.named
    found = [one for one in retrieval.unread if not named or one.directive in named]
    if not found or retrieval.heard.foreign:
        return []
    if not named and (found[0].score < _TREATED or retrieval.covered >= _SURE):
        return []
    near = [one for one in found if one.score >= _BESIDE * found[0].score]
    at = [(one.directive, one.section) for one in near]
    first = copies.governing(at[0], at)
    return [first, *(other for other in at if other[0] == first[0] and other != first)][:_MOST]


def rule_of(at: At, retrieval: Retrieval, readings: Mapping[str, Reading]) -> Rule | None:
    """Return the drafted rule of a clause whose words are most like the question's."""
    asked = set(terms(retrieval.heard.words))
    rules = readings[at[0]].of(at[1])
    return max(rules, key=lambda rule: len(asked & set(terms(words(rule.says)))), default=None)
