"""The table of errors that readers report. Nothing in it is shown in public; an editor looks at each row."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from tracker.models import UTCDateTime, one_of

REPORT_STATES = ("waiting", "done")


class Report(SQLModel, table=True):
    """What a reader holds to be wrong; nothing is kept of who sent it.

    ``about`` is what it is about as the reader wrote it, ``file_number`` the measure meant by that, "" for none.
    ``told_at`` is when the site's contact was mailed. ``decided_by`` is the editor, "" while the row waits.
    """

    __table_args__ = (one_of("state", REPORT_STATES), sa.Index("ix_report_state_id", "state", "id"))

    id: int | None = Field(default=None, primary_key=True)
    about: str = ""
    file_number: str = ""
    words: str
    evidence: str = ""
    at: datetime = Field(sa_type=UTCDateTime)
    told_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    state: str = "waiting"
    decided_by: str = ""
    decided_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
