"""The only module that chooses: it puts the parts together from the settings."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import Engine

from bot.answered import AnswersGiven
from bot.approvals.bureau import Bureau, Rules, open_audit, open_bureau
from bot.approvals.due import Times
from bot.approvals.guide import Guide
from bot.approvals.images import FOLDER, Images
from bot.approvals.slips import Slips
from bot.approvals.store import RequestStore
from bot.archive import Archive
from bot.assistant import Assistant, Paused
from bot.audit.store import AuditStore
from bot.composing import Chat as Chat
from bot.composing import assistant, make_chat, make_links, vocabulary_of
from bot.config import ConsentRule, Settings, secret_key
from bot.database import open_database, sqlite_file
from bot.department import load as load_department
from bot.duties import Duty, duties
from bot.feedback import FeedbackStore
from bot.intake import Intake
from bot.links import Links
from bot.opening import Index as Index
from bot.opening import Progress, open_library, quiet, today, zone_of
from bot.opening import open_index as open_index
from bot.opening import utc_now as utc_now
from bot.policy.evaluating import Evaluating
from bot.policy.pauses import Pauses
from bot.policy.readings import Readings
from bot.policy.runs import Runs
from bot.policy.unit import PolicyUnit
from bot.policy.withholding import Withholding
from bot.roster.roster import Roster
from bot.roster.store import Rosters
from bot.touched import Touched, touched
from index.asked import load_facts
from index.comparing import pair
from index.encoder import Encoder
from index.request import Questions, load_questions


@dataclass(frozen=True)
class Parts:
    """What serving needs: the assistant and the stores beside it."""

    assistant: Assistant
    index: Index
    links: Links
    engine: Engine
    bureau: Bureau
    feedback: FeedbackStore
    rosters: Rosters
    duties: tuple[Duty, ...]
    unit: PolicyUnit
    evaluating: Evaluating


def make_store(settings: Settings) -> RequestStore:
    """Return the store of drafts and requests, on a migrated database."""
    keeps = settings.keep_questions
    return RequestStore(open_database(settings.database), utc_now, keep_questions=keeps)


def questions_of(settings: Settings) -> Questions:
    """Return what a request's form asks besides its fields."""
    return load_questions(settings.corpus_dir, load_facts(settings.corpus_dir))


def make_given(settings: Settings) -> AnswersGiven:
    """Return the reader of what was answered, on a migrated database."""
    return AnswersGiven(open_database(settings.database))


def find_touched(
    settings: Settings, number: str, old: date | None = None, new: date | None = None
) -> Touched:
    """Return what rested on what a version of a directive changes, on a migrated database."""
    library, engine = open_library(settings, drafts=True), open_database(settings.database)
    return touched(engine, RequestStore(engine, utc_now), library, *pair(library, number, old, new))


def make_rosters(settings: Settings) -> Rosters:
    """Return the store of rosters, on a migrated database; imports are recorded."""
    return make_archive(settings).rosters


def make_unit(settings: Settings) -> PolicyUnit:
    """Return what the policy unit works with, on a migrated database; needs no index."""
    engine = open_database(settings.database)
    return _unit(settings, engine, _audit(settings, engine))


def make_paused(settings: Settings) -> Paused | None:
    """Return what holds paused answers back; None where there is no database that says so."""
    file = sqlite_file(settings.database)
    if file is not None and not file.exists():
        return None
    return _paused(settings, make_unit(settings))


def make_archive(settings: Settings) -> Archive:
    """Return what the commands read and keep, on a migrated database; needs no index."""
    engine, department = open_database(settings.database), load_department(settings.corpus_dir)
    zone, questions = zone_of(settings, department), questions_of(settings)
    audit = _audit(settings, engine)
    store, rosters = RequestStore(engine, utc_now), Rosters(engine, utc_now, audit)
    slips = Slips(
        engine=engine,
        store=store,
        library=open_library(settings),
        questions=questions,
        roster=_in_force(rosters),
        address=settings.address,
        department=department.name,
        clock=utc_now,
        zone=zone,
    )
    images = _images(settings, engine, audit, settings.var_dir)
    name = department.name
    return Archive(engine, store, audit, rosters, slips, images, questions, name, zone, utc_now)


def make_intake(settings: Settings) -> Intake:
    """Return what takes directives in and puts them in force, on a migrated database."""
    return make_unit(settings).intake


