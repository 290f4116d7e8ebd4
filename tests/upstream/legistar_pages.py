"""Pages in the shape of the Council's web site, made from documents in the archive's shape.

Element ids, classes and columns are those of Legistar; the texts are whatever the documents say. The site's own numbers
differ from the Council's: here they are 7,000,000 higher, for matters, meetings, actions, members and documents alike.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from upstream.legistar_parts import N, P, drop_down, grid_of, link, menu_of, pager_of, prompted, span, whole_page
from upstream.legistar_parts import chosen as chosen
from upstream.legistar_parts import page_of_target as page_of_target

Json = Mapping[str, Any]

COUNCIL = "The New York City Council"
NOT_FINAL = (
    "Please note: this meeting's minutes have not been finalized yet. "
    "Actions taken on legislation and their results are not available."
)
SEARCH_COLUMNS = (
    "File&nbsp;#", "Law Number", "Type", "Status", "Committee", "Prime Sponsor", "Council Member Sponsors", "Title",
)  # fmt: skip
HISTORY_COLUMNS = (
    "Date", "Ver.", "Prime Sponsor", "Action&nbsp;By", "Action", "Result", "Action&nbsp;Details",
    "Meeting&nbsp;Details", "Multimedia",
)  # fmt: skip
CALENDAR_COLUMNS = (
    "Name", "Meeting Date", '<img alt="ics" src="Images/ical.gif">', "Meeting Time", "Meeting Location",
    "Meeting&nbsp;Topic", "Meeting Details", "Agenda", "Minutes", "Multimedia",
)  # fmt: skip
AGENDA_COLUMNS = (
    "File&nbsp;#", "Ver.", "Prime Sponsor", "Agenda&nbsp;#", "Agenda Note", "Name", "Type", "Summary", "Action",
    "Result", "Action&nbsp;Details", "Multimedia",
)  # fmt: skip


# Numbers and addresses


def web_id(number: int) -> int:
    """The site's number of what the Council's own system numbers so."""
    return number + 7_000_000


def guid(kind: str, number: int | str) -> str:
    """The site's GUID of a "bill", "meeting", "action", "person" or "document"."""
    return str(uuid5(NAMESPACE_URL, f"{kind}:{number}")).upper()


def address_of(page: str, kind: str, number: int, **more: str) -> str:
    """``LegislationDetail.aspx?ID=7076557&GUID=...``, relative to the site."""
    query = {**more, "ID": str(web_id(number)), "GUID": guid(kind, number)}
    return f"{page}?" + "&".join(f"{name}={value}" for name, value in query.items())


def bill_address(matter_id: int) -> str:
    return address_of("LegislationDetail.aspx", "bill", matter_id)


def action_address(history_id: int) -> str:
    return address_of("HistoryDetail.aspx", "action", history_id)


def meeting_address(event_id: int) -> str:
    return address_of("MeetingDetail.aspx", "meeting", event_id)


def document_address(attachment_id: int) -> str:
    return address_of("View.ashx", "document", attachment_id, M="F")


# Cells


def _details(name: str, row: Json, *, draft: bool, linked: bool = True) -> str:
    if draft:
        return link(name, "Not&nbsp;available", class_="draftActionHyplink", title=NOT_FINAL)
    if not linked:
        return link(name, "Not&nbsp;available")
    opened = f"radopen('{action_address(row['ID'])}', 'HistoryDetail');return false;"
    return link(name, "Action&nbsp;details", "#", onclick=opened)


def _day(moment: str | None) -> str:
    if not moment or moment.startswith("0001"):
        return ""
    day = datetime.fromisoformat(moment[:10])
    return f"{day.month}/{day.day}/{day.year}"


def _text(document: Json, key: str) -> str:
    return escape(str(document.get(key) or ""))


def _sponsors(matter: Json) -> list[Json]:
    return [person for person in matter.get("Sponsors") or () if person["ID"]]


def _person(name: str, person: Json) -> str:
    href = address_of("PersonDetail.aspx", "person", person["ID"]) if person["ID"] else ""
    return link(name, escape(person["FullName"]), href)


def _part(rows: Iterable[Json], page: int, per_page: int) -> list[Json]:
    return list(rows)[(page - 1) * per_page : page * per_page]


# Search


