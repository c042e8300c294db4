"""How a clause is read, for the policy unit: its rules and questions, to correct and sign off."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from fastapi import APIRouter
from pydantic import ValidationError
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.policy.reading_file import CorrectionRefused, Fields, RuleAt
from bot.policy.readings import MOST_ASKED, Hand, is_reviewed
from bot.web.outline import row
from bot.web.pages import Signed
from bot.web.paused import by_section, paused_on
from bot.web.unit import DESK, Office, after, at, enter, member, notice, number, sent, text
from bot.wording import VERDICTS
from index.asked import Example
from index.directive import Clause, ClauseKind, Directive
from index.errors import IndexingError
from index.library import load_directive
from index.rule import Effect, Permission
from index.sheet import sheets
from index.verdict import Verdict

_LONGEST = 1000
_DONE = {"rule": "corrected", "sign": "reviewed", "ask": "asked", "unask": "unasked"}
_NAMES = ("force", "effect", "plain", "exception", "by", "permit", "path", "route", "kind")
_ASKING = ("ask", "facts", "verdict", "offers")
_PATHS = {"yes": True, "no": False}
_UNFIT = "{label} is missing. Fill it in."


class Typed(NamedTuple):
    """What came with a form that was not saved, by its name, and why."""

    form: str
    values: Mapping[str, str]
    error: str


class _At(NamedTuple):
    """A clause on the desk: where it lies, and the addresses of its directive and of itself."""

    folder: Path
    directive: Directive
    clause: Clause
    whole: str
    address: str


def routes(office: Office) -> APIRouter:
    """Return the pages of a directive's clauses and of one clause, and what is done there."""
    router = APIRouter()
    site = office.own.site

    async def clauses(request: Request, directive: str) -> Response:
        who = enter(request)
        if isinstance(who, Response):
            return who
        found, left = await site.bridge.run(_unreviewed, office, directive)
        return site.pages.show(
            request,
            "desk_directive.html",
            directive=found,
            here=at(directive),
            clauses=[one for one in found.clauses if one.kind is not ClauseKind.HEADER],
            left=left,
            paused_at=by_section(found, await paused_on(site, found.number)),
        )

    async def clause(request: Request, directive: str, fragment: str) -> Response:
        who = enter(request)
        if isinstance(who, Response):
            return who
        at_ = await site.bridge.run(_clause, office, directive, fragment)
        return await _page(office, request, who, at_)

    async def do(request: Request, directive: str, fragment: str, deed: str) -> Response:
        who, form = await sent(office, request)
        at_ = await site.bridge.run(_clause, office, directive, fragment)
        hand = Hand(
            folder=at_.folder,
            directive=at_.directive,
            section=at_.clause.section,
            by=member(who),
            version=text(form, "version"),
        )
        if deed not in _DONE:
            raise HTTPException(404)
        try:
            await site.bridge.run(_do, office, hand, deed, form)
        except CorrectionRefused as refused:
            typed = Typed(_form_of(deed, form), _values(form), str(refused))
            return await _page(office, request, who, at_, typed=typed)
        return after(who, at_.address, _DONE[deed])

    router.add_api_route(f"{DESK}/{{directive}}", clauses, methods=["GET", "HEAD"])
    router.add_api_route(f"{DESK}/{{directive}}/{{fragment}}", clause, methods=["GET", "HEAD"])
    router.add_api_route(f"{DESK}/{{directive}}/{{fragment}}/{{deed}}", do, methods=["POST"])
    return router


def _do(office: Office, hand: Hand, deed: str, form: FormData) -> None:
    """Save what a form says; raise CorrectionRefused, HTTPException 400."""
    readings = office.unit.readings
    signed = f"{hand.by.name}, {office.own.site.today().isoformat()}"
    if deed == "rule":
        signs = form.get("signed") == "yes"
        readings.correct(hand, number(form, "place"), _fields(form), signed if signs else None)
    elif deed == "sign":
        readings.review(hand, signed)
    elif deed == "ask":
        readings.ask(hand, _example(form, hand.section))
    else:
        readings.unask(hand, number(form, "place"))


def _filed(office: Office, named: str) -> tuple[Path, Directive]:
    """Return a directive and its folder: NUMBER as it is answered from, NUMBER@DATE from the file.

    Raise HTTPException 404, 409.
    """
    library, (number, _, version) = office.own.site.answers.library, named.partition("@")
    if not version:
        found = library.get(number)
        if found is not None:
            return library.folders[found.sha256], found
    try:
        for folder, sheet in sheets(office.unit.intake.corpus).items():
            if (sheet.number, sheet.effective.isoformat()) == (number, version):
                return folder, load_directive(folder)
    except IndexingError as refused:
        raise HTTPException(409, str(refused)) from None
    raise HTTPException(404, "There is no such directive on file.")


