"""Several sources, one truth: what each last said of a matter -> the record we hold, and where they disagree. Pure.

Each source's word stands until that source says another. Of the words that stand, the most trusted source's is taken,
field by field; a source that was not read for some time is outvoted by those that were. A source that shows only a part
(`MatterRecord.partial`) adds what others lack and takes nothing away.

Rows of different sources are the same row where they bear the same id, or where date, act and body are the same, or
where one row is left on each side for that date and body: then the verb was edited, and the trusted one is taken.
An editor's row is another's only where date, act and body are the same.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from scrapers.records import ActionRecord, MatterRecord
from tracker.config import TrustConfig
from tracker.vocabulary import code_of, tidy
from tracker.wording import COUNCIL_KINDS

STARTER = "starter-record"  # our own compilation: it never goes stale, and it is no source to quarrel with

EDITORS = "editors"  # what our editors added: acts that no source shows. It takes nothing away, and never goes stale
LASTING = frozenset({STARTER, EDITORS})

PARTIAL = frozenset({"council-web", "executive-orders"})  # they show a part of what happened, and hide nothing else

# what people are shown where two sources differ
COMPARED = (
    "file_number", "status", "local_law", "enacted_on", "introduced_on", "final_action_on", "body", "title",
)  # fmt: skip


class Trust(NamedTuple):
    """Whom to believe: the first source goes before the next; of those not named, who was read last."""

    council: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()
    fresh_for: timedelta = timedelta(hours=48)

    def rank(self, source: str, kind: str) -> int:
        """The place of a source among those that tell of matters of this kind; 0 is the most trusted."""
        order = self.council if kind in COUNCIL_KINDS else self.orders
        if source == EDITORS:
            return len(order) + 1  # they add to what the sources say, and correct none of them
        return order.index(source) if source in order else len(order)


EVEN = Trust()  # nobody goes before another but by having been read later


def trust_of(config: TrustConfig) -> Trust:
    """The settings on whom to believe."""
    return Trust(config.council, config.orders, timedelta(hours=config.fresh_for_hours))


class Reading(NamedTuple):
    """What one source said of one matter when it was last read."""

    source: str
    at: datetime
    record: MatterRecord


class Differs(NamedTuple):
    """One thing that two sources tell differently; ``field`` is "action" for an act that only one of them shows."""

    field: str
    trusted_source: str
    trusted_value: str
    other_source: str
    other_value: str


class Settled(NamedTuple):
    """The record to hold, and what the sources do not agree on."""

    record: MatterRecord
    differences: tuple[Differs, ...]


def settle(readings: Sequence[Reading], trust: Trust) -> Settled:
    """One record out of at least one reading, all of the same matter and with the same ``source_id``."""
    standing = _standing(readings, trust)
    words: dict[str, object] = {}
    for name in MatterRecord._fields:
        carriers = [reading for reading in standing if _carries(reading.record, name, alone=len(standing) == 1)]
        if name == "text":
            carriers.sort(key=lambda reading: reading.record.partial)
        words[name] = getattr((carriers or standing)[0].record, name)
    record = MatterRecord(**words)._replace(partial=False, actions=_actions(standing))  # type: ignore[arg-type]
    return Settled(record, tuple(_differences(record, standing)))


def _standing(readings: Sequence[Reading], trust: Trust) -> list[Reading]:
    """The readings that still count, the most trusted first."""
    # that an editor spoke today makes no source stale
    spoken = [reading.at for reading in readings if reading.source != EDITORS] or [reading.at for reading in readings]
    oldest = max(spoken) - trust.fresh_for
    counted = [reading for reading in readings if reading.at >= oldest or reading.source in LASTING]
    counted.sort(key=lambda reading: reading.at, reverse=True)
    return sorted(counted, key=lambda reading: trust.rank(reading.source, reading.record.kind))


def _carries(record: MatterRecord, name: str, *, alone: bool) -> bool:
    """Whether the source says anything in this field; a page's empty field may be one that it does not have."""
    value = getattr(record, name)
    return value is not None and (alone or not record.partial or bool(value))


def _actions(standing: Sequence[Reading]) -> tuple[ActionRecord, ...]:
    base = next((reading for reading in standing if not reading.record.partial), standing[0])
    rows = list(base.record.actions)
    added = False
    for other in standing:
        if other is base:
            continue
        pairs = align(rows, other.record.actions)
        before_base = standing.index(other) < standing.index(base)
        taken = set(pairs.values())
        for mine, theirs in pairs.items():
            rows[mine] = _joined(rows[mine], other.record.actions[theirs], theirs_goes_before=before_base)
        extra = [row for at, row in enumerate(other.record.actions) if at not in taken]
        if extra and other.record.partial:
            rows += extra
            added = True
    return tuple(sorted(rows, key=lambda row: row.acted_on) if added else rows)


def align(mine: Sequence[ActionRecord], theirs: Sequence[ActionRecord]) -> dict[int, int]:
    """Which row of one list is which of the other, by position. Rows that nothing shows to be the same are left out."""
    pairs: dict[int, int] = {}
    for key in (_by_id, _by_words):
        _pair_up(pairs, mine, theirs, key)
    _pair_lone(pairs, mine, theirs)
    return pairs


Key = tuple[str, ...]


def _by_id(row: ActionRecord) -> Key:
    return (row.source_id,)


def _by_words(row: ActionRecord) -> Key:
    return row.acted_on, tidy(row.name).casefold(), tidy(row.body).casefold()


def _by_place(row: ActionRecord) -> Key:
    return row.acted_on, tidy(row.body).casefold()


