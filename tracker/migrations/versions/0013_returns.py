"""What editors say of returns that the lineage rule found, and a kind of decision for it."""

import sqlalchemy as sa
from alembic import op

from tracker.models import UTCDateTime

revision = "0013"
down_revision = "0012"

KINDS = "kind IN ('link', 'link-added', 'words', 'scope', 'act-added', 'act-withdrawn', 'suggestion', 'return')"
COLUMNS = "id, editor_id, at, kind, subject, before, after, reason, undoes"
INDEXED = ("editor_id", "subject")
APPEND_ONLY_SQLITE = (
    "CREATE TRIGGER decision_no_update BEFORE UPDATE ON decision "
    "BEGIN SELECT RAISE(ABORT, 'decision is append-only'); END",
    "CREATE TRIGGER decision_no_delete BEFORE DELETE ON decision "
    "BEGIN SELECT RAISE(ABORT, 'decision is append-only'); END",
)


def upgrade() -> None:
    op.create_table(
        "relation_word",
        sa.Column("later", sa.String(), nullable=False),
        sa.Column("earlier", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("editor", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("verdict IN ('accepted', 'rejected')", name=op.f("ck_relation_word_verdict")),
        sa.PrimaryKeyConstraint("later", "earlier", name=op.f("pk_relation_word")),
        sqlite_with_rowid=False,
    )
    if op.get_context().dialect.name == "sqlite":
        rewrite_decisions()
    else:
        op.drop_constraint(op.f("ck_decision_kind"), "decision", type_="check")
        op.create_check_constraint(op.f("ck_decision_kind"), "decision", KINDS)


def rewrite_decisions() -> None:
    """SQLite cannot change a CHECK, so the table is written anew, beside the old one, and given its triggers again.

    The old one is set aside first: rows of a copy that referred to it would forbid to drop it.
    """
    for name in INDEXED:
        op.drop_index(op.f(f"ix_decision_{name}"), "decision")
    op.rename_table("decision", "decision_before")
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
        sa.CheckConstraint(KINDS, name=op.f("ck_decision_kind")),
        sa.ForeignKeyConstraint(["editor_id"], ["editor.id"], name=op.f("fk_decision_editor_id_editor")),
        sa.ForeignKeyConstraint(["undoes"], ["decision.id"], name=op.f("fk_decision_undoes_decision")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    op.execute(f"INSERT INTO decision ({COLUMNS}) SELECT {COLUMNS} FROM decision_before ORDER BY id")
    op.drop_table("decision_before")
    for name in INDEXED:
        op.create_index(op.f(f"ix_decision_{name}"), "decision", [name], unique=False)
    for statement in APPEND_ONLY_SQLITE:
        op.execute(statement)
