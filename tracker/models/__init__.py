"""The tables. What each row means is in docs/data-dictionary.md; the rules it keeps are constraints here.

Two clocks, never mixed: ``*_on`` is a New York calendar date that the City gave, ``*_at`` is an aware UTC moment
at which we saw something. ``clock`` is New York wall clock as printed, beside an ``acted_on``.

Ids of rows that are written in bulk are given by `ingest`, which runs alone, so that parents and children go in
together without asking the database for each id.
"""

from datetime import UTC, date, datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = NAMING

SCOPES = ("core", "related", "context", "out")
TRACKED = ("core", "related")
CHANGE_KINDS = (
    "appeared", "status_changed", "action_added", "action_edited", "action_withdrawn", "renumbered", "removed",
    "returned", "law_number_changed", "enactment_date_changed", "final_action_date_changed",
    "introduction_date_changed", "title_changed", "summary_changed", "text_changed", "committee_changed",
    "sponsors_changed", "documents_changed", "votes_changed",
    "hearing_scheduled", "hearing_moved", "hearing_deferred", "hearing_cancelled", "hearing_gone",
)  # fmt: skip
RUN_MODES = ("live", "replay", "starter")
# rows found by their key alone need no second tree in SQLite; votes come by the hundred thousand
CHILD = {"sqlite_with_rowid": False}
RUN_OUTCOMES = ("running", "ok", "failed", "refused", "stopped")


def one_of(column: str, values: tuple[str, ...]) -> sa.CheckConstraint:
    """A column that holds one of a closed list of words."""
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=column)


