"""Live sources: pages parsed per second beside the bare parser, and what a daily read asks of the Council's servers.

Pages are made from the starter record in the shapes that the tests use. The daily read is done against a city on
loopback with a clock that only moves while it waits, so that the seconds told are those of the pauses: what a polite
program needs even where every answer comes at once.
"""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from bs4 import BeautifulSoup

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from archive_builder import RULE
from live import STARTER, Json, living
from upstream.city import City
from upstream.legistar_pages import bill_address, bill_page, search_page

from scrapers.council_archive import Reader
from scrapers.council_pages import parse_matter, parse_search
from scrapers.json_lines import json_lines
from scrapers.records import Observation
from tracker.database import connect, upgrade
from tracker.ingest import Source, ingest
from tracker.sync import council as sync_council
from tracker.sync.visit import Visit

TRACKED = 150
ROUNDS = 5


def main() -> None:
    """Measure and print."""
    matters = newest()
    print(f"{'page':<28}{'pages/s':>10}{'bare':>10}{'x bare':>8}")
    bills = [bill_page(matter) for matter in matters[:40]]
    site = "https://legistar.council.nyc.gov/"
    throughput("bill page", bills, lambda page, at: parse_matter(page, site + bill_address(matters[at]["ID"])))
    rows = [renumbered(matters[n % len(matters)], n) for n in range(1000)]
    page = search_page(rows, 1, 1000, kind="-Select-", window="All Years")
    throughput("search page of 1,000 rows", [page], lambda page, at: parse_search(page, f"{site}Legislation.aspx"))
    with TemporaryDirectory(prefix="tracker-bench-") as folder:
        daily(matters, Path(folder))


def newest() -> list[Json]:
    """The newest reading of each Council file in the starter record, with a text of the usual length."""
    found: dict[str, Json] = {}
    for _, row in json_lines(STARTER):
        if row["matter"]:
            found[row["matter"]["File"]] = row["matter"] | {"Text": "Be it enacted. " * 500, "TextID": 1, "Summary": ""}
    return list(found.values())


def renumbered(matter: Json, number: int) -> Json:
    """The same matter under another number, so that there are as many as are wanted."""
    history = [row | {"ID": row["ID"] * 1000 + number} for row in matter["History"]]
    number_in_full = f"{matter['File'][:3].strip()} {number + 1:04d}-2099"
    return matter | {"ID": 1_000_000 + number, "File": number_in_full, "History": history}


def throughput(what: str, pages: list[str], parse: Callable[[str, int], Any]) -> None:
    """Pages a second by our parser and by BeautifulSoup with lxml alone; the median of a few rounds."""
    ours, bare = [], []
    for _ in range(ROUNDS):
        ours.append(timed(lambda: [parse(page, at) for at, page in enumerate(pages)]) / len(pages))
        bare.append(timed(lambda: [BeautifulSoup(page, "lxml") for page in pages]) / len(pages))
    one, other = median(ours), median(bare)
    print(f"{what:<28}{1 / one:>10,.1f}{1 / other:>10,.1f}{one / other:>8.2f}", flush=True)


def timed(work: Callable[[], object]) -> float:
    """Seconds."""
    began = perf_counter()
    work()
    return perf_counter() - began


def daily(matters: list[Json], folder: Path) -> None:
    """A daily read of 150 tracked matters, by API and by pages: requests, and the minutes that manners take."""
    followed = [matter for matter in matters if matter["Scope"] in ("core", "related")]
    tracked = [renumbered(followed[n % len(followed)], n) for n in range(TRACKED)]
    tracked[0]["IntroDate"] = "2026-02-05T00:00:00Z"  # the pages look for new bills in two months
    engine = connect(f"sqlite:///{folder}/bench.db")
    upgrade(engine)
    start = datetime(2026, 2, 10, 15, 0, tzinfo=UTC)
    roads: dict[str, Callable[[Visit], object]] = {"API": sync_council.read_api, "pages": sync_council.read_web}
    with living(engine, folder, City(tracked), start) as live:
        reader = Reader(whole=False)
        at = int(start.timestamp()) - 86400
        seen = [Observation(at, f"x/{m['ID']}", "", "", reader.parse_matter(m | {"Text": None})) for m in tracked]
        ingest(engine, Source("council-archive", "live", "x", "", seen), RULE, live.clock.now)
        for name, read in roads.items():
            live.upstream.asked.clear()
            before = len(live.clock.naps)
            began = perf_counter()
            with live.visit(pause=1.0) as visit:
                held = len(visit.tracked())
                read(visit)
                waited, asked = sum(live.clock.naps[before:]), len(live.upstream.asked)
            print(
                f"daily read of {held} tracked matters by the {name}: {asked:,} requests; {waited / 60:.1f} minutes "
                f"of pauses at one second each, {perf_counter() - began:.1f} s of work"
            )
    engine.dispose()


if __name__ == "__main__":
    main()
