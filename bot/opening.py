"""What is on file and its index, opened as on a day: the editions of one library."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.config import Settings
from bot.department import Department
from bot.department import load as load_department
from bot.duties import authorities
from bot.roster.deciding import Authority
from index.asked import Facts, load_facts
from index.build import build, is_current
from index.encoder import Encoder
from index.errors import IndexUnusable
from index.kept import Kept
from index.library import Library
from index.library import load as load_library
from index.manifest import NAME, Manifest, edition_name, editions
from index.rule import Reading
from index.rules import load_readings
from index.store import Store

Progress = Callable[[int, int], None]
_PARSED = "parsed"


@dataclass(frozen=True)
class Index:
    """An opened index and what it was built from: a library, of files in ``corpus``.

    How what is in force is read is read from there once, when it is first asked for.
    """

    manifest: Manifest
    store: Store
    encoder: Encoder
    library: Library
    corpus: Path

    @cached_property
    def facts(self) -> Facts:
        """The closed list of facts; raise ReadingRefused for a faulty file."""
        return load_facts(self.corpus)

    @cached_property
    def readings(self) -> Mapping[str, Reading]:
        """The readings by number; raise ReadingRefused for a faulty file."""
        return load_readings(self.library, self.facts)


def quiet(done: int, total: int) -> None:
    """Report no progress."""


def utc_now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)


def zone_of(settings: Settings, department: Department) -> ZoneInfo:
    """Return the Department's zone, by which a day begins and ends."""
    return ZoneInfo(settings.timezone or department.time_zone)


def today(settings: Settings) -> date:
    """Return the Department's day."""
    return datetime.now(zone_of(settings, load_department(settings.corpus_dir))).date()


def open_library(settings: Settings, day: date | None = None, *, drafts: bool = False) -> Library:
    """Return what was issued, as on the Department's day, or on another one.

    Drafts are in it only where they are asked for: nothing that serves holds one.
    """
    zone = zone_of(settings, load_department(settings.corpus_dir))
    kept = Kept(settings.var_dir / _PARSED)
    library = load_library(
        settings.corpus_dir, lambda: datetime.now(zone).date(), kept, drafts=drafts
    )
    return library if day is None else library.at(day)


def known_authorities(settings: Settings) -> tuple[Authority, ...]:
    """Return whom the directives in force name for their permissions; needs no index."""
    library = open_library(settings)
    readings = load_readings(library, load_facts(settings.corpus_dir))
    return authorities(library.in_force(), readings)


def coming(settings: Settings) -> tuple[date, ...]:
    """Return the days to come on which what is in force changes."""
    library = open_library(settings)
    return tuple(day for day in library.turns() if day > library.today())


def is_ready(settings: Settings, encoder: str, absent: frozenset[Path]) -> bool:
    """Whether there is an index, by this encoder, of all but the folders ``absent``."""
    return any(
        is_current(manifest, settings.corpus_dir, encoder, absent)
        for manifest in editions(settings.index_dir)
    )


def open_index(
    settings: Settings,
    progress: Progress = quiet,
    *,
    rebuild: bool = False,
    afresh: bool = False,
    day: date | None = None,
    encoder: Encoder | None = None,
    library: Library | None = None,
) -> Index:
    """Return the index of what is in force on a day, today if none is given.

    It is built first when it is missing, stale or unreadable, or if ``rebuild`` says so; a build
    uses what the builds before made, unless it is to be made ``afresh``. ``encoder`` and
    ``library``, as on today, are those that are loaded already.
    """
    now = library or open_library(settings)
    library = now if day is None else now.at(day)
    encoder = encoder or Encoder(settings.embedding_model)
    store = Store(settings.index_dir, settings.chroma_url)
    for manifest in editions(settings.index_dir):
        if rebuild or not is_current(
            manifest, settings.corpus_dir, encoder.identity, library.absent()
        ):
            continue
        try:
            store.open(manifest.collection)
            return Index(manifest, store, encoder, library, settings.corpus_dir)
        except IndexUnusable:
            break
    name = NAME if library.absent() == now.absent() else edition_name(library.since())
    manifest = build(
        settings.corpus_dir,
        library,
        settings.index_dir,
        store,
        encoder,
        utc_now(),
        progress,
        name=name,
        afresh=afresh,
    )
    store.open(manifest.collection)
    return Index(manifest, store, encoder, library, settings.corpus_dir)
