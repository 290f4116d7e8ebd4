"""Decides what a mayoral order is to the tracker: by its own words, and by what it does to orders that are followed.

Orders are harder than bills. Of 974 ordinary ones 35 hold a word on immigration and about seven matter: most only name
the Office of Immigrant Affairs in a list of who reports to which deputy mayor. The rule for Council matters goes first,
on the subject and on what is ordered; recitals count only where the rest of the text is missing. To it come:

* core, where the subject names immigrants and what is ordered names the immigration authorities or binds City staff on
  immigration status (the orders of 1989 and 2003);
* related, where an order revokes, amends or replaces a followed one, by its number or by its date. It may hold no such
  word at all: Executive Order 1 of 2026 does not;
* context, for emergency orders on shelter for arriving asylum seekers, and for a new mayor's general order that keeps
  a followed order in effect.
"""

import re
from collections.abc import Mapping, Set
from typing import Final

from scrapers.records import OrderRecord
from tracker.orders.chains import Chains
from tracker.orders.relations import ENDS, Corpus, Effect, citations, number_of, place
from tracker.scope import Passage, Phrases, Rule, Verdict

FOLLOWED: Final = frozenset({"core", "related"})
CHANGES: Final = ENDS | {"amends"}

_PEOPLE: Final = Phrases(
    ("immigrant*", "immigration", "alien", "aliens", "noncitizen*", "non-citizen*", "undocumented")
)
_BINDING: Final = Phrases(
    ("immigration authorit*", "immigration enforcement", "immigration status", "immigration law*", "immigration agent*")
)
_ARRIVALS: Final = Phrases(("asylum", "asylum seeker*", "migrant*", "new arrivals"))
_ORDERED: Final = re.compile(r"\bNOW,? ?THEREFORE\b|\bhereby\W{1,3}ordered\b", re.IGNORECASE)
_PASSING: Final = 2  # mentions of arriving people from which an emergency order is about them


def judge_orders(corpus: Corpus, effects: tuple[Effect, ...], chains: Chains, rule: Rule) -> dict[str, Verdict]:
    """A verdict on each matter, by the key of the order that names it."""
    verdicts = {key: _by_words(members, rule) for key, members in chains.members.items()}
    followed = {key for key, verdict in verdicts.items() if verdict.label in FOLLOWED}
    for effect in effects:
        later, earlier = chains.root[effect.later], chains.root[effect.earlier]
        if effect.verb in CHANGES and earlier in followed and later != earlier and later not in followed:
            verdicts[later] = _by_effect(effect, corpus.by_key[effect.earlier], verdicts[later])
    ends = {effect.earlier: effect.later for effect in effects if effect.verb in ENDS and not effect.partial}
    for key, verdict in verdicts.items():
        if verdict.label == "out" and (kept := _kept(corpus, key, followed, ends)):
            verdicts[key] = Verdict("context", f"It keeps earlier orders in effect, {kept} among them, by their dates.")
    return verdicts


def _by_words(members: tuple[OrderRecord, ...], rule: Rule) -> Verdict:
    """By the first order of the matter that has a text, and its subject."""
    order = next((each for each in members if each.text), members[0])
    if not order.text and not _PEOPLE.find(Passage.of(order.subject)):
        return Verdict("out", "No text of it is at hand to be judged, and its title does not concern immigrants.")
    words = " ".join(order.text.split())
    starts = _ORDERED.search(words)
    ordered = words[starts.end() :] if starts else words
    verdict = rule.judge(kind="Executive Order", name="", title=order.subject, summary="", text=ordered)
    if verdict.label != "core":
        named, binding = _PEOPLE.find(Passage.of(order.subject)), _BINDING.find(Passage.of(ordered))
        if named and binding:
            quoted = ", ".join(f"“{phrase}”" for phrase in [*named[:1], *binding[:2]])
            return Verdict("core", f"An order on immigrants that says what City staff may ask or tell ({quoted}).")
    if verdict.label == "out" and order.series == "EEO" and _ARRIVALS.count(Passage.of(words)) >= _PASSING:
        return Verdict("context", "Concerns shelter for arriving asylum seekers, not work with federal enforcement.")
    return Verdict(verdict.label, verdict.reason.replace("A city bill", "An order"))


def _by_effect(effect: Effect, earlier: OrderRecord, before: Verdict) -> Verdict:
    """Related, for what it does to a followed order; a reason given by an earlier effect goes on."""
    done = (
        f"It {effect.verb} {number_of(earlier).title}, which this site follows{', by its date' if effect.mass else ''}."
    )
    return before if before.label == "related" else Verdict("related", done)


def _kept(corpus: Corpus, key: str, followed: Set[str], ends: Mapping[str, str]) -> str:
    """A followed order, not yet ended, that a general order keeps in effect by its date; "" where there is none."""
    order = corpus.by_key[key]
    for citation in citations(order.text):
        if not citation.number and citation.verb == "continues":
            for target in corpus.within(citation, order):
                end = ends.get(target.key)
                if target.key in followed and (end is None or place(corpus.by_key[end]) > place(order)):
                    return number_of(target).title
    return ""
