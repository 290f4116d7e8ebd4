"""The calendar and the agendas of meetings: which are held, which are put off, what was done once minutes are final."""

from pathlib import Path

import pytest
from upstream import legistar_pages as city
from upstream.legistar_facts import BASE, Json, P, address_of_meeting, event

from scrapers.council_grids import wall_clock
from scrapers.council_meetings import MeetingPage, parse_calendar, parse_meeting
from scrapers.errors import PageChanged
from scrapers.records import MeetingRecord


def test_the_councils_own_calendar_of_january_2019(data: Path) -> None:
    text = (data / "legistar/nyc_pages/events.html").read_text(encoding="utf-8")
    page = parse_calendar(text, f"{BASE}/Calendar.aspx")
    assert (len(page.meetings), page.paging.records, page.years) == (40, 40, "This Month")
    assert page.meetings[0] == MeetingRecord(
        "web:670695", "Subcommittee on Landmarks, Public Siting and Maritime Uses", "2019-01-31", "12:00:00",
        "250 Broadway - Committee Rm, 16th Fl.", "", "",
        f"{BASE}/MeetingDetail.aspx?ID=670695&GUID=3943FD0A-37DD-4C1C-918B-C68552F9F329",
    )  # fmt: skip
    off = [each for each in page.meetings if each.status]
    assert [(each.held_on, each.clock, each.status) for each in off] == [("2019-01-10", "", "Deferred")] * 2
    assert all(each.clock for each in page.meetings if not each.status)
    (charter,) = [each for each in page.meetings if "CHARTER" in each.topic]
    assert (charter.location, charter.topic, charter.clock) == (
        "Council Chambers - City Hall", "CHARTER MEETING", "12:00:00",
    )  # fmt: skip


SAINT_PAUL = "https://stpaul.legistar.com/MeetingDetail.aspx?ID=673702&GUID=175B19CE-A034-4C76-B59D-EB264420F691"


def test_one_meeting_as_a_draft_and_as_final(data: Path) -> None:
    folder = data / "legistar/other_cities"
    draft, final = (
        parse_meeting((folder / f"stpaul_meeting_673702_{name}.html").read_text(encoding="utf-8"), SAINT_PAUL)
        for name in ("draft_2019-01-18", "final_2019-04-17")
    )
    assert (draft.minutes, draft.draft, final.minutes, final.draft) == ("Draft", True, "Final", False)
    assert draft.meeting.items and final.meeting.items and len(draft.meeting.items) == len(final.meeting.items) == 25
    assert draft.meeting._replace(items=None) == final.meeting._replace(items=None)
    assert (final.meeting.source_id, final.meeting.held_on, final.meeting.clock) == (
        "web:673702", "2019-01-23", "15:30:00",
    )  # fmt: skip
    assert {item.action for item in draft.meeting.items} == {""}
    assert draft.meeting.items[0].source_id == "web:Min 19-4/1"
    done = final.meeting.items[0]
    assert (done.source_id, done.file_number, done.action) == ("web:17108849", "Min 19-4", "Adopted")


# Meetings


def test_a_meeting_that_was_put_off_keeps_its_word_and_loses_its_hour() -> None:
    page = city.calendar_page([
        event(1), event(2, AgendaStatusName="Deferred"), event(3, AgendaStatusName="Cancelled"),
        event(4, Location="Council Chambers - CANCELED"), event(5, Comment="Jointly with the Committee on Aging"),
    ])  # fmt: skip
    seen = parse_calendar(page, f"{BASE}/Calendar.aspx").meetings
    assert [(each.clock, each.status) for each in seen] == [
        ("13:30:00", ""), ("", "Deferred"), ("", "Cancelled"), ("13:30:00", "Canceled"), ("13:30:00", ""),
    ]  # fmt: skip
    assert seen[4].topic == "Jointly with the Committee on Aging"
    assert {each.held_on for each in seen} == {"2025-12-18"} and seen[0].source_id == "web:7000001"


def test_a_row_that_is_struck_through_without_a_known_word_is_no_meeting_as_listed() -> None:
    page = city.calendar_page([event(1, AgendaStatusName="Deferred")])
    for time, status in (("Recessed", "Recessed"), ("1:30 PM", "Struck through"), ("", "Struck through")):
        (seen,) = parse_calendar(page.replace(">Deferred<", f">{time}<"), f"{BASE}/Calendar.aspx").meetings
        assert seen.status == status


def test_a_meeting_bears_the_councils_own_number_where_the_link_tells_it() -> None:
    page = city.calendar_page([event(22114), event(22115)])
    own = "MeetingDetail.aspx?LEGID=22114&amp;GID=61&amp;G=2FD004F1-D85B-4588-A648-0A736C77D6E3"
    page = page.replace(city.meeting_address(22114).replace("&", "&amp;"), own)
    page = page.replace(f'href="{city.meeting_address(22115)}'.replace("&", "&amp;"), 'class="not" title="')
    first, second = parse_calendar(page, f"{BASE}/Calendar.aspx").meetings
    assert (first.source_id, first.url) == ("22114", f"{BASE}/{own.replace('&amp;', '&')}")
    assert (second.source_id, second.url) == ("web:City Council/2025-12-18/1:30 PM", "")


