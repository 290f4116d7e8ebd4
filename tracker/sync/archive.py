"""What each command reads: the starter record, the archive as it is now, its new commits, or its whole history."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
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
from tracker.truth import EVEN, STARTER, Trust

ARCHIVE = "council-archive"

Watch = Callable[[Iterable[Seen]], Iterator[Seen]]


def load_starter(engine: sa.Engine, rule: Rule, clock: Clock, trust: Trust = EVEN) -> Result | None:
    """The record that ships with the package, where it was not loaded before; None where it was."""
    cursor = record.digest()
    with reading(engine) as session:
        if last_cursor(session, STARTER) == cursor:
            return None
    source = Source(STARTER, "starter", "the package", cursor, record.observations(), facts=record.facts(), trust=trust)
    return ingest(engine, source, rule, clock)


def read_archive(
    engine: sa.Engine,
    rule: Rule,
    clock: Clock,
    config: ArchiveConfig,
    place: str,
    *,
    trust: Trust = EVEN,
    whole: bool = False,
    accept_losses: bool = False,
    watch: Watch = iter,
) -> Result:
    """The archive's new commits since the last one read, each dated as it was committed.

    Where none was read before: what the archive holds now, or, with ``whole``, its history from the first commit.
    ``place`` may be an observations file instead of a repository.
    """
    with reading(engine) as session:
        since = last_cursor(session, ARCHIVE)
    mode = "live" if since and not whole else "replay"  # a first read is history, and history is no news
    if _is_file(place):
        source = Source(ARCHIVE, mode, place, "", (), accept_losses=accept_losses, trust=trust)
        return _read_file(engine, rule, clock, source, watch)
    repository = _open(place, config, whole=whole)
    head = repository.head()
    if since == head:
        return note_nothing_new(engine, Source(ARCHIVE, mode, place, head, ()), rule, clock)
    source = Source(ARCHIVE, mode, place, head, (), accept_losses=accept_losses, trust=trust)
    known = since if since and repository.has(since) else ""
    if known or whole:
        return ingest(engine, replace(source, seen=watch(council_archive.history(repository, known))), rule, clock)
    seen = watch(council_archive.current(repository))
    return ingest(engine, replace(source, seen=seen, covers=_covers), rule, clock)


def _is_file(place: str) -> bool:
    return not is_address(place) and not Path(place).is_dir()


def _open(place: str, config: ArchiveConfig, *, whole: bool) -> Repository:
    try:
        return open_repository(place, Path(config.mirror), whole=whole)
    except ScrapeError as error:
        raise BadInput(str(error)) from error


def _covers(place: str) -> bool:
    return place.startswith(tuple(f"{folder}/" for folder in FOLDERS))


def _read_file(engine: sa.Engine, rule: Rule, clock: Clock, source: Source, watch: Watch) -> Result:
    path = Path(source.place)
    cursor = _digest(path)
    source = replace(source, cursor=cursor, seen=watch(council_archive.observations(path)))
    with reading(engine) as session:
        known = was_read(session, ARCHIVE, cursor)
    return note_nothing_new(engine, source, rule, clock) if known else ingest(engine, source, rule, clock)


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            found = sha256()
            while block := file.read(1 << 20):
                found.update(block)
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.") from error
    return f"sha256:{found.hexdigest()}"
