"""What digests are made of: new changes and their matters, what was written about them, sources in trouble."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker import language, search, wording
from tracker.digests.becoming import became
from tracker.digests.choosing import LOOK_BACK, About, Fresh
from tracker.digests.telling import Step, step_of
from tracker.held import load, table
from tracker.models import TRACKED, Action, Change, Matter, Note, Relation, Run, SectionEffect
from tracker.models.sources import Article, Coverage, Incident
from tracker.queries import votes_of

MANY: Final = 500  # ids in one IN (...)
REMEMBERED: Final = timedelta(days=35)  # how long an article waits for the next mail


class Face(NamedTuple):
    """A matter as the head of an entry shows it. ``language`` is that of the title: the record's own is English."""

    matter_id: int
    slug: str
    number: str
    title: str
    language: str
    standing: str


class Piece(NamedTuple):
    """One published story about a measure."""

    coverage_id: int
    matter_id: int
    story: str
    headline: str
    outlet: str
    address: str
    published_on: date | None
    decided_at: datetime
    language: str = "en"


class Trouble(NamedTuple):
    """A time in which a source could not be read."""

    incident_id: int
    source: str
    began_at: datetime
    ended_at: datetime | None


def chunks(ids: Iterable[int]) -> Iterable[list[int]]:
    """Ids, so many at a time as fit into one statement."""
    listed = sorted(set(ids))
    return (listed[start : start + MANY] for start in range(0, len(listed), MANY))


def newest_change(session: Session) -> int:
    """The id of the newest change; 0 where there is none."""
    return session.execute(sa.select(sa.func.max(table(Change).c.id))).scalar() or 0


def matters_held(session: Session) -> int:
    """How many matters the record holds."""
    chosen = sa.select(sa.func.count()).select_from(table(Matter)).where(table(Matter).c.removed_at.is_(None))
    return session.execute(chosen).scalar() or 0


def old_change(session: Session, now: datetime) -> int:
    """The id of the newest change that was recorded more than LOOK_BACK ago; 0 where there is none.

    By when its run began, since runs and changes are numbered in one order; of two rows the later is not the older.
    """
    changes, runs = table(Change), table(Run)
    last_run = sa.select(sa.func.max(runs.c.id)).where(runs.c.started_at < now - LOOK_BACK).scalar_subquery()
    older = sa.select(changes.c.id).where(changes.c.run_id <= last_run).order_by(changes.c.id.desc()).limit(1)
    return session.execute(older).scalar() or 0


def run_of(session: Session, change_id: int) -> int:
    """The run that recorded a change; 0 where there is no such change."""
    return session.execute(sa.select(table(Change).c.run_id).where(table(Change).c.id == change_id)).scalar() or 0


def fresh(session: Session, after: int, upto: int, modes: Collection[str], *, with_stages: bool) -> tuple[Fresh, ...]:
    """The changes above one id and up to another that runs of these modes recorded, with their matters.

    A run's changes are seen when it is committed, all or none. ``with_stages`` works out what became of the matters.
    """
    chosen = select(Change).join(Run, col(Run.id) == Change.run_id).where(col(Run.mode).in_(modes))
    changes = session.scalars(chosen.where(Change.id > after, Change.id <= upto).order_by(col(Change.id))).all()
    about = abouts(session, changes)
    stages = _stages(session, changes, about, after) if with_stages else {}
    return tuple(Fresh(change, about[change.matter_id], stages.get(change.id, frozenset())) for change in changes)


def abouts(session: Session, changes: Sequence[Change]) -> dict[int, About]:
    """The matters of some changes, by id, with the numbers that they bore then."""
    bore: dict[int, set[str]] = {}
    for change in changes:
        bore.setdefault(change.matter_id, set()).add(change.file_number)
    return abouts_of(session, bore)


def abouts_of(session: Session, bore: Mapping[int, Collection[str]]) -> dict[int, About]:
    """Matters by id; ``bore`` has other numbers by which each was known."""
    found = {}
    for ids in chunks(bore):
        rows = session.scalars(select(Matter).where(col(Matter.id).in_(ids))).all()
        numbers = [row.file_number for row in rows]
        sections = _sections(session, numbers)
        returns = _returns(session, numbers)
        for row in rows:
            found[row.id] = About(
                row.id,
                row.file_number,
                frozenset({row.file_number, *bore[row.id]}),
                row.kind,
                row.scope,
                row.introduced_on,
                frozenset(sections.get(row.file_number, ())),
                frozenset(returns.get(row.file_number, ())),
            )
    return found


