"""Stores what is known beyond the sources' own words: notes, relations, sections, editors' words on scope.

The newest set replaces the last; what other editors decided is left alone.
"""

import itertools
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session

from scrapers.records import RelationRecord
from tracker.database import next_id
from tracker.held import table
from tracker.models import Matter, Note, Relation, ScopeOverride, SectionEffect
from tracker.posting import insert
from tracker.record import Facts

EDITOR = "starter record"


def store(session: Session, facts: Facts, now: datetime) -> None:
    """Replace the facts; matters that had or have a note are indexed again."""
    _index_again(session)
    for model, rows in ((Note, facts.notes), (SectionEffect, facts.sections)):
        session.execute(table(model).delete())
        insert(session, model, _numbered(model, [row._asdict() for row in rows]))
    relate(session, EDITOR, facts.relations)
    _store_scopes(session, facts, now)
    _index_again(session)


def relate(session: Session, source: str, relations: Sequence[RelationRecord]) -> None:
    """Replace what this source says of how matters stand to each other; what another said first is left to it."""
    rows = table(Relation)
    session.execute(rows.delete().where(rows.c.source == source))
    known = {(row.earlier, row.later, row.kind) for row in session.execute(sa.select(rows))}
    number = itertools.count(next_id(session, Relation.id))
    new = {(row.earlier, row.later, row.kind): row for row in relations}
    insert(
        session,
        Relation,
        ({"id": next(number), "source": source, **row._asdict()} for key, row in new.items() if key not in known),
    )


def _index_again(session: Session) -> None:
    matters = table(Matter)
    noted = sa.select(table(Note).c.file_number)
    session.execute(matters.update().where(matters.c.file_number.in_(noted)).values(search_stale=True))


def _numbered(model: type, rows: list[dict[str, object]]) -> list[dict[str, object]]:
    return rows if model is Note else [{"id": number, **row} for number, row in enumerate(rows, start=1)]


def _store_scopes(session: Session, facts: Facts, now: datetime) -> None:
    overrides = table(ScopeOverride)
    session.execute(overrides.delete().where(overrides.c.editor == EDITOR))
    decided = set(session.execute(sa.select(overrides.c.file_number)).scalars())
    rows = [row._asdict() | {"editor": EDITOR, "at": now} for row in facts.scopes if row.file_number not in decided]
    insert(session, ScopeOverride, rows)
