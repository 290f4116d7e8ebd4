"""What was asked for with one sign-up, small enough to stand inside its confirm link. Pure.

So a link begins what its own mail names, in the periods that it names, and nothing that a stranger asked for since.
"""

import re
from typing import Final, NamedTuple

from tracker.errors import BadInput
from tracker.language import _
from tracker.models.mail import PERIODS
from tracker.tokens import NOT_OURS

_LETTERS: Final = {period[0]: period for period in PERIODS}
_FORM: Final = re.compile(r"(\d+) ([A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,3}) ([qs]) ((?:\d+[a-z] ?)*)", re.ASCII)


class Asked(NamedTuple):
    """One thing: the id of its row, what it is, and how often."""

    subscription_id: int
    kind: str
    value: str
    period: str


class Wish(NamedTuple):
    """What a confirm link grants: for whom, in which language (a BCP 47 tag), whether a note is wanted when nothing
    changed, and the period of each row that it begins."""

    subscriber_id: int
    language: str
    quiet_weeks: bool
    periods: dict[int, str]

    def __str__(self) -> str:
        rows = " ".join(f"{row}{period[0]}" for row, period in self.periods.items())
        return f"{self.subscriber_id} {self.language} {'q' if self.quiet_weeks else 's'} {rows}"

    @classmethod
    def parse(cls, text: str) -> "Wish":
        """A wish read back. Raises BadInput for a text that is none."""
        match = _FORM.fullmatch(text)
        if match is None:
            raise BadInput(_(NOT_OURS))
        rows = {int(row[:-1]): _LETTERS.get(row[-1], "weekly") for row in match[4].split()}
        return cls(int(match[1]), match[2], match[3] == "q", rows)
