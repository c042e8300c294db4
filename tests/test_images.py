"""The images of requests on disk: what is taken, what is kept and for how long, what is noticed."""

import csv
import hashlib
import io
import json
import stat
import tarfile
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import command_line
import image_files
import pytest
import sqlalchemy as sa
from backends import ON_SERVERS, address
from command_line import Ended, Run
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from image_files import image, little_room, noise
from permits import CONTENT, SECRET, START, Permits
from PIL import Image as Pillow
from precinct import asker

from bot.approvals import pixels
from bot.approvals.event import Consent, Happened
from bot.approvals.image import Holds, Image, ImageGone, ImageRefused, Kind
from bot.approvals.images import FOLDER, MOST_UNSENT, Images
from bot.approvals.request import Content
from bot.approvals.sending import content_hash
from bot.approvals.store import REQUESTS
from bot.errors import RequestRefused

DATABASE = "policybot.sqlite3"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "var"
    made.mkdir()
    return made


@pytest.fixture
def permits(folder: Path) -> Iterator[Permits]:
    opened = Permits(folder, address(folder / DATABASE))
    yield opened
    opened.close()


@pytest.fixture
def policybot(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], folder: Path
) -> Run:
    monkeypatch.setenv("VAR_DIR", str(folder))
    if ON_SERVERS:
        monkeypatch.setenv("DATABASE_URL", address(folder / DATABASE))
    monkeypatch.setenv("SECRET_KEY", SECRET)
    monkeypatch.setenv("RETENTION_DAYS", "100")

    def run(*arguments: str) -> Ended:
        return command_line.run(monkeypatch, capfd, *arguments)

    return run


def images(permits: Permits) -> Images:
    found = permits.bureau.images
    assert found is not None
    return found


def files(permits: Permits) -> list[str]:
    return sorted(path.name for path in (permits.folder / FOLDER).glob("*"))


def sent(permits: Permits, seed: int = 1) -> tuple[str, Image]:
    """Send a request with an image and return its number and the image."""
    taken = images(permits).take(f"answer {permits._sent + 1}", image(seed=seed))
    return permits.send(CONTENT.model_copy(update={"image": taken})), taken


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_an_image_is_known_by_its_bytes_and_kept_as_it_came(permits: Permits, kind: str) -> None:
    data = image(kind)
    taken = images(permits).take("answer 1", data)
    assert taken == Image(
        sha256=sha256(data), kind=Kind[kind], size=len(data), width=120, height=80
    )
    path = permits.folder / FOLDER / taken.sha256
    assert path.read_bytes() == data == images(permits).data(taken.sha256)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert images(permits).find("answer 1", taken.sha256) == taken
    assert images(permits).find("answer 2", taken.sha256) is None


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", pixels.EMPTY),
        (image_files.PROGRAM, pixels.OTHER),
        (image_files.FILM, pixels.OTHER),
        (image_files.SVG, "in XML (SVG)"),
        (b"\xef\xbb\xbf <!DOCTYPE html>", "in XML (SVG)"),
        (image_files.HEIC, "HEIC or AVIF"),
        (b"GIF89a" + bytes(200), "GIF"),
        (image("JPEG")[:-200], pixels.CUT),
        (image("PNG")[:-200], pixels.CUT),
        (image("WEBP")[:-20], pixels.CUT),
        (b"\xff\xd8\xff\xd9", pixels.CUT),
        (image("PNG")[:60] + bytes(400) + image("PNG")[460:], pixels.CUT),
        (image("JPEG") + b"PK\x03\x04 another file", pixels.BEHIND),
        (image("PNG") + b"<html><script>", pixels.BEHIND),
        (image("WEBP") + image_files.FILM, pixels.BEHIND),
        (image_files.two() + image_files.FILM, pixels.BEHIND),
        (image_files.moving("PNG"), pixels.MOVING),
        (image_files.moving("WEBP"), pixels.MOVING),
        (image_files.bomb(), "A PNG of more than 20 million pixels"),
        (image_files.scans(), pixels.CUT),
        (image("JPEG") + bytes(pixels.LARGEST_FILE), pixels.LARGE),
    ],
)
def test_whatever_is_not_one_whole_still_image_is_refused_in_words(data: bytes, said: str) -> None:
    with pytest.raises(ImageRefused) as refused:
        pixels.look(data)
    assert said in str(refused.value) and str(refused.value).endswith(".")


