"""The evidence: what a source answered comes back to the byte, damage is found, nothing cited is dropped."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
import sqlalchemy as sa
from archive_builder import rows
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from live import living, matters
from sqlmodel import col
from upstream.city import City
from warcio import ArchiveIterator

from scrapers.answers import Answer, Keeper, Kept
from tracker.captures import (
    Archive,
    Choice,
    Part,
    Pruned,
    Store,
    answers,
    manifest,
    missing,
    parts_of,
    prune,
    write_warc,
)
from tracker.captures.upkeep import Row, outdated
from tracker.cli.captures import captures
from tracker.database import connect, reading, upgrade, writing
from tracker.errors import BadInput, DatabaseError, NotFound, TrackerError
from tracker.models import Capture, Run
from tracker.models.sources import MayoralOrder
from tracker.sync import council as sync_council

NOW = datetime(2026, 2, 10, 15, 0, tzinfo=UTC)
DAY = timedelta(days=1)
MATTER = "https://webapi.legistar.com/v1/nyc/matters/76557"
HISTORIES = f"{MATTER}/histories?AgendaNote=1"
PAGE = "https://www.nyc.gov/mayors-office/news"
BIG = 90 * DAY


def digest_of(body: bytes) -> str:
    return f"sha256:{sha256(body).hexdigest()}"


def answer(
    address: str, body: bytes, at: datetime = NOW, *, status: int = 200, method: str = "GET", final: str = "",
    headers: Sequence[tuple[str, str]] = (("Content-Type", "application/json"),), unchanged: bool = False,
) -> Answer:  # fmt: skip
    digest = digest_of(body)
    return Answer(address, final or address, method, status, tuple(headers), body, at, digest, unchanged)


def blob(store: Store, digest: str) -> Path:
    return store.folder / digest[7:9] / f"{digest[9:]}.zst"


def age(store: Store, days: float = 200) -> None:
    """Make every file of the store as old as that, seen from NOW."""
    moment = (NOW - timedelta(days=days)).timestamp()
    for path in store.folder.glob("??/*"):
        os.utime(path, (moment, moment))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "captures")


@pytest.fixture
def archive(store: Store, database: sa.Engine) -> Archive:
    """An empty archive, on each kind of database."""
    return Archive(store, database)


def cite(engine: sa.Engine, digest: str, address: str = MATTER, seen_at: datetime = NOW) -> None:
    with writing(engine) as session:
        run = Run(source="council-api", mode="live", place=address, started_at=seen_at, outcome="ok")
        session.add(run)
        session.flush()
        ident = (session.execute(sa.select(sa.func.max(Capture.id))).scalar() or 0) + 1
        session.add(Capture(id=ident, run_id=run.id or 0, address=address, digest=digest, seen_at=seen_at))


def kept_rows(engine: sa.Engine) -> list[tuple[str, str]]:
    with reading(engine) as session:
        return [(row.address, row.digest) for row in reversed(answers(session))]


# The store


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_what_is_put_comes_back_to_the_byte(store: Store, body: bytes) -> None:
    digest = store.put(body)
    assert digest == digest_of(body)
    assert store.holds(digest)
    assert store.get(digest) == body


def test_a_large_body_comes_back_and_lies_packed(store: Store) -> None:
    body = b"<td>Committee on Immigration</td>" * 99_999
    digest = store.put(body)
    assert store.get(digest) == body
    assert blob(store, digest).stat().st_size < len(body) / 100


def test_the_same_bytes_are_one_blob(store: Store) -> None:
    first = store.put(b"{}")
    before = blob(store, first).stat().st_ino
    assert store.put(b"{}") == first
    assert list(store.digests()) == [first]
    assert blob(store, first).stat().st_ino == before


def test_a_store_that_was_never_written_holds_nothing_and_makes_no_folder(store: Store) -> None:
    assert list(store.digests()) == list(store.verify()) == []
    assert not store.folder.exists()


@pytest.mark.parametrize(
    "digest", ["", "sha256:", "sha1:" + "a" * 40, "sha256:" + "A" * 64, "sha256:../../../etc/passwd", "a" * 64]
)
def test_what_is_no_digest_is_never_looked_for_on_the_disk(store: Store, digest: str) -> None:
    store.put(b"{}")
    assert not store.holds(digest)
    store.drop(digest)
    with pytest.raises(NotFound, match="There is no capture"):
        store.get(digest)


def test_a_blob_that_is_gone_is_not_found_and_dropping_it_again_is_nothing(store: Store) -> None:
    digest = store.put(b"{}")
    store.drop(digest)
    store.drop(digest)
    assert not store.holds(digest)
    with pytest.raises(NotFound, match=digest):
        store.get(digest)


DAMAGE = {
    "cut short": lambda packed: packed[:-3],
    "empty": lambda packed: b"",
    "one bit turned": lambda packed: packed[:20] + bytes([packed[20] ^ 1]) + packed[21:],
    "no zstandard": lambda packed: b"<html>" * 9,
}


@pytest.mark.parametrize("how", DAMAGE)
def test_damage_is_found_named_and_made_good_when_the_bytes_come_again(store: Store, how: str) -> None:
    body, other = b"Int 1412-2025 " * 9 + os.urandom(64), b"sound"
    digest, sound = store.put(body), store.put(other)
    path = blob(store, digest)
    path.write_bytes(DAMAGE[how](path.read_bytes()))
    with pytest.raises(BadInput, match="damaged"):
        store.get(digest)
    (fault,) = store.verify()
    assert fault.digest == digest
    assert digest in fault.sentence
    assert store.get(sound) == other
    assert store.put(body) == digest
    assert store.get(digest) == body
    assert list(store.verify()) == []


def test_a_blob_under_the_wrong_name_is_damage(store: Store) -> None:
    one, two = store.put(b"one"), store.put(b"two")
    blob(store, one).write_bytes(blob(store, two).read_bytes())
    with pytest.raises(BadInput, match="do not add up"):
        store.get(one)


KILLED = """
import os, signal, sys
from pathlib import Path
from tracker.captures import Store
os.fsync = lambda number: os.kill(os.getpid(), signal.SIGKILL)
Store(Path(sys.argv[1])).put(b"half an answer")
"""


def test_a_kill_while_writing_leaves_no_blob_and_prune_tidies_up(store: Store, record: sa.Engine) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(store.folder)], check=False)
    assert done.returncode == -signal.SIGKILL
    (left,) = store.folder.glob("??/*")
    assert left.suffix == ".part"
    assert list(store.digests()) == []
    assert not store.holds(digest_of(b"half an answer"))
    prune(record, store, datetime.fromtimestamp(left.stat().st_mtime, UTC) + DAY / 2, 90)
    assert left.exists(), "another process may be writing it"
    assert prune(record, store, NOW + 9999 * DAY, 90).blobs == 0
    assert not left.exists()


def test_a_file_of_somebody_elses_is_left_alone(store: Store, record: sa.Engine) -> None:
    digest = store.put(b"{}")
    others = [store.folder / "README", blob(store, digest).with_name("notes.zst"), blob(store, digest).with_name("x")]
    for path in others:
        path.write_text("mine")
    assert list(store.digests()) == [digest]
    prune(record, store, NOW + 9999 * DAY, 1)
    assert all(path.exists() for path in others)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DatabaseError, match=r"file/captures cannot be written .*config.toml"):
        Store(tmp_path / "file" / "captures").put(b"{}")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a tenth of a megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=100k", "tmpfs", str(folder)]
    if os.name != "posix" or os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_is_said_and_leaves_nothing_half_written(small_disk: Path) -> None:
    store = Store(small_disk)
    held = store.put(b"{}")
    with pytest.raises(DatabaseError, match="No space left"):
        store.put(os.urandom(200_000))
    assert list(small_disk.glob("??/*")) == [blob(store, held)]


def test_a_unique_beginning_of_a_digest_is_enough(store: Store) -> None:
    digest = store.put(b"{}")
    assert store.find(digest) == store.find(digest[7:14]) == store.find(digest[:20]) == store.find(digest[7:14].upper())
    for wrong, said in (("zz", "no digest"), ("44", "at least four"), ("", "at least four"), ("00000", "No capture")):
        with pytest.raises(NotFound, match=said):
            store.find(wrong)
    twin = blob(store, digest[:-1] + ("0" if digest[-1] != "0" else "1"))
    twin.write_bytes(b"")
    with pytest.raises(NotFound, match="2 captures begin"):
        store.find(digest[:20])


# Manifests


PARTS = st.lists(st.tuples(st.text(max_size=9), st.binary(max_size=3).map(digest_of)), max_size=4)


@given(PARTS)
def test_a_manifest_is_read_as_it_was_made_and_the_same_parts_give_the_same_bytes(parts: list[tuple[str, str]]) -> None:
    body = manifest(parts)
    assert parts_of(body) == parts
    assert manifest(tuple(Part(*part) for part in parts)) == body


@given(st.binary(max_size=50))
def test_no_answer_is_taken_for_a_manifest(body: bytes) -> None:
    assert parts_of(body) is None


@pytest.mark.parametrize(
    "body",
    [
        b'{"manifest":1,"parts":[\n',
        b'{"manifest":1,"parts":[\n]}',
        b'{"manifest":1,"parts":[\n7\n]}\n',
        b'{"manifest":1,"parts":[\n{"address":"a"}\n]}\n',
        b'{"manifest":1,"parts":[\n{"address":1,"digest":2,"x":3}\n]}\n',
    ],
)
def test_what_is_nearly_a_manifest_is_none(body: bytes) -> None:
    assert parts_of(body) is None


def test_a_manifest_has_one_part_a_line_in_the_order_they_were_used() -> None:
    body = manifest([(MATTER, digest_of(b"m")), (HISTORIES, digest_of(b"h"))])
    assert [line.count(b"sha256:") for line in body.splitlines()] == [0, 1, 1, 0]
    assert body.index(MATTER.encode()) < body.index(HISTORIES.encode())


# The archive


def test_an_answer_is_kept_with_where_and_when_it_came(archive: Archive, database: sa.Engine) -> None:
    keeper: Keeper = archive
    keeper.keep(answer(PAGE, b"<html>", headers=[("Set-Cookie", "a"), ("set-cookie", "b")], final=f"{PAGE}/"))
    with reading(database) as session:
        (row,) = answers(session)
    assert (row.address, row.final, row.method, row.status) == (PAGE, f"{PAGE}/", "GET", 200)
    assert (row.size, row.fetched_at) == (6, NOW)
    assert row.headers == '[["Set-Cookie","a"],["set-cookie","b"]]'
    assert archive.body(row.digest) == b"<html>"


def test_the_newest_good_get_is_what_a_conditional_request_needs(archive: Archive) -> None:
    assert archive.last(PAGE) is None
    marks = [("ETag", '"2"'), ("Last-Modified", "Mon, 09 Feb 2026 15:00:00 GMT")]
    archive.keep(answer(PAGE, b"old", NOW - 2 * DAY, headers=[("ETag", '"1"')]))
    archive.keep(answer(PAGE, b"new", NOW - DAY, headers=marks))
    archive.keep(answer(PAGE, b"down", NOW, status=503))
    archive.keep(answer(PAGE, b"form", NOW, method="POST"))
    archive.keep(answer(f"{PAGE}/other", b"other", NOW))
    assert (archive.last(PAGE) or Kept("", "", ""))[:3] == ('"2"', "Mon, 09 Feb 2026 15:00:00 GMT", digest_of(b"new"))


def test_an_answer_whose_bytes_are_lost_or_damaged_is_no_base_for_a_conditional_request(archive: Archive) -> None:
    for at, body in ((NOW - 2 * DAY, b"older"), (NOW - DAY, b"old"), (NOW, b"new")):
        archive.keep(answer(PAGE, body, at))
    archive.store.drop(digest_of(b"new"))
    blob(archive.store, digest_of(b"old")).write_bytes(b"")
    assert (archive.last(PAGE) or Kept("", "", ""))[:3] == ("", "", digest_of(b"older"))


def test_an_answer_that_did_not_change_adds_nothing(archive: Archive, database: sa.Engine) -> None:
    archive.keep(answer(PAGE, b"page", NOW - DAY))
    archive.keep(answer(PAGE, b"page", NOW, unchanged=True))
    assert kept_rows(database) == [(PAGE, digest_of(b"page"))]


def test_an_answer_that_cannot_be_kept_leaves_no_row(tmp_path: Path, database: sa.Engine) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(TrackerError):
        Archive(Store(tmp_path / "file"), database).keep(answer(PAGE, b"page"))
    assert kept_rows(database) == []


def test_a_bundle_lists_its_parts(archive: Archive) -> None:
    parts = [(MATTER, digest_of(b"m")), (HISTORIES, digest_of(b"h"))]
    digest = archive.bundle(parts)
    assert parts_of(archive.body(digest)) == parts
    assert archive.bundle(parts) == digest


# Pruning


def test_what_is_old_and_cited_by_nothing_goes_with_its_rows(archive: Archive, database: sa.Engine) -> None:
    for days in (300, 200, 80, 0):
        archive.keep(answer(PAGE, b"page of %d days" % days, NOW - days * DAY))
    sizes = [blob(archive.store, digest_of(b"page of %d days" % days)).stat().st_size for days in (300, 200)]
    age(archive.store)
    assert prune(database, archive.store, NOW, 90) == Pruned(2, sum(sizes))
    assert kept_rows(database) == [(PAGE, digest_of(b"page of 80 days")), (PAGE, digest_of(b"page of 0 days"))]
    assert sorted(archive.store.digests()) == sorted(digest for _, digest in kept_rows(database))
    assert prune(database, archive.store, NOW, 90) == Pruned(0, 0)


def test_what_a_change_or_an_order_cites_stays_with_the_row_that_says_where_it_is_from(
    archive: Archive, database: sa.Engine
) -> None:
    for days in (300, 299, 200):
        archive.keep(answer(MATTER, b"matter" if days != 200 else b"later", NOW - days * DAY))
    archive.keep(answer(PAGE, b"order", NOW - 300 * DAY))
    archive.keep(answer(PAGE, b"page", NOW - 200 * DAY))
    cite(database, digest_of(b"matter"))
    order = digest_of(b"order")
    with writing(database) as session:
        words = {"key": "2026-EO-013", "series": "EO", "number": "13", "year": 2026, "source": "executive-orders"}
        session.add(MayoralOrder(**words, digest=order, first_seen_at=NOW, last_seen_at=NOW))
    age(archive.store)
    assert prune(database, archive.store, NOW, 90) == Pruned(0, 0)
    assert kept_rows(database) == [
        (MATTER, digest_of(b"matter")), (PAGE, order), (MATTER, digest_of(b"later")), (PAGE, digest_of(b"page")),
    ]  # fmt: skip
    with reading(database) as session:
        assert answers(session, digest=digest_of(b"matter"))[0].fetched_at == NOW - 300 * DAY


def test_what_a_cited_manifest_lists_stays_and_a_manifest_nobody_cites_goes(
    archive: Archive, database: sa.Engine
) -> None:
    for days, year in ((300, b"2025"), (200, b"2026")):
        archive.keep(answer(MATTER, b"matter " + year, NOW - days * DAY))
        archive.keep(answer(HISTORIES, b"histories " + year, NOW - days * DAY))
    parts = [(MATTER, digest_of(b"matter 2025")), (HISTORIES, digest_of(b"histories 2025"))]
    cited, idle = archive.bundle(parts), archive.bundle(parts[:1])
    cite(database, cited)
    age(archive.store)
    assert prune(database, archive.store, NOW, 90).blobs == 1
    assert archive.store.holds(cited) and not archive.store.holds(idle)
    assert all(archive.store.holds(digest) for _, digest in parts)
    with reading(database) as session:
        assert list(missing(session, archive.store)) == []


def test_the_newest_good_answer_of_an_address_stays_however_old(archive: Archive, database: sa.Engine) -> None:
    archive.keep(answer(PAGE, b"page", NOW - 400 * DAY))
    archive.keep(answer(PAGE, b"form", NOW - 399 * DAY, method="POST"))
    archive.keep(answer(PAGE, b"down", NOW - 398 * DAY, status=503))
    age(archive.store)
    assert prune(database, archive.store, NOW, 90).blobs == 1
    assert (archive.last(PAGE) or Kept("", "", ""))[:3] == ("", "", digest_of(b"page"))
    assert archive.store.holds(digest_of(b"form"))


def test_bytes_that_a_young_answer_shares_with_an_old_one_stay(archive: Archive, database: sa.Engine) -> None:
    for address, days in ((PAGE, 300), (MATTER, 10), (PAGE, 1), (MATTER, 1)):
        archive.keep(answer(address, b"shared" if days >= 10 else b"new", NOW - days * DAY))
    age(archive.store)
    assert prune(database, archive.store, NOW, 90) == Pruned(0, 0)
    assert (PAGE, digest_of(b"shared")) not in kept_rows(database)
    assert archive.store.holds(digest_of(b"shared"))


def test_a_blob_that_a_kill_left_without_a_row_goes_after_a_day(store: Store, record: sa.Engine) -> None:
    orphan = store.put(b"the row was never written")
    age(store, days=0.9)
    assert prune(record, store, NOW, 90) == Pruned(0, 0)
    age(store, days=1.1)
    assert prune(record, store, NOW, 90).blobs == 1
    assert not store.holds(orphan)


def test_a_blob_that_is_put_again_is_in_use_again(store: Store, record: sa.Engine) -> None:
    store.put(b"manifest of the day")
    age(store)
    digest = store.put(b"manifest of the day")
    assert prune(record, store, datetime.now(UTC), 90) == Pruned(0, 0)
    assert store.holds(digest)


class PrunedBetween(Store):
    """A store in which `prune` of another process takes a blob away just after it was put."""

    puts = 0

    def put(self, body: bytes) -> str:
        digest = super().put(body)
        self.puts += 1
        if self.puts == 1:
            self.drop(digest)
        return digest


def test_a_prune_between_bytes_and_row_loses_nothing(tmp_path: Path, database: sa.Engine) -> None:
    archive = Archive(PrunedBetween(tmp_path), database)
    archive.keep(answer(PAGE, b"page"))
    assert archive.body(kept_rows(database)[0][1]) == b"page"


def test_nothing_is_dropped_while_a_cited_manifest_is_damaged(archive: Archive, database: sa.Engine) -> None:
    archive.keep(answer(MATTER, b"matter", NOW - 300 * DAY))
    archive.keep(answer(MATTER, b"later", NOW - 200 * DAY))
    whole = archive.bundle([(MATTER, digest_of(b"matter"))])
    cite(database, whole)
    blob(archive.store, whole).write_bytes(b"")
    age(archive.store)
    with pytest.raises(BadInput, match="damaged"):
        prune(database, archive.store, NOW, 90)
    assert archive.store.holds(digest_of(b"matter"))
    assert len(kept_rows(database)) == 2


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["GET", "POST"]), st.sampled_from("ab"), st.sampled_from([200, 404]), st.sampled_from("xyz")
    ),
    max_size=12,
)


@given(ROWS, st.sets(st.sampled_from("xyz")), st.integers(0, 12))
def test_whatever_the_rows_all_that_is_needed_stays(
    rows: list[tuple[str, str, int, str]], cited: set[str], young: int
) -> None:
    made = [Row(n, *row, NOW - (len(rows) - n) * DAY) for n, row in enumerate(rows)]
    before = NOW - young * DAY
    gone = set(outdated(made, cited, before))
    left = [row for row in made if row.id not in gone]
    assert all(row.fetched_at < before for row in made if row.id in gone)
    assert {row.digest for row in left} >= {row.digest for row in made} & cited
    for method, address in {(row.method, row.address) for row in made}:
        good = [row for row in made if (row.method, row.address, row.status) == (method, address, 200)]
        assert good[-1:] == [row for row in left if row in good][-1:]
    assert not outdated(left, cited, before)


def test_a_change_of_a_whole_run_can_be_shown_years_later(record: sa.Engine, tmp_path: Path) -> None:
    with living(record, tmp_path, City(matters("Int 1412-2025")), NOW) as live:
        for days, status in enumerate(("Enacted", "Enacted", "Vetoed")):
            bill = live.city.matter("Int 1412-2025")
            bill |= {"StatusName": status, "LastModified": f"2026-02-0{days + 1}T12:00:00Z"}
            live.to(NOW + days * DAY)
            with live.visit() as visit:
                sync_council.read_api(visit)
        store, last_cited = live.archive.store, rows(record, Capture)[-1].digest
    assert prune(record, store, NOW + 9999 * DAY, 90).blobs > 0, "the second read changed nothing"
    with reading(record) as session:
        assert list(missing(session, store)) == []
    answered = [store.get(part.digest) for part in parts_of(store.get(last_cited)) or ()]
    assert any(b'"MatterStatusName":"Vetoed"' in body for body in answered)


# What is missing


def test_what_rows_or_changes_name_and_the_store_lost_is_said(archive: Archive, database: sa.Engine) -> None:
    archive.keep(answer(MATTER, b"matter"))
    archive.keep(answer(HISTORIES, b"histories"))
    whole = archive.bundle([(MATTER, digest_of(b"matter")), (HISTORIES, digest_of(b"histories"))])
    lost = archive.bundle([(MATTER, digest_of(b"matter"))])
    unlisted = archive.bundle([(MATTER, digest_of(b"never kept"))])
    for digest in (whole, lost, unlisted):
        cite(database, digest)
    cite(database, "sha1:" + "a" * 40, "https://github.com/jehiah/nyc_legislation/blob/x")
    cite(database, "", "record/eo:2026-EO-013")
    for digest in (lost, digest_of(b"histories")):
        archive.store.drop(digest)
    with reading(database) as session:
        said = {fault.digest: fault.sentence for fault in missing(session, archive.store)}
    assert set(said) == {lost, digest_of(b"histories"), digest_of(b"never kept")}
    assert said[lost].startswith("The record cites")
    assert said[digest_of(b"never kept")].startswith(f"The manifest {unlisted} lists")


# WARC


def warc(archive: Archive, engine: sa.Engine, choice: Choice = Choice(), operator: str = "") -> bytes:  # noqa: B008
    stream = BytesIO()
    write_warc(stream, engine, archive.store, choice, now=NOW, software="tracker/1", operator=operator)
    return stream.getvalue()


def records(content: bytes) -> list[tuple[str, str, dict[str, str], str, bytes]]:
    """(type, target, headers, HTTP head, body) of every record; every digest in it is checked."""
    found = []
    for record in ArchiveIterator(BytesIO(content), check_digests="raise"):
        body = record.content_stream().read()
        if record.rec_type != "revisit":
            assert record.digest_checker.passed is True
        headers = dict(record.rec_headers.headers)
        head = record.http_headers.to_str() if record.http_headers else ""
        found.append((record.rec_type, headers.get("WARC-Target-URI", ""), headers, head, body))
    return found


def test_a_warc_file_is_read_by_others_tools_and_holds_what_came(archive: Archive, database: sa.Engine) -> None:
    packed = [("Content-Type", "text/html"), ("Content-Encoding", "gzip"), ("content-length", "3"),
              ("Transfer-Encoding", "chunked"), ("Set-Cookie", "a"), ("X-Place", "Cité")]  # fmt: skip
    body = "Ação ".encode() * 99
    archive.keep(answer(PAGE, body, NOW - DAY, headers=packed, final=f"{PAGE}/"))
    archive.keep(answer(MATTER, b"", NOW, status=299, method="POST"))
    info, page, matter = records(warc(archive, database, operator="desk@example.org"))
    assert info[0] == "warcinfo"
    assert b"software: tracker/1\r\n" in info[4] and b"operator: desk@example.org\r\n" in info[4]
    assert (page[0], page[1], page[4]) == ("response", PAGE, body)
    assert page[2]["WARC-Date"] == "2026-02-09T15:00:00.000000Z"
    assert page[2]["WARC-Payload-Digest"] == digest_of(body)
    assert page[2]["WARC-X-Final-URI"] == f"{PAGE}/"
    head = ["HTTP/1.1 200 OK", "Content-Type: text/html", "Set-Cookie: a", "X-Place: Cit%C3%A9"]
    assert page[3].splitlines() == head
    assert (matter[0], matter[1], matter[4]) == ("response", MATTER, b"")
    assert matter[3].splitlines()[0] == "HTTP/1.1 299"
    assert matter[2]["WARC-X-Method"] == "POST"


def test_the_same_bytes_stand_in_a_warc_file_once(archive: Archive, database: sa.Engine) -> None:
    for days in (2, 1):
        archive.keep(answer(PAGE, b"page", NOW - days * DAY))
    first, again = records(warc(archive, database))[1:]
    assert (first[0], again[0], again[4]) == ("response", "revisit", b"")
    assert again[2]["WARC-Refers-To-Date"] == first[2]["WARC-Date"]
    assert again[2]["WARC-Payload-Digest"] == first[2]["WARC-Payload-Digest"]
    assert again[2]["WARC-Record-ID"] != first[2]["WARC-Record-ID"]


def test_a_manifest_brings_its_parts(archive: Archive, database: sa.Engine) -> None:
    for address, body in ((MATTER, b"m"), (HISTORIES, b"h"), (PAGE, b"p")):
        archive.keep(answer(address, body, NOW - 9 * DAY))
    whole = archive.bundle([(MATTER, digest_of(b"m")), (HISTORIES, digest_of(b"h"))])
    cite(database, whole, seen_at=NOW - DAY)
    asked = (Choice((whole,)), Choice(since=NOW - 2 * DAY, until=NOW))
    for choice in asked:
        found = records(warc(archive, database, choice))[1:]
        assert sorted(record[1] for record in found) == sorted([f"urn:{whole}", MATTER, HISTORIES])
        assert (found[0][0], found[0][2]["Content-Type"]) == ("resource", "application/json")
        assert parts_of(found[0][4]) is not None
        assert found[0][2]["WARC-Date"] == "2026-02-09T15:00:00.000000Z"


def test_days_choose_from_midnight_to_midnight(archive: Archive, database: sa.Engine) -> None:
    for n in range(5):
        archive.keep(answer(f"{PAGE}/{n}", b"%d" % n, NOW + n * DAY))
    some = records(warc(archive, database, Choice(since=NOW + DAY, until=NOW + 3 * DAY)))[1:]
    assert [record[1] for record in some] == [f"{PAGE}/1", f"{PAGE}/2"]
    one = records(warc(archive, database, Choice((digest_of(b"4"),))))[1:]
    assert [record[1] for record in one] == [f"{PAGE}/4"]


def test_the_same_captures_give_the_same_records(archive: Archive, database: sa.Engine) -> None:
    for n in range(3):
        archive.keep(answer(f"{PAGE}/{n}", b"%d" % n, NOW + n * DAY))
    assert records(warc(archive, database))[1:] == records(warc(archive, database))[1:]


def test_an_export_of_nothing_and_one_of_lost_bytes_are_refused(archive: Archive, database: sa.Engine) -> None:
    with pytest.raises(NotFound, match="No answer was chosen"):
        warc(archive, database)
    archive.keep(answer(PAGE, b"page"))
    archive.store.drop(digest_of(b"page"))
    with pytest.raises(NotFound, match=digest_of(b"page")):
        warc(archive, database)


# The commands


class Desk:
    """A set-up of its own: a config that names a folder, a database with a few answers, and the command."""

    def __init__(self, folder: Path, config: str) -> None:
        self.config = folder / "config.toml"
        self.config.write_text(config.replace('folder = "data/captures"', f'folder = "{folder}/captures"'))
        self.url = f"sqlite:///{folder}/x.db"
        self.engine = connect(self.url)
        upgrade(self.engine)
        self.archive = Archive(Store(folder / "captures"), self.engine)

    def run(self, *arguments: str | Path) -> Result:
        options = ["--config", str(self.config), "--database-url", self.url]
        return CliRunner().invoke(captures, [*map(str, arguments), *options])

    def refused(self, *arguments: str | Path) -> str:
        result = self.run(*arguments)
        assert isinstance(result.exception, TrackerError), result.output
        return str(result.exception)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Three answers, and a manifest that a change cites."""
    made = Desk(tmp_path, (Path(__file__).parents[1] / "config.toml").read_text(encoding="utf-8"))
    made.archive.keep(answer(PAGE, b"<html>page", NOW - 2 * DAY, final=f"{PAGE}/"))
    made.archive.keep(answer(MATTER, b'{"MatterId":76557}', NOW - DAY))
    made.archive.keep(answer(HISTORIES, b"[]", NOW))
    parts = [(MATTER, digest_of(b'{"MatterId":76557}')), (HISTORIES, digest_of(b"[]"))]
    cite(made.engine, made.archive.bundle(parts))
    yield made
    made.engine.dispose()


