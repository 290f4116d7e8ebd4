"""The Council's pages on legislation: search results, a bill's page, an action's details. Text in, records out.

Each parser requires the element that makes the page what it is, and raises PageChanged instead of giving fields that
may be wrong. A bill's page shows no action whose meeting's minutes are still a draft, so its record is ``partial``.

2019: search results and calendar as seen. A whole bill page has not been at hand: its element ids are those that other
readers of Legistar name, its labels and columns those of eight of the Council's pages.
"""

import re
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from bs4 import Tag

from scrapers import records
from scrapers.council_grids import (
    Link,
    Page,
    Paging,
    find_link,
    iso_date,
    lone_grid,
    own_link,
    paging_of,
    people_of,
    says_empty,
)
from scrapers.html import lines_of, table, text_of
from scrapers.records import ActionRecord, DocumentRecord, ListedMatter, MatterRecord, VoteRecord

BILL = "LegislationDetail.aspx"
ACTION = "HistoryDetail.aspx"
FILE_COLUMNS = ("File #", "Record #")  # New York's word, Chicago's word
DRAFT = "draftActionHyplink"
TITLE_FILE = re.compile(r"#:\s*(\S.*)$")
TALLY = re.compile(r"Votes \((\d+):(\d+)\)")


class SearchPage(NamedTuple):
    """One page of search results. ``years`` and ``kind`` are what the form shows as chosen, "" if it is not there."""

    matters: tuple[ListedMatter, ...]
    paging: Paging
    years: str
    kind: str


class MatterPage(NamedTuple):
    """A bill's page. ``details`` leads from an action's source_id to its page with the votes.

    ``draft`` says that minutes of some meeting are not final; rows that show no action yet are left out.
    """

    matter: MatterRecord
    details: Mapping[str, str]
    draft: bool


class ActionDetail(NamedTuple):
    """What the page of one action adds: who moved it, what was noted, who voted how. Attendance is not in it."""

    action: str
    text: str
    mover: str
    seconder: str
    result: str
    note: str
    votes: tuple[VoteRecord, ...]


def parse_search(text: str, address: str) -> SearchPage:
    """One page of search results; an empty one only where the page says so. Raises PageChanged, FetchFailed."""
    page = Page(text, address)
    grid = page.get("gridMain_ctl00")
    rows = table(grid, address, ("Type", "Status", "Title"))
    if not rows and not says_empty(grid):
        raise page.changed("it lists nothing and does not say that there is nothing")
    matters = tuple(_listed(page, row) for row in rows)
    paging = paging_of(page, grid, "menuMain", len(matters))
    return SearchPage(matters, paging, page.selected("lstYearsAdvanced"), page.selected("lstType"))


def _listed(page: Page, row: Mapping[str, Tag]) -> ListedMatter:
    cell = next((row[name] for name in FILE_COLUMNS if name in row), None)
    link = find_link(cell, BILL, page.address) if cell else None
    if cell is None or link is None or not text_of(cell):
        raise page.changed("a row has no file number that leads to a page")
    return ListedMatter(
        file_number=file_number_of(cell),
        kind=text_of(row["Type"]),
        status=text_of(row["Status"]),
        body=text_of(row.get("Committee")),
        title=text_of(row["Title"]),
        local_law=text_of(row.get("Law Number")),
        address=link.address,
    )


def file_number_of(tag: Tag) -> str:
    """A file number as printed, with a capital: the Council once wrote "int 0201-2026"."""
    return records.file_number_of(text_of(tag))


def same_file(one: str, other: str) -> bool:
    """Whether two texts are the same file number, whatever their case and blanks."""
    return "".join(one.split()).casefold() == "".join(other.split()).casefold()


def parse_matter(text: str, address: str, expected: str = "") -> MatterPage:
    """A bill's page, which must be that of the file ``expected`` where one is given.

    Raises PageChanged for another file's page and for an unknown shape, SourceMissing where the record is gone.
    """
    page = Page(text, address)
    file_number = _checked_file(page, expected)
    link = own_link(page, BILL)
    actions, details, draft = _actions(page)
    summary = page.valued("lblSummary2", "Summary")
    matter = MatterRecord(
        source_id=link.source_id,
        file_number=file_number,
        kind=_required(page, "lblType2"),
        name=text_of(page.valued("lblName2", "Name")),
        title=_required(page, "lblTitle2"),
        status=_required(page, "lblStatus2"),
        body=text_of(page.valued("hypInControlOf2", "Committee", "In control")),
        introduced_on=_day(page, "lblOnAgenda2", "On agenda"),
        final_action_on=_day(page, "lblPassed2", "Final action"),
        enacted_on=_day(page, "lblEnactmentDate2", "Enactment date"),
        local_law=text_of(page.valued("lblEnactmentNumber2", "Law number", "Enactment #")),
        version=_version(page),
        sponsors=people_of(tag, address) if (tag := page.valued("lblSponsors2", "Sponsors")) else (),
        actions=actions,
        summary=None if summary is None else text_of(summary),
        documents=_documents(page),
        text=lines_of(tag) or None if (tag := page.find("divText")) else None,
        url=link.address,
        partial=True,
    )
    return MatterPage(matter, details, draft)


def _required(page: Page, name: str) -> str:
    word = text_of(page.get(name))
    if not word:
        raise page.changed(f"{name} is empty")
    return word


