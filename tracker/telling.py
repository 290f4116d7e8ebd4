"""One change as a line of a digest: when, what, and how much it weighs. Pure.

Both dates stand where they differ: "acted 18 Dec 2025, recorded 2 Jan 2026". Each change has a line of its own, so that
whoever counts the lines of all digests counts the changes.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from enum import IntEnum
from typing import Final, NamedTuple

from tracker import timeline, wording, wording_changes
from tracker.models import Action, Change, Matter
from tracker.timeline import LATE_AFTER_DAYS, Ballot
from tracker.vocabulary import ACTIONS, Act


class Weight(IntEnum):
    """What goes before what in the subject of a mail."""

    SMALL = 0
    OTHER = 1
    INTRODUCED = 2
    HEARING = 3
    PASSED = 4
    VETOED = 5
    LAW = 6


class Step(NamedTuple):
    """One change in words. ``phrase`` follows the matter's number in a subject: "became law"."""

    change_id: int
    matter_id: int
    order: tuple[date, int]
    when: str
    label: str
    text: str
    weight: Weight
    phrase: str


_ACTS: Final = {
    Act.SIGNED: (Weight.LAW, "was signed into law"),
    Act.LAPSED: (Weight.LAW, "became law"),
    Act.OVERRIDDEN: (Weight.LAW, "was adopted over the veto"),
    Act.VETOED: (Weight.VETOED, "was vetoed"),
    Act.COUNCIL_APPROVED: (Weight.PASSED, "passed the Council"),
    Act.ADOPTED: (Weight.PASSED, "was adopted"),
    Act.COMMITTEE_APPROVED: (Weight.OTHER, "was approved by committee"),
    Act.HEARING_HELD: (Weight.HEARING, "was heard"),
    Act.INTRODUCED: (Weight.INTRODUCED, "was introduced"),
    Act.ORDER_SIGNED: (Weight.INTRODUCED, "was signed"),
    Act.ORDER_REVOKED: (Weight.VETOED, "was revoked"),
    Act.ORDER_BLOCKED: (Weight.VETOED, "was blocked by a court"),
    Act.ORDER_VOIDED: (Weight.VETOED, "was declared void"),
    Act.DECIDED: (Weight.VETOED, "was decided"),
    Act.FILED: (Weight.OTHER, "was filed"),
    Act.WITHDRAWN: (Weight.OTHER, "was withdrawn"),
}
_NAMED: Final = {name: meaning.act for meaning in ACTIONS.values() for name in meaning.names}
_HEARINGS: Final = {
    "hearing_scheduled": "is to be heard",
    "hearing_moved": "has another hearing date",
    "hearing_deferred": "has its hearing put off",
    "hearing_cancelled": "has its hearing cancelled",
    "hearing_gone": "is off the calendar",
}


def step_of(change: Change, matter: Matter, action: Action | None, ballots: Sequence[Ballot], today: date) -> Step:
    """A change in words. ``action`` is the row it is about as it reads now; None where there is none."""
    recorded = wording.new_york_date(change.observed_at)
    acted = change.acted_on if change.kind in ("action_added", "action_withdrawn", "votes_changed") else None
    weight, phrase = weigh(change, matter, action)
    return Step(
        change_id=change.id,
        matter_id=change.matter_id,
        order=(acted or recorded, change.id),
        when=when(acted, recorded, today),
        label=_label(change, acted, today),
        text=_text(change, matter, action, ballots, today),
        weight=weight,
        phrase=phrase,
    )


def when(acted: date | None, recorded: date, today: date) -> str:
    """ "29 Jan 2026", "acted 18 Dec 2025, recorded 2 Jan 2026", "for 30 Sep 2026, recorded 4 Sep 2026"."""
    if acted is None:
        return wording.day(recorded)
    if acted > today:
        return f"for {wording.day(acted)}, recorded {wording.day(recorded)}"
    if (recorded - acted).days > LATE_AFTER_DAYS:
        return f"acted {wording.day(acted)}, recorded {wording.day(recorded)}"
    return wording.day(acted)


def _label(change: Change, acted: date | None, today: date) -> str:
    if wording_changes.is_correction(change):
        return "Correction"
    return "Scheduled" if acted is not None and acted > today else ""


def _text(change: Change, matter: Matter, action: Action | None, ballots: Sequence[Ballot], today: date) -> str:
    source = wording.source_of(matter.kind)
    # a row that reads otherwise by now, or was taken out, is told as it came; what became of it is a line of its own
    if change.kind != "action_added" or action is None or action.withdrawn_at or action.name != change.after:
        return wording_changes.sentence(change, source)
    (entry,) = timeline.build(matter, [action], (), {action.id: ballots}, today)
    said_by = "" if entry.told else f"{entry.who}: " if not entry.steps[0].verb else f"{entry.who} "
    return said_by + entry.text


def weigh(change: Change, matter: Matter, action: Action | None) -> tuple[Weight, str]:
    """How much a change weighs, and what it did to the matter in two or three words."""
    act = _act_of(change, action)
    if act in _ACTS:
        return _ACTS[act]
    if change.kind == "law_number_changed" and change.after and not change.before:
        return Weight.LAW, f"is {wording.law_name(change.after)}"
    if change.kind in _HEARINGS:
        return Weight.HEARING, _HEARINGS[change.kind]
    if change.kind == "appeared":
        return Weight.INTRODUCED, "is new" if matter.kind not in wording.COUNCIL_KINDS else "was introduced"
    if wording_changes.is_correction(change):
        return Weight.OTHER, "was corrected in the record"
    if change.kind in wording_changes.QUIET:
        return Weight.SMALL, "has smaller changes"
    return Weight.OTHER, "moved"


def _act_of(change: Change, action: Action | None) -> Act | None:
    """What was done by a row that is new, or that was given another name."""
    if change.kind == "action_added" and action is not None and action.result != "Fail":
        meaning = ACTIONS.get(action.code)
        return meaning.act if meaning else None
    if change.kind == "action_edited":
        before, after = wording_changes.face(change.before), wording_changes.face(change.after)
        if before.name != after.name and after.result != "Fail":
            return _NAMED.get(after.name)
    return None


def heaviest(steps: Iterable[Step]) -> Step:
    """The most important of some steps; of equals the last."""
    return max(steps, key=lambda step: (step.weight, step.order))
