"""The tables of what was mailed."""

import sqlalchemy as sa
from alembic import op

from tracker.models import UTCDateTime

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    create_digest()
    create_digest_change()
    create_delivery()


def create_digest() -> None:
    op.create_table(
        "digest",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("slot", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("composed_at", UTCDateTime(), nullable=False),
        sa.Column("upto_change_id", sa.Integer(), nullable=False),
        sa.Column("beside", sa.String(), nullable=False),
        sa.CheckConstraint("period IN ('now', 'daily', 'weekly')", name=op.f("ck_digest_period")),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscriber.id"], name=op.f("fk_digest_subscriber_id_subscriber")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digest")),
        sa.UniqueConstraint("subscriber_id", "period", "slot", name=op.f("uq_digest_subscriber_id_period_slot")),
    )
    op.create_index(op.f("ix_digest_composed_at"), "digest", ["composed_at"], unique=False)


def create_digest_change() -> None:
    op.create_table(
        "digest_change",
        sa.Column("subscriber_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("change_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest_id", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["digest_id"], ["digest.id"], name=op.f("fk_digest_change_digest_id_digest")),
        sa.ForeignKeyConstraint(
            ["subscriber_id"], ["subscriber.id"], name=op.f("fk_digest_change_subscriber_id_subscriber")
        ),
        sa.PrimaryKeyConstraint("subscriber_id", "change_id", name=op.f("pk_digest_change")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_digest_change_digest_id"), "digest_change", ["digest_id"], unique=False)


def create_delivery() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("digest_id", sa.Integer(), nullable=True),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("payload", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("queued_at", UTCDateTime(), nullable=False),
        sa.Column("next_try_at", UTCDateTime(), nullable=True),
        sa.Column("claimed_by", sa.String(), nullable=False),
        sa.Column("claimed_at", UTCDateTime(), nullable=True),
        sa.Column("sent_at", UTCDateTime(), nullable=True),
        sa.Column("said", sa.String(), nullable=False),
        sa.CheckConstraint("kind IN ('digest', 'confirm', 'manage')", name=op.f("ck_delivery_kind")),
        sa.CheckConstraint(
            "state IN ('queued', 'sending', 'sent', 'failed', 'suppressed')", name=op.f("ck_delivery_state")
        ),
        sa.ForeignKeyConstraint(["digest_id"], ["digest.id"], name=op.f("fk_delivery_digest_id_digest")),
        sa.ForeignKeyConstraint(
            ["subscriber_id"], ["subscriber.id"], name=op.f("fk_delivery_subscriber_id_subscriber")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("message_id", name=op.f("uq_delivery_message_id")),
    )
    op.create_index(op.f("ix_delivery_digest_id"), "delivery", ["digest_id"], unique=False)
    op.create_index("ix_delivery_state_kind_id", "delivery", ["state", "kind", "id"], unique=False)
    op.create_index(op.f("ix_delivery_subscriber_id"), "delivery", ["subscriber_id"], unique=False)
