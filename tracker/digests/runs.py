"""The composer's runs, stored: how far each looked, what it told all who follow the subject, and which runs wait."""

from collections.abc import Collection
from datetime import datetime
from typing import Final, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker.held import table
from tracker.language import N_, _, counted
from tracker.models.digests import DigestHold, DigestRun, DigestRunChange
from tracker.wording import moment

_WAITING: Final = {
    "now": N_(
        "Mail as it happens waits for a person since %(at)s. So many changes are due: %(changes)s; no act of these "
        "days explains %(odd)s of them."
    ),
    "daily": N_(
        "The daily digest waits for a person since %(at)s. So many changes are due: %(changes)s; no act of these days "
        "explains %(odd)s of them."
    ),
    "weekly": N_(
        "The weekly digest waits for a person since %(at)s. So many changes are due: %(changes)s; no act of these days "
        "explains %(odd)s of them."
    ),
}


class Unusual(NamedTuple):
    """Why a run waits: so much is due, no fresh act explains so many of it, and it is of so many matters."""

    changes: int
    unexplained: int
    matters: int


def last_change(session: Session, period: str) -> int:
    """How far the runs of a period looked; 0 where there was none."""
    rows = table(DigestRun)
    return session.execute(sa.select(sa.func.max(rows.c.upto_change_id)).where(rows.c.period == period)).scalar() or 0


def skipped(session: Session, period: str) -> int:
    """Up to which change nobody in a period is told of anything any more; 0 where nothing was passed over."""
    rows = table(DigestRun)
    return session.execute(sa.select(sa.func.max(rows.c.skipped_to)).where(rows.c.period == period)).scalar() or 0


def told_before(session: Session, period: str, after: int) -> frozenset[int]:
    """What the runs of a period told all who follow the subject, of the changes above an id."""
    rows = table(DigestRunChange)
    chosen = sa.select(rows.c.change_id).where(rows.c.period == period, rows.c.change_id > after)
    return frozenset(session.execute(chosen).scalars())


def close(
    session: Session, period: str, slot: str, now: datetime, upto: int, told: Collection[int], skipped_to: int
) -> None:
    """Note that a run is over, what it ``told`` all who follow the subject, and what it passed over.

    Whatever waited, waits no more. What a slot told stays as it is, however often the slot is run.
    """
    run = session.get(DigestRun, (period, slot))
    if run is None:
        run = DigestRun(period=period, slot=slot, composed_at=now, upto_change_id=upto)
        session.add(run)
        session.flush()
        session.add_all(DigestRunChange(period=period, change_id=key, slot=slot) for key in sorted(told))
    run.skipped_to = max(run.skipped_to, skipped_to)
    session.execute(sa.delete(DigestHold).where(col(DigestHold.period) == period))


def hold(session: Session, period: str, unusual: Unusual, now: datetime) -> DigestHold:
    """Have a period wait for a person; the moment at which it began to wait stays."""
    held = session.get(DigestHold, period) or DigestHold(period=period, since=now, changes=0, unexplained=0, matters=0)
    held.changes, held.unexplained, held.matters = unusual
    session.add(held)
    return held


def holds(session: Session) -> tuple[DigestHold, ...]:
    """The periods that wait for a person."""
    return tuple(session.scalars(select(DigestHold).order_by(col(DigestHold.since), col(DigestHold.period))))


def told(held: DigestHold) -> str:
    """Why a period waits, in a sentence for everybody."""
    return _(
        _WAITING[held.period],
        at=moment(held.since),
        changes=counted(held.changes),
        odd=counted(held.unexplained),
    )