def search_form(advanced: bool, window: str = "All Years", kind: str = "-Select-") -> str:
    """Legislation.aspx before anything was searched: the simple form, or the advanced one."""
    return whole_page(f"{COUNCIL} - Legislation", "Legislation.aspx", _form(advanced, window, kind), f"form-{advanced}")


def _form(advanced: bool, window: str, kind: str) -> str:
    label = "<<< Simple search" if advanced else "Advanced search >>>"
    switch = f'<input type="submit" name="{N}btnSwitch" value="{escape(label)}" id="{P}btnSwitch">'
    if not advanced:
        field = f'<input name="{N}txtSearch" type="text" id="{P}txtSearch">'
        button = f'<input type="submit" name="{N}btnSearch" value="Search Legislation" id="{P}btnSearch">'
        return switch + field + button
    return switch + drop_down("lstMax", "All") + drop_down("lstYearsAdvanced", window) + drop_down("lstType", kind)


def search_page(
    matters: Sequence[Json],
    page: int = 1,
    per_page: int = 100,
    records: int | None = None,
    *,
    window: str = "This Month",
    kind: str = "Introduction",
) -> str:
    """One page of the list of ``matters`` (all of them: the page takes its own part), under the form that asked for it.

    ``records`` is how many the page says that there are; another number than there are makes a list that is cut short.
    ``window`` and ``kind`` are what the form shows as chosen.
    """
    records = len(matters) if records is None else records
    rows = []
    for number, matter in enumerate(_part(matters, page, per_page)):
        sponsors = _sponsors(matter)
        rows.append([
            link(f"gridMain_ctl00_ctl{2 * number + 4:02}_hypFile", _text(matter, "File"),
                  bill_address(matter["ID"]) + "&Options=Advanced&Search="),
            _text(matter, "LocalLaw"), _text(matter, "TypeName"), _text(matter, "StatusName"),
            _text(matter, "BodyName"), escape(sponsors[0]["FullName"]) if sponsors else "", str(len(sponsors)),
            _text(matter, "Title"),
        ])  # fmt: skip
    grid = grid_of("gridMain", SEARCH_COLUMNS, rows, pager_of("gridMain", page, per_page, records))
    body = _form(True, window, kind) + menu_of("menuMain", records) + grid
    return whole_page(f"{COUNCIL} - Legislation", "Legislation.aspx", body, f"search-{page}")


# A bill and its actions


def bill_page(
    matter: Json, draft_actions: Collection[int] = frozenset(), linkless_actions: Collection[int] = frozenset()
) -> str:
    """LegislationDetail.aspx of a matter. ``Text`` is on it where the document has one.

    ``draft_actions`` are the ids of history rows whose minutes are not final, ``linkless_actions`` of rows without a
    page of their own.
    """
    fields = "".join(
        f"<tr><td>{span(f'lbl{label}X', f'{prompt}:')}</td><td>{value}</td></tr>"
        for label, prompt, value in _fields(matter)
    )
    history = sorted(matter.get("History") or (), key=lambda row: row["Date"][:10])[::-1]
    rows = [_history_row(number, matter, row, draft_actions, linkless_actions) for number, row in enumerate(history)]
    text = matter.get("Text")
    paragraphs = "".join(f"<p>{escape(line)}</p>" for line in text.splitlines()) if text else ""
    body = (
        f'<div id="{P}pageDetails"><table>{fields}</table></div>'
        + grid_of("gridLegislation", HISTORY_COLUMNS, rows)
        + (f'<div id="{P}divText">{paragraphs}</div>' if text else "")
    )
    title = f"{COUNCIL} - File #: {matter['File']}"
    return whole_page(title, bill_address(matter["ID"]), body, f"bill-{matter['ID']}")


