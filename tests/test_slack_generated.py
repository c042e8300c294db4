"""Five hundred generated answers, in everything that may stand around one, are taken by Slack."""

import json
from datetime import date

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from outlines import Invented, outlines
from slack_answers import LIBRARY, ScriptedAnswers
from slack_protocol import check_blocks, texts

from bot.answer import (
    Answer,
    AppliedRule,
    Approval,
    ApprovalKind,
    Branch,
    Citation,
    Clarify,
    Verdict,
    Version,
)
from bot.slack import buttons
from bot.slack.blocks import MOST_TEXT, Around, answered, fits
from bot.slack.carried import Carried, carried, read
from bot.slack.wording import FIRST_USE, NO_PICTURES
from index.clauses import parse
from index.directive import Clause, Directive, Status, fragment
from index.formats.markdown import parse as read_markdown
from index.library import Library

ORDER = ScriptedAnswers().order
LONGEST = max(ORDER.clauses, key=lambda clause: len(clause.text))
ADDRESS = "https://policy.example.gov"
SIGNED = "eyJhbGciOiJIUzI1NiJ9" * 12  # as long as a signed link's reference gets
_WORDS = st.sampled_from(["photo", '"', "\\", "\n", "\x00", "<&>", "é", "😀", "*a_b*", "1. A.4"])
QUESTIONS = st.builds(
    lambda words, times: (" ".join(words) * times)[:4_000],
    st.lists(_WORDS, min_size=1, max_size=8),
    st.sampled_from([1, 1, 20, 4_000]),
)
SENTENCES = st.one_of(
    st.text(min_size=1, max_size=60),
    st.builds(lambda question: question[:1_500], QUESTIONS),
    st.sampled_from([clause.text for clause in ORDER.clauses]),
)


def _directive(invented: Invented) -> Directive:
    outline = parse(read_markdown(invented.text))
    return Directive(
        number="9.9",
        prefix="GO",
        title="An invented directive",
        part="Tests",
        issued=date(2026, 1, 1),
        effective=date(2026, 2, 1),
        status=Status.IN_FORCE,
        origin="tests",
        sha256="0" * 64,
        source=invented.text,
        clauses=outline.clauses,
        headings=outline.headings,
    )


def _library(directive: Directive) -> Library:
    return LIBRARY if directive is ORDER else Library(directives=(ORDER, directive), folders={})


def _cite(directive: Directive, clause: Clause) -> Citation:
    lead = directive.clause(clause.lead or clause.parent or "")
    return Citation(
        directive=directive.number,
        section=clause.section,
        quote=clause.text,
        lead=lead.text if lead else None,
        url=f"{ADDRESS}/directives/{directive.number}?s={SIGNED}#{fragment(clause.section)}",
        effective=directive.effective,
    )


@st.composite
def _clauses(draw: st.DrawFn, directive: Directive) -> list[Clause]:
    """Draw clauses: a few, as answers have them; all of a section; or everything."""
    everything = list(directive.clauses)
    match draw(st.sampled_from(["few", "few", "run", "all"])):
        case "few":
            return draw(st.lists(st.sampled_from(everything), max_size=5, unique=True))
        case "run":
            start = draw(st.integers(0, len(everything) - 1))
            return everything[start : start + draw(st.integers(1, 40))]
        case _:
            return everything


@st.composite
def _rules(draw: st.DrawFn, directive: Directive, cited: list[Clause]) -> tuple[AppliedRule, ...]:
    others = draw(st.lists(st.sampled_from(directive.clauses), max_size=12))
    return tuple(
        AppliedRule(
            directive=directive.number,
            section=clause.section,
            effect="prohibited",
            force="shall not",
            applies_if=draw(st.none() | SENTENCES),
            exception=draw(st.none() | SENTENCES),
        )
        for clause in [*cited[:12], *others]
    )


@st.composite
def answers(draw: st.DrawFn) -> tuple[Answer, Library]:
    """Draw an answer as the core makes them, over the order on file or an invented one."""
    directive = draw(st.just(ORDER) | st.just(ORDER) | outlines().map(_directive))
    cited = draw(_clauses(directive))
    offered = draw(st.booleans())
    approval = Approval(
        offered=offered,
        url=f"{ADDRESS}/requests/new?ref={SIGNED * 3}" if offered else None,
        kind=draw(st.sampled_from(ApprovalKind)) if offered else None,
        decided_by=draw(st.none() | SENTENCES),
        form=draw(st.none() | SENTENCES),
        route=draw(st.none() | SENTENCES),
        basis=draw(st.none() | st.sampled_from([clause.section for clause in directive.clauses])),
    )
    branch = st.builds(Branch, if_=SENTENCES, verdict=st.sampled_from(Verdict))
    branches = st.lists(branch, max_size=6).map(tuple)
    warning = draw(st.none() | SENTENCES.map(lambda text: text[:500]))
    notices = draw(st.lists(SENTENCES, max_size=6))
    answer = Answer(
        id="0" * 32,
        question=draw(QUESTIONS),
        verdict=draw(st.sampled_from(Verdict)),
        summary=draw(SENTENCES),
        rules=draw(_rules(directive, cited)),
        citations=tuple(_cite(directive, clause) for clause in cited),
        approval=approval,
        notices=(*([warning] if warning else []), *notices),
        warning=warning,
        clarify=draw(st.none() | st.builds(Clarify, ask=SENTENCES, branches=branches)),
        engine="generated",
        directives=tuple(
            Version(number=one.number, effective=one.effective, sha256=one.sha256)
            for one in {ORDER.number: ORDER, directive.number: directive}.values()
        ),
    )
    return answer, _library(directive)


