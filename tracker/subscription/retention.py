"""What is held of subscribers, for how long, in which numbers, and all of it for the one who asks for their own."""

from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker.config import SubscribeConfig
from tracker.limits import forget_attempts
from tracker.models.digests import Delivery, Digest, DigestChange
from tracker.models.mail import SUBSCRIBER_STATES, SpentToken, Subscriber, Subscription, Suppression
from tracker.secret import Seal
from tracker.subscription.subscribers import delete

AT_ONCE: Final = 500  # addresses in one transaction, so that nobody who signs up waits long


class Purged(NamedTuple):
    """How many rows went."""

    addresses: int
    subscriptions: int
    tokens: int
    attempts: int


def purge(session: Session, config: SubscribeConfig, now: datetime) -> Purged:
    """Delete what is over, at most `AT_ONCE` addresses of it; whoever gets a full answer calls again."""
    gone = _over(session, config, now)
    for subscriber in gone:
        delete(session, subscriber)
    session.flush()
    return Purged(
        len(gone),
        _delete_rows(session, config, now),
        _count(session.execute(sa.delete(SpentToken).where(col(SpentToken.ends_at) <= now))),
        forget_attempts(session, now),
    )


def _over(session: Session, config: SubscribeConfig, now: datetime) -> list[Subscriber]:
    """Addresses that nobody confirmed in time, and those that have long ended."""
    state, since = col(Subscriber.state), col(Subscriber.state_since)
    waited = sa.and_(state == "pending", since <= now - timedelta(days=config.unconfirmed_days))
    left = sa.and_(state.in_(("ended", "bounced")), since <= now - timedelta(days=config.ended_days))
    return list(session.scalars(select(Subscriber).where(sa.or_(waited, left)).limit(AT_ONCE)))


def _delete_rows(session: Session, config: SubscribeConfig, now: datetime) -> int:
    """Rows that nobody confirmed, or that were ended, of addresses that stay."""
    pending = select(Subscriber.id).where(Subscriber.state == "pending")
    waited = sa.and_(
        col(Subscription.confirmed_at).is_(None),
        col(Subscription.created_at) <= now - timedelta(days=config.unconfirmed_days),
        col(Subscription.subscriber_id).not_in(pending),
    )
    ended = col(Subscription.ended_at) <= now - timedelta(days=config.ended_days)
    return _count(session.execute(sa.delete(Subscription).where(sa.or_(waited, ended))))


def _count(result: sa.Result[Any]) -> int:
    return int(result.rowcount)  # type: ignore[attr-defined]


def numbers(session: Session) -> dict[str, int]:
    """How many addresses are in each state, how many things they follow, how many are never written to."""
    state = col(Subscriber.state)
    found = {row[0]: row[1] for row in session.execute(sa.select(state, sa.func.count()).group_by(state))}
    counted = {f"addresses {name}": found.get(name, 0) for name in SUBSCRIBER_STATES}
    followed = sa.and_(col(Subscription.confirmed_at).is_not(None), col(Subscription.ended_at).is_(None))
    counted["subscriptions"] = session.scalar(sa.select(sa.func.count()).select_from(Subscription).where(followed)) or 0
    counted["never written to"] = session.scalar(sa.select(sa.func.count()).select_from(Suppression)) or 0
    return counted


def my_data(session: Session, subscriber: Subscriber, seal: Seal) -> dict[str, Any]:
    """All that is held of one address, fit for JSON. For its owner's eyes."""
    own = subscriber.id
    rows = session.scalars(select(Subscription).where(Subscription.subscriber_id == own).order_by(col(Subscription.id)))
    mails = session.scalars(select(Delivery).where(Delivery.subscriber_id == own).order_by(col(Delivery.id)))
    digests = session.scalars(select(Digest).where(Digest.subscriber_id == own).order_by(col(Digest.id)))
    told: dict[int, list[int]] = {}
    for line in session.scalars(select(DigestChange).where(DigestChange.subscriber_id == own)):
        told.setdefault(line.digest_id, []).append(line.change_id)
    return {
        "address": seal.open(subscriber.sealed),
        **_plain(subscriber, "state", "language", "quiet_weeks", "created_at", "confirmed_at", "state_since"),
        "subscriptions": [
            _plain(row, "kind", "value", "period", "created_at", "confirmed_at", "ended_at") for row in rows
        ],
        "mails": [_plain(mail, "kind", "message_id", "state", "queued_at", "sent_at") for mail in mails],
        "digests": [
            {**_plain(each, "period", "slot", "subject", "composed_at"), "changes": sorted(told.get(each.id, []))}
            for each in digests
        ],
    }


def _plain(row: object, *names: str) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in names}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}
