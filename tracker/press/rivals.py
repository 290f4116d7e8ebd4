"""Matters that the same words could mean compete; the best stay. Pure.

The three laws on detainers in the jails, say, are described in nearly the same words; the year, the mayor or the day
of publication tells which is meant, and the others must not be linked beside it.
"""

import re
from collections import defaultdict
from functools import lru_cache
from typing import Final, NamedTuple

from tracker.press.fit import Fit
from tracker.press.knowledge import Known
from tracker.press.names import is_over, pick_member
from tracker.press.resolve import Context
from tracker.press.text import fold

DETAINERS: Final = "detainers"
Rival = tuple[str, str]  # what is competed for, and for which agency
# a sentence on several bills, of which each may be meant
_ANOTHER: Final = re.compile(r"\b(?:another|the other|the others|a second|one would .* one would)\b", re.IGNORECASE)
_PLURAL: Final = 2
_CLOSE: Final = 0.04  # matters this near to the best one are meant as well


class Described(NamedTuple):
    """A matter that a sentence describes, how surely, the marks that say so, and what it competes for.

    ``changes`` says that it is described as a bill on the rules of other laws, which are not described thereby.
    """

    fit: Fit
    score: float
    marks: frozenset[str]
    rivals: frozenset[Rival]
    changes: bool = False

    @property
    def matter(self) -> Known:
        """The matter."""
        return self.fit.matter

    @property
    def is_general(self) -> bool:
        """Whether it is a law that only general words describe."""
        return self.matter.kind == "bill" and self.matter.objects.isdisjoint(self.fit.seen.objects)


def _names_any(one: Described, names: set[str]) -> bool:
    words = one.fit.seen.sentence.words.lower() if names else ""
    return any(name in words for name in names)


def rivals_of(matter: Known, objects: frozenset[str]) -> frozenset[Rival]:
    """What a matter competes for: each object, and the rules on detainers for each agency; "" where it has none."""
    return _rivals("rule" if matter.kind == "bill" else matter.kind, matter.agencies, objects)


@lru_cache(maxsize=4096)
def _rivals(kind: str, agencies: frozenset[str], objects: frozenset[str]) -> frozenset[Rival]:
    wide = sorted(agencies) or [""]
    named = [(name, agency) for name in objects for agency in (wide if name == DETAINERS else [""])]
    return frozenset((f"{kind}:{name}", agency) for name, agency in named or [("general", agency) for agency in wide])


def rivals_of_order(matter: Known) -> frozenset[Rival]:
    """The orders of one mayor compete with each other."""
    return frozenset(("order of", mayor) for mayor in matter.mayors if matter.kind == "order")


def winners(described: list[Described], told: list[Known], context: Context, folded: str) -> list[Described]:
    """Of those that compete for the same words the best, or those that a year names; of a family one member."""
    contest = _Contest(described, told)
    best: dict[str, Described] = {}
    for one in described:
        held = best.get(one.matter.file_number)
        if contest.stays(one) and (held is None or one.score > held.score):
            best[one.matter.file_number] = one
    families: dict[str, list[Described]] = defaultdict(list)
    for one in best.values():
        families[one.matter.family].append(one)
    alone = (members[0] for members in families.values() if len(members) == 1)
    company = {one.matter.opened_on.year for one in alone if one.matter.kind == "bill" and "bill" in one.fit.seen.kinds}
    context = context._replace(company=context.company | company)
    return [one for members in families.values() for one in _meant(members, context, folded)]


def _meant(members: list[Described], context: Context, folded: str) -> list[Described]:
    """The member of a family of bills that is meant."""
    members = [member for member in members if member.fit.sponsored] or members
    members = [member for member in members if not is_over(member.matter, context)] or members
    if len(members) == 1:
        return members
    best = max(member.score for member in members)
    near = [member for member in members if member.score >= best - 2 * _CLOSE]
    matter = pick_member((member.matter for member in near), context, folded)
    return [member for member in near if member.matter is matter]


