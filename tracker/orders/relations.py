"""Which order an order means when it revokes, amends or extends another, and what that does to it. Pure.

Numbers start again with each mayor, so an order is found by number and date, else by number and year, else it is the
newest earlier one of that number and series by the same mayor or the one before. A number lower than the citing order's
own is the same mayor's; where that one is not at hand, none is taken: a wrong link is worse than none.

Two kinds of order do something to many at once. *Revoking* by date ("all Executive Orders issued on or after ...")
changes where each of them stands, so each gets an `Effect`, marked ``mass``, unless an earlier order had already ended
it. *Continuing* all orders in effect, as every new mayor does on the first day, changes nothing: it would put the same
row on hundreds of orders, and the continuing order says it in its own title.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple

from scrapers import order_citations
from scrapers.order_citations import Citation
from scrapers.records import OrderRecord
from tracker.identifiers import OrderNumber
from tracker.wording import MAYORS

Doubt = tuple[str, str]  # the matter's number, and a sentence

ENDS: Final = frozenset({"revokes", "supersedes"})
NEAR: Final = 32  # characters after a number in which its date stands
RENEWS: Final = frozenset({"extends", "continues"})
_FROM: Final = tuple(since.year for since, _ in MAYORS)  # every mayor since 1978 took office on a first of January
citations = lru_cache(maxsize=4096)(order_citations.citations)  # the same texts come back with every run


class Effect(NamedTuple):
    """What one order does to an earlier one: ``later`` and ``earlier`` are keys of the corpus ("2003-EO-034").

    ``words`` is the phrase that says so; ``mass`` where it follows from a date and not from a number.
    """

    verb: str
    later: str
    earlier: str
    partial: bool
    words: str
    mass: bool


def number_of(order: OrderRecord) -> OrderNumber:
    """The order's number as `identifiers` knows it; raises BadIdentifier where it is none."""
    return OrderNumber.parse(order.key)


def dated(order: OrderRecord) -> str:
    """When it was signed, as far as anybody says; "" where nobody does. A date of another year is a misreading."""
    days = [day for day in (order.dated_on, order.listed_on) if day]
    return next((day for day in days if day.startswith(str(order.year))), days[0] if days else "")


def term(order: OrderRecord) -> int:
    """Whose order it is: the mayors since 1974 by number, 0 for the first."""
    return bisect_right(_FROM, order.year)


def term_on(day: date) -> int:
    """Whose time a day falls in, as `term` counts."""
    return bisect_right(_FROM, day.year)


def counted(order: OrderRecord) -> tuple[int, int]:
    """The number as it counts: "2.38" is (2, 38), and comes after "2.9"."""
    whole, _, part = order.number.partition(".")
    return int(whole), int(part or 0)


def place(order: OrderRecord) -> tuple[int, tuple[int, int], str, str]:
    """The order of time: by mayor and number, since dates are missing or misread here and there."""
    return term(order), counted(order), order.series, order.key


class Corpus:
    """The orders at hand, each key once (the fullest record of it), oldest first."""

    def __init__(self, orders: Iterable[OrderRecord]) -> None:
        self.by_key: dict[str, OrderRecord] = {}
        for order in sorted(orders, key=lambda each: (each.complete, len(each.text), each)):
            self.by_key[order.key] = order
        self.orders = sorted(self.by_key.values(), key=place)
        self.since = min((order.year for order in self.orders), default=0)
        self._numbered: dict[tuple[str, str], list[OrderRecord]] = defaultdict(list)
        for order in self.orders:
            self._numbered[order.series, order.number].append(order)

    def find(self, citation: Citation, citing: OrderRecord) -> OrderRecord | None:
        """The order that is meant; None where it is not at hand or two fit."""
        if _split(citation):
            return None
        year = citation.year or _printed_year(citation)
        series = [citation.series]
        if citing.series == "EEO" and citation.series == "EO":
            series.append("EEO")  # an emergency order calls another one "Executive Order 47" now and then
        found = [each for name in series for each in self._numbered[name, citation.number] if _before(each, citing)]
        if citation.dated_on:
            exact = [each for each in found if citation.dated_on in (each.dated_on, each.listed_on)]
            if len(exact) == 1:
                return exact[0]
        found = [each for each in found if each.series == citation.series] if year else found
        if 0 < year <= citing.year:
            same = [each for each in found if each.year == year]
            return _only(same or [each for each in found if _may_be_of(each, year)])
        return _newest(found, citation, citing)

    def within(self, citation: Citation, citing: OrderRecord) -> Iterator[OrderRecord]:
        """The orders that a mass effect reaches, by their dates."""
        for order in self.orders:
            on = dated(order)
            inside = on and citation.since <= on < (citation.before or dated(citing) or "9")
            if inside and order.series == citation.series and order is not citing:
                yield order


