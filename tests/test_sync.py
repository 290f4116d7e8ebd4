"""From a real repository to the record: the first read, what is new since, the whole history, and each refusal."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from archive_builder import (
    DAY,
    RULE,
    START,
    Archive,
    clock,
    document,
    observations_file,
    one,
    path_of,
    rows,
    snapshot,
    told,
)

from tracker.config import ArchiveConfig
from tracker.errors import BadInput
from tracker.ingest import Result
from tracker.models import Alert, Capture, Change, Matter, Run
from tracker.sync.archive import read_archive

TREES = document(76001, "Int 1412-2025")
BIRDS = document(76002, "Int 1413-2025")
ENACTED = TREES | {"StatusName": "Enacted"}


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


def read(engine: sa.Engine, archive: Archive | Path, *, whole: bool = False, remote: bool = False) -> Result:
    folder = archive.folder if isinstance(archive, Archive) else archive
    place = folder.as_uri() if remote else str(folder)
    config = ArchiveConfig(place=place, mirror=str(folder.parent / "mirror.git"))
    return read_archive(engine, RULE, clock, config, place, whole=whole)


@pytest.mark.parametrize("remote", [False, True])
def test_the_first_read_takes_what_is_there_now_and_the_next_what_is_new(
    database: sa.Engine, archive: Archive, remote: bool
) -> None:
    archive.save(START, TREES, BIRDS)
    first = archive.save(START + DAY, TREES | {"StatusName": "Laid Over in Committee"})
    assert read(database, archive, remote=remote).changes == 2
    assert (one(database, Run).cursor, one(database, Run).mode) == (first, "replay")
    archive.save(START + 2 * DAY, TREES)
    newest = archive.save(START + 3 * DAY, ENACTED)
    assert read(database, archive, remote=remote).changes == 2
    assert told(database)[2:] == [
        ("status_changed", "Laid Over in Committee", "Committee"), ("status_changed", "Committee", "Enacted"),
    ]  # fmt: skip
    assert [int(c.observed_at.timestamp()) - START for c in rows(database, Change)[2:]] == [2 * DAY, 3 * DAY]
    assert (rows(database, Run)[-1].cursor, rows(database, Run)[-1].mode) == (newest, "live")


def test_every_change_leads_to_the_version_of_the_file_that_showed_it(record: sa.Engine, archive: Archive) -> None:
    archive.save(START, TREES)
    read(record, archive)
    commit = archive.save(START + DAY, ENACTED)
    read(record, archive)
    capture = one(record, Capture, id=rows(record, Change)[-1].capture_id)
    assert capture.address.endswith(f"/{commit}/{path_of(TREES)}")
    assert capture.digest == "sha1:" + archive.git("rev-parse", f"HEAD:{path_of(TREES)}")


@pytest.mark.parametrize("whole", [False, True])
def test_a_read_with_nothing_new_is_noted_and_changes_nothing(
    database: sa.Engine, archive: Archive, whole: bool
) -> None:
    archive.save(START, TREES)
    read(database, archive, whole=whole)
    before = snapshot(database)
    result = read(database, archive, whole=whole)
    assert (result.read, result.changes, result.message) == (0, 0, "Nothing new.")
    assert snapshot(database) == before
    assert [run.outcome for run in rows(database, Run)] == ["ok", "ok"]


@pytest.mark.parametrize("remote", [False, True])
def test_the_whole_history_is_told_as_it_was_committed(database: sa.Engine, archive: Archive, remote: bool) -> None:
    archive.save(START, TREES)
    archive.save(START + DAY, ENACTED, BIRDS)
    (archive.folder / path_of(BIRDS)).unlink()
    archive.commit(START + 2 * DAY)
    read(database, archive, whole=True, remote=remote)
    assert sorted(told(database)) == [
        ("appeared", "", "Committee"), ("appeared", "", "Committee"), ("removed", "Committee", ""),
        ("status_changed", "Committee", "Enacted"),
    ]  # fmt: skip


def test_a_history_that_was_rewritten_is_read_as_it_is_now_and_what_it_lost_is_told(
    record: sa.Engine, archive: Archive
) -> None:
    first = archive.save(START, TREES)
    archive.save(START + DAY, BIRDS)
    read(record, archive)
    archive.git("reset", "--quiet", "--hard", first)
    archive.save(START + 2 * DAY, ENACTED)
    read(record, archive)
    assert told(record)[2:] == [("status_changed", "Committee", "Enacted"), ("removed", "Committee", "")]


def test_what_cannot_be_read_is_raised_and_the_rest_is_stored(record: sa.Engine, archive: Archive) -> None:
    archive.put(b"{", path_of(BIRDS))
    archive.save(START, TREES)
    result = read(record, archive)
    assert (result.read, result.unreadable, result.changes) == (2, 1, 1)
    assert one(record, Alert).subject == path_of(BIRDS)


def test_a_repository_without_matters_is_refused(record: sa.Engine, archive: Archive) -> None:
    archive.put(b"x", "README.md")
    archive.commit(START)
    with pytest.raises(BadInput, match="holds no matters"):
        read(record, archive)
    assert one(record, Run).outcome == "failed"


def test_no_repository_is_refused_by_name(record: sa.Engine, tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    with pytest.raises(BadInput, match="plain: this is not a git repository"):
        read(record, tmp_path / "plain")
    with pytest.raises(BadInput, match=r"none cannot be read: No such file"):
        read(record, tmp_path / "none")


def test_an_observations_file_is_read_once_by_what_is_in_it(record: sa.Engine, tmp_path: Path) -> None:
    rows_of_file = [(START, path_of(TREES), TREES), (START + DAY, path_of(TREES), ENACTED)]
    file = observations_file(tmp_path / "seen.jsonl.zst", *rows_of_file)
    assert read(record, file).changes == 2
    copy = tmp_path / "copy.jsonl.zst"
    copy.write_bytes(file.read_bytes())
    assert read(record, copy).message == "Nothing new."
    more = observations_file(tmp_path / "more.jsonl", *rows_of_file, (START + 2 * DAY, path_of(TREES), None))
    assert read(record, more).changes == 1
    assert one(record, Matter).removed_at is not None


def test_a_repository_read_after_a_file_is_read_whole_and_repeats_nothing(
    record: sa.Engine, archive: Archive, tmp_path: Path
) -> None:
    read(record, observations_file(tmp_path / "seen.jsonl", (START, path_of(TREES), TREES)))
    archive.save(START, TREES)
    archive.save(START + DAY, BIRDS)
    assert read(record, archive).changes == 1
    assert told(record) == [("appeared", "", "Committee"), ("appeared", "", "Committee")]
