"""The Council's calendar: what is held of a meeting + how it is listed now -> what changed, and for which matters.

A meeting that was put off, cancelled or taken off the list stays, with its state: who planned to go must see it. What
is told goes to the tracked matters on the agenda, one change each. A meeting first seen when its day is past is history
and is stored without a word. One that is held anew under another id, after it was deferred, is another meeting.

What a list lacks once may be a list that was cut: a meeting that is off the calendar, and a matter that is off an
agenda, are told when they were missed on two days. A word for the agenda that nobody knows changes nothing.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session

from scrapers.records import AgendaItemRecord, MeetingRecord
from tracker.database import next_id
from tracker.held import table
from tracker.models import TRACKED, Capture, Change, Matter
from tracker.models.sources import Hearing, HearingItem, Stamp
from tracker.posting import insert
from tracker.wording import new_york_date

HEARINGS: Final = "hearings"
SCHEDULED: Final = "hearing_scheduled"
GONE: Final = "hearing_gone"
PAGE: Final = "web:"  # ids of the Council's pages; its API knows the same meeting by another

# the agenda's word for a meeting that does not take place as listed
_CALLED_OFF: Final = {
    "deferred": "deferred",
    "postponed": "deferred",
    "cancelled": "cancelled",
    "canceled": "cancelled",
    "struck through": "cancelled",
}
OFF: Final = frozenset(_CALLED_OFF.values())
_AS_LISTED: Final = ("", "final", "draft", "recessed", "not viewable by the public")


class Move(NamedTuple):
    """One thing that happened to a meeting: a kind of change, and how it read before and after."""

    kind: str
    before: str
    after: str


@dataclass(slots=True)
class Held:
    """A meeting as the tables hold it."""

    id: int
    source_id: str
    body: str
    held_on: date
    clock: str
    state: str
    sequence: int
    url: str
    items: list[Any]

    @property
    def agenda(self) -> set[int]:
        """The matters on its agenda that we hold."""
        return {item["matter_id"] for item in self.items if item["matter_id"] is not None}

    def is_coming(self, today: date) -> bool:
        return self.state == "scheduled" and self.held_on >= today


def is_called_off(status: str) -> bool:
    """Whether the agenda's word says that the meeting does not take place as listed."""
    return status.strip().lower() in _CALLED_OFF


def state_of(status: str, held_on: date, today: date) -> str:
    """Where a listed meeting stands: scheduled, deferred, cancelled, or held once its day is past."""
    return _CALLED_OFF.get(status.strip().lower()) or ("held" if held_on < today else "scheduled")


def doubts(meetings: Iterable[MeetingRecord]) -> tuple[tuple[str, str], ...]:
    """(address, sentence) for each meeting whose agenda carries a word that is not understood."""
    return tuple(
        (met.url or met.source_id, f"Unknown state of an agenda, {met.status!r}: the meeting is taken as listed.")
        for met in meetings
        if not is_called_off(met.status) and met.status.strip().lower() not in _AS_LISTED
    )


def told(body: str, held_on: date, clock: str) -> str:
    """A meeting in one line, as changes keep it: ``2026-09-10 10:00 Committee on Immigration``."""
    return " ".join(filter(None, (held_on.isoformat(), clock[:5], body)))


def find_move(held: Held | None, seen: MeetingRecord, today: date) -> Move | None:
    """What a listing says that is new; None where it says what is held, or where it is over anyway. Pure.

    That a meeting was called off is news after its day too: the last list may be some hours older than the word.
    """
    on, body = date.fromisoformat(seen.held_on), _tidy(seen.body)
    state = state_of(seen.status, on, today)
    if held is None:
        return Move(SCHEDULED, "", told(body, on, seen.clock)) if state == "scheduled" else None
    clock = clock_of(held, seen)
    before, after = told(held.body, held.held_on, held.clock), told(body, on, clock)
    if state in OFF:
        return None if held.state == state else Move(f"hearing_{state}", before, after)
    if held.held_on < today and on < today:
        return None
    if held.held_on != on or (held.clock and held.clock != clock):
        return Move("hearing_moved", before, after)
    set_again = held.state in (*OFF, "gone") or held.clock != clock  # or its hour is known now
    return Move(SCHEDULED, "", after) if set_again else None


def clock_of(held: Held, seen: MeetingRecord) -> str:
    """The hour as listed; on the same day a list that gives none ("Deferred" stands in its place) takes none back."""
    return seen.clock or (held.clock if held.held_on.isoformat() == seen.held_on else "")


def is_missed(held: Held, today: date, window: tuple[date, date]) -> bool:
    """Whether a list of these days should show a meeting: it is to come, and was not called off. Pure."""
    return held.is_coming(today) and window[0] <= held.held_on <= window[1]


