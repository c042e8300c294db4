"""One part of ``bench.scale``, in a process of its own, so that its memory can be told apart.

``python -m bench.scaling PART FOLDER`` prints one JSON object. The parts share the folder.
"""

import gc
import json
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from bench.generated import Asked, change_one_clause
from bench.speed import pairs
from bot.config import Settings
from bot.opening import open_library
from bot.wiring import make_assistant
from index.asked import load_authored, load_facts
from index.build import build, entries
from index.encoder import BATCH, Encoder
from index.store import Store

_WARMING = 40
_LONG = "the shift commander and every sworn member " * 8


def settings_in(folder: Path) -> Settings:
    """Return the settings of the library in a folder, and of nothing else on the machine."""
    return Settings(_env_file=None, corpus_dir=folder / "corpus", var_dir=folder / "var")


def bare(settings: Settings) -> dict[str, float]:
    """Embed every text that an index holds, and do nothing else."""
    encoder = Encoder(None)
    encoder.encode([_LONG] * BATCH, _quiet)
    alone = _peak()
    library, facts = open_library(settings), load_facts(settings.corpus_dir)
    authored = load_authored(settings.corpus_dir, library, facts)
    texts = list(dict.fromkeys(entry.text for entry in entries(library, authored)))
    with _Clock() as clock:
        encoder.encode(texts, _quiet)
    return {"texts": len(texts), **clock.taken, "model_mb": alone}


def built(settings: Settings) -> dict[str, float]:
    """Build the index; the model is loaded before the clock starts, the directives after."""
    encoder, store = Encoder(None), Store(settings.index_dir, settings.chroma_url)
    encoder.encode([_LONG] * BATCH, _quiet)
    with _Clock() as clock:
        library = open_library(settings)
        manifest = build(
            settings.corpus_dir, library, settings.index_dir, store, encoder, datetime.now(UTC)
        )
    return {
        "directives": len(library.in_force()),
        "entries": manifest.entries,
        "embedded": manifest.embedded or 0,
        "trained": bool(manifest.trained),
        **clock.taken,
    }


def changed(settings: Settings) -> dict[str, float]:
    """Change one clause of one directive, and build again."""
    number = open_library(settings).in_force()[0].number
    change_one_clause(settings.corpus_dir, number)
    return built(settings)


def answered(settings: Settings) -> dict[str, float]:
    """Start the assistant and ask it; each question comes once, beside its bare embedding."""
    started = time.perf_counter()
    assistant = make_assistant(settings)
    start = time.perf_counter() - started
    rows = json.loads((settings.corpus_dir.parent / "asked.json").read_text(encoding="utf-8"))
    asked = [Asked(**row) for row in rows]
    encoder = Encoder(None)
    for one in asked[:_WARMING]:
        encoder.encode([one.question])
        assistant.ask(one.question)
    gc.collect()
    timed = asked[_WARMING:]
    embedding, answer = pairs(assistant, encoder, [(one.question, ()) for one in timed])
    right = [
        any(cited.directive == one.directive for cited in assistant.ask(one.question).citations)
        for one in timed
        if one.directive
    ]
    ratios = [whole / alone for alone, whole in zip(embedding, answer, strict=True)]
    return {
        "start": start,
        "questions": len(timed),
        "embedding_ms": median(embedding),
        "answer_ms": median(answer),
        "ratio": median(ratios),
        "right": sum(right) / len(right),
    }


PARTS: dict[str, Callable[[Settings], dict[str, float]]] = {
    "bare": bare,
    "built": built,
    "changed": changed,
    "answered": answered,
}


def main() -> None:
    """Do the part that is named, and print what was found, with the most memory it took."""
    part, folder = sys.argv[1:]
    found = PARTS[part](settings_in(Path(folder)))
    print(json.dumps({**found, "peak_mb": _peak()}))


class _Clock:
    """Seconds by the clock, and of computing on all cores, between its two ends."""

    def __enter__(self) -> "_Clock":
        self._begun = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *error: object) -> None:
        wall, cpu = self._begun
        self.taken = {
            "seconds": time.perf_counter() - wall,
            "cpu_seconds": time.process_time() - cpu,
        }


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _quiet(done: int) -> None:
    """Report no progress; a call that has it computes on every core."""


if __name__ == "__main__":
    main()
