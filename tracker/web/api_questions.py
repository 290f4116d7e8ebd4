"""What the API is asked: the parameters of each address, and how each is read. Its description is made of these too."""

import re
from datetime import date, datetime
from typing import Annotated, Any, Final, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from tracker.lifecycle import Stage
from tracker.models import CHANGE_KINDS
from tracker.models.sources import ARTICLE_KINDS, HEARING_STATES

PAGE_SIZE: Final = 50
LARGEST_PAGE: Final = 200
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def _day(value: Any) -> date:
    """A date and nothing else that could be taken for one, such as the seconds since 1970."""
    if not _DAY.fullmatch(str(value)):
        raise ValueError("write a date (2026-01-31)")
    return date.fromisoformat(str(value))


def _day_or_moment(value: Any) -> date:
    """A date, or a moment with its zone (RFC 3339)."""
    if _DAY.fullmatch(str(value)):
        return _day(value)
    if not _MOMENT.fullmatch(str(value)):
        raise ValueError("write a date (2026-01-31) or a moment with its zone (2026-01-31T23:00:00Z)")
    return datetime.fromisoformat(str(value).upper())


Day = Annotated[date, BeforeValidator(_day)]
Moment = Annotated[
    date | AwareDatetime,
    BeforeValidator(_day_or_moment),
    WithJsonSchema({"type": "string", "anyOf": [{"format": "date"}, {"format": "date-time"}]}),
]
Word = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]
Cursor = Annotated[str, Field(pattern=r"^[0-9a-f]{1,15}$", description="Where the page before ended, from meta.next.")]
ChangeKind = Literal[CHANGE_KINDS]  # type: ignore[valid-type]
ArticleKind = Literal[ARTICLE_KINDS]  # type: ignore[valid-type]
HearingState = Literal[HEARING_STATES]  # type: ignore[valid-type]
ScopeName = Literal["tracked", "core", "related", "context", "out", "all"]


class Nothing(BaseModel):
    """An address that takes no parameter."""

    model_config = ConfigDict(extra="forbid")


class AsOf(Nothing):
    as_of: Moment | None = Field(
        None,
        description="The record as it was known then: a moment, or a date as it ended in New York. What is to come is "
        "answered as of now; meta.as_of says which moment was taken.",
    )


class Paged(Nothing):
    limit: int = Field(PAGE_SIZE, ge=1, le=LARGEST_PAGE, description="Rows of a page, at most.")
    cursor: Cursor | None = None


class MattersQuery(Paged, AsOf):
    scope: ScopeName = Field("tracked", description="By the label of today; tracked is core and related.")
    kind: Word = Field("", description='The kind of matter: "Introduction", "Executive Order" and so on.')
    stage: Stage | None = Field(None, description="With as_of, the stage it was in then; pages may then be short.")
    q: Word = Field("", description="A number, or words that stand in the matter as it reads today.")


class ChangesOfMatterQuery(Paged, AsOf):
    order: Literal["newest", "oldest"] = Field("newest", description="By when the tracker wrote them down.")


class ChangesQuery(ChangesOfMatterQuery):
    scope: ScopeName = Field("tracked", description="By the label of today; tracked is core and related.")
    kind: ChangeKind | None = None
    since: Moment | None = Field(
        None, description="Seen at that moment or later, or on that date in New York or later."
    )


class CoverageQuery(Paged, AsOf):
    kind: ArticleKind | None = None
    outlet: Word = Field("", description="The outlet's name, whole.")


class HearingsQuery(Paged):
    state: HearingState | None = None
    since: Day | None = Field(None, description="Held on that date or later.")
