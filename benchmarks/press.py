"""Articles matched per second on one core, against everything that the record tracks.

Three loads: short articles as a news feed brings them (one in twenty is about the policy), short articles that are
all about it, and 100,000 articles linked anew. The articles are made here of plain sentences, so that the figures can
be had on any machine; with ../shared/data at hand the labelled stories are measured too.
"""

import itertools
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

from tracker.cli.match import day_of, read_articles
from tracker.config import load_config
from tracker.database import connect, reading, upgrade
from tracker.press.matching import Press, open_press
from tracker.scope import Rule
from tracker.sync.archive import load_starter

STORIES = Path("../shared/data/news/articles.jsonl")
RELINKED = 100_000
SHORT = 5_000
Article = tuple[str, str, date | None]

PLAIN = (
    "The school board met on Tuesday to discuss the budget for the coming year, and parents asked about class sizes.",
    "Transit officials in New York City said that the new buses would arrive by the summer, after months of delay.",
    "A storm left thousands without power, and crews worked through the night to clear snow and ice from the roads.",
    "The Council passed a bill on street vending; the mayor has thirty days to sign it.",
)
POLICY = (
    "Mayor Adams' administration issued an executive order that lets ICE open an office on Rikers Island.",
    "In 2014 the Council passed two laws that bar the NYPD and the Department of Correction from honoring detainers.",
    "The NYC Trust Act, Intro 214, would let people sue over breaches of the sanctuary laws.",
    "Mayor Mamdani signed Executive Order 13, which keeps immigration agents off city property without a warrant.",
)


def main() -> None:
    """Measure, and print one line for each load."""
    started = perf_counter()
    with TemporaryDirectory(prefix="tracker-bench-") as folder:
        press = load(f"sqlite:///{folder}/tracker.db")
    print(f"record loaded and matcher built in {perf_counter() - started:.2f} s")
    measure("short articles, 1 in 20 on the policy", press, made(SHORT, every=20))
    measure("short articles, all on the policy", press, made(SHORT, every=1))
    if STORIES.is_file():
        rows = list(read_articles(STORIES))
        stories = [(row["title"] or "", row["text"], day_of(row["published"])) for row in rows]
        measure("labelled stories", press, itertools.chain.from_iterable(itertools.repeat(stories, 10)))
    measure("linked anew", press, made(RELINKED, every=20))


def load(url: str) -> Press:
    """The matcher over the starter record, in a database of its own."""
    config = load_config(None, {})
    engine = connect(url)
    upgrade(engine)
    load_starter(engine, Rule(config.scope), lambda: datetime(2026, 11, 24, 17, tzinfo=UTC))
    with reading(engine) as session:
        press = open_press(session, config.press)
    engine.dispose()
    return press


def made(count: int, every: int) -> Iterator[Article]:
    """Articles of four sentences, each another; one in `every` is about the policy."""
    first = date(2025, 1, 1)
    for number in range(count):
        words = POLICY if number % every == 0 else PLAIN
        order = [words[(number + step) % len(words)] for step in range(len(words))]
        yield (
            f"Article {number}",
            f"{' '.join(order)} It was told for the {number}th time.",
            first + timedelta(number % 400),
        )


def measure(what: str, press: Press, articles: Iterable[Article]) -> None:
    """One load: how many articles a second of this process's own time."""
    ready = list(articles)
    started = process_time()
    links = sum(len(press.read(*article).links) for article in ready)
    seconds = process_time() - started
    print(f"{what}: {len(ready):,} articles, {links:,} links, {seconds:.2f} s, {len(ready) / seconds:,.0f} a second")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
