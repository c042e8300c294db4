"""A form's words and answers become facts of the corpus: what to preset, and what is touched."""

import re
from collections.abc import Iterable, Mapping

from bot.approvals.filling import Filled
from bot.approvals.guidance import Guidance
from bot.approvals.request import Answered, Content, Material, Page, Reply
from bot.approvals.touching import SEEKS, Matter, guide
from index.asked import Facts
from index.directive import Directive
from index.request import Questions
from index.rules import Reading
from index.vocabulary import Vocabulary

_MATERIALS = (
    (Material.VIDEO, r"videos?|clips?|reels?|livestream\w*|footage"),
    (Material.PHOTO, r"photos?|photographs?|pics?|pictures?|selfies?|snapshots?|images?"),
    (Material.PROFILE, r"profiles?|bio|avatar|headline"),
    (Material.APPEARANCE, r"interview|speech|podcast|endorse\w*|panel"),
    (Material.DEVICE, r"computer|laptop|terminal|tablet|device"),
    (Material.TEXT, r"comments?|tweets?|write|reply|caption|review|say"),
)
_PLATFORMS = (
    "Facebook", "Instagram", "LinkedIn", "Nextdoor", "Reddit", "Snapchat", "Threads", "TikTok",
    "Twitter", "WhatsApp", "YouTube",
)  # fmt: skip
_SHOWS = (Material.PHOTO, Material.VIDEO)


class Guide:
    """Knows the corpus's questions, facts and readings; it holds no state of any request."""

    def __init__(
        self,
        questions: Questions,
        facts: Facts,
        vocabulary: Vocabulary,
        readings: Mapping[str, Reading],
    ) -> None:
        self.questions = questions
        self._facts = facts
        self._vocabulary = vocabulary
        self._readings = readings
        self._things = frozenset(facts.things)
        self._where = frozenset(facts.where)

    def preset(self, question: str | None) -> Filled:
        """Return what a question suggests; its words become the description.

        A question of the form is preset "yes" where words state it, and never "no".
        """
        if question is None:
            return Filled()
        words = question.lower()
        heard = self._vocabulary.hear(question).facts
        material = next((m for m, form in _MATERIALS if re.search(rf"\b({form})\b", words)), "")
        platform = next((p for p in _PLATFORMS if re.search(rf"\b{p.lower()}\b", words)), "")
        page = Page.DEPARTMENT if heard & {"official", "run_page"} else ""
        page = page or (Page.OWN if "own_page" in heard else "")
        return Filled(
            material=str(material),
            page=str(page),
            platform=platform,
            description=question,
            flags=tuple(
                Answered(name=one.name, reply=Reply.YES)
                for one in self.questions.flags
                if heard & set(one.states) and not one.forget
            ),
        )

    def touches(self, directive: Directive, content: Content) -> Guidance:
        """Return what a request's content touches in a directive that is on file."""
        return guide(self.matter(content), directive, self._readings[directive.number])

    def matter(self, content: Content) -> Matter:
        """Return what a form says as facts."""
        said = {one.name: one.reply for one in content.flags}
        replies = {
            reply: _states(
                one.states for one in self.questions.flags if said.get(one.name) is reply
            )
            for reply in Reply
        }
        device = content.material is Material.DEVICE
        official = content.page is Page.DEPARTMENT
        given = {"run_page", "official"} if official else {"own_page"}
        if content.material in _SHOWS:
            given.add("photo")
        if content.colleagues:
            given.add("colleague")
        words = f"{content.description}\n{content.exact_text}"
        heard = self._vocabulary.hear(words).facts & (
            self._things | self._where if device else self._things
        )
        acts = {SEEKS, "look" if device else "post"} | ({"run_page"} if official else set())
        return Matter(
            acts=frozenset(acts),
            stated=replies[Reply.YES] | given,
            heard=heard,
            unsure=replies[Reply.UNSURE],
            denied=replies[Reply.NO] - replies[Reply.YES],
            asked=self.questions.asked,
            official=official,
        )

    def flags_behind(self, facts: Iterable[str]) -> tuple[str, ...]:
        """Return the names of the questions that ask for one of these facts."""
        wanted = set(facts)
        return tuple(one.name for one in self.questions.flags if wanted & set(one.states))


def _states(groups: Iterable[tuple[str, ...]]) -> frozenset[str]:
    return frozenset(fact for group in groups for fact in group)
