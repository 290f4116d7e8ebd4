"""The table of what readers suggest as coverage. Nothing in it is shown in public; an editor decides on each row."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from tracker.models import UTCDateTime, one_of

SUGGESTION_STATES = ("waiting", "accepted", "declined")


class Suggestion(SQLModel, table=True):
    """An address that a reader holds to be about a measure; nothing is kept of who sent it.

    ``address`` is canonical (`coverage.stories.canonical`), ``file_number`` is "" where the reader named no measure.
    ``decided_by`` is the editor, "" while the row waits. An address waits once for one measure.
    """

    __table_args__ = (
        one_of("state", SUGGESTION_STATES),
        sa.Index(
            "uq_suggestion_waiting",
            "address",
            "file_number",
            unique=True,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    address: str = Field(index=True)
    file_number: str = ""
    note: str = ""
    at: datetime = Field(sa_type=UTCDateTime, index=True)
    state: str = Field(default="waiting", index=True)
    decided_by: str = ""
    decided_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
