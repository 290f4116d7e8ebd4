"""When a law takes effect, by its own last section, where that is said in one plain clause. Pure.

"This local law takes effect 120 days after it becomes law": the day of enactment is not counted (General Construction
Law § 20). A law whose parts take effect on different days, or with another law, or on terms in words, is left to a
person: `tracker/record/effective.csv`.
"""

import re
from datetime import date, timedelta
from typing import Final, NamedTuple

from tracker.language import N_, ngettext, ours

_PLAIN: Final = re.compile(
    r"(?<!of )this local law (?:shall take|takes) effect (?:(?P<once>immediately)|(?P<days>\d{1,4}) days after "
    r"(?:it becomes law|it becomes a law|it shall have become (?:a )?law|its enactment(?: into law)?)"
    r"|on (?P<month>[a-z]+) (?P<day>\d{1,2}), (?P<year>\d{4}))(?= ?[.;,])",
    re.IGNORECASE,
)
DAYS_AFTER: Final = re.compile(r"(\d{1,4}) days after it became law", re.ASCII)
_PARTS: Final = re.compile(r"(?:sections? \d|subdivision \w|such section)[^.]{0,200}\btakes? effect\b", re.IGNORECASE)
_MONTHS: Final = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip


class Effective(NamedTuple):
    """The day, and the law's own term in our words: English, as stored for other laws; see `told`."""

    on: date
    basis: str


def effective(text: str, enacted_on: date) -> Effective | None:
    """The day on which a law of this text takes effect; None where its text does not say so plainly."""
    words = " ".join(text.split())
    found = list(_PLAIN.finditer(words))
    if len(found) != 1 or _PARTS.search(words[found[0].start() :]) or _PARTS.search(words[: found[0].start()][-400:]):
        return None
    clause = found[0]
    if clause["once"]:
        return Effective(enacted_on, N_("at once"))
    if clause["days"]:
        return Effective(enacted_on + timedelta(days=int(clause["days"])), f"{clause['days']} days after it became law")
    try:
        month = _MONTHS.index(clause["month"].lower()) + 1
        return Effective(date(int(clause["year"]), month, int(clause["day"])), N_("on a day that it names"))
    except ValueError:
        return None


def told(basis: str) -> str:
    """A law's own term, in the language that is spoken; as it is where that has no words for it."""
    if found := DAYS_AFTER.fullmatch(basis):
        return ngettext("%(num)s day after it became law", "%(num)s days after it became law", int(found[1]))
    return ours(basis) or basis
