"""The tables of lineage, and of the dates on which laws take effect."""

import sqlalchemy as sa
from alembic import op

from tracker.models import UTCDateTime

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "law_date",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_number", sa.String(), nullable=False),
        sa.Column("section", sa.String(), nullable=False),
        sa.Column("subdivision", sa.String(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_law_date")),
        sa.UniqueConstraint(
            "file_number", "section", "subdivision", name=op.f("uq_law_date_file_number_section_subdivision")
        ),
    )
    op.create_index(op.f("ix_law_date_file_number"), "law_date", ["file_number"], unique=False)
    op.create_table(
        "relation_proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("earlier", sa.String(), nullable=False),
        sa.Column("later", sa.String(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("reasons", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("found_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("outcome IN ('published', 'proposed')", name=op.f("ck_relation_proposal_outcome")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relation_proposal")),
        sa.UniqueConstraint("later", "earlier", name=op.f("uq_relation_proposal_later_earlier")),
    )
    op.create_index(op.f("ix_relation_proposal_earlier"), "relation_proposal", ["earlier"], unique=False)
    op.create_index(op.f("ix_relation_proposal_later"), "relation_proposal", ["later"], unique=False)
    op.create_table(
        "lineage_look",
        sa.Column("matter_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["matter_id"], ["matter.id"], name=op.f("fk_lineage_look_matter_id_matter")),
        sa.PrimaryKeyConstraint("matter_id", name=op.f("pk_lineage_look")),
    )
