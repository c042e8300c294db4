"""Words for one thing -> each word of a question with every other way of saying it, as stems."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from index.asked import read_yaml
from index.lexical import terms
from index.words import words

FILE = "synonyms.yaml"

Phrase = tuple[str, ...]


class Groups(BaseModel):
    """synonyms.yaml: groups of words and phrases that stand for one thing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    groups: tuple[tuple[str, ...], ...] = ()


class Synonyms:
    """Knows which words and phrases stand for one thing."""

    def __init__(self, groups: Sequence[Sequence[str]] = ()) -> None:
        self._ways: dict[Phrase, dict[Phrase, None]] = defaultdict(dict)
        for group in groups:
            phrases = dict.fromkeys(phrase for said in group if (phrase := _phrase(words(said))))
            for phrase in phrases:
                self._ways[phrase] |= phrases
        self._longest = max(map(len, self._ways), default=1)

    def ways(self, said: Sequence[str]) -> list[tuple[Phrase, ...]]:
        """Return each term of ``said``, the longest phrases first, with all its other ways."""
        stems, found, at = _phrase(said), [], 0
        while at < len(stems):
            for size in range(min(self._longest, len(stems) - at), 0, -1):
                phrase = stems[at : at + size]
                if size == 1 or phrase in self._ways:
                    found.append(tuple({phrase: None} | self._ways.get(phrase, {})))
                    at += size
                    break
        return found


def _phrase(said: Sequence[str]) -> Phrase:
    return tuple(terms(said))


def load_synonyms(corpus: Path) -> Synonyms:
    """Return the synonyms in ``corpus``, none without the file; raise ReadingRefused."""
    path = corpus / FILE
    return Synonyms(read_yaml(path, Groups).groups) if path.is_file() else Synonyms()
