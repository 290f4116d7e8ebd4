"""Addresses and what they follow, stored: each function is one thing that a person or a mail server does.

All work inside the caller's transaction (`database.writing`), on the moment it gives. What may happen is decided in
`subscription.subscribing`. Addresses go in sealed; nothing here, and no error it raises, shows one.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker.config import SubscribeConfig
from tracker.errors import BadInput, TrackerError
from tracker.language import N_, _
from tracker.mail.notices import confirm_payload
from tracker.mail.outbox import queue_notice
from tracker.models import Change
from tracker.models.digests import Delivery, Digest, DigestChange
from tracker.models.mail import SpentToken, Subscriber, Subscription, Suppression
from tracker.secret import Seal
from tracker.subscription.subscribing import (
    MOST,
    REACHABLE,
    Plan,
    SignUp,
    Wanted,
    counts,
    new_nonce,
    plan_of,
    renewed,
    same_subscriber,
    state_after,
)
from tracker.subscription.wishes import Asked, Wish
from tracker.tokens import Granted, Tokens, digest_of

USED: Final = N_(
    "This link was used already. What it asked for began when its button was first pressed; pressing again changes "
    "nothing."
)
OVER: Final = N_("This link is no longer good: its subscriptions have ended, or a newer link took its place.")
FULL: Final = N_("One address can follow %(most)s things. End some before you add others.")


class Full(TrackerError):
    """Raised where an address follows as much as it may."""


def ask(session: Session, seal: Seal, config: SubscribeConfig, asked: SignUp, now: datetime) -> None:
    """Somebody asks for mail to an address. One mail goes to it, unless it is never to be written to.

    Even then all is done as for any other, and taken back: nobody learns from the time it takes whom we never write to.
    """
    sealed, fingerprint = seal.close(asked.address), seal.fingerprint(asked.address)
    subscriber = _by_fingerprint(session, fingerprint)
    never = session.get(Suppression, fingerprint) is not None or (subscriber and subscriber.state == "bounced")
    with session.begin_nested() as trial:
        _ask(session, config, asked, _made_ready(session, subscriber, sealed, fingerprint, asked.language, now), now)
        session.flush()
        if never:
            trial.rollback()


def _ask(session: Session, config: SubscribeConfig, asked: SignUp, subscriber: Subscriber, now: datetime) -> None:
    """Put the mail into the outbox: please confirm; or, where all is followed already, the link to what is."""
    rows = _rows(session, subscriber)
    plan = plan_of(rows, asked.wanted)
    quiet_is_new = asked.quiet_weeks and not subscriber.quiet_weeks
    if subscriber.state != "pending" and not plan and not quiet_is_new:
        queue_notice(session, _id(subscriber), "manage", now)
        return
    if len(rows) + len(plan.add) > MOST:
        return
    things = [Asked(_id(row), *wish) for row, wish in (*_store(session, subscriber, plan, now), *plan.other)]
    language, quiet_weeks = asked.language, asked.quiet_weeks
    payload = confirm_payload(things, language=language, quiet_weeks=quiet_weeks, hours=config.confirm_hours)
    queue_notice(session, _id(subscriber), "confirm", now, payload)


def _made_ready(
    session: Session, subscriber: Subscriber | None, sealed: bytes, fingerprint: str, language: str, now: datetime
) -> Subscriber:
    """The row of an address that asks: a new one, or the held one, waiting where it had ended."""
    if subscriber is None:
        subscriber = Subscriber(
            fingerprint=fingerprint, sealed=sealed, state="", language=language, nonce=new_nonce(), created_at=now,
            state_since=now,
        )  # fmt: skip
    if subscriber.state in ("", "ended"):
        subscriber.sealed, subscriber.quiet_weeks = sealed, False
        _move(subscriber, state_after(subscriber.state, "ask"), now)
    elif subscriber.state == "pending":
        subscriber.state_since = now  # asked for again: the time after which it is deleted begins anew
    session.add(subscriber)
    session.flush()
    return subscriber


def _store(session: Session, subscriber: Subscriber, plan: Plan, now: datetime) -> list[tuple[Subscription, Wanted]]:
    """Write the rows that wait."""
    new = ((Subscription(subscriber_id=_id(subscriber), created_at=now, **wish._asdict()), wish) for wish in plan.add)
    stored = [(_waiting(row, wish, now), wish) for row, wish in (*new, *plan.again)]
    session.add_all(row for row, _ in stored)
    session.flush()
    return stored


def _waiting(row: Subscription, wish: Wanted, now: datetime) -> Subscription:
    row.period, row.created_at, row.confirmed_at, row.ended_at = wish.period, now, None, None
    return row


def read_wish(session: Session, tokens: Tokens, token: str, config: SubscribeConfig, now: datetime) -> Wish:
    """What a confirm link would begin. Raises BadInput, in a reader's words, for one that is good no more."""
    granted = tokens.read("confirm", token, now, timedelta(hours=config.confirm_hours))
    if session.get(SpentToken, digest_of(token)) is not None:
        raise BadInput(_(USED))
    wish = Wish.parse(granted.subject)
    subscriber = session.get(Subscriber, wish.subscriber_id)
    if subscriber is None or subscriber.nonce != granted.nonce or subscriber.state not in ("pending", *REACHABLE):
        raise BadInput(_(OVER))
    if not (wish.quiet_weeks or wished_rows(session, wish)):
        raise BadInput(_(OVER))
    return wish


