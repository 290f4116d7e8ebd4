"""The forms in which papers, releases and scans write numbers, without any record."""

import pytest

from tracker.press.citations import find_citations
from tracker.press.phrases import Phrases
from tracker.press.text import clean, fold, sentences


def cited(text: str) -> list[tuple[str, str, int]]:
    return [(found.kind, found.number, found.year) for found in find_citations(fold(clean(text)))]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Int. No. 1412-A", [("Int", "1412", 0)]),
        ("Intro.1569", [("Int", "1569", 0)]),
        ("Introductory Number 989-A", [("Int", "989", 0)]),
        ("Introduction 1568-2017", [("Int", "1568", 2017)]),
        ("Intros 982 and 989", [("Int", "982", 0), ("Int", "989", 0)]),
        ("INT 214, INT 1268 & INT 1412", [("Int", "214", 0), ("Int", "1268", 0), ("Int", "1412", 0)]),
        ("Proposed Res. No. 836-A", [("Res", "836", 0)]),
        ("Local Laws 58 and 59 of 2014", [("LL", "58", 2014), ("LL", "59", 2014)]),
        ("Local Law 21 and Local Law 22 of 2013", [("LL", "21", 2013), ("LL", "22", 2013)]),
        ("LOCAL LAWS OF THE CITY OF NEW YORK FOR THE YEAR 2014 No. 58", [("LL", "58", 2014)]),
        ("Law number 2014/058", [("LL", "58", 2014)]),
        ("Executive Orders 34 and 41 of 2003", [("EO", "34", 2003), ("EO", "41", 2003)]),
        ("Executive Order No. 50, dated April 8, 2025", [("EO", "50", 2025)]),
        ("EO41", [("EO", "41", 0)]),
        ("Emergency Executive Order 224", [("EEO", "224", 0)]),
        ("her executive order, the thirteenth", [("EO", "13", 0)]),
        ("the 13th executive order", [("EO", "13", 0)]),
        ("sections 9-131, 9-205 and 14-154",
         [("section", "9-131", 0), ("section", "9-205", 0), ("section", "14-154", 0)]),
    ],
)  # fmt: skip
def test_every_form_is_read(text: str, numbers: list[tuple[str, str, int]]) -> None:
    assert cited(text) == numbers


@pytest.mark.parametrize(
    "text",
    [
        "Local Law 58/87",
        "Executive Order 170.1",
        "Executive Order 13768",
        "Governor Hochul's Executive Order 3",
        "the vote was 41-8",
        "a restaurant with 214 seats",
        "point 486",
        "pages 9-131",
    ],
)
def test_what_only_looks_like_a_number_is_not_read(text: str) -> None:
    assert cited(text) == []


def test_folding_keeps_every_character_in_its_place() -> None:
    text = clean("“Más Seguro” — NY’s \u0410ct\u00a0…")
    assert fold(text) == '"Mas Seguro" - NY\'s Act .' + fold(text)[len('"Mas Seguro" - NY\'s Act .') :]
    assert len(fold(text)) == len(text)


def test_a_short_form_ends_no_sentence_and_a_semicolon_does() -> None:
    text = "Int. No. 486 passed on Nov. 14. It was signed; the other was not.\nA line"
    assert [found.words for found in sentences(text)] == [
        "Int. No. 486 passed on Nov. 14.", "It was signed;", "the other was not.", "A line",
    ]  # fmt: skip


def test_phrases_are_whole_words_and_capitals_mean_capitals() -> None:
    phrases = Phrases([("agency", ["ICE"]), ("office", ["Rikers + office*"]), ("stem", ["roll* back"])])
    assert phrases.find("police on ice") == set()
    assert phrases.find("ICE has offices on Rikers Island") == {"agency", "office"}
    assert phrases.find("the office") == set()
    assert phrases.find("rolling back") == {"stem"}
    assert phrases.span("so ICE came", ["agency"]) == (3, 6)
    assert phrases.span("nobody came", ["agency"]) is None


def test_a_statement_on_an_order_is_not_the_states() -> None:
    (found,) = find_citations("Statement on Executive Order 50 of 2025, ICE and Rikers")
    assert (found.kind, found.number, found.year) == ("EO", "50", 2025)
    assert list(find_citations("the State's Executive Order 50")) == []
