"""The tables of lineage, and of the dates on which laws take effect. The clocks are those of `models`."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from tracker.models import UTCDateTime, one_of

VERDICTS = ("accepted", "rejected")


class RelationProposal(SQLModel, table=True):
    """What the lineage rule found: that a later matter brings an earlier one back, how sure it is, and why.

    ``published`` ones are relations too; ``proposed`` ones are not shown until a person says so.
    """

    __tablename__ = "relation_proposal"
    __table_args__ = (sa.UniqueConstraint("later", "earlier"), one_of("outcome", ("published", "proposed")))

    id: int | None = Field(default=None, primary_key=True)
    earlier: str = Field(index=True)
    later: str = Field(index=True)
    score: float
    reasons: str
    outcome: str
    found_at: datetime = Field(sa_type=UTCDateTime)


class RelationWord(SQLModel, table=True):
    """An editor's word on whether a later matter brings an earlier one back. It goes before the rule's.

    ``evidence`` is what the rule gave as its reasons when the editor decided.
    """

    __tablename__ = "relation_word"
    __table_args__ = (one_of("verdict", VERDICTS), {"sqlite_with_rowid": False})

    later: str = Field(primary_key=True)
    earlier: str = Field(primary_key=True)
    verdict: str
    evidence: str = ""
    editor: str
    at: datetime = Field(sa_type=UTCDateTime)


class LineageLook(SQLModel, table=True):
    """That a matter was compared with all earlier ones, in the reading that ``digest`` stands for."""

    __tablename__ = "lineage_look"

    matter_id: int = Field(foreign_key="matter.id", primary_key=True, sa_column_kwargs={"autoincrement": False})
    digest: str


class LawDate(SQLModel, table=True):
    """When a law, or one section or subdivision of it, took effect, where that is another day than its enactment.

    ``section`` and ``subdivision`` are "" where the row is of the whole law; ``basis`` is the law's own term, in our
    words.
    """

    __tablename__ = "law_date"
    __table_args__ = (sa.UniqueConstraint("file_number", "section", "subdivision"),)

    id: int | None = Field(default=None, primary_key=True)
    file_number: str = Field(index=True)
    section: str = ""
    subdivision: str = ""
    effective_on: date
    basis: str
