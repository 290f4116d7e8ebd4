"""Feeds and searches of news: the four kinds that there are, and each way in which real ones are broken."""

import re
import zlib
from collections.abc import Iterator
from datetime import timedelta
from html import escape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from upstream import faults
from upstream.news_pages import HOST, NOW, Shelf, answer, atom, client, gdelt, json_feed, rdf, rss
from upstream.server import App, Raw, Reply, Request, Upstream

from scrapers.errors import FetchFailed, NothingFound, PageChanged, Refused, SourceBroken
from scrapers.news_feeds import MOST, parse_feed, read_feed
from scrapers.news_search import is_gateway, parse_gdelt, read_gdelt, read_search
from scrapers.news_stories import (
    EXCERPT,
    Feed,
    StoryRecord,
    absolute,
    kind_of,
    language_of,
    plain,
    read_moment,
    shortened,
)

VETO = {
    "title": "Adams vetoes 19 bills on his last day",
    "link": f"{HOST}/2025/12/31/veto?utm_source=rss",
    "date": "Wed, 31 Dec 2025 23:30:00 -0500",
    "author": "A Reporter",
    "summary": "<p>One of them is Int 1412-2025.</p>",
    "body": "<p>One of them is Int&nbsp;1412-2025.</p><p>The Council can override.</p>",
}


def feed(body: str | bytes, kind: str = "application/rss+xml; charset=utf-8", outlet: str = "An Outlet") -> Feed:
    return parse_feed(answer(body, kind), outlet, "news")


def only(read: Feed) -> StoryRecord:
    (found,) = read.stories
    return found


def titled(title: str) -> str:
    return only(feed(rss([VETO | {"title": title}]))).title


# The four kinds


def test_a_story_of_rss_is_its_headline_address_author_moment_and_first_words() -> None:
    found = only(feed(rss([VETO])))
    assert found == StoryRecord(
        address=VETO["link"],
        title="Adams vetoes 19 bills on his last day",
        outlet="An Outlet",
        author="A Reporter",
        published_at="2026-01-01T04:30:00+00:00",
        published_on="2025-12-31",
        language="en",
        excerpt="One of them is Int 1412-2025.",
        text="One of them is Int 1412-2025. The Council can override.",
        kind="news",
    )


def test_the_date_is_new_yorks_where_utc_is_a_day_and_a_year_further() -> None:
    found = only(feed(rss([VETO | {"date": "Thu, 01 Jan 2026 04:30:00 GMT"}])))
    assert (found.published_at[:10], found.published_on) == ("2026-01-01", "2025-12-31")


def test_atom_is_read_with_its_language_and_its_base() -> None:
    found = only(feed(atom([{"title": "El veto", "link": "veto/", "date": "2025-12-31T23:30:00-05:00"}])))
    assert (found.address, found.language, found.published_on) == (f"{HOST}/base/veto/", "es", "2025-12-31")
    assert found.doubts == ()


def test_atom_that_says_only_when_it_was_edited_is_dated_by_that_with_a_doubt() -> None:
    read = feed(atom([{"title": "T", "link": "/a", "date": "2026-02-09T12:00:00Z"}], date_tag="updated"))
    assert only(read).published_on == "2026-02-09"
    assert read.doubts == ("T: it says only when it was last edited, and that is taken for its date",)


def test_rdf_is_read_with_the_date_of_dublin_core() -> None:
    read = feed(rdf([{"title": "T", "link": f"{HOST}/a", "date": "2026-02-09T12:00:00Z"}]), "application/rdf+xml")
    assert (only(read).title, only(read).published_on, read.doubts) == ("T", "2026-02-09", ())


def test_a_json_feed_is_read() -> None:
    found = only(feed(json_feed([VETO | {"date": "2025-12-31T23:30:00-05:00"}]), "application/feed+json"))
    assert (found.title, found.author, found.published_on) == (VETO["title"], "A Reporter", "2025-12-31")
    assert found.text == "One of them is Int 1412-2025. The Council can override."


def test_an_entry_of_a_json_feed_in_another_shape_is_told_and_the_others_are_read() -> None:
    body = json_feed([VETO | {"date": None}, VETO | {"link": f"{HOST}/b"}])
    read = feed(body.replace(b'"url":"https://news.example/b"', b'"url":17'), "application/json")
    assert only(read).address == VETO["link"]
    assert any("not in the shape of a JSON Feed's" in doubt and "url must be text" in doubt for doubt in read.doubts)


