"""The image of a request on the pages: added signed in, shown to those asked and deciding alone."""

import html
import io
import logging
import re
import socket
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files as resources

import httpx
import image_files
import pytest
from guides import posted, whole
from image_files import image, little_room, noise
from PIL import Image as Pillow
from playwright.sync_api import Page, expect
from precinct import asker, roster
from web_answers import RANGE
from web_browser import chromium, needs_chromium, page
from web_people import Person, act, send, somebody, standing, up, words
from web_server import Web, serving

from bot.approvals import pixels
from bot.approvals.event import Happened
from bot.approvals.image import LARGEST_FILE
from bot.approvals.images import FOLDER
from bot.audit.refusals import IMAGE
from bot.links import Links


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    folder = tmp_path_factory.mktemp("images")
    with serving(folder, slack=True, roster=roster(), attachments=True) as served:
        yield served


@pytest.fixture(scope="module")
def officer(web: Web) -> Iterator[Person]:
    with somebody(web, "officer") as person:
        yield person


def faults(opened: Page) -> list[str]:
    """Return what axe-core finds on a page, and whether it is wider than its window."""
    opened.evaluate((resources("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
    found: list[str] = opened.evaluate(
        "async () => (await axe.run(document)).violations.map((v) => v.id + v.nodes[0].html)"
    )
    root = "document.documentElement"
    wide = opened.evaluate(f"{root}.scrollWidth > {root}.clientWidth")
    return [*found, *(["too wide"] if wide else [])]


def link(web: Web, name: str = "officer") -> str:
    """Return the path of a request's link for somebody who asked in Slack."""
    answer = web.answers.ask(RANGE).model_copy(update={"id": uuid.uuid4().hex})
    web.store.keep_answer(answer, asker(name))
    url = answer.approval.url or ""
    vouched = web.links.open_request(re.split("ref=", url)[1])
    made = web.links.request(vouched.model_copy(update={"answer": answer.id}))
    return made.removeprefix(web.links.address)


def give(
    person: Person, path: str, data: bytes | None = None, name: str = "a.jpg", **more: object
) -> httpx.Response:
    """Send the form with a file, as a browser does: the file last."""
    fields = {**posted(whole()), "form": person.form(), **more}
    parts: list[tuple[str, tuple[str | None, bytes]]] = []
    for field, value in fields.items():
        for one in value if isinstance(value, list) else [value]:
            parts.append((field, (None, str(one).encode())))
    parts.append(("file", (name if data is not None else "", data or b"")))
    return person.client.post(path, files=parts)


def named(response: httpx.Response) -> str:
    """Return the SHA-256 that the form carries on."""
    found = re.search(r'name="image" value="(\w+)"', response.text)
    return found[1] if found else ""


def previewed(response: httpx.Response) -> str:
    found = re.search(r'<img src="([^"]+)"', response.text)
    assert found is not None
    return html.unescape(found[1])


def error(response: httpx.Response) -> str:
    found = re.search(r'id="error-image">.*?<span>(.*?)</span>', response.text, re.DOTALL)
    return html.unescape(found[1]) if found else ""


def request_with(web: Web, person: Person, data: bytes, **more: object) -> str:
    """Send a request with an image and return its number."""
    sent = give(person, link(web), data, **more)
    assert sent.status_code == 303
    return sent.headers["location"].split("/")[-1].split("?")[0]


def test_the_image_is_looked_at_before_it_is_sent_and_goes_with_the_request(
    web: Web, officer: Person
) -> None:
    path = link(web)
    assert 'type="file"' in officer.get(path).text
    looked = give(officer, path, image(place=True), step="check")
    assert looked.status_code == 200 and 'id="guidance"' in looked.text
    assert "The file also holds the place where it was taken." in words(looked.text)
    shown = officer.get(previewed(looked))
    assert shown.status_code == 200 and shown.headers["content-type"] == "image/jpeg"
    assert shown.headers["cache-control"] == "private, no-store"
    assert shown.headers["content-disposition"] == "inline"
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in shown.headers["content-security-policy"]
    assert not Pillow.open(io.BytesIO(shown.content)).getexif()
    sent = give(officer, path, image=named(looked))
    assert sent.status_code == 303
    number = sent.headers["location"].split("/")[-1].split("?")[0]
    request = web.store.by_reference(number)
    assert request is not None and request.content.image is not None
    assert request.content.image.sha256 == named(looked) == standing(web, number).image
    record = officer.get(f"/requests/{number}")
    assert named(looked) in record.text
    assert officer.get(previewed(record)).content == shown.content


def test_a_form_with_a_fault_does_not_lose_the_image_and_saving_keeps_it(
    web: Web, officer: Person
) -> None:
    path = link(web)
    faulty = give(officer, path, image(), platform="")
    assert faulty.status_code == 422 and not error(faulty) and named(faulty)
    saved = give(officer, path, step="save", image=named(faulty))
    assert "Saved, not sent." in saved.text
    assert named(officer.get(path)) == named(faulty)
    other = give(officer, path, image("PNG"), step="check", image=named(faulty))
    assert named(other) not in {"", named(faulty)}
    out = give(officer, path, step="check", image=named(other), **{"image-out": "yes"})
    assert named(out) == "" and out.status_code == 200


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"", "empty.jpg", pixels.EMPTY),
        (image_files.PROGRAM, "photo.jpg", pixels.OTHER),
        (image_files.SVG, "photo.png", "SVG"),
        (image_files.HEIC, "IMG_1.HEIC", "HEIC"),
        (image("JPEG")[:-300], "cut.jpg", pixels.CUT),
        (image() + b"PK\x03\x04", "both.jpg", pixels.BEHIND),
        (image_files.bomb(), "bomb.png", "more than 20 million pixels"),
        (image() + bytes(LARGEST_FILE), "large.jpg", "more than 10 MB"),
        (bytes(3 * LARGEST_FILE), "larger.jpg", "more than 10 MB"),
    ],
)
def test_a_file_that_is_not_taken_is_refused_in_words_and_what_was_typed_stays(
    web: Web, officer: Person, data: bytes, name: str, said: str
) -> None:
    path, before, tried = link(web), files(web), len(web.bureau.audit.lines(IMAGE))
    refused = give(officer, path, data, name, purpose="to show a day at work")
    assert refused.status_code == 422 and said in error(refused)
    [*_, last] = web.bureau.audit.lines(IMAGE)
    assert last.line.kind == "refused: a file"
    assert len(web.bureau.audit.lines(IMAGE)) == tried + 1
    assert "to show a day at work</textarea>" in refused.text
    assert refused.text.count("checked") == whole_replies()
    assert 'href="#field-image"' in refused.text and files(web) == before
    assert officer.get(path).status_code == 200


