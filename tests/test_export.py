"""The CSV files, the data package and the dictionary: what they hold, and that others can read them."""

import csv
import io
import json
import os
import tracemalloc
import uuid
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from tracker.database import connect, reading, upgrade, writing
from tracker.errors import NotFound
from tracker.export import files as export
from tracker.export.cells import FORMULA_STARTS, guarded, unguarded
from tracker.export.columns import HISTORY_ACTIONS, HISTORY_CHANGES
from tracker.models import (
    Action,
    Capture,
    Change,
    Matter,
    Note,
    Person,
    Relation,
    Run,
    ScopeOverride,
    SectionEffect,
    Sponsorship,
    Vote,
)
from tracker.models.sources import Article, Coverage

SEEN = datetime(2025, 12, 18, 19, 5, tzinfo=UTC)
NOW = datetime(2026, 11, 24, 6, 12, tzinfo=UTC)
SERVER = os.environ.get("TRACKER_TEST_POSTGRES", "")
SCORED = ["source_id", "file_number", "observed_at", "kind", "action_id", "before", "after"]
NO_SERVER = pytest.mark.skipif(not SERVER, reason="TRACKER_TEST_POSTGRES names no PostgreSQL server")


def matter(number: int, file_number: str, scope: str, **more: Any) -> Matter:
    kind, _, rest = file_number.partition(" ")
    given: dict[str, Any] = {
        "id": number,
        "source_id": str(65000 + number),
        "file_number": file_number,
        "slug": f"{kind}-{rest}".lower(),
        "kind": "Introduction",
        "stage": "introduced",
        "scope": scope,
        "first_seen_at": SEEN,
        "last_seen_at": SEEN + timedelta(days=300),
    }
    return Matter(**given | more)


def change(number: int, matter_id: int, kind: str, **more: Any) -> Change:
    given: dict[str, Any] = {"id": number, "matter_id": matter_id, "kind": kind, "file_number": "Int 1412-2025"}
    return Change(**given | {"run_id": 1, "capture_id": 1, "observed_at": SEEN} | more)


