"""Digests as anybody may read them: what the subscription that the form offers first was told, in one slot.

The composer notes it in every run, whoever subscribes: nothing here depends on any reader, and whoever leaves takes no
digest along.
"""

import re
from datetime import date
from typing import Final, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session

from tracker.digests.choosing import STANDARD, reasons_text
from tracker.digests.content import Shelf
from tracker.digests.letter import Entry, subject_of
from tracker.errors import NotFound
from tracker.held import table
from tracker.language import _, current
from tracker.models.digests import DigestRun, DigestRunChange
from tracker.wording import new_york_date

SHOWN: Final = 100  # slots in the list
_SLOT: Final = re.compile(r"\d{4}-(?:\d\d-\d\d|W\d\d)", re.ASCII)


class Issue(NamedTuple):
    """One slot in the list. ``slot`` is a day, or a week as ``2026-W10``, and its place on the web."""

    slot: str
    period: str
    on: date


class Sent(NamedTuple):
    """One slot as it is read: entries as in the mail."""

    issue: Issue
    subject: str
    entries: tuple[Entry, ...]


def issues(session: Session) -> tuple[Issue, ...]:
    """The slots that told anything, the newest first."""
    runs, told = table(DigestRun), table(DigestRunChange)
    chosen = sa.select(runs.c.slot, runs.c.period, runs.c.composed_at).where(
        sa.exists().where(told.c.period == runs.c.period, told.c.slot == runs.c.slot)
    )
    found = session.execute(chosen.order_by(runs.c.composed_at.desc(), runs.c.period).limit(SHOWN))
    return tuple(Issue(slot, period, new_york_date(at)) for slot, period, at in found)


def read(session: Session, slot: str) -> Sent:
    """What was told of the whole subject in one slot. Raises NotFound."""
    if not _SLOT.fullmatch(slot):
        raise NotFound(_("Digests stand under a day, such as 2026-03-02, or a week, such as 2026-W10."))
    runs, told = table(DigestRun), table(DigestRunChange)
    chosen = (
        sa.select(runs.c.period, runs.c.composed_at, told.c.change_id)
        .join(told, sa.and_(told.c.period == runs.c.period, told.c.slot == runs.c.slot))
        .where(runs.c.slot == slot)
    )
    found = session.execute(chosen.order_by(told.c.change_id)).all()
    if not found:
        raise NotFound(_("No digest “%(slot)s” was written for those who follow the whole subject.", slot=slot))
    period, at = found[0].period, found[0].composed_at
    shelf, reasons = Shelf(current().tag), reasons_text([STANDARD])
    shelf.learn(session, ((row.change_id, at) for row in found))
    entries = shelf.entries(tuple((row.change_id, reasons) for row in found))
    return Sent(Issue(slot, period, new_york_date(at)), subject_of(entries), entries)
