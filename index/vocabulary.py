"""Officers' words -> facts and the order's words; misspelt words are mended before all else."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field
from rapidfuzz import process
from rapidfuzz.distance import OSA

from index.asked import Facts, read_yaml
from index.cue import pattern, stands
from index.phrases import Phrases, phrases_of
from index.words import contains, spanish_stem, stem, words

_CLOSED = ConfigDict(frozen=True, extra="forbid")
_SPANISH_SHARE = 0.25
_UNKNOWN_SHARE = 0.6
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")


class _Words(BaseModel):
    """vocabulary.yaml."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    words: dict[str, tuple[str, ...]]
    spanish: dict[str, tuple[str, ...]] = {}
    platforms: tuple[str, ...] = ()
    not_: tuple[str, ...] = Field((), alias="not")
    typos: dict[str, str] = {}
    expand: dict[str, str] = {}


class _Phrasing(BaseModel):
    """phrasing.yaml."""

    model_config = _CLOSED

    permission: tuple[str, ...]
    duty: tuple[str, ...]
    follow_up: tuple[str, ...]
    witness: tuple[str, ...]
    telling: tuple[str, ...]
    others_post: tuple[str, ...]
    own_post: tuple[str, ...]
    spanish: tuple[str, ...]
    foreign: tuple[str, ...]
    reference: tuple[str, ...]
    instruction: tuple[str, ...] = ()


class Heard(BaseModel):
    """A question as its words alone are understood.

    ``text`` is the question with spelling mended; ``facts`` are those its phrases state outright;
    ``denied`` are things it says are not there ("no uniform", "nothing about the job");
    ``extra`` are words of the order for the lexical search; ``anchored`` says that they name a
    platform or an act that directives on file are about; ``witness``, ``telling``, ``others_post``
    and ``own_post`` that somebody saw something, may have to tell, and whose post it is.
    """

    model_config = _CLOSED

    text: str
    words: tuple[str, ...]
    facts: frozenset[str]
    denied: frozenset[str] = frozenset()
    extra: tuple[str, ...] = ()
    platform: bool = False
    anchored: bool = False
    spanish: bool = False
    foreign: bool = False
    asks_permission: bool = False
    asks_duty: bool = False
    follows_up: bool = False
    asks_text: bool = False
    witness: bool = False
    telling: bool = False
    others_post: bool = False
    own_post: bool = False