def record() -> list[list[Any]]:
    """A small record with every trap: a renumbered and a removed matter, votes, overrides, formulas, line breaks."""
    law = {"is_law": True, "how": "overridden", "stage": "overridden", "local_law": "2026/021"}
    matters = [
        matter(1, "Int 1412-2025", "core", removed_at=SEEN, scope_reason="an older file with this number"),
        matter(2, "Int 1412-2025", "core", enacted_on=date(2026, 1, 29), title='A Local Law\nin "two" lines', **law),
        matter(3, "Int 0009-2024", "out", scope_reason="the rule found nothing"),
        matter(4, "Int 0010-2024", "out", scope_reason="the rule found nothing"),
        matter(5, "EO 50-2025", "related", source_id="-50", kind="Executive Order", issuer="=HYPERLINK(1)"),
    ]
    actions = [
        Action(id=1, matter_id=2, source_id="900", position=0, acted_on=date(2025, 12, 18), code=68, name="Approved",
               body="City Council", result="Pass", first_seen_at=SEEN),
        Action(id=2, matter_id=2, source_id="901", position=1, acted_on=date(2025, 12, 31), code=57, name="Vetoed",
               first_seen_at=SEEN, last_seen_at=SEEN + timedelta(days=1), withdrawn_at=SEEN + timedelta(days=2)),
        Action(id=3, matter_id=3, source_id="902", position=0, acted_on=date(2024, 1, 4), code=27, name="Introduced",
               first_seen_at=SEEN),
    ]  # fmt: skip
    seen = {"first_seen_at": SEEN, "last_seen_at": SEEN}
    link: dict[str, Any] = {"kind": "explicit", "role": "main", "score": 0.97, "evidence": "+1", "decided_at": SEEN}
    values = ["Affirmative", "Affirmative", "Negative", "Excused", "A word that nobody knows"]
    changes = [
        change(1, 2, "appeared", after="Committee"),
        change(2, 2, "action_added", action_id="-900", acted_on=date(2025, 12, 16), after="=Approved"),
        change(3, 2, "renumbered", file_number="Int 1413-2025", before="Int 1412-2025", after="Int 1413-2025"),
        change(4, 3, "appeared", file_number="Int 0009-2024", after="Filed (End of Session)"),
        change(5, 2, "status_changed", observed_at=SEEN + timedelta(hours=10, microseconds=5), before="x", after="y"),
    ]
    return [
        [Run(id=1, source="archive", mode="replay", place="git", started_at=SEEN, outcome="ok")],
        [Capture(id=1, run_id=1, address="https://example.org/1412.json", digest="sha1:ab", seen_at=SEEN)],
        [Person(id=1, source_id="7001", name="Doe, Jane"), Person(id=2, source_id="7002", name="Roe, Richard")],
        matters,
        [Sponsorship(matter_id=2, position=at, person_id=who) for at, who in enumerate((2, 1))],
        actions,
        [Vote(action_id=1, position=at, person_id=1, value=value) for at, value in enumerate(values)],
        changes,
        [
            Relation(earlier="Int 0010-2024", later="Int 1412-2025", kind="reintroduces", evidence="same text"),
            Relation(earlier="Int 0009-2024", later="Res 0001-1990", kind="implements"),
        ],
        [
            SectionEffect(
                file_number="Int 1412-2025", code="admin", section="14-154", subdivision="a", effect="amends"
            ),
            SectionEffect(file_number="Int 0001-1990", code="charter", section="18", effect="adds"),
        ],
        [Note(file_number="Int 1412-2025", headline="Trust act", sentence="It would do this.", popular_names="Trust")],
        [
            Article(
                id=1,
                address="https://example.org/a",
                outlet="@outlet",
                kind="news",
                headline="=HYPERLINK(2)",
                source="news-feeds",
                **seen,
            ),
            Article(
                id=2,
                address="https://example.org/b",
                outlet="O",
                kind="news",
                headline="It waits",
                source="news-feeds",
                **seen,
            ),
        ],
        [
            Coverage(article_id=1, file_number="Int 1412-2025", outcome="published", decided_by="press", **link),
            Coverage(article_id=2, file_number="Int 1412-2025", outcome="review", decided_by="press", **link),
            Coverage(article_id=2, file_number="Int 0009-2024", outcome="rejected", decided_by="E. Ditor", **link),
            Coverage(article_id=1, file_number="Int 0009-2024", outcome="published", decided_by="E. Ditor", **link),
        ],
        [ScopeOverride(file_number="Int 0010-2024", scope="related", reason="read by hand", editor="e", at=SEEN)],
    ]


