"""The pipelines a developer would build instead: LangChain over Chroma, BM25, and an ensemble.

All three are LangChain's own classes, as its splitter is in ``bench.passages``.
"""

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import count
from typing import Any, NamedTuple

import numpy as np
from langchain_chroma import Chroma
from langchain_classic.retrievers import EnsembleRetriever
from langchain_community.retrievers import BM25Retriever
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnablePassthrough

from bench.passages import Shelf
from index.encoder import Encoder
from index.lexical import terms
from index.words import words

_PLACE, _COSINE = "place", "cosine"
_BATCH, _WORDS = 1000, 1000
_COLLECTIONS = count()

# How a text is cut into words for BM25: the first as LangChain's retriever does unless told.
TOKENS: dict[str, Callable[[str], list[str]]] = {
    "as typed": str.split,
    "lower case": words,
    "stemmed": lambda text: terms(words(text)),
}


class Found(NamedTuple):
    """Documents, best first, and how near they are to the question: a cosine, or BM25's score.

    Each has its place in its shelf in its metadata; those of the store have their cosine there too.
    """

    documents: list[Document]
    near: float


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


class Store(Chroma):
    """LangChain's Chroma, in memory, by cosine; its retriever keeps the cosine of what it finds."""

    def __init__(self, shelf: Shelf, embeddings: Packaged) -> None:
        from chromadb.config import Settings

        super().__init__(
            collection_name=f"plain-{next(_COLLECTIONS)}",
            embedding_function=embeddings,
            collection_metadata={"hnsw:space": "cosine"},
            client_settings=Settings(anonymized_telemetry=False),
        )
        held = documents(shelf)
        for start in range(0, len(held), _BATCH):
            self.add_documents(held[start : start + _BATCH])

    def similarity_search(self, query: str, k: int, **kwargs: Any) -> list[Document]:  # noqa: ANN401
        """Return the nearest ``k`` texts, best first, each with its cosine."""
        pairs = self.similarity_search_with_score(query, k=k, **kwargs)
        for document, far in pairs:
            document.metadata[_COSINE] = 1 - far
        return [document for document, _ in pairs]

    def nearest(self, most: int) -> BaseRetriever:
        """Return the store's own retriever of the nearest ``most``."""
        return self.as_retriever(search_kwargs={"k": most})


def documents(shelf: Shelf) -> list[Document]:
    """Return a shelf's texts as LangChain wants them, each with its place."""
    return [
        Document(page_content=text.text, metadata={_PLACE: at})
        for at, text in enumerate(shelf.texts)
    ]


def by_words(shelf: Shelf, tokens: str, most: int) -> BM25Retriever:
    """Return LangChain's BM25 over a shelf; ``tokens`` is a name of ``TOKENS``."""
    cut = TOKENS[tokens]
    return BM25Retriever.from_documents(documents(shelf), preprocess_func=cut, k=most)


def remembering(retriever: BM25Retriever) -> BM25Retriever:
    """Return the retriever, which now remembers each word's part of the scores while sweeping.

    The parts are added in the order of the words, as BM25 adds them: the sums are the same.
    """
    vectorizer = retriever.vectorizer
    part = lru_cache(maxsize=_WORDS)(lambda word, whole=vectorizer.get_scores: whole([word]))
    nothing = np.zeros(vectorizer.corpus_size)
    vectorizer.get_scores = lambda words: sum(
        (part(word) for word in words if word in vectorizer.idf), nothing
    )
    return retriever


def ensemble(dense: Runnable, lexical: Runnable, weight: float) -> EnsembleRetriever:
    """Return LangChain's ensemble of two retrievers; ``weight`` is the dense one's share."""
    return EnsembleRetriever(
        retrievers=[dense, lexical], weights=[weight, 1 - weight], id_key=_PLACE
    )


def search(retriever: BaseRetriever, question: str) -> Found:
    """Return what a retriever finds; near is BM25's best score, else the best cosine.

    BM25 always finds its ``k`` texts, if need be with a score of nought.
    """
    found = retriever.invoke(question)
    if isinstance(retriever, BM25Retriever):
        words = retriever.preprocess_func(question)
        best = retriever.vectorizer.get_batch_scores(words, places(found[:1]))
        return Found(found, max(best, default=-math.inf))
    cosines = [one.metadata[_COSINE] for one in found if _COSINE in one.metadata]
    return Found(found, max(cosines, default=-math.inf))


def merged(dense: Sequence[Document], lexical: Sequence[Document], weight: float) -> list[Document]:
    """Return what the ensemble makes of lists found already, without searching again."""
    idle = RunnablePassthrough()
    fused = ensemble(idle, idle, weight)
    return fused.weighted_reciprocal_rank([list(dense), list(lexical)])


def places(found: Sequence[Document]) -> list[int]:
    """Return each document's place in its shelf."""
    return [one.metadata[_PLACE] for one in found]
