"""The acts that the timeline on the front page shows: laws, vetoes, orders, directives, suits and court rulings.

Only of core matters, whose point the subject is. What the record says twice, in an order's history and in that of the
suit against it, is one act.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col

from tracker import wording
from tracker.models import Action, Matter, Relation
from tracker.queries import Line, fetch_lines, lines_where
from tracker.vocabulary import ACTIONS, Act

LAW, OVERRIDE, VETO, ORDER, DIRECTIVE, SUIT, RULING = (
    "law", "override", "veto", "order", "directive", "suit", "ruling",
)  # fmt: skip
KINDS: Final = (LAW, OVERRIDE, VETO, ORDER, DIRECTIVE, SUIT, RULING)
_RULINGS: Final = frozenset(
    {Act.RULING, Act.DECIDED, Act.SETTLED, Act.ORDER_BLOCKED, Act.ORDER_UNBLOCKED, Act.ORDER_VOIDED}
)
_STARTS: Final = {
    "Executive Order": ORDER,
    "Emergency Executive Order": ORDER,
    "Directive": DIRECTIVE,
    "Lawsuit": SUIT,
}


class Milestone(NamedTuple):
    """One act. `kind` is one of KINDS; `act` says how: a law's `how`, else a value of `Act`; `note` is ours, or ""."""

    on: date
    kind: str
    act: str
    line: Line
    note: str = ""


def milestones(session: Session, today: date) -> tuple[Milestone, ...]:
    """Every act up to today, the oldest first."""
    lines = fetch_lines(session, lines_where(col(Matter.scope) == "core"))
    acts = _acts(session, today)
    found: list[Milestone] = []
    for line in lines:
        found += _of_matter(line, acts.get(line.id, ()))
    told_twice = _told_twice(found, _challenges(session))
    kept = [each for each in found if each.on <= today and each not in told_twice]
    return tuple(sorted(kept, key=lambda each: (each.on, KINDS.index(each.kind), each.line.id)))


class _Row(NamedTuple):
    """As much of an action as is told."""

    matter_id: int
    acted_on: date
    code: int
    note: str


def _acts(session: Session, today: date) -> dict[int, list[_Row]]:
    """The dated acts of core matters that can be milestones or say how an order or a suit began."""
    codes = [code for code, meaning in ACTIONS.items() if meaning.act in _RULINGS | {Act.VETOED}]
    core = sa.select(col(Matter.id)).where(col(Matter.scope) == "core", col(Matter.removed_at).is_(None))
    began = core.where(col(Matter.kind).in_(tuple(_STARTS)))
    columns = [getattr(Action, name) for name in _Row._fields]
    chosen = sa.select(*columns).where(
        sa.or_(
            sa.and_(col(Action.matter_id).in_(core), col(Action.code).in_(codes)),
            col(Action.matter_id).in_(began),
        ),
        col(Action.withdrawn_at).is_(None),
        col(Action.acted_on) <= today,
    )
    found: dict[int, list[_Row]] = {}
    for row in session.execute(chosen.order_by(col(Action.acted_on), col(Action.position), col(Action.id))):
        found.setdefault(row.matter_id, []).append(_Row(*row))
    return found


def _of_matter(line: Line, acts: Sequence[_Row]) -> Iterable[Milestone]:
    enacted = line.enacted_on or line.stage_since
    if line.is_law and line.local_law and enacted:
        yield Milestone(enacted, OVERRIDE if line.how == "overridden" else LAW, line.how, line)
    if line.kind in _STARTS and line.introduced_on:
        note = next((act.note for act in acts if act.acted_on == line.introduced_on), "")
        yield Milestone(line.introduced_on, _STARTS[line.kind], "", line, note)
    for action in acts:
        meaning = ACTIONS.get(action.code)
        if meaning and meaning.act in _RULINGS and line.kind in _STARTS:
            yield Milestone(action.acted_on, RULING, meaning.act, line, action.note)
        elif meaning and meaning.act is Act.VETOED and line.kind in wording.COUNCIL_KINDS:
            yield Milestone(action.acted_on, VETO, meaning.act, line)


def _challenges(session: Session) -> dict[str, set[str]]:
    """The suits against each order, by file number."""
    found: dict[str, set[str]] = {}
    for earlier, later in session.execute(
        sa.select(col(Relation.earlier), col(Relation.later)).where(col(Relation.kind) == "challenges")
    ):
        found.setdefault(earlier, set()).add(later)
    return found


def _told_twice(found: Sequence[Milestone], challenges: Mapping[str, set[str]]) -> list[Milestone]:
    """A suit's rulings of the day on which the order it challenges was blocked, unblocked or voided."""
    of_orders = {
        (suit, each.on)
        for each in found
        if each.kind == RULING and each.line.kind != "Lawsuit"
        for suit in challenges.get(each.line.file_number, ())
    }
    return [each for each in found if each.kind == RULING and (each.line.file_number, each.on) in of_orders]
