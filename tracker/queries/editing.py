"""What editors see: the links that wait, those that were decided, what readers suggest, the log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Generic, TypeVar

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker.editing import decisions
from tracker.editing.curating import NOT_EDITORS, WAITING, mark
from tracker.errors import NotFound
from tracker.held import table
from tracker.law.lineage import PROPOSED, PUBLISHED, SOURCE
from tracker.models import Matter, Note, Relation, ScopeOverride
from tracker.models.editing import Decision, Editor
from tracker.models.law import RelationProposal, RelationWord
from tracker.models.sources import Article, Coverage
from tracker.models.suggestions import Suggestion
from tracker.queries import Line, lines_by_number
from tracker.wording.editing import Told, told

VIEWS: Final = ("review", "rule", "mine", "all")
RETURN_VIEWS: Final = ("review", "rule", "all")
PAGE_SIZE: Final = 30
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class LinkLine:
    """A link with its article and its measure; ``slug`` is "" for a measure that we do not hold."""

    id: int
    article_id: int
    headline: str
    outlet: str
    article_kind: str
    address: str
    published_on: date | None
    language: str
    excerpt: str
    file_number: str
    slug: str
    title: str
    kind: str
    role: str
    score: float
    evidence: str
    outcome: str
    decided_by: str
    decided_at: datetime

    @property
    def by_editor(self) -> bool:
        return self.decided_by not in NOT_EDITORS

    @property
    def mark(self) -> str:
        return mark(self)


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """That a later bill brings an earlier one back, as the rule proposes it or an editor decided.

    ``score`` is None where the rule does not find it any more; ``verdict`` and ``editor`` are "" where no editor spoke.
    A line of a bill is None where we do not hold it.
    """

    later: str
    earlier: str
    later_line: Line | None
    earlier_line: Line | None
    score: float | None
    reasons: str
    published: bool
    verdict: str
    editor: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A part of a list, and how long the list is."""

    rows: tuple[T, ...]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE_SIZE))


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """One decision in the log; ``law.standing`` says that it is still the last word and can be taken back."""

    id: int
    kind: str
    subject: str
    editor: str
    at: datetime
    reason: str
    undoes: int | None
    undone: bool
    standing: bool
    told: tuple[Told, ...]


def list_links(session: Session, view: str, editor: str, page: int) -> Page[LinkLine]:
    """Links that wait, the highest score first; or those that are decided, the latest first."""
    links, articles, matters, notes = table(Coverage), table(Article), table(Matter), table(Note)
    which = _which(view, editor)
    total = session.execute(sa.select(sa.func.count()).select_from(links).where(which)).scalar_one()
    order = (links.c.score.desc(), links.c.id) if view == "review" else (links.c.decided_at.desc(), links.c.id.desc())
    columns: list[Any] = [
        links, articles.c.headline, articles.c.outlet, articles.c.kind.label("article_kind"), articles.c.address,
        articles.c.published_on, articles.c.language, articles.c.excerpt, matters.c.slug, matters.c.name,
        matters.c.title, notes.c.headline.label("our_title"),
    ]  # fmt: skip
    chosen = (
        sa.select(*columns)
        .join(articles, articles.c.id == links.c.article_id)
        .outerjoin(matters, sa.and_(matters.c.file_number == links.c.file_number, matters.c.removed_at.is_(None)))
        .outerjoin(notes, notes.c.file_number == links.c.file_number)
        .where(which)
        .order_by(*order)
    )
    rows = session.execute(chosen.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)).all()
    return Page(tuple(map(_line, rows)), total, page)


def _which(view: str, editor: str) -> sa.ColumnElement[bool]:
    links = table(Coverage).c
    if view == "review":
        return links.outcome == "review"
    if view == "rule":
        return sa.and_(links.outcome == "published", links.decided_by.in_(NOT_EDITORS))
    return links.decided_by == editor if view == "mine" else links.decided_by.not_in(NOT_EDITORS)


def _line(row: Any) -> LinkLine:
    title = (row.our_title or row.name or row.title or "").rstrip(". ")
    return LinkLine(
        row.id, row.article_id, row.headline, row.outlet, row.article_kind, row.address, row.published_on,
        row.language, row.excerpt, row.file_number, row.slug or "", title, row.kind, row.role, row.score,
        row.evidence, row.outcome, row.decided_by, row.decided_at,
    )  # fmt: skip


def waiting(session: Session) -> tuple[int, int]:
    """How many links, and how many suggestions of readers, wait."""
    links = select(sa.func.count()).select_from(Coverage).where(col(Coverage.outcome) == "review")
    suggested = select(sa.func.count()).select_from(Suggestion).where(col(Suggestion.state) == WAITING)
    return session.scalars(links).one(), session.scalars(suggested).one()


