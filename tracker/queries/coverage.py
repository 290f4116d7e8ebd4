"""What was written about the measures: the published links from articles to them, and nothing that waits.

Beside them stand pieces about the policy as a whole (`Article.topic` with no published link), which no measure's page
ever shows. Copies of one story are one line.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session

from tracker.coverage.folding import StoryLine, fold, tame
from tracker.coverage.stories import canonical
from tracker.held import table
from tracker.models import Matter, Note
from tracker.models.sources import Article, Coverage

PUBLISHED: Final = "published"
POLICY: Final = "policy"  # `CoverageFilter.about` for pieces about the policy as a whole
PAGE_SIZE: Final = 50  # stories


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure that an article covers; ``slug`` is "" for one that we do not hold."""

    file_number: str
    slug: str
    title: str
    role: str
    evidence: str


@dataclass(frozen=True, slots=True)
class ArticleLine:
    """One article with the measures it covers; ``others`` are copies and rewrites of the same story elsewhere."""

    headline: str
    outlet: str
    kind: str
    address: str
    published_on: date | None
    language: str
    measures: tuple[Measure, ...]
    author: str = ""
    others: tuple["ArticleLine", ...] = ()


@dataclass(frozen=True, slots=True)
class CoverageFilter:
    """What is asked for; "" and None ask for everything. ``coverage.outlets`` are names of one outlet."""

    kind: str = ""
    outlets: tuple[str, ...] = ()
    measure: str = ""
    year: int | None = None
    role: str = ""
    about: str = ""
    page: int = 1


class Found(NamedTuple):
    """One page of stories, and how many stories and pieces there are on all pages."""

    stories: tuple[ArticleLine, ...]
    total: int
    pieces: int
    page: int
    pages: int


class Front(NamedTuple):
    """The newest stories, and how many stories were first told on each day that has any."""

    latest: tuple[ArticleLine, ...]
    per_day: dict[date, int]


class OutletLine(NamedTuple):
    """An outlet with the pieces of it that are shown; the dates are of the oldest and the newest with one."""

    name: str
    pieces: int
    first_on: date | None
    last_on: date | None


class _Place(NamedTuple):
    """As much of an article as its place in the list depends on."""

    id: int
    story: str
    published_on: date | None
    outlet: str


def of_measure(session: Session, file_number: str) -> tuple[StoryLine, ...]:
    """The stories that cover a measure, the newest first."""
    articles, links = table(Article), table(Coverage)
    chosen = (
        sa.select(articles, links.c.role, links.c.kind.label("link_kind"), links.c.evidence, links.c.decided_by)
        .join(links, links.c.article_id == articles.c.id)
        .where(links.c.file_number == file_number, links.c.outcome == PUBLISHED)
    )
    return fold(
        StoryLine(
            tame(row.headline), tame(row.outlet), row.kind, row.shown_address or row.address, row.published_on,
            tame(row.language), row.role, row.link_kind, tame(row.evidence), row.decided_by, row.story,
            tame(row.author),
        )
        for row in session.execute(chosen)
    )  # fmt: skip