def _surroundings(answer: Answer, history: tuple[str, ...]) -> list[Around]:
    """Return every combination of what may stand around an answer."""
    carry = carried(answer, history, "1790000000.000100")
    warned = [answer.warning] if answer.warning else []
    telling = buttons.telling(answer)
    private = (buttons.right(carry), *buttons.sharing(carry, in_thread=True))
    return [
        Around(before=before, asked=asked, remark=remark, start=start, buttons=pressed, foot=foot)
        for before in ((), (*FIRST_USE, *warned))
        for asked in (None, answer.question)
        for remark in (None, NO_PICTURES)
        for start, pressed, foot in (
            (True, telling, (buttons.thumbs(carry),)),
            (True, (*private, *telling), ()),
            (False, (buttons.right(carry),), ()),
        )
    ]


def _answer(cited: tuple[Clause, ...], question: str) -> tuple[Answer, Library]:
    made = ScriptedAnswers().ask("a shot of my locker")
    citations = tuple(_cite(ORDER, clause) for clause in cited)
    return made.model_copy(update={"question": question, "citations": citations}), LIBRARY


@settings(
    max_examples=500,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    made=answers(),
    history=st.lists(QUESTIONS, max_size=6).map(tuple),
    which=st.integers(0, 23),
)
@example(_answer((LONGEST,) * 5, "q"), (), 1)
@example(_answer(ORDER.clauses, "q"), (), 1)
@example(_answer(ORDER.clauses, '"' * 4_000), ("\\" * 4_000,) * 6, 13)
@example(_answer((LONGEST,) * 60, '"' * 480), (), 22)
@example(_answer(ORDER.clauses[:16], "*a_b* <&> \\ 😀 " * 50), ("photo " * 16,) * 6, 22)
@example(_answer(ORDER.clauses[:16], "*a_b* <&> \\ \x00 *a_b* \n 😀 <&>" * 7), ("photo " * 16,), 22)
def test_slack_takes_any_answer_in_any_surroundings(
    made: tuple[Answer, Library], history: tuple[str, ...], which: int
) -> None:
    answer, library = made
    around = _surroundings(answer, history)[which]
    message = answered(answer, library, around)
    blocks = message.plain
    assert check_blocks(blocks) == [] and fits(list(message.blocks))
    assert 0 < len(message.text) <= MOST_TEXT + 400
    _citations_survive(answer, library, blocks)
    _everything_around_is_there(around, blocks)


def _citations_survive(answer: Answer, library: Library, blocks: list[dict[str, object]]) -> None:
    """The first citations stand with their links, and the number of those left out is said."""
    links = [link for block in blocks for link in _links(block)]
    wanted = [
        (f"{directive.name} § {citation.section}", citation.url)
        for citation in answer.citations
        if (directive := library.get(citation.directive))
    ]
    assert links == wanted[: len(links)] and len(links) >= min(5, len(wanted))
    left = f"{len(wanted) - len(links)} more clauses are in the order itself"
    assert (left in "\n".join(texts(blocks))) == (len(links) < len(wanted))


def _links(inside: object) -> list[tuple[str, str]]:
    if isinstance(inside, list):
        return [link for one in inside for link in _links(one)]
    if not isinstance(inside, dict):
        return []
    if inside.get("type") == "link":
        return [(str(inside["text"]), str(inside["url"]))]
    return [link for one in inside.values() for link in _links(one)]


def _everything_around_is_there(around: Around, blocks: list[dict[str, object]]) -> None:
    words = "\n".join(texts(blocks))
    assert all(line in words for line in around.before)
    written = json.dumps(blocks)
    assert all(f'"{button.action_id}"' in written for button in around.buttons)
    assert bool(around.foot) == ('"context_actions"' in written)


def test_every_surrounding_is_among_the_generated() -> None:
    answer, _ = _answer((LONGEST,), "q")
    assert len(_surroundings(answer, ())) == 24


@given(question=QUESTIONS, history=st.lists(QUESTIONS, max_size=6).map(tuple))
def test_what_a_button_carries_comes_back_whole_or_without_its_oldest_words(
    question: str, history: tuple[str, ...]
) -> None:
    answer, _ = _answer((LONGEST,), question)
    given_back = read(carried(answer, history).dump())
    assert isinstance(given_back, Carried) and given_back.answer == answer.id
    assert given_back.question in (question, None)
    kept = given_back.history
    assert kept == history[len(history) - len(kept) :] and (question or not kept)
