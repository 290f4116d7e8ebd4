"""Where a bill, an order, a directive or a suit stood on a day that is past. Pure.

The dated actions tell; the Council's status and the present-day columns are of today and must not colour an earlier
day. A law counts from its enactment date. One thing no action tells: whether an order of long ago still applies. Where
the record says of today that this is not known, the same is said of every day after the last that somebody vouches
for: an executive order or a directive through the term of the mayor under whom it was last acted on, an emergency order
for the five days that State law gives it (Executive Law § 24), a suit up to its last ruling.

`as_known` turns a matter back to what our record said at a moment: rows that we saw later are taken out, and what was
edited later reads as it did before.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

import orjson

from tracker import vocabulary, wording
from tracker.language import N_, _
from tracker.lifecycle import LAW_STAGES, Outcome, Stage, outcome

UNKNOWN: Final = "State unknown"
_EMERGENCY: Final = timedelta(days=5)
_SURE: Final = frozenset({"", "high"})


class Row(NamedTuple):
    """One dated action. `acted_on` is an ISO date; `withdrawn_at` is None while the source still shows the row."""

    source_id: str
    code: int
    acted_on: str
    clock: str
    name: str
    result: str
    confidence: str
    first_seen_at: datetime
    withdrawn_at: datetime | None = None


class Dated(NamedTuple):
    """A matter with what dates it. `rows` are its actions in any order, withdrawn ones left out."""

    file_number: str
    kind: str
    status: str
    enacted_on: date | None
    local_law: str
    introduced_on: date | None
    rows: tuple[Row, ...]


class Edit(NamedTuple):
    """What we saw change: a row of `models.Change` of a kind that moves a matter's state."""

    observed_at: datetime
    kind: str
    before: str
    action_id: str = ""


class State(NamedTuple):
    """Where it stood. `since` is the day of the act that made it so; `why` says, in a sentence, what is not known."""

    stage: Stage
    since: date | None
    why: str = ""

    @property
    def is_law(self) -> bool:
        return self.stage in LAW_STAGES


def state_on(matter: Dated, day: date, today: date) -> State | None:
    """The state at the end of `day`; None where the matter did not exist yet. `today` is the day of the record."""
    began = min((row.acted_on for row in matter.rows), default="") or _iso(matter.introduced_on)
    if not began or began > day.isoformat():
        return None
    found = _outcome(matter, day, today)
    if matter.kind in wording.COUNCIL_KINDS:
        return State(found.stage, _date(found.since))
    if matter.status == UNKNOWN and found.stage.live and (day >= today or day > known_until(matter)):
        return State(Stage.STATE_UNKNOWN, None, _last_known(matter))
    return State(found.stage, _date(found.since))


def _outcome(matter: Dated, day: date, today: date) -> Outcome:
    """The stage by the actions up to a day; what is said of today, and later signs of law, are kept from it."""
    enacted = matter.enacted_on is not None and matter.enacted_on <= day
    on, number = (_iso(matter.enacted_on), matter.local_law) if enacted else ("", "")
    return outcome(matter.kind, matter.rows, matter.status if day >= today else "", on, number, day)


def known_until(matter: Dated) -> date:
    """The last day for which an act vouches, of a matter of which today nobody knows whether it applies."""
    sure = [row.acted_on for row in matter.rows if row.confidence in _SURE] or [row.acted_on for row in matter.rows]
    last = date.fromisoformat(max(sure))
    if matter.kind == "Emergency Executive Order":
        return last + _EMERGENCY
    if matter.kind == "Lawsuit":
        return last
    following = [since for since, _ in wording.MAYORS if since > last]
    return following[0] - timedelta(days=1) if following else date.max


def _last_known(matter: Dated) -> str:
    last = max(row.acted_on for row in matter.rows)
    day = wording.day(date.fromisoformat(last))
    if matter.kind == "Lawsuit":
        return _("The last act on record is of %(day)s; what became of the suit was not found.", day=day)
    told = N_(
        "The last act on record is of %(day)s; nothing found says that it ended, and nothing that it still applied."
    )
    return _(told, day=day)


def as_known(matter: Dated, seen_at: datetime, edits: Iterable[Edit], moment: datetime) -> Dated | None:
    """The matter as our record had it at a moment; None where we had not seen it yet (`seen_at`).

    `matter.rows` must hold the withdrawn rows too here. Edits come oldest first.
    """
    if seen_at > moment:
        return None
    later = [edit for edit in edits if edit.observed_at > moment]
    first: dict[tuple[str, str], str] = {}
    for edit in later:
        first.setdefault((edit.kind, edit.action_id), edit.before)
    enacted = first.get(("enactment_date_changed", ""))
    rows = (row for row in matter.rows if row.first_seen_at <= moment and not _gone(row, moment))
    return matter._replace(
        status=first.get(("status_changed", ""), matter.status),
        local_law=first.get(("law_number_changed", ""), matter.local_law),
        enacted_on=matter.enacted_on if enacted is None else _date(enacted),
        rows=tuple(_as_read(row, first.get(("action_edited", row.source_id))) for row in rows),
    )


def _gone(row: Row, moment: datetime) -> bool:
    return row.withdrawn_at is not None and row.withdrawn_at <= moment


def _as_read(row: Row, before: str | None) -> Row:
    """A row as it read before an edit: `changes` keeps [date and hour, name, body, result]."""
    if before is None:
        return row
    when, name, _, result = orjson.loads(before)
    on, _, clock = when.partition(" ")
    code = vocabulary.code_of(name)
    return row._replace(acted_on=on, clock=clock, name=name, result=result, code=row.code if code is None else code)


def in_place(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The rows that the source still shows."""
    return tuple(row for row in rows if row.withdrawn_at is None)


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
