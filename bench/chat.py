"""``python -m bench.chat``: the development part with a chat model that behaves, and with others.

A local server plays each model; what is measured is what officers would read. Every question is put
to the model that behaves, one in three to the others (``--all``: every one).
"""

import json
import logging
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pydantic import BaseModel, ConfigDict
from rich.console import Console
from rich.table import Table

from bench.chat_server import SLOW_MODES, ChatServer, Mode
from bot import config, wiring
from bot.answer import Answer, Verdict
from bot.assistant import Assistant
from bot.errors import AssistantError, QuestionRefused
from bot.evaluation import labelled, quality
from bot.evaluation.labelled import Labelled
from index.encoder import Encoder
from index.errors import IndexingError
from index.traced import Sensed

_HERE = Path(__file__).resolve().parent
RESULTS = _HERE / "results"
QUESTIONS = _HERE / "questions" / "dev.jsonl"
_SECONDS, _SLOW_SECONDS, _SAMPLE = 5.0, 0.2, 12
_EVERY = 3
_KEPT = 0.95
_MAY_DIFFER = {"id", "took_ms", "dropped"}


class Remembering:
    """An encoder that computes a text's vector once: each model is asked the same questions."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._known: dict[tuple[str, ...], list[Sensed]] = {}

    def sense(self, texts: Sequence[str]) -> list[Sensed]:
        """Return what the encoder makes of each text."""
        key = tuple(texts)
        if key not in self._known:
            self._known[key] = self._encoder.sense(texts)
        return self._known[key]


class Behaviour(BaseModel):
    """What officers read with one model; ``kept`` is the share of answers with its words.

    ``kept`` counts where the model is asked at all: not where nothing is covered. ``as_rules``
    is the share of dropped answers that equal the rules' own; ``verdicts`` the share of verdicts
    that do. ``reasons`` tells how often each reason for dropping came up.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    mode: str
    questions: int
    asked: int
    kept: float
    false_allowed: int
    false_allowed_rules: int
    verbatim: float | None
    accuracy: float
    accuracy_rules: float
    verdicts: float
    as_rules: float | None
    reasons: dict[str, int]


