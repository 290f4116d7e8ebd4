"""Which addresses are one page, and which pages are one story; what must not be folded is most of it."""

import random
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.news_feeds import StoryRecord
from tracker.coverage.stories import Group, canonical, fold, headline, outlet_of, same_story


class Telling(NamedTuple):
    title: str
    outlet: str = "Gothamist"
    published_on: str = "2026-01-29"
    address: str = ""


# Addresses

PLAIN = "https://amny.com/politics/veto"


@pytest.mark.parametrize(
    "address",
    [
        PLAIN,
        "http://www.amny.com/politics/veto/",
        "https://WWW.AMNY.COM:443/politics/veto",
        "http://amny.com:80/politics//veto/",
        "https://m.amny.com/politics/veto",
        "https://amp.amny.com/politics/veto",
        "https://www.amny.com/politics/veto/amp/",
        "https://www.amny.com/amp/politics/veto",
        "https://www.amny.com/politics/veto.amp",
        "https://www.amny.com/politics/veto?amp=1",
        "https://www.amny.com/politics/veto?outputType=amp",
        "https://www.google.com/amp/s/www.amny.com/politics/veto/amp/",
        "https://www-amny-com.cdn.ampproject.org/c/s/www.amny.com/politics/veto?amp=1",
        "https://www.google.com/amp/s/www-amny-com.cdn.ampproject.org/c/s/www.amny.com/politics/veto",
        "https://www.amny.com/politics/veto/index.html",
        "https://www.amny.com/politics/veto#comments",
        "https://user@www.amny.com/politics/veto",
        "https://amny.com./politics/veto",
        "https://www.amny.com/politics/%76eto?",
        " https://www.amny.com/politics/veto?utm_source=rss&utm_medium=feed&fbclid=x&gclid=y&mc_cid=z&smid=tw&ref=a\n",
    ],
)
def test_one_page_has_one_address(address: str) -> None:
    assert canonical(address) == PLAIN


@pytest.mark.parametrize(
    ("address", "known"),
    [
        ("https://nytimes.com/a?b=2&a=1", "https://nytimes.com/a?a=1&b=2"),
        ("https://abcnews.go.com/US/veto/story?id=107604934", "https://abcnews.go.com/US/veto/story?id=107604934"),
        ("https://www.europesays.com/us/?p=557373", "https://europesays.com/us?p=557373"),
        ("https://x.org/index.php?p=12", "https://x.org?p=12"),
        ("https://x.org:8443/a", "https://x.org:8443/a"),
        ("https://x.org/a?q=%e2%80%99&r=a+b", "https://x.org/a?q=%E2%80%99&r=a+b"),
        ("https://x.org/Avilés", "https://x.org/Avil%C3%A9s"),
        ("https://bücher.example/a", "https://xn--bcher-kva.example/a"),
        ("https://x.org/100%", "https://x.org/100%25"),
        ("https://x.org/example/amplify", "https://x.org/example/amplify"),
        ("https://amp.org/a", "https://amp.org/a"),
        ("https://www.gov/a", "https://www.gov/a"),
        ("https://x.org/?reference=7", "https://x.org?reference=7"),
        ("https://google.com/about", "https://google.com/about"),
        ("https://x.org/PATH", "https://x.org/PATH"),
        ("https://[::1]/a/", "https://[::1]/a"),
        (f"https://{'a' * 70}.org/é", f"https://{'a' * 70}.org/%C3%A9"),
    ],
)
def test_what_belongs_to_an_address_stays(address: str, known: str) -> None:
    assert canonical(address) == known


@pytest.mark.parametrize(
    "address", ["", "mailto:a@b.example", "javascript:alert(1)", "https://[x", "https://x:y/a", "Int 1412"]
)
def test_what_is_no_address_of_the_web_is_given_back(address: str) -> None:
    assert canonical(f" {address} ") == address


PIECES = st.sampled_from([
    "https://", "http://", "www.", "m.", "amp.", "x.org", "google.com", "cdn.ampproject.org", "/amp", "/amp/s/",
    "/c/s/", "/", "//", "?", "&", "#", "%", "%41", "%2%35", "%2F", "=", "amp=1", "utm_x=1", "id=2", ":443", ":", "@",
    "[", "]", ".", "index.html", ".amp", "é", " ", "A", "\t",
])  # fmt: skip


@given(st.lists(PIECES, max_size=14).map("".join) | st.text() | st.text().map("https://x.org/".__add__))
def test_doing_it_twice_changes_nothing(address: str) -> None:
    assert canonical(canonical(address)) == canonical(address)


def test_an_outlet_is_known_by_its_host_or_one_above_it() -> None:
    outlets = {"nytimes.com": "The New York Times", "council.nyc.gov": "City Council", "nyc.gov": "City of New York"}
    assert outlet_of("https://www.nytimes.com/2026/01/29/nyregion/veto.html", outlets) == "The New York Times"
    assert outlet_of("https://cooking.nytimes.com/x", outlets) == "The New York Times"
    assert outlet_of("https://council.nyc.gov/press/2026/01/29/1/", outlets) == "City Council"
    assert outlet_of("https://comptroller.nyc.gov/x", outlets) == "City of New York"
    assert outlet_of("https://notnytimes.com/x", outlets) == "notnytimes.com"
    assert outlet_of("https://www.google.com/amp/s/www.nytimes.com/x", outlets) == "The New York Times"
    assert outlet_of("nowhere", outlets) == outlet_of("https://[", outlets) == ""


