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

from tracker.config import DigestsConfig
from tracker.database import next_id, reading, writing
from tracker.digests import runs as digest_runs
from tracker.digests.choosing import STANDARD, Follows, Matched, Target, choose, follows_matter, match_all, reasons_text
from tracker.digests.content import Rows, Shelf, Slip
from tracker.digests.holding import weigh
from tracker.digests.letter import Content, quiet_subject
from tracker.digests.readers import Reader, Turn, followed_in, live, readers_due
from tracker.digests.runs import Unusual
from tracker.held import table
from tracker.language import _, speaking
from tracker.mail.outbox import digest_message_id
from tracker.models.digests import Delivery, Digest, DigestChange
from tracker.models.mail import Subscription
from tracker.posting import insert
from tracker.queries import digests as queries_digests
from tracker.queries.digests import Piece, Trouble
from tracker.wording import new_york_date

BATCH: Final = 500  # addresses in one transaction
DOWN: Final = timedelta(hours=24)  # so long a source must be in trouble to be worth a mail of its own
A_WEEK: Final = timedelta(days=6, hours=12)
LIVE: Final = ("live",)
RECORD: Final = ("council-archive", "council-api", "council-web", "hearings", "executive-orders")


class Composed(NamedTuple):
    """What one run of the composer did; ``changes`` counts the lines in its digests. ``held``: why it wrote nothing."""

    slot: str
    digests: int = 0
    changes: int = 0
    quiet: int = 0
    held: str = ""


class _Press(NamedTuple):
    """All that is the same for every address of one run."""

    turn: Turn
    now: datetime
    upto: int
    matched: Matched
    pieces: tuple[tuple[Piece, frozenset[Target]], ...]
    troubles: tuple[Trouble, ...]
    shelves: dict[str, Shelf]
    wanted: frozenset[int]
    anybody: bool
    unusual: Unusual | None
    public: frozenset[int]


class _Sheet(NamedTuple):
    """What one address is told."""

    reader: Reader
    rows: Rows
    beside: str
    subject: str


def compose(
    engine: sa.Engine,
    period: str,
    now: datetime,
    *,
    rules: DigestsConfig | None = None,
    modes: Collection[str] = LIVE,
    batch: int = BATCH,
    after_batch: Callable[[int], None] = lambda done: None,
) -> Composed:
    """Write the digests of a period that are due now into the outbox. Safe to run twice, and to kill.

    By ``rules`` a run waits for a person; without them none does. ``modes`` are the runs whose changes are news; a test
    gives "replay" too. ``batch`` is how many addresses go into one transaction, and ``after_batch`` is told after each
    how many were looked at.
    """
    with reading(engine) as session:
        press = _prepare(session, period, now, modes, rules)
    if press.unusual and press.anybody:
        with writing(engine) as session:
            held = digest_runs.hold(session, period, press.unusual, now)
            return Composed(press.turn.slot, held=digest_runs.told(held))
    written = lines = quiet = 0
    last: int | None = 0
    while last is not None:
        with writing(engine) as session:
            readers, last = readers_due(session, press.turn, last, batch)
            sheets = [sheet for reader in readers if (sheet := _sheet(session, reader, press)) is not None]
            _store(session, press, sheets)
            _move_on(session, press, readers)
        written += len(sheets)
        lines += sum(len(sheet.rows) for sheet in sheets)
        quiet += sum(not sheet.rows for sheet in sheets)
        after_batch(len(readers))
    with writing(engine) as session:
        passed = press.upto if press.unusual else 0  # nobody waits for it
        digest_runs.close(session, period, press.turn.slot, now, press.upto, () if passed else press.public, passed)
    return Composed(press.turn.slot, written, lines, quiet)


def skip(engine: sa.Engine, period: str, now: datetime) -> int:
    """Tell nobody in a period what was recorded up to now, and say how many subscriptions that are."""
    with writing(engine) as session:
        upto = queries_digests.newest_change(session)
        rows = table(Subscription)
        passed = rows.update().where(live(period), rows.c.after_change_id < upto).values(after_change_id=upto)
        slot = slot_of(period, now, queries_digests.run_of(session, upto))
        digest_runs.close(session, period, slot, now, upto, (), upto)
        return int(session.execute(passed).rowcount)  # type: ignore[attr-defined]


def drafts(
    engine: sa.Engine, period: str, now: datetime, *, modes: Collection[str] = LIVE
) -> Iterator[tuple[Session, int, str, Content]]:
    """What each address would be told now, with its subject, and none of it kept."""
    with reading(engine) as session:
        press = _prepare(session, period, now, modes)
        last: int | None = 0
        while last is not None:
            readers, last = readers_due(session, press.turn, last, BATCH)
            for reader in readers:
                if (sheet := _sheet(session, reader, press)) is not None:
                    slip = Slip(0, period, now, sheet.beside)
                    yield session, reader.id, sheet.subject, press.shelves[reader.language].content(slip, sheet.rows)


def slot_of(period: str, now: datetime, run_id: int) -> str:
    """ "2026-03-02" for a day in New York, "2026-W10" for an ISO week, "run-123" for what comes as it happens."""
    on = new_york_date(now)
    year, week, _ = on.isocalendar()
    return {"daily": on.isoformat(), "weekly": f"{year}-W{week:02d}"}.get(period, f"run-{run_id}")


