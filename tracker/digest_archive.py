"""Digests that were sent, as anybody may read them: what those who follow the whole subject were told, in one slot.

What single measures, sections or searches somebody follows is theirs, so only changes are shown that were told because
of the subject as a whole, to whomever. No address, no number of readers.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Final, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session

from tracker.choosing import Target, read_reasons, reasons_text
from tracker.digests import Rows, Shelf
from tracker.errors import NotFound
from tracker.held import table
from tracker.language import _
from tracker.letter import Entry, subject_of
from tracker.models_digests import Delivery, Digest, DigestChange
from tracker.models_mail import Subscription
from tracker.wording import new_york_date

PUBLIC: Final = ("core", "tracked")
PERIODS: Final = ("daily", "weekly")
SHOWN: Final = 100  # slots in the list
WITNESSES: Final = 200  # readers whose digests are looked at; between them they were told all that is public


_SLOT: Final = re.compile(r"\d{4}-(?:\d\d-\d\d|W\d\d)", re.ASCII)


class Issue(NamedTuple):
    """One slot in the list. ``slot`` is a day, or a week as ``2026-W10``, and its place on the web."""

    slot: str
    period: str
    on: date


class Sent(NamedTuple):
    """One slot as it is read: entries as in the mail, without what is its reader's own."""

    issue: Issue
    subject: str
    entries: tuple[Entry, ...]


def issues(session: Session) -> tuple[Issue, ...]:
    """The slots with public digests that went out, the newest first."""
    digests = table(Digest)
    first = sa.func.min(digests.c.composed_at)
    chosen = (
        sa.select(digests.c.slot, digests.c.period, first)
        .where(digests.c.period.in_(PERIODS), *_public())
        .group_by(digests.c.slot, digests.c.period)
        .order_by(first.desc())
        .limit(SHOWN)
    )
    return tuple(Issue(slot, period, new_york_date(at)) for slot, period, at in session.execute(chosen))


def read(session: Session, slot: str) -> Sent:
    """What was told of the whole subject in one slot. Raises NotFound."""
    if not _SLOT.fullmatch(slot):
        raise NotFound(_("Sent digests stand under a day, such as 2026-03-02, or a week, such as 2026-W10."))
    digests = table(Digest)
    chosen = sa.select(digests.c.id, digests.c.period, digests.c.composed_at).where(
        digests.c.slot == slot, digests.c.period.in_(PERIODS), *_public()
    )
    found = session.execute(chosen.order_by(digests.c.id)).all()
    if not found:
        raise NotFound(_("No digest “%(slot)s” was sent to those who follow the whole subject.", slot=slot))
    at: datetime = found[0].composed_at
    rows = _told(session, [row.id for row in found])
    shelf = Shelf()
    shelf.learn(session, ((change_id, at) for change_id, _ in rows))
    entries = shelf.entries(rows)
    return Sent(Issue(slot, found[0].period, new_york_date(at)), subject_of(entries), entries)


def _told(session: Session, digest_ids: Sequence[int]) -> Rows:
    """The changes that these digests told for a public reason, each once, by change."""
    told = table(DigestChange)
    chosen = sa.select(told.c.change_id, told.c.reasons).where(told.c.digest_id.in_(digest_ids)).distinct()
    reasons: dict[int, set[Target]] = {}
    for change_id, text in session.execute(chosen):
        public = {target for target in read_reasons(text) if target[0] in PUBLIC}
        if public:
            reasons.setdefault(change_id, set()).update(public)
    return tuple((change_id, reasons_text(sorted(found))) for change_id, found in sorted(reasons.items()))


def _public() -> Iterator[sa.ColumnElement[bool]]:
    """Digests that went out, to those who have followed the whole subject longest, and that told something of it.

    Reasons stand one a line.
    """
    digests, mails, told, rows = table(Digest), table(Delivery), table(DigestChange), table(Subscription)
    follow = rows.c.kind.in_(PUBLIC), rows.c.confirmed_at.is_not(None)
    first = sa.func.min(rows.c.id)
    witnesses = sa.select(rows.c.subscriber_id).where(*follow).group_by(rows.c.subscriber_id).order_by(first)
    yield digests.c.subscriber_id.in_(witnesses.limit(WITNESSES))
    yield sa.exists().where(mails.c.digest_id == digests.c.id, mails.c.state == "sent")
    lines = sa.literal("\n") + told.c.reasons + "\n"
    whole = sa.or_(*(lines.contains(f"\n{kind}\n") for kind in PUBLIC))
    yield sa.exists().where(told.c.digest_id == digests.c.id, whole)
