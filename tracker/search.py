"""Full-text search over numbers, titles, names and texts: FTS5 on SQLite, tsvector on PostgreSQL, one function.

`refresh` brings the index up to date with every matter marked stale; a run calls it before it commits.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import Session

CHARACTERS = 400_000  # PostgreSQL refuses a tsvector past 1 MB; no bill's meaning starts after this

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


def refresh(session: Session) -> None:
    """Index again what became different."""
    connection = session.connection()
    stale = connection.exec_driver_sql("SELECT 1 FROM matter WHERE search_stale LIMIT 1").first()
    if stale is None:
        return
    for statement in _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL:
        connection.exec_driver_sql(statement.format(characters=CHARACTERS))
    connection.exec_driver_sql("UPDATE matter SET search_stale = false WHERE search_stale")


def find(session: Session, words: str, limit: int = 2000) -> list[int]:
    """Ids of the matters that hold all these words, best first. Any text is safe to give."""
    terms = words.replace("\x00", " ").split()
    if not terms:
        return []
    if session.connection().dialect.name == "sqlite":
        quoted = " ".join('"' + term.replace('"', '""') + '"' for term in terms)
        query = (
            "SELECT rowid FROM matter_search WHERE matter_search MATCH :words "
            "ORDER BY bm25(matter_search, 10, 8, 4, 1) LIMIT :limit"
        )
        return list(session.execute(sa.text(query), {"words": quoted, "limit": limit}).scalars())
    query = (
        "SELECT matter_id FROM matter_search, plainto_tsquery('english', :words) AS wanted "
        "WHERE words @@ wanted ORDER BY ts_rank_cd(words, wanted) DESC LIMIT :limit"
    )
    return list(session.execute(sa.text(query), {"words": " ".join(terms), "limit": limit}).scalars())


def holding(session: Session, words: str, matter_ids: Sequence[int]) -> frozenset[int]:
    """Which of these matters hold all these words; for a few matters out of many."""
    terms = words.replace("\x00", " ").split()
    if not terms or not matter_ids:
        return frozenset()
    if session.connection().dialect.name == "sqlite":
        statement = "SELECT rowid FROM matter_search WHERE matter_search MATCH :words AND rowid IN :ids"
        wanted = " ".join('"' + term.replace('"', '""') + '"' for term in terms)
    else:
        statement = (
            "SELECT matter_id FROM matter_search "
            "WHERE matter_id IN :ids AND words @@ plainto_tsquery('english', :words)"
        )
        wanted = " ".join(terms)
    query = sa.text(statement).bindparams(sa.bindparam("ids", expanding=True))
    return frozenset(session.execute(query, {"words": wanted, "ids": list(matter_ids)}).scalars())