@pytest.mark.parametrize("body", [b'{"items": []}', b'{"version": "https://jsonfeed.org/version/1", "items": 3}'])
def test_other_json_is_no_feed(body: bytes) -> None:
    with pytest.raises(PageChanged, match="other JSON"):
        feed(body, "application/json")


def test_json_cut_short_is_no_feed() -> None:
    with pytest.raises(PageChanged, match="not JSON"):
        feed(json_feed([VETO])[:-20], "application/feed+json")


# Dates


@pytest.mark.parametrize(
    "printed", ["12", "May", "10/07/2026", "yesterday", "Tue, 10 Feb 2026 25:00:00 GMT", "0001-01-01T00:00:00Z",
                "1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 +0000", "2026-02-30", "2026", "99999-01-01"]
)  # fmt: skip
def test_a_date_that_cannot_be_right_is_left_out_and_told(printed: str) -> None:
    read = feed(rss([VETO | {"date": printed}]))
    assert (only(read).published_at, only(read).published_on) == ("", "")
    assert read.doubts == (f"{VETO['title']}: it is dated {printed!r}, which is no date that can be right; "
                           "taken as undated",)  # fmt: skip


def test_no_date_is_told() -> None:
    read = feed(rss([{key: value for key, value in VETO.items() if key != "date"}]))
    assert only(read).published_on == ""
    assert only(read).doubts == ("it has no date",)


def test_a_date_more_than_a_day_ahead_is_left_out_and_one_of_some_hours_is_not() -> None:
    ahead = (NOW + timedelta(days=1, seconds=1)).isoformat()
    assert read_moment(ahead, NOW).doubt.endswith("which is yet to come; taken as undated")
    assert read_moment(ahead, NOW).on == ""
    assert read_moment((NOW + timedelta(hours=23)).isoformat(), NOW).on == "2026-02-11"


def test_a_date_without_an_hour_is_a_day_and_no_moment() -> None:
    assert read_moment("2026-02-09", NOW) == ("", "2026-02-09", "")
    assert read_moment("2026-02-12", NOW).on == ""


@pytest.mark.parametrize(
    "printed", ["2026-02-09 23:30:00", "Mon, 09 Feb 2026 23:30:00", "Mon, 09 Feb 2026 23:30:00 ET"]
)
def test_an_hour_without_a_zone_gives_the_printed_day_alone(printed: str) -> None:
    at, on, doubt = read_moment(printed, NOW)
    assert (at, on) == ("", "2026-02-09")
    assert "without a time zone" in doubt


def test_minus_zero_is_utc() -> None:
    assert read_moment("Tue, 10 Feb 2026 04:59:00 -0000", NOW)[:2] == ("2026-02-10T04:59:00+00:00", "2026-02-09")


@given(st.text() | st.from_regex(r"[0-9TZ:+. -]{1,30}", fullmatch=True))
def test_whatever_is_printed_as_a_date_is_read_or_told(printed: str) -> None:
    moment = read_moment(printed, NOW)
    assert bool(moment.on) or bool(moment.doubt)
    assert bool(moment.on) or not moment.at


# Plain text


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("Mayor&#8217;s &ldquo;sanctuary&rdquo; veto &amp; more", "Mayor’s “sanctuary” veto & more"),
        ("<b>Veto</b>: <i>what</i> next", "Veto: what next"),
        ("<script>alert(1)</script>Veto", "Veto"),
        ("<img src=x onerror=alert(1)>Veto", "Veto"),
        ("<style>p{}</style>Veto<!-- x -->", "Veto"),
        ("<p>Veto</p><p>next</p>", "Veto next"),
        ("AT&amp;T", "AT&T"),
        ("AT&amp;amp;T", "AT&amp;T"),
        ("Rents < wages, 5 < 6", "Rents < wages, 5 < 6"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;", "alert(1)"),
        ("<<b>script>x", "x"),
        ("a\x00b\x0bc", "ab c"),
        ("https://news.example/a?b&c", "https://news.example/a?b&c"),
        ("  a \n\t b\xa0c ", "a b c"),
    ],
)
def test_html_leaves_as_plain_text_unescaped_once(printed: str, read: str) -> None:
    assert plain(printed) == read


def test_text_that_is_no_html_is_not_unescaped_at_all() -> None:
    assert plain("AT&amp;T <b>x</b>", html=False) == "AT&amp;T x"


