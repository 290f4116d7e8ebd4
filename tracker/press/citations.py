"""The numbers that a text names: bills, resolutions, Local Laws, orders, sections of the Code. Pure.

Reads the forms that papers, releases and scans use; which matter a number means is for `press.resolve`.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

import re2


class Citation(NamedTuple):
    """A number as the text has it, from ``start`` to ``end``.

    ``kind`` is Int, Res, LL, EO, EEO or section; ``number`` its digits (a section's whole number); ``year`` 0 where
    the text gives none; ``group`` is how many numbers stand in the same list.
    """

    kind: str
    number: str
    year: int
    start: int
    end: int
    group: int = 1


_SIGN: Final = r"(?:\.?\s*(?:Nos?|Numbers?|Num|#)(?![A-Za-z])\.?|\.)?\s*#?\s*"
_VERSION: Final = r"(?:-?[A-H](?![A-Za-z0-9]))?"
_YEAR: Final = r"(?:19[89]\d|20[0-4]\d)"
_AND: Final = r"(?:\s*,\s*(?:and\s+|&\s*)?|\s*/\s*|\s+(?:and|&|or)\s+|\s*&\s*|\s*;\s*)"

_FILE_HEAD: Final = (
    r"(?<![A-Za-z])(?:(?:Proposed|Pre-?considered)\s+)?"
    r"(?P<kind>Int(?:ro(?:duction|ductory)?)?s?|Introductions?|Introductory|Res(?:olution|o)?s?)"
)
_FILE_NUMBER: Final = (
    rf"(?P<number>\d{{1,4}}){_VERSION}(?:\s?[-/]\s?(?P<year>{_YEAR})|\s+of\s+(?P<of>{_YEAR}))?(?![\d.]\d|\d)"
)
_FILE: Final = re.compile(rf"{_FILE_HEAD}{_SIGN}{_FILE_NUMBER}", re.IGNORECASE)
_NEXT_FILE: Final = re.compile(rf"{_AND}{_FILE_NUMBER}(?!\s*(?:to|-)\s*\d)", re.IGNORECASE)

_LAW_NUMBER: Final = rf"(?P<number>\d{{1,3}})(?:\s?[-/]\s?(?P<year>{_YEAR}))?(?![\d/-]\d|\d)"
_LAW: Final = re.compile(rf"(?<![A-Za-z])(?P<kind>Local\s+Laws?|L\.?L\.?){_SIGN}{_LAW_NUMBER}", re.IGNORECASE)
_NEXT_LAW: Final = re.compile(rf"{_AND}(?:Local\s+Laws?|L\.?L\.?)?{_SIGN}(?<![A-Za-z]){_LAW_NUMBER}", re.IGNORECASE)
_LAW_YEAR: Final = re.compile(
    rf"\s*,?\s*(?:\([^)]{{0,90}}\)\s*)?(?:of|for\s+the\s+year|in|enacted\s+in|from)\s+(?:[A-Z][a-z]+\s+)?(?P<year>{_YEAR})\b"
    rf"|\s*\((?:[A-Za-z ]{{0,20}}\s)?(?P<in>{_YEAR})\)",
    re.IGNORECASE,
)
_LAW_HEADING: Final = re.compile(
    rf"local\s+laws?[^.\n]{{0,60}}?for\s+the\s+year\s+(?P<year>{_YEAR})\W{{0,6}}No\.?\s*(?P<number>\d{{1,3}})\b",
    re.IGNORECASE,
)
_LAW_KEY: Final = re.compile(rf"(?<![\d/-])(?P<year>{_YEAR})/(?P<number>\d{{3}})(?![\d/-])")

_ORDER_NAME: Final = (
    r"(?P<emergency>(?:Mayoral\s+)?Emergency\s+)?(?:Executive|Mayoral|Mayor's)\s+Orders?"
    r"|(?<![A-Za-z])E\.?O\.?s?|E\.?E\.?O\.?s?"
)
_ORDER_NUMBER: Final = rf"(?P<number>\d{{1,3}})(?:\s?[-/]\s?(?P<year>{_YEAR}))?(?![\d.,/]\d|\d|-\d)"
_ORDER: Final = re.compile(
    rf"(?P<kind>{_ORDER_NAME}){_SIGN}{_ORDER_NUMBER}",
    re.IGNORECASE,
)
_NOT_OURS: Final = re.compile(
    r"\b(?:Governor|Gov\.|President|Trump|Biden|Obama|Cuomo|Hochul|Pataki|Paterson|State)(?![A-Za-z])\S*(?:\s+\w+)?\s+$",
    re.IGNORECASE,
)
_LONGEST_OWNER: Final = 40
_LONGEST_HEAD: Final = 30
_SPOT: Final = r"(?i)(?:orders?|\bE\.?E?\.?O\.?s?)\W*(?:No\w*|Number)?\W*\d"
_ORDER_SPOT: Final = re2.compile(_SPOT)  # which RE2 finds much faster than `re` finds the whole
_NEXT_ORDER: Final = re.compile(rf"{_AND}(?:E\.?O\.?)?{_SIGN}(?<![A-Za-z]){_ORDER_NUMBER}", re.IGNORECASE)
_ORDER_DAY: Final = r"(?:on\s+)?(?:[A-Z][a-z]+\.?\s+\d{1,2},?\s+|[A-Z][a-z]+\s+)?"
_ORDER_YEAR: Final = re.compile(
    rf"\s*,?\s*(?:\(EO ?\d+\)\s*)?(?:\(?(?:of|series of|dated|signed|issued|from)\s+{_ORDER_DAY}|\()"
    rf"(?P<year>{_YEAR})\b",
    re.IGNORECASE,
)
_UNITS: Final = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
                 "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth",
                 "eighteenth", "nineteenth", "twentieth")  # fmt: skip
_ORDINALS: Final = {word: number for number, word in enumerate(_UNITS, start=1)}
_ORDINAL_NUMBER: Final = rf"(?P<number>{'|'.join(_UNITS[2:])}|[3-9]th|\d\dth)"
_ORDINAL_AFTER: Final = re.compile(rf"[^.;\n]{{0,40}}?\b(?:the|his|her)\s+{_ORDINAL_NUMBER}\b", re.IGNORECASE)
_ORDINAL_BEFORE: Final = re.compile(rf"\b{_ORDINAL_NUMBER}\s+$", re.IGNORECASE)
_LONGEST_ORDINAL: Final = 14
_SECTION: Final = re.compile(
    r"(?:\b(?:sections?|secs?\.?|administrative\s+code|admin\.?\s+code)|§+)\W{0,3}(?:(?:section|§+)\s*)?"
    r"(?P<first>\d{1,2}-\d{3,4}(?:\.\d+)?)(?P<rest>(?:(?:\s*\([a-z0-9]+\))*(?:\s*,\s*(?:and\s+)?|\s+and\s+|\s*&\s*)(?:§+\s*)?\d{1,2}-\d{3,4}(?:\.\d+)?)*)",
    re.IGNORECASE,
)
_ONE_SECTION: Final = re.compile(r"\d{1,2}-\d{3,4}(?:\.\d+)?")


def _worth_a_look() -> re2.Set:
    """RE2 sees in one pass for which kinds of number a closer look is worth while."""
    heads = (
        r"(?i)\b(?:int|res)[a-z]*\W*(?:(?:no|num)[a-z]*\W*)?\d",
        r"(?i)local\s+law|\bL\.?L\b|\d/\d",
        _SPOT,
        r"(?i)executive order",
        r"(?i)\d-\d",
    )
    found = re2.Set.SearchSet()
    for head in heads:
        found.Add(head)
    found.Compile()
    return found


_MAYBE: Final = _worth_a_look()


def find_citations(folded: str) -> Iterator[Citation]:
    """Every number that may be one of the Council's or the Mayor's, list members each by itself."""
    if not any(map(str.isdigit, folded)) and "th" not in folded:
        return
    maybe = set(_MAYBE.Match(folded) or ())
    for number, read in enumerate((_files, _laws, _orders, _ordinals, _sections)):
        if number in maybe:
            yield from read(folded)


def without_years(folded: str, citations: list[Citation]) -> str:
    """The text with blanks for the years that belong to a number; they date nothing else in the sentence."""
    for found in citations:
        if found.year:
            said = folded[found.start : found.end].replace(str(found.year), "    ")
            folded = folded[: found.start] + said + folded[found.end :]
    return folded


def _chain(first: re.Match[str], following: re.Pattern[str], folded: str) -> list[re.Match[str]]:
    """A number and those that follow it in the same list."""
    found = [first]
    while following_one := following.match(folded, found[-1].end()):
        found.append(following_one)
    return found


def _year(found: re.Match[str], *names: str) -> int:
    groups = found.groupdict()
    return next((int(groups[name]) for name in names if groups.get(name)), 0)


def _listed(
    kind: str, chain: list[re.Match[str]], names: tuple[str, ...], after: re.Match[str] | None = None
) -> Iterator[Citation]:
    """The members of a list; one without a year has that of the next one that has one, or of what comes after."""
    years = [_year(found, *names) for found in chain]
    ends = [found.end() for found in chain]
    if after and not years[-1]:
        years[-1], ends[-1] = _year(after, "year", "in"), after.end()
    for place in range(len(chain) - 2, -1, -1):
        years[place] = years[place] or years[place + 1]
    for found, year, end in zip(chain, years, ends, strict=True):
        start = found.start() if found is chain[0] else found.start("number")
        yield Citation(kind, str(int(found["number"])), year, start, end, len(chain))


def _files(folded: str) -> Iterator[Citation]:
    for first in _FILE.finditer(folded):
        kind = "Res" if first["kind"].lower().startswith("res") else "Int"
        yield from _listed(kind, _chain(first, _NEXT_FILE, folded), ("year", "of"))


def _laws(folded: str) -> Iterator[Citation]:
    for heading in _LAW_HEADING.finditer(folded):
        yield Citation("LL", str(int(heading["number"])), int(heading["year"]), heading.start(), heading.end())
    for key in _LAW_KEY.finditer(folded):
        yield Citation("LL", str(int(key["number"])), int(key["year"]), key.start(), key.end())
    end = 0
    for first in _LAW.finditer(folded):
        if first.start() < end:
            continue
        chain = _chain(first, _NEXT_LAW, folded)
        end = chain[-1].end()
        after = _LAW_YEAR.match(folded, end)
        yield from _listed("LL", chain, ("year",), after)


def _orders(folded: str) -> Iterator[Citation]:
    end = 0
    for spot in _ORDER_SPOT.finditer(folded):
        first = _ORDER.search(folded, max(end, spot.start() - _LONGEST_HEAD), spot.end() + _LONGEST_HEAD)
        if first is None:
            continue
        end = first.end()
        if _NOT_OURS.search(folded, max(0, first.start() - _LONGEST_OWNER), first.start()):
            continue
        head = first["kind"].lower().replace(".", "")
        kind = "EEO" if first["emergency"] or head.startswith("ee") else "EO"
        chain = _chain(first, _NEXT_ORDER, folded)
        after = _ORDER_YEAR.match(folded, chain[-1].end())
        yield from _listed(kind, chain, ("year",), after)


def _ordinals(folded: str) -> Iterator[Citation]:
    """The number as a word: "his executive order, the thirteenth since he took office"."""
    lowered, head = folded.lower(), "executive order"
    start = lowered.find(head)
    while start >= 0:
        end = start + len(head)
        after = _ORDINAL_AFTER.match(folded, end)
        before = _ORDINAL_BEFORE.search(folded, max(0, start - _LONGEST_ORDINAL), start)
        if found := after or before:
            said = found["number"].lower()
            number = _ORDINALS.get(said) or int(re.sub(r"\D", "", said))
            yield Citation("EO", str(number), 0, min(start, found.start()), max(end, found.end()))
        start = lowered.find(head, end)


def _sections(folded: str) -> Iterator[Citation]:
    for found in _SECTION.finditer(folded):
        numbers = list(_ONE_SECTION.finditer(folded, found.start("first"), found.end()))
        for one in numbers:
            start = found.start() if one is numbers[0] else one.start()
            yield Citation("section", one.group(), 0, start, one.end(), len(numbers))
