"""Tables of the live sources: what they answered, what each last said, where they disagree, what they published.

The clocks are those of `models`: ``*_on`` a New York date the City gave, ``*_at`` an aware UTC moment of ours.
"""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from tracker.models import UTCDateTime, one_of

ORDER_SERIES = ("EO", "EEO")
ARTICLE_KINDS = ("news", "opinion", "government", "advocacy")
LINK_KINDS = ("explicit", "by-name", "by-description")
LINK_ROLES = ("main", "background")
LINK_OUTCOMES = ("published", "review", "rejected")
HEARING_STATES = ("scheduled", "deferred", "cancelled", "held", "gone")


class Response(SQLModel, table=True):
    """One answer of a source. Its bytes lie in the store of captures under ``digest``; tokens are taken out.

    ``headers`` is a JSON list of pairs, as they came.
    """

    id: int | None = Field(default=None, primary_key=True)
    address: str = Field(index=True)
    final: str
    method: str
    status: int
    headers: str
    digest: str = Field(index=True)
    size: int
    fetched_at: datetime = Field(sa_type=UTCDateTime, index=True)


class Reading(SQLModel, table=True):
    """What one source last said of a matter, where more than one source has spoken; see `truth`.

    ``record`` is the `MatterRecord` as Zstandard-packed JSON, its text replaced by the text's digest.
    """

    __table_args__ = {"sqlite_with_rowid": False}

    matter_id: int = Field(foreign_key="matter.id", primary_key=True)
    source: str = Field(primary_key=True)
    at: datetime = Field(sa_type=UTCDateTime)
    record: bytes


class Disagreement(SQLModel, table=True):
    """Two sources that say different things of one matter. The row stays when they agree again; ``ended_at`` says when.

    ``field`` is a column's name, or ``action`` where one shows an act that the other does not.
    """

    id: int | None = Field(default=None, primary_key=True)
    matter_id: int = Field(foreign_key="matter.id", index=True)
    field: str
    trusted_source: str
    trusted_value: str
    other_source: str
    other_value: str
    first_seen_at: datetime = Field(sa_type=UTCDateTime)
    last_seen_at: datetime = Field(sa_type=UTCDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class Stamp(SQLModel, table=True):
    """What a source said of when a thing of its was last changed, so that it is not asked for again in vain."""

    __table_args__ = {"sqlite_with_rowid": False}

    source: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    value: str


class Incident(SQLModel, table=True):
    """A time in which a source could not be read well, from the first failure to the next good run.

    ``told_at`` is when the operator was mailed, ``end_told_at`` when its end was.
    """

    id: int | None = Field(default=None, primary_key=True)
    source: str = Field(index=True)
    message: str
    began_at: datetime = Field(sa_type=UTCDateTime)
    told_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    end_told_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class MayoralOrder(SQLModel, table=True):
    """One mayoral order as published, an emergency renewal too. `orders` makes matters of them.

    ``key`` is ``2026-EO-013`` or ``2026-EEO-2.38``. ``source`` says where the words are from.
    """

    __tablename__ = "mayoral_order"
    __table_args__ = (one_of("series", ORDER_SERIES),)

    key: str = Field(primary_key=True)
    series: str
    number: str
    year: int = Field(index=True)
    subject: str = ""
    issuer: str = ""
    signer: str = ""
    dated_on: date | None = None
    listed_on: date | None = None
    address: str = ""
    pdf_address: str = ""
    text: str = ""
    complete: bool = True
    doubts: str = ""
    source: str
    digest: str = ""
    first_seen_at: datetime = Field(sa_type=UTCDateTime)
    last_seen_at: datetime = Field(sa_type=UTCDateTime)


class Article(SQLModel, table=True):
    """A headline with its address: a release of the City's, or a story of an outlet's. Never the whole text.

    ``address`` is canonical (`coverage.stories.canonical`), ``shown_address`` the one for a link. ``story`` is the same
    for copies and rewrites of one story; "" for one that stands alone. ``author`` is as its byline has it, "" where we
    know none. ``topic`` says that it is
    about the policy as a whole, whatever measures it is linked to.
    """

    __table_args__ = (one_of("kind", ARTICLE_KINDS),)

    id: int | None = Field(default=None, primary_key=True)
    address: str = Field(unique=True)
    shown_address: str = ""
    outlet: str = Field(index=True)
    kind: str
    headline: str
    author: str = ""
    published_on: date | None = Field(default=None, index=True)
    language: str = "en"
    excerpt: str = ""
    story: str = Field(default="", index=True)
    topic: bool = False
    source: str
    digest: str = ""
    first_seen_at: datetime = Field(sa_type=UTCDateTime)
    last_seen_at: datetime = Field(sa_type=UTCDateTime)


class Coverage(SQLModel, table=True):
    """A link from an article to a measure, with the words that say so. ``score`` is between 0 and 1.

    The measure is named by its file number, so that a link outlives a database built anew. ``decided_by`` is
    ``press`` for the rule, ``starter record``, or an editor; what a person decided no rule touches.
    """

    __table_args__ = (
        sa.UniqueConstraint("article_id", "file_number"),
        one_of("kind", LINK_KINDS),
        one_of("role", LINK_ROLES),
        one_of("outcome", LINK_OUTCOMES),
    )

    id: int | None = Field(default=None, primary_key=True)
    article_id: int = Field(foreign_key="article.id", index=True)
    file_number: str = Field(index=True)
    kind: str
    role: str
    score: float
    evidence: str
    outcome: str
    decided_by: str
    decided_at: datetime = Field(sa_type=UTCDateTime)


class Hearing(SQLModel, table=True):
    """One meeting of the Council or of a committee. It stays when it is put off, cancelled, moved or unlisted.

    ``status`` is the agenda's own word. ``sequence`` counts the moves (RFC 5545 SEQUENCE); ``first_held_on`` and
    ``first_clock`` are the day and hour it was first listed for.
    """

    __table_args__ = (one_of("state", HEARING_STATES),)

    id: int | None = Field(default=None, primary_key=True)
    source_id: str = Field(unique=True)
    body: str
    held_on: date = Field(index=True)
    clock: str = ""
    first_held_on: date
    first_clock: str = ""
    location: str = ""
    topic: str = ""
    status: str = ""
    state: str
    url: str = ""
    sequence: int = 0
    first_seen_at: datetime = Field(sa_type=UTCDateTime)
    last_seen_at: datetime = Field(sa_type=UTCDateTime)
    changed_at: datetime = Field(sa_type=UTCDateTime)


class HearingItem(SQLModel, table=True):
    """A matter on a meeting's agenda."""

    __tablename__ = "hearing_item"

    hearing_id: int = Field(foreign_key="hearing.id", primary_key=True)
    position: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    source_id: str = ""
    file_number: str = Field(index=True)
    matter_id: int | None = Field(default=None, foreign_key="matter.id", index=True)
    title: str = ""
    action: str = ""
