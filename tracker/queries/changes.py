"""What changed: the news, the list of everything we saw change, and the public corrections.

News goes by when we first saw a change, never by the date of the act: a third of the rows arrive a day or more late.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker import timeline, wording
from tracker.language import _
from tracker.models import SCOPES, TRACKED, Action, Capture, Change, Matter, Note
from tracker.queries import votes_of
from tracker.timeline import Ballot, Entry
from tracker.wording import changes as wording_changes

PAGE_SIZE: Final = 50
NEWS_ROWS: Final = 400  # rows read to fill a front page; a busy day of all bills is some hundred
MOMENTS_SHOWN: Final = 3
FRESH_DAYS: Final = 45  # a matter introduced longer before we first saw it is old, not new


class Seen(NamedTuple):
    """One change, the matter it belongs to, and where it can be looked at."""

    change: Change
    matter_slug: str
    file_number: str
    kind: str
    name: str
    scope: str
    introduced_on: date | None
    capture: str

    @property
    def number(self) -> str:
        return wording.number_of(self.file_number)

    @property
    def title(self) -> str:
        return self.name.rstrip(". ")

    @property
    def sentence(self) -> str:
        return wording_changes.sentence(self.change, wording.source_of(self.kind))

    @property
    def is_news(self) -> bool:
        """A matter that was old when we first saw it, and a change of the hour alone, are no news."""
        if self.change.kind == "appeared":
            seen_on = wording.new_york_date(self.change.observed_at)
            return self.introduced_on is not None and seen_on - self.introduced_on <= timedelta(FRESH_DAYS)
        return not wording_changes.is_trifle(self.change)


@dataclass(frozen=True, slots=True)
class NewsItem:
    """What we saw of one matter at one moment: acts as timeline entries, then other changes in sentences."""

    observed_at: datetime
    entries: tuple[Entry, ...]
    sentences: tuple[str, ...]
    smaller: int
    correction: bool

    @property
    def acted_on(self) -> tuple[date, ...]:
        return tuple(sorted({entry.on for entry in self.entries}))

    @property
    def on_the_day(self) -> bool:
        """Whether all of it was recorded on the day it happened."""
        return self.acted_on == (wording.new_york_date(self.observed_at),)


@dataclass(frozen=True, slots=True)
class Story:
    """One matter in the news: its latest moments, and how many earlier ones are not told."""

    slug: str
    file_number: str
    title: str
    moments: tuple[NewsItem, ...]
    earlier: int

    @property
    def number(self) -> str:
        return wording.number_of(self.file_number)


@dataclass(frozen=True, slots=True)
class ChangeFilter:
    """What a reader asked for. `scope`: "tracked", "core" or "all"; `kind` one of CHANGE_KINDS or ""."""

    scope: str = "tracked"
    kind: str = ""
    corrections: bool = False
    page: int = 1


@dataclass(frozen=True, slots=True)
class ChangePage:
    """One page of changes and how many there are in all."""

    rows: tuple[Seen, ...]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE_SIZE))


def news(session: Session, limit: int, today: date) -> tuple[Story, ...]:
    """The latest things worth telling of tracked matters: the matter that changed last comes first."""
    loud = col(Change.kind).not_in(wording_changes.QUIET)  # three in four changes are not: they must not fill the page
    chosen = _seen().where(_scoped(session, "tracked"), loud).order_by(*_newest_first()).limit(NEWS_ROWS)
    moments: dict[tuple[int, datetime], list[Seen]] = {}
    for row in session.execute(chosen):
        seen = Seen(*row)
        moments.setdefault((seen.change.matter_id, seen.change.observed_at), []).append(seen)
    matters: dict[int, list[list[Seen]]] = {}
    for (matter_id, _at), group in moments.items():
        if any(seen.is_news for seen in group):
            matters.setdefault(matter_id, []).append(group)
    told = list(matters.values())[:limit]
    acts = _acts(session, [seen.change for groups in told for group in groups for seen in group])
    quiet = _quiet(session, [groups[0][0].change.matter_id for groups in told])
    return tuple(_story(session, groups, acts, quiet, today) for groups in told)


def _quiet(session: Session, matter_ids: Sequence[int]) -> dict[tuple[int, datetime], int]:
    """How many smaller changes each matter had at each moment."""
    which = col(Change.matter_id).in_(matter_ids), col(Change.kind).in_(wording_changes.QUIET)
    chosen = select(Change.matter_id, Change.observed_at, sa.func.count()).where(*which)
    rows = session.execute(chosen.group_by(col(Change.matter_id), col(Change.observed_at)))
    return {(matter_id, observed_at): number for matter_id, observed_at, number in rows}


_Acts = dict[tuple[int, str], tuple[Action, list[Ballot]]]


def _acts(session: Session, changes: Sequence[Change]) -> _Acts:
    """The rows that changes are about, as they read now, with their votes; by matter and the source's row id."""
    wanted = {(change.matter_id, change.action_id) for change in changes if change.kind == "action_added"}
    matter_ids, row_ids = {pair[0] for pair in wanted}, {pair[1] for pair in wanted}
    chosen = select(Action).where(col(Action.matter_id).in_(matter_ids), col(Action.source_id).in_(row_ids))
    held = {action.id: action for action in session.scalars(chosen)}
    ballots = votes_of(session, col(Action.id).in_(held))
    return {(action.matter_id, action.source_id): (action, ballots.get(key, [])) for key, action in held.items()}


