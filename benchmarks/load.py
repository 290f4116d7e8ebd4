"""The site under load: requests a second, and how long half of them and 99 of 100 take, page by page.

``TRACKER_ARCHIVE`` names a copy of the archive's git repository: the site then holds all of it, the starter record, and
20,000 articles made here of plain sentences, brought in as any bibliography is. ``TRACKER_DATABASE_URL`` names a
database that an earlier run has left (``KEEP=PATH``). It needs Debian's wrk. Server and wrk share the machine, and
every request is answered in full: nothing is held by the client.
"""

import csv
import gzip
import os
import re
import shutil
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from benchmarks.press import PLAIN, POLICY
from benchmarks.work import work
from tracker.config import load_config
from tracker.database import connect
from tracker.scope import Rule
from tracker.sync.archive import load_starter

ARTICLES = 20_000
SECONDS = 5
CONNECTIONS = 8
PAGES = (
    ("home", "/"),
    ("list of matters", "/matters?scope=all"),
    ("matter", "/matters/int-1412-2025"),
    ("matter in Spanish", "/es/matters/int-1412-2025"),
    ("search, one word", "/search?q=immigration"),
    ("search, everywhere", "/search?q=new+york"),
    ("search, a number", "/search?q=Local+Law+58+of+2014"),
    ("what changed", "/changes"),
    ("coverage", "/coverage"),
    ("the law on a day", "/law?on=2018-02-01"),
    ("two days compared", "/compare?from=2013-01-01&to=2018-02-01"),
    ("two days, known then", "/compare?from=2013-01-01&to=2018-02-01&known=then"),
    ("API: one matter", "/api/v1/matters/int-1412-2025"),
    ("API: as of a day", f"/api/v1/matters/int-1412-2025?as_of={datetime.now(UTC).date()}"),
    ("CSV of tracked matters", "/export/matters.csv"),
    ("CSV of coverage", "/export/coverage.csv"),
)
WRK = (
    "wrk",
    "-t",
    "2",
    "-c",
    str(CONNECTIONS),
    "-d",
    f"{SECONDS}s",
    "--timeout",
    "30s",
    "--latency",
    "-H",
    "Accept-Encoding: gzip",
)


def main() -> None:
    """Measure and print."""
    if shutil.which("wrk") is None:
        sys.exit("There is no wrk here (on Debian: apt-get install wrk).")
    with TemporaryDirectory(prefix="tracker-bench-") as folder:
        url = os.environ.get("TRACKER_DATABASE_URL") or filled(Path(folder))
        with served(url) as base:
            print(f"{CONNECTIONS} connections, {SECONDS} s each")
            line("page", "KB gzip", "a second", "p50 ms", "p99 ms")
            for what, path in PAGES:
                told(what, base + path)


def filled(folder: Path) -> str:
    """A database with the whole archive, the starter record and the articles."""
    place = os.environ.get("TRACKER_ARCHIVE")
    if not place:
        sys.exit("Set TRACKER_ARCHIVE to a copy of the archive's repository.")
    url = f"sqlite:///{os.environ.get('KEEP') or folder / 'tracker.db'}"
    print(work("import", url, place)["message"])
    load_starter(connect(url), Rule(load_config(None, {}).scope), lambda: datetime.now(UTC))
    bibliography = folder / "articles.csv"
    with bibliography.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("address", "outlet", "kind", "headline", "published_on", "excerpt"))
        writer.writerows(articles())
    command(url, "import-articles", str(bibliography))
    return url


def articles() -> Iterator[tuple[str, ...]]:
    """Every second piece is about the policy; none is a copy of another."""
    for number in range(ARTICLES):
        words = (POLICY, PLAIN)[number % 2]
        on = date(2014, 1, 1) + timedelta(number % 4600)
        headline = f"{words[number % len(words)].partition(',')[0]} ({number})"
        excerpt = words[(number + 1) % len(words)]
        yield f"https://paper.example.org/{number}", f"Paper {number % 40}", "news", headline, on.isoformat(), excerpt


def command(url: str, *words: str) -> None:
    """One command of the tracker, on that database."""
    subprocess.run([sys.executable, "-m", "tracker", *words, "--database-url", url], check=True)


@contextmanager
def served(url: str) -> Iterator[str]:
    """The site on a free port, by the server that it has in earnest; gives its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "tracker", "serve", "--database-url", url], env=os.environ | {"PORT": str(port)}
    )
    base = f"http://127.0.0.1:{port}"
    try:
        wait(base)
        yield base
    finally:
        server.terminate()
        server.wait(30)


def wait(base: str) -> None:
    """Until the site answers, at most half a minute."""
    until = monotonic() + 30
    while True:
        try:
            urllib.request.urlopen(f"{base}/healthz", timeout=30).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            if monotonic() > until:
                raise
        else:
            return


def told(what: str, address: str) -> None:
    """One page: its size, then its figures."""
    asked = urllib.request.Request(address, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(asked, timeout=60) as answer:
        body = answer.read()
        size = len(body if answer.headers.get("Content-Encoding") == "gzip" else gzip.compress(body))
    found = subprocess.run([*WRK, address], capture_output=True, text=True, check=True).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", found)
    times = {share: milliseconds(time) for share, time in re.findall(r"^\s+(50|99)%\s+(\S+)\s*$", found, re.MULTILINE)}
    wrong = re.search(r"Non-2xx or 3xx responses: (\d+)", found)
    faults = f"  {wrong[1]} answers were errors" if wrong else ""
    each = float(rate[1]) if rate else 0
    line(what, f"{size / 1000:.1f}", f"{each:.0f}", f"{times['50']:.1f}", f"{times['99']:.1f}", faults)


def line(what: str, *figures: str) -> None:
    """One line of the table."""
    print(f"{what:<26}", *(f"{figure:>9}" for figure in figures), flush=True)


def milliseconds(text: str) -> float:
    """ "12.3ms", "1.2s", "800us" in milliseconds."""
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s)", text).groups()  # type: ignore[union-attr]
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


if __name__ == "__main__":
    main()
