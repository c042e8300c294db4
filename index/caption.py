"""A directive's head -> its title: under a label, behind its number, or what else no field is."""

import re
from collections.abc import Sequence

from index.days import DATE, EFFECTIVE, ISSUED, REVISED
from index.directive import squeeze
from index.naming import ID, KIND
from index.titles import is_known, is_title

# A number that tells itself by its parts: ``4.30``, ``2-52``, ``6/002.00``; a title may follow.
PARTED = r"(?P<id>(?:[A-Z]{1,4}-?)?(?:\d{1,2}/)?\d{1,4}(?:[.-]\d{1,4})+(?:-?[A-Z])?)"
_HEADED = re.compile(rf"{PARTED}\s*[:.]?(?:\s*[–—-]\s+|\s+)(?P<title>[A-Z][^\d]{{3,}})")
OWN = re.compile(
    rf"\s*(?:{KIND}\s*(?:number|no\b\.?|\#)?|number|no\.)\s*[:#.]*\s*{ID}\s*(?:$|[:–—-]|\t)", re.I
)
_TITLE = re.compile(
    r"(?:(?:order|policy|procedures?|directive)\s+title|subject(?:\s+title)?|title|topic)\s*(?::|\t|\n)\s*(?P<what>[^\n\t]+)",
    re.I,
)
_LABEL = re.compile(
    rf"\s*(?:{EFFECTIVE}|{ISSUED}|{REVISED}|rescind|supersed|replac|amend|index|distribution|"
    r"accredit|calea|reference|standard|section|page|approv|authority|by order|chief|sheriff|"
    r"subject|title|number|categor|related|all\s+personnel|date|directive\s*:|n/a|cross|"
    r"series|affects|originat|annual|immediate|table of contents|policy index|sop\b|version\b|"
    r"(?:\w+\s+)?by\s*:|(?:pro)?actively released|released under)",
    re.I,
)
_BODY_OF = re.compile(
    r"\b(?:department|police|sheriff|city of|county|village|town of|township|bureau|office of|"
    r"manual|general orders?|special orders?|policy and procedure|division)\b",
    re.I,
)
_KIND_ALONE = re.compile(rf"{KIND}s?|memorandum|addendum|notice", re.I)
# What stands before a rank or before "Police Department" is a name.
_GOES_ON = re.compile(
    r"(?:interim\s+|acting\s+)?(?:chief|sheriff|superintendent|commissioner|director|colonel)\b"
    r"(?!.*:)|police\s+department",
    re.I,
)
_NUMBERED = re.compile(
    rf".*\b(?:number|date|no\.?|office)|new\s+{KIND}|(?:\w+\s+){{0,2}}?{KIND}"
    rf"\s*[:#.–—-]*\s*{ID}",
    re.I,
)
# All that a department, a town or a manual is called by, and no directive.
_NAME_ALONE = re.compile(
    r"(?:(?:city|village|town|county|township|state) of\b.*"
    r"|(?:[\w.'’&-]+ ){0,5}(?:police|sheriff['’]?s?|department|office|bureau|division|manual|"
    r"instructions|orders?|procedures?)(?:,.*)?)",
    re.I,
)
_CONTENTS = re.compile(r"^\s*(?:detailed\s+)?(?:table\s+of\s+)?contents\s*$", re.I | re.M)
_PAGED = re.compile(r"\s[-–—]\s\d{1,3}$", re.M)
_SENTENCE = 6


def headed(cell: str) -> re.Match[str] | None:
    """Return a number with the directive's title behind it; that of a usual part is none."""
    found = _HEADED.fullmatch(cell)
    return None if found is None or is_known(found.group("title")) else found


def cells(text: str) -> list[str]:
    """Return the cells of all lines in order; tabs part them, empty ones are left out."""
    return [cell.strip() for cell in re.split(r"[\n\t]", text) if cell.strip()]


def title(text: str, beside: str, *, laid_out: bool) -> str | None:
    """Return the title that a head's text or the running heads ``beside`` it say, or None.

    Where lines are those of a page (``laid_out``), a title may take two of them.
    """
    text = _above_contents(text)
    found = _labelled(text)
    if found is None:
        joined = _joined(text) if laid_out else text
        running = [cell for cell in cells(beside) if not _NAME_ALONE.fullmatch(cell)]
        found = _first(joined, running)
    unpaged = _PAGED.sub("", beside)
    return _whole(found, text, beside) or _labelled(unpaged) or _first(unpaged, ())


def _above_contents(text: str) -> str:
    """Return the head without the table of contents that some of it is."""
    found = _CONTENTS.search(text)
    return text[: found.start()] if found and text[: found.start()].strip() else text


def _labelled(text: str) -> str | None:
    found = _TITLE.search(text)
    if found is None or _LABEL.match(found.group("what")):
        return None
    return squeeze(found.group("what"))


def _joined(text: str) -> str:
    """Return the text with a line in capitals, or in a title's words, joined to its like."""
    lines: list[str] = []
    for line in text.split("\n"):
        if lines and _goes_on(lines[-1], line):
            lines[-1] = f"{lines[-1]} {line}"
        else:
            lines.append(line)
    return "\n".join(lines)


def _goes_on(above: str, line: str) -> bool:
    if (
        not line
        or not above
        or re.search(r"[\t\d]", above + line)
        or above.isupper() != line.isupper()
    ):
        return False
    fields = any(_is_field(cell) or _NAME_ALONE.fullmatch(cell) for cell in (above, line))
    return not fields and len(above.split()) > 1 and is_title(line) and ":" not in above[-1:]


def _whole(title: str | None, text: str, beside: str) -> str | None:
    """Return a title that the head breaks over two lines as the running head has it on one."""
    if title is None:
        return None
    for cell in re.split(r"[\n\t]", beside):
        name = squeeze(cell)
        if name.lower().startswith(title.lower()) and name.lower() in squeeze(text).lower():
            return name
    return title


def is_label(cell: str) -> bool:
    """Whether a cell begins as the name of another field does: Effective, Page, Distribution."""
    return _LABEL.match(cell) is not None


def _is_field(cell: str) -> bool:
    """Whether a cell is a label, a number, a date or a kind of order, and no title."""
    return bool(
        _NUMBERED.fullmatch(cell)
        or _LABEL.match(cell)
        or OWN.match(cell)
        or _KIND_ALONE.fullmatch(cell)
        or DATE.search(cell)
        or re.search(r"\bpage\b\s*\d|copyright|©", cell, re.I)
        or (cell.endswith(".") and len(cell.split()) >= _SENTENCE)
    )


def _first(text: str, running: Sequence[str]) -> str | None:
    """Return the first cell that is no field and no department; one that also runs goes first."""
    found = cells(text)
    answers = {cell.strip() for cell in re.findall(r"(?=:[ ]*[\n\t]([^\n\t]+))", text)}
    numbered = next(filter(None, map(headed, found)), None)
    if numbered and not DATE.match(numbered.group()):
        return numbered.group("title").rstrip(" :")
    left = [
        cell
        for at, cell in enumerate(found)
        if 4 <= len(cell) <= 120
        and not (at + 1 < len(found) and _GOES_ON.match(found[at + 1]))
        and not _is_field(cell)
        and cell not in answers
        and len(re.findall(r"[^\W\d_]", cell)) > len(cell) / 2
    ]
    named = [cell for cell in left if cell in running]
    named += [cell for cell in left if not _BODY_OF.search(cell)]
    named += [cell for cell in left[1:] if not _NAME_ALONE.fullmatch(cell)]
    return named[0] if named else next((cell for cell in left[:0:-1]), None)