def test_list_shows_the_newest_first_on_new_yorks_clock(desk: Desk) -> None:
    lines = desk.run("list").stdout.splitlines()
    assert [line.split()[-1] for line in lines] == [HISTORIES, MATTER, PAGE]
    assert lines[0].startswith("2026-02-10 10:00:00  200")
    assert digest_of(b"[]")[7:23] in lines[0]
    assert len(desk.run("list", "--limit", "1").stdout.splitlines()) == 1
    assert [line.split()[-1] for line in desk.run("list", "--address", "NYC.gov").stdout.splitlines()] == [PAGE]
    assert len(desk.run("list", "--since", "2026-02-09").stdout.splitlines()) == 2
    none = desk.run("list", "--address", "100%_sure")
    assert (none.exit_code, none.stdout, none.stderr) == (0, "", "No answer is kept that fits.\n")


def test_a_day_begins_at_new_yorks_midnight(desk: Desk) -> None:
    desk.archive.keep(answer(f"{PAGE}/late", b"late", datetime(2026, 2, 9, 4, 59, tzinfo=UTC)))
    assert "late" not in desk.run("list", "--since", "2026-02-09").stdout
    assert "2026-02-08 23:59:00" in desk.run("list", "--since", "2026-02-08").stdout


def test_show_gives_the_bytes_the_headers_or_a_manifests_parts(desk: Desk, tmp_path: Path) -> None:
    page = digest_of(b"<html>page")
    assert desk.run("show", page[7:15]).stdout_bytes == b"<html>page"
    headers = desk.run("show", page, "--headers").stdout
    assert f"GET {PAGE}\nled to {PAGE}/\n2026-02-08 10:00:00 New York time, status 200\n{page}\n" in headers
    assert "Content-Type: application/json\n" in headers
    with reading(desk.engine) as session:
        whole = session.execute(sa.select(col(Capture.digest))).scalar_one()
    parts = desk.run("show", whole).stdout
    matter, histories = parts.splitlines()
    assert matter.split() == [digest_of(b'{"MatterId":76557}'), MATTER]
    assert histories.split() == [digest_of(b"[]"), HISTORIES]
    target = tmp_path / "page.html"
    assert desk.run("show", page, "-o", target).exit_code == 0
    assert target.read_bytes() == b"<html>page"
    assert "No capture begins with 0000" in desk.refused("show", "0000")


