"""The Mayor's news: what is left out and by which rule, and the sentence that is shown."""

from pathlib import Path
from typing import Any

import orjson
import pytest
from upstream.nyc_gov_pages import FakeSite

from scrapers.errors import NothingFound, SourceMissing
from scrapers.mayor_news import EXCERPT, excerpt, is_spanish, is_transcript, releases
from scrapers.nyc_gov import Site, Unread, model_address
from scrapers.records import ReleaseRecord

HOST = "https://www.nyc.gov"
EO_13 = {
    "link": "/mayors-office/news/2026/02/executive-order-13.html",
    "title": "Executive Order No. 13",
    "date": "2026-02-06",
    "types": ["press-releases"],
    "blocks": ["WHEREAS, trees are many"],
}
AUDIT = {
    "link": "/mayors-office/news/2026/02/mayor-releases-report-on-tree-count-audit-findin.html",
    "title": "Mayor Releases Executive Order 13 Report of Audit Findings",
    "date": "2026-02-20",
    "types": ["press-releases"],
    "blocks": [
        "What you should know",
        "Agencies will count the trees of every street in all five boroughs",
        "NEW YORK – Today, the Mayor released a report. It has findings.",
    ],
}
TYPES = ("press-releases", "statements")


def news(site: FakeSite, **more: Any) -> list[ReleaseRecord | Unread]:
    return list(releases(Site(site, HOST), TYPES, "2026-01-26", "2026-02-25", **more))


def test_a_release_is_its_headline_address_date_and_first_point() -> None:
    (found,) = news(FakeSite([AUDIT]))
    assert isinstance(found, ReleaseRecord)
    assert found.address == HOST + AUDIT["link"]
    assert (found.title, found.published_on, found.kind) == (AUDIT["title"], "2026-02-20", "press-releases")
    assert found.excerpt == "Agencies will count the trees of every street in all five boroughs"
    assert found.text.startswith("What you should know\n\nAgencies")


def test_the_audit_release_and_the_proclamation_give_their_first_sentences(data: Path) -> None:
    first: dict[str, str] = {}
    for name in ("eo13_audit_release_item.json", "proclamation_of_election_item.json"):
        item = orjson.loads((data / "mayor" / name).read_bytes())
        first[name] = excerpt(item["text"].split("\n"))
    assert first["eo13_audit_release_item.json"].startswith("Agencies will strengthen protections")
    assert first["proclamation_of_election_item.json"].startswith("As a result of the resignation")
    assert first["proclamation_of_election_item.json"].endswith("third Council district.")


def test_orders_transcripts_and_spanish_copies_are_left_out_unasked_for() -> None:
    out = [
        EO_13,
        AUDIT
        | {"link": "/mayors-office/news/2026/02/ranscript--mayor-speaks.html", "title": "Transcript: Mayor Speaks"},
        AUDIT | {"link": "/mayors-office/news/2026/02/arboles-sp.html", "title": "Report of the Audit"},
    ]
    site = FakeSite([*out, AUDIT])
    assert [found.title for found in news(site)] == [AUDIT["title"]]
    assert not [address for address in site.asked if "ranscript" in address or "arboles" in address]


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Alcalde Mamdani anuncia medidas", "x"),
        ("La ciudad de Nueva York y los hospitales para todos", "x"),
        ("Mayor Announces", "mayor-announces-sp"),
        ("Mayor Announces", "mayor-announces-spanish"),
    ],
)
def test_a_spanish_copy_is_known_by_its_slug_or_by_its_words(title: str, slug: str) -> None:
    assert is_spanish(title, slug)


@pytest.mark.parametrize(
    "title",
    [
        "Mayor Appoints Carmen De La Rosa",
        "Mayor de Blasio and El Museo Announce Plan",
        "Open Streets Return to Los Sures",
    ],
)
def test_an_english_title_with_spanish_names_is_english(title: str) -> None:
    assert not is_spanish(title, "mayor-appoints-carmen-de-la-rosa")


def test_a_transcript_is_known_although_the_city_loses_a_letter() -> None:
    assert is_transcript("Transcript: Mayor Mamdani") and is_transcript("Mayor Speaks", "ranscript--mayor-speaks")
    assert not is_transcript("Mayor Releases Transcripts Policy", "mayor-releases")


@pytest.mark.parametrize(
    ("blocks", "said"),
    [
        ([], ""),
        (["Download Letter", "FOR IMMEDIATE RELEASE", "Short line"], ""),
        (
            ["NEW YORK, NY – Mayor J. Doe met Dr. Roe of St. Mary today. They spoke."],
            "Mayor J. Doe met Dr. Roe of St. Mary today.",
        ),
        (
            ["“We will count every single tree,” said the Mayor. More follows."],
            "“We will count every single tree,” said the Mayor.",
        ),
    ],
)
def test_the_excerpt_is_the_first_real_sentence(blocks: list[str], said: str) -> None:
    assert excerpt(blocks) == said


def test_a_long_sentence_is_cut_between_words() -> None:
    said = excerpt(["word " * 100])
    assert len(said) <= EXCERPT and said.endswith("word…")


def test_what_is_known_is_not_fetched_again() -> None:
    site = FakeSite([AUDIT])
    assert news(site, known={HOST + AUDIT["link"]}) == []
    assert len(site.asked) == len(TYPES)


def test_one_article_under_two_types_is_one_release() -> None:
    both = AUDIT | {"types": ["press-releases", "statements"]}
    assert [found.kind for found in news(FakeSite([both])) if isinstance(found, ReleaseRecord)] == ["press-releases"]


def test_one_bad_article_is_told_and_the_others_come() -> None:
    link = HOST + AUDIT["link"]
    failing = {model_address(link): SourceMissing(link, "404"), link: SourceMissing(link, "it is gone")}
    other = AUDIT | {"link": "/mayors-office/news/2026/02/other.html", "date": "2026-02-01"}
    bad, good = news(FakeSite([AUDIT, other], failing=failing))
    assert bad == Unread(link, str(AUDIT["title"]), f"{link}: it is gone")
    assert isinstance(good, ReleaseRecord)


def test_a_month_without_news_is_an_error() -> None:
    with pytest.raises(NothingFound, match="never silent"):
        news(FakeSite([]))
