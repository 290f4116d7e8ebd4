"""The tables of the editors, and the triggers that keep `decision` append-only."""

import sqlalchemy as sa
from alembic import op

from tracker.models import UTCDateTime

revision = "0007"
down_revision = "0006"

APPEND_ONLY_SQLITE = (
    "CREATE TRIGGER decision_no_update BEFORE UPDATE ON decision "
    "BEGIN SELECT RAISE(ABORT, 'decision is append-only'); END",
    "CREATE TRIGGER decision_no_delete BEFORE DELETE ON decision "
    "BEGIN SELECT RAISE(ABORT, 'decision is append-only'); END",
)
APPEND_ONLY_POSTGRESQL = (
    "CREATE FUNCTION decision_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'decision is append-only'; END $$",
    "CREATE TRIGGER decision_no_edit BEFORE UPDATE OR DELETE ON decision "
    "FOR EACH ROW EXECUTE FUNCTION decision_is_append_only()",
    "CREATE TRIGGER decision_no_truncate BEFORE TRUNCATE ON decision "
    "FOR EACH STATEMENT EXECUTE FUNCTION decision_is_append_only()",
)


def upgrade() -> None:
    create_tables()
    sqlite = op.get_context().dialect.name == "sqlite"
    for statement in APPEND_ONLY_SQLITE if sqlite else APPEND_ONLY_POSTGRESQL:
        op.execute(statement)


def create_tables() -> None:
    op.create_table(
        "editor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("password", sa.String(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("disabled_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_editor")),
        sa.UniqueConstraint("name", name=op.f("uq_editor_name")),
    )
    op.create_table(
        "editor_word",
        sa.Column("file_number", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("over", sa.String(), nullable=False),
        sa.Column("editor", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("field IN ('headline', 'sentence', 'popular_names')", name=op.f("ck_editor_word_field")),
        sa.PrimaryKeyConstraint("file_number", "field", name=op.f("pk_editor_word")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "shipped_note",
        sa.Column("file_number", sa.String(), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.Column("headline", sa.String(), nullable=False),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.Column("popular_names", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("file_number", name=op.f("pk_shipped_note")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "curated_action",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("matter_id", sa.Integer(), nullable=False),
        sa.Column("acted_on", sa.Date(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("confidence", sa.String(), nullable=False),
        sa.Column("editor", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("confidence IN ('high', 'medium', 'low')", name=op.f("ck_curated_action_confidence")),
        sa.ForeignKeyConstraint(["matter_id"], ["matter.id"], name=op.f("fk_curated_action_matter_id_matter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_curated_action")),
    )
    op.create_index(op.f("ix_curated_action_matter_id"), "curated_action", ["matter_id"], unique=False)
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("editor_id", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("before", sa.String(), nullable=False),
        sa.Column("after", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('link', 'link-added', 'words', 'scope', 'act-added', 'act-withdrawn', 'suggestion')",
            name=op.f("ck_decision_kind"),
        ),
        sa.ForeignKeyConstraint(["editor_id"], ["editor.id"], name=op.f("fk_decision_editor_id_editor")),
        sa.ForeignKeyConstraint(["undoes"], ["decision.id"], name=op.f("fk_decision_undoes_decision")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    op.create_index(op.f("ix_decision_editor_id"), "decision", ["editor_id"], unique=False)
    op.create_index(op.f("ix_decision_subject"), "decision", ["subject"], unique=False)
    op.create_table(
        "editor_session",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("editor_id", sa.Integer(), nullable=False),
        sa.Column("csrf_key", sa.String(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["editor_id"], ["editor.id"], name=op.f("fk_editor_session_editor_id_editor")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_editor_session")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_editor_session_editor_id"), "editor_session", ["editor_id"], unique=False)
