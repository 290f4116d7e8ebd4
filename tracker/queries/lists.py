"""The list of matters: what a reader may ask for, and one page of the answer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker import identifiers, search
from tracker.errors import BadIdentifier
from tracker.lifecycle import Stage
from tracker.models import SCOPES, TRACKED, Matter, Person, Sponsorship
from tracker.queries import Line, fetch_lines, lines_where

PAGE_SIZE: Final = 50
SORTS: Final = ("newest", "oldest", "moved")

# The years of each Council, by its first year. Charter § 25, with the two short sessions after redistricting.
SESSIONS: Final = (
    (1994, 1997), (1998, 2001), (2002, 2003), (2004, 2005), (2006, 2009), (2010, 2013), (2014, 2017), (2018, 2021),
    (2022, 2023), (2024, 2025), (2026, 2029),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class MatterFilter:
    """What a reader asked the list for. `scope` is "tracked", one of SCOPES, or "all"; "" asks for nothing."""

    scope: str = "tracked"
    kind: str = ""
    stage: str = ""
    year: int | None = None
    session: int | None = None
    sponsor: str = ""
    q: str = ""
    sort: str = "newest"
    page: int = 1


@dataclass(frozen=True, slots=True)
class MatterPage:
    """One page of a list, and how many there are in all."""

    lines: tuple[Line, ...]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE_SIZE))


def list_matters(session: Session, asked: MatterFilter) -> MatterPage:
    """One page of matters that fit, and how many fit."""
    which = [col(Matter.removed_at).is_(None), *conditions(session, asked)]
    total = session.execute(sa.select(sa.func.count()).select_from(Matter).where(*which)).scalar_one()
    page = min(max(1, asked.page), max(1, -(-total // PAGE_SIZE)))
    chosen = lines_where(*which).order_by(*_order(asked.sort)).limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)
    return MatterPage(fetch_lines(session, chosen), total, page)


def ids(session: Session, asked: MatterFilter) -> Any:
    """The ids of all matters that fit, as a question for the database."""
    return select(Matter.id).where(col(Matter.removed_at).is_(None), *conditions(session, asked))


def _order(sort: str) -> tuple[Any, ...]:
    column = col(Matter.stage_since) if sort == "moved" else col(Matter.introduced_on)
    if sort == "oldest":
        return column.asc().nulls_last(), col(Matter.id)
    return column.desc().nulls_last(), col(Matter.id).desc()


def conditions(session: Session, asked: MatterFilter) -> Iterable[Any]:
    """What a matter must be to fit."""
    if asked.scope == "tracked":
        yield col(Matter.scope).in_(TRACKED)
    elif asked.scope in SCOPES:
        yield col(Matter.scope) == asked.scope
    for column, wanted in ((Matter.kind, asked.kind), (Matter.stage, asked.stage)):
        if wanted:
            yield column == wanted
    if asked.year:
        yield _introduced(asked.year, asked.year)
    yield from (_introduced(*years) for years in SESSIONS if years[0] == asked.session)
    if asked.sponsor.strip():
        yield _sponsored_by(asked.sponsor.strip())
    if asked.q.strip():
        yield _words(session, asked.q)


def _introduced(first: int, last: int) -> Any:
    return col(Matter.introduced_on).between(date(first, 1, 1), date(last, 12, 31))


def _sponsored_by(name: str) -> Any:
    people = select(Person.id).where(col(Person.name).icontains(name, autoescape=True))
    return col(Matter.id).in_(select(Sponsorship.matter_id).where(col(Sponsorship.person_id).in_(people)))


def _words(session: Session, q: str) -> Any:
    """A number finds its matter; otherwise every word must stand somewhere in its names, our note or its text."""
    number = number_given(q)
    return col(Matter.id).in_(search.matters(session, q).ids) if number is None else number


def number_given(q: str) -> Any | None:
    """The condition that finds the matter of a number; None for words that are none."""
    for parse, column in (
        (identifiers.LocalLaw.parse, Matter.local_law),
        (identifiers.parse, Matter.file_number),
    ):
        try:
            found = parse(q)
        except BadIdentifier:
            continue
        return column == (found.key if isinstance(found, identifiers.LocalLaw) else str(found))
    return None


def kinds(session: Session) -> tuple[str, ...]:
    """The kinds of matter there are."""
    return tuple(session.scalars(select(Matter.kind).distinct().order_by(Matter.kind)))


def stages(session: Session) -> tuple[str, ...]:
    """The stages that matters are in, in the order of the life cycle."""
    held = set(session.scalars(select(Matter.stage).distinct()))
    return tuple(stage.value for stage in Stage if stage in held)
