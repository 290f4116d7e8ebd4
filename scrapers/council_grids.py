"""What every page of the Council's web site (Legistar) is made of: elements with ids, links, dates, grids with pagers.

Element ids start with ``ctl00_ContentPlaceHolder1_``; here they are called by what comes after. Nothing was found to
be there twice on the pages at hand (2019).
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlencode, urljoin

from bs4 import Tag

from scrapers.errors import PageChanged
from scrapers.html import attribute, hidden_fields, refuse_error_page, soup_of, text_of
from scrapers.records import PersonRecord

PREFIX = "ctl00_ContentPlaceHolder1_"
IDENTITY = ("M", "ID", "GUID", "LEGID", "GID", "G")  # the other parameters are how somebody came to the page
TARGET = re.compile(r"(\w+\.as[hp]x)\?([^'\"#]*)", re.IGNORECASE)
POSTBACK = re.compile(r"__doPostBack\('([^']+)'")
COUNTED = re.compile(r"^([\d,]+) records?$")
PAGER = re.compile(r"Page ([\d,]+) of ([\d,]+)\s*, items ([\d,]+) to ([\d,]+) of ([\d,]+)")
CLOCK = re.compile(r"\b(\d{1,2}):(\d{2})\s*([AP])\.?M\b\.?", re.IGNORECASE)


class Page:
    """A page as parsed, with every element that has an id at hand."""

    def __init__(self, text: str, address: str) -> None:
        """``address`` is where redirects led. Raises SourceMissing or FetchFailed for an error page."""
        self.address = address
        self.soup = soup_of(text, address)
        refuse_error_page(self.soup, address)
        self._ids: dict[str, list[Tag]] = {}
        for tag in self.soup.find_all(id=True):
            self._ids.setdefault(attribute(tag, "id"), []).append(tag)
        self._labels: frozenset[str] | None = None

    def find(self, name: str) -> Tag | None:
        """The element of that id, or None. Raises PageChanged where there are several."""
        found = self._ids.get(PREFIX + name, [])
        if len(found) > 1:
            raise self.changed(f"{name} is there {len(found)} times")
        return found[0] if found else None

    def get(self, name: str) -> Tag:
        """The element of that id. Raises PageChanged where there is none."""
        tag = self.find(name)
        if tag is None:
            raise self.changed(f"{name} is not there")
        return tag

    def valued(self, name: str, *labels: str) -> Tag | None:
        """The element that holds a field's value; None where the page has no label of that field either.

        Raises PageChanged where a label is there and the value's element is not: then its id has changed.
        """
        tag = self.find(name)
        if tag is None and (seen := self.labels().intersection(label.lower() for label in labels)):
            raise self.changed(f"it has the label '{min(seen)}', and {name}, which held the value, is not there")
        return tag

    def labels(self) -> frozenset[str]:
        """The prompts on the page, in small letters, without their colon."""
        if self._labels is None:
            root = self.find("pageDetails") or self.soup
            short = (" ".join(text.split()) for text in root.find_all(string=True) if len(text) < 60)
            self._labels = frozenset(text[:-1].rstrip().lower() for text in short if text.endswith(":"))
        return self._labels

    def selected(self, name: str) -> str:
        """What a drop-down list of the search forms shows as chosen; "" where there is no such list."""
        field = self.find(f"{name}_Input")
        return " ".join(attribute(field, "value").split()) if field else ""

    def changed(self, message: str) -> PageChanged:
        return PageChanged(self.address, f"{message}; nothing was read from the page. Look at it, and mend its parser")


class Link(NamedTuple):
    """Where a link leads: ``source_id`` is ``web:`` and the site's own number, or the Council's plain EventId."""

    source_id: str
    address: str


def find_link(tag: Tag, target: str, base: str) -> Link | None:
    """The first link to a page of that name ("HistoryDetail.aspx") in the tag, by address or by pop-up.

    Its address is made absolute on ``base``, and holds only what names the record. A link without a number is none.
    """
    for anchor in [tag] if tag.name == "a" else tag.find_all("a"):
        for text in (attribute(anchor, "href"), attribute(anchor, "onclick")):
            found = TARGET.search(text)
            if found and found[1].lower() == target.lower() and (link := link_of(found[0], base)):
                return link
    return None


def link_of(address: str, base: str) -> Link | None:
    """An address on the site, tidied as in `find_link`; None where it names no record."""
    page, _, query = address.partition("?")
    given = {name.upper(): values[-1] for name, values in parse_qs(query).items()}
    kept = {name: given[name] for name in IDENTITY if name in given}
    number, event = kept.get("ID", ""), kept.get("LEGID", "")
    if not (number.isdecimal() or event.isdecimal()):
        return None
    return Link(f"web:{number}" if number else event, urljoin(base, f"{page.rpartition('/')[2]}?{urlencode(kept)}"))


def own_link(page: Page, target: str) -> Link:
    """The page's own number, from its address or from where its form is sent. Raises PageChanged without one."""
    form = page.soup.find("form", id="aspnetForm")
    for address in (page.address, attribute(form, "action") if form else ""):
        if target.lower() in address.lower() and (link := link_of(address, page.address)):
            return link
    raise page.changed("neither its address nor its form tells the number of the record")


