"""What the press matcher knows of each matter: numbers, dates, mayors, names, and what it is about; from the record.

Nothing here names a matter: what a bill is about is read from its title and headline with the same phrases that read
the news, so that a new bill is known as soon as it is in the record.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session, col

from tracker.errors import BadIdentifier
from tracker.identifiers import FileNumber, LocalLaw, OrderNumber, parse
from tracker.models import TRACKED, Action, Matter, Note, Person, Relation, SectionEffect, Sponsorship, Vote
from tracker.press.phrases import Phrases
from tracker.wording import MAYORS

KINDS: Final = {
    "Introduction": "bill",
    "Resolution": "resolution",
    "Executive Order": "order",
    "Emergency Executive Order": "order",
    "Directive": "directive",
    "Lawsuit": "suit",
}
_ACTS: Final = (("Vetoed", "veto"), ("Overridden", "override"), ("Order Blocked", "court"), ("Declared Void", "court"))
_TIES: Final = frozenset({"amends", "supersedes", "revokes", "answers"})
_SUBJECT: Final = re.compile(r"in relation to (.+)", re.DOTALL)
# the state and federal acts that a resolution is about, and other names printed in a title
_ACT_NAME: Final = re.compile(r"\b(?:[A-Z][\w'-]*|ICE-free)(?: (?:[A-Z][\w'-]*|for|of|to|and|in|zones))* [Aa]ct\b")
_LEAST_NAME_WORDS: Final = 3  # of a name without capitals; "detainer laws" are many
_LEAST_TITLE_WORDS: Final = 7  # shorter titles ("Identifying information") are common words


@dataclass(frozen=True, slots=True)
class Known:
    """One matter as the matcher knows it.

    ``opened_on`` is the day it came into the world, ``closed_on`` the day of its last act, None while it may still
    move; ``law_on`` the day it became law, was adopted or signed. ``names`` are proper names that the press uses.
    ``acts`` are a veto, an override, a ruling, each with its day.
    ``law_years`` are the years by which the press calls it: of a law or an order that in which it came into force.
    ``replaced_on`` is the day on which another law wrote its rules anew; ``twin`` says that a law of the same day does
    the same for another agency. ``own`` are the objects that no other family of its kind is about. ``tallies`` are the
    Council's votes on it, as "43-5".
    """

    file_number: str
    kind: str
    number: FileNumber | OrderNumber | None
    local_law: LocalLaw | None
    opened_on: date
    law_on: date | None
    closed_on: date | None
    is_law: bool
    core: bool
    how: str = ""
    died: bool = False
    sponsor: str = ""
    names: tuple[str, ...] = ()
    objects: frozenset[str] = frozenset()
    agencies: frozenset[str] = frozenset()
    acts: tuple[tuple[str, date], ...] = ()
    policy: bool = False
    heard_on: tuple[date, ...] = ()
    acted_on: frozenset[date] = frozenset()
    family: str = ""
    replaced_on: date | None = None
    twin: bool = False
    related: frozenset[str] = frozenset()
    sections: frozenset[tuple[str, str]] = frozenset()
    years: frozenset[int] = frozenset()
    mayors: frozenset[str] = frozenset()
    law_years: frozenset[int] = frozenset()
    own: frozenset[str] = frozenset()
    tallies: frozenset[str] = frozenset()


@dataclass(slots=True)
class Knowledge:
    """All matters, by their numbers and by what they are about."""

    matters: tuple[Known, ...]
    by_file: dict[str, Known] = field(default_factory=dict)
    by_number: dict[tuple[str, int], list[Known]] = field(default_factory=lambda: defaultdict(list))
    by_law: dict[LocalLaw, Known] = field(default_factory=dict)
    by_law_number: dict[int, list[Known]] = field(default_factory=lambda: defaultdict(list))
    by_object: dict[str, list[Known]] = field(default_factory=lambda: defaultdict(list))
    by_family: dict[str, list[Known]] = field(default_factory=lambda: defaultdict(list))
    sections: set[str] = field(default_factory=set)  # of the Code, which a law that is held wrote

    def __post_init__(self) -> None:
        for matter in self.matters:
            self.by_file[matter.file_number] = matter
            self.by_family[matter.family].append(matter)
            self.sections |= {section for section, _ in matter.sections if matter.is_law}
            for name in matter.objects:
                self.by_object[name].append(matter)
            if matter.local_law:
                self.by_law[matter.local_law] = matter
                self.by_law_number[matter.local_law.number].append(matter)
            if isinstance(matter.number, FileNumber):
                self.by_number[matter.number.kind, matter.number.number].append(matter)
            elif matter.number and matter.number.part is None:
                self.by_number[matter.number.series, matter.number.number].append(matter)


def mayor_on(day: date) -> str:
    """The surname of the mayor in office on a day; "" before the first that is known."""
    return next((name for since, name in reversed(MAYORS) if since <= day), "")


def read_knowledge(session: Session, vocabulary: Phrases, neighbours: Iterable[str] = ()) -> Knowledge:
    """Everything that is tracked, and `neighbours`: numbers that may be named with it without being tracked."""
    notes = {note.file_number: note for note in session.scalars(sa.select(Note))}
    actions = _actions(session)
    sponsors = _sponsors(session)
    sections, tallies = _sections(session), _tallies(session)
    query = sa.select(Matter).where(col(Matter.scope).in_(TRACKED), col(Matter.removed_at).is_(None))
    matters = [
        _known(matter, notes.get(matter.file_number), actions[matter.id], vocabulary, sponsors.get(matter.id, ""))
        for matter in session.scalars(query.order_by(Matter.file_number))
        if matter.kind in KINDS and matter.introduced_on
    ]
    held = {matter.file_number for matter in matters}
    matters += [_neighbour(number) for number in neighbours if number not in held]
    matters = [
        replace(matter, sections=frozenset(sections[number]), tallies=frozenset(tallies[number]))
        for matter in matters
        for number in (matter.file_number,)
    ]
    return Knowledge(tuple(_related(matters, session.scalars(sa.select(Relation)).all())))


def _actions(session: Session) -> dict[int, list[tuple[date, str]]]:
    rows: dict[int, list[tuple[date, str]]] = defaultdict(list)
    query = sa.select(Action.matter_id, Action.acted_on, Action.name).where(  # type: ignore[call-overload]
        col(Action.withdrawn_at).is_(None)
    )
    for matter_id, acted_on, name in session.execute(query):
        rows[matter_id].append((acted_on, name))
    return rows


def _sponsors(session: Session) -> dict[int, str]:
    """The surname of each matter's prime sponsor, as Council pages print it."""
    query = (
        sa.select(Sponsorship.matter_id, Person.name)  # type: ignore[call-overload]
        .join(Person, col(Person.id) == col(Sponsorship.person_id))
        .where(col(Sponsorship.position) == 0)
    )
    mayors = {name for _, name in MAYORS}  # whom the press means by such a name
    surnames = {matter_id: _surname(name) for matter_id, name in session.execute(query)}
    return {matter_id: name for matter_id, name in surnames.items() if name not in mayors}


