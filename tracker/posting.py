"""Writes a ledger to the tables: the last state of everything that became different, and every change found.

Core statements with many rows each, the same on SQLite and PostgreSQL.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import islice
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from tracker.held import BATCH, Held, table
from tracker.identifiers import slug_of
from tracker.judge import Judge, day
from tracker.ledger import ActionState, Ledger, Row
from tracker.models import TRACKED, Action, Capture, Change, Document, Matter, Person, Sponsorship, Version, Vote

ROWS = 10_000  # rows in one statement: enough to be fast, few enough to hold


def post(ledger: Ledger, judge: Judge) -> None:
    """Write all that is pending and forget that it was."""
    session = ledger.session
    _name_people(ledger)
    insert(session, Person, ledger.new_people.values())
    update(session, Person, ({"row_id": key, "name": name} for key, name in ledger.renamed.items()), "name")
    _post_matters(ledger, judge)
    _post_actions(ledger)
    _replace(session, Vote, "action_id", ledger.votes.keys() - ledger.new_actions, _votes(ledger))
    _replace(session, Sponsorship, "matter_id", ledger.sponsors - ledger.new, _sponsors(ledger))
    _replace(session, Document, "matter_id", ledger.documents - ledger.new, _documents(ledger))
    _post_texts(ledger)
    insert(session, Capture, ledger.captures)
    insert(session, Change, ledger.rows)
    ledger.readings.save()
    ledger.clear()


def insert(session: Session, model: Any, rows: Iterable[Row]) -> None:
    """Insert many rows of one shape; their values are turned into the database's own in place.

    The statement goes to the driver as text, because votes and changes come by the hundred thousand and SQLAlchemy
    would look at each value of each.
    """
    rows, connection = iter(rows), session.connection()
    dialect = connection.dialect
    processors = {
        column.name: cache(process)  # a replay writes a million moments, and three thousand different ones
        for column in table(model).c
        if (process := column.type.dialect_impl(dialect).bind_processor(dialect)) is not None
    }
    while batch := list(islice(rows, ROWS)):
        statement = table(model).insert().compile(dialect=dialect, column_keys=list(batch[0]))
        wanted = [(name, processors[name]) for name in batch[0] if name in processors]
        for row in batch if wanted else ():
            for name, process in wanted:
                row[name] = process(row[name])
        positions = statement.positiontup
        values = list(map(itemgetter(*positions), batch)) if positions else batch
        connection.exec_driver_sql(str(statement), values)


def update(session: Session, model: Any, rows: Iterable[Row], *columns: str) -> None:
    """Set these columns in many rows, found by ``row_id``."""
    rows = iter(rows)
    target = table(model)
    statement = (
        target.update()
        .where(target.c.id == sa.bindparam("row_id"))
        .values({name: sa.bindparam(f"to_{name}", type_=target.c[name].type) for name in columns})
    )
    while batch := list(islice(rows, ROWS)):
        values = [{"row_id": row["row_id"], **{f"to_{name}": row[name] for name in columns}} for row in batch]
        session.connection().execute(statement, values)


def _replace(session: Session, model: Any, parent: str, older: Iterable[int], rows: Iterable[Row]) -> None:
    """Children that are kept as the source lists them now: an older parent's list goes, the new one comes."""
    column = table(model).c[parent]
    keys = list(older)
    for start in range(0, len(keys), BATCH):
        session.execute(table(model).delete().where(column.in_(keys[start : start + BATCH])))
    insert(session, model, rows)


def _name_people(ledger: Ledger) -> None:
    """Ask for every member once, because asking gives the new ones their ids."""
    for votes in ledger.votes.values():
        for vote in votes:
            ledger.person_id(vote.person)
    for key in ledger.sponsors:
        for person in ledger.by_id[key].record.sponsors:
            ledger.person_id(person)


def _votes(ledger: Ledger) -> Iterator[Row]:
    for key, votes in ledger.votes.items():
        for position, vote in enumerate(votes):
            person = ledger.person_id(vote.person)
            yield {"action_id": key, "position": position, "person_id": person, "value": vote.value}


def _sponsors(ledger: Ledger) -> Iterator[Row]:
    for key in ledger.sponsors:
        for position, person in enumerate(ledger.by_id[key].record.sponsors):
            yield {"matter_id": key, "position": position, "person_id": ledger.person_id(person)}


def _documents(ledger: Ledger) -> Iterator[Row]:
    for key in ledger.documents:
        for position, document in enumerate(ledger.by_id[key].record.documents or ()):
            yield {"matter_id": key, "position": position, **document._asdict()}


def _post_matters(ledger: Ledger, judge: Judge) -> None:
    session = ledger.session
    seen = [key for key in ledger.touched if key not in ledger.dirty]
    update(session, Matter, ({"row_id": key, "last_seen_at": ledger.by_id[key].last_seen_at} for key in seen),
           "last_seen_at")  # fmt: skip
    _judge_scope(ledger, judge)
    older = [key for key in ledger.dirty if key not in ledger.new]
    # numbers move between matters: clear the addresses first, so that none meets another on its way
    update(session, Matter, ({"row_id": key, "slug": f"~{key}"} for key in older), "slug")
    taken = _taken_slugs(session, [slug_of(ledger.by_id[key].record.file_number) for key in ledger.dirty])
    rows = {key: _matter_row(ledger.by_id[key], judge, taken) for key in ledger.dirty}
    insert(session, Matter, (rows[key] for key in ledger.new))
    columns = [name for name in next(iter(rows.values()), {}) if name != "id"]
    update(session, Matter, (rows[key] | {"row_id": key} for key in older), *columns)


