"""Retrieval alone, on a folder of documents, queries and judgements: how good, and how fast.

The encoder, Chroma and the stemmed BM25 are those of the answering path, which fuses them with what
was authored for a directive; here nothing authored takes part (index.fusion). Documents pass
through in batches; only their vectors (in Chroma, on disk) and the numbers of their stems stay.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from math import ceil
from statistics import median

import numpy as np
from pydantic import BaseModel, ConfigDict

from bot.evaluation import ranking
from bot.evaluation.folder import Folder
from index.encoder import Encoder, Vectors
from index.fusion import fused, highest
from index.lexical import Bm25
from index.store import Entry, Store
from index.words import tokens

METHODS = ("dense", "bm25", "fused")
DEPTH = 100
# Each search reaches farther than the list that is judged, so that fusing has what to choose of.
_REACH = 2 * DEPTH
_FIRST = (1, 5, 10, 100)
_BATCH = 512
_COLLECTION = "retrieval"
_CLOSED = ConfigDict(frozen=True, extra="forbid")
Progress = Callable[[int, int], None]
Found = dict[int, float]


class Ranked(BaseModel):
    """The figures of one way of ranking: means over the queries; milliseconds a query.

    The times are from the query's text to the ranked list; those of dense and of fused hold the
    embedding.
    """

    model_config = _CLOSED

    recall_at_1: float
    recall_at_5: float
    recall_at_10: float
    recall_at_100: float
    map_at_10: float
    ndcg_at_10: float
    took_ms_median: float
    took_ms_p95: float


class Measured(BaseModel):
    """A folder measured: each way of ranking, the bare embedding of a query, and the indexing."""

    model_config = _CLOSED

    documents: int
    queries: int
    encoder: str
    indexing_s: float
    documents_per_s: float
    embedding_ms_median: float
    over_embedding: float
    methods: dict[str, Ranked]

    def as_json(self) -> dict[str, object]:
        """Return plain values: the figures of what answers use (fused), and then of each way."""
        data = self.model_dump(exclude={"methods"})
        methods = {name: ranked.model_dump() for name, ranked in self.methods.items()}
        return {**data, **methods["fused"], "methods": methods}


class _Times(BaseModel):
    """Milliseconds of the steps of one query."""

    model_config = _CLOSED

    embedding: float
    dense: float
    bm25: float
    fusing: float

    def of(self, method: str) -> float:
        """Return what one way of ranking takes, from the query's text on."""
        whole = {"dense": self.embedding + self.dense, "bm25": self.bm25}
        return whole.get(method, self.embedding + self.dense + self.bm25 + self.fusing)


class Searcher:
    """Ranks the documents of a folder, by their place in it, in each of the ways.

    ``indexing_s`` is how many seconds it took to index them.
    """

    def __init__(
        self,
        folder: Folder,
        encoder: Encoder,
        store: Store,
        progress: Progress,
        batch: int = _BATCH,
    ) -> None:
        """Index the folder in ``store``, which should be empty and a folder of its own.

        ``batch`` is how many documents are in memory at a time.
        """
        started = time.perf_counter()
        self.encoder = encoder
        self._store = store
        self._batch = batch
        self._count = len(folder.ids)
        store.create(_COLLECTION)
        self._bm25 = Bm25(self._indexed(folder.texts(), progress))
        store.open(_COLLECTION)
        self.indexing_s = time.perf_counter() - started

    def _indexed(self, texts: Iterator[str], progress: Progress) -> Iterator[str]:
        """Embed and store texts batch by batch, and hand each of them on."""
        done = 0
        while batch := list(islice(texts, self._batch)):
            vectors = self.encoder.encode(batch, lambda _: None)
            places = range(done, done + len(batch))
            entries = [
                Entry(id=str(place), directive="", sections=(str(place),), text="")
                for place in places
            ]
            self._store.add(_COLLECTION, entries, vectors)
            yield from batch
            done += len(batch)
            progress(done, self._count)

    def rank(self, query: str) -> tuple[dict[str, list[int]], _Times]:
        """Return the best places each way finds, best first, and what the steps took."""
        started = time.perf_counter()
        vector = self.encoder.encode([query])
        embedded = time.perf_counter()
        cosines = self._cosines(vector)
        dense = _best(cosines)
        searched = time.perf_counter()
        said = tokens(query)
        shares = self._bm25.shares(said)
        if shares is None:
            shares = np.zeros(self._count, dtype=np.float32)
        lexical = _best({place: float(shares[place]) for place in highest(shares, _REACH).tolist()})
        scored = time.perf_counter()
        both = _best(fused(cosines, shares, self._bm25, said, _REACH))
        ended = time.perf_counter()
        times = _Times(
            embedding=(embedded - started) * 1000,
            dense=(searched - embedded) * 1000,
            bm25=(scored - searched) * 1000,
            fusing=(ended - scored) * 1000,
        )
        return {"dense": dense, "bm25": lexical, "fused": both}, times

    def _cosines(self, vector: Vectors) -> Found:
        near = self._store.nearest(vector, min(_REACH, self._count))
        return {int(one.sections[0]): one.similarity for one in near}


def measure(folder: Folder, searcher: Searcher, progress: Progress) -> Measured:
    """Ask the folder's queries one by one, and return the figures."""
    ranked: dict[str, list[dict[str, float]]] = {method: [] for method in METHODS}
    times = []
    for count, (query, text) in enumerate(folder.queries.items(), 1):
        found, lap = searcher.rank(text)
        times.append(lap)
        for method, places in found.items():
            documents = [folder.ids[place] for place in places]
            ranked[method].append(_worth(documents, folder.relevant[query]))
        progress(count, len(folder.queries))
    embedding = [lap.embedding for lap in times]
    return Measured(
        documents=len(folder.ids),
        queries=len(folder.queries),
        encoder=searcher.encoder.identity,
        indexing_s=searcher.indexing_s,
        documents_per_s=len(folder.ids) / searcher.indexing_s,
        embedding_ms_median=median(embedding),
        over_embedding=median(lap.of("fused") / lap.embedding for lap in times),
        methods={
            method: _ranked(ranked[method], [lap.of(method) for lap in times]) for method in METHODS
        },
    )


def _worth(documents: Sequence[str], relevant: dict[str, float]) -> dict[str, float]:
    """Return the figures of one query's list."""
    return {
        **{f"recall_at_{first}": ranking.recall(documents, relevant, first) for first in _FIRST},
        "map_at_10": ranking.average_precision(documents, relevant, 10),
        "ndcg_at_10": ranking.ndcg(documents, relevant, 10),
    }


def _ranked(worths: Sequence[dict[str, float]], times: Sequence[float]) -> Ranked:
    """Return the means over queries, and the median and 95th percentile of their times."""
    means = {name: sum(one[name] for one in worths) / len(worths) for name in worths[0]}
    slow = sorted(times)[ceil(0.95 * len(times)) - 1]
    return Ranked(**means, took_ms_median=median(times), took_ms_p95=slow)


def _best(scores: Found) -> list[int]:
    """Return the places by score, the best first; of equal ones the earlier in the folder."""
    return sorted(scores, key=lambda place: (-scores[place], place))[:DEPTH]
