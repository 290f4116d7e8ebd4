"""Import, a run with nothing new, and a replay, each beside the bare reading and parsing of the same bytes.

``TRACKER_ARCHIVE`` names a copy of the archive's git repository (bare or not; it is only read). Without it the
observations in ../shared/data are measured, which are a twentieth of its history. ``TRACKER_TEST_POSTGRES`` adds
PostgreSQL. Nothing is asserted: the ratios of one run say more than seconds on an unknown machine.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import sqlalchemy as sa

from tracker.database import connect

OBSERVATIONS = Path("../shared/data/council/observations.jsonl.zst")
HEADS = ("what", "documents", "seconds", "whole process", "x orjson", "x json", "peak MB")
WIDTHS = (34, 10, 8, 14, 9, 7, 8)


def main() -> None:
    """Measure everything and print one table."""
    place = os.environ.get("TRACKER_ARCHIVE") or str(OBSERVATIONS)
    if not Path(place).exists():
        sys.exit(f"There is no {place}: set TRACKER_ARCHIVE to a copy of the archive's repository.")
    if place == str(OBSERVATIONS):
        print(f"TRACKER_ARCHIVE is not set, so this measures {place}: 1,000 files with their history.")
    wholes = ("replay",) if Path(place).is_file() else ("import", "replay")
    line(*HEADS)
    with TemporaryDirectory(prefix="tracker-bench-") as folder:
        floors = {what: floor(what, place) for what in wholes}
        databases(place, Path(folder), floors)


def floor(what: str, place: str) -> dict[str, float]:
    """Seconds of reading and parsing alone, by parser."""
    seconds = {}
    for parser in ("orjson", "json"):
        found = measure("bare", what, parser, place)
        seconds[parser] = found["seconds"]
        row(f"bare {what}, {parser}, {found['bytes'] / 1e6:,.0f} MB", found, {})
    return seconds


def databases(place: str, folder: Path, floors: dict[str, dict[str, float]]) -> None:
    """Every measurement on every database there is; then what the replays found."""
    notes = []
    for what, seconds in floors.items():
        sqlite = folder / f"{what}.db"
        notes.append(measured(what, "SQLite", f"sqlite:///{sqlite}", place, seconds))
        notes[-1] += f"; {sqlite.stat().st_size / 1e6:,.0f} MB on disk"
        if os.environ.get("TRACKER_TEST_POSTGRES"):
            with scratch(os.environ["TRACKER_TEST_POSTGRES"]) as url:
                notes.append(measured(what, "PostgreSQL", url, place, seconds))
    print("", *notes, sep="\n")


def measured(what: str, database: str, url: str, place: str, seconds: dict[str, float]) -> str:
    """One kind of work on a fresh database, then once more with nothing new; what was found, in words."""
    row(f"{what}, {database}", measure(what, url, place), seconds)
    row(f"{what} again: nothing new, {database}", measure(what, url, place), {})
    found = measure("counts", url)
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in found["changes"].items())
    return f"After {what} on {database}: {found['matters']:,} matters; {kinds}"


def measure(*arguments: str) -> dict[str, Any]:
    """Run `benchmarks.work` in a process of its own; ``whole`` is its time from start to end."""
    started = perf_counter()
    command = [sys.executable, "-m", "benchmarks.work", *arguments]
    answer = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if answer.returncode:
        sys.exit(f"The measurement {' '.join(arguments)} failed.")
    found: dict[str, Any] = json.loads(answer.stdout)
    return found | {"whole": perf_counter() - started}


def row(what: str, found: dict[str, Any], seconds: dict[str, float]) -> None:
    """One measurement as a line of the table; ``seconds`` are the bare times it stands beside."""
    ratios = [f"{found['seconds'] / seconds[parser]:.2f}" if seconds else "" for parser in ("orjson", "json")]
    times = f"{found['seconds']:.2f}", f"{found['whole']:.2f}"
    line(what, f"{found['documents']:,}", *times, *ratios, f"{found['peak'] / 1e6:,.0f}")


def line(first: str, *rest: str) -> None:
    """One line of the table."""
    cells = (f"{cell:>{width}}" for cell, width in zip(rest, WIDTHS[1:], strict=True))
    print(f"{first:<{WIDTHS[0]}}", *cells, flush=True)


@contextmanager
def scratch(server: str) -> Iterator[str]:
    """A database of its own on a PostgreSQL server, dropped afterwards."""
    name = f"tracker_bench_{os.getpid()}"
    engine = connect(server).execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
        try:
            yield engine.url.set(database=name).render_as_string(hide_password=False)
        finally:
            connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))


if __name__ == "__main__":
    main()
