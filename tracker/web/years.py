"""Which years the timeline on the front page shows, and the ways to others. Pure."""

import re
from datetime import date
from typing import Final, NamedTuple

from tracker import wording
from tracker.language import _, dated_month

FIRST_YEAR: Final = 1989
# Charter § 25, and the two short sessions after the Council grew to 51 members
SESSIONS: Final = (
    (1986, 1989), (1990, 1991), (1992, 1993), (1994, 1997), (1998, 2001), (2002, 2003), (2004, 2005), (2006, 2009),
    (2010, 2013), (2014, 2017), (2018, 2021), (2022, 2023), (2024, 2025), (2026, 2029), (2030, 2033), (2034, 2037),
)  # fmt: skip
_ASKED: Final = re.compile(r"(\d{4})(?:-(\d{4}))?", re.ASCII)
_LONG: Final = 15  # years from which only every fifth is named
_SHORT: Final = 2  # years up to which months are named
_BY_MONTH: Final = 6  # years up to which coverage is counted by the month


class Years(NamedTuple):
    """Years that are shown, both included; `whole` where these are all of them."""

    first: int
    last: int
    whole: bool

    @property
    def begin(self) -> date:
        """The first day."""
        return date(self.first, 1, 1)

    @property
    def end(self) -> date:
        """The last day."""
        return date(self.last, 12, 31)

    @property
    def length(self) -> int:
        """In years."""
        return self.last - self.first + 1

    @property
    def by_month(self) -> bool:
        """Whether coverage is counted by the month, not by the year."""
        return self.length <= _BY_MONTH

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}–{self.last}"


class Way(NamedTuple):
    """A link to other years: its words, what stands in the address ("" for the whole), and whether they are shown."""

    label: str
    years: str
    shown: bool


def shown_years(asked: str, today: date) -> Years:
    """What an address asks for ("2014-2018", "2025"); the whole where that means nothing."""
    given = _ASKED.fullmatch(asked)
    first, last = (int(given[1]), int(given[2] or given[1])) if given else (FIRST_YEAR, today.year)
    first, last = max(first, FIRST_YEAR), min(last, today.year)
    if first > last:
        first, last = FIRST_YEAR, today.year
    return Years(first, last, (first, last) == (FIRST_YEAR, today.year))


def ticks(years: Years) -> list[tuple[date, str]]:
    """The days that are named below the bands, each with its name."""
    if years.length <= _SHORT:
        named = [date(year, month, 1) for year in range(years.first, years.last + 1) for month in (1, 4, 7, 10)]
        return [(day, dated_month(day)) for day in named]
    step = 5 if years.length >= _LONG else 1
    return [(date(year, 1, 1), str(year)) for year in range(years.first, years.last + 1) if year % step == 0]


def mayors(today: date) -> list[tuple[date, date, str]]:
    """The first and the last day of each mayor's years up to this one, and the name."""
    begun = [(since, name) for since, name in wording.MAYORS if since <= today]
    ends = [date(since.year - 1, 12, 31) for since, _name in begun[1:]] + [date(today.year, 12, 31)]
    spans = [(since, until, name) for (since, name), until in zip(begun, ends, strict=True)]
    return [span for span in spans if span[1].year >= FIRST_YEAR]


def sessions(today: date) -> list[tuple[date, date]]:
    """The first and the last day of each session of the Council up to this year."""
    return [(date(first, 1, 1), date(last, 12, 31)) for first, last in SESSIONS if first <= today.year]


def decades(years: Years, today: date) -> list[Way]:
    """The whole, and each ten years of it."""
    ways = [Way(_("All years"), "", years.whole)]
    starts = [FIRST_YEAR, *range(2000, today.year + 1, 10)]
    for first, after in zip(starts, [*starts[1:], today.year + 1], strict=True):
        ways.append(_way(first, min(after - 1, today.year), years))
    return ways


def single(years: Years, today: date) -> list[Way]:
    """Each year of the period that is shown; around a single year, those of its decade."""
    if years.whole or years.length > 12:
        return []
    first, last = years.first, years.last
    if first == last:
        first = FIRST_YEAR if first < 2000 else first // 10 * 10
        last = 1999 if years.last < 2000 else min(first + 9, today.year)
    return [_way(year, year, years) for year in range(first, last + 1)]


def of_mayors(years: Years, today: date) -> list[Way]:
    """The years of each mayor."""
    return [_way(max(since.year, FIRST_YEAR), until.year, years, name) for since, until, name in mayors(today)]


def of_sessions(years: Years, today: date) -> list[Way]:
    """The years of each session of the Council."""
    return [_way(max(since.year, FIRST_YEAR), min(until.year, today.year), years) for since, until in sessions(today)]


def _way(first: int, last: int, years: Years, name: str = "") -> Way:
    asked = Years(first, last, False)
    return Way(f"{name} {asked}".strip(), str(asked).replace("–", "-"), (first, last) == (years.first, years.last))
