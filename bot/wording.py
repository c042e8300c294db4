"""The sentences of an answer: plain, short, and never stronger or weaker than the order's verb."""

from collections.abc import Sequence
from datetime import date

from bot.answer import ApprovalKind, Verdict
from index.directive import Clause, Directive, squeeze
from index.ended import Ended

_FEW = 3
VERDICTS = {
    Verdict.PROHIBITED: "Prohibited",
    Verdict.NEEDS_PERMISSION: "Needs permission",
    Verdict.REQUIRED: "Required",
    Verdict.ALLOWED_WITH_CONDITIONS: "Allowed, with conditions",
    Verdict.ALLOWED: "Allowed",
    Verdict.DEPENDS: "It depends",
    Verdict.INFORMATIONAL: "What the order says",
    Verdict.NOT_COVERED: "Not covered",
}
KINDS = {
    ApprovalKind.PERMISSION: "Permission",
    ApprovalKind.CONSENT: "Consent of the person concerned",
    ApprovalKind.BOTH: "Permission, and consent of the person concerned",
}
OPENINGS = {
    Verdict.PROHIBITED: "No.",
    Verdict.NEEDS_PERMISSION: "Not without permission.",
    Verdict.REQUIRED: "The order lays a duty here.",
    Verdict.ALLOWED_WITH_CONDITIONS: "Yes, within the limits stated.",
    Verdict.ALLOWED: "Yes.",
    Verdict.DEPENDS: "It depends on one fact you did not give.",
    Verdict.INFORMATIONAL: "",
    Verdict.NOT_COVERED: "",
}
CAUTION = "The order cautions here; it does not forbid."
CONSENT = "Not without the colleague's agreement."
NO_EXCEPTION = "The text gives no exception."
NO_PERMISSION = "The text states no permission that could lift this."
NO_ROUTE = "{name} states no route for this permission."
NO_AUTHORITY = "{name} does not say who gives it."
NOT_FROM_ORDER = "Not from the order: {suggests}"
BOTH = (
    "A colleague's agreement and the Department's permission are two things; "
    "neither replaces the other."
)
UNREVIEWED = "Reading of the order: {reviewed_by}."
UNKNOWN_CLAUSE = "{name} has no {section}."
UNFILED = "{citation} refers to “{words}”, which is not on file."
COPY = "{other} has nearly the same words with “{softer}”, {citation} with “{force}”. {reason}"
GUIDANCE = "{name} governs: {other} is guidance."
OF_UNIT = "{name} governs: {other} is for {unit}."
STRICTER = "{other} is stricter: ask before you act."
SOFTER = "{name} is given, being stricter."
SPANISH = "Respondo en inglés; las citas van sin traducir, tal como están en la orden."
FOREIGN = "This assistant reads English, and Spanish in part. Please ask in English."
SPANISH_NOT_COVERED = "Este asunto no está en las directivas archivadas; la respuesta va en inglés."
_FEW = 3
ACCOUNT = "Is this on a Department account, or on your own?"


def not_covered(names: Sequence[str], turn_to: str | None) -> str:
    """Return the summary of an answer to a subject that none of the directives on file treats."""
    where = f" Ask {turn_to}." if turn_to else ""
    if len(names) > _FEW:
        return f"None of the {len(names)} directives on file covers this.{where}"
    verb = "do" if len(names) > 1 else "does"
    return f"{' and '.join(names)} {verb} not cover this, and nothing else on file does.{where}"


def quoted(citation: str, says: str) -> str:
    """Return the summary of an answer that only quotes: nobody has read the clause yet."""
    return f'{citation} says: "{squeeze(says)}"'


def not_on_file(names: str, day: date) -> str:
    """Return the summary of an answer about a day whose text is not on file."""
    return f"The text in force on {day.isoformat()} is not on file; what is on file is {names}."


def paused(clauses: Sequence[tuple[str, date]]) -> str:
    """Return the sentence about clauses that no verdict is given on: citations, since when."""
    told = [f"on {citation} since {since.isoformat()}" for citation, since in clauses[:_FEW]]
    more = [f"on {len(clauses) - _FEW} more"] if len(clauses) > _FEW else []
    return f"The policy unit has paused answers {' and '.join([*told, *more])}."


def where_to_read(number: str, section: str | None) -> str:
    """Return the sentence that says how to get the words of a paused clause, or directive."""
    if section is None:
        return "Its clauses can be read: ask for one by its number."
    return f"Its words can be read: ask “show me {number} {section}”."


def ended(gone: Ended) -> str:
    """Return the sentence that a number is in force no more, and whether its text is on file."""
    text = "" if gone.filed else f" The text of {gone.number} is not on file."
    if gone.by is None:
        since = f" since {gone.since.isoformat()}" if gone.since is not None else ""
        return f"{gone.number} is not in force{since}.{text}"
    return f"{gone.by_name}, in effect since {gone.since}, rescinds {gone.number}.{text}"


def silent(name: str, says: str) -> str:
    """Return the fixed phrase for what a directive leaves open."""
    return f"{name} does not say {says}."


def summary(opening: str, sentences: Sequence[str]) -> str:
    """Return one to three sentences as one text."""
    return squeeze(" ".join([opening, *sentences]))


def condition(name: str, section: str, applies_if: str, liftable: bool) -> str:
    """Return the sentence about a rule that a fact not given would bring in."""
    if liftable:
        return f"If {applies_if}, {section} forbids it without permission."
    return (
        f"If {applies_if}, {section} prohibits it, and {name} does not say that approval lifts it."
    )


def question_about(applies_if: str) -> str:
    """Return the clarifying question for a deciding fact."""
    return f"What decides: is it so that {applies_if}?"


def shown(directive: Directive, clauses: Sequence[Clause]) -> str:
    """Return the summary of an answer that shows what was asked for by its number."""
    first = clauses[0]
    more = f" and {len(clauses) - 1} more" if len(clauses) > 1 else ""
    return f"This is {directive.citation(first.section)}{more}, word for word."
