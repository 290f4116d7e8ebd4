"""Where two sources tell different things of one matter: open ones first, then those that ended lately."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlmodel import Session, col, select

from tracker.models import TRACKED, Matter
from tracker.models.sources import Disagreement

SHOWN: Final = 100


@dataclass(frozen=True, slots=True)
class DisagreementLine:
    """One thing that two sources tell differently, or told until ``ended_at``."""

    file_number: str
    slug: str
    field: str
    trusted_source: str
    trusted_value: str
    other_source: str
    other_value: str
    first_seen_at: datetime
    ended_at: datetime | None


def disagreements(session: Session, matter_id: int | None = None) -> tuple[DisagreementLine, ...]:
    """Those of tracked matters, or of one; the open ones first, the newest first of each."""
    chosen = (
        select(Disagreement, Matter)
        .join(Matter, col(Matter.id) == Disagreement.matter_id)
        .where(col(Matter.scope).in_(TRACKED) if matter_id is None else col(Matter.id) == matter_id)
        .order_by(col(Disagreement.ended_at).is_not(None), col(Disagreement.first_seen_at).desc(), col(Disagreement.id))
        .limit(SHOWN)
    )
    return tuple(_line(row, matter) for row, matter in session.execute(chosen))


def _line(row: Disagreement, matter: Matter) -> DisagreementLine:
    return DisagreementLine(
        matter.file_number,
        matter.slug,
        row.field,
        row.trusted_source,
        row.trusted_value,
        row.other_source,
        row.other_value,
        row.first_seen_at,
        row.ended_at,
    )
