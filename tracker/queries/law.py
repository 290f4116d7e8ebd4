"""Reads what `law` works on: section effects, dated matters, the days on which laws take effect.

A `Book` is all of it at once, some hundred matters; each day is then worked out from it without another question. It
can be turned back to what the record said at the end of a day (`Book.known_on`): the Council's rows and dates, that
is. Which section a matter changes, and when a law takes effect, are our own findings and are taken as they are today.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker import wording
from tracker.held import iso, table
from tracker.law import sections as law
from tracker.law import standing
from tracker.law.effective import effective
from tracker.law.sections import Effect, Law, Term
from tracker.law.standing import Dated, Edit, Row
from tracker.lifecycle import BILL
from tracker.models import TRACKED, Action, Change, Matter, Relation, SectionEffect, Version
from tracker.models.law import LawDate
from tracker.queries import Line, fetch_lines, lines_where

_SECTIONS: Final = re.compile(r"\b\d{1,2}-\d{2,4}(?:\.\d+)?\b", re.ASCII)
TURNED_BACK: Final = ("status_changed", "law_number_changed", "enactment_date_changed", "action_edited")


@dataclass(frozen=True, slots=True)
class Book:
    """All that the law of any day is made of; `lines` are the matters as lists show them, by number."""

    today: date
    effects: tuple[Effect, ...]
    terms: tuple[Term, ...]
    matters: Mapping[str, Dated]
    lines: Mapping[str, Line]
    seen_at: Mapping[str, datetime]
    edits: Mapping[str, tuple[Edit, ...]]

    def began_on(self, *, council: bool) -> date | None:
        """The day on which the first bill was seen, or the first order, directive or suit; None where there is none."""
        seen = (at for number, at in self.seen_at.items() if (self.lines[number].kind == BILL) is council)
        first = min(seen, default=None)
        return wording.new_york_date(first) if first else None

    def on(self, day: date) -> Law:
        """The law at the end of a day, as known today."""
        held = {number: each._replace(rows=standing.in_place(each.rows)) for number, each in self.matters.items()}
        return law.law_on(self.effects, held, self.terms, day, self.today)

    def known_on(self, day: date) -> "Book":
        """The book as our record had it at the end of that day."""
        moment = datetime.combine(day + timedelta(days=1), time(), wording.NEW_YORK)
        turned = (
            standing.as_known(each, self.seen_at[number], self.edits.get(number, ()), moment)
            for number, each in self.matters.items()
        )
        return replace(self, today=day, matters={each.file_number: each for each in turned if each is not None})


def book(session: Session, today: date) -> Book:
    """Everything that is tracked, but for resolutions, which are no law."""
    kept = (col(Matter.scope).in_(TRACKED), col(Matter.kind).not_in(("Resolution", "Land Use Application")))
    lines = {line.file_number: line for line in fetch_lines(session, lines_where(*kept))}
    ids = {line.id: line.file_number for line in lines.values()}
    rows = _rows(session, list(ids))
    matters = {line.file_number: _dated(line, rows.get(line.id, [])) for line in lines.values()}
    seen = select(Matter.file_number, Matter.first_seen_at).where(col(Matter.id).in_(list(ids)))
    return Book(
        today=today,
        effects=_effects(session, lines),
        terms=_terms(session, lines),
        matters=matters,
        lines=lines,
        seen_at=dict(session.execute(seen).all()),
        edits=_edits(session, ids),
    )


def _rows(session: Session, ids: Sequence[int]) -> dict[int, list[Row]]:
    chosen = select(Action).where(col(Action.matter_id).in_(ids)).order_by(col(Action.position))
    found: dict[int, list[Row]] = {}
    for action in session.scalars(chosen):
        row = Row(
            action.source_id, action.code, action.acted_on.isoformat(), action.clock, action.name, action.result,
            action.confidence, action.first_seen_at, action.withdrawn_at,
        )  # fmt: skip
        found.setdefault(action.matter_id, []).append(row)
    return found


def _dated(line: Line, rows: list[Row]) -> Dated:
    return Dated(
        line.file_number, line.kind, line.status, line.enacted_on, line.local_law, line.introduced_on, tuple(rows)
    )


def _effects(session: Session, lines: Mapping[str, Line]) -> tuple[Effect, ...]:
    chosen = (
        select(SectionEffect).where(col(SectionEffect.file_number).in_(list(lines))).order_by(col(SectionEffect.id))
    )
    return tuple(
        Effect(row.file_number, row.code, row.section, row.subdivision, row.effect) for row in session.scalars(chosen)
    )


def _terms(session: Session, lines: Mapping[str, Line]) -> tuple[Term, ...]:
    """What an editor wrote down; for other laws, what their own texts say plainly, where these are at hand."""
    written = [
        Term(row.file_number, row.section, row.subdivision, row.effective_on, row.basis)
        for row in session.scalars(select(LawDate).order_by(col(LawDate.id)))
    ]
    known = {term.file_number for term in written}
    rest = {line.id: line for line in lines.values() if line.is_law and line.file_number not in known}
    found = (_own_term(rest[key], text) for key, text in session.execute(_texts(list(rest))))
    return (*written, *(term for term in found if term is not None))


def _texts(ids: list[int]) -> sa.Select[tuple[int, str]]:
    matters, versions = table(Matter), table(Version)
    this = sa.and_(versions.c.matter_id == matters.c.id, versions.c.label == matters.c.version)
    return sa.select(matters.c.id, versions.c.text).join(versions, this).where(matters.c.id.in_(ids))


def _own_term(line: Line, text: str) -> Term | None:
    found = effective(text, line.enacted_on) if line.enacted_on else None
    return Term(line.file_number, "", "", found.on, found.basis) if found else None


def _edits(session: Session, ids: Mapping[int, str]) -> dict[str, tuple[Edit, ...]]:
    chosen = select(Change).where(col(Change.matter_id).in_(list(ids)), col(Change.kind).in_(TURNED_BACK))
    found: dict[str, list[Edit]] = {}
    for row in session.scalars(chosen.order_by(col(Change.observed_at), col(Change.id))):
        edit = Edit(row.observed_at, row.kind, row.before, row.action_id if row.kind == "action_edited" else "")
        found.setdefault(ids[row.matter_id], []).append(edit)
    return {number: tuple(edits) for number, edits in found.items()}


class Touch(NamedTuple):
    """An order, directive or suit that acts on laws of a section: what it does, to which law, and why we say so."""

    line: Line
    acts: tuple[tuple[str, str, str], ...]


def touching(session: Session, held: Book, numbers: Sequence[str], section: str) -> tuple[Touch, ...]:
    """Orders, directives and suits that stand in a relation to these laws, oldest first.

    A law may have made several sections: a relation whose words name other sections only is not of this one.
    """
    chosen = select(Relation).where(col(Relation.earlier).in_(numbers)).order_by(col(Relation.id))
    found: dict[str, list[tuple[str, str, str]]] = {}
    for row in session.scalars(chosen):
        line = held.lines.get(row.later)
        named = _SECTIONS.findall(row.evidence)
        if line and line.kind not in wording.COUNCIL_KINDS and (not named or section in named):
            found.setdefault(row.later, []).append((row.kind, row.earlier, row.evidence))
    touches = (Touch(held.lines[number], tuple(acts)) for number, acts in found.items())
    return tuple(sorted(touches, key=lambda touch: (iso(touch.line.introduced_on), touch.line.file_number)))