@given(st.text() | st.text(alphabet="<>/!?&;ab=\"' #x-lgtmp"), st.booleans())
def test_no_tag_survives_and_plain_text_stays_plain(text: str, html: bool) -> None:
    once = plain(text, html=html)
    assert not re.search(r"<[A-Za-z/!?]", once)
    assert plain(once, html=False) == once


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="<>", exclude_categories=["C", "Z"])))
def test_nothing_is_unescaped_twice(text: str) -> None:
    assert plain(escape(text) + "<b></b>") == text
    assert plain(text, html=False) == text


def test_a_title_in_cdata_is_read() -> None:
    body = rss([VETO]).replace(f"<title>{VETO['title']}", "<title><![CDATA[Veto &amp; <em>override</em>]]>")
    assert only(feed(body)).title == "Veto & override"


@pytest.mark.parametrize("title", ["<script>alert(1)</script> Veto", "<svg/onload=alert(1)>Veto", "Veto<iframe src=x>"])
def test_a_script_in_a_title_is_not_there(title: str) -> None:
    assert titled(title) == "Veto"


def test_an_escaped_title_is_unescaped_once() -> None:
    assert titled("Mayor&#8217;s veto") == "Mayor’s veto"


def test_a_text_title_of_atom_is_taken_word_for_word() -> None:
    body = atom([{"title": "What &amp; means", "link": "/a", "date": "2026-02-09"}], title_type="text")
    assert only(feed(body)).title == "What &amp; means"


def test_an_excerpt_has_280_characters_at_most_and_ends_between_words() -> None:
    found = only(feed(rss([VETO | {"summary": "word " * 100}])))
    assert len(found.excerpt) <= EXCERPT
    assert found.excerpt.endswith("word…")
    assert shortened("abc", 0) == ""
    assert shortened("a" * 280) == "a" * 280


# Addresses


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("/a", f"{HOST}/a"),
        ("//other.example/a", "https://other.example/a"),
        (" https://x.example/a\n", "https://x.example/a"),
        ("https://x.example/a b", "https://x.example/a%20b"),
        ("javascript:alert(1)", ""),
        ("mailto:a@b.example", ""),
        ("file:///etc/passwd", ""),
        ("https://[x", ""),
        ('https://x.example/"onclick', ""),
        ("", ""),
    ],
)
def test_addresses_are_made_whole_and_only_those_of_the_web_count(printed: str, read: str) -> None:
    assert absolute(f"{HOST}/feed/", printed) == read


def test_tracking_parameters_stay_in_the_address_as_published() -> None:
    assert only(feed(rss([VETO]))).address.endswith("?utm_source=rss")


def test_an_entry_without_an_address_of_the_web_is_left_out_and_told() -> None:
    read = feed(rss([VETO | {"link": "javascript:alert(1)", "title": "Click"}, VETO]))
    assert only(read).title == VETO["title"]
    assert read.doubts == ("Click: it links to 'javascript:alert(1)', which is no address of a page; left out",)


def test_an_entry_without_a_headline_is_left_out_and_told() -> None:
    read = feed(rss([VETO | {"link": f"{HOST}/b", "title": "<script>x</script>"}, VETO]))
    assert only(read).title == VETO["title"]
    assert read.doubts == (f"{HOST}/b: it has no headline; left out",)


def test_an_entry_that_is_there_twice_counts_once() -> None:
    assert len(feed(rss([VETO, VETO, VETO | {"link": f"{HOST}/b"}])).stories) == 2


@pytest.mark.parametrize(
    ("address", "kind", "read"),
    [
        (f"{HOST}/opinion/2026/veto", "news", "opinion"),
        (f"{HOST}/2026/op-ed/veto.html", "news", "opinion"),
        (f"{HOST}/2026/opinion", "news", "news"),
        (f"{HOST}/news/court-opinion-on-veto", "news", "news"),
        (f"{HOST}/commentary/x", "advocacy", "advocacy"),
    ],
)
def test_a_folder_of_opinions_makes_news_an_opinion(address: str, kind: str, read: str) -> None:
    assert kind_of(address, kind) == read


@pytest.mark.parametrize(
    ("printed", "code"), [("en-US", "en"), ("ES", "es"), ("", "en"), ("???", "en"), ("fil", "fil")]
)
def test_a_language_is_its_code(printed: str, code: str) -> None:
    assert language_of(printed) == code


