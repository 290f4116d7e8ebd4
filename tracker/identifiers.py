"""Numbers of matters and laws: file numbers, Local Law numbers, order numbers; texts in, values out.

``FileNumber`` is the Council's number as Legistar prints it ("Int 0486-2014"); numbers run on through a session, so
the year is part of the name. ``LocalLaw`` numbers restart each January (Charter § 37). ``OrderNumber`` numbers restart
with each mayor, so they too need their year. The last letter in "Int. No. 1412-A" is the *version* of the text, not
part of the number; only files of 1996 to 1999 carry a letter of their own, after the year ("Int 0804-1996-A").

Everything raises `BadIdentifier` for a text that is not exactly one number. Two-digit years are refused: "Local Law
58/87" may be a year or a second law, and a wrong link is worse than none.
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from functools import total_ordering
from typing import Final, Self

from tracker.errors import BadIdentifier

FIRST_YEAR: Final = 1898  # the year the five boroughs became one city
LAST_YEAR: Final = 2100
LAST_LETTERED_YEAR: Final = 1999

FILE_EXPECTED: Final = 'a Council file number such as "Int 0486-2014" or "Res 0836-2025"'
LAW_EXPECTED: Final = 'a Local Law number such as "2014/058" or "Local Law 58 of 2014"'
ORDER_EXPECTED: Final = 'a mayoral order number such as "EO 50-2025" or "Emergency Executive Order 2.38 of 2026"'

_YEAR = r"(?P<year>\d{4})"
_OF_YEAR = rf"(?:\s?[-/]\s?{_YEAR}|,?\s(?:of|for\sthe\syear)\s(?P<of_year>\d{{4}})|\s\((?P<in_year>\d{{4}})\))"
_NO = r"\.?(?:\s?(?:no|num|number)\.?)?[\s#-]*"

_CANONICAL = re.compile(r"(?:Int|Res|LU) (?!0000)\d{4}-(?:189[89]|19\d\d|20\d\d|2100)", re.ASCII)
_FILE = re.compile(
    r"(?:(?:proposed|preconsidered|pre-considered)\s)?"
    r"(?P<kind>int(?:ro(?:duction|ductory)?)?|res(?:o(?:lution)?)?|l\.?u|land\suse(?:\sapplication)?)"
    rf"{_NO}(?P<number>\d{{1,4}})(?:-?[A-H](?![a-z]))?(?:{_OF_YEAR}(?:-(?P<suffix>[A-Z]))?)?",
    re.ASCII | re.IGNORECASE,
)
_FILE_SLUG = re.compile(r"(int|res|lu)-(\d{4})-(\d{4})(?:-([a-z]))?", re.ASCII)
_TEMPORARY = re.compile(r"T\s?\d{4}-\d{1,5}", re.ASCII | re.IGNORECASE)

_LAW_KEY = re.compile(r"(?P<year>\d{4})/(?P<number>\d{3})", re.ASCII)
_LAW = re.compile(
    rf"(?:l\.?\s?l|local\slaw){_NO}(?:{_YEAR}/(?P<after>\d{{1,3}})"
    r"|(?P<number>\d{1,3})(?:\s?[-/]\s?(?P<slash_year>\d{4})|,?\s(?:of|for\sthe\syear)\s(?P<of_year>\d{4})"
    r"|\s\((?P<in_year>\d{4})\)))",
    re.ASCII | re.IGNORECASE,
)
_LAW_HEADING = re.compile(
    rf"local\slaws?\sof\sthe\scity\sof\snew\syork\sfor\sthe\syear\s{_YEAR},?\sno\.?\s?(?P<number>\d{{1,3}})",
    re.ASCII | re.IGNORECASE,
)
_LAW_SLUG = re.compile(r"ll-(\d{1,3})-(\d{4})", re.ASCII)

_ORDER = re.compile(
    rf"(?P<series>(?:emergency\s)?executive\sorder|e\.?\s?e\.?\s?o|e\.?\s?o){_NO}"
    rf"(?P<number>\d{{1,4}})(?:\.(?P<part>[1-9]\d{{0,2}}))?(?:{_OF_YEAR})?",
    re.ASCII | re.IGNORECASE,
)
_ORDER_KEY = re.compile(
    r"(?P<year>\d{4})-(?P<series>EO|EEO)-(?P<number>\d{1,4})(?:\.(?P<part>[1-9]\d{0,2}))?", re.ASCII | re.IGNORECASE
)
_ORDER_SLUG = re.compile(
    r"(?P<series>eo|eeo)-(?P<number>\d{1,4})(?:\.(?P<part>[1-9]\d{0,2}))?-(?P<year>\d{4})", re.ASCII
)

_DASHES: Final = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-") | {0xAD: None}
_KINDS: Final = {"i": "Int", "r": "Res", "l": "LU"}


def _tidy(text: str) -> str:
    """One space for any white space (non-breaking too), one hyphen for any dash."""
    return " ".join(text.translate(_DASHES).split())


def _year_of(found: re.Match[str], given: int | None = None) -> int | None:
    """The year named in the text, in whichever form, else the one given."""
    names = ("year", "slash_year", "of_year", "in_year")
    groups = found.groupdict()
    return next((int(groups[name]) for name in names if groups.get(name)), given)


def _within(year: int) -> bool:
    return FIRST_YEAR <= year <= LAST_YEAR


@dataclass(frozen=True, slots=True, order=True)
class FileNumber:
    """The Council's file number; `kind` is "Int", "Res" or "LU", `suffix` a letter on some files of 1996 to 1999."""

    kind: str
    number: int
    year: int
    suffix: str = ""

    def __post_init__(self) -> None:
        lettered = re.fullmatch("[A-Z]", self.suffix) and self.year <= LAST_LETTERED_YEAR
        known = self.kind in _KINDS.values() and (not self.suffix or lettered)
        if not (known and 1 <= self.number <= 9999 and _within(self.year)):
            raise BadIdentifier(str(self), FILE_EXPECTED)

    @classmethod
    def parse(cls, text: str, year: int | None = None) -> Self:
        """Read any written form; `year` is used where the text names none ("Intro. 486-A").

        A letter before the year is the version of the text and is dropped. One after the year is part of the number
        up to 1999 and the version since. Temporary numbers ("T2021-8050") are refused: they are not public.
        """
        found = _FILE.fullmatch(_tidy(text))
        if found is None:
            why = ", but a temporary one, which is never shown" if is_temporary(text) else ""
            raise BadIdentifier(text, FILE_EXPECTED + why)
        named = _year_of(found, year)
        if named is None:
            raise BadIdentifier(text, f"{FILE_EXPECTED}: it names no year, and numbers return in every session")
        suffix = (found["suffix"] or "").upper() if named <= LAST_LETTERED_YEAR else ""
        try:
            return cls(_KINDS[found["kind"][0].lower()], int(found["number"]), named, suffix)
        except BadIdentifier:
            raise BadIdentifier(text, FILE_EXPECTED) from None

    @classmethod
    def from_slug(cls, slug: str) -> Self:
        """The inverse of `slug`; nothing but the exact form is taken."""
        found = _FILE_SLUG.fullmatch(slug)
        if found is None:
            raise BadIdentifier(slug, 'the address of a Council file, such as "int-0486-2014"')
        return cls(_KINDS[slug[0]], int(found[2]), int(found[3]), (found[4] or "").upper())

    def __str__(self) -> str:
        return f"{self.kind} {self.number:04d}-{self.year}{self._tail}"

    @property
    def _tail(self) -> str:
        return f"-{self.suffix}" if self.suffix else ""

    @property
    def slug(self) -> str:
        """Where the site keeps it: "int-0486-2014"."""
        return str(self).lower().replace(" ", "-")

    @property
    def short(self) -> str:
        """For readers: "Int 486-2014"."""
        return f"{self.kind} {self.number}-{self.year}{self._tail}"


