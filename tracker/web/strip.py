"""The drawing on the front page: what was enacted, ordered, sued over and ruled, on one line of years. Pure.

Everything is placed here in whole units, and the template only prints it, so that the drawing can be tested. No label
touches another, nor does the stem of a mark run through one: marks of one kind that stand too near to each other
become one, until there is room. The list below the drawing names every act by itself.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Final, NamedTuple
from unicodedata import category, east_asian_width

from tracker.errors import BadIdentifier
from tracker.identifiers import LocalLaw, OrderNumber
from tracker.language import N_, Words, _, dated_month, ngettext
from tracker.queries.milestones import DIRECTIVE, KINDS, LAW, ORDER, OVERRIDE, RULING, SUIT, VETO, Milestone
from tracker.vocabulary import Act
from tracker.web.years import FIRST_YEAR, Years, mayors, sessions, ticks

WIDTH, LEFT, RIGHT = 1000, 175, 990  # labels stand left of their marks, so the first need room
ROW, ROWS = 22, 12
BAND = 26  # the height of the band of coverage
LETTER, WIDE = 7.0, 12.5  # the width of a letter at 12 units, and of a Chinese one
HALF = 8  # of a symbol
GAP = 5

WORDS: Final = Words(
    {
        LAW: N_("Law"),
        OVERRIDE: N_("Law over a veto"),
        VETO: N_("Veto"),
        ORDER: N_("Mayoral order"),
        DIRECTIVE: N_("Agency directive"),
        SUIT: N_("Suit"),
        RULING: N_("Court ruling"),
    }
)
_COURTS: Final = {
    Act.ORDER_BLOCKED: N_("%(order)s blocked"),
    Act.ORDER_UNBLOCKED: N_("%(order)s unblocked"),
    Act.ORDER_VOIDED: N_("%(order)s void"),
}
_DATED: Final = re.compile(r" of (\d|[A-Z][a-z]{2} \d{4}).*$| \(\d{4}\)$", re.ASCII)  # "NYPD memo of 22 Feb 2017"
_SHORT_NAME: Final = 24  # letters
_NAMED: Final = 3  # so many numbers are named, more are counted


class Mark(NamedTuple):
    """One symbol with the acts it stands for; `x`, `y` of its middle, and the `label` to its left."""

    x: int
    y: int
    kind: str
    label: str
    acts: tuple[Milestone, ...]

    @property
    def span(self) -> tuple[float, float]:
        """From where to where the label runs."""
        return self.x - HALF - 2 - _length(self.label), self.x - HALF - 1


class Part(NamedTuple):
    """A part of a band: `label` is "" where it does not fit; `years` leads to it ("2014-2021")."""

    x: int
    width: int
    label: str
    title: str
    shade: str
    years: str


class Bar(NamedTuple):
    """Coverage of a year or a month: `coverage.stories` were told, and it is `height` units high of `BAND`."""

    x: int
    width: int
    height: int
    when: str
    stories: int


class Strip(NamedTuple):
    """The whole drawing; the bands begin at 0, the marks stand above them, down from `top`."""

    years: Years
    top: int
    marks: list[Mark]
    mayors: list[Part]
    sessions: list[Part]
    ticks: list[tuple[int, str]]
    bars: list[Bar]

    @property
    def bottom(self) -> int:
        return 108 if self.bars else 70

    @property
    def acts(self) -> list[Milestone]:
        """What all marks stand for, the oldest first."""
        return sorted((act for mark in self.marks for act in mark.acts), key=lambda act: act.on)

    @property
    def kinds(self) -> list[str]:
        """The kinds of its marks, for a legend."""
        drawn = {mark.kind for mark in self.marks}
        return [kind for kind in KINDS if kind in drawn]


def strip(
    acts: Iterable[Milestone], years: Years, today: date, stories: Mapping[date, int] = MappingProxyType({})
) -> Strip:
    """The drawing of these years. ``coverage.stories`` is how many stories were first told on each day."""
    shown = [act for act in acts if years.begin <= act.on <= years.end]
    marks = _placed(shown, years)
    return Strip(
        years=years,
        top=min((mark.y for mark in marks), default=0) - 18,
        marks=marks,
        mayors=_parts([(first, last, (name,)) for first, last, name in mayors(today)], years),
        sessions=_parts(
            [(first, last, (f"{first:%Y}–{last:%Y}", f"{first:%y}–{last:%y}")) for first, last in sessions(today)],
            years,
        ),
        ticks=[(_x(day, years), name) for day, name in ticks(years)],
        bars=_bars(stories, years),
    )


def _x(on: date, years: Years) -> int:
    begin, end = years.begin.toordinal(), years.end.toordinal() + 1
    return round(LEFT + (on.toordinal() - begin) * (RIGHT - LEFT) / (end - begin))


@lru_cache(2048)
def _length(text: str) -> float:
    """About how wide a text is printed; marks of direction take no room."""
    letters = (letter for letter in text if category(letter) != "Cf")
    return sum(WIDE if east_asian_width(letter) in "WF" else LETTER for letter in letters)


def _session_names(first: date, last: date) -> tuple[str, ...]:
    """Longest first."""
    return f"{first:%Y}–{last:%Y}", f"{first:%y}–{last:%y}"


def _parts(spans: Iterable[tuple[date, date, Sequence[str]]], years: Years) -> list[Part]:
    """The stretches of a band that are seen, each with its longest label that fits."""
    parts = []
    for place, (first, last, labels) in enumerate(spans):
        if last >= years.begin and first <= years.end:
            x, end = _x(max(first, years.begin), years), _x(min(last, years.end) + timedelta(1), years)
            label = next((label for label in labels if _length(label) < end - x - 4), "")
            since = max(first.year, FIRST_YEAR)
            parts.append(Part(x, end - x, label, labels[0], "odd" if place % 2 else "even", f"{since}-{last.year}"))
    return parts


def _bars(stories: Mapping[date, int], years: Years) -> list[Bar]:
    """A bar for each year, or month, with a story; the one with the most is full, and the least is still seen."""
    counted: Counter[date] = Counter()
    for on, count in stories.items():
        if years.begin <= on <= years.end and count > 0:
            counted[on.replace(day=1) if years.by_month else date(on.year, 1, 1)] += count
    most = max(counted.values(), default=0)
    bars = []
    for begin, count in sorted(counted.items()):
        months = 1 if years.by_month else 12
        after = date(begin.year + (begin.month + months > 12), (begin.month + months - 1) % 12 + 1, 1)
        x, end = _x(begin, years), _x(after, years)
        name = dated_month(begin) if years.by_month else str(begin.year)
        bars.append(Bar(x, max(end - x - 1, 3), max(round(count / most * BAND), 2), name, count))
    return bars


# ---- marks ---------------------------------------------------------------------------------------------------------


def _placed(acts: Sequence[Milestone], years: Years) -> list[Mark]:
    """Every act in a mark, as few to a mark as there is room for."""
    near = 4
    while (marks := _try(_groups(acts, years, near), years)) is None:
        near *= 2
    return marks


def _groups(acts: Sequence[Milestone], years: Years, near: int) -> list[list[Milestone]]:
    """Acts of one kind that stand nearer to each other than `near` units, the oldest group first."""
    open_groups: dict[str, list[Milestone]] = {}
    groups = []
    for act in acts:
        group = open_groups.get(act.kind)
        if group is None or _x(act.on, years) - _x(group[0].on, years) >= near:
            group = open_groups[act.kind] = []
            groups.append(group)
        group.append(act)
    return sorted(groups, key=lambda group: _middle(group, years))


def _middle(group: Sequence[Milestone], years: Years) -> int:
    return (_x(group[0].on, years) + _x(group[-1].on, years)) // 2


def _try(groups: Iterable[Sequence[Milestone]], years: Years) -> list[Mark] | None:
    """Each group in the lowest row that is free; None where the rows are too few, which they never are for a few."""
    marks: list[Mark] = []
    for group in groups:
        x = _middle(group, years)
        label = next((label for label in _labels(group) if _length(label) < x - HALF - 4), "")
        tried = (Mark(x, -16 - row * ROW, group[0].kind, label, tuple(group)) for row in range(ROWS))
        mark = next((mark for mark in tried if all(_apart(mark, other) for other in marks)), None)
        if mark is None:
            return None
        marks.append(mark)
    return marks


def _apart(one: Mark, other: Mark) -> bool:
    """Whether two marks leave each other alone: neither labels, nor a stem through a label below."""
    if one.y == other.y:
        left, right = sorted((one, other), key=lambda mark: mark.x)
        return left.x + HALF + GAP <= min(right.span[0], right.x - HALF)
    high, low = (one, other) if one.y < other.y else (other, one)
    start, end = low.span
    return not start - 2 <= high.x <= end


# ---- labels --------------------------------------------------------------------------------------------------------


def _labels(group: Sequence[Milestone]) -> Iterator[str]:
    """What a mark may say, the most telling first."""
    yield _label(group)
    yield WORDS[group[0].kind]


def _label(group: Sequence[Milestone]) -> str:
    kind, first = group[0].kind, group[0]
    if kind in (LAW, OVERRIDE):
        laws = _laws([LocalLaw.parse(act.line.local_law).number for act in group])
        return _("%(laws)s over veto", laws=laws) if kind == OVERRIDE else laws
    if kind == ORDER:
        return _orders([_short(act) for act in group])
    if len(group) > 1:
        return _counted(kind, len(group))
    if kind == VETO:
        return _("%(bill)s vetoed", bill=first.line.number.partition("-")[0])
    if kind == RULING:
        named = _COURTS.get(Act(first.act)) if first.line.kind != "Lawsuit" else None
        return _(named, order=_short(first)) if named else _("Ruling")
    short = _short(first)
    return short if len(short) <= _SHORT_NAME else WORDS[kind]


def _counted(kind: str, number: int) -> str:
    if kind == VETO:
        return ngettext("%(num)s veto", "%(num)s vetoes", number)
    if kind == DIRECTIVE:
        return ngettext("%(num)s directive", "%(num)s directives", number)
    if kind == SUIT:
        return ngettext("%(num)s suit", "%(num)s suits", number)
    return ngettext("%(num)s ruling", "%(num)s rulings", number)


def _laws(numbers: Sequence[int]) -> str:
    """ "LL 58, 59", "LL 226–228, 246"; where that grows long, they are counted."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    named = [f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs]
    text = "LL " + ", ".join(named)
    return text if len(text) <= _SHORT_NAME else ngettext("%(num)s law", "%(num)s laws", len(numbers))


def _orders(names: Sequence[str]) -> str:
    """ "EO 34, 41"; orders of two series, or more than a few, are counted."""
    series = {name.partition(" ")[0] for name in names}
    if len(names) > _NAMED or len(series) > 1:
        return ngettext("%(num)s order", "%(num)s orders", len(names))
    return f"{series.pop()} " + ", ".join(name.partition(" ")[2] for name in names)


def _short(act: Milestone) -> str:
    """A number or a name without its date: "EO 50", "NYPD memo", "Council v. Mayor"."""
    try:
        order = OrderNumber.parse(act.line.file_number)
    except BadIdentifier:
        return _DATED.sub("", act.line.file_number)
    return f"{order.series} {order.number}"