# Broken feeds


def test_a_page_in_a_feeds_place_is_a_change_of_the_source() -> None:
    with pytest.raises(PageChanged, match="there must be a feed and there is an HTML page"):
        feed("<!DOCTYPE html><html><head><title>Feeds have moved</title></head></html>", "text/html")


@pytest.mark.parametrize("body", ["", "  \n", "not found", "<urlset></urlset>", "\x00\x01"])
def test_what_is_no_feed_is_a_change_of_the_source(body: str) -> None:
    with pytest.raises(PageChanged, match="there must be a feed"):
        feed(body, "text/plain")


@pytest.mark.parametrize("body", [rss([]), atom([]), rdf([]), json_feed([])])
def test_an_empty_feed_is_an_error_and_never_no_news(body: str | bytes) -> None:
    with pytest.raises(NothingFound, match="no entries"):
        feed(body)


def test_a_feed_of_which_nothing_can_be_read_is_an_error() -> None:
    with pytest.raises(PageChanged, match="none of its 2 entries could be read"):
        feed(rss([VETO | {"link": ""}, VETO | {"link": "ftp://x"}]))


def test_a_feed_cut_short_gives_what_was_whole_and_says_so() -> None:
    body = rss([VETO, VETO | {"link": f"{HOST}/b", "title": "Second"}])
    read = feed(body[: body.index("Second")])
    assert [each.title for each in read.stories] == [VETO["title"]]
    assert read.doubts[0].startswith("the feed's XML is broken")


def test_an_ampersand_that_is_not_escaped_breaks_no_feed() -> None:
    read = feed(rss([VETO]).replace("Adams vetoes", "Adams & Mastro veto"))
    assert only(read).title.startswith("Adams & Mastro")
    assert "broken" in read.doubts[0]


@pytest.mark.parametrize(
    ("encoding", "kind"),
    [("windows-1252", "text/xml; charset=windows-1252"), ("utf-8", "text/xml"), ("utf-16", "application/rss+xml")],
)
def test_the_charset_is_found(encoding: str, kind: str) -> None:
    body = rss([VETO | {"title": "Avilés’ bill"}]).replace('encoding="UTF-8"', f'encoding="{encoding}"')
    assert only(feed(body.encode(encoding), kind)).title == "Avilés’ bill"


def test_a_wrong_charset_in_the_header_does_not_lose_the_feed() -> None:
    assert only(feed(rss([VETO | {"title": "Avilés"}]), "text/xml; charset=no-such")).title == "Avilés"


@pytest.mark.parametrize("reference", ["&#55357;&#56832;", "&#xD83D;", "&#99999999999;", "&#0;", "&#x1F;"])
def test_a_reference_to_what_is_no_character_loses_neither_the_feed_nor_the_title(reference: str) -> None:
    read = feed(rss([VETO]).replace("Adams vetoes", f"Adams {reference}vetoes"))
    assert (only(read).title, read.doubts) == (VETO["title"], ())


@pytest.mark.parametrize("encoding", [b"utf\xff-8", b"utf-8\0"])
def test_a_charset_that_is_no_name_is_a_damaged_feed_or_read_all_the_same(encoding: bytes) -> None:
    try:
        read = feed(rss([VETO]).encode().replace(b"UTF-8", encoding), "text/xml")
    except PageChanged:
        return
    assert only(read).title == VETO["title"]


def test_a_body_that_is_a_path_or_an_address_opens_nothing(tmp_path: Path) -> None:
    secret = tmp_path / "feed.xml"
    secret.write_text(rss([VETO]))
    for body in (str(secret), secret.as_uri(), "http://127.0.0.1:9/feed"):
        with pytest.raises(PageChanged):
            feed(body, "text/plain")


