"""Which stage each change brought a matter to: the record is taken back, change by change, and judged again. Pure.

Stages are derived and leave no changes of their own. What becomes law by one row and what becomes law only when a
second source agrees are told apart by asking `lifecycle` before and after each moment at which we saw something.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from typing import Final

from scrapers.records import ActionRecord, MatterRecord
from tracker import lifecycle
from tracker.models import Change
from tracker.vocabulary import ACTIONS
from tracker.wording import new_york_date
from tracker.wording.changes import face

_CODES: Final = {name: code for code, meaning in ACTIONS.items() for name in meaning.names}


def became(record: MatterRecord, changes: Iterable[Change]) -> dict[int, frozenset[str]]:
    """The stages that each change, with what was seen beside it, brought a matter to; by the change's id.

    ``changes`` are all of the matter from some moment on to now. Those that brought it nowhere are left out.
    """
    found: dict[int, frozenset[str]] = {}
    newest_first = sorted(changes, key=lambda change: change.id, reverse=True)
    for _, group in groupby(newest_first, key=lambda change: change.capture_id):
        seen = list(group)
        before = _before(record, seen)
        on = max([new_york_date(seen[0].observed_at), *(change.acted_on for change in seen if change.acted_on)])
        stage = _stage(record, on)
        if before is None or _stage(before, on) != stage:
            found |= dict.fromkeys((change.id for change in seen), frozenset({stage}))
        if before is None:
            break
        record = before
    return found


def _stage(record: MatterRecord, on: date) -> str:
    found = lifecycle.outcome(record.kind, record.actions, record.status, record.enacted_on, record.local_law, on)
    return found.stage.value


def _before(record: MatterRecord, seen: Sequence[Change]) -> MatterRecord | None:
    """The record without these changes, the newest first; None where they began it."""
    for change in seen:
        if change.kind == "appeared":
            return None
        if change.kind == "status_changed":
            record = record._replace(status=change.before)
        elif change.kind == "law_number_changed":
            record = record._replace(local_law=change.before)
        elif change.kind == "enactment_date_changed":
            record = record._replace(enacted_on=change.before)
        elif change.kind == "action_added":
            kept = (action for action in record.actions if action.source_id != change.action_id)
            record = record._replace(actions=tuple(kept))
        elif change.kind == "action_edited":
            actions = (
                _as_it_read(action, change) if action.source_id == change.action_id else action
                for action in record.actions
            )
            record = record._replace(actions=tuple(actions))
    return record


def _as_it_read(action: ActionRecord, change: Change) -> ActionRecord:
    was = face(change.before)
    code = action.code if was.name == action.name else _CODES.get(was.name, action.code)
    acted_on, _, clock = was.acted_on.partition(" ")
    return action._replace(
        acted_on=acted_on or action.acted_on, clock=clock, code=code, name=was.name, body=was.body, result=was.result
    )
