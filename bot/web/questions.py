"""The page on which the policy unit runs the questions, sees how far it is and what came of it."""

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple
from urllib.parse import quote

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.errors import AssistantError, DatabaseUnusable
from bot.evaluation.own import FILE, Tally, Wrong
from bot.policy.evaluating import MOST_WRONG, SAMPLE
from bot.policy.runs import Run, State
from bot.web.pages import Signed
from bot.web.unit import DESK, Office, after, at, enter, member, notice, number, sent, text
from bot.wording import VERDICTS
from index.errors import IndexingError
from index.library import Library

EVAL = f"{DESK}/eval"
_QUOTING = re.compile(r'["\\]')
STATES = {
    State.RUNNING: "under way",
    State.FINISHED: "finished",
    State.CANCELLED: "cancelled",
    State.STOPPED: "stopped",
    State.FAILED: "failed",
}
_HOW = {"sample": SAMPLE, "all": None}


class Way(NamedTuple):
    """A clause and where its reading is corrected; no address where it is not in force any more."""

    citation: str
    address: str | None


class Shown(NamedTuple):
    """A question that was answered otherwise than expected, with what may be corrected."""

    wrong: Wrong
    expected: tuple[Way, ...]
    cited: tuple[Way, ...]
    question: str | None


class Stood(NamedTuple):
    """The last run that was finished on a text, and how the questions of its directive did."""

    run: Run
    tally: Tally


def routes(office: Office) -> APIRouter:
    """Return the page and what is done on it; it stands before those of directives."""
    router = APIRouter()
    evaluating = office.evaluating

    async def look(request: Request) -> Response:
        who = enter(request)
        if isinstance(who, Response):
            return who
        return await _page(office, request, notice=notice(request, who))

    async def run(request: Request) -> Response:
        who, form = await sent(office, request)
        how = text(form, "how")
        if how not in _HOW:
            raise HTTPException(400, "This form cannot be read. Open the page again.")
        return await _done(office, request, who, "run", evaluating.begin, member(who), _HOW[how])

    async def cancel(request: Request) -> Response:
        who, form = await sent(office, request)
        chosen, end = number(form, "run"), evaluating.runs.cancel
        return await _done(office, request, who, "cancelled", end, chosen, member(who))

    router.add_api_route(EVAL, look, methods=["GET", "HEAD"])
    router.add_api_route(f"{EVAL}/run", run, methods=["POST"])
    router.add_api_route(f"{EVAL}/cancel", cancel, methods=["POST"])
    return router


def stood(runs: Iterable[Run], sha256: str) -> Stood | None:
    """Return how the questions did on a text, by the newest of the runs that was finished on it."""
    for run in runs:
        version = run.on(sha256)
        if version is not None and run.state is State.FINISHED:
            tally = next((one for one in run.tallies if one.number == version.number), None)
            return Stood(run, tally) if tally is not None else None
    return None


async def _done(
    office: Office,
    request: Request,
    who: Signed,
    done: str,
    call: Callable[..., object],
    *args: object,
) -> Response:
    """Return the way back to the page after a call, or the page with why it was refused."""
    try:
        await office.own.site.bridge.run(call, *args)
    except DatabaseUnusable:
        raise
    except (AssistantError, IndexingError) as refused:
        return await _page(office, request, refusal=str(refused))
    return after(who, EVAL, done)


async def _page(
    office: Office, request: Request, *, notice: str | None = None, refusal: str | None = None
) -> Response:
    site = office.own.site
    runs = await site.bridge.run(office.evaluating.runs.lately)
    running = next((one for one in runs if one.state is State.RUNNING), None)
    ended = [one for one in runs if one.state is not State.RUNNING]
    wanted = request.query_params.get("run", "")
    chosen = next((one for one in ended if str(one.number) == wanted), None)
    chosen = chosen or next(iter(ended), None)
    library = site.answers.library
    return site.pages.show(
        request,
        "desk_eval.html",
        status=409 if refusal else 200,
        notice=notice,
        refusal=refusal,
        running=running,
        ended=ended,
        chosen=chosen,
        wrong=[_shown(one, library) for one in chosen.wrong] if chosen is not None else [],
        titles={one.number: one for one in library.named()},
        verdicts=VERDICTS,
        states=STATES,
        sample=SAMPLE,
        most=MOST_WRONG,
        file=FILE,
    )


def _shown(wrong: Wrong, library: Library) -> Shown:
    expected = tuple(_way(one, wrong.number, library) for one in wrong.sections)
    cited = tuple(_way(one.section, one.number, library) for one in wrong.cited)
    own = next((one.address for one in expected if one.address is not None), None)
    words = max(_QUOTING.split(wrong.ask), key=len).strip()
    asked = f"{own}?find={quote(words)}#desk-asked" if own and wrong.number is not None else None
    return Shown(wrong, expected, cited, asked)


def _way(section: str, named: str | None, library: Library) -> Way:
    """Return where a clause is corrected; without a number it is of the first that has it."""
    found = [library.current(named)] if named is not None else library.in_force()
    for directive in found:
        clause = directive.clause(section) if directive is not None else None
        if directive is not None and clause is not None:
            address = at(directive.number, clause.fragment)
            return Way(directive.citation(section), address)
    return Way(f"{named} § {section}" if named else section, None)