def _story(
    session: Session,
    groups: Sequence[Sequence[Seen]],
    acts: _Acts,
    quiet: dict[tuple[int, datetime], int],
    today: date,
) -> Story:
    first = groups[0][0]
    matter = session.get_one(Matter, first.change.matter_id)
    shown = groups[:MOMENTS_SHOWN]
    items = tuple(_item(matter, g, acts, quiet.get((matter.id, g[0].change.observed_at), 0), today) for g in shown)
    return Story(first.matter_slug, first.file_number, first.title, items, len(groups) - len(items))


def _item(matter: Matter, group: Sequence[Seen], acts: _Acts, smaller: int, today: date) -> NewsItem:
    added = [seen.change for seen in group if seen.change.kind == "action_added"]
    found = [(change, *acts[matter.id, change.action_id]) for change in added if (matter.id, change.action_id) in acts]
    votes = {action.id: ballots for _, action, ballots in found}
    entries = timeline.build(matter, [action for _, action, _ in found], (), votes, today)
    told = [seen for seen in reversed(group) if seen.is_news and seen.change.kind in _loud(bool(entries))]
    return NewsItem(
        observed_at=group[0].change.observed_at,
        entries=tuple(entries[::-1]),
        sentences=(*_first_read(found), *(seen.sentence for seen in told)),
        smaller=smaller,
        correction=any(wording_changes.is_correction(seen.change) for seen in group),
    )


def _first_read(found: Sequence[tuple[Change, Action, list[Ballot]]]) -> list[str]:
    """Entries say what a row reads now; where it read otherwise when it came, that is said too."""
    renamed = [change for change, action, _votes in found if change.after != action.name]
    return [_("The row first read %(row)s.", row=wording.quoted(change.after)) for change in renamed]


def _loud(with_acts: bool) -> frozenset[str]:
    """The kinds told in a sentence. Beside its acts, a new status or date of enactment only says the same again."""
    said_already = {"status_changed", "enactment_date_changed"} if with_acts else set()
    return frozenset(wording_changes.CHANGE_LABELS) - {
        *wording_changes.QUIET,
        "action_added",
        *said_already,
    }


def latest(session: Session, limit: int, *which: Any, by: Any = None) -> tuple[Seen, ...]:
    """The changes that we saw last, the newest first, or in the order ``by``. ``which`` chooses among changes."""
    order = _newest_first() if by is None else (by,)
    return tuple(Seen(*row) for row in session.execute(_seen().where(*which).order_by(*order).limit(limit)))


def of_scope(session: Session, scope: str) -> Any:
    """The condition for changes of the matters in scope: "tracked", "core", "all"."""
    return _scoped(session, scope)


def list_changes(session: Session, asked: ChangeFilter) -> ChangePage:
    """One page of what we saw change, newest first."""
    which = [_scoped(session, asked.scope)] + ([col(Change.kind) == asked.kind] if asked.kind else [])
    if asked.corrections:
        return _corrections(session, asked, which)
    counting = sa.select(sa.func.count()).select_from(Change).where(*which)
    total = session.execute(counting).scalar_one()
    page = _within(asked.page, total)
    chosen = _seen().where(*which).order_by(*_newest_first()).limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)
    return ChangePage(tuple(Seen(*row) for row in session.execute(chosen)), total, page)


def _corrections(session: Session, asked: ChangeFilter, which: list[Any]) -> ChangePage:
    """Corrections are some hundreds a year of all matters: they are read whole, and trifles sorted out here."""
    taken_back = (col(Change.kind) == "status_changed") & col(Change.before).in_(wording_changes.FINAL)
    corrections = col(Change.kind).in_(wording_changes.CORRECTIONS) | taken_back
    chosen = select(Change).where(*which, corrections).order_by(*_newest_first())
    ids = [change.id for change in session.scalars(chosen) if wording_changes.is_correction(change)]
    page = _within(asked.page, len(ids))
    shown = col(Change.id).in_(ids[(page - 1) * PAGE_SIZE : page * PAGE_SIZE])
    rows = session.execute(_seen().where(shown).order_by(*_newest_first()))
    return ChangePage(tuple(Seen(*row) for row in rows), len(ids), page)


def _within(page: int, total: int) -> int:
    return min(max(1, page), max(1, -(-total // PAGE_SIZE)))


def _newest_first() -> tuple[Any, ...]:
    return col(Change.observed_at).desc(), col(Change.id).desc()


def _scoped(session: Session, scope: str) -> Any:
    """Changes of the matters in scope. Their ids are asked first: a hundred matters among twenty thousand."""
    wanted = {"tracked": TRACKED, "all": ()}.get(scope, (scope,) if scope in SCOPES else TRACKED)
    if not wanted:
        return sa.true()
    ids = session.scalars(select(Matter.id).where(col(Matter.scope).in_(wanted))).all()
    return col(Change.matter_id).in_(ids)


def _seen() -> Any:
    title = sa.func.coalesce(
        sa.func.nullif(Note.headline, ""),
        sa.func.nullif(Matter.name, ""),
        Matter.file_number,
    )
    columns: list[Any] = [
        Change,
        Matter.slug,
        Matter.file_number,
        Matter.kind,
        title,
        Matter.scope,
        Matter.introduced_on,
        Capture.address,
    ]
    return (
        sa.select(*columns)
        .join(Matter, col(Matter.id) == Change.matter_id)
        .join(Capture, col(Capture.id) == Change.capture_id)
        .outerjoin(Note, col(Note.file_number) == Matter.file_number)
    )
