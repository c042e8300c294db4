"""What an index was built from, kept beside it: its entries, and every word spelt correctly.

Reading them back takes a hundredth of the time of reading all authored questions again.
"""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from index.errors import IndexUnusable
from index.store import Entry


class Texts:
    """The entries of an index in order, the words that count as known, and what nobody has read.

    ``unread`` are the directives on which nobody has written or read a question.
    """

    def __init__(
        self, entries: Sequence[Entry], known: Iterable[str], unread: Iterable[str] = ()
    ) -> None:
        self.entries = tuple(entries)
        self.known = frozenset(known)
        self.unread = frozenset(unread)

    def save(self, path: Path) -> None:
        """Write the texts to ``path`` (JSON)."""
        rows = [(entry.id, entry.directive, entry.sections, entry.text) for entry in self.entries]
        data = {"entries": rows, "known": sorted(self.known), "unread": sorted(self.unread)}
        path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> "Texts":
        """Return the texts in ``path``; raise IndexUnusable if they cannot be read."""
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            entries = [
                Entry.model_construct(id=i, directive=d, sections=tuple(s), text=t)
                for i, d, s, t in data["entries"]
            ]
            return cls(entries, data["known"], data.get("unread", ()))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise IndexUnusable(
                f"Index file {str(path)!r} cannot be read ({type(error).__name__}). "
                "Run 'policybot index build'."
            ) from None