class _Contest:
    """What is best for each thing that is competed for, and what the text cites by number or name."""

    def __init__(self, described: list[Described], told: list[Known]) -> None:
        self._top: dict[Rival, float] = defaultdict(float)
        self._told: dict[Rival, list[Known]] = defaultdict(list)
        for matter in told:
            for rival in rivals_of(matter, matter.objects) | rivals_of_order(matter):
                self._told[rival].append(matter)
        self._told_years = frozenset[int]().union(*(matter.law_years for matter in told))
        self._described = described
        for one in described:
            for rival in one.rivals:
                self._top[rival] = max(self._top[rival], one.score)
        orders = [one for one in described if one.matter.kind == "order"]
        self._ordered = {  # sentences after one on an order, and a title before it, with what the order is about
            (place, name)
            for one in orders
            for place in ((one.fit.seen.place + 1, 0) if one.fit.seen.place == 1 else (one.fit.seen.place + 1,))
            for name in one.matter.objects
        }
        # a year that belongs to a law whose very subject stands in the sentence calls no other law
        self._taken = {
            (one.fit.seen.place, year)
            for one in described
            if not one.is_general and one.matter.is_law and "plural" not in one.fit.seen.kinds
            for year in one.fit.seen.years & one.matter.law_years
        }
        self._laws: dict[tuple[int, int], set[str]] = defaultdict(set)  # by sentence and year, by their very subject
        for one in described:
            for year in one.fit.seen.years & one.matter.law_years if not one.is_general else ():
                self._laws[one.fit.seen.place, year].add(one.matter.file_number)
        # sentences that say the very subject of a bill or a law
        bills = {fold(name).lower() for matter in told if not matter.is_law for name in matter.names}
        self._changed = {one.fit.seen.place for one in described if one.changes or _names_any(one, bills)}
        self._plain = {one.fit.seen.place for one in described if one.matter.kind == "bill" and not one.is_general}

    def stays(self, one: Described) -> bool:
        """Whether nothing means the words better; its own year is enough, unless it is another's too."""
        years = one.fit.seen.years & one.matter.law_years
        if one.is_general and years and self._is_taken(one, years):
            return False
        if one.is_general and one.fit.seen.place in self._plain and not self._is_beside(one):
            return False
        if self._is_only_changed(one) or self._is_in_an_order(one):
            return False
        if self._told and one.fit.in_force and not (years or one.fit.aged) and not self._is_called_a_law(one):
            return False
        if years and one.matter.kind == "order" and one.fit.names_its_month:
            return True
        cited = [matter for rival in one.rivals for matter in self._told.get(rival, ())]
        if years and one.matter.kind == "bill" and not any(years & matter.law_years for matter in cited):
            return True
        if cited and not self._is_the_news(one, cited):
            return False
        if any(
            _is_overtaken(one, other) or _is_one_of_two(one, other) or _is_to_come(one, other)
            for other in self._described
        ):
            return False
        return any(one.score >= self._top[rival] - _CLOSE for rival in one.rivals)

    def _is_beside(self, one: Described) -> bool:
        """Whether general words mean it beside others' subjects: its agency is there, or "laws" of its year are.

        Two laws of a year are "laws" already.
        """
        if one.fit.seen.agencies & one.matter.agencies:
            return True
        if not one.fit.dated or "plural" not in one.fit.seen.kinds:
            return False
        years = one.fit.seen.years & one.matter.law_years
        return all(len(self._laws[one.fit.seen.place, year]) < _PLURAL for year in years)

    def _is_only_changed(self, one: Described) -> bool:
        """Whether the sentence tells of a bill on its rules, and not of the law itself."""
        fit = one.fit
        if one.changes or fit.pinned or fit.aged or fit.ruled or fit.lively or not fit.in_force:
            return False
        return fit.seen.place in self._changed and not _ANOTHER.search(fit.seen.sentence.words)

    def _is_in_an_order(self, one: Described) -> bool:
        """Whether what is barred, by no law that the sentence names, is what an order told beside it bars."""
        seen = one.fit.seen
        if one.matter.kind != "bill" or "bans" not in seen.kinds or seen.kinds & {"law", "bill"} or one.fit.pinned:
            return False
        return any((seen.place, name) in self._ordered for name in one.matter.objects & seen.objects)

    def _is_the_news(self, one: Described, cited: list[Known]) -> bool:
        """A release on new bills cites only the old laws: what moves now is described, what is cited is past."""
        return one.fit.lively and not any(one.fit.of(matter).lively for matter in cited)

    def _is_taken(self, one: Described, years: frozenset[int]) -> bool:
        return years <= self._told_years or all((one.fit.seen.place, year) in self._taken for year in years)

    def _is_called_a_law(self, one: Described) -> bool:
        """Beside what is cited, a law without its year must be called a law, and its agency named."""
        if one.fit.lively or one.fit.acts or one.fit.sponsored:
            return True
        agency = not one.matter.agencies or any(mark.startswith("agency:") for mark in one.marks)
        return agency and "kind:law" in one.marks


def _is_overtaken(one: Described, other: Described) -> bool:
    """Whether words without a year mean the newer of two laws in force, the one that changed the other."""
    in_force = (one.fit.in_force and other.fit.in_force) or one.matter.kind == other.matter.kind == "order"
    if one.fit.fresh or not (in_force and one.rivals & other.rivals):
        return False
    old, new = one.matter.law_on, other.matter.law_on
    newer = old is not None and new is not None and new > old and other.matter.file_number in one.matter.related
    return newer and other.score >= one.score - _CLOSE


def _is_to_come(one: Described, other: Described) -> bool:
    """Whether an order was yet to come when another of that mayor was news."""
    day = one.fit.context.published
    if day is None or one.matter.kind != "order" or not one.rivals & other.rivals:
        return False
    return other.matter.opened_on <= day < one.matter.opened_on and other.fit.fresh


def _is_one_of_two(one: Described, other: Described) -> bool:
    """Whether "a law" of a mayor is rather the one that he signed alone than one of two of the same day, or not."""
    if one.fit.fresh or one.fit.dated or one.fit.aged or one.fit.seen.place != other.fit.seen.place:
        return False
    mayors = one.matter.mayors & other.matter.mayors & (one.fit.seen.mayors or one.fit.context.mayors)
    if not (mayors and other.matter.is_law and one.rivals & other.rivals and other.score >= one.score - _CLOSE):
        return False
    several = "plural" in one.fit.seen.kinds and len(one.fit.seen.agencies) > 1
    if several:
        return other.matter.twin and not one.matter.twin
    return one.matter.twin and not other.matter.twin and "plural" not in one.fit.seen.kinds
