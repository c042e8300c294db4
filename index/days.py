"""Days as heads of directives write them: 2019-09-10, 9/10/19, September 10, 2019, 10 Sept 2019."""

import re
from datetime import date

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?"
DATE = re.compile(
    rf"(?P<iso>\d{{4}})[-/](?P<im>\d{{1,2}})[-/](?P<id>\d{{1,2}})(?!\d)"
    rf"|(?P<m>\d{{1,2}})\s?[/.-]\s?(?P<d>\d{{1,2}})\s?[/.-]\s?(?P<y>\d{{4}}|\d{{2}})(?!\d)"
    rf"|(?P<word>{_MONTH})\s+(?P<wd>\d{{1,2}})(?:st|nd|rd|th)?\s*,?\s+(?P<wy>\d{{4}})"
    rf"|(?P<dd>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<dword>{_MONTH})\s*,?\s+(?P<dy>\d{{4}})",
    re.I,
)


# What stands before the day on which a directive takes effect, was issued, was last changed.
EFFECTIVE = (
    r"(?:date\s+effective|effective(?:\s*/\s*issued?)?(?:\s+date)?|eff\.?(?:\s+date)?|in\s+effect|"
    r"in\s+force(?:\s+from)?|takes\s+effect(?:\s+on)?)"
)
ISSUED = (
    r"(?:date\s+(?:of\s+)?issued?|(?:original\s+)?issued?(?:\s+date)?|date\s+of\s+issue|"
    r"published|adopted|adoption(?:\s+date)?|originated)"
)
REVISED = (
    r"(?:date\s+(?:revised|amended|of\s+(?:last\s+)?revision)|"
    r"(?:last\s+)?revis(?:ed|ion)(?:\s+(?:no\.?\s*)?\d{1,2})?(?:\s+date)?s?|rev\.?(?:\s+date)?|"
    r"amended(?:\s+date)?|re-?issued?(?:\s+date)?|(?:last\s+)?review(?:ed)?(?:\s+date)?|updated|"
    r"current\s+(?:as\s+)?(?:at|of|on))"
)


def day(found: re.Match[str]) -> date | None:
    """Return the day that a match of ``DATE`` says, None where there is no such day."""
    part = found.groupdict()
    try:
        if part["iso"]:
            return date(int(part["iso"]), int(part["im"]), int(part["id"]))
        if part["m"]:
            year = int(part["y"])
            year += (1900 if year > 60 else 2000) if year < 100 else 0
            return date(year, int(part["m"]), int(part["d"]))
        word, day, year_said = (
            (part["word"], part["wd"], part["wy"])
            if part["word"]
            else (part["dword"], part["dd"], part["dy"])
        )
        return date(int(year_said or 0), _MONTHS.index((word or "")[:3].lower()) + 1, int(day or 0))
    except ValueError:
        return None
