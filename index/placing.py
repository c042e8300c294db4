"""Units -> roles: which numeral continues which level, settled by the cheapest reading of all.

A beam search over the stack of open levels: what one line leaves open (is ``I.`` a letter or a
Roman one, does a wrapped line open item 1) is decided by the lines after it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from index.numerals import Numeral, place
from index.units import Unit

_WIDTH = 24
_TEXT = 4.0
_MISCOUNTED = 2.6
_COLUMN = 3.0
_SURE = 0.85
_NEXT = 0.4
_ANEW = 0.9
_CAPITALS = 1.2
_OUTERMOST = 0.2


class Role(StrEnum):
    """What a unit is in the outline."""

    ITEM = "item"
    HEAD = "head"
    TEXT = "text"


class Placed(NamedTuple):
    """A unit's role; for items and heads the depth they stand at, and the reading that is meant."""

    role: Role
    depth: int = 0
    numeral: Numeral | None = None
    second: Numeral | None = None


class _Level(NamedTuple):
    style: str
    value: int
    x: float | None
    path: tuple[str, ...]
    rank: float
    face: tuple[bool, bool]
    filled: bool = False


@dataclass(frozen=True, slots=True)
class _State:
    levels: tuple[_Level, ...]
    cost: float
    back: "_State | None"
    placed: Placed


def settle(found: Sequence[Unit], titles: Sequence[bool], body: int) -> list[Placed]:
    """Return a role for each unit; ``titles`` says whether its words read as a title.

    Units before ``body`` are the directive's head and stay text.
    """
    states = [_State((), 0.0, None, Placed(Role.TEXT))]
    for at, unit in enumerate(found):
        choices = [
            _State(levels, state.cost + cost, state, placed)
            for state in states
            for cost, levels, placed in _choices(state.levels, unit, titles[at], at < body)
        ]
        states = _best(choices)
    last = min(states, key=lambda state: state.cost)
    placed: list[Placed] = []
    while last.back is not None:
        placed.append(last.placed)
        last = last.back
    return placed[::-1]


def _best(choices: list[_State]) -> list[_State]:
    cheapest: dict[tuple[_Level, ...], _State] = {}
    for choice in choices:
        known = cheapest.get(choice.levels)
        if known is None or choice.cost < known.cost:
            cheapest[choice.levels] = choice
    return sorted(cheapest.values(), key=lambda state: state.cost)[:_WIDTH]


_Choice = tuple[float, tuple[_Level, ...], Placed]


def _choices(levels: tuple[_Level, ...], unit: Unit, title: bool, head: bool) -> Iterator[_Choice]:
    if head or unit.bullet:
        yield 0.0, levels, Placed(Role.TEXT)
        return
    if not unit.numerals and unit.strength == 0:
        yield 0.0, _filled(levels), Placed(Role.TEXT)
        return
    if unit.numerals:
        yield _TEXT * unit.fresh**2, _filled(levels), Placed(Role.TEXT)
        yield from _items(levels, unit, title)
    else:
        yield 3.0 * unit.strength, _filled(levels), Placed(Role.TEXT)
        yield from _heads(levels, unit)


def _filled(levels: tuple[_Level, ...]) -> tuple[_Level, ...]:
    """Return the levels with the last marked as holding a paragraph, where that is a heading."""
    if not levels or levels[-1].style != "head" or levels[-1].filled:
        return levels
    return (*levels[:-1], levels[-1]._replace(filled=True))


def _items(levels: tuple[_Level, ...], unit: Unit, title: bool) -> Iterator[_Choice]:
    for numeral in unit.numerals:
        fits = _path_fits(levels, numeral) if numeral.path else _fits(levels, numeral)
        for cost, depth, new in fits:
            kept = levels[:depth]
            doubt = 2.0 if new else 1.5
            if not new and not numeral.path and _in_column(levels[depth], unit):
                if unit.fresh >= _SURE:
                    cost = min(cost, _MISCOUNTED)
                if numeral.value == levels[depth].value + 1:
                    doubt = _NEXT
            total = cost + doubt * (1 - unit.fresh)
            total += _indent(levels, unit, depth, new)
            total += _beside_heads(levels, unit, depth, title, numeral) if new else 0.0
            if new and unit.caps and title and kept and not (kept[-1].face[1]):
                total += _CAPITALS
            own = numeral.path or ((kept[-1].path if kept else ()) + (numeral.label.strip("()"),))
            face = (unit.bold, title)
            level = _Level(numeral.style, numeral.value, unit.x, own, 9.0, face)
            yield total, (*kept, level), Placed(Role.ITEM, depth, numeral)
            for second in unit.second:
                inner = _Level(second.style, 1, None, (*own, second.label.strip("()")), 9.0, face)
                yield (
                    total + (0.0 if second.style.endswith("brackets") else 0.6) - 0.2,
                    (*kept, level, inner),
                    Placed(Role.ITEM, depth, numeral, second),
                )


def _in_column(level: _Level, unit: Unit) -> bool:
    """Whether a numeral stands right below those of its level."""
    return unit.x is not None and level.x is not None and abs(unit.x - level.x) <= _COLUMN


