"""The texts of a bill that are held: the last one seen of each version."""

from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, select

from tracker.errors import NotFound
from tracker.language import N_, _
from tracker.models import Matter, Version

FIRST = "first"  # what addresses call version "*", the bill as it was introduced


class Held(NamedTuple):
    """One version; `label` is the Council's ("*", "A"), `word` the one in addresses and for readers."""

    label: str
    word: str
    first_seen_at: datetime


def held(session: Session, matter_id: int) -> tuple[Held, ...]:
    """The versions whose text is held, the first one first."""
    chosen = select(Version.label, Version.first_seen_at).where(Version.matter_id == matter_id, Version.text != "")
    rows = session.execute(chosen.order_by(col(Version.label))).all()
    return tuple(Held(label, word_of(label), seen) for label, seen in sorted(rows, key=_order) if label)


def _order(row: tuple[str, datetime]) -> tuple[bool, str]:
    return row[0] != "*", row[0]


def word_of(label: str) -> str:
    """ "first" for "*", "A" for "A"."""
    return FIRST if label == "*" else label


def texts(session: Session, slug: str, *words: str) -> tuple[Matter, list[str]]:
    """The matter at an address and the texts of the versions named. Raises NotFound, saying which there are."""
    matter = session.scalars(
        select(Matter).where(Matter.slug == slug).order_by(col(Matter.removed_at).is_not(None), col(Matter.id))
    ).first()
    if matter is None:
        raise NotFound(_("No matter has the address %(slug)s.", slug=repr(slug)))
    labels = ["*" if word == FIRST else word for word in words]
    rows = select(Version.label, Version.text).where(Version.matter_id == matter.id, col(Version.label).in_(labels))
    found = dict(session.execute(rows).all())
    missing = [word for word, label in zip(words, labels, strict=True) if label not in found]
    if missing:
        known = ", ".join(each.word for each in held(session, matter.id))
        lacks = N_("The text of version %(version)s is not held. Held of %(measure)s: none.")
        if known:
            lacks = N_("The text of version %(version)s is not held. Held of %(measure)s: %(known)s.")
        raise NotFound(_(lacks, version=missing[0], measure=matter.file_number, known=known))
    return matter, [found[label] for label in labels]
