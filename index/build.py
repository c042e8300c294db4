"""Corpus -> index: embed clauses and example questions, train the head, then switch in one step."""

import hashlib
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from index.asked import Authored, Facts, load_authored, load_facts
from index.directive import Clause, Directive
from index.encoder import Encoder
from index.library import Library
from index.manifest import SCHEMA, Manifest, read_manifest, unwritable, write_manifest
from index.reading import CLAUSE, clause_name, train
from index.store import Entry, Store
from index.vocabulary import Vocabulary
from index.words import words

HEAD = "head-{collection}.npz"
ASK = "|ask|"
Progress = Callable[[int, int], None]


def corpus_hash(corpus: Path) -> str:
    """Return a sha256 over the names and bytes of every file in the corpus folder."""
    digest = hashlib.sha256()
    for path in sorted(p for p in corpus.rglob("*") if p.suffix in {".toml", ".yaml", ".md"}):
        digest.update(str(path.relative_to(corpus)).encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def is_current(manifest: Manifest | None, corpus: Path, encoder: str) -> bool:
    """Whether an index with this manifest may be queried."""
    return manifest is not None and (
        (manifest.schema_version, manifest.encoder, manifest.corpus)
        == (SCHEMA, encoder, corpus_hash(corpus))
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
            found.append(
                Entry(
                    id=f"{directive.number}{ASK}{place}",
                    directive=directive.number,
                    sections=example.sections,
                    text=example.ask,
                )
            )
    return found


def _labels(library: Library, authored: Authored) -> list[frozenset[str] | None]:
    """Return what holds for each authored question, in the order of ``entries``: facts, clauses."""
    treated: list[frozenset[str] | None] = [
        frozenset((*example.facts, *(clause_name(d.number, s) for s in example.sections)))
        for d in library.in_force()
        for example in authored.examples.get(d.number, ())
    ]
    return [*treated, *(None for _ in authored.elsewhere)]


def context(directive: Directive, clause: Clause) -> str:
    """Return a clause's text with the sentence it completes, as it is embedded."""
    lead = directive.clause(clause.lead) if clause.lead and clause.parent else None
    return f"{lead.text} {clause.text}" if lead is not None else clause.text


def vocabulary(
    corpus: Path, facts: Facts, found: Sequence[Entry], authored: Authored
) -> Vocabulary:
    """Return the vocabulary; every word of the corpus and of the authored questions is known."""
    texts = [entry.text for entry in found] + [foreign.ask for foreign in authored.elsewhere]
    return Vocabulary(corpus, facts, {word for text in texts for word in words(text)})


def build(
    corpus: Path,
    library: Library,
    folder: Path,
    store: Store,
    encoder: Encoder,
    now: datetime,
    progress: Progress = lambda done, total: None,
) -> Manifest:
    """Build a new collection beside the old one, switch the manifest to it, and return that.

    A crash before the switch leaves the old index serving. Raises IndexUnusable.
    """
    facts = load_facts(corpus)
    authored = load_authored(corpus, library, facts)
    found = entries(library, authored)
    heard_by = vocabulary(corpus, facts, found, authored)
    texts = [e.text for e in found] + [foreign.ask for foreign in authored.elsewhere]
    vectors = encoder.encode(texts, lambda done: progress(done, len(texts)))
    collection = f"in-force-{now:%Y%m%d%H%M%S}-{secrets.token_hex(3)}"
    store.write(collection, found, vectors[: len(found)])
    labels = _labels(library, authored)
    asks = [place for place, entry in enumerate(found) if ASK in entry.id]
    rows = [*asks, *range(len(found), len(texts))]
    named = sorted({name for label in labels if label for name in label if CLAUSE in name})
    head = train(
        labels,
        facts.names,
        named,
        vectors[rows],
        [heard_by.hear(texts[row]) for row in rows],
    )
    old = read_manifest(folder)
    manifest = Manifest(
        schema_version=SCHEMA,
        encoder=encoder.identity,
        corpus=corpus_hash(corpus),
        collection=collection,
        entries=len(found),
        built=now.isoformat(timespec="seconds"),
        previous=old.collection if old else None,
    )
    path = folder / HEAD.format(collection=collection)
    try:
        head.save(path)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise unwritable(folder, error) from None
    write_manifest(folder, manifest)
    _tidy(folder, store, manifest)
    return manifest


def _tidy(folder: Path, store: Store, manifest: Manifest) -> None:
    """Drop what neither this index nor the one before it needs (a server may still read that)."""
    kept = [name for name in (manifest.collection, manifest.previous) if name]
    store.keep_only(kept)
    names = {HEAD.format(collection=name) for name in kept}
    for path in folder.glob("head-*.npz"):
        if path.name not in names:
            path.unlink(missing_ok=True)