def _fits(levels: tuple[_Level, ...], numeral: Numeral) -> Iterator[tuple[float, int, bool]]:
    """Yield (cost, depth, whether the level is new) for a numeral that counts within its level."""
    for depth, level in enumerate(levels):
        if level.style == numeral.style:
            yield (
                _step(numeral.value - level.value, numeral) + 0.02 * (len(levels) - depth),
                depth,
                False,
            )
    heads = len(levels)
    while heads > 0 and levels[heads - 1].style == "head":
        heads -= 1
    first = 0.5 if numeral.value == 1 else 1.8 + 0.2 * min(numeral.value, 8)
    first += 0.2 if numeral.style.startswith(("low roman", "upper in")) else 0.0
    scope = _scope(levels)
    again = any(level.style == numeral.style for level in scope)
    for depth in range(heads, len(levels) + 1):
        if again and depth == len(levels):
            yield first + (1.6 if numeral.value == 1 else 3.0), depth, True
        else:
            yield first, depth, True
    for depth in range(heads):
        below = [level for level in levels[depth:] if level.style != "head"]
        opens = depth == 0 or levels[depth - 1].style == "head"
        if opens and below and all(level.style != numeral.style for level in levels):
            outermost = depth == 0 and numeral.style == "roman"
            yield first + _ANEW - (_OUTERMOST if outermost else 0.0), depth, True


def _scope(levels: tuple[_Level, ...]) -> tuple[_Level, ...]:
    """Return the numbered levels below the last heading: an outline may start anew under it."""
    for at in range(len(levels) - 1, -1, -1):
        if levels[at].style == "head":
            return levels[at + 1 :]
    return levels


def _step(step: int, numeral: Numeral) -> float:
    if step == 1:
        return 0.0
    if step > 1:
        return min(3.4, 0.8 + 0.25 * (step - 1))
    if step == 0:
        return 3.2
    return 3.0 if numeral.value == 1 else 4.5


def _path_fits(levels: tuple[_Level, ...], numeral: Numeral) -> Iterator[tuple[float, int, bool]]:
    """Yield the one place of a numeral that names its whole path, and what it costs there."""
    own = numeral.path
    for depth in range(len(levels) - 1, -1, -1):
        above = levels[depth]
        if above.path and len(above.path) < len(own) and own[: len(above.path)] == above.path:
            after = levels[depth + 1] if depth + 1 < len(levels) else None
            cost = _path_step(after, own) + 0.6 * (len(own) - len(above.path) - 1)
            yield cost, depth + 1, after is None
            return
    heads = 0
    while heads < len(levels) and levels[heads].style == "head":
        heads += 1
    beside = levels[heads] if heads < len(levels) else None
    if beside is None:
        yield 0.6, heads, False
    elif beside.style == "path":
        yield _path_step(beside, own), heads, False
    else:
        yield 2.4, heads, False
        yield 1.2 + (0.0 if own[-1] == "1" else 1.0), len(levels), True


def _path_step(beside: _Level | None, own: tuple[str, ...]) -> float:
    if beside is None:
        return 0.3 if place(own[-1]) <= 1 else 1.2
    if not beside.path or beside.style != "path":
        return 1.5
    if len(beside.path) == len(own) and beside.path[:-1] == own[:-1]:
        step = place(own[-1]) - place(beside.path[-1])
        return 0.0 if step == 1 else 0.8 if step > 1 else 3.2
    later = [place(part) for part in own] > [place(part) for part in beside.path]
    return 0.6 if later else 3.2


def _indent(levels: tuple[_Level, ...], unit: Unit, depth: int, new: bool) -> float:
    """Return what it costs that a numeral stands elsewhere than its level has stood so far."""
    if unit.x is None:
        return 0.0
    if not new and depth < len(levels) and levels[depth].x is not None:
        apart = abs(unit.x - (levels[depth].x or 0.0))
        return 0.0 if apart <= 10 else 0.3 + min(1.2, apart / 60)
    above = levels[depth - 1] if depth else None
    if new and above is not None and above.style != "head" and above.x is not None:
        if unit.x < above.x - 10:
            return 1.0
        return 0.15 if unit.x <= above.x + 3 else 0.0
    return 0.0


def _beside_heads(
    levels: tuple[_Level, ...], unit: Unit, depth: int, title: bool, numeral: Numeral
) -> float:
    """Return what it costs to count beside headings without numerals, or below the last of them."""
    last = levels[-1] if levels else None
    if last is None or last.style != "head":
        return 0.0
    listed = unit.led and not numeral.style.startswith("roman")
    alike = title and last.filled and not listed
    if depth == len(levels):
        return 1.0 if alike and last.rank > 0 else 0.0
    return 0.1 if alike else 1.2 + (1.0 if last.rank <= 0 else 0.0)


def _heads(levels: tuple[_Level, ...], unit: Unit) -> Iterator[_Choice]:
    """Yield the places of a heading without numeral: under the levels that outrank it."""
    rank = rank_of(unit)
    for depth in range(len(levels) + 1):
        kept = levels[:depth]
        if any(level.style == "head" and level.rank >= rank for level in kept):
            break
        if kept and rank <= 0:
            break
        beside = levels[depth] if depth < len(levels) else None
        cost = 0.3 + 0.15 * sum(level.style != "head" for level in kept)
        cost += 0.5 if beside is not None and beside.style != "head" else 0.0
        cost += 0.4 if kept and kept[-1].style != "head" and kept[-1].face[1] is False else 0.0
        if any(level.style == "head" and level.rank < rank for level in levels[depth:]):
            cost += 0.6
        level = _Level("head", 0, unit.x, (), rank, (unit.bold, True))
        yield cost + (1 - unit.strength), (*kept, level), Placed(Role.HEAD, depth)


def rank_of(unit: Unit) -> float:
    """Return how high a heading stands, 0 highest: a part, then the format's levels, then size."""
    if unit.label is not None:
        return 0.0
    if unit.level is not None:
        return 1.0 + unit.level
    return 8.0 - min(round(unit.size or 0.0), 60) / 60 - 0.006 * (unit.caps or 0.5 * unit.bold)
