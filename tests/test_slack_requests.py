"""A request filled in within Slack: opened, saved, checked, barred, sent once, by its asker."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from guides import FILLED, QUESTIONS, submitted, whole
from slack_protocol import OFFICER, PARTNER, Delivery, Message, Payload, View
from slack_rig import LINKS, joined
from slack_scenes import QUESTION, Scene, words
from slack_server import SlackServer

from bot.approvals.filling import Filled, read
from bot.approvals.guidance import Guidance
from bot.approvals.request import Colleague, Request
from bot.approvals.wording import CAUTION, LIFTS_NOTHING
from bot.audit.refusals import LINK
from bot.links import REQUEST_SECONDS, Links, reference_in
from bot.slack import wording
from bot.slack.buttons import MOST_REFERENCE, filling
from bot.slack.ids import Action
from bot.slack.request_flags import NONE, UNSURE, applying

BARRED = whole(uniform="yes", weapon="yes", drawn="yes")
UNCLEAR = whole(scene="yes", suspect="not sure")


async def _answer(scene: Scene) -> Message:
    return await scene.direct()


async def _form(scene: Scene, answer: Message, user: str = OFFICER) -> View:
    return await scene.view(scene.slack.block_actions(answer, Action.FILL_REQUEST, user))


async def _submit(scene: Scene, form: View, filled: Filled) -> Delivery:
    return await scene.give(scene.slack.view_submission(form, submitted(filled)))


async def _checked(scene: Scene, form: View, filled: Filled) -> View:
    """Submit a form and return the view that is to be read before it is sent."""
    delivery = await _submit(scene, form, filled)
    assert delivery.response is not None and delivery.response["response_action"] == "push"
    return scene.slack.views[-1]


async def _sent(scene: Scene, check: View) -> Delivery:
    return await scene.give(scene.slack.view_submission(check, {}))


def _requests(scene: Scene) -> tuple[Request, ...]:
    return scene.rig.store.all()


def _errors(delivery: Delivery) -> dict[str, str]:
    assert delivery.response is not None and delivery.response["response_action"] == "errors"
    found: dict[str, str] = delivery.response["errors"]
    return found


def _field(view: View, name: str) -> Payload:
    blocks: list[Payload] = view.content["blocks"]
    return next(b["element"] for b in blocks if b.get("block_id") == name)


async def test_an_answer_with_an_open_path_can_be_filled_in_here_or_on_the_page(
    scene: Scene,
) -> None:
    answer = await _answer(scene)
    assert answer.action_ids[:2] == [Action.START_REQUEST, Action.FILL_REQUEST]
    [button] = [e for _, _, e in answer.elements if e["action_id"] == Action.FILL_REQUEST]
    [link] = [e for _, _, e in answer.elements if e["action_id"] == Action.START_REQUEST]
    assert button["value"] == f"ref={reference_in(link['url'])}" and "url" not in button
    await scene.give(scene.slack.message_im("which account?"))
    assert Action.FILL_REQUEST not in scene.last.action_ids


def test_a_reference_that_does_not_fit_a_button_leaves_the_link_alone() -> None:
    assert filling(f"http://x.test/requests/new?ref={'r' * MOST_REFERENCE}")
    assert filling(f"http://x.test/requests/new?ref={'r' * (MOST_REFERENCE + 1)}") == ()
    assert filling("http://x.test/requests/new") == filling(None) == ()


async def test_the_form_opens_with_what_the_question_says(scene: Scene) -> None:
    form = await _form(scene, await _answer(scene))
    assert form.content["callback_id"] == "request"
    assert _field(form, "description")["initial_value"] == QUESTION
    assert CAUTION in words(form) and "GO 5.14 § IV.E.16" in words(form)
    for name in (*(applying(group) for group in QUESTIONS.groups), UNSURE, NONE):
        assert "initial_options" not in _field(form, name)
    assert len(form.content["blocks"]) <= 100 and len(form.content["private_metadata"]) <= 3_000


async def test_a_request_is_checked_read_and_sent_with_its_number(scene: Scene) -> None:
    filled = whole(uniform="yes").model_copy(
        update={"colleagues": f"@{PARTNER}\nAna Example", "posting_from": "2030-01-31"}
    )
    check = await _checked(scene, await _form(scene, await _answer(scene)), filled)
    assert "“express written permission”" in words(check)
    assert "Consent of: “the employee(s)”" in words(check) and _requests(scene) == ()
    await _sent(scene, check)
    [request] = _requests(scene)
    assert request.reference in words(check) and CAUTION in words(check)
    assert check.content["clear_on_close"] is True
    assert request.asker == scene.rig.asker(OFFICER)
    assert request.content.colleagues == (
        Colleague(team=scene.slack.team_id, user=PARTNER),
        Colleague(name="Ana Example"),
    )
    assert {"II¶1", "IV.F.2"} <= set(request.clauses)
    assert request.reference in words(scene.slack.homes[OFFICER])


async def test_what_no_one_can_permit_is_said_at_the_question_and_nothing_is_sent(
    scene: Scene,
) -> None:
    form = await _form(scene, await _answer(scene))
    errors = _errors(await _submit(scene, form, BARRED))
    assert set(errors) == {"flags-shows"}
    clause = scene.rig.answers.order.clause("IV.E.19•3")
    said = errors["flags-shows"]
    labels = [one.label for one in QUESTIONS.flags if one.name in {"weapon", "drawn"}]
    assert said.startswith(
        f"“{labels[0]}”, “{labels[1]}”: GO 5.14 § IV.E.19•3 states no permission"
    )
    assert clause is not None and clause.text in said
    assert said.endswith("Take it out, or correct your answer.")
    assert form.open and _requests(scene) == ()
    await _sent(scene, await _checked(scene, form, whole(uniform="yes", weapon="yes")))
    assert len(_requests(scene)) == 1


async def test_where_all_of_it_is_barred_the_form_says_that_no_request_lifts_it(
    scene: Scene,
) -> None:
    form = await _form(scene, await _answer(scene))
    [error] = _errors(await _submit(scene, form, whole(discredit="yes"))).values()
    assert error.endswith(LIFTS_NOTHING)


async def test_a_field_at_fault_is_said_at_the_field(scene: Scene) -> None:
    form = await _form(scene, await _answer(scene))
    wrong = whole().model_copy(
        update={
            "posting_from": "2030-02-01",
            "posting_until": "2030-01-01",
            "colleagues": "x" * 101,
        }
    )
    errors = _errors(await _submit(scene, form, wrong))
    assert set(errors) == {"colleagues", "posting_until"} and form.open


async def test_unclear_points_are_read_once_and_sent_along(scene: Scene) -> None:
    check = await _checked(scene, await _form(scene, await _answer(scene)), UNCLEAR)
    assert "It applies if it shows a suspect, an arrestee or evidence." in words(check)
    clause = scene.rig.answers.order.clause("IV.E.20•3")
    assert clause is not None and clause.text in words(check)
    await _sent(scene, check)
    [request] = _requests(scene)
    assert request.unclear == ("IV.E.20•3",) and "IV.E.20•3" in request.clauses


async def test_an_answer_that_drafts_forget_is_sent_and_not_kept_before(scene: Scene) -> None:
    form = await _form(scene, await _answer(scene))
    check = await _checked(scene, form, whole(undercover="not sure"))
    [draft] = scene.rig.store.drafts_of(scene.rig.asker(OFFICER))
    assert draft.filled is not None and draft.filled.reply("undercover") is None
    await _sent(scene, check)
    [request] = _requests(scene)
    said = {one.name: one.reply for one in request.content.flags}
    assert said["undercover"] == "not sure"


async def test_nobody_else_opens_saves_or_sends_what_another_person_asked(
    slack: SlackServer, tmp_path: Path
) -> None:
    async with joined(slack, tmp_path) as rig:
        scene = Scene(slack, rig)
        await scene.configure(place="thread")
        await scene.give(slack.mention(QUESTION)[0])
        answer = scene.last
        other = await _form(scene, answer, PARTNER)
        assert wording.REQUEST_NOT_YOURS in words(other)
        assert QUESTION not in words(other)
        [line] = [one.line for one in rig.bureau.audit.lines(LINK)]
        assert (line.kind, line.actor) == (
            "refused: of another person",
            f"{slack.team_id}/{PARTNER}",
        )
        form = await _form(scene, answer)
        check = await _checked(scene, form, whole())
        stolen = slack.view_submission(check, {}, PARTNER)
        delivery = await scene.give(stolen)
        assert wording.REQUEST_NOT_YOURS in json.dumps(delivery.response)
        assert _requests(scene) == ()


async def test_a_second_submission_shows_the_first_request(scene: Scene) -> None:
    answer = await _answer(scene)
    one, two = await _form(scene, answer), await _form(scene, answer)
    await _sent(scene, await _checked(scene, one, whole()))
    [request] = _requests(scene)
    again = await _checked(scene, two, whole(uniform="yes"))
    assert request.reference in words(again) and _requests(scene) == (request,)
    reopened = await _form(scene, answer)
    assert request.reference in words(reopened)


async def test_two_people_s_clicks_at_once_send_one_request(scene: Scene) -> None:
    answer = await _answer(scene)
    checks = [await _checked(scene, await _form(scene, answer), whole()) for _ in range(2)]
    payloads = [scene.slack.view_submission(check, {}) for check in checks]
    await asyncio.gather(*(scene.rig.give(payload) for payload in payloads))
    await scene.quiet()
    [request] = _requests(scene)
    assert all(request.reference in words(check) for check in checks)


async def test_what_changed_on_the_page_meanwhile_is_read_again_before_it_is_sent(
    scene: Scene,
) -> None:
    check = await _checked(scene, await _form(scene, await _answer(scene)), whole())
    [draft] = scene.rig.store.drafts_of(scene.rig.asker(OFFICER))
    scene.rig.store.save_draft(draft.answer, UNCLEAR.kept(QUESTIONS))
    await _sent(scene, check)
    assert _requests(scene) == () and "a suspect, an arrestee or evidence" in words(check)
    await _sent(scene, check)
    [request] = _requests(scene)
    assert request.unclear == ("IV.E.20•3",)


async def test_a_form_from_before_a_restart_is_checked_and_sent(
    scene: Scene, slack: SlackServer, tmp_path: Path
) -> None:
    form = await _form(scene, await _answer(scene))
    await scene.rig.surface.stop()
    async with joined(slack, tmp_path) as rig:
        later = Scene(slack, rig, scene.names)
        check = await _checked(later, form, whole())
        await rig.surface.stop()
        async with joined(slack, tmp_path) as third:
            last = Scene(slack, third, scene.names)
            await _sent(last, check)
            assert len(_requests(last)) == 1


async def test_what_was_saved_in_slack_is_on_the_page_and_the_reverse(scene: Scene) -> None:
    answer = await _answer(scene)
    form = await _form(scene, answer)
    typed = {"purpose": "A thank-you.", "colleagues": [PARTNER], "flags-shows": ["uniform"]}
    await scene.give(scene.slack.block_actions(form, Action.SAVE_REQUEST, values=typed))
    assert "Saved, not sent." in words(form) and "is not kept" in words(form)
    [draft] = scene.rig.store.drafts_of(scene.rig.asker(OFFICER))
    assert draft.filled is not None
    assert draft.filled.purpose == "A thank-you." and draft.filled.colleagues == f"@{PARTNER}"
    on_page = draft.filled.model_copy(update={"account": "public", "others": ("children",)})
    scene.rig.store.save_draft(draft.answer, on_page)
    again = await _form(scene, answer)
    assert _field(again, "purpose")["initial_value"] == "A thank-you."
    assert _field(again, "account")["initial_value"] == "public"
    assert _field(again, "colleagues")["initial_users"] == [PARTNER]
    assert "This is what you saved." in words(again)


async def test_what_is_too_long_for_slack_is_left_to_the_page_with_nothing_lost(
    scene: Scene,
) -> None:
    answer = await _answer(scene)
    [draft] = scene.rig.store.drafts_of(scene.rig.asker(OFFICER))
    long = FILLED.model_copy(update={"description": "x" * 3_001})
    scene.rig.store.save_draft(draft.answer, long)
    form = await _form(scene, answer)
    assert wording.REQUEST_TOO_LONG.format(start=wording.START) in words(form)
    kept = scene.rig.store.draft(draft.answer)
    assert kept is not None and kept.filled == long


@pytest.mark.parametrize("how", ["expired", "forged", "of another key", "deleted"])
async def test_a_reference_that_opens_nothing_gets_a_sentence_in_the_form(
    scene: Scene, how: str
) -> None:
    answer = await _answer(scene)
    form = await _form(scene, answer)
    said = "Ask again"
    if how == "deleted":
        scene.rig.store.delete_drafts(scene.rig.asker(OFFICER))
    click = scene.slack.block_actions(answer, Action.FILL_REQUEST)
    submission = scene.slack.view_submission(form, submitted(whole()))
    if how != "deleted":
        token = click["actions"][0]["value"].removeprefix("ref=")
        past = datetime.now(UTC) - timedelta(seconds=REQUEST_SECONDS + 60)
        key = "k" * 40 if how == "expired" else "another key of another installation"
        links = Links("http://x.test", key, sign_reading=False, clock=past.timestamp)
        made = reference_in(links.request(LINKS.open_request(token)))
        bad = f"{token[:-3]}AAA" if how == "forged" else made
        click["actions"][0]["value"] = f"ref={bad}"
        submission["view"]["private_metadata"] = json.dumps({"r": bad})
        said = "expired" if how == "expired" else said
    await scene.give(click)
    assert said in words(scene.slack.views[-1])
    delivery = await scene.give(submission)
    assert delivery.response is not None and delivery.response["response_action"] == "push"
    assert said in json.dumps(delivery.response) and form.open
    assert _requests(scene) == ()


@pytest.mark.parametrize("metadata", ["", "{}", '{"r": 3}', '{"r": "x", "z": 1}', "x" * 3_000])
async def test_metadata_of_another_version_gets_a_sentence(scene: Scene, metadata: str) -> None:
    form = await _form(scene, await _answer(scene))
    check = await _checked(scene, form, whole())
    for view, values in ((form, submitted(whole())), (check, {})):
        payload = scene.slack.view_submission(view, values)
        payload["view"]["private_metadata"] = metadata
        delivery = await scene.give(payload)
        assert wording.FORM_CHANGED in json.dumps(delivery.response)
    assert _requests(scene) == ()


async def test_an_order_that_changed_since_asks_to_ask_again(
    scene: Scene,
) -> None:
    answer = await _answer(scene)
    click = scene.slack.block_actions(answer, Action.FILL_REQUEST)
    vouched = LINKS.open_request(click["actions"][0]["value"].removeprefix("ref="))
    older = vouched.model_copy(update={"sha256": "0" * 64})
    click["actions"][0]["value"] = f"ref={reference_in(LINKS.request(older))}"
    await scene.give(click)
    assert "was changed since this answer. Ask again." in words(scene.slack.views[-1])


async def test_the_form_is_there_before_slack_s_three_seconds_are_over(
    slack: SlackServer, tmp_path: Path
) -> None:
    async with joined(slack, tmp_path) as rig:
        scene = Scene(slack, rig)
        answer = await _answer(scene)
        scene.begin()
        await scene.give(slack.block_actions(answer, Action.FILL_REQUEST))
        opened = [call.method for call in slack.calls if call.method.startswith("views.")]
        assert opened == ["views.open", "views.update"]


async def test_what_is_sent_by_the_page_is_shown_in_slack_too(scene: Scene) -> None:
    answer = await _answer(scene)
    form = await _form(scene, answer)
    [draft] = scene.rig.store.drafts_of(scene.rig.asker(OFFICER))
    filled = whole()
    token = form.content["private_metadata"]
    vouched = LINKS.open_request(json.loads(token)["r"])
    content = read(filled, QUESTIONS, scene.slack.team_id)
    sent = scene.rig.bureau.sending.send(
        vouched, scene.rig.answers.order, content, scene.rig.asker(OFFICER), Guidance()
    )
    assert sent.answer == draft.answer
    again = await _checked(scene, form, filled)
    assert sent.reference in words(again)
