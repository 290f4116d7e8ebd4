"""What each command reads: the starter record, the archive as it is now, its new commits, or its whole history."""

from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from pathlib import Path

import sqlalchemy as sa

from scrapers import council_archive
from scrapers.errors import ScrapeError
from scrapers.git_archive import FOLDERS, Repository, is_address, open_repository
from tracker import record
from tracker.config import ArchiveConfig
from tracker.database import reading
from tracker.errors import BadInput
from tracker.ingest import Clock, Result, Seen, Source, ingest, last_cursor, note_nothing_new, was_read
from tracker.scope import Rule

ARCHIVE = "council-archive"
STARTER = "starter-record"

Watch = Callable[[Iterable[Seen]], Iterator[Seen]]


def load_starter(engine: sa.Engine, rule: Rule, clock: Clock) -> Result | None:
    """The record that ships with the package, where it was not loaded before; None where it was."""
    cursor = record.digest()
    with reading(engine) as session:
        if last_cursor(session, STARTER) == cursor:
            return None
    source = Source(STARTER, "starter", "the package", cursor, record.observations(), facts=record.facts())
    return ingest(engine, source, rule, clock)


def sync_archive(
    engine: sa.Engine, rule: Rule, clock: Clock, config: ArchiveConfig, place: str, *, watch: Watch = iter
) -> Result:
    """The archive's new commits since the last one read; all it holds now where none was read before."""
    if _is_file(place):
        return _take_file(engine, rule, clock, Path(place), "live", watch)
    repository = _open(place, config, whole=False)
    with reading(engine) as session:
        since = last_cursor(session, ARCHIVE)
    head = repository.head()
    if since == head:
        return note_nothing_new(engine, Source(ARCHIVE, "live", place, head, ()), rule, clock)
    if since and repository.has(since):
        seen = watch(council_archive.history(repository, since))
        return ingest(engine, Source(ARCHIVE, "live", place, head, seen), rule, clock)
    seen = watch(council_archive.current(repository))
    return ingest(engine, Source(ARCHIVE, "replay", place, head, seen, covers=_covers), rule, clock)


def replay_archive(
    engine: sa.Engine, rule: Rule, clock: Clock, config: ArchiveConfig, place: str, *, watch: Watch = iter
) -> Result:
    """The archive's whole history, or what of it was not replayed before, as dated observations."""
    if _is_file(place):
        return _take_file(engine, rule, clock, Path(place), "replay", watch)
    repository = _open(place, config, whole=True)
    with reading(engine) as session:
        since = last_cursor(session, ARCHIVE)
    head = repository.head()
    if since == head:
        return note_nothing_new(engine, Source(ARCHIVE, "replay", place, head, ()), rule, clock)
    seen = watch(council_archive.history(repository, since if since and repository.has(since) else ""))
    return ingest(engine, Source(ARCHIVE, "replay", place, head, seen), rule, clock)


def _is_file(place: str) -> bool:
    return not is_address(place) and not Path(place).is_dir()


def _open(place: str, config: ArchiveConfig, *, whole: bool) -> Repository:
    try:
        return open_repository(place, Path(config.mirror), whole=whole)
    except ScrapeError as error:
        raise BadInput(str(error)) from error


def _covers(place: str) -> bool:
    return place.startswith(tuple(f"{folder}/" for folder in FOLDERS))


def _take_file(engine: sa.Engine, rule: Rule, clock: Clock, path: Path, mode: str, watch: Watch) -> Result:
    cursor = _digest(path)
    with reading(engine) as session:
        first = not last_cursor(session, ARCHIVE)
        source = Source(
            ARCHIVE, "replay" if first else mode, str(path), cursor, watch(council_archive.observations(path))
        )
        if was_read(session, ARCHIVE, cursor):
            return note_nothing_new(engine, source, rule, clock)
    return ingest(engine, source, rule, clock)


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            found = sha256()
            while block := file.read(1 << 20):
                found.update(block)
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.") from error
    return f"sha256:{found.hexdigest()}"
