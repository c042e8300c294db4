"""The gate for a chat model's words: what a phrasing may say behind the verdict the rules gave.

It errs to dropping: a fault that is not there costs a phrasing, one that gets through an officer.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.answer import Verdict
from bot.dropping import Drop, Dropped
from bot.engines import telltale
from bot.engines.force import Sources, fits
from bot.engines.said import Part, Source, normal, parts, references, sentences
from index.directive import squeeze
from index.words import contains, words

_LONGEST, _FEWEST = 700, 5
_LEAKED, _PARROTED = 7, 6
_MARKUP = re.compile(
    r"[<>`*#|~^\\{}@_=]|\[|\]|\bhttps?:|\bwww\.|\w\.(?:com|org|net|gov|io|edu|us|co|test)\b|&\w+;"
    r"|^\s*(?:[-–•+]|\d+[.)])\s",
    re.IGNORECASE,
)
_MARKS = frozenset("•¶§–—’‘“”…")
_QUOTED = re.compile(r"[\"“”]([^\"“”]*)[\"“”]|(?<!\w)[‘']([^‘’']{2,})[’'](?!\w)")
_DOUBLE = re.compile(r"[\"“”]")
_ENGLISH = frozenset(
    "the of is are to a an and or not in on for by without this that it be as with no any may "
    "shall should must from under their his her you your who which when if".split()
)
_FOREIGN = frozenset(
    "el la los las un una que no puede debe sin con por para del esta este es su en y o permiso le "
    "les des du est sont vous pas ne sans avec der die das und nicht ist ein eine mit ohne sie "
    "os uma nao pode sem il lo gli che non di non per senza e het een niet".split()
)
_INSTRUCTED = re.compile(
    r"\b(?:i|im|ive|ill|id|me|my|mine|myself|we|our|us)\b|\b(?:ai|chatbot|bot|prompt|prompts|"
    r"instruct\w*|assistant|language model|system message|previous instructions?|as requested|"
    r"as you asked|as you wish|as told|override|overrides|overridden|overruled|rescinded|repealed|"
    r"updated|new rule|new policy|json|roleplay|pretend|developer)\b"
)
_NUMBERED = re.compile(
    r"\b(?:section|clause|paragraph|bullet|article|item)\s+([\w.•¶()-]*\w)", re.IGNORECASE
)


@dataclass(frozen=True)
class Ground:
    """What a phrasing is held against.

    ``cited`` are the sections it cites, with the directives' names; ``own`` the sentences of the
    rules; ``sources`` what words of force may rest on; ``prompt`` what the model was told to do,
    which it must not repeat.
    """

    verdict: Verdict
    advised: bool
    sentences: int
    cited: tuple[str, ...]
    names: tuple[str, ...]
    sources: Sources
    own: tuple[str, ...]
    question: str
    prompt: str


def check(text: str, ground: Ground) -> str:
    """Return the phrasing, white space squeezed; raise Drop for the first fault."""
    if not squeeze(text):
        raise Drop(Dropped.EMPTY)
    if len(text) > _LONGEST or len(sentences(text)) > ground.sentences:
        raise Drop(Dropped.TOO_LONG)
    said = parts(normal(text), ground.own)
    for reason, fault in _FAULTS:
        if fault(text, said, ground):
            raise Drop(reason)
    return _ended(squeeze(text))


def _ended(text: str) -> str:
    return text if text[-1] in '.!?"”' else f"{text}."


def _marked_up(text: str, said: Sequence[Part], ground: Ground) -> bool:
    odd = any(
        c not in _MARKS
        and c not in "+$"
        and unicodedata.category(c) in {"Cc", "Cf", "Co", "Cn", "Cs", "So", "Sk", "Sm", "Zl", "Zp"}
        for c in text
    )
    return odd or bool(_MARKUP.search(text))


def _in_another_language(text: str, said: Sequence[Part], ground: Ground) -> bool:
    if any(c.isalpha() and not c.isascii() for c in text):
        return True
    heard = words(text)
    english, foreign = sum(w in _ENGLISH for w in heard), sum(w in _FOREIGN for w in heard)
    return foreign > english or (len(heard) > 5 and not english)


def _alters_a_quote(text: str, said: Sequence[Part], ground: Ground) -> bool:
    if len(_DOUBLE.findall(text)) % 2:
        return True
    quoted = [(found[1] or found[2] or "").rstrip(".,;") for found in _QUOTED.finditer(text)]
    return any(not squeeze(quote) or not ground.sources.order.quotes(quote) for quote in quoted)


def _names_what_is_not_cited(text: str, said: Sequence[Part], ground: Ground) -> bool:
    text = _without_own(text, ground.own)
    named = references(text) + [
        found[1] for found in _NUMBERED.finditer(text) if re.search(r"\d|^[A-Z]+$", found[1])
    ]
    return any(not _is_cited(name, ground) for name in named)


def _is_cited(name: str, ground: Ground) -> bool:
    """Whether a number is a cited section, its end or its beginning, or a directive's own."""
    if any(name in known.split() for known in ground.names):
        return True
    return any(
        section == name
        or section.endswith(f".{name}")
        or section.startswith((f"{name}.", f"{name}•", f"{name}¶"))
        or f".{name}." in section
        or f".{name}•" in section
        for section in ground.cited
    )


