"""A roll call as rows of marks, one mark a member: bars for yes, crosses for no, rings for who abstained. Pure."""

from typing import Final, NamedTuple

from tracker.language import N_, Words
from tracker.timeline import Tally
from tracker.vocabulary import VOTE_VALUES

PITCH: Final = 6  # units from one mark to the next; a mark is four wide
HEIGHT: Final = 12
ABSTAINED: Final = "Abstain"
LABELS: Final = Words({"yes": N_("Yes"), "no": N_("No"), "abstained": N_("Abstained"), "absent": N_("Did not vote")})
# what draws one mark whose left edge is at x
_MARKS: Final = {
    "yes": "M{x} 1h4v10h-4z",
    "no": "M{x} 2l3 8m0-8l-3 8",
    "abstained": "M{x} 6a2 2 0 1 0 4 0a2 2 0 1 0-4 0",
    "absent": "M{x} 6h4",
}


class Row(NamedTuple):
    """Members who voted alike; ``kind`` is yes, no, abstained or absent, ``path`` the `d` of an SVG path."""

    kind: str
    members: int
    width: int
    path: str

    @property
    def label(self) -> str:
        return LABELS[self.kind]


def roll_call(tally: Tally) -> list[Row]:
    """The rows of one roll call in that order, without those in which there is nobody."""
    counts = dict.fromkeys(_MARKS, 0)
    for word, names in tally.members:
        counts[kind_of(word)] += len(names)
    return [Row(kind, count, count * PITCH, _path(kind, count)) for kind, count in counts.items() if count]


def kind_of(word: str) -> str:
    """What the Council's own word for a vote comes to; a word that is not known is no vote."""
    meant = VOTE_VALUES.get(word, "other")
    return meant if meant in _MARKS else "abstained" if word == ABSTAINED else "absent"


def _path(kind: str, count: int) -> str:
    return "".join(_MARKS[kind].format(x=1 + number * PITCH) for number in range(count))
