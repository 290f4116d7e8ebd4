"""What every road to news does alike: read it, match it, and keep what is about the record with its links.

Texts are read for matching and not kept. An article is known by its canonical address, whatever road led to it.
"""

import itertools
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session

from scrapers.errors import FetchFailed, Refused, ScrapeError, Stopped
from scrapers.news_stories import Feed, StoryRecord
from tracker.coverage.folding import tame
from tracker.coverage.outlets import kind_of, name_of
from tracker.coverage.stories import canonical, fold, shown
from tracker.database import next_id
from tracker.held import table
from tracker.judge import day
from tracker.models.sources import Article, Coverage
from tracker.posting import insert
from tracker.press.matching import Press, Reading
from tracker.sync.visit import Recording, Visit
from tracker.wording import new_york_date

RULE = "press"  # who decided, where no person did
RECENT = timedelta(days=14)  # how far back a copy of a story is looked for
MOST_DOUBTS = 5  # of one feed in one run: a feed that is off is off in every entry

Doubts = list[tuple[str, str]]


class Read(NamedTuple):
    """One article with what was found in it; ``digest`` is that of the feed it was in."""

    story: StoryRecord
    found: Reading
    digest: str


class Road(NamedTuple):
    """One way to stories: who publishes there, its address, and how it is read."""

    name: str
    address: str
    read: Callable[[Recording], Feed]


class _Told(NamedTuple):
    """As much of an article as the folding by story looks at."""

    address: str
    title: str
    outlet: str
    published_on: str


def gather(visit: Visit, roads: Sequence[Road], what: str, doubts: Doubts) -> list[tuple[StoryRecord, str]]:
    """The stories of all roads, each once, with the digest of the answer it was in.

    What is off is added to ``doubts``, each sentence once. Raises FetchFailed where none of the roads can be read.
    """
    stories: dict[str, tuple[StoryRecord, str]] = {}
    recording, good = Recording(visit.fetcher), 0
    for road in roads:
        try:
            found = road.read(recording)
        except Stopped:
            raise
        except ScrapeError as error:
            refused = "it refuses programs: " if isinstance(error, Refused) else ""
            doubts.append((road.address, f"{road.name}: {refused}{error.message}"))
            continue
        good += 1
        doubts += [(road.address, f"{road.name}: {doubt}") for doubt in _of_the_road(found)]
        digest = recording.taken()[-1].digest
        for story in found.stories:
            stories.setdefault(canonical(story.address), (story, digest))
    if roads and not good:
        raise FetchFailed(what, f"none of {len(roads)} could be read; the first: {doubts[0][1]}")
    return list(stories.values())


def _of_the_road(feed: Feed) -> list[str]:
    """What is off with a feed itself. What is off with one of its stories matters only if the story is kept."""
    of_stories = {f"{story.title}: {doubt}" for story in feed.stories for doubt in story.doubts}
    return [doubt for doubt in dict.fromkeys(feed.doubts) if doubt not in of_stories][:MOST_DOUBTS]


def doubts_of(reads: Iterable[Read]) -> Doubts:
    """What is off with the stories that are kept, for ``/sources``."""
    return [
        (canonical(read.story.address), f"{read.story.title}: {doubt}") for read in reads for doubt in read.story.doubts
    ]


def matched(press: Press, story: StoryRecord) -> Reading:
    """What a story is about, by all of it that is at hand."""
    return press.read(story.title, f"{story.excerpt}\n{story.text}", day(story.published_on))


def about(press: Press, stories: Iterable[tuple[StoryRecord, str]], since: date | None = None) -> list[Read]:
    """Those that are about the record, published on or after ``since`` or without a date."""
    found = [
        Read(story, matched(press, story), digest)
        for story, digest in stories
        if since is None or not story.published_on or date.fromisoformat(story.published_on) >= since
    ]
    return [read for read in found if read.found.links or read.found.topic]


def store(session: Session, reads: Sequence[Read], source: str, now: datetime) -> tuple[int, int]:
    """Keep articles and links; gives how many articles and how many links were new.

    What a person decided on a link stays as it was decided.
    """
    articles, links = table(Article), table(Coverage)
    held = {row.address: row.id for row in session.execute(sa.select(articles.c.address, articles.c.id))}
    ids = itertools.count(next_id(session, Article.id))
    new = {canonical(read.story.address): read for read in reversed(reads)}
    _name_authors(session, {address: read.story.author for address, read in new.items() if address in held})
    rows = [_article(next(ids), address, new[address], source, now) for address in new if address not in held]
    insert(session, Article, rows)
    held |= {str(row["address"]): int(str(row["id"])) for row in rows}
    known = {(row.article_id, row.file_number) for row in session.execute(sa.select(links))}
    wanted = {
        key: link
        for read in reads
        for link in read.found.links
        if (key := (held[canonical(read.story.address)], link.file_number)) not in known
    }
    numbers = itertools.count(next_id(session, Coverage.id))
    linked = [
        {
            "id": next(numbers), "article_id": article_id, "file_number": file_number, "kind": link.kind,
            "role": link.role, "score": link.score, "evidence": tame(link.evidence), "outcome": link.outcome,
            "decided_by": RULE, "decided_at": now,
        }
        for (article_id, file_number), link in wanted.items()
    ]  # fmt: skip
    insert(session, Coverage, linked)
    on_topic = {held[canonical(read.story.address)] for read in reads if read.found.topic}
    newly = articles.update().where(articles.c.id.in_(on_topic), articles.c.topic.is_(False))
    session.execute(newly.values(topic=True))
    _fold(session, new_york_date(now) - RECENT)
    return len(rows), len(linked)


def _article(key: int, address: str, read: Read, source: str, now: datetime) -> dict[str, object]:
    story, outlet = read.story, name_of(address, tame(read.story.outlet))
    return {
        "id": key, "address": address, "shown_address": shown(story.address), "outlet": outlet,
        "kind": kind_of(outlet, story.kind), "headline": tame(story.title), "author": tame(story.author),
        "excerpt": tame(story.excerpt),
        "published_on": day(story.published_on), "language": tame(story.language), "story": "",
        "topic": read.found.topic, "source": source, "digest": read.digest, "first_seen_at": now, "last_seen_at": now,
    }  # fmt: skip


def _name_authors(session: Session, told: dict[str, str]) -> None:
    """Who wrote articles that were held without a byline: a sitemap names nobody, the page or the feed does."""
    articles = table(Article)
    for address, author in told.items():
        if author:
            unnamed = articles.c.address == address, articles.c.author == ""
            session.execute(articles.update().where(*unnamed).values(author=tame(author)))


def _fold(session: Session, since: date) -> None:
    """Mark copies and rewrites of one story, among the articles of the last days."""
    articles = table(Article)
    chosen = sa.select(articles).where(articles.c.published_on >= since, articles.c.source != "starter record")
    rows: Sequence[Any] = session.execute(chosen).all()
    told: Iterable[_Told] = (_Told(row.address, row.headline, row.outlet, row.published_on.isoformat()) for row in rows)
    for group in fold(told):
        if group.copies:
            addresses = [group.lead.address, *(copy.story.address for copy in group.copies)]
            marked = articles.update().where(articles.c.address.in_(addresses))
            session.execute(marked.values(story=group.lead.address))
