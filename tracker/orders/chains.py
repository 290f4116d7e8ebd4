"""Emergency orders last five days and are renewed by new orders: which orders are one chain. Pure.

A chain is one mayor's. Its first order gives it its name; each later one extends an order that is in it, or bears its
number with a part ("2.38" goes on with "2"). A new mayor who extends an emergency starts a chain of their own that
takes the old one's place. Orders of one mayor that all extend the same older order (as those of 2014 extend Executive
Order 234 of 2013) are one chain too.

An order that extends several belongs to the chain of the one it names first. The others' chains join it, unless they
declare an emergency of their own: they hold the measures taken under the same one, or a stretch of the same chain whose
own first order could not be read (67 texts are missing).
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from scrapers.records import OrderRecord
from tracker.orders.relations import RENEWS, Corpus, Effect, counted, term

_DECLARES: Final = re.compile(r"\bhereby\W+(?:declare|proclaim)", re.IGNORECASE)


class Chains(NamedTuple):
    """Which matter each order belongs to: ``root`` maps every key to the key of the order that names the matter.

    ``members`` are the orders of each matter, oldest first; an ordinary order is alone in its own.
    """

    root: Mapping[str, str]
    members: Mapping[str, tuple[OrderRecord, ...]]


def find_chains(corpus: Corpus, effects: Iterable[Effect]) -> Chains:
    """Every order of the corpus in exactly one matter."""
    renewed: dict[str, list[str]] = defaultdict(list)
    for effect in effects:
        if effect.verb in RENEWS:
            renewed[effect.later].append(effect.earlier)
    links = _Links(corpus)
    for order in corpus.orders:
        links.add(order, renewed[order.key])
    members: dict[str, list[OrderRecord]] = defaultdict(list)
    root = {order.key: links.root(order.key) for order in corpus.orders}
    for order in corpus.orders:
        members[root[order.key]].append(order)
    return Chains(root, {key: tuple(orders) for key, orders in members.items()})


class _Links:
    """The chains as they grow, order by order, oldest first."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._after: dict[str, str] = {}  # an order -> one that stands before it in its chain
        self._started: dict[tuple[int, str], str] = {}  # (mayor, what came before that mayor) -> first order of theirs
        self._dotted: dict[tuple[int, int], str] = {}  # (mayor, number) -> first order that bears it
        self._loose: set[str] = set()  # first orders that name no earlier one and declare no emergency

    def root(self, key: str) -> str:
        """The first order of the chain that an order belongs to."""
        while key in self._after:
            key = self._after[key]
        return key

    def add(self, order: OrderRecord, renewed: Iterable[str]) -> None:
        if order.series != "EEO":
            return
        whole, part = counted(order)
        mayor = term(order)
        first = self._dotted.setdefault((mayor, whole), order.key)
        if part:
            self._join(first, order.key)
            return
        before = [self._corpus.by_key[key] for key in renewed]
        anchors = [(mayor, self.root(each.key)) for each in before if not _same_hand(each, order)]
        named = [self._of(each, mayor) for each in before]
        chains = list(dict.fromkeys(self.root(key) for key in named if key))
        known = next((key for key in chains if key not in self._loose), chains[0] if chains else order.key)
        self._join(known, order.key)
        for chain in chains:
            if chain in self._loose:
                self._join(known, chain)
        for anchor in anchors:
            self._started.setdefault(anchor, order.key)
        if not before and not _DECLARES.search(order.text):
            self._loose.add(order.key)

    def _of(self, earlier: OrderRecord, mayor: int) -> str:
        """The order of this mayor's through which an earlier one is reached; "" where there is none yet."""
        inside = earlier.series == "EEO" and term(earlier) == mayor
        return earlier.key if inside else self._started.get((mayor, self.root(earlier.key)), "")

    def _join(self, chain: str, key: str) -> None:
        head, tail = self.root(chain), self.root(key)
        if head != tail:
            first, last = sorted((head, tail), key=lambda each: counted(self._corpus.by_key[each]))
            self._after[last] = first


def _same_hand(earlier: OrderRecord, later: OrderRecord) -> bool:
    return earlier.series == "EEO" and term(earlier) == term(later)
