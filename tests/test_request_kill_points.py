"""A process is killed after every write of a request's life, and the next one finds all or nothing.

The table of deeds, writes and outcomes is docs/kill-points.md; ``pytest -s`` prints it.
"""

import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from databases import KINDS, SQLITE, PostgresDatabases

from bench.blocks import replace, replaced
from bench.lives.agreement import Picture, Snapshot, disagreements, picture
from bench.lives.moments import CHECKPOINT, COMMIT
from bench.lives.nursery import End, Ended, Nursery, Order
from bench.lives.station import KEPT_DAYS, Station
from bench.lives.steps import (
    CAPTAIN,
    CHIEF,
    CLERK,
    LIEUTENANT,
    NOBODY,
    OFFICER,
    PARTNER,
    SERGEANT,
    Doing,
    Step,
    act,
)
from bench.soak import Soak
from bot.answer import ApprovalKind
from bot.approvals.event import Consent, Endorsement, Happened
from bot.database import open_database
from bot.errors import AssistantError

PAGE = Path(__file__).resolve().parent.parent / "docs" / "kill-points.md"
MEMORY = Path("/dev/shm")  # a killed process loses nothing that the system has
AT = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
LATER = timedelta(minutes=1)  # longer than a letter's lease
SENT = Step(doing=Doing.SEND, at=AT, people=(PARTNER, CLERK))
ANOTHER = SENT.model_copy(update={"answer": "a-2", "at": AT + LATER})
ALONE = SENT.model_copy(update={"people": (), "kind": ApprovalKind.PERMISSION})
STRANGER = SENT.model_copy(update={"people": (NOBODY,), "kind": ApprovalKind.CONSENT})
TELL = Step(doing=Doing.TELL, at=AT)
EMPTY = ""


@dataclass(frozen=True)
class Scene:
    """A deed, and the one after which it is done; ``struck``: a process is killed in it."""

    after: str
    step: Step
    struck: bool = True


def days(number: int, **more: object) -> Step:
    """Return a tending, days after."""
    return Step.model_validate({"doing": Doing.TEND, "at": AT + timedelta(days=number), **more})


def endorses(by: str, step: int) -> Step:
    """Return an endorsement."""
    recommended = Endorsement.RECOMMENDED
    return act(Happened.ENDORSED, by, AT, endorsement=recommended, step=step)


def agrees(by: str) -> Step:
    """Return a consent."""
    return act(Happened.CONSENT, by, AT, consent=Consent.AGREED)


