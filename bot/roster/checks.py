"""What a roster's entries say of each other, checked: every fault at once, each with its remedy."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from bot.roster.deciding import Authority, allows_designee, is_said, plain_words, said_by
from bot.roster.person import Person
from bot.roster.roster import Post, Roster, RouteStep

Where = Callable[[str, int], str]
UNREAD = "?"  # stands where a field of an entry could not be read


def faults(
    roster: Roster,
    where: Where,
    authorities: Iterable[Authority] | None = None,
    *,
    broken: Collection[str] = (),
    lost: Collection[str] = (),
) -> Iterator[str]:
    """Yield each fault between entries as one line; ``where`` names the entry of a kind by place.

    ``authorities`` are those of the directives, null where they are not known. ``broken`` are ids
    of entries that could not be read, ``lost`` the kinds ("people", "posts") that have some: what
    they might have said is not called missing.
    """
    known = {person.id for person in roster.people} | set(broken)
    posts = {post.id for post in roster.posts} | set(broken)
    yield from _ids(roster, where)
    yield from _slack(roster, where)
    for place, person in enumerate(roster.people):
        yield from _person(person, roster, known | posts, where("people", place))
    for place, post in enumerate(roster.posts):
        yield from _post(post, roster, known, posts, where("posts", place))
    for place, delegate in enumerate(roster.delegates):
        at = where("delegates", place)
        yield from _unknown("post", delegate.post, posts, at, "Known posts", sorted(posts))
        if delegate.until < delegate.from_:
            yield (
                f"{at}: ends on {delegate.until}, before it begins on {delegate.from_}. Swap them."
            )
        yield from _one(roster, delegate.person, known, at, "person")
        for words in delegate.words:
            if not allows_designee(words):
                yield (
                    f"{at}: words {words!r} allow no designee, so no delegate may sign there. "
                    "Quote words such as 'Chief of Police or his or her designee'."
                )
    for place, step in enumerate(roster.route):
        yield from _step(step, roster, posts, where("route", place), "people" in lost)
    yield from _decider(roster, where, "posts" in lost)
    yield from _answers(roster, where, authorities)
    ids = [*(person.id for person in roster.people), *(post.id for post in roster.posts)]
    if len(ids) == len(set(ids)):
        yield from _cycles(roster, where)


def _ids(roster: Roster, where: Where) -> Iterator[str]:
    seen: dict[str, str] = {}
    kinds: Mapping[str, Sequence[Person | Post]] = {"people": roster.people, "posts": roster.posts}
    for kind, entries in kinds.items():
        for place, entry in enumerate(entries):
            at = where(kind, place)
            first = seen.setdefault(entry.id, at)
            if first != at:
                yield f"{at}: the id {entry.id!r} is taken by {first}. Give each entry its own id."
    twice = [rank for rank, count in Counter(roster.ranks).items() if count > 1]
    for rank in twice:
        yield f"{where('ranks', 0)}: the rank {rank!r} is there twice. Take one out."


def _slack(roster: Roster, where: Where) -> Iterator[str]:
    seen: dict[tuple[str, str], str] = {}
    for place, person in enumerate(roster.people):
        for identity in person.slack:
            at = where("people", place)
            first = seen.setdefault((identity.team, identity.user), at)
            if first != at:
                said = f"{identity.team}/{identity.user}"
                yield (
                    f"{at}: the Slack identity {said!r} is that of {first}. "
                    "One identity is one person: take it out of one of them."
                )


def _person(person: Person, roster: Roster, known: Collection[str], at: str) -> Iterator[str]:
    if person.rank is None and person.sworn:
        yield f"{at}: is sworn and has no rank. Add the rank, or write sworn = false."
    elif person.rank is None and person.title is None:
        yield f"{at}: has neither a rank nor a title. Add one."
    if person.rank not in (None, UNREAD):
        yield from _unknown("rank", str(person.rank), roster.ranks, at, "Known ranks", roster.ranks)
    if person.supervisor is not None and person.supervisor not in known:
        yield (
            f"{at}: supervisor {person.supervisor!r} is no id of this roster. "
            "Write the id of a person or of a post, or leave it out."
        )


def _post(
    post: Post, roster: Roster, known: Collection[str], posts: Collection[str], at: str
) -> Iterator[str]:
    if post.vacant and post.holder is not None:
        yield f"{at}: is vacant and held by {post.holder!r}. Take one of the two out."
    if not post.vacant and post.holder is None:
        yield f"{at}: has no holder. Name one, or write vacant = true."
    if post.acting is not None and post.acting == post.holder:
        yield f"{at}: {post.acting!r} is its holder and acts too. Take acting out."
    for field in ("holder", "acting"):
        id_ = getattr(post, field)
        if id_ is not None:
            yield from _one(roster, id_, known, at, field)
    if post.supervisor is not None and post.supervisor not in {*known, *posts}:
        yield (
            f"{at}: supervisor {post.supervisor!r} is no id of this roster. "
            "Write the id of a person or of a post, or leave it out."
        )


def _one(roster: Roster, id_: str, known: Collection[str], at: str, field: str) -> Iterator[str]:
    """Yield the fault of a field that has to name somebody who may act."""
    if id_ not in known:
        yield f"{at}: {field} {id_!r} is no person of this roster. Write a person's id."
    person = roster.person(id_)
    if person is not None and not person.active:
        yield f"{at}: {field} {id_!r} is not active. Name somebody who is, or leave it empty."


def _step(
    step: RouteStep, roster: Roster, posts: Collection[str], at: str, some_lost: bool
) -> Iterator[str]:
    if sum((step.rank is not None, step.post is not None, step.supervisor)) != 1:
        yield f'{at}: give one of rank = "…", post = "…", supervisor = true. Write a step for each.'
    if step.post is not None:
        yield from _unknown("post", step.post, posts, at, "Known posts", sorted(posts))
        found = roster.post(step.post)
        if found is not None and found.decides:
            yield f"{at}: post {step.post!r} decides, and does not endorse. Take the step out."
    if step.rank is not None and step.rank not in roster.ranks:
        yield from _unknown("rank", step.rank, roster.ranks, at, "Known ranks", roster.ranks)
    elif some_lost:
        return
    elif step.rank is not None:
        if not any(p.active and p.rank == step.rank for p in roster.people):
            yield f"{at}: nobody has the rank {step.rank!r}. Take the step out, or add who has it."
    elif step.supervisor and not any(p.active and p.supervisor is not None for p in roster.people):
        yield f"{at}: supervisor = true, and nobody has a supervisor. Name them, or take it out."


def _decider(roster: Roster, where: Where, some_lost: bool) -> Iterator[str]:
    """Yield what is wrong with the post that decides, and with posts of the same words."""
    marked = [place for place, post in enumerate(roster.posts) if post.decides]
    if not marked and not some_lost:
        yield (
            f"{where('posts', -1)}: no post has decides = true, so nobody decides where an order "
            "names nobody. Mark the chief's post."
        )
    for place in marked[1:]:
        yield (
            f"{where('posts', place)}: decides = true stands at {where('posts', marked[0])} "
            "already. There is one chief: mark one post."
        )
    for place in marked:
        post = roster.posts[place]
        if post.holder is None and post.acting is None:
            yield (
                f"{where('posts', place)}: {post.name!r} decides, is vacant, and nobody acts. "
                'Name who acts: acting = "…".'
            )
    seen: dict[str, int] = {}
    for place, post in enumerate(roster.posts):
        for words in post.answers_to:
            first = seen.setdefault(plain_words(words), place)
            if first != place:
                yield (
                    f"{where('posts', place)}: {where('posts', first)} answers to {words!r} too. "
                    "Leave the words to one post."
                )


def _answers(
    roster: Roster, where: Where, authorities: Iterable[Authority] | None
) -> Iterator[str]:
    """Yield the words a post answers to that no directive says; most are misspelt."""
    if authorities is None:
        return
    known = list(said_by(authorities))
    quoted = ", ".join(repr(words) for words in known) or "none"
    for place, post in enumerate(roster.posts):
        for words in post.answers_to:
            if not is_said(words, known):
                yield (
                    f"{where('posts', place)}: answers_to {words!r} are the words of no directive "
                    f"in force. Its authorities: {_cut(quoted)}."
                )


def _cycles(roster: Roster, where: Where) -> Iterator[str]:
    """Yield each circle of supervisors once; a holder stands in the place of the post."""
    named = {person.id: where("people", at) for at, person in enumerate(roster.people)}
    named.update({post.id: where("posts", at) for at, post in enumerate(roster.posts)})
    done: set[str] = set()
    for start in named:
        way: list[str] = []
        at: str | None = start
        while at is not None and at in named and at not in done:
            if at in way:
                circle = " -> ".join([*way[way.index(at) :], at])
                yield (
                    f"{named[at]}: the supervisors go round in a circle: {_cut(circle)}. "
                    "Correct one of them."
                )
                break
            way.append(at)
            at = _next(roster, at)
        done.update(way)


def _next(roster: Roster, id_: str) -> str | None:
    post = roster.post(id_)
    if post is not None:
        return post.supervisor if post.supervisor is not None else post.holder
    person = roster.person(id_)
    return person.supervisor if person is not None else None


def _unknown(
    field: str,
    value: str,
    known: Collection[str],
    at: str,
    label: str,
    names: Collection[str],
) -> Iterator[str]:
    if value not in known:
        yield f"{at}: {field} {value!r} is unknown. {label}: {_cut(', '.join(names)) or 'none'}."


def _cut(text: str, most: int = 300) -> str:
    return text if len(text) <= most else f"{text[:most]}…"
