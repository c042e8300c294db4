"""Copies of the corpus that a test may spoil, and encoders that build an index in a moment."""

import hashlib
import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from index.encoder import Vectors
from index.traced import Sensed
from index.words import words

CORPUS = Path(__file__).resolve().parent.parent / "corpus"
ORDER = "general-orders/5.14"


def copied(folder: Path) -> Path:
    """Return a copy of the whole corpus below ``folder``."""
    target = folder / "corpus"
    shutil.copytree(CORPUS, target)
    return target


def small(folder: Path) -> Path:
    """Return a copy of the corpus with few example questions, so that an index is quickly built."""
    target = copied(folder)
    for path in (target / ORDER / "questions.yaml", target / "elsewhere.yaml"):
        head, *questions = re.split(r"(?m)^(?=\s+- (?:\{)?ask:)", path.read_text(encoding="utf-8"))
        path.write_text(head + "".join(questions[:40]), encoding="utf-8")
    return target


def change(path: Path, old: str, new: str) -> None:
    """Replace the first ``old`` in a file; it must be there."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


class SmallEncoder:
    """A real encoder without a model: hashed words, unit length."""

    def __init__(self, identity: str = "hashed words") -> None:
        self.identity = identity

    def encode(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Vectors:
        return np.stack([sensed.vector for sensed in self.sense(texts, progress)])

    def sense(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> list[Sensed]:
        found = []
        for text in texts:
            places = [hashlib.sha256(word.encode()).digest()[0] % 32 for word in words(text)]
            tokens = np.eye(32, dtype=np.float16)[places]
            row = tokens.sum(axis=0, dtype=np.float32) + 1e-3
            found.append(Sensed(row / np.linalg.norm(row), tokens))
        if progress is not None:
            progress(len(texts))
        return found


def small_model(folder: Path) -> Path:
    """Return a sentence-transformers folder with a real model of a few hundred word vectors."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace

    known = sorted({*words((CORPUS / ORDER / "order.md").read_text(encoding="utf-8")), "[UNK]"})
    tokenizer = Tokenizer(WordLevel({word: n for n, word in enumerate(known)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    torch.manual_seed(514)
    module = StaticEmbedding(tokenizer, embedding_dim=32)
    SentenceTransformer(modules=[module], device="cpu").save(str(folder))
    return folder
