"""Decides, from a Council matter's own words, whether it is about cooperation with immigration enforcement.

A matter is read in parts that weigh differently: what it *orders or asks* (a bill's sections and the City's summary
of them, a resolution's RESOLVED clause, either one's title) and what it only *tells* (legislative findings, WHEREAS
recitals). Phrases found in those parts are tried against a short list of rules, strongest first:

* core: a bill whose point is cooperation with, or limits on, federal immigration enforcement;
* related: a bill with such a clause that is not its point, or a resolution on how federal officers enforce inside
  communities;
* context: immigrants and immigration, but not enforcement;
* out: anything else.

The phrases are the `[scope]` tables of config.toml. An editor's decision is kept elsewhere and wins over this one.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any

import re2
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

# One plain phrase; a star may stand at its end only.
Phrase = Annotated[str, StringConstraints(pattern=r"^[^*\s]([^*]*[^*\s])?\*?$")]
PhraseList = Annotated[tuple[Phrase, ...], Field(min_length=1)]

# The RESOLVED clause is a sentence or two; what follows much later is an annex, such as a plan that is adopted.
RESOLVING_CHARACTERS = 1500

# How many found phrases a reason quotes.
QUOTED = 3

RESOLVED = re.compile(r"\bresolved,? that\b", re.IGNORECASE)
ENACTING = re.compile(r"\bbe it enacted\b", re.IGNORECASE)
FINDINGS = re.compile(
    r"\b(legislative (findings?|intent|declaration|history)|findings|declaration of)\b", re.IGNORECASE
)
# The archive's texts often lost the section sign and hold U+FFFD in its place.
SECTION_TWO = re.compile(r"(?:§|\ufffd|\bSection|\bSec\.)\s?2\.", re.IGNORECASE)


class ScopeTerms(BaseModel):
    """The `[scope]` section of config.toml, where each list is explained; there are no defaults here on purpose."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    wake: PhraseList
    agencies: PhraseList
    enforcement: PhraseList
    detainers: PhraseList
    sections: PhraseList
    warrants: PhraseList
    private_areas: PhraseList
    information_titles: PhraseList
    information_limits: PhraseList
    information_kinds: PhraseList
    information_schemes: PhraseList
    sharing: PhraseList
    programmes: PhraseList
    communities: PhraseList
    acts: PhraseList
    federal_officers: PhraseList
    custody: PhraseList
    recital_mentions: Annotated[int, Field(ge=1)]
    business: PhraseList
    immigrants: PhraseList
    immigrant_mentions: Annotated[int, Field(ge=1)]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a matter is to the tracker, and why, in a sentence that quotes the words that decided."""

    label: str
    reason: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of a matter, its white space evened out, with a lower-case copy for quick looks."""

    words: str
    lowered: str

    @classmethod
    def of(cls, *texts: str) -> "Passage":
        words = " ".join(" ".join(texts).split())
        return cls(words, words.lower())


