"""Composes the digests of one period: who gets one, what is in it, and its place in the outbox.

Digest, ledger and delivery of an address are written in one transaction, some hundreds of addresses at a time. A
composer that is killed leaves whole addresses done and whole addresses undone, and the next one does the rest: the slot
(a day, a week, the newest run) says who has had theirs.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session

from tracker import queries_digests
from tracker.choosing import Follows, Matched, Target, choose, follows_matter, match_all, reasons_text
from tracker.database import next_id, reading, writing
from tracker.digests import Rows, Shelf, Slip
from tracker.held import table
from tracker.language import _
from tracker.letter import Content, quiet_subject
from tracker.models_digests import Delivery, Digest, DigestChange
from tracker.models_mail import Subscriber, Subscription
from tracker.outbox import digest_message_id
from tracker.posting import insert
from tracker.queries_digests import Piece, Trouble
from tracker.wording import new_york_date

BATCH: Final = 500  # addresses in one transaction
DOWN: Final = timedelta(hours=24)  # so long a source must be in trouble to be worth a mail of its own
A_WEEK: Final = timedelta(days=6, hours=12)
LIVE: Final = ("live",)
RECORD: Final = ("council-archive", "council-api", "council-web", "hearings", "executive-orders")


class Composed(NamedTuple):
    """What one run of the composer did; ``changes`` counts the lines in its digests."""

    slot: str
    digests: int
    changes: int
    quiet: int


class _Press(NamedTuple):
    """All that is the same for every address of one run."""

    period: str
    slot: str
    now: datetime
    upto: int
    old: int
    matched: Matched
    pieces: tuple[tuple[Piece, frozenset[Target]], ...]
    troubles: tuple[Trouble, ...]
    shelf: Shelf


class _Reader(NamedTuple):
    """One address under way."""

    id: int
    quiet_weeks: bool
    since: datetime
    follows: tuple[Follows, ...]
    told: frozenset[int]


class _Sheet(NamedTuple):
    """What one address is told."""

    reader: _Reader
    rows: Rows
    beside: str
    subject: str


def compose(
    engine: sa.Engine,
    period: str,
    now: datetime,
    *,
    modes: Collection[str] = LIVE,
    batch: int = BATCH,
    after_batch: Callable[[int], None] = lambda done: None,
) -> Composed:
    """Write the digests of a period that are due now into the outbox. Safe to run twice, and to kill.

    ``modes`` are the runs whose changes are news; a test gives "replay" too. ``batch`` is how many addresses go into
    one transaction, and ``after_batch`` is told after each how many were looked at.
    """
    with reading(engine) as session:
        press = _prepare(session, period, now, modes)
    written = lines = quiet = 0
    last: int | None = 0
    while last is not None:
        with writing(engine) as session:
            readers, last = _readers(session, press, last, batch)
            sheets = [sheet for reader in readers if (sheet := _sheet(reader, press)) is not None]
            _store(session, press, sheets)
            _move_on(session, press, readers)
        written += len(sheets)
        lines += sum(len(sheet.rows) for sheet in sheets)
        quiet += sum(not sheet.rows for sheet in sheets)
        after_batch(len(readers))
    return Composed(press.slot, written, lines, quiet)


def drafts(
    engine: sa.Engine, period: str, now: datetime, *, modes: Collection[str] = LIVE
) -> Iterator[tuple[Session, int, str, Content]]:
    """What each address would be told now, with its subject, and none of it kept."""
    with reading(engine) as session:
        press = _prepare(session, period, now, modes)
        last: int | None = 0
        while last is not None:
            readers, last = _readers(session, press, last, BATCH)
            for reader in readers:
                if (sheet := _sheet(reader, press)) is not None:
                    slip = Slip(0, period, now, sheet.beside)
                    yield session, reader.id, sheet.subject, press.shelf.content(slip, sheet.rows)


def slot_of(period: str, now: datetime, run_id: int) -> str:
    """ "2026-03-02" for a day in New York, "2026-W10" for an ISO week, "run-123" for what comes as it happens."""
    on = new_york_date(now)
    year, week, _ = on.isocalendar()
    return {"daily": on.isoformat(), "weekly": f"{year}-W{week:02d}"}.get(period, f"run-{run_id}")


def _prepare(session: Session, period: str, now: datetime, modes: Collection[str]) -> _Press:
    upto = queries_digests.newest_change(session)
    targets, lowest = _targets(session, period)
    stages = any(kind == "stage" for kind, _ in targets)
    news = queries_digests.fresh(session, lowest, upto, modes, with_stages=stages) if targets else ()
    words = [value for kind, value in targets if kind == "search"]
    matched = match_all(
        targets, news, queries_digests.searched(session, words, [each.about.matter_id for each in news])
    )
    shelf = Shelf()
    shelf.refresh(session, now)
    shelf.learn(session, ((change_id, now) for change_id in frozenset().union(*matched.values())))
    return _Press(
        period,
        slot_of(period, now, queries_digests.run_of(session, upto)),
        now,
        upto,
        queries_digests.old_change(session, now),
        matched,
        _covered(session, targets, queries_digests.pieces(session, now)),
        queries_digests.troubles(session, now),
        shelf,
    )


def _live(period: str) -> sa.ColumnElement[bool]:
    """Subscriptions that count now: confirmed, not ended, of this period."""
    rows = table(Subscription)
    return sa.and_(rows.c.period == period, rows.c.confirmed_at.is_not(None), rows.c.ended_at.is_(None))


def _targets(session: Session, period: str) -> tuple[list[Target], int]:
    """All that is followed in this period, and the change after which the first of them looks."""
    rows = table(Subscription)
    chosen = sa.select(rows.c.kind, rows.c.value, sa.func.min(rows.c.after_change_id)).where(_live(period))
    found = session.execute(chosen.group_by(rows.c.kind, rows.c.value)).all()
    return [(kind, value) for kind, value, _ in found], min((after for _, _, after in found), default=0)


def _covered(
    session: Session, targets: Iterable[Target], pieces: Sequence[Piece]
) -> tuple[tuple[Piece, frozenset[Target]], ...]:
    """New coverage, and those who follow the measures it is about."""
    about = queries_digests.abouts_of(session, {piece.matter_id: () for piece in pieces})
    words = [value for kind, value in targets if kind == "search"]
    found = queries_digests.searched(session, words, list(about))
    listed = sorted(targets)
    return tuple(
        (piece, frozenset(target for target in listed if follows_matter(target, about[piece.matter_id], found)))
        for piece in pieces
    )


def _readers(session: Session, press: _Press, last: int, batch: int) -> tuple[list[_Reader], int | None]:
    """The next addresses that may get a digest, and where to go on; None when these were the last."""
    people, rows, done = table(Subscriber), table(Subscription), table(Digest)
    follows = sa.select(rows.c.subscriber_id).where(_live(press.period))
    wanted: sa.ColumnElement[bool] = people.c.id.in_(follows)
    if press.period == "weekly":
        anything = sa.select(rows.c.subscriber_id).where(rows.c.confirmed_at.is_not(None), rows.c.ended_at.is_(None))
        wanted = sa.or_(wanted, sa.and_(people.c.quiet_weeks, people.c.id.in_(anything)))
    had = sa.exists().where(
        done.c.subscriber_id == people.c.id, done.c.period == press.period, done.c.slot == press.slot
    )
    chosen = (
        sa.select(people.c.id, people.c.quiet_weeks, people.c.confirmed_at, people.c.created_at)
        .where(people.c.id > last, people.c.state == "active", wanted, ~had)
        .order_by(people.c.id)
        .limit(batch)
    )
    found = session.execute(chosen).all()
    ids = [row.id for row in found]
    told, mailed, followed = _told(session, ids, press.old), _mailed(session, ids), _followed(session, ids, press)
    readers = [
        _Reader(
            row.id,
            row.quiet_weeks,
            mailed.get(row.id) or row.confirmed_at or row.created_at,
            tuple(followed.get(row.id, ())),
            frozenset(told.get(row.id, ())),
        )
        for row in found
    ]
    return readers, ids[-1] if len(ids) == batch else None


def _followed(session: Session, ids: Sequence[int], press: _Press) -> dict[int, list[Follows]]:
    rows = table(Subscription)
    chosen = sa.select(rows.c.subscriber_id, rows.c.kind, rows.c.value, rows.c.after_change_id)
    found: dict[int, list[Follows]] = {}
    for key, kind, value, after in session.execute(chosen.where(rows.c.subscriber_id.in_(ids), _live(press.period))):
        found.setdefault(key, []).append(Follows((kind, value), after))
    return found


def _told(session: Session, ids: Sequence[int], old: int) -> dict[int, set[int]]:
    """The ledger, as far back as subscriptions look; `_move_on` sees to it that none looks further."""
    rows, follows = table(DigestChange), table(Subscription)
    lowest = sa.select(sa.func.min(follows.c.after_change_id)).where(
        follows.c.subscriber_id.in_(ids), follows.c.ended_at.is_(None)
    )
    since = min(session.execute(lowest).scalar() or 0, old)
    chosen = sa.select(rows.c.subscriber_id, rows.c.change_id)
    found: dict[int, set[int]] = {}
    for key, change_id in session.execute(chosen.where(rows.c.subscriber_id.in_(ids), rows.c.change_id > since)):
        found.setdefault(key, set()).add(change_id)
    return found


def _mailed(session: Session, ids: Sequence[int]) -> dict[int, datetime]:
    """When each was last written a digest."""
    rows = table(Digest)
    chosen = sa.select(rows.c.subscriber_id, sa.func.max(rows.c.composed_at)).group_by(rows.c.subscriber_id)
    return {row[0]: row[1] for row in session.execute(chosen.where(rows.c.subscriber_id.in_(ids)))}


def _sheet(reader: _Reader, press: _Press) -> _Sheet | None:
    """What one address is told; None where there is nothing to say."""
    chosen = choose(reader.follows, press.matched, reader.told)
    rows = tuple((change_id, reasons_text(reasons)) for change_id, reasons in chosen.items())
    troubles = [each.incident_id for each in press.troubles if _untold(each, reader.since, press.now)]
    if not rows and not (press.period != "now" and _worth_a_mail(reader, press)):
        quiet = press.period == "weekly" and reader.quiet_weeks and press.now - reader.since > A_WEEK
        return _Sheet(reader, (), "{}", quiet_subject(new_york_date(press.now))) if quiet else None
    beside = {"coverage": _pieces(reader, press) if rows else [], "incidents": troubles}
    told = {key: value for key, value in beside.items() if value}
    return _Sheet(reader, rows, json.dumps(told), press.shelf.subject(rows) or _("Sources that cannot be read"))


def _untold(trouble: Trouble, since: datetime, now: datetime) -> bool:
    """Whether a trouble became worth telling, or was over, since the last mail."""
    began = trouble.began_at + DOWN
    lasted = trouble.ended_at is None or trouble.ended_at >= began
    return lasted and (since < began <= now or (trouble.ended_at is not None and since < trouble.ended_at))


def _worth_a_mail(reader: _Reader, press: _Press) -> bool:
    """A source of the record that has been down for a day, and still is, is news even where nothing else is."""
    return any(
        each.source in RECORD and each.ended_at is None and _untold(each, reader.since, press.now)
        for each in press.troubles
    )


def _pieces(reader: _Reader, press: _Press) -> list[int]:
    """New coverage since the last mail of what this address follows, one of each story."""
    followed = {follows.target for follows in reader.follows}
    stories: dict[str, int] = {}
    for piece, targets in press.pieces:
        if piece.decided_at > reader.since and not followed.isdisjoint(targets):
            stories.setdefault(piece.story, piece.coverage_id)
    return list(stories.values())


def _store(session: Session, press: _Press, sheets: Sequence[_Sheet]) -> None:
    first = next_id(session, table(Digest).c.id)
    numbered = list(enumerate(sheets, first))
    digests = (
        {"id": key, "subscriber_id": sheet.reader.id, "period": press.period, "slot": press.slot,
         "subject": sheet.subject, "composed_at": press.now, "upto_change_id": press.upto, "beside": sheet.beside}
        for key, sheet in numbered
    )  # fmt: skip
    ledger = (
        {"subscriber_id": sheet.reader.id, "change_id": change_id, "digest_id": key, "reasons": reasons}
        for key, sheet in numbered
        for change_id, reasons in sheet.rows
    )
    outbox = (
        {"subscriber_id": sheet.reader.id, "kind": "digest", "digest_id": key,
         "message_id": digest_message_id(sheet.reader.id, key), "payload": "", "state": "queued", "attempts": 0,
         "queued_at": press.now, "claimed_by": "", "said": ""}
        for key, sheet in numbered
    )  # fmt: skip
    rows: Iterable[tuple[Any, Iterable[dict[str, Any]]]] = (
        (Digest, digests), (DigestChange, ledger), (Delivery, outbox)
    )  # fmt: skip
    for model, each in rows:
        insert(session, model, each)


def _move_on(session: Session, press: _Press, readers: Sequence[_Reader]) -> None:
    """No subscription looks back further than LOOK_BACK, or there would be ever more to look through.

    It does look back so far, past what was told: a bill may be found to be about the subject days after it came.
    """
    rows = table(Subscription)
    behind = rows.c.subscriber_id.in_([reader.id for reader in readers]), rows.c.after_change_id < press.old
    session.execute(rows.update().where(*behind, _live(press.period)).values(after_change_id=press.old))
