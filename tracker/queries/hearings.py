"""Coming meetings with tracked matters on their agendas, and those that were called off or moved."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker.held import table
from tracker.models import TRACKED, Matter, Note
from tracker.models.sources import Hearing, HearingItem

RECENT: Final = timedelta(days=60)  # how long a meeting that was called off stays on the page
OFF: Final = ("deferred", "cancelled", "gone")


@dataclass(frozen=True, slots=True)
class Item:
    """A tracked matter on an agenda."""

    slug: str
    number: str
    title: str


@dataclass(frozen=True, slots=True)
class HearingLine:
    """One meeting; ``moved_from`` is the day and hour it was first listed for, None where it was not moved."""

    held_on: date
    clock: str
    body: str
    location: str
    topic: str
    state: str
    url: str
    moved_from: tuple[date, str] | None
    items: tuple[Item, ...] = field(default=())

    @property
    def off(self) -> bool:
        """Whether it does not take place as listed."""
        return self.state in OFF


@dataclass(frozen=True, slots=True)
class Calendar:
    """What is to come, the nearest first, and what was called off lately, the newest first."""

    coming: tuple[HearingLine, ...]
    off: tuple[HearingLine, ...]


def coming(session: Session, today: date) -> tuple[HearingLine, ...]:
    """The meetings from today on that are to take place and have a tracked matter on their agenda."""
    return _lines(session, col(Hearing.held_on) >= today, col(Hearing.state) == "scheduled")


def calendar(session: Session, today: date) -> Calendar:
    """The page of the calendar."""
    lately = _lines(session, col(Hearing.held_on) >= today - RECENT, col(Hearing.state).in_(OFF))
    return Calendar(coming(session, today), lately[::-1])


def of_matter(session: Session, matter_id: int, today: date) -> tuple[HearingLine, ...]:
    """A matter's meetings that are to come, the nearest first, then those called off lately, the newest first."""
    on_agenda = sa.select(col(HearingItem.hearing_id)).where(col(HearingItem.matter_id) == matter_id)
    shown = sa.or_(
        sa.and_(col(Hearing.held_on) >= today, col(Hearing.state) == "scheduled"),
        sa.and_(col(Hearing.held_on) >= today - RECENT, col(Hearing.state).in_(OFF)),
    )
    lines = _lines(session, col(Hearing.id).in_(on_agenda), shown)
    return tuple(line for line in lines if not line.off) + tuple(line for line in lines[::-1] if line.off)


def _lines(session: Session, *which: Any) -> tuple[HearingLine, ...]:
    chosen = select(Hearing).where(*which).order_by(col(Hearing.held_on), col(Hearing.clock), col(Hearing.id))
    meetings = session.scalars(chosen).all()
    items = _items(session, [meeting.id or 0 for meeting in meetings])
    return tuple(_line(meeting, items[meeting.id or 0]) for meeting in meetings if meeting.id in items)


def _items(session: Session, ids: Sequence[int]) -> dict[int, tuple[Item, ...]]:
    """The tracked matters of each agenda, by the meeting; a meeting without any is left out."""
    items, matters, notes = table(HearingItem), table(Matter), table(Note)
    shown = [matters.c[name] for name in ("slug", "file_number", "name", "title")]
    columns: list[Any] = [items.c.hearing_id, *shown, notes.c.headline]
    chosen = (
        sa.select(*columns)
        .join(matters, matters.c.id == items.c.matter_id)
        .outerjoin(notes, notes.c.file_number == matters.c.file_number)
        .where(items.c.hearing_id.in_(ids), matters.c.scope.in_(TRACKED), matters.c.removed_at.is_(None))
        .order_by(items.c.hearing_id, items.c.position)
    )
    found: dict[int, dict[str, Item]] = {}
    for hearing_id, slug, number, name, title, headline in session.execute(chosen):
        # a bill can stand on an agenda twice, for its hearing and for its vote
        found.setdefault(hearing_id, {})[slug] = Item(slug, number, (headline or name or title).rstrip(". "))
    return {key: tuple(items.values()) for key, items in found.items()}


def _line(meeting: Hearing, items: tuple[Item, ...]) -> HearingLine:
    first = (meeting.first_held_on, meeting.first_clock)
    # an hour that is given later is no move
    moved = meeting.first_held_on != meeting.held_on or meeting.first_clock not in ("", meeting.clock)
    return HearingLine(
        held_on=meeting.held_on,
        clock=meeting.clock,
        body=meeting.body,
        location=meeting.location,
        topic=meeting.topic,
        state=meeting.state,
        url=meeting.url,
        moved_from=first if moved else None,
        items=items,
    )