@dataclass(frozen=True, slots=True, order=True)
class LocalLaw:
    """A Local Law number. The year is that of the numbering, which may follow the year of enactment."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if not (1 <= self.number <= 999 and _within(self.year)):
            raise BadIdentifier(str(self), LAW_EXPECTED)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "2026/063", "LL 63/2026", "Local Law No. 63 of 2026" and the like.

        "NA", by which NYC Open Data marks a bill that is not law, and "" raise `BadIdentifier`.
        """
        tidy = _tidy(text)
        found = _LAW_KEY.fullmatch(tidy) or _LAW.fullmatch(tidy) or _LAW_HEADING.fullmatch(tidy)
        year = _year_of(found) if found else None
        if found is None or year is None:
            raise BadIdentifier(text, LAW_EXPECTED)
        try:
            return cls(year, int(found["number"] or found["after"]))
        except BadIdentifier:
            raise BadIdentifier(text, LAW_EXPECTED) from None

    @classmethod
    def from_slug(cls, slug: str) -> Self:
        """The inverse of `slug`."""
        found = _LAW_SLUG.fullmatch(slug)
        if found is None or found[1].startswith("0"):
            raise BadIdentifier(slug, 'the address of a Local Law, such as "ll-63-2026"')
        return cls(int(found[2]), int(found[1]))

    def __str__(self) -> str:
        return f"Local Law {self.number} of {self.year}"

    @property
    def key(self) -> str:
        """Legistar's form: "2026/063"."""
        return f"{self.year}/{self.number:03d}"

    @property
    def slug(self) -> str:
        """Its address: "ll-63-2026"."""
        return f"ll-{self.number}-{self.year}"