def _leaks(text: str, said: Sequence[Part], ground: Ground) -> bool:
    return _repeats(said, ground.prompt, _LEAKED, ground)


def _obeys(text: str, said: Sequence[Part], ground: Ground) -> bool:
    own = _without_own(text, ground.own)
    heard = " ".join(words(own))
    roman = re.sub(r"\bI\b(?=[.•¶])", "", own)
    alone = " ".join(words(roman)) if roman != own else heard
    return bool(_INSTRUCTED.search(alone)) or _repeats(said, ground.question, _PARROTED, ground)


def _repeats(said: Sequence[Part], other: str, run: int, ground: Ground) -> bool:
    """Whether a run of words is taken from another text and is not the order's either."""
    there = words(other)
    return any(
        contains(there, part.words[at : at + run])
        and not ground.sources.order.holds(part.words[at : at + run])
        for part in said
        if not part.own
        for at in range(len(part.words) - run + 1)
    )


def _without_own(text: str, own: Sequence[str]) -> str:
    text = squeeze(text)
    for sentence in own:
        text = re.sub(re.escape(sentence.rstrip(".")), "", text, flags=re.IGNORECASE)
    return text


def _contradicts(text: str, said: Sequence[Part], ground: Ground) -> bool:
    return not all(
        fits(ground.verdict, part, ground.sources, advised=ground.advised) for part in said
    )


def _claims(text: str, said: Sequence[Part], ground: Ground) -> bool:
    reviewed = ground.sources.reviewed
    return any(telltale.claims_permission(part, reviewed) for part in said)


def _strays(text: str, said: Sequence[Part], ground: Ground) -> bool:
    if len(words(text)) < _FEWEST or not (text.strip()[0].isupper() or text.strip()[0] in '"“'):
        return True
    return any(telltale.strays(part, ground.sources.order) for part in said)


def _each(
    fault: Callable[[Part, Source], bool],
) -> Callable[[str, Sequence[Part], Ground], bool]:
    return lambda text, said, ground: any(fault(part, ground.sources.order) for part in said)


_FAULTS: tuple[tuple[Dropped, Callable[[str, Sequence[Part], Ground], bool]], ...] = (
    (Dropped.MARKUP, _marked_up),
    (Dropped.LANGUAGE, _in_another_language),
    (Dropped.ALTERED_QUOTE, _alters_a_quote),
    (Dropped.UNCITED_CLAUSE, _names_what_is_not_cited),
    (Dropped.LEAKED_PROMPT, _leaks),
    (Dropped.INSTRUCTED, _obeys),
    (Dropped.LEGAL_ADVICE, _each(telltale.on_rights)),
    (Dropped.CLAIMS_PERMISSION, _claims),
    (Dropped.CONTRADICTS, _contradicts),
    (Dropped.INVENTS, _each(telltale.invents)),
    (Dropped.STRAYS, _strays),
)