def _surname(name: str) -> str:
    words = [word for word in name.replace(",", " ").split() if word.rstrip(".") not in ("Jr", "Sr", "II", "III")]
    return words[-1] if words and name[:3] != "By " and "Public Advocate" not in name else ""


def _sections(session: Session) -> dict[str, set[tuple[str, str]]]:
    rows: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in session.scalars(sa.select(SectionEffect).where(col(SectionEffect.code) == "admin")):
        rows[row.file_number].add((row.section, row.effect))
    return rows


def _tallies(session: Session) -> dict[str, set[str]]:
    """The votes of the whole Council on each matter."""
    yes, no = (sa.func.sum(sa.case((col(Vote.value) == value, 1), else_=0)) for value in ("Affirmative", "Negative"))
    query = (
        sa.select(Matter.file_number, yes, no)  # type: ignore[call-overload]
        .join(Action, col(Action.matter_id) == col(Matter.id))
        .join(Vote, col(Vote.action_id) == col(Action.id))
        .where(col(Action.body) == "City Council", col(Action.withdrawn_at).is_(None))
        .group_by(Matter.file_number, Action.id)
    )
    rows: dict[str, set[str]] = defaultdict(set)
    for number, ayes, noes in session.execute(query):
        rows[number].add(f"{ayes}-{noes}")
    return rows


def _known(
    matter: Matter, note: Note | None, actions: list[tuple[date, str]], vocabulary: Phrases, sponsor: str
) -> Known:
    assert matter.introduced_on is not None
    kind = KINDS[matter.kind]
    days = {day for day, _ in actions}
    opened = min({matter.introduced_on} | {day for day, name in actions if kind == "bill" and "P-C" in name})
    law_on = matter.enacted_on if kind == "bill" else matter.final_action_on or matter.introduced_on
    moved = {day for day, name in actions if name != "Order Revoked"}  # that day is the news of another order
    closed = (
        None if matter.stage in ("in_committee", "laid_over", "introduced") else max(moved | {matter.introduced_on})
    )
    words = f"{matter.title or matter.name}\n{matter.name}\n{note.headline if note else ''}"
    found = vocabulary.find(words)
    mayors = {mayor_on(day) for day in (opened, law_on or closed or opened)} - {""}
    return Known(
        file_number=matter.file_number,
        kind=kind,
        number=_number(matter.file_number),
        local_law=LocalLaw.parse(matter.local_law) if matter.local_law else None,
        opened_on=opened,
        law_on=law_on,
        closed_on=closed,
        is_law=matter.is_law,
        core=matter.scope == "core",
        how=matter.how,
        died=matter.stage == "died",
        sponsor=sponsor or _signer(matter, mayors),
        names=tuple(_names(matter, note)),
        objects=frozenset(name[7:] for name in found if name.startswith("object:")),
        agencies=frozenset(name[7:] for name in found if name.startswith("agency:")),
        acts=tuple((act, day) for day, name in actions for sign, act in _ACTS if name.startswith(sign)),
        policy="policy" in found,
        heard_on=tuple(day for day, name in actions if name.startswith("Hearing")),
        acted_on=frozenset(days),
        years=frozenset({opened.year, (law_on or opened).year}),
        law_years=frozenset({(law_on or opened).year} if matter.is_law or kind != "bill" else {opened.year}),
        mayors=frozenset(mayors),
    )