def store(
    session: Session, run_id: int, meetings: Sequence[MeetingRecord], now: datetime, window: tuple[date, date], *,
    digest: str = "",
) -> int:  # fmt: skip
    """Hold the calendar as it is listed now; gives the number of changes told. ``window`` is what was asked for."""
    calendar = _Calendar(session, run_id, now, digest)
    calendar.listed = Counter((_tidy(met.body), met.held_on) for met in meetings)
    for meeting in meetings:
        calendar.see(meeting)
    calendar.miss(window)
    return calendar.write()


class _Calendar:
    """The calendar in one run."""

    def __init__(self, session: Session, run_id: int, now: datetime, digest: str) -> None:
        self._session = session
        self._run_id = run_id
        self._now = now
        self._today = new_york_date(now)
        self._digest = digest
        self._held = _load(session)
        self._seen: set[int] = set()
        self.listed: Counter[tuple[str, str]] = Counter()  # how many meetings each body has on each day
        self._matters = _Matters(session)
        stamps = sa.select(table(Stamp)).where(table(Stamp).c.source == HEARINGS)
        self._misses: dict[str, str] = {row.key: row.value for row in session.execute(stamps)}
        self._hearing_ids = count(next_id(session, Hearing.id))
        self._captures: list[dict[str, Any]] = []
        self._changes: list[dict[str, Any]] = []
        self._capture_ids = count(next_id(session, Capture.id))
        self._change_ids = count(next_id(session, Change.id))

    def see(self, meeting: MeetingRecord) -> None:
        """One meeting of the list."""
        held = self._known(meeting)
        move = find_move(held, meeting, self._today)
        before = held.agenda if held else set()
        if held is None:
            held = self._add(meeting)
        else:
            self._update(held, meeting, move)
        self._seen.add(held.id)
        if meeting.items is not None and (items := self._items(meeting.items)) != held.items:
            self._put_items(held, items)
        left = self._left(held, before)
        if move is not None and move.kind != SCHEDULED:
            self._tell(move, held, before | left.keys())
        if held.is_coming(self._today):
            meets = told(held.body, held.held_on, held.clock)
            new = held.agenda if move and move.kind == SCHEDULED else held.agenda - before - left.keys()
            self._tell(Move(SCHEDULED, "", meets), held, new)
            lost = {key for key, day in left.items() if key not in held.agenda and day < self._today.isoformat()}
            self._tell(Move(GONE, meets, meets), held, lost)
            self._misses |= {f"left:{held.id}:{key}": day for key, day in left.items() if key not in held.agenda | lost}

    def _left(self, held: Held, before: set[int]) -> dict[int, str]:
        """The matters that were missed on its agenda since something was told of them, and since which day."""
        start = f"left:{held.id}:"
        known = {key: self._misses.pop(key) for key in list(self._misses) if key.startswith(start)}
        new = dict.fromkeys(before - held.agenda, self._today.isoformat())
        return new | {int(key.removeprefix(start)): day for key, day in known.items()}

    def miss(self, window: tuple[date, date]) -> None:
        """The meetings that the list no longer shows; those whose day came and went were held."""
        for held in list(self._held.values()):
            if held.id in self._seen:
                self._misses.pop(f"missed:{held.id}", None)
            elif is_missed(held, self._today, window):
                self._miss(held)
            elif held.state == "scheduled" and held.held_on < self._today:
                self._set(held, state="held")

    def _miss(self, held: Held) -> None:
        """Missed on an earlier day too, it is gone: one list without it may be a list that was cut."""
        day: str = self._misses.setdefault(f"missed:{held.id}", self._today.isoformat())
        if day < self._today.isoformat():
            self._set(held, state="gone", sequence=held.sequence + 1, changed_at=self._now)
            self._tell(Move(GONE, told(held.body, held.held_on, held.clock), ""), held, held.agenda)

    def write(self) -> int:
        """Write what is told, and what of the coming meetings is missed for the first time."""
        rows = table(Stamp)
        self._session.execute(rows.delete().where(rows.c.source == HEARINGS))
        coming = {str(held.id) for held in self._held.values() if held.is_coming(self._today)}
        missed = {key: day for key, day in self._misses.items() if key.split(":")[1] in coming}
        insert(self._session, Stamp, ({"source": HEARINGS, "key": key, "value": day} for key, day in missed.items()))
        insert(self._session, Capture, self._captures)
        insert(self._session, Change, self._changes)
        return len(self._changes)

    def _known(self, meeting: MeetingRecord) -> Held | None:
        """The meeting under this id, or the one that the other kind of id means: body, day and hour are the same."""
        if meeting.source_id in self._held:
            return self._held[meeting.source_id]
        page = meeting.source_id.startswith(PAGE)
        others = [
            held
            for held in self._held.values()
            if held.source_id.startswith(PAGE) is not page
            and held.id not in self._seen
            and (held.body, held.held_on.isoformat()) == (_tidy(meeting.body), meeting.held_on)
        ]
        same = [held for held in others if held.clock == meeting.clock]
        if not same and len(others) == self.listed[_tidy(meeting.body), meeting.held_on] == 1:
            same = others  # the only one of the day, at another hour
        if not same:
            return None
        bills, off = {self._matters.find(item) for item in meeting.items or ()}, is_called_off(meeting.status)
        # the whole Council is often listed twice for one hour
        held = max(same, key=lambda each: ((each.state in OFF) is off, len(each.agenda & bills), -each.id))
        if page:
            return held  # the Council's own id is the better one and stays
        del self._held[held.source_id]
        self._held[meeting.source_id] = held
        self._set(held, source_id=meeting.source_id)
        return held

    def _add(self, meeting: MeetingRecord) -> Held:
        on = date.fromisoformat(meeting.held_on)
        state = state_of(meeting.status, on, self._today)
        values = {
            "id": (key := next(self._hearing_ids)), "source_id": meeting.source_id, "body": _tidy(meeting.body),
            "held_on": on, "clock": meeting.clock,
            "first_held_on": on, "first_clock": meeting.clock, "location": _tidy(meeting.location),
            "topic": _tidy(meeting.topic), "status": meeting.status, "state": state, "url": meeting.url, "sequence": 0,
            "first_seen_at": self._now, "last_seen_at": self._now, "changed_at": self._now,
        }  # fmt: skip
        self._session.execute(table(Hearing).insert().values(**values))
        held = Held(key, meeting.source_id, _tidy(meeting.body), on, meeting.clock, state, 0, meeting.url, [])
        self._held[meeting.source_id] = held
        return held

    def _update(self, held: Held, meeting: MeetingRecord, move: Move | None) -> None:
        on = date.fromisoformat(meeting.held_on)
        moved = {"sequence": held.sequence + 1, "changed_at": self._now} if move else {}
        self._set(
            held,
            body=_tidy(meeting.body), held_on=on, clock=clock_of(held, meeting), location=_tidy(meeting.location),
            topic=_tidy(meeting.topic), status=meeting.status, state=state_of(meeting.status, on, self._today),
            url=meeting.url, last_seen_at=self._now, **moved,
        )  # fmt: skip

    def _set(self, held: Held, **values: Any) -> None:
        rows = table(Hearing)
        self._session.execute(rows.update().where(rows.c.id == held.id).values(**values))
        for name, value in values.items():
            if name in Held.__slots__:
                setattr(held, name, value)

    def _items(self, items: Iterable[AgendaItemRecord]) -> list[dict[str, Any]]:
        return [
            {
                "position": position, "source_id": item.source_id, "file_number": item.file_number,
                "matter_id": self._matters.find(item), "title": _tidy(item.title), "action": _tidy(item.action),
            }
            for position, item in enumerate(items)
        ]  # fmt: skip

    def _put_items(self, held: Held, items: list[dict[str, Any]]) -> None:
        rows = table(HearingItem)
        self._session.execute(rows.delete().where(rows.c.hearing_id == held.id))
        insert(self._session, HearingItem, ({"hearing_id": held.id, **item} for item in items))
        held.items = items

    def _tell(self, move: Move, held: Held, matter_ids: Iterable[int]) -> None:
        """One change for each tracked matter, and one capture for all of them."""
        tracked = [key for key in sorted(matter_ids) if key in self._matters.tracked]
        if not tracked:
            return
        capture = next(self._capture_ids)
        self._captures.append(
            {"id": capture, "run_id": self._run_id, "address": held.url, "digest": self._digest, "seen_at": self._now}
        )
        for key in tracked:
            self._changes.append(
                {
                    "id": next(self._change_ids), "matter_id": key, "run_id": self._run_id, "capture_id": capture,
                    "file_number": self._matters.tracked[key], "observed_at": self._now, "kind": move.kind,
                    "action_id": "", "acted_on": held.held_on, "before": move.before, "after": move.after,
                }
            )  # fmt: skip


