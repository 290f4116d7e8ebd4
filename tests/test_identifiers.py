"""Every written form of a number seen in the Council's record, the City's orders and the press; and what is none."""

from pathlib import Path

import orjson
import pytest
from conftest import shared_data
from hypothesis import given
from hypothesis import strategies as st

from tracker.errors import BadIdentifier
from tracker.identifiers import (
    FileNumber,
    LocalLaw,
    OrderNumber,
    canonical,
    from_slug,
    is_temporary,
    parse,
    slug_of,
)

SHARED = shared_data() or Path("the shared folder of real data")

years = st.integers(1898, 2100)
plain_files = st.builds(FileNumber, st.sampled_from(["Int", "Res", "LU"]), st.integers(1, 9999), years)
lettered_files = st.builds(
    FileNumber, st.just("Int"), st.integers(1, 9999), st.integers(1898, 1999), st.sampled_from("ABCDZ")
)
laws = st.builds(LocalLaw, years, st.integers(1, 999))
orders = st.one_of(
    st.builds(OrderNumber, st.just("EO"), st.integers(1, 999), st.none(), years),
    st.builds(OrderNumber, st.just("EEO"), st.integers(1, 9999), st.none() | st.integers(1, 999), years),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Int 1412-2025", "Int 1412-2025"),
        ("int 0201-2026", "Int 0201-2026"),
        ("Int 55-2026", "Int 0055-2026"),
        ("Int No 0945-2024", "Int 0945-2024"),
        ("Int. 0486-2014", "Int 0486-2014"),
        ("INT 214 of 2024", "Int 0214-2024"),
        ("Intro 1412-2025", "Int 1412-2025"),
        ("Intro. 1412 (2025)", "Int 1412-2025"),
        ("Introduction 1568-2017", "Int 1568-2017"),
        ("Introduction No. 1568 of 2017", "Int 1568-2017"),
        ("Introductory Number 989 of 2012", "Int 0989-2012"),
        ("Int. No. 1412-A of 2025", "Int 1412-2025"),
        ("Int. 1412-A (2025)", "Int 1412-2025"),
        ("Int 1412-A-2025", "Int 1412-2025"),
        ("Int 1412-2025-A", "Int 1412-2025"),
        ("Proposed Int. No. 1412-A of 2025", "Int 1412-2025"),
        ("Int\u00a01412\u20112025", "Int 1412-2025"),
        ("Int 1412\u20132025", "Int 1412-2025"),
        ("  Int   1412 - 2025 \r\n", "Int 1412-2025"),
        ("Int #1412-2025", "Int 1412-2025"),
        ("Int 0804-1996-A", "Int 0804-1996-A"),
        ("int 2-1998-a", "Int 0002-1998-A"),
        ("Int 0546-1999-A", "Int 0546-1999-A"),
        ("Res 0836-2025", "Res 0836-2025"),
        ("Res. No. 836-2025", "Res 0836-2025"),
        ("Preconsidered Res. No. 836 of 2025", "Res 0836-2025"),
        ("Resolution 836 of 2025", "Res 0836-2025"),
        ("Res 1648-2021", "Res 1648-2021"),
        ("LU 0123-2026", "LU 0123-2026"),
        ("L.U. No. 123 of 2026", "LU 0123-2026"),
        ("Land Use Application 123-2026", "LU 0123-2026"),
    ],
)
def test_file_numbers_as_written(text: str, expected: str) -> None:
    assert str(FileNumber.parse(text)) == expected
    assert canonical(text) == expected
    assert str(parse(text)) == expected
    assert slug_of(text) == expected.lower().replace(" ", "-")


@pytest.mark.parametrize(
    ("phrase", "year", "expected"),
    [
        ("Introduction 486A", 2014, "Int 0486-2014"),
        ("Intro. 486-A", 2014, "Int 0486-2014"),
        ("Introductory Number 989-A", 2012, "Int 0989-2012"),
        ("Int. No. 1568-A", 2017, "Int 1568-2017"),
        ("Intro 214", 2024, "Int 0214-2024"),
        ("INT 1412", 2025, "Int 1412-2025"),
        ("Intro.1569", 2017, "Int 1569-2017"),
        ("Int. No. 1412", 2025, "Int 1412-2025"),
        ("Intro. 326", 2002, "Int 0326-2002"),
        ("Intro 1867-A", 2020, "Int 1867-2020"),
        ("Preconsidered Res. No. 1321", 2016, "Res 1321-2016"),
        ("Introduction 1568-2017", 2026, "Int 1568-2017"),
    ],
)
def test_a_number_without_a_year_takes_the_one_given(phrase: str, year: int, expected: str) -> None:
    assert str(FileNumber.parse(phrase, year=year)) == expected


def test_a_number_without_a_year_is_refused_and_the_message_says_why() -> None:
    with pytest.raises(BadIdentifier, match="names no year"):
        FileNumber.parse("Intro. 486-A")
    with pytest.raises(BadIdentifier, match="names no year"):
        OrderNumber.parse("Executive Order No. 50")