def fill(engine: sa.Engine, batches: list[list[Any]]) -> None:
    with writing(engine) as session:
        for batch in batches:
            session.add_all(batch)
            session.flush()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=NO_SERVER)])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    if request.param == "sqlite":
        engine = connect(f"sqlite:///{tmp_path}/tracker.db")
        upgrade(engine)
        yield engine
        engine.dispose()
        return
    name = f"test_export_{uuid.uuid4().hex}"
    server = connect(SERVER).execution_options(isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
        engine = connect(sa.make_url(SERVER).set(database=name).render_as_string(hide_password=False))
        try:
            upgrade(engine)
            yield engine
        finally:
            engine.dispose()
            connection.execute(sa.text(f"DROP DATABASE {name}"))
    server.dispose()


@pytest.fixture
def engine(empty: sa.Engine) -> sa.Engine:
    fill(empty, record())
    return empty


@pytest.fixture
def session(engine: sa.Engine) -> Iterator[Session]:
    with reading(engine) as open_session:
        yield open_session


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def table(session: Session, name: str, **more: Any) -> list[dict[str, str]]:
    return read("".join(export.csv_lines(session, name, **more)))


# ---- what the files hold ---------------------------------------------------------------------------------------


def test_changes_begin_with_the_columns_that_other_programs_score(session: Session) -> None:
    header = next(export.csv_lines(session, "changes")).split("\r\n")[0].split(",")
    assert header[:7] == SCORED


def test_change_row_ties_both_clocks_to_the_capture(session: Session) -> None:
    rows = table(session, "changes")
    assert [row["change_id"] for row in rows] == ["1", "2", "3", "4", "5"]
    assert rows[1] == {
        "source_id": "65002",
        "file_number": "Int 1412-2025",
        "observed_at": "2025-12-18T19:05:00Z",
        "kind": "action_added",
        "action_id": "-900",  # an id: never guarded
        "before": "",
        "after": "'=Approved",
        "acted_on": "2025-12-16",
        "matter_file_number": "Int 1412-2025",
        "slug": "int-1412-2025",
        "mode": "replay",
        "source": "archive",
        "capture": "https://example.org/1412.json",
        "digest": "sha1:ab",
        "change_id": "2",
        "days_late": "2",
    }


def test_change_keeps_the_number_the_matter_bore_then(session: Session) -> None:
    renumbered = table(session, "changes")[2]
    assert (renumbered["file_number"], renumbered["matter_file_number"]) == ("Int 1413-2025", "Int 1412-2025")


def test_moments_are_cut_to_the_second_in_utc(session: Session) -> None:
    assert table(session, "changes")[4]["observed_at"] == "2025-12-19T05:05:00Z"


def test_matter_row(session: Session) -> None:
    rows = table(session, "matters")
    assert [row["source_id"] for row in rows] == ["65001", "65002", "65003", "65004", "-50"]
    expected = {
        "title": 'A Local Law\nin "two" lines',
        "headline": "Trust act",
        "is_law": "true",
        "how": "overridden",
        "enacted_on": "2026-01-29",
        "introduced_on": "",
        "prime_sponsor": "Roe, Richard",
        "sponsor_count": "2",
        "last_seen_at": "2026-10-14T19:05:00Z",
        "removed_at": "",
    }
    assert {name: rows[1][name] for name in expected} == expected
    assert (rows[2]["is_law"], rows[2]["sponsor_count"], rows[2]["prime_sponsor"]) == ("false", "0", "")
    assert (rows[4]["source_id"], rows[4]["issuer"]) == ("-50", "'=HYPERLINK(1)")


def test_an_editors_word_on_scope_wins(session: Session) -> None:
    rows = table(session, "matters")
    assert [row["scope"] for row in rows] == ["core", "core", "out", "related", "related"]
    assert rows[3]["scope_reason"] == "read by hand"
    assert rows[2]["scope_reason"] == "the rule found nothing"


def test_votes_are_counted_and_unknown_words_are_not_lost(session: Session) -> None:
    rows = table(session, "actions")
    assert [(row["yes"], row["no"], row["other"]) for row in rows] == [("2", "1", "2"), ("", "", ""), ("", "", "")]


def test_an_action_was_last_seen_with_its_matter_until_it_is_withdrawn(session: Session) -> None:
    standing, withdrawn, _ = table(session, "actions")
    assert (standing["last_seen_at"], standing["withdrawn_at"]) == ("2026-10-14T19:05:00Z", "")
    assert (withdrawn["last_seen_at"], withdrawn["withdrawn_at"]) == ("2025-12-19T19:05:00Z", "2025-12-20T19:05:00Z")


def test_relations_name_the_matters_we_hold_and_those_we_do_not(session: Session) -> None:
    found = [(row["earlier_slug"], row["later_slug"]) for row in table(session, "relations")]
    assert found == [("int-0010-2024", "int-1412-2025"), ("int-0009-2024", "")]


def test_sections_belong_to_the_matter_that_is_there(session: Session) -> None:
    found = [(row["source_id"], row["slug"], row["subdivision"]) for row in table(session, "sections")]
    assert found == [("65002", "int-1412-2025", "a"), ("", "", "")]


@pytest.mark.parametrize(
    ("name", "column", "kept"),
    [
        ("matters", "source_id", ["65001", "65002", "65004", "-50"]),
        ("actions", "action_id", ["900", "901"]),
        ("changes", "change_id", ["1", "2", "3", "5"]),
        ("relations", "kind", ["reintroduces"]),
        ("sections", "section", ["14-154"]),
    ],
)
def test_tracked_only_leaves_out_what_is_not_followed(
    session: Session, name: str, column: str, kept: list[str]
) -> None:
    assert [row[column] for row in table(session, name, tracked_only=True)] == kept


@pytest.mark.parametrize(
    ("name", "count"), [("matters", 1), ("actions", 1), ("changes", 1), ("relations", 1), ("sections", 0)]
)
def test_one_matter(session: Session, name: str, count: int) -> None:
    assert len(list(export.rows(session, name, matter_id=3))) == count


def test_unknown_export_is_told_which_there_are(session: Session) -> None:
    with pytest.raises(NotFound, match="'votes'. There are: matters, actions, changes, relations, sections"):
        export.rows(session, "votes")


def test_history_of_a_matter_is_one_dated_table(session: Session) -> None:
    header = HISTORY_ACTIONS.header
    rows = [dict(zip(header, row, strict=True)) for row in export.history(session, 2)]
    assert [(row["date"], row["what"], row["kind"] or row["name"]) for row in rows] == [
        ("2025-12-18", "action", "Approved"),
        ("2025-12-18", "change", "appeared"),
        ("2025-12-18", "change", "action_added"),
        ("2025-12-18", "change", "renumbered"),
        ("2025-12-19", "change", "status_changed"),  # 05:05 UTC is still the 19th in New York
        ("2025-12-31", "action", "Vetoed"),
    ]
    assert (rows[0]["yes"], rows[1]["yes"], rows[1]["capture"]) == ("2", "", "https://example.org/1412.json")
    assert HISTORY_CHANGES.header == header
    assert read("".join(export.history_lines(session, 2))) == rows


def test_the_date_of_a_change_is_new_yorks() -> None:
    assert HISTORY_CHANGES.columns[0].cell(datetime(2026, 1, 1, 4, 59, tzinfo=UTC)) == "2025-12-31"


def test_a_present_matter_goes_before_a_removed_one_at_the_same_address(session: Session) -> None:
    assert export.get_matter_id(session, "int-1412-2025") == 2
    with pytest.raises(NotFound, match="'int-9999-2025'"):
        export.get_matter_id(session, "int-9999-2025")


# ---- how they are written --------------------------------------------------------------------------------------


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_no_text_is_taken_for_a_formula(start: str) -> None:
    assert guarded(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize("text", ["", "Int 1412-2025", "1-2", "'tis", " =1", "A = B", "*"])
def test_other_text_is_left_alone(text: str) -> None:
    assert guarded(text) == text


@given(st.text() | st.text(alphabet="=+-@\t\r'a"))
def test_the_guard_can_be_undone(text: str) -> None:
    assert not guarded(text).startswith(FORMULA_STARTS)
    assert unguarded(guarded(text)) == text


LINES = st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=4), max_size=6)


