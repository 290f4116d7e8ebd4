"""The mayoral orders at hand -> matters with their acts, relations and what is in doubt. Pure, over the whole corpus.

An ordinary order is a matter; a chain of five-day emergency orders is one, named by its first (see `orders.chains`).
Its acts are its signing, its renewals, and what later orders do to it (see `orders.relations`). What courts do to an
order the City's orders do not tell: the records are `partial`.

An order is called in force only while the mayor who issued it is in office and no later order has ended it; of an older
one nobody says whether it is still in effect, so its state is unknown. Orders without a legible date have no dated act
of their own, because none is guessed.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

from scrapers.records import ActionRecord, DocumentRecord, MatterRecord, OrderRecord, RelationRecord
from tracker import vocabulary
from tracker.errors import BadIdentifier
from tracker.orders.chains import Chains, find_chains
from tracker.orders.relations import (
    RENEWS,
    Corpus,
    Doubt,
    Effect,
    Effects,
    dated,
    find_effects,
    number_of,
    term,
    term_on,
)
from tracker.orders.scope import judge_orders
from tracker.orders.titles import title_of
from tracker.scope import Rule, Verdict

KINDS: Final = {"EO": "Executive Order", "EEO": "Emergency Executive Order"}
BODY: Final = "Mayor"
SIGNED, AMENDED, REVOKED, EXTENDED, REPLACED = (
    "Order Signed", "Order Amended", "Order Revoked", "Order Extended", "Order Replaced",
)  # fmt: skip
ENDED: Final = {REVOKED: "Revoked", REPLACED: "Replaced"}
DOES: Final = {AMENDED: "amends", REVOKED: "revokes", EXTENDED: "extends", REPLACED: "replaces"}
RELATIONS: Final = {"revokes": "revokes", "supersedes": "supersedes", "amends": "amends"} | dict.fromkeys(
    RENEWS, "continues"
)


class Made(NamedTuple):
    """What became of the orders. A doubt is the number of a matter and a sentence."""

    records: tuple[MatterRecord, ...]
    relations: tuple[RelationRecord, ...]
    doubts: tuple[Doubt, ...]


class _Act(NamedTuple):
    """One effect as an act on the earlier order's matter, by another order of that matter or of another one."""

    name: str
    says: str
    effect: Effect


def matters(orders: Sequence[OrderRecord], today: date, rule: Rule) -> Made:
    """Every order in exactly one matter, oldest first; the same for any sequence of the same orders.

    ``today`` tells which mayor is in office. An order whose key is no number is left out, with a doubt.
    """
    good, odd = _readable(orders)
    corpus = Corpus(good)
    effects = find_effects(corpus)
    chains = find_chains(corpus, effects.found)
    verdicts = judge_orders(corpus, effects.found, chains, rule)
    acts = _acts(corpus, effects, chains)
    records = tuple(
        _matter(corpus, members, acts.get(key, ()), verdicts[key], in_office=term(members[0]) == term_on(today))
        for key, members in chains.members.items()
    )
    doubts = (*odd, *effects.doubts, *_order_doubts(chains, verdicts))
    return Made(records, tuple(_relations(corpus, chains, acts)), tuple(dict.fromkeys(doubts)))


def _readable(orders: Sequence[OrderRecord]) -> tuple[list[OrderRecord], list[Doubt]]:
    good: list[OrderRecord] = []
    odd: list[Doubt] = []
    for order in sorted(orders):
        try:
            number_of(order)
        except BadIdentifier as error:
            odd.append((order.key, f"This order was left out: {error}"))
        else:
            good.append(order)
    return good, odd


def _acts(corpus: Corpus, effects: Effects, chains: Chains) -> dict[str, list[_Act]]:
    """What is done to each matter, oldest first, each thing once."""
    acts: dict[str, list[_Act]] = defaultdict(list)
    taken: set[tuple[str, str]] = set()  # (matter, the next mayor's matter that took its place)
    for effect in effects.found:
        later, earlier = corpus.by_key[effect.later], corpus.by_key[effect.earlier]
        here, there = chains.root[effect.earlier], chains.root[effect.later]
        last = chains.members[here][-1]
        name, says = _told(effect, later, earlier, grown=last.key != earlier.key and dated(last) > dated(later))
        if name == REPLACED and effect.verb in RENEWS:
            if (here, there) in taken:
                continue
            taken.add((here, there))
        acts[here].append(_Act(name, says, effect))
    return acts


def _told(effect: Effect, later: OrderRecord, earlier: OrderRecord, *, grown: bool) -> tuple[str, str]:
    """The act's name, and what the later order does, in words; no name where nothing about the earlier one changes.

    ``grown`` says that the earlier order's chain went on after the later one, which so ended only a part of it.
    """
    if effect.verb in RENEWS:
        if later.series == "EO":
            return (EXTENDED, "extends it") if effect.verb == "extends" else ("", "keeps it in effect")
        handed_on = term(later) != term(earlier)
        return (REPLACED, "goes on in its place") if handed_on else (EXTENDED, "extends it")
    if effect.verb == "amends":
        return AMENDED, "amends it"
    verb = "revokes" if effect.verb == "revokes" else "replaces"
    if effect.partial or grown:
        return AMENDED, f"{verb} a part of it"
    if effect.mass:
        return REVOKED, f"{verb} orders of its time, and this one by its date"
    return (REVOKED if verb == "revokes" else REPLACED), f"{verb} it"


