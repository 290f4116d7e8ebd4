"""The drawing on the front page: laws, orders and lawsuits on one line of years. Pure; the lists below say the same.

Everything is placed here in whole units, and the template only prints it, so that the drawing can be tested.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from tracker import wording
from tracker.identifiers import LocalLaw
from tracker.queries import Line

WIDTH, LEFT, RIGHT = 1000, 20, 980
FIRST_YEAR = 1989
BASE, ROW, ROWS = 190, 26, 7
BAND, BAND_BASE = 26, 276  # the band of coverage: its height, and where it stands
LETTER = 6.4  # the width of a letter at 12 units


class Mark(NamedTuple):
    """One symbol: `x`, `y` of its middle, `shape` council, mayor or court; `anchor` start or end."""

    x: int
    y: int
    shape: str
    label: str
    anchor: str
    slug: str
    title: str


class Term(NamedTuple):
    """A mayor's years."""

    x: int
    width: int
    name: str
    shade: str


class Band(NamedTuple):
    """A year's part of the band of coverage: `stories` were told, and it is `height` units high of `BAND`."""

    x: int
    width: int
    height: int
    year: int
    stories: int


class Strip(NamedTuple):
    """The whole drawing, from `top` to `bottom`; `band` is "how much was written", under the years."""

    top: int
    marks: list[Mark]
    terms: list[Term]
    years: list[tuple[int, int]]
    band: list[Band]

    @property
    def bottom(self) -> int:
        return BAND_BASE + 8 if self.band else 240


class _Point(NamedTuple):
    on: date
    shape: str
    label: str
    line: Line


def strip(
    laws: Iterable[Line], orders: Iterable[Line], today: date, stories: Mapping[int, int] = MappingProxyType({})
) -> Strip | None:
    """The drawing, or None where there is hardly anything to draw; ``stories`` is how many were told in each year."""
    points = sorted([*_law_points(laws), *_order_points(orders)], key=lambda point: point.on)
    if len(points) < 3:
        return None
    marks = _placed(points, today)
    years = [(_x(date(year, 1, 1), today), year) for year in _years(today)]
    return Strip(min(mark.y for mark in marks) - 24, marks, _terms(today), years, _band(stories, today))


def _band(stories: Mapping[int, int], today: date) -> list[Band]:
    """A bar for each year with a story; the year with the most fills the height, and the least is still seen."""
    shown = {year: count for year, count in sorted(stories.items()) if FIRST_YEAR <= year <= today.year and count > 0}
    most = max(shown.values(), default=0)
    band = []
    for year, count in shown.items():
        x, end = _x(date(year, 1, 1), today), _x(min(date(year, 12, 31), today), today)
        band.append(Band(x, max(end - x - 1, 3), max(round(count / most * BAND), 2), year, count))
    return band


def _law_points(laws: Iterable[Line]) -> list[_Point]:
    """Laws of one day are one point: "LL 226-228"."""
    by_day: dict[date, list[Line]] = {}
    for line in laws:
        on = line.enacted_on or line.stage_since
        if on and line.local_law and on.year >= FIRST_YEAR:
            by_day.setdefault(on, []).append(line)
    return [_Point(on, "council", _law_label(lines), min(lines, key=_law_key)) for on, lines in by_day.items()]


def _law_key(line: Line) -> str:
    return line.local_law


def _law_label(lines: Sequence[Line]) -> str:
    numbers = sorted(LocalLaw.parse(line.local_law).number for line in lines)
    if len(numbers) > 2 and numbers[-1] - numbers[0] == len(numbers) - 1:
        return f"LL {numbers[0]}-{numbers[-1]}"
    over = " over veto" if any(line.how == "overridden" for line in lines) else ""
    return "LL " + ", ".join(map(str, numbers)) + over


def _order_points(orders: Iterable[Line]) -> list[_Point]:
    shapes = {"Executive Order": "mayor", "Lawsuit": "court"}
    return [
        _Point(line.introduced_on, shapes[line.kind], _order_label(line), line)
        for line in orders
        if line.scope == "core" and line.kind in shapes and line.introduced_on and line.introduced_on.year >= FIRST_YEAR
    ]


def _order_label(line: Line) -> str:
    """Orders have numbers; suits have only names, which are too long here and stand in the list below."""
    return line.number.split(" of ")[0] if line.kind == "Executive Order" else "Suit"


def _placed(points: Sequence[_Point], today: date) -> list[Mark]:
    """Each point in the lowest row where its label touches no other; a label too much is left to the list."""
    taken: list[list[tuple[float, float]]] = [[] for _ in range(ROWS)]
    marks = []
    for point in sorted(points, key=lambda point: not point.label):
        x = _x(point.on, today)
        anchor = "end" if x > 900 else "start"
        row, label = _free_row(taken, x, anchor, point.label)
        marks.append(Mark(x, BASE - 22 - row * ROW, point.shape, label, anchor, point.line.slug, point.line.title))
    return marks


def _free_row(taken: list[list[tuple[float, float]]], x: int, anchor: str, label: str) -> tuple[int, str]:
    for text in (label, ""):
        reach = 14 + len(text) * LETTER
        start, end = (x - reach, x + 8.0) if anchor == "end" else (x - 8.0, x + reach)
        for row, spans in enumerate(taken):
            if all(end < other_start or start > other_end for other_start, other_end in spans):
                spans.append((start, end))
                return row, text
    return ROWS - 1, ""


def _x(on: date, today: date) -> int:
    begin, end = date(FIRST_YEAR, 1, 1).toordinal(), today.toordinal() + 60
    return round(LEFT + (on.toordinal() - begin) * (RIGHT - LEFT) / (end - begin))


def _years(today: date) -> range:
    return range(1990, today.year + 1, 5)


def _terms(today: date) -> list[Term]:
    begun = [(max(since, date(FIRST_YEAR, 1, 1)), name) for since, name in wording.MAYORS if since <= today]
    ends = [since for since, _ in begun[1:]] + [today]
    terms = []
    for index, ((since, name), until) in enumerate(zip(begun, ends, strict=True)):
        x = _x(since, today)
        width = _x(until, today) - x
        terms.append(Term(x, width, name if width > len(name) * LETTER + 6 else "", "odd" if index % 2 else "even"))
    return terms
