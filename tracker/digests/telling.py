"""One change as a line of a digest: when, what, and how much it weighs. Pure.

Both dates stand where they differ: "acted 18 Dec 2025, recorded 2 Jan 2026". Each change has a line of its own, so that
whoever counts the lines of all digests counts the changes.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from enum import IntEnum
from typing import Final, NamedTuple

from tracker import timeline, wording
from tracker.language import N_, _
from tracker.models import Action, Change, Matter
from tracker.timeline import LATE_AFTER_DAYS, Ballot
from tracker.vocabulary import ACTIONS, Act
from tracker.wording import changes as wording_changes


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
    """One change in words. ``phrase`` says it in a subject, with the matter's number: "Int 55-2026 became law"."""

    change_id: int
    matter_id: int
    order: tuple[date, int]
    when: str
    label: str
    text: str
    weight: Weight
    phrase: str


_ACTS: Final = {
    Act.SIGNED: (Weight.LAW, N_("%(number)s was signed into law")),
    Act.LAPSED: (Weight.LAW, N_("%(number)s became law")),
    Act.OVERRIDDEN: (Weight.LAW, N_("%(number)s was adopted over the veto")),
    Act.VETOED: (Weight.VETOED, N_("%(number)s was vetoed")),
    Act.COUNCIL_APPROVED: (Weight.PASSED, N_("%(number)s passed the Council")),
    Act.ADOPTED: (Weight.PASSED, N_("%(number)s was adopted")),
    Act.COMMITTEE_APPROVED: (Weight.OTHER, N_("%(number)s was approved by committee")),
    Act.HEARING_HELD: (Weight.HEARING, N_("%(number)s was heard")),
    Act.INTRODUCED: (Weight.INTRODUCED, N_("%(number)s was introduced")),
    Act.ORDER_SIGNED: (Weight.INTRODUCED, N_("%(number)s was signed")),
    Act.ORDER_REVOKED: (Weight.VETOED, N_("%(number)s was revoked")),
    Act.ORDER_BLOCKED: (Weight.VETOED, N_("%(number)s was blocked by a court")),
    Act.ORDER_VOIDED: (Weight.VETOED, N_("%(number)s was declared void")),
    Act.DECIDED: (Weight.VETOED, N_("%(number)s was decided")),
    Act.FILED: (Weight.OTHER, N_("%(number)s was filed")),
    Act.WITHDRAWN: (Weight.OTHER, N_("%(number)s was withdrawn")),
}
_IS_LAW: Final = N_("%(number)s is %(law)s")
_NAMED: Final = {name: meaning.act for meaning in ACTIONS.values() for name in meaning.names}
_HEARINGS: Final = {
    "hearing_scheduled": N_("%(number)s is to be heard"),
    "hearing_moved": N_("%(number)s has another hearing date"),
    "hearing_deferred": N_("%(number)s has its hearing put off"),
    "hearing_cancelled": N_("%(number)s has its hearing cancelled"),
    "hearing_gone": N_("%(number)s is off the calendar"),
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
        return _("for %(day)s, recorded %(recorded)s", day=wording.day(acted), recorded=wording.day(recorded))
    if (recorded - acted).days > LATE_AFTER_DAYS:
        return _("acted %(day)s, recorded %(recorded)s", day=wording.day(acted), recorded=wording.day(recorded))
    return wording.day(acted)


def _label(change: Change, acted: date | None, today: date) -> str:
    if wording_changes.is_correction(change):
        return _("Correction")
    return _("Scheduled") if acted is not None and acted > today else ""


def _text(change: Change, matter: Matter, action: Action | None, ballots: Sequence[Ballot], today: date) -> str:
    source = wording.source_of(matter.kind)
    # a row that reads otherwise by now, or was taken out, is told as it came; what became of it is a line of its own
    if change.kind != "action_added" or action is None or action.withdrawn_at or action.name != change.after:
        return wording_changes.sentence(change, source)
    (entry,) = timeline.build(matter, [action], (), {action.id: ballots}, today)
    if entry.told:
        return entry.text
    # Translators: who acted, and what it did: "Council passed it, 44 to 5."
    told = N_("%(who)s %(what)s") if entry.steps[0].verb else N_("%(who)s: %(what)s")
    return _(told, who=entry.who, what=entry.text)


def weigh(change: Change, matter: Matter, action: Action | None) -> tuple[Weight, str]:
    """How much a change weighs, and what it did to the matter in few words, which begin with its number."""
    weight, message = _weighed(change, matter, action)
    number = wording.number_of(matter.file_number)
    return weight, _(message, number=number, law=wording.law_name(change.after) if message is _IS_LAW else "")


def _weighed(change: Change, matter: Matter, action: Action | None) -> tuple[Weight, str]:
    act = _act_of(change, action)
    if act in _ACTS:
        return _ACTS[act]
    if change.kind == "law_number_changed" and change.after and not change.before:
        return Weight.LAW, _IS_LAW
    if change.kind in _HEARINGS:
        return Weight.HEARING, _HEARINGS[change.kind]
    if change.kind == "appeared":
        new = N_("%(number)s is new") if matter.kind not in wording.COUNCIL_KINDS else _ACTS[Act.INTRODUCED][1]
        return Weight.INTRODUCED, new
    if wording_changes.is_correction(change):
        return Weight.OTHER, N_("%(number)s was corrected in the record")
    if change.kind in wording_changes.QUIET:
        return Weight.SMALL, N_("%(number)s has smaller changes")
    return Weight.OTHER, N_("%(number)s moved")


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
