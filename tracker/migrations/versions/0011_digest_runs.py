"""What each run of the composer told all who follow the subject, and the runs that wait for a person."""

import sqlalchemy as sa
from alembic import op

from tracker.models import UTCDateTime

revision = "0011"
down_revision = "0010"

PERIODS = "period IN ('now', 'daily', 'weekly')"


def upgrade() -> None:
    op.create_table(
        "digest_run",
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("slot", sa.String(), nullable=False),
        sa.Column("composed_at", UTCDateTime(), nullable=False),
        sa.Column("upto_change_id", sa.Integer(), nullable=False),
        sa.Column("skipped_to", sa.Integer(), nullable=False),
        sa.CheckConstraint(PERIODS, name=op.f("ck_digest_run_period")),
        sa.PrimaryKeyConstraint("period", "slot", name=op.f("pk_digest_run")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "digest_run_change",
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("change_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("slot", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["period", "slot"],
            ["digest_run.period", "digest_run.slot"],
            name=op.f("fk_digest_run_change_period_digest_run"),
        ),
        sa.PrimaryKeyConstraint("period", "change_id", name=op.f("pk_digest_run_change")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_digest_run_change_period_slot"), "digest_run_change", ["period", "slot"], unique=False)
    op.create_table(
        "digest_hold",
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("unexplained", sa.Integer(), nullable=False),
        sa.Column("matters", sa.Integer(), nullable=False),
        sa.CheckConstraint(PERIODS, name=op.f("ck_digest_hold_period")),
        sa.PrimaryKeyConstraint("period", name=op.f("pk_digest_hold")),
    )
