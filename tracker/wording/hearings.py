"""Meetings and what happened to them, in plain sentences. Pure."""

import re
from datetime import date
from typing import Final, NamedTuple

from tracker.language import N_, _
from tracker.models import Change
from tracker.wording import day, hour, isolated

STATES: Final = {
    "scheduled": N_("Scheduled"),
    "deferred": N_("Put off"),
    "cancelled": N_("Cancelled"),
    "held": N_("Past"),
    "gone": N_("Off the calendar"),
}
_MEETING: Final = re.compile(r"(\d{4}-\d\d-\d\d)(?: (\d\d:\d\d))? (.+)")
_COUNCIL: Final = "City Council"
_AS_IT_WAS: Final = frozenset({"hearing_deferred", "hearing_cancelled", "hearing_gone"})

# The whole Council meets to vote; its committees hear. "off_agenda": the meeting stays, without this matter.
_HEARINGS: Final = {
    "hearing_scheduled": N_("Hearing set for %(after)s, %(body)s."),
    "hearing_moved": N_("Hearing moved from %(before)s to %(after)s, %(body)s."),
    "hearing_deferred": N_("The hearing of %(before)s, %(body)s, was put off."),
    "hearing_cancelled": N_("The hearing of %(before)s, %(body)s, was cancelled."),
    "hearing_gone": N_("The hearing of %(before)s, %(body)s, is no longer on the Council’s calendar."),
    "off_agenda": N_("No longer on the agenda of the hearing of %(after)s, %(body)s."),
}
_MEETINGS: Final = {
    "hearing_scheduled": N_("Meeting set for %(after)s, %(body)s."),
    "hearing_moved": N_("Meeting moved from %(before)s to %(after)s, %(body)s."),
    "hearing_deferred": N_("The meeting of %(before)s, %(body)s, was put off."),
    "hearing_cancelled": N_("The meeting of %(before)s, %(body)s, was cancelled."),
    "hearing_gone": N_("The meeting of %(before)s, %(body)s, is no longer on the Council’s calendar."),
    "off_agenda": N_("No longer on the agenda of the meeting of %(after)s, %(body)s."),
}


class _Meeting(NamedTuple):
    on: str
    body: str


def when(on: date, clock: str) -> str:
    """ "10 Sep 2026, 1:30 p.m."; the day alone where no hour is given."""
    return ", ".join(filter(None, (day(on), hour(clock))))


def sentence(change: Change) -> str:
    """What happened to a meeting with this matter on its agenda, from what `hearings` wrote down."""
    before, after = _read(change.before), _read(change.after)
    kind = "off_agenda" if change.kind == "hearing_gone" and change.after else change.kind
    body = before.body if kind in _AS_IT_WAS else after.body
    told = _MEETINGS if body == _COUNCIL else _HEARINGS
    return _(told[kind], before=before.on, after=after.on, body=isolated(body))


def _read(text: str) -> _Meeting:
    found = _MEETING.fullmatch(text)
    if found is None:
        return _Meeting(text, "")
    return _Meeting(when(date.fromisoformat(found[1]), found[2] or ""), found[3])
