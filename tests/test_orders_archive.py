"""What the collection of orders since 1974 is read as, from a file of JSON lines and from its git repository."""

import subprocess
from pathlib import Path
from typing import Any

import orjson
import pytest

from scrapers.errors import NothingFound, SourceBroken, SourceMissing
from scrapers.git_archive import Repository
from scrapers.orders_archive import (
    NotAnOrder,
    Seen,
    SeenOrder,
    from_file,
    from_repository,
    parse_order,
    read_orders,
    read_page,
)
from scrapers.records import OrderRecord, Unreadable

SEEN_AT = 1_784_861_528
ENDS = "Section 1. Trees shall be counted.\n§ 2. This Order shall take effect immediately.\nEric Adams\nMayor"
TEXT = (
    "EXECUTIVE ORDER NO. 50\nApril 8, 2025\nCOUNTING OF TREES\nBy the power vested in me, it is hereby ordered:\n"
    + ENDS
)
LISTED = "https://www.nyc.gov/content/dam/nycgov/mayors-office/downloads/pdf/executive-orders/2025/eo-50.pdf"


def row(**changes: Any) -> dict[str, Any]:
    """A row as the collection has it for the order of 8 April 2025, with a text of our own."""
    return {
        "eo_id": "2025-EO-050", "number": "50", "year": 2025, "is_emergency": False, "date_signed": "2025-04-08",
        "mayor": "Adams", "title": "Executive Order 50", "source_pdf_url": LISTED, "supersedes": [],
        "superseded_by": [], "text_source": "born-digital", "page_count": 1, "text_quality": "clean", "text": TEXT,
    } | changes  # fmt: skip


def page(**changes: Any) -> str:
    """The same as a file of the repository."""
    fields = row(**changes)
    text = fields.pop("text")
    lines = [f"{name}: {_yaml(value)}" for name, value in fields.items()]
    return "---\n" + "\n".join(lines) + f"\n---\n\n{text}\n"


def _yaml(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, list):
        return "[]" if not value else "\n- " + "\n- ".join(value)
    return f"'{value}'" if isinstance(value, str) and value[:1].isdigit() else str(value)


def records(seen: list[Seen]) -> list[OrderRecord]:
    return [each.order for each in seen if isinstance(each, SeenOrder)]


# One order


def test_an_order_is_read_with_its_subject_from_the_text_and_its_number_without_noughts() -> None:
    order = parse_order(row(eo_id="2003-EO-041", number="041", year=2003, date_signed="2003-09-17", mayor="Bloomberg",
                            title="CITY-WIDE PRIVACY POLICY", text="", source_pdf_url=None))  # fmt: skip
    assert (order.key, order.series, order.number, order.year) == ("2003-EO-041", "EO", "41", 2003)
    assert (order.subject, order.issuer, order.dated_on) == (
        "CITY-WIDE PRIVACY POLICY", "Mayor Michael R. Bloomberg", "2003-09-17",
    )  # fmt: skip
    assert (order.address, order.pdf_address) == ("", "")


def test_a_title_that_is_only_a_number_or_letterhead_is_no_subject() -> None:
    assert parse_order(row()).subject == "COUNTING OF TREES"
    for title in ("Executive Order No. 50", "CITY OF NEw YORK OFFICE OF THE MAYOR", "NEW YORK", None):
        assert parse_order(row(title=title, text="")).subject == ""


def test_emergency_orders_keep_their_part() -> None:
    order = parse_order(row(eo_id="2026-EEO-2.38", number="2.38", year=2026, is_emergency=True, mayor="Mamdani",
                            date_signed="2026-07-14", text=""))  # fmt: skip
    assert (order.key, order.series, order.number) == ("2026-EEO-2.38", "EEO", "2.38")


def test_the_signer_is_not_the_issuer_of_executive_order_50_of_2025() -> None:
    order = parse_order(row(text=TEXT.replace("Eric Adams\nMayor", "Randy Mastro\nFirst Deputy Mayor")))
    assert (order.issuer, order.signer) == ("Mayor Eric Adams", "First Deputy Mayor Randy Mastro")
    unread = parse_order(row(text=TEXT.replace("Eric Adams\nMayor", "Ran1ftj /)1\nFirst Deputy Mayor")))
    assert unread.signer == "First Deputy Mayor"


def test_the_mayors_own_name_is_read_however_a_scan_spells_it() -> None:
    assert parse_order(row(text=TEXT.replace("Eric Adams\n", "Erie Ad4ms\n"))).signer == "Mayor Eric Adams"
    assert parse_order(row(text=TEXT.replace("\nEric Adams\nMayor", ""))).signer == ""