def list_stories(session: Session, asked: CoverageFilter) -> Found:
    """The stories that are asked for, the newest first, undated ones last."""
    stories = _folded(session, asked)
    pages = max(1, -(-len(stories) // PAGE_SIZE))
    page = min(asked.page, pages)
    chosen = stories[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    return Found(_lines(session, chosen), len(stories), sum(map(len, stories)), page, pages)


def front(session: Session, most: int) -> Front:
    """What the front page shows of coverage: the newest stories that have a date, and how many each day had."""
    dated = [story for story in _folded(session, CoverageFilter()) if story[0].published_on]
    counted = Counter(story[0].published_on for story in dated if story[0].published_on)
    return Front(_lines(session, dated[:most]), dict(sorted(counted.items())))


def shown_at(session: Session, address: str) -> ArticleLine | None:
    """The piece at an address, in whatever form it is written, if it is shown in public."""
    articles = table(Article)
    for about in ("", POLICY):
        which = [*_which(CoverageFilter(about=about)), articles.c.address == canonical(address)]
        row = session.execute(sa.select(articles.c.id).where(*which)).first()
        if row is not None:
            return _lines(session, [[_Place(row.id, "", None, "")]])[0]
    return None


def outlets(session: Session) -> tuple[OutletLine, ...]:
    """The outlets of which anything is shown, by name."""
    articles = table(Article)
    dates = sa.func.min(articles.c.published_on), sa.func.max(articles.c.published_on)
    shown = sa.or_(sa.and_(*_which(CoverageFilter())), sa.and_(*_which(CoverageFilter(about=POLICY))))
    counted = sa.select(articles.c.outlet, sa.func.count(), *dates).where(shown).group_by(articles.c.outlet)
    lines = [OutletLine(tame(row[0]), *row[1:]) for row in session.execute(counted)]
    return tuple(sorted(lines, key=lambda line: line.name.casefold()))


def measures(session: Session) -> tuple[tuple[str, str], ...]:
    """The measures that are covered: number and title, by number."""
    named = {each.file_number: each.title for found in _measures(session).values() for each in found}
    return tuple(sorted(named.items()))


def years(session: Session) -> tuple[int, ...]:
    """The years from which there is a piece, the newest first."""
    on = table(Article).c.published_on
    chosen = sa.select(sa.extract("year", on)).where(on.is_not(None), *_which(CoverageFilter())).distinct()
    return tuple(sorted((int(year) for year in session.execute(chosen).scalars()), reverse=True))


def _which(asked: CoverageFilter) -> list[sa.ColumnElement[bool]]:
    articles, links = table(Article), table(Coverage)
    linked = sa.select(links.c.article_id).where(links.c.outcome == PUBLISHED)
    if asked.about == POLICY:
        which: list[sa.ColumnElement[bool]] = [articles.c.topic.is_(True), articles.c.id.not_in(linked)]
    else:
        linked = linked.where(links.c.file_number == asked.measure) if asked.measure else linked
        linked = linked.where(links.c.role == asked.role) if asked.role else linked
        which = [articles.c.id.in_(linked)]
    which += [articles.c.kind == asked.kind] if asked.kind else []
    which += [articles.c.outlet.in_(asked.outlets)] if asked.outlets else []
    if asked.year:
        which.append(articles.c.published_on.between(date(asked.year, 1, 1), date(asked.year, 12, 31)))
    return which


def _folded(session: Session, asked: CoverageFilter) -> list[list[_Place]]:
    """The stories by the date of whoever told them first, the newest first; each with its copies, the oldest first."""
    articles = table(Article)
    key = sa.case((articles.c.story != "", articles.c.story), else_=articles.c.address)
    chosen = sa.select(articles.c.id, key, articles.c.published_on, articles.c.outlet).where(*_which(asked))
    stories: dict[str, list[_Place]] = {}
    for place in (_Place(*row) for row in session.execute(chosen)):
        stories.setdefault(place.story, []).append(place)
    folded = [sorted(copies, key=_age) for copies in stories.values()]
    return sorted(folded, key=lambda copies: (copies[0].published_on or date.min, copies[0].id), reverse=True)


def _age(place: _Place) -> tuple[date, str, int]:
    return place.published_on or date.max, place.outlet, place.id


def _lines(session: Session, stories: Sequence[Sequence[_Place]]) -> tuple[ArticleLine, ...]:
    articles = table(Article)
    ids = [place.id for story in stories for place in story]
    found = _measures(session, ids)
    lines = {
        row.id: ArticleLine(
            tame(row.headline), tame(row.outlet), row.kind, row.shown_address or row.address, row.published_on,
            tame(row.language), tuple(found.get(row.id, ())), tame(row.author),
        )
        for row in session.execute(sa.select(articles).where(articles.c.id.in_(ids)))
    }  # fmt: skip
    return tuple(_told([lines[place.id] for place in story]) for story in stories)


def _told(copies: Sequence[ArticleLine]) -> ArticleLine:
    first, *others = copies
    return replace(first, others=tuple(others))


def _measures(session: Session, articles: Collection[int] | None = None) -> dict[int, list[Measure]]:
    """The measures of these articles, or of all: those that are the news first."""
    links, matters, notes = table(Coverage), table(Matter), table(Note)
    columns: list[Any] = [
        links.c.article_id, links.c.file_number, links.c.role, links.c.evidence, matters.c.slug, matters.c.name,
        matters.c.title, notes.c.headline,
    ]  # fmt: skip
    held = sa.and_(matters.c.file_number == links.c.file_number, matters.c.removed_at.is_(None))
    chosen = (
        sa.select(*columns)
        .outerjoin(matters, held)
        .outerjoin(notes, notes.c.file_number == links.c.file_number)
        .where(links.c.outcome == PUBLISHED)
        .order_by(links.c.article_id, links.c.role.desc(), links.c.file_number)
    )
    if articles is not None:
        chosen = chosen.where(links.c.article_id.in_(articles))
    found: dict[int, list[Measure]] = {}
    for key, measure in _read(session.execute(chosen)):
        found.setdefault(key, []).append(measure)
    return found


def _read(rows: Iterable[Any]) -> Iterator[tuple[int, Measure]]:
    for row in rows:
        title = (row.headline or row.name or row.title or "").rstrip(". ")
        yield row.article_id, Measure(row.file_number, row.slug or "", title, row.role, tame(row.evidence))
