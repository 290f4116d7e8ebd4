"""Feeds of news outlets -> articles that are about the record, and their links to measures.

Every feed is read, matched by `press`, and forgotten again but for what is about the subject: headline, outlet, date,
address, a short excerpt. Texts are read for matching and not kept. A feed that is broken costs one sentence on
``/sources``; only if none can be read is the run a failure.
"""

import itertools
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session

from scrapers.errors import FetchFailed, Refused, ScrapeError, Stopped
from scrapers.news_feeds import read_feed
from scrapers.news_pages import read_article
from scrapers.news_stories import StoryRecord
from tracker.config import NewsConfig
from tracker.database import next_id, reading
from tracker.held import table
from tracker.ingest import Result, Source, gathering, recorded
from tracker.judge import day
from tracker.models_sources import Article, Coverage
from tracker.posting import insert
from tracker.press import Press, Reading, open_press
from tracker.stories import canonical, fold
from tracker.visit import Recording, Visit
from tracker.wording import new_york_date

FEEDS = "news-feeds"
ADDED = "articles-added"
RELINKED = "articles-relinked"
RULE = "press"  # who decided, where no person did
RECENT = timedelta(days=14)  # how far back a copy of a story is looked for


class Read(NamedTuple):
    """One article with what was found in it; ``digest`` is that of the feed it was in."""

    story: StoryRecord
    found: Reading
    digest: str


class _Told(NamedTuple):
    """As much of an article as the folding by story looks at."""

    address: str
    title: str
    outlet: str
    published_on: str


def read_feeds(visit: Visit) -> Result:
    """Read every feed of the settings and keep what is about the record."""
    config = visit.config.news
    source = Source(FEEDS, "live", f"{len(config.feeds)} feeds", "", ())
    doubts: list[tuple[str, str]] = []
    with gathering(visit.engine, source, visit.clock):
        with reading(visit.engine) as session:
            press = open_press(session, visit.config.press)
        stories = _gather(visit, config, doubts)
    since = new_york_date(visit.clock()) - timedelta(days=config.window_days)
    found = [
        Read(story, matched(press, story), digest)
        for story, digest in stories
        if not story.published_on or date.fromisoformat(story.published_on) >= since
    ]
    told = Source(FEEDS, "live", source.place, "", (), doubts=tuple(doubts))
    with recorded(visit.engine, told, visit.clock) as (session, run):
        about = [read for read in found if read.found.links or read.found.topic]
        new, links = store(session, about, FEEDS, visit.clock())
        run.read, run.unreadable = len(stories), len(doubts)
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


def relink(visit: Visit) -> Result:
    """Match every article again, after a new matter, name or rule, by what is kept of it: headline and excerpt.

    It adds what is found now, and takes nothing away: the text by which a link was found is not kept.
    """
    articles = table(Article)
    with recorded(visit.engine, Source(RELINKED, "replay", "the record", "", ()), visit.clock) as (session, run):
        press = open_press(session, visit.config.press)
        rows = session.execute(sa.select(articles)).all()
        reads = [Read(story, matched(press, story), "") for story in map(_story, rows)]
        _, links = store(session, reads, RELINKED, visit.clock())
        run.read, run.message = len(rows), f"{len(rows):,} articles matched again; {links:,} new links."
        return Result(run.id or 0, len(rows), 0, 0, 0, run.message)


def matched(press: Press, story: StoryRecord) -> Reading:
    """What a story is about, by all of it that is at hand."""
    return press.read(story.title, f"{story.excerpt}\n{story.text}", day(story.published_on))


def _story(row: Any) -> StoryRecord:
    on = row.published_on.isoformat() if row.published_on else ""
    return StoryRecord(row.address, row.headline, row.outlet, "", "", on, row.language, row.excerpt, "", row.kind)


def _gather(visit: Visit, config: NewsConfig, doubts: list[tuple[str, str]]) -> list[tuple[StoryRecord, str]]:
    stories: dict[str, tuple[StoryRecord, str]] = {}
    recording, good = Recording(visit.fetcher), 0
    for feed in config.feeds:
        try:
            found = read_feed(recording, feed.address, feed.outlet, feed.kind)
        except Stopped:
            raise
        except ScrapeError as error:
            refused = "it refuses programs: " if isinstance(error, Refused) else ""
            doubts.append((feed.address, f"{feed.outlet}: {refused}{error.message}"))
            continue
        good += 1
        digest = recording.taken()[-1].digest
        for story in found.stories:
            stories.setdefault(canonical(story.address), (story, digest))
    if config.feeds and not good:
        raise FetchFailed("the feeds of news", f"none of {len(config.feeds)} could be read; the first: {doubts[0][1]}")
    return list(stories.values())


def store(session: Session, reads: Sequence[Read], source: str, now: datetime) -> tuple[int, int]:
    """Keep articles and links; gives how many articles and how many links were new.

    An article is known by its canonical address. What a person decided on a link stays as it was decided.
    """
    articles, links = table(Article), table(Coverage)
    held = {canonical(row.address): row.id for row in session.execute(sa.select(articles.c.address, articles.c.id))}
    ids = itertools.count(next_id(session, Article.id))
    new = [read for read in reads if canonical(read.story.address) not in held]
    rows = [_article(next(ids), read, source, now) for read in new]
    insert(session, Article, rows)
    held |= {canonical(str(row["address"])): int(str(row["id"])) for row in rows}
    known = {(row.article_id, row.file_number) for row in session.execute(sa.select(links))}
    numbers = itertools.count(next_id(session, Coverage.id))
    linked = [
        {
            "id": next(numbers), "article_id": held[canonical(read.story.address)], "file_number": link.file_number,
            "kind": link.kind, "role": link.role, "score": link.score, "evidence": link.evidence,
            "outcome": link.outcome, "decided_by": RULE, "decided_at": now,
        }
        for read in reads
        for link in read.found.links
        if (held[canonical(read.story.address)], link.file_number) not in known
    ]  # fmt: skip
    insert(session, Coverage, linked)
    _fold(session, new_york_date(now) - RECENT)
    return len(new), len(linked)


def _article(key: int, read: Read, source: str, now: datetime) -> dict[str, object]:
    story = read.story
    return {
        "id": key, "address": story.address, "outlet": story.outlet, "kind": story.kind, "headline": story.title,
        "published_on": day(story.published_on), "language": story.language, "excerpt": story.excerpt, "story": "",
        "topic": read.found.topic, "source": source, "digest": read.digest, "first_seen_at": now, "last_seen_at": now,
    }  # fmt: skip


def _fold(session: Session, since: date) -> None:
    """Mark copies and rewrites of one story, among the articles of the last days."""
    articles = table(Article)
    chosen = sa.select(articles).where(articles.c.published_on >= since, articles.c.source != "starter record")
    rows = session.execute(chosen).all()
    told: Iterable[_Told] = (_Told(row.address, row.headline, row.outlet, row.published_on.isoformat()) for row in rows)
    for group in fold(told):
        if group.copies:
            addresses = [group.lead.address, *(copy.story.address for copy in group.copies)]
            marked = articles.update().where(articles.c.address.in_(addresses))
            session.execute(marked.values(story=canonical(group.lead.address)))
