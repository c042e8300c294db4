"""Pictures of what is sent to Slack: every word of the blocks is there, and no other."""

import json
import re
from html import escape, unescape
from pathlib import Path
from typing import Any

import pytest
from slack_protocol import texts

from bench.block_pictures import BlockUnknown, message, view

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = sorted((ROOT / "tests/data").glob("slack_*.json"))
CAPTION = "A rendering"


def drawn(golden: dict[str, Any]) -> str:
    return view(golden, CAPTION) if "type" in golden else message(golden["blocks"], CAPTION)


def without_confirmations(value: object) -> object:
    """What is asked only after a click is not in sight before it."""
    if isinstance(value, dict):
        return {k: without_confirmations(v) for k, v in value.items() if k != "confirm"}
    return [without_confirmations(v) for v in value] if isinstance(value, list) else value


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_picture_shows_every_text_of_the_blocks(path: Path) -> None:
    golden = json.loads(path.read_text(encoding="utf-8"))
    page = drawn(golden)
    shown = without_confirmations({k: v for k, v in golden.items() if k != "text"})
    assert [words for words in texts(shown) if escape(words) not in page] == []
    assert page.count("<a>") == json.dumps(shown).count('"type": "link"')


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_picture_says_no_word_that_is_not_in_the_blocks(path: Path) -> None:
    golden = json.loads(path.read_text(encoding="utf-8"))
    body = drawn(golden).partition("<section")[2].partition(">")[2]
    left = unescape(re.sub(r"<[^>]*>", "\n", body))
    for words in sorted(texts(golden), key=len, reverse=True):
        left = left.replace(words, "")
    left = re.sub(r"#channel|@colleague|\(optional\)", "", left)
    initial = re.findall(r'"initial_value": ("[^"]+")', json.dumps(golden))
    for words in sorted(map(json.loads, initial), key=len, reverse=True):
        left = left.replace(words, "")
    assert left.strip() == ""


@pytest.mark.parametrize(
    "block",
    [
        {"type": "video", "title": "x"},
        {"type": "header", "text": {"type": "plain_text", "text": "x"}, "level": 1},
        {"type": "section", "text": {"type": "mrkdwn", "text": "*x*"}},
        {"type": "actions", "elements": [{"type": "timepicker", "action_id": "x"}]},
        {"type": "rich_text", "elements": [{"type": "rich_text_preformatted", "elements": []}]},
        {
            "type": "rich_text",
            "elements": [
                {"type": "rich_text_section", "elements": [{"type": "emoji", "name": "wave"}]}
            ],
        },
    ],
    ids=lambda block: block["type"],
)
def test_what_has_no_drawing_is_refused_and_never_left_out(block: dict[str, Any]) -> None:
    with pytest.raises(BlockUnknown):
        message([block], CAPTION)


def test_words_in_a_picture_are_never_markup() -> None:
    text = {"type": "plain_text", "text": "<script>x</script> & *y*"}
    page = message([{"type": "header", "text": text}], "<b>")
    assert "<script>" not in page and "&lt;script&gt;x&lt;/script&gt; &amp; *y*" in page
    assert "<b>" not in page


def test_every_picture_that_is_named_exists_with_words_for_it_and_none_lies_about() -> None:
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = re.findall(r"!\[([^\]]*)\]\((docs/pictures/[^)]+)\)", page)
    assert all(len(words) > 10 for words, _ in shown)
    named = {Path(path).name for path in re.findall(r"\((docs/pictures/[^)]+)\)", page)}
    assert named == {path.name for path in (ROOT / "docs/pictures").iterdir()}
