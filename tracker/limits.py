"""How often a stranger may ask for something: counted in the database, since every process must count alike.

Neither addresses nor networks are kept, only fingerprints, and those for a day. What is refused is not counted, so that
a flood costs one look each, and ends.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col

from tracker.config import SubscribeConfig
from tracker.errors import TrackerError
from tracker.held import table
from tracker.language import _
from tracker.models.mail import Attempt
from tracker.networks import network_of
from tracker.secret import Seal
from tracker.subscription.subscribing import mailbox

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
KEPT: Final = DAY  # the longest window that is counted
EVERYBODY: Final = "everybody"


_ROWS: Final = table(Attempt)
_COUNTED: Final = (
    sa.select(_ROWS.c.at)
    .where(_ROWS.c.who == sa.bindparam("who"), _ROWS.c.what == sa.bindparam("what"), _ROWS.c.at > sa.bindparam("since"))
    .order_by(_ROWS.c.at.desc())
    .offset(sa.bindparam("skip"))
    .limit(1)
)


class TooMany(TrackerError):
    """Raised where a network, or everybody together, asked too often. ``after`` is how long to wait."""

    def __init__(self, message: str, after: timedelta) -> None:
        super().__init__(message)
        self.after = after


class Limit(NamedTuple):
    """``most`` attempts of one in a window. Beyond it the asker is told, or (``silent``) gets the usual answer."""

    who: str
    window: timedelta
    most: int
    silent: bool = False


def limits_of(seal: Seal, config: SubscribeConfig, remote: str, address: str = "") -> tuple[Limit, ...]:
    """The limits that one request stands under. ``remote`` is the reader's network address."""
    found = [  # a flood from one network is told so after one look
        Limit(seal.fingerprint(f"network {network_of(remote)}"), HOUR, config.network_per_hour),
        Limit(EVERYBODY, HOUR, config.all_per_hour),
    ]
    if address:
        box = seal.fingerprint(f"mailbox {mailbox(address)}")
        # told aloud, this would say that somebody has just signed this address up
        found += [Limit(box, HOUR, config.address_per_hour, True), Limit(box, DAY, config.address_per_day, True)]
    return tuple(found)


def allowed(session: Session, what: str, limits: Sequence[Limit], now: datetime) -> bool:
    """Whether to go on; False where a silent limit is reached. Raises TooMany for the others."""
    for limit in limits:
        oldest = _first_of_the_last(session, what, limit, now)
        if oldest is not None and limit.silent:
            return False
        if oldest is not None:
            raise TooMany(_sentence(limit), oldest + limit.window - now)
    return True


def note_attempt(session: Session, what: str, limits: Sequence[Limit], now: datetime) -> None:
    """Count one attempt of everyone the limits are about."""
    session.add_all(Attempt(what=what, who=who, at=now) for who in dict.fromkeys(limit.who for limit in limits))


def _first_of_the_last(session: Session, what: str, limit: Limit, now: datetime) -> datetime | None:
    """When the attempt was made that has to leave the window before another fits; None where one fits now."""
    given = {"who": limit.who, "what": what, "since": now - limit.window, "skip": limit.most - 1}
    found: datetime | None = session.execute(_COUNTED, given).scalar()
    return found


def _sentence(limit: Limit) -> str:
    if limit.who == EVERYBODY:
        return _("More people than usual are signing up just now, and mail is held back so that nobody misuses it.")
    return _("There were too many sign-ups from your network. Nothing was sent because of this one.")


def forget_attempts(session: Session, now: datetime) -> int:
    """Delete what no window counts any more. Returns how many rows went."""
    gone = session.execute(sa.delete(Attempt).where(col(Attempt.at) <= now - KEPT))
    return int(gone.rowcount)  # type: ignore[attr-defined]