@pytest.mark.parametrize(("printed", "clock"), [
    ("1:30 PM", "13:30:00"), ("12:00 PM", "12:00:00"), ("12:05 AM", "00:05:00"), ("9:30 a.m.", "09:30:00"),
    ("", ""), ("Deferred", ""), ("25:00 PM", ""), ("after the Stated Meeting", ""), ("0:30 PM", ""), ("1:75 PM", ""),
])  # fmt: skip
def test_a_time_of_day_as_the_city_prints_it(printed: str, clock: str) -> None:
    assert wall_clock(printed) == clock


def meeting_page(doc: Json, text: str = "") -> MeetingPage:
    return parse_meeting(text or city.meeting_page(doc), address_of_meeting(doc["ID"]))


def test_an_agenda_without_its_minutes_has_no_actions() -> None:
    final, draft = meeting_page(event()), meeting_page(event(MinutesStatusName="Draft"))
    assert final.meeting.items and draft.meeting.items and draft.draft and not final.draft
    assert [(item.source_id, item.action) for item in final.meeting.items] == [
        ("web:7429004", "Approved by Council"), ("web:7429005", "Approved by Council"),
    ]  # fmt: skip
    assert [(item.source_id, item.action) for item in draft.meeting.items] == [
        ("web:Int 1412-2025/1", ""), ("web:Int 1413-2025/1", ""),
    ]  # fmt: skip
    assert final.meeting.items[0].title == "Trees 0" and final.meeting.items[0].matter_id == ""


def test_a_file_that_is_twice_on_an_agenda_is_there_twice_and_a_roll_call_is_no_matter() -> None:
    doc = event(MinutesStatusName="Draft")
    doc["Items"] = [{"ID": 1, "Title": "Roll Call"}, doc["Items"][0], doc["Items"][0]]
    seen = meeting_page(doc)
    assert [item.source_id for item in seen.meeting.items or ()] == ["web:Int 1412-2025/1", "web:Int 1412-2025/2"]
    assert seen.paging and seen.paging.shown == 3


def test_the_agenda_status_is_the_meetings() -> None:
    assert meeting_page(event(AgendaStatusName="Deferred")).meeting.status == "Deferred"
    assert meeting_page(event(AgendaStatusName="Draft")).meeting.status == "Draft"


def test_an_agenda_that_is_not_public_says_nothing_and_a_lost_one_is_a_changed_page() -> None:
    page = city.meeting_page(event()).replace(f'id="{P}gridMain_ctl00"', 'id="grid"')
    with pytest.raises(PageChanged, match="gridMain_ctl00 is not there"):
        meeting_page(event(), page)
    hidden = meeting_page(event(), page.replace(">Final<", ">Not Viewable by the Public<"))
    assert (hidden.meeting.items, hidden.meeting.status) == (None, "Not Viewable by the Public")


@pytest.mark.parametrize(("old", "new", "message"), [
    (">City Council</font></a></font></td>", "></font></a></font></td>", "no body or no date"),
    (">Meeting Time</a>", ">Hour</a>", "one column Meeting Time"),
    ("1 records", "2 records", "it shows 1 rows and says that there are 2"),
])  # fmt: skip
def test_a_calendar_that_is_half_there_is_a_changed_page(old: str, new: str, message: str) -> None:
    page = city.calendar_page([event()])
    assert old in page
    with pytest.raises(PageChanged, match=message):
        parse_calendar(page.replace(old, new), f"{BASE}/Calendar.aspx")


def test_an_empty_calendar_is_empty_only_where_it_says_so() -> None:
    page = city.calendar_page([])
    assert parse_calendar(page, f"{BASE}/Calendar.aspx").meetings == ()
    with pytest.raises(PageChanged, match="does not say that there is nothing"):
        parse_calendar(page.replace("No records to display.", ""), f"{BASE}/Calendar.aspx")


@pytest.mark.parametrize(("old", "new", "message"), [
    (">City Council<", "><", "no body or no date"),
    (">12/18/2025<", "><", "no body or no date"),
    (">File&nbsp;#</a>", ">Paper</a>", "no column of file numbers"),
    (f'id="{P}lblAgendaStatus"', "", "lblAgendaStatus is not there"),
])  # fmt: skip
def test_a_meetings_page_that_is_half_there_is_a_changed_page(old: str, new: str, message: str) -> None:
    page = city.meeting_page(event())
    assert old in page
    with pytest.raises(PageChanged, match=message):
        meeting_page(event(), page.replace(old, new))


def test_an_agenda_without_items_is_empty_only_where_it_says_so() -> None:
    page = city.meeting_page(event(items=0))
    assert meeting_page(event(), page).meeting.items == ()
    with pytest.raises(PageChanged, match="does not say so"):
        meeting_page(event(), page.replace("No records to display.", ""))