def _prepare(
    session: Session, period: str, now: datetime, modes: Collection[str], rules: DigestsConfig | None = None
) -> _Press:
    upto, old = queries_digests.newest_change(session), queries_digests.old_change(session, now)
    targets, lowest = followed_in(session, period, old)
    anybody = bool(targets)
    targets += [STANDARD] if period != "now" and STANDARD not in targets else []
    stages = any(kind == "stage" for kind, _ in targets)
    first = lowest if period == "now" else min(lowest, old)
    news = queries_digests.fresh(session, first, upto, modes, with_stages=stages) if targets else ()
    words = [value for kind, value in targets if kind == "search"]
    matched = match_all(
        targets, news, queries_digests.searched(session, words, [each.about.matter_id for each in news])
    )
    wanted: frozenset[int] = frozenset().union(*matched.values())
    since = max(digest_runs.last_change(session, period), lowest)
    due = [each for each in news if each.change.id in wanted and each.change.id > since]
    unusual = weigh(due, queries_digests.matters_held(session), rules) if rules else None
    public = _public(session, period, old, matched)
    return _Press(
        Turn(period, slot_of(period, now, queries_digests.run_of(session, upto)), old),
        now,
        upto,
        matched,
        _covered(session, targets, queries_digests.pieces(session, now)),
        queries_digests.troubles(session, now),
        {},
        wanted,
        anybody,
        unusual,
        public,
    )


def _public(session: Session, period: str, old: int, matched: Matched) -> frozenset[int]:
    """What all who follow the subject are told, whoever they are: for the archive on the web, once a period."""
    follows = Follows(STANDARD, max(old, digest_runs.skipped(session, period)))
    return frozenset(choose([follows], matched, digest_runs.told_before(session, period, old)))


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


def _shelf(session: Session, press: _Press, tag: str) -> Shelf:
    """What may be told in this run, in the words of a language."""
    shelf = press.shelves.get(tag)
    if shelf is None:
        shelf = press.shelves[tag] = Shelf(tag)
        shelf.refresh(session, press.now)
        shelf.learn(session, ((change_id, press.now) for change_id in press.wanted))
    return shelf


def _sheet(session: Session, reader: Reader, press: _Press) -> _Sheet | None:
    """What one address is told, with a subject in its language; None where there is nothing to say."""
    with speaking(reader.language):
        return _sheet_of(reader, press, _shelf(session, press, reader.language))


def _sheet_of(reader: Reader, press: _Press, shelf: Shelf) -> _Sheet | None:
    chosen = choose(reader.follows, press.matched, reader.told)
    rows = tuple((change_id, reasons_text(reasons)) for change_id, reasons in chosen.items())
    troubles = [each.incident_id for each in press.troubles if _untold(each, reader.since, press.now)]
    if not rows and not (press.turn.period != "now" and _worth_a_mail(reader, press)):
        quiet = press.turn.period == "weekly" and reader.quiet_weeks and press.now - reader.since > A_WEEK
        return _Sheet(reader, (), "{}", quiet_subject(new_york_date(press.now))) if quiet else None
    beside = {"coverage": _pieces(reader, press) if rows else [], "incidents": troubles}
    told = {key: value for key, value in beside.items() if value}
    subject = shelf.subject(rows) or _("Sources that cannot be read")
    return _Sheet(reader, rows, json.dumps(told), subject)


def _untold(trouble: Trouble, since: datetime, now: datetime) -> bool:
    """Whether a trouble became worth telling, or was over, since the last mail."""
    began = trouble.began_at + DOWN
    lasted = trouble.ended_at is None or trouble.ended_at >= began
    return lasted and (since < began <= now or (trouble.ended_at is not None and since < trouble.ended_at))


def _worth_a_mail(reader: Reader, press: _Press) -> bool:
    """A source of the record that has been down for a day, and still is, is news even where nothing else is."""
    return any(
        each.source in RECORD and each.ended_at is None and _untold(each, reader.since, press.now)
        for each in press.troubles
    )


def _pieces(reader: Reader, press: _Press) -> list[int]:
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
        {"id": key, "subscriber_id": sheet.reader.id, "period": press.turn.period, "slot": press.turn.slot,
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
         "message_id": digest_message_id(key), "payload": "", "state": "queued", "attempts": 0,
         "queued_at": press.now, "claimed_by": "", "said": ""}
        for key, sheet in numbered
    )  # fmt: skip
    rows: Iterable[tuple[Any, Iterable[dict[str, Any]]]] = (
        (Digest, digests), (DigestChange, ledger), (Delivery, outbox)
    )  # fmt: skip
    for model, each in rows:
        insert(session, model, each)


def _move_on(session: Session, press: _Press, readers: Sequence[Reader]) -> None:
    """No subscription looks back further than LOOK_BACK, or there would be ever more to look through.

    It does look back so far, past what was told: a bill may be found to be about the subject days after it came.
    """
    rows = table(Subscription)
    behind = rows.c.subscriber_id.in_([reader.id for reader in readers]), rows.c.after_change_id < press.turn.old
    session.execute(rows.update().where(*behind, live(press.turn.period)).values(after_change_id=press.turn.old))