def test_the_date_in_the_heading_goes_before_the_list_which_is_later_by_a_day() -> None:
    """Executive Order 8 of 2026: listed on 5 January, dated 4 January."""
    order = parse_order(row(date_signed="2025-04-09"))
    assert (order.dated_on, order.listed_on) == ("2025-04-08", "2025-04-09")
    assert order.doubts == ("Its date is given as 2025-04-09, and its heading reads 2025-04-08.",)


@pytest.mark.parametrize("signed", ["2025-04-06", "2025-04-20"])
def test_a_heading_later_than_the_list_or_long_before_it_is_misread(signed: str) -> None:
    """Emergency Executive Orders 382 and 633: later orders name them by the list's date."""
    assert parse_order(row(date_signed=signed)).dated_on == signed


def test_without_a_list_the_heading_goes_before_the_collection() -> None:
    """Emergency Executive Order 142 of 2020: filed under 7 March, dated 21 August, and later named by that."""
    order = parse_order(row(date_signed="2025-03-07", source_pdf_url="https://web.archive.org/web/1/https://a.test/b"))
    assert (order.dated_on, order.listed_on) == ("2025-04-08", "")


def test_an_order_without_a_legible_date_has_none_and_says_so() -> None:
    order = parse_order(row(date_signed=None, text=TEXT.replace("April 8, 2025", "April 35, 2025")))
    assert order.dated_on == ""
    assert order.doubts == ('It bears no date that can be read; the heading reads "April 35, 2025".',)


def test_a_text_too_short_for_its_pages_is_incomplete() -> None:
    """Executive Order 13 of 2026: one page of six."""
    assert parse_order(row()).complete
    order = parse_order(row(page_count=6))
    assert not order.complete
    assert order.doubts == (f"The text is short for 6 pages ({len(TEXT):,} characters): most of it is missing.",)


def test_a_text_that_breaks_off_is_incomplete() -> None:
    assert not parse_order(row(text=TEXT[: TEXT.index("Trees")])).complete


def test_a_missing_text_is_empty_and_incomplete() -> None:
    order = parse_order(row(text="_No text available_", text_quality="no-text"))
    assert (order.text, order.complete) == ("", False)
    assert order.doubts == ("The collection has no text of it.",)


def test_a_noisy_text_is_a_doubt_and_whole() -> None:
    order = parse_order(row(text_quality="needs-review"))
    assert order.complete and "look through" in order.doubts[0]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"eo_id": "2025-50"}, "no number of an order"),
        ({"number": "51"}, "has the number '51'"),
        ({"year": 2024}, "the year 2024"),
        ({"is_emergency": True}, "has the number"),
        ({"mayor": "LaGuardia"}, "no 'LaGuardia'"),
        ({"page_count": None}, "NoneType"),
        ({"text": None}, "NoneType"),
    ],
)
def test_a_row_that_contradicts_itself_is_no_order(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(NotAnOrder, match=why):
        parse_order(row(**changes))


@pytest.mark.parametrize("other", [None, [], "EO 50", 3, {}])
def test_anything_else_is_no_order(other: Any) -> None:
    with pytest.raises(NotAnOrder):
        parse_order(other)


# A file of the repository


def test_a_page_is_read_as_the_same_row() -> None:
    assert parse_order(read_page(page().encode())) == parse_order(row())


def test_quoted_folded_and_empty_fields_are_read_as_yaml_means_them() -> None:
    fields = read_page(
        b"---\ntitle: 'MAYOR''S OFFICE OF\n  TREES'\nnumber: 041\nyear: 1989\nadmin_note: null\n"
        b'dropped_header: ""\nsupersedes:\n- 1980-EO-050\nis_emergency: false\n---\n\nA --- line\n---\nand more\n'
    )
    assert fields == {
        "title": "MAYOR'S OFFICE OF TREES", "number": "041", "year": 1989, "admin_note": None, "dropped_header": "",
        "supersedes": "", "is_emergency": False, "text": "A --- line\n---\nand more",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "does not hold it"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 3\n", "Git LFS"),
        (b"# Title\n\nText", "two lines of dashes"),
        (b"Text\n---\na: 1\n---\n", "two lines of dashes"),
        (b"---\na: 1\n---\n\xff", "two lines of dashes"),
    ],
)
def test_what_is_no_page_of_the_collection_is_told_in_words(content: bytes | None, why: str) -> None:
    with pytest.raises(NotAnOrder, match=why):
        read_page(content)


# Files and repositories


def file_of(folder: Path, *rows: Any) -> Path:
    path = folder / "orders.jsonl"
    path.write_bytes(b"".join(orjson.dumps(each) + b"\n" for each in rows))
    return path


def repository_of(folder: Path, files: dict[str, str]) -> Repository:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    git = ("git", "-C", str(folder), "-c", "user.name=Test", "-c", "user.email=test@example.org")
    for command in (("init", "-q", "."), ("add", "-A"), ("commit", "-q", "--allow-empty", "-m", "orders")):
        subprocess.run([*git, *command], check=True, capture_output=True)
    return Repository(folder, str(folder))


