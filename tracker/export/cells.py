"""How a value becomes a CSV cell, and what a column and an export are.

A `Column` carries its Table Schema type and constraints, its description, the SQL it is read from and the function
that turns the value into a cell. An `Export` is a list of columns over one join, in the order of its row ids.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from tracker.models import TRACKED

NEW_YORK: Final = ZoneInfo("America/New_York")
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
_SUSPECT: Final = frozenset((*FORMULA_STARTS, "'"))


# ---- cells -----------------------------------------------------------------------------------------------------


def guarded(value: str | None) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe goes before a cell that starts like one.

    Apostrophes that already stand before such a start count as part of it, so that `unguarded` gives back every text.
    """
    if not value:
        return ""
    if value[0] in _SUSPECT and value.lstrip("'").startswith(FORMULA_STARTS):
        return f"'{value}"
    return value


def unguarded(cell: str) -> str:
    """The text that `guarded` was given."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(FORMULA_STARTS) else cell


def plain(value: str | None) -> str:
    return value or ""


def number(value: int | None) -> str:
    return "" if value is None else str(value)


def true_or_false(value: bool | None) -> str:
    return "" if value is None else "true" if value else "false"


def iso_date(value: date | None) -> str:
    return "" if value is None else value.isoformat()


def iso_moment(value: datetime | None) -> str:
    return "" if value is None else f"{value.isoformat()[:19]}Z"


def new_york_date(value: datetime) -> str:
    return value.astimezone(NEW_YORK).date().isoformat()


def days_between(acted_on: date | None, seen_at: datetime) -> str:
    return "" if acted_on is None else str((seen_at.astimezone(NEW_YORK).date() - acted_on).days)


# ---- columns ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `cell` is called with the values of `sources`, in their order."""

    name: str
    type: str
    description: str
    sources: tuple[Any, ...]
    cell: Callable[..., str]
    constraints: dict[str, Any] = field(default_factory=dict)


def text(name: str, source: Any, description: str, **constraints: Any) -> Column:
    return Column(name, "string", description, (source,), guarded, constraints)


def key(name: str, source: Any, description: str, **constraints: Any) -> Column:
    """A text that other programs join on or compare, and that is therefore never guarded."""
    return Column(name, "string", description, (source,), plain, constraints)


def whole(name: str, source: Any, description: str, **constraints: Any) -> Column:
    return Column(name, "integer", description, (source,), number, constraints)


def flag(name: str, source: Any, description: str) -> Column:
    return Column(name, "boolean", description, (source,), true_or_false, {"required": True})


def day(name: str, source: Any, description: str, **constraints: Any) -> Column:
    return Column(name, "date", description, (source,), iso_date, constraints)


def day_seen(name: str, source: Any, description: str, **constraints: Any) -> Column:
    """The New York date of a moment."""
    return Column(name, "date", description, (source,), new_york_date, constraints)


def moment(name: str, source: Any, description: str, **constraints: Any) -> Column:
    return Column(name, "datetime", description, (source,), iso_moment, constraints)


def days_late(acted_on: Any, seen_at: Any) -> Column:
    words = "Days from acted_on to the New York date on which we saw it; negative for what was announced beforehand."
    return Column("days_late", "integer", words, (acted_on, seen_at), days_between)


class Owner(NamedTuple):
    """A matter that a row belongs to, and that matter's scope."""

    matter_id: Any
    scope: Any


@dataclass(frozen=True, slots=True)
class Export:
    """One file. A row belongs to one matter; a relation to two."""

    name: str
    title: str
    description: str
    columns: tuple[Column, ...]
    table: sa.FromClause
    order: Any
    owners: tuple[Owner, ...]
    primary_key: tuple[str, ...] = ()
    of_matters: bool = True  # source_id names a row of matters.csv

    @property
    def header(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def select(self, matter_id: int | None = None, tracked_only: bool = False) -> sa.Select[Any]:
        """The rows of one matter or of all, in order; `tracked_only` leaves out matters that are not followed."""
        found = sa.select(*(source for column in self.columns for source in column.sources)).select_from(self.table)
        if matter_id is not None:
            found = found.where(sa.or_(*(owner.matter_id == matter_id for owner in self.owners)))
        if tracked_only:
            found = found.where(sa.or_(*(owner.scope.in_(TRACKED) for owner in self.owners)))
        return found.order_by(self.order)
