"""The table of what readers suggest as coverage."""

import sqlalchemy as sa
from alembic import op

from tracker.models import UTCDateTime

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "suggestion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("file_number", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'accepted', 'declined')", name=op.f("ck_suggestion_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestion")),
    )
    for column in ("address", "at", "state"):
        op.create_index(op.f(f"ix_suggestion_{column}"), "suggestion", [column], unique=False)
    waiting = sa.text("state = 'waiting'")
    op.create_index(
        "uq_suggestion_waiting",
        "suggestion",
        ["address", "file_number"],
        unique=True,
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