def _matter_row(held: Held, judge: Judge, taken: set[str]) -> Row:
    record = held.record
    return {
        "id": held.id,
        "source_id": record.source_id,
        "file_number": record.file_number,
        "slug": _slug(held, taken),
        "kind": record.kind,
        "name": record.name,
        "title": record.title,
        "summary": record.summary,
        "status": record.status,
        "body": record.body,
        "introduced_on": day(record.introduced_on),
        "final_action_on": day(record.final_action_on),
        "enacted_on": day(record.enacted_on),
        "local_law": judge.law_number(record),
        "version": record.version,
        "text_digest": record.text,
        "url": record.url,
        "issuer": record.issuer,
        "signer": record.signer,
        "place": held.place,
        "source": held.source,
        "scope": held.scope[0],
        "scope_reason": held.scope[1],
        "first_seen_at": held.first_seen_at,
        "last_seen_at": held.last_seen_at,
        "removed_at": held.removed_at,
        "search_stale": True,
        **judge.standing(record),
    }


def _slug(held: Held, taken: set[str]) -> str:
    """The matter's address. Two matters that bear one number at once keep apart by the source's id."""
    slug = slug_of(held.record.file_number)
    if held.removed_at is None:
        if slug in taken:
            slug = f"{slug}-{slug_of(held.record.source_id)}"
        taken.add(slug)
    return slug


def _taken_slugs(session: Session, slugs: Sequence[str]) -> set[str]:
    matters = table(Matter)
    taken: set[str] = set()
    for start in range(0, len(slugs), BATCH):
        wanted = matters.c.slug.in_(slugs[start : start + BATCH])
        taken.update(session.execute(sa.select(matters.c.slug).where(wanted, matters.c.removed_at.is_(None))).scalars())
    return taken


def _judge_scope(ledger: Ledger, judge: Judge) -> None:
    wanted = [key for key, rejudge in ledger.dirty.items() if rejudge and key not in ledger.scope_stands]
    kept = _kept_texts(ledger, [key for key in wanted if (key, _version(ledger, key)) not in ledger.texts])
    for key in wanted:
        held = ledger.by_id[key]
        row = ledger.texts.get((key, held.record.version))
        text = row["text"] if row else kept.get(key)
        found = judge.scope(held.record, text, ledger.verdicts.get(key, ("", "")))
        # without the text that once decided, a rule's look at the title may raise a matter and never lower it
        blind = text is None and key not in ledger.new and not judge.decided(held.record)
        if not (blind and held.scope[0] in TRACKED and found[0] not in TRACKED):
            held.scope = found


def _version(ledger: Ledger, key: int) -> str:
    return ledger.by_id[key].record.version


def _kept_texts(ledger: Ledger, keys: Sequence[int]) -> dict[int, str]:
    versions = table(Version)
    texts = {}
    for start in range(0, len(keys), BATCH):
        query = sa.select(versions).where(versions.c.matter_id.in_(keys[start : start + BATCH]))
        for row in ledger.session.execute(query):
            if row.label == _version(ledger, row.matter_id):
                texts[row.matter_id] = row.text
    return texts


def _post_actions(ledger: Ledger) -> None:
    rows = {key: _action_row(state) for key, state in ledger.actions.items()}
    new = ledger.new_actions
    insert(
        ledger.session,
        Action,
        (rows[key] | {"id": key, "first_seen_at": ledger.actions[key].first_seen_at} for key in new),
    )
    columns = next(iter(rows.values()), {})
    update(ledger.session, Action, (rows[key] | {"row_id": key} for key in rows if key not in new), *columns)


def _action_row(state: ActionState) -> Row:
    record = state.record
    return {
        "matter_id": state.matter_id,
        "source_id": record.source_id,
        "position": state.position,
        "acted_on": day(record.acted_on),
        "clock": record.clock,
        "code": record.code,
        "name": record.name,
        "body": record.body,
        "result": record.result,
        "version": record.version,
        "note": record.note,
        "event_id": record.event_id,
        "url": record.url,
        "confidence": record.confidence,
        "last_seen_at": state.last_seen_at,
        "withdrawn_at": state.withdrawn_at,
    }


def _post_texts(ledger: Ledger) -> None:
    """The last text of each version; the moment a version was first seen stays."""
    session, versions = ledger.session, table(Version)
    keys = list(ledger.texts)
    first: dict[tuple[int, str], Any] = {}
    for start in range(0, len(keys), BATCH):
        pairs = sa.tuple_(versions.c.matter_id, versions.c.label).in_(keys[start : start + BATCH])
        query = sa.select(versions.c.matter_id, versions.c.label, versions.c.first_seen_at).where(pairs)
        for row in session.execute(query):
            first[row.matter_id, row.label] = row.first_seen_at
        if first:
            session.execute(versions.delete().where(pairs))
    insert(
        session,
        Version,
        (
            {"matter_id": key, "label": label, **row, "first_seen_at": first.get((key, label), row["first_seen_at"])}
            for (key, label), row in ledger.texts.items()
        ),
    )
