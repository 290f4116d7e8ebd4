"""Every read of matters, one function a question. Each takes the session first and returns plain rows.

A page shows some fifty lines of a database that may hold twenty thousand matters, so lists take only the columns
they show and never a matter's text. The list with its filters is in `queries.lists`, what changed in
`queries.changes`, and the sources in `queries.sources`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker import identifiers, wording
from tracker.errors import BadIdentifier, NotFound
from tracker.language import _
from tracker.lifecycle import Stage
from tracker.models import (
    TRACKED,
    Action,
    Capture,
    Change,
    Document,
    Matter,
    Note,
    Person,
    Relation,
    SectionEffect,
    Sponsorship,
    Vote,
)
from tracker.timeline import Ballot

LIVE_STAGES: Final = tuple(stage for stage in Stage if stage.live)


class Line(NamedTuple):
    """A matter as lists show it. `headline` is our own, or "" where we have none."""

    id: int
    slug: str
    file_number: str
    kind: str
    name: str
    headline: str
    sentence: str
    state: str
    status: str
    stage: str
    stage_since: date | None
    local_law: str
    how: str
    is_law: bool
    introduced_on: date | None
    enacted_on: date | None
    scope: str
    issuer: str
    signer: str
    url: str

    @property
    def title(self) -> str:
        return (self.headline or self.name or self.file_number).rstrip(". ")

    @property
    def number(self) -> str:
        return wording.number_of(self.file_number)


_LINE: Final = tuple(
    (getattr(Note, name) if name in ("headline", "sentence", "state") else getattr(Matter, name))
    for name in Line._fields
)


class Link(NamedTuple):
    """A relation to another matter, from this one's point of view. `slug` is "" where we do not hold the other."""

    kind: str
    forward: bool
    file_number: str
    slug: str
    title: str
    stage: str
    evidence: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything that a matter's own page shows."""

    matter: Matter
    note: Note
    actions: tuple[Action, ...]
    changes: tuple[Change, ...]
    votes: Mapping[int, Sequence[Ballot]]
    sponsors: tuple[str, ...]
    documents: tuple[Document, ...]
    effects: tuple[SectionEffect, ...]
    links: tuple[Link, ...]
    captures: Mapping[int, Capture]
    once_here: tuple[Line, ...]

    @property
    def last_capture(self) -> Capture | None:
        return self.captures[self.changes[-1].capture_id] if self.changes else None


def get_matter(session: Session, slug: str) -> Dossier:
    """The matter at an address, present or removed; raises `NotFound`."""
    presence = col(Matter.removed_at).is_not(None)
    matter = session.scalars(select(Matter).where(Matter.slug == slug).order_by(presence, col(Matter.id))).first()
    if matter is None:
        raise NotFound(_("No matter has the address %(slug)s.", slug=repr(slug)))
    return Dossier(
        matter=matter,
        note=session.get(Note, matter.file_number) or Note(file_number=matter.file_number),
        actions=tuple(session.scalars(select(Action).where(Action.matter_id == matter.id))),
        changes=changes_of(session, matter.id),
        votes=votes_of(session, Action.matter_id == matter.id),
        sponsors=_sponsors(session, matter.id),
        documents=tuple(session.scalars(_in_place(Document, matter.id))),
        effects=_effects(session, SectionEffect.file_number == matter.file_number),
        links=_links(session, matter.file_number),
        captures=_captures(session, matter.id),
        once_here=_once_here(session, matter),
    )


def slug_now(session: Session, slug: str) -> str | None:
    """Where the matter lives that once bore the number of this address; None when none did."""
    try:
        number = str(identifiers.from_slug(slug))
    except BadIdentifier:
        return None
    renumbered = select(Change.matter_id).where(Change.kind == "renumbered", Change.before == number)
    found = session.scalars(
        select(Matter.slug).where(col(Matter.id).in_(renumbered), col(Matter.removed_at).is_(None))
    ).first()
    return found if found != slug else None


def _once_here(session: Session, matter: Matter) -> tuple[Line, ...]:
    """Other matters that bore this number before they were given another."""
    left = select(Change.matter_id).where(Change.kind == "renumbered", Change.before == matter.file_number)
    return fetch_lines(session, lines_where(col(Matter.id).in_(left), Matter.id != matter.id))


def changes_of(session: Session, matter_id: int) -> tuple[Change, ...]:
    """What we saw change in one matter, oldest first."""
    chosen = select(Change).where(Change.matter_id == matter_id)
    return tuple(session.scalars(chosen.order_by(col(Change.observed_at), col(Change.id))))


def _in_place(table: Any, matter_id: int) -> Any:
    return select(table).where(table.matter_id == matter_id).order_by(table.position)


def votes_of(session: Session, *which: Any) -> dict[int, list[Ballot]]:
    """Roll calls by action, in the Council's order; `which` chooses among actions."""
    chosen = (
        select(Vote.action_id, Person.name, Vote.value)
        .join(Person, col(Person.id) == Vote.person_id)
        .join(Action, col(Action.id) == Vote.action_id)
        .where(*which)
        .order_by(col(Vote.action_id), col(Vote.position))
    )
    ballots: dict[int, list[Ballot]] = {}
    for action_id, name, value in session.execute(chosen):
        ballots.setdefault(action_id, []).append((name, value))
    return ballots


def _sponsors(session: Session, matter_id: int) -> tuple[str, ...]:
    chosen = select(Person.name).join(Sponsorship).where(Sponsorship.matter_id == matter_id)
    return tuple(session.scalars(chosen.order_by(col(Sponsorship.position))))


def _effects(session: Session, *which: Any) -> tuple[SectionEffect, ...]:
    chosen = select(SectionEffect).where(*which)
    return tuple(session.scalars(chosen.order_by(col(SectionEffect.code), col(SectionEffect.id))))


