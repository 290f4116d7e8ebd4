"""Decisions: rows before, rows after, who, when and why; each can be taken back while it is the last word on its rows.

A decision is a set of rows and what they shall read; `None` means that there shall be no such row. What they read
before is noted beside it, so that taking it back restores exactly that, and is a decision itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple

import orjson
import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker.database import next_id
from tracker.errors import BadInput, NotFound
from tracker.held import table
from tracker.models import Matter, ScopeOverride, UTCDateTime
from tracker.models.editing import CuratedAction, Decision, EditorWord
from tracker.models.law import RelationWord
from tracker.models.sources import Article, Coverage
from tracker.models.suggestions import Suggestion

Row = dict[str, Any]
Rows = Mapping[str, Mapping[str, Row | None]]  # table -> key -> the row
Touched = frozenset[tuple[str, str]]


class _Kept(NamedTuple):
    """A table that decisions write: by which columns a row is found again, and which are theirs to set.

    ``columns`` of () are all. Rows of a table with ``whole`` false are never made or taken away, only set; those of one
    with ``once`` are made and taken away, and never set.
    """

    model: Any
    key: tuple[str, ...]
    columns: tuple[str, ...] = ()
    whole: bool = True
    once: bool = False


_TABLES: Final[dict[str, _Kept]] = {
    "article": _Kept(Article, ("address",), once=True),
    "coverage": _Kept(Coverage, ("article_id", "file_number")),
    "editor_word": _Kept(EditorWord, ("field", "file_number")),
    "scope_override": _Kept(ScopeOverride, ("file_number",)),
    "matter": _Kept(Matter, ("id",), ("id", "scope", "scope_reason"), whole=False),
    "curated_action": _Kept(CuratedAction, ("id",)),
    "suggestion": _Kept(Suggestion, ("id",)),
    "relation_word": _Kept(RelationWord, ("later", "earlier")),
}
_ORDER: Final = tuple(_TABLES)  # parents before children
_SEPARATOR: Final = "|"


class Made(NamedTuple):
    """A decision as it was written down."""

    id: int
    before: Rows
    after: Rows


def key_of(name: str, row: Mapping[str, Any]) -> str:
    """Under which key a row of this table stands in a decision."""
    return _SEPARATOR.join(str(row[column]) for column in _TABLES[name].key)


def rows_of(*named: tuple[str, Row]) -> dict[str, dict[str, Row | None]]:
    """Rows to be written, each with its table's name, as a decision holds them."""
    found: dict[str, dict[str, Row | None]] = {}
    for name, row in named:
        found.setdefault(name, {})[key_of(name, row)] = row
    return found


def decide(
    session: Session, editor_id: int, kind: str, subject: str, wanted: Rows, now: datetime, *, reason: str = "",
    undoes: int | None = None,
) -> Made:  # fmt: skip
    """Write rows and note the decision. Raises BadInput where nothing would be different."""
    before = read(session, touched(wanted))
    _put(session, wanted)
    after = read(session, touched(wanted))
    if before == after:
        raise BadInput("That is how it stands already: nothing was decided.")
    number = next_id(session, Decision.id)
    session.execute(
        table(Decision)
        .insert()
        .values(
            id=number,
            editor_id=editor_id,
            at=now,
            kind=kind,
            subject=subject,
            before=_packed(before),
            after=_packed(after),
            reason=reason,
            undoes=undoes,
        )
    )
    return Made(number, before, after)


def take_back(session: Session, editor_id: int, number: int, now: datetime) -> Made:
    """Restore what a decision's rows read before it. Raises NotFound, and BadInput where a later one spoke on them."""
    decision = session.get(Decision, number)
    if decision is None:
        raise NotFound("There is no such decision.")
    since = session.scalars(select(Decision).where(Decision.id >= number).order_by(col(Decision.id).desc())).all()
    if not standing(since)[number]:
        raise BadInput("It was taken back, or something was decided here since: undo the later decision first.")
    wanted = unpacked(decision.before)
    return decide(session, editor_id, decision.kind, decision.subject, wanted, now, undoes=number)