def test_what_is_refused_leaves_nothing_on_the_disk(permits: Permits) -> None:
    with pytest.raises(ImageRefused):
        images(permits).take("answer 1", image_files.PROGRAM)
    assert files(permits) == []


def test_a_file_says_what_else_it_holds(permits: Permits) -> None:
    placed = images(permits).take("answer 1", image(place=True))
    assert placed.holds == (Holds.PLACE,)
    assert "The file also holds the place where it was taken." in placed.words
    second = images(permits).take("answer 1", image_files.two())
    assert (second.kind, second.holds) == (Kind.JPEG, (Holds.SECOND,))
    assert images(permits).take("answer 1", image_files.turned()).width == 80


def test_what_is_shown_is_upright_and_holds_nothing_but_the_picture(permits: Permits) -> None:
    for data in (image(place=True), image_files.turned(), image("WEBP", place=True)):
        kind, shown = images(permits).shown(images(permits).take("answer 1", data).sha256)
        found = Pillow.open(io.BytesIO(shown))
        assert kind == "image/jpeg" and not found.getexif() and b"Maker" not in shown
        assert found.size == ((80, 120) if data == image_files.turned() else (120, 80))
    kind, shown = images(permits).shown(
        images(permits).take("answer 1", image_files.clear()).sha256
    )
    assert kind == "image/png" and Pillow.open(io.BytesIO(shown)).has_transparency_data
    assert b"Maker" in image_files.clear() and b"Maker" not in shown


def test_a_large_image_is_shown_smaller_and_kept_whole() -> None:
    data = image(width=4_000)
    shown = pixels.drawn(data)
    assert shown.smaller and Pillow.open(io.BytesIO(shown.data)).width == pixels.LONGEST_SHOWN
    assert pixels.look(data).width == 4_000


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    kind=st.sampled_from(["JPEG", "PNG", "WEBP"]),
    cut=st.integers(0, 3_000),
    put=st.binary(max_size=60),
    over=st.integers(0, 60),
)
def test_a_file_broken_anywhere_is_taken_as_an_image_or_refused_in_words(
    kind: str, cut: int, put: bytes, over: int
) -> None:
    whole = image(kind)
    at = cut % len(whole)
    broken = whole[:at] + put + whole[at + over :]
    try:
        seen = pixels.look(broken)
        pixels.drawn(broken)
    except ImageRefused as refused:
        assert str(refused).endswith(".")
    else:
        assert seen.width * seen.height <= pixels.MOST_PIXELS[seen.kind]


def test_without_the_setting_nothing_is_taken_and_what_is_there_is_shown(permits: Permits) -> None:
    number, taken = sent(permits)
    off = Images(permits.engine, permits.audit, permits.folder / FOLDER, permits.clock)
    with pytest.raises(ImageRefused):
        off.take("answer 9", image())
    assert off.shown(taken.sha256)[0] == "image/jpeg" and off.sweep() == 0
    assert permits.bureau.store.by_reference(number) is not None


def test_an_image_never_sent_goes_with_its_draft_and_one_that_was_sent_stays(
    permits: Permits,
) -> None:
    number, kept = sent(permits)
    request = permits.bureau.store.by_reference(number)
    assert request is not None
    for seed in (2, 3):
        unsent = images(permits).take(request.answer, image(seed=seed))
    images(permits).take("an answer without a draft", image(seed=4))
    assert len(files(permits)) == 4
    assert images(permits).sweep() == 1 and images(permits).find(request.answer, unsent.sha256)
    permits.pass_days(2)
    assert images(permits).find(request.answer, unsent.sha256) is None
    assert images(permits).sweep() == 2 and files(permits) == [kept.sha256]
    assert images(permits).sweep() == 0


