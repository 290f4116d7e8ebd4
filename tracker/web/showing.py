"""Which parts of a timeline a reader wants to see: ``?show=council,press``. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from tracker.coverage.folding import StoryLine
from tracker.language import N_, Words
from tracker.models import CHANGE_KINDS, Change
from tracker.timeline import ON_THE_LINE, Entry

SMALLER: Final = "changes"
MOST_STORIES: Final = 40  # so many stand on a timeline; the page of coverage has them all
MOST_CHANGES: Final = 80  # so many of the changes are listed; the API has them all
# who acted; and what the record did: large changes stand on every timeline, the others where they are asked for
LABELS: Final = Words({
    "council": N_("Council"), "mayor": N_("Mayor"), "court": N_("Courts"), "agency": N_("Agencies"),
    "voters": N_("Voters"), "press": N_("Coverage"), "record": N_("Large changes of the record"),
    SMALLER: N_("Smaller changes of the record"),
})  # fmt: skip
# a new row is on the line as the act that it tells of
_SMALLER_KINDS: Final = frozenset(CHANGE_KINDS) - ON_THE_LINE - {"appeared", "action_added"}


@dataclass(frozen=True, slots=True)
class Box:
    """One choice: how many entries it stands for, and whether it is made."""

    key: str
    label: str
    count: int
    on: bool


def asked(values: Iterable[str]) -> frozenset[str]:
    """The parts that an address names, with commas or one by one; empty for all that is shown by itself."""
    return frozenset(word for value in values for word in value.split(",") if word in LABELS)


def moved(wanted: frozenset[str]) -> frozenset[str]:
    """The kinds of changes that stand on the timeline as entries of their own."""
    return ON_THE_LINE | _SMALLER_KINDS if SMALLER in wanted else ON_THE_LINE


def part_of(entry: Entry) -> str:
    """The part that an entry belongs to."""
    return SMALLER if entry.actor == "record" and entry.kind not in ON_THE_LINE else entry.actor


def chosen(story: Sequence[Entry], wanted: frozenset[str]) -> list[Entry]:
    """The entries that are wanted, in their order."""
    return [entry for entry in story if not wanted or part_of(entry) in wanted]


def some(stories: Sequence[StoryLine]) -> list[StoryLine]:
    """No more stories than a page can hold: those whose subject the matter is go first, then the newest."""
    order = sorted(stories, key=lambda line: (line.role == "main", line.published_on or date.min), reverse=True)
    return order[:MOST_STORIES]


def boxes(story: Sequence[Entry], changes: Sequence[Change], wanted: frozenset[str], more: int = 0) -> list[Box]:
    """The choices that make a difference here; none where there is but one part. ``more`` stories are elsewhere."""
    counts = Counter(map(part_of, story))
    counts["press"] += more
    counts[SMALLER] = sum(change.kind in _SMALLER_KINDS for change in changes)
    found = [
        Box(key, label, counts[key], key in wanted if wanted else key != SMALLER)
        for key, label in LABELS.items()
        if counts[key]
    ]
    return found if len(found) > 1 else []
