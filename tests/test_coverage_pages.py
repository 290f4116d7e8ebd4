"""The pages of coverage and of outlets: filters, pages, copies under one line, strangers' words that stay words."""

import csv
import io
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from archive_builder import add
from flask.testing import FlaskClient

from tracker import record
from tracker.config import load_config
from tracker.coverage import outlets
from tracker.coverage.folding import KINDS
from tracker.coverage.stories import canonical, shown
from tracker.database import connect, reading, upgrade
from tracker.models.sources import Article, Coverage
from tracker.queries import coverage as queries_coverage
from tracker.queries.coverage import PAGE_SIZE, CoverageFilter
from tracker.web import SiteSettings, create_app

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
LAW, BILL = "Int 0486-2014", "Int 1412-2025"
HOSTILE = {
    "script": "<script>alert(1)</script>",
    "attribute": '" onmouseover="alert(1)',
    "template": "{{ 7 * 7 }}{% raw %}",
    "formula": '=HYPERLINK("https://example.org","x")',
    "bidi": "abc\u202e cba \u2066x",
    "comment": "]]></title><svg onload=alert(1)>",
    "huge": "word " * 2000,
}


def article(number: int, **more: object) -> Article:
    given = {
        "id": number, "address": f"https://example.org/{number}", "outlet": "The Wren", "kind": "news",
        "headline": f"Headline {number}", "published_on": date(2026, 1, 1) + timedelta(number % 300),
        "source": "news-feeds", "first_seen_at": NOW, "last_seen_at": NOW,
    }  # fmt: skip
    return Article(**given | more)


def link(number: int, file_number: str = BILL, **more: object) -> Coverage:
    given = {
        "article_id": number, "file_number": file_number, "kind": "by-name", "role": "main", "score": 0.9,
        "evidence": f"words {number}", "outcome": "published", "decided_by": "press", "decided_at": NOW,
    }  # fmt: skip
    return Coverage(**given | more)


@pytest.fixture
def engine(shipped_file: Path, tmp_path: Path) -> Iterator[sa.Engine]:
    shutil.copyfile(shipped_file, tmp_path / "x.db")
    engine = connect(f"sqlite:///{tmp_path}/x.db")
    yield engine
    engine.dispose()


@pytest.fixture
def client(engine: sa.Engine) -> FlaskClient:
    return create_app(engine, clock=lambda: NOW, site=SiteSettings()).test_client()