@given(LINES, st.booleans())
def test_any_text_comes_back(lines: list[list[str]], bom: bool) -> None:
    written = "".join(export.pieces(["one", "two"], [[guarded(cell) for cell in line] for line in lines], bom)).encode()
    stored = io.TextIOWrapper(io.BytesIO(written), "utf-8-sig" if bom else "utf-8", newline="")
    header, *back = csv.reader(stored)
    assert header == ["one", "two"]
    assert [[unguarded(cell) for cell in line] for line in back] == lines


def test_rfc_4180_to_the_byte() -> None:
    written = "".join(export.pieces(["a", "b"], [["x,y", 'say "no"'], ["two\nlines", "é"]]))
    assert written == 'a,b\r\n"x,y","say ""no"""\r\n"two\nlines",é\r\n'


def test_byte_order_mark_only_on_request(session: Session, tmp_path: Path) -> None:
    for bom, start in ((True, b"\xef\xbb\xbfsource_id,"), (False, b"source_id,")):
        path = tmp_path / "changes.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            export.write_csv(stream, session, "changes", bom=bom)
        assert path.read_bytes().startswith(start)
        assert path.read_bytes().count(b"\r\n") == 6


def test_an_export_without_rows_still_has_its_header(empty: sa.Engine) -> None:
    with reading(empty) as session:
        assert "".join(export.csv_lines(session, "relations")).split(",")[0] == "earlier"
        assert export.history(session, 1) == []


