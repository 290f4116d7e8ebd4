"""The first tables, the search index, and the triggers that keep `change` append-only."""

import sqlalchemy as sa
from alembic import op

from tracker.models import UTCDateTime

revision = "0001"
down_revision = None

SEARCH_SQLITE = """
CREATE VIRTUAL TABLE matter_search USING fts5(
    number, title, names, text, tokenize = 'porter unicode61 remove_diacritics 2')
"""
SEARCH_POSTGRESQL = (
    "CREATE TABLE matter_search (matter_id INTEGER PRIMARY KEY REFERENCES matter (id), words TSVECTOR NOT NULL)",
    "CREATE INDEX ix_matter_search_words ON matter_search USING GIN (words)",
)
APPEND_ONLY_SQLITE = (
    "CREATE TRIGGER change_no_update BEFORE UPDATE ON change BEGIN SELECT RAISE(ABORT, 'change is append-only'); END",
    "CREATE TRIGGER change_no_delete BEFORE DELETE ON change BEGIN SELECT RAISE(ABORT, 'change is append-only'); END",
)
APPEND_ONLY_POSTGRESQL = (
    "CREATE FUNCTION change_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'change is append-only'; END $$",
    "CREATE TRIGGER change_no_edit BEFORE UPDATE OR DELETE ON change "
    "FOR EACH ROW EXECUTE FUNCTION change_is_append_only()",
    "CREATE TRIGGER change_no_truncate BEFORE TRUNCATE ON change "
    "FOR EACH STATEMENT EXECUTE FUNCTION change_is_append_only()",
)


def upgrade() -> None:
    create_matter()
    create_note()
    create_person()
    create_relation()
    create_run()
    create_scope_override()
    create_section_effect()
    create_action()
    create_alert()
    create_capture()
    create_document()
    create_sponsorship()
    create_version()
    create_change()
    create_vote()
    statements = (
        (SEARCH_SQLITE, *APPEND_ONLY_SQLITE)
        if op.get_context().dialect.name == "sqlite"
        else (*SEARCH_POSTGRESQL, *APPEND_ONLY_POSTGRESQL)
    )
    for statement in statements:
        op.execute(statement)