def test_temporary_numbers_are_recognised_and_never_shown() -> None:
    assert is_temporary("T2021-8050")
    assert is_temporary("t2025-2970")
    assert not is_temporary("Int 2439-2021")
    for reader in (FileNumber.parse, parse):
        with pytest.raises(BadIdentifier, match="temporary"):
            reader("T2021-8050")


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "Int",
            "Int 0-2025",
            "Int 0000-2025",
            "Int 12345678-2025",
            "Int 12345-2025",
            "1412-2025",
            "2025-10-09",
        ),
        *("Int 5-1776", "Int 5-1897", "Int 5-2101", "Int 5-25", "Intro. 578/07", "Introductions 486-A and 487-A"),
        *("Local Law NA", "Local Law 58 of 2014", "integer 5-2025", "Interest 5-2025", "Int 1412-2025 x", "2026/063"),
        *(
            "Int 1412-2025; DROP TABLE matter",
            "Int \u0661\u0664\u0661\u0662-2025",
            "Directive 2018-6",
            "Respect 5-2025",
        ),
    ],
)
def test_what_is_no_file_number_is_refused(text: str) -> None:
    with pytest.raises(BadIdentifier) as refused:
        FileNumber.parse(text)
    assert "Int 0486-2014" in str(refused.value)
    assert refused.value.text == text
    with pytest.raises(BadIdentifier):
        parse(text)


def test_the_letter_of_an_old_file_is_part_of_its_number_and_a_later_one_is_the_version() -> None:
    assert FileNumber.parse("Int 0804-1996-A").suffix == "A"
    assert FileNumber.parse("Int 1412-2025-A").suffix == ""
    assert FileNumber("Int", 804, 1996, "A").short == "Int 804-1996-A"
    with pytest.raises(BadIdentifier):
        FileNumber("Int", 1412, 2025, "A")


def test_forms_of_a_file_number() -> None:
    number = FileNumber("Int", 486, 2014)
    assert (str(number), number.short, number.slug) == ("Int 0486-2014", "Int 486-2014", "int-0486-2014")
    assert FileNumber("Int", 804, 1996, "A").slug == "int-0804-1996-a"
    assert FileNumber("Int", 486, 2014) < FileNumber("Int", 487, 2014) < FileNumber("Res", 1, 2014)


@pytest.mark.parametrize("slug", ["int-486-2014", "INT-0486-2014", "int-0486-2014/", "int-0000-2014", "law-1", "", "e"])
def test_an_address_has_one_form(slug: str) -> None:
    with pytest.raises(BadIdentifier):
        from_slug(slug)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("2026/063", "2026/063"),
        ("LL 63/2026", "2026/063"),
        ("LL 2026/063", "2026/063"),
        ("LL63 of 2026", "2026/063"),
        ("LL 63-2026", "2026/063"),
        ("Local Law 63 of 2026", "2026/063"),
        ("Local Law 63/2026", "2026/063"),
        ("Local Law No. 63 of 2026", "2026/063"),
        ("Local Law 63 (2026)", "2026/063"),
        ("L.L. 63 of 2026", "2026/063"),
        ("local\u00a0law 63 of 2026", "2026/063"),
        ("Local Law 62 of 1991", "1991/062"),
        ("local law number 21 for the year 2013", "2013/021"),
        ("LOCAL LAWS OF THE CITY OF NEW YORK FOR THE YEAR 2014 No. 59", "2014/059"),
    ],
)
def test_local_laws_as_written(text: str, key: str) -> None:
    assert LocalLaw.parse(text).key == key


@pytest.mark.parametrize(
    "text",
    [
        *("", "NA", "Local Law NA", "Local Law", "Local Law 58", "Local Law 58/87", "Local Law 84/133", "2026/63"),
        *("2026/0063", "2026/000", "1776/001", "LL 0 of 2026", "Local Laws 245 and 247 of 2017", "Int 0486-2014", "63"),
    ],
)
def test_what_is_no_law_number_is_refused(text: str) -> None:
    with pytest.raises(BadIdentifier, match="Local Law 58 of 2014"):
        LocalLaw.parse(text)


def test_forms_of_a_local_law() -> None:
    law = LocalLaw(2026, 63)
    assert (str(law), law.key, law.slug) == ("Local Law 63 of 2026", "2026/063", "ll-63-2026")
    with pytest.raises(BadIdentifier):
        LocalLaw.from_slug("ll-063-2026")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("EO 50 of 2025", "EO 50-2025"),
        ("EO 50-2025", "EO 50-2025"),
        ("E.O. 50 of 2025", "EO 50-2025"),
        ("Executive Order No. 50 of 2025", "EO 50-2025"),
        ("Executive Order No. 34 (2003)", "EO 34-2003"),
        ("Executive Order No. 34 of 2003", "EO 34-2003"),
        ("2025-EO-050", "EO 50-2025"),
        ("EO 13/2026", "EO 13-2026"),
        ("Emergency Executive Order 718 of 2024", "EEO 718-2024"),
        ("EMERGENCY EXECUTIVE ORDER No. 2.38 of 2026", "EEO 2.38-2026"),
        ("2024-EEO-718", "EEO 718-2024"),
        ("2026-EEO-2.38", "EEO 2.38-2026"),
        ("EEO 904-2025", "EEO 904-2025"),
    ],
)
def test_orders_as_written(text: str, expected: str) -> None:
    assert str(OrderNumber.parse(text)) == expected
    assert str(parse(text)) == expected
    assert slug_of(text) == expected.lower().replace(" ", "-")


