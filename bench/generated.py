"""A library of any size from a seed: directives on many subjects, and no two clauses alike.

Nothing here is anybody's order. The sentences are put together from parts, so that they read like
orders and spread over many subjects; how people would ask about a clause is put together likewise.
"""

import hashlib
import random
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_ORDER = "general-orders/5.14"
_SHARED = ("department.toml", "facts.yaml", "phrasing.yaml", "synonyms.yaml", "vocabulary.yaml")
PER_DIRECTIVE = 100
_TERMS, _PARTS, _ITEMS = 6, 9, 10
_QUESTIONS = 240
_SHEET = """number = "{number}"
prefix = "GO"
title = "{title}"
section = "{chapter}"
issued = 2020-01-06
effective = 2020-02-03
status = "in force"
source = "made up by bench.generated"
file = "order.md"
sha256 = "{sha256}"
"""

# A subject, and things that orders on it speak of.
_SUBJECTS = """
Towing and Impounding: abandoned car, tow slip, impound lot, storage fee, winch truck, lien notice
Vehicle Pursuits: pursuit car, spike strip, intersection clearing, air unit, pursuit critique
Body-Worn Cameras: camera battery, buffer clip, docking station, redacted copy, activation log
Property and Evidence: evidence locker, chain of custody form, heat-sealed bag, found wallet
Prisoner Transport: leg restraint, transport van, property envelope, seat belt, sally port
Holding Cells: cell check sheet, meal tray, suicide screening, mattress cover, cell camera
Firearms Range: qualification target, range tower, cleaning bench, frangible round, ear muffs
Less-Lethal Devices: conducted energy cartridge, pepper spray canister, beanbag launcher, baton
Canine Team: kennel run, bite report, tracking harness, scent article, narcotics training aid
School Resource Officers: lockdown drill, hall pass, parent conference, visitor badge, bus duty
Traffic Enforcement: speed trailer, citation book, laser unit, sobriety checkpoint, warning slip
Crash Reconstruction: skid measurement, scene diagram, airbag module, total station, witness sketch
Domestic Violence: protective order, lethality screen, victim card, primary aggressor, safe ride
Missing Persons: search grid, silver alert, dental chart, last known address, recovery interview
Death Investigations: medical examiner call, next of kin notice, scene log, personal effects
Sex Crimes: forensic kit, advocate call, follow-up interview, consent form, delayed report
Juvenile Procedures: juvenile holding room, guardian call, curfew notice, diversion referral
Informants: informant file, payment voucher, reliability note, controlled buy, handler meeting
Search Warrants: no-knock request, entry plan, inventory sheet, ram, warrant return
Bicycle Patrol: patrol bicycle, helmet, panniers, reflective vest, bicycle rack
Marine Unit: patrol boat, life vest, bilge pump, hull number, dive rope
Mounted Unit: saddle, horse trailer, farrier visit, stable log, crowd line
Unmanned Aircraft: drone battery, flight log, visual observer, no-fly notice, thermal lens
Radio Communications: radio channel, signal code, dispatch recording, emergency button, repeater
Records Division: incident number, public request, expunged file, microfilm drawer, fee receipt
Uniforms and Grooming: dress blouse, name plate, rain coat, boot polish, service stripe
Secondary Employment: road job, vendor invoice, detail officer, standby hour, detail slip
Leave and Attendance: sick call, vacation pick, bereavement day, overtime slip, shift swap
Promotions: oral board, eligibility list, study guide, assessment center, probation report
Field Training: daily observation report, recruit officer, remedial plan, phase test, shadow week
Internal Complaints: complaint form, interview recording, proposed finding, witness letter
Early Intervention: alert threshold, peer counselor, review meeting, coaching plan, wellness check
Critical Incidents: inner perimeter, command post, staging area, hostage line, after-action report
Hazardous Materials: placard guide, decontamination line, air monitor, spill kit, evacuation zone
Bomb Threats: suspicious package, threat checklist, standoff distance, search partner, bomb dog
Crowd Management: dispersal notice, barricade, observer zone, arrest team, video post
Foot Patrol: walking beat, business check, door tag, alley light, community card
Alarm Response: alarm permit, key holder, false alarm letter, panic switch, roof check
Mental Health Crisis: crisis clinician, emergency evaluation, calming plan, ride to hospital
Naloxone: nasal spray kit, dose record, expiry check, recovery position, refill request
Blood-Borne Pathogens: exposure report, sharps box, hepatitis shot, splash shield, spill towel
Language Access: telephone interpreter, translated form, bilingual list, sign language call
Court Appearances: subpoena log, court slip, testimony notes, grand jury date, witness fee
Fleet Maintenance: oil change, tire tread, cruiser wash, fuel card, light bar, trunk inventory
Computer Terminals: mobile terminal, password reset, criminal history query, audit trail
Grants and Purchasing: purchase order, grant budget, bid sheet, quarterly report, packing slip
Press Relations: press release, scene briefing, interview request, embargo time, media pass
Recruiting: background packet, agility test, polygraph date, applicant file, job fair table
Parking Enforcement: meter hood, boot device, resident permit, street sweeping sign, appeal form
Animal Complaints: stray dog, catch pole, bite quarantine, shelter receipt, loose horse
"""
_ACTORS = (
    "officers", "the desk officer", "shift supervisors", "every sworn member", "the unit commander",
    "civilian employees", "the assigned detective", "the watch sergeant", "recruits",
    "the on-call lieutenant", "the property clerk", "the first officer on scene", "dispatchers",
    "the training coordinator", "platoon commanders", "the officer who makes the arrest",
)  # fmt: skip
_FORCES = (
    "shall", "shall not", "must", "may", "should", "will", "may not", "are to", "shall immediately",
    "should not", "must never", "will promptly",
)  # fmt: skip
_ACTS = (
    "inspect", "return", "photograph", "sign for", "log", "release", "hand over", "store", "move",
    "borrow", "label", "discard", "request", "repair", "count", "describe", "carry", "lock up",
    "replace", "copy", "report the loss of", "check the date of", "leave unattended", "lend out",
    "ask a second person to verify", "bring back", "clean", "keep a record of", "cancel", "approve",
)  # fmt: skip
_WHENS = (
    "before the shift ends", "within two hours", "at the start of each tour", "on every Monday",
    "after each use", "during roll call", "when the weather turns", "on the last day of the month",
    "while off duty", "in a declared emergency", "before leaving the building", "at each relief",
    "no later than noon", "once the scene is secure", "after the second warning", "on holidays",
    "within thirty days", "during the first week", "at night", "as soon as it is safe",
)  # fmt: skip
_WHERES = (
    "at headquarters", "in the north garage", "at the front desk", "on any city street",
    "inside a private home", "at the hospital", "at the county jail", "in the locker room",
    "near a school", "on the highway", "at the harbor", "in the court building", "at a crash scene",
    "in the report room", "outside the city limits", "at the training ground", "on a rooftop",
    "in the basement archive", "beside the radio desk", "at a substation",
)  # fmt: skip
_UNLESS = (
    "unless the shift commander approves it in writing", "without exception",
    "unless a life is in danger", "and tells the dispatcher by radio",
    "and notes the time in the journal", "except when no second unit is free",
    "with the consent of the owner", "unless the captain has waived it",
    "and sends a copy to the deputy chief", "as far as the budget allows",
    "with two members present", "until the detective division takes over",
    "and files form {form}", "under paragraph {form} of the manual", "for at least {count} days",
    "if more than {count} persons are involved", "up to a value of {count} dollars",
)  # fmt: skip
_REASONS = (
    "so that nothing is lost", "to protect the public", "to keep the record complete",
    "because courts ask for it", "for the safety of the crew", "to spare the next shift the work",
    "so that it can be audited", "out of respect for the family", "to avoid a complaint",
    "so that costs stay within the grant", "to preserve what is on it", "to settle disputes early",
)  # fmt: skip
_ASKS = (
    "can I {act} the {thing} {where}", "do I have to {act} the {thing} {when}",
    "who has to {act} the {thing} {when} {where}", "am I allowed to {act} a {thing} {when}",
    "what do I do with the {thing} {where} {when}", "is it ok to {act} the {thing} {where} {when}",
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """A question, and the directive and section of the clause it was made from."""

    question: str
    directive: str
    section: str


@dataclass(frozen=True)
class _Parts:
    """What one clause is put together from."""

    actor: str
    force: str
    act: str
    thing: str
    when: str
    where: str
    unless: str
    reason: str

    def clause(self, form: int) -> str:
        """Return the clause as a sentence, in one of four forms."""
        does = f"{self.force} {self.act} the {self.thing}"
        return _sentence(
            (
                f"{self.actor} {does} {self.when} {self.where}, {self.unless}, {self.reason}",
                f"{self.when}, {self.actor} {does} {self.where} {self.unless}",
                f"{self.where}, {self.actor} {does} {self.when}, {self.unless}",
                f"{self.reason}, {self.actor} {does} {self.where} {self.when}, {self.unless}",
            )[form]
        )

    def ask(self, form: str) -> str:
        """Return how somebody might ask about it."""
        return form.format(act=self.act, thing=self.thing, when=self.when, where=self.where)


def write_corpus(folder: Path, source: Path, clauses: int, seed: int) -> tuple[Asked, ...]:
    """Write a corpus of about so many clauses, and return questions on each of its directives.

    General Order 5.14 and its reading are in it, without the questions that were written for it;
    ``source`` is the corpus it and what all directives share are taken from.
    """
    rng = random.Random(seed)
    for name in _SHARED:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(source / name, folder / name)
    shutil.copytree(
        source / _ORDER, folder / _ORDER, ignore=shutil.ignore_patterns("questions.yaml")
    )
    seen: set[str] = set()
    asked: dict[str, Asked] = {}
    count = -(-clauses // PER_DIRECTIVE)
    for place in range(count):
        made = _write_directive(folder, place, rng, seen)
        asked |= {one.question: one for one in made[: -(-_QUESTIONS // count)]}
    return tuple(asked.values())


def change_one_clause(folder: Path, number: str) -> None:
    """Change the last clause of a directive, and its sheet to match."""
    order = folder / "general-orders" / number / "order.md"
    lines = order.read_text(encoding="utf-8").rstrip("\n").split("\n")
    lines[-1] = lines[-1].rstrip(".") + ", as was always meant."
    _put(order.parent, "\n".join(lines) + "\n")


def _write_directive(folder: Path, place: int, rng: random.Random, seen: set[str]) -> list[Asked]:
    """Write one directive, and return a question about each item of its procedure, mixed."""
    chapter, number = 10 + place // 25, f"{10 + place // 25}.{1 + place % 25:02}"
    subjects = [line.split(": ") for line in _SUBJECTS.strip().split("\n")]
    subject, named = subjects[place % len(subjects)]
    things = named.split(", ")
    title = f"{subject}, Part {1 + place // len(subjects)}"
    made: list[tuple[str, _Parts]] = []

    def clause(section: str) -> str:
        while True:
            parts = _drawn(rng, things)
            text = parts.clause(rng.randrange(4)).format(
                form=f"{rng.randrange(10, 99)}-{rng.randrange(100, 999)}",
                count=rng.randrange(2, 400),
            )
            if text not in seen:
                seen.add(text)
                made.append((section, parts))
                return text

    lines = [f"# GENERAL ORDER {number}", "", f"Subject: {title}", ""]
    lines += ["# I. PURPOSE", "", clause("I"), ""]
    lines += ["# II. POLICY", "", clause("II"), "", clause("II"), "", "# III. DEFINITIONS", ""]
    for term in rng.sample(range(100, 999), _TERMS):
        lines += [f"{rng.choice(things).title()} {term}: {clause('III')}", ""]
    lines += ["# IV. PROCEDURE", ""]
    for part in range(_PARTS):
        letter = chr(ord("A") + part)
        lines += [f"## {letter}. {rng.choice(things).title()}", ""]
        for item in range(1, _ITEMS + 1):
            lines += [f"{item}. {clause(f'IV.{letter}.{item}')}", ""]
    home = folder / "general-orders" / number
    home.mkdir(parents=True)
    sheet = _SHEET.format(number=number, title=title, chapter=chapter, sha256="0" * 64)
    (home / "directive.toml").write_text(sheet, encoding="utf-8")
    _put(home, "\n".join(lines))
    items = rng.sample(made[-_PARTS * _ITEMS :], _PARTS * _ITEMS)
    return [Asked(parts.ask(rng.choice(_ASKS)), number, section) for section, parts in items]


def _put(home: Path, text: str) -> None:
    """Write a directive's text, and its hash into the sheet."""
    (home / "order.md").write_text(text, encoding="utf-8")
    digest = hashlib.sha256(text.encode()).hexdigest()
    sheet = home / "directive.toml"
    old = sheet.read_text(encoding="utf-8")
    new = re.sub(r"(?m)^sha256 = .*$", f'sha256 = "{digest}"', old)
    sheet.write_text(new, encoding="utf-8")


def _drawn(rng: random.Random, things: Sequence[str]) -> _Parts:
    return _Parts(
        actor=rng.choice(_ACTORS),
        force=rng.choice(_FORCES),
        act=rng.choice(_ACTS),
        thing=rng.choice(things),
        when=rng.choice(_WHENS),
        where=rng.choice(_WHERES),
        unless=rng.choice(_UNLESS),
        reason=rng.choice(_REASONS),
    )


def _sentence(words: str) -> str:
    return words[0].upper() + words[1:] + "."
