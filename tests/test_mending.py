"""An entry of an authored file changed: the rest of the file stays byte for byte."""

from pathlib import Path

import pytest
import yaml
from corpora import CORPUS, ORDER
from hypothesis import example, given
from hypothesis import strategies as st

from index.errors import ReadingRefused
from index.mending import entries, value_of, with_entry, with_fields, without

BLOCK = """# a head
number: "5.14"
rules:
  # of the first part
  - section: I   # the purpose
    force: shall
    permission: {by: Chief, path: F.1}
    when: [[a, b], [c]]

  # of the second part
  - section: II
    plain: >
      folded words
      of two lines
    undefined:
      - one
      - two
    force: may
last: yes
"""
FLOW = """number: "5.14"
questions:
- {ask: "what, and why: is it", sections: [I], facts: [a]}
- {ask: é or 𝄞, sections: ["II¶1"]}
"""
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)


def loaded(text: str, key: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = yaml.safe_load(text)[key]
    return found


@pytest.mark.parametrize(("text", "key"), [(BLOCK, "rules"), (FLOW, "questions")])
def test_a_list_is_cut_into_its_entries(text: str, key: str) -> None:
    assert [value_of(one) for one in entries(text, key)] == loaded(text, key)
    assert entries(text, "nothing") == ()


def test_the_files_of_the_corpus_are_cut_as_they_are_read() -> None:
    text = (Path(CORPUS) / ORDER / "rules.yaml").read_text(encoding="utf-8")
    assert [value_of(one) for one in entries(text, "rules")] == loaded(text, "rules")


def test_only_the_lines_of_a_changed_field_differ() -> None:
    first, second = entries(BLOCK, "rules")
    changed = with_fields(BLOCK, first, {"force": "must: not", "permission": None, "plain": "{x}"})
    assert changed == BLOCK.replace("force: shall", "force: 'must: not'").replace(
        "    permission: {by: Chief, path: F.1}\n", ""
    ).replace("[c]]", "[c]]\n    plain: '{x}'")
    changed = with_fields(BLOCK, second, {"undefined": None, "plain": "short"})
    assert changed == BLOCK.replace(">\n      folded words\n      of two lines", "short").replace(
        "    undefined:\n      - one\n      - two\n", ""
    )
    [_, flow] = entries(FLOW, "questions")
    changed = with_fields(FLOW, flow, {"facts": ["b"], "ask": "a, b"})
    assert changed == FLOW.replace(
        '{ask: é or 𝄞, sections: ["II¶1"]}', "{ask: 'a, b', sections: [\"II¶1\"], facts: [b]}"
    )


def test_an_entry_is_added_at_the_end_and_taken_out_with_its_comments_left() -> None:
    added = with_entry(BLOCK, "rules", {"section": "III", "force": "a: b"})
    assert added == BLOCK.replace("may\nlast", "may\n  - {section: III, force: 'a: b'}\nlast")
    assert without(added, entries(added, "rules")[2]) == BLOCK
    gone = without(BLOCK, entries(BLOCK, "rules")[0])
    assert gone == BLOCK.replace(entries(BLOCK, "rules")[0].text, "\n  # of the second part\n")


def test_a_file_of_another_system_keeps_its_line_ends() -> None:
    text = FLOW.replace("\n", "\r\n")
    added = with_entry(text, "questions", {"ask": "so?", "sections": ["I"]})
    assert added == text + "- {ask: 'so?', sections: [I]}\r\n"
    first = entries(BLOCK.replace("\n", "\r\n"), "rules")[0]
    changed = with_fields(BLOCK.replace("\n", "\r\n"), first, {"force": "may", "plain": "p"})
    assert "\n" not in changed.replace("\r\n", "")


def test_an_entry_without_fields_is_refused() -> None:
    [word] = entries("rules:\n  - a word\n", "rules")
    with pytest.raises(ReadingRefused, match="no fields"):
        with_fields(word.text, word, {"force": "may"})
    [broken] = entries("rules:\n  - {a: [\n", "rules")
    with pytest.raises(ReadingRefused):
        value_of(broken)


@given(
    st.sampled_from([(BLOCK, "rules"), (FLOW, "questions")]),
    st.integers(0, 1),
    st.dictionaries(
        st.sampled_from(["force", "plain", "when", "exception"]), st.none() | TEXTS, max_size=4
    ),
)
def test_whatever_is_written_is_read_back_and_nothing_else_changes(
    file: tuple[str, str], place: int, fields: dict[str, str | None]
) -> None:
    text, key = file
    before = loaded(text, key)
    after = loaded(with_fields(text, entries(text, key)[place], fields), key)
    wanted = {**before[place], **fields}
    before[place] = {name: value for name, value in wanted.items() if value is not None}
    assert after == before


@example("\x85", (BLOCK, "rules"))
@given(TEXTS, st.sampled_from([(BLOCK, "rules"), (FLOW, "questions")]))
def test_an_added_entry_is_read_back_as_it_was_given(said: str, file: tuple[str, str]) -> None:
    text, key = file
    entry = {"ask": said, "sections": ["I", said]}
    added = with_entry(text, key, entry)
    assert loaded(added, key) == [*loaded(text, key), entry]