def _fields(matter: Json) -> Iterable[tuple[str, str, str]]:
    """(label id, prompt, value element) in the order of the page."""
    sponsors = _sponsors(matter)
    names = ", ".join(_person(f"hypSponsor{place}", person) for place, person in enumerate(sponsors))
    files = ", ".join(
        f"{place}. "
        + link(f"hypFile{place}", _text(each, "Name"), address_of("View.ashx", "document", each["ID"], M="F"))
        for place, each in enumerate(matter.get("Attachments") or (), 1)
    )
    yield "File", "File&nbsp;#", span("lblFile2", _text(matter, "File"))
    yield "Version", "Version", span("lblVersion2", _text(matter, "Version"))
    yield "Name", "Name", span("lblName2", _text(matter, "Name"))
    yield "Type", "Type", span("lblType2", _text(matter, "TypeName"))
    yield "Status", "Status", span("lblStatus2", _text(matter, "StatusName"))
    yield "InControlOf", "Committee", link("hypInControlOf2", _text(matter, "BodyName"))
    yield "OnAgenda", "On agenda", span("lblOnAgenda2", _day(matter.get("AgendaDate")) or _day(matter.get("IntroDate")))
    yield "EnactmentDate", "Enactment date", span("lblEnactmentDate2", _day(matter.get("EnactmentDate")))
    yield "EnactmentNumber", "Law number", span("lblEnactmentNumber2", _text(matter, "LocalLaw"))
    yield "Title", "Title", span("lblTitle2", _text(matter, "Title"))
    yield "Sponsors", "Sponsors", span("lblSponsors2", names)
    yield "CMSponsors", "Council Member Sponsors", span("lblCMSponsors2", str(len(sponsors)))
    yield "Summary", "Summary", span("lblSummary2", _text(matter, "Summary"))
    yield "Indexes", "Indexes", span("lblIndexes2", "")
    yield "Attachments", "Attachments", span("lblAttachments2", files)


def _history_row(number: int, matter: Json, row: Json, drafts: Collection[int], linkless: Collection[int]) -> list[str]:
    name, draft = f"gridLegislation_ctl00_ctl{2 * number + 4:02}", row["ID"] in drafts
    sponsors = _sponsors(matter)
    event = row.get("EventID")
    return [
        _day(row["Date"]),
        _text(row, "Version"),
        escape(sponsors[0]["FullName"]) if sponsors else "",
        link(f"{name}_hypBody", _text(row, "BodyName")),
        "" if draft else _text(row, "Action"),
        "" if draft else _text(row, "PassedFlagName"),
        _details(f"{name}_hypDetails", row, draft=draft, linked=row["ID"] not in linkless),
        link(f"{name}_hypMeetingDetail", "Meeting&nbsp;details", meeting_address(event))
        if event
        else link(f"{name}_hypMeetingDetail", "Meeting&nbsp;details", class_="meeting_NoMeeting"),
        link(f"{name}_hypVideo", "Not&nbsp;available"),
    ]


def history_page(row: Json, roll_call: Sequence[Json] = ()) -> str:
    """HistoryDetail.aspx of one history row with its votes; ``roll_call`` is the attendance, which is another table."""
    votes = row.get("Votes") or ()
    people = [
        [_person(f"gridVote_ctl00_ctl{2 * n + 4:02}_hypPerson", v), _text(v, "Vote")] for n, v in enumerate(votes)
    ]
    present = [[escape(person["FullName"]), _text(person, "Value")] for person in roll_call]
    counts = [sum(vote["Vote"] == word for vote in votes) for word in ("Affirmative", "Negative")]
    fields = (
        ("Action", "Action", _text(row, "Action")),
        ("Result", "Result", _text(row, "PassedFlagName")),
        ("AgendaNote", "Agenda note", _text(row, "AgendaNote")),
        ("MinutesNote", "Minutes note", _text(row, "MinutesNote")),
        ("ActionText", "Action text", _text(row, "Description")),
        ("Mover", "Mover", _text(row, "Mover")),
        ("Seconder", "Seconder", _text(row, "Seconder")),
    )
    body = f'<div id="{P}pageTop1">{prompted(fields)}</div>'
    if people:
        body += f"<span>Votes ({counts[0]}:{counts[1]})</span>" + grid_of("gridVote", ("Person Name", "Vote"), people)
    if present:
        body += grid_of("gridRollCall", ("Person Name", "Attendance"), present)
    return whole_page(f"{COUNCIL} - Action details", action_address(row["ID"]), body, f"action-{row['ID']}")


# Meetings


def _off(event: Json) -> bool:
    return event.get("AgendaStatusName") in ("Deferred", "Cancelled")


def _time(event: Json) -> str:
    if _off(event):
        return str(event["AgendaStatusName"])
    moment = datetime.fromisoformat(event["Date"])
    return f"{moment.hour % 12 or 12}:{moment:%M} {'PM' if moment.hour >= 12 else 'AM'}"


