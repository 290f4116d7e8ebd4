"""Reads for programs: pages that follow a row's id, so that what is written meanwhile moves nothing, and the record
as it was known at an earlier moment."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker import as_of
from tracker.as_of import Known
from tracker.formats.calendars import Meeting
from tracker.held import table
from tracker.models import TRACKED, Action, Change, Matter, Note
from tracker.models.sources import Article, Coverage, Hearing, HearingItem
from tracker.queries.changes import Seen, latest
from tracker.queries.feeds import meetings
from tracker.queries.lists import MatterFilter, conditions


class Listed(NamedTuple):
    """A matter of a page. `known` is how it was known at the moment asked, None where none was."""

    matter: Matter
    headline: str
    known: Known | None


class Covering(NamedTuple):
    """A link from an article to a measure; `slug` is "" where we do not hold the measure."""

    file_number: str
    slug: str
    role: str
    evidence: str


class Found(NamedTuple):
    """Rows of a page, and the id after which the next one begins; None on the last."""

    rows: list[Any]
    last: int | None


def list_matters(
    session: Session, asked: MatterFilter, stage: str, after: int, limit: int, at: datetime | None
) -> Found:
    """Matters by their ids. With ``at`` those that were known and shown then; a page may then hold fewer."""
    there = col(Matter.removed_at).is_(None) if at is None else col(Matter.first_seen_at) <= at
    which = [there, *conditions(session, asked), col(Matter.id) > after]
    if stage and at is None:
        which.append(col(Matter.stage) == stage)
    rows = list(session.scalars(select(Matter).where(*which).order_by(col(Matter.id)).limit(limit + 1)))
    last = rows[limit - 1].id if len(rows) > limit else None
    rows = rows[:limit]
    headlines = _headlines(session, [row.file_number for row in rows])
    known = _known(session, rows, at) if at else {}
    listed = [Listed(row, headlines.get(row.file_number, ""), known.get(row.id)) for row in rows]
    if at:
        listed = [one for one in listed if one.known and not one.known.removed]
        listed = [one for one in listed if one.known and stage in ("", one.known.standing.stage.value)]
    return Found(listed, last)


def _headlines(session: Session, file_numbers: Sequence[str]) -> dict[str, str]:
    notes = session.scalars(select(Note).where(col(Note.file_number).in_(file_numbers)))
    return {note.file_number: note.headline for note in notes}


def _known(session: Session, matters: Iterable[Matter], at: datetime) -> dict[int, Known]:
    held = {matter.id: matter for matter in matters}
    actions: dict[int, list[Action]] = {}
    for action in session.scalars(select(Action).where(col(Action.matter_id).in_(held))):
        actions.setdefault(action.matter_id, []).append(action)
    changes: dict[int, list[Change]] = {}
    later = select(Change).where(col(Change.matter_id).in_(held), Change.observed_at > at)
    for change in session.scalars(later):
        changes.setdefault(change.matter_id, []).append(change)
    found = {key: as_of.known(one, actions.get(key, ()), changes.get(key, ()), at) for key, one in held.items()}
    return {key: known for key, known in found.items() if known}


def list_changes(session: Session, which: Sequence[Any], after: int | None, limit: int, oldest: bool) -> Found:
    """Changes in the order in which they were written down."""
    key = col(Change.id)
    beyond = [] if after is None else [key > after if oldest else key < after]
    rows: list[Seen] = list(latest(session, limit + 1, *which, *beyond, by=key.asc() if oldest else key.desc()))
    return Found(rows[:limit], rows[limit - 1].change.id if len(rows) > limit else None)


def list_coverage(
    session: Session, which: Sequence[Any], after: int | None, limit: int, at: datetime | None
) -> tuple[Found, dict[int, list[Covering]]]:
    """Articles of published coverage, those that we saw last first, and what each of them covers."""
    links = table(Coverage)
    published = [links.c.outcome == "published"] + ([links.c.decided_at <= at] if at else [])
    chosen = [col(Article.id).in_(sa.select(links.c.article_id).where(*published)), *which]
    chosen += [col(Article.first_seen_at) <= at] if at else []
    chosen += [col(Article.id) < after] if after is not None else []
    rows = list(session.scalars(select(Article).where(*chosen).order_by(col(Article.id).desc()).limit(limit + 1)))
    last = rows[limit - 1].id if len(rows) > limit else None
    rows = rows[:limit]
    return Found(rows, last), _covering(session, [row.id or 0 for row in rows], published)


def of_measure(file_number: str) -> Any:
    """The condition for articles that cover a measure."""
    links = table(Coverage)
    named = (links.c.file_number == file_number, links.c.outcome == "published")
    return col(Article.id).in_(sa.select(links.c.article_id).where(*named))


def _covering(session: Session, article_ids: Sequence[int], published: Sequence[Any]) -> dict[int, list[Covering]]:
    links, matters = table(Coverage), table(Matter)
    held = sa.and_(matters.c.file_number == links.c.file_number, matters.c.removed_at.is_(None))
    chosen = (
        sa.select(links.c.article_id, links.c.file_number, matters.c.slug, links.c.role, links.c.evidence)
        .outerjoin(matters, held)
        .where(links.c.article_id.in_(article_ids), *published)
        .order_by(links.c.article_id, links.c.role.desc(), links.c.file_number)
    )
    found: dict[int, list[Covering]] = {}
    for article_id, file_number, slug, role, evidence in session.execute(chosen):
        found.setdefault(article_id, []).append(Covering(file_number, slug or "", role, evidence))
    return found


def list_hearings(session: Session, state: str, since: date | None, after: int, limit: int) -> Found:
    """Meetings with a followed matter on their agendas, in the order in which we first saw them."""
    tracked = (
        select(HearingItem.hearing_id)
        .join(Matter)
        .where(col(Matter.scope).in_(TRACKED), col(Matter.removed_at).is_(None))
    )
    which = [col(Hearing.id) > after, col(Hearing.id).in_(tracked)]
    which += [col(Hearing.state) == state] if state else []
    which += [col(Hearing.held_on) >= since] if since else []
    ids = list(session.scalars(select(Hearing.id).where(*which).order_by(col(Hearing.id)).limit(limit + 1)))
    rows: list[Meeting] = sorted(meetings(session, col(Hearing.id).in_(ids[:limit])), key=lambda row: row.id)
    return Found(rows, ids[limit - 1] if len(ids) > limit else None)
