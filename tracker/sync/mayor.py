"""Orders and news of the Mayor: the City's site, and the public collection of orders since 1974.

Every order that was ever read stays in `mayoral_order`. Matters are made of all of them anew each time, because a later
order changes what an earlier one is; `ingest` then tells what that changed.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from scrapers import orders_archive
from scrapers.errors import FetchFailed
from scrapers.executive_orders import FoundOrder, Orders
from scrapers.mayor_news import releases
from scrapers.news_stories import StoryRecord
from scrapers.nyc_gov import Site
from scrapers.pdf import read_pdf
from scrapers.records import MatterRecord, Observation, OrderRecord, ReleaseRecord, Unreadable
from tracker.coverage.articles import Read, matched, store
from tracker.database import reading, writing
from tracker.held import table
from tracker.ingest import Result, Source, gathering, ingest, recorded
from tracker.judge import day
from tracker.models.sources import Article, MayoralOrder
from tracker.orders import corpus as orders
from tracker.press.matching import open_press
from tracker.sync.visit import Recording, Visit
from tracker.wording import mayor_on, new_york_date

ORDERS = "executive-orders"
ORDERS_ARCHIVE = "orders-archive"
NEWS = "mayor-news"
OUTLET = "Mayor of New York City"


def read_orders(visit: Visit) -> Result:
    """The orders that the City's site lists for the last weeks."""
    config = visit.config.nyc_gov
    source = Source(ORDERS, "live", config.address, "", ())
    found: list[tuple[OrderRecord, str]] = []
    doubts: list[tuple[str, str]] = []
    with gathering(visit.engine, source, visit.clock):
        site = Site(visit.fetcher, config.address)
        for each in Orders(site, read_pdf, issuer_on).orders(*_window(visit)):
            if isinstance(each, FoundOrder):
                digest = visit.archive.bundle([(answer.address, answer.digest) for answer in each.answers])
                found.append((each.record, digest))
            else:
                doubts.append((each.address, each.reason))
        _some_must_be_read(site.list_address, found, doubts)
        _store(visit, ORDERS, found)
    return _tell(visit, source, doubts)


def read_orders_archive(visit: Visit, place: str = "") -> Result:
    """The public collection: what it holds goes where the City's own page was not read."""
    config = visit.config.orders_archive
    place = place or config.place
    source = Source(ORDERS_ARCHIVE, "replay", place, "", ())
    with gathering(visit.engine, source, visit.clock):
        seen = list(orders_archive.read_orders(place, Path(config.mirror), visit.now()))
        doubts = [(each.place, each.reason) for each in seen if isinstance(each, Unreadable)]
        found = [(each.order, each.digest) for each in seen if not isinstance(each, Unreadable)]
        _some_must_be_read(place, found, doubts)
        _store(visit, ORDERS_ARCHIVE, found)
    return _tell(visit, source, doubts)


def issuer_on(iso_date: str) -> str:
    """The mayor in office on an ISO date, in full: "Mayor Eric Adams"; orders bear no more than a signature."""
    office, _, name = mayor_on(date.fromisoformat(iso_date)).partition(" ")
    return f"{office} {orders_archive.MAYORS.get(name, name)}".strip()


def _window(visit: Visit) -> tuple[str, str]:
    today = new_york_date(visit.clock())
    return (today - timedelta(days=visit.config.nyc_gov.window_days)).isoformat(), today.isoformat()


def _some_must_be_read(subject: str, found: Sequence[object], doubts: Sequence[tuple[str, str]]) -> None:
    """A source that lists things of which none can be read is down, whatever each of them says."""
    if doubts and not found:
        raise FetchFailed(subject, f"{len(doubts)} are listed and none could be read; the first: {doubts[0][1]}")


