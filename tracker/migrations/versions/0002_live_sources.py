"""The tables of the live sources."""

import sqlalchemy as sa
from alembic import op

from tracker.models import UTCDateTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    create_article()
    create_hearing()
    create_incident()
    create_mayoral_order()
    create_response()
    create_stamp()
    create_coverage()
    create_disagreement()
    create_hearing_item()
    create_reading()


def create_article() -> None:
    op.create_table(
        "article",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("outlet", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("headline", sa.String(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("excerpt", sa.String(), nullable=False),
        sa.Column("story", sa.String(), nullable=False),
        sa.Column("topic", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("first_seen_at", UTCDateTime(), nullable=False),
        sa.Column("last_seen_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('news', 'opinion', 'government', 'advocacy')", name=op.f("ck_article_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article")),
        sa.UniqueConstraint("address", name=op.f("uq_article_address")),
    )
    op.create_index(op.f("ix_article_outlet"), "article", ["outlet"], unique=False)
    op.create_index(op.f("ix_article_story"), "article", ["story"], unique=False)
    op.create_index(op.f("ix_article_published_on"), "article", ["published_on"], unique=False)


def create_hearing() -> None:
    op.create_table(
        "hearing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("clock", sa.String(), nullable=False),
        sa.Column("first_held_on", sa.Date(), nullable=False),
        sa.Column("first_clock", sa.String(), nullable=False),
        sa.Column("location", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("first_seen_at", UTCDateTime(), nullable=False),
        sa.Column("last_seen_at", UTCDateTime(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "state IN ('scheduled', 'deferred', 'cancelled', 'held', 'gone')", name=op.f("ck_hearing_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hearing")),
        sa.UniqueConstraint("source_id", name=op.f("uq_hearing_source_id")),
    )
    op.create_index(op.f("ix_hearing_held_on"), "hearing", ["held_on"], unique=False)


def create_incident() -> None:
    op.create_table(
        "incident",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("began_at", UTCDateTime(), nullable=False),
        sa.Column("told_at", UTCDateTime(), nullable=True),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("end_told_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
    )
    op.create_index(op.f("ix_incident_source"), "incident", ["source"], unique=False)


def create_mayoral_order() -> None:
    op.create_table(
        "mayoral_order",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("series", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("signer", sa.String(), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=True),
        sa.Column("listed_on", sa.Date(), nullable=True),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("pdf_address", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("doubts", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("first_seen_at", UTCDateTime(), nullable=False),
        sa.Column("last_seen_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("series IN ('EO', 'EEO')", name=op.f("ck_mayoral_order_series")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_mayoral_order")),
    )
    op.create_index(op.f("ix_mayoral_order_year"), "mayoral_order", ["year"], unique=False)


def create_response() -> None:
    op.create_table(
        "response",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("final", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("fetched_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response")),
    )
    op.create_index(op.f("ix_response_address"), "response", ["address"], unique=False)
    op.create_index(op.f("ix_response_digest"), "response", ["digest"], unique=False)
    op.create_index(op.f("ix_response_fetched_at"), "response", ["fetched_at"], unique=False)


def create_disagreement() -> None:
    op.create_table(
        "disagreement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("matter_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("trusted_source", sa.String(), nullable=False),
        sa.Column("trusted_value", sa.String(), nullable=False),
        sa.Column("other_source", sa.String(), nullable=False),
        sa.Column("other_value", sa.String(), nullable=False),
        sa.Column("first_seen_at", UTCDateTime(), nullable=False),
        sa.Column("last_seen_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["matter_id"], ["matter.id"], name=op.f("fk_disagreement_matter_id_matter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disagreement")),
    )
    op.create_index(op.f("ix_disagreement_matter_id"), "disagreement", ["matter_id"], unique=False)


def create_hearing_item() -> None:
    op.create_table(
        "hearing_item",
        sa.Column("hearing_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("file_number", sa.String(), nullable=False),
        sa.Column("matter_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["hearing_id"], ["hearing.id"], name=op.f("fk_hearing_item_hearing_id_hearing")),
        sa.ForeignKeyConstraint(["matter_id"], ["matter.id"], name=op.f("fk_hearing_item_matter_id_matter")),
        sa.PrimaryKeyConstraint("hearing_id", "position", name=op.f("pk_hearing_item")),
    )
    op.create_index(op.f("ix_hearing_item_file_number"), "hearing_item", ["file_number"], unique=False)
    op.create_index(op.f("ix_hearing_item_matter_id"), "hearing_item", ["matter_id"], unique=False)


def create_reading() -> None:
    op.create_table(
        "reading",
        sa.Column("matter_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["matter_id"], ["matter.id"], name=op.f("fk_reading_matter_id_matter")),
        sa.PrimaryKeyConstraint("matter_id", "source", name=op.f("pk_reading")),
        sqlite_with_rowid=False,
    )


def create_stamp() -> None:
    op.create_table(
        "stamp",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("source", "key", name=op.f("pk_stamp")),
        sqlite_with_rowid=False,
    )


def create_coverage() -> None:
    op.create_table(
        "coverage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("file_number", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('explicit', 'by-name', 'by-description')", name=op.f("ck_coverage_kind")),
        sa.CheckConstraint("outcome IN ('published', 'review', 'rejected')", name=op.f("ck_coverage_outcome")),
        sa.CheckConstraint("role IN ('main', 'background')", name=op.f("ck_coverage_role")),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_coverage_article_id_article")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coverage")),
        sa.UniqueConstraint("article_id", "file_number", name=op.f("uq_coverage_article_id_file_number")),
    )
    op.create_index(op.f("ix_coverage_article_id"), "coverage", ["article_id"], unique=False)
    op.create_index(op.f("ix_coverage_file_number"), "coverage", ["file_number"], unique=False)
