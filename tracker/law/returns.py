"""Lineage with the database: which tracked matters bring an earlier one back, found at the end of a run and kept.

A matter is looked at once for each reading of its title and text, so that a run with nothing new asks one
question and no more.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import sha256

import sqlalchemy as sa
from sqlmodel import Session

from scrapers.records import RelationRecord
from tracker import facts, search
from tracker.database import next_id
from tracker.errors import NotFound
from tracker.held import iso, table
from tracker.law import lineage
from tracker.law.lineage import PUBLISHED, SOURCE, Form, Proposal, Titles
from tracker.models import TRACKED, Matter, Person, Sponsorship, Version
from tracker.models.law import LineageLook, RelationProposal, RelationWord
from tracker.posting import insert

SURE = 0.95
EDITORS = "editors"  # whose word a relation is that an editor accepted
_PER_PROBE = 10  # matters that one question to the search index may add


def find_returns(session: Session, now: datetime) -> int:
    """Look at every tracked matter that is new or reads differently; keep what was found. Says how many it looked at.

    Commits nothing; the caller's transaction does.
    """
    due = dict(_due(session))
    if not due:
        return 0
    finder = Finder(session)
    for number in due:
        _keep(session, number, finder.find(number), now)
    looks = table(LineageLook)
    ids = [matter_id for matter_id, _ in due.values()]
    session.execute(looks.delete().where(looks.c.matter_id.in_(ids)))
    insert(session, LineageLook, ({"matter_id": key, "digest": digest} for key, digest in due.values()))
    settle(session)
    return len(due)


def settle(session: Session) -> None:
    """Put into force which bills came back: what editors said of a pair, and the rule where no editor spoke.

    Commits nothing.
    """
    facts.relate(session, EDITORS, list(_accepted(session)))
    facts.relate(session, SOURCE, list(_published(session)))


def proposals(session: Session, numbers: Iterable[str]) -> Iterator[Proposal]:
    """What the rule says of these matters now, without keeping it. Raises NotFound for a number that is not held."""
    finder = Finder(session)
    for number in numbers:
        found = finder.find(number)
        if found is not None:
            yield found


def council_numbers(session: Session, *, tracked_only: bool) -> list[str]:
    """The bills and resolutions that can have come back, by number."""
    return sorted(session.execute(_bills(sa.select(table(Matter).c.file_number), tracked_only)).scalars())


class Finder:
    """All Council files made ready for comparison: their titles in memory, their texts where they are."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._titles = Titles(_forms(session))

    def __len__(self) -> int:
        return len(self._titles.forms)

    def find(self, number: str) -> Proposal | None:
        """What the matter brings back, if anything. Raises NotFound."""
        later = self._titles.forms.get(number)
        if later is None:
            raise NotFound(f"{number} is not among the bills and resolutions that are held.")
        text = self._texts([number]).get(number, "")
        candidates = self._titles.candidates(later, text, self._alike(text))
        return lineage.propose(later, text, candidates, self._texts([each.file_number for each in candidates]))

    def _alike(self, text: str) -> list[str]:
        """Matters in whose texts the same groups of words stand, whatever they are called."""
        ids = {key for probe in lineage.probes(text) for key in search.find(self._session, probe, _PER_PROBE)}
        matters = table(Matter)
        chosen = sa.select(matters.c.file_number).where(matters.c.id.in_(sorted(ids)))
        return sorted(self._session.execute(chosen).scalars())

    def _texts(self, numbers: list[str]) -> dict[str, str]:
        matters, versions = table(Matter), table(Version)
        this = sa.and_(versions.c.matter_id == matters.c.id, versions.c.label == matters.c.version)
        chosen = sa.select(matters.c.file_number, versions.c.text).join(versions, this)
        chosen = chosen.where(matters.c.file_number.in_(numbers), matters.c.removed_at.is_(None))
        return dict(self._session.execute(chosen).all())


def _forms(session: Session) -> Iterator[Form]:
    matters, sponsors, people = table(Matter), table(Sponsorship), table(Person)
    prime = sa.and_(sponsors.c.matter_id == matters.c.id, sponsors.c.position == 0)
    columns = (
        matters.c.file_number, matters.c.kind, matters.c.name, matters.c.title, people.c.name.label("sponsor"),
        matters.c.introduced_on, matters.c.is_law,
    )  # fmt: skip
    chosen = sa.select(*columns).select_from(matters.outerjoin(sponsors, prime).outerjoin(people))
    for row in session.execute(_bills(chosen, tracked_only=False)):
        words = row.file_number, row.kind, row.name, row.title, row.sponsor or ""
        yield lineage.form(*words, iso(row.introduced_on), row.is_law)


def _bills(chosen: sa.Select[tuple[object, ...]], tracked_only: bool) -> sa.Select[tuple[object, ...]]:
    matters = table(Matter)
    chosen = chosen.where(matters.c.kind.in_(sorted(lineage.KINDS)), matters.c.removed_at.is_(None))
    return chosen.where(matters.c.scope.in_(TRACKED)) if tracked_only else chosen


def _due(session: Session) -> Iterator[tuple[str, tuple[int, str]]]:
    """Tracked matters that were not looked at in their present reading, with its digest."""
    matters, looks = table(Matter), table(LineageLook)
    columns = (matters.c.id, matters.c.file_number, matters.c.name, matters.c.title, matters.c.text_digest)
    chosen = sa.select(*columns, looks.c.digest).select_from(matters.outerjoin(looks))
    for row in session.execute(_bills(chosen, tracked_only=True).order_by(matters.c.file_number)):
        reading = "\n".join((row.name, row.title, row.text_digest or ""))
        digest = sha256(reading.encode()).hexdigest()
        if digest != row.digest:
            yield row.file_number, (row.id, digest)


def _keep(session: Session, number: str, found: Proposal | None, now: datetime) -> None:
    rows = table(RelationProposal)
    session.execute(rows.delete().where(rows.c.later == number))
    if found is not None:
        row = {
            "id": next_id(session, RelationProposal.id), "earlier": found.earlier, "later": found.later,
            "score": found.score, "reasons": found.evidence, "outcome": found.outcome, "found_at": now,
        }  # fmt: skip
        insert(session, RelationProposal, [row])


def _accepted(session: Session) -> Iterator[RelationRecord]:
    words = table(RelationWord)
    chosen = sa.select(words).where(words.c.verdict == "accepted").order_by(words.c.later, words.c.earlier)
    for row in session.execute(chosen):
        yield RelationRecord(row.earlier, row.later, "reintroduces", row.evidence, "high")


def _published(session: Session) -> Iterator[RelationRecord]:
    rows, words = table(RelationProposal), table(RelationWord)
    spoken = sa.select(words.c.later).where(words.c.later == rows.c.later, words.c.earlier == rows.c.earlier)
    chosen = sa.select(rows).where(rows.c.outcome == PUBLISHED, ~spoken.exists())
    for row in session.execute(chosen.order_by(rows.c.id)):
        confidence = "high" if row.score >= SURE else "medium"
        yield RelationRecord(row.earlier, row.later, "reintroduces", row.reasons, confidence)
