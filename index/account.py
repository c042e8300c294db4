"""What a message tells that somebody did: "I tagged the department", and not "if I tagged"."""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field

_BACK, _AHEAD = 3, 3


class Account(BaseModel):
    """Words by which an account is known: who did it, and the deed, in a form of the past.

    Between the two may stand words in ``-ly`` and those of ``between``. After a word of ``asking``
    it is a question ("can I put"), after one of ``unreal`` a mere case ("if I tagged"). Who writes
    in haste leaves out who did it: "posted a pic", with a word of ``what`` after the deed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    who: frozenset[str] = Field(min_length=1)
    deeds: frozenset[str] = Field(min_length=1)
    between: frozenset[str] = frozenset()
    what: frozenset[str] = frozenset()
    asking: frozenset[str] = frozenset()
    unreal: frozenset[str] = frozenset()

    def told(self, said: Sequence[str]) -> bool:
        """Whether words, in small letters and their order, tell of a deed of one of ``who``."""
        if not (self.deeds.isdisjoint(said[:1]) or self.what.isdisjoint(said[1:2])):
            return True
        return any(
            word in self.who
            and self.asking.isdisjoint(said[max(0, place - 1) : place])
            and self.unreal.isdisjoint(said[max(0, place - _BACK) : place])
            and self._deed(said[place + 1 : place + 2 + _AHEAD])
            for place, word in enumerate(said)
        )

    def _deed(self, after: Sequence[str]) -> bool:
        for word in after:
            if word not in self.between and not word.endswith("ly"):
                return word in self.deeds
        return False