def _day(page: Page, name: str, label: str) -> str:
    return iso_date(text_of(page.valued(name, label)), page.address)


def _checked_file(page: Page, expected: str) -> str:
    file_number = file_number_of(page.get("lblFile2"))
    titled = TITLE_FILE.search(text_of(page.soup.title))
    if not file_number or titled is None or not same_file(titled[1], file_number):
        title = text_of(page.soup.title)
        raise page.changed(f"its title is '{title}' and its file number '{file_number}': they must name the same file")
    if expected and not same_file(expected, file_number):
        raise page.changed(f"it is the page of {file_number}, and {expected} was asked for")
    return file_number


def _version(page: Page) -> str:
    """The version: a label, or what is chosen in a drop-down list where there are several."""
    label = page.find("lblVersion2")
    if label is not None and text_of(label):
        return text_of(label)
    for name in ("lstVersion2", "ddlVersion2", "lstVersion", "ddlVersion"):
        menu = page.find(name)
        if menu is not None and menu.name == "select":
            return text_of(menu.find("option", selected=True) or menu.find("option"))
        if chosen := page.selected(name):
            return chosen
    return ""


def _documents(page: Page) -> tuple[DocumentRecord, ...] | None:
    """The attachments; None where the page has no place for them. Each is numbered in the list, not in its name."""
    tag = page.valued("lblAttachments2", "Attachments")
    if tag is None:
        return None
    documents: list[DocumentRecord] = []
    for place, anchor in enumerate(tag.find_all("a"), 1):
        link = find_link(anchor, "View.ashx", page.address)
        if link is None:
            raise page.changed(f"the attachment '{text_of(anchor)}' leads to no document")
        documents.append(DocumentRecord(link.source_id, text_of(anchor).removeprefix(f"{place}. "), link.address))
    return tuple(documents)


def _actions(page: Page) -> tuple[tuple[ActionRecord, ...], dict[str, str], bool]:
    """The history, oldest first; the pages of its actions; whether rows were left out because minutes are a draft.

    A row without a page of its own (some of the Mayor's) is named by its date, its action, and its place among the rows
    that bear both, the oldest counted first, so that a newer row changes no older one's name.
    """
    grid = page.get("gridLegislation_ctl00")
    rows = table(grid, page.address, ("Date", "Ver.", "Action By", "Action", "Result", "Action Details"))
    if not rows and not says_empty(grid):
        raise page.changed("its history has no rows and does not say so")
    lone_grid(page, grid, rows)
    actions: list[ActionRecord] = []
    details: dict[str, str] = {}
    alike: Counter[tuple[str, str]] = Counter()
    draft = False
    dated = [(iso_date(text_of(row["Date"]), page.address), row) for row in reversed(rows)]
    for day, row in sorted(dated, key=lambda pair: pair[0]):
        name = text_of(row["Action"])
        draft = draft or row["Action Details"].find("a", class_=DRAFT) is not None or not name
        if not name:
            continue
        if not day:
            raise page.changed(f"the action '{name}' has no date")
        alike[day, name] += 1
        link = find_link(row["Action Details"], ACTION, page.address)
        action = _action(row, day, link.source_id if link else f"web:{day}/{name}/{alike[day, name]}", link)
        if link:
            details[action.source_id] = link.address
        actions.append(action)
    if len({action.source_id for action in actions}) < len(actions):
        raise page.changed("a row of its history is there twice")
    return tuple(actions), details, draft


def _action(row: Mapping[str, Tag], day: str, source_id: str, link: Link | None) -> ActionRecord:
    return ActionRecord(
        source_id=source_id,
        acted_on=day,
        clock="",
        code=0,
        name=text_of(row["Action"]),
        body=text_of(row["Action By"]),
        result=text_of(row["Result"]),
        version=text_of(row["Ver."]),
        url=link.address if link else "",
    )


def parse_action(text: str, address: str) -> ActionDetail:
    """The page of one action (HistoryDetail.aspx). Raises PageChanged where votes are told and not listed in full."""
    page = Page(text, address)
    notes = (text_of(page.find("lblAgendaNote")), text_of(page.find("lblMinutesNote")))
    return ActionDetail(
        action=text_of(page.get("lblAction")),
        text=text_of(page.valued("lblActionText", "Action text")),
        mover=text_of(page.find("hypMover") or page.find("lblMover")),
        seconder=text_of(page.find("hypSeconder") or page.find("lblSeconder")),
        result=text_of(page.valued("lblResult", "Result")),
        note=" / ".join(dict.fromkeys(note for note in notes if note)),
        votes=_votes(page),
    )


def _votes(page: Page) -> tuple[VoteRecord, ...]:
    grid = page.find("gridVote_ctl00")
    rows = table(grid, page.address, ("Person Name", "Vote")) if grid else []
    votes: list[VoteRecord] = []
    for row in rows:
        people, value = people_of(row["Person Name"], page.address), text_of(row["Vote"])
        if len(people) != 1 or not value:
            raise page.changed("a row of its votes has no member or no vote")
        votes.append(VoteRecord(people[0], value))
    if grid:
        lone_grid(page, grid, rows)
    told = page.soup.find(string=TALLY)
    found = TALLY.search(told) if told else None
    if found and len(votes) < int(found[1]) + int(found[2]):
        raise page.changed(f"it tells of {found[0]} and lists {len(votes)}")
    return tuple(votes)