class Phrases:
    """One list of phrases, ready to be looked for."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._terms = [(phrase.rstrip("*").lower(), _pattern(phrase)) for phrase in phrases]

    def find(self, passage: Passage) -> list[str]:
        """The phrases that occur, each once, as the passage writes them."""
        # The plain look spares the slow pattern for nearly every phrase.
        hits = [pattern.search(passage.words) for plain, pattern in self._terms if plain in passage.lowered]
        return [hit.group() for hit in hits if hit]

    def count(self, passage: Passage) -> int:
        """How often the phrases occur, all told."""
        return sum(len(pattern.findall(passage.words)) for plain, pattern in self._terms if plain in passage.lowered)


def _pattern(phrase: str) -> re.Pattern[str]:
    """A phrase as whole words: capitals stand for themselves, other letters for either case."""
    plain = phrase.rstrip("*")
    words = " ".join(re.escape(word) if _is_acronym(word) else f"(?i:{re.escape(word)})" for word in plain.split())
    end = r"\w*" if phrase.endswith("*") else r"(?!\w)"
    if _is_acronym(plain):
        # "SNOW AND ICE" and "ICE CREAM" in a line of capitals are no agency.
        return re.compile(rf"(?<![A-Z] )(?<![\w-]){words}(?![ -][A-Z]{{2}}){end}")
    return re.compile(rf"(?<![\w-]){words}{end}")


def _any_of(stems: Iterable[str]) -> Any:
    """One pattern that finds any of many stems in one pass: nearly every matter goes no further than this look.

    RE2 reads a text once however many stems there are; Python's own `re` would try each at every letter.
    """
    spaced = {stem: r"[\s\x{a0}]+".join(re2.escape(word) for word in stem.rstrip("*").split()) for stem in stems}
    return re2.compile("|".join(spaced[stem] if _is_acronym(stem) else f"(?i:{spaced[stem]})" for stem in spaced))


def _is_acronym(word: str) -> bool:
    return word.isalpha() and word.isupper()


@dataclass(frozen=True, slots=True)
class Parts:
    """A matter taken apart by weight."""

    title: Passage
    summary: Passage
    orders: Passage
    tells: Passage


def split_bill(title: str, summary: str, text: str) -> Parts:
    """Set a bill's legislative findings, if it opens with some, apart from what it orders."""
    words = " ".join(text.split())
    enacting = ENACTING.search(words, 0, 400)
    start = enacting.end() if enacting else 0
    opens_with_findings = FINDINGS.search(words, start, start + 80)
    findings_end = SECTION_TWO.search(words, start) if opens_with_findings else None
    cut = findings_end.start() if findings_end else start
    orders = Passage.of(title, summary, words[cut:])
    return Parts(Passage.of(title), Passage.of(summary), orders, Passage.of(words[:cut]))


def split_resolution(title: str, summary: str, text: str) -> Parts:
    """Set a resolution's recitals apart from what it asks; without a RESOLVED clause the text all recites."""
    words = " ".join(text.split())
    clause = RESOLVED.search(words)
    cut = clause.start() if clause else len(words)
    asks = Passage.of(title, summary, words[cut : cut + RESOLVING_CHARACTERS])
    return Parts(Passage.of(title), Passage.of(summary), asks, Passage.of(words[:cut]))