BACK = act(Happened.RETURNED, LIEUTENANT, AT, words="Which day?")
REVOKED = act(Happened.REVOKED, CHIEF, AT, words="It was uncovered.")
SCENES = {
    "a roster is imported": Scene(EMPTY, Step(doing=Doing.IMPORT, at=AT)),
    "draft": Scene("a roster is imported", Step(doing=Doing.DRAFT, at=AT), struck=False),
    "a form is saved": Scene("draft", Step(doing=Doing.SAVE, at=AT)),
    "a request is sent": Scene("a form is saved", SENT),
    "a person shown agrees": Scene("a request is sent", agrees(PARTNER)),
    "a person shown declines": Scene(
        "a request is sent", act(Happened.CONSENT, PARTNER, AT, consent=Consent.DECLINED)
    ),
    "an agreement is withdrawn": Scene(
        "a person shown agrees", act(Happened.CONSENT_WITHDRAWN, PARTNER, AT)
    ),
    "a step endorses": Scene("a person shown agrees", endorses(SERGEANT, 0)),
    "a step returns it": Scene("a step endorses", BACK),
    "the requester sends it on": Scene("a step returns it", act(Happened.SENT_ON, OFFICER, AT)),
    "lieutenant": Scene("a step endorses", endorses(LIEUTENANT, 1), struck=False),
    "the last step endorses": Scene("lieutenant", endorses(CAPTAIN, 2)),
    "it is granted with conditions": Scene(
        "the last step endorses",
        act(Happened.GRANTED, CHIEF, AT, words="Cover the badge.", until=AT.date()),
    ),
    "it is denied": Scene(
        "the last step endorses", act(Happened.DENIED, CHIEF, AT, words="Not in uniform.")
    ),
    "the last consent is given": Scene("it is granted with conditions", agrees(CLERK)),
    "it is posted": Scene("the last consent is given", act(Happened.POSTED, OFFICER, AT)),
    "it is revoked": Scene("the last consent is given", REVOKED),
    "it is changed": Scene("a step endorses", Step(doing=Doing.CHANGE, at=AT, people=(PARTNER,))),
    "it is withdrawn": Scene("a person shown agrees", act(Happened.WITHDRAWN, OFFICER, AT)),
    "an attempt is refused": Scene("a request is sent", act(Happened.GRANTED, CHIEF, AT)),
    "without a roster": Scene(EMPTY, SENT, struck=False),
    "two without a roster": Scene("without a roster", ANOTHER, struck=False),
    "a first roster": Scene("two without a roster", Step(doing=Doing.IMPORT, at=AT), struck=False),
    "tended: two requests get their route": Scene("a first roster", days(0)),
    "nobody at a step": Scene(
        "a step endorses", Step(doing=Doing.IMPORT, at=AT, left=(LIEUTENANT,)), struck=False
    ),
    "tended: a step is passed over": Scene("nobody at a step", days(0)),
    "tended: those waited for are reminded": Scene("a request is sent", days(3)),
    "tended: a step is passed on": Scene("tended: those waited for are reminded", days(7)),
    "tended: a last day has passed": Scene("it is granted with conditions", days(1)),
    "tended: the order was changed": Scene("the last consent is given", days(0, amended=True)),
    "a hold is set": Scene("it is revoked", Step(doing=Doing.HOLD, at=AT)),
    "a hold is lifted": Scene("a hold is set", Step(doing=Doing.RELEASE, at=AT)),
    "another": Scene("it is revoked", ANOTHER, struck=False),
    "two have ended": Scene(
        "another", act(Happened.WITHDRAWN, OFFICER, AT, answer="a-2"), struck=False
    ),
    "two requests are erased by the rule": Scene(
        "two have ended", Step(doing=Doing.ERASE, at=AT + timedelta(days=KEPT_DAYS + 1))
    ),
    "alone": Scene("a roster is imported", ALONE, struck=False),
    "letters are put off": Scene("alone", TELL.model_copy(update={"busy": True})),
    "alone, endorsed": Scene("alone", endorses(SERGEANT, 0), struck=False),
    "letters are posted, one has nothing to say": Scene("alone, endorsed", TELL),
    "it came back": Scene("letters are posted, one has nothing to say", BACK, struck=False),
    "a letter is posted after another": Scene("it came back", TELL),
    "with a stranger": Scene("a roster is imported", STRANGER, struck=False),
    "a letter to somebody not to be reached": Scene("with a stranger", TELL),
}


@dataclass(frozen=True)
class Death:
    """What was there after a death: how many transactions of the deed, and what was wrong.

    ``vouched``: the checkpoints reached the record's last line. ``wrong`` holds what did not agree,
    after the death and after the deed was done again.
    """

    moment: str
    commits: int
    vouched: bool
    wrong: tuple[str, ...]


@dataclass(frozen=True)
class Struck:
    """A deed, the moments that it has, its deaths, one at each, and what the record says of it.

    ``kinds`` are those of the record's lines, ``heavy`` what a process loaded and should not.
    """

    moments: tuple[str, ...]
    deaths: tuple[Death, ...]
    kinds: frozenset[str]
    heavy: frozenset[str]

    @property
    def recorded(self) -> bool:
        """Whether the deed adds to the record."""
        return CHECKPOINT in self.moments


