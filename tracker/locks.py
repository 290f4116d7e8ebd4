"""One process at a time: a lock with a name, beside the database that everybody shares.

On PostgreSQL it is an advisory lock on a connection of its own, on SQLite a lock on a file beside the database's. Both
go when their process goes, even by kill -9, so that nothing has to be tidied up. Neither waits.

A connection can die under a lock that lasts for days, and the advisory lock dies with it: whoever holds one for long
asks `Hold.alive` before each thing it does. Through a pooler that shares connections between transactions (pgbouncer
in that mode) an advisory lock does not hold; give the tracker a direct address.
"""

import fcntl
import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from tracker.database import in_words
from tracker.errors import DatabaseError, TrackerError


class Busy(TrackerError):
    """Raised where another process does what only one may do at a time."""

    exit_code = 75


class Hold:
    """A lock that is held."""

    def __init__(self, connection: sa.Connection | None = None) -> None:
        self._connection = connection

    def alive(self) -> bool:
        """Whether the lock is still ours: False once the connection that bore it is gone."""
        if self._connection is None:
            return True
        try:
            self._connection.execute(sa.select(1))
        except sa.exc.DBAPIError:
            return False
        return True


_here: set[str] = set()  # the names held in this process over databases that are in memory
_guard = threading.Lock()


@contextmanager
def only_one(engine: sa.Engine, name: str) -> Iterator[Hold]:
    """Hold the lock ``name`` of this database.

    Raises Busy at once where another holds it, in this process or any other; DatabaseError where the database cannot
    be reached or its folder is not to be written in.
    """
    if engine.dialect.name == "postgresql":
        with _advisory(engine, name) as hold:
            yield hold
    elif engine.url.database in (None, "", ":memory:"):
        with _in_memory(name) as hold:
            yield hold
    else:
        with _on_file(Path(f"{engine.url.database}.{name}.lock"), name) as hold:
            yield hold


def lock_key(name: str) -> int:
    """The number that stands for a name: the first 63 bits of its SHA-256, so that it fits a signed bigint."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]) >> 1


@contextmanager
def _advisory(engine: sa.Engine, name: str) -> Iterator[Hold]:
    with in_words():
        connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        connection.detach()  # never back to the pool: closing it is what gives the lock back
    try:
        with in_words():
            got = connection.execute(sa.select(sa.func.pg_try_advisory_lock(lock_key(name)))).scalar()
        if not got:
            raise _busy(name)
        yield Hold(connection)
    finally:
        connection.close()


@contextmanager
def _on_file(path: Path, name: str) -> Iterator[Hold]:
    # the file stays: taking it away would let two processes lock two files of one name
    try:
        file = path.open("ab")
    except OSError as error:
        raise DatabaseError(f"{path} cannot be written: {error.strerror}. Check the folder and its rights.") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise _busy(name) from error
        yield Hold()


@contextmanager
def _in_memory(name: str) -> Iterator[Hold]:
    with _guard:
        if name in _here:
            raise _busy(name)
        _here.add(name)
    try:
        yield Hold()
    finally:
        with _guard:
            _here.discard(name)


def _busy(name: str) -> Busy:
    return Busy(f"Another process is at it already ({name}). Wait for it to end, or stop it, and run this again.")
