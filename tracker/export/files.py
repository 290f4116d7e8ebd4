"""CSV for spreadsheets and programs, the data package around it, and the dictionary that explains it.

The files are RFC 4180: commas, CRLF, quotes where they are needed, UTF-8, with a byte order mark on request. Rows come
from the database in blocks of `BLOCK` and leave in blocks, so that memory does not grow with the record. Open text
streams for `write_csv` with ``newline=""``.
"""

import csv
import io
import json
import textwrap
import zipfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import IO, Any, Final, Protocol

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker.database import reading
from tracker.errors import NotFound
from tracker.export.cells import Column, Export, iso_moment
from tracker.export.columns import EXPORTS as OF_MATTERS
from tracker.export.columns import HISTORY_ACTIONS, HISTORY_CHANGES
from tracker.export.coverage import COVERAGE
from tracker.lifecycle import Stage
from tracker.models import Matter

EXPORTS: Final = {**OF_MATTERS, COVERAGE.name: COVERAGE}
NAMES: Final = tuple(EXPORTS)
BLOCK: Final = 1000
BOM: Final = "\ufeff"  # without it Excel reads UTF-8 as the machine's old code page


class TextSink(Protocol):
    """Anything that text can be written to."""

    def write(self, text: str, /) -> Any: ...


def get_export(name: str) -> Export:
    if name not in EXPORTS:
        raise NotFound(f"There is no export named {name!r}. There are: {', '.join(NAMES)}.")
    return EXPORTS[name]


def get_matter_id(session: Session, slug: str) -> int:
    """The matter at an address of the site; one that was removed only where no other took its place."""
    removed_last = col(Matter.removed_at).is_not(None)
    found = session.exec(select(Matter.id).where(Matter.slug == slug).order_by(removed_last, col(Matter.id))).first()
    if found is None:
        raise NotFound(f"There is no matter at {slug!r}. Addresses look like int-0486-2014 or eo-41-2003.")
    return found


# ---- rows ------------------------------------------------------------------------------------------------------


def rows(
    session: Session, name: str, *, matter_id: int | None = None, tracked_only: bool = False
) -> Iterator[tuple[str, ...]]:
    """The cells of an export, a row at a time, by the order of row ids; of one matter if `matter_id` is given."""
    return _rows(session, get_export(name), matter_id, tracked_only)


def _rows(
    session: Session, export: Export, matter_id: int | None = None, tracked_only: bool = False
) -> Iterator[tuple[str, ...]]:
    chosen = export.select(matter_id, tracked_only)
    with session.execute(chosen, execution_options={"yield_per": BLOCK}) as result:
        for block in result.partitions():
            yield from _cells(export.columns, block)


def _cells(columns: Iterable[Column], block: Iterable[Iterable[Any]]) -> Iterator[tuple[str, ...]]:
    """A block of rows as cells, column by column, which calls far fewer Python functions than row by row."""
    values = zip(*block, strict=True)
    return zip(*[map(column.cell, *islice(values, len(column.sources))) for column in columns], strict=True)


def history(session: Session, matter_id: int) -> list[tuple[str, ...]]:
    """One matter's actions and changes in one table, by date and then by the moment we saw them."""
    both = [row for export in (HISTORY_ACTIONS, HISTORY_CHANGES) for row in _rows(session, export, matter_id)]
    return sorted(both, key=lambda row: row[:2])


# ---- CSV -------------------------------------------------------------------------------------------------------


def pieces(header: Iterable[str], body: Iterable[Iterable[str]], bom: bool = False) -> Iterator[str]:
    """A CSV file in pieces of some `BLOCK` rows; the first one holds the header."""
    remaining = iter(body)
    piece = io.StringIO(newline="")
    writer = csv.writer(piece, lineterminator="\r\n")
    piece.write(BOM if bom else "")
    writer.writerow(header)
    while block := list(islice(remaining, BLOCK)):
        writer.writerows(block)
        yield piece.getvalue()
        piece.seek(0)
        piece.truncate()
    if piece.tell():
        yield piece.getvalue()


def csv_lines(
    session: Session, name: str, *, matter_id: int | None = None, tracked_only: bool = False, bom: bool = False
) -> Iterator[str]:
    """An export as whole lines of CSV, many lines at a time."""
    export = get_export(name)
    return pieces(export.header, _rows(session, export, matter_id, tracked_only), bom)


def history_lines(session: Session, matter_id: int, *, bom: bool = False) -> Iterator[str]:
    return pieces(HISTORY_ACTIONS.header, history(session, matter_id), bom)


