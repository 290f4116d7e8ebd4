"""The outbox from the sender's side: rows are claimed, handed over, and marked with what the server said.

A claim lives as long as the process that made it: it bears the name of a lock that dies with that process, and whoever
comes next puts back what dead senders left. These transactions take no turns with the writers of the record: they touch
rows that belong to one sender alone, and a long read of a source must not hold up the mail.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from tracker.database import in_words
from tracker.errors import DatabaseError
from tracker.held import table
from tracker.locks import Busy, Hold, only_one
from tracker.models import UTCDateTime
from tracker.models.digests import NOTICES, Delivery, Digest
from tracker.models.mail import Subscriber, Suppression

SENDERS: Final = tuple(f"sender-{number}" for number in range(1, 9))


_MARKED: Final = ("delivery_id", "state", "attempts", "said", "sent_at", "next_try_at")
# as text, since it is run for every few mails, and building it would cost more than running it
_MARK: Final = sa.text(
    "UPDATE delivery SET claimed_by = '', claimed_at = NULL, state = :state, attempts = :attempts, said = :said, "
    "sent_at = :sent_at, next_try_at = :next_try_at "
    "WHERE id = :delivery_id AND claimed_by = :name AND state = 'sending'"
).bindparams(sa.bindparam("sent_at", type_=UTCDateTime), sa.bindparam("next_try_at", type_=UTCDateTime))


class Claimed(NamedTuple):
    """One delivery that is ours to hand over, with its subscriber. ``suppressed``: the address is to get no mail."""

    id: int
    kind: str
    message_id: str
    payload: str
    attempts: int
    subscriber_id: int
    sealed: bytes
    nonce: str
    state: str
    language: str
    digest_id: int | None
    subject: str | None
    period: str | None
    composed_at: datetime | None
    beside: str | None
    suppressed: bool


class Outcome(NamedTuple):
    """What became of a claim. ``state`` is one of DELIVERY_STATES; a mail to be tried again is ``queued``.

    ``bounced``: the address itself was refused for good, and is written to no more.
    """

    delivery_id: int
    subscriber_id: int
    state: str
    attempts: int
    said: str = ""
    sent_at: datetime | None = None
    next_try_at: datetime | None = None
    bounced: bool = False


@contextmanager
def as_sender(engine: sa.Engine) -> Iterator[tuple[str, Hold]]:
    """Be one of the senders: its name and its lock. What dead senders claimed is queued again first.

    Raises Busy where all are at work.
    """
    with ExitStack() as stack:
        mine: tuple[str, Hold] | None = None
        for name in SENDERS:
            with ExitStack() as trial:
                try:
                    hold = trial.enter_context(only_one(engine, name))
                except Busy:
                    continue
                put_back(engine, name)
                if mine is None:
                    mine = name, hold
                    stack.push(trial.pop_all())
        if mine is None:
            raise Busy("As many senders as there may be are at work already.")
        yield mine


@contextmanager
def _taking(engine: sa.Engine) -> Iterator[sa.Connection]:
    with in_words(), engine.execution_options(writes=True).begin() as connection:
        yield connection


def _patiently(engine: sa.Engine, statement: Any, rows: list[dict[str, Any]] | None = None) -> None:
    """What the server took must be noted, however long a writer of the record keeps SQLite to itself."""
    while True:
        try:
            with _taking(engine) as connection:
                connection.execute(statement, rows)
            return
        except DatabaseError as error:
            if " is locked" not in str(error.__cause__):
                raise


def put_back(engine: sa.Engine, name: str) -> None:
    """Queue again all that one sender has claimed and not handed over."""
    rows = table(Delivery)
    mine = rows.update().where(rows.c.state == "sending", rows.c.claimed_by == name)
    _patiently(engine, mine.values(state="queued", claimed_by="", claimed_at=None))


def claim(engine: sa.Engine, name: str, now: datetime, limit: int) -> list[Claimed]:
    """Take so many deliveries that are due, notices first: somebody waits for those."""
    rows = table(Delivery)
    due = rows.c.state == "queued", sa.or_(rows.c.next_try_at.is_(None), rows.c.next_try_at <= now)
    with _taking(engine) as connection:
        ids: list[int] = []
        for which in (rows.c.kind.in_(NOTICES), rows.c.kind == "digest"):
            chosen = sa.select(rows.c.id).where(*due, which).order_by(rows.c.id).limit(limit - len(ids))
            if limit > len(ids):
                ids += connection.execute(chosen.with_for_update(skip_locked=True)).scalars()
        taken = rows.update().where(rows.c.id.in_(ids)).values(state="sending", claimed_by=name, claimed_at=now)
        if ids:
            connection.execute(taken)
        return [Claimed(*row) for row in connection.execute(_claimed(ids))]


def _claimed(ids: Sequence[int]) -> Any:
    rows, people, digests, never = table(Delivery), table(Subscriber), table(Digest), table(Suppression)
    return (
        sa.select(
            *(rows.c[name] for name in ("id", "kind", "message_id", "payload", "attempts", "subscriber_id")),
            *(people.c[name] for name in ("sealed", "nonce", "state", "language")),
            rows.c.digest_id,
            *(digests.c[name] for name in ("subject", "period", "composed_at", "beside")),
            never.c.fingerprint.is_not(None),
        )
        .join(people, people.c.id == rows.c.subscriber_id)
        .outerjoin(digests, digests.c.id == rows.c.digest_id)
        .outerjoin(never, never.c.fingerprint == people.c.fingerprint)
        .where(rows.c.id.in_(ids))
        .order_by(rows.c.kind == "digest", rows.c.id)
    )


def mark(engine: sa.Engine, name: str, outcomes: Sequence[Outcome], now: datetime) -> None:
    """Note what became of claims. A claim that another sender took over meanwhile is left to it."""
    values = [{"name": name, **{field: getattr(outcome, field) for field in _MARKED}} for outcome in outcomes]
    _patiently(engine, _MARK, values)
    for outcome in outcomes:
        if outcome.bounced:
            stop_writing(engine, outcome.subscriber_id, "bounced", now)


def stop_writing(engine: sa.Engine, subscriber_id: int, reason: str, now: datetime) -> None:
    """An address that was refused for good gets no mail again; what waits for it is taken out of the outbox."""
    people, never, rows = table(Subscriber), table(Suppression), table(Delivery)
    with _taking(engine) as connection:
        found = connection.execute(sa.select(people.c.fingerprint).where(people.c.id == subscriber_id)).scalar()
        known = connection.execute(sa.select(never.c.reason).where(never.c.fingerprint == found)).first()
        if found is None:
            return
        if known is None:
            connection.execute(never.insert().values(fingerprint=found, reason=reason, at=now))
        still = people.c.id == subscriber_id, people.c.state.in_(("pending", "active", "paused"))
        connection.execute(people.update().where(*still).values(state="bounced", state_since=now))
        waiting = rows.c.subscriber_id == subscriber_id, rows.c.state == "queued"
        connection.execute(rows.update().where(*waiting).values(state="suppressed"))


def waiting(engine: sa.Engine) -> tuple[int, datetime | None]:
    """How many mails wait in the outbox, and since when the oldest does."""
    rows = table(Delivery)
    chosen = sa.select(sa.func.count(), sa.func.min(rows.c.queued_at)).where(rows.c.state.in_(("queued", "sending")))
    with in_words(), engine.connect() as connection:
        count, oldest = connection.execute(chosen).one()
    return count, oldest