def create_matter() -> None:
    op.create_table(
        "matter",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("file_number", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("introduced_on", sa.Date(), nullable=True),
        sa.Column("final_action_on", sa.Date(), nullable=True),
        sa.Column("enacted_on", sa.Date(), nullable=True),
        sa.Column("local_law", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("text_digest", sa.String(), nullable=True),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("signer", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("stage_since", sa.Date(), nullable=True),
        sa.Column("is_law", sa.Boolean(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("signals", sa.String(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("disagreement", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("scope_reason", sa.String(), nullable=False),
        sa.Column("first_seen_at", UTCDateTime(), nullable=False),
        sa.Column("last_seen_at", UTCDateTime(), nullable=False),
        sa.Column("removed_at", UTCDateTime(), nullable=True),
        sa.Column("search_stale", sa.Boolean(), nullable=False),
        sa.CheckConstraint("how = '' OR is_law", name=op.f("ck_matter_way_is_of_law")),
        sa.CheckConstraint("how IN ('', 'signed', 'lapsed', 'overridden')", name=op.f("ck_matter_how")),
        sa.CheckConstraint("local_law = '' OR local_law LIKE '____/___'", name=op.f("ck_matter_local_law")),
        sa.CheckConstraint("scope IN ('core', 'related', 'context', 'out')", name=op.f("ck_matter_scope")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter")),
        sa.UniqueConstraint("source_id", name=op.f("uq_matter_source_id")),
    )
    op.create_index(op.f("ix_matter_file_number"), "matter", ["file_number"], unique=False)
    op.create_index(op.f("ix_matter_introduced_on"), "matter", ["introduced_on"], unique=False)
    op.create_index(op.f("ix_matter_kind"), "matter", ["kind"], unique=False)
    op.create_index(op.f("ix_matter_local_law"), "matter", ["local_law"], unique=False)
    op.create_index(op.f("ix_matter_scope"), "matter", ["scope"], unique=False)
    op.create_index(op.f("ix_matter_search_stale"), "matter", ["search_stale"], unique=False)
    op.create_index(op.f("ix_matter_slug"), "matter", ["slug"], unique=False)
    op.create_index(op.f("ix_matter_stage"), "matter", ["stage"], unique=False)
    op.create_index(
        "uq_matter_slug_present",
        "matter",
        ["slug"],
        unique=True,
        sqlite_where=sa.text("removed_at IS NULL"),
        postgresql_where=sa.text("removed_at IS NULL"),
    )


def create_note() -> None:
    op.create_table(
        "note",
        sa.Column("file_number", sa.String(), nullable=False),
        sa.Column("headline", sa.String(), nullable=False),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.Column("popular_names", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("unverified", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("file_number", name=op.f("pk_note")),
    )


def create_person() -> None:
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("source_id", name=op.f("uq_person_source_id")),
    )


def create_relation() -> None:
    op.create_table(
        "relation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("earlier", sa.String(), nullable=False),
        sa.Column("later", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("confidence", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relation")),
        sa.UniqueConstraint("earlier", "later", "kind", name=op.f("uq_relation_earlier_later_kind")),
    )
    op.create_index(op.f("ix_relation_earlier"), "relation", ["earlier"], unique=False)
    op.create_index(op.f("ix_relation_source"), "relation", ["source"], unique=False)
    op.create_index(op.f("ix_relation_later"), "relation", ["later"], unique=False)


def create_run() -> None:
    op.create_table(
        "run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("started_at", UTCDateTime(), nullable=False),
        sa.Column("finished_at", UTCDateTime(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("cursor", sa.String(), nullable=False),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.Column("unreadable", sa.Integer(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.CheckConstraint("mode IN ('live', 'replay', 'starter')", name=op.f("ck_run_mode")),
        sa.CheckConstraint("outcome IN ('running', 'ok', 'failed', 'refused', 'stopped')", name=op.f("ck_run_outcome")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
    )
    op.create_index(op.f("ix_run_source"), "run", ["source"], unique=False)


def create_scope_override() -> None:
    op.create_table(
        "scope_override",
        sa.Column("file_number", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("editor", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("scope IN ('core', 'related', 'context', 'out')", name=op.f("ck_scope_override_scope")),
        sa.PrimaryKeyConstraint("file_number", name=op.f("pk_scope_override")),
    )


def create_section_effect() -> None:
    op.create_table(
        "section_effect",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_number", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("section", sa.String(), nullable=False),
        sa.Column("subdivision", sa.String(), nullable=False),
        sa.Column("effect", sa.String(), nullable=False),
        sa.CheckConstraint("code IN ('admin', 'charter')", name=op.f("ck_section_effect_code")),
        sa.CheckConstraint("effect IN ('adds', 'amends', 'repeals')", name=op.f("ck_section_effect_effect")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_section_effect")),
        sa.UniqueConstraint(
            "file_number",
            "code",
            "section",
            "subdivision",
            "effect",
            name=op.f("uq_section_effect_file_number_code_section_subdivision_effect"),
        ),
    )
    op.create_index(op.f("ix_section_effect_file_number"), "section_effect", ["file_number"], unique=False)
    op.create_index(op.f("ix_section_effect_section"), "section_effect", ["section"], unique=False)


def create_action() -> None:
    op.create_table(
        "action",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("matter_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("acted_on", sa.Date(), nullable=False),
        sa.Column("clock", sa.String(), nullable=False),
        sa.Column("code", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("confidence", sa.String(), nullable=False),
        sa.Column("first_seen_at", UTCDateTime(), nullable=False),
        sa.Column("last_seen_at", UTCDateTime(), nullable=True),
        sa.Column("withdrawn_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["matter_id"], ["matter.id"], name=op.f("fk_action_matter_id_matter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action")),
        sa.UniqueConstraint("matter_id", "source_id", name=op.f("uq_action_matter_id_source_id")),
    )
    op.create_index(op.f("ix_action_acted_on"), "action", ["acted_on"], unique=False)
    op.create_index(op.f("ix_action_matter_id"), "action", ["matter_id"], unique=False)


def create_alert() -> None:
    op.create_table(
        "alert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_alert_run_id_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sa.UniqueConstraint("subject", "message", name=op.f("uq_alert_subject_message")),
    )
    op.create_index(op.f("ix_alert_run_id"), "alert", ["run_id"], unique=False)


def create_capture() -> None:
    op.create_table(
        "capture",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_capture_run_id_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capture")),
    )


def create_document() -> None:
    op.create_table(
        "document",
        sa.Column("matter_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["matter_id"], ["matter.id"], name=op.f("fk_document_matter_id_matter")),
        sa.PrimaryKeyConstraint("matter_id", "position", name=op.f("pk_document")),
        sqlite_with_rowid=False,
    )


def create_sponsorship() -> None:
    op.create_table(
        "sponsorship",
        sa.Column("matter_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["matter_id"], ["matter.id"], name=op.f("fk_sponsorship_matter_id_matter")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sponsorship_person_id_person")),
        sa.PrimaryKeyConstraint("matter_id", "position", name=op.f("pk_sponsorship")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_sponsorship_person_id"), "sponsorship", ["person_id"], unique=False)


def create_version() -> None:
    op.create_table(
        "version",
        sa.Column("matter_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("first_seen_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["matter_id"], ["matter.id"], name=op.f("fk_version_matter_id_matter")),
        sa.PrimaryKeyConstraint("matter_id", "label", name=op.f("pk_version")),
    )


def create_change() -> None:
    op.create_table(
        "change",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("matter_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("capture_id", sa.Integer(), nullable=False),
        sa.Column("file_number", sa.String(), nullable=False),
        sa.Column("observed_at", UTCDateTime(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("action_id", sa.String(), nullable=False),
        sa.Column("acted_on", sa.Date(), nullable=True),
        sa.Column("before", sa.String(), nullable=False),
        sa.Column("after", sa.String(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('appeared', 'status_changed', 'action_added', 'action_edited', 'action_withdrawn', 'renumbered', 'removed', 'returned', 'law_number_changed', 'enactment_date_changed', 'final_action_date_changed', 'introduction_date_changed', 'title_changed', 'summary_changed', 'text_changed', 'committee_changed', 'sponsors_changed', 'documents_changed', 'votes_changed', 'hearing_scheduled', 'hearing_moved', 'hearing_deferred', 'hearing_cancelled', 'hearing_gone')",
            name=op.f("ck_change_kind"),
        ),
        sa.ForeignKeyConstraint(["capture_id"], ["capture.id"], name=op.f("fk_change_capture_id_capture")),
        sa.ForeignKeyConstraint(["matter_id"], ["matter.id"], name=op.f("fk_change_matter_id_matter")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_change_run_id_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change")),
    )
    op.create_index(op.f("ix_change_kind"), "change", ["kind"], unique=False)
    op.create_index(op.f("ix_change_matter_id"), "change", ["matter_id"], unique=False)
    op.create_index("ix_change_observed_at_id", "change", ["observed_at", "id"], unique=False)


def create_vote() -> None:
    op.create_table(
        "vote",
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"], name=op.f("fk_vote_action_id_action")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_vote_person_id_person")),
        sa.PrimaryKeyConstraint("action_id", "position", name=op.f("pk_vote")),
        sqlite_with_rowid=False,
    )
