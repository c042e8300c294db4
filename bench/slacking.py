"""What twenty people get who ask in Slack at once, beside one answer without Slack, in one run.

The real ``policybot serve`` is joined to the tests' local Slack over Socket Mode. Half of the
people write direct messages, half mention it. ``python -m bench.slacking`` measures this alone.
"""

import asyncio
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from pydantic import BaseModel, ConfigDict
from rich.console import Console
from rich.table import Table

from bench import asking, machine
from bench.blocks import replace
from bench.serving import serving
from bot import config, wiring
from bot.answers import Answers
from bot.config import Settings
from bot.evaluation import labelled
from index.asked import load_authored, load_facts

PEOPLE, ROUNDS = 20, 5
RESULT = Path(__file__).resolve().parent / "results" / "slack.json"
_PATIENCE = 30.0
_WARMING = 10
_SIGN, _POST, _PRIVATE = "assistant.threads.setStatus", "chat.postMessage", "chat.postEphemeral"


class Slacking(BaseModel):
    """Milliseconds, all medians but ``slowest``; a sign is a status or the first message."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    people: int
    questions: int
    unanswered: int
    alone: float
    acknowledged: float
    sign: float
    sign_direct: float
    sign_mention: float
    answer: float
    slowest: float
    machine: str

    @property
    def rows(self) -> list[tuple[str, str, str]]:
        """What was measured, the figure, and that over one answer without Slack (or the bar)."""
        return [
            ("one answer without Slack, median", f"{self.alone:.1f} ms", "1.0"),
            ("acknowledgement, median", *self._beside(self.acknowledged)),
            ("first visible sign, median", *self._beside(self.sign)),
            ("– in direct messages (status)", *self._beside(self.sign_direct)),
            ("– in channels (the answer)", *self._beside(self.sign_mention)),
            ("answer, median", *self._beside(self.answer)),
            ("answer, slowest", *self._beside(self.slowest)),
            ("left without an answer", str(self.unanswered), "bar: 0"),
        ]

    @property
    def missed(self) -> list[str]:
        """The bars that are missed, each in a few words."""
        return [f"{self.unanswered} people got no answer"] if self.unanswered else []

    def _beside(self, value: float) -> tuple[str, str]:
        return f"{value:.1f} ms", f"{value / self.alone:.1f}"

    @property
    def title(self) -> str:
        """What was asked, in a few words."""
        return f"{self.people} people at once in Slack, {self.questions} questions"


def measure(assistant: Answers, settings: Settings, texts: Sequence[str]) -> Slacking:
    """Return the figures; ``assistant`` answers half of ``texts`` before the others, half after."""
    asked = list(texts[: PEOPLE * ROUNDS])
    for text in texts[-_WARMING:]:
        assistant.ask(text)
    alone = [_timed(assistant, text) for text in asked[::2]]
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(settings.index_dir, Path(folder) / settings.index_dir.name)
        crowd = asyncio.run(_crowd(Path(folder), asked, texts[-_WARMING:]))
    alone += [_timed(assistant, text) for text in asked[1::2]]
    return Slacking(
        people=PEOPLE,
        questions=len(asked),
        unanswered=sum(one.answer is None for one in crowd),
        alone=median(alone),
        acknowledged=median(one.acknowledged for one in crowd),
        sign=median(_known(one.sign for one in crowd)),
        sign_direct=median(_known(one.sign for one in crowd if one.direct)),
        sign_mention=median(_known(one.sign for one in crowd if not one.direct)),
        answer=median(_known(one.answer for one in crowd)),
        slowest=max(_known(one.answer for one in crowd)),
        machine=machine.describe().line,
    )


class _Asked:
    """One question in Slack: when it was sent, and after how many ms what came of it."""

    def __init__(self, *, direct: bool) -> None:
        self.direct = direct
        self.acknowledged = 0.0
        self.sign: float | None = None
        self.answer: float | None = None
        self._sent = time.perf_counter()

    def see(self, *, answer: bool) -> None:
        """Note what a person sees now."""
        now = (time.perf_counter() - self._sent) * 1000
        self.sign = now if self.sign is None else self.sign
        if answer and self.answer is None:
            self.answer = now


async def _crowd(var: Path, texts: Sequence[str], warming: Sequence[str]) -> list[_Asked]:
    async with _slack_server()() as slack:
        people = [slack.add_user(f"U0PERSON{n:02}", f"person{n:02}") for n in range(PEOPLE)]
        slack.add_channel("C0BENCH", "bench", {*people, slack.bot_user_id})
        served = serving(
            var,
            SLACK_BOT_TOKEN=slack.bot_token,
            SLACK_APP_TOKEN=slack.app_token,
            SLACK_API_URL=slack.api_url,
        )
        await asyncio.to_thread(served.__enter__)
        try:
            await slack.wait_for_connections()
            await _round(slack, people, warming)
            found: list[_Asked] = []
            for start in range(0, len(texts), PEOPLE):
                found += await _round(slack, people, texts[start : start + PEOPLE])
        finally:
            await asyncio.to_thread(served.__exit__, None, None, None)
    return found


async def _round(slack: Any, people: Sequence[str], texts: Sequence[str]) -> list[_Asked]:  # noqa: ANN401
    """Let everybody ask once, at once; return when all are answered or patience is over."""
    asked: dict[str, _Asked] = {}
    events = [
        slack.message_im(text, user) if n % 2 else slack.mention(text, user, "C0BENCH")[0]
        for n, (user, text) in enumerate(zip(people, texts, strict=False))
    ]

    def taken(call: Any) -> None:  # noqa: ANN401
        given = call.arguments
        if call.method in (_SIGN, _POST, _PRIVATE):
            place = given.get("user") or "U" + (given.get("channel") or given["channel_id"])[1:]
            asked[place].see(answer=call.method != _SIGN)

    async def ask(user: str, event: dict[str, Any], *, direct: bool) -> None:
        asked[user] = _Asked(direct=direct)
        delivery = await slack.deliver(event)
        asked[user].acknowledged = (delivery.latency or _PATIENCE) * 1000

    slack.after_taken = taken
    pairs = enumerate(zip(people, events, strict=False))
    await asyncio.gather(*(ask(user, event, direct=n % 2 == 1) for n, (user, event) in pairs))
    ends = time.monotonic() + _PATIENCE
    while time.monotonic() < ends and any(one.answer is None for one in asked.values()):
        await asyncio.sleep(0.01)
    await slack.settle(0.1)
    slack.after_taken = None
    return [*asked.values()]


def _slack_server() -> type[Any]:
    """Return the tests' stand-in for Slack, which only this measurement takes from there."""
    folder = str(machine.ROOT / "tests")
    if folder not in sys.path:
        sys.path.insert(0, folder)
    from slack_server import SlackServer

    return SlackServer