class _Matters:
    """Which matter an agenda means: by the Council's MatterId, else by its number."""

    def __init__(self, session: Session) -> None:
        rows = table(Matter)
        query = sa.select(rows.c.id, rows.c.source_id, rows.c.file_number, rows.c.scope).where(
            rows.c.removed_at.is_(None)
        )
        found = session.execute(query).all()
        self._by_id = {row.source_id: row.id for row in found}
        self._by_number = {row.file_number: row.id for row in found}
        self.tracked = {row.id: row.file_number for row in found if row.scope in TRACKED}

    def find(self, item: AgendaItemRecord) -> int | None:
        return self._by_id.get(item.matter_id) or self._by_number.get(item.file_number)


def _load(session: Session) -> dict[str, Held]:
    agendas: dict[int, list[dict[str, Any]]] = {}
    for row in session.execute(sa.select(table(HearingItem)).order_by(table(HearingItem).c.position)):
        item = dict(row._mapping)
        agendas.setdefault(item.pop("hearing_id"), []).append(item)
    return {
        row.source_id: Held(
            row.id, row.source_id, row.body, row.held_on, row.clock, row.state, row.sequence, row.url,
            agendas.get(row.id, []),
        )
        for row in session.execute(sa.select(table(Hearing)))
    }  # fmt: skip


def _tidy(text: str) -> str:
    return " ".join(text.split())
