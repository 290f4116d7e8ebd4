"""A small record, subscribers, and what it takes to write to them."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from tracker.config import MailConfig, SiteConfig
from tracker.database import next_id, reading, writing
from tracker.digests.letter import Writer
from tracker.held import table
from tracker.mail.envelope import Packer
from tracker.mail.sender import Tools
from tracker.mail.server import Mailer
from tracker.models import Action, Capture, Change, Matter, Run
from tracker.models.digests import Delivery, DigestChange
from tracker.models.mail import Subscriber, Subscription
from tracker.secret import Seal, Secret
from tracker.tokens import Tokens

SITE = SiteConfig(title="NYC Sanctuary Law Tracker", contact="", base_url="https://tracker.example.org")
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECRET = Secret("a secret for tests alone, long enough")
SEAL = Seal(SECRET)


def settings(port: int = 25, **given: Any) -> MailConfig:
    known = {"host": "127.0.0.1", "security": "none", "sender": "tracker@example.org", "operator": "",
             "postal": "1 Example Street, New York, NY 10000"}  # fmt: skip
    return MailConfig(port=port, **(known | given))


def tools(port: int = 25, **given: Any) -> Tools:
    mail = settings(port, **given)
    return Tools(SITE, mail, SEAL, Tokens(SECRET), Writer(SITE, mail.postal), Packer(SITE, mail), lambda: Mailer(mail))


def add_run(engine: sa.Engine, now: datetime = NOW, mode: str = "live") -> int:
    """A run, its id."""
    with writing(engine) as session:
        run = Run(source="council-archive", mode=mode, place="x", started_at=now, finished_at=now, outcome="ok")
        session.add(run)
        session.flush()
        return run.id or 0


def add_matter(engine: sa.Engine, number: str = "Int 1412-2025", **given: Any) -> int:
    """A matter, its id; without changes."""
    with writing(engine) as session:
        key = next_id(session, table(Matter).c.id)
        known = {"id": key, "source_id": str(key), "file_number": number, "slug": number.lower().replace(" ", "-"),
                 "kind": "Introduction", "name": f"Title of {number}", "stage": "in_committee", "scope": "core",
                 "introduced_on": date(2026, 2, 20), "first_seen_at": NOW - timedelta(days=9),
                 "last_seen_at": NOW}  # fmt: skip
        session.add(Matter(**(known | given)))
        return key


def add_change(engine: sa.Engine, run: int, matter: int, kind: str = "status_changed", **given: Any) -> int:
    """A change, its id."""
    with writing(engine) as session:
        key = next_id(session, table(Change).c.id)
        seen = given.get("observed_at", NOW - timedelta(hours=2))
        capture = next_id(session, table(Capture).c.id)
        session.add(Capture(id=capture, run_id=run, address="x", digest="", seen_at=seen))
        session.flush()
        known = {"id": key, "matter_id": matter, "run_id": run, "capture_id": capture, "file_number": "Int 1412-2025",
                 "observed_at": seen, "kind": kind, "before": "Committee", "after": "Approved"}  # fmt: skip
        session.add(Change(**(known | given)))
        return key


def add_action(engine: sa.Engine, run: int, matter: int, code: int, name: str, acted_on: date, **given: Any) -> int:
    """A row of a history and the change that brought it; the change's id."""
    with writing(engine) as session:
        key = next_id(session, table(Action).c.id)
        session.add(
            Action(
                id=key, matter_id=matter, source_id=f"row{key}", position=key, acted_on=acted_on, code=code, name=name,
                body="City Council", result="Pass", first_seen_at=NOW,
            )
        )  # fmt: skip
    about = {"action_id": f"row{key}", "acted_on": acted_on, "before": "", "after": name}
    return add_change(engine, run, matter, "action_added", **(about | given))


def subscribe(
    engine: sa.Engine, *follows: tuple[str, str], period: str = "daily", address: str = "", **given: Any
) -> int:
    """An active subscriber who follows these; the subscriber's id."""
    after = given.pop("after", 0)
    with writing(engine) as session:
        key = (session.execute(sa.select(sa.func.max(table(Subscriber).c.id))).scalar() or 0) + 1
        address = address or f"reader{key}@example.org"
        known = {"id": key, "fingerprint": SEAL.fingerprint(address), "sealed": SEAL.close(address), "state": "active",
                 "nonce": f"nonce{key}", "created_at": NOW, "confirmed_at": NOW - timedelta(days=20),
                 "state_since": NOW}  # fmt: skip
        session.add(Subscriber(**(known | given)))
        session.flush()
        for kind, value in follows:
            session.add(
                Subscription(
                    subscriber_id=key, kind=kind, value=value, period=period, after_change_id=after, created_at=NOW,
                    confirmed_at=NOW,
                )
            )  # fmt: skip
        return key


def ledger(engine: sa.Engine, subscriber: int) -> list[int]:
    """What one was told, in the order of its digests."""
    rows = table(DigestChange)
    chosen = sa.select(rows.c.change_id).where(rows.c.subscriber_id == subscriber)
    with reading(engine) as session:
        return list(session.execute(chosen.order_by(rows.c.digest_id, rows.c.change_id)).scalars())


def deliveries(engine: sa.Engine) -> list[Delivery]:
    """The outbox."""
    with reading(engine) as session:
        return list(session.scalars(sa.select(Delivery).order_by(table(Delivery).c.id)))


def state_of(engine: sa.Engine, subscriber: int) -> str:
    with Session(engine) as session:
        return session.get_one(Subscriber, subscriber).state


def parsed(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def reading_of(message: EmailMessage, kind: str) -> str:
    """One of the two readings of a mail: plain or html."""
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def numbers(text: str, found: Iterable[str]) -> list[str]:
    return [each for each in found if each in text]
