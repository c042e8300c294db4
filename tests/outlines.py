"""Invented directives, drawn by hypothesis: the Markdown, and the sections it must give."""

from dataclasses import dataclass, field

from hypothesis import strategies as st

_WORDS = "officers shall keep radios clean before every shift and report any damage without delay"
_TITLES = ("PURPOSE", "Use of Radios", "Duties of Supervisors", "RECORDS AND FORMS", "Care")
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII")


@dataclass
class Invented:
    """The text of an invented directive, its clauses (section, text) and its headings."""

    lines: list[str] = field(default_factory=list)
    clauses: list[tuple[str, str]] = field(default_factory=list)
    headings: list[tuple[str, str]] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.lines) + "\n"


@st.composite
def sentences(draw: st.DrawFn) -> str:
    words = draw(st.lists(st.sampled_from(_WORDS.split()), min_size=4, max_size=9))
    return " ".join(words).capitalize() + "."


def _places(draw: st.DrawFn, most: int, reach: int) -> list[int]:
    """Return the numbers of a level: the first is 1, later ones may be missing."""
    rest = draw(st.sets(st.integers(2, reach), max_size=most - 1))
    return [1, *sorted(rest)]


@st.composite
def outlines(draw: st.DrawFn) -> Invented:
    """Draw romans > letters > decimals > bullets, with numbers missing and marks of every depth."""
    made = Invented()
    for roman in _places(draw, 3, 6):
        section = _ROMAN[roman - 1]
        _heading(draw, made, section, section)
        if draw(st.booleans()):
            _paragraphs(draw, made, section)
        else:
            for letter in _places(draw, 3, 7):
                _letter(draw, made, section, chr(ord("A") + letter - 1))
    return made


def _heading(draw: st.DrawFn, made: Invented, section: str, numeral: str) -> None:
    title = draw(st.sampled_from(_TITLES))
    written = f"{numeral}. {title}"
    mark = draw(st.sampled_from(("", "# ", "## ", "##### ", "bold")))
    made.lines.append(f"**{written}**" if mark == "bold" else mark + written)
    made.lines.extend([""] * draw(st.integers(1, 3)))
    made.headings.append((section, title))


def _paragraphs(draw: st.DrawFn, made: Invented, section: str) -> None:
    found = draw(st.lists(sentences(), min_size=1, max_size=3))
    for place, text in enumerate(found, 1):
        made.lines.extend([text, ""])
        made.clauses.append((section if len(found) == 1 else f"{section}¶{place}", text))


def _letter(draw: st.DrawFn, made: Invented, above: str, letter: str) -> None:
    section = f"{above}.{letter}"
    _heading(draw, made, section, letter)
    if draw(st.booleans()):
        text = draw(sentences())
        made.lines.extend([text, ""])
        made.clauses.append((section, text))
    for number in _places(draw, 4, 12):
        _item(draw, made, section, number)


def _item(draw: st.DrawFn, made: Invented, above: str, number: int) -> None:
    section, text = f"{above}.{number}", draw(sentences())
    made.lines.append(f"{' ' * draw(st.integers(0, 4))}{number}. {text}")
    made.clauses.append((section, text))
    for place in range(1, draw(st.integers(0, 3)) + 1):
        text = draw(sentences())
        made.lines.extend([""] * draw(st.integers(0, 2)))
        made.lines.append(f"{' ' * draw(st.integers(0, 4))}- {text}")
        made.clauses.append((f"{section}•{place}", text))
    made.lines.extend([""] * draw(st.integers(0, 1)))