def _tell(visit: Visit, source: Source, doubts: list[tuple[str, str]]) -> Result:
    """Make matters of every order we hold, and take them in."""
    with reading(visit.engine) as session:
        held = {row.key: row for row in session.execute(sa.select(table(MayoralOrder)))}
    made = orders.matters([_record(row) for row in held.values()], new_york_date(visit.clock()), visit.rule)
    seen = [_observed(visit, record, held) for record in made.records]
    told = Source(
        source.name, source.mode, source.place, "", seen, trust=visit.trust, voice=ORDERS,
        relations=made.relations, doubts=(*doubts, *made.doubts),
    )  # fmt: skip
    return ingest(visit.engine, told, visit.rule, visit.clock)


def _observed(visit: Visit, record: MatterRecord, held: dict[str, Any]) -> Observation:
    row = held.get(record.source_id.removeprefix("eo:"))
    return Observation(
        visit.now(), f"orders/{record.source_id}", record.url or record.source_id, row.digest if row else "", record
    )


def _record(row: Any) -> OrderRecord:
    return OrderRecord(
        key=row.key,
        series=row.series,
        number=row.number,
        year=row.year,
        subject=row.subject,
        issuer=row.issuer,
        signer=row.signer,
        dated_on=row.dated_on.isoformat() if row.dated_on else "",
        listed_on=row.listed_on.isoformat() if row.listed_on else "",
        address=row.address,
        pdf_address=row.pdf_address,
        text=row.text,
        complete=row.complete,
        doubts=tuple(row.doubts.splitlines()),
    )


def _store(visit: Visit, source: str, found: Sequence[tuple[OrderRecord, str]]) -> None:
    """Keep the orders as published. What the City's page said goes before what the collection says."""
    now = visit.clock()
    with writing(visit.engine) as session:
        rows = table(MayoralOrder)
        known = {row.key: row for row in session.execute(sa.select(rows))}
        for order, digest in found:
            old = known.get(order.key)
            if old is not None and old.source == ORDERS and source != ORDERS:
                continue
            values = _values(order) | {"source": source, "digest": digest, "last_seen_at": now}
            if old is None:
                session.execute(rows.insert().values(**values, first_seen_at=now))
            else:
                session.execute(rows.update().where(rows.c.key == order.key).values(**values))


def _values(order: OrderRecord) -> dict[str, object]:
    return order._asdict() | {
        "dated_on": day(order.dated_on),
        "listed_on": day(order.listed_on),
        "doubts": "\n".join(order.doubts),
    }


def read_news(visit: Visit) -> Result:
    """Releases and statements of the last weeks: matched by their whole text, kept as headline, address, date."""
    config = visit.config.nyc_gov
    source = Source(NEWS, "live", config.address, "", ())
    reads: list[Read] = []
    doubts: list[tuple[str, str]] = []
    with reading(visit.engine) as session:
        known = set(session.execute(sa.select(table(Article).c.shown_address)).scalars())
        press = open_press(session, visit.config.press)
    with gathering(visit.engine, source, visit.clock):
        recording = Recording(visit.fetcher)
        site = Site(recording, config.address)
        for each in releases(site, config.news_types, *_window(visit), known=known):
            answers = recording.taken()
            if isinstance(each, ReleaseRecord):
                story = _story(each)
                reads.append(Read(story, matched(press, story), answers[-1].digest if answers else ""))
            else:
                doubts.append((each.address, each.reason))
        _some_must_be_read(site.list_address, reads, doubts)
    with recorded(visit.engine, replace(source, doubts=tuple(doubts)), visit.clock) as (session, run):
        new, links = store(session, reads, NEWS, visit.clock())
        run.read, run.unreadable = new, len(doubts)
        run.message = f"{new:,} new releases noted, {links:,} links." if new else "Nothing new."
        return Result(run.id or 0, run.read, 0, run.unreadable, 0, run.message)


def _story(release: ReleaseRecord) -> StoryRecord:
    return StoryRecord(
        release.address, release.title, OUTLET, "", "", release.published_on, "en", release.excerpt, release.text,
        "government",
    )  # fmt: skip
