"""Stores what is known beyond the sources' own words: notes, relations, sections. The newest set replaces the last."""

import sqlalchemy as sa
from sqlmodel import Session

from tracker.held import table
from tracker.models import Matter, Note, Relation, SectionEffect
from tracker.posting import insert
from tracker.record import Facts


def store(session: Session, facts: Facts) -> None:
    """Replace the facts; matters whose note is new are indexed again."""
    for model, rows in ((Note, facts.notes), (Relation, facts.relations), (SectionEffect, facts.sections)):
        session.execute(table(model).delete())
        insert(session, model, _numbered(model, [row._asdict() for row in rows]))
    matters = table(Matter)
    noted = sa.select(table(Note).c.file_number)
    session.execute(matters.update().where(matters.c.file_number.in_(noted)).values(search_stale=True))


def _numbered(model: type, rows: list[dict[str, object]]) -> list[dict[str, object]]:
    return rows if model is Note else [{"id": number, **row} for number, row in enumerate(rows, start=1)]
