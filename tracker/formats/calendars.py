"""Hearings as an iCalendar file (RFC 5545, RFC 7986). Pure: meetings in, bytes out.

A meeting keeps its UID for ever: calendars that follow the file then move or strike what they show instead of adding
to it. What was called off stays, as CANCELLED, since an entry that only vanishes is left standing by many calendars.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, NamedTuple

from icalendar import Calendar, Event, Timezone, vUri

from tracker.language import N_, _, current
from tracker.wording import NEW_YORK
from tracker.wording.hearings import when

CONTENT_TYPE: Final = "text/calendar; charset=utf-8"
FRESH: Final = timedelta(hours=6)  # how often a calendar should ask again; the Council's is read twice a day
_OFF: Final = frozenset({"deferred", "cancelled", "gone"})
_WHY: Final = {
    "deferred": N_("The Council put this meeting off."),
    "cancelled": N_("The Council cancelled this meeting."),
    "gone": N_("This meeting is no longer on the Council’s calendar."),
}


class Measure(NamedTuple):
    """A followed matter on an agenda."""

    slug: str
    number: str
    title: str


class Meeting(NamedTuple):
    """One meeting. ``status`` is the agenda's own word, ``clock`` New York wall clock or "", ``url`` may be ""."""

    id: int
    sequence: int
    changed_at: datetime
    held_on: date
    clock: str
    first_held_on: date
    first_clock: str
    body: str
    location: str
    topic: str
    state: str
    status: str
    url: str
    measures: tuple[Measure, ...]


def write(name: str, address: str, host: str, meetings: Iterable[Meeting]) -> bytes:
    """The calendar. ``address`` is its own, ``host`` stands in the UIDs."""
    calendar = Calendar()
    for key, value in (
        ("prodid", f"-//{host}//sanctuary-tracker//{current().tag.upper()}"),
        ("version", "2.0"),
        ("method", "PUBLISH"),
    ):
        calendar.add(key, value)
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", str(NEW_YORK))
    calendar.add("refresh-interval", FRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT6H")
    calendar.add("source", vUri(address, params={"VALUE": "URI"}))
    held = sorted(meetings, key=lambda meeting: (meeting.held_on, meeting.id))
    calendar.add_component(_zone([meeting.held_on for meeting in held]))
    for meeting in held:
        calendar.add_component(_event(meeting, host))
    written: bytes = calendar.to_ical()
    return written


def _zone(days: list[date]) -> Timezone:
    """New York time for the years of these days, and never nothing: a calendar without any component is not one."""
    first, last = (min(days), max(days)) if days else (date(2026, 1, 1), date(2026, 12, 31))
    return Timezone.from_tzid(str(NEW_YORK), first_date=date(first.year - 1, 1, 1), last_date=date(last.year + 1, 1, 1))


def uid(meeting: Meeting, host: str) -> str:
    """Our own id, which outlives the Council's two; with its first day, so that a record built anew reuses none."""
    return f"hearing-{meeting.id}-{meeting.first_held_on:%Y%m%d}@{host}"


def _event(meeting: Meeting, host: str) -> Event:
    event = Event()
    event.add("uid", uid(meeting, host))
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", meeting.changed_at.astimezone(UTC))
    event.add("last-modified", meeting.changed_at.astimezone(UTC))
    # No DTEND and no DURATION: the Council gives no end, and a guess would stand in diaries like a fact.
    event.add("dtstart", _start(meeting))
    event.add("summary", _("Called off: %(body)s", body=meeting.body) if meeting.state in _OFF else meeting.body)
    event.add("status", _status(meeting))
    event.add("transp", "TRANSPARENT")  # a public meeting blocks nobody's day
    if meeting.location:
        event.add("location", meeting.location)
    if meeting.url:
        event.add("url", meeting.url)
    event.add("description", _description(meeting))
    return event


def _start(meeting: Meeting) -> date | datetime:
    """The hour in New York, or the whole day where none is given."""
    if not meeting.clock:
        return meeting.held_on
    return datetime.combine(meeting.held_on, time.fromisoformat(meeting.clock), NEW_YORK)


def _status(meeting: Meeting) -> str:
    """CONFIRMED is said only of a meeting whose agenda the Council calls final, or that took place."""
    if meeting.state in _OFF:
        return "CANCELLED"
    final = meeting.state == "held" or meeting.status.strip().lower() == "final"
    return "CONFIRMED" if final else "TENTATIVE"


def _description(meeting: Meeting) -> str:
    lines = [_(_WHY[meeting.state])] if meeting.state in _WHY else []
    if meeting.first_held_on != meeting.held_on or meeting.first_clock not in ("", meeting.clock):
        lines.append(_("First set for %(day)s.", day=when(meeting.first_held_on, meeting.first_clock)))
    lines += [meeting.topic] if meeting.topic else []
    lines += (
        [_("On its agenda:"), *(f"{each.number} {each.title}" for each in meeting.measures)] if meeting.measures else []
    )
    return "\n".join(lines)
