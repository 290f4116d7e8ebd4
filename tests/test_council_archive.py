"""What the archive's JSON is read as, and what is refused in words instead of being half understood."""

from pathlib import Path
from typing import Any

import orjson
import pytest
import zstandard
from archive_builder import DAY, NO_DATE, START, document, lines, member, observations_file, record_of, row
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scrapers.council_archive import NotAMatter, Reader, observations
from scrapers.errors import SourceBroken, SourceMissing
from scrapers.records import Observation, PersonRecord, VoteRecord

PATH = "introduction/2025/1412.json"


def parse(doc: Any, *, whole: bool = False) -> Any:
    return Reader(whole=whole).parse_matter(doc)


# One document


def test_a_bill_is_read_as_the_archive_prints_it() -> None:
    bill = record_of(
        document(76557, Name=" Counting trees. ", LocalLaw="2026/063", EnactmentDate="2026-01-29T00:00:00Z")
    )
    assert (bill.source_id, bill.file_number, bill.kind, bill.status) == (
        "76557", "Int 1412-2025", "Introduction", "Committee",
    )  # fmt: skip
    assert (bill.name, bill.local_law, bill.enacted_on) == ("Counting trees.", "2026/063", "2026-01-29")
    assert (bill.introduced_on, bill.final_action_on) == ("2025-10-09", "")
    assert bill.url.endswith("?m=l&id=76557")
    assert bill.sponsors[0] == PersonRecord("7601", "Jane Doe")


def test_int_0201_2026_which_the_archive_prints_in_lower_case_gets_its_capital() -> None:
    assert record_of(document(File=" int 0201-2026 ")).file_number == "Int 0201-2026"


def test_a_file_number_of_another_kind_stays_as_printed() -> None:
    assert record_of(document(File="Res 0508-2026")).file_number == "Res 0508-2026"
    assert record_of(document(File="LU 0012-2026")).file_number == "LU 0012-2026"


@pytest.mark.parametrize("file", ["T2021-8050", "t2021-8050", " T2020-6321"])
def test_a_temporary_number_is_no_matter_yet(file: str) -> None:
    assert parse(document(File=file)) is None


def test_a_time_of_day_is_new_yorks_whatever_the_z_says() -> None:
    (act,) = record_of(document(History=[row(1, "2025-10-09 13:25:00")])).actions
    assert (act.acted_on, act.clock) == ("2025-10-09", "13:25:00")


@pytest.mark.parametrize("empty", [NO_DATE, "", None])
def test_an_empty_date_is_no_date(empty: str | None) -> None:
    bill = record_of(document(IntroDate=empty, PassedDate=empty, EnactmentDate=empty))
    assert (bill.introduced_on, bill.final_action_on, bill.enacted_on) == ("", "", "")


def test_nul_in_any_text_is_dropped_because_no_database_takes_it() -> None:
    doc = document(
        Name="a\0b", Title="c\0d", Summary="e\0f", Text="g\0h", BodyName="i\0j", StatusName="k\0l",
        Sponsors=[member(1, "m\0n")],
        History=[row(1, "2025-10-09", name="o\0p", BodyName="q\0r", MinutesNote="s\0t", Version="u\0v",
                     PassedFlagName="w\0x", Votes=[member(1, "m\0n", "y\0z")])],
        Attachments=[{"ID": 1, "Name": "1\0002", "Link": "https://example.org/\0a"}],
    )  # fmt: skip
    bill = parse(doc, whole=True)
    assert (bill.name, bill.title, bill.summary, bill.text) == ("ab", "cd", "ef", "gh")
    assert "\0" not in repr(bill) and "\\x00" not in repr(bill)


def test_a_source_without_texts_says_nothing_about_them_and_one_with_texts_says_when_one_is_empty() -> None:
    assert parse(document(), whole=False).text is None
    assert parse(document(), whole=True).text == ""
    assert parse(document(Attachments=None), whole=False).documents is None
    assert parse(document(Attachments=None), whole=True).documents == ()
    assert parse(document(Text="Be it enacted"), whole=False).text == "Be it enacted"