def text(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return " ".join(answer.get_data(as_text=True).split())


def headlines(client: FlaskClient, query: str) -> list[str]:
    return re.findall(r"<bdi>(Headline \d+)</bdi>", text(client, f"/coverage?outlet=The+Wren&{query}"))


# ---- the list ------------------------------------------------------------------------------------------------------


def test_coverage_is_narrowed_by_kind_measure_year_and_role(engine: sa.Engine, client: FlaskClient) -> None:
    add(engine, article(901), article(902, kind="opinion"), article(903, published_on=date(2014, 5, 1)), article(904))
    add(engine, link(901), link(902), link(903, LAW), link(904, LAW, role="background"), link(904, BILL))
    assert headlines(client, "kind=opinion") == ["Headline 902"]
    assert headlines(client, "measure=Int+0486-2014") == ["Headline 904", "Headline 903"]
    assert headlines(client, "year=2014") == ["Headline 903"]
    assert headlines(client, "role=background") == ["Headline 904"]
    assert headlines(client, "role=background&measure=Int+1412-2025") == []
    assert len(headlines(client, "kind=rumour&role=hero&year=abc&page=-1")) == 4  # what means nothing is left out


def test_copies_are_under_one_line_led_by_who_told_it_first(engine: sa.Engine, client: FlaskClient) -> None:
    later = {"story": "s", "published_on": date(2026, 3, 3), "outlet": "The Copyist"}
    add(engine, article(901, story="s", published_on=date(2026, 3, 2)), article(902, **later), link(901), link(902))
    page = text(client, "/coverage?year=2026&measure=Int+1412-2025")
    lead, copy = page.index("Headline 901"), page.index("Headline 902")
    assert lead < page.index("1 copy of it elsewhere") < copy
    with reading(engine) as session:
        found = queries_coverage.list_stories(session, CoverageFilter(outlets=("The Wren", "The Copyist")))
    assert (found.total, found.pieces) == (1, 2)


def test_a_piece_names_who_wrote_it_where_its_byline_is_known(engine: sa.Engine, client: FlaskClient) -> None:
    add(engine, article(901, author="Ann <b>Lee</b>"), article(902), link(901), link(902))
    page = text(client, "/coverage?outlet=The+Wren")
    assert page.count("By <bdi>") == 1
    assert "By <bdi>Ann &lt;b&gt;Lee&lt;/b&gt;</bdi>" in page
    table = csv.DictReader(io.StringIO(client.get("/coverage.csv").get_data(as_text=True), newline=""))
    told = {row["headline"]: row["author"] for row in table}
    assert (told["Headline 901"], told["Headline 902"]) == ("Ann <b>Lee</b>", "")
    assert "Ann &lt;b&gt;Lee" in text(client, "/matters/int-1412-2025")


def test_a_long_list_is_paged_and_keeps_its_questions(engine: sa.Engine, client: FlaskClient) -> None:
    add(engine, *(article(1000 + n) for n in range(PAGE_SIZE + 3)), *(link(1000 + n) for n in range(PAGE_SIZE + 3)))
    first, second = headlines(client, "kind=news"), headlines(client, "kind=news&page=2")
    assert (len(first), len(second)) == (PAGE_SIZE, 3)
    assert not set(first) & set(second)
    assert headlines(client, "kind=news&page=99") == second  # past the end is the end
    page = text(client, "/coverage?outlet=The+Wren&kind=news")
    assert 'rel="next" href="/coverage?outlet=The+Wren&amp;kind=news&amp;page=2"' in page


def test_a_page_of_an_outlet_leads_to_the_next_and_no_name_in_an_address_breaks_it(
    engine: sa.Engine, client: FlaskClient
) -> None:
    add(engine, *(article(1000 + n) for n in range(PAGE_SIZE + 1)), *(link(1000 + n) for n in range(PAGE_SIZE + 1)))
    assert 'rel="next" href="/outlets/the-wren?page=2"' in text(client, "/outlets/the-wren")
    assert len(re.findall(r"<bdi>Headline", text(client, "/outlets/the-wren?page=2"))) == 1
    page = text(client, "/outlets/the-wren?slug=x&endpoint=y&_anchor=z&_scheme=ftp&_external=1&page=1")
    assert 'href="/outlets/the-wren?page=2"' in page


def test_pieces_about_the_policy_stand_under_their_own_filter_and_on_no_measures_page(
    engine: sa.Engine, client: FlaskClient
) -> None:
    add(engine, article(901, topic=True), article(902, topic=True), article(903, topic=True), article(904))
    add(engine, link(902), link(903, outcome="review"))
    assert headlines(client, "about=policy") == ["Headline 903", "Headline 901"]
    assert headlines(client, "about=policy&measure=Int+1412-2025&role=main") == ["Headline 903", "Headline 901"]
    assert headlines(client, "") == ["Headline 902"]
    for slug in ("int-1412-2025", "int-0486-2014"):
        page = text(client, f"/matters/{slug}")
        assert "Headline 901" not in page and "Headline 903" not in page
    assert "Headline 901" not in text(client, "/")
    assert "Headline 901" not in text(client, "/coverage.csv")


def test_the_words_are_there_on_demand(engine: sa.Engine, client: FlaskClient) -> None:
    add(engine, article(901), link(901, evidence="the jails act of 2025"))
    page = text(client, "/coverage?outlet=The+Wren")
    assert "<summary>The words that say so</summary>" in page and "the jails act of 2025" in page


def test_coverage_as_csv_holds_each_published_link(engine: sa.Engine, client: FlaskClient) -> None:
    add(engine, article(901, shown_address="http://www.example.org/901"), link(901), link(901, LAW, outcome="rejected"))
    rows = list(csv.DictReader(io.StringIO(client.get("/coverage.csv").get_data(as_text=True), newline="")))
    (row,) = [row for row in rows if row["outlet"] == "The Wren"]
    assert (row["address"], row["file_number"], row["decided_by"]) == ("http://www.example.org/901", BILL, "rule")
    assert {row["decided_by"] for row in rows} == {"rule", "starter"}


# ---- the front page ------------------------------------------------------------------------------------------------


def test_the_front_page_counts_stories_by_year_in_the_drawing_and_in_words(client: FlaskClient) -> None:
    page = text(client, "/")
    bars = dict(re.findall(r"<title>(\d{4}): (\d+) stor(?:y|ies)</title></rect>", page))
    words = dict(re.findall(r"<li>(\d{4}): (\d+) stor(?:y|ies)</li>", page))
    assert bars == words and {"2014", "2025", "2026"} <= set(bars)
    dated = {row.story or row.address: "" for row in record.facts().coverage if row.published_on[:4] == "2014"}
    assert int(bars["2014"]) == len(dated)


def test_without_coverage_there_is_no_band_and_no_heading(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path}/empty.db")
    upgrade(engine)
    page = text(create_app(engine, clock=lambda: NOW).test_client(), "/")
    assert "Latest coverage" not in page and "Stories each year" not in page
    engine.dispose()


def test_the_latest_five_stories_stand_on_the_front_page(engine: sa.Engine, client: FlaskClient) -> None:
    newest = NOW.date()
    add(
        engine,
        *(article(900 + n, published_on=newest - timedelta(n)) for n in range(7)),
        *(link(900 + n) for n in range(7)),
    )
    add(engine, article(990, published_on=None), link(990))
    assert re.findall(r"Headline \d+", text(client, "/")) == [f"Headline {900 + n}" for n in range(5)]


# ---- outlets -------------------------------------------------------------------------------------------------------


def test_every_outlet_of_the_record_and_of_the_settings_is_known_by_one_name() -> None:
    named = {(row.outlet, row.address) for row in record.facts().coverage}
    named |= {(feed.outlet, feed.address) for feed in load_config(None, {}).news.feeds}
    for name, address in named:
        assert name in outlets.known(), name
        assert outlets.name_of(address, name) == name


def test_what_is_said_of_outlets_is_whole_and_every_owner_has_a_source() -> None:
    known = outlets.known().values()
    hosts = [host for outlet in known for host in outlet.hosts]
    assert len(hosts) == len(set(hosts))
    assert len({outlet.slug for outlet in known}) == len(known) > 45
    for outlet in known:
        assert outlet.kind in KINDS
        assert all(urlsplit(canonical(f"https://{host}/")).hostname == host for host in outlet.hosts)
        assert bool(outlet.owner) == bool(outlet.source), outlet.name
        assert not outlet.source or urlsplit(outlet.source).scheme == "https"
        assert not outlet.since or 1800 <= int(outlet.since) <= 2026


def test_a_host_gives_the_name_and_a_strange_one_keeps_what_it_is_called() -> None:
    assert outlets.name_of("https://www.abc7ny.com/x", "WABC") == "ABC7 New York"
    assert outlets.name_of("https://m.gothamist.com/x", "gothamist.com") == "Gothamist"
    assert outlets.name_of("https://bronx.news12.com/x", "") == "News 12 Bronx"
    assert outlets.name_of("https://wren.example.org/x", "The Wren") == "The Wren"
    assert outlets.name_of("https://wren.example.org/x", "") == "wren.example.org"
    assert outlets.name_of("nonsense", "The Wren") == "The Wren"


def test_an_outlets_page_says_who_owns_it_and_lists_its_stories(client: FlaskClient) -> None:
    page = text(client, "/outlets/staten-island-advance")
    assert "Advance Publications, as far as we know" in page
    assert "Laws limiting cooperation with feds on immigration passes City Council" in page
    assert 'href="/matters/int-0486-2014"' in page
    assert "Owner not recorded" in text(client, "/outlets/city-and-state")
    assert "None is linked to a measure" in text(client, "/outlets/gothamist")
    assert client.get("/outlets/nobody").status_code == 404


def test_an_outlet_that_nobody_described_has_a_page_too(engine: sa.Engine, client: FlaskClient) -> None:
    add(engine, article(901, outlet="日本新聞"), link(901), article(902, outlet="日本新聞", topic=True))
    slug = outlets.slug_of("日本新聞")
    page = text(client, f"/outlets/{slug}")
    assert "日本新聞" in page and "Headline 901" in page and "1 story about the policy as a whole" in page
    assert f'href="/outlets/{slug}"' in text(client, "/outlets")
    assert f'href="/outlets/{slug}"' in text(client, "/matters/int-1412-2025")


# ---- addresses -----------------------------------------------------------------------------------------------------


def test_an_address_is_held_canonical_and_shown_as_its_outlet_writes_it(engine: sa.Engine) -> None:
    with reading(engine) as session:
        held = session.execute(sa.select(Article.address, Article.shown_address)).all()  # type: ignore[call-overload]
    given = {row.address for row in record.facts().coverage}
    assert {row.shown_address for row in held} == {shown(address) for address in given}
    assert all(row.address == canonical(row.shown_address) for row in held)


@pytest.mark.parametrize(
    ("published", "link_to"),
    [
        ("http://www.example.org/a/?utm_source=x&id=2#top", "http://www.example.org/a/?id=2"),
        ("https://user:pass@example.org/a", "https://example.org/a"),
        ("https://www.google.com/amp/s/example.org/a", "https://example.org/a"),
        ("https://example.org:8443/a", "https://example.org:8443/a"),
        (" https://example.org/a ", "https://example.org/a"),
        ("https://[broken", "https://[broken"),
    ],
)
def test_the_address_of_a_link_loses_only_what_follows_the_reader(published: str, link_to: str) -> None:
    assert shown(published) == link_to
    assert canonical(shown(published)) == canonical(published)


# ---- words of strangers --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", HOSTILE.values(), ids=HOSTILE)
def test_hostile_words_are_harmless_on_every_page(engine: sa.Engine, client: FlaskClient, words: str) -> None:
    add(
        engine,
        article(901, headline=words, outlet=words, excerpt=words, language=words[:20], story="s",
                published_on=NOW.date()),
        article(902, headline=words, outlet=words, story="s", published_on=NOW.date(), address="javascript:alert(1)"),
        article(903, headline=words, outlet=words, topic=True),
        link(901, evidence=words), link(902, evidence=words),
    )  # fmt: skip
    slug = outlets.slug_of(words)
    for path in ("/", "/coverage", "/coverage?about=policy", "/outlets", f"/outlets/{slug}", "/matters/int-1412-2025"):
        answer = client.get(path)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 200
        data = page.count('<script type="application/ld+json">')  # the page's own block, which nothing runs
        assert page.count("<script") == data <= 1 and "<svg onload" not in page and 'onmouseover="' not in page
        assert 'href="javascript:' not in page and ">49<" not in page
        assert "\u202e" not in page and "\u2066" not in page
    body = client.get("/coverage.csv").get_data(as_text=True)
    assert "\u202e" not in body
    rows = list(csv.reader(io.StringIO(body, newline="")))
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
