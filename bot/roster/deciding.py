"""Who may decide what, by a clause's own words and the roster; nobody decides their own request.

The order's words choose the post. A delegate counts only where they allow a designee; where they
name nobody, the post that the department set decides, and the result says that it is a setting.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum

from pydantic import BaseModel

from bot.answer import ApprovalKind
from bot.roster.person import Person
from bot.roster.roster import Delegate, Post, Roster
from bot.wording import silent
from index.directive import FROZEN

BY_SETTING = "That the {post} decides here is a setting of the Department."
OWN_REQUEST = "This is a request of the {post}'s own; it cannot be decided here."
NO_POST = "No post on the roster answers to {words!r}. Nobody can decide this until one does."
EMPTY = "{post}: nobody who may decide this is there on {on}."
CONCERNED = "The employee concerned agrees or does not. The roster names nobody for that."
_DESIGNEE = re.compile(
    r"(?:,? ?\b(?:and/or|or) )?(?:\b(?:his or her|his/her|their|its|the|an?|any) )?"
    r"(?:\b(?:authori[sz]ed|official|duly appointed) )?\bdesignees?\b",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"^(?:the|an?) ")
_EITHER = re.compile(r",? or ")


class Role(StrEnum):
    """In what part somebody acts."""

    IN_PERSON = "in person"
    HOLDER = "holder"
    ACTING = "acting holder"
    DELEGATE = "delegate"


class Actor(BaseModel):
    """Somebody who may act now; ``post`` is its name, ``until`` the last day of a delegation."""

    model_config = FROZEN

    person: Person
    role: Role
    post: str | None = None
    until: date | None = None


class Authority(BaseModel):
    """Whom a clause names: ``by`` in its own words or null; ``directive`` as in "GO 5.14"."""

    model_config = FROZEN

    directive: str
    by: str | None
    kind: ApprovalKind = ApprovalKind.PERMISSION


class Basis(StrEnum):
    """What it rests on that somebody may decide."""

    ORDER = "order"  # the clause's own words
    SETTING = "setting"  # the clause names nobody; the department set who decides
    CONCERNED = "concerned"  # consent: the person concerned alone
    NOBODY = "nobody"  # it cannot be decided here


class Deciders(BaseModel):
    """Who may decide, and why: ``says`` are sentences fit to show, none where all is plain."""

    model_config = FROZEN

    basis: Basis
    may: tuple[Actor, ...] = ()
    post: str | None = None
    says: tuple[str, ...] = ()

    def actor(self, person: Person) -> Actor | None:
        """Return in what part a person may decide, or None where they may not."""
        return next((actor for actor in self.may if actor.person.id == person.id), None)


def deciders(roster: Roster, authority: Authority, requester: Person, on: date) -> Deciders:
    """Return who may decide a request of ``requester`` under a clause's own words on a day.

    Holder and acting holder of the post that answers to the words; its delegates only where the
    words allow a designee. Where they name nobody, the post that decides, as the department's
    setting. For consent nobody of the roster. For a request of whoever holds that post: nobody.
    """
    if authority.kind is ApprovalKind.CONSENT:
        return Deciders(basis=Basis.CONCERNED, says=(CONCERNED,))
    if authority.by is None:
        posts = tuple(post for post in (roster.decider,) if post is not None)
    else:
        posts = answering(roster, authority.by)
        if not posts:
            return Deciders(basis=Basis.NOBODY, says=(NO_POST.format(words=authority.by),))
    own = [post for post in posts if _is_head(roster, post, requester)]
    if own and (len(own) == len(posts) or any(post.decides for post in own)):
        says = (silent(authority.directive, "who decides"), OWN_REQUEST.format(post=own[0].name))
        return Deciders(basis=Basis.NOBODY, post=own[0].name, says=says)
    found = [
        actor
        for post in posts
        for actor in (*in_post(roster, post), *designees(roster, post, authority.by, on))
        if actor.person.id != requester.id
    ]
    may, name = once(found), " or ".join(post.name for post in posts)
    empty = () if may else (EMPTY.format(post=name, on=on.isoformat()),)
    if authority.by is not None:
        return Deciders(basis=Basis.ORDER, may=may, post=name, says=empty)
    setting = (silent(authority.directive, "who decides"), BY_SETTING.format(post=name))
    return Deciders(basis=Basis.SETTING, may=may, post=name, says=(*setting, *empty))


def answering(roster: Roster, words: str) -> tuple[Post, ...]:
    """Return the posts that answer to an order's words, a designee left aside; "A or B" is both.

    None where a part of the words is nobody's: half of an authority is not one.
    """
    known = {plain_words(said): post for post in roster.posts for said in post.answers_to}
    wanted = plain_words(words)
    if wanted in known:
        return (known[wanted],)
    parts = [plain_words(part) for part in _EITHER.split(wanted)]
    if len(parts) > 1 and all(part in known for part in parts):
        return tuple({known[part].id: known[part] for part in parts}.values())
    return ()


def in_post(roster: Roster, post: Post) -> Iterator[Actor]:
    """Yield the holder of a post and who acts in it, those who are active."""
    for id_, role in ((post.holder, Role.HOLDER), (post.acting, Role.ACTING)):
        if (person := roster.active(id_)) is not None:
            yield Actor(person=person, role=role, post=post.name)


def designees(roster: Roster, post: Post, words: str | None, on: date) -> Iterator[Actor]:
    """Yield the delegates of a post who may sign on a day under a clause's words.

    None where the words allow no designee, and none where an order names nobody (null).
    """
    if words is None or not allows_designee(words):
        return
    for one, actor in _delegated(roster, post, on):
        if not one.words or _squeezed(words) in {_squeezed(said) for said in one.words}:
            yield actor


def stand_ins(roster: Roster, post: Post, on: date) -> Iterator[Actor]:
    """Yield the delegates of a post who may endorse for it on a day.

    Endorsing is the department's own step; whoever may sign under certain words alone may not.
    """
    for one, actor in _delegated(roster, post, on):
        if not one.words:
            yield actor


def _delegated(roster: Roster, post: Post, on: date) -> Iterator[tuple[Delegate, Actor]]:
    for one in roster.delegates:
        person = roster.active(one.person)
        if one.post == post.id and person is not None and one.covers(on):
            until = one.until
            yield one, Actor(person=person, role=Role.DELEGATE, post=post.name, until=until)


def independent(
    endorsers: Iterable[Person], depicted: Iterable[Person], requester: Person
) -> tuple[Person, ...]:
    """Return which endorsers count by themselves: not the requester, and nobody who is shown.

    Somebody shown may endorse, and is not the sole endorser: a request needs one of these.
    """
    out = {requester.id, *(person.id for person in depicted)}
    return tuple({p.id: p for p in endorsers if p.id not in out}.values())


def unanswered(roster: Roster, authorities: Iterable[Authority]) -> tuple[str, ...]:
    """Return the words of directives, each once, that no post of the roster answers to."""
    return tuple(words for words in said_by(authorities) if not answering(roster, words))


def said_by(authorities: Iterable[Authority]) -> tuple[str, ...]:
    """Return the words for who permits, each once; those of consent are no post's."""
    named = [a.by for a in authorities if a.by is not None and a.kind is not ApprovalKind.CONSENT]
    return tuple(dict.fromkeys(named))


def is_said(words: str, known: Iterable[str]) -> bool:
    """Whether a post's words are those of an authority, or one side of an "or" in them."""
    parts = (part for said in known for part in (said, *_EITHER.split(plain_words(said))))
    return plain_words(words) in {plain_words(part) for part in parts}


def allows_designee(words: str) -> bool:
    """Whether an order's words for an authority allow a designee."""
    return bool(_DESIGNEE.search(words))


def plain_words(words: str) -> str:
    """Return an authority's words to compare: no article, no designee, small letters."""
    return _ARTICLE.sub("", _squeezed(_DESIGNEE.sub("", words))).strip(" ,.")


def _squeezed(words: str) -> str:
    return _ARTICLE.sub("", " ".join(words.lower().split()))


def _is_head(roster: Roster, post: Post, person: Person) -> bool:
    """Whether somebody holds a post, or acts in it while nobody holds it."""
    head = post.holder if roster.active(post.holder) is not None else post.acting
    return person.id == head


def once(actors: Iterable[Actor]) -> tuple[Actor, ...]:
    """Return actors in their order, each person once, in the first part they were named in."""
    found: dict[str, Actor] = {}
    for actor in actors:
        found.setdefault(actor.person.id, actor)
    return tuple(found.values())
