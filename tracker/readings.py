"""What each source last said of the matters that more than one of them tells of, and the rows of their disagreements.

Most matters have one source, and cost nothing here: only when a second one speaks is the first one's word written down.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa
import zstandard
from sqlmodel import Session

from scrapers.records import ActionRecord, DocumentRecord, MatterRecord, PersonRecord, VoteRecord
from tracker.held import BATCH, Held, table
from tracker.models.sources import Disagreement, Reading
from tracker.truth import PARTIAL, Differs, Trust, settle
from tracker.truth import Reading as Word

Known = Callable[[MatterRecord], MatterRecord]

LISTED = "listed"  # the disagreement on whether there is such a matter at all


class Readings:
    """The readings of one run, for one source; `save` writes what became different."""

    def __init__(self, session: Session, source: str, trust: Trust) -> None:
        self.source = source
        self._session = session
        self._trust = trust
        self._words: dict[int, dict[str, Word]] = {}
        self._several = set(session.execute(sa.select(table(Reading).c.matter_id).distinct()).scalars())
        open_rows = sa.select(table(Disagreement).c.matter_id).where(
            table(Disagreement).c.field == LISTED,
            table(Disagreement).c.trusted_source == source,
            table(Disagreement).c.ended_at.is_(None),
        )
        self._missed = set(session.execute(open_rows).scalars())
        self._differ: dict[int, tuple[datetime, tuple[Differs, ...]]] = {}
        self._said: set[int] = set()

    def concerns(self, held: Held) -> bool:
        """Whether another source has a word on this matter."""
        return held.source != self.source or held.id in self._several

    def prefetch(self, matters: Iterable[Held]) -> None:
        """Load the readings of these matters, those that were not met yet."""
        wanted = [held.id for held in matters if held.id in self._several and held.id not in self._words]
        for start in range(0, len(wanted), BATCH):
            rows = table(Reading)
            query = sa.select(rows).where(rows.c.matter_id.in_(wanted[start : start + BATCH]))
            for row in self._session.execute(query):
                word = Word(row.source, row.at, unpacked(row.record))
                self._words.setdefault(row.matter_id, {})[row.source] = word

    def last_of_source(self, held: Held) -> datetime | None:
        """When this source last spoke of the matter; None where it never did."""
        if held.id not in self._several:
            return held.last_seen_at if held.source == self.source else None
        word = self._words.get(held.id, {}).get(self.source)
        return word.at if word else None

    def found(self, held: Held, at: datetime) -> None:
        """End the word that this source does not know the matter, if there is one."""
        if held.id in self._missed:
            self._missed.discard(held.id)
            rows = table(Disagreement)
            mine = (rows.c.matter_id == held.id, rows.c.field == LISTED, rows.c.trusted_source == self.source)
            self._session.execute(rows.update().where(*mine, rows.c.ended_at.is_(None)).values(ended_at=at))

    def shown_in_part(self, held: Held) -> bool:
        """Whether only sources that show a part have told of this matter so far."""
        words = self._words.get(held.id)
        return all(word.record.partial for word in words.values()) if words else held.source in PARTIAL

    def settle(self, held: Held, seen: MatterRecord, at: datetime, known: Known) -> MatterRecord:
        """The record to hold, now that this source has said ``seen``; ``known`` names people by the Council's ids."""
        words = self._words.setdefault(held.id, {})
        if not words and held.source:
            first = held.record._replace(partial=held.source in PARTIAL)
            words[held.source] = Word(held.source, held.last_seen_at, first)
        words = self._words[held.id] = {
            source: word._replace(record=known(word.record._replace(source_id=seen.source_id)))
            for source, word in words.items()
        }
        words[self.source] = Word(self.source, at, seen)
        self._several.add(held.id)
        self._said.add(held.id)
        found = settle(list(words.values()), self._trust)
        self._differ[held.id] = (at, found.differences)
        return found.record

    def above(self, held: Held) -> list[Word]:
        """The words of sources that are more trusted on this matter."""
        kind = held.record.kind
        mine = self._trust.rank(self.source, kind)
        return [word for word in self._words.get(held.id, {}).values() if self._trust.rank(word.source, kind) < mine]

    def vouched(self, held: Held, at: datetime) -> bool:
        """Whether a more trusted source that was lately read still shows a matter that this one lost."""
        return any(word.at > at - self._trust.fresh_for for word in self.above(held))

    def save(self) -> None:
        """Write readings and disagreements down. The rows of matters must be there."""
        rows = table(Reading)
        for key in self._said:
            self._session.execute(rows.delete().where(rows.c.matter_id == key))
            for word in self._words[key].values():
                packed_record = packed(word.record)
                self._session.execute(
                    rows.insert().values(matter_id=key, source=word.source, at=word.at, record=packed_record)
                )
            at, differences = self._differ[key]
            self._note(key, at, differences)
        self._said.clear()

    def _note(self, matter_id: int, at: datetime, differences: tuple[Differs, ...]) -> None:
        """Open rows that still hold are seen again, those that do not are ended, new ones begin."""
        rows = table(Disagreement)
        open_rows = sa.select(rows).where(
            rows.c.matter_id == matter_id, rows.c.ended_at.is_(None), rows.c.field != LISTED
        )
        known = {
            Differs(row.field, row.trusted_source, row.trusted_value, row.other_source, row.other_value): row.id
            for row in self._session.execute(open_rows)
        }
        for differs, row_id in known.items():
            column = "last_seen_at" if differs in differences else "ended_at"
            self._session.execute(rows.update().where(rows.c.id == row_id).values({column: at}))
        for differs in dict.fromkeys(differences):
            if differs not in known:
                values = {"matter_id": matter_id, "first_seen_at": at, "last_seen_at": at, **differs._asdict()}
                self._session.execute(rows.insert().values(values))


def missed_before(session: Session, held_id: int, source: str, other: str, file_number: str, now: datetime) -> bool:
    """Note that a source does not know a matter that is held; True where it did not on an earlier day either.

    One answer of "no such thing" is an outage until it is said again on another day.
    """
    rows = table(Disagreement)
    query = sa.select(rows).where(
        rows.c.matter_id == held_id, rows.c.field == LISTED, rows.c.trusted_source == source, rows.c.ended_at.is_(None)
    )
    row = session.execute(query).first()
    if row is None:
        values = {
            "matter_id": held_id, "field": LISTED, "trusted_source": source, "trusted_value": "not found",
            "other_source": other, "other_value": file_number, "first_seen_at": now, "last_seen_at": now,
        }  # fmt: skip
        session.execute(rows.insert().values(values))
        return False
    session.execute(rows.update().where(rows.c.id == row.id).values(last_seen_at=now))
    first: datetime = row.first_seen_at
    return first.date() < now.date()


def packed(record: MatterRecord) -> bytes:
    """A record as bytes."""
    return zstandard.ZstdCompressor().compress(orjson.dumps(record, default=list))


def unpacked(body: bytes) -> MatterRecord:
    """The record that `packed` packed."""
    values: list[Any] = orjson.loads(zstandard.ZstdDecompressor().decompress(body))
    record = MatterRecord(*values)
    return record._replace(
        sponsors=tuple(PersonRecord(*each) for each in record.sponsors),
        actions=tuple(_action(each) for each in record.actions),
        documents=None if record.documents is None else tuple(DocumentRecord(*each) for each in record.documents),
    )


def _action(values: Any) -> ActionRecord:
    row = ActionRecord(*values)
    return row._replace(votes=tuple(VoteRecord(PersonRecord(*vote[0]), vote[1]) for vote in row.votes))
