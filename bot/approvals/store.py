"""Drafts and requests in the database; a link answers to one request however often it is sent."""

import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa
from pydantic import BaseModel, ValidationError

from bot.answer import Answer
from bot.answered import put
from bot.approvals.filling import Filled
from bot.approvals.guidance import Guidance
from bot.approvals.progress import ENDED, Progress, State
from bot.approvals.request import Content, Request
from bot.asker import Asker, Surface
from bot.database import METADATA, Moment, reading, transaction
from bot.links import REQUEST_SECONDS, RequestReference
from index.directive import FROZEN, Directive

DRAFTS = sa.Table(
    "drafts",
    METADATA,
    sa.Column("answer", sa.String(40), primary_key=True),
    sa.Column("surface", sa.String(20), nullable=False),
    sa.Column("team", sa.String(40)),
    sa.Column("user", sa.String(40)),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("expires", Moment, nullable=False, index=True),
    sa.Column("filled", sa.JSON(none_as_null=True)),
)
REQUESTS = sa.Table(
    "requests",
    METADATA,
    sa.Column("reference", sa.String(20), primary_key=True),
    sa.Column("answer", sa.String(40), nullable=False, unique=True),
    sa.Column("created", Moment, nullable=False, index=True),
    sa.Column("surface", sa.String(20), nullable=False),
    sa.Column("team", sa.String(40)),
    sa.Column("user", sa.String(40)),
    sa.Column("directive", sa.String(40), nullable=False),
    sa.Column("effective", sa.Date, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("clauses", sa.JSON, nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("content", sa.JSON, nullable=False),
    sa.Column("state", sa.String(60), nullable=False),
    sa.Column("unclear", sa.JSON(none_as_null=True)),
    sa.Column("version", sa.Integer, nullable=False, server_default=sa.text("1")),
    sa.Column("updated", Moment),
    sa.Column("requester", sa.String(200), index=True),
)
_OPEN = REQUESTS.c.state.not_in([state.value for state in ENDED])
_CHANGE = "A change of request {reference}"
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


class Draft(BaseModel):
    """The question behind an offered request, kept until its link expires.

    ``filled`` is what its form held when it was saved, None where it never was.
    """

    model_config = FROZEN

    answer: str
    asker: Asker
    question: str
    expires: datetime
    filled: Filled | None = None


class RequestStore:
    """Keeps drafts and requests; ``clock`` returns the time with its zone.

    ``keep_questions``: the words of every question are kept, not only those behind a draft.
    """

    def __init__(
        self,
        engine: sa.Engine,
        clock: Callable[[], datetime],
        *,
        keep_questions: bool = False,
    ) -> None:
        self.keeps_questions = keep_questions
        self._engine = engine
        self._clock = clock

    def keep_answer(self, answer: Answer, asker: Asker) -> None:
        """Keep what an answer rests on, and the question of one that offers a request."""
        now = self._clock()
        row = {
            "answer": answer.id,
            "surface": asker.surface.value,
            "team": asker.team,
            "user": asker.user,
            "question": answer.question,
            "expires": self.until(),
        }
        with transaction(self._engine) as connection:
            put(connection, answer, asker.surface, now, question=self.keeps_questions)
            if answer.approval.offered:
                connection.execute(sa.delete(DRAFTS).where(DRAFTS.c.expires <= now))
                connection.execute(sa.insert(DRAFTS).values(row))

    def draft(self, answer: str) -> Draft | None:
        """Return the draft behind an answer's link, or None when none was kept or it expired."""
        with reading(self._engine) as connection:
            row = connection.execute(
                sa.select(DRAFTS).where(DRAFTS.c.answer == answer, DRAFTS.c.expires > self._clock())
            ).first()
        return None if row is None else _draft(row)

    def save_draft(self, answer: str, filled: Filled) -> bool:
        """Keep what a form holds until its link expires; return False where the draft is gone."""
        unexpired = (DRAFTS.c.answer == answer) & (DRAFTS.c.expires > self._clock())
        saving = sa.update(DRAFTS).where(unexpired).values(filled=filled.model_dump(mode="json"))
        with transaction(self._engine) as connection:
            return connection.execute(saving).rowcount == 1

    def save_change(self, request: Request, asker: Asker, filled: Filled) -> bool:
        """Keep what the form that changes a request holds, for 24 hours; it is sent to nobody."""
        key = changing(request)
        row = {
            "answer": key,
            "surface": asker.surface.value,
            "team": asker.team,
            "user": asker.user,
            "question": _CHANGE.format(reference=request.reference),
            "expires": self.until(),
            "filled": filled.model_dump(mode="json"),
        }
        old = (DRAFTS.c.answer == key) | (DRAFTS.c.expires <= self._clock())
        with transaction(self._engine) as connection:
            connection.execute(sa.delete(DRAFTS).where(old))
            connection.execute(sa.insert(DRAFTS).values(row))
        return True

    def until(self) -> datetime:
        """Return until when a draft that is kept now lasts."""
        return self._clock() + timedelta(seconds=REQUEST_SECONDS)

    def drafts_of(self, asker: Asker) -> tuple[Draft, ...]:
        """Return a person's drafts, the newest first."""
        mine = sa.select(DRAFTS).where(_by(DRAFTS, asker), DRAFTS.c.expires > self._clock())
        with reading(self._engine) as connection:
            rows = connection.execute(mine.order_by(DRAFTS.c.expires.desc())).all()
        return tuple(_draft(row) for row in rows)

    def delete_drafts(self, asker: Asker) -> None:
        """Delete a person's drafts; the requests that were sent stay."""
        with transaction(self._engine) as connection:
            connection.execute(sa.delete(DRAFTS).where(_by(DRAFTS, asker)))

    def of(self, asker: Asker) -> tuple[Request, ...]:
        """Return a person's requests, newest first."""
        mine = sa.select(REQUESTS).where(_by(REQUESTS, asker))
        with reading(self._engine) as connection:
            rows = connection.execute(mine.order_by(REQUESTS.c.created.desc()))
            return tuple(_request(row) for row in rows)

    def write(
        self,
        connection: sa.Connection,
        reference: RequestReference,
        effective: date,
        content: Content,
        asker: Asker,
        guidance: Guidance,
    ) -> Request | None:
        """Write a request, in a transaction of the register; None if its link led to one already.

        It rests on the clauses of its link and on those that ``guidance`` found. Its draft goes.
        """
        there = sa.select(REQUESTS.c.reference).where(REQUESTS.c.answer == reference.answer)
        if connection.execute(there).first() is not None:
            return None
        now = self._clock()
        row = {
            "reference": "R-" + "".join(secrets.choice(_ALPHABET) for _ in range(8)),
            "answer": reference.answer,
            "created": now,
            "surface": asker.surface.value,
            "team": asker.team,
            "user": asker.user,
            "directive": reference.directive,
            "effective": effective,
            "sha256": reference.sha256,
            "clauses": list(dict.fromkeys((*reference.clauses, *guidance.sections))),
            "kind": guidance.kind(reference.kind).value,
            "content": content.model_dump(mode="json"),
            "state": State.SENT.value,
            "unclear": list(guidance.open),
            "version": 1,
            "updated": now,
        }
        connection.execute(sa.insert(REQUESTS).values(row))
        connection.execute(sa.delete(DRAFTS).where(DRAFTS.c.answer == reference.answer))
        written = sa.select(REQUESTS).where(REQUESTS.c.reference == row["reference"])
        return _request(connection.execute(written).one())

    def rewrite(
        self,
        connection: sa.Connection,
        request: Request,
        directive: Directive,
        content: Content,
        guidance: Guidance,
    ) -> Request:
        """Write another content of a request, in a transaction of the register; its draft goes.

        It rests on the version of the order that is in force now.
        """
        linked = tuple(one for one in request.clauses if one not in request.unclear)
        row = {
            "effective": directive.effective,
            "sha256": directive.sha256,
            "clauses": list(dict.fromkeys((*linked, *guidance.sections))),
            "kind": guidance.kind(request.kind).value,
            "content": content.model_dump(mode="json"),
            "unclear": list(guidance.open),
        }
        this = REQUESTS.c.reference == request.reference
        connection.execute(sa.update(REQUESTS).where(this).values(row))
        connection.execute(sa.delete(DRAFTS).where(DRAFTS.c.answer == changing(request)))
        return _request(connection.execute(sa.select(REQUESTS).where(this)).one())

    def replace_content(
        self, connection: sa.Connection, request: Request, content: Content
    ) -> None:
        """Write another content in place of a request's, in a transaction that records why."""
        this = REQUESTS.c.reference == request.reference
        row = {"content": content.model_dump(mode="json")}
        connection.execute(sa.update(REQUESTS).where(this).values(row))

    def by_answer(self, answer: str) -> Request | None:
        """Return the request that an answer's link led to, if it was sent."""
        return self._one(REQUESTS.c.answer == answer)

    def by_reference(self, reference: str) -> Request | None:
        """Return the request with this reference number, if there is one."""
        return self._one(REQUESTS.c.reference == reference.upper())

    def all(self) -> tuple[Request, ...]:
        """Return every request, newest first."""
        return self._some(sa.true())

    def open(self) -> tuple[Request, ...]:
        """Return the requests that have not ended, newest first."""
        return self._some(_OPEN)

    def made_by(self, keys: Sequence[str]) -> tuple[Request, ...]:
        """Return the requests of whom the record calls by one of these keys, newest first."""
        return self._some(REQUESTS.c.requester.in_(keys))

    def _some(self, condition: sa.ColumnElement[bool]) -> tuple[Request, ...]:
        chosen = sa.select(REQUESTS).where(condition).order_by(REQUESTS.c.created.desc())
        with reading(self._engine) as connection:
            return tuple(_request(row) for row in connection.execute(chosen))

    def _one(self, condition: sa.ColumnElement[bool]) -> Request | None:
        with reading(self._engine) as connection:
            row = connection.execute(sa.select(REQUESTS).where(condition)).first()
        return None if row is None else _request(row)


def changing(request: Request) -> str:
    """Return the key of the draft that changes a request; another version has another."""
    return f"{request.reference} v{request.version}"


def _by(table: sa.Table, asker: Asker) -> sa.ColumnElement[bool]:
    who = table.c.surface == asker.surface.value
    return who & (table.c.team == asker.team) & (table.c.user == asker.user)


def _draft(row: sa.Row[tuple[object, ...]]) -> Draft:
    kept = row._mapping
    asker = Asker(surface=Surface(kept["surface"]), team=kept["team"], user=kept["user"])
    return Draft(
        answer=kept["answer"],
        asker=asker,
        question=kept["question"],
        expires=kept["expires"],
        filled=_filled(kept["filled"]),
    )


def _filled(kept: object) -> Filled | None:
    """Return what a form held; None for one of another version, which is filled in anew."""
    try:
        return None if kept is None else Filled.model_validate(kept)
    except ValidationError:
        return None


def _request(row: sa.Row[tuple[object, ...]]) -> Request:
    values = {k: v for k, v in row._mapping.items() if k != "requester"}
    asker = Asker(surface=values.pop("surface"), team=values.pop("team"), user=values.pop("user"))
    return Request(asker=asker, unclear=values.pop("unclear") or (), **values)


def project(connection: sa.Connection, now: Progress, at: datetime) -> None:
    """Write beside a request where it stands, for lists; what counts are its events."""
    row = {
        "state": now.state.value,
        "version": now.version,
        "updated": at.astimezone(UTC),
        "requester": now.requester,
    }
    connection.execute(sa.update(REQUESTS).where(REQUESTS.c.reference == now.request).values(row))


def open_requests(connection: sa.Connection) -> tuple[str, ...]:
    """Return the numbers of the requests that have not ended, the oldest first."""
    chosen = sa.select(REQUESTS.c.reference).where(_OPEN)
    return tuple(connection.execute(chosen.order_by(REQUESTS.c.created)).scalars())
