"""The path to permission or consent that a ruling opens, in the order's own words."""

from collections.abc import Sequence

from bot.answer import ApprovalKind, Verdict
from bot.draft import DraftApproval
from bot.engines.case import Case, Match
from bot.engines.verdict import Ruling

_ASKED = 0.6


def opened(case: Case, ruling: Ruling) -> DraftApproval | None:
    """Return the path, or None where the order opens none or the question does not need one.

    Colleagues' consent and the Department's permission are two things; where both are asked for,
    the words are those of the permission.
    """
    found = [m.rule.permission for m in _candidates(case, ruling) if m.rule.permission is not None]
    if not found:
        return None
    consents = [p for p in found if p.kind == ApprovalKind.CONSENT]
    permissions = [p for p in found if p.kind == ApprovalKind.PERMISSION]
    kind = ApprovalKind.PERMISSION if permissions else ApprovalKind.CONSENT
    if consents and permissions:
        kind = ApprovalKind.BOTH
    main = (permissions or [p for p in consents if p.form is None] or consents)[0]
    return DraftApproval(
        kind=kind, decided_by=main.by, form=main.form, route=main.route, basis=main.path
    )


def only_consent(ruling: Ruling) -> bool:
    """Whether all that is needed is a colleague's agreement."""
    kinds = {m.rule.permission.kind for m in ruling.deciding if m.rule.permission}
    return kinds == {ApprovalKind.CONSENT.value}


def _candidates(case: Case, ruling: Ruling) -> Sequence[Match]:
    if ruling.verdict is Verdict.NEEDS_PERMISSION:
        return ruling.deciding
    if ruling.verdict is Verdict.DEPENDS:
        return [m for m in (*ruling.deciding, *ruling.pending) if m.liftable]
    if ruling.verdict is Verdict.INFORMATIONAL and (case.seeks or case.retrieval.path >= _ASKED):
        return ruling.deciding
    return ()
