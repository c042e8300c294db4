"""What becomes of a request in Slack: cards, each in its place, and what people do with them."""

import asyncio
from datetime import timedelta
from pathlib import Path

from slack_precinct import Station, payload_of, roster, station, user
from slack_scenes import words
from slack_server import SlackServer

from bot.approvals.deed import Deed
from bot.approvals.event import Consent, Endorsement, Happened
from bot.approvals.progress import State
from bot.slack import card_wording as wording
from bot.slack.ids import Action, Counted, DeedAction


async def _recommended(scene: Station, *names: str) -> None:
    for name in names:
        card = await scene.card(name, wording.FORWARDED)
        await scene.press(name, card, DeedAction.RECOMMEND)
        await scene.card(name, wording.STANDS.split("{")[0])


async def test_the_whole_story_from_the_question_to_the_revocation(
    slack: SlackServer, tmp_path: Path, database_url: str
) -> None:
    async with station(slack, tmp_path, database=database_url) as scene:
        request = await scene.sent("partner", "rookie")
        for name in ("partner", "rookie"):
            card = await scene.card(name, "Officer Officer wants to post this")
            assert "A target and my hands." in card.words and "Instagram" in card.words
            assert card.text.startswith(f"Request {request.reference}: Your consent is asked for")
            assert payload_of(card)["request"] == request.reference
            assert payload_of(card)["person"] == name
        await _recommended(scene, "sergeant")
        await scene.press(
            "partner", await scene.card("partner", "You can take it back"), DeedAction.AGREE
        )
        assert "You agreed." in (await scene.card("partner", "You agreed.")).words
        await _recommended(scene, "lieutenant")
        await scene.press("rookie", scene.cards("rookie")[-1], DeedAction.AGREE)
        await _recommended(scene, "captain")
        card = await scene.card("chief", wording.TO_DECIDE)
        assert "Consent: 2 of 2 people shown have agreed." in card.words
        assert card.words.count("recommends it") == 3
        form = await scene.form("chief", card, DeedAction.GRANT_WITH)
        await scene.fill(form, words="Without the unit's number.", until="2039-12-31")
        assert wording.DONE[DeedAction.GRANT_WITH] in str(form.content)
        assert scene.standing(request).state is State.IN_EFFECT
        card = await scene.card("officer", "In effect.")
        assert request.reference in card.words and "“Without the unit's number.”" in card.words
        assert "2039-12-31" in card.words and "Chief Chief, Chief of Police" in card.words
        form = await scene.form("chief", await scene.card("chief", "Granted by"), DeedAction.REVOKE)
        await scene.fill(form, words="The unit's number can be read.")
        assert scene.standing(request).state is State.REVOKED
        card = await scene.card("officer", "Do not post it. Reasons:")
        assert "“The unit's number can be read.”" in card.words
        await scene.slack.settle(0.3)
        standing = {name: len(scene.cards(name)) for name in ("partner", "rookie", "sergeant")}
        assert standing == {"partner": 1, "rookie": 1, "sergeant": 1}
        assert len(scene.cards("lieutenant")) == len(scene.cards("captain")) == 1
        assert len(scene.cards("chief")) == 1 and scene.cards("deputy") == []
        earlier = [one for one in scene.cards("officer")[:-1] if "further down" not in one.words]
        assert earlier == []
        assert "ended" in scene.cards("partner")[0].words or "revoked" in scene.seen("partner")[0]
        assert scene.slack.violations == []
        posted = sum(len(scene.cards(one)) for one in _everybody())
        assert scene.rig.surface.counts[Counted.CARD_POSTED] == posted
        assert scene.rig.bureau.outbox.waiting() == 0


def _everybody() -> tuple[str, ...]:
    return (
        "officer",
        "partner",
        "rookie",
        "sergeant",
        "lieutenant",
        "captain",
        "deputy",
        "chief",
    )


async def test_a_decline_ends_the_version_and_nobody_reads_who_it_was(
    slack: SlackServer, tmp_path: Path
) -> None:
    async with station(slack, tmp_path) as scene:
        request = await scene.sent("partner", "rookie")
        await scene.card("sergeant", wording.FORWARDED)
        card = await scene.card("partner", wording.MEANS[0])
        await scene.press("partner", card, DeedAction.DECLINE)
        assert scene.standing(request).consents["partner"] is Consent.DECLINED
        card = await scene.card("officer", wording.NOT_AGREED)
        told = f"{card.words} {card.text}"
        names = "Officer Partner\nOfficer Rookie"
        assert "declined" not in told
        assert "Partner" not in told.replace(names, "") and "Rookie" not in told.replace(names, "")
        await scene.card("sergeant", wording.NOT_AGREED)
        for name in ("rookie", "sergeant"):
            read = " ".join(scene.seen(name)).replace(names, "").replace(wording.MEANS[1], "")
            assert "Partner" not in read and "declined" not in read


