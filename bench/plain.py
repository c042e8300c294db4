"""The pipelines a developer would build instead: LangChain over Chroma, BM25, and an ensemble.

The vector store is LangChain's own. ``Words`` searches as its BM25Retriever does, over bm25s;
``fuse`` merges as its EnsembleRetriever does. Passages are cut in ``bench.passages``.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any, NamedTuple

import bm25s
from langchain_chroma import Chroma
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever
from pydantic import PrivateAttr

from bench.passages import Shelf
from index.encoder import Encoder
from index.lexical import terms
from index.words import words

_RANK, _BATCH = 60, 1000
_COLLECTIONS = count()

# How a text is cut into words for BM25: the first as LangChain's retriever does unless told.
TOKENS: dict[str, Callable[[str], list[str]]] = {
    "as typed": str.split,
    "lower case": words,
    "stemmed": lambda text: terms(words(text)),
}


class Found(NamedTuple):
    """A text's place in its shelf and how near it is to the question."""

    text: int
    score: float


class Packaged(Embeddings):
    """The product's encoder as LangChain wants it; vectors may be remembered while sweeping."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._known: dict[str, list[float]] = {}

    def know(self, texts: Sequence[str], vectors: Sequence[Sequence[float]]) -> None:
        """Take over vectors that the same encoder has made already."""
        made = ([float(value) for value in vector] for vector in vectors)
        self._known |= dict(zip(texts, made, strict=True))

    def remember(self, texts: Sequence[str]) -> None:
        """Embed texts once, so that settings can be compared without embedding them anew."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            vectors = self._encoder.encode(new, lambda done: None).tolist()
            self._known |= dict(zip(new, vectors, strict=True))

    def forget(self) -> None:
        """Forget every vector, so that what is timed embeds its question."""
        self._known = {}

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return a unit vector a text."""
        self.remember(texts)
        return [self._known[text] for text in texts]

    def embed_query(self, text: str) -> list[float]:
        """Return the question's unit vector."""
        known = self._known.get(text)
        if known is not None:
            return known
        vector: list[float] = self._encoder.encode([text])[0].tolist()
        return vector


class Dense:
    """Similarity search in LangChain's Chroma, in memory, by cosine."""

    def __init__(self, shelf: Shelf, embeddings: Packaged) -> None:
        from chromadb.config import Settings

        self._store = Chroma(
            collection_name=f"plain-{next(_COLLECTIONS)}",
            embedding_function=embeddings,
            collection_metadata={"hnsw:space": "cosine"},
            client_settings=Settings(anonymized_telemetry=False),
        )
        for start in range(0, len(shelf.texts), _BATCH):
            part = shelf.texts[start : start + _BATCH]
            places = [{"place": start + after} for after in range(len(part))]
            self._store.add_texts([text.text for text in part], metadatas=places)

    def search(self, question: str, most: int) -> list[Found]:
        """Return the nearest texts, best first; the score is the cosine."""
        pairs = self._store.similarity_search_with_score(question, k=most)
        return [Found(document.metadata["place"], 1 - far) for document, far in pairs]

    def close(self) -> None:
        """Give the collection's memory back."""
        self._store.delete_collection()


class Words(BaseRetriever):
    """BM25 as a LangChain retriever: all of the order's passages in memory, the best ``k``."""

    documents: list[Document]
    cut: Callable[[str], list[str]]
    k: int
    _bm25: Any = PrivateAttr(default=None)
    _known: frozenset[str] = PrivateAttr(default=frozenset())

    def model_post_init(self, context: Any) -> None:  # noqa: ANN401
        """Index the documents, with the weights that LangChain's retriever has by default."""
        corpus = [self.cut(document.page_content) or ["\x00"] for document in self.documents]
        self._known = frozenset(word for text in corpus for word in text)
        self._bm25 = bm25s.BM25(k1=1.5, b=0.75)
        self._bm25.index(corpus, show_progress=False)

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        found = [word for word in self.cut(query) if word in self._known]
        if not found:
            return []
        scores = self._bm25.get_scores(found)
        best = scores.argsort(kind="stable")[::-1][: self.k]
        return [
            Document(
                page_content=self.documents[at].page_content,
                metadata={"place": int(at), "score": float(scores[at])},
            )
            for at in best
            if scores[at] > 0
        ]

    def search(self, question: str) -> list[Found]:
        """Return the best texts; the score is BM25's, which has no upper end."""
        documents = self.invoke(question)
        return [Found(d.metadata["place"], d.metadata["score"]) for d in documents]


def by_words(shelf: Shelf, tokens: str, most: int) -> Words:
    """Return BM25 over a shelf; ``tokens`` is a name of ``TOKENS``."""
    documents = [Document(page_content=text.text) for text in shelf.texts]
    return Words(documents=documents, cut=TOKENS[tokens], k=most)


def fuse(dense: Sequence[Found], lexical: Sequence[Found], weight: float) -> list[Found]:
    """Return both lists as one, by reciprocal ranks; ``weight`` is the dense list's share.

    The score is the sum of weight / (rank + 60), as in LangChain's EnsembleRetriever.
    """
    sums: dict[int, float] = defaultdict(float)
    for share, found in ((weight, dense), (1 - weight, lexical)):
        for rank, one in enumerate(found, 1):
            sums[one.text] += share / (rank + _RANK)
    ordered = sorted(sums.items(), key=lambda pair: -pair[1])
    return [Found(text, score) for text, score in ordered if score > 0]


def nearness(found: Sequence[Found]) -> float:
    """Return the best score of a list, less than any other when it is empty."""
    return found[0].score if found else -math.inf
