"""What the API gives. Its description (OpenAPI) is made of these.

Names of fields are those of the tables, see docs/data-dictionary.md. ``*_on`` is a New York date that the City gave,
``*_at`` a moment of ours in UTC. A field is null where nothing is known.
"""

from datetime import date, datetime

from pydantic import BaseModel


class Source(BaseModel):
    """One source: when it was last read well, and how the last try ended."""

    source: str
    name: str
    last_good_at: datetime | None
    last_try_at: datetime
    last_try_outcome: str


class Meta(BaseModel):
    """What stands beside every answer. `next` is the whole address of the next page."""

    as_of: datetime | None = None
    next: str | None = None
    sources: list[Source]


class Matter(BaseModel):
    """A matter in a list. `title` is our headline where we wrote one, else the Council's short name."""

    slug: str
    number: str
    kind: str
    title: str | None
    status: str
    stage: str
    stage_since: date | None
    is_law: bool
    how: str
    local_law: str
    introduced_on: date | None
    enacted_on: date | None
    scope: str
    removed: bool
    first_seen_at: datetime
    page: str


class Action(BaseModel):
    """One dated act. `version` and `note` are null with as_of: what they were then is not kept."""

    id: str
    acted_on: date
    clock: str
    code: int
    name: str
    body: str
    result: str
    version: str | None
    note: str | None
    url: str
    confidence: str
    first_seen_at: datetime
    withdrawn_at: datetime | None


class Section(BaseModel):
    """What a matter does, or would do, to a section."""

    code: str
    section: str
    subdivision: str
    effect: str


class Relation(BaseModel):
    """Another matter and how this one stands to it; `forward` says that this one is the later."""

    kind: str
    forward: bool
    number: str
    slug: str | None
    evidence: str
    confidence: str


class Document(BaseModel):
    name: str
    url: str


class Capture(BaseModel):
    """The document that showed the last change, and the digest of its content."""

    address: str
    digest: str
    seen_at: datetime


class MatterInFull(Matter):
    """A matter with all that is held of it. The lists that are null with as_of are not kept as they were."""

    name: str | None
    official_title: str
    summary: str | None
    sentence: str
    body: str
    issuer: str
    signer: str
    final_action_on: date | None
    provisional: bool
    disagreements: list[str]
    scope_reason: str
    official_address: str
    last_seen_at: datetime | None
    last_capture: Capture | None
    actions: list[Action]
    sponsors: list[str] | None
    sections: list[Section] | None
    relations: list[Relation] | None
    documents: list[Document] | None


class Change(BaseModel):
    """What we saw change. `number` is the one the matter bore at that moment."""

    id: int
    matter: str
    number: str
    kind: str
    observed_at: datetime
    acted_on: date | None
    action_id: str
    before: str
    after: str
    sentence: str
    capture: str
    page: str


class Covered(BaseModel):
    """A measure that an article covers, with the words that say so."""

    number: str
    slug: str | None
    role: str
    evidence: str


class Article(BaseModel):
    """One piece of published coverage. `author` is "" where no byline is known."""

    headline: str
    author: str
    outlet: str
    kind: str
    address: str
    language: str
    published_on: date | None
    first_seen_at: datetime
    measures: list[Covered]


class Ballot(BaseModel):
    name: str
    vote: str


class Vote(BaseModel):
    """One roll call. `yes` and `no` count the two words that decide; everybody is in `members`."""

    action_id: str
    acted_on: date
    body: str
    action: str
    result: str
    yes: int
    no: int
    members: list[Ballot]


class OnAgenda(BaseModel):
    slug: str
    number: str
    title: str


class Hearing(BaseModel):
    """One meeting with a followed matter on its agenda. `sequence` counts its moves."""

    id: int
    body: str
    held_on: date
    clock: str
    first_held_on: date
    first_clock: str
    location: str
    topic: str
    state: str
    status: str
    sequence: int
    changed_at: datetime
    url: str
    measures: list[OnAgenda]


class Deed(BaseModel):
    number: str
    slug: str | None
    effect: str
    subdivisions: list[str]
    is_law: bool
    on: date | None


class SectionHistory(BaseModel):
    """A section, and what matters did or would do to it, the oldest first."""

    code: str
    section: str
    deeds: list[Deed]


class MatterList(BaseModel):
    data: list[Matter]
    meta: Meta


class MatterAnswer(BaseModel):
    data: MatterInFull
    meta: Meta


class ActionList(BaseModel):
    data: list[Action]
    meta: Meta


class ChangeList(BaseModel):
    data: list[Change]
    meta: Meta


class ArticleList(BaseModel):
    data: list[Article]
    meta: Meta


class VoteList(BaseModel):
    data: list[Vote]
    meta: Meta


class HearingList(BaseModel):
    data: list[Hearing]
    meta: Meta


class SectionList(BaseModel):
    data: list[SectionHistory]
    meta: Meta


class SourceList(BaseModel):
    data: list[Source]
    meta: Meta


class Problem(BaseModel):
    """What went wrong (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
