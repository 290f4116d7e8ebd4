"""News -> matters: which bill, law or order an article is about, with the words that say so. Pure.

Three kinds of evidence: a number ("explicit"), a name ("by-name"), a description ("by-description"). A wrong link is
worse than none: what scores below ``publish_at`` waits for an editor, what scores below ``review_at`` is nothing, and
general coverage of the policy belongs to the topic and to no law.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Final, NamedTuple

import re2
from sqlmodel import Session

from tracker.press.citations import Citation, find_citations, without_years
from tracker.press.describe import Descriptions
from tracker.press.fit import Spans, is_fresh
from tracker.press.knowledge import Knowledge, Known, read_knowledge
from tracker.press.names import Names
from tracker.press.phrases import Phrases
from tracker.press.resolve import FEW_WORDS, Context, resolve, years_in
from tracker.press.rivals import Described
from tracker.press.seen import Seen, see_all
from tracker.press.terms import PressTerms
from tracker.press.text import Sentence, clean, fold, sentences
from tracker.wording import MAYORS

EXPLICIT: Final = "explicit"
BY_NAME: Final = "by-name"
BY_DESCRIPTION: Final = "by-description"
PUBLISHED: Final = "published"
REVIEW: Final = "review"
_SURE: Final = 1.0
_NAMED: Final = 0.95
_ORDER: Final = re.compile(r"\border", re.IGNORECASE)
_FORMER: Final = re.compile(
    r"\b(?:former|then|ex|late|predecessor|exalcalde|entonces)[- ,]+(?:(?:city|mayor|alcalde)\s+)?"
    rf"(?:[A-Z][\w.]+\s+){{0,2}}(?P<name>{'|'.join(name for _, name in MAYORS)})\b",
    re.IGNORECASE,
)
_LAWS: Final = frozenset({"kind:law", "kind:plural"})
_LONGEST_EVIDENCE: Final = 300


class Link(NamedTuple):
    """An article's tie to one matter; ``score`` from 0 to 1, ``evidence`` the article's own words."""

    file_number: str
    kind: str
    score: float
    role: str
    outcome: str
    evidence: str


class Reading(NamedTuple):
    """What one article is about: its links, best first, and whether it covers the policy at all."""

    links: tuple[Link, ...]
    topic: bool


NOTHING: Final = Reading((), False)


class _Found(NamedTuple):
    matter: Known
    kind: str
    score: float
    place: int
    start: int
    end: int


def vocabulary(terms: PressTerms, sponsors: Iterable[str] = ()) -> Phrases:
    """All phrases of the settings, under the names by which the modules beside this one know them."""
    named = [(f"{kind}:{row[0]}", row[1:]) for kind, rows in _rows(terms) for row in rows]
    plain = [
        ("policy", terms.policy), ("cooperation", terms.cooperation), ("limits", terms.limits),
        ("topic", terms.topic), ("city", terms.city), ("place", (*terms.place, *terms.city)),
        ("elsewhere", terms.elsewhere), ("state", terms.state), ("other", terms.other_subjects),
        ("hand", terms.other_hands),
    ]  # fmt: skip
    people = [
        (f"sponsor:{name}", (f"={fold(name)}", f"={fold(name).upper()}")) for name in sorted(set(sponsors) - {""})
    ]
    around = [(f"neighbour:{row[0]}", row[1:]) for row in terms.neighbours if len(row) > 1]
    return Phrases([*named, *plain, *people, *around], groups_of(terms))


def _passed_over(namesake: str) -> str:
    """One namesake as a pattern; what stands before a bar must be there, and stays."""
    kept, _, passed = namesake.rpartition("|")
    words = r"\s+".join(map(re.escape, passed.split()))
    return rf"(?<={re.escape(kept)}){words}" if kept else words


def groups_of(terms: PressTerms) -> dict[str, tuple[str, ...]]:
    """The groups of words that phrases of the settings may name, by name."""
    return {row[0]: row[1:] for row in terms.groups}


def _rows(terms: PressTerms) -> Iterator[tuple[str, tuple[tuple[str, ...], ...]]]:
    yield "object", terms.objects
    yield "agency", terms.agencies
    yield "kind", terms.kinds
    yield "act", terms.acts
    yield "mayor", terms.people
    yield "speaker", terms.speakers


class Press:
    """The matcher, built once from what is known; `read` changes nothing in it."""

    def __init__(self, knowledge: Knowledge, terms: PressTerms) -> None:
        self._terms = terms
        self._last_year = max((matter.opened_on.year for matter in knowledge.matters), default=0)
        self._knowledge = knowledge
        self._namesakes = re.compile("|".join(map(_passed_over, terms.namesakes)) or r"\Z.")
        plain = "|".join(r"\s+".join(map(re2.escape, words.split())) for words in terms.no_laws)
        self._no_laws = re2.compile(rf"(?i)\b(?:{plain or 'law enforcement'})\b")
        self._words = vocabulary(terms, (matter.sponsor for matter in knowledge.matters))
        self._names = Names(knowledge)
        self._wake = Phrases([("wake", terms.wake), ("wake", self._names.forms())], groups_of(terms))
        self._descriptions = Descriptions(knowledge, terms)
        self._spans = Spans(timedelta(days=terms.early_days), timedelta(days=terms.late_days))

    def read(self, title: str, text: str, published: date | None = None) -> Reading:
        """The matters that an article is about; `published` is its New York date, None where it is not known."""
        whole = clean(f"{title}\n{text}" if title else text)
        folded = fold(whole)
        if not self._wake.find(folded):
            return NOTHING
        return self._read(whole, folded, len(clean(title)), published)

    def _read(self, whole: str, folded: str, title_end: int, published: date | None) -> Reading:
        citations = list(find_citations(folded))
        plain = without_years(folded, citations)
        passed = self._namesakes.search(plain) is not None
        marked = [(sentence, self._marks(sentence.words, passed)) for sentence in sentences(plain)]
        marks = frozenset[str]().union(*(found for _, found in marked))
        mayors, speakers, agencies, people = (
            frozenset(mark[len(kind) :] for mark in marks if mark.startswith(kind))
            for kind in ("mayor:", "speaker:", "agency:", "sponsor:")
        )
        mayors = mayors or speakers
        # a sentence on another subject ("equal employment ... immigration status") vouches for no number
        spoken = tuple(one for one, found in marked if "policy" in found and "other" not in found)
        words = len(folded.split())
        years, borrowed = years_in(folded), frozenset(self._terms.borrowed_sections)
        context = Context(published, bool(spoken), mayors, agencies, words, years, self._spans.early, borrowed, people)
        past = frozenset(found["name"] for found in _FORMER.finditer(folded)) if not published else frozenset()
        context = context._replace(last_year=self._last_year, past=past, spoken=spoken)
        away = _is_away(marked, title_end, self._words)
        here = not away and ("place" in marks or words < FEW_WORDS)
        cited = list(resolve(citations, self._knowledge, context))
        if away:  # a number with its year means ours wherever it stands, if the city is named
            cited = [one for one in cited if "city" in marks and one[0].year and one[0].kind in ("LL", "Int", "Res")]
        found = list(_explicit(cited))
        if not away:
            seen = list(see_all(marked, context))
            strange = _strange(citations, cited)
            usable = [one for one in seen if "other" not in one.marks and not _is_foreign(one, strange)]
            found += self._named(usable, context, folded, {one.matter.file_number for one in found}, here)
            here = here or bool(found)
            context = context._replace(told=frozenset(one.matter.file_number for one in found))
            context = context._replace(company=frozenset(matter.opened_on.year for matter in _bills(cited, found)))
            if here or not marks & {"elsewhere", "state"}:
                numbered = _orders(citations, cited)
                found += self._described(usable, context, [one.matter for one in found], here, numbered)
            if here:
                found += self._neighbours(usable, found)
        links = tuple(self._links(found, whole, context))
        return Reading(links, here and "topic" in marks)

    def _marks(self, words: str, passed: bool) -> frozenset[str]:
        if passed:
            words = self._namesakes.sub(lambda found: " " * len(found.group()), words)
        found = self._words.find(words)
        if "kind:law" in found and self._no_laws.search(words):
            rest = self._words.find(self._no_laws.sub(lambda passed: " " * len(passed.group()), words))
            return found - (_LAWS - rest)
        return found

    def _named(self, seen: list[Seen], context: Context, folded: str, cited: set[str], here: bool) -> Iterator[_Found]:
        for one in seen if self._names.occur(folded) else ():
            for matter, name in self._names.find(one.sentence, context, folded, cited):
                # the name of a state's or a federal act is not that of the resolution about it
                ours = here or matter.sponsor in context.people
                if matter.kind == "resolution" and not (ours and "kind:resolution" in one.marks):
                    continue
                kind = BY_DESCRIPTION if matter.kind == "resolution" else BY_NAME
                start, end = self._names.span(one.sentence, name) or (0, len(one.sentence.words))
                yield _Found(matter, kind, _NAMED, one.place, one.sentence.start + start, one.sentence.start + end)

    def _described(
        self, seen: list[Seen], context: Context, told: list[Known], here: bool, numbered: dict[int, Known | None]
    ) -> Iterator[_Found]:
        """Where no place is named at all, only what moved in those very days, by its own subject.

        An order that a sentence calls by its number is no description of another.
        """
        for described in self._descriptions.find(seen, context, told):
            fit = described.fit
            if not here and not (fit.of_the_week if described.is_general else fit.fresh):
                continue
            if described.matter.kind == "order" and _is_numbered_otherwise(described, numbered):
                continue
            start, end = self._span(described)
            yield _Found(described.matter, BY_DESCRIPTION, described.score, described.fit.seen.place, start, end)

    def _span(self, described: Described) -> tuple[int, int]:
        """The words of the sentence from the first mark to the last, with its years."""
        sentence = described.fit.seen.sentence
        start, end = self._words.span(sentence.words, described.marks) or (0, len(sentence.words))
        for year in described.fit.seen.years & described.matter.years:
            at = sentence.words.find(str(year))
            start, end = min(start, at), max(end, at + 4)
        return sentence.start + start, sentence.start + end

    def _neighbours(self, seen: list[Seen], found: list[_Found]) -> Iterator[_Found]:
        """Matters that are not followed, where the words for them stand beside one that is."""
        sure = [one for one in found if one.score >= self._terms.publish_at]
        if not sure:
            return
        for one in seen:
            for mark in one.marks:
                number = mark.removeprefix("neighbour:")
                matter = self._knowledge.by_file.get(number)
                if matter and mark != number and any(matter.years & other.matter.years for other in sure):
                    span = self._words.span(one.sentence.words, [f"neighbour:{number}"]) or (0, 0)
                    start = one.sentence.start
                    yield _Found(matter, BY_DESCRIPTION, _NAMED, one.place, start + span[0], start + span[1])

    def _links(self, found: list[_Found], whole: str, context: Context) -> Iterator[Link]:
        best: dict[str, _Found] = {}
        for one in found:
            held = best.get(one.matter.file_number)
            if held is None or one.score > held.score:
                best[one.matter.file_number] = one
        for number, one in sorted(best.items(), key=lambda item: (-item[1].score, item[0])):
            if one.score >= self._terms.review_at:
                outcome = PUBLISHED if one.score >= self._terms.publish_at else REVIEW
                evidence = whole[one.start : min(one.end, one.start + _LONGEST_EVIDENCE)]
                yield Link(number, one.kind, min(one.score, 1.0), self._role(one, context), outcome, evidence)

    def _role(self, one: _Found, context: Context) -> str:
        """Main is what the piece is about: told at its start, or of the days in which it was published."""
        fresh = is_fresh(one.matter, context.published, self._spans)
        return "main" if fresh or (one.place <= 1 and context.published is None) else "background"


def _is_away(marked: list[tuple[Sentence, frozenset[str]]], title_end: int, words: Phrases) -> bool:
    """Whether another place leads the article: in the title without ours, named more often, or as often and first."""
    city = sum("place" in found for _, found in marked)
    elsewhere = sum("elsewhere" in found for _, found in marked)
    if not elsewhere:
        return False
    lead: frozenset[str] = next((found for sentence, found in marked if sentence.start < title_end), frozenset())
    if elsewhere != city or ("elsewhere" in lead and "place" not in lead):
        return elsewhere > city or ("elsewhere" in lead and "place" not in lead)
    sentence, found = next(one for one in marked if one[1] & {"place", "elsewhere"})
    if {"place", "elsewhere"} <= found:
        ours, theirs = (words.span(sentence.words, [name]) or (0, 0) for name in ("place", "elsewhere"))
        return theirs[0] < ours[0]
    return "elsewhere" in found


def _explicit(cited: list[tuple[Citation, Known]]) -> Iterator[_Found]:
    for citation, matter in cited:
        kind = BY_DESCRIPTION if citation.kind == "section" else EXPLICIT
        yield _Found(matter, kind, _SURE, 0, citation.start, citation.end)


def _bills(cited: list[tuple[Citation, Known]], found: list[_Found]) -> Iterator[Known]:
    """The bills that a text names as bills, by number or by name."""
    yield from (matter for citation, matter in cited if citation.kind == "Int")
    yield from (one.matter for one in found if one.kind == BY_NAME and one.matter.kind == "bill")


def _strange(citations: list[Citation], cited: list[tuple[Citation, Known]]) -> list[int]:
    """Where the text cites laws, with their years, that the record does not hold."""
    known = {citation for citation, _ in cited}
    return [one.start for one in citations if one.year and one.kind != "section" and one not in known]


def _orders(citations: list[Citation], cited: list[tuple[Citation, Known]]) -> dict[int, Known | None]:
    """Where the text calls an order by its number, and which; None for one that the record does not hold."""
    known: dict[Citation, Known] = dict(cited)
    return {one.start: known.get(one) for one in citations if one.kind in ("EO", "EEO")}


def _is_numbered_otherwise(described: Described, numbered: dict[int, Known | None]) -> bool:
    """Whether each order that the sentence speaks of is another, by its number."""
    sentence = described.fit.seen.sentence
    inside = [matter for start, matter in numbered.items() if sentence.start <= start < sentence.end]
    if not inside or described.matter in inside:
        return False
    return len(_ORDER.findall(sentence.words)) <= len(inside)


def _is_foreign(one: Seen, strange: list[int]) -> bool:
    """Whether a sentence tells of another place, of the state's laws, or of another law by its number."""
    if any(one.sentence.start <= place < one.sentence.end for place in strange):
        return True
    if "city" in one.marks or "kind:resolution" in one.marks:
        return False
    return "state" in one.marks or ("elsewhere" in one.marks and "place" not in one.marks)


def open_press(session: Session, terms: PressTerms) -> Press:
    """The matcher over everything that the record holds now."""
    words = vocabulary(terms)
    return Press(read_knowledge(session, words, (row[0] for row in terms.neighbours)), terms)
