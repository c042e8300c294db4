"""The sentences of a request's card for one person: where it stands, what was said, what happened.

Nobody reads here who declined, nor a reason for it; a person shown reads nothing of the others.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime

from bot.approvals.desk import NOT_PERMISSION, NOT_YET
from bot.approvals.event import Consent, Event, Happened
from bot.approvals.progress import Progress, State
from bot.slack import card_wording as wording
from bot.slack.casefile import Casefile
from bot.slack.parts import moment

_WAITING = frozenset({State.ENDORSING, State.DECIDING})
_TO_REQUESTER = frozenset(
    {Happened.RETURNED, Happened.GRANTED, Happened.DENIED, Happened.REVOKED, Happened.SENT_ON}
)
_TO_PARTY = frozenset(
    {
        Happened.SENT,
        Happened.EDITED,
        Happened.POSTED,
        Happened.WITHDRAWN,
        Happened.EXPIRED,
        Happened.REVOKED,
        Happened.VOIDED,
    }
)
_ANSWERS = frozenset({Happened.CONSENT, Happened.CONSENT_WITHDRAWN})


def standing(file: Casefile) -> tuple[str, ...]:
    """Return where a request stands, as its viewer may know it."""
    if file.dossier.own:
        return (*_own(file), *_unreached(file))
    if file.party:
        return tuple(_party(file))
    return tuple(_acting(file))


def means(file: Casefile) -> tuple[str, ...]:
    """Return what each answer of a person shown means, where one is asked for."""
    if not file.dossier.asked or Happened.CONSENT not in file.dossier.may:
        return ()
    rule = wording.SOUGHT if file.dossier.progress.sought else wording.OBTAINED
    return (*wording.MEANS, rule, wording.TWO_THINGS)


def endorsements(file: Casefile) -> tuple[str, ...]:
    """Return what the steps before have said, for those who act on a request."""
    if file.party or file.dossier.own:
        return ()
    now, found = file.dossier.progress, []
    for event in _of_version(file):
        title = _step(now, event.step)
        if event.kind is Happened.ENDORSED and event.endorsement is not None:
            words = f" {_quoted(event.words)}" if event.words else ""
            found.append(f"{file.name(event)} {wording.SAYS[event.endorsement]}.{words}")
        elif event.kind is Happened.SKIPPED:
            found.append(wording.PASSED_OVER.format(step=title))
        elif event.kind is Happened.ESCALATED:
            found.append(wording.PASSED_ON.format(step=title))
        elif event.kind is Happened.RETURNED:
            found.append(f"{wording.ASKS.format(who=file.name(event))} {_quoted(event.words)}")
        elif event.kind is Happened.SENT_ON:
            found.append(wording.HAPPENED[Happened.SENT_ON].capitalize() + ".")
    return tuple(found) or (wording.NO_ENDORSEMENTS,)


def timeline(file: Casefile) -> tuple[str, ...]:
    """Return what happened, by whom and when, as far as the viewer may know it."""
    return tuple(_told(file, event) for event in file.dossier.events if _may_know(file, event))


def when(file: Casefile, at: datetime) -> str:
    """Return a time in the Department's zone."""
    return moment(at.astimezone(file.zone))


def _own(file: Casefile) -> Iterator[str]:
    now = file.dossier.progress
    yield from _OWN.get(now.state, _ended)(file)
    if now.state in _WAITING:
        yield from _nobody(file)
        if now.consents:
            yield _counted(wording.CONSENTS, file)
    if now.posted and now.ended is None:
        yield wording.POSTED
    if now.state is State.GRANTED:
        yield wording.NOT_BEFORE
    elif now.ended is None and now.state is not State.IN_EFFECT:
        yield f"{NOT_PERMISSION} {NOT_YET}"


def _returned(file: Casefile) -> Iterator[str]:
    asked = _last(file, Happened.RETURNED)
    if asked is not None:
        yield f"{wording.ASKS.format(who=file.name(asked))} {_quoted(asked.words)}"
    yield wording.RETURNED


def _with_step(file: Casefile) -> Iterator[str]:
    now = file.dossier.progress
    yield wording.WITH_STEP.format(step=_step(now, now.at))


def _waiting(file: Casefile) -> Iterator[str]:
    yield from _granted(file)
    yield _counted(wording.GRANTED_WAITS, file)


def _in_effect(file: Casefile) -> Iterator[str]:
    yield wording.IN_EFFECT.format(reference=file.dossier.progress.request)
    yield from _granted(file)


def _counted(sentence: str, file: Casefile) -> str:
    return sentence.format(agreed=file.agreed, asked=len(file.dossier.progress.consents))


def _granted(file: Casefile) -> Iterator[str]:
    now = file.dossier.progress
    if not now.needs_decision:
        yield wording.CONSENT_ONLY
    if now.decision is not None:
        granted = now.decision
        yield wording.GRANTED_BY.format(who=file.name(granted), when=when(file, granted.at))
        yield from _conditions(granted)
    if now.last_day is not None:
        yield wording.UNTIL.format(day=now.last_day)
    yield wording.EXACTLY


def _conditions(granted: Event) -> Iterator[str]:
    if granted.words:
        yield f"{wording.CONDITIONS} {_quoted(granted.words)}"
    else:
        yield wording.NO_CONDITIONS


def _ended(file: Casefile) -> Iterator[str]:
    now = file.dossier.progress
    last = next((e for e in reversed(file.dossier.events) if e.kind in _ENDINGS), None)
    if last is None:
        return
    if last.kind in {Happened.DENIED, Happened.REVOKED}:
        sentence = wording.DENIED_BY if last.kind is Happened.DENIED else wording.REVOKED_BY
        said = sentence.format(who=file.name(last), when=when(file, last.at))
        yield f"{said} {_quoted(last.words)}"
    elif last.kind is Happened.EXPIRED:
        yield wording.EXPIRED.format(day=now.last_day)
    else:
        yield wording.VOID if last.kind is Happened.VOIDED else wording.WITHDRAWN