def _known(values: Any) -> list[float]:  # noqa: ANN401
    return [value for value in values if value is not None] or [_PATIENCE * 1000]


def _timed(assistant: Answers, text: str) -> float:
    started = time.perf_counter()
    assistant.ask(text)
    return (time.perf_counter() - started) * 1000


def table(found: Slacking) -> Table:
    """Return the terminal's table."""
    made = Table(title=found.title, title_justify="left")
    for title in ("what", "figure", "over one answer"):
        made.add_column(title, justify="left" if title == "what" else "right")
    for cells in found.rows:
        made.add_row(*cells)
    return made


def write(found: Slacking, page: Path) -> None:
    """Write the result, and its table into the marked place of the README."""
    lines = [f"| {found.title} | figure | over one answer |", "|---|---:|---:|"]
    lines += [f"| {' | '.join(cells)} |" for cells in found.rows]
    RESULT.write_text(found.model_dump_json(indent=1) + "\n", encoding="utf-8")
    replace(page, "slack figures", "\n".join([*lines, "", f"{found.machine}."]))


def main() -> int:
    """Measure and write; exit code 1 when somebody was left without an answer."""
    settings = config.load()
    parts = wiring.assemble(settings)
    folder = Path(__file__).resolve().parent / "questions"
    labels = [one.q for one in labelled.load(folder / "dev.jsonl")]
    library = parts.index.library
    authored = load_authored(settings.corpus_dir, library, load_facts(settings.corpus_dir))
    texts = asking.questions(library, authored, labels)
    found = measure(parts.assistant, settings, texts)
    write(found, machine.ROOT / "README.md")
    Console(width=None if sys.stdout.isatty() else 120).print(table(found))
    for missed in found.missed:
        print(f"Slack: {missed}.", file=sys.stderr)
    return 1 if found.missed else 0


if __name__ == "__main__":
    sys.exit(main())