# Headlines


def test_a_headline_is_its_words() -> None:
    told = Telling("L.A.’s “Sanctuary–City” Law: New York City Reacts | Hell Gate", "Hell Gate")
    assert headline(told) == ("la", "sanctuary", "city", "law", "nyc", "reacts")


def test_only_the_own_name_is_taken_off_a_headline() -> None:
    assert headline(Telling("Veto - New York Post", "New York Post")) == ("veto",)
    assert headline(Telling("Veto - what comes next", "New York Post")) == ("veto", "what", "comes", "next")


def test_cyrillic_letters_that_look_like_latin_ones_are_read_as_those() -> None:
    assert headline(Telling("Mаyоr ѕіgnѕ ІСЕ bіll")) == ("mayor", "signs", "ice", "bill")
    assert headline(Telling("Мэр подписал"))[1] == "подписал"


VETO = "Adams blocks street vending, ICE and police oversight bills in last-day veto blitz"
POWER = "NYC Council gives itself power to sue Mayor Adams over ICE on Rikers, citing Trump concerns"


def same(first: str, second: str, second_on: str = "2026-01-30") -> str:
    one, other = Telling(first), Telling(second, "A Copy", second_on)
    assert same_story(one, other) == same_story(other, one)
    return same_story(one, other)


def test_the_same_headline_within_a_week_is_the_same_story() -> None:
    assert same(VETO, VETO.upper(), "2026-02-05") == "the same headline within 7 days"
    assert same(VETO, VETO, "2026-02-06") == ""


def test_the_same_headline_without_a_date_must_say_more() -> None:
    assert same(VETO, VETO, "") == "the same headline"
    assert same("Council overrides veto again", "Council overrides veto again") != ""
    assert same("Council overrides veto again", "Council overrides veto again", "") == ""


def test_a_short_headline_says_too_little() -> None:
    assert same("Letters to the Editor", "Letters to the Editor") == ""
    assert same("", "") == ""


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (POWER, POWER.replace("Rikers", "Rikers Island")),
        (POWER, POWER.replace("concerns", "concern")),
        (
            "L.A. City Council moves ‘sanctuary city’ ordinance forward",
            "LA City Council moves forward “sanctuary city” ordinance",
        ),
        (
            "‘This Is Not a Request’: ICE Ups Ante in Standoff With New York City Over ‘Sanctuary Policies’",
            "ICE Ups Ante In Standoff With NYC: ‘This Is Not A Request’",
        ),
    ],
)
def test_headlines_that_differ_in_nothing_that_matters_are_the_same_story(first: str, second: str) -> None:
    assert same(first, second) == "nearly the same headline"
    assert same(first, second, "2026-02-02") == ""


BILL = "City Council signs off on bill to keep ICE out of Rikers jails this year"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (BILL, BILL.replace("signs off on", "votes down")),
        (BILL, f"{BILL}, mayor vetoes"),
        (BILL, f"{BILL}, judge rules"),
        (BILL, BILL.replace("to keep", "not to keep")),
        (BILL, f"{BILL} again"),
        (BILL, BILL.replace("bill", "bill 1412")),
        (BILL, BILL.replace("City Council", "State Senate")),
        (BILL, BILL.replace("ICE", "NYPD")),
        (BILL, BILL.replace("Rikers", "borough")),
        (BILL, BILL.replace("keep ICE out of", "let ICE into")),
        ("Mayor Adams sues City Council over law that bars ICE from Rikers Island jail complex",
         "City Council sues Mayor Adams over law that bars ICE from Rikers Island jail complex"),
        ("Adams backs council against Hochul in long fight over ICE and Rikers Island jail complex",
         "Hochul backs council against Adams in long fight over ICE and Rikers Island jail complex"),
        ("Mayor signs Executive Order 50 on immigration authorities at Rikers Island jails",
         "Mayor signs Executive Order 13 on immigration authorities at Rikers Island jails"),
        ("Council passes law that protects documented immigrants in city jails, hospitals, schools",
         "Council passes law that protects undocumented immigrants in city jails, hospitals, schools"),
        ("It’s Official: New Jersey Is a Sanctuary State", "It’s official: New Jersey is now a Sanctuary State!"),
    ],
)  # fmt: skip
def test_headlines_that_differ_in_what_happened_are_two_stories(first: str, second: str) -> None:
    assert same(first, second) == ""


def test_a_column_keeps_its_headline_and_is_a_story_every_time() -> None:
    column = "This week at the City Council: hearings, votes and vetoes"
    monday = Telling(column, "City & State", "2026-01-26", "https://x.org/1")
    tuesday = monday._replace(published_on="2026-01-27", address="https://x.org/2")
    later = monday._replace(published_on="2026-02-02", address="https://x.org/3")
    assert same_story(monday, tuesday) == "the same headline at one outlet within a day"
    assert same_story(monday, later) == ""
    assert same_story(monday, later._replace(published_on="")) == ""


