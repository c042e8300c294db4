"""The console: where anyone on this machine can try the assistant as in Slack."""

import logging

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from bot.answer import Answer
from bot.asker import Asker, Surface
from bot.errors import DatabaseUnusable, QuestionRefused
from bot.web.card import Card, card, name
from bot.web.demonstration import demonstration
from bot.web.door import Off
from bot.web.pages import signed
from bot.web.personal import Personal, at
from bot.web.site import Site
from index.directive import FROZEN

LONGEST_QUESTION = 4000
EARLIER_QUESTIONS = 6
_LONGEST_EARLIER = 1000
EXAMPLES = (
    "Do I have to say I'm an officer when I write for our official page?",
    "My partner is in my vacation video. Whose agreement comes first?",
    "Is a political bumper-sticker meme on my own account a problem?",
    "Does a comment under somebody else’s picture count as a post?",
)
_LOG = logging.getLogger(__name__)


class _Asked(BaseModel):
    """A question as it was sent, and the earlier ones of the conversation, oldest first."""

    model_config = FROZEN

    question: str
    earlier: tuple[str, ...]


def routes(pages: Site, own: Personal | None = None) -> APIRouter:
    """Return the console's routes: the page, the page after a question, and the answer alone."""
    router = APIRouter()

    async def console(request: Request) -> Response:
        site = at(pages, own, request)
        off = site.pages.access(request).off
        if off is not None:
            return _closed(site, request, off)
        return _page(site, request)

    async def ask(request: Request) -> Response:
        site = at(pages, own, request)
        off = site.pages.access(request).off
        if off is not None:
            return _closed(site, request, off)
        asked = _asked(await request.form(max_files=0, max_fields=20))
        try:
            answer = await site.bridge.run(_answer, site, asked, _asker(request))
        except QuestionRefused as error:
            return _page(site, request, asked=asked, refusal=str(error))
        return _page(site, request, asked=asked, answer=answer)

    async def answer_alone(request: Request) -> Response:
        site = at(pages, own, request)
        if not site.pages.access(request).console:
            return site.failures.page(request, 403, "The console is off here.")
        asked = _asked(await request.form(max_files=0, max_fields=20))
        try:
            answer = await site.bridge.run(_answer, site, asked, _asker(request))
        except QuestionRefused as error:
            return site.pages.show(
                request,
                "_refusal.html",
                status=422,
                title="This cannot be answered",
                text=str(error),
                reference=None,
                at=None,
            )
        return site.pages.show(
            request,
            "_turn.html",
            card=_card(site, answer),
            question=asked.question,
        )

    router.add_api_route("/", console, methods=["GET", "HEAD"])
    router.add_api_route("/", ask, methods=["POST"])
    router.add_api_route("/api/ask", answer_alone, methods=["POST"])
    return router


def _asked(form: FormData) -> _Asked:
    question = form.get("question", "")
    earlier = [text for text in form.getlist("earlier") if isinstance(text, str) and text.strip()]
    return _Asked(
        question=_lines(question) if isinstance(question, str) else "",
        earlier=tuple(_lines(text)[:_LONGEST_EARLIER] for text in earlier[-EARLIER_QUESTIONS:]),
    )


def _lines(text: str) -> str:
    """Return text with the line ends it was typed with; forms send them as CR LF."""
    return text.replace("\r\n", "\n")


def _asker(request: Request) -> Asker:
    """Return who asks: nobody in particular, or somebody of the demonstration."""
    who = signed(request)
    return who.asker if who is not None else Asker(surface=Surface.CONSOLE)


def _answer(site: Site, asked: _Asked, asker: Asker) -> Answer:
    """Return the answer; the question behind an offered request is kept, and nothing else."""
    answer = site.answers.ask(asked.question, asked.earlier)
    try:
        site.store.keep_answer(answer, asker)
    except DatabaseUnusable as error:
        _LOG.warning("A draft was not kept; its form will open without the question: %s", error)
    return answer


def _page(
    site: Site,
    request: Request,
    *,
    asked: _Asked | None = None,
    answer: Answer | None = None,
    refusal: str | None = None,
) -> Response:
    earlier = asked.earlier if asked else ()
    carried = (*earlier, asked.question[:_LONGEST_EARLIER]) if asked and answer else earlier
    return site.pages.show(
        request,
        "console.html",
        status=422 if refusal else 200,
        examples=EXAMPLES,
        earlier=earlier,
        carried=carried[-EARLIER_QUESTIONS:],
        question=asked.question if asked else "",
        typed=asked.question if asked and refusal else "",
        card=_card(site, answer) if answer else None,
        refusal=refusal,
        longest=LONGEST_QUESTION,
        directives=site.answers.library.in_force(),
        keeps=site.store.keeps_questions,
    )


def _card(site: Site, answer: Answer) -> Card:
    """Return an answer's card, with the demonstration of the console where a sample is there."""
    made = card(answer, site.answers.library, site.links)
    called = name(site.answers.library, made.order) if made.order else ""
    shown = demonstration(answer, called, site.sample, site.today())
    return made.model_copy(update={"demonstration": shown})


def _closed(site: Site, request: Request, off: Off) -> Response:
    """Return the page that says why there is no console; 200 only where Slack is used instead."""
    if request.method == "POST":
        status = 403
    else:
        status = {Off.AWAY: 404, Off.SLACK: 200, Off.FORWARDED: 403}[off]
    return site.pages.show(request, "closed.html", status=status, off=off.value)