# ---- memory ----------------------------------------------------------------------------------------------------


def test_pieces_come_before_all_rows_are_read() -> None:
    taken = 0

    def body() -> Iterator[list[str]]:
        nonlocal taken
        for taken in range(1, 10 * export.BLOCK + 1):  # noqa: B007 - the count is what is looked at
            yield ["x"]

    next(export.pieces(["a"], body()))
    assert taken == export.BLOCK


def many_changes(engine: sa.Engine, count: int, first: int = 100) -> None:
    plain: dict[str, Any] = {"matter_id": 2, "run_id": 1, "capture_id": 1, "observed_at": SEEN}
    plain |= {"file_number": "Int 1412-2025", "kind": "text_changed", "action_id": "", "before": "", "after": "y" * 200}
    with writing(engine) as session:
        session.execute(sa.insert(Change), [plain | {"id": number} for number in range(first, first + count)])


class CountingSession(Session):
    """Counts the blocks of rows that are asked of the database."""

    blocks = 0

    def execute(self, *args: Any, **options: Any) -> Any:
        result: Any = super().execute(*args, **options)
        result.partitions = partial(self._counted, result.partitions)
        return result

    def _counted(self, partitions: Callable[[], Iterator[Any]]) -> Iterator[Any]:
        for block in partitions():
            self.blocks += 1
            yield block


def test_the_first_lines_leave_when_one_block_has_been_read(engine: sa.Engine) -> None:
    many_changes(engine, 5 * export.BLOCK)
    with CountingSession(engine) as session:
        lines = export.csv_lines(session, "changes")
        assert len(read(next(lines))) == export.BLOCK
        assert session.blocks == 1
        lines.close()  # type: ignore[attr-defined]  # a reader who goes away


def peak_of(engine: sa.Engine) -> int:
    """The most memory that reading all changes held at once."""
    with reading(engine) as session:
        tracemalloc.start()
        try:
            for _ in export.csv_lines(session, "changes"):
                pass
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()


def test_memory_does_not_grow_with_the_rows(engine: sa.Engine) -> None:
    many_changes(engine, 4 * export.BLOCK)
    peak_of(engine)  # what is kept for ever is made now
    few = peak_of(engine)
    many_changes(engine, 16 * export.BLOCK, first=100_000)
    assert peak_of(engine) < 1.2 * few


# ---- the package -----------------------------------------------------------------------------------------------


def unpacked(engine: sa.Engine, folder: Path, **more: Any) -> Path:
    with (folder / "all.zip").open("w+b") as stream:
        export.write_zip(stream, engine, NOW, "https://example.org/", **more)
        with zipfile.ZipFile(stream) as archive:
            archive.extractall(folder)
    return folder


