"""What ``policybot eval`` runs: the assistant on labelled questions, or retrieval on a folder."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from bot import wiring
from bot.config import Settings
from bot.errors import AssistantError
from bot.evaluation import folder, labelled, quality, retrieval
from index.encoder import Encoder
from index.library import load as load_library
from index.store import Store

# A bar's name -> what moves it, by the number done and the number in all.
Bar = Callable[[str], AbstractContextManager[Callable[[int, int], None]]]


def on_labelled(file: Path, settings: Settings, bar: Bar) -> tuple[quality.Judged, ...]:
    """Return the answer to each labelled question, judged; the file is checked before anything."""
    known = labelled.sections(load_library(settings.corpus_dir))
    questions = labelled.load(file, known)
    with bar("Building the index") as progress:
        parts = wiring.assemble(settings, progress)
    with bar("Asking") as progress:
        return quality.measure(
            parts.assistant,
            questions,
            lambda done: progress(done, len(questions)),
            lambda text: parts.index.encoder.encode([text]),
        )


def on_folder(path: Path, limit: int | None, settings: Settings, bar: Bar) -> retrieval.Measured:
    """Return the figures of retrieval on a folder; its index is gone when this returns."""
    found = folder.load(path, limit)
    encoder = Encoder(settings.embedding_model)
    with _passing(settings.var_dir) as place:
        with bar("Indexing") as progress:
            searcher = retrieval.Searcher(found, encoder, Store(place), progress)
        with bar("Asking") as progress:
            return retrieval.measure(found, searcher, progress)


@contextmanager
def _passing(var: Path) -> Iterator[Path]:
    """Yield a folder below ``var`` that is removed at the end, whatever happens.

    It is not in the system's place for temporary files, which may be memory.
    """
    try:
        var.mkdir(parents=True, exist_ok=True)
        made = tempfile.TemporaryDirectory(prefix="retrieval-", dir=var, ignore_cleanup_errors=True)
    except OSError as error:
        raise AssistantError(
            f"VAR_DIR {str(var)!r}: {error.strerror or error}. Set it to a folder that can be "
            "written."
        ) from None
    with made as name:
        yield Path(name)