class Rule:
    """The rule, compiled once from the config's terms; `judge` is pure."""

    def __init__(self, terms: ScopeTerms) -> None:
        self._terms = terms
        self._wake = _any_of(terms.wake)
        lists = {name: value for name, value in terms if isinstance(value, tuple)}
        self._phrases = {name: Phrases(value) for name, value in lists.items()}

    def judge(self, *, kind: str, name: str, title: str, summary: str, text: str) -> Verdict:
        """Label one matter; any `kind` but a resolution binds the City, and `text` may be empty."""
        if self._wake.search(f"{name} {title} {summary} {text}") is None:
            return Verdict("out", "No word in it concerns immigration or its enforcement.")
        heading = f"{name} \n {title}"
        if kind.strip().casefold() == "resolution":
            return self._judge_resolution(split_resolution(heading, summary, text))
        return self._judge_bill(split_bill(heading, summary, text))

    def _find(self, passage: Passage, *names: str) -> list[str]:
        return [phrase for name in names for phrase in self._phrases[name].find(passage)]

    def _judge_bill(self, bill: Parts) -> Verdict:
        return self._core_bill(bill) or self._related_bill(bill) or self._context(bill)

    def _core_bill(self, bill: Parts) -> Verdict | None:
        if named := self._find(bill.title, "enforcement", "agencies", "acts"):
            return self._verdict("core", "A city bill whose title names immigration enforcement", bill, named)
        if detainers := self._find(bill.orders, "detainers"):
            return self._verdict("core", "A city bill on holding people for immigration authorities", bill, detainers)
        if len(self._find(bill.orders, "sections")) > 1:
            return self._verdict("core", "A city bill on the code's immigration enforcement sections", bill, [])
        return self._core_access(bill) or self._core_information(bill)

    def _core_access(self, bill: Parts) -> Verdict | None:
        warrants, areas = self._find(bill.orders, "warrants"), self._find(bill.orders, "private_areas")
        if not (warrants and areas):
            return None
        return self._verdict("core", "A city bill on outside officers' access to city property", bill, areas + warrants)

    def _core_information(self, bill: Parts) -> Verdict | None:
        """Rules on what city staff may ask or tell, where immigration status is among it."""
        if not self._find(bill.title, "information_titles"):
            return None
        kinds, limits = self._find(bill.orders, "information_kinds"), self._find(bill.orders, "information_limits")
        if not (kinds and limits):
            return None
        return self._verdict("core", "A city bill on what city staff may ask or disclose", bill, kinds + limits)

    def _related_bill(self, bill: Parts) -> Verdict | None:
        if self._find(bill.title, "programmes"):
            return None
        schemes = self._find(bill.orders, "information_schemes")
        if schemes and self._find(bill.title, "information_titles"):
            return self._verdict("related", "A city bill that carries out rules on personal information", bill, schemes)
        if named := self._find(bill.summary, "enforcement", "agencies"):
            return self._verdict("related", "A city bill whose summary names immigration enforcement", bill, named)
        named, sharing = self._find(bill.orders, "enforcement", "agencies"), self._find(bill.orders, "sharing")
        if named and sharing:
            return self._verdict("related", "A city bill with a clause on immigration enforcement", bill, named)
        if sharing and (warrants := self._find(bill.orders, "warrants")):
            return self._verdict(
                "related", "A city bill that limits disclosure without a warrant", bill, warrants + sharing
            )
        return None

    def _judge_resolution(self, resolution: Parts) -> Verdict:
        if business := self._find(resolution.title, "business"):
            return self._verdict(
                "out", "A resolution on the Council's own business or a ceremony", resolution, business
            )
        return self._related_resolution(resolution) or self._context(resolution)

    def _related_resolution(self, resolution: Parts) -> Verdict | None:
        asks, tells = resolution.orders, resolution.tells
        if named := self._find(asks, "communities", "acts"):
            return self._verdict("related", "A resolution on immigration enforcement in communities", resolution, named)
        if self._find(asks, "custody"):
            return None
        if named := self._find(asks, "enforcement", "agencies"):
            return self._verdict("related", "A resolution that asks about immigration enforcement", resolution, named)
        recited = self._find(tells, "enforcement")
        if recited and (officers := self._find(asks, "federal_officers")):
            what = "A resolution on federal officers that cites immigration enforcement"
            return self._verdict("related", what, resolution, officers + recited)
        if self._phrases["enforcement"].count(tells) >= self._terms.recital_mentions:
            return self._verdict("related", "A resolution argued from immigration enforcement", resolution, recited)
        return None

    def _context(self, parts: Parts) -> Verdict:
        if titled := self._find(parts.title, "immigrants"):
            return self._verdict("context", "Its title concerns immigrants, not enforcement", parts, titled)
        mentions = self._phrases["immigrants"]
        if mentions.count(parts.orders) + mentions.count(parts.tells) >= self._terms.immigrant_mentions:
            found = mentions.find(parts.orders) or mentions.find(parts.tells)
            return self._verdict("context", "It speaks of immigrants throughout, not of enforcement", parts, found)
        return Verdict("out", "It mentions immigration at most in passing.")

    def _verdict(self, label: str, what: str, parts: Parts, found: list[str]) -> Verdict:
        """Word the reason: what it is, then the sections of the code it touches and the words that told."""
        sections = self._find(parts.orders, "sections") if label in {"core", "related"} else []
        noted = [f"section{'s' if len(sections) > 1 else ''} {', '.join(sections)}"] if sections else []
        distinct = {phrase.casefold(): phrase for phrase in reversed(found)}
        quoted = ", ".join(f"“{phrase}”" for phrase in [*reversed(distinct.values())][:QUOTED])
        noted += [quoted] if quoted else []
        return Verdict(label, f"{what} ({'; '.join(noted)}).")