def test_an_order_without_a_year_takes_the_one_given() -> None:
    assert str(OrderNumber.parse("Executive Order 50", year=2025)) == "EO 50-2025"
    assert str(OrderNumber.parse("EO41", year=2003)) == "EO 41-2003"
    assert str(OrderNumber.parse("Emergency Executive Order No. 2.38", year=2026)) == "EEO 2.38-2026"


@pytest.mark.parametrize(
    "text",
    [
        *("", "EO", "EO 0-2025", "EO 50", "Executive Orders 34 & 41", "Governor Cuomo's Executive Order 170.1"),
        *(
            "Executive Order 170.1 of 2017",
            "Executive Order 14159 of 2025",
            "EEO 2.0-2026",
            "EEO 2.05-2026",
            "EO 1-1776",
        ),
        *("Executive Order 50 (EO 50)", "executive order—the thirteenth", "2025-EO-0", "Int 0050-2025"),
    ],
)
def test_what_is_no_city_order_is_refused(text: str) -> None:
    with pytest.raises(BadIdentifier, match="EO 50-2025"):
        OrderNumber.parse(text)


def test_forms_of_an_order() -> None:
    order, emergency = OrderNumber("EO", 50, None, 2025), OrderNumber("EEO", 2, 38, 2026)
    assert (order.key, order.slug, order.title) == ("2025-EO-050", "eo-50-2025", "Executive Order 50 of 2025")
    assert (emergency.key, emergency.slug) == ("2026-EEO-2.38", "eeo-2.38-2026")
    assert emergency.title == "Emergency Executive Order 2.38 of 2026"
    assert OrderNumber("EEO", 718, None, 2024).key == "2024-EEO-718"
    assert sorted([emergency, OrderNumber("EEO", 2, None, 2026), order])[0] == order
    with pytest.raises(BadIdentifier):
        OrderNumber("EO", 2, 38, 2026)


@given(plain_files | lettered_files)
def test_file_numbers_round_trip(number: FileNumber) -> None:
    assert FileNumber.parse(str(number)) == parse(str(number)) == number
    assert FileNumber.parse(number.short) == number
    assert FileNumber.from_slug(number.slug) == from_slug(number.slug) == number
    assert canonical(str(number)) == str(number)
    assert slug_of(str(number)) == number.slug


@given(laws)
def test_local_laws_round_trip(law: LocalLaw) -> None:
    assert LocalLaw.parse(str(law)) == LocalLaw.parse(law.key) == law
    assert LocalLaw.from_slug(law.slug) == LocalLaw.parse(law.slug) == law


@given(orders)
def test_orders_round_trip(order: OrderNumber) -> None:
    assert OrderNumber.parse(str(order)) == parse(str(order)) == order
    assert OrderNumber.parse(order.title) == OrderNumber.parse(order.key) == order
    assert OrderNumber.from_slug(order.slug) == from_slug(order.slug) == order
    assert slug_of(str(order)) == order.slug


@given(st.text(max_size=60))
def test_any_text_either_parses_or_raises_bad_identifier_and_has_a_clean_address(text: str) -> None:
    try:
        assert parse(str(parse(text))) == parse(text)
    except BadIdentifier as refused:
        assert refused.text == text
    if text.strip():
        slug = slug_of(text)
        assert slug == slug_of(text)
        assert slug.isascii()
        assert slug.strip("-.") == slug != ""
        assert not set(slug) - set("abcdefghijklmnopqrstuvwxyz0123456789-.")


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("NYPD memo 2017-02-22", "nypd-memo-2017-02-22"),
        ("1:25-cv-04084", "1-25-cv-04084"),
        ("Release 161-17", "release-161-17"),
        ("United States v. City of New York", "united-states-v-city-of-new-york"),
        ("Guía de la Alcaldía", "guia-de-la-alcaldia"),
        ("Int 0486 2014", "other-int-0486-2014"),
    ],
)
def test_free_form_numbers_get_an_address_that_is_no_other_matters(text: str, slug: str) -> None:
    assert slug_of(text) == slug
    with pytest.raises(BadIdentifier):
        from_slug(slug)


def test_blank_has_no_address() -> None:
    with pytest.raises(BadIdentifier):
        slug_of(" \n")


def test_a_text_without_latin_letters_still_has_an_address() -> None:
    assert slug_of("\u6cd5\u4ee4") == slug_of("\u6cd5\u4ee4") != slug_of("\u6cd5")


def test_every_file_named_in_the_press_cases_is_read() -> None:
    cases = SHARED / "news" / "mention_cases.jsonl"
    if not cases.exists():
        pytest.skip(f"no shared data at {SHARED}")
    named = [name for line in cases.read_bytes().splitlines() for name in orjson.loads(line)["files"]]
    assert len(named) > 30
    assert [str(parse(name)) for name in named] == named
