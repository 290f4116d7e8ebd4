"""A record that reads a city on loopback: what tests of whole runs share."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import orjson
import sqlalchemy as sa
from archive_builder import ROOT
from upstream.city import TOKEN, City
from upstream.server import Clock, Upstream

from scrapers.fetch import Client, Manners
from tracker.captures import Archive, Store
from tracker.config import Config, load_config
from tracker.scope import Rule
from tracker.sync.visit import Visit

STARTER = ROOT / "tracker/record/council.jsonl"
Json = dict[str, Any]


def matters(*file_numbers: str) -> list[Json]:
    """The newest reading of these Council files in the starter record, as the archive writes them, with a text."""
    found: dict[str, Json] = {}
    for line in STARTER.read_bytes().splitlines():
        matter = orjson.loads(line)["matter"]
        if matter and matter["File"] in file_numbers:
            found[matter["File"]] = matter | {"Text": "Be it enacted.", "TextID": matter["ID"], "Summary": ""}
    return [found[number] for number in file_numbers]


def versions(file_number: str) -> list[Json]:
    """Every dated reading of a Council file in the starter record, the oldest first."""
    rows = [orjson.loads(line) for line in STARTER.read_bytes().splitlines()]
    return [row for row in rows if row["matter"] and row["matter"]["File"] == file_number]


def config_for(base: str, folder: Path) -> Config:
    """The shipped settings with every network name pointed at ``base``, and no pause."""
    text = (ROOT / "config.toml").read_text(encoding="utf-8")
    for old, new in (
        ("https://webapi.legistar.com/v1/nyc", f"{base}/v1/nyc"),
        ("https://legistar.council.nyc.gov", base),
        ("https://www.nyc.gov", base),
        ('"data/', f'"{folder}/'),
        ("pause_seconds = 1.0", "pause_seconds = 0.0"),
        ("private_hosts = []", 'private_hosts = ["127.0.0.1"]'),
        ("attempts = 4", "attempts = 2"),
        ("max_megabytes = 40", "max_megabytes = 5"),
    ):
        assert old in text
        text = text.replace(old, new)
    text = re.sub(r'(address = "|place = "|mirror = ")https://(?!github\.com/jehiah)[^/"]+', rf"\g<1>{base}", text)
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return load_config(path, {})


class Live:
    """A city, a record, and a clock that both go by."""

    def __init__(self, upstream: Upstream, city: City, engine: sa.Engine, folder: Path, clock: Clock) -> None:
        self.upstream, self.city, self.engine, self.folder, self.clock = upstream, city, engine, folder, clock
        self.config = config_for(upstream.base, folder)
        self.archive = Archive(Store(folder / "captures"), engine)
        self.token = TOKEN
        self.stopped = False

    @contextmanager
    def visit(self, pause: float = 0.0) -> Iterator[Visit]:
        """The tools of one run, made anew as a new process would."""
        fetch = self.config.fetch
        manners = Manners(
            fetch.agent, "editor@example.org", pause, 5.0, 120.0, fetch.attempts, 5 << 20, fetch.private_hosts
        )  # fmt: skip
        with Client(
            manners,
            self.archive,
            clock=self.clock.now,
            sleep=self.clock.sleep,
            monotonic=self.clock.monotonic,
            stop=lambda: self.stopped,
        ) as client:
            rule = Rule(self.config.scope)
            yield Visit(self.engine, self.config, rule, self.clock.now, client, self.archive, self.token)

    def to(self, moment: datetime) -> None:
        """Let time pass until then."""
        self.clock.sleep((moment - self.clock.now()).total_seconds())
        self.city.today = date(moment.year, moment.month, moment.day)


@contextmanager
def living(engine: sa.Engine, folder: Path, city: City, start: datetime) -> Iterator[Live]:
    """A city on loopback and a record of it."""
    with Upstream(city.app) as upstream:
        yield Live(upstream, city, engine, folder, Clock(start))