def _clause(office: Office, named: str, fragment: str) -> _At:
    folder, directive = _filed(office, named)
    found = next((one for one in directive.clauses if one.fragment == fragment), None)
    if found is None:
        raise HTTPException(404, f"There is no such clause in {directive.name}.")
    return _At(folder, directive, found, at(named), at(named, fragment))


async def _page(
    office: Office,
    request: Request,
    who: Signed,
    at_: _At,
    *,
    typed: Typed | None = None,
) -> Response:
    site, readings = office.own.site, office.unit.readings
    find = " ".join(request.query_params.get("find", "").split())[:_LONGEST]
    directive, clause = at_.directive, at_.clause
    try:
        read = await site.bridge.run(readings.of, at_.folder, directive, clause.section, find)
    except (CorrectionRefused, IndexingError) as refused:
        raise HTTPException(409, str(refused)) from None
    paused = by_section(directive, await paused_on(site, directive.number))
    return site.pages.show(
        request,
        "desk_clause.html",
        status=422 if typed else 200,
        directive=directive,
        clause=row(directive, clause, {}),
        whole=at_.whole,
        here=at_.address,
        definition=clause.kind is ClauseKind.DEFINITION,
        read=read,
        find=find,
        most=MOST_ASKED,
        rules=[(one, _shown(one, typed)) for one in read.rules],
        reviewed={one.place: one.rule.reviewed_by or read.reviewed_by for one in read.rules},
        is_reviewed=is_reviewed,
        paused=paused.get(clause.section),
        effects=[one.value for one in Effect],
        verdicts=VERDICTS,
        typed=typed,
        asking=typed.values if typed and typed.form == "ask" else dict.fromkeys(_ASKING, ""),
        notice=notice(request, who),
    )


def _unreviewed(office: Office, named: str) -> tuple[Directive, dict[str, int]]:
    folder, directive = _filed(office, named)
    try:
        return directive, office.unit.readings.unreviewed(folder, directive)
    except (CorrectionRefused, IndexingError) as refused:
        raise HTTPException(409, str(refused)) from None


def _shown(one: RuleAt, typed: Typed | None) -> Mapping[str, str]:
    """Return the fields of a rule as its form has them: as typed, or as they stand."""
    if typed is not None and typed.form == f"rule-{one.place}":
        return typed.values
    rule, way = one.rule, one.rule.permission
    said = {
        "force": rule.force,
        "effect": rule.effect.value,
        "plain": rule.plain,
        "exception": rule.exception,
        "by": way.by if way else None,
        "permit": way.form if way else None,
        "path": way.path if way else None,
        "route": way.route if way else None,
        "kind": way.kind if way else None,
    }
    return {name: value or "" for name, value in said.items()}


def _fields(form: FormData) -> Fields:
    """Return a rule's fields as they were sent; raise CorrectionRefused for what is missing."""
    said = {name: text(form, name)[:_LONGEST] or None for name in _NAMES}
    if said["force"] is None:
        raise CorrectionRefused(_UNFIT.format(label="The order's own verb"))
    way = None
    if any(said[name] for name in ("by", "permit", "path", "route")):
        if said["path"] is None:
            raise CorrectionRefused(_UNFIT.format(label="The clause that opens the way"))
        way = Permission(
            by=said["by"],
            form=said["permit"],
            path=said["path"],
            route=said["route"],
            kind=said["kind"] or "permission",
        )
    try:
        return Fields(
            force=said["force"],
            effect=Effect(said["effect"] or ""),
            plain=said["plain"],
            exception=said["exception"],
            permission=way,
        )
    except ValueError:
        raise HTTPException(400, "This form cannot be read. Open the page again.") from None


def _example(form: FormData, section: str) -> Example:
    """Return the question that was sent, about this clause; raise CorrectionRefused."""
    facts = [name.strip() for name in text(form, "facts").split(",")]
    verdict = text(form, "verdict")
    try:
        return Example(
            ask=text(form, "ask")[:_LONGEST],
            sections=(section,),
            facts=tuple(name for name in facts if name),
            verdicts=(Verdict(verdict),) if verdict else (),
            path=_PATHS.get(text(form, "offers")),
        )
    except (ValidationError, ValueError):
        raise CorrectionRefused(_UNFIT.format(label="The question")) from None


def _form_of(deed: str, form: FormData) -> str:
    return f"rule-{text(form, 'place')}" if deed == "rule" else deed


def _values(form: FormData) -> Mapping[str, str]:
    return {name: text(form, name)[:_LONGEST] for name in (*_NAMES, *_ASKING)}
