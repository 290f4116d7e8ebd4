"""Sitemaps, searches and the Mayor's releases as roads to coverage, and matching again, against loopback."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
import sqlalchemy as sa
from archive_builder import ROOT, one, rows
from live import Live
from test_live_news import STORY, feed
from upstream import faults, news_pages
from upstream.city import City
from upstream.server import Clock, Fault, Raw, Reply, Request, Upstream

from scrapers.errors import FetchFailed, ScrapeError
from tracker.config import Config, FeedConfig, NewsConfig
from tracker.database import reading, writing
from tracker.errors import ConfigError, NotFound
from tracker.ingest import Result
from tracker.models import Alert, Note, Run
from tracker.models.sources import Article, Coverage, Stamp
from tracker.press.knowledge import read_knowledge
from tracker.press.matching import vocabulary
from tracker.scope import Rule
from tracker.sync import backfill, sources
from tracker.sync import mayor as sync_mayor
from tracker.sync import news as sync_news
from tracker.sync.archive import load_starter
from tracker.truth import trust_of

START = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
XML = (("Content-Type", "application/xml"),)
TITLE = "Court rules on Executive Order 50 and ICE at Rikers in New York City"
STATEMENT = "Statement on Executive Order 50 of 2025, ICE and Rikers in New York City"
RELEASE = {
    "link": "/mayors-office/news/2026/11/a-day-of-service.html",
    "title": "Mayor Announces a Day of Service",
    "date": "2026-11-23",
    "types": ["press-releases"],
    "blocks": [
        "Thousands of New Yorkers will take part in a day of service on Saturday.",
        "He also said that New York City keeps to Local Law 58 of 2014 on immigration detainers in its jails.",
    ],
}


class Press:
    """Everything that a road to news asks: sitemaps, GDELT, a search feed."""

    def __init__(self) -> None:
        self.city = City(articles=[RELEASE])
        self.stories = [{"link": "", "title": TITLE, "date": "2026-11-23"}]
        self.base = ""
        self.page = news_pages.page(
            news_pages.meta(og__title="What the ruling means", og__site_name="The Wren"),
            f"<article><p>{STATEMENT}</p></article>",
        )

    def app(self, request: Request) -> Reply:
        if request.path == "/sitemap.xml":
            return Reply(200, XML, news_pages.sitemap([s | {"link": self.base + "/a"} for s in self.stories]).encode())
        if request.path == "/gdelt":
            told = [{"link": "https://gothamist.com/x?utm_source=g", "title": TITLE, "domain": "gothamist.com"},
                    {"link": "https://legalaidnyc.org/y", "title": STATEMENT},
                    {"link": f"{self.base}/z", "title": "What the ruling means"}]  # fmt: skip
            return Reply(200, faults.JSON, news_pages.gdelt(told))
        if request.path == "/z":
            return Reply(200, faults.HTML, self.page.encode())
        if request.path == "/search":
            hidden = {"address": "https://news.google.com/rss/articles/abc", "title": TITLE, "excerpt": "x"}
            return Reply(200, XML, feed(hidden, STORY))
        return self.city.app(request)


@pytest.fixture
def press() -> Press:
    return Press()


@pytest.fixture
def live(record: sa.Engine, tmp_path: Path, press: Press) -> Iterator[Live]:
    with Upstream(press.app) as upstream:
        press.base = upstream.base
        made = Live(upstream, press.city, record, tmp_path, Clock(START))
        maps = (FeedConfig(outlet="The Map", kind="news", address=f"{upstream.base}/sitemap.xml"),)
        asks = {"searches": (f"{upstream.base}/search?q={{query}}",), "gdelt_address": f"{upstream.base}/gdelt"}
        made.config = with_news(made.config, made.config.news.model_copy(update={"sitemaps": maps, "feeds": ()} | asks))
        load_starter(record, Rule(made.config.scope), made.clock.now, trust_of(made.config.trust))
        yield made


def with_news(config: Config, news: NewsConfig) -> Config:
    return config.model_copy(update={"news": news})


def read(live: Live, name: str = "news-sitemaps") -> Result:
    live.clock.sleep(3600)
    with live.visit() as visit:
        return sources.read(name, visit)


def fill(live: Live, number: str = "EO 50-2025", days: int = 90, pages: int = 0) -> Result:
    with live.visit() as visit:
        return backfill.backfill(visit, number, days, pages)


# ---- sitemaps ------------------------------------------------------------------------------------------------------


def test_a_sitemap_is_read_as_a_feed_is(live: Live) -> None:
    assert read(live).message == "1 articles read; 1 new on the subject, 1 links."
    article = one(live.engine, Article, source="news-sitemaps")
    assert (article.headline, article.outlet, str(article.published_on)) == (TITLE, "The Map", "2026-11-23")
    assert one(live.engine, Coverage, article_id=article.id).file_number == "EO 50-2025"
    assert read(live).message.startswith("1 articles read; 0 new")


def endless(request: Request, app: object) -> Raw:
    def blocks() -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nTransfer-Encoding: chunked\r\n\r\n"
        block = b"<url>" + b" " * 65531
        while True:
            yield b"10000\r\n" + block + b"\r\n"

    return Raw(blocks())


LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {two} "{f"&{one};" * 10}">' for one, two in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (
            faults.answering(200, b"<html><body>Hello</body></html>"),
            "there must be a sitemap",
        ),
        (faults.answering(200, b"<urlset><url>", XML), "there must be a sitemap"),
        (faults.answering(200, f"{LAUGHS}]><urlset>&i;</urlset>".encode(), XML), "there must be a sitemap"),
        (faults.answering(200, b"<urlset>" + b" " * (10 << 20), XML), "larger than 5 MB"),
        (endless, "larger than 5 MB"),
        (faults.bomb(), "larger than 5 MB"),
        (faults.refuse(), "refuses"),
        (faults.answering(200, b"", XML), "there must be a sitemap|empty"),
        (faults.hang_up(), "no whole answer|answer"),
    ],
    ids=["a page", "cut off", "entities", "10 MB", "endless", "a bomb", "refused", "nothing", "hung up"],
)
def test_each_fault_of_a_sitemap_is_told_and_nothing_stored(live: Live, fault: Fault, words: str) -> None:
    live.upstream.misbehave("/sitemap.xml", fault)
    with pytest.raises(ScrapeError, match=f"none of 1 could be read.*(?:{words})"):
        read(live)
    assert rows(live.engine, Article, source="news-sitemaps") == []
    assert rows(live.engine, Run, source="news-sitemaps")[-1].outcome == "failed"


def test_a_story_with_a_date_to_come_is_kept_undated_and_the_doubt_is_told_once(live: Live, press: Press) -> None:
    press.stories[0]["date"] = "2031-01-01"
    read(live)
    read(live)
    assert one(live.engine, Article, source="news-sitemaps").published_on is None
    (alert,) = [row for row in rows(live.engine, Alert) if "2031-01-01" in row.message]
    assert "no date that can be right" in alert.message and alert.subject == f"https://{live.upstream.base[7:]}/a"


def test_a_doubt_about_a_story_that_is_not_kept_is_nobodys_business(live: Live, press: Press) -> None:
    press.stories = [{"link": "", "title": "A garden opens", "date": "2031-01-01"}]
    read(live)
    assert rows(live.engine, Alert) == []


def test_without_sitemaps_there_is_nothing_to_read_and_no_run_is_noted(live: Live) -> None:
    live.config = with_news(live.config, live.config.news.model_copy(update={"sitemaps": ()}))
    assert "is empty" in read(live).message
    assert rows(live.engine, Run, source="news-sitemaps") == []


# ---- looking up one measure ----------------------------------------------------------------------------------------


def test_a_measure_is_looked_up_by_its_names_and_what_is_about_it_is_kept(live: Live) -> None:
    result = fill(live, "Executive Order 50 of 2025")
    held = {row.address: row for row in rows(live.engine, Article, source="news-backfill")}
    assert set(held) == {"https://gothamist.com/x", "https://legalaidnyc.org/y", "https://example.org/2026/11/rikers"}
    assert held["https://gothamist.com/x"].outlet == "Gothamist"
    assert held["https://legalaidnyc.org/y"].kind == "advocacy"  # GDELT calls everything news
    assert "1 lead through a gateway" in result.message
    asked = [request.params for request in live.upstream.asked if request.path == "/gdelt"]
    assert asked[0]["startdatetime"][:8] == "20260826" and '"Executive Order 50"' in asked[0]["query"]
    assert {row.file_number for row in rows(live.engine, Coverage, decided_by="press")} == {"EO 50-2025"}


def test_where_a_headline_says_too_little_the_page_is_read_matched_and_forgotten(live: Live, press: Press) -> None:
    fill(live, pages=1)
    (read,) = [row for row in rows(live.engine, Article, source="news-backfill") if row.outlet == "The Wren"]
    assert read.headline == "What the ruling means"
    assert one(live.engine, Coverage, article_id=read.id).evidence in STATEMENT
    asked = len([request for request in live.upstream.asked if request.path == "/z"])
    fill(live, pages=1)
    assert len([request for request in live.upstream.asked if request.path == "/z"]) == asked  # it is held


def test_a_page_that_cannot_be_read_is_counted_and_is_nobodys_alarm(live: Live) -> None:
    live.upstream.misbehave("/z", faults.refuse())
    assert "1 page could not be read." in fill(live, pages=5).message
    assert rows(live.engine, Alert) == []


@pytest.mark.parametrize("number", ["Local Law 63 of 2026", "LL 63/2026", "Intro. 1412-A of 2025", " Int 1412-2025"])
def test_the_measure_may_be_written_in_any_form(live: Live, number: str) -> None:
    assert "about Int 1412-2025" in fill(live, number).message


def test_looked_up_again_it_adds_nothing(live: Live) -> None:
    fill(live)
    before = len(rows(live.engine, Article))
    assert ": 0 new, 0 links." in fill(live).message
    assert len(rows(live.engine, Article)) == before


def test_a_measure_that_is_not_followed_is_refused_before_anybody_is_asked(live: Live) -> None:
    with pytest.raises(NotFound, match="no measure that is followed"):
        fill(live, "Int 9999-2025")
    assert not [request for request in live.upstream.asked if request.path == "/gdelt"]


def test_with_nobody_to_ask_a_setting_is_named(live: Live) -> None:
    nobody = {"searches": (), "gdelt_address": ""}
    live.config = with_news(live.config, live.config.news.model_copy(update=nobody))
    with pytest.raises(ConfigError, match="nobody to ask"):
        fill(live)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"Please limit requests to one every 5 seconds", "GDELT: it refuses programs: GDELT is asked too often"),
        (b"The specified phrase is too short.", "GDELT: GDELT does not take this query"),
        (b"<html>Sorry</html>", "GDELT: there must be JSON"),
        (orjson.dumps({"articles": 5}), "GDELT: "),
    ],
)
def test_one_search_that_fails_is_named_and_the_others_go_on(live: Live, body: bytes, words: str) -> None:
    live.upstream.misbehave("/gdelt", faults.answering(200, body))
    fill(live)
    assert one(live.engine, Article, source="news-backfill").headline == STORY["title"]
    assert one(live.engine, Alert).message.startswith(words)


def test_when_no_search_answers_the_run_has_failed(live: Live) -> None:
    live.upstream.misbehave("/", faults.refuse())
    with pytest.raises(FetchFailed, match="none of 2"):
        fill(live)
    assert rows(live.engine, Run, source="news-backfill")[-1].outcome == "failed"


def test_a_search_that_finds_nothing_is_no_fault(live: Live) -> None:
    live.upstream.misbehave("/gdelt", faults.answering(200, b"{}", faults.JSON))
    assert fill(live).unreadable == 0


def test_every_followed_measure_makes_a_question_that_can_be_asked(live: Live) -> None:
    with reading(live.engine) as session:
        known = read_knowledge(session, vocabulary(live.config.press))
    for measure in known.matters:
        question = backfill.question(measure)
        assert question.count('"') in range(2, 2 * backfill.MOST_PHRASES + 1, 2), measure.file_number
        assert question.startswith("(") == (" OR " in question) == question.endswith(")")


# ---- the Mayor's releases ------------------------------------------------------------------------------------------


def test_a_release_is_matched_by_its_whole_text_which_is_not_kept(live: Live) -> None:
    assert read(live, "mayor-news").message == "1 new releases noted, 1 links."
    article = one(live.engine, Article, source="mayor-news")
    link = one(live.engine, Coverage, article_id=article.id)
    assert (link.file_number, link.kind, article.kind) == ("Int 0486-2014", "explicit", "government")
    assert "Local Law 58" in link.evidence and "detainers" not in article.excerpt
    assert article.outlet == sync_mayor.OUTLET
    asked = len(live.upstream.asked)
    assert read(live, "mayor-news").message == "Nothing new."
    assert not [request for request in live.upstream.asked[asked:] if "model.json" in request.path]


# ---- matching again ------------------------------------------------------------------------------------------------


def again(live: Live) -> str:
    with live.visit() as visit:
        return sync_news.relink(visit, if_changed=True).message


def test_news_are_matched_again_only_when_the_matcher_knows_something_new(live: Live) -> None:
    assert "matched again" in again(live)
    runs = len(rows(live.engine, Run))
    assert "nothing was matched again" in again(live)
    assert len(rows(live.engine, Run)) == runs
    with writing(live.engine) as session:
        note = session.get(Note, "Int 0739-2026")
        assert note is not None
        note.popular_names = "The Wren Street Training Act"
    assert "matched again" in again(live)
    assert "nothing was matched again" in again(live)
    live.config = live.config.model_copy(update={"press": live.config.press.model_copy(update={"publish_at": 0.99})})
    assert "matched again" in again(live)


def test_another_process_knows_the_same(live: Live) -> None:
    """Python orders sets anew in each process; the clock must not match everything again for that."""
    said = []
    for seed in ("1", "2", "3"):
        environment = os.environ | {"PYTHONHASHSEED": seed, "TRACKER_CONFIG": str(live.folder / "config.toml")}
        command = [sys.executable, "-m", "tracker", "relink", "--if-changed"]
        url = live.engine.url.render_as_string(hide_password=False)
        ended = subprocess.run(
            [*command, "--database-url", url], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
        )
        said.append("nothing was matched again" in ended.stdout)
    assert said == [False, True, True]


def test_a_new_name_links_what_was_held_before(live: Live) -> None:
    title = "New York City needs the Wren Street Training Act, officers say of immigration enforcement"
    seen = {"first_seen_at": START, "last_seen_at": START, "source": "news-feeds"}
    with writing(live.engine) as session:
        session.add(Article(address="https://example.org/n", outlet="O", kind="news", headline=title,
                            published_on=START.date(), topic=True, **seen))  # fmt: skip
    again(live)
    held = one(live.engine, Article, address="https://example.org/n")
    assert rows(live.engine, Coverage, article_id=held.id) == []
    with writing(live.engine) as session:
        note = session.get(Note, "Int 0739-2026")
        assert note is not None
        note.popular_names = "The Wren Street Training Act"
    again(live)
    assert {row.file_number for row in rows(live.engine, Coverage, article_id=held.id)} == {"Int 0739-2026"}


def test_a_read_that_changed_the_record_matches_the_news_again(live: Live) -> None:
    with live.visit() as visit:
        sources.match_again(visit, Result(0, 0, 0, 0, 0, "nothing changed"))
        assert rows(live.engine, Stamp, source="articles-relinked") == []
        sources.match_again(visit, Result(0, 5, 0, 0, 2, "two changes"))
    assert one(live.engine, Run, source="articles-relinked").outcome == "ok"
