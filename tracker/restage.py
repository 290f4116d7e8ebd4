"""Works out again, once a day, what a new day alone can change.

A scheduled row comes due, a session ends, a bill's thirty days on the Mayor's desk run out, a law stops being
provisional: no source says anything new, and yet the stage is another one.
"""

from datetime import date

import sqlalchemy as sa
from sqlmodel import Session

from tracker.held import load, table
from tracker.judge import Judge
from tracker.lifecycle import Stage
from tracker.models import Matter, Run
from tracker.posting import update
from tracker.wording import COUNCIL_KINDS, new_york_date

LIVE = tuple(stage.value for stage in Stage if stage.live)


def restage(session: Session, judge: Judge) -> None:
    """Derive again the stage of every Council matter that may still move, unless a run of today did."""
    if _done_today(session, judge.today):
        return
    matters = table(Matter)
    may_move = sa.or_(matters.c.stage.in_(LIVE), matters.c.provisional)
    query = sa.select(matters.c.source_id).where(may_move, matters.c.kind.in_(COUNCIL_KINDS))
    rows = [
        {"row_id": held.id, **judge.standing(held.record)}
        for held in load(session, list(session.execute(query).scalars())).values()
    ]
    if rows:
        update(session, Matter, rows, *(name for name in rows[0] if name != "row_id"))


def overrule(session: Session, judge: Judge) -> None:
    """Put the editors' words on scope into force, also for matters that the run did not find changed."""
    matters = table(Matter)
    for file_number, (scope, reason) in judge.overrides.items():
        other = sa.or_(matters.c.scope != scope, matters.c.scope_reason != reason)
        chosen = matters.update().where(matters.c.file_number == file_number, other)
        session.execute(chosen.values(scope=scope, scope_reason=reason))


def _done_today(session: Session, today: date) -> bool:
    runs = table(Run)
    last = session.execute(sa.select(sa.func.max(runs.c.finished_at)).where(runs.c.outcome == "ok")).scalar()
    return last is not None and new_york_date(last) >= today
