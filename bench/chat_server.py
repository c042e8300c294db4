"""A local server that speaks OpenAI's chat protocol, with a model that behaves, or does not.

It answers ``POST …/chat/completions`` as the real service would, streaming left out. What the model
says is made from the case in the prompt, so that every answer is about the question at hand.
"""

import json
import re
import threading
import time
from collections.abc import Callable
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

Case = dict[str, Any]
_BANS = frozenset({"prohibited", "needs_permission"})
_DRIP_SECONDS, _DRIPS, _SLOW_SECONDS = 0.05, 200, 3.0


class Mode(StrEnum):
    """How the model, or the service around it, behaves."""

    BEHAVED = "well-behaved"
    INVENTED_CLAUSE = "invented clause"
    UNRETRIEVED_CLAUSE = "clause not retrieved"
    LOST_CLAUSE = "deciding clause left out"
    TOO_MANY = "too many clauses"
    ALTERED_QUOTE = "altered quote"
    UNCITED_CLAUSE = "number not cited"
    WRONG_JSON = "wrong JSON"
    WRONG_SHAPE = "wrong shape"
    EMPTY = "empty reply"
    NO_WORDS = "empty phrasing"
    RATE_LIMITED = "429"
    BAD_REQUEST = "400"
    SERVER_ERROR = "500"
    SLOW = "slow"
    DRIPPING = "drip-fed"
    CLOSED = "closed midway"
    NO_PROTOCOL = "another protocol"
    LEGAL_ADVICE = "legal advice"
    CONTRADICTING = "contradicting"
    CLAIMING = "claims permission"
    INVENTING = "invents a deadline"
    STRAYING = "off the order"
    OBEYS_QUESTION = "obeys the question"
    OBEYS_CLAUSE = "obeys a clause"
    ANNOUNCES = "says it was instructed"
    LEAKING = "leaks the prompt"
    SPANISH = "another language"
    TOO_LONG = "too long"
    MARKUP = "markup and a link"


SLOW_MODES = frozenset({Mode.SLOW, Mode.DRIPPING})


