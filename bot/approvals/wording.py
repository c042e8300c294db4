"""What forms say of a request's clauses, on the web and in Slack; never stronger than the order."""

from bot.answer import ApprovalKind
from bot.approvals.desk import NOT_PERMISSION, NOT_YET
from bot.approvals.guidance import Guidance, Touched

CAUTION = f"{NOT_PERMISSION} {NOT_YET}"
TOUCHES = "What this touches"
TOUCHES_NOTHING = "No clause is touched by what you have filled in so far."
CONSENTS = "Consent and permission are two things; neither replaces the other."
BARRED = "What no one can permit"
BARRED_HOW = "Take it out, or correct your answer."
LIFTS_NOTHING = "No request can lift this: nobody can permit what is left."
UNCLEAR = "What may be forbidden, with no permission stated"
UNCLEAR_HOW = "The request goes to whoever decides with these points open, and says so."
CONFIRM = "Read these points once, then send the request, or correct an answer first."
NOT_APPROVAL = "This is a reading of the order by the assistant. It decides nothing."


def barred(clause: Touched) -> str:
    """Return the sentence for a field that states what no one can permit, with the clause."""
    return f"{no_permission(clause)} It says: {quoted(clause)}. {BARRED_HOW}"


def no_permission(clause: Touched) -> str:
    """Return that a clause states no permission."""
    return f"{clause.citation} states no permission for this."


def quoted(clause: Touched) -> str:
    """Return the clause word for word, with the sentence that a bullet completes."""
    lead = f"“{clause.lead}” " if clause.lead else ""
    return f"{lead}“{clause.quote}”"


def decides(clause: Touched, name: str) -> str:
    """Return who decides by a clause and in what form, in the words of the order ``name``."""
    if clause.kind is None:
        return {
            "advised": f"A caution in the order's own verb: “{clause.force}”. Nobody decides it.",
            "required": f"A duty on you: “{clause.force}”.",
        }.get(
            clause.effect.value,
            "This clause states no permission itself; others of the order do, as shown here.",
        )
    who = f"“{clause.decided_by}”" if clause.decided_by else f"{name} does not say who"
    what = "Consent of" if clause.kind is ApprovalKind.CONSENT else "Decided by"
    form = f" Form: “{clause.form}”." if clause.form else f" {name} does not say in what form."
    route = f" Route: “{clause.route}”." if clause.route else ""
    return f"{what}: {who}.{form}{route}"


def applies_if(clause: Touched) -> str:
    """Return the fact on which it hangs whether a clause applies."""
    return f"It applies if {clause.applies_if}."


def headline(guidance: Guidance) -> str:
    """Return in one sentence what the guidance comes to."""
    if guidance.lifts_nothing:
        return LIFTS_NOTHING
    if guidance.barred:
        return "Some of this nobody can permit. Without it, the rest can be sent."
    if guidance.unclear:
        return "Some of this may be forbidden, and the order states no permission for it."
    return "What is filled in so far can be sent to whoever decides."