async def test_somebody_else_in_the_picture_says_so(slack: SlackServer, tmp_path: Path) -> None:
    async with station(slack, tmp_path) as scene:
        request = await scene.sent("partner")
        card = await scene.card("partner", wording.MEANS[2])
        await scene.press("partner", card, DeedAction.NOT_ME)
        assert scene.standing(request).state is State.STOPPED
        await scene.card("partner", "You said that it is somebody else.")


async def test_what_came_back_is_sent_on_unchanged(slack: SlackServer, tmp_path: Path) -> None:
    async with station(slack, tmp_path) as scene:
        request = await scene.sent()
        card = await scene.card("sergeant", wording.FORWARDED)
        form = await scene.form("sergeant", card, DeedAction.ASK)
        await scene.fill(form, words="Who took it?")
        card = await scene.card("officer", "“Who took it?”")
        assert "Sergeant Sergeant" in card.words and wording.RETURNED in card.words
        assert DeedAction.SEND_ON in card.action_ids and DeedAction.WITHDRAW in card.action_ids
        await scene.press("officer", card, DeedAction.SEND_ON)
        await scene.card("lieutenant", "Sent on unchanged.")
        assert scene.standing(request).state is State.ENDORSING


async def test_a_second_click_and_a_stale_card_change_nothing_and_say_why(
    slack: SlackServer, tmp_path: Path
) -> None:
    async with station(slack, tmp_path) as scene:
        request = await scene.sent("partner")
        card = await scene.card("partner", wording.MEANS[0])
        again = scene.slack.block_actions(card, DeedAction.AGREE, user("partner"))
        await scene.press("partner", card, DeedAction.AGREE)
        events = len(scene.rig.bureau.dossiers.own(scene.rig.asker(user("officer")))[0].events)
        await scene.give(again)
        assert "That is done already; nothing was changed." in scene.last.words
        assert scene.last.ephemeral == user("partner")
        own = scene.rig.bureau.dossiers.own(scene.rig.asker(user("officer")))[0]
        assert len(own.events) == events + 1 and own.events[-1].refused
        assert scene.standing(request).consents["partner"] is Consent.AGREED
        assert scene.rig.surface.counts[Counted.NOT_DONE] == 1


async def test_whoever_comes_second_reads_who_decided_in_which_post_and_when(
    slack: SlackServer, tmp_path: Path
) -> None:
    async with station(slack, tmp_path) as scene:
        request = await scene.sent()
        await _recommended(scene, "sergeant", "lieutenant", "captain")
        card = await scene.card("chief", wording.TO_DECIDE)
        second = scene.slack.block_actions(card, DeedAction.GRANT, user("chief"))
        form = await scene.form("chief", card, DeedAction.DENY)
        await scene.press("chief", card, DeedAction.GRANT)
        await scene.give(second)
        assert "Granted by Chief Chief, Chief of Police (holder) on" in scene.last.words
        await scene.fill(form, words="No.")
        assert "Granted by Chief Chief" in str(form.content)
        assert scene.standing(request).state is State.IN_EFFECT


async def test_somebody_taken_off_the_roster_decides_nothing_and_their_card_says_so(
    slack: SlackServer, tmp_path: Path
) -> None:
    async with station(slack, tmp_path) as scene:
        request = await scene.sent()
        card = await scene.card("sergeant", wording.FORWARDED)
        scene.rig.roster = roster(gone=("sergeant",))
        await scene.press("sergeant", card, DeedAction.RECOMMEND)
        assert "The request is not with you." in scene.last.words
        assert scene.standing(request).state is State.ENDORSING
        assert DeedAction.RECOMMEND not in scene.cards("sergeant")[-1].action_ids


async def test_a_person_who_is_not_in_slack_is_counted_and_the_requester_is_told(
    slack: SlackServer, tmp_path: Path
) -> None:
    async with station(slack, tmp_path, roster(without=("rookie",))) as scene:
        request = await scene.sent(colleagues="Rookie")
        card = await scene.card("sergeant", wording.FORWARDED)
        await scene.press("sergeant", card, DeedAction.SEEN)
        await scene.card("officer", wording.UNREACHED_ONE)
        assert scene.rig.surface.counts[Counted.UNREACHED] == 1
        assert scene.standing(request).consents == {"rookie": Consent.ASKED}
        await slack.wait_for(lambda: scene.rig.bureau.outbox.waiting() == 0, 5.0, "empty outbox")