def _sections(session: Session, numbers: Sequence[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in session.scalars(select(SectionEffect).where(col(SectionEffect.file_number).in_(numbers))):
        found.setdefault(row.file_number, set()).add(f"{row.code} {row.section}")
    return found


def _returns(session: Session, numbers: Sequence[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    chosen = select(Relation).where(col(Relation.later).in_(numbers), Relation.kind == "reintroduces")
    for row in session.scalars(chosen):
        found.setdefault(row.later, set()).add(row.earlier)
    return found


def _stages(
    session: Session, changes: Sequence[Change], about: Mapping[int, About], after: int
) -> dict[int, frozenset[str]]:
    """What tracked matters became, by change. All their changes since are asked for, so that each can be taken back."""
    ids = sorted({change.matter_id for change in changes if about[change.matter_id].scope in TRACKED})
    found: dict[int, frozenset[str]] = {}
    for some in chunks(ids):
        since: dict[int, list[Change]] = {}
        for change in session.scalars(select(Change).where(col(Change.matter_id).in_(some), Change.id > after)):
            since.setdefault(change.matter_id, []).append(change)
        source_ids = list(session.scalars(select(Matter.source_id).where(col(Matter.id).in_(some))))
        for held in load(session, source_ids).values():
            found |= became(held.record, since[held.id])
    return found


def searched(session: Session, words: Iterable[str], matter_ids: Iterable[int]) -> dict[str, frozenset[int]]:
    """Which of these matters hold the words of each search."""
    wanted = set(words)
    some = [*chunks(matter_ids)] if wanted else []
    return {text: frozenset().union(*(search.holding(session, text, ids) for ids in some)) for text in wanted}


def steps(session: Session, change_ids: Iterable[int], today: date) -> dict[int, Step]:
    """Changes in words, by their ids."""
    found: dict[int, Step] = {}
    for ids in chunks(change_ids):
        changes = session.scalars(select(Change).where(col(Change.id).in_(ids))).all()
        matters = {row.id: row for row in session.scalars(_matters(change.matter_id for change in changes))}
        acts = {change.action_id for change in changes if change.kind == "action_added"}
        which = col(Action.matter_id).in_(matters), col(Action.source_id).in_(acts)
        rows = {(row.matter_id, row.source_id): row for row in session.scalars(select(Action).where(*which))}
        ballots = votes_of(session, col(Action.id).in_([row.id for row in rows.values()]))
        for change in changes:
            action = rows.get((change.matter_id, change.action_id))
            cast = ballots.get(action.id, []) if action else []
            found[change.id] = step_of(change, matters[change.matter_id], action, cast, today)
    return found


def _matters(ids: Iterable[int]) -> Any:
    return select(Matter).where(col(Matter.id).in_(sorted(set(ids))))


def faces(session: Session, matter_ids: Iterable[int]) -> dict[int, Face]:
    """Matters as entries show them, by id."""
    found = {}
    for ids in chunks(matter_ids):
        chosen = select(Matter, Note).outerjoin(Note, col(Note.file_number) == Matter.file_number)
        for matter, note in session.execute(chosen.where(col(Matter.id).in_(ids))):
            headline = language.ours(note.headline) if note and note.headline else None
            title = headline or (note and note.headline) or matter.name or matter.title or matter.file_number
            found[matter.id] = Face(
                matter.id,
                matter.slug,
                wording.number_of(matter.file_number),
                title.rstrip(". "),
                language.current().tag if headline else language.ENGLISH.tag,
                wording.stage_name(matter.stage),
            )
    return found


def pieces(session: Session, now: datetime) -> tuple[Piece, ...]:
    """What was published about measures of late, the newest first."""
    articles, links, matters = table(Article), table(Coverage), table(Matter)
    chosen = (
        sa.select(articles, links.c.id.label("coverage_id"), links.c.decided_at, matters.c.id.label("matter_id"))
        .join(links, links.c.article_id == articles.c.id)
        .join(matters, sa.and_(matters.c.file_number == links.c.file_number, matters.c.removed_at.is_(None)))
        .where(links.c.outcome == "published", links.c.decided_at > now - REMEMBERED, links.c.decided_at <= now)
        .order_by(links.c.decided_at.desc(), links.c.id.desc())
    )
    return tuple(
        Piece(
            row.coverage_id, row.matter_id, row.story or row.address, row.headline, row.outlet, row.address,
            row.published_on, row.decided_at, row.language,
        )
        for row in session.execute(chosen)
    )  # fmt: skip


def troubles(session: Session, now: datetime) -> tuple[Trouble, ...]:
    """Sources that were in trouble of late, or still are."""
    over = sa.or_(col(Incident.ended_at).is_(None), col(Incident.ended_at) > now - REMEMBERED)
    rows = session.scalars(select(Incident).where(over, Incident.began_at <= now).order_by(col(Incident.id)))
    return tuple(Trouble(row.id or 0, row.source, row.began_at, row.ended_at) for row in rows)
