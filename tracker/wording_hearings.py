"""Meetings and what happened to them, in plain sentences. Pure."""

import re
from datetime import date
from typing import Final, NamedTuple

from tracker.models import Change
from tracker.wording import day, hour

STATES: Final = {
    "scheduled": "Scheduled",
    "deferred": "Put off",
    "cancelled": "Cancelled",
    "held": "Past",
    "gone": "Off the calendar",
}
_MEETING: Final = re.compile(r"(\d{4}-\d\d-\d\d)(?: (\d\d:\d\d))? (.+)")


class _Meeting(NamedTuple):
    on: str
    body: str

    @property
    def noun(self) -> str:
        """The whole Council meets to vote; its committees hear."""
        return "Meeting" if self.body == "City Council" else "Hearing"


def when(on: date, clock: str) -> str:
    """ "10 Sep 2026, 1:30 p.m."; the day alone where no hour is given."""
    return ", ".join(filter(None, (day(on), hour(clock))))


def sentence(change: Change) -> str:
    """What happened to a meeting with this matter on its agenda, from what `hearings` wrote down."""
    before, after = _read(change.before), _read(change.after)
    if change.kind == "hearing_scheduled":
        return f"{after.noun} set for {after.on}, {after.body}."
    if change.kind == "hearing_moved":
        return f"{after.noun} moved from {before.on} to {after.on}, {after.body}."
    if change.kind == "hearing_gone" and change.after:  # the meeting stays, without this matter
        return f"No longer on the agenda of the {after.noun.lower()} of {after.on}, {after.body}."
    told = {
        "hearing_deferred": "was put off",
        "hearing_cancelled": "was cancelled",
        "hearing_gone": "is no longer on the Council’s calendar",
    }[change.kind]
    return f"The {before.noun.lower()} of {before.on}, {before.body}, {told}."


def _read(text: str) -> _Meeting:
    found = _MEETING.fullmatch(text)
    if found is None:
        return _Meeting(text, "")
    return _Meeting(when(date.fromisoformat(found[1]), found[2] or ""), found[3])
