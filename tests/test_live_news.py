"""Whole runs of the feeds of news against a server on loopback: what is kept, linked and folded, and what is told."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from archive_builder import one, rows
from live import Live
from upstream import faults, news_pages
from upstream.city import City
from upstream.server import Clock, Reply, Request, Upstream

from scrapers.errors import FetchFailed
from tracker.config import FeedConfig
from tracker.coverage.bibliography import read_bibliography
from tracker.errors import BadInput
from tracker.ingest import Result
from tracker.models import Alert, Run
from tracker.models.sources import Article, Coverage
from tracker.scope import Rule
from tracker.sync import news as sync_news
from tracker.sync.archive import load_starter
from tracker.truth import trust_of

START = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
MINE = "https://example.org"
STORY = {
    "address": f"{MINE}/2026/11/rikers?utm_source=rss",
    "title": "Judge’s ruling on Executive Order 50 stands, lawyers say",
    "excerpt": "In New York City, it voided Mayor Eric Adams’ Executive Order 50 of 2025 on ICE at Rikers Island.",
}
GARDEN = {"address": f"{MINE}/garden", "title": "A community garden opens in Queens", "excerpt": "With tomatoes."}


def feed(*stories: dict[str, str]) -> bytes:
    """A feed as outlets write it."""
    items = "".join(
        f"<item><title>{each['title']}</title><link>{each['address'].replace('&', '&amp;')}</link>"
        f"<description>{each['excerpt']}</description><pubDate>Mon, 23 Nov 2026 14:00:00 -0500</pubDate></item>"
        for each in stories
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title>{items}</channel></rss>'.encode()


class Outlets:
    """Outlets by their path, each with its stories."""

    def __init__(self) -> None:
        self.stories: dict[str, tuple[dict[str, str], ...]] = {"/one": (STORY, GARDEN), "/two": (GARDEN,)}

    def app(self, request: Request) -> Reply:
        if request.path not in self.stories:
            return Reply(404)
        return Reply(200, (("Content-Type", "application/rss+xml"),), feed(*self.stories[request.path]))


@pytest.fixture
def outlets() -> Outlets:
    return Outlets()


@pytest.fixture
def live(record: sa.Engine, tmp_path: Path, outlets: Outlets) -> Iterator[Live]:
    with Upstream(outlets.app) as upstream:
        made = Live(upstream, City([]), record, tmp_path, Clock(START))
        feeds = tuple(
            FeedConfig(outlet=f"Outlet {path[1:]}", kind="news", address=upstream.base + path)
            for path in ("/one", "/two")
        )
        news = made.config.news.model_copy(update={"feeds": feeds})
        made.config = made.config.model_copy(update={"news": news})
        load_starter(record, Rule(made.config.scope), made.clock.now, trust_of(made.config.trust))
        yield made


def read(live: Live) -> Result:
    live.clock.sleep(3600)
    with live.visit() as visit:
        return sync_news.read_feeds(visit)


def new_articles(live: Live) -> list[sa.Row[tuple[object, ...]]]:
    return rows(live.engine, Article, source="news-feeds")


def test_an_article_about_a_measure_is_kept_with_its_words_and_one_about_gardens_is_not(live: Live) -> None:
    result = read(live)
    article = one(live.engine, Article, source="news-feeds")
    assert (article.headline, article.outlet, article.kind) == (STORY["title"], "Outlet one", "news")
    link = one(live.engine, Coverage, article_id=article.id, file_number="EO 50-2025")
    assert (link.outcome, link.decided_by, link.kind) == ("published", "press", "explicit")
    assert "Executive Order 50" in link.evidence
    assert result.read == 2


def test_the_same_feeds_read_again_add_nothing(live: Live) -> None:
    read(live)
    before = len(rows(live.engine, Coverage))
    read(live)
    assert (len(new_articles(live)), len(rows(live.engine, Coverage))) == (1, before)


def test_what_a_person_decided_is_not_decided_again(live: Live) -> None:
    read(live)
    with live.engine.begin() as connection:
        connection.execute(
            sa.text("UPDATE coverage SET outcome = 'rejected', decided_by = 'an editor' WHERE decided_by = 'press'")
        )
    read(live)
    assert {row.outcome for row in rows(live.engine, Coverage) if row.decided_by != "starter record"} == {"rejected"}


def test_copies_of_one_story_are_marked_as_one(live: Live, outlets: Outlets) -> None:
    outlets.stories["/two"] = (STORY | {"address": "https://copy.example.org/x"},)
    read(live)
    first, second = new_articles(live)
    assert first.story == second.story != ""


def test_one_broken_feed_costs_one_sentence_and_nothing_else(live: Live) -> None:
    live.upstream.misbehave("/two", faults.answering(200, news_pages.page(body="<p>no feed</p>").encode()))
    result = read(live)
    assert (len(new_articles(live)), result.unreadable) == (1, 1)
    assert one(live.engine, Alert).message.startswith("Outlet two: ")
    assert rows(live.engine, Run, source="news-feeds")[-1].outcome == "ok"


def test_when_no_feed_can_be_read_the_run_has_failed(live: Live) -> None:
    live.upstream.misbehave("/", faults.refuse())
    with pytest.raises(FetchFailed, match="none of 2 could be read"):
        read(live)
    assert rows(live.engine, Run, source="news-feeds")[-1].outcome == "failed"


def test_an_article_with_a_script_in_its_title_is_only_words(live: Live, outlets: Outlets) -> None:
    title = "&lt;script&gt;alert(1)&lt;/script&gt;Executive Order 50 of 2025 on ICE at Rikers in New York City"
    outlets.stories["/one"] = (STORY | {"title": title},)
    read(live)
    assert all("<script" not in str(tuple(row)) for row in new_articles(live))


def test_old_articles_are_passed_over(live: Live) -> None:
    live.clock.sleep(timedelta(days=90).total_seconds())
    read(live)
    assert new_articles(live) == []


def test_a_page_that_an_operator_names_is_kept_and_linked(live: Live, outlets: Outlets) -> None:
    page = news_pages.page(
        news_pages.meta(**{"og:title": STORY["title"], "og:site_name": "The Outlet"}),
        f"<article><p>{STORY['excerpt']}</p></article>",
    )
    live.upstream.misbehave("/story", faults.answering(200, page.encode()))
    with live.visit() as visit:
        story, found = sync_news.add_article(visit, f"{live.upstream.base}/story", "opinion")
    assert (story.outlet, [link.file_number for link in found.links]) == ("The Outlet", ["EO 50-2025"])
    assert one(live.engine, Article, source="articles-added").kind == "opinion"


def test_a_bibliography_is_taken_in_whole_or_not_at_all(live: Live, tmp_path: Path) -> None:
    path = tmp_path / "b.csv"
    head = "address,outlet,kind,headline,published_on\n"
    good = "https://example.org/a,The Outlet,news,NYC Council sues over Executive Order 50 on ICE,2025-04-15\n"
    path.write_text(head + good, encoding="utf-8")
    with live.visit() as visit:
        sync_news.add_bibliography(visit, read_bibliography(path), str(path))
    assert one(live.engine, Article, source="articles-added").outlet == "The Outlet"
    for bad, words in (
        ("ftp://example.org/a,x,news,y,\n", "begins with https"),
        ("https://example.org/a,x,rumour,y,\n", "is not a kind"),
        ("https://example.org/a,x,news,y,yesterday\n", "is not a date"),
        ("https://example.org/a,x,news,,\n", "no headline"),
    ):
        path.write_text(head + good + bad, encoding="utf-8")
        with pytest.raises(BadInput, match=f"line 3: .*{words}.*Nothing of the file was taken"):
            read_bibliography(path)
    path.write_text("address,outlet\n", encoding="utf-8")
    with pytest.raises(BadInput, match="has no column kind"):
        read_bibliography(path)


def test_who_wrote_it_is_kept_and_learned_later_but_never_replaced(live: Live, tmp_path: Path) -> None:
    def take(author: str) -> str:
        path = tmp_path / "b.csv"
        line = f"https://example.org/a,The Outlet,news,NYC Council sues over Executive Order 50 on ICE,{author}"
        path.write_text(f"address,outlet,kind,headline,author\n{line}\n", encoding="utf-8")
        with live.visit() as visit:
            sync_news.add_bibliography(visit, read_bibliography(path), str(path))
        return one(live.engine, Article, source="articles-added").author

    assert [take(""), take("By Ann Lee"), take("Bob Roe"), take("")] == ["", "Ann Lee", "Ann Lee", "Ann Lee"]


def test_matching_again_adds_what_a_new_name_finds_and_takes_nothing_away(live: Live) -> None:
    read(live)
    before = len(rows(live.engine, Coverage))
    with live.engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM coverage WHERE decided_by = 'press'"))
    with live.visit() as visit:
        assert sync_news.relink(visit).read == len(rows(live.engine, Article))
    assert len(rows(live.engine, Coverage)) >= before
    assert one(live.engine, Coverage, decided_by="press", file_number="EO 50-2025", article_id=new_articles(live)[0].id)
