"""News sitemaps: a list of stories or an index of lists, plain or packed, and what they must not be taken for."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from upstream import faults
from upstream.news_pages import HOST, Shelf, answer, client, sitemap, sitemap_index
from upstream.server import Reply, Request, Upstream

from scrapers.errors import FetchFailed, NothingFound, PageChanged, Refused, Stopped
from scrapers.news_sitemaps import PARTS, STORIES, parse_index, parse_sitemap, read_sitemap
from scrapers.news_stories import Feed

NEWS = f"{HOST}/news-sitemap.xml"
OVERRIDE = {
    "title": "Council overrides veto of ‘Safer Sanctuary’ bill",
    "link": f"{HOST}/2026/01/29/override/",
    "date": "2026-01-29T22:30:00-05:00",
}


def parsed(body: str | bytes, kind: str = "application/xml") -> Feed:
    return parse_sitemap(answer(body, kind, NEWS), "An Outlet")


def titles(read: Feed) -> list[str]:
    return [each.title for each in read.stories]


# One sitemap


def test_a_story_is_its_headline_address_moment_and_language() -> None:
    (found,) = parsed(sitemap([OVERRIDE])).stories
    assert (found.title, found.address, found.outlet) == (OVERRIDE["title"], OVERRIDE["link"], "An Outlet")
    assert (found.published_at, found.published_on) == ("2026-01-30T03:30:00+00:00", "2026-01-29")
    assert (found.kind, found.language, found.excerpt, found.doubts) == ("news", "en", "", ())


def test_the_language_is_the_publications() -> None:
    (found,) = parsed(sitemap([OVERRIDE | {"language": "es"}])).stories
    assert found.language == "es"


def test_a_headline_is_plain_text_unescaped_once() -> None:
    (found,) = parsed(sitemap([OVERRIDE | {"title": "<script>x</script>Veto &amp; <b>override</b>"}])).stories
    assert found.title == "Veto & override"


@pytest.mark.parametrize("date", ["", "yesterday", "2036-01-01", "0001-01-01"])
def test_a_date_that_cannot_be_right_is_left_out_and_told(date: str) -> None:
    read = parsed(sitemap([OVERRIDE | {"date": date}]))
    assert read.stories[0].published_on == ""
    assert read.doubts[0].startswith(f"{OVERRIDE['title']}: it ")


def test_a_page_that_is_there_twice_counts_once() -> None:
    assert len(parsed(sitemap([OVERRIDE, OVERRIDE])).stories) == 1


def test_a_page_of_another_host_is_left_out_and_told() -> None:
    read = parsed(sitemap([OVERRIDE | {"link": "https://other.example/a"}, OVERRIDE]))
    assert titles(read) == [OVERRIDE["title"]]
    assert read.doubts == ("https://other.example/a: a page of another host; left out",)


def test_www_is_no_other_host() -> None:
    link = OVERRIDE["link"].replace("news.example", "www.news.example")
    assert len(parsed(sitemap([OVERRIDE | {"link": link}])).stories) == 1


def test_a_page_without_a_headline_beside_stories_is_passed_over() -> None:
    assert titles(parsed(sitemap([{"link": f"{HOST}/about"}, OVERRIDE]))) == [OVERRIDE["title"]]


def test_another_edition_of_the_namespace_is_read() -> None:
    body = sitemap([OVERRIDE], news="http://www.google.com/schemas/sitemap-news/1.0")
    assert titles(parsed(body)) == [OVERRIDE["title"]]


def test_a_sitemap_without_any_headline_is_told_to_be_of_no_use() -> None:
    with pytest.raises(PageChanged, match="plain sitemap without headlines"):
        parsed(sitemap([{"link": f"{HOST}/about"}]))


def test_an_empty_sitemap_is_an_error_and_never_no_news() -> None:
    with pytest.raises(NothingFound, match="names no page"):
        parsed(sitemap([]))


def test_of_a_sitemap_that_is_too_long_the_first_1000_stories_are_read() -> None:
    read = parsed(sitemap([OVERRIDE | {"link": f"{HOST}/{n}"} for n in range(STORIES + 1)]))
    assert len(read.stories) == STORIES
    assert read.doubts == (f"the feed has {STORIES + 1} entries; the first {STORIES} were read",)


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("<!DOCTYPE html><html><body>Moved<br></body></html>", "an HTML page"),
        ("", "application/xml"),
        (sitemap([OVERRIDE])[:-20], "application/xml"),
        (sitemap([OVERRIDE]).replace("‘Safer", "& Safer"), "application/xml"),
        ("<rss></rss>", "rss"),
        (sitemap_index([(NEWS, "")]), "sitemapindex"),
    ],
)
def test_what_is_no_whole_sitemap_is_a_change_of_the_source(body: str, what: str) -> None:
    with pytest.raises(PageChanged, match=f"there must be a sitemap and there is {what}"):
        parsed(body)


def test_entities_of_files_and_entities_that_multiply_give_nothing(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("s3cr3t")
    bomb = "".join(f'<!ENTITY b{n} "{f"&b{n - 1};" * 10}">' for n in range(1, 10))
    for entity in ("&x;", "&b9;"):
        head = f'<!DOCTYPE urlset [<!ENTITY b0 "ha">{bomb}<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
        body = sitemap([OVERRIDE]).replace("?><urlset", f"?>{head}<urlset").replace("Council", entity)
        with pytest.raises(PageChanged):
            parsed(body)


# Packed


def test_a_packed_sitemap_is_read() -> None:
    assert titles(parsed(gzip.compress(sitemap([OVERRIDE]).encode()), "application/gzip")) == [OVERRIDE["title"]]


def test_a_packed_sitemap_without_its_end_is_refused() -> None:
    with pytest.raises(FetchFailed, match="breaks off in the middle"):
        parsed(gzip.compress(sitemap([OVERRIDE]).encode())[:-30], "application/gzip")


def test_a_damaged_packed_sitemap_is_refused() -> None:
    with pytest.raises(FetchFailed, match="cannot be unpacked"):
        parsed(b"\x1f\x8bnothing", "application/gzip")


def test_a_small_file_that_unpacks_to_a_large_one_is_refused() -> None:
    pack = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    body = b"".join(pack.compress(b" " * (1 << 20)) for _ in range(51)) + pack.flush()
    with pytest.raises(FetchFailed, match="larger than 50 MB"):
        parsed(body, "application/gzip")


# An index

INDEX = f"{HOST}/sitemap.xml"
PARTS_OF = {
    f"{HOST}/posts-1.xml": sitemap([OVERRIDE]),
    f"{HOST}/posts-2.xml": sitemap([OVERRIDE, OVERRIDE | {"link": f"{HOST}/b", "title": "Second"}]),
}


def read(shelf: Shelf, since: str = "2026-01-27") -> Feed:
    return read_sitemap(shelf, INDEX, "An Outlet", since)


def asked(shelf: Shelf) -> list[str]:
    return [address for address, _ in shelf.asked]


def test_the_sitemaps_of_an_index_are_read_and_each_story_counts_once() -> None:
    shelf = Shelf({INDEX: sitemap_index([(part, "2026-01-29") for part in PARTS_OF]), **PARTS_OF})
    assert titles(read(shelf)) == [OVERRIDE["title"], "Second"]


def test_sitemaps_that_did_not_change_since_are_not_asked_for() -> None:
    parts = [(f"{HOST}/posts-1.xml", "2026-01-26T23:00:00Z"), (f"{HOST}/posts-2.xml", "")]
    shelf = Shelf({INDEX: sitemap_index(parts), **PARTS_OF})
    read(shelf)
    assert asked(shelf) == [INDEX, f"{HOST}/posts-2.xml"]


def test_where_some_sitemaps_are_of_news_the_others_are_not_asked_for() -> None:
    shelf = Shelf({INDEX: sitemap_index([(f"{HOST}/posts-1.xml", ""), (NEWS, "")]), NEWS: sitemap([OVERRIDE])})
    read(shelf)
    assert asked(shelf) == [INDEX, NEWS]


@pytest.mark.parametrize("part", ["https://other.example/news.xml", "http://169.254.169.254/news.xml", "file:///etc/x"])
def test_a_sitemap_of_another_host_is_never_asked_for(part: str) -> None:
    shelf = Shelf({INDEX: sitemap_index([(part, ""), (NEWS, "")]), NEWS: sitemap([OVERRIDE])})
    assert "not a page of its own host; not asked" in read(shelf).doubts[0]
    assert asked(shelf) == [INDEX, NEWS]


def test_an_index_within_an_index_is_not_followed() -> None:
    shelf = Shelf({INDEX: sitemap_index([(INDEX, "")])})
    with pytest.raises(PageChanged, match="none of its sitemaps could be read"):
        read(shelf)
    assert asked(shelf) == [INDEX, INDEX]


def test_a_sitemap_that_is_gone_is_told_and_the_others_are_read() -> None:
    shelf = Shelf({INDEX: sitemap_index([(f"{HOST}/gone.xml", ""), (f"{HOST}/posts-1.xml", "")]), **PARTS_OF})
    found = read(shelf)
    assert titles(found) == [OVERRIDE["title"]]
    assert "there is nothing there" in found.doubts[0]


def test_an_empty_sitemap_beside_others_in_an_index_is_no_error() -> None:
    empty = f"{HOST}/empty.xml"
    shelf = Shelf({INDEX: sitemap_index([(empty, ""), (f"{HOST}/posts-1.xml", "")]), empty: sitemap([]), **PARTS_OF})
    found = read(shelf)
    assert (titles(found), found.doubts) == ([OVERRIDE["title"]], ())


def test_the_word_to_stop_stops() -> None:
    part = f"{HOST}/posts-1.xml"
    shelf = Shelf({INDEX: sitemap_index([(part, "")]), part: Stopped(part, "told to stop")})
    with pytest.raises(Stopped):
        read(shelf)


def test_of_an_index_that_is_too_long_the_first_20_sitemaps_are_read() -> None:
    parts = {f"{HOST}/{n}.xml": sitemap([OVERRIDE]) for n in range(PARTS + 1)}
    shelf = Shelf({INDEX: sitemap_index([(part, "") for part in parts]), **parts})
    assert "the first 20 were read" in read(shelf).doubts[0]
    assert len(shelf.asked) == 1 + PARTS


def test_an_empty_index_is_an_error() -> None:
    with pytest.raises(NothingFound, match="names no sitemap"):
        parse_index(answer(sitemap_index([]), "application/xml"))


def test_a_sitemap_is_no_index() -> None:
    with pytest.raises(PageChanged, match="there must be an index"):
        parse_index(answer(sitemap([OVERRIDE]), "application/xml"))


def test_stories_from_before_the_day_asked_for_are_left_out_and_undated_ones_are_not() -> None:
    stories = [
        OVERRIDE,
        OVERRIDE | {"link": f"{HOST}/old", "date": "2026-01-26T23:59:00-05:00"},
        OVERRIDE | {"link": f"{HOST}/x", "date": "soon"},
    ]
    found = read(Shelf({INDEX: sitemap(stories)}))
    assert [each.address for each in found.stories] == [OVERRIDE["link"], f"{HOST}/x"]


def test_nothing_since_then_is_no_error() -> None:
    assert read(Shelf({INDEX: sitemap([OVERRIDE])}), "2026-02-01") == Feed(())


# Over the wire


def app(request: Request) -> Reply:
    host = f"http://{request.headers['Host']}"
    bodies = {
        "/sitemap.xml": sitemap_index([(f"{host}/news.xml.gz", "2026-01-29")]).encode(),
        "/news.xml.gz": gzip.compress(sitemap([OVERRIDE | {"link": f"{host}/override"}]).encode()),
    }
    body = bodies.get(request.path)
    return Reply(404) if body is None else Reply(200, (("Content-Type", "application/octet-stream"),), body)


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with Upstream(app) as server:
        yield server


def test_an_index_and_its_packed_sitemap_are_read_over_the_wire(upstream: Upstream) -> None:
    with client() as asking:
        found = read_sitemap(asking, f"{upstream.base}/sitemap.xml", "An Outlet", "2026-01-27")
    assert [each.address for each in found.stories] == [f"{upstream.base}/override"]


def test_a_refusal_is_reported_as_one(upstream: Upstream) -> None:
    upstream.misbehave("/sitemap", faults.refuse())
    with client() as asking, pytest.raises(Refused):
        read_sitemap(asking, f"{upstream.base}/sitemap.xml", "An Outlet", "2026-01-27")
