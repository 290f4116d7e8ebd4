"""What was written about the measures: the published links from articles to them, and nothing that waits."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session

from tracker.coverage import StoryLine, fold
from tracker.held import table
from tracker.models import Matter, Note
from tracker.models_sources import Article, Coverage

PUBLISHED: Final = "published"


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
    """One article with the measures it covers."""

    headline: str
    outlet: str
    kind: str
    address: str
    published_on: date | None
    language: str
    measures: tuple[Measure, ...]


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
            row.headline, row.outlet, row.kind, row.address, row.published_on, row.language, row.role, row.link_kind,
            row.evidence, row.decided_by, row.story,
        )
        for row in session.execute(chosen)
    )  # fmt: skip


def list_articles(session: Session, *, kind: str = "", outlet: str = "") -> tuple[ArticleLine, ...]:
    """Every article that covers a measure, the newest first, undated ones last."""
    articles, links = table(Article), table(Coverage)
    linked = sa.select(links.c.article_id).where(links.c.outcome == PUBLISHED)
    which: list[sa.ColumnElement[bool]] = [articles.c.id.in_(linked)]
    which += [articles.c.kind == kind] if kind else []
    which += [articles.c.outlet == outlet] if outlet else []
    newest = (articles.c.published_on.is_(None), articles.c.published_on.desc(), articles.c.headline, articles.c.id)
    rows = session.execute(sa.select(articles).where(*which).order_by(*newest)).all()
    measures = _measures(session)
    return tuple(
        ArticleLine(
            row.headline, row.outlet, row.kind, row.address, row.published_on, row.language,
            tuple(measures.get(row.id, ())),
        )
        for row in rows
    )  # fmt: skip


def outlets(session: Session) -> tuple[str, ...]:
    """The outlets of those articles, by name."""
    articles, links = table(Article), table(Coverage)
    linked = sa.select(links.c.article_id).where(links.c.outcome == PUBLISHED)
    chosen = sa.select(articles.c.outlet).where(articles.c.id.in_(linked)).distinct().order_by(articles.c.outlet)
    return tuple(session.execute(chosen).scalars())


def _measures(session: Session) -> dict[int, list[Measure]]:
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
    found: dict[int, list[Measure]] = {}
    for key, measure in _read(session.execute(chosen)):
        found.setdefault(key, []).append(measure)
    return found


def _read(rows: Any) -> Iterator[tuple[int, Measure]]:
    for row in rows:
        title = (row.headline or row.name or row.title or "").rstrip(". ")
        yield row.article_id, Measure(row.file_number, row.slug or "", title, row.role, row.evidence)
