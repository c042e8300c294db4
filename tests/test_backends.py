"""Which tests are run on servers too: those that stood on a database or a store, or start one."""

from pathlib import Path

from backends import runs, stood_on_nothing

PLAIN, STOOD = "tests/test_a.py::test_a[b c]", "tests/test_a.py::test_none"


def test_what_stood_on_nothing_is_left_out_unless_it_starts_a_process(tmp_path: Path) -> None:
    noted = tmp_path / "noted.txt"
    noted.write_text(f"{PLAIN} none\n{STOOD} sqlite embedded\n", encoding="utf-8")
    needless = stood_on_nothing(str(noted))
    assert needless == {PLAIN}
    assert runs(STOOD, ["database"], needless) and not runs(PLAIN, ["tmp_path"], needless)
    assert runs(PLAIN, ["tmp_path", "small_settings"], needless)


def test_everything_is_run_where_nothing_was_noted(tmp_path: Path) -> None:
    assert stood_on_nothing(None) == stood_on_nothing(str(tmp_path / "nothing.txt")) == set()
