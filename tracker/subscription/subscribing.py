"""What may happen to an address and to what it follows. Pure; `subscription.subscribers` stores what is decided here.

Nothing that a stranger does changes what an owner confirmed: a sign-up only adds rows that wait, and its mail brings
the link that begins them. Only the owner's own link ends anything, or their mail server
(`mail.deliveries.stop_writing`).
"""

import re
import secrets
from collections.abc import Iterable, Mapping
from typing import Final, Literal, NamedTuple

from email_validator import EmailNotValidError, validate_email

from tracker.errors import BadInput
from tracker.language import ENGLISH, N_, _, current
from tracker.models.mail import Subscription

REACHABLE: Final = ("active", "paused")  # states of an address that its owner confirmed
Event = Literal["ask", "confirm", "pause", "resume", "unsubscribe"]
MOST: Final = 100  # things that one address may follow
LONGEST_SEARCH: Final = 80  # letters
LONGEST_ADDRESS: Final = 254  # letters; RFC 5321 gives a path 256 with its brackets

# (state, what happens) -> the state after it. What is not here changes nothing; "" is an address that is not held.
_STATES: Final[Mapping[tuple[str, Event], str]] = {
    ("", "ask"): "pending",
    ("ended", "ask"): "pending",
    ("pending", "confirm"): "active",
    ("paused", "confirm"): "active",
    ("active", "pause"): "paused",
    ("paused", "resume"): "active",
    ("pending", "unsubscribe"): "ended",
    ("active", "unsubscribe"): "ended",
    ("paused", "unsubscribe"): "ended",
    ("bounced", "unsubscribe"): "ended",
}
NO_ADDRESS: Final = N_("This is not an address we can write to.")
_ADDRESS_IN_WORDS: Final = re.compile(r"[/@:\\]|\w\.\w{2}")


class Wanted(NamedTuple):
    """One thing that is asked for, and how often."""

    kind: str
    value: str
    period: str


class SignUp(NamedTuple):
    """All that one sign-up asks for. The address was checked."""

    address: str
    wanted: tuple[Wanted, ...]
    language: str = "en"
    quiet_weeks: bool = False


class Plan(NamedTuple):
    """What a sign-up does to the rows that are held: ``add`` is new, ``again`` are rows that wait once more, in the
    period now asked for, ``other`` are rows that count and would change their period. The rest is followed already."""

    add: tuple[Wanted, ...]
    again: tuple[tuple[Subscription, Wanted], ...]
    other: tuple[tuple[Subscription, Wanted], ...]

    def __bool__(self) -> bool:
        return bool(self.add or self.again or self.other)


def state_after(state: str, event: Event) -> str:
    """The state of an address after something happened; the same where it means nothing to that state."""
    return _STATES.get((state, event), state)


def plan_of(held: Iterable[Subscription], wanted: Iterable[Wanted]) -> Plan:
    """What a sign-up asks for, against what is held. Two wishes for one thing are one, the last."""
    rows = {(row.kind, row.value): row for row in held}
    add, again, other = [], [], []
    for wish in {(each.kind, each.value): each for each in wanted}.values():
        row = rows.get((wish.kind, wish.value))
        if row is None:
            add.append(wish)
        elif not counts(row):
            again.append((row, wish))
        elif row.period != wish.period:
            other.append((row, wish))
    return Plan(tuple(add), tuple(again), tuple(other))


def counts(row: Subscription) -> bool:
    """Whether mail is sent because of it."""
    return row.confirmed_at is not None and row.ended_at is None


def checked_address(text: str) -> str:
    """One mail address as servers take it, a domain of other letters as ``xn--``. Raises BadInput with what is wrong.

    Whether its domain exists is not asked: that would tell strangers how long a name server thinks.
    """
    text = text.strip()
    if not text:
        raise BadInput(_("Give a mail address."))
    if len(text) > LONGEST_ADDRESS:
        raise BadInput(_("This address is longer than any mail address."))
    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError as error:
        raise BadInput(f"{_(NO_ADDRESS)} {error}" if current() is ENGLISH else _(NO_ADDRESS)) from error
    if not found.ascii_email:
        raise BadInput(_(NO_ADDRESS))
    return found.ascii_email


def checked_words(text: str) -> str:
    """Words to search for, as they are kept: on one line. Raises BadInput for what is too long, or holds an address.

    The words stand in a mail to an address that somebody else may have typed: they must not be a way to send links.
    """
    words = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    if len(words) > LONGEST_SEARCH:
        raise BadInput(_("Use at most %(most)s letters for the words of a search.", most=LONGEST_SEARCH))
    if _ADDRESS_IN_WORDS.search(words):
        raise BadInput(_("Use plain words for a search, without addresses of pages or mail."))
    if words and not any(letter.isalnum() for letter in words):
        raise BadInput(_("Give words or numbers for a search."))
    return words


def mailbox(address: str) -> str:
    """The box an address leads to, for counting: what follows a plus names no other box."""
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def new_nonce() -> str:
    """What goes into every link of an address: a part that stays, and one that ends the links that manage."""
    return f"{secrets.token_hex(4)}.{secrets.token_hex(8)}"


def renewed(nonce: str) -> str:
    """A nonce that ends every link but those that unsubscribe: mails that were sent must be good for that for ever."""
    return f"{nonce.partition('.')[0]}.{secrets.token_hex(8)}"


def same_subscriber(nonce: str, other: str) -> bool:
    """Whether both were made for one address, however often the rest was renewed."""
    return nonce.partition(".")[0] == other.partition(".")[0]