def confirm(session: Session, tokens: Tokens, token: str, config: SubscribeConfig, now: datetime) -> Subscriber:
    """Begin what a confirm link names, and spend the link. Raises BadInput as `read_wish` does."""
    wish = read_wish(session, tokens, token, config, now)
    subscriber = session.get_one(Subscriber, wish.subscriber_id)
    newest = newest_change(session)
    if subscriber.state == "paused":
        _skip_to(session, subscriber, newest)
    for row in wished_rows(session, wish):
        row.period = wish.periods[_id(row)]
        if row.confirmed_at is None:
            row.confirmed_at, row.after_change_id = now, newest
    subscriber.language, subscriber.quiet_weeks = wish.language, subscriber.quiet_weeks or wish.quiet_weeks
    subscriber.confirmed_at = subscriber.confirmed_at or now
    _move(subscriber, state_after(subscriber.state, "confirm"), now)
    session.add(SpentToken(digest=digest_of(token), ends_at=now + timedelta(hours=config.confirm_hours)))
    return subscriber


def wished_rows(session: Session, wish: Wish) -> list[Subscription]:
    """The rows that a confirm link is about and that its owner did not end since."""
    wanted = select(Subscription).where(
        Subscription.subscriber_id == wish.subscriber_id,
        col(Subscription.id).in_(wish.periods),
        col(Subscription.ended_at).is_(None),
    )
    return list(session.scalars(wanted.order_by(col(Subscription.id))))


def owner(session: Session, tokens: Tokens, token: str, now: datetime) -> Subscriber:
    """The address whose own link this is. Raises BadInput where it is good no more."""
    granted = tokens.read("manage", token, now, None)
    subscriber = _of(session, granted)
    if subscriber is None or subscriber.nonce != granted.nonce or subscriber.state not in REACHABLE:
        raise BadInput(_(OVER))
    return subscriber


def followed(session: Session, subscriber: Subscriber) -> list[Subscription]:
    """What an address follows now, in the order in which it began."""
    return [row for row in _rows(session, subscriber) if counts(row)]


def send_link(session: Session, seal: Seal, address: str, now: datetime) -> None:
    """Mail an address the link to what it follows, where it follows anything."""
    fingerprint = seal.fingerprint(address)
    subscriber = _by_fingerprint(session, fingerprint)
    if session.get(Suppression, fingerprint) is None and subscriber and subscriber.state in REACHABLE:
        queue_notice(session, _id(subscriber), "manage", now)


def add(session: Session, subscriber: Subscriber, wanted: Iterable[Wanted], now: datetime) -> None:
    """The owner follows more, or the same in another period, at once. Raises Full where it is too much."""
    rows = _rows(session, subscriber)
    plan = plan_of(rows, wanted)
    if len([row for row in rows if counts(row)]) + len(plan.add) + len(plan.again) > MOST:
        raise Full(_(FULL, most=MOST))
    newest = newest_change(session)
    for row, _again in _store(session, subscriber, plan, now):
        row.confirmed_at, row.after_change_id = now, newest
    for row, wish in plan.other:
        row.period = wish.period


