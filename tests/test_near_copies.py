"""No authored question is a near copy of a held-back one, neither by its words nor by likeness."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np

from bot.assistant import Assistant
from bot.config import Settings
from index.asked import load_authored, load_facts
from index.build import HEAD
from index.encoder import Encoder
from index.library import load
from index.manifest import read_manifest
from index.reading import Head
from index.words import plain

TEST = Path(__file__).resolve().parents[1] / "bench/questions/test.jsonl"
NEAR = 0.92


def normal(*texts: str) -> tuple[str, ...]:
    return tuple(" ".join(re.findall(r"[a-z0-9]+", plain(text))) for text in texts)


def held_back() -> list[dict[str, Any]]:
    return [json.loads(line) for line in TEST.read_text(encoding="utf-8").splitlines()]


def test_no_authored_question_equals_a_held_back_one(corpus: Path) -> None:
    authored = load_authored(corpus, load(corpus), load_facts(corpus))
    asked = [*authored.elsewhere, *(e for group in authored.examples.values() for e in group)]
    known = {normal(*example.history, example.ask) for example in asked}
    copies = [
        row["id"] for row in held_back() if normal(*row.get("history", []), row["q"]) in known
    ]
    assert not copies


def test_no_authored_question_is_nearer_to_a_held_back_one_than_a_cosine_of_092(
    settings: Settings, assistant: Assistant
) -> None:
    manifest = read_manifest(settings.index_dir)
    assert manifest is not None
    head = Head.load(settings.index_dir / HEAD.format(collection=manifest.collection))
    questions = held_back()
    texts = [" ".join([*map(str, row.get("history", [])), str(row["q"])]) for row in questions]
    nearest = (Encoder(None).encode(texts) @ head.examples.T).max(axis=1)
    assert np.count_nonzero(nearest > NEAR) == 0, [
        row["id"] for row, value in zip(questions, nearest, strict=True) if value > NEAR
    ]