def _before(order: OrderRecord, citing: OrderRecord) -> bool:
    if order.key == citing.key or order.year > citing.year:
        return False
    if order.series == citing.series and term(order) == term(citing):
        return counted(order) < counted(citing)
    return not (dated(order) and dated(citing)) or dated(order) <= dated(citing)


def _may_be_of(order: OrderRecord, year: int) -> bool:
    """Whether an order filed under a neighbouring year may be meant: the collection has no better date for it."""
    return abs(order.year - year) == 1 and (not dated(order) or dated(order)[:4] == str(year))


def _after_number(citation: Citation) -> str:
    """What the citing order prints right after the number, up to the next order's name."""
    at = re.search(rf"(?<!\d){re.escape(citation.number)}(?!\d)", citation.words)
    return re.split(r"[0O]rder", citation.words[at.end() : at.end() + NEAR])[0] if at else ""


def _split(citation: Citation) -> bool:
    """Whether a scan may have broken the number, or lost its end: "Executive Order 1 7 of 1990"."""
    return re.match(r"\s\d|[\x80-\x9f]", _after_number(citation)) is not None


def _printed_year(citation: Citation) -> int:
    """The year of a date that could not be read as a whole; 0 where it, too, is illegible."""
    year = re.search(r"(?<!\d)(?:19|20)\d\d(?!\d)", _after_number(citation))
    return int(year[0]) if year else 0


def _newest(found: Sequence[OrderRecord], citation: Citation, citing: OrderRecord) -> OrderRecord | None:
    """Without a date: the same mayor's, else the last mayor's where the number is not below the citing order's own.

    Where a date is printed and cannot be read, only one of the two may bear the number.
    """
    if re.match(r"\W*(?:dated|of|\()", _after_number(citation)):
        return _only([each for each in found if term(citing) - term(each) <= 1])
    if citation.series == "EEO":  # five days at a time: a bare number far back is a misreading
        found = [each for each in found if citing.year - each.year <= 1]
    mine = [each for each in found if term(each) == term(citing)]
    if mine:
        return _only(mine)
    if citation.series == citing.series and int(citation.number.split(".")[0]) < counted(citing)[0]:
        return None
    return _only([each for each in found if term(each) == term(citing) - 1])


def _only(found: Sequence[OrderRecord]) -> OrderRecord | None:
    return found[0] if len(found) == 1 else None


class Effects(NamedTuple):
    """All that the orders of a corpus do to each other, the oldest effect first; and what could not be made out."""

    found: tuple[Effect, ...]
    doubts: tuple[Doubt, ...]


def find_effects(corpus: Corpus) -> Effects:
    """What each order does to earlier ones. An order older than the corpus is no doubt: it cannot be there."""
    found: list[Effect] = []
    doubts: list[Doubt] = []
    ended: set[str] = set()
    for order in corpus.orders:
        for citation in citations(order.text):
            if not citation.number:
                found += _mass(corpus, citation, order, ended)
            elif (target := corpus.find(citation, order)) is not None:
                found.append(Effect(citation.verb, order.key, target.key, citation.partial, citation.words, mass=False))
            elif not 0 < (citation.year or _printed_year(citation)) < corpus.since:
                doubts.append((str(number_of(order)), _not_found(citation)))
        ended |= {each.earlier for each in found if each.later == order.key and each.verb in ENDS and not each.partial}
    return Effects(tuple(dict.fromkeys(found)), tuple(dict.fromkeys(doubts)))


def _mass(corpus: Corpus, citation: Citation, order: OrderRecord, ended: set[str]) -> Iterator[Effect]:
    if citation.verb in ENDS:
        for target in corpus.within(citation, order):
            if target.key not in ended:
                yield Effect(citation.verb, order.key, target.key, citation.partial, citation.words, mass=True)


def _not_found(citation: Citation) -> str:
    kind = "Emergency Executive Order" if citation.series == "EEO" else "Executive Order"
    when = f", dated {citation.dated_on}" if citation.dated_on else f" of {citation.year}" if citation.year else ""
    named = f"{kind} {citation.number}{when}"
    return f"It {citation.verb} {named}, which was not found among the orders, or not for certain."