def test_entities_that_multiply_and_entities_of_files_give_nothing(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("s3cr3t")
    bomb = "".join(f'<!ENTITY b{n} "{f"&b{n - 1};" * 10}">' for n in range(1, 10))
    head = f'<!DOCTYPE rss [<!ENTITY b0 "ha">{bomb}<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    body = rss([VETO]).replace("?><rss", f"?>{head}<rss").replace("Adams", "Adams &x; &b9;")
    try:
        read = feed(body)
    except PageChanged:
        return
    assert "s3cr3t" not in repr(read)
    assert len(repr(read)) < 10_000


def test_of_an_endless_feed_the_first_500_entries_are_read() -> None:
    read = feed(rss([{"title": "T", "link": f"{HOST}/{n}", "date": "2026-02-09"} for n in range(MOST + 1)]))
    assert len(read.stories) == MOST
    assert read.doubts == (f"the feed has {MOST + 1} entries; the first {MOST} were read",)


@given(st.integers(0, 2000), st.binary(max_size=4))
def test_whatever_a_feed_is_damaged_into_it_is_read_or_refused(at: int, damage: bytes) -> None:
    body = rss([VETO, VETO | {"link": f"{HOST}/b"}]).encode()
    try:
        read = feed(body[:at] + damage + body[at + len(damage) :])
    except (PageChanged, NothingFound):
        return
    assert all(each.title and absolute(HOST, each.address) for each in read.stories)


# Over the wire


def app(request: Request) -> Reply:
    if request.path == "/robots.txt":
        return Reply(404)
    return Reply(200, (("Content-Type", "application/rss+xml"),), rss([VETO | {"link": "/veto"}]).encode())


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with Upstream(app) as server:
        yield server


def test_a_feed_is_asked_for_as_one(upstream: Upstream) -> None:
    with client() as asking:
        read = read_feed(asking, f"{upstream.base}/feed/", "An Outlet", "news")
    assert only(read).address == f"{upstream.base}/veto"
    assert "application/rss+xml" in upstream.asked[-1].headers["Accept"]


def test_links_are_made_whole_with_the_address_that_redirects_led_to(upstream: Upstream) -> None:
    upstream.misbehave("/old", faults.to(f"{upstream.base}/section/new/"))
    upstream.misbehave("/section", faults.redesign(lambda text: text.replace(">/veto<", ">veto<")))
    with client() as asking:
        read = read_feed(asking, f"{upstream.base}/old", "An Outlet", "news")
    assert only(read).address == f"{upstream.base}/section/new/veto"


def endless(request: Request, healthy: App) -> Raw:
    def blocks() -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nConnection: close\r\n\r\n<rss><channel>"
        for n in range(1 << 20):
            yield b"<item><title>%d</title></item>" % n * 1000

    return Raw(blocks())


@pytest.mark.parametrize("fault", [endless, faults.bomb(20), faults.answering(200, rss([VETO]).encode() * 3000)])
def test_a_feed_of_ten_megabytes_or_without_an_end_is_given_up_by_the_client(upstream: Upstream, fault: Any) -> None:
    upstream.misbehave("/feed", fault)
    with client(max_bytes=1 << 20) as asking, pytest.raises(FetchFailed, match="larger than 1 MB"):
        read_feed(asking, f"{upstream.base}/feed/", "An Outlet", "news")


def test_a_refusal_is_reported_as_one(upstream: Upstream) -> None:
    upstream.misbehave("/feed", faults.refuse())
    with client() as asking, pytest.raises(Refused, match="403"):
        read_feed(asking, f"{upstream.base}/feed/", "Documented", "news")


def test_a_feed_that_breaks_off_on_the_way_is_no_feed(upstream: Upstream) -> None:
    upstream.misbehave("/feed", faults.cut_short())
    with client() as asking, pytest.raises(FetchFailed, match="no whole answer"):
        read_feed(asking, f"{upstream.base}/feed/", "An Outlet", "news")


# GDELT

API = "https://api.gdeltproject.org/api/v2/doc/doc"
FOUND = {"title": "NYC Council overrides veto", "link": f"{HOST}/override", "date": "20260130T030000Z"}


def told(body: bytes | str, kind: str = "application/json") -> Feed:
    return parse_gdelt(answer(body, kind, API))


def test_an_article_of_gdelt_has_a_day_and_no_moment_and_its_host_for_an_outlet() -> None:
    read = told(gdelt([FOUND | {"language": "Spanish"}]))
    found = only(read)
    assert (found.published_at, found.published_on) == ("", "2026-01-29")
    assert (found.outlet, found.language, found.kind) == ("news.example", "es", "news")
    assert "when it saw an article" in read.doubts[0]


def test_gdelt_is_asked_for_whole_days() -> None:
    shelf = Shelf({API: gdelt([FOUND])}, "application/json")
    read_gdelt(shelf, API, '"sanctuary city" "new york"', "2026-01-27", "2026-01-30")
    ((address, params),) = shelf.asked
    assert address == API
    assert params["query"] == '"sanctuary city" "new york"'
    assert (params["startdatetime"], params["enddatetime"]) == ("20260127000000", "20260130235959")
    assert (params["mode"], params["format"], params["maxrecords"]) == ("artlist", "json", "250")


@pytest.mark.parametrize("body", [b"{}", b'{"articles": []}'])
def test_a_search_that_finds_nothing_says_so(body: bytes) -> None:
    assert told(body) == Feed((), ("GDELT knows no article for this query in these days",))


def test_gdelts_words_about_a_query_are_passed_on() -> None:
    with pytest.raises(SourceBroken, match="does not take this query; it says: Your query was too short or too long"):
        told("Your query was too short or too long.\n", "text/html")


def test_gdelts_words_about_too_many_requests_are_a_refusal() -> None:
    with pytest.raises(Refused, match="asked too often"):
        told("Please limit requests to one every 5 seconds or contact us for larger queries.", "text/html")


@pytest.mark.parametrize("body", ["<html><body>502</body></html>", '{"articles": [{', '{"timeline": []}', "[]"])
def test_other_answers_of_gdelt_are_a_change_of_the_source(body: str) -> None:
    with pytest.raises(PageChanged):
        told(body)


def test_an_empty_answer_of_gdelt_is_an_error() -> None:
    with pytest.raises(SourceBroken, match="nothing"):
        told("")


def test_a_raw_line_break_in_a_title_of_gdelt_is_a_blank() -> None:
    body = gdelt([FOUND]).replace(b"NYC Council", b"NYC\n\x01Council")
    assert only(told(body)).title == "NYC Council overrides veto"


def test_a_lone_backslash_in_a_title_of_gdelt_is_a_backslash() -> None:
    body = gdelt([FOUND]).replace(b"NYC Council", rb"NYC \ C\o \"Council\" \u00e9")
    assert only(told(body)).title == 'NYC \\ C\\o "Council" é overrides veto'


def test_a_full_list_of_gdelt_may_not_be_all() -> None:
    read = told(gdelt([FOUND | {"link": f"{HOST}/{n}"} for n in range(250)]))
    assert read.doubts[-1] == "GDELT gives 250 articles at most: ask for fewer days"


def test_a_seendate_of_another_shape_is_no_date() -> None:
    assert only(told(gdelt([FOUND | {"date": "yesterday"}]))).published_on == ""


# Search feeds

TEMPLATE = "https://news.google.com/rss/search?q={query}&hl=en-US"
WRAPPED = {
    "title": "NYC Council overrides veto - Hell Gate",
    "link": "https://news.google.com/rss/articles/CBMi0?oc=5",
    "date": "Thu, 29 Jan 2026 22:00:00 GMT",
    "source": ("Hell Gate", "https://hellgatenyc.com"),
}


def search(*stories: dict[str, Any]) -> tuple[Feed, Shelf]:
    shelf = Shelf({TEMPLATE.replace("{query}", "site%3Ahellgatenyc.com%20%22Int%201412%22"): rss(stories)})
    return read_search(shelf, TEMPLATE, 'site:hellgatenyc.com "Int 1412"'), shelf


def test_a_search_feed_names_the_outlet_and_its_gateway_is_kept_and_told() -> None:
    read, _ = search(WRAPPED)
    found = only(read)
    assert (found.outlet, found.title) == ("Hell Gate", "NYC Council overrides veto")
    assert found.address == WRAPPED["link"]
    assert read.doubts == ("1 of 1 links lead through a gateway and were not followed",)


def test_a_search_feed_without_sources_names_the_host() -> None:
    read, _ = search(VETO)
    assert (only(read).outlet, read.doubts) == ("news.example", ())


def test_a_search_feed_that_finds_nothing_says_so() -> None:
    read, _ = search()
    assert read == Feed((), ("the search at news.google.com found nothing",))


def test_a_search_without_a_place_for_the_query_is_refused() -> None:
    with pytest.raises(SourceBroken, match=r"must have \{query\}"):
        read_search(Shelf({}), "https://news.example/feed", "veto")


def test_gateways_are_known() -> None:
    assert is_gateway("https://www.bing.com/news/apiclick.aspx?url=https%3a%2f%2fx.example")
    assert not is_gateway("https://x.example/news.google.com/articles/1")


def test_zlib_is_not_what_a_feed_is_packed_in() -> None:
    with pytest.raises(PageChanged):
        feed(zlib.compress(rss([VETO]).encode()), "application/rss+xml")