def whole_replies() -> int:
    return len(whole().flags)


def files(web: Web) -> set[str]:
    assert web.bureau.images is not None
    return {one.name for one in web.bureau.images._folder.glob("*")}


def test_a_hundred_megabytes_are_refused_without_being_read(web: Web, officer: Person) -> None:
    head = (
        f"POST {link(web)} HTTP/1.1\r\nHost: 127.0.0.1:{web.port}\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 104857600\r\n"
        f"Cookie: session={officer.client.cookies['session']}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", web.port), timeout=10) as connected:
        connected.sendall(head.encode())
        answer = connected.recv(65536).decode()
    assert answer.startswith("HTTP/1.1 413")


def test_the_name_of_a_file_is_dropped_unread(
    web: Web, officer: Person, caplog: pytest.LogCaptureFixture
) -> None:
    name = '../../etc/<img src=x onerror="alert(1)">.jpg'
    with caplog.at_level(logging.DEBUG):
        looked = give(officer, link(web), image(), name, step="check")
        number = request_with(web, officer, image(), name=name)
    assert named(looked) and "onerror" not in looked.text + officer.get(f"/requests/{number}").text
    assert "onerror" not in caplog.text
    assert all(re.fullmatch(r"[0-9a-f]{64}", one) for one in files(web))


