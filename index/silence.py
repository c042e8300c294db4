"""What a directive does not say: a question that asks for it is told so, in one fixed phrase."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from index.cue import any_met
from index.directive import Directive
from index.rule import Reading, Silence
from index.words import stem, words


def asked(reading: Reading, said: Sequence[str], facts: frozenset[str]) -> tuple[Silence, ...]:
    """Return what a question asks for and the directive does not say, in the reading's order.

    What its own words ask for comes before what only its facts do. A question for the meaning of
    a word that a rule calls undefined asks for such a thing too.
    """
    found = [point for point in reading.silences.values() if any_met(point.heard, said, facts)]
    if len(found) > 1:
        found.sort(key=lambda p: not any_met((c for c in p.heard if c.words), said, facts))
    if "meaning" in facts:
        told = {stem(word) for point in found for word in words(point.says)}
        found += [s for s in _undefined(reading, said) if not _stems(s.says) & told]
    return tuple(found)


def fault_of_silence(silence: Silence, directive: Directive) -> str | None:
    """Return what is wrong with a silence as a sentence with its remedy, or None."""
    for section in silence.sections:
        if directive.clause(section) is None:
            return f"{section!r} is not in {directive.name}. Correct the section."
    text = " ".join(clause.text for clause in directive.clauses).lower()
    for word in silence.absent:
        if word.lower() in text:
            return f"{word!r} is in {directive.name}. Read again whether it is silent on this."
    if not silence.heard:
        return "no cue says when a question asks for it. Add 'heard'."
    return None


def _undefined(reading: Reading, said: Sequence[str]) -> Iterator[Silence]:
    """Yield a silence for each word asked about that a rule says is undefined."""
    heard = {stem(word) for word in said}
    sections: dict[str, list[str]] = {}
    for rule in reading.rules:
        for word in rule.undefined:
            if _stems(word) <= heard:
                sections.setdefault(word, []).append(rule.section)
    longest = max((len(_stems(word)) for word in sections), default=0)
    for word, places in sections.items():
        if len(_stems(word)) == longest:
            yield Silence(says=f'what "{word}" means', sections=tuple(dict.fromkeys(places)))


@lru_cache(maxsize=1_000)
def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in words(text))
