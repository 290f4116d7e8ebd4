"""Mayoral orders since 1974, by way of BetaNYC/nyc-executive-orders, a git repository with the text of each order.

From the repository (``corpus/YYYY/<eo_id>.md``: a few fields of YAML, then the text) or from a file of JSON lines with
the same fields (``eo_id, number, year, is_emergency, date_signed, mayor, title, source_pdf_url, text_source,
page_count, text_quality, text``), plain or ``.zst``. Its data are CC BY-SA 4.0; the orders are public records. Its
PDFs are Git LFS pointers and are not looked at.

What the collection does: ``title`` is "Executive Order 50" wherever it was read from the City's list of 2022 and later
(the subject is in the text), and now and then a piece of letterhead elsewhere. ``date_signed`` is the list's date for
those, a reading of the text for others: 33 of 2,291 differ from the date in the heading. Where others name the order
by date, the heading is right unless it is later than the list. 67 texts are missing, some hold the first page alone.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final, NamedTuple

import orjson

from scrapers.errors import NothingFound
from scrapers.git_archive import FileVersion, Repository, open_repository
from scrapers.json_lines import json_lines
from scrapers.order_text import Heading, ends_like_an_order, read_heading, read_signature
from scrapers.records import OrderRecord, Unreadable

WEB: Final = "https://github.com/BetaNYC/nyc-executive-orders/blob/{commit}/{path}"
FOLDER: Final = "corpus"
LISTED: Final = "/content/dam/nycgov/mayors-office/"  # where the City's own list leads
NO_TEXT: Final = "_No text available_"
LFS: Final = b"version https://git-lfs"
THIN: Final = 500  # characters a page: orders of several pages have 950 to 2,500
POSTED_WITHIN: Final = 3  # days from an order's date to the City's list, in the collection

MAYORS: Final = {
    "Beame": "Abraham D. Beame",
    "Koch": "Edward I. Koch",
    "Dinkins": "David N. Dinkins",
    "Giuliani": "Rudolph W. Giuliani",
    "Bloomberg": "Michael R. Bloomberg",
    "de Blasio": "Bill de Blasio",
    "Adams": "Eric Adams",
    "Mamdani": "Zohran K. Mamdani",
}

_PATH: Final = re.compile(r"corpus/\d{4}/\d{4}-E?EO-[\d.]+\.md", re.ASCII)
_KEY: Final = re.compile(r"(?P<year>\d{4})-(?P<series>EO|EEO)-0*(?P<number>[1-9]\d{0,3}(?:\.\d{1,3})?)", re.ASCII)
_FIELD: Final = re.compile(r"(?P<name>[a-z_]+):(?: (?P<value>.*))?")
_NO_TITLE: Final = re.compile(
    r"(?:emergency )?executive order(?: no\.?)? ?[\d.]*|.*\boffice of the mayor|(?:the )?city of new york|new york\b.*",
    re.IGNORECASE,
)


class SeenOrder(NamedTuple):
    """One order as the collection had it at ``observed_at`` (unix seconds); the fields are those of `Observation`."""

    observed_at: int
    place: str
    address: str
    digest: str
    order: OrderRecord


Seen = SeenOrder | Unreadable


class NotAnOrder(Exception):
    """Raised by `parse_order` and `read_page` for what is no order of the collection; the message says why."""


def read_orders(place: str, mirror: Path, observed_at: int) -> Iterator[Seen]:
    """Every order of ``place``: a file of JSON lines, a folder with the repository, or its address, kept in ``mirror``.

    ``observed_at`` (unix seconds) is for a file, which does not say when it was made. Raises SourceMissing,
    SourceBroken, NothingFound.
    """
    if place.endswith((".jsonl", ".jsonl.zst")):
        return from_file(Path(place), observed_at)
    return from_repository(open_repository(place, mirror, whole=False))


def from_file(path: Path, observed_at: int) -> Iterator[Seen]:
    """Every order of a file of JSON lines, in its order, all seen at ``observed_at``: the file does not say when.

    Raises SourceMissing where there is no file, SourceBroken where it is cut short or a line is not JSON.
    """
    for number, row in json_lines(path):
        place = f"{path.name}:{number}"
        try:
            order = parse_order(row)
        except NotAnOrder as error:
            yield Unreadable(observed_at, place, str(error))
        else:
            yield SeenOrder(observed_at, place, order.pdf_address, "", order)


def from_repository(repository: Repository) -> Iterator[Seen]:
    """Every order as the newest commit has it, seen at that commit's moment.

    Raises SourceBroken where git cannot read it, NothingFound where it holds no order.
    """
    collection = _Collection(repository.folder, repository.origin)
    versions = list(collection.current())
    if not versions:
        raise NothingFound(repository.origin, f"there is no {FOLDER}/YYYY/YYYY-EO-NNN.md in its newest commit")
    for version, content in collection.contents(versions):
        try:
            order = parse_order(read_page(content))
        except NotAnOrder as error:
            yield Unreadable(version.at, version.path, str(error))
            continue
        address = WEB.format(commit=version.commit, path=version.path)
        yield SeenOrder(version.at, version.path, address, f"sha1:{version.blob}", order)


class _Collection(Repository):
    """The same git plumbing with the collection's own layout."""

    def current(self) -> Iterator[FileVersion]:
        commit, at = self._git("log", "-1", "--format=%H %ct").split()
        for line in self._git("ls-tree", "-r", "HEAD", "--", FOLDER).splitlines():
            meta, path = line.split("\t", 1)
            if _PATH.fullmatch(path):
                yield FileVersion(commit, int(at), path, meta.split()[2])


