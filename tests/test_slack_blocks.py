"""What people see in Slack: golden files, Slack's limits, and words that stay words."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_answers import LIBRARY, ScriptedAnswers
from slack_protocol import check_blocks, texts

from bot.answer import Answer, AppliedRule, Approval, Branch, Citation, Clarify, Verdict, Version
from bot.slack.blocks import MOST_TEXT, Around, answered, fits, said
from bot.slack.places import Message
from bot.slack.questions import usage
from bot.slack.text import beginning, escaped, mentions, readable, shortened
from bot.slack.wording import NO_PICTURES
from bot.wording import KINDS, VERDICTS

DATA = Path(__file__).resolve().parent / "data"
ORDER = ScriptedAnswers().order
WHOLE = [clause.section for clause in ORDER.clauses]


def _asked(question: str) -> Message:
    return answered(ScriptedAnswers().ask(question), LIBRARY)


def _with_extras() -> Message:
    answer = ScriptedAnswers().ask("a shot of my locker")
    return answered(answer, LIBRARY, Around(asked="a shot of my locker", remark=NO_PICTURES))


GOLDEN: dict[str, Callable[[], Message]] = {
    "needs_permission": lambda: _asked("a shot of my locker"),
    "needs_permission_command": _with_extras,
    "depends": lambda: _asked("which account"),
    "informational": lambda: _asked("wall"),
    "not_covered": lambda: _asked("boat"),
    "everything": lambda: _asked("everything"),
    "usage": usage,
    "failure": lambda: said("Something went wrong. Reference: E-514"),
}


def _plain(message: Message) -> dict[str, object]:
    """The message as people see it; a signed reference is no more than its place."""
    written = json.dumps({"text": message.text, "blocks": message.plain}, ensure_ascii=False)
    plain: dict[str, object] = json.loads(re.sub(r"ref=[\w.\-]+", "ref=SIGNED", written))
    return plain


@pytest.mark.parametrize("name", GOLDEN)
def test_people_see_what_the_golden_file_shows(name: str) -> None:
    golden = json.loads((DATA / f"slack_{name}.json").read_text(encoding="utf-8"))
    assert _plain(GOLDEN[name]()) == golden


@pytest.mark.parametrize("name", GOLDEN)
def test_slack_takes_every_golden_message(name: str) -> None:
    message = GOLDEN[name]()
    assert check_blocks(message.plain) == []
    assert fits(list(message.blocks)) and len(message.text) <= MOST_TEXT + 400


def test_every_quote_stands_word_for_word_beside_its_full_citation_and_link() -> None:
    answer = ScriptedAnswers().ask("a shot of my locker")
    blocks = answered(answer, LIBRARY).plain
    for citation in answer.citations:
        [block] = [b for b in blocks if f"GO 5.14 § {citation.section}" in [*texts(b)][:1]]
        link = block["elements"][0]["elements"][0]  # type: ignore[index]
        assert (link["type"], link["url"]) == ("link", citation.url)
        quoted = [*texts(block)][1].split("\n")
        assert quoted == [f"“{words}”" for words in (citation.lead, citation.quote) if words]


def test_the_words_for_screen_readers_hold_verdict_citations_and_the_standing_line() -> None:
    text = _asked("a shot of my locker").text
    assert text.startswith("Needs permission.\nNot without permission.")
    assert "GO 5.14 § IV.E.16: “" in text
    assert text.endswith(
        "This answer is not approval. GO 5.14, effective 2019-09-10, text e46dcba2."
    )


def test_every_verdict_and_every_kind_of_approval_has_words() -> None:
    assert VERDICTS.keys() == set(Verdict)
    assert [*KINDS] == [*type(next(iter(KINDS)))]


def test_without_an_open_path_there_is_no_request_button() -> None:
    assert "start_request" not in json.dumps(_asked("wall").plain)
    assert "open_order" in json.dumps(_asked("wall").plain)
    assert '"button"' not in json.dumps(_asked("boat").plain)


def test_what_the_order_does_not_state_is_said_in_the_fixed_words() -> None:
    words = "\n".join(texts(_asked("a shot of my locker").plain))
    assert "Decided by: Chief of Police" in words and "Form: GO 5.14 does not say." in words


# Limits


def _citing(sections: list[str], **more: object) -> Answer:
    scripted = ScriptedAnswers()
    made = scripted.ask("a shot of my locker")
    return made.model_copy(
        update={"citations": tuple(scripted.cite(section) for section in sections), **more}
    )


@pytest.mark.parametrize("count", [5, 20, 40, 60, len(WHOLE)])
def test_all_citations_survive_when_something_must_be_shortened(count: int) -> None:
    answer = _citing(WHOLE[:count], rules=(), notices=("A standing line. " * 200,) * 3)
    blocks = answered(answer, LIBRARY).plain
    assert check_blocks(blocks) == []
    words = [*texts(blocks)]
    shown = [s for s in WHOLE[:count] if f"GO 5.14 § {s}" in words]
    left = [word for word in words if "more clauses are in the order itself" in word]
    assert shown == WHOLE[: len(shown)] and bool(left) == (len(shown) < count)
    assert len(shown) >= min(count, 20)


def test_quotes_are_the_last_to_be_shortened_and_end_with_a_sentence() -> None:
    section = max(ORDER.clauses, key=lambda clause: len(clause.text)).section
    long = "A notice that goes on. " * 300
    answer = _citing([section], summary="Word. " * 1_000, notices=(long,) * 4)
    kept = "\n".join(texts(answered(answer, LIBRARY).plain))
    assert f"“{answer.citations[0].quote}”" in kept and long not in kept
    crowd = _citing([section] * 12, notices=())
    blocks = answered(crowd, LIBRARY).plain
    quotes = [word for word in texts(blocks) if word.startswith("“")]
    assert len(quotes) == 12 and all(quote.endswith(("” …", "”")) for quote in quotes)
    for quote in quotes:
        inside = quote.removesuffix(" …")
        assert inside[-2] in ".;:!?”" and inside[1:-1] in crowd.citations[0].quote
    assert "Quotes are shortened here" in "\n".join(texts(blocks))


LINES = st.text(min_size=1, max_size=3_000)
PLACES = st.sampled_from(WHOLE)


@st.composite
def _answers(draw: st.DrawFn) -> Answer:
    def citation(section: str) -> Citation:
        cited = ScriptedAnswers().cite(section)
        if draw(st.booleans()):
            return cited
        quote, lead = draw(LINES), draw(st.none() | LINES)
        return cited.model_copy(update={"quote": quote, "lead": lead})

    offered = draw(st.booleans())
    rule = st.builds(
        AppliedRule,
        directive=st.just("5.14"),
        section=PLACES,
        effect=st.just("prohibited"),
        force=st.just("shall not"),
        applies_if=st.none() | LINES,
        exception=st.none() | LINES,
    )
    clarify = st.builds(
        Clarify,
        ask=LINES,
        branches=st.lists(
            st.builds(Branch, if_=LINES, verdict=st.sampled_from(Verdict)), max_size=12
        ).map(tuple),
    )
    return Answer(
        id="a",
        question="q",
        verdict=draw(st.sampled_from(Verdict)),
        summary=draw(LINES),
        rules=tuple(draw(st.lists(rule, max_size=60))),
        citations=tuple(citation(s) for s in draw(st.lists(PLACES, max_size=90))),
        approval=Approval(
            offered=offered,
            url="http://127.0.0.1:8514/requests/new?ref=" + "x" * draw(st.integers(0, 4_000)),
            decided_by=draw(st.none() | LINES),
            form=draw(st.none() | LINES),
            basis=draw(st.none() | PLACES),
        ),
        notices=tuple(draw(st.lists(LINES, max_size=30))),
        clarify=draw(st.none() | clarify),
        engine="x",
        directives=tuple(
            Version(number="5.14", effective=ORDER.effective, sha256=ORDER.sha256)
            for _ in range(draw(st.integers(0, 12)))
        ),
    )


@settings(max_examples=60, deadline=None)
@given(answer=_answers(), asked=st.none() | LINES)
def test_slack_takes_any_answer(answer: Answer, asked: str | None) -> None:
    message = answered(answer, LIBRARY, Around(asked=asked, remark=NO_PICTURES))
    assert check_blocks(message.plain) == [] and fits(list(message.blocks))
    assert 0 < len(message.text) <= MOST_TEXT + 400


# Words


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("<@U0BOT> may I?", "may I?"),
        ("<@U0BOT|assistant> may I?", "may I?"),
        ("hey <@U0BOT> may I?", "hey may I?"),
        ("with <@U0PARTNER> in it?", "with @colleague in it?"),
        ("with <@W0PARTNER|pat> in it?", "with @colleague in it?"),
        ("in <#C1|patrol> and <#C2> and <#C3|>", "in #patrol and #channel and #channel"),
        ("<http://x.test/a|x.test/a> <https://y.test>", "x.test/a https://y.test"),
        ("<mailto:a@x.test|a@x.test> <tel:123>", "a@x.test 123"),
        ("<!channel> <!here|here> <!subteam^S1|@detectives>", "@channel here @group"),
        ("on <!date^1790000000^{date}|1 May>?", "on 1 May?"),
        ("a &lt;b&gt; &amp; c &amp;lt;", "a <b> & c &lt;"),
        ("two\nlines", "two\nlines"),
        ("<@U0BOT>", ""),
        ("", ""),
        ("a < b > c", "a b c"),
    ],
)
def test_slacks_markup_becomes_plain_words(raw: str, words: str) -> None:
    assert readable(raw, "U0BOT") == words


def test_only_the_assistants_own_mention_counts() -> None:
    assert mentions("x <@U0BOT> y", "U0BOT") and mentions("<@U0BOT|a>", "U0BOT")
    assert not mentions("<@U0BOTTOM> <@U1>", "U0BOT") and not mentions("<@U0BOT>", None)


@given(st.text())
def test_words_survive_slacks_escaping(text: str) -> None:
    there = escaped(text)
    assert "<" not in there and ">" not in there
    assert (
        readable(there, None) == " ".join(text.split(" ")).strip() or "  " in text or "\t" in text
    )


@given(st.text(max_size=400), st.integers(3, 200))
def test_a_beginning_is_a_beginning_and_short_enough(text: str, most: int) -> None:
    kept, whole = beginning(text, most)
    assert text.startswith(kept) and len(kept) <= most and whole == (kept == text)
    assert len(shortened(text, most)) <= most


def write_golden() -> None:
    """Write the golden files anew (PYTHONPATH=. python tests/test_slack_blocks.py); read them."""
    DATA.mkdir(exist_ok=True)
    for name, make in GOLDEN.items():
        plain = json.dumps(_plain(make()), indent=1, ensure_ascii=False)
        (DATA / f"slack_{name}.json").write_text(plain + "\n", encoding="utf-8")


if __name__ == "__main__":
    write_golden()
