"""The only module that chooses: it puts the parts together from the settings."""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import Engine

from bot.answered import AnswersGiven
from bot.approvals.bureau import Bureau, Rules, open_audit, open_bureau
from bot.approvals.due import Times
from bot.approvals.guide import load_guide
from bot.approvals.images import FOLDER, Images
from bot.approvals.slips import Slips
from bot.approvals.store import RequestStore
from bot.archive import Archive
from bot.assistant import Assistant, Paused
from bot.audit.store import AuditStore
from bot.config import ConsentRule, Settings, secret_key
from bot.database import open_database, sqlite_file
from bot.department import load as load_department
from bot.duties import Duty, duties
from bot.engines.chat import PROMPT, ChatEngine, ChatModel, connect
from bot.engines.rules import RulesEngine
from bot.feedback import FeedbackStore
from bot.grounding import Gate
from bot.links import Links
from bot.opening import Index as Index
from bot.opening import Progress, open_library, quiet, zone_of
from bot.opening import open_index as open_index
from bot.opening import utc_now as utc_now
from bot.policy.pauses import Pauses
from bot.policy.unit import PolicyUnit
from bot.policy.withholding import Withholding
from bot.prompting import Prompt
from bot.prompting import load as load_prompt
from bot.roster.roster import Roster
from bot.roster.store import Rosters
from index.asked import load_facts
from index.batching import Batching
from index.build import HEAD, TEXTS
from index.conversation import Listener
from index.lexical import Lexical
from index.reading import Head
from index.remarks import load_remarks
from index.request import Questions, load_questions
from index.retrieve import Retriever
from index.rules import load_readings
from index.texts import Texts
from index.vocabulary import Vocabulary


@dataclass(frozen=True)
class Chat:
    """A chat model that is set up, and what it is told."""

    model: ChatModel
    prompt: Prompt


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


def new_id() -> str:
    """Return a fresh identifier for an answer."""
    return uuid.uuid4().hex


def make_links(settings: Settings) -> Links:
    """Return the maker of links; away from loopback links to clauses are signed too."""
    key = secret_key(settings)
    return Links(settings.address, key, sign_reading=not settings.loopback, clock=time.time)


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


def make_chat(settings: Settings) -> Chat | None:
    """Return the chat model that is set, if one is; raise SettingRefused if it cannot be used."""
    if settings.chat_model is None:
        return None
    prompt = load_prompt(settings.prompts_dir, PROMPT)
    address, key = settings.chat_base_url, settings.chat_api_key
    return Chat(connect(settings.chat_model, address, key, settings.chat_timeout), prompt)


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
    chat = make_chat(settings)
    known = day if day is not None and open_library(settings, day).in_force() else None
    index = open_index(settings, progress, day=known)
    return _assistant(settings, index, make_links(settings), chat, paused)


def assistant_over(settings: Settings, index: Index) -> Assistant:
    """Return an assistant over an index that is open already."""
    return _assistant(settings, index, make_links(settings), make_chat(settings))


def assemble(settings: Settings, progress: Progress = quiet) -> Parts:
    """Return everything that serving needs; builds the index when needed."""
    engine = open_database(settings.database)
    links = make_links(settings)
    chat = make_chat(settings)
    index = open_index(settings, progress)
    readings = load_readings(index.library, load_facts(settings.corpus_dir))
    audit = _audit(settings, engine)
    rosters = Rosters(engine, utc_now, audit)
    unit = _unit(settings, engine, audit)
    return Parts(
        assistant=_assistant(settings, index, links, chat, _paused(settings, unit)),
        index=index,
        links=links,
        engine=engine,
        bureau=make_bureau(
            settings, index, links, engine, audit, _in_force(rosters), settings.var_dir
        ),
        feedback=unit.feedback,
        rosters=rosters,
        duties=duties(index.library.in_force(), readings),
        unit=unit,
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
        guide=load_guide(settings.corpus_dir, index.library, _vocabulary(settings, index)),
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
    pauses = Pauses(engine, audit, zone_of(settings, load_department(settings.corpus_dir)))
    feedback = FeedbackStore(engine, utc_now, secret_key(settings))
    return PolicyUnit(pauses=pauses, feedback=feedback, audit=audit)


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


def _assistant(
    settings: Settings,
    index: Index,
    links: Links,
    chat: Chat | None,
    paused: Paused | None = None,
) -> Assistant:
    facts = load_facts(settings.corpus_dir)
    head = _beside(settings, index, HEAD)
    kept = Texts.load(_beside(settings, index, TEXTS))
    vocabulary = Vocabulary(settings.corpus_dir, facts, kept.known)
    directives = {directive.number: directive for directive in index.library.in_force()}
    readings = load_readings(index.library, facts)
    retriever = Retriever(
        Batching(index.encoder),
        index.store,
        Lexical(kept.entries),
        Listener(vocabulary, index.library.in_force(), facts),
        Head.load(head),
        facts,
    )
    contacts = load_department(settings.corpus_dir).contacts
    remarks = load_remarks(settings.corpus_dir, facts)
    rules = RulesEngine(directives, readings, facts, contacts.policy_unit, remarks)
    gate = Gate(directives, readings, links)
    phraser = ChatEngine(chat.model, chat.prompt, directives, readings) if chat else None
    return Assistant(
        index.library,
        retriever,
        rules,
        gate,
        links,
        new_id,
        phraser,
        lambda day: make_assistant(settings, day=day, paused=paused),
        paused,
    )


def _vocabulary(settings: Settings, index: Index) -> Vocabulary:
    known = Texts.load(_beside(settings, index, TEXTS)).known
    return Vocabulary(settings.corpus_dir, load_facts(settings.corpus_dir), known)


def _beside(settings: Settings, index: Index, name: str) -> Path:
    return settings.index_dir / name.format(collection=index.manifest.collection)
