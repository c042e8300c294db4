"""A retrieval folder in BEIR's form: corpus.jsonl, queries.jsonl, and the judgements in qrels.tsv.

Everything is checked before anything is embedded; the documents' texts are streamed, never kept.
"""

import hashlib
from collections.abc import Container, Iterator
from math import isfinite
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field

from bot.errors import AssistantError
from bot.evaluation.jsonlines import LineRefused, lines, rows

_WHAT = "Retrieval file"
_CORPUS, _QUERIES = "corpus.jsonl", "queries.jsonl"
_JUDGEMENTS = ("qrels.tsv", "qrels/test.tsv")
_OPEN = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)


class Document(BaseModel):
    """A line of corpus.jsonl; other fields than these are left aside."""

    model_config = _OPEN

    id: str = Field(alias="_id", min_length=1)
    title: str | None = None
    text: str

    @property
    def whole(self) -> str:
        """The title and the text, as they are indexed."""
        return f"{self.title or ''} {self.text}".strip()


class Query(BaseModel):
    """A line of queries.jsonl."""

    model_config = _OPEN

    id: str = Field(alias="_id", min_length=1)
    text: str = Field(pattern=r"\S")


RowT = TypeVar("RowT", Document, Query)


class Folder(BaseModel):
    """A checked folder.

    ``ids`` are the documents' in their order, ``queries`` text by id, ``relevant`` the grade of
    each document that is relevant to a query; a query nobody found a document for is in neither.
    """

    model_config = ConfigDict(frozen=True)

    path: Path
    ids: tuple[str, ...]
    queries: dict[str, str]
    relevant: dict[str, dict[str, float]]

    def texts(self) -> Iterator[str]:
        """Yield the documents' texts in the order of ``ids``, read from the file anew."""
        for _, document in rows(self.path / _CORPUS, _WHAT, Document):
            yield document.whole


def load(path: Path, limit: int | None = None) -> Folder:
    """Return the folder, with the first ``limit`` of its judged queries if that is given.

    Raises AssistantError naming the file, the line and the remedy of the first fault.
    """
    if not path.is_dir():
        raise AssistantError(
            f"--retrieval {str(path)!r} is no folder. Give one with {_CORPUS}, {_QUERIES} and "
            f"{_JUDGEMENTS[0]}."
        )
    documents = {one.id: None for one in _unique(path / _CORPUS, Document)}
    queries = {one.id: one.text for one in _unique(path / _QUERIES, Query)}
    relevant = _relevant(_judgements(path), queries.keys(), documents.keys())
    asked = [query for query in queries if query in relevant][:limit]
    return Folder(
        path=path,
        ids=tuple(documents),
        queries={query: queries[query] for query in asked},
        relevant={query: relevant[query] for query in asked},
    )


def digest(path: Path) -> str:
    """Return a sha256 over the names and bytes of the files of a folder that are read."""
    found = hashlib.sha256()
    for file in (path / _CORPUS, path / _QUERIES, _judgements(path)):
        found.update(file.name.encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return found.hexdigest()


def _unique(path: Path, model: type[RowT]) -> Iterator[RowT]:
    """Yield what stands in a file; raise AssistantError for an id met twice, or for no line."""
    seen: dict[str, int] = {}
    for number, row in rows(path, _WHAT, model):
        if row.id in seen:
            said = f"_id {row.id!r} is that of line {seen[row.id]}. Give each line its own."
            raise LineRefused(_WHAT, path, number, said)
        seen[row.id] = number
        yield row
    if not seen:
        raise AssistantError(f"{_WHAT} {str(path)!r} is empty. Give a folder with one that is not.")


def _judgements(folder: Path) -> Path:
    for name in _JUDGEMENTS:
        if (folder / name).is_file():
            return folder / name
    raise AssistantError(
        f"--retrieval {str(folder)!r} has neither {' nor '.join(_JUDGEMENTS)}. Add one: a query's "
        "id, a document's id and a score a line, with tabs between."
    )


def _relevant(
    path: Path, queries: Container[str], documents: Container[str]
) -> dict[str, dict[str, float]]:
    """Return the grades above zero; a first line whose score is no number is the header."""
    graded: dict[str, dict[str, float]] = {}
    for number, line in lines(path, _WHAT):
        parts = [part.strip() for part in line.split("\t")]
        if len(parts) != 3:
            said = f"{len(parts)} columns. Write query-id, corpus-id and score, with tabs between."
            raise LineRefused(_WHAT, path, number, said)
        query, document, score = parts
        grade = _grade(score)
        if grade is None:
            if number == 1:
                continue
            said = f"score {score[:20]!r} is no number. Write a grade, 0 for not relevant."
            raise LineRefused(_WHAT, path, number, said)
        for name, known, file in ((query, queries, _QUERIES), (document, documents, _CORPUS)):
            if name not in known:
                said = f"{name!r} is not in {file}. Add it there, or take the line out."
                raise LineRefused(_WHAT, path, number, said)
        if graded.setdefault(query, {}).setdefault(document, grade) != grade:
            said = f"{query!r} and {document!r} were graded differently above. Leave one line."
            raise LineRefused(_WHAT, path, number, said)
    positive = {
        query: {document: grade for document, grade in grades.items() if grade > 0}
        for query, grades in graded.items()
    }
    found = {query: grades for query, grades in positive.items() if grades}
    if not found:
        raise AssistantError(
            f"{_WHAT} {str(path)!r} finds no document relevant. Give a score above 0 to some."
        )
    return found


def _grade(score: str) -> float | None:
    try:
        grade = float(score)
    except ValueError:
        return None
    return grade if isfinite(grade) else None
