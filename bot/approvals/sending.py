"""A request is sent, or changed: who is asked, who decides, and on which words it rests."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator

from bot.answer import ApprovalKind
from bot.approvals.event import Event, Happened
from bot.approvals.guidance import Guidance
from bot.approvals.history import history
from bot.approvals.image import ImageGone
from bot.approvals.images import Images
from bot.approvals.offices import deciding, key_of, known, undecidable
from bot.approvals.progress import Progress, progress
from bot.approvals.register import Register
from bot.approvals.request import Colleague, Content, Request
from bot.approvals.store import RequestStore
from bot.asker import Asker, Surface
from bot.audit.store import AuditStore
from bot.database import Connection
from bot.errors import RequestRefused
from bot.links import RequestReference
from bot.roster.roster import Roster
from index.directive import Directive

UNLISTED = "unlisted:{}"


class Sending:
    """Sends requests and changes to them; ``sought`` is the Department's setting for consents.

    Without ``images`` no content has one.
    """

    def __init__(
        self,
        *,
        store: RequestStore,
        register: Register,
        audit: AuditStore,
        roster: Callable[[], Roster | None],
        sought: bool = False,
        images: Images | None = None,
    ) -> None:
        self._store = store
        self._register = register
        self._audit = audit
        self._roster = roster
        self._sought = sought
        self._images = images

    def send(
        self,
        vouched: RequestReference,
        directive: Directive,
        content: Content,
        asker: Asker,
        guidance: Guidance,
    ) -> Request:
        """Store and record a request and return it, or the one that this link led to before.

        Raise RequestRefused where nobody may decide it, with why; then nothing is stored.
        """
        with self._audit.recording() as recording:
            store, connection = self._store, recording.connection
            sent = store.write(connection, vouched, directive.effective, content, asker, guidance)
            if sent is not None:
                self._keep(connection, vouched.answer, content)
                authorities = self._authorities(guidance, vouched.decided_by)
                self._register.begin(
                    recording,
                    self._event(Happened.SENT, sent, directive, asker, authorities).model_copy(
                        update={"at": recording.at}
                    ),
                )
        found = self._store.by_answer(vouched.answer)
        if found is None:
            raise RequestRefused("The request could not be stored. Send it again.")
        return found

    def change(
        self,
        request: Request,
        directive: Directive,
        content: Content,
        asker: Asker,
        guidance: Guidance,
    ) -> Progress:
        """Store and record another content of a request; consents and endorsements begin anew.

        Raise RequestRefused as ``send`` does, and FlowRefused where it may not be changed.
        """
        with self._audit.recording() as recording:
            connection = recording.connection
            changed = self._store.rewrite(connection, request, directive, content, guidance)
            self._keep(recording.connection, request.answer, content)
            sent = progress(history(recording.connection, request.reference))
            authorities = self._authorities(guidance, None)
            event = self._event(
                Happened.EDITED, changed, directive, asker, authorities, sent.requester
            )
            version = request.version + 1
            return self._register.revise(
                recording, event.model_copy(update={"at": recording.at, "version": version})
            )

    def unlisted(self, content: Content) -> tuple[str, ...]:
        """Return the names of colleagues that are not, or not just once, on the roster on file."""
        roster = self._roster()
        if roster is None:
            return ()
        return tuple(
            one.name for one in content.colleagues if one.user is None and not named(roster, one)
        )

    def _keep(self, connection: Connection, answer: str, content: Content) -> None:
        """Keep the image of a content with its request; raise RequestRefused without its file."""
        if content.image is None:
            return
        try:
            if self._images is None:
                raise ImageGone("No image is taken here. Take it out of the request.")
            self._images.keep(connection, answer, content.image)
        except ImageGone as gone:
            raise RequestRefused(str(gone)) from gone

    def _event(
        self,
        kind: Happened,
        request: Request,
        directive: Directive,
        asker: Asker,
        authorities: tuple[str, ...],
        *among: str,
    ) -> Event:
        roster = self._roster()
        requester = key_of(roster, asker, among)
        self._decidable(roster, request, requester, directive, authorities)
        image = request.content.image
        return Event(
            request=request.reference,
            kind=kind,
            at=request.created,
            version=request.version,
            actor=requester,
            approval=request.kind,
            content=content_hash(request.content),
            image=image.sha256 if image is not None else None,
            directive=request.directive,
            clauses=request.clauses,
            wording=wording_hash(directive, request.clauses),
            authorities=authorities,
            people=tuple(dict.fromkeys(shown(roster, request.content, requester))),
            last_day=request.content.posting_until,
            sought=self._sought,
        )

    @staticmethod
    def _decidable(
        roster: Roster | None,
        request: Request,
        requester: str,
        directive: Directive,
        authorities: tuple[str, ...],
    ) -> None:
        person = known(roster, requester) if roster is not None else None
        if roster is None or person is None or request.kind is ApprovalKind.CONSENT:
            return
        found = deciding(roster, authorities, person, directive.name, request.created.date())
        why = undecidable(found)
        if why:
            raise RequestRefused(" ".join(why))

    @staticmethod
    def _authorities(guidance: Guidance, linked: str | None) -> tuple[str, ...]:
        """Return whom the clauses name that ask for permission, "" where one names nobody."""
        asking = {ApprovalKind.PERMISSION, ApprovalKind.BOTH}
        applying = [one for one in guidance.touched if one.applies_if is None]
        found = [one.decided_by or "" for one in applying if one.kind in asking]
        return tuple(dict.fromkeys(found or [linked or ""]))


def shown(roster: Roster | None, content: Content, requester: str) -> Iterator[str]:
    """Yield the key of each colleague who is shown or named, but for the requester.

    Who was picked in Slack is known by it; a name counts where the roster has it just once. For
    anybody else nobody can be asked here, and the key says only which of them it is.
    """
    for place, one in enumerate(content.colleagues, start=1):
        if one.user is not None:
            who = Asker(surface=Surface.SLACK, team=one.team, user=one.user)
            key = key_of(roster, who)
        else:
            known = named(roster, one) if roster is not None else None
            key = known or UNLISTED.format(place)
        if key != requester:
            yield key


def named(roster: Roster, one: Colleague) -> str | None:
    """Return the id of the one active person of this name, or None."""
    wanted = _plain(one.name)
    found = [
        person.id for person in roster.people if person.active and _plain(person.name) == wanted
    ]
    return found[0] if len(found) == 1 else None


def content_hash(content: Content) -> str:
    """Return the SHA-256 of a content, which consents, decision and slip name."""
    # Without an image it is the hash of a content of before there were any.
    left = {"image"} if content.image is None else None
    written = content.model_dump(mode="json", exclude=left)
    text = json.dumps(written, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def wording_hash(directive: Directive, clauses: Iterable[str]) -> str:
    """Return the SHA-256 of the words of clauses; it changes when one of them does."""
    digest = hashlib.sha256()
    for section in sorted(set(clauses)):
        clause = directive.clause(section)
        text = clause.text if clause is not None else ""
        digest.update(f"{section}\0{text}\0".encode())
    return digest.hexdigest()


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
