"""What a scraper returns: the source's own words, tidied of stray white space and nothing more.

Named tuples rather than dataclasses: a replay builds and compares some twenty million of them, and a tuple is
built and compared in C. A field that the source left empty is ``""``; a field that this *kind* of source never
carries is ``None``, and is then not compared with what another source said.

Dates are ISO dates (``2025-10-09``) as printed. ``clock`` is New York wall clock (``13:25:00``): Legistar prints
no zone, and the archive adds a ``Z`` that is wrong (54,077 rows of it were compared with their meetings).
"""

from typing import NamedTuple


def file_number_of(printed: str) -> str:
    """A file number with a capital: the Council once wrote ``int 0201-2026``, and means one matter by it."""
    return printed[:1].upper() + printed[1:]


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

    ``partial`` says that the source does not show every action: one that is missing says nothing (a bill page hides
    what draft minutes will show; City Hall knows when an order was signed, not what a court did to it). A source that
    does not know the Council's own ids prefixes its own: ``web:7696059``; `tracker` finds out whom it means.
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
    partial: bool = False


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


class LawDateRecord(NamedTuple):
    """When a law, or the section and subdivision named, took effect; ``effective_on`` is an ISO date."""

    file_number: str
    section: str
    subdivision: str
    effective_on: str
    basis: str


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


class ListedMatter(NamedTuple):
    """One line of a list of matters: enough to know that there is one, and where. ``address`` is absolute."""

    file_number: str
    kind: str
    status: str
    body: str
    title: str
    local_law: str
    address: str


class AgendaItemRecord(NamedTuple):
    """One matter on a meeting's agenda; ``matter_id`` is the Council's MatterId, or "" where the page has none."""

    source_id: str
    file_number: str
    matter_id: str
    title: str
    action: str = ""


class MeetingRecord(NamedTuple):
    """One meeting of the Council or of a committee, as listed.

    ``source_id`` is the Council's EventId (a page's own id reads ``web:123``). ``held_on`` is an ISO date, ``clock``
    New York wall clock ``13:30:00`` or "" where no time is given. ``status`` is the agenda's word: Final, Draft,
    Deferred, Cancelled ... ``topic`` is the list's comment. ``items`` is None where the agenda was not looked at.
    """

    source_id: str
    body: str
    held_on: str
    clock: str
    location: str
    status: str
    topic: str
    url: str
    items: tuple[AgendaItemRecord, ...] | None = None


class OrderRecord(NamedTuple):
    """One mayoral order as published: number, dates, words.

    ``key`` is ``2026-EO-013`` or ``2026-EEO-2.38`` (numbers restart with each mayor, so the year belongs to it);
    ``series`` "EO" or "EEO"; ``number`` as printed without leading zeros ("13", "2.38"). ``dated_on`` is the date in
    the text, ``listed_on`` the list's, ISO, "" where unknown: 44 of 974 differ. ``issuer`` is the mayor in office,
    ``signer`` the name under the text. ``complete`` is False where the text is known or suspected to be cut short;
    ``doubts`` says in sentences what is off.
    """

    key: str
    series: str
    number: str
    year: int
    subject: str
    issuer: str
    signer: str
    dated_on: str
    listed_on: str
    address: str
    pdf_address: str
    text: str
    complete: bool
    doubts: tuple[str, ...] = ()


class ReleaseRecord(NamedTuple):
    """One item of the Mayor's news that is no order: ``kind`` is the list's type ("press-releases", "statements" ...).

    ``text`` is for matching and is not kept; ``excerpt`` is its first sentence, 280 characters at most.
    """

    address: str
    title: str
    published_on: str
    kind: str
    excerpt: str
    text: str


class CoverageRecord(NamedTuple):
    """A link from an article to a measure, found by a person: the article as it is cited, and the words that say so.

    ``kind`` is the article's (news, opinion, government, advocacy), ``link_kind`` how it names the measure (explicit,
    by-name, by-description), ``role`` main or background; ``story`` is the same for copies of one story, or "".
    """

    address: str
    outlet: str
    kind: str
    headline: str
    published_on: str
    language: str
    story: str
    file_number: str
    link_kind: str
    role: str
    evidence: str
