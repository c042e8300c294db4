"""A request that was sent before any roster was on file goes its way as soon as one is."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from permits import CONTENT, Permits
from precinct import TEAM, asker, roster

from bot.approvals.deed import NotDone
from bot.approvals.event import Consent, Endorsement, Happened
from bot.approvals.flow import Why
from bot.approvals.progress import State
from bot.approvals.request import Colleague

SHOWN = CONTENT.model_copy(
    update={"colleagues": (Colleague(name="", team=TEAM, user="U0SERGEANT"),)}
)


@pytest.fixture
def permits(tmp_path: Path) -> Iterator[Permits]:
    opened = Permits(tmp_path)
    opened.roster = None
    yield opened
    opened.close()


def test_it_gets_its_route_and_is_decided(permits: Permits) -> None:
    number = permits.send(CONTENT.model_copy(update={"colleagues": ()}))
    assert permits.bureau.register.tend() == 0
    permits.roster = roster()
    assert permits.bureau.register.tend() == 1
    permits.grant(number)
    request = permits.bureau.store.by_reference(number)
    assert request is not None and request.state is State.IN_EFFECT
    [own] = permits.bureau.dossiers.own(asker("officer"))
    assert own.names[own.progress.requester] == "Officer Officer"
    assert permits.act(number, "officer", Happened.POSTED).posted


def test_its_requester_may_change_it_and_is_asked_by_nobody_else(permits: Permits) -> None:
    number = permits.send(CONTENT.model_copy(update={"colleagues": ()}))
    permits.roster = roster()
    permits.bureau.register.tend()
    assert len(permits.bureau.dossiers.of_people(asker("sergeant"))) == 1
    permits.edit(number, CONTENT)
    found = permits.bureau.dossiers.open(number, asker("officer"))
    assert found.own and found.progress.version == 2


def test_nobody_decides_a_request_of_their_own(permits: Permits) -> None:
    number = permits.send(CONTENT.model_copy(update={"colleagues": ()}), by="chief")
    permits.roster = roster()
    permits.bureau.register.tend()
    with pytest.raises(NotDone):
        permits.act(number, "chief", Happened.GRANTED)


def test_who_is_shown_in_it_does_not_endorse_it(permits: Permits) -> None:
    number = permits.send(SHOWN)
    permits.roster = roster()
    permits.bureau.register.tend()
    found = permits.bureau.dossiers.open(number, asker("lieutenant"))
    assert found.progress.at == 1 and found.office.actor("lieutenant") is not None
    with pytest.raises(NotDone) as refused:
        recommended = Endorsement.RECOMMENDED
        permits.act(number, "sergeant", Happened.ENDORSED, endorsement=recommended, step=1)
    assert refused.value.why is Why.SHOWN
    permits.act(number, "sergeant", Happened.CONSENT, consent=Consent.AGREED)