async def test_app_home_lists_what_waits_and_opens_it_for_those_who_have_a_part_in_it(
    slack: SlackServer, tmp_path: Path
) -> None:
    async with station(slack, tmp_path) as scene:
        request = await scene.sent("partner")
        await scene.card("sergeant", wording.FORWARDED)
        home = words(await scene.home(user("sergeant")))
        assert request.reference in home and wording.MY_PEOPLE in home
        assert home.index("Waiting for me") < home.index(request.reference)
        assert request.reference in words(await scene.home(user("officer")))
        assert request.reference not in words(await scene.home(user("deputy")))
        view = await scene.opened("partner", request)
        assert DeedAction.AGREE in words(view) and "Sergeant" not in words(view)
        await scene.give(slack.block_actions(view, DeedAction.AGREE))
        assert "You agreed." in words(view) and DeedAction.TAKE_BACK in words(view)
        assert "You agreed." in scene.cards("partner")[-1].words


async def test_the_requester_withdraws_from_app_home_and_everybody_s_card_says_so(
    slack: SlackServer, tmp_path: Path
) -> None:
    async with station(slack, tmp_path) as scene:
        request = await scene.sent("partner")
        await scene.card("sergeant", wording.FORWARDED)
        await scene.card("partner", wording.MEANS[0])
        view = await scene.opened("officer", request)
        [button] = [
            one
            for block in view.content["blocks"]
            for one in block.get("elements", ())
            if one.get("action_id") == DeedAction.WITHDRAW
        ]
        assert button["confirm"]["text"]["text"] == wording.CONFIRMS[DeedAction.WITHDRAW]
        await scene.give(slack.block_actions(view, DeedAction.WITHDRAW))
        assert scene.standing(request).state is State.WITHDRAWN
        assert wording.WITHDRAWN in words(view)
        for name in ("partner", "sergeant"):
            await scene.card(name, "Where it stands: withdrawn.")
            assert len(scene.cards(name)) == 1
            assert scene.cards(name)[0].action_ids == [Action.OPEN_REQUEST, Action.OPEN_ON_WEB]


async def test_what_is_in_effect_is_posted_once_and_consent_is_taken_back_no_more(
    slack: SlackServer, tmp_path: Path
) -> None:
    async with station(slack, tmp_path) as scene:
        request = await scene.sent("partner")
        card = await scene.card("partner", wording.MEANS[0])
        await scene.press("partner", card, DeedAction.AGREE)
        card = await scene.card("partner", wording.TAKE_BACK)
        back = scene.slack.block_actions(card, DeedAction.TAKE_BACK, user("partner"))
        await _recommended(scene, "sergeant", "lieutenant", "captain")
        await scene.press("chief", await scene.card("chief", wording.TO_DECIDE), DeedAction.GRANT)
        card = await scene.card("officer", "In effect.")
        await scene.press("officer", card, DeedAction.POSTED)
        assert scene.standing(request).posted
        await scene.give(back)
        assert "It has been posted already." in scene.last.words
        assert scene.standing(request).state is State.IN_EFFECT


async def test_the_wrong_rank_the_requester_and_a_stranger_decide_nothing(
    slack: SlackServer, tmp_path: Path
) -> None:
    async with station(slack, tmp_path) as scene:
        request = await scene.sent()
        await _recommended(scene, "sergeant", "lieutenant", "captain")
        card = await scene.card("chief", wording.TO_DECIDE)
        for name, why in (
            ("captain", "that is not you"),
            ("officer", "Nobody endorses or decides a request of their own."),
            ("rookie", "that is not you"),
        ):
            forged = scene.slack.block_actions(card, DeedAction.GRANT, user("chief"))
            forged["user"]["id"] = user(name)
            scene.slack.response_urls[
                forged["response_url"].removeprefix(slack.origin)
            ].user = user(name)
            await scene.give(forged)
            assert scene.standing(request).decision is None
            told = [one for one in (*slack.messages, *slack.unseen) if why in one.words]
            assert told and told[-1].ephemeral == user(name)
        own = scene.rig.bureau.dossiers.own(scene.rig.asker(user("officer")))[0]
        assert [event.actor for event in own.events if event.refused] == [
            "captain",
            "officer",
            "rookie",
        ]


