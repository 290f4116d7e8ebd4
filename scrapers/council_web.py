"""The Council's web site (Legistar) by way of its pages: a bill, a search, an action's votes, the calendar, a meeting.

The site is an ASP.NET application. A search is a dance of three steps, and a list is turned page by page with postbacks
that carry back every hidden field of the page before. What the drop-down lists show as chosen travels in a hidden
``..._ClientState`` field; without it the site ignores the choice and says nothing, so the answer is checked for it.
A list whose parts do not add up to the number it tells is refused.

Preferences live in cookies for 100 years: give a `Fetcher` with a fresh jar to each run.
"""

from collections.abc import Callable, Iterator, Mapping
from json import JSONDecodeError, JSONDecoder
from typing import Protocol, TypeVar
from urllib.parse import urlencode, urlsplit

import orjson

from scrapers.answers import Answer, Fetcher
from scrapers.council_grids import PREFIX, Page, Paging, link_of
from scrapers.council_meetings import MeetingPage, parse_calendar, parse_meeting
from scrapers.council_pages import (
    BILL,
    ActionDetail,
    MatterPage,
    parse_action,
    parse_matter,
    parse_search,
)
from scrapers.errors import PageChanged, SourceMissing
from scrapers.html import attribute, hidden_fields, text_of
from scrapers.records import ListedMatter, MeetingRecord

NAME = "ctl00$ContentPlaceHolder1$"  # of the form's fields; their ids have underscores
EVENT = ("__EVENTTARGET", "__EVENTARGUMENT")

Form = list[tuple[str, str]]


class Paged(Protocol):
    @property
    def paging(self) -> Paging | None: ...


P = TypeVar("P", bound=Paged)


class Site:
    """The site at ``address`` (``https://legistar.council.nyc.gov``). Links in its records are absolute on it.

    Every method raises PageChanged for a page that is not understood, SourceMissing for a record that is gone, and what
    the fetcher raises.
    """

    def __init__(self, fetcher: Fetcher, address: str) -> None:
        self.address = address.rstrip("/")
        self._fetcher = fetcher

    def matter(self, address: str, expected: str = "") -> MatterPage:
        """A bill by its page's address, or by a gateway's; it must be the file ``expected`` where one is given.

        The text comes along when ``address`` is the page's own. Raises SourceMissing where the way ends at no bill's
        page: such a matter is not public.
        """
        link = link_of(address, self.address + "/") if BILL.lower() in address.lower() else None
        answer = self._fetcher.get(f"{link.address}&FullText=1" if link else address)
        here = self._here(answer)
        if not urlsplit(here).path.lower().endswith(BILL.lower()):
            Page(answer.text(), here)  # an error page says it in its own way
            raise SourceMissing(address, f"it leads to {here}, which is no bill's page: the matter is not public")
        return parse_matter(answer.text(), here, expected)

    def find(self, matter_id: str, expected: str = "") -> MatterPage:
        """A bill by the MatterId of the Council's own system, which is not the number of its page; without the text.

        Raises as `matter` does. Whoever knows the file number should give it: a wrong page is worse than none.
        """
        query = urlencode({"m": "l", "id": matter_id})
        return self.matter(f"{self.address}/gateway.aspx?{query}", expected)

    def votes(self, address: str) -> ActionDetail:
        """The page of one action, whose address a `MatterPage` gives."""
        answer = self._fetcher.get(address)
        return parse_action(answer.text(), self._here(answer))

    def search(self, window: str, kind: str) -> Iterator[ListedMatter]:
        """All matters of a kind ("Introduction") in a window of the form's list of years ("This Month", "2026").

        Nothing is given before the last page has been read and the parts add up. Temporary numbers ("T2026-0001"),
        which no matter keeps, are left out. Raises PageChanged, too, where the form has no such choice, or where the
        answer is to another question.
        """
        address = f"{self.address}/Legislation.aspx"
        form = self._advanced_form(address)
        chosen = [
            *choice(form, "lstYearsAdvanced", window),
            *choice(form, "lstType", kind),
            *choice(form, "lstMax", "All"),
        ]
        button = (f"{NAME}btnSearch", "Search Legislation")
        fields = _returned(hidden_fields(form.soup), f"{NAME}btnSearch", [*chosen, button])
        first = self._post(address, fields, parse_search)
        matters: list[ListedMatter] = []
        for page in self._pages(address, first, parse_search, chosen):
            _same_choice(address, window, page.years)
            _same_choice(address, kind, page.kind)
            matters += page.matters
        if strange := next((each for each in matters if each.kind != kind), None):
            raise PageChanged(address, f"{kind} was searched, and {strange.file_number} is {strange.kind}")
        if len({each.address for each in matters}) < len(matters):
            raise PageChanged(address, "a matter is on two pages: the list has moved while it was read; read it again")
        return iter([each for each in matters if not each.file_number.startswith("T")])

    def calendar(self, window: str = "") -> Iterator[MeetingRecord]:
        """The meetings of the calendar, in its order, without agendas; ``window`` is a choice of its list of years.

        Without one the site gives this month's. Nothing is given before the parts add up.
        """
        address = f"{self.address}/Calendar.aspx"
        answer = self._fetcher.get(address)
        first = parse_calendar(answer.text(), self._here(answer))
        chosen: Form = []
        if window and first.years != window:
            form = Page(answer.text(), self._here(answer))
            chosen = choice(form, "lstYears", window)
            fields = _returned(hidden_fields(form.soup), f"{NAME}lstYears", chosen)
            first = self._post(address, fields, parse_calendar)
        meetings: list[MeetingRecord] = []
        for page in self._pages(address, first, parse_calendar, chosen):
            _same_choice(address, window, page.years)
            meetings += page.meetings
        return iter(meetings)

    def meeting(self, address: str) -> MeetingRecord:
        """A meeting with all the items of its agenda; ``items`` is None where the agenda is not public."""
        return self.meeting_page(address).meeting

    def meeting_page(self, address: str) -> MeetingPage:
        """As `meeting`, with the state of the minutes: while they are a draft, no item has its action."""
        answer = self._fetcher.get(address)
        first = parse_meeting(answer.text(), self._here(answer))
        pages = list(self._pages(address, first, parse_meeting, []))
        if first.meeting.items is None:
            return first
        items = tuple(item for page in pages for item in page.meeting.items or ())
        return first._replace(meeting=first.meeting._replace(items=items))

    def _here(self, answer: Answer) -> str:
        """Where redirects led, on our name for the site: it answers to two."""
        base, final = urlsplit(self.address), urlsplit(answer.final)
        return final._replace(scheme=base.scheme, netloc=base.netloc).geturl()

    def _post(self, address: str, form: Form, parse: Callable[[str, str], P]) -> P:
        answer = self._fetcher.post(address, form)
        return parse(answer.text(), self._here(answer))

    def _advanced_form(self, address: str) -> Page:
        """The search page with the advanced form; its switch names the form that it leads to."""
        answer = self._fetcher.get(address)
        page = Page(answer.text(), self._here(answer))
        switch = page.get("btnSwitch")
        if "simple" in attribute(switch, "value").lower():
            return page
        pressed = (attribute(switch, "name"), attribute(switch, "value"))
        answer = self._fetcher.post(address, _returned(hidden_fields(page.soup), "", [pressed]))
        page = Page(answer.text(), self._here(answer))
        if "simple" not in attribute(page.get("btnSwitch"), "value").lower():
            raise page.changed("the switch to the advanced search did not lead there")
        return page

    def _pages(self, address: str, first: P, parse: Callable[[str, str], P], chosen: Form) -> Iterator[P]:
        """The pages of a list from its first to its last. Raises PageChanged where they do not join, or add up."""
        page, seen = first, 0
        while True:
            yield page
            part = page.paging
            if part is None:
                return
            if part.shown and part.first != seen + 1:
                raise PageChanged(address, f"after {seen} records a page begins with number {part.first}")
            seen += part.shown
            if not part.next_target:
                break
            page = self._post(address, _returned(part.hidden, part.next_target, chosen), parse)
            new = page.paging
            if new is None or (new.page, new.pages, new.records) != (part.page + 1, part.pages, part.records):
                told = f"page {part.page + 1} of {part.pages} with {part.records} records"
                raise PageChanged(address, f"{told} was asked for, and another page came; read the list again")
        if seen != part.records:
            raise PageChanged(address, f"the list tells of {part.records} records and has {seen}; read it again")


