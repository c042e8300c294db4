"""A roster on the terminal: what it holds, what an import changed; JSON goes to stdout."""

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.commands import show
from bot.roster.changes import described
from bot.roster.roster import Post, Roster
from bot.roster.store import Filed

NONE = "No roster is on file. Put one in force with 'policybot roster import FILE'."
SETTING = "Posts, steps and delegates are the Department's own setting; no order states them."


def counted(roster: Roster, remarks: Iterable[str]) -> None:
    """Print that a roster can be imported, what it holds, and what is remarked."""
    out = Console(highlight=False)
    out.print(f"No fault found. {_size(roster)}.")
    _remarks(out, remarks)


def imported(filed: Filed, changes: tuple[str, ...], remarks: Iterable[str]) -> None:
    """Print what an import changed."""
    out = Console(highlight=False)
    if changes:
        out.print(f"Roster {filed.number} is in force. {_size(filed.roster)}.")
    else:
        out.print(f"Nothing changed. Roster {filed.number} is in force already.")
    for line in changes:
        out.print(Text(line), soft_wrap=True)
    _remarks(out, remarks)


def as_json(filed: Filed | None) -> None:
    """Print the roster in force as one JSON object; null where none is on file."""
    if filed is None:
        show.as_json({"roster": None})
        return
    data = filed.model_dump(mode="json", exclude={"roster"})
    show.as_json({**data, "roster": filed.roster.model_dump(mode="json", by_alias=True)})


def shown(filed: Filed | None) -> None:
    """Print the roster in force."""
    out = Console(highlight=False)
    if filed is None:
        out.print(NONE)
        return
    roster = filed.roster
    out.print(
        f"Roster {filed.number}, imported {filed.imported:%Y-%m-%d %H:%M} UTC, "
        f"text {filed.sha256[:8]}. {_size(roster)}."
    )
    out.print(Text(SETTING, style="dim"))
    steps = [described(step, roster) for step in roster.route]
    decider = roster.decider
    out.print(Text("Route: " + " -> ".join([*steps, decider.name if decider else "nobody"])))
    posts = Table("Post", "Holder", "Acting", "Answers to", "Decides")
    for post in roster.posts:
        posts.add_row(*(Text(text) for text in _row(post, roster)))
    out.print(posts)
    for post in roster.posts:
        if post.policy_unit:
            _, holder, acting, *_ = _row(post, roster)
            acts = f", acting {acting}" if acting else ""
            out.print(Text(f"Policy unit: {post.name}, {holder}{acts}"))
    for one in roster.delegates:
        person, of = roster.person(one.person), roster.post(one.post)
        names = (person.name if person else one.person, of.name if of else one.post)
        out.print(Text(f"Delegate: {names[0]} for {names[1]}, {one.from_} to {one.until}"))
    people = Table("Id", "Name", "Rank or title", "Unit", "Supervisor", "Slack")
    for person in roster.people:
        above = roster.supervisor_of(person)
        slack = " ".join(f"{at.team}/{at.user}" for at in person.slack)
        name = person.name if person.active else f"{person.name} (not active)"
        texts = (person.id, name, person.standing, person.unit, above.name if above else "", slack)
        people.add_row(*(Text(text) for text in texts))
    out.print(people)


def _row(post: Post, roster: Roster) -> tuple[str, ...]:
    holder, acting = roster.person(post.holder), roster.person(post.acting)
    return (
        post.name,
        holder.name if holder else "vacant",
        acting.name if acting else "",
        ", ".join(post.answers_to),
        "yes" if post.decides else "",
    )


def _size(roster: Roster) -> str:
    return (
        f"People: {len(roster.people)}, posts: {len(roster.posts)}, "
        f"delegates: {len(roster.delegates)}, steps: {len(roster.route)}"
    )


def _remarks(out: Console, remarks: Iterable[str]) -> None:
    for line in remarks:
        out.print(Text(line, style="yellow"), soft_wrap=True)
