"""What tests share: a database of each kind, and the folder of real data where it is at hand."""

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from hypothesis import settings

from tracker.config import load_config
from tracker.database import _alembic, connect, upgrade
from tracker.scope import Rule
from tracker.sync.archive import load_starter
from tracker.truth import trust_of

SERVER = os.environ.get("TRACKER_TEST_POSTGRES", "")
NO_SERVER = pytest.mark.skipif(not SERVER, reason="TRACKER_TEST_POSTGRES names no PostgreSQL server")
STARTED = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)  # when the shipped record was loaded
BOTH = ["sqlite", pytest.param("postgresql", marks=NO_SERVER)]

HEAD = ScriptDirectory.from_config(_alembic()).get_current_head()
# whoever still holds a connection is cut; append-only tables let go of their rows only where no trigger fires
EMPTY = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()",
    "SET LOCAL session_replication_role = replica",
    """DO $$ DECLARE t record; filled boolean; BEGIN
    FOR t IN SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I)', t.name) INTO filled;
        IF filled THEN EXECUTE format('TRUNCATE %I RESTART IDENTITY CASCADE', t.name); END IF;
    END LOOP; END $$""",
)

settings.register_profile("tracker", deadline=None)  # nothing here is judged by the time it takes
settings.load_profile("tracker")


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's own environment must not change what a test sees."""
    for name in ("TRACKER_DATABASE_URL", "TRACKER_CONFIG", "PORT"):
        monkeypatch.delenv(name, raising=False)


def shared_data() -> Path | None:
    """The folder of real data, or None where it is not at hand."""
    base = Path(os.environ.get("TRACKER_SHARED") or Path(__file__).resolve().parents[2] / "shared")
    return next((folder for folder in (base / "data", base) if (folder / "council").is_dir()), None)


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real data."""
    folder = shared_data()
    if folder is None:
        pytest.skip("the shared folder of real data is not at hand (TRACKER_SHARED)")
    return folder


@pytest.fixture(scope="session")
def ready_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty record in a SQLite file, to be copied: the steps of the schema are walked once, not for every test."""
    path = tmp_path_factory.mktemp("ready") / "ready.db"
    engine = connect(f"sqlite:///{path}")
    upgrade(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


class Bench:
    """One PostgreSQL database with an empty record, lent to one test after the other: to make one costs a second.

    What a test left in it is emptied; one that is not at this program's schema any more is made anew.
    """

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._url = ""

    @contextmanager
    def lent(self) -> Iterator[str]:
        """The address of the database, empty."""
        if not self._url:
            self._url = self._stack.enter_context(made(f"test_{uuid.uuid4().hex}"))
            engine = connect(self._url)
            upgrade(engine)
            engine.dispose()
        yield self._url
        if not self._emptied():
            self.close()

    def close(self) -> None:
        """Give the database up."""
        self._stack.close()
        self._url = ""

    def _emptied(self) -> bool:
        engine = connect(self._url)
        with engine.begin() as connection:
            for statement in EMPTY:
                connection.execute(sa.text(statement))
        with engine.connect() as connection:
            fits = MigrationContext.configure(connection).get_current_revision() == HEAD
        engine.dispose()
        return fits


@pytest.fixture(scope="session")
def bench() -> Iterator[Bench]:
    """The database that this process lends to its tests."""
    bench = Bench()
    yield bench
    bench.close()


@contextmanager
def made(name: str) -> Iterator[str]:
    """The address of a PostgreSQL database that is there for as long as the block."""
    server = connect(SERVER).execution_options(isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    quick = {"options": "-c synchronous_commit=off"}  # nothing here has to outlive a power cut
    try:
        address = sa.make_url(SERVER).set(database=name).update_query_dict(quick)
        yield address.render_as_string(hide_password=False)
    finally:
        with server.connect() as connection:
            connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
        server.dispose()


@pytest.fixture(params=BOTH)
def blank_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without tables, or, for a test that asks for `database`, of an empty record."""
    ready = "database" in request.fixturenames
    if request.param == "sqlite":
        if ready:
            shutil.copyfile(request.getfixturevalue("ready_file"), tmp_path / "tracker.db")
        yield f"sqlite:///{tmp_path}/tracker.db"
        return
    if ready:
        with request.getfixturevalue("bench").lent() as url:
            yield url
    else:
        with made(f"test_{uuid.uuid4().hex}") as url:
            yield url


@pytest.fixture
def blank(blank_url: str) -> Iterator[sa.Engine]:
    """A database without tables, of each kind; an empty record for a test that asks for `database`."""
    engine = connect(blank_url)
    yield engine
    engine.dispose()


@pytest.fixture
def database(blank: sa.Engine) -> sa.Engine:
    """An empty record, on each kind of database."""
    return blank


@pytest.fixture
def record(tmp_path: Path, ready_file: Path) -> Iterator[sa.Engine]:
    """An empty record on SQLite alone, for what does not depend on the database."""
    shutil.copyfile(ready_file, tmp_path / "record.db")
    engine = connect(f"sqlite:///{tmp_path}/record.db")
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def shipped_file(ready_file: Path) -> Path:
    """The record that ships with the package, in a SQLite file to be copied."""
    path = ready_file.with_name("shipped.db")
    shutil.copyfile(ready_file, path)
    engine = connect(f"sqlite:///{path}")
    config = load_config(None, {})
    load_starter(engine, Rule(config.scope), lambda: STARTED, trust_of(config.trust))
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture(scope="module")
def shipped(shipped_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.Engine]:
    """The record that ships with the package, one for the tests of a module."""
    path = tmp_path_factory.mktemp("shipped") / "x.db"
    shutil.copyfile(shipped_file, path)
    engine = connect(f"sqlite:///{path}")
    yield engine
    engine.dispose()