def choice(page: Page, name: str, text: str) -> Form:
    """The form fields that choose ``text`` in a drop-down list, by the value that the page's script has for it.

    Raises PageChanged where the page has no such list, or the list no such choice.
    """
    texts = [text_of(item) for item in page.get(f"{name}_DropDown").find_all("li")]
    if text not in texts:
        raise page.changed(f"{name} has no choice '{text}'; it has: {', '.join(texts)}")
    values = _values(page, name)
    if len(values) != len(texts):
        raise page.changed(f"{name} has {len(texts)} choices and {len(values)} values")
    value = str(values[texts.index(text)].get("value", ""))
    state = {
        "logEntries": [],
        "value": value,
        "text": text,
        "enabled": True,
        "checkedIndices": [],
        "checkedItemsTextOverflows": False,
    }
    return [(NAME + name, text), (f"{PREFIX}{name}_ClientState", orjson.dumps(state).decode())]


def _values(page: Page, name: str) -> list[Mapping[str, object]]:
    """What the script that makes a list says of its items, in their order."""
    unique, items = f'"_uniqueId":"{NAME}{name}"', '"itemData":'
    for script in page.soup.find_all("script"):
        _, found, rest = (script.string or "").partition(unique)
        rest = rest.partition("$create(")[0]
        if found and items in rest:
            try:
                values = JSONDecoder().raw_decode(rest.partition(items)[2])[0]
            except JSONDecodeError as error:
                raise page.changed(f"the values of {name} are not JSON ({error})") from error
            return list(values)
    raise page.changed(f"no script tells the values of {name}")


def _returned(hidden: list[tuple[str, str]] | tuple[tuple[str, str], ...], target: str, more: Form) -> Form:
    """What goes back: the hidden fields as they came, but for what is said anew, and the control that was used."""
    said = {name for name, _ in more} | set(EVENT)
    kept = [(name, value) for name, value in hidden if name not in said]
    return [("__EVENTTARGET", target), ("__EVENTARGUMENT", ""), *kept, *more]


def _same_choice(address: str, asked: str, shown: str) -> None:
    if asked and shown and asked != shown:
        raise PageChanged(address, f"'{asked}' was chosen, and the answer is for '{shown}'")
