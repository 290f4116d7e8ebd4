"""Editors' words on matters, laid over the notes that the starter record ships.

``note`` is the one place that is read. What an editor wrote is kept apart, and so is what the note said without it, so
that a newer starter record wipes nothing, and taking a word back shows what is shipped now.
"""

from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from tracker.held import table
from tracker.models import Matter, Note
from tracker.models.editing import WORD_FIELDS, EditorWord, ShippedNote


def lay_all(session: Session) -> None:
    """After the notes were stored anew: what they say now is what was shipped, and the words go over it."""
    session.execute(table(ShippedNote).delete())
    for file_number in session.execute(sa.select(table(EditorWord).c.file_number).distinct()).scalars().all():
        lay(session, file_number)


def lay(session: Session, file_number: str) -> None:
    """Make the note of one matter anew, of what was shipped and the words that stand; its matter is indexed again."""
    words, shipped = words_of(session, file_number), table(ShippedNote)
    kept = _row(session, ShippedNote, file_number)
    if kept is None:
        kept = _kept(session, file_number)
        session.execute(shipped.insert().values(**kept))
    said = {field: kept[field] for field in WORD_FIELDS} | words
    if words or kept["present"]:
        _write(session, file_number, said)
    else:
        session.execute(table(Note).delete().where(table(Note).c.file_number == file_number))
    if not words:
        session.execute(shipped.delete().where(shipped.c.file_number == file_number))
    matters = table(Matter)
    session.execute(matters.update().where(matters.c.file_number == file_number).values(search_stale=True))


def words_of(session: Session, file_number: str) -> dict[str, str]:
    """What editors wrote of a matter, by field."""
    words = table(EditorWord)
    rows = session.execute(sa.select(words).where(words.c.file_number == file_number))
    return {row.field: row.text for row in rows}


def shipped_of(session: Session, file_number: str) -> dict[str, str]:
    """What the note of a matter says without editors' words, by field."""
    kept = _row(session, ShippedNote, file_number) or _row(session, Note, file_number) or {}
    return {field: kept.get(field, "") for field in WORD_FIELDS}


def _kept(session: Session, file_number: str) -> dict[str, Any]:
    note = _row(session, Note, file_number)
    said = {field: note[field] if note else "" for field in WORD_FIELDS}
    return {"file_number": file_number, "present": note is not None, **said}


def _write(session: Session, file_number: str, said: dict[str, str]) -> None:
    notes = table(Note)
    if _row(session, Note, file_number) is None:
        session.execute(notes.insert().values(file_number=file_number, state="", unverified="", **said))
    else:
        session.execute(notes.update().where(notes.c.file_number == file_number).values(**said))


def _row(session: Session, model: Any, file_number: str) -> dict[str, Any] | None:
    found = session.execute(sa.select(table(model)).where(table(model).c.file_number == file_number)).first()
    return dict(found._mapping) if found else None