def _left(pairs: Iterable[int], rows: Sequence[ActionRecord]) -> list[int]:
    taken = set(pairs)
    return [at for at in range(len(rows)) if at not in taken]


def _pair_up(pairs: dict[int, int], mine: Sequence[ActionRecord], theirs: Sequence[ActionRecord], key: object) -> None:
    """Pair rows of equal key, in their order: the City holds two votes of one name on one day."""
    assert callable(key)
    waiting: dict[Key, list[int]] = defaultdict(list)
    for at in _left(pairs.values(), theirs):
        waiting[key(theirs[at])].append(at)
    for at in _left(pairs, mine):
        if found := waiting.get(key(mine[at])):
            pairs[at] = found.pop(0)


def _pair_lone(pairs: dict[int, int], mine: Sequence[ActionRecord], theirs: Sequence[ActionRecord]) -> None:
    """Pair what is alone on both sides for its date and body, where ids of different kinds prove nothing."""
    ours, others = _grouped(_left(pairs, mine), mine), _grouped(_left(pairs.values(), theirs), theirs)
    for key, places in ours.items():
        found = others.get(key, [])
        if len(places) == len(found) == 1 and _kind(mine[places[0]]) != _kind(theirs[found[0]]):
            pairs[places[0]] = found[0]


def _grouped(places: Iterable[int], rows: Sequence[ActionRecord]) -> Mapping[Key, list[int]]:
    grouped: dict[Key, list[int]] = defaultdict(list)
    for at in places:
        if _kind(rows[at]) != EDITORS:  # an editor who adds an act to a day that has one means another act
            grouped[_by_place(rows[at])].append(at)
    return grouped


def _kind(row: ActionRecord) -> str:
    """Whose id a row bears: "" for the Council's own, else what stands before the colon."""
    return row.source_id.partition(":")[0] if ":" in row.source_id else ""


def _joined(mine: ActionRecord, theirs: ActionRecord, *, theirs_goes_before: bool) -> ActionRecord:
    """One row of two: blanks are filled; where both speak, the trusted one is taken. The id stays."""
    first, second = (theirs, mine) if theirs_goes_before else (mine, theirs)
    name = first.name or second.name
    code = next((row.code for row in (first, second) if row.code and row.name == name), 0) or code_of(name) or 0
    return mine._replace(
        name=name,
        code=code,
        acted_on=first.acted_on,
        body=first.body or second.body,
        result=first.result or second.result,
        clock=mine.clock or theirs.clock,
        version=mine.version or theirs.version,
        note=mine.note or theirs.note,
        event_id=mine.event_id or theirs.event_id,
        votes=mine.votes or theirs.votes,
        url=mine.url or theirs.url,
        confidence=mine.confidence or theirs.confidence,
    )


def renamed(held: Sequence[ActionRecord], seen: Sequence[ActionRecord]) -> dict[str, str]:
    """Rows held under one source's id that another source's id now stands for: old id -> new id."""
    kept, known = {row.source_id for row in seen}, {row.source_id for row in held}
    old = [row for row in held if row.source_id not in kept]
    new = [row for row in seen if row.source_id not in known]
    pairs: dict[int, int] = {}
    _pair_up(pairs, old, new, _by_words)
    return {
        old[a].source_id: new[b].source_id for a, b in pairs.items() if _kind(old[a]) != _kind(new[b])
    }  # fmt: skip


def _differences(record: MatterRecord, standing: Sequence[Reading]) -> Iterable[Differs]:
    quarrel = [reading for reading in standing if reading.source not in LASTING]
    for name in COMPARED:
        value = str(getattr(record, name))
        winner = next((each for each in quarrel if getattr(each.record, name) == getattr(record, name)), None)
        for other in quarrel:
            said = getattr(other.record, name)
            if (
                winner is not None
                and said is not None
                and (said or not other.record.partial)
                and not _same(said, value)
            ):
                yield Differs(name, winner.source, value, other.source, said)
    yield from _sponsors_differ(record, quarrel)
    yield from _acts_differ(quarrel)


def _sponsors_differ(record: MatterRecord, quarrel: Sequence[Reading]) -> Iterable[Differs]:
    value = {tidy(person.name).casefold(): person.name for person in record.sponsors}
    winner = next((each for each in quarrel if each.record.sponsors == record.sponsors), None)
    for other in quarrel:
        said = {tidy(person.name).casefold(): person.name for person in other.record.sponsors}
        if winner is not None and said and said.keys() != value.keys():
            ours = "; ".join(name for key, name in value.items() if key not in said)
            theirs = "; ".join(name for key, name in said.items() if key not in value)
            yield Differs("sponsors", winner.source, ours, other.source, theirs)


def _acts_differ(quarrel: Sequence[Reading]) -> Iterable[Differs]:
    """Acts that only one of two complete histories shows, or that they name differently."""
    whole = [reading for reading in quarrel if not reading.record.partial]
    for other in whole[1:]:
        mine, theirs = whole[0].record.actions, other.record.actions
        pairs = align(mine, theirs)
        for at, there in pairs.items():
            if _by_words(mine[at]) != _by_words(theirs[there]):
                yield Differs("action", whole[0].source, _told(mine[at]), other.source, _told(theirs[there]))
        for at in _left(pairs, mine):
            yield Differs("action", whole[0].source, _told(mine[at]), other.source, "")
        for at in _left(pairs.values(), theirs):
            yield Differs("action", whole[0].source, "", other.source, _told(theirs[at]))


def _told(row: ActionRecord) -> str:
    return f"{row.acted_on} {row.name}, {row.body}"


def _same(one: str, other: str) -> bool:
    return tidy(one).casefold() == tidy(other).casefold()