def list_returns(session: Session, view: str, page: int) -> Page[ReturnLine]:
    """Returns that wait or that the rule published, the highest score first; or those decided, the latest first."""
    proposals, words = table(RelationProposal), table(RelationWord)
    pair = sa.and_(words.c.later == proposals.c.later, words.c.earlier == proposals.c.earlier)
    columns: list[Any] = [proposals.c.score, proposals.c.outcome, words.c.verdict, words.c.editor, words.c.at]
    if view == "all":
        columns += [words.c.later, words.c.earlier, words.c.evidence.label("reasons")]
        chosen = sa.select(*columns).select_from(words.outerjoin(proposals, pair))
        chosen = chosen.order_by(words.c.at.desc(), words.c.later, words.c.earlier)
    else:
        columns += [proposals.c.later, proposals.c.earlier, proposals.c.reasons]
        chosen = sa.select(*columns).select_from(proposals.outerjoin(words, pair)).where(_undecided(view))
        chosen = chosen.order_by(proposals.c.score.desc(), proposals.c.later, proposals.c.earlier)
    total = session.execute(sa.select(sa.func.count()).select_from(chosen.subquery())).scalar_one()
    rows = session.execute(chosen.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)).all()
    held = lines_by_number(session, {number for row in rows for number in (row.later, row.earlier)})
    lines = (
        ReturnLine(
            row.later, row.earlier, held.get(row.later), held.get(row.earlier), row.score, row.reasons,
            row.outcome == PUBLISHED, row.verdict or "", row.editor or "", row.at,
        )
        for row in rows
    )  # fmt: skip
    return Page(tuple(lines), total, page)


def returns_waiting(session: Session) -> int:
    """How many returns the rule proposes on which nobody spoke."""
    chosen = sa.select(sa.func.count()).select_from(table(RelationProposal)).where(_undecided("review"))
    return int(session.execute(chosen).scalar_one())


def _undecided(view: str) -> sa.ColumnElement[bool]:
    """Proposals on which no editor spoke, and which nobody but the rule says: proposed ones, or published ones."""
    proposals, words, relations = table(RelationProposal), table(RelationWord), table(Relation)
    pair = words.c.later == proposals.c.later, words.c.earlier == proposals.c.earlier
    said = (
        relations.c.later == proposals.c.later, relations.c.earlier == proposals.c.earlier,
        relations.c.kind == "reintroduces", relations.c.source != SOURCE,
    )  # fmt: skip
    spoken, known = sa.select(words.c.later).where(*pair), sa.select(relations.c.id).where(*said)
    outcome = proposals.c.outcome == (PROPOSED if view == "review" else PUBLISHED)
    return sa.and_(outcome, *(~each.correlate(proposals).exists() for each in (spoken, known)))


def suggestions(session: Session) -> Sequence[Suggestion]:
    """What readers suggested and nobody decided on, the oldest first."""
    waits = select(Suggestion).where(Suggestion.state == WAITING)
    return session.scalars(waits.order_by(col(Suggestion.at), col(Suggestion.id)).limit(PAGE_SIZE)).all()


def get_suggestion(session: Session, number: int) -> Suggestion:
    """One that waits. Raises NotFound."""
    found = session.get(Suggestion, number)
    if found is None or found.state != WAITING:
        raise NotFound("There is no such suggestion waiting.")
    return found


def get_matter(session: Session, slug: str) -> Matter:
    """The matter at an address. Raises NotFound."""
    found = session.scalars(select(Matter).where(Matter.slug == slug, col(Matter.removed_at).is_(None))).first()
    if found is None:
        raise NotFound("The record holds no such matter.")
    return found


def override_of(session: Session, file_number: str) -> ScopeOverride | None:
    """Who set the scope of a matter by hand, if anybody did."""
    return session.get(ScopeOverride, file_number)


def list_decisions(session: Session, page: int, subject: str = "") -> Page[DecisionLine]:
    """The log, the newest first; all of it, or what was decided on one subject."""
    every = decisions.latest(session)
    standing = decisions.standing(every)
    undone = {decision.undoes for decision in every}
    chosen = [decision for decision in every if not subject or decision.subject == subject]
    part = chosen[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    return Page(tuple(_lines(session, part, standing, undone)), len(chosen), page)


def get_decision(session: Session, number: int) -> DecisionLine | None:
    """One decision; None where there is none of that number."""
    every = decisions.latest(session)
    found = [decision for decision in every if decision.id == number]
    lines = _lines(session, found, decisions.standing(every), {decision.undoes for decision in every})
    return next(iter(lines), None)


def _lines(
    session: Session, part: Sequence[Decision], standing: dict[int, bool], undone: set[int | None]
) -> list[DecisionLine]:
    names = {editor.id: editor.name for editor in session.scalars(select(Editor))}
    return [
        DecisionLine(
            each.id, each.kind, each.subject, names.get(each.editor_id, ""), each.at, each.reason, each.undoes,
            each.id in undone, standing[each.id], tuple(_told(session, each)),
        )
        for each in part
    ]  # fmt: skip


def _told(session: Session, decision: Decision) -> list[Told]:
    """What a decision made different; an article that it made has the headline it was made with, as numbers return."""
    before, after = decisions.unpacked(decision.before), decisions.unpacked(decision.after)
    ids = {link["article_id"] for side in (before, after) for link in side.get("coverage", {}).values() if link}
    held = session.execute(sa.select(Article.id, Article.headline).where(col(Article.id).in_(ids)))  # type: ignore[call-overload]
    made = (row for side in (before, after) for row in side.get("article", {}).values() if row)
    return told(before, after, dict(held.all()) | {row["id"]: row["headline"] for row in made})
