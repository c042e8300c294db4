"""Word's paragraph styles: what a paragraph takes over from them, and what its runs say."""

import re
from dataclasses import dataclass

from index.formats.numbering import W, Xml, indent

_HEADING = re.compile(r"heading (\d)", re.I)
_DEEP = 12


@dataclass(frozen=True)
class Style:
    """What a style gives: level of a heading from 0, list, indent and size in points, bold."""

    level: int | None = None
    listed: tuple[str, int] | None = None
    indent: float | None = None
    bold: bool = False
    size: float | None = None
    contents: bool = False


class Styles:
    """The styles of a document, each with what it inherits."""

    def __init__(self, root: Xml | None) -> None:
        found = root.findall(W + "style") if root is not None else []
        self._elements = {each.get(W + "styleId") or "": each for each in found}
        self._known: dict[str, Style] = {}
        self._usual = next(
            (
                each.get(W + "styleId") or ""
                for each in found
                if each.get(W + "default") == "1" and each.get(W + "type") == "paragraph"
            ),
            "",
        )

    def of(self, properties: Xml | None) -> Style:
        """Return the style of a paragraph, with an outline level of its own on top."""
        named = properties.find(W + "pStyle") if properties is not None else None
        style = self._style(named.get(W + "val") or "" if named is not None else self._usual, 0)
        level = _outline(properties)
        return style if level is None else _with_level(style, level)

    def listed(self, properties: Xml | None) -> tuple[str, int] | None:
        """Return the list and depth of a paragraph: its own, else its style's."""
        own = properties.find(W + "numPr") if properties is not None else None
        style = self.of(properties).listed
        if own is None:
            return style
        depth = own.find(W + "ilvl")
        number = own.find(W + "numId")
        named = number.get(W + "val") if number is not None else (style[0] if style else None)
        if named is None or named == "0":
            return None
        inherited = style[1] if style else 0
        return named, int(depth.get(W + "val") or 0) if depth is not None else inherited

    def bold(self, paragraph: Xml, style: Style) -> bool:
        """Whether all the words of a paragraph are bold."""
        faces = []
        for run in paragraph.iter(W + "r"):
            words = "".join(text.text or "" for text in run.findall(W + "t")).strip()
            if words:
                said = run.find(f"{W}rPr/{W}b")
                faces.append(style.bold if said is None else _on(said))
        return bool(faces) and all(faces)

    def size(self, paragraph: Xml, style: Style) -> float | None:
        """Return the size of a paragraph's first words in points."""
        for run in paragraph.iter(W + "r"):
            said = run.find(f"{W}rPr/{W}sz")
            if said is not None and any((text.text or "").strip() for text in run.findall(W + "t")):
                return _half(said)
        return style.size

    def _style(self, name: str, deep: int) -> Style:
        if name in self._known:
            return self._known[name]
        element = self._elements.get(name)
        if element is None or deep > _DEEP:
            return Style()
        above = element.find(W + "basedOn")
        base = self._style(above.get(W + "val") or "", deep + 1) if above is not None else Style()
        self._known[name] = _made(element, base)
        return self._known[name]


def _made(element: Xml, base: Style) -> Style:
    properties = element.find(W + "pPr")
    named = element.find(W + "name")
    title = (named.get(W + "val") or "") if named is not None else ""
    heading = _HEADING.fullmatch(title)
    level = _outline(properties)
    if level is None:
        level = int(heading.group(1)) - 1 if heading else base.level
    own = properties.find(W + "numPr") if properties is not None else None
    listed = base.listed
    if own is not None:
        number, depth = own.find(W + "numId"), own.find(W + "ilvl")
        named_list = number.get(W + "val") if number is not None else listed[0] if listed else None
        at = int(depth.get(W + "val") or 0) if depth is not None else 0
        listed = (named_list, at) if named_list and named_list != "0" else None
    said = indent(properties)
    bold, size = element.find(f"{W}rPr/{W}b"), element.find(f"{W}rPr/{W}sz")
    return Style(
        level=level,
        listed=listed,
        indent=base.indent if said is None else said,
        bold=base.bold if bold is None else _on(bold),
        size=base.size if size is None else _half(size),
        contents=title.lower().startswith(("toc ", "table of figures")),
    )


def _with_level(style: Style, level: int) -> Style:
    return Style(level, style.listed, style.indent, style.bold, style.size, style.contents)


def _outline(properties: Xml | None) -> int | None:
    said = properties.find(W + "outlineLvl") if properties is not None else None
    value = said.get(W + "val") if said is not None else None
    return int(value) if value is not None and value.isdigit() and int(value) < 9 else None


def _on(said: Xml) -> bool:
    return (said.get(W + "val") or "1") not in ("0", "false", "off")


def _half(said: Xml) -> float | None:
    value = said.get(W + "val") or ""
    return int(value) / 2 if value.isdigit() else None