def make_assistant(
    settings: Settings,
    progress: Progress = quiet,
    day: date | None = None,
    paused: Paused | None = None,
) -> Assistant:
    """Return the assistant over what is in force on a day; builds the index when needed.

    Where nothing on file was in force on that day it is today's, which says so. ``paused`` holds
    back what rests on a paused clause; a measurement goes without.
    """
    chat, elsewhen = make_chat(settings), _elsewhen(settings, paused)
    now, links = open_library(settings), make_links(settings)
    known = day if day is not None and now.in_force(day) else None
    index = open_index(settings, progress, day=known, library=now)
    if known is None:
        return assistant(settings, index, links, chat, paused, (), elsewhen)
    past = [d.number for d in index.library.in_force() if now.dated(d.number, d.effective)]
    return assistant(settings, index, links, chat, paused, past, elsewhen)


def assistant_over(settings: Settings, index: Index) -> Assistant:
    """Return an assistant over an index that is open already."""
    links, chat = make_links(settings), make_chat(settings)
    return assistant(settings, index, links, chat, elsewhen=_elsewhen(settings))


def assemble(
    settings: Settings, progress: Progress = quiet, encoder: Encoder | None = None
) -> Parts:
    """Return everything that serving needs, as on the Department's day; the day is not left.

    The index is built when needed; ``encoder`` is one that is loaded already.
    """
    engine = open_database(settings.database)
    links = make_links(settings)
    chat = make_chat(settings)
    index = open_index(settings, progress, day=today(settings), encoder=encoder)
    audit = _audit(settings, engine)
    rosters = Rosters(engine, utc_now, audit)
    unit = _unit(settings, engine, audit)
    paused = _paused(settings, unit)
    made = assistant(settings, index, links, chat, paused, elsewhen=_elsewhen(settings, paused))
    runs = Runs(engine, audit, utc_now)
    return Parts(
        assistant=made,
        index=index,
        links=links,
        engine=engine,
        bureau=make_bureau(
            settings, index, links, engine, audit, _in_force(rosters), settings.var_dir
        ),
        feedback=unit.feedback,
        rosters=rosters,
        duties=duties(index.library.in_force(), index.readings),
        unit=unit,
        evaluating=Evaluating(runs, made.plain(), settings.corpus_dir),
    )


def make_bureau(
    settings: Settings,
    index: Index,
    links: Links,
    engine: Engine,
    audit: AuditStore,
    roster: Callable[[], Roster | None],
    folder: Path,
    name: str | None = None,
) -> Bureau:
    """Return a bureau over a migrated database, with its images in ``folder``.

    ``name`` is on its papers in place of the Department's.
    """
    department = load_department(settings.corpus_dir)
    remind, pass_on = _days(settings.remind_after_days), _days(settings.pass_on_after_days)
    return open_bureau(
        engine=engine,
        audit=audit,
        library=index.library,
        links=links,
        guide=Guide(
            load_questions(settings.corpus_dir, index.facts),
            index.facts,
            vocabulary_of(settings, index),
            index.readings,
        ),
        roster=roster,
        rules=Rules(
            zone=zone_of(settings, department),
            times=Times(remind_after=remind, pass_on_after=pass_on),
            sought=settings.consent is ConsentRule.SOUGHT,
            department=name or department.name,
            keep_questions=settings.keep_questions,
        ),
        clock=utc_now,
        images=_images(settings, engine, audit, folder),
    )


def _images(settings: Settings, engine: Engine, audit: AuditStore, folder: Path) -> Images:
    return Images(engine, audit, folder / FOLDER, utc_now, taking=settings.attachments)


def _audit(settings: Settings, engine: Engine) -> AuditStore:
    return open_audit(engine, secret_key(settings), settings.var_dir, utc_now)


def _unit(settings: Settings, engine: Engine, audit: AuditStore) -> PolicyUnit:
    corpus = settings.corpus_dir
    zone = zone_of(settings, load_department(corpus))
    return PolicyUnit(
        pauses=Pauses(engine, audit, zone),
        feedback=FeedbackStore(engine, utc_now, secret_key(settings)),
        readings=Readings(audit, corpus),
        intake=Intake(corpus, audit, lambda: utc_now().astimezone(zone).date()),
        audit=audit,
    )


def _paused(settings: Settings, unit: PolicyUnit) -> Paused:
    contacts = load_department(settings.corpus_dir).contacts
    return Withholding(unit.pauses, contacts.policy_unit)


def _in_force(rosters: Rosters) -> Callable[[], Roster | None]:
    def roster() -> Roster | None:
        filed = rosters.in_force()
        return filed.roster if filed is not None else None

    return roster


def _days(days: int | None) -> timedelta | None:
    return timedelta(days=days) if days is not None else None


def _elsewhen(settings: Settings, paused: Paused | None = None) -> Callable[[date], Assistant]:
    return lambda day: make_assistant(settings, day=day, paused=paused)
