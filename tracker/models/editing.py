"""Tables of the editors: who they are, what they decided, and their own words and findings.

The clocks are those of `models`. A decision is never edited: triggers refuse it, as they do for `change`.
"""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from tracker.models import UTCDateTime, one_of

DECISION_KINDS = ("link", "link-added", "words", "scope", "act-added", "act-withdrawn", "suggestion", "return")
WORD_FIELDS = ("headline", "sentence", "popular_names")
CONFIDENCES = ("high", "medium", "low")


class Editor(SQLModel, table=True):
    """Someone who may curate. ``password`` is an Argon2id hash; one who is disabled stays for the decisions' sake."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    password: str
    created_at: datetime = Field(sa_type=UTCDateTime)
    disabled_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class EditorSession(SQLModel, table=True):
    """One sign-in. ``digest`` is the SHA-256 of the token in the cookie; ``csrf_key`` goes into every form's token."""

    __tablename__ = "editor_session"
    __table_args__ = {"sqlite_with_rowid": False}

    digest: str = Field(primary_key=True)
    editor_id: int = Field(foreign_key="editor.id", index=True)
    csrf_key: str
    created_at: datetime = Field(sa_type=UTCDateTime)
    used_at: datetime = Field(sa_type=UTCDateTime)
    ends_at: datetime = Field(sa_type=UTCDateTime)


class Decision(SQLModel, table=True):
    """What an editor decided. Append-only: triggers refuse UPDATE, DELETE and TRUNCATE.

    ``before`` and ``after`` are JSON: table -> key -> the row as it read, or null where there was none. ``subject``
    names what it is about in words (a file number, an article's address). ``undoes`` is the decision it takes back.
    """

    __table_args__ = (one_of("kind", DECISION_KINDS),)

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    editor_id: int = Field(foreign_key="editor.id", index=True)
    at: datetime = Field(sa_type=UTCDateTime)
    kind: str
    subject: str = Field(index=True)
    before: str
    after: str
    reason: str = ""
    undoes: int | None = Field(default=None, foreign_key="decision.id")


class EditorWord(SQLModel, table=True):
    """An editor's words on a matter, laid over what the starter record ships; see `editing.words`.

    ``over`` is what stood there when they were written, for the log.
    """

    __tablename__ = "editor_word"
    __table_args__ = (one_of("field", WORD_FIELDS), {"sqlite_with_rowid": False})

    file_number: str = Field(primary_key=True)
    field: str = Field(primary_key=True)
    text: str
    over: str = ""
    editor: str
    at: datetime = Field(sa_type=UTCDateTime)


class ShippedNote(SQLModel, table=True):
    """What the note of a matter reads without its editors' words; ``present`` is false where it had no note."""

    __tablename__ = "shipped_note"
    __table_args__ = {"sqlite_with_rowid": False}

    file_number: str = Field(primary_key=True)
    present: bool
    headline: str = ""
    sentence: str = ""
    popular_names: str = ""


class CuratedAction(SQLModel, table=True):
    """An act that an editor added: a ruling, a guidance. The editors' source tells of them all, see `editing`.

    ``name`` is one of `vocabulary`'s, ``body`` who acted, ``note`` our sentence, ``url`` where it can be read.
    """

    __tablename__ = "curated_action"
    __table_args__ = (one_of("confidence", CONFIDENCES),)

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    matter_id: int = Field(foreign_key="matter.id", index=True)
    acted_on: date
    name: str
    body: str
    note: str
    url: str
    confidence: str
    editor: str
    at: datetime = Field(sa_type=UTCDateTime)