def validated(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    frictionless = pytest.importorskip("frictionless", reason="frictionless is not installed")
    monkeypatch.chdir(folder)
    return frictionless.validate("datapackage.json")


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("tracked_only", [True, False])
def test_frictionless_finds_the_package_valid(
    engine: sa.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tracked_only: bool
) -> None:
    report = validated(unpacked(engine, tmp_path, tracked_only=tracked_only), monkeypatch)
    assert report.valid, report.flatten(["type", "message"])
    assert [task.name for task in report.tasks] == list(export.EXPORTS)
    assert {task.name: task.stats["rows"] for task in report.tasks}["matters"] == (4 if tracked_only else 5)


@pytest.mark.filterwarnings("default")
def test_frictionless_would_find_a_broken_package(
    engine: sa.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = unpacked(engine, tmp_path)
    changes = folder / "changes.csv"
    text = changes.read_bytes().replace(b"65002,Int 1412-2025,2025-12-18T19:05:00Z", b"777,Int 1412-2025,yesterday", 1)
    changes.write_bytes(text)
    found = {kind for (kind,) in validated(folder, monkeypatch).flatten(["type"])}
    assert found == {"type-error", "foreign-key"}


def test_zip_holds_every_export_and_its_description(engine: sa.Engine, tmp_path: Path) -> None:
    folder = unpacked(engine, tmp_path)
    package = json.loads((folder / "datapackage.json").read_text("utf-8"))
    assert package == export.datapackage(NOW, "https://example.org/")
    assert package["created"] == "2026-11-24T06:12:00Z"
    for resource in package["resources"]:
        header = (folder / resource["path"]).read_text("utf-8").split("\n")[0].strip()
        assert [field["name"] for field in resource["schema"]["fields"]] == header.split(",")
    assert (folder / "data-dictionary.md").read_text("utf-8") == export.data_dictionary()


def test_zip_is_the_same_for_the_same_record(engine: sa.Engine) -> None:
    first, second = io.BytesIO(), io.BytesIO()
    for stream in (first, second):
        export.write_zip(stream, engine, NOW)
    assert first.getvalue() == second.getvalue()


def test_files_of_one_zip_agree_though_a_run_writes_meanwhile(
    engine: sa.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unhurried = export.csv_lines

    def interrupted(session: Session, name: str, **more: Any) -> Iterator[str]:
        if name == "changes":
            later = change(50, 9, "appeared", file_number="Int 0099-2026")
            fill(engine, [[matter(9, "Int 0099-2026", "core")], [later]])
        return unhurried(session, name, **more)

    monkeypatch.setattr(export, "csv_lines", interrupted)
    folder = unpacked(engine, tmp_path)
    held = {row["source_id"] for row in read((folder / "matters.csv").read_bytes().decode())}
    named = {row["source_id"] for row in read((folder / "changes.csv").read_bytes().decode())}
    assert named == {"65002"} <= held


def test_package_without_a_site_has_no_homepage() -> None:
    assert "homepage" not in export.datapackage(NOW, "")


def test_package_says_the_guard_the_order_and_what_it_holds() -> None:
    tracked, every = (export.datapackage(NOW, "", tracked_only=only)["description"] for only in (True, False))
    assert export.GUARD in tracked
    assert "order of our row ids" in tracked
    assert "core or related" in tracked
    assert "every matter" in every


@pytest.mark.parametrize("name", export.EXPORTS)
def test_every_column_is_described_and_named_once(name: str) -> None:
    chosen = export.EXPORTS[name]
    assert len(set(chosen.header)) == len(chosen.header)
    assert all(column.description.endswith((".", "...")) for column in chosen.columns)
    assert set(chosen.primary_key) <= set(chosen.header)


REWRITE = """\
run: python -c "from pathlib import Path; from tracker.export.files import data_dictionary
Path('docs/data-dictionary.md').write_text(data_dictionary(), encoding='utf-8')"
"""


def test_the_dictionary_is_what_the_declarations_say() -> None:
    page = Path(__file__).parent.parent / "docs" / "data-dictionary.md"
    assert page.read_text("utf-8") == export.data_dictionary(), REWRITE


def test_coverage_holds_published_links_alone_and_names_no_editor(engine: sa.Engine) -> None:
    with reading(engine) as session:
        held = [dict(zip(export.COVERAGE.header, row, strict=True)) for row in export.rows(session, "coverage")]
        tracked = list(export.rows(session, "coverage", tracked_only=True))
    assert [(row["file_number"], row["decided_by"], row["score"]) for row in held] == [
        ("Int 1412-2025", "rule", "0.97"), ("Int 0009-2024", "editor", "0.97"),
    ]  # fmt: skip
    assert {row["headline"] for row in held} == {"'=HYPERLINK(2)"}
    assert {row["outlet"] for row in held} == {"'@outlet"} and {row["evidence"] for row in held} == {"'+1"}
    assert len(tracked) == 1
