"""What a scraper returns: the source's own words, tidied of stray white space and nothing more.

Named tuples rather than dataclasses: a replay builds and compares some twenty million of them, and a tuple is
built and compared in C. A field that the source left empty is ``""``; a field that this *kind* of source never
carries is ``None``, and is then not compared with what another source said.

Dates are ISO dates (``2025-10-09``) as printed. ``clock`` is New York wall clock (``13:25:00``): Legistar prints
no zone, and the archive adds a ``Z`` that is wrong (54,077 rows of it were compared with their meetings).
"""

from typing import NamedTuple


class PersonRecord(NamedTuple):
    """A member as the source names them; ``source_id`` is the Council's PersonId."""

    source_id: str
    name: str


class VoteRecord(NamedTuple):
    """One member's vote on one action; ``value`` in the Council's word ("Affirmative", "Negative", "Absent" ...)."""

    person: PersonRecord
    value: str


class ActionRecord(NamedTuple):
    """One row of a matter's history. ``source_id`` is the source's row id, the only safe key."""

    source_id: str
    acted_on: str
    clock: str
    code: int
    name: str
    body: str
    result: str = ""
    version: str = ""
    note: str = ""
    event_id: str = ""
    votes: tuple[VoteRecord, ...] = ()
    url: str = ""
    confidence: str = ""


class DocumentRecord(NamedTuple):
    """An attachment: name and address."""

    source_id: str
    name: str
    url: str


class MatterRecord(NamedTuple):
    """One matter as one source shows it at one moment.

    ``kind`` is the source's type name ("Introduction", "Resolution", "Executive Order" ...). ``final_action_on`` is
    Legistar's PassedDate, which is set on bills that never passed; ``local_law`` reads ``2026/063`` or ``""``.
    ``issuer`` and ``signer`` are for orders: EO 50 of 2025 was issued by one man and signed by another. ``scope``
    is a verdict that a source brings along because it does not carry the text by which the rule judges.
    """

    source_id: str
    file_number: str
    kind: str
    name: str
    title: str
    status: str
    body: str
    introduced_on: str
    final_action_on: str
    enacted_on: str
    local_law: str
    version: str
    sponsors: tuple[PersonRecord, ...]
    actions: tuple[ActionRecord, ...]
    summary: str | None = ""
    documents: tuple[DocumentRecord, ...] | None = None
    text: str | None = None
    url: str = ""
    issuer: str = ""
    signer: str = ""
    scope: str = ""
    scope_reason: str = ""


class Observation(NamedTuple):
    """A document of a source, read at ``observed_at`` (unix seconds); ``matter`` is None where it was gone.

    ``place`` is where the source keeps it (a path), ``address`` where anybody can look at just this version of it,
    ``digest`` the content's own address (``sha1:`` for a git blob, ``sha256:`` otherwise).
    """

    observed_at: int
    place: str
    address: str
    digest: str
    matter: MatterRecord | None


class Unreadable(NamedTuple):
    """A document that is there and could not be understood: never the same as "gone"."""

    observed_at: int
    place: str
    reason: str


class RelationRecord(NamedTuple):
    """``earlier`` and ``later`` are file numbers; ``kind`` reads from the later to the earlier one.

    reintroduces, amends, repeals, supersedes, revokes, continues, companion, implements, challenges, answers.
    """

    earlier: str
    later: str
    kind: str
    evidence: str
    confidence: str = "high"


class SectionRecord(NamedTuple):
    """What a matter does to a section: ``code`` is "admin" or "charter", ``effect`` adds, amends or repeals."""

    file_number: str
    code: str
    section: str
    subdivision: str
    effect: str


class NoteRecord(NamedTuple):
    """Our own words on a matter: a headline, one neutral sentence, the names the press gives it, what is unverified."""

    file_number: str
    headline: str
    sentence: str
    popular_names: str = ""
    state: str = ""
    unverified: str = ""


class ScopeRecord(NamedTuple):
    """An editor's word on whether a matter is tracked, with the reason."""

    file_number: str
    scope: str
    reason: str