def _signer(matter: Matter, mayors: set[str]) -> str:
    """Who signed an order in the Mayor's place, by surname."""
    surname = matter.signer.split()[-1] if matter.signer and KINDS[matter.kind] == "order" else ""
    return "" if any(mayor in matter.signer for mayor in mayors) else surname


def _number(file_number: str) -> FileNumber | OrderNumber | None:
    try:
        return parse(file_number)
    except BadIdentifier:
        return None  # directives and suits bear no number


def _names(matter: Matter, note: Note | None) -> Iterable[str]:
    """Proper names: those the press uses, those the title prints, and the subject of a title that is long enough."""
    for name in (note.popular_names if note else "").split(";"):
        words = name.split()
        if sum(word[:1].isupper() for word in words) >= 2:
            yield re.sub(r"\s+(?:bill|law)$", "", name.strip())
        elif len(words) >= _LEAST_NAME_WORDS and words[0].isalpha():
            yield name.strip()
    if matter.kind == "Resolution":
        yield from (found.group() for found in _ACT_NAME.finditer(matter.title))
        return
    subject = _SUBJECT.search(matter.title)
    for title in dict.fromkeys((matter.name.rstrip("."), subject.group(1).rstrip(".") if subject else "")):
        if len(title.split()) >= _LEAST_TITLE_WORDS:
            yield title


def _neighbour(file_number: str) -> Known:
    """A matter of which only the number is known."""
    number = FileNumber.parse(file_number)
    years = frozenset({number.year})
    return Known(
        file_number,
        kind="resolution" if number.kind == "Res" else "bill",
        number=number,
        local_law=None,
        opened_on=date(number.year, 1, 1),
        law_on=None,
        closed_on=date(session_of(number.year)[1], 12, 31),
        is_law=False,
        core=False,
        family=file_number,
        years=years,
        law_years=years,
    )


def session_of(year: int) -> tuple[int, int]:
    """First and last year of the Council's session; two years long after 2002, 2022 and 2024 as the Charter has it."""
    if year in (2022, 2023):
        return 2022, 2023
    if year in (2024, 2025):
        return 2024, 2025
    if 2002 <= year <= 2005:
        return (2002, 2003) if year <= 2003 else (2004, 2005)
    first = year - (year - 2006) % 4
    return first, first + 3


def _related(matters: list[Known], relations: Iterable[Relation]) -> list[Known]:
    """Families of bills that came back, and the day on which a law's rules were written anew by another."""
    rows = list(relations)
    known = {matter.file_number: matter for matter in matters}
    before = {row.later: row.earlier for row in rows if row.kind == "reintroduces"}
    replaced: dict[str, date] = {}
    for row in rows:
        old, new = known.get(row.earlier), known.get(row.later)
        if old and new and (new.is_law or new.kind == "order") and new.law_on and _writes_anew(row.kind, old, new):
            replaced[old.file_number] = min(new.law_on, replaced.get(old.file_number, new.law_on))
    beside: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row.kind in _TIES:
            beside[row.earlier].add(row.later)
            beside[row.later].add(row.earlier)
    twins = {old.file_number for old in matters for new in matters if _is_twin(old, new)}
    matters = [
        replace(matter, twin=matter.file_number in twins, related=frozenset(beside[matter.file_number]))
        for matter in matters
    ]
    matters = [
        replace(matter, family=_root(matter.file_number, before), replaced_on=replaced.get(matter.file_number))
        for matter in matters
    ]
    bearers: dict[tuple[str, str], set[str]] = defaultdict(set)
    for matter in matters:
        for name in matter.objects:
            bearers[matter.kind, name].add(matter.family)
    return [
        replace(matter, own=frozenset(name for name in matter.objects if len(bearers[matter.kind, name]) == 1))
        for matter in matters
    ]


def _writes_anew(kind: str, old: Known, new: Known) -> bool:
    whole = bool(old.objects) and old.objects <= new.objects and old.agencies <= new.agencies
    return kind in ("supersedes", "revokes") or (kind == "amends" and old.kind == new.kind == "bill" and whole)


def _is_twin(one: Known, other: Known) -> bool:
    same_day = one.is_law and other.is_law and one.kind == other.kind == "bill" and one.law_on == other.law_on
    return same_day and bool(one.objects & other.objects) and one.agencies.isdisjoint(other.agencies)


def _root(file_number: str, before: dict[str, str]) -> str:
    seen = {file_number}
    while (earlier := before.get(file_number)) and earlier not in seen:
        seen.add(earlier)
        file_number = earlier
    return file_number
