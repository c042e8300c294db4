"""The chat engine: a LangChain chat model phrases the rules' draft and picks among its clauses.

The verdict, the rules, the path, the notices and the clarifying question stay the rules' own.
"""

import json
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, SecretStr, ValidationError

from bot import wording
from bot.deadline import within
from bot.draft import Draft, DraftCitation
from bot.dropping import Drop, Dropped
from bot.engines.force import Sources
from bot.engines.offer import At, Offer, offer
from bot.engines.phrasing import Ground, check
from bot.engines.said import Source
from bot.engines.telling import Teller
from bot.errors import SettingRefused
from bot.prompting import Prompt
from bot.quoting import cite
from index.directive import FROZEN, Directive
from index.retrieve import Retrieval
from index.rules import Effect, Reading

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage

NAME = "chat"
PROMPT = "phrase-1"
_LIBRARIES = ("openai", "httpx", "httpcore", "ollama", "anthropic", "langchain", "langsmith")
_NO_KEY = "none"
_LONGEST = 20_000


class Phrased(BaseModel):
    """What a model returns: ids of offered clauses, and the sentences behind the verdict's."""

    model_config = FROZEN

    cite: tuple[str, ...]
    phrasing: str


class ChatModel:
    """A chat model behind LangChain, asked once and for a bounded time."""

    def __init__(self, model: "BaseChatModel", seconds: float) -> None:
        """Make the model return ``Phrased``; raise NotImplementedError if it cannot."""
        self._seconds = seconds
        self._ask = model.with_structured_output(Phrased.model_json_schema(), include_raw=True)

    def reply(self, instructions: str, case: str) -> str:
        """Return the raw reply, JSON if all is well; raise Drop for whatever went wrong."""
        try:
            return within(self._seconds, lambda: self._call(instructions, case))
        except Drop:
            raise
        except Exception as error:
            raise Drop(_reason(error)) from None

    async def _call(self, instructions: str, case: str) -> str:
        from langsmith import tracing_context

        with tracing_context(enabled=False):  # a question goes to the model that is set, only
            found = await self._ask.ainvoke([("system", instructions), ("human", case)])
        if not isinstance(found, dict):
            raise Drop(Dropped.WRONG_SHAPE)
        return _text(found["raw"])


class ChatEngine:
    """Phrases drafts of the rules; raises Drop where they had better stay as they are."""

    def __init__(
        self,
        model: ChatModel,
        prompt: Prompt,
        directives: Mapping[str, Directive],
        readings: Mapping[str, Reading],
    ) -> None:
        self._model = model
        self._prompt = prompt
        self._directives = directives
        self._readings = readings
        self._teller = Teller(directives, readings)

    @property
    def name(self) -> str:
        """The engine's name in answers."""
        return NAME

    def phrase(self, retrieval: Retrieval, earlier: Sequence[str], draft: Draft) -> Draft:
        """Return the draft with the model's words and choice of clauses; raise Drop with a reason.

        Earlier questions are sent only where this one leans on them.
        """
        offered = offer(retrieval, earlier, draft, self._directives, self._readings)
        raw = self._model.reply(self._prompt.instructions, self._prompt.told(offered.case))
        phrased = _read(raw)
        chosen = _chosen(phrased.cite, offered)
        text = check(phrased.phrasing, self._ground(offered, chosen))
        told = offered.told
        notices = self._teller.standing(retrieval, chosen)
        return draft.model_copy(
            update={
                "summary": wording.summary(told.opening, (text, told.closing)),
                "citations": tuple(_citation(offered, at) for at in chosen),
                "notices": tuple(dict.fromkeys((*draft.notices, *notices))),
                "engine": NAME,
                "prompt": self._prompt.version,
            }
        )

    def _ground(self, offered: Offer, chosen: Sequence[At]) -> Ground:
        told, rules = offered.told, offered.rules_of(Effect.PROHIBITED)
        own = tuple(text for text in (*told.reading, told.closing, told.opening) if text)
        bans = [at for at in chosen if at in rules]
        return Ground(
            verdict=offered.draft.verdict,
            advised=offered.advised,
            sentences=offered.case.sentences,
            cited=tuple(section for _, section in chosen),
            names=offered.names(),
            sources=Sources(
                order=Source((*offered.texts(chosen), *own)),
                bans=Source((*offered.texts(bans), *told.reading)),
                reviewed=Source(text for text in own if text not in offered.quoted),
            ),
            own=own,
            question=offered.case.question,
            prompt=self._prompt.instructions,
        )


