"""The written permission: what the paper says, letter by letter, and that it is always the same."""

import io
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from permits import CLAUSES, CONTENT, START, Permits
from pydantic import ValidationError
from pypdf import PdfReader

from bot.answer import ApprovalKind
from bot.approvals import letter
from bot.approvals.event import Consent, Happened
from bot.approvals.issuing import ALPHABET, SIGNS
from bot.approvals.request import Content
from bot.approvals.slip import CAUTION, NoSlip, quoted
from bot.paper import Block, Document, Style, shown, typeset

GOLDEN = Path(__file__).parent / "data" / "slip.txt"
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def permits(tmp_path: Path) -> Iterator[Permits]:
    opened = Permits(tmp_path)
    yield opened
    opened.close()


def words(pdf: bytes) -> str:
    """Return the words of a PDF, page after page."""
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def flat(text: str) -> str:
    return " ".join(text.split())


def paper(permits: Permits, number: str, *, named: bool = True) -> str:
    return words(letter.pdf(permits.bureau.slips.slip(number, named=named)))


def test_the_paper_says_what_the_golden_file_says(permits: Permits) -> None:
    number = permits.granted(words="Only with the badge covered.", until=date(2030, 6, 30))
    issued = permits.bureau.slips.issued(number)
    assert issued is not None
    slip = permits.bureau.slips.slip(number)
    said = words(letter.pdf(slip)).replace(number, "R-NUMBER").replace(issued.code, "CODE")
    seal = permits.lines()[issued.line - 1].seal[:16]
    assert f"Line {issued.line} of the record, seal {seal}" in flat(said)
    assert said.replace(seal, "SEAL").strip() == GOLDEN.read_text(encoding="utf-8").strip()


def test_it_names_who_what_the_conditions_the_dates_and_who_decided(permits: Permits) -> None:
    number = permits.granted(words="Only with the badge covered.", until=date(2030, 6, 30))
    said = flat(paper(permits, number))
    for told in (
        number,
        CAUTION,
        "Officer Officer",
        "Chief Chief, as Chief of Police (holder)",
        "Only with the badge covered.",
        "June 30, 2030",
        "January 31, 2030, 14:30 UTC",
        "Asked: 2. Agreed: 2.",
        "Officer Partner agreed on January 31, 2030",
        "Range day with the best partner. See you all there!",
        CONTENT.description,
        "GO 5.14, effective September 10, 2019",
        "Invented Police Department",
    ):
        assert told in said, told


def test_every_clause_stands_there_word_for_word(permits: Permits) -> None:
    order = permits.library.get("5.14")
    assert order is not None
    slip = permits.bureau.slips.slip(permits.granted())
    assert [one.words for one in slip.clauses] == [
        clause.text for section in CLAUSES if (clause := order.clause(section)) is not None
    ]
    said = flat(words(letter.pdf(slip)))
    for one in slip.clauses:
        assert flat(one.words) in said.replace(f"{slip.number}. {CAUTION} Page 1 of 2 ", "")


def test_who_does_not_see_the_names_gets_numbers_and_dates(permits: Permits) -> None:
    said = paper(permits, permits.granted(), named=False)
    assert "Partner" not in said and "Rookie" not in said
    assert said.count("A person shown agreed on") == 2


def test_there_is_no_paper_before_the_permission_is_in_effect(permits: Permits) -> None:
    number = permits.send()
    with pytest.raises(NoSlip, match="no permission under"):
        permits.bureau.slips.slip(number)
    permits.grant(number)
    with pytest.raises(NoSlip, match="granted, waiting for consent"):
        permits.bureau.slips.slip(number)
    permits.agree(number)
    assert permits.bureau.slips.slip(number).permission


def test_there_is_no_paper_after_it_ended_or_for_consent_alone(permits: Permits) -> None:
    number = permits.granted()
    permits.act(number, "partner", Happened.CONSENT_WITHDRAWN)
    with pytest.raises(NoSlip, match="has not agreed"):
        permits.bureau.slips.slip(number)
    other = permits.granted(until=date(2030, 2, 1))
    permits.pass_days(2)
    with pytest.raises(NoSlip, match="expired"):
        permits.bureau.slips.slip(other)
    alone = permits.send(kind=ApprovalKind.CONSENT)
    permits.agree(alone)
    with pytest.raises(NoSlip, match="no permission under"):
        permits.bureau.slips.slip(alone)


