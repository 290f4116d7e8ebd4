"""What an order does to others, as the orders say it: real phrases of fifty years, and every real text there is."""

import re
from pathlib import Path

import orjson
import pytest

from scrapers.json_lines import json_lines
from scrapers.order_citations import Citation, citations
from scrapers.order_names import find_orders
from scrapers.printed_dates import read_day, read_number

ORDERED = "By the power vested in me as Mayor of the City of New York, it is hereby ordered: Section 1. "


def done(words: str) -> list[tuple[str, str, str, int]]:
    return [(each.verb, each.series, each.number, each.year) for each in citations(ORDERED + words)]


# Dates and numbers


@pytest.mark.parametrize(
    ("printed", "day"),
    [
        ("December 29, 2024", "2024-12-29"),
        ("May 01, 2026", "2026-05-01"),
        ("JANUARY I, 2026", "2026-01-01"),
        ("December 3 I, 2025", "2025-12-31"),
        ("Decemb er 2 7, 2021", "2021-12-27"),
        ("July 26, L994", "1994-07-26"),
        ("October 7 ,2022", "2022-10-07"),
        ("August ll, 2008", "2008-08-11"),
        ("December 35, 1977", ""),
        ("June 20, 1474", ""),
        ("in May 2026", ""),
    ],
)
def test_a_date_is_read_as_a_scan_prints_it_or_not_at_all(printed: str, day: str) -> None:
    assert read_day(printed) == day


@pytest.mark.parametrize(("printed", "number"), [("034", "34"), ("I 06", "106"), ("12 1", "121"), ("", ""), ("x", "")])
def test_a_number_is_its_digits(printed: str, number: str) -> None:
    assert read_number(printed) == number


def test_orders_are_named_singly_in_lists_and_by_their_letters() -> None:
    text = "Executive Orders Nos. 98 and 99, dated October 1, 1969, EEO 886 of 2025 and Executive Order No. 63 (1976)"
    named = [(each.series, each.number, each.year, each.dated_on) for each in find_orders(text)]
    assert named == [
        ("EO", "98", 1969, "1969-10-01"), ("EO", "99", 1969, "1969-10-01"),
        ("EEO", "886", 2025, ""), ("EO", "63", 1976, ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "this Executive Order I hereby sign",
        "Governor Executive Order No. 205 requires",
        "an Executive Order, 3 copies",
        "State Executive Order 202.6",
    ],
)
def test_what_is_no_order_of_the_citys_is_not_named(text: str) -> None:
    assert list(find_orders(text)) == []


# Golden cases, in the orders' own phrases


def test_eo_34_of_2003_revokes_eo_124_of_1989() -> None:
    words = "Executive Order No. 124, dated August 7, 1989, is hereby revoked. Section 2. Text."
    assert citations(ORDERED + words) == (
        Citation(
            "revokes", "EO", "124", 1989, "1989-08-07", "", "", False,
            "Executive Order No. 124, dated August 7, 1989, is hereby revoked",
        ),
    )  # fmt: skip


def test_eo_41_of_2003_amends_a_section_of_eo_34() -> None:
    text = (
        "EXECUTIVE ORDER NO. 41\nSEPTEMBER 17, 2003\nPRIVACY POLICY AND AMENDMENT OF EXECUTIVE ORDER\nNO. 34\n"
        + ORDERED
    )
    (one,) = citations(text + "Section 2 of Executive Order No. 34, dated May 13, 2003, is amended by adding a word.")
    assert (one.verb, one.number, one.dated_on, one.partial) == ("amends", "34", "2003-05-13", True)


def test_eo_1_of_2026_keeps_what_is_older_than_its_line_and_revokes_the_rest() -> None:
    kept, dropped = citations(
        "it is hereby ordered:\nSection I. All Executive Orders issued prior to September 26, 2024, and in effect on\n"
        "December 3 I, 2025, are hereby continued unless specifically revoked, revised, or superseded by a later one. "
        "All Executive Orders issued on or after September 26, 2024,\nand in effect on December 3 I, 2025, are hereby "
        "revoked. § 2. This Order shall not be construed to affect Emergency Executive Orders."
    )
    assert (kept.verb, kept.series, kept.number, kept.since, kept.before) == ("continues", "EO", "", "", "2024-09-26")
    assert (dropped.verb, dropped.since, dropped.before) == ("revokes", "2024-09-26", "2026-01-01")
    hit = {"2025-04-08": True, "2003-05-13": False, "2003-09-17": False}  # EO 50 of 2025, EO 34 and EO 41 of 2003
    assert {day: dropped.since <= day < dropped.before for day in hit} == hit
    assert {day: day < kept.before for day in hit} == {day: not revoked for day, revoked in hit.items()}


