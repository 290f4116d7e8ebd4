"""Tables of those who asked for mail. What was sent is in `models.digests`.

No address stands here in the clear: ``sealed`` is opened by the one who sends (`secret.Seal`), ``fingerprint`` finds
the same address again. The clocks are those of `models`.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from tracker.models import UTCDateTime, one_of

SUBSCRIBER_STATES = ("pending", "active", "paused", "bounced", "ended")
FOLLOWED = (
    "core", "tracked", "matter", "section", "stage", "search", "hearings", "orders", "introductions",
)  # fmt: skip
PERIODS = ("now", "daily", "weekly")


class Subscriber(SQLModel, table=True):
    """One address. ``pending`` until its owner presses the button, ``paused`` while it wants no mail, ``bounced``
    when a server refused it for good, or its owner complained.

    ``nonce`` goes into every signed link; a new one ends them all. ``quiet_weeks`` asks for a note when nothing
    changed. When it is ``ended`` the sealed address is emptied.
    """

    __table_args__ = (one_of("state", SUBSCRIBER_STATES),)

    id: int | None = Field(default=None, primary_key=True)
    fingerprint: str = Field(unique=True)
    sealed: bytes
    state: str = Field(index=True)
    language: str = "en"
    quiet_weeks: bool = False
    nonce: str
    created_at: datetime = Field(sa_type=UTCDateTime, index=True)
    confirmed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    state_since: datetime = Field(sa_type=UTCDateTime)


class Subscription(SQLModel, table=True):
    """One thing an address follows, and how often it is written to about it.

    ``value`` is the file number, section (``admin 9-131``), stage or words of the search; "" where the kind
    says all. Only changes with an id above ``after_change_id`` count: what was recorded before is no news to it.
    A row counts once it is confirmed, and until it is ended.
    """

    __table_args__ = (
        sa.UniqueConstraint("subscriber_id", "kind", "value"),
        one_of("kind", FOLLOWED),
        one_of("period", PERIODS),
    )

    id: int | None = Field(default=None, primary_key=True)
    subscriber_id: int = Field(foreign_key="subscriber.id", index=True)
    kind: str = Field(index=True)
    value: str = ""
    period: str
    after_change_id: int = 0
    created_at: datetime = Field(sa_type=UTCDateTime)
    confirmed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class SpentToken(SQLModel, table=True):
    """A link that was used and is good no more; kept until it would have ended by itself."""

    __tablename__ = "spent_token"
    __table_args__ = {"sqlite_with_rowid": False}

    digest: str = Field(primary_key=True)
    ends_at: datetime = Field(sa_type=UTCDateTime, index=True)


class Attempt(SQLModel, table=True):
    """Something a stranger may do only so often. ``who`` is a fingerprint of an address or a network, never itself."""

    id: int | None = Field(default=None, primary_key=True)
    what: str
    who: str = Field(index=True)
    at: datetime = Field(sa_type=UTCDateTime, index=True)


class Suppression(SQLModel, table=True):
    """An address that is never written to again, by its fingerprint: it bounced, complained, or asked for that."""

    __table_args__ = {"sqlite_with_rowid": False}

    fingerprint: str = Field(primary_key=True)
    reason: str
    at: datetime = Field(sa_type=UTCDateTime)
