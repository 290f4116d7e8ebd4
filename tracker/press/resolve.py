"""Which matter a number in the news means. Pure.

A year settles it: a number with a year that the record does not hold is another matter. Without a year the Council's
session or the mayor of the day of publication decides, and the words around must speak of immigration. Local Laws
start again every January, so a bare law number needs its year somewhere in the text.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Final, NamedTuple

from tracker.identifiers import LocalLaw, OrderNumber
from tracker.press.citations import Citation
from tracker.press.knowledge import Knowledge, Known, mayor_on, session_of
from tracker.press.text import Sentence

FEW_WORDS: Final = 12  # a text this short has no words around its number that could speak for or against it
_RARE_ORDER: Final = 100  # few mayors get as far, so that such a number alone says much
_LAST_SESSION: Final = timedelta(days=120)  # papers use a bill's old number for so long after its session
_YEARS: Final = re.compile(r"\b(?:19[89]\d|20[0-4]\d)\b")


class Context(NamedTuple):
    """What the whole article says: when it was published, who is mayor in it, whether it speaks of the policy."""

    published: date | None
    policy: bool
    mayors: frozenset[str]
    agencies: frozenset[str]
    words: int
    years: frozenset[int]
    early: timedelta
    borrowed: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()  # sponsors and signers whom it names
    told: frozenset[str] = frozenset()  # the matters cited or named in it
    past: frozenset[str] = frozenset()  # mayors whom it calls former ones
    spoken: tuple[Sentence, ...] = ()  # its sentences on the policy
    last_year: int = 0  # in which anything came up; what a text says of later ones is to come
    company: frozenset[int] = frozenset()  # the years of the bills named in it


def is_of_company(matter: Known, context: Context) -> bool:
    """Whether it came up in the session of a bill that the text names, and near it in time."""
    own = matter.opened_on.year
    return any(session_of(own) == session_of(year) and abs(own - year) <= 1 for year in context.company)


def years_in(folded: str) -> frozenset[int]:
    """The years a text names."""
    return frozenset(int(year) for year in _YEARS.findall(folded))


def resolve(citations: Iterable[Citation], knowledge: Knowledge, context: Context) -> Iterator[tuple[Citation, Known]]:
    """The citations that mean a matter of the record, with that matter."""
    found = list(citations)
    if any(_is_certain(citation, knowledge) for citation in found) or _vouch(found, knowledge):
        context = context._replace(policy=True)
    added = _added_sections(found, knowledge, context)
    for citation in found:
        if citation.kind == "section":
            matter = None if citation.number in added else _section(citation.number, knowledge, context)
        elif citation.kind == "LL":
            matter = _law(citation, knowledge, context)
        elif citation.kind in ("EO", "EEO"):
            matter = _order(citation, found, knowledge, context)
        else:
            matter = _file(citation, knowledge, context)
        if matter is not None:
            yield citation, matter


def _added_sections(found: Iterable[Citation], knowledge: Knowledge, context: Context) -> set[str]:
    """The sections that a bill cited in the text would add: there the number is a part of that bill."""
    files = (_file(citation, knowledge, context) for citation in found if citation.kind in ("Int", "Res"))
    return {section for matter in files if matter for section, effect in matter.sections if effect == "adds"}


def _vouch(found: Iterable[Citation], knowledge: Knowledge) -> bool:
    """Whether several numbers in one list are bills of one session, or sections, that the record knows."""
    told: dict[tuple[str, int], set[str]] = defaultdict(set)
    for citation in found:
        if citation.group > 1 and citation.kind == "section" and citation.number in knowledge.sections:
            told["section", 0].add(citation.number)
        elif citation.group > 1 and citation.kind == "Int" and not citation.year:
            for matter in knowledge.by_number.get((citation.kind, int(citation.number)), ()):
                told[citation.kind, session_of(matter.opened_on.year)[0]].add(citation.number)
    return any(len(numbers) > 1 for numbers in told.values())


def _is_certain(citation: Citation, knowledge: Knowledge) -> bool:
    """Whether it names a matter of the record by number and year, so that the text is about our subject."""
    if not citation.year:
        return False
    if citation.kind == "LL":
        return int(citation.number) > 0 and LocalLaw(citation.year, int(citation.number)) in knowledge.by_law
    if citation.kind == "section":
        return False
    same = knowledge.by_number.get((citation.kind, int(citation.number)), ())
    return any(matter.number and matter.number.year == citation.year for matter in same)


def _file(citation: Citation, knowledge: Knowledge, context: Context) -> Known | None:
    same = knowledge.by_number.get((citation.kind, int(citation.number)), ())
    if citation.year:
        exact = [matter for matter in same if matter.number and matter.number.year == citation.year]
        return exact[0] if exact else _within_session(same, citation.year)
    if not _speaks(context):
        return None
    if context.published:
        return _of_the_day(same, context.published, context.early)
    dated = [matter for matter in same if matter.years & context.years]
    candidates = dated or list(same)
    return candidates[0] if len(candidates) == 1 else None


def _within_session(same: Iterable[Known], year: int) -> Known | None:
    """Releases name a bill by the year they write in ("Intro 214-2025"); the session makes the number its own."""
    first, last = session_of(year)
    return next((m for m in same if m.number and first <= m.number.year < year <= last), None)


def _of_the_day(same: Iterable[Known], day: date, early: timedelta) -> Known | None:
    """Of the session of that day; else of the one before, for some weeks, where the record has no newer one."""
    reached = sorted((m for m in same if m.opened_on - early <= day), key=lambda matter: matter.opened_on)
    if not reached:
        return None
    last = reached[-1]
    end = date(session_of(last.opened_on.year)[1], 12, 31)
    if day <= end + _LAST_SESSION or (last.is_law and day.year - last.opened_on.year <= 12):
        return last
    return None


def _law(citation: Citation, knowledge: Knowledge, context: Context) -> Known | None:
    number = int(citation.number)
    if citation.year:
        return knowledge.by_law.get(LocalLaw(citation.year, number)) if number else None
    if not context.policy:
        return None
    same = knowledge.by_law_number.get(number, [])
    near = [matter for matter in same if matter.local_law and matter.local_law.year in context.years]
    if not near and any(one.start <= citation.start < one.end for one in context.spoken):
        day = context.published
        near = [matter for matter in same if day is None or (matter.law_on and matter.law_on <= day)]
    return near[0] if len(near) == 1 else None


def _order(citation: Citation, found: list[Citation], knowledge: Knowledge, context: Context) -> Known | None:
    same = knowledge.by_number.get((citation.kind, int(citation.number)), [])
    if not citation.year and citation.kind == "EO":
        same = [matter for matter in same if matter.core]  # each mayor has an order of every low number
    if citation.year:
        return next((m for m in same if isinstance(m.number, OrderNumber) and m.number.year == citation.year), None)
    day = context.published
    reached = [matter for matter in same if day is None or matter.opened_on - context.early <= day]
    reached = [matter for matter in reached if not context.mayors or matter.mayors & context.mayors or context.policy]
    if not reached:
        return None
    matter = _of_the_mayor(reached, context)
    in_office = day is not None and mayor_on(matter.opened_on) == mayor_on(day)
    bare = context.words < FEW_WORDS
    sure = (
        context.policy
        or bool(matter.mayors & context.mayors)
        or matter.sponsor in context.people
        or (bare and (in_office or (day is not None and int(citation.number) >= _RARE_ORDER)))
    )
    return matter if sure or _has_partner(matter, citation, found, knowledge) else None


def _of_the_mayor(reached: list[Known], context: Context) -> Known:
    """That of a mayor whom the text names, else the newest."""
    named = [matter for matter in reached if matter.mayors & context.mayors]
    return max(named or reached, key=lambda matter: matter.opened_on)


def _has_partner(matter: Known, citation: Citation, found: list[Citation], knowledge: Knowledge) -> bool:
    """Two orders of one year named in one list vouch for each other: "Executive Orders 34 & 41"."""
    others = (other for other in found if other.kind == citation.kind and other.number != citation.number)
    return citation.group > 1 and any(
        partner.years & matter.years and partner.core
        for other in others
        for partner in knowledge.by_number.get((other.kind, int(other.number)), ())
    )


def _section(section: str, knowledge: Knowledge, context: Context) -> Known | None:
    """The law that wrote the section as it stood that day: the one that added it, or rewrote it and it alone."""
    if section in context.borrowed or not _speaks(context):
        return None
    writers = [
        matter
        for matter in knowledge.matters
        if matter.is_law and matter.law_on and (context.published is None or matter.law_on <= context.published)
        if (section, "adds") in matter.sections or {name for name, _ in matter.sections} == {section}
    ]
    return max(writers, key=lambda matter: matter.law_on or date.min, default=None)


def _speaks(context: Context) -> bool:
    """Whether the words around the number are about the policy, or there are none."""
    return context.policy or context.words < FEW_WORDS
