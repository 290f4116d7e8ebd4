"""What was written about one measure before its outlets were followed: GDELT and search feeds, asked by its names.

They answer with headlines alone. Where a headline does not say enough the page is read, as far as it lets programs,
matched, and forgotten. Search engines that hide the address of a story behind a gateway of their own are of no use
here: such links are left out and counted.
"""

import re
from collections.abc import Container, Iterable
from contextlib import suppress
from datetime import timedelta
from typing import NamedTuple

import sqlalchemy as sa

from scrapers.errors import ScrapeError, Stopped
from scrapers.news_pages import read_article
from scrapers.news_search import SEEN, is_gateway, read_gdelt, read_search
from scrapers.news_stories import Feed, StoryRecord
from tracker.coverage.articles import Doubts, Read, Road, doubts_of, gather, matched, store
from tracker.coverage.stories import canonical
from tracker.database import reading
from tracker.errors import BadIdentifier, ConfigError, NotFound
from tracker.held import table
from tracker.identifiers import FileNumber, LocalLaw, OrderNumber, parse
from tracker.ingest import Result, Source, gathering, recorded
from tracker.models.sources import Article
from tracker.press.knowledge import Knowledge, Known, read_knowledge
from tracker.press.matching import Press, Reading, vocabulary
from tracker.sync.visit import Recording, Visit
from tracker.wording import count, new_york_date

BACKFILL = "news-backfill"
MOST_PHRASES = 6  # of one question: a longer one is refused
LEAST_LETTERS = 6  # of a phrase; GDELT refuses shorter ones


class Looked(NamedTuple):
    """What is about the measure, and how many pages could not be read."""

    reads: list[Read]
    unread: int


def backfill(visit: Visit, number: str, days: int, pages: int) -> Result:
    """Ask for one measure, by any written form of its number, over the last ``days``; keep what is linked to it.

    ``pages`` is how many pages are read at most. Raises NotFound for a measure that is not followed, ConfigError where
    nobody is set to be asked.
    """
    terms = visit.config.press
    with reading(visit.engine) as session:
        known = read_knowledge(session, vocabulary(terms), (row[0] for row in terms.neighbours))
        held = set(session.execute(sa.select(table(Article).c.address)).scalars())
    measure = _measure(known, number)
    source = Source(BACKFILL, "live", measure.file_number, "", ())
    doubts: Doubts = []
    with gathering(visit.engine, source, visit.clock):
        stories = gather(visit, _roads(visit, measure, days), "the searches for news", doubts)
        direct = [(story, digest) for story, digest in stories if not is_gateway(story.address)]
        looked = _look(visit, Press(known, terms), direct, measure.file_number, held, pages)
    told = Source(BACKFILL, "live", measure.file_number, "", (), doubts=(*doubts, *doubts_of(looked.reads)))
    with recorded(visit.engine, told, visit.clock) as (session, run):
        new, links = store(session, looked.reads, BACKFILL, visit.clock())
        run.read, run.unreadable = len(stories), len(doubts)
        run.message = (
            f"{len(stories):,} headlines found; {len(looked.reads):,} about {measure.file_number}: {new:,} new,"
        )
        run.message += f" {links:,} links."
        if looked.unread:
            run.message += f" {count(looked.unread, 'page')} could not be read."
        if hidden := len(stories) - len(direct):
            run.message += f" {hidden:,} lead through a gateway and were left out."
        return Result(run.id or 0, run.read, 0, run.unreadable, 0, run.message)


def _measure(known: Knowledge, text: str) -> Known:
    found = known.by_file.get(text.strip())  # directives and suits bear no number
    with suppress(BadIdentifier):
        found = found or known.by_file.get(str(parse(text)))
    with suppress(BadIdentifier):
        found = found or known.by_law.get(LocalLaw.parse(text))
    if found is None:
        raise NotFound(f"{text!r} is no measure that is followed. Write it as on its page, such as Int 1412-2025.")
    return found


def _look(
    visit: Visit,
    press: Press,
    stories: Iterable[tuple[StoryRecord, str]],
    number: str,
    held: Container[str],
    pages: int,
) -> Looked:
    """What is about the measure by its headline, or by its page where that does not say so and is not held already."""
    recording, reads, unread = Recording(visit.fetcher), [], 0
    for story, digest in stories:
        found = matched(press, story)
        if not _names(found, number) and pages > 0 and canonical(story.address) not in held:
            pages -= 1
            try:
                story = read_article(recording, story.address, kind=story.kind)
            except Stopped:
                raise
            except ScrapeError:
                unread += 1
                continue
            found, digest = matched(press, story), recording.taken()[-1].digest
        if _names(found, number):
            reads.append(Read(story, found, digest))
    return Looked(reads, unread)


def _names(found: Reading, number: str) -> bool:
    return number in (link.file_number for link in found.links)


def _roads(visit: Visit, measure: Known, days: int) -> list[Road]:
    news, query = visit.config.news, question(measure)
    until = new_york_date(visit.clock()) + timedelta(days=1)  # GDELT counts in UTC, which is ahead
    since = until - timedelta(days=days + 1)
    roads = [
        Road("Search", template, lambda fetcher, template=template: _quiet(read_search(fetcher, template, query)))  # type: ignore[misc]
        for template in news.searches
    ]
    if address := news.gdelt_address:
        span = since.isoformat(), until.isoformat()
        roads.insert(0, Road("GDELT", address, lambda fetcher: _quiet(read_gdelt(fetcher, address, query, *span))))
    if not roads:
        raise ConfigError("[news] gdelt_address and searches are both empty: there is nobody to ask.")
    return roads


def _quiet(feed: Feed) -> Feed:
    """Without what is so by the nature of a search: it finds nothing, dates by what it saw, hides its addresses."""
    told = (doubt for doubt in feed.doubts if doubt != SEEN and "through a gateway" not in doubt)
    return Feed(feed.stories, tuple(told) if feed.stories else ())


def question(measure: Known) -> str:
    """What is asked: the measure's names and the forms of its number that papers print, any of which will do."""
    phrases = [re.sub(r"[^\w\s.'-]", " ", phrase) for phrase in (*measure.names, *_numbers(measure))]
    quoted = [f'"{" ".join(each.split())}"' for each in dict.fromkeys(phrases) if len(each) >= LEAST_LETTERS]
    quoted = quoted[:MOST_PHRASES]
    return f"({' OR '.join(quoted)})" if len(quoted) > 1 else "".join(quoted)


def _numbers(measure: Known) -> list[str]:
    number, law = measure.number, measure.local_law
    forms = [f"Local Law {law.number}"] if law else []
    if isinstance(number, FileNumber):
        word = {"Int": "Intro", "Res": "Resolution"}.get(number.kind, number.kind)
        forms.append(f"{word} {number.number}")
    elif isinstance(number, OrderNumber):
        forms.append(f"Executive Order {number.number}")
    return forms or [measure.file_number]