@pytest.mark.parametrize("year", [1977, 1989, 2001, 2013, 2021])
def test_a_new_mayor_continues_what_was_in_effect_on_the_last_day(year: int) -> None:
    (one,) = citations(ORDERED + f"All Executive Orders in effect on December 31, {year} are hereby continued.")
    assert (one.verb, one.number, one.since, one.before) == ("continues", "", "", f"{year + 1}-01-01")


def test_eeo_2_of_2026_extends_a_section_of_eeo_904_and_only_mentions_others() -> None:
    (one,) = citations(
        "WHEREAS, a state of emergency first declared by Emergency Executive Order No. 224, dated October 7, 2022, is "
        "extended; and WHEREAS more; NOW, THEREFORE: Section 1. Section 2 of Emergency Executive Order No. 904 of "
        "2025, dated December 31, 2025, is hereby extended for five (5) days, as specified in Section 3 of Emergency "
        "Executive Order No. 886 of 2025, dated November 19, 2025."
    )
    assert (one.verb, one.series, one.number, one.dated_on, one.partial) == (
        "extends", "EEO", "904", "2025-12-31", True,
    )  # fmt: skip


def test_a_state_of_emergency_is_extended_as_the_order_that_declared_it() -> None:
    (one,) = citations(
        "NOW, THEREFORE: Section 1. I hereby direct that the State of Emergency declared in Emergency Executive Order "
        "No. 224, dated October 7, 2022, and extended by subsequent orders, is extended for thirty (30) days."
    )
    assert (one.verb, one.series, one.number, one.year, one.partial) == ("extends", "EEO", "224", 2022, False)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (
            "Executive Order No. 140, dated October 20, 2010; Executive Order No. 306, dated April 17, 2013; and "
            "Executive Order No. 50, dated November 19, 2019, are hereby REVOKED.",
            [("revokes", "EO", "140", 2010), ("revokes", "EO", "306", 2013), ("revokes", "EO", "50", 2019)],
        ),
        (
            "Executive Order No. 78, dated August 31, 2021, as amended by Executive Order 83, dated October 20, 2021, "
            "is hereby revoked.",
            [("revokes", "EO", "78", 2021)],
        ),
        (
            "Executive Orders No. 71 (1968), No. 20 (1970) and No. 80 (1977) are hereby revoked.",
            [("revokes", "EO", "71", 1968), ("revokes", "EO", "20", 1970), ("revokes", "EO", "80", 1977)],
        ),
        (
            "I hereby amend section 8 of Emergency Executive Order No. 100, as amended by section 4(b) of Emergency "
            "Executive Order No. 102 and section 4 of Emergency Executive Order No. 134, to read as follows:",
            [("amends", "EEO", "100", 0)],
        ),
        (
            "A new Section 5 (c) is added to prior Executive Order No. 16, dated July 26, 1978, as follows:",
            [("amends", "EO", "16", 1978)],
        ),
        (
            "I hereby add a new subdivision 4 to section 3 of Emergency Executive Order No. 131, as last amended by "
            "section 2 of Emergency Executive Order No. 169, requiring a sign.",
            [("amends", "EEO", "131", 0)],
        ),
        (
            "The following Executive Orders are hereby superseded: Executive Order No. 6, dated April 8, 1994; and "
            "Executive Order No. 7, dated April 10, 1970.",
            [("supersedes", "EO", "6", 1994), ("supersedes", "EO", "7", 1970)],
        ),
        (
            "The Office of Contract Services, established by Executive Order No. 114, dated April 13, 1988, is hereby "
            "continued. Executive OrderNo.27, dated June 16, 2017, is hereby REVOKED.",
            [("revokes", "EO", "27", 2017)],
        ),
        (
            "Section 1 of Emergency Executive Order No. 2. I 9, dated April I 0, 2026, is hereby extended for 5 days.",
            [("extends", "EEO", "2.19", 2026)],
        ),
        ("This Order shall remain in effect until revoked by a subsequent Executive Order.", []),
        ("Appointments under Executive Order No. 9, dated March 16, 1978, are to be made soon.", []),
    ],
)
def test_what_is_done_to_others_is_told_from_what_is_only_mentioned(
    words: str, expected: list[tuple[str, str, str, int]]
) -> None:
    assert done(words) == expected


