"""The books of one run: what is held, what became different, and the rows that say so.

A `Ledger` lives inside one transaction. It answers "what do we hold of this matter" from memory, loading in batches
what it has not met; it notes each change; and `posting` writes the last state of everything that became different,
in bulk. So a replay of five years writes each row once, however often it was edited, and forgets none of the edits.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session

from scrapers.records import ActionRecord, MatterRecord, PersonRecord, VoteRecord
from tracker.changes import Found, find_changes
from tracker.database import next_id
from tracker.held import Held, load, table
from tracker.identity import Identity
from tracker.models import Action, Capture, Change, Matter, Person
from tracker.readings import Readings
from tracker.truth import EDITORS, Trust, renamed

Row = dict[str, Any]


class Sight(NamedTuple):
    """Where and when one document was seen."""

    at: datetime
    place: str
    address: str
    digest: str


@dataclass(slots=True)
class ActionState:
    """An action row to write, as it reads now."""

    matter_id: int
    record: ActionRecord
    position: int
    first_seen_at: datetime
    is_new: bool
    last_seen_at: datetime | None = None
    withdrawn_at: datetime | None = None


class Ledger:
    """The matters of one run; `posting.post` writes it."""

    def __init__(self, session: Session, run_id: int, source: str, trust: Trust) -> None:
        self.session = session
        self.run_id = run_id
        self.readings = Readings(session, source, trust)
        self.found = 0
        self.held: dict[str, Held] = {}
        self.by_id: dict[int, Held] = {}
        matters = table(Matter)
        columns = (matters.c.source_id, matters.c.place, matters.c.file_number, matters.c.removed_at)
        known = session.execute(sa.select(*columns)).all()
        self._unread = {row.source_id for row in known}
        self.places = {row.place: row.source_id for row in known if row.removed_at is None}
        people = session.execute(sa.select(table(Person))).all()
        self._identity = Identity(
            ((row.source_id, row.file_number) for row in known if row.removed_at is None),
            ((row.source_id, row.name) for row in people),
        )
        self._people: dict[str, tuple[int, str]] = {row.source_id: (row.id, row.name) for row in people}
        self._next = {model: next_id(session, model.id) for model in (Matter, Action, Person, Capture, Change)}
        self._last_texts: dict[str, tuple[str | None, str | None]] = {}
        self.clear()

    def clear(self) -> None:
        """Forget what was written; what is held stays."""
        self.new: set[int] = set()
        self.dirty: dict[int, bool] = {}  # matter id -> whether what scope is judged by became different
        self.verdicts: dict[int, tuple[str, str]] = {}
        self.scope_stands: set[int] = set()  # matters whose scope a more trusted source has settled
        self.texts: dict[tuple[int, str], Row] = {}
        self.touched: set[int] = set()
        self.actions: dict[int, ActionState] = {}
        self.votes: dict[int, tuple[VoteRecord, ...]] = {}
        self.sponsors: set[int] = set()
        self.documents: set[int] = set()
        self.new_people: dict[str, Row] = {}
        self.renamed: dict[int, str] = {}
        self.captures: list[Row] = []
        self.rows: list[Row] = []

    def prefetch(self, source_ids: Iterable[str]) -> None:
        """Load what we hold of these matters and have not met in this run."""
        wanted = [key for key in dict.fromkeys(source_ids) if key in self._unread]
        if wanted:
            self._unread.difference_update(wanted)
            self.held |= (found := load(self.session, wanted))
            self.by_id |= {held.id: held for held in found.values()}
            self.readings.prefetch(found.values())

    @property
    def new_actions(self) -> set[int]:
        """Ids of the action rows that are not in the tables yet."""
        return {key for key, state in self.actions.items() if state.is_new}

    @property
    def pending(self) -> int:
        """Rows of changes waiting to be written."""
        return len(self.rows)

    def identified(self, record: MatterRecord) -> MatterRecord:
        """The record under the ids we know; a matter held under a page's id takes the Council's when that comes."""
        record = self._identity.of(record)
        heir = self._identity.heir_of(record)
        if heir and record.source_id not in self._unread and record.source_id not in self.held:
            self.prefetch([heir])
            held = self.held.pop(heir)
            held.record = held.record._replace(source_id=record.source_id)
            self.held[record.source_id] = held
            self.places = {place: record.source_id if key == heir else key for place, key in self.places.items()}
            self.dirty.setdefault(held.id, False)
            self._identity.learn(record.source_id, record.file_number)
        return record

    def settled_at(self, held: Held) -> datetime | None:
        """What is older than this is no news from this source; None where anything is."""
        if held.settled_at is None or self.readings.source == EDITORS:
            return None
        return (self.readings.last_of_source(held) if self.readings.concerns(held) else None) or held.settled_at

    def see(self, record: MatterRecord, sight: Sight) -> None:
        """Compare a matter with what is held of it, and hold what was seen."""
        text, verdict = record.text, (record.scope, record.scope_reason)
        record = record._replace(text=self._digest(record.source_id, text), scope="", scope_reason="")
        held = self.held.get(record.source_id)
        if held is None:
            held = self._hold(record._replace(partial=False), sight)
            self.verdicts[held.id] = verdict
            self._add(held, sight, find_changes(None, record))
            self._differs(held, None, record, sight.at, text)
            return
        old = held.record
        if self.readings.concerns(held):
            said = record.text
            old, record = self._settle(held, record, sight)
            text = text if record.text == said else None  # another source's text stands, and its words are stored
            if verdict[0] and self.readings.above(held):
                self.scope_stands.add(held.id)
                verdict = ("", "")
        record = _completed(record, old)
        if held.removed_at is not None and self.readings.source != EDITORS:
            self._add(held, sight, [Found("returned", "", record.status)])
            held.removed_at = None
            self.dirty.setdefault(held.id, False)
        if verdict[0]:
            self.verdicts[held.id] = verdict
        if old != record:
            held.record = record
            self._add(held, sight, find_changes(old, record))
            self._differs(held, old, record, sight.at, text)
        self._moved(held, sight)

    def _settle(self, held: Held, seen: MatterRecord, sight: Sight) -> tuple[MatterRecord, MatterRecord]:
        """What is held and what is to be, where several sources tell of a matter; both under the same ids."""
        self._identity.learn_people(seen)
        old, in_part = self._with_people(held), self.readings.shown_in_part(held)
        record = self.readings.settle(held, seen, sight.at, self._identity.with_people)
        if in_part:  # what no page shows is no news when it comes by another road
            old = old._replace(final_action_on=record.final_action_on, text=None)
        names = renamed(old.actions, record.actions)
        for before, after in names.items():
            held.rows[after] = held.rows.pop(before)
        actions = tuple(row._replace(source_id=names.get(row.source_id, row.source_id)) for row in old.actions)
        for position, row in enumerate(record.actions):
            if row.source_id in names.values():
                self._state(held, row, position, held.first_seen_at)
                self.dirty.setdefault(held.id, False)
        old = old._replace(actions=actions)
        held.record = old
        return old, record

    def _with_people(self, held: Held) -> MatterRecord:
        """What is held, with members under the Council's ids as far as they are known by now; written so, too."""
        known = self._identity.with_people(held.record)
        if known.sponsors != held.record.sponsors:
            self.sponsors.add(held.id)
        for before, after in zip(held.record.actions, known.actions, strict=True):
            if before.votes != after.votes:
                self.votes[held.rows[after.source_id]] = after.votes
        return known

    def lose(self, held: Held, sight: Sight) -> None:
        """The source no longer shows a matter. It stays, marked."""
        self._add(held, sight, [Found("removed", held.record.status, "")])
        held.removed_at = sight.at
        self.dirty.setdefault(held.id, False)
        if self.places.get(held.place) == held.record.source_id:
            del self.places[held.place]

    def _hold(self, record: MatterRecord, sight: Sight) -> Held:
        held = Held(self._id(Matter), record, sight.place, sight.at, sight.at, source=self.readings.source)
        self.held[record.source_id] = self.by_id[held.id] = held
        self.places[sight.place] = record.source_id
        self._identity.learn(record.source_id, record.file_number)
        self.new.add(held.id)
        return held

    def _moved(self, held: Held, sight: Sight) -> None:
        if self.readings.source == EDITORS:
            return  # an editor's act is no look at the source
        held.last_seen_at = max(held.last_seen_at, sight.at)
        self.touched.add(held.id)
        self.readings.found(held, sight.at)
        if self.readings.concerns(held):
            self._read_by_another(held)
            return
        self.places[sight.place] = held.record.source_id
        if held.place != sight.place:
            if self.places.get(held.place) == held.record.source_id:
                del self.places[held.place]
            held.place = sight.place
            self.dirty.setdefault(held.id, False)

    def _read_by_another(self, held: Held) -> None:
        """A matter stays in the place where its first source keeps it, so that what vanishes there is missed."""
        if held.source != self.readings.source:
            held.source = self.readings.source
            self.dirty.setdefault(held.id, False)

    def _add(self, held: Held, sight: Sight, found: list[Found]) -> None:
        if not found:
            return
        capture = self._id(Capture)
        self.captures.append(
            {
                "id": capture,
                "run_id": self.run_id,
                "address": sight.address,
                "digest": sight.digest,
                "seen_at": sight.at,
            }
        )
        for kind, before, after, action_id, acted_on in found:
            self.rows.append(
                {
                    "id": self._id(Change),
                    "matter_id": held.id,
                    "run_id": self.run_id,
                    "capture_id": capture,
                    "file_number": held.record.file_number,
                    "observed_at": sight.at,
                    "kind": kind,
                    "action_id": action_id,
                    "acted_on": acted_on,
                    "before": before,
                    "after": after,
                }
            )
        self.found += len(found)

    def _differs(self, held: Held, old: MatterRecord | None, new: MatterRecord, at: datetime, text: str | None) -> None:
        text_differs = text is not None and (old is None or (old.text, old.version) != (new.text, new.version))
        words_differ = old is None or (old.name, old.title, old.summary) != (new.name, new.title, new.summary)
        self.dirty[held.id] = self.dirty.get(held.id, False) or text_differs or words_differ
        if text_differs:
            first = self.texts.get((held.id, new.version), {}).get("first_seen_at", at)
            self.texts[held.id, new.version] = {"digest": new.text, "text": text, "first_seen_at": first}
        if old is None or old.actions != new.actions:
            self._actions_differ(held, old.actions if old else (), new.actions, at)
        if old is None or old.sponsors != new.sponsors:
            self.sponsors.add(held.id)
        if new.documents is not None and (old is None or old.documents != new.documents):
            self.documents.add(held.id)

    def _actions_differ(
        self, held: Held, old: tuple[ActionRecord, ...], new: tuple[ActionRecord, ...], at: datetime
    ) -> None:
        before = {action.source_id: (position, action) for position, action in enumerate(old)}
        for position, action in enumerate(new):
            was = before.pop(action.source_id, None)
            if was != (position, action):
                self._action_differs(held, was[1] if was else None, action, position, at)
        for position, action in before.values():
            state = self._state(held, action, position, held.first_seen_at)
            state.last_seen_at, state.withdrawn_at = held.last_seen_at, at

    def _action_differs(
        self, held: Held, was: ActionRecord | None, action: ActionRecord, position: int, at: datetime
    ) -> None:
        state = self._state(held, action, position, at)
        state.last_seen_at = state.withdrawn_at = None
        row_id = held.rows[action.source_id]
        # a row that comes back may come back without the votes it had
        back = was is None and (not state.is_new or row_id in self.votes)
        if back or action.votes != (was.votes if was else ()):
            self.votes[row_id] = action.votes

    def _state(self, held: Held, action: ActionRecord, position: int, first_seen_at: datetime) -> ActionState:
        row_id = held.rows.get(action.source_id)
        is_new = row_id is None
        if row_id is None:
            row_id = held.rows[action.source_id] = self._id(Action)
        state = self.actions.get(row_id)
        if state is None:
            state = self.actions[row_id] = ActionState(held.id, action, position, first_seen_at, is_new)
        state.record, state.position = action, position
        return state

    def _digest(self, source_id: str, text: str | None) -> str | None:
        """The text's own address; most texts are the one that was seen last, and need no second reckoning."""
        last = self._last_texts.get(source_id)
        if last is None or last[0] != text:
            last = self._last_texts[source_id] = (text, digest_of(text))
        return last[1]

    def _id(self, model: Any) -> int:
        number = self._next[model]
        self._next[model] = number + 1
        return number

    def person_id(self, person: PersonRecord) -> int:
        """The row of a member, made or renamed as needed."""
        known = self._people.get(person.source_id)
        if known is None:
            known = self._people[person.source_id] = (self._id(Person), person.name)
            self.new_people[person.source_id] = {"id": known[0], **person._asdict()}
        elif known[1] != person.name:
            self._people[person.source_id] = (known[0], person.name)
            if person.source_id in self.new_people:
                self.new_people[person.source_id]["name"] = person.name
            else:
                self.renamed[known[0]] = person.name
        return known[0]


def digest_of(text: str | None) -> str | None:
    """A text's own address; None stays None (not carried) and "" stays "" (empty)."""
    return sha256(text.encode()).hexdigest() if text else text


def _completed(seen: MatterRecord, held: MatterRecord) -> MatterRecord:
    """What this source does not carry stays as another source left it."""
    if seen.text is None and held.text is not None:
        seen = seen._replace(text=held.text)
    if seen.summary is None and held.summary is not None:
        seen = seen._replace(summary=held.summary)
    if seen.documents is None and held.documents is not None:
        seen = seen._replace(documents=held.documents)
    return seen