def test_verify_says_which_are_damaged_and_which_are_missing(desk: Desk) -> None:
    sound = desk.run("verify")
    assert (sound.exit_code, sound.stdout) == (0, "ok    4 captures, all sound\n")
    page, histories = digest_of(b"<html>page"), digest_of(b"[]")
    blob(desk.archive.store, page).write_bytes(b"?")
    desk.archive.store.drop(histories)
    result = desk.run("verify")
    assert result.exit_code == 1
    assert re.findall(r"^WRONG .*(sha256:\w+)", result.stdout, re.M) == [page, histories]
    assert result.stdout.count("\n") == 2


def test_export_writes_one_file_whole_or_not_at_all(desk: Desk, tmp_path: Path) -> None:
    target = tmp_path / "all.warc.gz"
    assert desk.run("export", "-o", target).stdout == f"{target}: 4 records\n"
    assert [record[0] for record in records(target.read_bytes())].count("response") == 3
    some = tmp_path / "some.warc.gz"
    assert desk.run("export", "-o", some, "--since", "2026-02-08", "--until", "2026-02-08").exit_code == 0
    assert [record[1] for record in records(some.read_bytes())[1:]] == [PAGE]
    one = tmp_path / "one.warc.gz"
    assert desk.run("export", "-o", one, digest_of(b"[]")[7:17]).exit_code == 0
    assert [record[1] for record in records(one.read_bytes())[1:]] == [HISTORIES]
    none = tmp_path / "none.warc.gz"
    assert "No answer was chosen" in desk.refused("export", "-o", none, "--since", "2027-01-01")
    assert not none.exists()
    assert not list(tmp_path.glob("*.part"))
    assert desk.run("export", "-o", none, "1234", "--since", "2026-01-01").exit_code == 2
    assert "cannot be written" in desk.refused("export", "-o", tmp_path / "no" / "x.warc.gz")


def test_prune_says_what_it_dropped(desk: Desk) -> None:
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    desk.archive.keep(answer(PAGE, b"old page", long_ago))
    size = blob(desk.archive.store, digest_of(b"old page")).stat().st_size
    os.utime(blob(desk.archive.store, digest_of(b"old page")), (0, 0))
    assert desk.run("prune").stdout == f"Dropped 1 capture, {size} bytes on the disk.\n"
    assert desk.run("prune").stdout == "Dropped 0 captures, 0 bytes on the disk.\n"
    assert desk.run("verify").exit_code == 0