def test_an_exception_makes_an_effect_partial() -> None:
    words = "Executive Order No. 105, dated September 17, 2007, is hereby REVOKED, except that one duty shall go on."
    assert [each.partial for each in citations(ORDERED + words)] == [True]


def test_a_heading_counts_where_the_body_could_not_be_read() -> None:
    text = "EXECUTIVE ORDER NO. 46\nPROGRAMS\n(Supersedes Executive Order No. 120, dated May 15, 1989)\nWHEREAS, it"
    assert [(each.verb, each.number, each.year) for each in citations(text)] == [("supersedes", "120", 1989)]


def test_the_words_of_a_long_list_hold_each_orders_name_and_the_verb() -> None:
    names = [f"Executive Order No. {n}, dated May {n}, 2003" for n in range(1, 13)]
    found = citations(ORDERED + "; ".join(names) + ", are hereby revoked.")
    assert [each.number for each in found] == [str(n) for n in range(1, 13)]
    for name, each in zip(names, found, strict=True):
        assert name in each.words and each.words.endswith("are hereby revoked") and len(each.words) <= 240


@pytest.mark.parametrize("text", ["", "\0", "Executive Order", "is hereby revoked", "WHEREAS" * 50, "No. 1" * 200])
def test_no_text_is_too_odd(text: str) -> None:
    assert citations(text) == ()


# Every real order


@pytest.fixture(scope="module")
def texts(data: Path) -> dict[str, str]:
    orders = json_lines(data / "executive_orders" / "orders.jsonl.zst")
    return {row["eo_id"]: row["text"] for _, row in orders}


def test_the_known_edges_are_found_but_those_that_name_an_order_in_passing(data: Path, texts: dict[str, str]) -> None:
    """Of 244 edges 223 are found. The rest take "X, as amended by Y, is revoked" as an effect on Y; it is none."""
    edges = orjson.loads((data / "executive_orders" / "supersession.json").read_bytes())["edges"]
    found: dict[str, tuple[Citation, ...]] = {}
    missed = []
    for edge in edges:
        year, _, number = edge["target"].split("-", 2)
        held = found.setdefault(edge["actor"], citations(texts[edge["actor"]]))
        if not [c for c in held if c.number == number.lstrip("0") and c.year in (0, int(year))]:
            missed.append((edge["actor"], number.lstrip("0")))
    assert len(edges) - len(missed) >= 223
    for actor, number in missed:
        assert re.search(rf"amended by (?:prior )?Executive.{{0,220}}?\b{number}\b", " ".join(texts[actor].split())), (
            actor
        )


def test_the_golden_orders_say_in_full_what_they_say_here(texts: dict[str, str]) -> None:
    def of(key: str) -> set[tuple[str, str, int, bool]]:
        return {(c.verb, c.number, c.year, c.partial) for c in citations(texts[key])}

    assert of("2003-EO-034") == {("revokes", "124", 1989, False)}
    assert ("amends", "34", 2003, True) in of("2003-EO-041")
    assert of("2026-EO-001") == {("continues", "", 0, False), ("revokes", "", 0, False)}
    assert of("2026-EEO-2") == {("extends", "904", 2025, True)}
    assert of("2026-EEO-2.38") == {("extends", "2.37", 2026, True)}
    assert of("2025-EEO-904") == {("extends", "224", 2022, False), ("extends", "902", 2025, True)}
    assert ("amends", "224", 2022, True) in of("2023-EEO-406")
    assert of("2025-EO-050") == set()


def test_nearly_every_renewal_names_what_it_renews(texts: dict[str, str]) -> None:
    renewals = [key for key, text in texts.items() if "EEO" in key and "extended for" in " ".join(text.split())]
    found = [key for key in renewals if any(each.verb == "extends" for each in citations(texts[key]))]
    assert len(found) > 0.985 * len(renewals) > 1000
