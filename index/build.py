"""Corpus -> index: embed clauses and example questions, train the head, then switch in one step."""

import hashlib
import secrets
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from pathlib import Path

import numpy as np

from index.asked import Authored, Example, Foreign, load_authored, load_facts
from index.conversation import Listener, Said
from index.directive import Clause, Directive
from index.encoder import Encoder
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
from index.reading import clause_name
from index.store import Entry, Store
from index.texts import Texts
from index.training import Lesson, train
from index.verdict import Verdict
from index.vocabulary import Vocabulary
from index.words import words

HEAD, TEXTS = "head-{collection}.npz", "texts-{collection}.json"
Progress = Callable[[int, int], None]
_SUFFIXES = {".toml", ".yaml", ".md"}
_NOT_INDEXED = {"README.md", "department.toml", "remarks.yaml", "request.yaml", "rules.yaml"}


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
                    text=context(directive, clause),
                )
            )
        for place, example in enumerate(authored.examples.get(directive.number, ())):
            if not example.history:
                found.append(
                    Entry(
                        id=_asked(directive, place),
                        directive=directive.number,
                        sections=example.sections,
                        text=example.ask,
                    )
                )
    return found


def _asked(directive: Directive, place: int) -> str:
    return f"{directive.number}|ask|{place}"


Told = tuple[Said, frozenset[str] | None, tuple[Verdict, ...], bool | None]


def _told(library: Library, authored: Authored, reader: Listener) -> list[Told]:
    """Return each authored question as it is read, what holds, its verdicts and its path."""
    told: list[Told] = []
    for directive in library.in_force():
        for example in authored.examples.get(directive.number, ()):
            clauses = (clause_name(directive.number, section) for section in example.sections)
            holds = frozenset((*example.facts, *clauses))
            said = reader.read(example.ask, example.history)
            told.append((said, holds, example.verdicts, example.path))
    for foreign in authored.elsewhere:
        said = reader.read(foreign.ask, foreign.history)
        told.append((said, None, (Verdict.NOT_COVERED,), False))
    return told


def _read(library: Library, authored: Authored, told: Sequence[Told]) -> dict[str, str]:
    """Return the text of each example's entry as a question is read, which is how it is embedded.

    ``told`` begins with the examples, in the order of the library.
    """
    ids = [
        _asked(directive, place)
        for directive in library.in_force()
        for place, _ in enumerate(authored.examples.get(directive.number, ()))
    ]
    return {entry: said.text for entry, (said, *_) in zip(ids, told, strict=False)}


def context(directive: Directive, clause: Clause) -> str:
    """Return a clause's text with the sentence it completes, as it is embedded."""
    lead = directive.clause(clause.lead) if clause.lead and clause.parent else None
    return f"{lead.text} {clause.text}" if lead is not None else clause.text


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
) -> Manifest:
    """Build a new collection beside the old one, switch the manifest to it, and return that.

    It holds what is in force on the library's day, and ``name`` is its manifest's. A crash before
    the switch leaves the old index serving. Raises IndexUnusable.
    """
    facts = load_facts(corpus)
    authored = load_authored(corpus, library, facts)
    kept = Texts(entries(library, authored), known(library, authored))
    vocabulary = Vocabulary(corpus, facts, kept.known)
    told = _told(library, authored, Listener(vocabulary, library.in_force(), facts))
    read = _read(library, authored, told)
    embedded = [read.get(entry.id, entry.text) for entry in kept.entries]
    asked = [*dict.fromkeys(said.text for said, *_ in told)]
    as_asked = set(asked)
    others = [text for text in dict.fromkeys(embedded) if text not in as_asked]
    steps = len(others) + len(asked) + len(told)
    vectors = encoder.encode(others, lambda done: progress(done, steps))
    sensed = encoder.sense(asked, lambda done: progress(len(others) + done, steps))
    sensed_of = dict(zip(asked, sensed, strict=True))
    vector_of = dict(zip(others, vectors, strict=True))
    vector_of |= {text: found.vector for text, found in sensed_of.items()}
    collection = f"in-force-{now:%Y%m%d%H%M%S}-{secrets.token_hex(3)}"
    store.write(collection, kept.entries, np.stack([vector_of[text] for text in embedded]))
    lessons = [
        Lesson(sensed_of[said.text], said.heard, holds, verdicts, path)
        for said, holds, verdicts, path in told
    ]
    head = train(
        lessons, facts.names, lambda share: progress(steps - int((1 - share) * len(told)), steps)
    )
    old = read_manifest(folder, name)
    manifest = Manifest(
        schema_version=SCHEMA,
        encoder=encoder.identity,
        corpus=corpus_hash(corpus, library.absent()),
        collection=collection,
        entries=len(kept.entries),
        built=now.isoformat(timespec="seconds"),
        previous=old.collection if old else None,
        since=library.since(),
    )
    path, texts_path = (folder / name.format(collection=collection) for name in (HEAD, TEXTS))
    try:
        head.save(path)
        kept.save(texts_path)
    except OSError as error:
        path.unlink(missing_ok=True)
        texts_path.unlink(missing_ok=True)
        raise unwritable(folder, error) from None
    if name == NAME and old is not None and old.since not in (None, manifest.since):
        write_manifest(folder, old, edition_name(old.since))
    write_manifest(folder, manifest, name)
    _tidy(folder, store)
    return manifest


def _tidy(folder: Path, store: Store) -> None:
    """Drop what no edition nor the one before it needs (a server may still read that)."""
    found = editions(folder)
    kept = [name for one in found for name in (one.collection, one.previous) if name]
    store.keep_only(kept)
    names = {form.format(collection=name) for name in kept for form in (HEAD, TEXTS)}
    for path in (*folder.glob("head-*.npz"), *folder.glob("texts-*.json")):
        if path.name not in names:
            path.unlink(missing_ok=True)
