"""What readers suggest as coverage: what they typed -> a row that waits for an editor, or what to do about it.

Nothing of who sent it is kept: how often a network may ask is counted by its fingerprint (`models.mail.Attempt`), and
forgotten after a day.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlmodel import Session

from tracker.config import SuggestionsConfig
from tracker.coverage.stories import canonical
from tracker.errors import BadIdentifier
from tracker.held import table
from tracker.identifiers import LocalLaw, parse
from tracker.language import N_, _, counted
from tracker.models import Matter
from tracker.models.mail import Attempt
from tracker.models.suggestions import Suggestion

WHAT: Final = "suggestion"  # the name of these attempts
DAY: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)
LONGEST_ADDRESS: Final = 1000  # characters
LONGEST_NOTE: Final = 500

_HOST: Final = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]+)")


@dataclass(frozen=True, slots=True)
class Typed:
    """What stood in the form, and by the name of the field what is wrong with it."""

    address: str = ""
    measure: str = ""
    note: str = ""
    faults: Mapping[str, str] = field(default_factory=dict)
    file_number: str = ""


def read_form(session: Session, address: str, measure: str, note: str) -> Typed:
    """The form's words checked; ``file_number`` is the measure that is meant, "" for none."""
    address, measure = (line_of(text) for text in (address, measure))
    note = plain(note)
    number = number_meant(session, measure) if measure else ""
    faults = {
        "address": _address_fault(address),
        "measure": "" if number or not measure else _measure_fault(measure),
        "note": _note_fault(note),
    }
    return Typed(address, measure, note, {name: said for name, said in faults.items() if said}, number)


def plain(text: str) -> str:
    """Without what cannot be seen: control characters, and marks that turn the direction of writing."""
    text = text.replace("\r\n", "\n")
    return "".join(one for one in text if one == "\n" or unicodedata.category(one) not in ("Cc", "Cf", "Cs")).strip()


def line_of(text: str) -> str:
    """The same on one line."""
    return " ".join(plain(text).split())


def _note_fault(note: str) -> str:
    if len(note) <= LONGEST_NOTE:
        return ""
    return _(
        "Write %(most)s characters at most; these are %(number)s.",
        most=counted(LONGEST_NOTE),
        number=counted(len(note)),
    )


def _address_fault(address: str) -> str:
    if not address:
        return _("Give the address of the piece; it begins with https://.")
    if len(address) > LONGEST_ADDRESS:
        long = N_("The address is longer than %(most)s characters. Give it without what follows the ? in it.")
        return _(long, most=counted(LONGEST_ADDRESS))
    try:
        parts = urlsplit(canonical(address))
        host = parts.hostname or ""
    except ValueError:
        host = ""
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(host) or " " in address:
        return _("This is not the address of a page. Copy it from the browser whole; it begins with https://.")
    if not parts.path.strip("/") and not parts.query:
        return _("This is an outlet’s front page. Give the address of the piece itself.")
    return ""


def _measure_fault(measure: str) -> str:
    return _(
        "“%(measure)s” is not the number of a measure in this record. Write it as Int 1412-2025, Res 836-2025, "
        "Local Law 58 of 2014 or Executive Order 50 of 2025, or leave the field empty.",
        measure=measure[:80],
    )


def number_meant(session: Session, measure: str) -> str:
    """The file number that a reader means, in any written form, or by the end of its page's address; "" for none."""
    matters = table(Matter)
    for column, value in _readings(measure):
        chosen = sa.select(matters.c.file_number).where(matters.c[column] == value, matters.c.removed_at.is_(None))
        if found := session.execute(chosen.limit(1)).scalar():
            return str(found)
    return ""


def _readings(measure: str) -> list[tuple[str, str]]:
    readings = [("file_number", measure), ("slug", measure.rstrip("/").rpartition("/")[2].lower())]
    for column, read in (("file_number", parse), ("local_law", LocalLaw.parse)):
        try:
            number = read(measure)
        except BadIdentifier:
            continue
        readings.append((column, number.key if isinstance(number, LocalLaw) else str(number)))
    return readings


def too_often(
    session: Session, who: str, limits: SuggestionsConfig, now: datetime, what: str = WHAT
) -> timedelta | None:
    """How long a sender must wait; None where it may ask now. Counts this attempt if so, and forgets those of old.

    ``what`` is the name of the attempts that are counted together.
    """
    attempts = table(Attempt)
    forget(session, now, what)
    mine = sa.select(attempts.c.at).where(attempts.c.what == what, attempts.c.who == who).order_by(attempts.c.at)
    moments = list(session.execute(mine).scalars())
    for span, most in ((DAY, limits.per_day), (HOUR, limits.per_hour)):
        within = [at for at in moments if at > now - span]
        if len(within) >= most:
            free: timedelta = within[len(within) - most] + span - now
            return free
    session.add(Attempt(what=what, who=who, at=now))
    return None


def forget(session: Session, now: datetime, what: str = WHAT) -> None:
    """Let go of attempts that count no more; the nightly pruning does so too, where nobody sends anything."""
    attempts = table(Attempt)
    session.execute(attempts.delete().where(attempts.c.what == what, attempts.c.at < now - DAY))


def is_full(session: Session, limits: SuggestionsConfig) -> bool:
    """Whether so many wait that no editor could look through more."""
    waiting = sa.select(sa.func.count()).select_from(table(Suggestion)).where(table(Suggestion).c.state == "waiting")
    return bool(session.execute(waiting).scalar_one() >= limits.most_waiting)


def save(session: Session, typed: Typed, now: datetime) -> None:
    """Put it where an editor finds it; what waits already is not put there twice."""
    rows, address = table(Suggestion), canonical(typed.address)
    waits = sa.select(rows.c.id).where(
        rows.c.address == address, rows.c.file_number == typed.file_number, rows.c.state == "waiting"
    )
    if session.execute(waits).first() is None:
        session.add(Suggestion(address=address, file_number=typed.file_number, note=typed.note, at=now))
