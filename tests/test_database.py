"""The rules that the database itself keeps, on SQLite and on PostgreSQL alike."""

import multiprocessing
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlmodel import Session, SQLModel

from tracker.database import _alembic, connect, reading, upgrade, writing
from tracker.errors import DatabaseError
from tracker.models import Capture, Change, Matter, Run

NOW = datetime(2026, 2, 1, 23, 45, tzinfo=UTC)


OTHERS_ONLY = {"sqlite": ("TRUNCATE",), "postgresql": ("INSERT OR REPLACE",)}


def matter(**given: Any) -> Matter:
    known: dict[str, Any] = {
        "id": 1,
        "source_id": "76557",
        "file_number": "Int 1412-2025",
        "slug": "int-1412-2025",
        "kind": "Introduction",
        "stage": "vetoed",
        "first_seen_at": NOW,
        "last_seen_at": NOW,
    }
    return Matter(**known | given)


def put_a_change(session: Session) -> None:
    session.add(Run(id=1, source="x", mode="live", place="x", started_at=NOW, outcome="ok"))
    session.add(matter())
    session.flush()
    session.add(Capture(id=1, run_id=1, address="x", digest="", seen_at=NOW))
    session.flush()
    session.add(
        Change(id=1, matter_id=1, run_id=1, capture_id=1, file_number="Int 1412-2025", observed_at=NOW,
               kind="status_changed", before="Committee", after="Enacted")
    )  # fmt: skip


@pytest.fixture
def told(database: sa.Engine) -> Iterator[sa.Engine]:
    """A record with one change in it."""
    with writing(database) as session:
        put_a_change(session)
    yield database
    with reading(database) as session:
        assert session.execute(sa.select(Change.after)).scalars().all() == ["Enacted"]  # type: ignore[call-overload]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE change SET after = 'Vetoed'",
        "DELETE FROM change",
        "INSERT OR REPLACE INTO change SELECT id, matter_id, run_id, capture_id, file_number, observed_at, kind, "
        "action_id, acted_on, before, 'Vetoed' FROM change",
        "TRUNCATE change",
        "TRUNCATE change CASCADE",
    ],
)
def test_what_was_seen_can_neither_be_edited_nor_taken_out(told: sa.Engine, statement: str) -> None:
    word = statement.split()[0] + (" OR REPLACE" if "REPLACE" in statement else "")
    if word in OTHERS_ONLY.get(told.dialect.name, ()):
        pytest.skip(f"{told.dialect.name} has no {word}")
    with pytest.raises(DatabaseError, match="append-only"), writing(told) as session:
        session.connection().exec_driver_sql(statement)


@pytest.mark.parametrize(
    "wrong",
    [
        {"scope": "maybe"},
        {"how": "somehow", "is_law": True},
        {"how": "signed", "is_law": False},
        {"local_law": "NA"},
        {"source_id": None},
    ],
)
def test_a_row_that_breaks_a_rule_is_refused(database: sa.Engine, wrong: dict[str, Any]) -> None:
    with pytest.raises(DatabaseError), writing(database) as session:
        session.add(matter(**wrong))


def test_two_matters_that_are_there_never_share_an_address(database: sa.Engine) -> None:
    with writing(database) as session:
        session.add(matter(removed_at=NOW))
    with writing(database) as session:
        session.add(matter(id=2, source_id="2"))
    with pytest.raises(DatabaseError), writing(database) as session:
        session.add(matter(id=3, source_id="3"))


def test_a_change_of_a_matter_that_is_not_held_is_refused(database: sa.Engine) -> None:
    with pytest.raises(DatabaseError), writing(database) as session:
        put_a_change(session)
        session.flush()
        session.connection().exec_driver_sql(
            "INSERT INTO change (id, matter_id, run_id, capture_id, file_number, observed_at, kind, action_id, before, "
            "after) VALUES (2, 99, 1, 1, 'x', '2026-01-01', 'removed', '', '', '')"
        )


def test_moments_come_back_aware_and_naive_ones_are_refused(database: sa.Engine) -> None:
    with writing(database) as session:
        session.add(matter())
    with reading(database) as session:
        assert session.execute(sa.select(Matter.first_seen_at)).scalar_one() == NOW  # type: ignore[call-overload]
    with pytest.raises(sa.exc.StatementError, match="no time zone"), writing(database) as session:
        session.add(matter(id=2, source_id="2", slug="x", first_seen_at=NOW.replace(tzinfo=None)))


def count_up(url: str, times: int) -> None:
    engine = connect(url)
    for _ in range(times):
        with writing(engine) as session:
            run = session.get_one(Run, 1)
            run.read += 1
    engine.dispose()


def test_writers_in_two_processes_lose_no_update(database: sa.Engine, blank_url: str) -> None:
    with writing(database) as session:
        session.add(Run(id=1, source="x", mode="live", place="x", started_at=NOW, outcome="ok"))
    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=count_up, args=(blank_url, 100)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    with reading(database) as session:
        assert session.get_one(Run, 1).read == 200


def test_the_upgraded_schema_is_that_of_the_models(database: sa.Engine) -> None:
    with database.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": not_the_search_index})
        assert compare_metadata(context, SQLModel.metadata) == []


def not_the_search_index(thing: object, name: str | None, kind: str, reflected: bool, compared: object) -> bool:
    return not (name or "").startswith(("matter_search", "ix_matter_search", "article_search", "ix_article_search"))


def test_migrations_are_numbered_and_have_one_head() -> None:
    scripts = ScriptDirectory.from_config(_alembic())
    numbers = sorted(script.revision for script in scripts.walk_revisions())
    assert numbers == [f"{n:04}" for n in range(1, len(numbers) + 1)]
    assert scripts.get_heads() == [numbers[-1]]


def test_a_database_of_a_newer_program_is_refused_and_left_alone(database: sa.Engine) -> None:
    with database.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(DatabaseError, match="9999, which this program does not know"):
        upgrade(database)
    with database.connect() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == "9999"


def test_an_upgrade_of_an_upgraded_database_does_nothing(told: sa.Engine) -> None:
    upgrade(told)


@pytest.mark.parametrize("url", ["nonsense", "oracle://x/y", "sqlite:////proc/nowhere/x.db"])
def test_an_address_that_cannot_be_used_is_named(url: str) -> None:
    with pytest.raises(DatabaseError), reading(connect(url)) as session:
        session.execute(sa.text("SELECT 1"))