def _matter(
    corpus: Corpus, members: Sequence[OrderRecord], acts: Sequence[_Act], verdict: Verdict, *, in_office: bool
) -> MatterRecord:
    order = members[0]
    number = number_of(order)
    actions = tuple(_actions(corpus, members, acts))
    address = order.address or order.pdf_address
    documents = (DocumentRecord(f"{order.key}:pdf", f"{number.title} (PDF)", order.pdf_address),)
    return MatterRecord(
        source_id=f"eo:{order.key}",
        file_number=str(number),
        kind=KINDS[order.series],
        name="",
        title=title_of(order.subject) or number.title.rpartition(" of ")[0],
        status=_status(order, actions, in_office=in_office),
        body=BODY,
        introduced_on=dated(order),
        final_action_on="",
        enacted_on="",
        local_law="",
        version="",
        sponsors=(),
        actions=actions,
        summary=None,
        documents=documents if order.pdf_address not in ("", address) else None,
        text=order.text or None,
        url=address,
        issuer=order.issuer,
        signer=_signer(order),
        scope=verdict.label,
        scope_reason=verdict.reason,
        partial=True,
    )


def _status(order: OrderRecord, actions: Sequence[ActionRecord], *, in_office: bool) -> str:
    """What is known of it today; an emergency order ends by itself, and no order says that it did."""
    names = [action.name for action in actions]
    ended = next((ENDED[name] for name in names if name in ENDED), "")
    if ended or order.series == "EEO" or not in_office or SIGNED not in names:
        return ended or "State unknown"
    return "Amended" if AMENDED in names else "In force"


def _actions(corpus: Corpus, members: Sequence[OrderRecord], acts: Sequence[_Act]) -> Iterator[ActionRecord]:
    """Signing, renewals, and what others did, by date; what has no date is left out."""
    first = members[0]
    rows = [_row(first, "signed", SIGNED, f"{_named(_signer(first))} signs the order.")]
    own: dict[str, list[_Act]] = defaultdict(list)
    keys = {member.key for member in members}
    for act in acts:
        own[act.effect.later].append(act)
    for member in members[1:]:
        rows.append(_renewal(member, own[member.key]))
    for key, done in own.items():
        if key not in keys:
            rows += _done_by(corpus.by_key[key], done)
    yield from sorted((row for row in rows if row.acted_on), key=_in_time)


def _signer(order: OrderRecord) -> str:
    """Who signed; the mayor's own name under the text, in whatever form, is the mayor's as in ``issuer``."""
    own = order.signer.split()[-1:] == order.issuer.split()[-1:]
    return order.issuer if own else order.signer


def _named(signer: str) -> str:
    """Who signs, at the head of a sentence: an office without a name is "The First Deputy Mayor"."""
    return f"The {signer or 'Mayor'}" if (signer or "Mayor").endswith("Mayor") else signer


def _renewal(member: OrderRecord, acts: Sequence[_Act]) -> ActionRecord:
    """One renewal of a chain; an order that also changes something is told as such."""
    says = "extends it" if any(act.name == EXTENDED for act in acts) else "goes on with it"
    changes = [act.says for act in acts if act.name not in (EXTENDED, "")]
    told = says + (", with changes" if changes else "")
    return _row(member, "extends", EXTENDED, f"{number_of(member).title} {told}.")


def _done_by(order: OrderRecord, acts: Sequence[_Act]) -> Iterator[ActionRecord]:
    """What another order did: one row for each kind of act, however many parts it names."""
    for name in dict.fromkeys(act.name for act in acts if act.name):
        act = next(act for act in acts if act.name == name)
        confidence = "medium" if act.effect.mass else "high"
        yield _row(order, DOES[name], name, f"{number_of(order).title} {act.says}.", confidence)


def _in_time(row: ActionRecord) -> tuple[str, int]:
    meaning = vocabulary.meaning_of(row.code)
    return row.acted_on, meaning.rank if meaning else 0


def _row(order: OrderRecord, what: str, name: str, note: str, confidence: str = "high") -> ActionRecord:
    code = vocabulary.code_of(name)
    assert code is not None
    return ActionRecord(
        source_id=f"{order.key}:{what}",
        acted_on=dated(order),
        clock="",
        code=code,
        name=name,
        body=BODY,
        note=note,
        url=order.address or order.pdf_address,
        confidence=confidence,
    )


def _relations(corpus: Corpus, chains: Chains, acts: dict[str, list[_Act]]) -> Iterator[RelationRecord]:
    """One relation for each pair of matters and kind, with the words of the first order that made it."""
    seen: set[tuple[str, str, str]] = set()
    for here, done in acts.items():
        for act in done:
            there = chains.root[act.effect.later]
            kind = "amends" if act.name == AMENDED else RELATIONS[act.effect.verb]
            if here == there or (here, there, kind) in seen:
                continue
            seen.add((here, there, kind))
            yield RelationRecord(
                earlier=str(number_of(corpus.by_key[here])),
                later=str(number_of(corpus.by_key[there])),
                kind=kind,
                evidence=act.effect.words,
                confidence="medium" if act.effect.mass else "high",
            )


def _order_doubts(chains: Chains, verdicts: Mapping[str, Verdict]) -> Iterator[Doubt]:
    """What is off about the orders that concern us, and about those of which nobody can tell: they have no text."""
    for key, members in chains.members.items():
        matter = str(number_of(members[0]))
        for order in members:
            own = "" if order.key == key else f"{number_of(order).title}: "
            if verdicts[key].label != "out" or not any(member.text for member in members):
                for doubt in order.doubts:
                    yield matter, own + doubt
