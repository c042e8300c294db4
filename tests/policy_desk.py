"""The pages of the policy unit over a file's own ``corpus``, and its officer before them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from precinct import roster, with_policy_unit
from web_people import Person, somebody
from web_server import Web, serving

UNIT = "deputy"


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory, corpus: Path) -> Iterator[Web]:
    folder, staffed = tmp_path_factory.mktemp("desk"), with_policy_unit(roster(), UNIT)
    with serving(folder, slack=True, roster=staffed, corpus=corpus) as served:
        yield served


@pytest.fixture(scope="module")
def captain(web: Web) -> Iterator[Person]:
    with somebody(web, UNIT) as person:
        yield person
