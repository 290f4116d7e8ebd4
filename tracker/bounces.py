"""Reports of mail that did not arrive (RFC 3464), as they lie in a mailbox: who is to be written to no more."""

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

from tracker.database import reading
from tracker.deliveries import stop_writing
from tracker.errors import BadInput
from tracker.held import table
from tracker.models_digests import Delivery

_OURS: Final = re.compile(r"<?([a-z]+-[0-9a-f-]+)@")


class Report(NamedTuple):
    """What one report says of one mail of ours: ``action`` is RFC 3464's ("failed", "delayed" ...)."""

    message_id: str
    action: str
    status: str

    @property
    def permanent(self) -> bool:
        return self.action == "failed" and self.status.startswith("5")


class Bounced(NamedTuple):
    """What a mailbox held."""

    read: int
    permanent: int
    temporary: int
    unknown: int


def read_mailbox(engine: sa.Engine, place: Path, now: datetime) -> Bounced:
    """Take in the reports of a maildir or an mbox; reading one twice does no harm. The mailbox is left as it is."""
    read = permanent = temporary = unknown = 0
    for content in _messages(place):
        read += 1
        report = report_of(message_from_bytes(content, policy=default))
        subscriber_id = _subscriber_of(engine, report.message_id) if report else None
        if report is None or subscriber_id is None:
            unknown += 1
        elif report.permanent:
            permanent += 1
            stop_writing(engine, subscriber_id, "bounced", now)
        else:
            temporary += 1
    return Bounced(read, permanent, temporary, unknown)


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


def report_of(message: Message) -> Report | None:
    """What a message reports of a mail of ours; None where it is no such report."""
    if message.get_content_type() != "multipart/report":
        return None
    local = action = status = ""
    for part in message.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            fields = [block for block in part.get_payload() if isinstance(block, Message)]
            for block in fields:
                action = str(block.get("Action", action)).strip().lower()
                status = str(block.get("Status", status)).strip()
        elif kind in ("message/rfc822", "text/rfc822-headers"):
            local = _local(_original(part)) or local
    return Report(local, action, status) if local and action else None


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


def _subscriber_of(engine: sa.Engine, local: str) -> int | None:
    rows = table(Delivery)
    with reading(engine) as session:
        return session.execute(sa.select(rows.c.subscriber_id).where(rows.c.message_id == local)).scalar()