def change(session: Session, subscriber: Subscriber, periods: dict[int, str], ended: set[int], now: datetime) -> None:
    """The owner gives rows other periods, and ends some. Ids of others' rows mean nothing."""
    for row in followed(session, subscriber):
        row.period = periods.get(_id(row), row.period)
        if row.id in ended:
            row.ended_at = now


def pause(session: Session, subscriber: Subscriber, now: datetime) -> None:
    """The owner wants no mail until they say so."""
    _move(subscriber, state_after(subscriber.state, "pause"), now)


def resume(session: Session, subscriber: Subscriber, now: datetime) -> None:
    """Mail goes on, with what is recorded from now on."""
    if subscriber.state == "paused":
        _skip_to(session, subscriber, newest_change(session))
    _move(subscriber, state_after(subscriber.state, "resume"), now)


def unsubscribe(session: Session, tokens: Tokens, token: str, now: datetime, *, never_again: bool = False) -> None:
    """End all mail to an address, and forget the address; ``never_again`` has it never written to any more.

    Pressing again is harmless. Raises BadInput for a link that is not ours.
    """
    granted = tokens.read("unsubscribe", token, now, None)
    subscriber = _of(session, granted)
    if subscriber is None or not same_subscriber(subscriber.nonce, granted.nonce):
        return
    if never_again:
        suppress(session, subscriber.fingerprint, "asked", now)
    end(session, subscriber, now)


def end(session: Session, subscriber: Subscriber, now: datetime) -> None:
    """End all that an address follows or waits for; its sealed address goes, and every link that manages."""
    if subscriber.state == "ended":
        return
    _move(subscriber, state_after(subscriber.state, "unsubscribe"), now)
    subscriber.sealed, subscriber.nonce = b"", renewed(subscriber.nonce)
    for row in _rows(session, subscriber):
        row.ended_at = row.ended_at or now
    drop_queued(session, subscriber)


def drop_queued(session: Session, subscriber: Subscriber) -> None:
    """What waits for the sender is not sent."""
    waiting = sa.update(Delivery).where(col(Delivery.subscriber_id) == subscriber.id, col(Delivery.state) == "queued")
    session.execute(waiting.values(state="suppressed"))


def delete(session: Session, subscriber: Subscriber) -> None:
    """Delete all that is held of an address. Only where it is never to be written to does its fingerprint stay."""
    for table in (DigestChange, Delivery, Digest, Subscription):
        session.execute(sa.delete(table).where(col(table.subscriber_id) == subscriber.id))
    session.delete(subscriber)


def suppress(session: Session, fingerprint: str, reason: str, now: datetime) -> None:
    """Never write to an address again; the first reason stays."""
    if session.get(Suppression, fingerprint) is None:
        session.add(Suppression(fingerprint=fingerprint, reason=reason, at=now))


def lift(session: Session, fingerprint: str, now: datetime) -> bool:
    """An address may sign up again. Returns whether anything kept it from that."""
    kept = session.get(Suppression, fingerprint)
    if kept is not None:
        session.delete(kept)
    subscriber = _by_fingerprint(session, fingerprint)
    if subscriber is not None and subscriber.state == "bounced":
        end(session, subscriber, now)
        return True
    return kept is not None


def newest_change(session: Session) -> int:
    """The id of the last change that was recorded; 0 where there is none."""
    return session.execute(sa.select(sa.func.max(Change.id))).scalar() or 0


def _skip_to(session: Session, subscriber: Subscriber, newest: int) -> None:
    for row in followed(session, subscriber):
        row.after_change_id = newest


def _move(subscriber: Subscriber, state: str, now: datetime) -> None:
    if state != subscriber.state:
        subscriber.state, subscriber.state_since = state, now


def _of(session: Session, granted: Granted) -> Subscriber | None:
    return session.get(Subscriber, int(granted.subject)) if granted.subject.isdecimal() else None


def _by_fingerprint(session: Session, fingerprint: str) -> Subscriber | None:
    return session.scalars(select(Subscriber).where(Subscriber.fingerprint == fingerprint)).first()


def _rows(session: Session, subscriber: Subscriber) -> list[Subscription]:
    wanted = select(Subscription).where(Subscription.subscriber_id == subscriber.id)
    return list(session.scalars(wanted.order_by(col(Subscription.id))))


def _id(row: Subscriber | Subscription) -> int:
    return int(row.id or 0)
