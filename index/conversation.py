"""A question in the light of the conversation: what was said, once earlier questions are joined."""

from collections.abc import Sequence

from pydantic import BaseModel

from index.asked import Facts
from index.directive import FROZEN, Directive
from index.references import Referred, refer
from index.vocabulary import Heard, Vocabulary

# Facts that do not tell what a question is about, and words that point at an earlier one.
_SAYS_LITTLE = frozenset(
    "post look photo own_page meaning who when form consequence legal get_permission".split()
)
_POINTING = frozenset("that it this those these them there he she they eso esa lo".split())
_LONG, _SHORT = 14, 6


class Said(BaseModel):
    """A question as it stands in its conversation.

    ``text`` is what is embedded: the earlier questions it leans on, then itself, spelling mended.
    """

    model_config = FROZEN

    text: str
    heard: Heard
    referred: Referred
    follows: bool = False


class Listener:
    """Reads questions; it holds no state of any conversation."""

    def __init__(
        self, vocabulary: Vocabulary, directives: Sequence[Directive], facts: Facts
    ) -> None:
        self._vocabulary = vocabulary
        self._directives = directives
        self._asks = frozenset(facts.asks)
        self._opposites = facts.opposites

    def read(self, question: str, history: Sequence[str] = ()) -> Said:
        """Return what ``question`` says, together with the earlier ones it cannot be read without.

        ``history`` holds earlier questions, oldest first.
        """
        question, *history = map(self._vocabulary.core, (question, *history))
        heard = self._vocabulary.hear(question)
        referred = refer(question, self._directives)
        before = self._leant_on(heard, referred, history)
        text = " ".join([*(self._vocabulary.hear(earlier).text for earlier in before), heard.text])
        if before:
            heard = self._together(heard, self._vocabulary.hear(" ".join([*before, question])))
        return Said(text=text, heard=heard, referred=referred, follows=bool(before))

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
        """Return the facts of a conversation in the manner of its last question, if it has one.

        A fact that the last question denies, or states the opposite of, no longer holds.
        """
        silent = not (heard.asks_duty or heard.facts & self._asks)
        replaced = {
            other
            for pair in self._opposites
            for one, other in (pair, pair[::-1])
            if one in heard.facts and other not in heard.facts
        }
        return whole.model_copy(
            update={
                "facts": whole.facts - replaced - heard.denied,
                "denied": (whole.denied | heard.denied | replaced) - heard.facts,
                "asks_permission": heard.asks_permission or (silent and whole.asks_permission),
                "asks_duty": heard.asks_duty,
                "asks_text": heard.asks_text,
            }
        )


def leans(heard: Heard, referred: Referred) -> bool:
    """Whether a question leans on the one before: by how it opens, or by saying too little."""
    if referred.references:
        return False
    if heard.follows_up and len(heard.words) <= _LONG:
        return True
    if heard.facts - _SAYS_LITTLE or heard.platform:
        return False
    return len(heard.words) <= _SHORT or any(word in _POINTING for word in heard.words)