def test_only_who_asks_adds_an_image_signed_in_and_sees_it_on_the_form(
    web: Web, officer: Person
) -> None:
    path = link(web)
    looked = give(officer, path, image(), step="check")
    preview = previewed(looked)
    with somebody(web, "chief") as other, somebody(web, "x", signed=False) as nobody:
        assert 'type="file"' not in other.get(path).text
        assert "not signed in as the one who asks" in error(give(other, path, image()))
        assert other.get(preview).status_code == 404
        assert nobody.get(preview).status_code == 404
        form = nobody.get(path)
        assert 'type="file"' not in form.text and "Sign in</a>" in form.text
        parts = [(name, (None, str(value).encode())) for name, value in posted(whole()).items()]
        sent = nobody.client.post(path, files=[*parts, ("file", ("a.jpg", image()))])
        assert sent.status_code == 422 and "not signed in as the one who asks" in error(sent)
        hidden = nobody.client.post(
            path, data=posted(whole()) | {"step": "check", "image": "f" * 64}
        )
        assert "not kept any more" in error(hidden)
    stale = give(officer, path, image(), form="another page")
    assert "before you signed in" in error(stale)
    foreign = give(officer, link(web), step="check", image=named(looked))
    assert "not kept any more" in error(foreign)


def test_a_sent_image_is_shown_to_those_asked_and_deciding_and_found_by_nobody_else(
    web: Web, officer: Person
) -> None:
    number = request_with(web, officer, image(seed=7), colleagues="Partner")
    where = f"/requests/{number}/image"

    def seen(name: str) -> int:
        with somebody(web, name) as person:
            return person.get(where).status_code

    asked = {name: seen(name) for name in ("officer", "partner", "sergeant", "captain", "rookie")}
    assert [*asked.values()] == [200, 200, 200, 404, 404]
    assert web.get(where).status_code == 404
    with somebody(web, "captain") as above:
        assert "shown to those asked and to those who decide" in above.text(f"/requests/{number}")
    up(web, number)
    assert (seen("captain"), seen("chief"), seen("deputy")) == (200, 200, 404)
    act(web, number, "chief", Happened.DENIED, words="Not now.")
    assert (seen("chief"), seen("officer"), seen("rookie")) == (200, 200, 404)
    refused = give(officer, f"/requests/{number}/change", image(), version=1)
    assert refused.status_code == 409 and "ended" in words(refused.text)


def test_another_image_is_another_version_that_is_asked_anew(web: Web, officer: Person) -> None:
    number = request_with(web, officer, image(seed=3), colleagues="Partner")
    act(web, number, "partner", Happened.CONSENT, consent="agreed")
    path, before = f"/requests/{number}/change", standing(web, number)
    form = officer.get(path)
    assert named(form) == before.image and officer.get(previewed(form)).status_code == 200
    with somebody(web, "rookie") as other:
        assert give(other, path, image(), version=1).status_code == 404
    looked = give(
        officer,
        path,
        image(seed=4),
        version=1,
        step="check",
        colleagues="Partner",
        image=named(form),
    )
    assert officer.get(previewed(looked)).status_code == 200
    with somebody(web, "partner") as other:
        assert other.get(previewed(looked)).content != officer.get(previewed(looked)).content
    sent = give(officer, path, version=1, colleagues="Partner", image=named(looked))
    assert sent.status_code == 303
    now = standing(web, number)
    assert (now.version, now.image) == (2, named(looked)) and now.image != before.image
    assert {one.value for one in now.consents.values()} == {"asked"}


def test_away_from_this_machine_an_image_asks_for_the_session_too(web: Web) -> None:
    with somebody(web, "officer") as person:
        preview = previewed(give(person, link(web), image(seed=41), step="check"))
        number = request_with(web, person, image(seed=42))
        away = {"X-Forwarded-For": "192.0.2.1"}
        for path in (preview, f"/requests/{number}/image"):
            assert person.client.get(path, headers=away).status_code == 200
            assert web.get(path, headers=away).status_code == 404
            assert person.get(f"{path}{'&' if '?' in path else '?'}image=%00").status_code == 404