def test_a_file_that_two_requests_have_stays_until_neither_has_it(permits: Permits) -> None:
    first, taken = sent(permits)
    sent(permits)
    with permits.audit.recording() as recording:
        request = permits.bureau.store.by_reference(first)
        assert request is not None
        images(permits).forget(recording.connection, request.answer, permits.now)
    assert images(permits).sweep() == 0 and files(permits) == [taken.sha256]


def test_of_images_never_sent_only_the_latest_few_are_kept(permits: Permits) -> None:
    kept = []
    for seed in range(1, MOST_UNSENT + 4):
        permits.now = permits.now.replace(minute=seed)
        kept.append(images(permits).take("answer 1", image(seed=seed)).sha256)
    found = [one for one in kept if images(permits).find("answer 1", one)]
    assert found == kept[-MOST_UNSENT:]


def test_what_a_process_left_behind_goes_with_its_row_and_no_other_file_is_touched(
    permits: Permits, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, taken = sent(permits)
    stranger = permits.folder / FOLDER / ("f" * 64)
    stranger.write_bytes(b"of another database")

    def dies(self: Path, target: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Path, "replace", dies)
        patch.setattr(Path, "unlink", lambda self, missing_ok=False: None)
        images(permits).take("answer 1", image(seed=2))
    left = f"{sha256(image(seed=2))}.part"
    assert files(permits) == sorted([left, stranger.name, taken.sha256])
    assert images(permits).find("answer 1", sha256(image(seed=2))) is None
    permits.pass_days(2)
    assert images(permits).sweep() == 1
    assert files(permits) == sorted([stranger.name, taken.sha256])


def test_many_at_once_take_the_same_and_other_files_while_it_is_swept(permits: Permits) -> None:
    _, kept = sent(permits)
    stop = threading.Event()

    def sweep() -> None:
        while not stop.is_set():
            images(permits).sweep()

    sweeping = threading.Thread(target=sweep)
    sweeping.start()
    try:
        with ThreadPoolExecutor(6) as pool:
            taken = list(
                pool.map(
                    lambda n: images(permits).take("answer 1", image(seed=n % 3 + 2)), range(18)
                )
            )
    finally:
        stop.set()
        sweeping.join()
    assert {one.sha256 for one in taken} | {kept.sha256} == set(files(permits))
    assert all(images(permits).whole(one.sha256) for one in taken)


DOINGS = st.one_of(
    st.tuples(st.just("take"), st.integers(1, 3), st.integers(1, 4)),
    st.tuples(st.sampled_from(["send", "erase"]), st.integers(1, 3), st.just(0)),
    st.tuples(st.sampled_from(["a day passes", "sweep"]), st.just(0), st.just(0)),
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(doings=st.lists(DOINGS, max_size=14))
def test_whatever_happens_the_disk_holds_what_is_kept_and_nothing_more(
    doings: list[tuple[str, int, int]],
) -> None:
    """Three requests of four images: what was sent stays until it is erased, the rest a day."""
    with tempfile.TemporaryDirectory() as made:
        permits = Permits(Path(made))
        unsent: dict[int, list[Image]] = {1: [], 2: [], 3: []}
        kept: dict[int, Image] = {}
        for what, which, seed in doings:
            answer = f"answer {which}"
            if what == "take":
                taken = images(permits).take(answer, image(seed=seed))
                if kept.get(which) != taken:
                    unsent[which] = [one for one in unsent[which] if one != taken] + [taken]
            elif what == "send" and unsent[which] and which not in kept:
                kept[which] = unsent[which][-1]
                with permits.audit.recording() as recording:
                    row = {**permits_row(which), "answer": answer}
                    recording.connection.execute(sa.insert(REQUESTS).values(row))
                    images(permits).keep(recording.connection, answer, kept[which])
                unsent[which] = []
            elif what == "erase" and which in kept:
                with permits.audit.recording() as recording:
                    images(permits).forget(recording.connection, answer, permits.now)
                del kept[which]
                unsent[which] = []
            elif what == "a day passes":
                permits.pass_days(1)
                unsent = {one: [] for one in unsent}
        images(permits).sweep()
        wanted = {one.sha256 for one in kept.values()}
        assert wanted <= set(files(permits))
        for which, one in kept.items():
            assert images(permits).find(f"answer {which}", one.sha256) == one
        permits.pass_days(1)
        images(permits).sweep()
        assert set(files(permits)) == wanted
        permits.close()


def permits_row(which: int) -> dict[str, object]:
    """Return a request as its table needs one."""
    return {
        "reference": f"R-{which:08}",
        "created": START,
        "surface": "slack",
        "directive": "5.14",
        "effective": START.date(),
        "sha256": "e" * 64,
        "clauses": [],
        "kind": "both",
        "content": {},
        "state": "sent",
    }


def test_a_disk_without_room_refuses_the_image_and_leaves_nothing(permits: Permits) -> None:
    data = noise()
    with little_room(), pytest.raises(ImageRefused, match="could not be written"):
        images(permits).take("answer 1", data)
    assert files(permits) == []
    assert images(permits).find("answer 1", sha256(data)) is None


def test_a_request_cannot_be_sent_with_an_image_that_is_not_kept_for_it(permits: Permits) -> None:
    taken = images(permits).take("somebody else's answer", image())
    with pytest.raises(RequestRefused, match="not kept any more"):
        permits.send(CONTENT.model_copy(update={"image": taken}))
    assert permits.bureau.store.all() == () and permits.lines() == ()


def test_the_hash_stands_in_the_sending_the_consents_the_decision_and_the_slip(
    permits: Permits,
) -> None:
    number, taken = sent(permits)
    permits.agree(number)
    permits.grant(number)
    named = {
        one.line.kind: one.line.facts.get("image")
        for one in permits.lines(number)
        if "image" in one.line.facts
    }
    said = {Happened.SENT, Happened.CONSENT, Happened.ENDORSED, Happened.GRANTED}
    assert named == {kind.value: taken.sha256 for kind in said}
    slip = permits.bureau.slips.slip(number)
    assert taken.sha256 in dict(slip.content)["Image"]


def test_another_image_is_another_content_and_begins_everything_anew(permits: Permits) -> None:
    number, first = sent(permits)
    permits.agree(number)
    before = permits.bureau.store.by_reference(number)
    assert before is not None
    second = images(permits).take(before.answer, image(seed=2))
    permits.edit(number, before.content.model_copy(update={"image": second}))
    dossier = permits.bureau.dossiers.open(number, asker("partner"))
    assert dossier.progress.version == 2 and dossier.asked
    assert dossier.progress.image == second.sha256
    assert dossier.progress.content == content_hash(dossier.request.content)
    assert sorted(files(permits)) == sorted([first.sha256, second.sha256])


def test_a_content_without_an_image_has_the_hash_that_it_always_had() -> None:
    kept = Content.model_validate_json(CONTENT.model_dump_json(exclude={"image"}))
    text = json.dumps(
        kept.model_dump(mode="json", exclude={"image"}), ensure_ascii=False, sort_keys=True
    )
    assert content_hash(kept) == content_hash(CONTENT) == sha256(text.encode())


@pytest.mark.parametrize("change", ["missing", "changed"])
def test_the_check_of_the_record_notices_a_file_that_is_not_as_it_was_sent(
    permits: Permits, policybot: Run, change: str
) -> None:
    number, taken = sent(permits)
    assert policybot("audit", "verify")[0] == 0
    path = permits.folder / FOLDER / taken.sha256
    path.unlink()
    if change == "changed":
        path.write_bytes(image(seed=9))
    code, out, err = policybot("audit", "verify")
    assert code == 1 and f"the image of {number}, version 1, is missing or another" in out
    assert "The record does not hold" in err
    with pytest.raises(ImageGone):
        images(permits).shown(taken.sha256)
    assert policybot("requests", "show", number)[0] == 0


def test_retention_takes_every_version_of_the_image_and_a_hold_keeps_them(
    permits: Permits, policybot: Run
) -> None:
    permits.now = permits.now.replace(year=2019)
    number, _ = sent(permits)
    before = permits.bureau.store.by_reference(number)
    assert before is not None
    second = images(permits).take(before.answer, image(seed=2))
    permits.edit(number, before.content.model_copy(update={"image": second}))
    permits.act(number, "officer", Happened.WITHDRAWN)
    assert policybot("audit", "hold", number, "--reason", "A case.")[0] == 0
    assert policybot("audit", "erase")[0] == 0 and len(files(permits)) == 2
    assert policybot("audit", "release", number)[0] == 0
    assert policybot("audit", "erase")[0] == 0 and files(permits) == []
    request = permits.bureau.store.by_reference(number)
    assert request is not None and request.content.image is None
    assert policybot("audit", "verify")[0] == 0
    assert "Nothing is due." in policybot("audit", "erase")[1]


def test_a_packet_holds_the_images_as_they_were_sent(
    permits: Permits, policybot: Run, tmp_path: Path
) -> None:
    number, _ = sent(permits, seed=5)
    other, lost = sent(permits, seed=6)
    out = tmp_path / "packet"
    assert policybot("requests", "export", number, "--out", str(out))[0] == 0
    assert (out / "images" / f"{number}-1.jpg").read_bytes() == image(seed=5)
    assert [path.name for path in (out / "images").iterdir()] == [f"{number}-1.jpg"]
    sums = dict(
        reversed(line.split("  ")) for line in (out / "SHA256SUMS").read_text().splitlines()
    )
    assert {name: sha256((out / name).read_bytes()) for name in sums} == sums
    rows = csv.DictReader(io.StringIO((out / "events.csv").read_text(encoding="utf-8")))
    assert sha256(image(seed=5)) in next(rows)["facts"]
    (permits.folder / FOLDER / lost.sha256).unlink()
    out = tmp_path / "everything"
    assert policybot("audit", "export", "--out", str(out))[0] == 0
    assert [path.name for path in (out / "images").iterdir()] == [f"{number}-1.jpg"]
    assert other in (out / "requests.json").read_text(encoding="utf-8")


@pytest.mark.embedded("an SQLite file that is put back elsewhere")
def test_a_backup_holds_the_images_and_puts_them_back(
    permits: Permits, policybot: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    number, taken = sent(permits)
    permits.agree(number, "partner")
    file = tmp_path / "backup"
    assert policybot("backup", str(file))[0] == 0
    with tarfile.open(file) as archive:
        assert archive.getnames()[-1] == f"{FOLDER}/{taken.sha256}"
    code, _, err = policybot("restore", str(file))
    assert code == 1 and "nothing is overwritten" in err
    target = tmp_path / "other"
    monkeypatch.setenv("VAR_DIR", str(target))
    code, out, err = policybot("restore", str(file))
    assert (code, err) == (0, ""), out
    assert (target / FOLDER / taken.sha256).read_bytes() == image()
    assert stat.S_IMODE((target / FOLDER / taken.sha256).stat().st_mode) == 0o600
    assert policybot("audit", "verify")[0] == 0


def test_an_image_is_seen_by_those_asked_and_those_who_act_alone(permits: Permits) -> None:
    number, _ = sent(permits)

    def seeing() -> set[str]:
        names = ("officer", "partner", "rookie", "sergeant", "lieutenant", "captain", "chief")
        opened = {name: permits.bureau.dossiers.open(number, asker(name)) for name in names}
        return {name for name, one in opened.items() if one.sees_image}

    assert seeing() == {"officer", "partner", "rookie", "sergeant"}
    permits.agree(number)
    permits.grant(number)
    everybody = {"officer", "partner", "rookie", "sergeant", "lieutenant", "captain", "chief"}
    assert seeing() == everybody
    request = permits.bureau.store.by_reference(number)
    assert request is not None
    alone = request.content.model_copy(update={"colleagues": request.content.colleagues[:1]})
    permits.edit(number, alone)
    assert "rookie" not in {
        name
        for name in ("partner", "sergeant")
        if permits.bureau.dossiers.open(number, asker(name)).sees_image
    }
    assert not permits.bureau.dossiers.open(number, asker("rookie")).sees_image
    permits.act(number, "partner", Happened.CONSENT, consent=Consent.DECLINED)
    assert permits.bureau.dossiers.open(number, asker("partner")).sees_image
