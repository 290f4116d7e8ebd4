"""What feeds and calendars tell: the newest changes, the newest coverage, and meetings with all their moves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker.formats.calendars import Measure, Meeting
from tracker.held import table
from tracker.models import TRACKED, Change, Matter, Note, SectionEffect
from tracker.models.sources import Article, Coverage, Hearing, HearingItem
from tracker.queries.changes import ChangeFilter, Seen, latest, list_changes
from tracker.wording import number_of

ENTRIES: Final = 100
READ: Final = 400  # rows read to find a hundred that are news


@dataclass(frozen=True, slots=True)
class Piece:
    """An article of published coverage; ``measures`` are (slug, number, title), the slug "" where we do not hold it."""

    headline: str
    outlet: str
    kind: str
    address: str
    language: str
    published_on: date | None
    first_seen_at: datetime
    measures: tuple[tuple[str, str, str], ...]


def news(session: Session, *which: Any) -> tuple[Seen, ...]:
    """The newest changes that are news, by when we saw them. ``which`` chooses among changes."""
    return tuple(seen for seen in latest(session, READ, *which) if seen.is_news)[:ENTRIES]


def corrections(session: Session) -> tuple[Seen, ...]:
    """The newest corrections of tracked matters."""
    pages = [list_changes(session, ChangeFilter(corrections=True, page=page)) for page in (1, 2)]
    rows = [*pages[0].rows, *(pages[1].rows if pages[1].page == 2 else ())]
    return tuple(rows[:ENTRIES])


def of_section(code: str, section: str) -> Any:
    """The condition for changes of the matters that name a section."""
    named = select(SectionEffect.file_number).where(SectionEffect.code == code, SectionEffect.section == section)
    held = select(Matter.id).where(col(Matter.file_number).in_(named), col(Matter.scope).in_(TRACKED))
    return col(Change.matter_id).in_(held)


def has_section(session: Session, code: str, section: str) -> bool:
    """Whether a matter that we hold names the section."""
    named = select(SectionEffect.id).where(SectionEffect.code == code, SectionEffect.section == section)
    return session.scalars(named.limit(1)).first() is not None


def coverage(session: Session) -> tuple[Piece, ...]:
    """The articles of published coverage that we saw last."""
    articles, links = table(Article), table(Coverage)
    linked = sa.select(links.c.article_id).where(links.c.outcome == "published")
    newest = (articles.c.first_seen_at.desc(), articles.c.id.desc())
    rows = session.execute(sa.select(articles).where(articles.c.id.in_(linked)).order_by(*newest).limit(ENTRIES)).all()
    measures = measures_of(session, [row.id for row in rows])
    return tuple(
        Piece(
            row.headline, row.outlet, row.kind, row.address, row.language, row.published_on, row.first_seen_at,
            tuple(measures.get(row.id, ())),
        )
        for row in rows
    )  # fmt: skip


def measures_of(session: Session, article_ids: Sequence[int]) -> dict[int, list[tuple[str, str, str]]]:
    """The measures that each article covers: slug, number and title."""
    links, matters, notes = table(Coverage), table(Matter), table(Note)
    held = sa.and_(matters.c.file_number == links.c.file_number, matters.c.removed_at.is_(None))
    columns: list[Any] = [links.c.article_id, links.c.file_number, matters.c.slug, matters.c.name, notes.c.headline]
    chosen = (
        sa.select(*columns)
        .outerjoin(matters, held)
        .outerjoin(notes, notes.c.file_number == links.c.file_number)
        .where(links.c.outcome == "published", links.c.article_id.in_(article_ids))
        .order_by(links.c.article_id, links.c.role.desc(), links.c.file_number)
    )
    found: dict[int, list[tuple[str, str, str]]] = {}
    for article_id, file_number, slug, name, headline in session.execute(chosen):
        title = (headline or name or "").rstrip(". ")
        found.setdefault(article_id, []).append((slug or "", number_of(file_number), title))
    return found


def meetings(session: Session, *which: Any) -> tuple[Meeting, ...]:
    """Meetings with a tracked matter on their agendas, the oldest first, those that were called off too."""
    chosen = select(Hearing).where(*which).order_by(col(Hearing.held_on), col(Hearing.clock), col(Hearing.id))
    rows = [row for row in session.scalars(chosen) if row.id is not None]
    measures = _agendas(session, [row.id or 0 for row in rows])
    return tuple(
        Meeting(
            row.id or 0, row.sequence, row.changed_at, row.held_on, row.clock, row.first_held_on, row.first_clock,
            row.body, row.location, row.topic, row.state, row.status, row.url, measures[row.id or 0],
        )
        for row in rows
        if row.id in measures
    )  # fmt: skip


def with_matter(matter_id: int) -> Any:
    """The condition for meetings that have a matter on their agenda."""
    return col(Hearing.id).in_(select(HearingItem.hearing_id).where(HearingItem.matter_id == matter_id))


def _agendas(session: Session, hearing_ids: Sequence[int]) -> dict[int, tuple[Measure, ...]]:
    """The tracked matters of each agenda; a bill can stand on one twice, for its hearing and for its vote."""
    items, matters, notes = table(HearingItem), table(Matter), table(Note)
    shown = [matters.c[name] for name in ("slug", "file_number", "name")]
    columns: list[Any] = [items.c.hearing_id, *shown, notes.c.headline]
    chosen = (
        sa.select(*columns)
        .join(matters, matters.c.id == items.c.matter_id)
        .outerjoin(notes, notes.c.file_number == matters.c.file_number)
        .where(items.c.hearing_id.in_(hearing_ids), matters.c.scope.in_(TRACKED), matters.c.removed_at.is_(None))
        .order_by(items.c.hearing_id, items.c.position)
    )
    found: dict[int, dict[str, Measure]] = {}
    for hearing_id, slug, file_number, name, headline in session.execute(chosen):
        title = (headline or name).rstrip(". ")
        found.setdefault(hearing_id, {})[slug] = Measure(slug, number_of(file_number), title)
    return {key: tuple(measures.values()) for key, measures in found.items()}


def addresses(session: Session) -> tuple[tuple[str, datetime], ...]:
    """The address of every matter that is not out of scope, and when we last saw something change in it."""
    columns: list[Any] = [col(Change.matter_id).label("id"), sa.func.max(col(Change.observed_at)).label("at")]
    newest = sa.select(*columns).group_by(col(Change.matter_id)).subquery()
    chosen = (
        sa.select(col(Matter.slug), newest.c.at, col(Matter.first_seen_at))
        .outerjoin(newest, newest.c.id == col(Matter.id))
        .where(col(Matter.scope) != "out", col(Matter.removed_at).is_(None))
        .order_by(col(Matter.id))
    )
    return tuple((slug, at or first) for slug, at, first in session.execute(chosen))