def test_images_are_not_drawn_without_end(web: Web) -> None:
    with somebody(web, "officer") as person:
        number = request_with(web, person, image(seed=43))
        codes = [person.get(f"/requests/{number}/image").status_code for _ in range(61)]
    assert codes == [200] * 60 + [429]


def test_two_uploads_at_once_are_both_whole_and_either_can_be_sent(web: Web) -> None:
    path = link(web)
    with somebody(web, "officer") as person:
        form = person.form()
        with ThreadPoolExecutor(4) as pool:
            looked = list(
                pool.map(
                    lambda seed: give(person, path, image(seed=seed), step="check", form=form),
                    (11, 12, 13, 14),
                )
            )
        assert len({named(one) for one in looked}) == 4
        for one in looked:
            assert person.get(previewed(one)).status_code == 200
        assert give(person, path, image=named(looked[2])).status_code == 303


def test_an_image_that_is_gone_from_the_disk_is_said_on_the_page(web: Web, officer: Person) -> None:
    number = request_with(web, officer, image(seed=21))
    assert web.bureau.images is not None
    (web.bureau.images._folder / str(standing(web, number).image)).write_bytes(image(seed=22))
    page_of = officer.get(f"/requests/{number}")
    assert "Do not answer or decide on it." in words(page_of.text) and "<img" not in page_of.text
    assert officer.get(f"/requests/{number}/image").status_code == 404


def test_where_the_disk_has_no_room_nothing_but_the_image_is_refused(
    web: Web, officer: Person
) -> None:
    with little_room():
        refused = give(officer, link(web), noise(), purpose="a day at work")
    assert refused.status_code == 422 and "could not be written" in error(refused)
    assert "a day at work</textarea>" in refused.text


def test_without_the_setting_the_form_has_no_place_for_a_file(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("no images")
    with serving(folder, slack=True, roster=roster()) as off, somebody(off, "officer") as person:
        path = link(off)
        form = person.get(path).text
        assert 'type="file"' not in form and "multipart" not in form
        assert "No image is uploaded here" in words(form)
        refused = give(person, path, image())
        assert refused.status_code == 422 and not (folder / FOLDER).exists()
        assert isinstance(off.links, Links) and send(off)


@needs_chromium
def test_in_a_browser_an_image_is_added_seen_and_replaced_on_a_phone(
    web: Web, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("chosen")
    small, large = folder / "range day.jpg", folder / "large.jpg"
    small.write_bytes(image(place=True, width=400))
    large.write_bytes(bytes(LARGEST_FILE + 1))
    faulty = {}
    with chromium() as browser:
        for scripts in (True, False):
            with page(browser, width=320, javascript=scripts) as opened:
                signing = web.links.sign_in("T0PRECINCT", "U0OFFICER")
                opened.goto(web.url + signing.removeprefix(web.links.address))
                opened.get_by_role("button", name="Sign in").click()
                opened.goto(web.url + link(web))
                if scripts:
                    faulty["nothing chosen"] = faults(opened)
                    opened.get_by_label("Choose an image").set_input_files(large)
                    assert "It was not chosen." in opened.inner_text("#field-image")
                    assert opened.locator("#file-image").evaluate("(e) => e.files.length") == 0
                opened.get_by_label("Choose an image").set_input_files(small)
                opened.get_by_role("button", name="Check").click()
                shown = opened.locator(".attached img")
                assert shown.evaluate("async (e) => (await e.decode(), e.naturalWidth)") == 400
                if scripts:
                    faulty["shown"] = faults(opened)
                opened.get_by_label("Take it out").check()
                opened.get_by_role("button", name="Check").click()
                expect(opened.locator(".attached")).to_have_count(0)
                expect(opened.get_by_label("Choose an image")).to_be_visible()
    assert {where: found for where, found in faulty.items() if found} == {}