def measure(
    settings: config.Settings, questions: Sequence[Labelled], every: int
) -> list[Behaviour]:
    """Return what each mode comes to, on one in ``every`` question where the model misbehaves.

    The slow ones are asked a few, with a short deadline.
    """
    index = wiring.open_index(settings)
    index = replace(index, encoder=Remembering(index.encoder))
    plain = wiring.assistant_over(settings, index)
    asked = [one for one in questions if _answer(plain, one) is not None]
    rules = {one.id: _answer(plain, one) for one in asked}
    covered = [o for o in asked if (a := rules[o.id]) and a.verdict is not Verdict.NOT_COVERED]
    found = []
    with ChatServer() as server:
        quick = wiring.assistant_over(settings_for(settings, server, _SECONDS), index)
        short = wiring.assistant_over(settings_for(settings, server, _SLOW_SECONDS), index)
        quick.ask(covered[0].q, covered[0].history)  # what the library loads with its first call
        short.ask(covered[0].q, covered[0].history)
        for mode in Mode:
            server.mode = mode
            slow = mode in SLOW_MODES
            part = (
                covered[:: max(1, len(covered) // _SAMPLE)][:_SAMPLE]
                if slow
                else asked[:: 1 if mode is Mode.BEHAVED else every]
            )
            answers = {one.id: _answer(short if slow else quick, one) for one in part}
            found.append(_behaviour(mode, part, answers, rules, plain))
    return found


def settings_for(settings: config.Settings, server: ChatServer, seconds: float) -> config.Settings:
    """Return the settings with a server as the chat model's address."""
    return settings.model_copy(
        update={
            "chat_model": "openai:scripted",
            "chat_base_url": server.address,
            "chat_timeout": seconds,
        }
    )


def _answer(assistant: Assistant, asked: Labelled) -> Answer | None:
    try:
        return assistant.ask(asked.q, asked.history)
    except QuestionRefused:
        return None


def _behaviour(
    mode: Mode,
    part: Sequence[Labelled],
    answers: dict[str, Answer | None],
    rules: dict[str, Answer | None],
    plain: Assistant,
) -> Behaviour:
    judged = quality.figures([quality.judge(o, answers[o.id], plain.library) for o in part])
    before = quality.figures([quality.judge(o, rules[o.id], plain.library) for o in part])
    pairs = [(a, r) for o in part if (a := answers[o.id]) and (r := rules[o.id])]
    called = [(a, r) for a, r in pairs if r.verdict is not Verdict.NOT_COVERED]
    dropped = [(a, r) for a, r in called if a.engine == r.engine]
    reasons = [a.dropped.value for a, _ in dropped if a.dropped is not None]
    return Behaviour(
        mode=mode.value,
        questions=len(part),
        asked=len(called),
        kept=_share([a.engine != r.engine for a, r in called]) or 0.0,
        false_allowed=judged.false_allowed,
        false_allowed_rules=before.false_allowed,
        verbatim=judged.verbatim,
        accuracy=judged.verdict_accuracy,
        accuracy_rules=before.verdict_accuracy,
        verdicts=_share([a.verdict is r.verdict for a, r in pairs]) or 0.0,
        as_rules=_share([same(a, r) for a, r in dropped]),
        reasons={reason: reasons.count(reason) for reason in sorted(set(reasons))},
    )


def same(one: Answer, other: Answer) -> bool:
    """Whether two answers are equal, apart from id, link to the form, time and reason."""
    return _lasting(one) == _lasting(other)


def _lasting(answer: Answer) -> dict[str, object]:
    approval = answer.approval.model_dump(exclude={"url"})  # the link is signed at its second
    return {**answer.model_dump(exclude=_MAY_DIFFER), "approval": approval}


def _share(held: Sequence[bool]) -> float | None:
    return sum(held) / len(held) if held else None


def table(found: Sequence[Behaviour]) -> Table:
    """Return the terminal's table, a row a model."""
    made = Table(title="Chat models, on the development part", title_justify="left")
    for title in _TITLES:
        made.add_column(title, justify="left" if title in _LEFT else "right")
    for one in found:
        made.add_row(*_row(one))
    return made


def as_markdown(found: Sequence[Behaviour]) -> str:
    """Return the same table as Markdown."""
    rule = "|".join("---" if title in _LEFT else "---:" for title in _TITLES)
    lines = [f"| {' | '.join(_TITLES)} |", f"|{rule}|"]
    return "\n".join([*lines, *(f"| {' | '.join(_row(one))} |" for one in found)])


_TITLES = (
    "model",
    "asked",
    "phrasing kept",
    "false allowed",
    "verbatim",
    "verdict accuracy",
    "of the rules",
    "dropped: as the rules",
    "reasons",
)
_LEFT = frozenset({"model", "reasons"})


def _row(one: Behaviour) -> list[str]:
    return [
        one.mode,
        str(one.asked),
        f"{one.kept:.3f}",
        f"{one.false_allowed} (rules {one.false_allowed_rules})",
        "–" if one.verbatim is None else f"{one.verbatim:.3f}",
        f"{one.accuracy:.3f}",
        f"{one.accuracy_rules:.3f}",
        "–" if one.as_rules is None else f"{one.as_rules:.3f}",
        ", ".join(f"{reason} {count}" for reason, count in one.reasons.items()) or "–",
    ]


def missed(found: Sequence[Behaviour]) -> list[str]:
    """Return the bars that were missed, one line each."""
    lines = []
    for one in found:
        if one.false_allowed > one.false_allowed_rules:
            lines.append(f"{one.mode}: {one.false_allowed} false allowed.")
        if one.accuracy < one.accuracy_rules or one.verdicts < 1.0:
            lines.append(f"{one.mode}: verdicts differ from the rules'.")
        if one.verbatim not in {None, 1.0} or one.as_rules not in {None, 1.0}:
            lines.append(f"{one.mode}: a quote or a dropped answer is not as it must be.")
        if one.mode == Mode.BEHAVED and one.kept < _KEPT:
            lines.append(f"{one.mode}: {one.kept:.3f} of the phrasings kept, the bar is {_KEPT}.")
    return lines


def main(arguments: Sequence[str]) -> int:
    """Measure, print and write; return 1 when a bar is missed."""
    every = 1 if "--all" in arguments else _EVERY
    logging.getLogger("bot.assistant").setLevel(logging.ERROR)  # each drop is counted here
    try:
        found = measure(config.load(), labelled.load(QUESTIONS), every)
    except (AssistantError, IndexingError) as error:
        print(error, file=sys.stderr)
        return 1
    RESULTS.mkdir(parents=True, exist_ok=True)
    data = json.dumps([one.model_dump() for one in found], indent=1)
    (RESULTS / "chat.json").write_text(data + "\n", encoding="utf-8")
    (RESULTS / "chat.md").write_text(as_markdown(found) + "\n", encoding="utf-8")
    Console(width=None if sys.stdout.isatty() else 200).print(table(found))
    for line in missed(found):
        print(line, file=sys.stderr)
    return 1 if missed(found) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