def write_csv(
    stream: TextSink,
    session: Session,
    name: str,
    *,
    matter_id: int | None = None,
    tracked_only: bool = False,
    bom: bool = False,
) -> None:
    for piece in csv_lines(session, name, matter_id=matter_id, tracked_only=tracked_only, bom=bom):
        stream.write(piece)


# ---- the package -----------------------------------------------------------------------------------------------

LICENSE: Final = {
    "name": "CC-BY-SA-4.0",
    "title": "Creative Commons Attribution-ShareAlike 4.0 International",
    "path": "https://creativecommons.org/licenses/by-sa/4.0/",
}
SOURCES: Final = (
    {"title": "New York City Council, Legistar", "path": "https://legistar.council.nyc.gov/"},
    {
        "title": "jehiah/nyc_legislation: the Council's records since 2021, with their history",
        "path": "https://github.com/jehiah/nyc_legislation",
    },
    {
        "title": "BetaNYC/nyc-executive-orders: mayoral orders (CC BY-SA 4.0)",
        "path": "https://github.com/BetaNYC/nyc-executive-orders",
    },
    {"title": "City of New York, Office of the Mayor", "path": "https://www.nyc.gov/mayors-office"},
)
DIALECT: Final = {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True, "header": True}
GUARD: Final = (
    "So that no spreadsheet takes a text for a formula, a text cell that starts with =, +, -, @, a tab or a carriage "
    "return has an apostrophe put before it, and so has one in which only apostrophes come before such a start; take "
    "one away to get the text back. Ids, kinds, modes, digests, numbers, dates and moments are never changed."
)
CELLS: Final = (
    "Names ending in _on are New York calendar dates that the City gave; names ending in _at are moments in UTC at "
    "which we saw something. Booleans are true and false. An empty cell means that nothing is known or nothing "
    "applies. Rows stand in the order of our row ids, which only grow."
)
HELD: Final = {
    True: "This copy holds the matters that are followed (scope core or related) and what belongs to them.",
    False: "This copy holds every matter in the database, whatever its scope.",
}


def datapackage(now: datetime, base: str, *, tracked_only: bool = True) -> dict[str, Any]:
    """The description of all the exports as a Data Package (v1, tabular); `base` is the site's address or empty."""
    package: dict[str, Any] = {
        "profile": "tabular-data-package",
        "name": "nyc-sanctuary-laws",
        "title": "New York City's laws and orders on cooperation with federal immigration enforcement",
        "description": f"{HELD[tracked_only]}\n\n{CELLS}\n\n{GUARD}",
        "homepage": base,
        "created": iso_moment(now.astimezone(UTC)),
        "licenses": [LICENSE],
        "sources": list(SOURCES),
        "keywords": ["New York City", "City Council", "immigration", "sanctuary", "legislation"],
        "resources": [_resource(export) for export in EXPORTS.values()],
    }
    return {name: value for name, value in package.items() if value}


def _resource(export: Export) -> dict[str, Any]:
    return {
        "profile": "tabular-data-resource",
        "name": export.name,
        "path": f"{export.name}.csv",
        "title": export.title,
        "description": export.description,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": DIALECT,
        "schema": _schema(export),
    }


def _schema(export: Export) -> dict[str, Any]:
    schema: dict[str, Any] = {"fields": [_field(column) for column in export.columns], "missingValues": [""]}
    if export.primary_key:
        schema["primaryKey"] = list(export.primary_key)
    if export.of_matters:
        reference = {"resource": "matters", "fields": ["source_id"]}
        schema["foreignKeys"] = [{"fields": ["source_id"], "reference": reference}]
    return schema


def _field(column: Column) -> dict[str, Any]:
    said = {"name": column.name, "type": column.type, "format": "default", "description": column.description}
    words = {"trueValues": ["true"], "falseValues": ["false"]} if column.type == "boolean" else {}
    limits = {"constraints": column.constraints} if column.constraints else {}
    return said | words | limits


def write_zip(
    stream: IO[bytes], engine: sa.Engine, now: datetime, base: str = "", *, tracked_only: bool = True
) -> None:
    """Every export with its description and the dictionary. The files agree with each other: one snapshot of all."""
    if engine.dialect.name == "postgresql":  # SQLite always reads one snapshot
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    described = json.dumps(datapackage(now, base, tracked_only=tracked_only), indent=2, ensure_ascii=False) + "\n"
    with reading(engine) as session, zipfile.ZipFile(stream, "w") as archive:
        _add(archive, "datapackage.json", [described], now)
        _add(archive, "data-dictionary.md", [data_dictionary()], now)
        for name in NAMES:
            _add(archive, f"{name}.csv", csv_lines(session, name, tracked_only=tracked_only), now)