def test_a_person_with_id_0_sponsors_nothing_and_votes_under_their_name() -> None:
    votes = [member(0, "Public  Advocate", "Absent"), member(5, "Jane Doe", "Affirmative")]
    bill = record_of(document(Sponsors=[member(0, "Nobody"), member(5, "Jane Doe")], History=[
        row(1, "2025-10-09", Votes=votes),
    ]))  # fmt: skip
    assert bill.sponsors == (PersonRecord("5", "Jane Doe"),)
    assert bill.actions[0].votes == (
        VoteRecord(PersonRecord("Public Advocate", "Public Advocate"), "Absent"),
        VoteRecord(PersonRecord("5", "Jane Doe"), "Affirmative"),
    )


@pytest.mark.parametrize("missing", ["History", "Sponsors", "Summary", "Name"])
def test_what_is_null_or_absent_is_empty(missing: str) -> None:
    absent = document()
    absent.pop(missing, None)
    given_null, left_out = record_of(document() | {missing: None}), record_of(absent)
    assert given_null == left_out
    empty = {"History": given_null.actions, "Sponsors": given_null.sponsors}
    assert empty.get(missing, ()) == ()


def test_the_minutes_note_goes_before_the_agenda_note() -> None:
    both, agenda = record_of(
        document(History=[row(1, "2025-10-09", MinutesNote="m", AgendaNote="a"), row(2, "2025-10-09", AgendaNote="a")])
    ).actions
    assert (both.note, agenda.note) == ("m", "a")


WRONG_SHAPES: list[tuple[Any, str]] = [
    (None, "NoneType"),
    ([], "list"),
    ("Int 1412-2025", "string"),
    (3, "int"),
    ({}, "File"),
    ({"a": {"File": "Int 1-2025"}}, "File"),
    (document(File=12), "strip"),
    (document(File=None), "strip"),
    (document(ID=None), "ID"),
    (document(StatusName=None), "strip"),
    (document(TypeName=7), "strip"),
    (document(History=3), "iterable"),
    (document(History=["x"]), "get"),
    (document(History=[{"ID": 1}]), "Date"),
    (document(History=[row(1, "2025-10-09") | {"Date": None}]), "strip"),
    (document(History=[row(1, "2025-02-30")]), "day"),
    (document(History=[row(1, "soon")]), "soon"),
    (document(History=[row(1, "2025-10-09"), row(1, "2025-10-10")]), "twice"),
    (document(History=[row(1, "2025-10-09", code="27")]), "ActionID"),  # type: ignore[arg-type]
    (document(History=[row(1, "2025-10-09", Votes=[{"ID": 1, "FullName": "Jane Doe"}])]), "Vote"),
    (document(History=[row(1, "2025-10-09", Votes=[{"ID": 1, "FullName": "Jane Doe", "Vote": None}])]), "NoneType"),
    (document(IntroDate="2025-13-01T00:00:00Z"), "month"),
    (document(EnactmentDate="yesterday"), "yesterday"),
    (document(Sponsors=[{"FullName": "Jane Doe"}]), "ID"),
    (document(Sponsors=[{"ID": 1}]), "FullName"),
    (document(Attachments=[{"ID": 1}]), "Name"),
    (document(Name=5), "int"),
]


@pytest.mark.parametrize(("doc", "word"), WRONG_SHAPES)
def test_json_of_another_shape_is_refused_with_what_is_wrong(doc: Any, word: str) -> None:
    with pytest.raises(NotAMatter, match="^it is not a matter in the archive's shape") as caught:
        parse(doc)
    assert word in str(caught.value)


@pytest.mark.parametrize("key", ["ID", "File", "TypeName", "StatusName"])
def test_a_matter_without_what_makes_it_one_is_refused_by_name(key: str) -> None:
    doc = document()
    del doc[key]
    with pytest.raises(NotAMatter, match=f"no '{key}'"):
        parse(doc)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5) | st.sampled_from([NO_DATE, "2025-10-09"]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(sorted(row(1, "x"))), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*document(), "LocalLaw", "Attachments", "Text", "Summary"]), json_values))
def test_whatever_json_stands_in_a_matters_place_it_is_read_or_refused_in_words(given_parts: dict[str, Any]) -> None:
    try:
        parse(document() | given_parts)
    except NotAMatter as error:
        assert len(str(error)) > len("it is not a matter in the archive's shape ()")


