"""The orders that a text names: "Executive Order No. 34, dated May 13, 2003", "EEO 886", "Executive Orders 98 and 99".

Pure. Scans break words and swap letters ("Exerutive OrderNo. 12 1 , dated July 26, L994"); what is read in spite of
that is what can be read in one way only.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from scrapers.printed_dates import DAY, DIGIT, YEARS, read_day, read_number


class OrderName(NamedTuple):
    """An order named in a text, from ``start`` to ``end``; ``year`` 0 and ``dated_on`` "" where it does not say."""

    series: str
    number: str
    year: int
    dated_on: str
    start: int
    end: int


# The word before "Order" is whatever a scan makes of "Executive", glued to its neighbours or not.
_HEAD: Final = re.compile(
    r"(?P<whose>\b(?:Governor(?:['’]s)?|State|Presidential|Federal)\s+)?"
    r"(?P<kind>\b(?:Emergency\s+)?\w*x[eqo]\w{3,8}e\s*[o0]rders?|\bE?EOs?\b)\s*",
    re.IGNORECASE,
)
_SIGN: Final = r"(?:(?:N ?[ob0]s?|lo|Numbers?)\b[\s.,:_¯]*|N ?[o0]s?[.,]\s*)"
_DATED: Final = r"(?=\s*,?\s*(?:dated|issued|signed|\())"
_NUMBER: Final = (
    rf"(?:{DIGIT}{{1,2}}\.{DIGIT}{{1,3}}|{DIGIT}{{1,2}}\. ?{DIGIT} ?{DIGIT}?{_DATED}"  # "No. 2. I 9, dated"
    rf"|{DIGIT}{{1,3}}(?:\s{DIGIT}{{1,2}}{_DATED})?)(?!\w|\.\d)"  # "No. 12 1 , dated"
)
_WHEN: Final = (
    r"(?:\s*,?\s*(?:of|for the year)\s+(?P<of>\d{4})\b)?"
    rf"(?:[\s,.]*\(?\s*(?:dated|issued|signed|promulgated|of)?[\s,]*(?:on\s+)?(?P<day>{DAY})\s*\)?"
    rf"|\s*\(\s*(?P<year>{DIGIT}\s?{DIGIT}{{3}})\s*\))?"
)
_FIRST: Final = re.compile(rf"(?P<sign>{_SIGN})?(?P<number>{_NUMBER}){_WHEN}", re.IGNORECASE)
_NEXT: Final = re.compile(rf"\s*(?:,\s*and|,|and|&|;)\s*(?P<sign>{_SIGN})?(?P<number>{_NUMBER}){_WHEN}", re.IGNORECASE)


def find_orders(text: str) -> Iterator[OrderName]:
    """The City's own numbered orders named in a text whose white space is single, in its order."""
    for head in _HEAD.finditer(text):
        kind = head["kind"].lower()
        if head["whose"]:
            continue
        group: list[re.Match[str]] = []
        item = _FIRST.match(text, head.end())
        # "Executive Order 3, 5 members": a list has a plural, or a sign before each number
        while item is not None and _is_number(item) and (not group or kind.endswith("s") or item["sign"]):
            group.append(item)
            item = _NEXT.match(text, item.end())
        series = "EEO" if "emergency" in kind or kind.startswith("eeo") else "EO"
        yield from _named(series, head.start(), group)


def _is_number(item: re.Match[str]) -> bool:
    """Without a sign before it, a letter is no number: "this Executive Order I hereby ..."."""
    return bool(item["sign"]) or any(sign.isdigit() for sign in item["number"])


def _named(series: str, start: int, group: list[re.Match[str]]) -> Iterator[OrderName]:
    """The orders of one list; one without a date has that of the next that has one."""
    found: list[OrderName] = []
    day, year = "", 0
    for item in reversed(group):
        if item["day"] or item["of"] or item["year"]:
            day = read_day(item["day"] or "")
            printed = int(day[:4] or read_number(item["of"] or item["year"] or "") or 0)
            year = printed if printed in YEARS else 0
        whole, point, part = item["number"].partition(".")
        if number := read_number(whole):
            part = read_number(part)
            found.append(OrderName(series, f"{number}{point}{part}", year, day, item.start(), item.end()))
    for n, order in enumerate(reversed(found)):
        yield order._replace(start=start) if n == 0 else order