def _add(archive: zipfile.ZipFile, name: str, texts: Iterable[str], now: datetime) -> None:
    member = zipfile.ZipInfo(name, now.astimezone(UTC).timetuple()[:6])
    member.compress_type = zipfile.ZIP_DEFLATED
    member.external_attr = 0o644 << 16
    with archive.open(member, "w", force_zip64=True) as file:  # the size is not known when the member begins
        for piece in texts:
            file.write(piece.encode())


# ---- the dictionary --------------------------------------------------------------------------------------------

INTRODUCTION: Final = """\
# Data dictionary

What each column of the CSV files means. This page is written by `tracker.export.files.data_dictionary()` from the
declarations that the files themselves are made of, and a test holds it to them; edit those, not this page.

## Two clocks

An *action* is what the City says happened, dated by the City. A *change* is what we saw, dated by us, and tied to the
capture that showed it. The two are never mixed: a name that ends in `_on` is a New York calendar date that the City
gave (or, in `stage_since`, that comes from one of its dates); a name that ends in `_at` is a moment in UTC at which we
saw something, such as `2025-12-18T19:05:00Z`. The City often records an act days after its date. `days_late` is that
delay, and tells something only of changes whose `mode` is `live` or `replay` and that are not part of the first look
at a matter.

## Status and stage

`status` is the source's own label, word for word. It runs ahead ("Enacted (Mayor's Desk for Signature)" is not law),
runs backwards and goes stale. `stage` is derived from the dated actions. `is_law` is true only when two of four signs
agree: the status, an action row, the enactment date, the Local Law number. `how` then says in which way it became law:
signed, lapsed into law without the Mayor's signature, or adopted over a veto. Where the record disagrees with itself,
`disagreement` says so in words.

## Rows

* The files on the site hold the matters that are followed (scope `core` or `related`); with `?scope=all` they hold
  every matter in the database. The command `tracker export` writes every matter; `--scope tracked` narrows it.
* Rows stand in the order of our row ids, which only grow: rows are added at the end. Within `changes` that is the order
  in which we saw them. Row ids are not kept when a database is built anew; `source_id` and `action_id` are.
* Nothing is dropped when a source withdraws it: removed matters and withdrawn actions stay, with `removed_at` or
  `withdrawn_at` filled.
* A file number can change or pass to another matter. Join on `source_id` (and `action_id` for actions).

## Cells

* RFC 4180: commas, CRLF, double quotes where needed. UTF-8; `?bom=1` puts a byte order mark in front for Excel.
* Dates are ISO 8601, moments ISO 8601 in UTC to the second, booleans `true` and `false`. An empty cell means that
  nothing is known or nothing applies.
* {guard}

## Caveats

* `final_action_on` is Legistar's PassedDate. It is the date of the last action whatever it was, and is set on bills
  that never passed.
* An action without recorded votes has empty counts, which is not the same as zero. Voice votes record none.
* Before the first look at a matter we saw nothing: a change that came and went before it is not in `changes`.
* Curated rows (orders, directives, lawsuits) carry a `confidence`; read it before you rely on a date.
"""


def data_dictionary() -> str:
    """docs/data-dictionary.md."""
    stages = [("`" + stage + "`", stage.label) for stage in Stage]
    documented = [*EXPORTS.values(), HISTORY_ACTIONS]
    parts = [
        INTRODUCTION.format(guard=textwrap.fill(GUARD, 116, subsequent_indent="  ")),
        "## Stages\n\n" + _table(("stage", "shown as"), stages),
    ]
    return "\n".join((*parts, *(_section(export) for export in documented)))


def _section(export: Export) -> str:
    lines = [(f"`{column.name}`", column.type, _limits(column), column.description) for column in export.columns]
    keys = f" Primary key: {', '.join(f'`{name}`' for name in export.primary_key)}." if export.primary_key else ""
    table = _table(("column", "type", "values", "meaning"), lines)
    return f"## {export.title} (`{export.name}.csv`)\n\n{export.description}{keys}\n\n{table}"


def _limits(column: Column) -> str:
    """Constraints in words."""
    limits = dict(column.constraints)
    said = ["always filled"] if limits.pop("required", False) else []
    said += ["unique"] if limits.pop("unique", False) else []
    if column.name == "stage":
        return "; ".join((*said, "see Stages"))
    said += ["one of " + ", ".join(limits["enum"])] if "enum" in limits else []
    said += [f"like `{limits['pattern']}`"] if "pattern" in limits else []
    return "; ".join(said)


def _table(header: tuple[str, ...], lines: Iterable[tuple[str, ...]]) -> str:
    every = (header, ("---",) * len(header), *lines)
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in every)
