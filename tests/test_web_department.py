"""Whose assistant this is: corpus/department.toml, and the one line when it cannot be used."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from starlette.requests import Request

from bot.department import Contacts, Department, load
from bot.errors import SettingRefused
from bot.web.pages import Pages

CORPUS = Path(__file__).resolve().parent.parent / "corpus"


def _written(folder: Path, text: str) -> Path:
    (folder / "department.toml").write_text(text, encoding="utf-8")
    return folder


def test_the_department_on_file_has_a_name_a_zone_and_contacts() -> None:
    department = load(CORPUS)
    assert department.name and department.short_name and department.contacts.union


def test_contacts_may_all_be_left_out(tmp_path: Path) -> None:
    department = load(_written(tmp_path, 'name = "A"\nshort_name = "B"\n'))
    assert department.contacts.policy_unit is None
    assert department.time_zone == "UTC"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('name = "A"', "short_name"),
        ('name = "A"\nshort_name = ""', "short_name"),
        ('name = "A"\nshort_name = "B"\ntime_zone = "Mars/Base"', "time_zone"),
        ('name = "A"\nshort_name = "B"\n[contacts]\npress = "x"', "contacts.press"),
        ("name =", "department.toml"),
    ],
)
def test_a_department_file_at_fault_is_refused_in_one_line(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(SettingRefused) as refused:
        load(_written(tmp_path, text))
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_missing_department_file_names_the_setting(tmp_path: Path) -> None:
    with pytest.raises(SettingRefused, match="CORPUS_DIR"):
        load(tmp_path)


def test_a_department_file_in_a_wrong_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "department.toml").write_bytes('name = "Ämter"'.encode("latin-1"))
    with pytest.raises(SettingRefused, match="UTF-8"):
        load(tmp_path)


def test_no_department_is_named_in_the_web_surface() -> None:
    name = load(CORPUS).name.split()[0].lower()
    web = CORPUS.parent / "bot" / "web"
    files = [p for p in web.rglob("*") if p.suffix in {".py", ".html", ".css", ".js", ".svg"}]
    assert len(files) > 20
    assert [p.name for p in files if name in p.read_text(encoding="utf-8").lower()] == []


def test_a_security_contact_stands_at_the_foot_of_every_page_where_there_is_one() -> None:
    for contacts, shown in ((Contacts(), False), (Contacts(security="the duty desk"), True)):
        pages = Pages(Department(name="A", short_name="B", contacts=contacts), ZoneInfo("UTC"))
        request = Request({"type": "http", "path": "/", "headers": [], "query_string": b""})
        page = pages.show(request, "installed.html", title="T", text="x").body.decode()
        assert ("security problem, turn to the duty desk." in page) is shown
