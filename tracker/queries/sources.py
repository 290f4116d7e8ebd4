"""How fresh the record is: runs, alerts, and one short mark that changes whenever any page could."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker.models import TRACKED, Alert, Change, Matter, Run
from tracker.models.editing import Decision
from tracker.models.sources import Stamp
from tracker.truth import EDITORS
from tracker.wording import COUNCIL_KINDS

ALERTS_SHOWN: Final = 100
LINKS: Final = "council-links"  # whose stamps say whether the gateway leads to a matter's page
LINK_GOOD: Final = "good"
LINK_MISSING: Final = "missing"


@dataclass(frozen=True, slots=True)
class SourceState:
    """One source: its last good read, and its last try, which may be the same.

    The starter record is as old as what is in it, not as the moment it was loaded: the two ``as_of`` say so, as long
    as no other source has been read.
    """

    source: str
    last_good: Run | None
    last_try: Run
    council_as_of: datetime | None = None
    others_as_of: datetime | None = None

    @property
    def good_at(self) -> datetime | None:
        return (self.last_good.finished_at or self.last_good.started_at) if self.last_good else None

    def age(self, now: datetime) -> timedelta | None:
        """How long ago the source was last read well; None when it never was."""
        return now - self.good_at if self.good_at else None

    def is_stale(self, now: datetime, after: timedelta) -> bool:
        """Whether the last good read is older than that. The starter record is as old as its release, and no fault."""
        if self.last_good is not None and self.last_good.mode == "starter":
            return False
        age = self.age(now)
        return age is None or age > after


def sources(session: Session) -> tuple[SourceState, ...]:
    """Every source that was ever tried, by name."""
    tries = _latest(session)
    good = _latest(session, Run.outcome == "ok")
    if {run.mode for run in good.values()} == {"starter"}:
        as_of = _as_of(session, True), _as_of(session, False)
        return tuple(SourceState(name, good.get(name), run, *as_of) for name, run in sorted(tries.items()))
    return tuple(SourceState(name, good.get(name), run) for name, run in sorted(tries.items()))


def _as_of(session: Session, council: bool) -> datetime | None:
    """The newest look at any tracked matter of the Council, or at any other."""
    kind = col(Matter.kind)
    kinds = kind.in_(COUNCIL_KINDS) if council else kind.not_in(COUNCIL_KINDS)
    newest = select(sa.func.max(Matter.last_seen_at)).where(col(Matter.scope).in_(TRACKED), kinds)
    return session.scalars(newest).first()


def _latest(session: Session, *which: sa.ColumnElement[bool] | bool) -> dict[str, Run]:
    ids = select(sa.func.max(Run.id)).where(col(Run.source) != EDITORS, *which).group_by(Run.source)
    return {run.source: run for run in session.scalars(select(Run).where(col(Run.id).in_(ids)))}


def link_is_missing(session: Session, source_id: str) -> bool:
    """Whether the way to the official page of a matter led nowhere when it was last tried: then no link is shown."""
    row = session.get(Stamp, (LINKS, source_id))
    return row is not None and row.value == LINK_MISSING


def alerts(session: Session) -> tuple[Alert, ...]:
    """What the tracker did not understand, newest first."""
    return tuple(session.scalars(select(Alert).order_by(col(Alert.id).desc()).limit(ALERTS_SHOWN)))


def mark(session: Session) -> str:
    """A short text that differs whenever something was stored; pages are the same as long as it is."""
    newest = sa.select(
        sa.select(sa.func.max(Change.id)).scalar_subquery(),
        sa.select(sa.func.max(Run.id)).scalar_subquery(),
        sa.select(sa.func.max(Run.finished_at)).scalar_subquery(),
        sa.select(sa.func.max(Decision.id)).scalar_subquery(),
    )
    return "-".join(str(part) for part in session.execute(newest).one())


def matters_by_scope(session: Session) -> dict[str, int]:
    """How many matters of each scope the record holds."""
    counts = sa.select(col(Matter.scope), sa.func.count()).where(col(Matter.removed_at).is_(None))
    return {row[0]: row[1] for row in session.execute(counts.group_by(col(Matter.scope)))}


def changes_by_source(session: Session) -> dict[str, int]:
    """How many changes the good runs of each source have recorded in all."""
    sums = sa.select(col(Run.source), sa.func.sum(col(Run.changes))).where(col(Run.outcome) == "ok")
    return {row[0]: row[1] for row in session.execute(sums.group_by(col(Run.source)))}


def count_alerts(session: Session) -> int:
    """How many things the tracker did not understand."""
    return session.scalars(select(sa.func.count()).select_from(Alert)).one()
