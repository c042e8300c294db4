"""No authored question is a near copy of a held-back one, neither by its words nor by likeness."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np

from bot.assistant import Assistant
from bot.config import Settings
from index.asked import Authored
from index.encoder import Encoder
from index.manifest import read_manifest
from index.store import Store
from index.words import plain

TEST = Path(__file__).resolve().parents[1] / "bench/questions/test.jsonl"
NEAR = 0.92


def normal(*texts: str) -> tuple[str, ...]:
    return tuple(" ".join(re.findall(r"[a-z0-9]+", plain(text))) for text in texts)


def held_back() -> list[dict[str, Any]]:
    return [json.loads(line) for line in TEST.read_text(encoding="utf-8").splitlines()]


def test_no_authored_question_equals_a_held_back_one(authored: Authored) -> None:
    asked = [*authored.elsewhere, *(e for group in authored.examples.values() for e in group)]
    known = {normal(*example.history, example.ask) for example in asked}
    copies = [
        row["id"] for row in held_back() if normal(*row.get("history", []), row["q"]) in known
    ]
    assert not copies


def test_no_authored_question_is_nearer_to_a_held_back_one_than_a_cosine_of_092(
    settings: Settings, assistant: Assistant, authored: Authored
) -> None:
    manifest = read_manifest(settings.index_dir)
    assert manifest is not None
    store = Store(settings.index_dir, settings.chroma_url)
    store.open(manifest.collection)
    questions = held_back()
    encoder = Encoder(None)
    texts = [" ".join([*map(str, row.get("history", [])), str(row["q"])]) for row in questions]
    asked = encoder.encode(texts)
    indexed = [max(near.similarity for near in store.nearest(one[None], 5)) for one in asked]
    apart = encoder.encode(not_indexed(authored), lambda done: None)
    nearest = np.maximum(indexed, (asked @ apart.T).max(axis=1))
    assert not [row["id"] for row, value in zip(questions, nearest, strict=True) if value > NEAR]


def not_indexed(authored: Authored) -> list[str]:
    """Return the authored questions that have no entry in the index: what lies elsewhere, and what
    follows on another question."""
    follow_ups = [e for group in authored.examples.values() for e in group if e.history]
    return [" ".join([*e.history, e.ask]) for e in (*authored.elsewhere, *follow_ups)]
