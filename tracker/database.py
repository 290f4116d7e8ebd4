"""The database: one engine, two kinds of session, and the way from any older schema to this one.

SQLite is opened in WAL mode with foreign keys on. A session that writes begins with BEGIN IMMEDIATE, because two
deferred transactions that both read and then write lose one of the updates without an error; a session that only
reads never blocks a writer. ``recursive_triggers`` keeps INSERT OR REPLACE from walking past the append-only triggers.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlmodel import Session

from tracker.errors import DatabaseError

PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "recursive_triggers=ON", "busy_timeout=60000",
           "cache_size=-65536")  # fmt: skip
INGEST_LOCK = 20_260_129  # any number, the same for every process: one run writes at a time


def connect(url: str) -> sa.Engine:
    """An engine for a SQLAlchemy address; ``postgresql://`` means psycopg 3.

    Raises DatabaseError where the address cannot be understood or its folder cannot be made.
    """
    try:
        address = sa.make_url(url)
    except sa.exc.ArgumentError as error:
        raise DatabaseError(f"{url!r} is no database address; write sqlite:///tracker.db or postgresql://…") from error
    if address.get_backend_name() == "sqlite":
        return _sqlite(address)
    if address.drivername == "postgresql":
        address = address.set(drivername="postgresql+psycopg")
    try:
        return sa.create_engine(address, pool_pre_ping=True)
    except (ImportError, sa.exc.ArgumentError) as error:
        raise DatabaseError(f"No driver for {address.render_as_string()}: {error}") from error


def _sqlite(address: sa.URL) -> sa.Engine:
    if address.database and address.database != ":memory:":
        folder = Path(address.database).resolve().parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DatabaseError(f"The folder {folder} for the database cannot be made: {error.strerror}") from error
    engine = sa.create_engine(address)
    sa.event.listen(engine, "connect", _on_connect)
    sa.event.listen(engine, "begin", _on_begin)
    return engine


def _on_connect(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None  # SQLAlchemy begins transactions, not sqlite3
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _on_begin(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def reading(engine: sa.Engine) -> Iterator[Session]:
    """A session that only reads; nothing it does is kept."""
    with in_words(), Session(engine) as session:
        yield session


@contextmanager
def writing(engine: sa.Engine) -> Iterator[Session]:
    """A session that is kept whole when the block ends, and not at all when it raises.

    Writers take turns: on PostgreSQL by an advisory lock that lives as long as the transaction.
    """
    with in_words(), Session(engine.execution_options(writes=True)) as session, session.begin():
        if engine.dialect.name == "postgresql":
            session.connection().execute(sa.select(sa.func.pg_advisory_xact_lock(INGEST_LOCK)))
        yield session


@contextmanager
def in_words() -> Iterator[None]:
    """Turn what a driver says into a sentence with what to do."""
    try:
        yield
    except sa.exc.DBAPIError as error:
        raise DatabaseError(_sentence(str(error.orig))) from error
    except sqlite3.DatabaseError as error:
        raise DatabaseError(_sentence(str(error))) from error


def _sentence(said: str) -> str:
    said = re.sub(r"\s+", " ", said).strip().partition(" DETAIL:")[0]
    if "disk is full" in said or "No space left" in said or "disk I/O error" in said:
        return "The disk is full: nothing of this run was stored. Free some room and run it again."
    if " is locked" in said:
        return "Another run is writing to the database. Wait for it to end, or stop it, and run this again."
    if "no such table" in said or ("relation" in said and "does not exist" in said):
        return "The database has no tables yet. Run 'tracker up' or any 'tracker sync' once."
    if "onnection refused" in said or "could not translate host name" in said:
        return "The database server does not answer. Start it, or give another address with --database-url."
    if "file is not a database" in said:
        return "The file given as the database is none. Give another with --database-url."
    if "unable to open database file" in said or "readonly" in said:
        return f"The database file cannot be opened for writing ({said}). Check its folder and its rights."
    return f"The database did not answer as it should: {said}"


def _alembic(connection: sa.Connection | None = None) -> AlembicConfig:
    config = AlembicConfig()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def upgrade(engine: sa.Engine) -> None:
    """Bring the schema to this program's own.

    Raises DatabaseError where the database was written by a newer program: nothing is touched then.
    """
    with in_words(), engine.execution_options(writes=True).begin() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
        scripts = ScriptDirectory.from_config(_alembic())
        known = {script.revision for script in scripts.walk_revisions()}
        if current is not None and current not in known:
            raise DatabaseError(
                f"The database is at version {current}, which this program does not know; it was written by a newer "
                "one. Install that version again, or give another database with --database-url."
            )
        if current != scripts.get_current_head():
            command.upgrade(_alembic(connection), "head")


def next_id(session: Session, column: Any) -> int:
    """The first free id of a table whose ids we give ourselves; safe because writers take turns."""
    return (session.execute(sa.select(sa.func.max(column))).scalar() or 0) + 1
