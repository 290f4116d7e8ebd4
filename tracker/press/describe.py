"""Matters that a text describes without naming them: agency, act, year or mayor, and object. Pure.

Each sentence is held against the matters of the record that it may mean. What contradicts a matter, such as another
year, another agency or another mayor, rules it out; what agrees adds to its score, by the weights of ``[press]``.
Matters that the same words could mean compete, and only the best stay: that is for `press.rivals`.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from tracker.press.fit import Fit, Spans, is_alive
from tracker.press.knowledge import Knowledge, Known, mayor_on
from tracker.press.resolve import Context
from tracker.press.rivals import DETAINERS, Described, Rival, rivals_of, rivals_of_order, winners
from tracker.press.seen import Seen
from tracker.press.terms import PressTerms

_BROAD: Final = frozenset({DETAINERS, "city resources"})  # what "cooperation with ICE" in general words can mean
_COUNCIL_ACTS: Final = frozenset({"veto", "override"})
_ORDER: Final = re.compile(r"\border", re.IGNORECASE)
_NEAR: Final = 3  # sentences
_BESIDE: Final = 2
_DAYS: Final = 1_000  # of which it is remembered what was alive


class _Subject(NamedTuple):
    """What a sentence says that a matter is about: points, the marks that say it, and what it competes for."""

    points: float
    marks: frozenset[str]
    rivals: frozenset[Rival]


class _Around(NamedTuple):
    """The objects of the sentences around one, and all marks of those beside it."""

    objects: frozenset[str]
    marks: frozenset[str]
    next: frozenset[str]  # the objects of the sentences right before and after


_NO_SUBJECT: Final = _Subject(0.0, frozenset(), frozenset())


class Descriptions:
    """Scores what sentences describe against everything that the record knows."""

    def __init__(self, knowledge: Knowledge, terms: PressTerms) -> None:
        self._knowledge = knowledge
        self._weights = terms.weights
        self._usual = frozenset(terms.usual_agencies)
        self._late = timedelta(days=terms.late_days)
        self._spans = Spans(timedelta(days=terms.early_days), self._late)
        self._alive = lru_cache(maxsize=_DAYS)(self._alive_on)
        self._narrow = frozenset(terms.narrow)
        self._on_rules = frozenset(terms.on_rules)
        orders = [matter for matter in knowledge.matters if matter.kind == "order" and matter.policy and matter.core]
        self._orders: dict[str | int, list[Known]] = defaultdict(list)  # by mayor, by who signed, by year
        for order in orders:
            names: set[str | int] = {*filter(None, (*order.mayors, order.sponsor)), *order.law_years}
            for name in names:
                self._orders[name].append(order)
        self._fought = [matter for matter in knowledge.matters if matter.kind == "bill" and matter.acts]
        self._broad = [matter for matter in knowledge.matters if _is_broad(matter)]
        # what binds one agency, where another law of that day binds them all: general words mean the other
        whole = {matter.law_on for matter in self._broad if not matter.agencies}
        self._partial = {matter.file_number for matter in self._broad if matter.agencies and matter.law_on in whole}
        bound: dict[str, set[str]] = defaultdict(set)
        for matter in self._broad:
            for agency in matter.agencies:
                bound[agency].add(matter.family)
        self._bound_once = frozenset(agency for agency, families in bound.items() if len(families) == 1)
        self._directives = [matter for matter in knowledge.matters if matter.kind == "directive"]
        self._alone = {name for name, matters in knowledge.by_object.items() if _are_one_family(matters)}

    def find(self, seen: list[Seen], context: Context, told: Iterable[Known]) -> list[Described]:
        """The matters described, the best description of each.

        `told` are the matters that the text cites or names: they compete with the others, and win.
        """
        around = [_around(seen, index) for index in range(len(seen))]
        described = [
            one
            for sentence, others in zip(seen, around, strict=True)
            for one in self._in_sentence(sentence, others, context)
        ]
        return winners(described, list(told), context, " ".join(one.sentence.words for one in seen))

    def _in_sentence(self, seen: Seen, around: _Around, context: Context) -> Iterator[Described]:
        if seen.kinds or seen.acts or (seen.objects and (seen.mayors or seen.before)):
            for matter in self._candidates(seen, around, context):
                if described := self._score(Fit(matter, seen, context, self._spans), around):
                    yield described

    def _candidates(self, seen: Seen, around: _Around, context: Context) -> Iterable[Known]:
        found: dict[str, Known] = {}
        for name in seen.objects:
            found.update((matter.file_number, matter) for matter in self._knowledge.by_object.get(name, ()))
        if "order" in seen.kinds:
            in_office = mayor_on(context.published) if context.published else ""
            told: Iterable[str | int] = {*seen.people, *seen.years, *(seen.mayors or context.mayors | {in_office})}
            for one in told:
                found.update((matter.file_number, matter) for matter in self._orders.get(one, ()))
            near = (matter for other in around.objects for matter in self._knowledge.by_object.get(other, ()))
            found.update((matter.file_number, matter) for matter in near if matter.kind == "order")
        if not seen.objects and (seen.people or seen.years or seen.acts or seen.mayors):
            for name in around.next:
                found.update((matter.file_number, matter) for matter in self._knowledge.by_object.get(name, ()))
        if seen.kinds & {"law", "bill"} and seen.acts & _COUNCIL_ACTS:
            found.update((matter.file_number, matter) for matter in self._fought)
        if seen.kinds & {"law", "bill"} and (seen.years or seen.aged or "cooperation" in seen.marks):
            found.update((matter.file_number, matter) for matter in self._broad)
        if "directive" in seen.kinds:
            found.update((matter.file_number, matter) for matter in self._directives)
        return [matter for number, matter in found.items() if self._may_be(number, matter, seen, context.published)]

    def _may_be(self, number: str, matter: Known, seen: Seen, day: date | None) -> bool:
        """A first look that spares the closer one: what it is, and whether it was alive on that day."""
        if matter.kind not in ("bill", "order") and matter.kind not in seen.kinds:
            return False
        return day is None or number in self._alive(day)

    def _alive_on(self, day: date) -> frozenset[str]:
        """What news of a day can mean."""
        return frozenset(matter.file_number for matter in self._knowledge.matters if is_alive(matter, day, self._spans))

    def _score(self, fit: Fit, around: _Around) -> Described | None:
        if not fit.kind_fits() or fit.contradicted():
            return None
        own = fit.unmistakable or (fit.matter.kind == "order" and not fit.matter.own.isdisjoint(around.objects))
        time = self._time(fit, own)
        if time <= 0 or not self._is_bound(fit):
            return None
        subject = self._subject(fit, _is_near(fit, around), own)
        if not subject.rivals:
            subject = self._borrowed(fit, around.next)
        if not subject.rivals:
            return None
        kind = 0.0 if fit.goes_on and not fit.carried_on else self._weights.kind
        score = subject.points + time + kind + (self._weights.act if fit.acts else 0)
        marks = subject.marks | {f"act:{name}" for name in fit.acts} | {f"mayor:{name}" for name in fit.ruled}
        marks |= {f"kind:{name}" for name in fit.seen.kinds}
        marks |= {f"sponsor:{fit.matter.sponsor}"} if fit.sponsored else set()
        changes = any(f"object:{name}" in marks for name in fit.matter.objects & self._on_rules)
        return Described(fit, round(score, 3), marks, subject.rivals, changes)

    def _subject(self, fit: Fit, near: bool, own: bool) -> _Subject:
        matter, seen, weights = fit.matter, fit.seen, self._weights
        agencies = seen.agencies & matter.agencies
        objects = seen.objects & (matter.objects & self._on_rules or matter.objects)
        marks = {f"agency:{name}" for name in agencies} | {f"object:{name}" for name in objects}
        points = weights.agency if agencies else 0.0
        if not objects:
            general = self._general(fit, near, own)
            return general._replace(points=points + general.points, marks=general.marks | marks)
        points += weights.object + weights.nearby * (len(objects) - 1)
        points += weights.only if objects & self._alone else 0
        if matter.twin and "plural" in seen.kinds and len(seen.agencies) > 1:
            points += weights.plural
        return _Subject(points, frozenset(marks), rivals_of(matter, objects) | rivals_of_order(matter))

    def _borrowed(self, fit: Fit, objects: frozenset[str]) -> _Subject:
        """What a sentence beside it tells of, where this one only says which bill: its sponsor, its veto, its year."""
        matter, seen = fit.matter, fit.seen
        objects &= matter.objects & self._on_rules or matter.objects
        told = fit.sponsored or bool(fit.acts & _COUNCIL_ACTS)
        made = bool(seen.bound & matter.law_years) or (bool(fit.ruled) and "made" in seen.kinds)
        told = told or (bool(seen.general) and made)
        told = told or (fit.in_force and "law" in seen.kinds and seen.marks >= {"cooperation", "limits"})
        if matter.kind != "bill" or seen.objects or not objects or not told:
            return _NO_SUBJECT
        agencies = seen.agencies & matter.agencies
        points = self._weights.cooperation + (self._weights.agency if agencies else 0)
        return _Subject(points, frozenset(f"agency:{name}" for name in agencies), rivals_of(matter, objects))

    def _general(self, fit: Fit, near: bool, own: bool) -> _Subject:
        """What general words say: "an executive order of Mayor Koch", "the sanctuary laws of 2014", "new protocols"."""
        matter, seen, weights = fit.matter, fit.seen, self._weights
        points = {"cooperation": weights.cooperation, "policy": weights.policy}.get(seen.general, 0.0)
        marks = frozenset({seen.general} - {""})
        if matter.kind == "directive":
            return _Subject(points, marks, frozenset({("directive", "")}) if fit.dated or fit.aged else frozenset())
        if matter.kind == "order":
            points = max(points, weights.object if own else weights.cooperation if near else 0.0)
            return (
                _Subject(points, marks, rivals_of_order(matter))
                if self._is_order_meant(fit, near, own)
                else _NO_SUBJECT
            )
        bound = bool(matter.agencies & seen.agencies) and seen.general == "cooperation"
        if bound and fit.acts & _COUNCIL_ACTS:
            return _Subject(points, marks, rivals_of(matter, frozenset()))
        if not (_is_broad(matter) and self._is_told_broadly(fit, near)):
            return _NO_SUBJECT
        points = max(points, weights.cooperation if near else 0.0)
        points += weights.nearby if near and seen.general else 0
        points += weights.plural if matter.twin and "plural" in seen.kinds and not seen.agencies else 0
        return _Subject(points, marks, rivals_of(matter, frozenset()))

    def _is_order_meant(self, fit: Fit, near: bool, own: bool) -> bool:
        """Whether general words mean this order: its mayor's and its year's, or one that was made, on the policy."""
        if fit.dated and fit.ruled:
            return True
        if (fit.seen.objects & self._narrow) - fit.matter.objects:  # told by what another is about
            several = len(_ORDER.findall(fit.seen.sentence.words)) > 1
            if not several or fit.matter.objects & self._narrow:
                return False
        on_policy = near or (bool(fit.seen.general) and fit.matter.objects.isdisjoint(self._narrow))
        told = own or fit.dated or fit.aged or fit.sponsored or fit.fresh or "made" in fit.seen.kinds
        return on_policy and (told or self._is_only(fit))

    def _is_only(self, fit: Fit) -> bool:
        """Whether it is the one order of the mayor, or of the year, that the sentence names."""
        names = fit.ruled | (fit.seen.years & fit.matter.law_years)
        return any(len(self._orders[name]) == 1 for name in names)

    def _is_told_broadly(self, fit: Fit, near: bool) -> bool:
        """Whether general words ("laws of 2014", "laws that limit how police and jails work with ICE") mean this law.

        Its year says so, or news of the day; else its agency, with another one beside it, or with its own subject near.
        """
        agencies, own = fit.seen.agencies, fit.matter.agencies
        if agencies and not own:
            return False
        if fit.dated or fit.aged:
            others = fit.context.agencies & self._usual
            both = bool(fit.seen.years) and "plural" in fit.seen.kinds
            if own and others and own.isdisjoint(others) and not (agencies or both):
                return False
            return bool(fit.seen.general) or near
        if fit.seen.general != "cooperation":
            return False
        if fit.ruled and fit.matter.twin and fit.matter.how == "signed" and {"plural", "made"} <= fit.seen.kinds:
            return not agencies or bool(agencies & own)
        several = len(agencies) > 1 and "law" in fit.seen.kinds
        ahead = fit.is_unheard_of and "limits" not in fit.seen.marks
        if fit.fresh and not ahead and (agencies or fit.matter.file_number not in self._partial):
            return True
        if "limits" not in fit.seen.marks:
            return False  # who broke the rules, or wants them changed, does not tell which they are
        if agencies & own & self._bound_once:
            return True
        return bool(agencies) and (near or several or bool(fit.ruled) or self._is_of_its_days(fit))

    def _is_of_its_days(self, fit: Fit) -> bool:
        """Whether the article is of one mayor's days, and the sentence has no other subject."""
        return fit.is_of_one_mayor and fit.seen.objects <= self._narrow

    def _is_bound(self, fit: Fit) -> bool:
        """Rules on detainers are many; undated words mean those of the agencies that the article names."""
        matter = fit.matter
        if matter.file_number in self._partial and not (fit.dated and "plural" in fit.seen.kinds):
            return not matter.agencies.isdisjoint(fit.seen.agencies | (fit.context.agencies if fit.fresh else set()))
        if fit.dated or fit.aged or fit.fresh or DETAINERS not in matter.objects or matter.objects & self._on_rules:
            return True
        meant = fit.seen.agencies or fit.context.agencies & self._usual or self._usual
        return not matter.agencies.isdisjoint(meant)

    def _time(self, fit: Fit, own: bool) -> float:
        """How well the time fits; none means that nothing ties the words to a time."""
        weights, matter, seen, context = self._weights, fit.matter, fit.seen, fit.context
        order = matter.kind == "order"
        points = weights.year if fit.dated or fit.voted else weights.age if fit.aged else 0.0
        if fit.ruled:
            points += weights.mayor * (1.5 if order else 1)
        elif not seen.mayors and context.mayors & matter.mayors:
            points += weights.mayor * (1 if order or len(context.mayors) == 1 else 0.5)
        elif not seen.mayors and order and fit.in_office:
            points += weights.mayor
        if fit.fresh:
            points += weights.fresh + (weights.day if fit.of_the_day else 0)
        elif (fit.in_force or (order and (fit.prevails or fit.recalled_by_mayor))) and not (fit.dated or fit.aged):
            points += weights.in_force
        if fit.acts and not points:
            points += weights.nearby
        if fit.sponsored:
            points += weights.sponsor
        if matter.related & context.told:
            points += weights.nearby
        if context.published is None and not fit.dated and (fit.names_its_month or fit.in_company):
            points += weights.month
        if not order and matter.kind != "directive" and not points and context.published is None and fit.own:
            points += weights.in_force  # nothing but its subject, which is that of no other
        if order and (self._is_only(fit) or (own and not points)):
            points += weights.only
        return points


