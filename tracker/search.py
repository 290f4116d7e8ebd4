"""Full-text search over matters and articles: FTS5 on SQLite, tsvector on PostgreSQL, one way to ask both.

`refresh` brings the index of matters up to date with every one marked stale; a run calls it before it commits. The
index of articles follows its table by triggers.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session

CHARACTERS = 400_000  # PostgreSQL refuses a tsvector past 1 MB; no bill's meaning starts after this
COMMON: Final = 5_000  # so many hits and more: no word of the question tells one matter from another
FIELDS: Final = ("number", "title", "names", "text")
SNIPPET_WORDS: Final = 14
MARKS: Final = ("\x02", "\x03")  # put around the words found in a snippet; never in a text we keep

_SOURCE = """
SELECT m.id, m.file_number || ' ' || m.local_law AS number,
       m.title || ' ' || m.name || ' ' || coalesce(n.headline, '') || ' ' || coalesce(n.sentence, '') AS title,
       coalesce(m.summary, '') || ' ' || coalesce(n.popular_names, '') AS names,
       coalesce(substr(v.text, 1, {characters}), '') AS text
FROM matter m
LEFT JOIN version v ON v.matter_id = m.id AND v.label = m.version
LEFT JOIN note n ON n.file_number = m.file_number
WHERE m.search_stale
"""
_SQLITE = (
    "DELETE FROM matter_search WHERE rowid IN (SELECT id FROM matter WHERE search_stale)",
    "INSERT INTO matter_search (rowid, number, title, names, text) " + _SOURCE,
)
_POSTGRESQL = (
    "INSERT INTO matter_search (matter_id, words) SELECT s.id, "
    "setweight(to_tsvector('english', s.number || ' ' || s.title), 'A') || "
    "setweight(to_tsvector('english', s.names), 'B') || setweight(to_tsvector('english', s.text), 'D') "
    "FROM (" + _SOURCE + ") s ON CONFLICT (matter_id) DO UPDATE SET words = excluded.words",
)
_WANTED: Final = "plainto_tsquery('english', :words)"


@dataclass(frozen=True, slots=True)
class Hits:
    """How to find the rows that hold all the words: an index to join, what must hold, and the best first.

    Any text is safe to ask with; one without words finds nothing.
    """

    index: sa.TableClause
    key: sa.ColumnClause[int]
    condition: Any
    order: Any

    @property
    def ids(self) -> Any:
        """All of them, as a question within a question."""
        return sa.select(self.key).select_from(self.index).where(self.condition)


def refresh(session: Session) -> None:
    """Index again what became different."""
    connection = session.connection()
    stale = connection.exec_driver_sql("SELECT 1 FROM matter WHERE search_stale LIMIT 1").first()
    if stale is None:
        return
    for statement in _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL:
        connection.exec_driver_sql(statement.format(characters=CHARACTERS))
    connection.exec_driver_sql("UPDATE matter SET search_stale = false WHERE search_stale")


def matters(session: Session, words: str) -> Hits:
    """Matters by their numbers, titles, names and texts; a word in a title weighs more than one in a text."""
    return _hits(session, "matter_search", "matter_id", words, "bm25(matter_search, 10, 8, 4, 1)")


def articles(session: Session, words: str) -> Hits:
    """Articles by headline, outlet and excerpt."""
    return _hits(session, "article_search", "article_id", words, "bm25(article_search, 4, 2, 1)")


def _hits(session: Session, name: str, key: str, words: str, rank: str) -> Hits:
    if _is_sqlite(session):
        table = sa.table(name, sa.column("rowid", sa.Integer))
        condition = sa.text(f"{name} MATCH :words").bindparams(words=_quoted(words))
        return Hits(table, table.c.rowid, condition, sa.text(rank))
    table = sa.table(name, sa.column(key, sa.Integer))
    plain = " ".join(terms_of(words))
    condition = sa.text(f"{name}.words @@ {_WANTED}").bindparams(words=plain)
    order = sa.text(f"ts_rank_cd({name}.words, {_WANTED}) DESC").bindparams(words=plain)
    return Hits(table, table.c[key], condition, order)


def terms_of(words: str) -> list[str]:
    """The words of a question, as far as they hold a letter or a digit."""
    return [term for term in words.replace("\x00", " ").split() if any(map(str.isalnum, term))]


def _quoted(words: str, between: str = " ") -> str:
    """Each word as a phrase of FTS5, so that none is a command. Nothing to look for finds nothing."""
    quoted = ('"' + term.replace('"', '""') + '"' for term in terms_of(words))
    return between.join(quoted) or '""'


def _is_sqlite(session: Session) -> bool:
    return session.connection().dialect.name == "sqlite"


def count(session: Session, hits: Hits) -> int:
    """How many rows hold all the words."""
    chosen = sa.select(sa.func.count()).select_from(hits.index).where(hits.condition)
    return int(session.execute(chosen).scalar_one())


def find(session: Session, words: str, limit: int = 2000) -> list[int]:
    """Ids of matters that hold all these words, best first, unless nearly every matter holds them."""
    hits = matters(session, words)
    ordered = hits.ids if count(session, hits) >= COMMON else hits.ids.order_by(hits.order)
    return list(session.execute(ordered.limit(limit)).scalars())


def fields(session: Session, words: str, matter_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    """For each matter the fields (of FIELDS) that hold any of the words."""
    found: dict[int, tuple[str, ...]] = dict.fromkeys(matter_ids, ())
    if not matter_ids or not terms_of(words):
        return found
    for field in FIELDS:
        for key in _with_field(session, words, field, matter_ids):
            found[key] += (field,)
    return found


def _with_field(session: Session, words: str, field: str, matter_ids: Collection[int]) -> list[int]:
    if _is_sqlite(session):
        sql = "SELECT rowid FROM matter_search WHERE matter_search MATCH :words AND rowid IN :ids"
        values = {"words": f"{{{field}}} : ({_quoted(words, ' OR ')})"}
    else:
        weights = {"title": "a", "names": "b", "text": "d"}.get(field)
        if weights is None:
            return []  # numbers and titles are one weight there
        any_word = "replace(plainto_tsquery('english', :words)::text, '&', '|')::tsquery"
        sql = f"SELECT matter_id FROM matter_search WHERE matter_id IN :ids AND ts_filter(words, '{{{weights}}}') @@ "
        sql += any_word
        values = {"words": " ".join(terms_of(words))}
    statement = sa.text(sql).bindparams(sa.bindparam("ids", expanding=True))
    return list(session.execute(statement, {**values, "ids": list(matter_ids)}).scalars())


def snippets(session: Session, words: str, matter_ids: Collection[int]) -> dict[int, str]:
    """A few words around the place in the text of each matter, what was found between MARKS."""
    if not matter_ids or not terms_of(words):
        return {}
    if _is_sqlite(session):
        sql = (
            f"SELECT rowid, snippet(matter_search, 3, '{MARKS[0]}', '{MARKS[1]}', ' … ', {SNIPPET_WORDS}) "
            "FROM matter_search WHERE matter_search MATCH :words AND rowid IN :ids"
        )
        values = {"words": _quoted(words)}
    else:
        options = f"StartSel={MARKS[0]}, StopSel={MARKS[1]}, MaxWords={SNIPPET_WORDS}, MinWords=6, MaxFragments=1"
        sql = (
            f"SELECT v.matter_id, ts_headline('english', substr(v.text, 1, {CHARACTERS}), {_WANTED}, '{options}') "
            "FROM version v JOIN matter m ON m.id = v.matter_id AND m.version = v.label WHERE v.matter_id IN :ids"
        )
        values = {"words": " ".join(terms_of(words))}
    statement = sa.text(sql).bindparams(sa.bindparam("ids", expanding=True))
    rows = session.execute(statement, {**values, "ids": list(matter_ids)})
    return {key: " ".join(text.split()) for key, text in rows}
