"""Tables of what was mailed: digests, the ledger of what each held, and the outbox of the sender.

Digest, ledger and delivery are written in one transaction. So a change that is in the ledger has a mail, and a change
that has none will be found again by the next digest, whatever was killed in between.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from tracker.models import UTCDateTime, one_of
from tracker.models.mail import PERIODS

NOTICES = ("confirm", "manage")
DELIVERY_KINDS = ("digest", *NOTICES)
DELIVERY_STATES = ("queued", "sending", "sent", "failed", "suppressed")


class Digest(SQLModel, table=True):
    """One mail of news to one address. ``slot`` is the day, week or run it is for, so that none is written twice.

    ``upto_change_id`` is the newest change that was looked at. What it told is in `DigestChange`; ``beside`` lists what
    stood below it: ids of `Coverage` and of `Incident` rows, as JSON. Nothing of either: a note that nothing changed.
    """

    __table_args__ = (sa.UniqueConstraint("subscriber_id", "period", "slot"), one_of("period", PERIODS))

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    subscriber_id: int = Field(foreign_key="subscriber.id")
    period: str
    slot: str
    subject: str
    composed_at: datetime = Field(sa_type=UTCDateTime, index=True)
    upto_change_id: int
    beside: str = "{}"


class DigestChange(SQLModel, table=True):
    """The ledger: this subscriber was told of this change, once, and why (`digests.choosing.reasons_text`)."""

    __tablename__ = "digest_change"
    __table_args__ = {"sqlite_with_rowid": False}

    subscriber_id: int = Field(foreign_key="subscriber.id", primary_key=True, sa_column_kwargs={"autoincrement": False})
    # no foreign key: a change is never deleted, and rows come by the million
    change_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    digest_id: int = Field(foreign_key="digest.id", index=True)
    reasons: str


class Delivery(SQLModel, table=True):
    """One mail to hand over. ``message_id`` stays the same however often it is tried; it is stored without its host.

    ``payload`` is JSON for `mail.notices`, "" for a digest, which is written from its ledger. ``said`` is the server's
    last answer, without the address. ``claimed_by`` and ``claimed_at`` tell who is handing it over, and since when.
    """

    __table_args__ = (
        one_of("kind", DELIVERY_KINDS),
        one_of("state", DELIVERY_STATES),
        sa.Index("ix_delivery_state_kind_id", "state", "kind", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    subscriber_id: int = Field(foreign_key="subscriber.id", index=True)
    kind: str
    digest_id: int | None = Field(default=None, foreign_key="digest.id", index=True)
    message_id: str = Field(unique=True)
    payload: str = ""
    state: str = "queued"
    attempts: int = 0
    queued_at: datetime = Field(sa_type=UTCDateTime)
    next_try_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    claimed_by: str = ""
    claimed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    sent_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    said: str = ""


class DigestRun(SQLModel, table=True):
    """One run of the composer that wrote what was due; it looked as far as ``upto_change_id``. ``slot`` as in `Digest`.

    What was recorded up to ``skipped_to`` is told to nobody in this period any more: it was passed over.
    """

    __tablename__ = "digest_run"
    __table_args__ = (one_of("period", PERIODS), {"sqlite_with_rowid": False})

    period: str = Field(primary_key=True)
    slot: str = Field(primary_key=True)
    composed_at: datetime = Field(sa_type=UTCDateTime)
    upto_change_id: int
    skipped_to: int = 0


class DigestRunChange(SQLModel, table=True):
    """What the subscription that the form offers first was told in one run: the archive on the web shows it.

    Each change once a period, whoever subscribes, and whether anybody does.
    """

    __tablename__ = "digest_run_change"
    __table_args__ = (
        sa.ForeignKeyConstraint(["period", "slot"], ["digest_run.period", "digest_run.slot"]),
        sa.Index("ix_digest_run_change_period_slot", "period", "slot"),
        {"sqlite_with_rowid": False},
    )

    period: str = Field(primary_key=True)
    change_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})  # no foreign key, as above
    slot: str


class DigestHold(SQLModel, table=True):
    """A period whose digests wait for a person, since so much is due that it may be no news (`digests.holding`)."""

    __tablename__ = "digest_hold"
    __table_args__ = (one_of("period", PERIODS),)

    period: str = Field(primary_key=True)
    since: datetime = Field(sa_type=UTCDateTime)
    changes: int
    unexplained: int
    matters: int
