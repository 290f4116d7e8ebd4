"""What we hold of a matter, as the record a source would give: the left-hand side of every comparison."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from scrapers.records import ActionRecord, DocumentRecord, MatterRecord, PersonRecord, VoteRecord
from tracker.models import Action, Document, Matter, Person, Sponsorship, Vote

BATCH = 500  # ids in one IN (...)


@dataclass(slots=True)
class Held:
    """One matter as we hold it. ``record.text`` is the text's digest.

    ``rows`` gives the row id of each action by its source id, withdrawn ones too. ``settled_at`` is when the matter
    was last seen by an earlier run: what is older than that is no news.
    """

    id: int
    record: MatterRecord
    place: str
    first_seen_at: datetime
    last_seen_at: datetime
    settled_at: datetime | None = None
    removed_at: datetime | None = None
    source: str = ""
    rows: dict[str, int] = field(default_factory=dict)
    scope: tuple[str, str] = ("out", "")


def table(model: Any) -> sa.Table:
    """The Core table behind a model: bulk paths move rows, not objects."""
    found: sa.Table = model.__table__
    return found


def load(session: Session, source_ids: Sequence[str]) -> dict[str, Held]:
    """The matters with these source ids, by source id; those we do not hold are left out."""
    found: dict[str, Held] = {}
    for start in range(0, len(source_ids), BATCH):
        found |= _load(session, source_ids[start : start + BATCH])
    return found


def _load(session: Session, source_ids: Sequence[str]) -> dict[str, Held]:
    matters = table(Matter)
    rows = session.execute(sa.select(matters).where(matters.c.source_id.in_(source_ids))).all()
    ids = [row.id for row in rows]
    actions, row_ids = _actions(session, ids)
    sponsors, documents = _sponsors(session, ids), _documents(session, ids)
    found: dict[str, Held] = {}
    for row in rows:
        record = _record(row, sponsors.get(row.id, []), actions.get(row.id, []), documents.get(row.id))
        found[row.source_id] = Held(
            id=row.id,
            record=record,
            place=row.place,
            first_seen_at=row.first_seen_at,
            last_seen_at=row.last_seen_at,
            settled_at=row.last_seen_at,
            removed_at=row.removed_at,
            source=row.source,
            rows=row_ids.get(row.id, {}),
            scope=(row.scope, row.scope_reason),
        )
    return found


def _record(
    row: Any, sponsors: list[PersonRecord], actions: list[ActionRecord], documents: list[DocumentRecord] | None
) -> MatterRecord:
    # a matter without a text digest came from a source that carries neither texts nor documents
    carried = documents is not None or row.text_digest is not None
    return MatterRecord(
        source_id=row.source_id,
        file_number=row.file_number,
        kind=row.kind,
        name=row.name,
        title=row.title,
        status=row.status,
        body=row.body,
        introduced_on=iso(row.introduced_on),
        final_action_on=iso(row.final_action_on),
        enacted_on=iso(row.enacted_on),
        local_law=row.local_law,
        version=row.version,
        sponsors=tuple(sponsors),
        actions=tuple(actions),
        summary=row.summary,
        documents=tuple(documents or ()) if carried else None,
        text=row.text_digest,
        url=row.url,
        issuer=row.issuer,
        signer=row.signer,
    )


def _actions(session: Session, ids: Sequence[int]) -> tuple[dict[int, list[ActionRecord]], dict[int, dict[str, int]]]:
    actions = table(Action)
    query = sa.select(actions).where(actions.c.matter_id.in_(ids)).order_by(actions.c.matter_id, actions.c.position)
    rows = session.execute(query).all()
    votes = _votes(session, [row.id for row in rows])
    shown: dict[int, list[ActionRecord]] = {}
    row_ids: dict[int, dict[str, int]] = {}
    for row in rows:
        row_ids.setdefault(row.matter_id, {})[row.source_id] = row.id
        if row.withdrawn_at is None:
            shown.setdefault(row.matter_id, []).append(_action(row, votes.get(row.id, [])))
    return shown, row_ids


def _action(row: Any, votes: list[VoteRecord]) -> ActionRecord:
    return ActionRecord(
        source_id=row.source_id,
        acted_on=row.acted_on.isoformat(),
        clock=row.clock,
        code=row.code,
        name=row.name,
        body=row.body,
        result=row.result,
        version=row.version,
        note=row.note,
        event_id=row.event_id,
        votes=tuple(votes),
        url=row.url,
        confidence=row.confidence,
    )


def _votes(session: Session, action_ids: Sequence[int]) -> dict[int, list[VoteRecord]]:
    votes, people = table(Vote), table(Person)
    found: dict[int, list[VoteRecord]] = {}
    for start in range(0, len(action_ids), BATCH):
        query = (
            sa.select(votes.c.action_id, votes.c.value, people.c.source_id, people.c.name)
            .join(people, people.c.id == votes.c.person_id)
            .where(votes.c.action_id.in_(action_ids[start : start + BATCH]))
            .order_by(votes.c.action_id, votes.c.position)
        )
        for action_id, value, key, name in session.execute(query):
            found.setdefault(action_id, []).append(VoteRecord(PersonRecord(key, name), value))
    return found


def _sponsors(session: Session, ids: Sequence[int]) -> dict[int, list[PersonRecord]]:
    sponsorships, people = table(Sponsorship), table(Person)
    query = (
        sa.select(sponsorships.c.matter_id, people.c.source_id, people.c.name)
        .join(people, people.c.id == sponsorships.c.person_id)
        .where(sponsorships.c.matter_id.in_(ids))
        .order_by(sponsorships.c.matter_id, sponsorships.c.position)
    )
    found: dict[int, list[PersonRecord]] = {}
    for matter_id, key, name in session.execute(query):
        found.setdefault(matter_id, []).append(PersonRecord(key, name))
    return found


def _documents(session: Session, ids: Sequence[int]) -> dict[int, list[DocumentRecord]]:
    documents = table(Document)
    query = sa.select(documents).where(documents.c.matter_id.in_(ids)).order_by(documents.c.position)
    found: dict[int, list[DocumentRecord]] = {}
    for row in session.execute(query):
        found.setdefault(row.matter_id, []).append(DocumentRecord(row.source_id, row.name, row.url))
    return found


def iso(day: date | None) -> str:
    """A date as the source prints it; "" for none."""
    return day.isoformat() if day else ""
