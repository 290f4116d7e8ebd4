"""What was written about a measure: the bibliography of the starter record, folded by story, on the pages."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import sqlalchemy as sa
from archive_builder import RULE, add, rows
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from tracker import facts, record
from tracker.config import load_config
from tracker.coverage.folding import KINDS, StoryLine, fold
from tracker.database import connect, upgrade, writing
from tracker.health import rules_of
from tracker.identifiers import parse
from tracker.models import Matter
from tracker.models.sources import LINK_KINDS, LINK_ROLES, Article, Coverage
from tracker.sync.archive import load_starter
from tracker.web import SiteSettings, create_app

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
BIBLIOGRAPHY = record.facts().coverage


def line(outlet: str, published_on: date | None, story: str = "", address: str = "") -> StoryLine:
    address = address or f"https://example.org/{outlet}/{published_on}"
    return StoryLine(
        f"By {outlet}", outlet, "news", address, published_on, "en", "main", "explicit", "Int 1", "press", story
    )


def client(engine: sa.Engine) -> FlaskClient:
    settings = SiteSettings("T", "", "", rules_of(load_config(None, {}), {}))
    return create_app(engine, clock=lambda: NOW, site=settings).test_client()


def text(engine: sa.Engine, path: str) -> str:
    answer = client(engine).get(path)
    assert answer.status_code == 200
    return " ".join(answer.get_data(as_text=True).split())


def test_copies_of_one_story_are_one_line_led_by_the_earliest() -> None:
    day = date(2025, 4, 9)
    first, copy, other = (
        line("City & State", day, "s1"),
        line("A copy", day + timedelta(1), "s1"),
        line("BK Reader", day),
    )
    (one, two) = fold([copy, other, first])
    assert {one.outlet, two.outlet} == {"City & State", "BK Reader"}
    lead = one if one.outlet == "City & State" else two
    assert [each.outlet for each in lead.others] == ["A copy"]


def test_stories_are_newest_first_and_those_without_a_date_last() -> None:
    dates = [date(2014, 10, 22), None, date(2026, 3, 5)]
    assert [each.published_on for each in fold(line("x", on) for on in dates)] == [dates[2], dates[0], None]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.none() | st.dates(), st.sampled_from(["", "s1", "s2"]))))
def test_no_article_is_lost_or_doubled_in_the_folding(given_lines: list[tuple[str, date | None, str]]) -> None:
    lines = [line(outlet, on, story, f"https://example.org/{n}") for n, (outlet, on, story) in enumerate(given_lines)]
    folded = fold(lines)
    addresses = [each.address for lead in folded for each in (lead, *lead.others)]
    assert sorted(addresses) == sorted(each.address for each in lines)
    assert fold(lines[::-1]) == folded


def test_every_entry_of_the_bibliography_is_whole() -> None:
    assert len({row.address for row in BIBLIOGRAPHY}) > 30
    for row in BIBLIOGRAPHY:
        assert urlsplit(row.address).scheme == "https" or urlsplit(row.address).scheme == "http"
        assert row.headline and row.outlet and row.evidence and len(row.evidence) <= 100
        assert (row.kind in KINDS, row.link_kind in LINK_KINDS, row.role in LINK_ROLES) == (True, True, True)
        assert not row.published_on or date.fromisoformat(row.published_on) <= NOW.date()


def test_every_measure_of_the_bibliography_has_a_number_and_most_are_in_the_record(shipped: sa.Engine) -> None:
    held = {matter.file_number for matter in rows(shipped, Matter)}
    named = {row.file_number for row in BIBLIOGRAPHY}
    assert {str(parse(number)) for number in named} == named
    assert len(named & held) > 3 * len(named - held)  # a few are about immigrants, and out of scope


def test_after_the_first_start_the_main_laws_show_who_reported_them(shipped: sa.Engine) -> None:
    page = text(shipped, "/matters/int-0486-2014")
    assert "Laws limiting cooperation with feds on immigration passes City Council" in page
    assert "Staten Island Advance" in page
    assert "Coverage without a known date" in page
    for slug in ("int-1412-2025", "int-1568-2017", "eo-50-2025", "eo-13-2026"):
        assert "the words" in text(shipped, f"/matters/{slug}")


def test_the_coverage_page_lists_each_piece_once_and_can_be_narrowed(shipped: sa.Engine) -> None:
    page = text(shipped, "/coverage")
    pieces = len({row.address for row in BIBLIOGRAPHY})
    assert f"told in {pieces} pieces" in page
    advocacy = len({row.story or row.address for row in BIBLIOGRAPHY if row.kind == "advocacy"})
    assert f"{advocacy} stories" in text(shipped, "/coverage?kind=advocacy")
    assert "Legal Aid Society" in text(shipped, "/coverage?outlet=Legal+Aid+Society")
    assert "No piece of that kind" in text(shipped, "/coverage?outlet=Nobody")


def test_the_bibliography_loaded_again_adds_nothing(shipped: sa.Engine) -> None:
    before = [tuple(row)[1:] for row in rows(shipped, Coverage)], len(rows(shipped, Article))
    with writing(shipped) as session:
        facts.store(session, record.facts(), NOW)
    assert ([tuple(row)[1:] for row in rows(shipped, Coverage)], len(rows(shipped, Article))) == before


def covered(folder: Path, **given: object) -> Iterator[sa.Engine]:
    """A shipped record with one article more, linked to Int 1412-2025."""
    engine = connect(f"sqlite:///{folder}/x.db")
    upgrade(engine)
    load_starter(engine, RULE, lambda: NOW)
    seen = {"source": "feed", "first_seen_at": NOW, "last_seen_at": NOW, "kind": "news", "published_on": NOW.date()}
    plain = {"outlet": "W", "headline": "A headline", "evidence": "x", "outcome": "published"} | given
    article = Article(
        id=900, address="https://example.org/w", outlet=plain["outlet"], headline=plain["headline"], **seen
    )
    link = Coverage(
        article_id=900,
        file_number="Int 1412-2025",
        kind="by-name",
        role="main",
        score=0.5,
        evidence=plain["evidence"],
        outcome=plain["outcome"],
        decided_by="press",
        decided_at=NOW,
    )
    add(engine, article, link)
    yield engine
    engine.dispose()


def test_what_waits_or_was_rejected_is_nowhere_to_be_seen(tmp_path: Path) -> None:
    for outcome in ("review", "rejected"):
        (folder := tmp_path / outcome).mkdir()
        for engine in covered(folder, headline="It waits for an editor", outcome=outcome):
            for path in ("/coverage", "/matters/int-1412-2025"):
                assert "It waits for an editor" not in text(engine, path)


def test_a_script_in_a_headline_is_only_words(tmp_path: Path) -> None:
    words = {"headline": "<script>alert(1)</script>", "outlet": "<b>W</b>", "evidence": "<img src=x onerror=alert(1)>"}
    for engine in covered(tmp_path, **words):
        for path in ("/coverage", "/matters/int-1412-2025"):
            page = text(engine, path)
            assert "&lt;script&gt;" in page
            assert "<script>" not in page and "<img src=x" not in page and "<b>W</b>" not in page
