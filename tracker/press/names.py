"""The popular names and official titles that a text uses, and which bill of a family each means. Pure.

A bill that comes back in a new session keeps its name, so the date decides; where there is none, a hearing whose month
the text names (and the record confirms), the mayor whom it names, and last the bill of the family that was heard last.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from typing import Final

from tracker.press.knowledge import Knowledge, Known
from tracker.press.phrases import Phrases
from tracker.press.resolve import Context, is_of_company
from tracker.press.text import Sentence, fold

_MONTHS: Final = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
                  "November", "December")  # fmt: skip

_NEW: Final = re.compile(
    r"\b(?:announces? (?:new )?(?:bills?|legislation)|introduces?\b|introducing|unveils?)", re.IGNORECASE
)
_AGAIN: Final = re.compile(r"\breintroduc|\bagain\b|\bonce more\b|\bhearing\b", re.IGNORECASE)
_LONG_TITLE: Final = 10  # words


class Names:
    """Every proper name that the record knows, ready to be looked for."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._bearers: dict[str, list[Known]] = defaultdict(list)
        for matter in knowledge.matters:
            for name in matter.names:
                if matter not in (bearers := self._bearers[fold(name).lower()]):
                    bearers.append(matter)
        self._families = {matter.file_number: matter.family for matter in knowledge.matters}
        self._phrases = Phrases((name, list(_forms(name))) for name in self._bearers)

    def occur(self, folded: str) -> bool:
        """Whether a text has any name at all."""
        return bool(self._phrases.find(folded))

    def forms(self) -> list[str]:
        """Every form of every name, as phrases."""
        return [form for name in self._bearers for form in _forms(name)]

    def find(
        self, sentence: Sentence, context: Context, folded: str, cited: Collection[str]
    ) -> Iterator[tuple[Known, str]]:
        """The matters that a sentence names, each with the name; a bearer whose number the text cites is the one."""
        families = {family for number in cited if (family := self._families.get(number))}
        for name in sorted(self._phrases.find(sentence.words)):
            bearers = self._bearers[name]
            if named := [matter for matter in bearers if matter.file_number in cited]:
                bearers = named
            else:  # a cited bill may bear the start of what a later one of its family is called
                bearers = [matter for matter in bearers if matter.family not in families]
            resolutions = [matter for matter in bearers if matter.kind == "resolution"]
            bills = [matter for matter in bearers if matter.kind != "resolution"]
            for group in (bills, resolutions):
                if group and (meant := pick_member(group, context, folded)):
                    # one name for two laws of one day ("Identifying Information Law") means both
                    twins = [other for other in group if meant.is_law and other.law_on == meant.law_on]
                    yield from ((matter, name) for matter in twins or [meant])

    def span(self, sentence: Sentence, name: str) -> tuple[int, int] | None:
        """Where the name stands in the sentence."""
        return self._phrases.span(sentence.words, [name])


def _forms(name: str) -> Iterator[str]:
    """A name as it is, and with the city's other name."""
    yield name
    words = name.split()
    if len(words) > _LONG_TITLE:  # pages cut long titles short
        yield " ".join(words[:_LONG_TITLE])
    if "nyc " in name:
        yield name.replace("nyc ", "new york city ")


def pick_member(family: Iterable[Known], context: Context, folded: str) -> Known | None:
    """The one of several bills with one name, or one text, that the article means."""
    members = sorted(family, key=lambda matter: matter.opened_on)
    members = [matter for matter in members if not is_over(matter, context)] or members
    if context.published:
        opened = [matter for matter in members if matter.opened_on <= context.published]
        coming = [matter for matter in members if matter.opened_on - context.early <= context.published]
        return next(reversed(opened), next(iter(coming), None))
    if told := [matter for matter in members if _tells_a_day_of(matter, folded)]:
        return told[-1]
    if company := [matter for matter in members if is_of_company(matter, context)]:
        return company[-1]
    if _NEW.search(folded) and not _AGAIN.search(folded):
        return members[0]
    if context.mayors:
        ruled = [matter for matter in members if matter.mayors & context.mayors]
        members = ruled or members
    heard = [matter for matter in members if matter.heard_on or matter.is_law]
    return heard[-1] if heard else members[0]  # what was never heard was news when it was new


def is_over(matter: Known, context: Context) -> bool:
    """Whether a bill died before a year that an undated text names; such a text is no older than that year."""
    if context.published or matter.is_law or matter.closed_on is None:
        return False
    past = [year for year in context.years if year <= context.last_year]
    return matter.closed_on + context.early < date(max(past, default=0) or 1, 1, 1)


def _tells_a_day_of(matter: Known, folded: str) -> bool:
    """Whether the text names a month in which the record shows a hearing; copies often carry invented dates."""
    return any(f"{_MONTHS[day.month - 1]} {day.day}, {day.year}" in folded for day in matter.heard_on)
