"""Whether a rule's words stand in the clause they are said to: a changed text breaks the reading.

Each fault is told as what is wrong and what to do; the reader of the file adds file and line.
"""

from index.directive import Clause, ClauseKind, Directive, squeeze
from index.drafting import lead_of
from index.rule import Notice, Permission, Reading, Rule


def fault_of_rule(rule: Rule, directive: Directive) -> str | None:
    """Return what is wrong with a rule as a sentence with its remedy, or None."""
    clause = directive.clause(rule.section)
    if clause is None:
        return f"{rule.section!r} is not in {directive.name}. Correct the section."
    if squeeze(rule.says) not in clause.text:
        return f"says {rule.says!r}, which the clause does not. Quote it word for word."
    completed = joined(clause, directive)
    if not rule.force or rule.force.lower() not in completed.lower():
        return (
            f"the force {rule.force!r} is not in the clause or the sentence it completes. "
            "Use the order's own verb."
        )
    if rule.yields is not None and directive.clause(rule.yields) is None:
        return f"{rule.yields!r} is not in {directive.name}. Correct it."
    return _fault_of_words(rule, clause, completed) or (
        _fault_of_permission(rule.permission, clause, completed, directive)
        if rule.permission is not None
        else None
    )


def fault_of_notice(notice: Notice, directive: Directive) -> str | None:
    """Return what is wrong with a notice, or None."""
    clause = directive.clause(notice.section)
    if clause is None or squeeze(notice.says) not in clause.text:
        return f"{notice.says!r} is not in {notice.section!r}. Quote it."
    return None


def unread(reading: Reading, directive: Directive) -> list[str]:
    """Return the sections of the clauses without a rule; definitions are read by themselves."""
    read = {rule.section for rule in reading.rules}
    return [
        clause.section
        for clause in directive.clauses
        if clause.section not in read and clause.kind is not ClauseKind.DEFINITION
    ]


def joined(clause: Clause, directive: Directive) -> str:
    """Return a clause behind the words it completes, as one sentence runs on: "shall not post"."""
    clauses = {c.section: c for c in directive.clauses}
    texts = [clause.text]
    above = lead_of(clause, clauses)
    while above is not None and len(texts) < len(clauses):
        texts.insert(0, above.text.rstrip(":–— "))
        above = lead_of(above, clauses)
    return " ".join(texts)


def _fault_of_words(rule: Rule, clause: Clause, completed: str) -> str | None:
    for word in rule.undefined:
        if word.lower() not in clause.text.lower():
            return f"undefined {word!r} is not in {clause.section}. Use a word of the clause."
    tied = [("exception", words) for words in (rule.exception,) if words is not None]
    tied += [("consequence", words) for words in rule.consequences]
    for name, words in tied:
        if not words or squeeze(words) not in completed:
            return f"the {name} {words!r} is not in {clause.section}. Quote it word for word."
    return None


def _fault_of_permission(
    permission: Permission, clause: Clause, completed: str, directive: Directive
) -> str | None:
    path = directive.clause(permission.path)
    if path is None:
        return f"{permission.path!r} is not in {directive.name}. Correct it."
    for words in (permission.by, permission.form, permission.route):
        if words is not None and words not in completed and words not in path.text:
            return (
                f"{words!r} stands in neither {clause.section} nor {path.section}. "
                "Use the order's own words, or null where it has none."
            )
    return None