def people_of(tag: Tag, base: str) -> tuple[PersonRecord, ...]:
    """The members named in a tag, in order: by their page's number, or by their name where no page is linked.

    Names hold commas ("James Sanders, Jr."), so only text outside of links is cut at commas. Words in brackets
    ("(by request of the Mayor)") are no member's name.
    """
    people: list[PersonRecord] = []
    for anchor in tag.find_all("a"):
        if name := text_of(anchor):
            link = find_link(anchor, "PersonDetail.aspx", base)
            people.append(PersonRecord(link.source_id if link else f"name:{name}", name))
    loose = "".join(text for text in tag.find_all(string=True) if text.find_parent("a") is None)
    for part in re.split(r",\s+(?!(?:Jr|Sr|II|III|IV)\b)", " ".join(loose.split())):
        name = part.strip(" ,;")
        if name and not name.startswith("("):
            people.append(PersonRecord(f"name:{name}", name))
    return tuple(people)


def iso_date(text: str, subject: str) -> str:
    """``1/29/2026`` -> ``2026-01-29``, "" -> "". Raises PageChanged for what is no date of the calendar."""
    if not text:
        return ""
    try:
        return datetime.strptime(text, "%m/%d/%Y").date().isoformat()  # noqa: DTZ007 (a date, as printed)
    except ValueError as error:
        raise PageChanged(subject, f"'{text}' is no date (month/day/year)") from error


def wall_clock(text: str) -> str:
    """``1:30 PM`` -> ``13:30:00``; "" where the text holds no time of day."""
    found = CLOCK.search(text)
    if not found or not (1 <= int(found[1]) <= 12 and int(found[2]) < 60):
        return ""
    hour = int(found[1]) % 12 + (12 if found[3].upper() == "P" else 0)
    return f"{hour:02}:{found[2]}:00"


class Paging(NamedTuple):
    """Which part of a list a page shows, and what is needed to ask for the next part.

    ``first`` is the place of its first row in the whole list (1 is the first), ``shown`` the number of its rows,
    ``records`` that of all pages. ``next_target`` is the postback target of the next page, "" on the last one;
    ``hidden`` are the form's hidden fields, which go back with it.
    """

    page: int
    pages: int
    first: int
    shown: int
    records: int
    next_target: str
    hidden: tuple[tuple[str, str], ...]


def paging_of(page: Page, grid: Tag, menu: str, shown: int) -> Paging:
    """The pager of a grid, checked against the number of rows that were read and against the menu's "438 records".

    Raises PageChanged where they differ, where neither says how many records there are, or where the next page cannot
    be asked for.
    """
    counted = _counted(page, menu)
    hidden = tuple(hidden_fields(page.soup))
    info = PAGER.search(text_of(grid.find(class_="rgInfoPart")))
    if info is None:
        if counted is None:
            raise page.changed("it does not say how many records there are")
        _agree(page, "rows", shown, counted)
        return Paging(1, 1, 1, shown, shown, "", hidden)
    number, pages, first, last, records = (_number(text) for text in info.groups())
    _agree(page, "rows", shown, last - first + 1 if records else 0)
    if counted is not None:
        _agree(page, "records", records, counted)
    target = _next_target(grid)
    if number < pages and not target:
        raise page.changed(f"it is page {number} of {pages}, and there is no way to the next")
    return Paging(number, pages, first, shown, records, target if number < pages else "", hidden)


def lone_grid(page: Page, grid: Tag, rows: Sequence[object]) -> None:
    """Raises PageChanged where a grid that is read whole shows only a part of its rows."""
    info = PAGER.search(text_of(grid.find(class_="rgInfoPart")))
    if info and _number(info[5]) != len(rows):
        raise page.changed(f"it shows {len(rows)} rows of {info[5]}")


def says_empty(grid: Tag) -> bool:
    """Whether the grid says in words that it has no records."""
    return bool(re.search(r"\bno records\b", text_of(grid), re.IGNORECASE))


def _counted(page: Page, menu: str) -> int | None:
    bar = page.find(menu)
    labels = (text_of(label) for label in bar.find_all("span")) if bar else ()
    return next((_number(found[1]) for found in map(COUNTED.match, labels) if found), None)


def _next_target(grid: Tag) -> str:
    current = grid.find("a", class_="rgCurrentPage")
    following = current.find_next_sibling("a") if current else None
    found = POSTBACK.search(unquote(attribute(following, "href"))) if following else None
    return found[1] if found else ""


def _number(text: str) -> int:
    return int(text.replace(",", ""))


def _agree(page: Page, what: str, seen: int, told: int) -> None:
    if seen != told:
        raise page.changed(f"it shows {seen} {what} and says that there are {told}")