class Trial:
    """Does the deeds of a database, and kills processes in them."""

    def __init__(self, nursery: Nursery, url: str, folder: Path) -> None:
        self._nursery = nursery
        self._url = url
        self._folder = folder
        self._engine = open_database(url)
        self._kept = {EMPTY: Snapshot.of(self._engine, folder)}

    def run(self) -> dict[str, Struck]:
        """Return what was found of each deed."""
        found = {}
        for name, scene in SCENES.items():
            self._kept[scene.after].put_back(self._engine, self._folder)
            whole = self._do(scene.step)
            assert whole.end is not End.FAILED, f"{name}: {whole.why}"
            assert (whole.end is End.REFUSED) == (name == "an attempt is refused"), whole.why
            self._kept[name] = Snapshot.of(self._engine, self._folder)
            if scene.struck:
                found[name] = self._strike(scene, whole)
        self._engine.dispose()
        return found

    def _do(self, step: Step, dies_at: int | None = None) -> Ended:
        order = Order(url=self._url, folder=self._folder, step=step, dies_at=dies_at)
        [ended] = self._nursery.run([order])
        return ended

    def _strike(self, scene: Scene, whole: Ended) -> Struck:
        done = picture(self._engine)
        ends = picture(self._engine, refusals=False)
        posted = sorted(self._opened(scene.step).slack.posted())
        last = whole.moments.count(COMMIT)
        pictures: dict[int, Picture] = {last: done}
        deaths, tried = [], set[int]()  # the same is left after the same commits, but in Slack
        heavy = set(whole.heavy)
        for number, moment in enumerate(whole.moments):
            self._kept[scene.after].put_back(self._engine, self._folder)
            if number == 0:
                pictures[0] = picture(self._engine)
            if self._engine.dialect.name == SQLITE:
                self._engine.dispose()  # whoever dies is the last one that had the file open
            ended = self._do(scene.step, number)
            assert (ended.end, ended.moments) == (End.KILLED, whole.moments[: number + 1])
            heavy.update(ended.heavy)
            commits = ended.moments.count(COMMIT)
            step = scene.step
            if step.doing is Doing.TELL:
                step = step.model_copy(update={"at": step.at + LATER, "busy": False})
            station = self._opened(step)
            wrong = [*disagreements(station)]
            left = picture(self._engine)
            if left != pictures.setdefault(commits, left):
                wrong.append(f"not what {commits} commits leave: {_differ(left, done)}")
            verified = station.audit.verify()
            if step.doing is Doing.TELL or commits not in tried:
                wrong += self._again(station, step, ends, posted)
                tried.add(commits)
            vouched = verified.vouched == verified.lines
            deaths.append(Death(moment, commits, vouched, tuple(wrong)))
        kinds = frozenset(one.line.kind for one in station.audit.lines())
        return Struck(whole.moments, tuple(deaths), kinds, frozenset(heavy))

    def _again(
        self, station: Station, step: Step, ends: Picture, posted: list[tuple[str, str, int]]
    ) -> Iterator[str]:
        """Do the deed again, which does what is missing; yield what is wrong then."""
        try:
            station.do(step)
        except AssistantError:
            pass  # it is done; the comparison says so
        yield from disagreements(station)
        if step.doing is Doing.TELL:
            if station.outbox.waiting():
                yield "a letter was left"
            if posted and sorted(station.slack.posted()) != posted:
                yield f"posted: {sorted(station.slack.posted())}, should be {posted}"
        elif (now := picture(station.engine, refusals=False)) != ends:
            yield f"done again: {_differ(now, ends)}"

    def _opened(self, step: Step) -> Station:
        """Return the bureau opened anew, as a restart does."""
        return Station(self._engine, self._folder, step.at, amended=step.amended)


def _differ(one: Picture, other: Picture) -> str:
    return "; ".join(
        f"{table}: {sorted({*one[table]} ^ {*other[table]})}"
        for table in one
        if one[table] != other[table]
    )


def _try(url: str, folder: Path) -> dict[str, Struck]:
    with Nursery() as nursery:
        return Trial(nursery, url, folder).run()


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        yield Path(folder)