def read_page(content: bytes | None) -> dict[str, Any]:
    """A Markdown file of the collection -> its fields, and ``text``; raises NotAnOrder.

    The fields are a small part of YAML: words, quoted words, numbers, null, lines that go on indented. Lists are left
    out: none of them is used.
    """
    if content is None:
        raise NotAnOrder("the repository lists it and does not hold it")
    if content.startswith(LFS):
        raise NotAnOrder("it is only a pointer to a file kept elsewhere (Git LFS)")
    try:
        opening, fields, text = content.decode().split("---\n", 2)
    except ValueError as error:  # not UTF-8, or not two lines of dashes
        raise NotAnOrder("it does not begin with fields between two lines of dashes") from error
    if opening.strip():
        raise NotAnOrder("it does not begin with fields between two lines of dashes")
    return {**_fields(fields.splitlines()), "text": text.strip()}


def _fields(lines: Iterable[str]) -> dict[str, Any]:
    raw: dict[str, str] = {}
    name = ""
    for line in lines:
        if field := _FIELD.fullmatch(line):
            name = field["name"]
            raw[name] = (field["value"] or "").strip()
        elif name and line.startswith("  "):
            raw[name] = f"{raw[name]} {line.strip()}".strip()
    return {name: _scalar(value) for name, value in raw.items()}


def _scalar(value: str) -> Any:
    if value.startswith("'") and value.endswith("'") and len(value) > 1:
        return value[1:-1].replace("''", "'")
    if value.startswith('"'):
        try:
            return orjson.loads(value)
        except orjson.JSONDecodeError:
            return value
    if value.isdecimal():
        # a number with a leading nought is a word in YAML: "041"
        return value if value.startswith("0") and len(value) > 1 else int(value)
    return {"null": None, "true": True, "false": False}.get(value, value)


def parse_order(row: Any) -> OrderRecord:
    """One row of the collection -> a record. Raises NotAnOrder where number, year and series do not agree."""
    try:
        return _order(row)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        missing = f"no {error}" if isinstance(error, KeyError) else str(error)
        raise NotAnOrder(f"it is not an order in the collection's shape ({missing})") from error


def _order(row: Mapping[str, Any]) -> OrderRecord:
    found = _KEY.fullmatch(row["eo_id"])
    if found is None:
        raise ValueError(f"{row['eo_id']!r} is no number of an order")
    series, number, year = found["series"], found["number"], int(found["year"])
    if (row["number"].lstrip("0"), row["year"], row["is_emergency"]) != (number, year, series == "EEO"):
        raise ValueError(f"{row['eo_id']} has the number {row['number']!r} and the year {row['year']!r}")
    text = "" if row["text"].strip() == NO_TEXT else row["text"].replace("\x00", "").strip()
    address = row.get("source_pdf_url") or ""
    heading = read_heading(text)
    dated_on, listed_on, wrong = _dates(row["date_signed"] or "", heading, year, listed=LISTED in address)
    cut = _cut_short(text, row["page_count"])
    noisy = "The collection marks the text as one that a person should look through."
    return OrderRecord(
        key=f"{year}-EO-{int(number):03d}" if series == "EO" else f"{year}-EEO-{number}",
        series=series,
        number=number,
        year=year,
        subject=heading.subject or _title(row.get("title") or ""),
        issuer=(issuer := f"Mayor {MAYORS[row['mayor']]}"),
        signer=_signer(text, issuer),
        dated_on=dated_on,
        listed_on=listed_on,
        address="",
        pdf_address=address,
        text=text,
        complete=not cut,
        doubts=tuple(filter(None, (cut, wrong, noisy if row["text_quality"] == "needs-review" else ""))),
    )


def _dates(signed: str, heading: Heading, year: int, *, listed: bool) -> tuple[str, str, str]:
    """The date in the text, the list's, and what is off about them."""
    days = _days_between(heading.dated_on, signed)
    read = heading.dated_on if abs(int(heading.dated_on[:4] or 0) - year) <= 1 else ""
    if not (read or signed):
        unread = f'; the heading reads "{heading.unread}"' if heading.unread else ""
        return "", "", f"It bears no date that can be read{unread}."
    trusted = read if read and (not listed or days is None or 0 <= days <= POSTED_WITHIN) else signed
    off = f"Its date is given as {signed}, and its heading reads {read}." if read and signed and days else ""
    if trusted[:4] != str(year):
        off = f"It is filed under {year} and dated {trusted}."
    return trusted, signed if listed else "", off


def _days_between(earlier: str, later: str) -> int | None:
    if not (earlier and later):
        return None
    return (date.fromisoformat(later) - date.fromisoformat(earlier)).days


def _title(title: str) -> str:
    """The collection's title, if it is more than a number or letterhead."""
    return "" if _NO_TITLE.fullmatch(title.strip()) else title.strip()


def _signer(text: str, issuer: str) -> str:
    """Who signed: "Mayor Eric Adams", "First Deputy Mayor Randy Mastro", the office alone, or "" where none is read.

    A name over "Mayor" is the mayor's own however a scan spells it; any other must be legible.
    """
    name, office = read_signature(text)
    return issuer if office == "Mayor" else f"{office} {name}".strip()


def _cut_short(text: str, pages: int) -> str:
    """Why the text is known or thought to be cut short; "" where it seems whole."""
    if not text:
        return "The collection has no text of it."
    if pages > 1 and len(text) < THIN * pages:
        return f"The text is short for {pages} pages ({len(text):,} characters): most of it is missing."
    if not ends_like_an_order(text):
        return "The text breaks off without a signature or the day it takes effect: its end may be missing."
    return ""
