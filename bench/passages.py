"""The order as passages that a pipeline can cite, and the texts by which they are found."""

from langchain_text_splitters import RecursiveCharacterTextSplitter
from pydantic import BaseModel, ConfigDict

from index.asked import Authored
from index.build import context
from index.directive import Directive, squeeze
from index.verdict import Verdict

_CLOSED = ConfigDict(frozen=True, extra="forbid")

Span = tuple[int, int]


class Chunk(BaseModel):
    """A passage that can be cited, and the clauses it counts for, the most covered first."""

    model_config = _CLOSED

    text: str
    sections: tuple[str, ...]


class Text(BaseModel):
    """What is searched: a passage's words, or a question somebody wrote, and the places it cites.

    ``verdict`` and ``path`` are what an authored question is answered with; a question from
    elsewhere cites nothing.
    """

    model_config = _CLOSED

    text: str
    chunks: tuple[int, ...]
    verdict: Verdict | None = None
    path: bool | None = None


class Shelf(BaseModel):
    """Passages, and the texts by which they are found."""

    model_config = _CLOSED

    name: str
    chunks: tuple[Chunk, ...]
    texts: tuple[Text, ...]


def split(text: str, size: int, overlap: int) -> list[Span]:
    """Return the spans of the passages into which LangChain's recursive splitter cuts a text.

    They are of at most ``size`` characters; up to ``overlap`` characters are repeated.
    """
    splitter = RecursiveCharacterTextSplitter(
        chunk_size=size, chunk_overlap=overlap, add_start_index=True
    )
    cut = [(d.metadata["start_index"], d.page_content) for d in splitter.create_documents([text])]
    return [(start, start + len(content)) for start, content in cut]


def passages(directive: Directive, size: int, overlap: int) -> Shelf:
    """Return the order as issued, split; a passage that counts for no clause is left out."""
    chunks = []
    for span in split(directive.source, size, overlap):
        sections = counted(directive, span)
        if sections:
            chunks.append(Chunk(text=directive.source[slice(*span)], sections=sections))
    texts = tuple(Text(text=chunk.text, chunks=(at,)) for at, chunk in enumerate(chunks))
    return Shelf(name=f"{size}/{overlap}", chunks=tuple(chunks), texts=texts)


def counted(directive: Directive, span: Span) -> tuple[str, ...]:
    """Return the clauses a passage counts for, the most covered first.

    Those of which it holds at least half, and those that make up at least half of it.
    """
    found = []
    for clause in directive.clauses:
        shared = min(span[1], clause.span[1]) - max(span[0], clause.span[0])
        shortest = min(span[1] - span[0], clause.span[1] - clause.span[0])
        if shared > 0 and 2 * shared >= shortest:
            found.append((-shared, clause.section))
    return tuple(section for _, section in sorted(found, key=lambda pair: pair[0]))


def clauses(directive: Directive) -> Shelf:
    """Return a passage a clause, found by its words with the sentence it completes."""
    chunks = tuple(Chunk(text=squeeze(c.text), sections=(c.section,)) for c in directive.clauses)
    texts = tuple(
        Text(text=context(directive, clause), chunks=(at,))
        for at, clause in enumerate(directive.clauses)
    )
    return Shelf(name="clauses", chunks=chunks, texts=texts)


def asked(directive: Directive, authored: Authored) -> Shelf:
    """Return a passage a clause, found by its words and by every authored way of asking."""
    shelf = clauses(directive)
    place = {clause.section: at for at, clause in enumerate(directive.clauses)}
    ways = tuple(
        Text(
            text=example.ask,
            chunks=tuple(place[section] for section in example.sections),
            verdict=example.verdicts[0] if example.verdicts else None,
            path=example.path,
        )
        for example in authored.examples.get(directive.number, ())
        if not example.history
    )
    return shelf.model_copy(update={"name": "asked", "texts": shelf.texts + ways})


def answered(directive: Directive, authored: Authored) -> Shelf:
    """Return ``asked`` with questions about other matters beside it, which cite nothing."""
    shelf = asked(directive, authored)
    other = tuple(
        Text(text=foreign.ask, chunks=(), verdict=Verdict.NOT_COVERED, path=False)
        for foreign in authored.elsewhere
        if not foreign.history
    )
    return shelf.model_copy(update={"name": "answered", "texts": shelf.texts + other})