def test_a_file_gives_its_orders_and_tells_of_each_that_is_none(tmp_path: Path) -> None:
    first, second = from_file(file_of(tmp_path, row(), {"eo_id": "?"}), SEEN_AT)
    assert isinstance(first, SeenOrder) and isinstance(second, Unreadable)
    assert (first.observed_at, first.place, first.address) == (SEEN_AT, "orders.jsonl:1", LISTED)
    assert second.place == "orders.jsonl:2" and "no number of an order" in second.reason


def test_a_file_that_is_missing_or_cut_short_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceMissing):
        list(from_file(tmp_path / "orders.jsonl", SEEN_AT))
    (tmp_path / "cut.jsonl").write_bytes(orjson.dumps(row())[:-9])
    with pytest.raises(SourceBroken, match="line 1"):
        list(from_file(tmp_path / "cut.jsonl", SEEN_AT))


def test_the_repository_gives_the_pages_of_its_newest_commit_and_nothing_else(tmp_path: Path) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 3\n"
    repository = repository_of(
        tmp_path,
        {
            "README.md": "Orders",
            "corpus/eo.json": "[]",
            "corpus/2025/2025-EO-050.md": page(),
            "corpus/2025/2025-EO-051.md": pointer,
            "corpus/2025/notes.md": "Notes",
            "pdfs/2025/2025-EO-050.pdf": pointer,
        },
    )
    first, second = from_repository(repository)
    assert isinstance(first, SeenOrder) and isinstance(second, Unreadable)
    assert first.order == parse_order(row())
    assert first.place == "corpus/2025/2025-EO-050.md"
    assert first.address.endswith(f"/blob/{repository.head()}/corpus/2025/2025-EO-050.md")
    assert first.digest.startswith("sha1:") and first.observed_at > 0
    assert (second.place, second.reason) == (
        "corpus/2025/2025-EO-051.md", "it is only a pointer to a file kept elsewhere (Git LFS)",
    )  # fmt: skip


def test_a_repository_without_orders_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NothingFound):
        list(from_repository(repository_of(tmp_path, {"README.md": "Orders"})))


def test_a_place_is_a_file_or_a_repository(tmp_path: Path) -> None:
    mirror = tmp_path / "mirror"
    from_lines = list(read_orders(str(file_of(tmp_path, row())), mirror, SEEN_AT))
    folder = tmp_path / "repository"
    repository_of(folder, {"corpus/2025/2025-EO-050.md": page()})
    assert records(from_lines) == records(list(read_orders(str(folder), mirror, SEEN_AT)))
    with pytest.raises(SourceMissing):
        read_orders(str(tmp_path / "nothing"), mirror, SEEN_AT)


# The real collection


@pytest.fixture(scope="module")
def collection(data: Path) -> dict[str, OrderRecord]:
    seen = list(from_file(data / "executive_orders" / "orders.jsonl.zst", SEEN_AT))
    assert all(isinstance(each, SeenOrder) for each in seen)
    return {order.key: order for order in records(seen)}


def test_all_2291_orders_are_read(collection: dict[str, OrderRecord]) -> None:
    assert len(collection) == 2291
    assert sum(order.series == "EEO" for order in collection.values()) == 1317
    assert not any(order.number.startswith("0") for order in collection.values())


def test_67_texts_are_missing_and_the_cut_ones_are_told(collection: dict[str, OrderRecord]) -> None:
    assert sum(not order.text for order in collection.values()) == 67
    for key in ("2026-EO-013", "2026-EO-006"):
        assert not collection[key].complete and "most of it is missing" in collection[key].doubts[0]
    assert collection["2003-EO-034"].complete and collection["2025-EO-050"].complete


def test_the_orders_that_matter_are_read_right(collection: dict[str, OrderRecord]) -> None:
    eo50, eo8 = collection["2025-EO-050"], collection["2026-EO-008"]
    assert (eo50.issuer, eo50.signer, eo50.dated_on) == ("Mayor Eric Adams", "First Deputy Mayor", "2025-04-08")
    assert eo50.subject.startswith("AUTHORIZING FEDERAL IMMIGRATION AUTHORITIES")
    assert (eo8.dated_on, eo8.listed_on) == ("2026-01-04", "2026-01-05")
    assert collection["1989-EO-124"].dated_on == "1989-08-07"


def test_few_listed_orders_bear_another_date_than_the_list(collection: dict[str, OrderRecord]) -> None:
    listed = [order for order in collection.values() if order.listed_on]
    assert len(listed) > 1000
    assert 15 <= sum(order.dated_on != order.listed_on for order in listed) <= 44
