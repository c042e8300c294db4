"""A running service takes up what is on file and in force now, and loses no question meanwhile."""

import asyncio
import os
from datetime import date, timedelta
from pathlib import Path

import httpx
import pytest
from corpora import small
from service import ROOT, Service, serving
from slack_rig import posted, wait_posted
from slack_server import SlackServer
from versioned import AHEAD, BEHIND, TWO_CLAUSES, copied_settings, set_zone, taken_in

from bot import renewing
from bot.config import Settings
from bot.opening import today
from index.library import load

ASKED = "show me 5.14 E.16"
NEW, OLD = "pictures of themselves", "photographs or depictions of themselves"


async def keep_asking(slack: SlackServer, served: Service, asked: list[str]) -> None:
    """Ask in Slack and open a page, again and again; each must be taken."""
    async with httpx.AsyncClient(trust_env=False) as client:
        while True:
            page = await client.get(f"{served.address}/healthz", timeout=30)
            assert page.status_code == 200
            delivery = await slack.deliver(slack.message_im(ASKED))
            assert delivery.acknowledged, delivery.failure
            asked.append(ASKED)
            await asyncio.sleep(1)


async def test_a_service_takes_up_a_version_on_its_day_and_loses_no_question_meanwhile(
    two_versions: tuple[Settings, date], tmp_path: Path
) -> None:
    settings, day = two_versions
    own = copied_settings(settings, tmp_path)
    assert set_zone(own, BEHIND) < day
    issued, aside = own.corpus_dir / "general-orders/5.14-next", tmp_path / "aside"
    issued.rename(aside)
    sheet = own.corpus_dir / "general-orders/5.14/directive.toml"
    whole = sheet.read_text(encoding="utf-8")
    async with SlackServer() as slack:
        tokens = {
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_API_URL": slack.api_url,
            "SLACK_APP_TOKEN": slack.app_token,
        }
        async with serving(own, **tokens) as served:
            await slack.wait_for_connections(1)
            asked: list[str] = []
            asking = asyncio.create_task(keep_asking(slack, served, asked))
            sheet.write_text(whole.replace("2019-09-10", "someday"), encoding="utf-8")
            served.hint()
            await served.said("was not taken up")
            sheet.write_text(whole, encoding="utf-8")
            aside.rename(issued)
            served.hint()
            await served.said("is served now")
            assert set_zone(own, AHEAD) >= day
            served.hint()
            await served.said("is served now", times=2)
            await asyncio.sleep(2)
            assert not asking.done(), asking.exception()
            asking.cancel()
            await asyncio.wait({asking})
            await slack.deliver(slack.message_im(ASKED))
            count = len(asked) + 1
            await slack.wait_for(lambda: len(posted(slack)) >= count, 60.0, f"{count} answers")
            answers = [one.words for one in await wait_posted(slack, count)]
            assert len(answers) == count
            assert all((OLD in words) is not (NEW in words) for words in answers)
            assert OLD in answers[0] and NEW in answers[-1]
            assert slack.violations == []
        assert sum("was not taken up" in line for line in served.errors) == 1
        assert not any("being built" in line for line in served.errors)


def test_the_day_alone_changes_what_is_on_file(tmp_path: Path) -> None:
    own = Settings(_env_file=None, var_dir=tmp_path / "var", corpus_dir=small(tmp_path))
    day = today(own)
    coming = day + timedelta(days=1)
    same = renewing.look(own, load(own.corpus_dir).at(day))
    taken_in(own.corpus_dir, "5.14-next", TWO_CLAUSES, coming)
    library = load(own.corpus_dir)
    before, after = renewing.look(own, library.at(day)), library.at(coming).absent()
    assert before.corpus != same.corpus
    assert {path.name for path in before.absent} == {"5.14-next"}
    assert {path.name for path in after} == {"5.14"}
    assert renewing.next_unready(own, library.at(day), "no encoder") == coming
    readme = own.corpus_dir / "README.md"
    readme.write_text("Another one.", encoding="utf-8")
    assert renewing.look(own, library.at(day)) == before


def test_any_change_of_a_file_is_seen_without_reading_it_and_nothing_else_is(
    tmp_path: Path,
) -> None:
    corpus = small(tmp_path)
    seen = renewing.digest(corpus)
    assert renewing.digest(corpus) == seen
    facts = corpus / "facts.yaml"
    text = facts.read_text(encoding="utf-8")
    facts.write_text(text[:-2] + text[-1] + text[-2], encoding="utf-8")
    other = renewing.digest(corpus)
    os.rename(facts, corpus / "fakts.yaml")
    moved = renewing.digest(corpus)
    (corpus / "more.yaml").write_bytes(b"")
    assert len({seen, other, moved, renewing.digest(corpus)}) == 4
    (corpus / "more.yaml").unlink()
    (corpus / ".taken").mkdir()
    (corpus / ".taken/order.md").write_text("Being written.", encoding="utf-8")
    (corpus / "README.md").write_text("Another one.", encoding="utf-8")
    assert renewing.digest(corpus) == moved


async def test_an_index_that_cannot_be_built_is_said_and_kills_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("CORPUS_DIR", str(tmp_path / "nothing"))
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    assert not await renewing.build(date(2040, 2, 2))
    assert "The index of 2040-02-02 was not built." in caplog.text