class UTCDateTime(sa.types.TypeDecorator[datetime]):
    """An aware moment. SQLite gives times back without a zone, so the zone is put on and taken off here."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Run(SQLModel, table=True):
    """One attempt at one source. ``cursor`` is how far it read (a commit, a file's digest)."""

    __table_args__ = (one_of("mode", RUN_MODES), one_of("outcome", RUN_OUTCOMES))

    id: int | None = Field(default=None, primary_key=True)
    source: str = Field(index=True)
    mode: str
    place: str
    started_at: datetime = Field(sa_type=UTCDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    outcome: str
    cursor: str = ""
    read: int = 0
    unreadable: int = 0
    changes: int = 0
    message: str = ""


class Alert(SQLModel, table=True):
    """Something the tracker did not understand, kept until an operator looks (rule 5)."""

    __table_args__ = (sa.UniqueConstraint("subject", "message"),)

    id: int | None = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="run.id", index=True)
    subject: str
    message: str
    at: datetime = Field(sa_type=UTCDateTime)


class Capture(SQLModel, table=True):
    """The document that showed a change: where it was read, and its content's own address."""

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    run_id: int = Field(foreign_key="run.id")
    address: str
    digest: str
    seen_at: datetime = Field(sa_type=UTCDateTime)


class Person(SQLModel, table=True):
    """A Council member or the Public Advocate, as the Council names them."""

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    source_id: str = Field(unique=True)
    name: str


class Matter(SQLModel, table=True):
    """An introduction, resolution, mayoral order, agency directive or lawsuit.

    Legistar's word for a Council file, stretched over the others so that timelines, coverage and exports are
    written once. ``status`` is the source's word; ``stage`` and the columns after it are derived by `lifecycle`.
    ``source`` is the one that was read last; what others say of the matter is in `models.sources.Reading`.
    """

    __table_args__ = (
        one_of("scope", SCOPES),
        one_of("how", ("", "signed", "lapsed", "overridden")),
        sa.CheckConstraint("how = '' OR is_law", name="way_is_of_law"),
        sa.CheckConstraint("local_law = '' OR local_law LIKE '____/___'", name="local_law"),
        sa.Index(
            "uq_matter_slug_present",
            "slug",
            unique=True,
            sqlite_where=sa.text("removed_at IS NULL"),
            postgresql_where=sa.text("removed_at IS NULL"),
        ),
    )

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    source_id: str = Field(unique=True)
    file_number: str = Field(index=True)
    slug: str = Field(index=True)
    kind: str = Field(index=True)
    name: str = ""
    title: str = ""
    summary: str | None = None
    status: str = ""
    body: str = ""
    introduced_on: date | None = Field(default=None, index=True)
    final_action_on: date | None = None
    enacted_on: date | None = None
    local_law: str = Field(default="", index=True)
    version: str = ""
    text_digest: str | None = None
    url: str = ""
    issuer: str = ""
    signer: str = ""
    place: str = ""
    source: str = ""
    stage: str = Field(index=True)
    stage_since: date | None = None
    is_law: bool = False
    how: str = ""
    signals: str = ""
    provisional: bool = False
    disagreement: str = ""
    scope: str = Field(default="out", index=True)
    scope_reason: str = ""
    first_seen_at: datetime = Field(sa_type=UTCDateTime)
    last_seen_at: datetime = Field(sa_type=UTCDateTime)
    removed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    search_stale: bool = Field(default=True, index=True)


class Action(SQLModel, table=True):
    """One dated act by a body, as the City dates it, keyed by the source's own row id.

    ``position`` keeps the source's order. ``last_seen_at`` is filled when the row is withdrawn; until then the row
    was last seen when its matter was.
    """

    __table_args__ = (sa.UniqueConstraint("matter_id", "source_id"),)

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    matter_id: int = Field(foreign_key="matter.id", index=True)
    source_id: str
    position: int
    acted_on: date = Field(index=True)
    clock: str = ""
    code: int
    name: str
    body: str = ""
    result: str = ""
    version: str = ""
    note: str = ""
    event_id: str = ""
    url: str = ""
    confidence: str = ""
    first_seen_at: datetime = Field(sa_type=UTCDateTime)
    last_seen_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    withdrawn_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class Vote(SQLModel, table=True):
    """One member's vote on one action."""

    __table_args__ = CHILD

    action_id: int = Field(foreign_key="action.id", primary_key=True)
    position: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    person_id: int = Field(foreign_key="person.id")
    value: str


class Sponsorship(SQLModel, table=True):
    """A sponsor in the Council's order; position 0 is the prime sponsor."""

    __table_args__ = CHILD

    matter_id: int = Field(foreign_key="matter.id", primary_key=True)
    position: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    person_id: int = Field(foreign_key="person.id", index=True)


class Document(SQLModel, table=True):
    """An attachment as the source lists it now."""

    __table_args__ = CHILD

    matter_id: int = Field(foreign_key="matter.id", primary_key=True)
    position: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    source_id: str
    name: str
    url: str


class Version(SQLModel, table=True):
    """The last text we saw of one version (``*`` is the first, then A, B ...)."""

    matter_id: int = Field(foreign_key="matter.id", primary_key=True)
    label: str = Field(primary_key=True)
    digest: str
    text: str
    first_seen_at: datetime = Field(sa_type=UTCDateTime)


class Change(SQLModel, table=True):
    """What we saw change, dated by us. Append-only: triggers refuse UPDATE, DELETE and TRUNCATE.

    ``file_number`` is the number the matter bore at that moment. ``action_id`` is the source's row id.
    """

    __table_args__ = (one_of("kind", CHANGE_KINDS), sa.Index("ix_change_observed_at_id", "observed_at", "id"))

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    matter_id: int = Field(foreign_key="matter.id", index=True)
    run_id: int = Field(foreign_key="run.id")
    capture_id: int = Field(foreign_key="capture.id")
    file_number: str
    observed_at: datetime = Field(sa_type=UTCDateTime)
    kind: str = Field(index=True)
    action_id: str = ""
    acted_on: date | None = None
    before: str = ""
    after: str = ""


class Relation(SQLModel, table=True):
    """How a later matter stands to an earlier one. File numbers, so that a matter we do not hold can be named."""

    __table_args__ = (sa.UniqueConstraint("earlier", "later", "kind"),)

    id: int | None = Field(default=None, primary_key=True)
    earlier: str = Field(index=True)
    later: str = Field(index=True)
    kind: str
    evidence: str = ""
    confidence: str = ""
    source: str = Field(default="", index=True)


class SectionEffect(SQLModel, table=True):
    """What a matter does, or would do, to a section of the Administrative Code or the Charter."""

    __tablename__ = "section_effect"
    __table_args__ = (
        sa.UniqueConstraint("file_number", "code", "section", "subdivision", "effect"),
        one_of("code", ("admin", "charter")),
        one_of("effect", ("adds", "amends", "repeals")),
    )

    id: int | None = Field(default=None, primary_key=True)
    file_number: str = Field(index=True)
    code: str
    section: str = Field(index=True)
    subdivision: str = ""
    effect: str


class Note(SQLModel, table=True):
    """Our own words on a matter: a headline, one neutral sentence, the names the press uses.

    ``state`` says in words where an order or a suit stands, ``unverified`` what nobody could confirm.
    """

    file_number: str = Field(primary_key=True)
    headline: str = ""
    sentence: str = ""
    popular_names: str = ""
    state: str = ""
    unverified: str = ""


class ScopeOverride(SQLModel, table=True):
    """An editor's word on scope, kept apart from the rule's and above it."""

    __tablename__ = "scope_override"
    __table_args__ = (one_of("scope", SCOPES),)

    file_number: str = Field(primary_key=True)
    scope: str
    reason: str
    editor: str
    at: datetime = Field(sa_type=UTCDateTime)
