"""The assistant over an opened index, put together from the settings."""

import time
import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.assistant import Assistant, Paused
from bot.config import Settings, secret_key
from bot.department import load as load_department
from bot.engines.chat import PROMPT, ChatEngine, ChatModel, connect
from bot.engines.rules import RulesEngine
from bot.grounding import Gate
from bot.links import Links
from bot.opening import Index
from bot.prompting import Prompt
from bot.prompting import load as load_prompt
from index.batching import Batching
from index.build import HEAD, TEXTS
from index.conversation import Listener
from index.ended import ended
from index.lexical import Lexical
from index.reading import Head
from index.remarks import load_remarks
from index.retrieve import Retriever
from index.synonyms import load_synonyms
from index.texts import Texts
from index.unread import Unread
from index.vocabulary import Vocabulary


@dataclass(frozen=True)
class Chat:
    """A chat model that is set up, and what it is told."""

    model: ChatModel
    prompt: Prompt


def new_id() -> str:
    """Return a fresh identifier for an answer."""
    return uuid.uuid4().hex


def make_links(settings: Settings) -> Links:
    """Return the maker of links; away from loopback links to clauses are signed too."""
    key = secret_key(settings)
    return Links(settings.address, key, sign_reading=not settings.loopback, clock=time.time)


def make_chat(settings: Settings) -> Chat | None:
    """Return the chat model that is set, if one is; raise SettingRefused if it cannot be used."""
    if settings.chat_model is None:
        return None
    prompt = load_prompt(settings.prompts_dir, PROMPT)
    address, key = settings.chat_base_url, settings.chat_api_key
    return Chat(connect(settings.chat_model, address, key, settings.chat_timeout), prompt)


def assistant(
    settings: Settings,
    index: Index,
    links: Links,
    chat: Chat | None,
    paused: Paused | None = None,
    past: Collection[str] = (),
    elsewhen: Callable[[date], Assistant] | None = None,
) -> Assistant:
    """Return the assistant over an opened index.

    ``chat`` phrases, where there is one; ``paused`` holds back what rests on a paused clause; the
    links to the directives ``past`` name their version; ``elsewhen`` as of the assistant.
    """
    facts, readings = index.facts, index.readings
    head = _beside(settings, index, HEAD)
    kept = Texts.load(_beside(settings, index, TEXTS))
    vocabulary = Vocabulary(settings.corpus_dir, facts, kept.known)
    directives = {directive.number: directive for directive in index.library.in_force()}
    nobody_read = [d for d in directives.values() if d.number in kept.unread]
    known_first = sorted(directives.values(), key=lambda d: d.number in kept.unread)
    retriever = Retriever(
        Batching(index.encoder),
        index.store,
        Lexical([entry for entry in kept.entries if entry.directive not in kept.unread]),
        Listener(vocabulary, known_first, facts),
        Head.load(head),
        facts,
        Unread(nobody_read, kept.entries, load_synonyms(settings.corpus_dir)),
    )
    contacts = load_department(settings.corpus_dir).contacts
    remarks = load_remarks(settings.corpus_dir, facts)
    gone = ended(index.library)
    mentions = index.library.graph().mentions
    rules = RulesEngine(directives, readings, facts, contacts.policy_unit, remarks, gone, mentions)
    gate = Gate(directives, readings, links, past)
    phraser = ChatEngine(chat.model, chat.prompt, directives, readings) if chat else None
    return Assistant(
        index.library,
        retriever,
        rules,
        gate,
        links,
        new_id,
        phraser,
        elsewhen,
        paused,
    )


def vocabulary_of(settings: Settings, index: Index) -> Vocabulary:
    """Return the vocabulary of the corpus with the words of an opened index."""
    known = Texts.load(_beside(settings, index, TEXTS)).known
    return Vocabulary(settings.corpus_dir, index.facts, known)


def _beside(settings: Settings, index: Index, name: str) -> Path:
    return settings.index_dir / name.format(collection=index.manifest.collection)
