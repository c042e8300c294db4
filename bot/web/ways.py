"""What somebody may do to a request, as the page offers it: the words, and what has to be told."""

from collections.abc import Mapping
from typing import NamedTuple

from bot.approvals.event import Consent, Endorsement, Happened


class Way(NamedTuple):
    """One form: its heading, what it means, what it asks for, and what is said afterwards.

    ``words`` is the label of the words that go with it, None where there are none. ``choices`` are
    values with their words. ``sure`` is asked before what cannot be undone; with choices, only
    before those of ``final``.
    """

    kind: Happened
    title: str
    means: str
    button: str
    done: str
    words: str | None = None
    needed: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    day: str | None = None
    sure: str | None = None
    final: frozenset[str] = frozenset()


WAYS: Mapping[str, Way] = {
    "consent": Way(
        Happened.CONSENT,
        "Your consent",
        "You are shown or named in it. Nobody but you can answer. You may take your consent back "
        "until it is posted. If you decline, this version ends; others are told only that a person "
        "shown has not agreed.",
        "Answer",
        "Your answer is recorded.",
        choices=(
            (Consent.AGREED.value, "I agree to exactly this content"),
            (Consent.DECLINED.value, "I do not agree"),
            (Consent.NOT_ME.value, "This is not me"),
        ),
        sure="Is that your answer? It ends this version of the request and cannot be taken back.",
        final=frozenset({Consent.DECLINED.value, Consent.NOT_ME.value}),
    ),
    "consent-back": Way(
        Happened.CONSENT_WITHDRAWN,
        "Take your consent back",
        "This version of the request then comes to an end, also where it is granted already.",
        "Take my consent back",
        "Your consent is taken back.",
        sure="Take your consent back? For this version it cannot be given again.",
    ),
    "endorse": Way(
        Happened.ENDORSED,
        "Send it up",
        "Whatever you say, the request goes on to the next step. You do not decide it here.",
        "Record it and send it on",
        "Recorded. The request went on to the next step.",
        words="Comment",
        choices=(
            (Endorsement.RECOMMENDED.value, "I recommend it"),
            (Endorsement.NOT_RECOMMENDED.value, "I do not recommend it"),
            (Endorsement.ACKNOWLEDGED.value, "I have seen it"),
        ),
    ),
    "grant": Way(
        Happened.GRANTED,
        "Grant it",
        "The permission is in effect only when every consent that it waits for is there.",
        "Grant the permission",
        "You granted it.",
        words="Conditions",
        day="Last day",
        sure="Grant this permission? It can be revoked afterwards, but not made undone.",
    ),
    "deny": Way(
        Happened.DENIED,
        "Deny it",
        "The requester is told your reasons.",
        "Deny the permission",
        "You denied it.",
        words="Reasons",
        needed=True,
        sure="Deny this request? That ends it.",
    ),
    "return": Way(
        Happened.RETURNED,
        "Ask the requester",
        "The request goes back for information. The requester may send it on unchanged.",
        "Return it with this question",
        "Returned to the requester with your question.",
        words="Your question",
        needed=True,
    ),
    "send-on": Way(
        Happened.SENT_ON,
        "Send it on unchanged",
        "Somebody asked you a question. You may send the request on as it is, with or without an "
        "answer, or change it.",
        "Send it on unchanged",
        "Sent on.",
        words="Your answer",
    ),
    "posted": Way(
        Happened.POSTED,
        "I have posted it",
        "From then on nobody shown can take consent back here.",
        "I have posted it",
        "Recorded that it is posted.",
        sure="Is it posted? This cannot be taken back.",
    ),
    "withdraw": Way(
        Happened.WITHDRAWN,
        "Withdraw it",
        "Nobody is asked or decides any more. A permission that was granted ends.",
        "Withdraw the request",
        "You withdrew the request.",
        sure="Withdraw this request? That ends it.",
    ),
    "revoke": Way(
        Happened.REVOKED,
        "Revoke it",
        "The permission ends at once. The requester is told your reason.",
        "Revoke the permission",
        "You revoked the permission.",
        words="Reason",
        needed=True,
        sure="Revoke this permission? That ends it.",
    ),
}
CHANGED = "changed"
CHANGED_DONE = "Changed. Consents and endorsements begin anew."
EARLIER_LOOK = "The request was changed or moved on since you opened it. Look at it again."


def done(path: str) -> str | None:
    """Return what is said after a deed."""
    if path == CHANGED:
        return CHANGED_DONE
    way = WAYS.get(path)
    return way.done if way is not None else None
