"""What the record said of a matter at an earlier moment: what is held now, with every later change taken back. Pure.

Changes keep what a row read before, so the way back is to undo them, the newest first. What no change keeps (sponsors,
documents, the version and the note of a row) cannot be known as it was, and is not part of the answer. A row that was
withdrawn and came back otherwise is known by its date and name of then, and by its body and result of today. The stage
is derived anew from the rows of then, as it would have been on that day.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, NamedTuple

from tracker import lifecycle
from tracker.lifecycle import Outcome
from tracker.models import Action, Change, Matter
from tracker.vocabulary import code_of
from tracker.wording import NEW_YORK, new_york_date
from tracker.wording import changes as wording_changes

_NO_CODE: Final = 0  # of a row that bore a name which means nothing to us
_LAW_NUMBER: Final = re.compile(r"\d{4}/\d{3}", re.ASCII)
_TEXTS: Final = {
    "status_changed": "status",
    "renumbered": "file_number",
    "committee_changed": "body",
    "summary_changed": "summary",
}
_DATES: Final = {
    "enactment_date_changed": "enacted_on",
    "final_action_date_changed": "final_action_on",
    "introduction_date_changed": "introduced_on",
}


class Row(NamedTuple):
    """One row of the history as it read then; `acted_on` is an ISO date. It fits `lifecycle.ActionLike`."""

    source_id: str
    position: int
    acted_on: str
    clock: str
    code: int
    name: str
    body: str
    result: str
    first_seen_at: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """A matter as it was known. `name` is None where the title has changed since: the short name went with it."""

    file_number: str
    status: str
    title: str
    name: str | None
    summary: str | None
    body: str
    introduced_on: date | None
    final_action_on: date | None
    enacted_on: date | None
    local_law: str
    removed: bool
    actions: tuple[Row, ...]
    standing: Outcome


def moment(asked: date | datetime, now: datetime) -> datetime:
    """The moment a reader means: a day is asked as it ended in New York, and what is to come as it is now."""
    if isinstance(asked, datetime):
        return min(asked.astimezone(UTC), now)
    if asked >= new_york_date(now):
        return now
    return day_begins(asked + timedelta(days=1)) - timedelta(microseconds=1)


def day_begins(day: date) -> datetime:
    """Midnight in New York, in UTC."""
    return datetime.combine(day, time(), NEW_YORK).astimezone(UTC)


def known(matter: Matter, actions: Iterable[Action], changes: Iterable[Change], at: datetime) -> Known | None:
    """The matter as it was known at a moment; None where it had not been seen yet.

    ``actions`` are all rows ever seen, withdrawn ones too. ``changes`` must hold everything seen after ``at``.
    """
    if matter.first_seen_at > at:
        return None
    past = _Past(matter, actions)
    later = [change for change in changes if change.observed_at > at]
    for change in sorted(later, key=lambda change: (change.observed_at, change.id), reverse=True):
        past.undo(change)
    return past.as_known(at)


class _Past:
    """A matter on its way back."""

    def __init__(self, matter: Matter, actions: Iterable[Action]) -> None:
        self.matter = matter
        self.fields: dict[str, Any] = {
            name: getattr(matter, name) for name in (*_TEXTS.values(), *_DATES.values(), "title", "name", "local_law")
        }
        self.removed = matter.removed_at is not None
        held = list(actions)
        self.rows = {action.source_id: _row(action) for action in held}
        self.shown = {action.source_id for action in held if action.withdrawn_at is None}

    def undo(self, change: Change) -> None:
        """Take one change back. Those of kinds that touch nothing here leave everything as it is."""
        kind, before = change.kind, change.before
        if kind in _TEXTS:
            self.fields[_TEXTS[kind]] = before
        elif kind in _DATES:
            self.fields[_DATES[kind]] = _date(before)
        elif kind == "law_number_changed":
            self.fields["local_law"] = before if _LAW_NUMBER.fullmatch(before) else ""
        elif kind == "title_changed":
            self._retitle(change)
        elif kind in ("removed", "returned"):
            self.removed = kind == "returned"
        elif kind == "action_added":
            self.shown.discard(change.action_id)
        elif kind == "action_withdrawn" and change.action_id in self.rows:
            self.shown.add(change.action_id)
            self.rows[change.action_id] = _withdrawn(self.rows[change.action_id], change)
        elif kind == "action_edited" and change.action_id in self.rows:
            self.rows[change.action_id] = _earlier(self.rows[change.action_id], before)

    def _retitle(self, change: Change) -> None:
        """One change tells of the title, or, where that stayed, of the short name."""
        if self.fields["title"] == change.after:
            self.fields |= {"title": change.before, "name": None}
        elif self.fields["name"] == change.after:
            self.fields["name"] = change.before

    def as_known(self, at: datetime) -> Known:
        rows = [row for key, row in self.rows.items() if key in self.shown and row.first_seen_at <= at]
        rows.sort(key=lambda row: row.position)
        enacted = self.fields["enacted_on"]
        standing = lifecycle.outcome(
            self.matter.kind,
            rows,
            self.fields["status"],
            enacted.isoformat() if enacted else "",
            self.fields["local_law"],
            new_york_date(at),
        )
        return Known(**self.fields, removed=self.removed, actions=tuple(rows), standing=standing)


def _row(action: Action) -> Row:
    return Row(
        action.source_id, action.position, action.acted_on.isoformat(), action.clock, action.code, action.name,
        action.body, action.result, action.first_seen_at,
    )  # fmt: skip


def _withdrawn(row: Row, change: Change) -> Row:
    """The row as it was when it was taken out: it may have come back under another name or date."""
    code = row.code if change.before == row.name else (code_of(change.before) or _NO_CODE)
    on = change.acted_on.isoformat() if change.acted_on else row.acted_on
    return row._replace(acted_on=on, code=code, name=change.before)


def _earlier(row: Row, before: str) -> Row:
    """The row as it read before an edit; a row that bore another name was another act."""
    face = wording_changes.face(before)
    on, _, clock = face.acted_on.partition(" ")
    code = row.code if face.name == row.name else (code_of(face.name) or _NO_CODE)
    return row._replace(
        acted_on=on or row.acted_on, clock=clock, code=code, name=face.name, body=face.body, result=face.result
    )


def _date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
