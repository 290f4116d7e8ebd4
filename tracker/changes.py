"""(what is held, what is seen) -> what changed. Pure; the heart of the tracker.

Both sides are `MatterRecord`; ``text`` holds the text's digest on both. A field that is None on either side is one
that this source does not carry, and says nothing. What is *not* a change: a later last-modified stamp, sponsors in
another order behind the same prime sponsor, an address that went from http to https, an attachment that was given a
new id under its old name, a row that moved to another place in the list.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

import orjson

from scrapers.records import ActionRecord, MatterRecord, VoteRecord


class Found(NamedTuple):
    """One change: ``kind`` is one of models.CHANGE_KINDS, ``action_id`` the source's row id, else ""."""

    kind: str
    before: str
    after: str
    action_id: str = ""
    acted_on: date | None = None


def find_changes(held: MatterRecord | None, seen: MatterRecord) -> list[Found]:
    """Everything in ``seen`` that reads differently from ``held``, in the order a reader would tell it."""
    if held is None:
        return [Found("appeared", "", seen.status)]
    found = list(_words_changed(held, seen))
    if held.actions != seen.actions:
        found += _action_changes(held.actions, seen.actions)
    if held.sponsors != seen.sponsors:
        found += _sponsor_changes(held, seen)
    if held.documents is not None and seen.documents is not None and held.documents != seen.documents:
        found += _document_changes(held, seen)
    if held.text is not None and seen.text is not None and held.text != seen.text:
        found.append(Found("text_changed", _text(held), _text(seen)))
    return found


_WORDS = (
    ("renumbered", "file_number"),
    ("status_changed", "status"),
    ("law_number_changed", "local_law"),
    ("enactment_date_changed", "enacted_on"),
    ("final_action_date_changed", "final_action_on"),
    ("introduction_date_changed", "introduced_on"),
    ("committee_changed", "body"),
    ("summary_changed", "summary"),
)


def _words_changed(held: MatterRecord, seen: MatterRecord) -> Iterator[Found]:
    for kind, name in _WORDS:
        before, after = getattr(held, name), getattr(seen, name)
        if before != after and None not in (before, after):
            yield Found(kind, before, after)
    # the short name mostly moves with the title: one change tells of both
    before, after = (held.title, seen.title) if held.title != seen.title else (held.name, seen.name)
    if before != after:
        yield Found("title_changed", before, after)


def _action_changes(held: Iterable[ActionRecord], seen: Iterable[ActionRecord]) -> Iterator[Found]:
    before = {action.source_id: action for action in held}
    for action in seen:
        old = before.pop(action.source_id, None)
        if old is None:
            yield Found("action_added", "", action.name, action.source_id, _day(action))
        elif old is not action and old != action:
            yield from _action_edits(old, action)
    for action in before.values():
        yield Found("action_withdrawn", action.name, "", action.source_id, _day(action))


def _action_edits(old: ActionRecord, new: ActionRecord) -> Iterator[Found]:
    # a page prints no time of day; that another source knows it edits nothing
    edited = _reading(old) != _reading(new) if old.clock and new.clock else _reading(old)[2:] != _reading(new)[2:]
    if edited or old.acted_on != new.acted_on:
        yield Found("action_edited", _json(old), _json(new), new.source_id, _day(new))
    if old.votes != new.votes and _cast(old) != _cast(new):
        yield Found("votes_changed", tally(old.votes), tally(new.votes), new.source_id, _day(new))


def _cast(action: ActionRecord) -> Counter[tuple[str, str]]:
    # by id alone: a member who changes their name has not changed their vote
    return Counter((vote.person.source_id, vote.value) for vote in action.votes)


def _reading(action: ActionRecord) -> tuple[str, str, str, str, str]:
    return action.acted_on, action.clock, action.name, action.body, action.result


def _json(action: ActionRecord) -> str:
    return orjson.dumps([f"{action.acted_on} {action.clock}".strip(), *_reading(action)[2:]]).decode()


def _day(action: ActionRecord) -> date:
    return date.fromisoformat(action.acted_on)


def tally(votes: Iterable[VoteRecord]) -> str:
    """Votes in words: ``39 Affirmative, 9 Negative``."""
    return ", ".join(f"{n} {value}" for value, n in Counter(vote.value for vote in votes).most_common())


def _sponsor_changes(held: MatterRecord, seen: MatterRecord) -> Iterator[Found]:
    before = {person.source_id: person.name for person in held.sponsors}
    after = {person.source_id: person.name for person in seen.sponsors}
    prime_moved = next(iter(before), None) != next(iter(after), None)
    left = [name for key, name in before.items() if key not in after]
    came = [name for key, name in after.items() if key not in before]
    if prime_moved:
        left.insert(0, f"prime sponsor: {next(iter(before.values()), 'nobody')}")
        came.insert(0, f"prime sponsor: {next(iter(after.values()), 'nobody')}")
    if left or came:
        yield Found("sponsors_changed", "; ".join(left), "; ".join(came))


def _document_changes(held: MatterRecord, seen: MatterRecord) -> Iterator[Found]:
    # a page prints two blanks as one
    before = Counter(" ".join(document.name.split()) for document in held.documents or ())
    after = Counter(" ".join(document.name.split()) for document in seen.documents or ())
    if before != after:
        yield Found("documents_changed", "; ".join((before - after).elements()), "; ".join((after - before).elements()))


def _text(record: MatterRecord) -> str:
    return f"version {record.version or '?'}, {(record.text or 'no text')[:12]}"
