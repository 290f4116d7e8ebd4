"""Lineage, the law on a day and the difference of two texts, at full size: one line for each.

``TRACKER_DATABASE_URL`` names a database that has read the archive; it is only read.
"""

import os
import sys
from collections.abc import Callable
from statistics import median
from time import perf_counter

from tracker.database import connect, reading
from tracker.returns import Finder, council_numbers

ROUNDS = 5


def main() -> None:
    """Measure and print."""
    url = os.environ.get("TRACKER_DATABASE_URL")
    if not url:
        sys.exit("Set TRACKER_DATABASE_URL to a database that has read the archive (tracker sync council-archive).")
    engine = connect(url)
    with reading(engine) as session:
        began = perf_counter()
        finder = Finder(session)
        print(f"lineage: {len(finder):,} files made ready in {perf_counter() - began:.2f} s")
        numbers = council_numbers(session, tracked_only=True)
        each = [timed(lambda number=number: finder.find(number)) for number in numbers]
        print(
            f"lineage: one matter against all of them in {median(each) * 1000:.0f} ms, at most {max(each) * 1000:.0f}"
        )


def timed(work: Callable[[], object]) -> float:
    """Seconds."""
    began = perf_counter()
    work()
    return perf_counter() - began


if __name__ == "__main__":
    main()