@total_ordering
@dataclass(frozen=True, slots=True)
class OrderNumber:
    """A mayoral order: `series` "EO", or "EEO" for emergency orders, the only ones with a `part` ("2.38").

    Federal orders (five digits) and the Governor's (dotted, not emergency) do not fit and are refused.
    """

    series: str
    number: int
    part: int | None
    year: int

    def __post_init__(self) -> None:
        most = {"EO": 999, "EEO": 9999}.get(self.series, 0)
        dotted = self.part is None or (self.series == "EEO" and 1 <= self.part <= 999)
        if not (dotted and 1 <= self.number <= most and _within(self.year)):
            raise BadIdentifier(str(self), ORDER_EXPECTED)

    @classmethod
    def parse(cls, text: str, year: int | None = None) -> Self:
        """Read "EO 50 of 2025", "Executive Order No. 50", "2026-EEO-2.38" and the like.

        `year` is used where the text names none; without either `BadIdentifier` is raised, since every mayor
        starts again at 1.
        """
        tidy = _tidy(text)
        found = _ORDER_KEY.fullmatch(tidy) or _ORDER.fullmatch(tidy)
        if found is None:
            raise BadIdentifier(text, ORDER_EXPECTED)
        named = _year_of(found, year)
        if named is None:
            raise BadIdentifier(text, f"{ORDER_EXPECTED}: it names no year, and every mayor starts again at 1")
        try:
            return cls._from_match(found, named)
        except BadIdentifier:
            raise BadIdentifier(text, ORDER_EXPECTED) from None

    @classmethod
    def _from_match(cls, found: re.Match[str], year: int) -> Self:
        emergency = re.sub(r"[.\s]", "", found["series"].lower()).startswith(("em", "ee"))
        part = int(found["part"]) if found["part"] else None
        return cls("EEO" if emergency else "EO", int(found["number"]), part, year)

    @classmethod
    def from_slug(cls, slug: str) -> Self:
        """The inverse of `slug`."""
        found = _ORDER_SLUG.fullmatch(slug)
        if found is None or found["number"].startswith("0"):
            raise BadIdentifier(slug, 'the address of an order, such as "eo-50-2025"')
        return cls._from_match(found, int(found["year"]))

    def __str__(self) -> str:
        return f"{self.series} {self._dotted}-{self.year}"

    def __lt__(self, other: "OrderNumber") -> bool:
        return self._place < other._place

    @property
    def _place(self) -> tuple[int, str, int, int]:
        return self.year, self.series, self.number, self.part or 0

    @property
    def _dotted(self) -> str:
        return str(self.number) if self.part is None else f"{self.number}.{self.part}"

    @property
    def title(self) -> str:
        """In full: "Emergency Executive Order 2.38 of 2026"."""
        return f"{'Emergency ' if self.series == 'EEO' else ''}Executive Order {self._dotted} of {self.year}"

    @property
    def key(self) -> str:
        """BetaNYC's form: "2025-EO-050", "2026-EEO-2.38"."""
        return f"{self.year}-EO-{self.number:03d}" if self.series == "EO" else f"{self.year}-EEO-{self._dotted}"

    @property
    def slug(self) -> str:
        """Its address: "eo-50-2025"."""
        return str(self).lower().replace(" ", "-")


def is_temporary(text: str) -> bool:
    """Whether this is a number the Council gives before introduction ("T2021-8050"); such files are not public."""
    return _TEMPORARY.fullmatch(_tidy(text)) is not None


def parse(text: str) -> FileNumber | OrderNumber:
    """Read the number of a matter of either kind; raises `BadIdentifier`."""
    try:
        return FileNumber.parse(text)
    except BadIdentifier as refused:
        if _ORDER.fullmatch(_tidy(text)) or _ORDER_KEY.fullmatch(_tidy(text)):
            return OrderNumber.parse(text)
        if _FILE.fullmatch(_tidy(text)) or is_temporary(text):
            raise
        raise BadIdentifier(text, f"{FILE_EXPECTED}, nor {ORDER_EXPECTED}") from refused


def from_slug(slug: str) -> FileNumber | OrderNumber:
    """Read the address of a numbered matter; raises `BadIdentifier` for any other, free-form ones included."""
    return OrderNumber.from_slug(slug) if slug.startswith("e") else FileNumber.from_slug(slug)


def canonical(text: str) -> str:
    """The Council's own form of a file number: "int 201-2026" gives "Int 0201-2026"; raises `BadIdentifier`."""
    return text if _CANONICAL.fullmatch(text) else str(FileNumber.parse(text))


def slug_of(text: str) -> str:
    """The address of any matter: its number's own slug, else plain ASCII made of a free-form one.

    Never raises for a text with something in it, and gives the same answer every time; `BadIdentifier` for blank.
    """
    if _CANONICAL.fullmatch(text):
        return text.lower().replace(" ", "-")
    try:
        return parse(text).slug
    except BadIdentifier:
        return _free_slug(text)


def _free_slug(text: str) -> str:
    if not text.strip():
        raise BadIdentifier(text, "the number or name of a matter")
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if not slug:
        return "matter-" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    # A free-form name must not take the address of a numbered matter ("Int 0486 2014").
    return f"other-{slug}" if _FILE_SLUG.fullmatch(slug) or _ORDER_SLUG.fullmatch(slug) else slug
