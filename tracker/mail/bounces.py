"""What comes back: mail did not arrive (RFC 3464), its reader complains (RFC 5965) or asks by mail for the end.

Reports lie in a mailbox, or a mail service sends them one by one. One is believed by the Message-ID of ours that it
encloses, which nobody can guess; a reader's mail by the token that its address put into the subject.
"""

import mailbox
import re
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from pathlib import Path
from typing import Final, NamedTuple

import sqlalchemy as sa

from tracker.database import reading, writing
from tracker.errors import BadInput
from tracker.held import table
from tracker.mail.deliveries import stop_writing
from tracker.models.digests import Delivery
from tracker.subscription.subscribers import unsubscribe
from tracker.tokens import Tokens

_OURS: Final = re.compile(r"<?([a-z]+-[0-9a-f-]+)@")
_LEAVE: Final = re.compile(r"\bunsubscribe\s+([\w.-]+)", re.ASCII | re.IGNORECASE)
_FEEDBACK: Final = {"abuse": "complained", "fraud": "complained", "virus": "complained", "opt-out": "complained"}


class Report(NamedTuple):
    """What one report says of one mail of ours.

    ``reason`` is why its address is written to no more: "bounced" or "complained"; "" where it goes on.
    """

    message_id: str
    reason: str


class Bounced(NamedTuple):
    """What a mailbox held: ``temporary`` are reports that end nothing, such as of a mail that is late.

    ``ended`` are mails of readers who want no more.
    """

    read: int = 0
    permanent: int = 0
    complaints: int = 0
    ended: int = 0
    temporary: int = 0
    unknown: int = 0


def read_mailbox(engine: sa.Engine, tokens: Tokens, place: Path, now: datetime) -> Bounced:
    """Take in what a maildir or an mbox holds; reading one twice does no harm. The mailbox is left as it is."""
    found = [_taken(engine, tokens, message_from_bytes(content, policy=default), now) for content in _messages(place)]
    return Bounced(len(found), *(found.count(what) for what in ("bounced", "complained", "ended", "", None)))


def _taken(engine: sa.Engine, tokens: Tokens, message: Message, now: datetime) -> str | None:
    report = report_of(message)
    if report is not None:
        return take_in(engine, report, now)
    match = _LEAVE.search(str(message.get("Subject", "")))
    if match is None:
        return None
    try:
        with writing(engine) as session:
            unsubscribe(session, tokens, match[1], now)
    except BadInput:
        return None
    return "ended"


def take_in(engine: sa.Engine, report: Report | None, now: datetime) -> str | None:
    """Write no more to the address of a report that says so; its reason, or None where it is about no mail of ours."""
    rows = table(Delivery)
    if report is None:
        return None
    with reading(engine) as session:
        chosen = sa.select(rows.c.subscriber_id).where(rows.c.message_id == report.message_id)
        subscriber_id = session.execute(chosen).scalar()
    if subscriber_id is None:
        return None
    if report.reason:
        stop_writing(engine, subscriber_id, report.reason, now)
    return report.reason


def _messages(place: Path) -> Iterator[bytes]:
    try:
        box: mailbox.Mailbox[mailbox.Message] = (
            mailbox.Maildir(place, create=False) if place.is_dir() else mailbox.mbox(place, create=False)
        )
        try:
            for key in sorted(box.keys()):
                yield box.get_bytes(key)
        finally:
            box.close()
    except (OSError, mailbox.Error) as error:
        raise BadInput(f"{place} cannot be read as a mailbox: {error}.") from error


def report_of_bytes(content: bytes) -> Report | None:
    """The same of a message as it came."""
    return report_of(message_from_bytes(content, policy=default))


def report_of(message: Message) -> Report | None:
    """What a message reports of a mail of ours; None where it is no such report."""
    if message.get_content_type() != "multipart/report":
        return None
    local, reason = "", None
    for part in message.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            reason = _bounced(_blocks(part)) if reason is None else reason
        elif kind == "message/feedback-report":
            reason = _complained(part) if reason is None else reason
        elif kind in ("message/rfc822", "text/rfc822-headers"):
            local = _local(_original(part)) or local
    return Report(local, reason) if local and reason is not None else None


def _blocks(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [block for block in payload if isinstance(block, Message)] if isinstance(payload, list) else []


def _bounced(blocks: list[Message]) -> str | None:
    """RFC 3464: "failed" with a status of class 5 is for good, all else is not; None without an action."""
    action = status = ""
    for block in blocks:
        action = str(block.get("Action", action)).strip().lower()
        status = str(block.get("Status", status)).strip()
    if not action:
        return None
    return "bounced" if action == "failed" and status.startswith("5") else ""


def _complained(part: Message) -> str | None:
    """RFC 5965: its reader called the mail what they do not want, or ("not-spam") the contrary."""
    blocks = _blocks(part)  # the fields stand in the part's body, which the library reads as a message of its own
    kind = str(blocks[0].get("Feedback-Type", "")).strip().lower() if blocks else ""
    return _FEEDBACK.get(kind, "") if kind else None


def _original(part: Message) -> str:
    """The Message-ID of the mail that a report is about: it encloses that mail, or its headers as text."""
    if part.get_content_type() == "message/rfc822":
        enclosed = part.get_payload(0)
        return str(enclosed.get("Message-ID", "")) if isinstance(enclosed, Message) else ""
    text = part.get_content() if isinstance(part, EmailMessage) else ""
    return str(message_from_bytes(text.encode() if isinstance(text, str) else text).get("Message-ID", ""))


def _local(message_id: str) -> str:
    match = _OURS.match(message_id.strip())
    return match[1] if match else ""
