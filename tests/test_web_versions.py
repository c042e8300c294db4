"""Versions on the web: each opens by its day, says what it is, and what changed is shown."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from precinct import roster, with_policy_unit
from versioned import FIRST, TWO_CLAUSES, beside, draft, revised
from web_people import somebody
from web_server import CORPUS, Web, serving

from index.library import Library, load

COMING, NEWER, DRAFTED = date(2040, 2, 2), date(2022, 3, 3), date(2041, 1, 1)


def library() -> Library:
    """Return three versions and a draft; the second is in force."""
    found = load(CORPUS, lambda: date(2026, 11, 23))
    order = found.directives[0]
    edits = {"inside of the police building": "inside of any police building"}
    newer = revised(order, NEWER, edits)
    coming = revised(newer, COMING, TWO_CLAUSES)
    return beside(found, newer, coming, draft(coming, DRAFTED, {"Post": "Put"}))


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with serving(tmp_path_factory.mktemp("versions"), library=library()) as served:
        yield served


def plain(text: str) -> str:
    text = re.sub(r'<span class="heard">[^<]*</span>', "", text)
    return " ".join(unescape(re.sub("<[^>]+>", " ", text)).split())


@pytest.mark.parametrize(
    ("version", "says"),
    [
        (FIRST, "superseded by GO 5.14 of March 3, 2022 on March 3, 2022."),
        (COMING, "takes effect on February 2, 2040, and is not cited before. Open the version"),
        (DRAFTED, "is a draft . It was not issued"),
    ],
)
def test_a_version_that_is_not_in_force_says_what_it_is(web: Web, version: date, says: str) -> None:
    page = web.get(f"/directives/5.14?version={version}")
    assert page.status_code == 200
    assert says in plain(page.text)


def test_without_a_day_the_version_in_force_opens_without_a_banner(web: Web) -> None:
    page = web.get("/directives/5.14")
    assert "inside of any police building" in page.text
    assert 'class="caution"' not in page.text
    assert page.text.count("?version=") == 3


def test_each_version_has_its_own_words(web: Web) -> None:
    assert "inside of the police building" in web.get(f"/directives/5.14?version={FIRST}").text
    coming = web.get(f"/directives/5.14?version={COMING}").text
    assert "placed, pictures of themselves" in coming


@pytest.mark.parametrize("version", ["2001-01-01", "yesterday", "<b>"])
def test_a_version_that_is_not_on_file_is_not_found(web: Web, version: str) -> None:
    page = web.get("/directives/5.14", params={"version": version})
    assert page.status_code == 404
    assert "is not on file" in page.text and "<b>" not in page.text


def test_the_list_leads_to_each_version(web: Web) -> None:
    links = re.findall(r'href="(/directives/5\.14[^"]*)"', web.get("/directives").text)
    assert len(links) == len(set(links)) == 4
    assert "/directives/5.14" in links


def test_what_changes_next_is_shown_with_the_words_taken_out_and_put_in(web: Web) -> None:
    page = web.get("/directives/5.14/changes")
    assert page.status_code == 200
    said = plain(page.text)
    assert "From the version of March 3, 2022 to that of February 2, 2040" in said
    assert "IV.E.16: changed" in said and "IV.F.2: changed" in said
    assert "IV.E.18: changed" not in said
    [_, first, *_] = re.findall(r"<del>.*?</del>", page.text)
    assert "taken out" in first and plain(first) == "photographs or depictions"


def test_the_days_choose_the_versions(web: Web) -> None:
    said = plain(web.get(f"/directives/5.14/changes?from={FIRST}&to={NEWER}").text)
    assert "IV.E.18: changed" in said and "IV.E.16" not in said
    same = plain(web.get(f"/directives/5.14/changes?from={FIRST}&to={FIRST}").text)
    assert "No clause changed." in same


@pytest.mark.parametrize("query", ["from=never", "from=2001-01-01", "to=2019-09-10"])
def test_days_without_a_version_are_not_found(web: Web, query: str) -> None:
    assert web.get(f"/directives/5.14/changes?{query}").status_code == 404


def test_with_one_version_there_is_nothing_to_compare(tmp_path: Path) -> None:
    with serving(tmp_path) as one:
        assert one.get("/directives/5.14/changes").status_code == 404
        assert "What changed" not in one.get("/directives/5.14").text


def test_elsewhere_a_signed_link_opens_versions_and_changes_and_no_draft(tmp_path: Path) -> None:
    with serving(tmp_path, base_url="https://policy.example", library=library()) as away:
        host = {"host": "policy.example"}
        path = away.links.changes("5.14", FIRST, NEWER).removeprefix(away.links.address)
        page = away.get(path, headers=host)
        assert page.status_code == 200 and "IV.E.18" in page.text
        for link in re.findall(r'href="(/directives/[^"]+)"', page.text):
            assert away.get(unescape(link), headers=host).status_code == 200
        [key] = re.findall(r"key=([^&]+)", path)
        drafted = away.get(f"/directives/5.14?version={DRAFTED}&key={key}", headers=host)
        assert drafted.status_code == 404
        ahead = away.get(f"/directives/5.14/changes?to={DRAFTED}&key={key}", headers=host)
        assert "to that of" in ahead.text and "2041" not in plain(ahead.text)
        assert away.get("/directives/5.14/changes", headers=host).status_code == 404
        other = away.links.changes("6.1", FIRST, NEWER).removeprefix(away.links.address)
        crossed = other.replace("6.1", "5.14")
        assert away.get(crossed, headers=host).status_code == 400


def test_a_link_names_a_version_only_where_it_is_not_the_one_in_force(web: Web) -> None:
    held = web.answers.library
    assert held.dated("5.14", NEWER) is None
    assert held.dated("5.14", FIRST) == FIRST
    alone = replace(held, directives=held.directives[:1])
    assert alone.dated("5.14", FIRST) is None
    old = web.links.clause("5.14", "IV.E.16", version=FIRST)
    assert "?version=2019-09-10&mark=IV-E-16#IV-E-16" in old
    assert "version" not in web.links.clause("5.14", "IV.E.16")


def test_the_policy_unit_alone_sees_how_much_rested_on_what_changed(tmp_path: Path) -> None:
    known = with_policy_unit(roster())
    with serving(tmp_path, slack=True, roster=known, library=library()) as beside_slack:
        seen = {}
        for name in ("deputy", "officer"):
            with somebody(beside_slack, name) as person:
                seen[name] = person.get("/directives/5.14/changes").text
        assert "0 answers, 0 requests, 0 permissions." in plain(seen["deputy"])
        assert "Rested on" not in seen["officer"]
        assert "Rested on" not in beside_slack.get("/directives/5.14/changes").text
