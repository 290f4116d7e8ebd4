"""One bill across the sessions of the Council: its earlier and later forms, and what became of each."""

from datetime import date
from typing import NamedTuple

from sqlmodel import Session, select

from tracker.law import lineage
from tracker.law.lineage import SOURCE
from tracker.models import Relation
from tracker.queries import Line, lines_by_number


class Form(NamedTuple):
    """One filing. `line` is None where we do not hold it. `evidence` says why it is a return of an earlier one.

    `by_rule` where the program found that, and not a person.
    """

    file_number: str
    line: Line | None
    earlier: tuple[str, ...]
    evidence: tuple[str, ...]
    by_rule: bool


def forms(session: Session, file_number: str) -> tuple[Form, ...]:
    """Every filing of the bill, oldest first; empty where there is only this one."""
    rows = session.scalars(select(Relation).where(Relation.kind == "reintroduces")).all()
    numbers = lineage.chain(file_number, ((row.earlier, row.later) for row in rows))
    if len(numbers) == 1:
        return ()
    held = lines_by_number(session, numbers)
    found = [_form(number, held.get(number), [row for row in rows if row.later == number]) for number in numbers]
    return tuple(sorted(found, key=_order))


def _form(number: str, line: Line | None, rows: list[Relation]) -> Form:
    evidence = tuple(dict.fromkeys(row.evidence for row in rows if row.evidence))
    return Form(number, line, tuple(row.earlier for row in rows), evidence, any(row.source == SOURCE for row in rows))


def _order(form: Form) -> tuple[date, str, str]:
    on = form.line.introduced_on if form.line else None
    year = form.file_number.rpartition("-")[2]
    return on or date(int(year) if year.isdigit() else 1, 1, 1), year, form.file_number