async def test_of_two_decisions_at_the_same_moment_one_counts(
    slack: SlackServer, tmp_path: Path, database_url: str
) -> None:
    async with station(slack, tmp_path, database=database_url) as scene:
        request = await scene.sent()
        await _recommended(scene, "sergeant", "lieutenant", "captain")
        card = await scene.card("chief", wording.TO_DECIDE)
        form = await scene.form("chief", card, DeedAction.DENY)
        grant = slack.block_actions(card, DeedAction.GRANT, user("chief"))
        deny = slack.view_submission(form, {"words": "No."})
        await asyncio.gather(scene.rig.give(grant), scene.rig.give(deny))
        await scene.quiet()
        own = scene.rig.bureau.dossiers.own(scene.rig.asker(user("officer")))[0]
        decided = [e for e in own.events if e.kind in {Happened.GRANTED, Happened.DENIED}]
        assert len(decided) == 1 and sum(e.refused is not None for e in own.events) == 1
        assert scene.standing(request).state in {State.IN_EFFECT, State.DENIED}


async def test_what_slack_takes_nothing_of_is_posted_later_and_once(
    slack: SlackServer, tmp_path: Path
) -> None:
    async with station(slack, tmp_path, lease=timedelta(seconds=0.3)) as scene:
        slack.fail_next("conversations.open", status=429, retry_after=0, times=4)
        await scene.sent()
        await scene.card("sergeant", wording.FORWARDED)
        assert len(scene.cards("sergeant")) == 1
        assert scene.rig.surface.counts[Counted.CARD_LATER] >= 1


async def test_a_card_that_slack_took_without_saying_so_is_found_and_not_repeated(
    slack: SlackServer, tmp_path: Path
) -> None:
    async with station(slack, tmp_path, lease=timedelta(seconds=0.3)) as scene:
        answer = await scene.filled_in()
        slack.fail_next("chat.postMessage", cut="after")
        await scene.give(slack.view_submission(answer, {}))
        await scene.card("sergeant", wording.FORWARDED)
        await slack.wait_for(lambda: scene.rig.bureau.outbox.waiting() == 0, 8.0, "empty outbox")
        assert len(scene.cards("sergeant")) == 1
        assert scene.rig.surface.counts[Counted.CARD_FOUND] == 1


async def test_a_closed_account_is_told_nothing_and_holds_nobody_up(
    slack: SlackServer, tmp_path: Path
) -> None:
    async with station(slack, tmp_path) as scene:
        slack.deactivate(user("partner"))
        request = await scene.sent("partner")
        await scene.card("sergeant", wording.FORWARDED)
        await slack.wait_for(
            lambda: scene.rig.surface.counts[Counted.UNREACHED] == 1, 5.0, "unreached"
        )
        await slack.wait_for(lambda: scene.rig.bureau.outbox.waiting() == 0, 5.0, "no letter left")
        assert scene.cards("partner") == []
        assert scene.standing(request).consents == {"partner": Consent.ASKED}


async def test_what_is_done_on_the_web_is_written_into_the_cards_here(
    slack: SlackServer, tmp_path: Path
) -> None:
    async with station(slack, tmp_path) as scene:
        request = await scene.sent()
        await scene.card("sergeant", wording.FORWARDED)
        seen = Deed(kind=Happened.ENDORSED, version=1, endorsement=Endorsement.ACKNOWLEDGED)
        register, asker = scene.rig.bureau.register, scene.rig.asker(user("sergeant"))
        await asyncio.to_thread(register.act, request.reference, seen, asker)
        card = await scene.card("sergeant", "Sergeant Sergeant has seen it.")
        assert card.action_ids == [Action.OPEN_REQUEST, Action.OPEN_ON_WEB]
        assert len(scene.cards("sergeant")) == 1
        await scene.card("lieutenant", wording.FORWARDED)


async def test_a_stop_finishes_the_card_that_is_being_posted(
    slack: SlackServer, tmp_path: Path
) -> None:
    async with station(slack, tmp_path) as scene:
        check = await scene.filled_in()
        slack.fail_next("chat.postMessage", delay=0.4)
        before = len(slack.calls)
        await scene.rig.give(slack.view_submission(check, {}))
        await slack.wait_for(
            lambda: any(one.method == "chat.postMessage" for one in slack.calls[before:]),
            5.0,
            "a card on its way",
        )
        await scene.rig.surface.stop()
        assert len(scene.cards("sergeant")) == 1 and scene.rig.bureau.outbox.waiting() == 0


async def test_somebody_without_a_part_opens_nothing(slack: SlackServer, tmp_path: Path) -> None:
    async with station(slack, tmp_path) as scene:
        await scene.sent()
        card = await scene.card("sergeant", wording.FORWARDED)
        forged = slack.block_actions(card, Action.OPEN_REQUEST, user("sergeant"))
        forged["user"]["id"] = user("rookie")
        slack.triggers[forged["trigger_id"]].user = user("rookie")
        view = await scene.view(forged)
        assert wording.NO_SUCH in words(view) and "A target" not in words(view)
