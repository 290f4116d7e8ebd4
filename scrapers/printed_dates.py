"""Dates as the City's orders print them, and as a scan garbles them: "JANUARY I, 2026", "Decemb er 2 7, 2021".

A letter stands for a digit only where one digit looks like it (I, l, L, | are 1; O, o are 0), and a date that the
calendar does not have is no date: "June 35, 1974" reads "", it is never mended.
"""

import re
from datetime import date
from typing import Final

MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
YEARS: Final = range(1950, 2100)  # a year outside them is a misreading
DIGIT: Final = r"[\dIlLOo|]"
# a scan may break a word anywhere ("Decemb er"), or read a zero for the first letter of October
MONTH: Final = "(?:" + "|".join(r"\s?".join(month).replace("O", "[O0]", 1) for month in MONTHS) + ")"
_PRINTED: Final = (
    rf"(?P<month>(?i:{MONTH}))\.?\s*(?P<day>{DIGIT}\s?{DIGIT}?)(?:st|nd|rd|th)?\s*[,.;]?\s*\.?"
    rf"(?P<year>{DIGIT}\s?{DIGIT}{{3}})(?!\s?{DIGIT}\d|\d)"
)
DAY: Final = rf"\b{re.sub(r'[?]P<[a-z]+>', '?:', _PRINTED)}"  # the whole of a date, without groups

_PARTS = re.compile(_PRINTED)
_LOOKS_LIKE = str.maketrans({**dict.fromkeys("IlL|", "1"), **dict.fromkeys("Oo", "0")})


def read_number(words: str) -> str:
    """A number as printed -> its digits without leading zeros; "" where it is not one. "I 06" -> "106"."""
    digits = re.sub(r"\s", "", words).translate(_LOOKS_LIKE)
    return digits.lstrip("0") if digits.isdecimal() else ""


def read_day(words: str) -> str:
    """A date as printed -> ISO; "" for one that is not certain."""
    parts = _PARTS.search(words)
    if parts is None:
        return ""
    month = re.sub(r"\s", "", parts["month"]).capitalize().replace("0", "O")
    year, day = int(read_number(parts["year"]) or 0), int(read_number(parts["day"]) or 0)
    try:
        return date(year, MONTHS.index(month) + 1, day).isoformat() if year in YEARS else ""
    except ValueError:  # the 35th of July
        return ""
