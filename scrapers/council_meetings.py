"""The Council's pages on meetings: the calendar, and a meeting's page with its agenda. Text in, records out.

A meeting that does not take place as listed stays on the calendar, struck through, with "Deferred" for its time. While
the minutes are a draft, an agenda shows no actions.

2019: calendar as seen (Council); meeting pages as seen (Saint Paul, the same meeting as draft and as final).
"""

import re
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from bs4 import Tag

from scrapers.council_grids import (
    Page,
    Paging,
    find_link,
    iso_date,
    own_link,
    paging_of,
    says_empty,
    wall_clock,
)
from scrapers.council_pages import ACTION, FILE_COLUMNS, file_number_of
from scrapers.html import table, text_of
from scrapers.records import AgendaItemRecord, MeetingRecord

MEETING = "MeetingDetail.aspx"
CALLED_OFF = re.compile(r"\b(deferred|cancell?ed|postponed)\b", re.IGNORECASE)
HIDDEN_AGENDA = "not viewable by the public"


class CalendarPage(NamedTuple):
    """One page of the calendar. ``years`` is the time that its list shows as chosen."""

    meetings: tuple[MeetingRecord, ...]
    paging: Paging
    years: str


class MeetingPage(NamedTuple):
    """One page of a meeting's agenda. ``paging`` is None where the agenda is not shown to the public.

    ``minutes`` is the word for the minutes' state; ``draft`` says that the actions of the meeting are not shown yet.
    """

    meeting: MeetingRecord
    paging: Paging | None
    minutes: str
    draft: bool


def parse_calendar(text: str, address: str) -> CalendarPage:
    """One page of the calendar; an empty one only where the page says so. Raises PageChanged, FetchFailed."""
    page = Page(text, address)
    grid = page.get("gridCalendar_ctl00")
    rows = table(grid, address, ("Name", "Meeting Date", "Meeting Time", "Meeting Location", "Meeting Details"))
    if not rows and not says_empty(grid):
        raise page.changed("it lists nothing and does not say that there is nothing")
    meetings = tuple(_listed(page, row) for row in rows)
    paging = paging_of(page, grid, "menuCalendar", len(meetings))
    return CalendarPage(meetings, paging, page.selected("lstYears"))


def _listed(page: Page, row: Mapping[str, Tag]) -> MeetingRecord:
    body, time = text_of(row["Name"]), text_of(row["Meeting Time"])
    day = iso_date(text_of(row["Meeting Date"]), page.address)
    if not body or not day:
        raise page.changed("a row has no body or no date")
    link = find_link(row["Meeting Details"], MEETING, page.address)
    location, comment = _place(row["Meeting Location"])
    return MeetingRecord(
        source_id=link.source_id if link else f"web:{body}/{day}/{time}",
        body=body,
        held_on=day,
        clock=wall_clock(time),
        location=location,
        status=_called_off(row, time),
        topic="; ".join(words for words in (comment, text_of(row.get("Meeting Topic"))) if words),
        url=link.address if link else "",
    )


def _place(tag: Tag) -> tuple[str, str]:
    """(location, comment): a meeting's comment stands in italics under its location ("CHARTER MEETING")."""
    comment = " ".join(text_of(part) for part in tag.find_all("em"))
    words = text_of(tag)
    return words.removesuffix(comment).rstrip() if comment else words, comment


def _called_off(row: Mapping[str, Tag], time: str) -> str:
    """The word that says that a meeting is not held as listed; "" where nothing says so.

    A row that is struck through and gives another word gives that; one that gives none is "Struck through".
    """
    for text in (time, text_of(row["Meeting Location"])):
        if found := CALLED_OFF.search(text):
            return found[1].capitalize()
    if row["Meeting Date"].find(["strike", "s", "del"]):
        return time if time and not wall_clock(time) else "Struck through"
    return ""


def parse_meeting(text: str, address: str) -> MeetingPage:
    """One page of a meeting's agenda, with the items of that page. Raises PageChanged, SourceMissing, FetchFailed.

    Rows without a file number ("Roll Call") are no matters and are left out; the pager counts them.
    """
    page = Page(text, address)
    status, minutes = text_of(page.get("lblAgendaStatus")), text_of(page.valued("lblMinutesStatus", "Minutes status"))
    link = own_link(page, MEETING)
    day, time = iso_date(text_of(page.get("lblDate")), address), text_of(page.get("lblTime"))
    body = text_of(page.get("hypName"))
    if not body or not day:
        raise page.changed("it has no body or no date")
    items, paging = _agenda(page, status)
    called_off = CALLED_OFF.search(time)
    location, comment = _place(place) if (place := page.valued("lblLocation", "Meeting location")) else ("", "")
    meeting = MeetingRecord(
        source_id=link.source_id,
        body=body,
        held_on=day,
        clock=wall_clock(time),
        location=location,
        status=called_off[1].capitalize() if called_off else status,
        topic=comment,
        url=link.address,
        items=items,
    )
    notice = text_of(page.find("lblMessage"))
    return MeetingPage(meeting, paging, minutes, minutes.lower() == "draft" or "not been finalized" in notice)


def _agenda(page: Page, status: str) -> tuple[tuple[AgendaItemRecord, ...] | None, Paging | None]:
    grid = page.find("gridMain_ctl00")
    if grid is None:
        if status.lower() == HIDDEN_AGENDA:
            return None, None
        raise page.changed(f"gridMain_ctl00 is not there, and its agenda is '{status}'")
    rows = table(grid, page.address, ("Name", "Action", "Result", "Action Details"))
    if not rows and not says_empty(grid):
        raise page.changed("its agenda has no rows and does not say so")
    met: Counter[str] = Counter()
    items: list[AgendaItemRecord] = []
    for row in rows:
        cell = next((row[name] for name in FILE_COLUMNS if name in row), None)
        if cell is None:
            raise page.changed("its agenda has no column of file numbers")
        if file_number := file_number_of(cell):
            met[file_number] += 1
            items.append(_item(page, row, file_number, met[file_number]))
    return tuple(items), paging_of(page, grid, "menuMain", len(rows))


def _item(page: Page, row: Mapping[str, Tag], file_number: str, place: int) -> AgendaItemRecord:
    link = find_link(row["Action Details"], ACTION, page.address)
    return AgendaItemRecord(
        source_id=link.source_id if link else f"web:{file_number}/{place}",
        file_number=file_number,
        matter_id="",
        title=text_of(row.get("Title")) or text_of(row["Name"]),
        action=text_of(row["Action"]),
    )
