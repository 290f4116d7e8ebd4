"""One matter held against one sentence: what agrees in kind and time, and what rules the matter out. Pure."""

import re
from datetime import date, timedelta
from typing import Final, NamedTuple

from tracker.press.knowledge import Known, mayor_on
from tracker.press.resolve import Context, is_of_company
from tracker.press.seen import Seen
from tracker.wording import MAYORS

_TERMS: Final = [name for _, name in MAYORS]
_OTHERS: Final = frozenset({"resolution", "bill", "law"})
_WEEK: Final = timedelta(days=7)
_DETAINERS: Final = "detainers"
# what a mayor signs, and not a judge
_SIGNED: Final = re.compile(
    r"(?<!warrant )(?<!warrants )(?<!-)\bsigned\b(?! by an? (?:\w+ )?judge| (?:judicial )?warrant)"
    r"|\bsigns\s+(?:\w+\s+)?(?:bills?|laws?|legislation|measures?|into)\b"
)
_PRONOUN: Final = re.compile(r"(?:They|It|These|Those|The\s+(?:law|measure|legislation)s?)\b")
_MONTH: Final = re.compile(
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)\b"
)


class Spans(NamedTuple):
    """How long before it exists, and how long after its last act, news is still news of a matter."""

    early: timedelta
    late: timedelta


def is_fresh(matter: Known, day: date | None, spans: Spans) -> bool:
    """Whether an article was published in a matter's own days, or near them."""
    if day is None or day < matter.opened_on - spans.early:
        return False
    return matter.closed_on is None or day <= matter.closed_on + spans.late


def is_alive(matter: Known, day: date, spans: Spans) -> bool:
    """Whether news of a day may mean it: it was thought of by then, and did not end as no law long before."""
    if day < matter.opened_on - spans.early:
        return False
    failed = matter.died or (matter.kind == "bill" and not matter.is_law)
    return not failed or is_fresh(matter, day, spans)


def _acts_by(matter: Known, seen: Seen, day: date | None) -> frozenset[str]:
    return seen.acts & {act for act, on in matter.acts if day is None or on <= day}


