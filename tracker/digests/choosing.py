"""Which changes are news to whom, and why. Pure.

What is new goes by the ids of changes, never by a date: ids are given inside the writing transaction, and writers take
turns, so a change with a lower id is never seen later than one with a higher. A clock would lose what two processes
store in the same moment, and a third of the City's rows come a day or more after their date.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from tracker import wording
from tracker.models import TRACKED, Change
from tracker.queries.changes import FRESH_DAYS
from tracker.subscription.following import stages_of
from tracker.wording import changes as wording_changes

LOOK_BACK: Final = timedelta(days=14)


Target = tuple[str, str]  # kind (of models_mail.FOLLOWED) and value
Matched = Mapping[Target, frozenset[int]]
STANDARD: Final[Target] = ("tracked", "")  # what the form offers first, and the archive on the web shows


class About(NamedTuple):
    """A matter as choosing needs it. ``sections`` read ``admin 9-131``; ``returns`` are the bills it introduces again.

    ``numbers`` are those it bears and bore.
    """

    matter_id: int
    file_number: str
    numbers: frozenset[str]
    kind: str
    scope: str
    introduced_on: date | None = None
    sections: frozenset[str] = frozenset()
    returns: frozenset[str] = frozenset()


class Fresh(NamedTuple):
    """One change that may be news, and its matter. ``became`` are the stages that it brought the matter to."""

    change: Change
    about: About
    became: frozenset[str] = frozenset()


class Follows(NamedTuple):
    """One subscription of one address: what it follows, and after which change."""

    target: Target
    after_change_id: int = 0


def is_news(fresh: Fresh) -> bool:
    """A matter that was old at first sight is history that was filled in; an edit of the hour alone is a trifle."""
    change, introduced = fresh.change, fresh.about.introduced_on
    if change.kind != "appeared":
        return not wording_changes.is_trifle(change)
    seen_on = wording.new_york_date(change.observed_at)
    return introduced is not None and seen_on - introduced <= timedelta(FRESH_DAYS)


def follows_matter(target: Target, about: About, found: Mapping[str, Collection[int]]) -> bool:
    """Whether a subscription is about a matter as such. ``found`` has the matters that hold the words of a search."""
    kind, value = target
    match kind:
        case "core":
            return about.scope == "core"
        case "tracked":
            return about.scope in TRACKED
        case "matter":
            return value in about.numbers
        case "section":
            return value in about.sections
        case "introductions":
            return about.kind == "Introduction"
        case "orders":
            return about.kind not in wording.COUNCIL_KINDS and about.scope in TRACKED
        case "search":
            return about.matter_id in found.get(value, ())
    return False


def matches(target: Target, fresh: Fresh, found: Mapping[str, Collection[int]]) -> bool:
    """Whether a change is news to one who follows this.

    Sponsors, documents, votes and the like are told to those who follow the matter itself or its section; the others
    asked for what becomes of it. One who follows a bill is told when it comes back under another number.
    """
    kind, value = target
    change, about = fresh.change, fresh.about
    loud = change.kind not in wording_changes.QUIET
    if kind == "hearings":
        return change.kind.startswith("hearing_") and about.scope in TRACKED
    if kind == "stage":
        return loud and about.scope in TRACKED and not stages_of(value).isdisjoint(fresh.became)
    if kind == "matter" and change.kind == "appeared" and value in about.returns:
        return True
    return (loud or kind in ("matter", "section")) and follows_matter(target, about, found)


def match_all(targets: Iterable[Target], news: Sequence[Fresh], found: Mapping[str, Collection[int]]) -> Matched:
    """The changes that are news to one who follows each of these, by their ids."""
    told = [fresh for fresh in news if is_news(fresh)]
    return {
        target: frozenset(fresh.change.id for fresh in told if matches(target, fresh, found)) for target in set(targets)
    }


def choose(follows: Iterable[Follows], matched: Matched, told: Collection[int]) -> dict[int, tuple[Target, ...]]:
    """What one address is told, each change once, with every reason: ``{change id: what is followed}``, by id.

    ``told`` are the changes it was told before, whatever for and in whatever period.
    """
    chosen: dict[int, tuple[Target, ...]] = {}
    for target, after in sorted(follows):
        for change_id in matched.get(target, ()):
            if change_id > after and change_id not in told:
                chosen[change_id] = (*chosen.get(change_id, ()), target)
    return dict(sorted(chosen.items()))


def reasons_text(reasons: Iterable[Target]) -> str:
    """Reasons as the ledger keeps them: one a line, ``matter Int 1412-2025``."""
    return _reasons_text(tuple(reasons))


@lru_cache(10_000)
def _reasons_text(reasons: tuple[Target, ...]) -> str:
    return "\n".join(" ".join(f"{kind} {value}".split()) for kind, value in reasons)


def read_reasons(text: str) -> tuple[Target, ...]:
    """Reasons as the ledger keeps them, read back."""
    parts = (line.partition(" ") for line in text.splitlines())
    return tuple((kind, value) for kind, _, value in parts)