def connect(
    chat_model: str, base_url: str | None, api_key: SecretStr | None, seconds: float
) -> ChatModel:
    """Return the model that ``provider:model`` names; raise SettingRefused with the remedy.

    Without a key an address of one's own gets a placeholder, never a key of the environment.
    """
    from langchain.chat_models import init_chat_model

    for name in _LIBRARIES:
        library = logging.getLogger(name)
        library.setLevel(max(library.level, logging.WARNING))  # below, they log what was asked
    provider, _, model = chat_model.partition(":")
    options = _options(provider, base_url, api_key, seconds)
    try:
        made: BaseChatModel = init_chat_model(
            model, model_provider=provider, temperature=0, **options
        )
        return ChatModel(made, seconds)
    except ImportError as error:
        package = re.search(r"pip install ([\w-]+)", str(error))
        name = package[1] if package else f"langchain-{provider}"
        raise SettingRefused(
            f"CHAT_MODEL: {provider!r} needs the package {name}. "
            f"Install it with 'pip install {name}', or choose another provider."
        ) from None
    except ValueError as error:
        if "nsupported provider" not in str(error):
            raise SettingRefused(_unusable(provider, error)) from None
        raise SettingRefused(
            f"CHAT_MODEL: there is no provider {provider!r}. "
            "Use one that LangChain knows, such as openai or ollama."
        ) from None
    except Exception as error:
        raise SettingRefused(_unusable(provider, error)) from None


def _unusable(provider: str, error: Exception) -> str:
    return (
        f"CHAT_MODEL: {provider!r} cannot be set up ({type(error).__name__}). "
        "Set CHAT_API_KEY, and CHAT_BASE_URL where it needs an address."
    )


def _options(
    provider: str, base_url: str | None, api_key: SecretStr | None, seconds: float
) -> dict[str, Any]:
    """Return what a provider takes; Ollama's client has no key of its own, and no retries."""
    key = api_key.get_secret_value() if api_key else None
    address: dict[str, object] = {"base_url": base_url} if base_url else {}
    if provider == "ollama":
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return {**address, "client_kwargs": {"timeout": seconds, "headers": headers}}
    if key is None and base_url is not None:
        key = _NO_KEY
    named: dict[str, object] = {"api_key": key} if key else {}
    return {**address, **named, "timeout": seconds, "max_retries": 0}


def _text(raw: "BaseMessage") -> str:
    """Return the JSON of a reply: the arguments of its one tool call, or else its text."""
    calls = getattr(raw, "tool_calls", [])
    if calls:
        return json.dumps(calls[0]["args"])
    broken = getattr(raw, "invalid_tool_calls", [])
    return str(broken[0]["args"]) if broken else raw.text


def _read(raw: str) -> Phrased:
    if not raw.strip():
        raise Drop(Dropped.EMPTY)
    if len(raw) > _LONGEST:
        raise Drop(Dropped.TOO_LONG)
    try:
        return Phrased.model_validate_json(raw)
    except ValidationError as error:
        broken = error.errors()[0]["type"] == "json_invalid"
        raise Drop(Dropped.NOT_JSON if broken else Dropped.WRONG_SHAPE) from None


def _chosen(named: Sequence[str], offered: Offer) -> tuple[At, ...]:
    """Return the clauses to cite: those that decided, in the rules' order, then the model's own.

    A whole section stays whole.
    """
    if any(name not in offered.at for name in named):
        raise Drop(Dropped.UNKNOWN_CLAUSE)
    if not offered.needed <= set(named):
        raise Drop(Dropped.LOST_CLAUSE)
    if offered.draft.whole_section:
        return tuple((c.directive, c.section) for c in offered.draft.citations)
    decided = [name for name in offered.at if name in offered.needed]
    return tuple(offered.at[name] for name in dict.fromkeys((*decided, *named)))


def _citation(offered: Offer, at: At) -> DraftCitation:
    for citation in offered.draft.citations:
        if (citation.directive, citation.section) == at:
            return citation
    return cite(*offered.clauses[at])


def _reason(error: BaseException) -> Dropped:
    """Return why a call failed: by the HTTP status it carries, or by what it is or came from."""
    for one in _causes(error):
        status = getattr(one, "status_code", None)
        if isinstance(status, int) and status >= 400:
            if status == 429:
                return Dropped.RATE_LIMITED
            return Dropped.SERVER_ERROR if status >= 500 else Dropped.CALL_REFUSED
    kinds = [kind.__name__ for one in _causes(error) for kind in type(one).__mro__]
    if any("Timeout" in kind for kind in kinds):
        return Dropped.TIMEOUT
    broken = ("ConnectionError", "ConnectError", "TransportError", "NetworkError", "ProtocolError")
    if any(kind.endswith(broken) for kind in kinds):
        return Dropped.UNREACHABLE
    return Dropped.CALL_FAILED


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__