def _captures(session: Session, matter_id: int) -> Mapping[int, Capture]:
    ids = select(Change.capture_id).where(Change.matter_id == matter_id)
    return {capture.id: capture for capture in session.scalars(select(Capture).where(col(Capture.id).in_(ids)))}


def _links(session: Session, file_number: str) -> tuple[Link, ...]:
    found = session.scalars(
        select(Relation)
        .where(sa.or_(col(Relation.earlier) == file_number, col(Relation.later) == file_number))
        .order_by(col(Relation.id))
    ).all()
    others = {row.earlier if row.later == file_number else row.later for row in found}
    held = lines_by_number(session, others)
    return tuple(_link(row, file_number, held) for row in found)


def _link(row: Relation, file_number: str, held: Mapping[str, Line]) -> Link:
    forward = row.later == file_number
    other = row.earlier if forward else row.later
    line = held.get(other)
    slug, title, stage = (line.slug, line.title, line.stage) if line else ("", "", "")
    return Link(row.kind, forward, other, slug, title, stage, row.evidence, row.confidence)


def lines_where(*which: Any) -> Any:
    """The columns that lists show, of matters that are there, with our own words where we have some."""
    noted = col(Note.file_number) == Matter.file_number
    chosen = sa.select(*(sa.func.coalesce(c, "") if c.class_ is Note else c for c in _LINE))
    return chosen.select_from(Matter).outerjoin(Note, noted).where(col(Matter.removed_at).is_(None), *which)


def fetch_lines(session: Session, chosen: Any) -> tuple[Line, ...]:
    return tuple(Line(*row) for row in session.execute(chosen))


def lines_by_number(session: Session, file_numbers: Iterable[str]) -> dict[str, Line]:
    """Matters by their file numbers, those that we hold."""
    found = fetch_lines(session, lines_where(col(Matter.file_number).in_(sorted(set(file_numbers)))))
    return {line.file_number: line for line in found}


def live_bills(session: Session) -> tuple[Line, ...]:
    """Tracked Council matters that can still move, the ones that moved longest ago first."""
    live = col(Matter.stage).in_(LIVE_STAGES)
    council = col(Matter.kind).in_(wording.COUNCIL_KINDS)
    chosen = lines_where(col(Matter.scope).in_(TRACKED), council, live)
    return fetch_lines(session, chosen.order_by(col(Matter.stage_since), col(Matter.id)))


def laws(session: Session) -> tuple[Line, ...]:
    """Core matters that became law, newest first."""
    chosen = lines_where(col(Matter.scope) == "core", col(Matter.is_law).is_(True))
    return fetch_lines(session, chosen.order_by(col(Matter.local_law).desc(), col(Matter.id).desc()))


def orders(session: Session) -> tuple[Line, ...]:
    """Mayoral orders, agency directives and lawsuits that are not out of scope, newest first."""
    elsewhere = col(Matter.kind).not_in(wording.COUNCIL_KINDS)
    chosen = lines_where(elsewhere, col(Matter.scope).in_(("core", "related", "context")))
    return fetch_lines(
        session,
        chosen.order_by(col(Matter.introduced_on).desc().nulls_last(), col(Matter.id).desc()),
    )


def last_acts(session: Session, matter_ids: Sequence[int], today: date) -> dict[int, Action]:
    """The latest act of each matter, for lists that say what happened last."""
    chosen = select(Action).where(
        col(Action.matter_id).in_(matter_ids),
        col(Action.withdrawn_at).is_(None),
        Action.acted_on <= today,
    )
    ordered = session.scalars(chosen.order_by(col(Action.acted_on), col(Action.position)))
    return {action.matter_id: action for action in ordered}


class Deed(NamedTuple):
    """What one matter does, or would do, to a section; `line` is None where we do not hold the matter."""

    effect: str
    subdivisions: tuple[str, ...]
    file_number: str
    line: Line | None

    @property
    def on(self) -> date | None:
        """When it took place; for what is not law, when it was put forward."""
        return self.line and ((self.line.is_law and self.line.enacted_on) or self.line.introduced_on)


class SectionHistory(NamedTuple):
    """A section, and what matters did or would do to it, oldest first."""

    code: str
    section: str
    deeds: tuple[Deed, ...]


def sections(session: Session) -> tuple[SectionHistory, ...]:
    """Every section that a tracked matter names, in the order of the Code, then the Charter."""
    tracked = select(Matter.file_number).where(col(Matter.scope).in_(TRACKED), col(Matter.removed_at).is_(None))
    effects = _effects(session, col(SectionEffect.file_number).in_(tracked))
    held = lines_by_number(session, {effect.file_number for effect in effects})
    grouped: dict[tuple[str, str], dict[tuple[str, str], list[str]]] = {}
    for effect in effects:
        deeds = grouped.setdefault((effect.code, effect.section), {})
        deeds.setdefault((effect.file_number, effect.effect), []).append(effect.subdivision)
    ordered = sorted(grouped, key=lambda place: (place[0], _natural(place[1])))
    return tuple(SectionHistory(*place, _deeds(grouped[place], held)) for place in ordered)


def _deeds(found: Mapping[tuple[str, str], list[str]], held: Mapping[str, Line]) -> tuple[Deed, ...]:
    deeds = [
        Deed(effect, tuple(filter(None, subdivisions)), file_number, held.get(file_number))
        for (file_number, effect), subdivisions in found.items()
    ]
    return tuple(sorted(deeds, key=lambda deed: deed.on or date.min))


def _natural(section: str) -> tuple[int, ...]:
    """ "9-131" before "10-178"."""
    return tuple(int(part) for part in section.replace(".", "-").split("-") if part.isdigit())
