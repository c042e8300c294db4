"""The graph of references -> a drawing: boxes in one column, and lines beside them that join them.

Each box that is referred to has one line down or up along the column, in a lane of its own where
it would meet another's; whatever refers to it joins that line. So no line runs through a box.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from textwrap import wrap

from index.graph import Link, Place
from index.mentions import Sort

MOST_BOXES = 60
MOST_NAMED = 10
_LEFT, _TOP, _WIDTH, _HEIGHT = 4, 6, 212, 46
_GAP, _GROUP, _PORT, _LANE, _CORNER = 16, 44, 16, 16, 5
_STUB = 34  # from a box to the first lane, with room for a count
_NAME, _TITLE = 21, 30
_TONES = ("blue", "violet", "teal", "red", "green", "amber", "slate")
_GROUPS = _FILED, _UNFILED, _LAW = "", "Not on file", "The law"


@dataclass(frozen=True)
class Box:
    """One place: its upper left corner is at ``x``, ``y``, in pixels.

    ``more`` is how many places a box stands for that are too many to be drawn, else None.
    ``first`` is the first link that begins or ends there.
    """

    place: Place
    x: int
    y: int
    width: int
    height: int
    name: str
    title: str
    first: Link
    more: int | None = None


@dataclass(frozen=True)
class Line:
    """A reference as it is drawn: an SVG path, and where its count is written."""

    path: str
    tone: str
    told: str
    count: int
    x: int
    y: int


@dataclass(frozen=True)
class Head:
    """The head of the lines that end at a box: the points of an SVG polygon."""

    points: str
    tone: str


@dataclass(frozen=True)
class Drawing:
    """Boxes and lines on a sheet of ``width`` by ``height`` pixels.

    ``captions`` are the words above each group of boxes and how far down they stand; ``left_out``
    counts the directives that refer or are referred to and are not drawn.
    """

    width: int
    height: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    heads: tuple[Head, ...]
    captions: tuple[tuple[str, int], ...]
    left_out: int


def draw(links: Sequence[Link], order: Sequence[str]) -> Drawing:
    """Return the drawing of links, directives in the ``order`` of their numbers.

    At most MOST_BOXES boxes, those with the most references; of what is not on file, and of the
    law, the MOST_NAMED most often named, and one box for all others.
    """
    whole = {one.key for one in _places(links) if one.number is not None}
    shown, more = _chosen(links)
    places = list({one.key: one for one in _places(shown)}.values())
    rank = {number: at for at, number in enumerate(order)}
    said = _said(shown)
    places.sort(
        key=lambda one: (
            _GROUPS.index(_group(one)),
            rank.get(one.number or "", 0),
            one.key in more,
            -said[one.key],
            one.key,
        )
    )
    boxes, captions, height = _column(places, shown, more)
    lines, heads, lanes = _joined(boxes, shown)
    return Drawing(
        width=_LEFT + _WIDTH + _STUB + lanes * _LANE + _LEFT,
        height=height,
        boxes=tuple(boxes.values()),
        lines=lines,
        heads=heads,
        captions=captions,
        left_out=len(whole - boxes.keys()),
    )


def _places(links: Iterable[Link]) -> Iterable[Place]:
    return [place for link in links for place in (link.source, link.target)]


def _said(links: Iterable[Link]) -> Counter[str]:
    """Return how many references begin or end at each place."""
    said: Counter[str] = Counter()
    for link in links:
        said[link.source.key] += link.count
        said[link.target.key] += link.count
    return said


def _group(place: Place) -> str:
    if place.number is not None:
        return _FILED
    return _LAW if place.sort is Sort.LAW else _UNFILED


def _chosen(links: Sequence[Link]) -> tuple[Sequence[Link], Mapping[str, int]]:
    """Return the links that are drawn, and how many places each box for others stands for."""
    merged, more = _merged(links)
    unfiled = {one.key for one in _places(merged) if one.number is None}
    said = _said(links)
    filed = sorted({one.key for one in _places(links) if one.number is not None})
    filed.sort(key=lambda key: -said[key])
    kept = set(filed[: MOST_BOXES - len(unfiled)])
    if len(kept) < len(filed):
        left = [x for x in links if x.source.key in kept]
        merged, more = _merged([x for x in left if x.target.number is None or x.target.key in kept])
    return merged, more


def _merged(links: Sequence[Link]) -> tuple[Sequence[Link], Mapping[str, int]]:
    """Return links with what is seldom named and not on file as one place of its group."""
    others: dict[str, Place] = {}
    more: dict[str, int] = {}
    said = _said(links)
    for group in (_UNFILED, _LAW):
        keys = sorted({x.target.key for x in links if _group(x.target) == group})
        keys.sort(key=lambda key: -said[key])
        rest = keys[MOST_NAMED:]
        if rest:
            sort = Sort.LAW if group == _LAW else Sort.DIRECTIVE
            place = Place(key=f"more {group}", name=f"and {len(rest)} more", sort=sort)
            others |= dict.fromkeys(rest, place)
            more[place.key] = len(rest)
    found: dict[tuple[str, str], Link] = {}
    for link in links:
        target = others.get(link.target.key, link.target)
        first = found.get((link.source.key, target.key))
        count = link.count + (first.count if first else 0)
        found[link.source.key, target.key] = (first or link).model_copy(
            update={"target": target, "count": count}
        )
    return tuple(found.values()), more


def _column(
    places: Sequence[Place], links: Sequence[Link], more: Mapping[str, int]
) -> tuple[Mapping[str, Box], tuple[tuple[str, int], ...], int]:
    """Return the boxes by key, the captions of their groups, and how high the sheet is."""
    ports = Counter(link.source.key for link in links)
    ports.update({link.target.key for link in links})
    boxes: dict[str, Box] = {}
    captions = []
    down = _TOP
    for group, members in groupby(places, _group):
        if group:
            captions.append((group, down + _GROUP - _GAP - 10))
            down += _GROUP - _GAP
        for place in members:
            height = max(_HEIGHT, ports[place.key] * _PORT + 8)
            name, title = _lines(place)
            boxes[place.key] = Box(
                place=place,
                x=_LEFT,
                y=down,
                width=_WIDTH,
                height=height,
                name=name,
                title=title,
                first=next(x for x in links if place.key in (x.source.key, x.target.key)),
                more=more.get(place.key),
            )
            down += height + _GAP
    return boxes, tuple(captions), down


def _joined(
    boxes: Mapping[str, Box], links: Sequence[Link]
) -> tuple[tuple[Line, ...], tuple[Head, ...], int]:
    """Return the lines, the heads they end in, and how many lanes they take."""
    ends = _ports(boxes, links)
    reach: dict[str, tuple[int, int]] = {}
    for link in links:
        source, target = ends[link.source.key, link.target.key], ends[link.target.key, ""]
        low, high = reach.get(link.target.key, (target, target))
        reach[link.target.key] = (min(low, source), max(high, source))
    lanes = _lanes(reach)
    tones = {key: _TONES[at % len(_TONES)] for at, key in enumerate(k for k in boxes if k in reach)}
    edge = _LEFT + _WIDTH
    lines = tuple(
        Line(
            path=_path(
                edge,
                ends[link.source.key, link.target.key],
                ends[link.target.key, ""],
                edge + _STUB + lanes[link.target.key] * _LANE,
            ),
            tone=tones[link.target.key],
            told=f"{link.source.name} to {link.target.name}: {link.count}",
            count=link.count,
            x=edge + 5,
            y=ends[link.source.key, link.target.key] - 3,
        )
        for link in links
    )
    heads = tuple(Head(_points(edge, ends[key, ""]), tone) for key, tone in tones.items())
    return lines, heads, max(lanes.values(), default=0) + 1


def _ports(boxes: Mapping[str, Box], links: Sequence[Link]) -> Mapping[tuple[str, str], int]:
    """Return how far down each box's right edge a line to a place leaves it, and "" enters it.

    What leads up leaves above what enters, what leads down below it, so that few lines cross.
    """
    found: dict[tuple[str, str], int] = {}
    entered = {link.target.key for link in links}
    for key, box in boxes.items():
        to = sorted(
            (boxes[link.target.key].y, link.target.key) for link in links if link.source.key == key
        )
        up = [target for y, target in to if y < box.y]
        down = [target for y, target in to if y > box.y]
        order = [*up, *([""] if key in entered else []), *down]
        top = box.y + (box.height - (len(order) - 1) * _PORT) // 2
        found |= {(key, target): top + at * _PORT for at, target in enumerate(order)}
    return found


def _lanes(reach: Mapping[str, tuple[int, int]]) -> Mapping[str, int]:
    """Return the lane of each line along the column, the shortest nearest to the boxes."""
    taken: list[list[tuple[int, int]]] = []
    found: dict[str, int] = {}
    for key, (low, high) in sorted(reach.items(), key=lambda x: (x[1][1] - x[1][0], x[1], x[0])):
        free = (
            at
            for at, lane in enumerate(taken)
            if all(high + _CORNER < first or last + _CORNER < low for first, last in lane)
        )
        at = next(free, len(taken))
        if at == len(taken):
            taken.append([])
        taken[at].append((low, high))
        found[key] = at
    return found


def _path(edge: int, source: int, target: int, lane: int) -> str:
    turn = _CORNER if target > source else -_CORNER
    return (
        f"M{edge} {source}H{lane - _CORNER}q{_CORNER} 0 {_CORNER} {turn}"
        f"V{target - turn}q0 {turn} {-_CORNER} {turn}H{edge + 8}"
    )


def _points(edge: int, y: int) -> str:
    return f"{edge + 1},{y} {edge + 10},{y - 5} {edge + 10},{y + 5}"


def _lines(place: Place) -> tuple[str, str]:
    """Return the two lines of a box; a long name without a title runs on in the second."""
    first, *others = wrap(place.name, _NAME) or [""]
    rest = place.title or " ".join(others)
    return (_short(place.name, _NAME) if place.title else first), _short(rest, _TITLE)


def _short(words: str, most: int) -> str:
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}…"
