"""The outbox: what is put into it in the transaction that has something to say. `mail.sender` empties it."""

import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlmodel import Session

from tracker.models.digests import NOTICES, Delivery

NOTHING: Final[Mapping[str, Any]] = {}


def queue_notice(
    session: Session, subscriber_id: int, kind: str, now: datetime, payload: Mapping[str, Any] = NOTHING
) -> Delivery:
    """Put one notice (of NOTICES) into the outbox; it is mailed if the session is kept, and not otherwise.

    ``payload`` is what `mail.notices.build` needs to write it, fit for JSON. The Message-ID is made here, once.
    """
    if kind not in NOTICES:
        raise ValueError(f"{kind!r} is no notice")
    delivery = Delivery(
        subscriber_id=subscriber_id,
        kind=kind,
        message_id=f"{kind}-{secrets.token_hex(16)}",
        payload=json.dumps(dict(payload)),
        queued_at=now,
    )
    session.add(delivery)
    return delivery


def digest_message_id(digest_id: int) -> str:
    """The part of a Message-ID before the ``@``. It is stored with its digest, and stays the same for ever.

    Nobody can guess it: whoever names it in a report ends the mail to its reader.
    """
    return f"digest-{digest_id}-{secrets.token_hex(8)}"


def message_id(local: str, host: str) -> str:
    """A whole Message-ID (RFC 5322) of a stored one and the site's host."""
    return f"<{local}@{host}>"