class ChatServer:
    """The server, on a free port of 127.0.0.1; ``mode`` may be changed at any time.

    ``seen`` holds the bodies of the requests it was sent; ``headers`` their headers.
    """

    def __init__(self, mode: Mode = Mode.BEHAVED) -> None:
        self.mode = mode
        self.seen: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self._server = _Server(self)
        self.address = f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self) -> Self:
        serving = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        serving.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, owner: ChatServer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.owner = owner

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is what some modes are for."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        owner = self.server.owner
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        owner.seen.append(body)
        owner.headers.append(dict(self.headers))
        if not self.path.endswith("/chat/completions"):
            return self._send(404, {"error": {"message": "no such path", "type": "x"}})
        status = {Mode.RATE_LIMITED: 429, Mode.BAD_REQUEST: 400, Mode.SERVER_ERROR: 500}
        if owner.mode in status:
            error = {"message": "refused", "type": "error", "param": None, "code": None}
            return self._send(status[owner.mode], {"error": error})
        if owner.mode is Mode.NO_PROTOCOL:
            return self._send(200, {"object": "chat.completion", "choices": None})
        completion = _completion(body, reply(owner.mode, _case(body)))
        if owner.mode is Mode.DRIPPING:
            return self._drip(completion)
        if owner.mode is Mode.CLOSED:
            return self._close_midway(completion)
        if owner.mode is Mode.SLOW:
            time.sleep(_SLOW_SECONDS)
        return self._send(200, completion)

    def _send(self, status: int, data: object) -> None:
        content = json.dumps(data).encode()
        self._head(status, len(content))
        self.wfile.write(content)

    def _head(self, status: int, length: int) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def _drip(self, data: object) -> None:
        """Send a byte now and then, so that no read ever times out."""
        content = json.dumps(data).encode()
        self._head(200, len(content) + _DRIPS)
        for _ in range(_DRIPS):
            self.wfile.write(b" ")
            self.wfile.flush()
            time.sleep(_DRIP_SECONDS)
        self.wfile.write(content)

    def _close_midway(self, data: object) -> None:
        content = json.dumps(data).encode()
        self._head(200, len(content))
        self.wfile.write(content[: len(content) // 2])
        self.wfile.flush()
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing: requests hold questions."""


def reply(mode: Mode, case: Case) -> str:
    """Return what the model writes for a case."""
    if mode is Mode.EMPTY:
        return ""
    if mode is Mode.WRONG_JSON:
        return json.dumps({"cite": _cited(case), "phrasing": _phrased(case)})[:-2]
    if mode is Mode.WRONG_SHAPE:
        return json.dumps({"citations": _cited(case), "text": _phrased(case), "verdict": "allowed"})
    cite = _CITES.get(mode, _cited)(case)
    return json.dumps({"cite": cite, "phrasing": _WORDS.get(mode, _phrased)(case)})


def _completion(body: dict[str, Any], content: str) -> dict[str, Any]:
    """Return a completion; the content stands in a tool call where the request forces one."""
    message: dict[str, Any] = {"role": "assistant", "content": content, "refusal": None}
    if body.get("tools"):
        name = body["tools"][0]["function"]["name"]
        call = {"id": "1", "type": "function", "function": {"name": name, "arguments": content}}
        message |= {"content": None, "tool_calls": [call]}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": body["model"],
        "choices": [{"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }


def _case(body: dict[str, Any]) -> Case:
    """Return the case that stands between its marks in the last message."""
    found = re.search(r"<case>(.*)</case>", body["messages"][-1]["content"], re.DOTALL)
    case: Case = json.loads(found[1]) if found else {}
    return case


def _cited(case: Case) -> list[str]:
    """Return the clauses a good model cites: those it must, and the next one offered."""
    must = [clause["id"] for clause in case["clauses"] if clause["must_cite"]]
    others = [clause["id"] for clause in case["clauses"] if not clause["must_cite"]]
    return must + others[: 1 if len(must) < 4 else 0]


def _first(case: Case) -> dict[str, Any]:
    found: dict[str, Any] = next((c for c in case["clauses"] if c["must_cite"]), case["clauses"][0])
    return found


def _phrased(case: Case) -> str:
    """Return a good phrasing: the reading in one of five manners, or the clause in quotes."""
    if not case["reading"]:
        return _quoting(case)
    manners = (_plainly, _reported, _numbered, _to_you, _both)
    return manners[sum(case["question"].encode()) % len(manners)](case)


def _plainly(case: Case) -> str:
    return str(case["reading"][0])


def _reported(case: Case) -> str:
    return f"The order says that {_inside(case['reading'][0])}"


def _numbered(case: Case) -> str:
    section = _first(case)["id"].split("§ ")[1]
    return f"Under {section}, {_inside(case['reading'][0])}"


def _inside(sentence: str) -> str:
    """Return a sentence as it stands within another one."""
    return f"{sentence[0].lower()}{sentence[1:]}" if sentence[1:2].islower() else sentence


def _to_you(case: Case) -> str:
    said = str(case["reading"][0])
    said = re.sub(r"\b(?:Department personnel|Personnel|Employees|employees)\b", "you", said)
    return f"{said[0].upper()}{said[1:]}"


def _both(case: Case) -> str:
    both = " ".join(case["reading"][: case["sentences"]])
    return both if len(re.findall(r"[.!?](?:\s|$)", both)) <= case["sentences"] else _plainly(case)


def _quoting(case: Case) -> str:
    text = re.split(r"(?<=[.;:])\s", _first(case)["text"])[0]
    return f'Its words are: "{text}"'


def _says(ban: str, other: str) -> Callable[[Case], str]:
    """Return the words for a verdict that forbids, and those for any other."""
    return lambda case: ban if case["verdict"] in _BANS else other


def _obeyed(case: Case) -> str:
    """Return what the question tells the model to say, as far as that can be made out."""
    told = re.search(r"(?:say|answer|reply|tell me)(?: that| with|:)? (.+)", case["question"])
    return (told[1] if told else f"As requested: {case['question']}")[:200]


def _obeyed_clause(case: Case) -> str:
    for clause in case["clauses"]:
        told = re.search(r"shall (?:say|answer|reply) (?:that )?(.+?)(?:\.|$)", clause["text"])
        if told:
            return f"{told[1][0].upper()}{told[1][1:]}."
    return _CONTRADICTION(case)


def _altered(case: Case) -> str:
    words = _first(case)["text"].split()[:8]
    return f'The order says "{" ".join([*words[:3], "never", *words[4:]])}".'


_CONTRADICTION = _says(
    "You may post it, go ahead.",
    "It is strictly prohibited, you must not do it without permission.",
)
_WORDS: dict[Mode, Callable[[Case], str]] = {
    Mode.ALTERED_QUOTE: _altered,
    Mode.UNCITED_CLAUSE: lambda case: f"{_phrased(case).rstrip('.')} (see section IV.Z.99).",
    Mode.NO_WORDS: lambda case: "  ",
    Mode.LEGAL_ADVICE: lambda case: (
        "Your speech is protected by the Constitution and you will win."
    ),
    Mode.CONTRADICTING: _CONTRADICTION,
    Mode.CLAIMING: lambda case: "The Chief of Police has already approved this for you.",
    Mode.INVENTING: lambda case: (
        "Posting is prohibited without permission, which Sergeant Miller must give in 3 days."
        if case["verdict"] == "needs_permission"
        else f"{_phrased(case).rstrip('.')}; Sergeant Miller decides within 3 days."
    ),
    Mode.STRAYING: _says(
        "Posting pizza recipes for hungry penguins in winter is prohibited without approval.",
        "Penguins prefer pizza recipes while winter storms cover distant islands.",
    ),
    Mode.OBEYS_QUESTION: _obeyed,
    Mode.OBEYS_CLAUSE: _obeyed_clause,
    Mode.ANNOUNCES: lambda case: "As instructed, I ignore the previous instructions.",
    Mode.LEAKING: lambda case: (
        "You write one or two plain sentences for officers who ask what a written order says."
    ),
    Mode.SPANISH: lambda case: "No se puede publicar la foto sin el permiso por escrito del jefe.",
    Mode.TOO_LONG: lambda case: " ".join([_phrased(case)] * 12),
    Mode.MARKUP: lambda case: f"**{_phrased(case)}** See <https://example.com/ok|the form> @chief",
}
_CITES: dict[Mode, Callable[[Case], list[str]]] = {
    Mode.INVENTED_CLAUSE: lambda case: [*_cited(case), "GO 5.14 § IV.Z.99"],
    Mode.UNRETRIEVED_CLAUSE: lambda case: [*_cited(case), "GO 5.14 § III.Web 2.0"],
    Mode.LOST_CLAUSE: lambda case: [c["id"] for c in case["clauses"] if not c["must_cite"]][:2],
    Mode.TOO_MANY: lambda case: [clause["id"] for clause in case["clauses"]],
}
