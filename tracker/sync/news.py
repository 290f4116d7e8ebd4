"""Feeds and sitemaps of news outlets -> articles that are about the record, and their links to measures.

Each is read, matched by `press`, and forgotten again but for what is about the subject: headline, outlet, date,
address, a short excerpt. One that is broken costs one sentence on ``/sources``; only if none can be read is the run a
failure.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import sqlalchemy as sa

from scrapers.news_feeds import read_feed
from scrapers.news_pages import read_article
from scrapers.news_sitemaps import read_sitemap
from scrapers.news_stories import StoryRecord
from tracker import __version__
from tracker.config import FeedConfig
from tracker.coverage.articles import Doubts, Read, Road, about, doubts_of, gather, matched, store
from tracker.database import reading
from tracker.held import table
from tracker.ingest import Result, Source, gathering, recorded
from tracker.models.sources import Article
from tracker.press.knowledge import read_knowledge
from tracker.press.matching import Press, Reading, open_press, vocabulary
from tracker.sync.visit import Recording, Visit, put_stamps
from tracker.wording import new_york_date

FEEDS = "news-feeds"
SITEMAPS = "news-sitemaps"
ADDED = "articles-added"
RELINKED = "articles-relinked"


def read_feeds(visit: Visit) -> Result:
    """Read every feed of the settings and keep what is about the record."""
    return _read(visit, FEEDS, "feeds", [_feed(feed) for feed in visit.config.news.feeds])


def read_sitemaps(visit: Visit) -> Result:
    """The same for outlets that have no feed and list their news in a sitemap."""
    since = new_york_date(visit.clock()) - timedelta(days=visit.config.news.window_days)
    roads = [_sitemap(sitemap, since.isoformat()) for sitemap in visit.config.news.sitemaps]
    return _read(visit, SITEMAPS, "sitemaps", roads)


def _feed(feed: FeedConfig) -> Road:
    return Road(feed.outlet, feed.address, lambda fetcher: read_feed(fetcher, feed.address, feed.outlet, feed.kind))


def _sitemap(sitemap: FeedConfig, since: str) -> Road:
    address, outlet = sitemap.address, sitemap.outlet
    return Road(outlet, address, lambda fetcher: read_sitemap(fetcher, address, outlet, since, kind=sitemap.kind))


def _read(visit: Visit, name: str, what: str, roads: Sequence[Road]) -> Result:
    if not roads:
        return Result(0, 0, 0, 0, 0, f"[news] {what} in config.toml is empty: there is nothing to read.")
    source = Source(name, "live", f"{len(roads)} {what}", "", ())
    doubts: Doubts = []
    with gathering(visit.engine, source, visit.clock):
        with reading(visit.engine) as session:
            press = open_press(session, visit.config.press)
        stories = gather(visit, roads, f"the {what} of news", doubts)
    unreadable = len(doubts)
    since = new_york_date(visit.clock()) - timedelta(days=visit.config.news.window_days)
    reads = about(press, stories, since)
    told = Source(name, "live", source.place, "", (), doubts=(*doubts, *doubts_of(reads)))
    with recorded(visit.engine, told, visit.clock) as (session, run):
        new, links = store(session, reads, name, visit.clock())
        run.read, run.unreadable = len(stories), unreadable
        run.message = f"{len(stories):,} articles read; {new:,} new on the subject, {links:,} links."
        return Result(run.id or 0, run.read, 0, run.unreadable, 0, run.message)


def add_article(visit: Visit, address: str, kind: str) -> tuple[StoryRecord, Reading]:
    """One page, as an operator asks for it: kept whatever is found in it, since a person chose it."""
    source = Source(ADDED, "live", address, "", ())
    recording = Recording(visit.fetcher)
    with gathering(visit.engine, source, visit.clock):
        story = read_article(recording, address, kind=kind)
        with reading(visit.engine) as session:
            found = matched(open_press(session, visit.config.press), story)
    told = Source(ADDED, "live", address, "", (), doubts=tuple((address, doubt) for doubt in story.doubts))
    with recorded(visit.engine, told, visit.clock) as (session, run):
        _, links = store(session, [Read(story, found, recording.taken()[-1].digest)], ADDED, visit.clock())
        run.read, run.message = 1, f"{story.title}: {links:,} links."
    return story, found


def add_bibliography(visit: Visit, stories: Sequence[StoryRecord], place: str) -> Result:
    """Articles that somebody gathered: kept and matched by headline and excerpt."""
    with reading(visit.engine) as session:
        press = open_press(session, visit.config.press)
    with recorded(visit.engine, Source(ADDED, "replay", place, "", ()), visit.clock) as (session, run):
        reads = [Read(story, matched(press, story), "") for story in stories]
        new, links = store(session, reads, ADDED, visit.clock())
        run.read, run.message = len(stories), f"{len(stories):,} articles read; {new:,} new, {links:,} links."
        return Result(run.id or 0, len(stories), 0, 0, 0, run.message)


def relink(visit: Visit, *, if_changed: bool = False) -> Result:
    """Match every article again, after a new matter, name or rule, by what is kept of it: headline and excerpt.

    It adds what is found now, and takes nothing away: the text by which a link was found is not kept. With
    ``if_changed`` it does so only where the matcher knows something that it did not know the last time.
    """
    source = Source(RELINKED, "replay", "the record", "", ())
    known = _digest_of_knowledge(visit)
    if if_changed and visit.stamps(RELINKED).get("knowledge") == known:
        return Result(0, 0, 0, 0, 0, "The matcher knows nothing new; nothing was matched again.")
    articles = table(Article)
    with recorded(visit.engine, source, visit.clock) as (session, run):
        press = open_press(session, visit.config.press)
        rows = session.execute(sa.select(articles)).all()
        reads = _again(press, map(_story, rows))
        _, links = store(session, reads, RELINKED, visit.clock())
        put_stamps(session, RELINKED, [("knowledge", known)])
        run.read, run.message = len(rows), f"{len(rows):,} articles matched again; {links:,} new links."
        return Result(run.id or 0, len(rows), 0, 0, 0, run.message)


def _again(press: Press, stories: Iterable[StoryRecord]) -> list[Read]:
    return [Read(story, matched(press, story), "") for story in stories]


def _story(row: Any) -> StoryRecord:
    on = row.published_on.isoformat() if row.published_on else ""
    return StoryRecord(row.address, row.headline, row.outlet, "", "", on, row.language, row.excerpt, "", row.kind)


def _digest_of_knowledge(visit: Visit) -> str:
    """The same as long as no matter, name or phrase that the matcher goes by is another."""
    terms = visit.config.press
    with reading(visit.engine) as session:
        known = read_knowledge(session, vocabulary(terms), (row[0] for row in terms.neighbours))
    matters = [replace(matter, names=tuple(sorted(matter.names))) for matter in known.matters]
    parts = (orjson.dumps(matters, default=_in_order), terms.model_dump_json().encode(), __version__.encode())
    return hashlib.sha256(b"\n".join(parts)).hexdigest()


def _in_order(value: Any) -> list[Any]:
    """A set as a list: Python's own order of sets differs from process to process."""
    if isinstance(value, frozenset):
        return sorted(value, key=str)
    raise TypeError(f"{type(value).__name__} is no part of what the matcher knows")