_OWN: Mapping[State, Callable[[Casefile], Iterable[str]]] = {
    State.SENT: lambda file: (wording.SENT,),
    State.ENDORSING: _with_step,
    State.DECIDING: lambda file: (wording.WITH_DECIDER,),
    State.RETURNED: _returned,
    State.STOPPED: lambda file: (f"{wording.NOT_AGREED} {wording.STOPPED}",),
    State.GRANTED: _waiting,
    State.CONSENTING: lambda file: (_counted(wording.CONSENTING, file),),
    State.IN_EFFECT: _in_effect,
}
_ENDINGS = frozenset(
    {
        Happened.DENIED,
        Happened.WITHDRAWN,
        Happened.EXPIRED,
        Happened.REVOKED,
        Happened.VOIDED,
    }
)


def _unreached(file: Casefile) -> Iterator[str]:
    """Say whom of those it waits for nobody can tell here: those shown as a number alone."""
    now = file.dossier.progress
    if now.ended is not None:
        return
    for actor in file.dossier.office.may:
        if actor.person.id in file.unreached:
            yield wording.UNREACHED.format(who=file.dossier.names[actor.person.id])
    shown = [one for one, said in now.consents.items() if said is Consent.ASKED]
    count = sum(one in file.unreached for one in shown)
    if count and not now.stopped:
        many = wording.UNREACHED_SHOWN.format(count=count)
        yield wording.UNREACHED_ONE if count == 1 else many


def _nobody(file: Casefile) -> Iterator[str]:
    if not file.dossier.office.may:
        yield " ".join(file.dossier.office.says) or wording.NOBODY_THERE


def _party(file: Casefile) -> Iterator[str]:
    found = file.dossier
    answer = found.progress.consents[found.viewer.key]
    if answer is Consent.ASKED and Happened.CONSENT in found.may:
        yield wording.ASKED_OF_YOU.format(who=_requester(file))
        return
    if answer is not Consent.ASKED:
        yield wording.YOUR_ANSWER[answer]
    if found.progress.ended is not None:
        yield wording.STANDS.format(state=found.progress.state.value)
    back = Happened.CONSENT_WITHDRAWN in found.may
    yield wording.TAKE_BACK if back else wording.NOTHING_TO_ANSWER


def _acting(file: Casefile) -> Iterator[str]:
    found, now = file.dossier, file.dossier.progress
    yield wording.WHO_ASKS.format(who=_requester(file))
    if Happened.ENDORSED in found.may:
        yield wording.AT_STEP.format(step=_step(now, now.at))
        yield wording.FORWARDED
    elif Happened.GRANTED in found.may:
        yield wording.TO_DECIDE
        yield from found.office.says
    else:
        yield wording.STANDS.format(state=now.state.value)
        if now.decision is not None:
            yield from _granted(file)
        elif now.ended is not None:
            yield from _ended(file) if now.state is not State.WITHDRAWN else ()
    asked = len(now.consents)
    numbers = wording.CONSENTS.format(agreed=file.agreed, asked=asked)
    yield numbers if asked else wording.NO_CONSENTS
    if now.stopped:
        yield wording.NOT_AGREED
    if found.asked and Happened.CONSENT in found.may:
        yield wording.ASKED_OF_YOU.format(who=_requester(file))
    if found.request.unclear:
        yield wording.UNCLEAR.format(clauses=", ".join(found.request.unclear))


def _may_know(file: Casefile, event: Event) -> bool:
    if event.kind in {Happened.REFUSED, Happened.REMINDED}:
        return False
    if file.party:
        mine = event.actor == file.dossier.viewer.key
        return mine or event.kind in _TO_PARTY
    return True


def _told(file: Casefile, event: Event) -> str:
    at = when(file, event.at)
    mine = event.actor == file.dossier.viewer.key
    if event.kind in _ANSWERS and not mine:
        agreed = event.consent is Consent.AGREED
        what = wording.SHOWN_AGREED if agreed else wording.SHOWN_NOT
        return wording.BY.format(when=at, what=what)
    what = wording.HAPPENED[event.kind]
    if event.kind is Happened.ENDORSED and event.endorsement is not None:
        what = event.endorsement.value
    if event.kind is Happened.CONSENT and event.consent is not None:
        what = event.consent.value
    line = wording.BY.format(when=at, what=what)
    if event.actor is not None:
        line = wording.BY_WHOM.format(when=at, what=what, who=file.name(event))
    readable = event.kind in _TO_REQUESTER or mine or not (file.dossier.own or file.party)
    return f"{line}. {_quoted(event.words)}" if event.words and readable else f"{line}."


def _of_version(file: Casefile) -> Iterator[Event]:
    """Yield what happened to the version that stands."""
    version = file.dossier.progress.version
    return (event for event in file.dossier.events if event.version == version)


def _last(file: Casefile, kind: Happened) -> Event | None:
    return next((e for e in reversed(file.dossier.events) if e.kind is kind), None)


def _requester(file: Casefile) -> str:
    return file.dossier.names[file.dossier.progress.requester]


def _step(now: Progress, at: int | None) -> str:
    steps = now.steps or ()
    return steps[at].title if at is not None and at < len(steps) else ""


def _quoted(words: str | None) -> str:
    return wording.QUOTED.format(words=words) if words else wording.ERASED
