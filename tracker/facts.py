"""Stores what is known beyond the sources' own words: notes, relations, sections, editors' words on scope.

The newest set replaces the last; what editors decided is left alone, and their words are laid over it again.
"""

import itertools
from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session

from scrapers.records import CoverageRecord, LawDateRecord, NoteRecord, RelationRecord, SectionRecord
from tracker.coverage.stories import canonical, shown
from tracker.database import next_id
from tracker.editing import words as editor_words
from tracker.held import table
from tracker.law.lineage import SOURCE
from tracker.models import Matter, Note, Relation, ScopeOverride, SectionEffect
from tracker.models.law import LawDate
from tracker.models.sources import Article, Coverage
from tracker.posting import insert
from tracker.record import Facts

EDITOR = "starter record"


def store(session: Session, facts: Facts, now: datetime) -> None:
    """Replace the facts; matters that had or have a note are indexed again."""
    _index_again(session)
    for model, rows in ((Note, facts.notes), (SectionEffect, facts.sections), (LawDate, facts.dates)):
        session.execute(table(model).delete())
        insert(session, model, _numbered(model, [_asdict(row) for row in rows]))
    editor_words.lay_all(session)
    relate(session, EDITOR, facts.relations)
    _store_scopes(session, facts, now)
    _store_coverage(session, facts.coverage, now)
    _index_again(session)


def relate(session: Session, source: str, relations: Sequence[RelationRecord]) -> None:
    """Replace what this source says of how matters stand to each other; what another said first is left to it.

    What our own rule found gives way to whoever says the same.
    """
    rows = table(Relation)
    session.execute(rows.delete().where(rows.c.source == source))
    if source != SOURCE:
        said = [(row.earlier, row.later) for row in relations if row.kind == "reintroduces"]
        same = sa.tuple_(rows.c.earlier, rows.c.later).in_(said)
        session.execute(rows.delete().where(rows.c.source == SOURCE, same))
    known = {(row.earlier, row.later, row.kind) for row in session.execute(sa.select(rows))}
    number = itertools.count(next_id(session, Relation.id))
    new = {(row.earlier, row.later, row.kind): row for row in relations}
    insert(
        session,
        Relation,
        ({"id": next(number), "source": source, **row._asdict()} for key, row in new.items() if key not in known),
    )


def _store_coverage(session: Session, coverage: Sequence[CoverageRecord], now: datetime) -> None:
    """The bibliography: articles that are not held yet, and the links that a person found; other links stay."""
    articles, links = table(Article), table(Coverage)
    held = {row.address: row.id for row in session.execute(sa.select(articles.c.address, articles.c.id))}
    number = itertools.count(next_id(session, Article.id))
    new = {address: row for row in coverage if (address := canonical(row.address)) not in held}
    held |= {address: next(number) for address in new}
    insert(session, Article, (_article(held[address], address, row, now) for address, row in new.items()))
    for row in coverage:  # a bibliography is corrected as other records are
        ours = articles.c.address == canonical(row.address), articles.c.source == EDITOR
        corrected = {"outlet": row.outlet, "kind": row.kind, "headline": row.headline, "story": row.story}
        session.execute(articles.update().where(*ours).values(**corrected))
    session.execute(links.delete().where(links.c.decided_by == EDITOR))
    known = {(row.article_id, row.file_number) for row in session.execute(sa.select(links))}
    number = itertools.count(next_id(session, Coverage.id))
    wanted = {(held[canonical(row.address)], row.file_number): row for row in coverage}
    insert(session, Coverage, (_link(next(number), key, row, now) for key, row in wanted.items() if key not in known))


def _article(key: int, address: str, row: CoverageRecord, now: datetime) -> dict[str, object]:
    return {
        "id": key, "address": address, "shown_address": shown(row.address), "outlet": row.outlet, "kind": row.kind,
        "headline": row.headline, "author": "",
        "published_on": date.fromisoformat(row.published_on) if row.published_on else None, "language": row.language,
        "excerpt": "", "story": row.story, "topic": False, "source": EDITOR, "digest": "", "first_seen_at": now,
        "last_seen_at": now,
    }  # fmt: skip


def _link(number: int, key: tuple[int, str], row: CoverageRecord, now: datetime) -> dict[str, object]:
    article_id, file_number = key
    return {
        "id": number, "article_id": article_id, "file_number": file_number, "kind": row.link_kind, "role": row.role,
        "score": 1.0, "evidence": row.evidence, "outcome": "published", "decided_by": EDITOR, "decided_at": now,
    }  # fmt: skip


def _index_again(session: Session) -> None:
    matters = table(Matter)
    noted = sa.select(table(Note).c.file_number)
    session.execute(matters.update().where(matters.c.file_number.in_(noted)).values(search_stale=True))


def _asdict(row: NoteRecord | SectionRecord | LawDateRecord) -> dict[str, object]:
    given = row._asdict()
    return given | {"effective_on": date.fromisoformat(given["effective_on"])} if "effective_on" in given else given


def _numbered(model: type, rows: list[dict[str, object]]) -> list[dict[str, object]]:
    return rows if model is Note else [{"id": number, **row} for number, row in enumerate(rows, start=1)]


def _store_scopes(session: Session, facts: Facts, now: datetime) -> None:
    overrides = table(ScopeOverride)
    session.execute(overrides.delete().where(overrides.c.editor == EDITOR))
    decided = set(session.execute(sa.select(overrides.c.file_number)).scalars())
    rows = [row._asdict() | {"editor": EDITOR, "at": now} for row in facts.scopes if row.file_number not in decided]
    insert(session, ScopeOverride, rows)
