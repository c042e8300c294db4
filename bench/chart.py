"""The comparison as a picture: a row a pipeline, a panel a figure, plain SVG."""

from collections.abc import Iterator
from xml.sax.saxutils import escape

from bench.beside import OURS, Comparison
from bot.evaluation.quality import Figures

# Figure -> what stands above its panel; every one of them is a share, and more is better.
PANELS = {
    "recall_at_5": "recall@5",
    "hit_at_1": "hit@1",
    "citation_precision": "precision",
    "verdict_accuracy": "verdict",
    "out_of_scope_not_covered": "out of scope seen",
}
_LABELS, _PANEL, _BAR, _ROW, _TOP, _SIDE, _FOOT = 178, 146, 96, 28, 64, 16, 26
_INK, _PLAIN, _OURS, _REST = "#1f2933", "#9aa5b1", "#0b6e4f", "#eef1f4"


def alt(comparison: Comparison, part: str) -> str:
    """Return the picture in words."""
    found = []
    for row in comparison.rows:
        shares = (f"{title} {_share(row.parts[part], name):.2f}" for name, title in PANELS.items())
        found.append(f"{row.title}: {', '.join(shares)}")
    return f"Shares by pipeline, 0 to 1, more is better. {'; '.join(found)}."


def svg(comparison: Comparison, part: str) -> str:
    """Return the picture of one part of the questions, as an SVG document."""
    count = comparison.rows[0].parts[part].questions
    width = 2 * _SIDE + _LABELS + _PANEL * len(PANELS)
    height = _TOP + _ROW * len(comparison.rows) + _FOOT
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" font-family="system-ui, sans-serif" font-size="13">',
        f"<title>{escape(alt(comparison, part))}</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        _text(_SIDE, 24, f"Shares on {count} questions ({part}); more is better", bold=True),
        *_drawn(comparison, part),
        _text(_SIDE, height - 8, f"Measured on {comparison.day}: {comparison.machine.line}."),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _drawn(comparison: Comparison, part: str) -> Iterator[str]:
    for place, title in enumerate(PANELS.values()):
        yield _text(_SIDE + _LABELS + place * _PANEL, _TOP - 14, title, bold=True)
    for place, row in enumerate(comparison.rows):
        top = _TOP + place * _ROW
        ours = row.title == OURS
        yield _text(_SIDE, top + 14, row.title, bold=ours)
        for panel, name in enumerate(PANELS):
            share = _share(row.parts[part], name)
            left = _SIDE + _LABELS + panel * _PANEL
            yield _bar(left, top, _BAR, _REST)
            yield _bar(left, top, share * _BAR, _OURS if ours else _PLAIN)
            yield _text(left + _BAR + 6, top + 14, f"{share:.2f}", bold=ours)


def _share(figures: Figures, name: str) -> float:
    return float(getattr(figures, name) or 0.0)


def _bar(left: int, top: int, width: float, colour: str) -> str:
    return f'<rect x="{left}" y="{top + 2}" width="{width:.1f}" height="16" fill="{colour}"/>'


def _text(left: int, base: int, said: str, *, bold: bool = False) -> str:
    weight = ' font-weight="600"' if bold else ""
    return f'<text x="{left}" y="{base}" fill="{_INK}"{weight}>{escape(said)}</text>'