def _where(event: Json) -> str:
    comment = _text(event, "Comment")
    return _text(event, "Location") + (f"<br><em>{comment}</em>" if comment else "")


def calendar_page(events: Sequence[Json], page: int = 1, per_page: int = 100, *, window: str = "This Month") -> str:
    """One page of Calendar.aspx: its part of ``events``. Meetings that were put off are struck through."""
    rows = []
    for number, event in enumerate(_part(events, page, per_page)):
        name = f"gridCalendar_ctl00_ctl{2 * number + 4:02}"
        cells = [
            link(f"{name}_hypBody", _text(event, "BodyName")), _day(event["Date"]), link(f"{name}_hypiCal", ""),
            span(f"{name}_lblTime", _time(event)), _where(event), _text(event, "Topic"),
            link(f"{name}_hypMeetingDetail", "Meeting&nbsp;details",
                  meeting_address(event["ID"]) + "&Options=info&Search="),
            link(f"{name}_hypAgenda", "Agenda"), link(f"{name}_hypMinutes", "Not&nbsp;available"),
            link(f"{name}_hypVideo", "Not&nbsp;available"),
        ]  # fmt: skip
        rows.append([f"<strike>{cell}</strike>" for cell in cells] if _off(event) else cells)
    grid = grid_of("gridCalendar", CALENDAR_COLUMNS, rows, pager_of("gridCalendar", page, per_page, len(events)))
    body = drop_down("lstYears", window) + menu_of("menuCalendar", len(events)) + grid
    return whole_page(f"{COUNCIL} - Calendar", "Calendar.aspx", body, f"calendar-{window}-{page}")


def meeting_page(event: Json, page: int = 1, per_page: int = 200) -> str:
    """One page of MeetingDetail.aspx. Actions are on it once ``MinutesStatusName`` is Final."""
    draft = event.get("MinutesStatusName") != "Final"
    items = event.get("Items") or ()
    rows = [_agenda_row(number, item, draft=draft) for number, item in enumerate(_part(items, page, per_page))]
    grid = grid_of("gridMain", AGENDA_COLUMNS, rows, pager_of("gridMain", page, per_page, len(items)))
    message = span("lblMessage", NOT_FINAL) if draft else ""
    fields = (
        ("AgendaStatus", "Agenda status", _text(event, "AgendaStatusName")),
        ("Date", "Meeting date/time", _day(event["Date"])),
        ("MinutesStatus", "Minutes status", _text(event, "MinutesStatusName")),
        ("Location", "Meeting location", _where(event)),
    )
    name = link("hypName", _text(event, "BodyName"))
    body = message + name + span("lblTime", _time(event)) + prompted(fields) + menu_of("menuMain", len(items)) + grid
    title = f"{COUNCIL} - Meeting of {event['BodyName']} on {_day(event['Date'])}"
    return whole_page(title, meeting_address(event["ID"]), body, f"meeting-{event['ID']}-{page}")


def _agenda_row(number: int, item: Json, *, draft: bool) -> list[str]:
    name = f"gridMain_ctl00_ctl{2 * number + 4:02}"
    matter = item.get("MatterID")
    shown = bool(item.get("ActionName")) and not draft
    return [
        link(f"{name}_hypFile", _text(item, "MatterFile"), bill_address(matter)) if matter else "",
        _text(item, "Version"), "", _text(item, "AgendaNumber"), _text(item, "AgendaNote"),
        _text(item, "MatterName") or _text(item, "Title"), _text(item, "MatterType"), "",
        _text(item, "ActionName") if shown else "", _text(item, "PassedFlagName") if shown else "",
        _details(f"{name}_hypDetails", item, draft=draft, linked=shown),
        link(f"{name}_hypVideo", "Not&nbsp;available"),
    ]  # fmt: skip


# Errors that answer 200


def error_page() -> str:
    """Where Error.aspx leads."""
    return whole_page(f"{COUNCIL} - Error", "Error.aspx", "<p>An error occurred.</p>", "error")


def gone_page() -> str:
    """A record that was deleted."""
    words = "This record no longer exists. It might have been deleted."
    return whole_page(COUNCIL, "LegislationDetail.aspx", f"<p>{words}</p>", "gone")


def invalid_page() -> str:
    """Numbers of the Council's own system, put where the site's numbers belong."""
    return "<html><head><title></title></head><body>Invalid parameters!</body></html>"
