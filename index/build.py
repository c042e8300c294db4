"""Corpus -> index: embed clauses and example questions, train the head, then switch in one step."""

import hashlib
import secrets
import shutil
from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path

from index.asked import Authored, Example, Foreign, load_authored, load_facts
from index.conversation import Listener
from index.directive import Clause, Directive
from index.encoder import Encoder
from index.filling import fill, missing, write_vectors
from index.lessons import taught_by, told
from index.library import Library
from index.manifest import (
    NAME,
    SCHEMA,
    Manifest,
    edition_name,
    editions,
    read_manifest,
    unwritable,
    write_manifest,
)
from index.reading import learnt_from
from index.store import Entry, Store
from index.texts import Texts
from index.training import train
from index.vectors import opened
from index.vocabulary import Vocabulary
from index.words import words

HEAD, TEXTS = "head-{collection}.npz", "texts-{collection}.json"
VECTORS = "vectors-{collection}.npy"
Progress = Callable[[int, int], None]
_SUFFIXES = {".toml", ".yaml", ".md"}
_NOT_INDEXED = {
    "README.md",
    "department.toml",
    "remarks.yaml",
    "request.yaml",
    "rules.yaml",
    "synonyms.yaml",
}


def corpus_hash(corpus: Path, absent: Collection[Path] = ()) -> str:
    """Return a sha256 over the names and bytes of every file that the index is made of.

    Readings, remarks, the form's questions and the contacts are read at each start and are not in
    the index: a change of these needs no new one. ``absent`` are the folders of versions that are
    not in force. What begins with a dot is still being written.
    """
    digest = hashlib.sha256()
    files = (
        path
        for path in corpus.rglob("*")
        if path.suffix in _SUFFIXES
        and path.name not in _NOT_INDEXED
        and path.parent not in absent
        and not any(part.startswith(".") for part in path.relative_to(corpus).parts)
    )
    for path in sorted(files):
        digest.update(str(path.relative_to(corpus)).encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def is_current(
    manifest: Manifest | None, corpus: Path, encoder: str, absent: Collection[Path] = ()
) -> bool:
    """Whether an index with this manifest may be queried; ``absent`` as for ``corpus_hash``."""
    return manifest is not None and (
        (manifest.schema_version, manifest.encoder, manifest.corpus)
        == (SCHEMA, encoder, corpus_hash(corpus, absent))
    )


def entries(library: Library, authored: Authored) -> list[Entry]:
    """Return every text that is embedded: each clause in its context, and each example question."""
    found = []
    for directive in library.in_force():
        for clause in directive.clauses:
            found.append(
                Entry(
                    id=f"{directive.number}|{clause.section}",
                    directive=directive.number,
                    sections=(clause.section,),
                    text=placed(directive, clause)
                    if directive.number in authored.unread
                    else context(directive, clause),
                )
            )
        for place, example in enumerate(authored.examples.get(directive.number, ())):
            if not example.history:
                found.append(
                    Entry(
                        id=_asked(directive.number, place),
                        directive=directive.number,
                        sections=example.sections,
                        text=example.ask,
                    )
                )
    return found


def _asked(number: str, place: int) -> str:
    return f"{number}|ask|{place}"


def context(directive: Directive, clause: Clause) -> str:
    """Return a clause's text with the sentence it completes, as it is embedded."""
    lead = directive.clause(clause.lead) if clause.lead and clause.parent else None
    return f"{lead.text} {clause.text}" if lead is not None else clause.text


def placed(directive: Directive, clause: Clause) -> str:
    """Return a clause as it is embedded where no question leads to it: title and headings first."""
    above = dict.fromkeys((directive.title, *clause.headings))
    return f"{'. '.join(above)}. {context(directive, clause)}"


def known(library: Library, authored: Authored) -> set[str]:
    """Return every word of the directives in force and of the authored questions."""
    asked: list[Example | Foreign] = [*authored.elsewhere]
    asked += [example for group in authored.examples.values() for example in group]
    texts = [clause.text for d in library.in_force() for clause in d.clauses]
    texts += [text for example in asked for text in (*example.history, example.ask)]
    return {word for text in texts for word in words(text)}


def build(
    corpus: Path,
    library: Library,
    folder: Path,
    store: Store,
    encoder: Encoder,
    now: datetime,
    progress: Progress = lambda done, total: None,
    *,
    name: str = NAME,
    afresh: bool = False,
) -> Manifest:
    """Build a new collection beside the old one, switch the manifest to it, and return that.

    It holds what is in force on the library's day, and ``name`` is its manifest's. What an edition
    on disk has the vector of is not embedded again, and the head is trained only where something
    that it learns from has changed; ``afresh`` makes everything anew. A crash before the switch
    leaves the old index serving. Raises IndexUnusable.
    """
    facts = load_facts(corpus)
    authored = load_authored(corpus, library, facts)
    kept = Texts(entries(library, authored), known(library, authored), authored.unread)
    reader = Listener(Vocabulary(corpus, facts, kept.known), library.in_force(), facts)
    lessons = told(library, authored, reader)
    taught = taught_by(lessons, facts, encoder.identity)
    earlier = [] if afresh else [m for m in editions(folder) if m.encoder == encoder.identity]
    before = [*opened(_beside(folder, VECTORS, one.collection) for one in earlier)]
    heads = (_beside(folder, HEAD, one.collection) for one in earlier)
    trained = next((path for path in heads if learnt_from(path) == taught), None)
    read = {_asked(*one.example): one.said.text for one in lessons if one.example is not None}
    texts = [read.get(entry.id, entry.text) for entry in kept.entries]
    asked = [] if trained else [*dict.fromkeys(one.said.text for one in lessons)]
    new = missing(texts, before, frozenset(asked))
    steps = _Steps(progress, 2 * len(asked) + len(new) + len(texts))
    collection = store.name(f"{now:%Y%m%d%H%M%S}-{secrets.token_hex(3)}")
    made = [_beside(folder, form, collection) for form in (VECTORS, HEAD, TEXTS)]
    try:
        sensed = dict(zip(asked, encoder.sense(asked, steps.of(len(asked))), strict=True))
        given = {text: one.vector for text, one in sensed.items()}
        vectors = write_vectors(made[0], texts, before, given, new, encoder, steps.of(len(new)))
        fill(store, collection, kept.entries, texts, vectors, steps.of(len(texts)))
        if trained:
            shutil.copyfile(trained, made[1])
        else:
            count, advance = len(asked), steps.of(len(asked))
            head = train(
                [one.lesson(sensed[one.said.text]) for one in lessons],
                facts.names,
                vectors.dimension,
                lambda share: advance(int(share * count)),
            )
            head.save(made[1], taught)
        kept.save(made[2])
    except OSError as error:
        for path in made:
            path.unlink(missing_ok=True)
        raise unwritable(folder, error) from None
    old = read_manifest(folder, name)
    manifest = Manifest(
        schema_version=SCHEMA,
        encoder=encoder.identity,
        corpus=corpus_hash(corpus, library.absent()),
        collection=collection,
        entries=len(kept.entries),
        embedded=len(asked) + len(new),
        trained=trained is None,
        built=now.isoformat(timespec="seconds"),
        previous=old.collection if old else None,
        since=library.since(),
    )
    if name == NAME and old is not None and old.since not in (None, manifest.since):
        write_manifest(folder, old, edition_name(old.since))
    write_manifest(folder, manifest, name)
    _tidy(folder, store)
    return manifest


class _Steps:
    """Turns the progress of stages, one after the other, into that of the whole."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress, self._total, self._begun = progress, total, 0

    def of(self, size: int) -> Callable[[int], None]:
        """Return what the next stage, of ``size`` steps, calls with the number done."""
        start = self._begun
        self._begun += size
        return lambda done: self._progress(start + done, self._total)


def _beside(folder: Path, form: str, collection: str) -> Path:
    return folder / form.format(collection=collection)


def _tidy(folder: Path, store: Store) -> None:
    """Drop what no edition nor the one before it needs (a server may still read that)."""
    found = editions(folder)
    kept = [name for one in found for name in (one.collection, one.previous) if name]
    store.keep_only(kept)
    for form in (HEAD, TEXTS, VECTORS):
        names = {form.format(collection=name) for name in kept}
        for path in folder.glob(form.format(collection="*")):
            if path.name not in names:
                path.unlink(missing_ok=True)
