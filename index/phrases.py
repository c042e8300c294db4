"""Phrases and what they mean: looked up in the words of a question, the longest first."""

from collections.abc import Callable, Iterable, Mapping

from index.words import words


class Phrases:
    """Phrases on stems, found longest first; a phrase that means nothing shadows shorter ones."""

    def __init__(self, stemmer: Callable[[str], str]) -> None:
        self._stem = stemmer
        self._meaning: dict[tuple[str, ...], set[str]] = {}
        self._longest: dict[str, int] = {}

    def add(self, phrase: str, meanings: Iterable[str]) -> None:
        """Give a phrase more meanings."""
        key = tuple(self._stem(word) for word in words(phrase))
        if key:
            self._meaning.setdefault(key, set()).update(meanings)
            self._lengthen(key)

    def silence(self, phrase: str) -> None:
        """Let a phrase mean nothing, whatever its words mean alone."""
        key = tuple(self._stem(word) for word in words(phrase))
        if key:
            self._meaning[key] = set()
            self._lengthen(key)

    def _lengthen(self, key: tuple[str, ...]) -> None:
        """Note how long a phrase may be that begins as this one does."""
        self._longest[key[0]] = max(self._longest.get(key[0], 0), len(key))

    def find(self, found: list[str]) -> set[str]:
        """Return what the phrases in a question's words mean."""
        return {meaning for _, meanings in self.places(found) for meaning in meanings}

    def places(self, found: list[str]) -> list[tuple[int, set[str]]]:
        """Return what is meant and where, in order."""
        stemmed = [self._stem(word) for word in found]
        places: list[tuple[int, set[str]]] = []
        at = 0
        while at < len(stemmed):
            longest = self._longest.get(stemmed[at], 0)
            for size in range(min(longest, len(stemmed) - at), 0, -1):
                hit = self._meaning.get(tuple(stemmed[at : at + size]))
                if hit is not None:
                    places.append((at, hit))
                    at += size
                    break
            else:
                at += 1
        return places


def phrases_of(
    stemmer: Callable[[str], str],
    meanings: Mapping[str, Iterable[str]],
    silent: Iterable[str],
) -> Phrases:
    """Return the phrases of each meaning, and those that mean nothing."""
    found = Phrases(stemmer)
    for fact, phrases in meanings.items():
        for phrase in phrases:
            found.add(phrase, [fact])
    for phrase in silent:
        found.silence(phrase)
    return found
