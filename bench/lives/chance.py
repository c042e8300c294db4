"""A life by chance: what is done next follows from where each request stands and from a seed.

Most steps are what the right person would do; some are attempts that must be refused. Several may
be done at once, and a process may be told to die in one.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random

from bench.lives.station import KEPT_DAYS, Station
from bench.lives.steps import (
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
from bot.answer import ApprovalKind
from bot.approvals.event import Consent, Endorsement, Happened
from bot.approvals.history import history
from bot.approvals.progress import Progress, State, progress
from bot.approvals.register import office
from bot.database import reading

MOST_REQUESTS = 3
_MOST_AT_ONCE = 4
_LATEST_DEATH = 12  # moments; a step with fewer is done
_SHOWN = ((), (PARTNER,), (PARTNER, CLERK), (SERGEANT,), (PARTNER, NOBODY))
_LEFT = ((), (), (LIEUTENANT,), (SERGEANT,))
Weighed = tuple[float, Step]


class Chance:
    """Chooses the steps of one life; ``at`` is its clock."""

    def __init__(self, seed: int, at: datetime) -> None:
        self.at = at
        self._random = Random(seed)
        self._sent = 0
        self._amended = False
        self._again: list[Step] = []
        self.rounds = self._random.randint(10, 22)

    def next(self, station: Station) -> tuple[Step, ...]:
        """Return what is done next, at once."""
        self.at += timedelta(minutes=self._random.choice((1, 1, 1, 10, 24 * 60, 3 * 24 * 60)))
        if not self._sent:
            return self._first()
        many = self._random.choice((1, 1, 1, 1, 2, 2, 3, _MOST_AT_ONCE))
        weighed = [*self._anything(), *self._requests(station)]
        weights, steps = [one for one, _ in weighed], [one for _, one in weighed]
        chosen = [*self._again, *self._random.choices(steps, weights, k=many)][:_MOST_AT_ONCE]
        self._again = []
        return tuple(one.model_copy(update={"at": self.at}) for one in chosen)

    def dies_at(self) -> int | None:
        """Return the moment at which a process dies, or None."""
        return self._random.randrange(_LATEST_DEATH) if self._random.random() < 0.6 else None

    def died(self, step: Step) -> None:
        """Let a step be done again, as people do who got no answer; mostly."""
        if self._random.random() < 0.7:
            self._again.append(step)

    def _first(self) -> tuple[Step, ...]:
        imported = Step(doing=Doing.IMPORT, at=self.at)
        if self._random.random() < 0.15:
            return (self._sending(),)
        if self._random.random() < 0.2:
            return (imported, self._sending())
        self._again.append(self._sending())
        return (imported,)

    def _sending(self) -> Step:
        self._sent += 1
        people = self._random.choice(_SHOWN)
        kinds = [ApprovalKind.BOTH, ApprovalKind.BOTH, ApprovalKind.PERMISSION]
        kind = self._random.choice([*kinds, ApprovalKind.CONSENT] if people else kinds)
        last = self.at + timedelta(days=self._random.randint(3, 30))
        return Step(
            doing=Doing.SEND,
            at=self.at,
            answer=f"a-{self._sent}",
            people=people,
            kind=kind,
            last_day=last if self._random.random() < 0.3 else None,
            amended=self._amended,
        )

    def _anything(self) -> Iterator[Weighed]:
        """Yield what may be done whatever the requests are."""
        amended = {"amended": self._amended}
        yield 4, Step(doing=Doing.TELL, at=self.at)
        yield 0.5, Step(doing=Doing.TELL, at=self.at, busy=True)
        yield 2, Step.model_validate({"doing": Doing.TEND, "at": self.at, **amended})
        yield 0.3, Step(doing=Doing.IMPORT, at=self.at, left=self._random.choice(_LEFT))
        if self._sent < MOST_REQUESTS:
            if self._random.random() < 0.2:
                yield 8, self._sending()
        if self._random.random() < 0.012:
            self._amended = True
            yield 20, Step(doing=Doing.TEND, at=self.at, amended=True)
        if self._random.random() < 0.05:
            self.at += timedelta(days=KEPT_DAYS + 1)
            yield 20, Step(doing=Doing.ERASE, at=self.at)

    def _requests(self, station: Station) -> Iterator[Weighed]:
        for request in station.bureau.store.all():
            with reading(station.engine) as connection:
                now = progress(history(connection, request.reference))
            for weight, kind, by, more in self._deeds(station, now):
                step = act(
                    kind, by, self.at, answer=request.answer, version=now.version, **dict(more)
                )
                yield weight, step.model_copy(update={"amended": self._amended})
            if now.ended is None:
                rare = {State.RETURNED: 3.0, State.STOPPED: 6.0}
                change = Step(
                    doing=Doing.CHANGE,
                    at=self.at,
                    answer=request.answer,
                    version=now.version,
                    people=self._random.choice(_SHOWN[:3]),
                    amended=self._amended,
                )
                yield rare.get(now.state, 0.15), change
            held = Step(doing=Doing.HOLD, at=self.at, answer=request.answer)
            yield 0.1, held
            yield 0.1, held.model_copy(update={"doing": Doing.RELEASE})

    def _deeds(
        self, station: Station, now: Progress
    ) -> Iterator[tuple[float, Happened, str, Sequence[tuple[str, object]]]]:
        """Yield what people may do to a request, and now and then what they may not."""
        yield 0.3, Happened.GRANTED, self._random.choice((OFFICER, SERGEANT, CHIEF)), ()
        yield 0.1, Happened.POSTED, OFFICER, ()
        if now.ended is not None:
            return
        yield 0.08, Happened.WITHDRAWN, OFFICER, ()
        recommends = ("endorsement", self._random.choice([*Endorsement]))
        words = ("words", self._random.choice(("Which day?", "Cover the badge.", "Not this.")))
        for one in office(station.roster(), now, "GO 5.14", self.at.date()).may:
            who = one.person.id
            if now.state is State.ENDORSING:
                yield 12, Happened.ENDORSED, who, (recommends, ("step", now.at))
            else:
                until = ("until", self.at.date() + timedelta(days=self._random.randint(0, 20)))
                yield 12, Happened.GRANTED, who, (words, until)
                yield 3, Happened.DENIED, who, (words,)
            yield 1, Happened.RETURNED, who, (words,)
        for who, answer in now.consents.items():
            if answer is Consent.ASKED and "unlisted" not in who:
                yield 5, Happened.CONSENT, who, (("consent", Consent.AGREED),)
                yield 0.4, Happened.CONSENT, who, (("consent", Consent.DECLINED),)
                yield 0.3, Happened.CONSENT, who, (("consent", Consent.NOT_ME),)
            elif answer is Consent.AGREED:
                yield 0.3, Happened.CONSENT_WITHDRAWN, who, ()
        if now.state is State.RETURNED:
            yield 6, Happened.SENT_ON, OFFICER, ()
        if now.state is State.IN_EFFECT:
            yield 3, Happened.POSTED, OFFICER, ()
        if now.decision is not None:
            yield 1.5, Happened.REVOKED, CHIEF, (words,)