# Folding


def at(number: int, title: str, outlet: str, day: str) -> Telling:
    return Telling(title, outlet, day, f"https://{outlet.lower().replace(' ', '')}.example/{number}")


STORY = [
    at(1, VETO, "Copyist", "2025-12-31"),
    at(2, VETO, "Gothamist", "2025-12-31"),
    at(3, VETO, "Ash Forum", "2026-01-04"),
    at(4, "Something else entirely happened in Albany today", "Copyist", "2026-01-01"),
    at(5, VETO, "Undated", ""),
]


def test_a_group_has_its_earliest_telling_for_a_lead_and_says_why_each_copy_is_one() -> None:
    first, second = fold(STORY)
    assert first.lead.outlet == "Copyist"
    assert [(copy.story.outlet, copy.because) for copy in first.copies] == [
        ("Gothamist", "the same headline within 7 days"),
        ("Ash Forum", "the same headline within 7 days"),
        ("Undated", "the same headline"),
    ]
    assert second == Group(STORY[3])


def test_an_original_outlet_leads_even_where_a_copy_is_dated_before_it() -> None:
    first, _ = fold(STORY, originals={"Gothamist"})
    assert first.lead.outlet == "Gothamist"
    assert [copy.story.outlet for copy in first.copies] == ["Copyist", "Ash Forum", "Undated"]


def test_one_address_is_one_story_whatever_its_headline_became() -> None:
    before = Telling("Council to vote", "amNY", "2026-01-29", "https://www.amny.com/a/?utm_source=rss")
    after = Telling("Council overrides veto, 44 to 7", "amNY", "2026-01-30", "https://amny.com/a/amp/")
    (group,) = fold([after, before])
    assert (group.lead, group.copies[0].story, group.copies[0].because) == (before, after, "the same address")


def test_a_copy_of_the_later_headline_of_one_address_is_found() -> None:
    before = Telling("Council to vote", "amNY", "2026-01-29", "https://www.amny.com/a/")
    after = before._replace(title="City Council overrides veto, 44 to 7", published_on="2026-01-30")
    copy = Telling(after.title, "A Copy", "2026-01-31", "https://copy.example/a")
    assert len(fold([copy, before, after])) == 1


def test_small_steps_lead_from_no_story_to_another() -> None:
    weekly = [at(n, VETO, f"Outlet {n}", f"2026-01-{5 + 5 * n:02d}") for n in range(4)]
    assert [1 + len(group.copies) for group in fold(weekly)] == [2, 2]


def test_stories_without_addresses_are_not_one() -> None:
    assert len(fold([Telling("A veto of some bill"), Telling("Another thing happened")])) == 2


def test_stories_that_all_link_to_the_front_page_are_not_one() -> None:
    first = Telling("A veto of some bill", address="https://www.amny.com/?utm_source=rss")
    assert len(fold([first, first._replace(title="Another thing happened")])) == 2


def test_what_the_roads_to_news_return_can_be_folded() -> None:
    record = StoryRecord("https://x.org/a", VETO, "X", "", "", "2026-01-01", "en", "", "", "news")
    assert fold([record])[0].lead is record
    assert fold([]) == []


TELLINGS = st.builds(
    at, st.integers(1, 3), st.sampled_from([VETO, POWER, POWER.replace("Rikers", "Rikers Island"), "Short", BILL]),
    st.sampled_from(["A", "B", "C"]), st.sampled_from(["", "2026-01-01", "2026-01-03", "2026-01-09", "soon"]),
)  # fmt: skip


@given(st.lists(TELLINGS, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_the_stories_makes_no_difference_and_none_is_lost(
    tellings: list[Telling], chance: random.Random
) -> None:
    shuffled = list(tellings)
    chance.shuffle(shuffled)
    groups = fold(tellings, {"B"})
    assert fold(shuffled, {"B"}) == groups
    members = [each for group in groups for each in (group.lead, *(copy.story for copy in group.copies))]
    assert sorted(members) == sorted(tellings)


def test_no_two_real_stories_are_folded_into_one_and_their_plain_copies_are_found(data: Path) -> None:
    """Against the labels of 225 real items, most of them rewritten: 8 of 8 groups are right, and hold 11 pairs."""
    labels = {row["id"]: row.get("story", row["id"]) for row in rows(data / "news" / "labels.jsonl")}
    ids: dict[Telling, str] = {}
    for row in rows(data / "news" / "articles.jsonl"):
        day = row["published"] or ""
        told = Telling(row["title"] or "", row["outlet"], day if len(day) == 10 else "", row["url"] or "")
        ids[told] = labels[row["id"]]
    pairs = [
        pair for group in fold(ids) for pair in combinations((group.lead, *(copy.story for copy in group.copies)), 2)
    ]
    assert [pair for pair in pairs if ids[pair[0]] != ids[pair[1]]] == []
    assert len(pairs) >= 11


def rows(file: Path) -> list[dict[str, str]]:
    return [orjson.loads(line) for line in file.read_bytes().splitlines()]
