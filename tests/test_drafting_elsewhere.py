"""The drafting reader on real orders of other departments, against labels made by hand before.

The orders are not part of the project; they are looked for where ``test_readers`` looks.
"""

from datetime import date
from functools import cache
from pathlib import Path

import pytest
from test_readers import SAMPLES, rows

from index.agreement import same_force
from index.clauses import parse
from index.directive import ClauseKind, Directive, Status, squeeze
from index.drafting import draft
from index.formats import read
from index.rule import Effect, Rule

LABELLED = {
    "labels-chicago-g09-01-06.tsv": "chicago_il_use_of_social_media_outlets.html",
    "labels-hanover-park-126-a.tsv": "hanover_park_il_D126a_social_media_management.pdf",
}
BAR = 0.8
MODAL = frozenset({"shall", "must", "will", "may", "should", "prohibited", "not", "unlawful"})
Label = dict[str, str]
Pair = tuple[Label, Rule | None]


def directive(path: Path) -> Directive:
    """Return a real order as it is parsed; its head does not matter to a draft."""
    document = read(path)
    found = parse(document)
    return Directive(
        number="1",
        prefix="GO",
        title=path.stem,
        part="1",
        issued=date(2020, 1, 1),
        effective=date(2020, 1, 1),
        status=Status.IN_FORCE,
        origin="a sample",
        sha256="0" * 64,
        source=document.text,
        clauses=found.clauses,
        headings=found.headings,
    )


@cache
def pairs(truth: str) -> tuple[Pair, ...]:
    """Return each label with the drafted rule it is about: in order, as many of one force as fit.

    A definition is not drafted; the loader reads it as one, which no rule here says.
    """
    order = directive(SAMPLES / LABELLED[truth])
    drafted = draft(order)
    defined = {c.section for c in order.clauses if c.kind is ClauseKind.DEFINITION}
    found: list[Pair] = []
    labels = rows(truth)
    for section in dict.fromkeys(label["section"] for label in labels):
        here = [label for label in labels if label["section"] == section]
        if section in defined:
            assert [label["effect"] for label in here] == ["defines"], section
            continue
        found += paired(here, [rule for rule in drafted.rules if rule.section == section])
    return tuple(found)


def paired(labels: list[Label], rules: list[Rule]) -> list[Pair]:
    """Return the pairing of labels and rules, both in order, with the most forces that agree."""
    if not labels:
        return []
    if not rules:
        return [(label, None) for label in labels]
    choices = [[(labels[0], rules[0]), *paired(labels[1:], rules[1:])]]
    if len(rules) > len(labels):
        choices.append(paired(labels, rules[1:]))
    if len(labels) > len(rules):
        choices.append([(labels[0], None), *paired(labels[1:], rules)])
    return max(choices, key=lambda pairing: sum(forced(*pair) for pair in pairing))


def forced(label: Label, rule: Rule | None) -> bool:
    """Whether a rule has the labelled force; "none" is a statement, or words without a verb."""
    if rule is None:
        return False
    if label["force"] == "none":
        weak = {Effect.INFORMS, Effect.DEFINES, Effect(label["effect"])}
        return rule.effect in weak and not MODAL.intersection(rule.force.lower().split())
    return same_force(label["force"], rule.force.lower().replace("never", "not"))


def permitted(label: Label, rule: Rule | None) -> bool:
    """Whether a rule names the labelled authority: by whom, or where nobody is named, the form."""
    found = rule.permission if rule is not None else None
    if not label["authority"]:
        wanted = label["effect"] == Effect.PERMISSION
        return (found is not None) is wanted and (found is None or found.by is None)
    if found is None:
        return False
    named = [bare(words) for words in (found.by, found.form) if words]
    said = [bare(words) for words in label["authority"].split(";")]
    return any(one in other or other in one for one in named for other in said)


def bare(words: str) -> str:
    return f" {squeeze(words).lower().removeprefix('the ')} "


@pytest.mark.parametrize("truth", LABELLED)
def test_force_and_authority_of_a_real_order_agree_with_its_labels(truth: str) -> None:
    if not (SAMPLES / LABELLED[truth]).is_file():
        return
    found = pairs(truth)
    permitting = [
        pair
        for pair in found
        if pair[0]["effect"] == Effect.PERMISSION
        or pair[0]["authority"]
        or (pair[1] is not None and pair[1].permission)
    ]
    shares = {
        "force": [forced(*pair) for pair in found],
        "authority": [permitted(*pair) for pair in found],
        "authority, where a permission is named": [permitted(*pair) for pair in permitting],
    }
    for name, agreed in shares.items():
        print(f"{truth}: {name} {sum(agreed)} of {len(agreed)}")
    assert sum(shares["force"]) >= BAR * len(found)
    assert sum(shares["authority"]) >= BAR * len(found)