class Fit:
    """A matter and a sentence of an article; `spans` are those of news before and after it.

    ``dated``: the sentence has its year. ``aged``: it says how many years ago it was, and no year. ``ruled``: mayors in
    the sentence under whom it came up or came into force. ``voted``: a vote of the Council on it. ``acts``: a veto, an
    override, a ruling that befell it. ``sponsored``: its sponsor is there, or who signed it in the Mayor's place.
    ``fresh``: published while it moved, shortly before it came up, or shortly after its last act.
    """

    __slots__ = (
        *("matter", "seen", "context", "spans"),
        *("dated", "aged", "ruled", "acts", "sponsored", "fresh", "voted"),
    )

    def __init__(self, matter: Known, seen: Seen, context: Context, spans: Spans) -> None:
        self.matter, self.seen, self.context, self.spans = matter, seen, context, spans
        years, day = matter.law_years, context.published
        self.dated = not years.isdisjoint(seen.years)
        self.aged = not (self.dated or years.isdisjoint(seen.aged))
        self.ruled = seen.mayors & matter.mayors
        self.acts = _acts_by(matter, seen, day) if seen.acts and matter.acts else frozenset()
        self.voted = not seen.tallies.isdisjoint(matter.tallies)
        self.sponsored = bool(matter.sponsor) and matter.sponsor in seen.people
        self.fresh = is_fresh(matter, day, spans)

    def of(self, matter: Known) -> "Fit":
        """Another matter held against the same sentence."""
        return Fit(matter, self.seen, self.context, self.spans)

    @property
    def of_the_day(self) -> bool:
        """Published on a day on which it moved, or the next; of an order, the day it was signed."""
        days = {self.matter.opened_on} if self.matter.kind == "order" else self.matter.acted_on
        day = self.context.published
        return day is not None and (day in days or day - timedelta(days=1) in days)

    @property
    def of_the_week(self) -> bool:
        """Published within a week of a day on which it moved."""
        day = self.context.published
        return day is not None and any(abs(day - on) <= _WEEK for on in self.matter.acted_on)

    @property
    def own(self) -> bool:
        """The sentence says what no other family of bills, or of resolutions, is about."""
        return not self.matter.own.isdisjoint(self.seen.objects)

    @property
    def unmistakable(self) -> bool:
        """An order with an object that no other order has."""
        return self.matter.kind == "order" and self.own

    @property
    def in_company(self) -> bool:
        """A bill of the same session is cited."""
        return is_of_company(self.matter, self.context)

    @property
    def lively(self) -> bool:
        """The day, or the bills named beside it, put the article in the matter's own days."""
        return self.fresh or (self.context.published is None and self.in_company)

    @property
    def in_force(self) -> bool:
        """It was law on that day, and its rules were not yet written anew by another law."""
        day, matter = self.context.published, self.matter
        if matter.kind != "bill" or not matter.is_law or matter.law_on is None:
            return False
        if day is None:
            return matter.replaced_on is None
        return matter.law_on <= day and (matter.replaced_on is None or day < matter.replaced_on)

    @property
    def prevails(self) -> bool:
        """News of an order's own days, or of those before another order took its place."""
        day, end = self.context.published, self.matter.replaced_on
        return self.fresh or (day is not None and end is not None and self.matter.opened_on <= day < end)

    @property
    def recalled_by_mayor(self) -> bool:
        """An undated article names a mayor under whom the order, since replaced, was in effect."""
        end, named = self.matter.replaced_on, self.context.mayors
        if self.context.published is not None or end is None or not named:
            return False
        return any(name in named and self.matter.opened_on <= since < end for since, name in MAYORS)

    @property
    def in_office(self) -> bool:
        """Its mayor was in office when the article was published."""
        return self.context.published is not None and mayor_on(self.context.published) in self.matter.mayors

    @property
    def names_its_month(self) -> bool:
        """The sentence names the month in which it came up."""
        return f"{self.matter.opened_on:%B}" in _MONTH.findall(self.seen.sentence.words)

    @property
    def pinned(self) -> bool:
        """Its year, its vote, its sponsor or what befell it stands in the sentence."""
        return self.dated or self.voted or self.sponsored or bool(self.acts)

    @property
    def is_of_one_mayor(self) -> bool:
        """The article names one mayor alone, under whom it came up or into force."""
        return len(self.context.mayors) == 1 and self.context.mayors <= self.matter.mayors

    @property
    def goes_on(self) -> bool:
        """The sentence says no kind, and the one before did: "Two bills were signed. They bar ..." """
        recalled = self.fresh or self.dated or self.ruled or self.is_of_one_mayor or self.in_company or self.carried_on
        if not self.seen.before or not recalled:
            return False
        day, law_on = self.context.published, self.matter.law_on
        if self.matter.kind == "bill" and "court" in self.seen.acts:
            return False  # the courts rule on orders
        return self.matter.kind != "bill" or "bill" in self.seen.before or day is None or (law_on or day) < day

    @property
    def carried_on(self) -> bool:
        """A law in force, of which the sentence goes on to tell: "They bar ..." """
        return self.in_force and "law" in self.seen.before and _PRONOUN.match(self.seen.sentence.words) is not None

    def kind_fits(self) -> bool:
        """Whether the sentence speaks of this kind of matter: a law, a bill, an order, a resolution."""
        kinds = self.seen.kinds | self.seen.before if self.goes_on else self.seen.kinds
        if self.matter.kind == "order":
            return self._speaks_of_order(kinds)
        if self.matter.kind != "bill":
            return self.matter.kind in kinds
        if kinds.isdisjoint({"law", "bill"}):
            told = "bans" in kinds and self.matter.is_law and kinds.isdisjoint({"order", "resolution"})
            return told and ("court" not in self.seen.acts or self.dated)  # else it is the court that bars
        if "order" in kinds and not (self.pinned or self.aged):
            return False  # what an order does is not what a law does
        if self.is_unheard_of and "bill" not in kinds:
            return False
        undated = self.context.published is None and not self.context.company
        if "law" in kinds or not self.matter.is_law or undated:
            return True
        return self.fresh or self.dated or self.aged or bool(self.acts) or self.in_company

    def _speaks_of_order(self, kinds: frozenset[str]) -> bool:
        if "order" in kinds and (not self.seen.foreign_order or self.pinned or self.unmistakable):
            return True
        here = self.seen.kinds  # without what the sentence before spoke of
        judged = "court" in self.acts and here.isdisjoint({"bill", "law"})
        if (judged and (self.dated or not self.seen.years)) or (self.of_the_day and self.ruled):
            return True
        if "bans" in here and here.isdisjoint(_OTHERS) and self.unmistakable and self.ruled:
            return True  # "Mayor Mamdani bars ICE from city property"
        if here & {"opening", "suit"} and here.isdisjoint(_OTHERS) and self.unmistakable:
            undated = self.context.published is None and self.seen.acts.isdisjoint({"veto", "override"})
            now = self.fresh or (undated and (bool(self.ruled) or self.is_of_one_mayor))
            return now and ("hand" not in self.seen.marks or bool(self.ruled))
        return "policy" in kinds and self.prevails and bool(self.seen.objects & self.matter.objects)

    def contradicted(self) -> bool:
        """Whether the time, the agency, the year or the mayor in the sentence is another one."""
        matter, agencies = self.matter, self.seen.agencies
        if self.context.published is None and self._is_ahead_of_its_time():
            return True
        if (
            matter.kind in ("bill", "directive")
            and agencies
            and matter.agencies
            and agencies.isdisjoint(matter.agencies)
            and not (matter.twin and self.dated and "plural" in self.seen.kinds)  # "the laws of 2014"
        ):
            return True
        if matter.how == "lapsed" and not self.dated and _SIGNED.search(" ".join(self.seen.sentence.words.split())):
            return True  # no mayor signed it
        if self.context.published is None and self._is_dead():
            return True
        if matter.kind == "order" and self.seen.mayors and not (self.ruled or self.pinned or self._is_looked_back_on()):
            return True
        if self.context.published is None and self.in_company:
            return False
        if self.fresh or self.aged or (self.pinned and not self._is_of_another_mayor()):
            return False
        if self.seen.mayors and not self._is_told_by_a_later_mayor():
            return not (self.ruled or self.unmistakable) or (self._is_of_other_years() and matter.kind == "bill")
        if not self._is_of_other_years() or self.seen.kinds == {"bans"} or self.unmistakable:
            return False
        if matter.kind == "bill" and self.context.published is None and self.own and not matter.is_law:
            return False  # the years are those of the laws that it would change
        if matter.kind == "resolution":
            return "law" not in self.seen.kinds or not self.own  # else the years may be the law's
        return matter.kind == "bill" or self.context.mayors.isdisjoint(matter.mayors)

    def _is_told_by_a_later_mayor(self) -> bool:
        """Of a law in force a later mayor may speak, who made none in the sentence."""
        if not self.in_force or not self.matter.law_on or self.seen.kinds & {"made", "bill"}:
            return False
        named = [_TERMS.index(name) for name in self.seen.mayors]
        return "law" in self.seen.kinds and min(named) > _TERMS.index(mayor_on(self.matter.law_on))

    def _is_looked_back_on(self) -> bool:
        """An order by its own object, where the mayors in the sentence came later: what is undone, or let happen."""
        if not self.unmistakable or not self.matter.mayors:
            return False
        last = max(_TERMS.index(name) for name in self.matter.mayors)
        if not all(_TERMS.index(name) > last for name in self.seen.mayors):
            return False
        return "undone" in self.seen.acts or ("opening" in self.seen.kinds and "limits" not in self.seen.marks)

    def _is_of_other_years(self) -> bool:
        """Whether its years are those of another law; what happened later under a law in force does not date it."""
        alike = self.ruled or self.matter.objects & self.seen.objects or "limits" in self.seen.marks
        lasting = self.prevails if self.matter.kind == "order" else self.in_force and not self.seen.bound
        if not (alike and lasting):
            return bool(self.seen.years)
        return any(year <= max(self.matter.law_years) for year in self.seen.years)

    def _is_of_another_mayor(self) -> bool:
        """Only a sponsor, who serves under several mayors, ties it to an undated sentence with another's mayor."""
        sure = self.dated or self.voted or bool(self.acts) or self.own or self.matter.kind == "order"
        return self.context.published is None and bool(self.seen.mayors) and not self.ruled and not sure

    def _is_ahead_of_its_time(self) -> bool:
        """In an undated article, not yet thought of under any mayor whom it names."""
        if self.context.mayors & self.context.past:
            return False  # who is called a former mayor tells no day
        named = [_TERMS.index(name) for name in self.context.mayors if name in _TERMS]
        mayors = self.matter.mayors
        is_law = "law" in self.seen.kinds and "bill" not in self.seen.kinds
        if self.matter.kind == "bill" and self.matter.law_on and is_law:
            mayors = frozenset({mayor_on(self.matter.law_on)})  # under whom it became law
        own = [_TERMS.index(name) for name in mayors]
        return bool(named and own) and max(named) < min(own) and not (self.pinned and self.acts != {"court"})

    @property
    def is_unheard_of(self) -> bool:
        """Published before it came up: then it is no law yet."""
        return self.context.published is not None and self.context.published < self.matter.opened_on

    def _is_dead(self) -> bool:
        """What never became law is meant in an undated article only where something recalls its days."""
        if not (self.matter.died or (self.matter.kind == "bill" and not self.matter.is_law)):
            return False
        if self.dated or self.voted or self.sponsored:
            return False
        if self.matter.kind == "bill" and self.matter.objects & self.seen.objects <= {_DETAINERS}:
            return True  # rules on detainers are many
        return not (self.names_its_month or self.in_company or self.own)
