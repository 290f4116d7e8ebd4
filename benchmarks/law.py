"""Lineage, the law on a day and the difference of two texts, at full size: one line for each.

``TRACKER_DATABASE_URL`` names a database that has read the archive; it is only read.
"""

import os
import sys
from collections.abc import Callable
from datetime import date
from functools import partial
from statistics import median
from time import perf_counter

from sqlmodel import Session

from tracker.database import connect, reading
from tracker.law import sections as law
from tracker.law import textdiff
from tracker.law.returns import Finder, council_numbers
from tracker.queries import law as queries_law

ROUNDS = 20
TODAY = date(2026, 11, 24)
DAYS = (date(2011, 12, 31), date(2018, 2, 1), date(2025, 5, 1), date(2026, 3, 1))
LONG = 200_000  # characters


def main() -> None:
    """Measure and print."""
    url = os.environ.get("TRACKER_DATABASE_URL")
    if not url:
        sys.exit("Set TRACKER_DATABASE_URL to a database that has read the archive (tracker sync council-archive).")
    with reading(connect(url)) as session:
        lineage(session)
        as_of(session)
    texts()


def lineage(session: Session) -> None:
    """Every tracked matter against all bills and resolutions."""
    began = perf_counter()
    finder = Finder(session)
    print(f"lineage: {len(finder):,} files made ready in {perf_counter() - began:.2f} s")
    numbers = council_numbers(session, tracked_only=True)
    told("lineage: one matter against all", [partial(finder.find, number) for number in numbers])


def as_of(session: Session) -> None:
    """The book of the law, a day of it, a day as known then, and two days compared."""
    told("law: everything read", [partial(queries_law.book, session, TODAY)] * ROUNDS)
    book = queries_law.book(session, TODAY)
    told("law: one day", [partial(book.on, day) for day in DAYS] * ROUNDS)
    told("law: one day as known then", [partial(known, book, day) for day in DAYS] * ROUNDS)
    told("law: two days compared", [partial(compared, book, day) for day in DAYS] * ROUNDS)


def known(book: queries_law.Book, day: date) -> law.Law:
    """One day, with the record turned back to it."""
    return book.known_on(day).on(day)


def compared(book: queries_law.Book, day: date) -> object:
    """From a day to today."""
    return law.differences(book.on(day), book.on(TODAY))


def texts() -> None:
    """Two texts in which every fiftieth word differs, and two shorter ones that have nearly nothing in common."""
    old = bill(LONG, 7919)
    near = " ".join("other" if at % 50 == 0 else word for at, word in enumerate(old.split(" ")))
    told(f"diff: {len(old):,} characters, a word in fifty", [partial(textdiff.difference, old, near)] * 3)
    one, other = bill(LONG // 2, 7919), bill(LONG // 2, 6007)
    told(f"diff: {len(one):,} characters, nearly all", [partial(textdiff.difference, one, other)] * 3)


def bill(size: int, step: int) -> str:
    """A text of about this many characters, in lines of forty words."""
    words = [f"word{number * step % 4001}" for number in range(size // 8)]
    return "\n".join(" ".join(words[at : at + 40]) for at in range(0, len(words), 40))


def told(what: str, works: list[Callable[[], object]]) -> None:
    """Do each once; print the median and the longest in milliseconds."""
    taken = []
    for work in works:
        began = perf_counter()
        work()
        taken.append(1000 * (perf_counter() - began))
    print(f"{what}: {median(taken):.1f} ms, at most {max(taken):.1f} ms", flush=True)


if __name__ == "__main__":
    main()
