"""Every source by its name, and one way to read each: alone, under its own lock, with the same tools."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep
from types import MappingProxyType
from typing import Final

import sqlalchemy as sa

from scrapers.fetch import Client, Manners
from tracker.captures import Archive, Store
from tracker.config import Config
from tracker.ingest import Clock, Result
from tracker.locks import Busy, only_one
from tracker.scope import Rule
from tracker.sync import archive as sync
from tracker.sync import council as sync_council
from tracker.sync import hearings as sync_hearings
from tracker.sync import mayor as sync_mayor
from tracker.sync import news as sync_news
from tracker.sync.visit import Visit

Stop = Callable[[], bool]


def _read_archive(visit: Visit) -> Result:
    config = visit.config.council_archive
    return sync.read_archive(visit.engine, visit.rule, visit.clock, config, config.place, trust=visit.trust)


READERS: Final[Mapping[str, Callable[[Visit], Result]]] = MappingProxyType(
    {
        sync.ARCHIVE: _read_archive,
        sync_council.API: sync_council.read_api,
        sync_council.WEB: sync_council.read_web,
        sync_hearings.HEARINGS: sync_hearings.read_hearings,
        sync_mayor.ORDERS_ARCHIVE: sync_mayor.read_orders_archive,
        sync_mayor.ORDERS: sync_mayor.read_orders,
        sync_mayor.NEWS: sync_mayor.read_news,
        sync_news.FEEDS: sync_news.read_feeds,
        sync_news.SITEMAPS: sync_news.read_sitemaps,
    }
)


def read(name: str, visit: Visit) -> Result:
    """Read one source. Raises Busy where another process is reading it.

    Where it brought changes, the news are matched again in case that a new measure is among them.
    """
    with only_one(visit.engine, name):
        result = READERS[name](visit)
    match_again(visit, result)
    return result


def match_again(visit: Visit, result: Result) -> None:
    """After a run that changed the record; not while another process does it."""
    if result.changes:
        with suppress(Busy), only_one(visit.engine, sync_news.RELINKED):
            sync_news.relink(visit, if_changed=True)


@contextmanager
def visiting(config: Config, engine: sa.Engine, rule: Rule, clock: Clock, *, token: str, stop: Stop) -> Iterator[Visit]:
    """The real tools: one client for every source, the store of captures, the Council's token."""
    archive = Archive(Store(Path(config.captures.folder)), engine)
    fetch = config.fetch
    manners = Manners(
        agent=fetch.agent,
        contact=config.site.contact,
        pause_seconds=fetch.pause_seconds,
        timeout_seconds=fetch.timeout_seconds,
        total_seconds=fetch.total_seconds,
        attempts=fetch.attempts,
        max_bytes=fetch.max_megabytes << 20,
        private_hosts=fetch.private_hosts,
    )
    with Client(manners, archive, clock=clock, sleep=sleep, monotonic=monotonic, stop=stop) as client:
        yield Visit(engine, config, rule, clock, client, archive, token)