# An observations file


@pytest.mark.parametrize("name", ["seen.jsonl", "seen.jsonl.zst"])
def test_an_observations_file_is_read_plain_and_packed(tmp_path: Path, name: str) -> None:
    file = observations_file(
        tmp_path / name, (START, PATH, document()), (START + DAY, PATH, None), (START, "t", document(File="T2025-0001"))
    )
    first, second = list(observations(file))
    assert isinstance(first, Observation) and first.matter is not None
    assert (first.observed_at, first.place, first.matter.file_number) == (START, PATH, "Int 1412-2025")
    assert isinstance(second, Observation)
    assert (second.observed_at, second.matter) == (START + DAY, None)


def test_a_packed_file_of_several_parts_is_read_to_its_end(tmp_path: Path) -> None:
    file = tmp_path / "seen.jsonl.zst"
    parts = [lines([(START + n, PATH, document())]) for n in range(3)]
    file.write_bytes(b"".join(zstandard.compress(part) for part in parts))
    assert [found.observed_at for found in observations(file)] == [START, START + 1, START + 2]


PACKED = zstandard.compress(lines([(START + n, PATH, document(Summary="x" * n)) for n in range(40)]))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.integers(0, len(PACKED) - 1))
def test_a_packed_file_that_was_cut_short_anywhere_never_passes_for_a_whole_one(tmp_path: Path, cut: int) -> None:
    file = tmp_path / "seen.jsonl.zst"
    file.write_bytes(PACKED[:cut])
    with pytest.raises(SourceBroken, match=r"cut short|not a Zstandard file|empty"):
        list(observations(file))


def test_bytes_that_are_no_zstandard_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "seen.jsonl.zst"
    file.write_bytes(lines([(START, PATH, document())]))
    with pytest.raises(SourceBroken, match="not a Zstandard file"):
        list(observations(file))


def test_a_line_cut_in_its_middle_is_named_by_its_number(tmp_path: Path) -> None:
    file = tmp_path / "seen.jsonl"
    content = lines([(START + n, PATH, document()) for n in range(3)])
    file.write_bytes(content[:-30])
    with pytest.raises(SourceBroken, match="line 3 is not JSON"):
        list(observations(file))


GOOD = orjson.loads(lines([(START, PATH, document())]))


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ({}, "no 'observed_at'"),
        ([], "list"),
        (GOOD | {"observed_at": "yesterday"}, "yesterday"),
        (GOOD | {"observed_at": None}, "NoneType"),
        (GOOD | {"observed_at": 10**30}, "moment"),
        (GOOD | {"observed_at": -(10**30)}, "moment"),
        (GOOD | {"path": 7}, "path"),
        ({key: GOOD[key] for key in ("observed_at", "path")}, "no 'matter'"),
        (GOOD | {"matter": {"File": "Int 1412-2025"}}, "no 'ID'"),
        (GOOD | {"matter": "gone"}, "shape"),
    ],
)
def test_a_line_that_is_no_observation_is_refused_by_its_number(tmp_path: Path, line: Any, word: str) -> None:
    file = tmp_path / "seen.jsonl"
    file.write_bytes(orjson.dumps(GOOD) + b"\n\n" + dumps(line) + b"\n")
    with pytest.raises(SourceBroken, match="line 3 is not") as caught:
        list(observations(file))
    assert word in str(caught.value)


def dumps(value: Any) -> bytes:
    import json  # the standard one writes numbers of any length

    return json.dumps(value).encode()


@pytest.mark.parametrize("content", [b"", b"\n \n"])
def test_an_empty_file_is_an_error_and_never_no_change(tmp_path: Path, content: bytes) -> None:
    for name in ("seen.jsonl", "seen.jsonl.zst"):
        file = tmp_path / name
        file.write_bytes(zstandard.compress(content) if name.endswith("zst") else content)
        with pytest.raises(SourceBroken, match="the file is empty"):
            list(observations(file))


def test_no_file_and_a_folder_are_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(SourceMissing, match="there is no such file"):
        list(observations(tmp_path / "none.jsonl"))
    with pytest.raises(SourceMissing, match="this is a folder"):
        list(observations(tmp_path))