@pytest.fixture(scope="module", params=KINDS)
def found(request: pytest.FixtureRequest) -> Iterator[dict[str, Struck]]:
    """What was found of each deed, on one kind of database and on the other."""
    started = time.monotonic()
    with _folder() as folder:
        if request.param == SQLITE:
            deeds = _try(f"sqlite:///{folder}/x.sqlite3", folder)
        else:
            databases = PostgresDatabases(request.getfixturevalue("postgres_server"))
            deeds = _try(databases.new(), folder)
            databases.close()
    deaths = sum(len(struck.deaths) for struck in deeds.values())
    print(f"\n{request.param}: {deaths} deaths, {time.monotonic() - started:.0f} s")
    yield deeds


def test_wherever_a_process_is_killed_all_of_a_transaction_is_there_or_nothing(
    found: dict[str, Struck],
) -> None:
    """The state agrees with the record, the letters with both, and done again it is there once."""
    wrong = {
        (name, number, death.moment): death.wrong
        for name, struck in found.items()
        for number, death in enumerate(struck.deaths)
        if death.wrong
    }
    assert wrong == {}


def test_a_line_may_be_without_its_checkpoint_and_no_checkpoint_without_its_line(
    found: dict[str, Struck],
) -> None:
    deaths = [(death, struck) for struck in found.values() for death in struck.deaths]
    without = [death.moment for death, _ in deaths if not death.vouched]
    assert without and {*without} == {COMMIT}
    recorded = [one for one, struck in deaths if one.moment == COMMIT and struck.recorded]
    assert len(without) == len(recorded)


def test_every_kind_of_event_and_of_letter_is_in_a_deed(found: dict[str, Struck]) -> None:
    kinds = {kind for struck in found.values() for kind in struck.kinds}
    assert kinds >= {kind.value for kind in Happened}
    tables = {one.split()[0] for struck in found.values() for one in struck.moments}
    of_requests = {"requests", "drafts", "slips", "outbox", "cards", "rosters"}
    assert tables >= {*of_requests, "audit", "audit_words", "audit_head", CHECKPOINT}


def test_the_killed_processes_load_neither_models_nor_vector_stores(
    found: dict[str, Struck],
) -> None:
    assert {name for struck in found.values() for name in struck.heavy} == set()


def _table(found: dict[str, Struck]) -> str:
    lines = [
        "| deed | what is written, in this order | deaths | nothing | in part | all |",
        "|---|---|---:|---:|---:|---:|",
    ]
    for name, struck in found.items():
        written = ", ".join(one if one == COMMIT else f"`{one}`" for one in struck.moments[1:])
        last = struck.moments.count(COMMIT)
        left = Counter(
            "all" if one.commits == last else "part" if one.commits else "nothing"
            for one in struck.deaths
        )
        counts = " | ".join(str(left[one]) for one in ("nothing", "part", "all"))
        lines.append(f"| {name} | {written} | {len(struck.deaths)} | {counts} |")
    return "\n".join(lines)


def test_the_page_shows_the_table_of_deeds_as_it_is(found: dict[str, Struck]) -> None:
    table = _table(found)
    print(f"\n{table}")
    page = PAGE.read_text(encoding="utf-8")
    assert replaced(page, "deeds", table) == page


@pytest.mark.parametrize("seed", [3, 5])
def test_a_life_by_chance_ends_without_a_fault(seed: int) -> None:
    """Two of the schedules of ``make soak``."""
    with Nursery() as nursery, _folder() as folder:
        soak = Soak(nursery, f"sqlite:///{folder}/x.sqlite3", folder)
        soak.schedule(seed)
        soak.close()
    assert soak.found.faults == [] and soak.found.ends[End.KILLED.value]


def write_page() -> None:
    """Write the table anew; read it."""
    with _folder() as folder:
        replace(PAGE, "deeds", _table(_try(f"sqlite:///{folder}/x.sqlite3", folder)))


if __name__ == "__main__":
    write_page()