def standing(newest_first: Iterable[Decision]) -> dict[int, bool]:
    """Which of the newest decisions, all of them from the last one on, are the last word on their rows. Pure.

    A decision that was taken back, and the one that took it back, together say nothing: what stood before them is the
    last word again. Until then, or until something else is decided, taking back can itself be taken back.
    """
    undone: set[int] = set()
    spoken: set[tuple[str, str]] = set()
    back_to: dict[tuple[str, str], int] = {}  # row -> the oldest decision that a later one took back
    found: dict[int, bool] = {}
    for decision in newest_first:
        mine = touched(unpacked(decision.before))
        over = any(back_to.get(row, decision.id + 1) <= decision.id for row in mine)
        found[decision.id] = not (decision.id in undone or mine & spoken or over)
        if decision.id in undone:
            continue
        if decision.undoes is None:
            spoken |= mine
        else:
            undone.add(decision.undoes)
            back_to |= {row: min(decision.undoes, back_to.get(row, decision.undoes)) for row in mine}
    return found


def touched(rows: Rows) -> Touched:
    """Which rows these are: (table, key)."""
    return frozenset((name, key) for name, keyed in rows.items() for key in keyed)


def unpacked(text: str) -> Rows:
    """The rows as a decision keeps them."""
    rows: Rows = orjson.loads(text)
    return rows


def read(session: Session, wanted: Touched) -> dict[str, dict[str, Row | None]]:
    """How these rows read now, as JSON holds them."""
    found: dict[str, dict[str, Row | None]] = {}
    for name, key in sorted(wanted):
        row = session.execute(_chosen(name, key)).first()
        found.setdefault(name, {})[key] = _plain(dict(row._mapping)) if row else None
    return found


def _chosen(name: str, key: str) -> sa.Select[Any]:
    kept = _TABLES[name]
    target = table(kept.model)
    columns = [target.c[column] for column in kept.columns] or list(target.c)
    return sa.select(*columns).where(_is(name, key))


def _is(name: str, key: str) -> sa.ColumnElement[bool]:
    kept = _TABLES[name]
    target = table(kept.model)
    first, *rest = kept.key
    # of several columns only the last may hold the separator
    parts = [key] if not rest else key.split(_SEPARATOR, len(rest))
    pairs = zip((first, *rest), parts, strict=True)
    return sa.and_(*(target.c[column] == _of_key(target.c[column].type, part) for column, part in pairs))


def _of_key(kind: Any, part: str) -> str | int:
    return int(part) if isinstance(kind, sa.Integer) else part


def _put(session: Session, wanted: Rows) -> None:
    for name in _ORDER:
        for key, row in wanted.get(name, {}).items():
            if row is not None:
                _write(session, name, key, _typed(name, row))
    for name in reversed(_ORDER):
        for key, row in wanted.get(name, {}).items():
            if row is None and _TABLES[name].whole and not (name == "article" and _is_linked(session, key)):
                session.execute(table(_TABLES[name].model).delete().where(_is(name, key)))


def _write(session: Session, name: str, key: str, row: Row) -> None:
    kept = _TABLES[name]
    target = table(kept.model)
    if session.execute(_chosen(name, key)).first() is not None:
        if not kept.once:
            values = {column: value for column, value in row.items() if column != "id"}
            session.execute(target.update().where(_is(name, key)).values(**values))
    elif kept.whole:
        taken = "id" in row and session.execute(sa.select(target.c.id).where(target.c.id == row["id"])).first()
        if taken and kept.once:
            raise BadInput("Another article came in its place since then. Add the link anew.")
        number = {"id": next_id(session, target.c.id)} if taken else {}
        session.execute(target.insert().values(**row | number))


def _is_linked(session: Session, address: str) -> bool:
    """Whether other links lead to an article that a decision made: it stays then."""
    articles, links = table(Article), table(Coverage)
    linked = sa.select(links.c.id).join(articles, articles.c.id == links.c.article_id)
    return session.execute(linked.where(articles.c.address == address)).first() is not None


def _plain(row: Row) -> Row:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}


def _typed(name: str, row: Row) -> Row:
    columns = table(_TABLES[name].model).c
    return {column: _value(columns[column].type, value) for column, value in row.items()}


def _value(kind: Any, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if isinstance(kind, UTCDateTime):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(kind, sa.Date) else value


def _packed(rows: Rows) -> str:
    return orjson.dumps(rows, option=orjson.OPT_SORT_KEYS).decode()


def latest(session: Session) -> Sequence[Decision]:
    """Every decision, the newest first."""
    return session.scalars(select(Decision).order_by(col(Decision.id).desc())).all()
