"""Who may get a digest in one period, what they follow, and what they were told before."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session

from tracker.digests.choosing import Follows, Target
from tracker.held import table
from tracker.models.digests import Digest, DigestChange
from tracker.models.mail import Subscriber, Subscription


class Turn(NamedTuple):
    """Whose turn it is: those of one period who had nothing in this slot. ``old``: no ledger is looked at before it."""

    period: str
    slot: str
    old: int


class Reader(NamedTuple):
    """One address under way."""

    id: int
    language: str
    quiet_weeks: bool
    since: datetime
    follows: tuple[Follows, ...]
    told: frozenset[int]


def live(period: str) -> sa.ColumnElement[bool]:
    """Subscriptions that count now: confirmed, not ended, of this period."""
    rows = table(Subscription)
    return sa.and_(rows.c.period == period, rows.c.confirmed_at.is_not(None), rows.c.ended_at.is_(None))


def followed_in(session: Session, period: str, old: int) -> tuple[list[Target], int]:
    """All that is followed in this period, and the change after which the first of them looks, or the archive does."""
    rows = table(Subscription)
    chosen = sa.select(rows.c.kind, rows.c.value, sa.func.min(rows.c.after_change_id)).where(live(period))
    found = session.execute(chosen.group_by(rows.c.kind, rows.c.value)).all()
    return [(kind, value) for kind, value, _ in found], min((after for _, _, after in found), default=old)


def readers_due(session: Session, turn: Turn, last: int, batch: int) -> tuple[list[Reader], int | None]:
    """The next addresses that may get a digest, and where to go on; None when these were the last."""
    people, rows, done = table(Subscriber), table(Subscription), table(Digest)
    follows = sa.select(rows.c.subscriber_id).where(live(turn.period))
    wanted: sa.ColumnElement[bool] = people.c.id.in_(follows)
    if turn.period == "weekly":
        anything = sa.select(rows.c.subscriber_id).where(rows.c.confirmed_at.is_not(None), rows.c.ended_at.is_(None))
        wanted = sa.or_(wanted, sa.and_(people.c.quiet_weeks, people.c.id.in_(anything)))
    had = sa.exists().where(done.c.subscriber_id == people.c.id, done.c.period == turn.period, done.c.slot == turn.slot)
    chosen = (
        sa.select(people.c.id, people.c.language, people.c.quiet_weeks, people.c.confirmed_at, people.c.created_at)
        .where(people.c.id > last, people.c.state == "active", wanted, ~had)
        .order_by(people.c.id)
        .limit(batch)
    )
    found = session.execute(chosen).all()
    ids = [row.id for row in found]
    told, mailed, followed = _told(session, ids, turn.old), _mailed(session, ids), _followed(session, ids, turn)
    readers = [
        Reader(
            row.id,
            row.language,
            row.quiet_weeks,
            mailed.get(row.id) or row.confirmed_at or row.created_at,
            tuple(followed.get(row.id, ())),
            frozenset(told.get(row.id, ())),
        )
        for row in found
    ]
    return readers, ids[-1] if len(ids) == batch else None


def _followed(session: Session, ids: Sequence[int], turn: Turn) -> dict[int, list[Follows]]:
    rows = table(Subscription)
    chosen = sa.select(rows.c.subscriber_id, rows.c.kind, rows.c.value, rows.c.after_change_id)
    found: dict[int, list[Follows]] = {}
    for key, kind, value, after in session.execute(chosen.where(rows.c.subscriber_id.in_(ids), live(turn.period))):
        found.setdefault(key, []).append(Follows((kind, value), after))
    return found


def _told(session: Session, ids: Sequence[int], old: int) -> dict[int, set[int]]:
    """The ledger, as far back as subscriptions look; `_move_on` sees to it that none looks further."""
    rows, follows = table(DigestChange), table(Subscription)
    lowest = sa.select(sa.func.min(follows.c.after_change_id)).where(
        follows.c.subscriber_id.in_(ids), follows.c.ended_at.is_(None)
    )
    since = min(session.execute(lowest).scalar() or 0, old)
    chosen = sa.select(rows.c.subscriber_id, rows.c.change_id)
    found: dict[int, set[int]] = {}
    for key, change_id in session.execute(chosen.where(rows.c.subscriber_id.in_(ids), rows.c.change_id > since)):
        found.setdefault(key, set()).add(change_id)
    return found


def _mailed(session: Session, ids: Sequence[int]) -> dict[int, datetime]:
    """When each was last written a digest."""
    rows = table(Digest)
    chosen = sa.select(rows.c.subscriber_id, sa.func.max(rows.c.composed_at)).group_by(rows.c.subscriber_id)
    return {row[0]: row[1] for row in session.execute(chosen.where(rows.c.subscriber_id.in_(ids)))}