def test_the_same_record_gives_the_same_bytes_in_another_process(
    permits: Permits, tmp_path: Path
) -> None:
    slip = permits.bureau.slips.slip(permits.granted())
    first = letter.pdf(slip)
    typeset(Document(title="x", author="y", foot="z", blocks=(Block(style=Style.WORDS, text="Ω"),)))
    assert letter.pdf(permits.bureau.slips.slip(slip.number.split(",")[0])) == first
    (tmp_path / "slip.json").write_text(slip.model_dump_json(), encoding="utf-8")
    code = (
        "import sys; from pathlib import Path; from bot.approvals import letter\n"
        "from bot.approvals.slip import Slip\n"
        "text = Path('slip.json').read_text(encoding='utf-8')\n"
        "Path('again.pdf').write_bytes(letter.pdf(Slip.model_validate_json(text)))\n"
    )
    environment = {"PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, check=True)
    assert (tmp_path / "again.pdf").read_bytes() == first


def test_the_paper_has_a_title_a_language_and_its_font_with_it(permits: Permits) -> None:
    slip = permits.bureau.slips.slip(permits.granted())
    reader = PdfReader(io.BytesIO(letter.pdf(slip)))
    assert reader.metadata is not None
    assert reader.metadata.title == f"Written permission {slip.number}"
    root = reader.root_object
    assert root["/Lang"] == "en-US"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]  # type: ignore[index]
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            base = str(font.get_object()["/BaseFont"])
            used = base in page.extract_text() or "DejaVuSans" in base or base == "/Helvetica"
            assert used
    assert len(reader.pages) >= 2


def test_a_long_text_of_another_script_is_printed_in_full(permits: Permits) -> None:
    text = ("Съешь ещё этих мягких французских булок. Ξεσκεπάζω την ψυχοφθόρα. " * 80)[:5000]
    content = CONTENT.model_copy(update={"exact_text": text.strip(), "description": "é" * 5000})
    said = paper(permits, permits.granted(content))
    squeezed = "".join(said.split())
    for number in range(2, 12):
        foot = "".join(line for line in said.splitlines() if f"Page {number} of" in line)
        squeezed = squeezed.replace("".join(foot.split()), "")
    assert said.count("é") == 5000
    assert said.count("булок") + said.count("ψυχοφθόρα") > 140


def test_what_the_font_lacks_is_shown_as_its_code_point() -> None:
    assert shown("a中\U0001f600\u200bb\tc\nd") == "a[U+4E2D][U+1F600][U+200B]b    c\nd"
    assert shown("Ł Ж Ω é ½ “ ” § • ¶") == "Ł Ж Ω é ½ “ ” § • ¶"


def test_a_content_too_long_is_refused_long_before_it_is_printed() -> None:
    with pytest.raises(ValidationError):
        Content.model_validate({**CONTENT.model_dump(), "exact_text": "x" * 100_000})


def test_words_from_right_to_left_are_set_as_written_and_it_says_so(permits: Permits) -> None:
    content = CONTENT.model_copy(update={"exact_text": "שלום"})
    assert letter.LEFTWARD in paper(permits, permits.granted(content))


def test_a_code_is_long_and_of_signs_that_are_not_mistaken(permits: Permits) -> None:
    codes = []
    for _ in range(5):
        issued = permits.bureau.slips.issued(permits.granted())
        assert issued is not None and issued.made == START
        codes.append(issued.code)
    assert len(set(codes)) == 5
    assert all(len(code) == SIGNS == 20 and set(code) <= set(ALPHABET) for code in codes)
    assert not set("01OIL") & set(ALPHABET)
    assert len(ALPHABET) ** SIGNS > 2**96


def test_a_request_decided_twice_has_a_code_for_each_version(permits: Permits) -> None:
    number = permits.granted()
    first = permits.bureau.slips.issued(number)
    permits.edit(number, CONTENT.model_copy(update={"exact_text": "Range day."}))
    permits.agree(number)
    permits.grant(number)
    second = permits.bureau.slips.issued(number)
    assert first is not None and second is not None
    assert (first.version, second.version) == (1, 2) and first.code != second.code
    assert "Range day." in paper(permits, number)


def test_where_consent_was_only_sought_the_paper_says_whose_setting_that_is(
    tmp_path: Path,
) -> None:
    permits = Permits(tmp_path, sought=True)
    number = permits.send()
    permits.act(number, "partner", Happened.CONSENT, consent=Consent.AGREED)
    permits.grant(number)
    said = flat(paper(permits, number))
    assert "Asked: 2. Agreed: 1." in said and "The Department's setting" in said
    permits.close()


def test_a_clause_is_led_by_its_own_heading_and_not_by_a_wider_one(permits: Permits) -> None:
    order = permits.library.get("5.14")
    assert order is not None
    leads = {one.citation: one.lead for one in quoted(order, ("IV.E.16", "IV.E.4•1", "IV.F.2"))}
    personal, bullet, approval = leads.values()
    assert personal is not None and personal.startswith("Barring state law")
    assert bullet is not None and bullet.endswith("prohibited from the following:")
    assert approval is None
