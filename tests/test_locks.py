"""One process at a time, on both databases, and what kill -9 leaves behind: nothing."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from tracker.database import connect
from tracker.errors import DatabaseError
from tracker.locks import Busy, lock_key, only_one

HOLDER = """
import subprocess, sys
from tracker.database import connect
from tracker.locks import only_one
with only_one(connect(sys.argv[1]), sys.argv[2]):
    if "with a child" in sys.argv:
        child = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def holder(url: str, name: str, *more: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock until its input ends."""
    command = [sys.executable, "-c", HOLDER, url, name, *more]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "held\n"
            yield process
        finally:
            process.kill()


def test_a_second_process_is_told_that_one_is_at_it(blank: sa.Engine, blank_url: str) -> None:
    with holder(blank_url, "scheduler"):
        with pytest.raises(Busy, match=r"at it already \(scheduler\)") as caught, only_one(blank, "scheduler"):
            pytest.fail("two processes hold one lock")
        assert caught.value.exit_code == 75


def test_another_name_is_another_lock(blank: sa.Engine, blank_url: str) -> None:
    with holder(blank_url, "council-web"), only_one(blank, "hearings") as hold:
        assert hold.alive()


def test_a_process_that_is_killed_leaves_no_lock(blank: sa.Engine, blank_url: str) -> None:
    with holder(blank_url, "scheduler") as process:
        process.kill()
        process.wait()
        if blank.dialect.name == "postgresql":
            wait_for_the_server_to_notice(blank)
        with only_one(blank, "scheduler"):
            pass


def wait_for_the_server_to_notice(engine: sa.Engine) -> None:
    """The server frees the lock when it sees the connection end: ask for it with a lock that waits."""
    with engine.connect() as connection:
        connection.execute(sa.text("SET lock_timeout = '60s'"))
        connection.execute(sa.select(sa.func.pg_advisory_lock(lock_key("scheduler"))))
        connection.execute(sa.select(sa.func.pg_advisory_unlock(lock_key("scheduler"))))


def test_a_child_process_that_outlives_its_parent_does_not_keep_the_lock(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/x.db"
    engine = connect(url)
    with holder(url, "scheduler", "with a child") as process:
        process.kill()
        process.wait()
        with only_one(engine, "scheduler"):
            pass
    engine.dispose()


def test_two_in_one_process_are_told_apart_too(blank: sa.Engine) -> None:
    with only_one(blank, "hearings"), pytest.raises(Busy), only_one(blank, "hearings"):
        pytest.fail("two hold one lock")
    with only_one(blank, "hearings"):
        pass


def test_an_error_gives_the_lock_back(blank: sa.Engine) -> None:
    with pytest.raises(ZeroDivisionError), only_one(blank, "hearings"):
        raise ZeroDivisionError
    with only_one(blank, "hearings"):
        pass


def test_a_database_in_memory_is_locked_within_its_process() -> None:
    engine = sa.create_engine("sqlite://")
    with only_one(engine, "hearings"):
        with pytest.raises(Busy), only_one(engine, "hearings"):
            pytest.fail("two hold one lock")
        with only_one(engine, "mayor-news"):
            pass
    with only_one(engine, "hearings"):
        pass


def test_a_lock_knows_that_its_connection_was_cut(blank: sa.Engine) -> None:
    with only_one(blank, "scheduler") as hold:
        assert hold.alive()
        if blank.dialect.name == "postgresql":
            with blank.connect() as connection:
                ours = sa.text(
                    "SELECT pg_terminate_backend(pid, 60000) FROM pg_locks JOIN pg_database d ON d.oid = database"
                    " WHERE locktype = 'advisory' AND datname = current_database()"
                )
                assert connection.execute(ours).scalars().all() == [True]
            assert not hold.alive()
    with only_one(blank, "scheduler"):
        pass


def test_the_connection_of_a_lock_is_closed_and_not_lent_again(blank: sa.Engine) -> None:
    for _ in range(3):
        with only_one(blank, "hearings"):
            pass
    if blank.dialect.name == "postgresql":
        with blank.connect() as connection:
            ours = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
            held = connection.execute(sa.text(ours))
            assert held.scalar() == 0
    assert blank.pool.checkedout() == 0  # type: ignore[attr-defined]


def test_a_key_is_the_same_everywhere_and_fits_a_bigint() -> None:
    assert lock_key("scheduler") == lock_key("scheduler") != lock_key("hearings")
    assert 0 <= lock_key("scheduler") < 1 << 63


def test_a_folder_that_cannot_be_written_in_is_named(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path}/x.db")
    (tmp_path / "x.db.hearings.lock").mkdir()
    with pytest.raises(DatabaseError, match=r"x\.db\.hearings\.lock cannot be written"), only_one(engine, "hearings"):
        pytest.fail("a folder is no lock")