def _is_broad(matter: Known) -> bool:
    return matter.is_law and matter.kind == "bill" and matter.core and bool(matter.objects & _BROAD)


def _are_one_family(matters: list[Known]) -> bool:
    """Whether no other family of the same kind of matter is about this object."""
    return all(one.family == two.family for one in matters for two in matters if one.kind == two.kind)


def _around(seen: list[Seen], index: int) -> _Around:
    """What stands in the sentences around one, which are those beside it in the text."""
    place = seen[index].place
    window = [one for one in seen[max(0, index - _NEAR) : index + _NEAR + 1] if one.place != place]
    near = [one for one in window if abs(one.place - place) <= _NEAR]
    objects = frozenset[str]().union(*(one.objects for one in near))
    marks = frozenset[str]().union(*(one.marks for one in near if abs(one.place - place) <= _BESIDE))
    return _Around(objects, marks, frozenset().union(*(one.objects for one in near if abs(one.place - place) == 1)))


def _is_near(fit: Fit, around: _Around) -> bool:
    """Whether a sentence beside it speaks of what the matter is about, or the text cites what it changed."""
    if (fit.dated or fit.aged or fit.ruled) and fit.matter.related & fit.context.told:
        return True
    if fit.matter.objects & around.objects:
        return True
    if fit.seen.objects or not fit.dated:
        return False
    if fit.matter.agencies & fit.seen.agencies and "policy" in around.marks:
        return True
    if "plural" not in fit.seen.kinds:
        return False
    return "cooperation" in around.marks or (bool(fit.ruled) and "topic" in around.marks)