class Vocabulary:
    """Knows officers' words; ``known`` are all words that count as spelt correctly."""

    def __init__(self, corpus: Path, facts: Facts, known: Iterable[str]) -> None:
        """Read vocabulary.yaml and phrasing.yaml; raise ReadingRefused if one is faulty."""
        data = read_yaml(corpus / "vocabulary.yaml", _Words)
        self._phrasing = read_yaml(corpus / "phrasing.yaml", _Phrasing)
        facts.refuse_unknown((*data.words, *data.spanish), str(corpus / "vocabulary.yaml"))
        self._english = phrases_of(stem, data.words, data.not_)
        self._spanish = phrases_of(spanish_stem, data.spanish, ())
        self._instructions = tuple(pattern(phrase) for phrase in self._phrasing.instruction)
        self._acts = frozenset(facts.acts)
        self._things = frozenset(facts.things)
        self._platforms = Phrases(stem)
        for name in data.platforms:
            self._platforms.add(name, ["platform"])
        self._typos = {tuple(words(wrong)): words(right) for wrong, right in data.typos.items()}
        self._expand = {
            tuple(stem(w) for w in words(said)): words(meant) for said, meant in data.expand.items()
        }
        self._spanish_words = frozenset(w for p in self._phrasing.spanish for w in words(p))
        self._foreign_words = frozenset(w for p in self._phrasing.foreign for w in words(p))
        lists = (*data.words.values(), *data.spanish.values(), data.platforms, data.not_)
        phrasing = (self._phrasing.permission, self._phrasing.duty, self._phrasing.follow_up)
        self._manner = {
            name: phrases_of(str, {name: getattr(self._phrasing, name)}, ()) for name in _MANNERS
        }
        self._openings = tuple(tuple(words(phrase)) for phrase in self._phrasing.follow_up)
        self._known = set(known) | self._spanish_words
        for phrase in (p for group in (*lists, *phrasing) for p in group):
            self._known.update(words(phrase))
        self._known.update(w for right in self._typos.values() for w in right)
        self._candidates = sorted(w for w in self._known if len(w) >= 4)

    def core(self, message: str) -> str:
        """Return a message without the sentences that tell how to answer it, unless all do.

        A sentence that names an act, a thing or a platform may hold the question, and stays.
        """
        said = _SENTENCE.split(message)
        kept = [sentence for sentence in said if not self._instructs(words(sentence))]
        return " ".join(kept) if any(map(words, kept)) and len(kept) < len(said) else message

    def _instructs(self, said: list[str]) -> bool:
        known = frozenset(said)
        if not any(stands(wanted, said, known) for wanted in self._instructions):
            return False
        facts, _ = self._stated(said)
        return not (facts & (self._acts | self._things) or self._platforms.find(said))

    def hear(self, question: str) -> Heard:
        """Return what the words of a question say by themselves."""
        raw = words(question)
        mended = self._mend(raw)
        spanish = self._is_spanish(mended)
        facts, denied = self._stated(mended)
        if spanish:
            facts = {f for f in facts if f not in _ENGLISH_ONLY} | self._spanish.find(mended)
        manner = {name: bool(phrases.find(mended)) for name, phrases in self._manner.items()}
        platform = bool(self._platforms.find(mended))
        if _is_report(manner, facts, platform):
            facts = (facts | {"report"}) - {"post"}
        stemmed = [stem(word) for word in mended]
        there = set(stemmed)
        return Heard(
            text=question if mended == raw else " ".join(mended),
            words=tuple(mended),
            facts=frozenset(facts),
            denied=frozenset(denied - facts),
            extra=tuple(
                word
                for said, meant in self._expand.items()
                if there.issuperset(said) and contains(stemmed, said)
                for word in meant
            ),
            platform=platform,
            anchored=platform or bool(self._acts & facts),
            spanish=spanish,
            foreign=not spanish and self._is_foreign(question, mended),
            asks_permission=manner["permission"],
            asks_duty=manner["duty"],
            follows_up=any(tuple(mended[: len(o)]) == o for o in self._openings),
            asks_text=manner["reference"],
            witness=manner["witness"],
            telling=manner["telling"],
            others_post=manner["others_post"],
            own_post=manner["own_post"],
        )

    def _stated(self, found: list[str]) -> tuple[set[str], set[str]]:
        """Return the facts that are stated, and the things that are said not to be there."""
        facts: set[str] = set()
        denied: set[str] = set()
        for at, meanings in self._english.places(found):
            before = found[max(0, at - 3) : at]
            absent = self._things if _is_denied(before) else frozenset()
            facts |= meanings - absent
            denied |= meanings & absent
        return facts, denied

    def _mend(self, found: list[str]) -> list[str]:
        mended: list[str] = []
        for word in found:
            if (word,) in self._typos:
                mended.extend(self._typos[word,])
            else:
                mended.append(word if self._is_known(word) else self._nearest(word))
        return mended

    def _is_known(self, word: str) -> bool:
        return word in self._known or len(word) < 4 or not word.isalpha()

    def _nearest(self, word: str) -> str:
        cutoff = 1 if len(word) < 8 else 2
        nearest = process.extractOne(
            word, self._candidates, scorer=OSA.distance, score_cutoff=cutoff
        )
        return word if nearest is None or nearest[0][0] != word[0] else str(nearest[0])

    def _is_spanish(self, found: list[str]) -> bool:
        if not found:
            return False
        hits = sum(word in self._spanish_words for word in found)
        third = sum(word in self._foreign_words for word in found)
        return hits >= 2 and hits > third and hits / len(found) >= _SPANISH_SHARE

    def _is_foreign(self, question: str, found: list[str]) -> bool:
        letters = [letter for letter in question if letter.isalpha()]
        latin = sum(letter < "\u0250" for letter in letters)
        if letters and latin / len(letters) < 0.5:
            return True
        hits = sum(word in self._foreign_words for word in found)
        if hits >= 2 and hits / len(found) >= _SPANISH_SHARE:
            return True
        long = [word for word in found if word.isalpha() and len(word) >= 3]
        unknown = sum(word not in self._known for word in long)
        return len(long) >= 4 and unknown / len(long) >= _UNKNOWN_SHARE


_MANNERS = ("permission", "duty", "reference", "witness", "telling", "others_post", "own_post")
_NOT = frozenset("no not without nothing never nobody none minus isnt arent".split())
_BETWEEN = frozenset("a an any in my the of about with on showing visible wearing".split())


def _is_report(manner: Mapping[str, bool], facts: set[str], platform: bool) -> bool:
    """Whether a question is about what somebody else posted, and whom to tell of it."""
    if manner["own_post"]:
        return False
    others, told, seen = manner["others_post"], manner["telling"], manner["witness"]
    about_posts = others or platform or bool(facts & {"post", "report"})
    return about_posts and (
        (told and (seen or others or "colleague" in facts))
        or (seen and others and "colleague" in facts)
    )


def _is_denied(before: list[str]) -> bool:
    """Whether the words before a phrase deny it: "no", "not in", "nothing about the"."""
    for word in reversed(before):
        if word in _NOT:
            return True
        if word not in _BETWEEN:
            return False
    return False


_ENGLISH_ONLY = frozenset({"me", "meaning"})
