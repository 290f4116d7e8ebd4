"""One measurement in a process of its own, so that its peak memory is its own: prints one line of JSON.

    python -m benchmarks.work bare WHAT PARSER PLACE      read and parse, nothing else
    python -m benchmarks.work import|replay URL PLACE     what the command does

``seconds`` is the work inside the process, without the interpreter's start and the imports; ``peak`` is in bytes.
"""

import json
import resource
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from io import BufferedReader
from pathlib import Path
from time import perf_counter
from typing import Any

import orjson
import sqlalchemy as sa
import zstandard

from scrapers.git_archive import Repository
from tracker.config import load_config
from tracker.database import connect, reading, upgrade
from tracker.held import table
from tracker.models import Change, Matter, Run
from tracker.scope import Rule
from tracker.sync.archive import read_archive

PARSERS: dict[str, Callable[[bytes], Any]] = {"orjson": orjson.loads, "json": json.loads}


def bare(what: str, parser: str, place: Path) -> dict[str, Any]:
    """Read the same bytes in the same way, and parse them; a plain file gives its lines."""
    parse, count, size = PARSERS[parser], 0, 0
    for content in _documents(what, place):
        parse(content)
        count += 1
        size += len(content)
    return {"documents": count, "bytes": size}


def _documents(what: str, place: Path) -> Iterator[bytes]:
    if place.is_file():
        return iter(BufferedReader(zstandard.open(place, "rb")))
    repository = Repository(place, str(place))
    versions = repository.versions() if what == "replay" else repository.current()
    return (content for _, content in repository.contents(versions) if content)


def work(what: str, url: str, place: str) -> dict[str, Any]:
    """What ``tracker sync council-archive`` or ``tracker replay`` does."""
    config = load_config(None, {})
    engine, rule = connect(url), Rule(config.scope)
    upgrade(engine)
    whole = what == "replay"
    result = read_archive(engine, rule, lambda: datetime.now(UTC), config.council_archive, place, whole=whole)
    return {"documents": result.read, "message": result.message}


def counts(url: str) -> dict[str, Any]:
    """What the database holds: matters, runs, and changes of each kind."""
    changes = table(Change)
    by_kind = sa.select(changes.c.kind, sa.func.count()).group_by(changes.c.kind).order_by(sa.func.count().desc())
    with reading(connect(url)) as session:
        return {
            "matters": session.execute(sa.select(sa.func.count()).select_from(table(Matter))).scalar(),
            "runs": session.execute(sa.select(sa.func.count()).select_from(table(Run))).scalar(),
            "changes": dict(session.execute(by_kind).all()),
        }


def main() -> None:
    """Measure one thing."""
    started = perf_counter()
    match sys.argv[1:]:
        case ["bare", what, parser, place]:
            found = bare(what, parser, Path(place))
        case ["counts", url]:
            found = counts(url)
        case [what, url, place]:
            found = work(what, url, place)
        case _:
            sys.exit(__doc__)
    found["seconds"] = perf_counter() - started
    unit = 1 if sys.platform == "darwin" else 1024
    found["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    print(json.dumps(found))


if __name__ == "__main__":
    main()
