"""The acts that editors added, told as any source tells: in part, so that they take nothing away; see `truth`."""

from datetime import datetime

from sqlmodel import Session, col, select

from scrapers.records import ActionRecord, MatterRecord, Observation
from tracker.ingest import Source
from tracker.models import Matter
from tracker.models.editing import CuratedAction
from tracker.truth import EDITORS, Trust
from tracker.vocabulary import code_of


def source_of(session: Session, matter: Matter, address: str, now: datetime, trust: Trust) -> Source:
    """The editors' source, which speaks of one matter now: all the acts they added to it.

    ``address`` is where the act can be read by which they speak.
    """
    place = f"{EDITORS}/{matter.source_id}"
    seen = Observation(int(now.timestamp()), place, address, "", told_of(matter, acts_of(session, matter.id)))
    return Source(EDITORS, "live", place, "", (seen,), trust=trust)


def acts_of(session: Session, matter_id: int) -> list[CuratedAction]:
    """The acts that editors added to a matter, the oldest first."""
    acts = select(CuratedAction).where(CuratedAction.matter_id == matter_id)
    return list(session.scalars(acts.order_by(col(CuratedAction.acted_on), col(CuratedAction.id))))


def told_of(matter: Matter, acts: list[CuratedAction]) -> MatterRecord:
    """What the editors' source says of a matter: these acts, and nothing else."""
    return MatterRecord(
        source_id=matter.source_id,
        file_number=matter.file_number,
        kind=matter.kind,
        name="",
        title="",
        status="",
        body="",
        introduced_on="",
        final_action_on="",
        enacted_on="",
        local_law="",
        version="",
        sponsors=(),
        actions=tuple(map(_action, acts)),
        partial=True,
    )


def _action(act: CuratedAction) -> ActionRecord:
    code = code_of(act.name)
    assert code is not None  # `check_act` let nothing else in
    return ActionRecord(
        source_id=f"{EDITORS}:{act.id}",
        acted_on=act.acted_on.isoformat(),
        clock="",
        code=code,
        name=act.name,
        body=act.body,
        note=act.note,
        url=act.url,
        confidence=act.confidence,
    )
