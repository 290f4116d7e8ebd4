"""The Council's calendar: what is told when a meeting is set, moved, put off, cancelled or taken off the list."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import golden
import pytest
import sqlalchemy as sa
from archive_builder import one, rows
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select

from scrapers.json_lines import json_lines
from scrapers.records import AgendaItemRecord, MeetingRecord
from tracker import hearings, wording
from tracker.database import reading, writing
from tracker.hearings import state_of, told
from tracker.models import Capture, Change, Matter, Run
from tracker.models.sources import Hearing, HearingItem
from tracker.queries import hearings as queries_hearings
from tracker.wording import changes as wording_changes

NOW = datetime(2026, 1, 20, 15, 0, tzinfo=UTC)
COMMITTEE = "Committee on Immigration"
BILL = AgendaItemRecord("431914", "Int 1412-2025", "76557", "Redefining terms", "")
WINDOW = (date(2026, 1, 1), date(2026, 6, 30))
MEETING = MeetingRecord(
    "22790", COMMITTEE, "2026-01-28", "10:00:00", "250 Broadway", "Final", "", "https://example.org/22790", (BILL,)
)


@pytest.fixture
def calendar(database: sa.Engine) -> Iterator["Calendar"]:
    yield Calendar(database)


class Calendar:
    """A record that follows Int 1412-2025 and holds another bill, and reads a calendar again and again."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self.now = NOW
        with writing(engine) as session:
            common = {"kind": "Introduction", "stage": "in_committee", "first_seen_at": NOW, "last_seen_at": NOW}
            session.add(
                Matter(id=1, source_id="76557", file_number="Int 1412-2025", slug="int-1412-2025", scope="core",
                       name="Immigration enforcement terms", **common)
            )  # fmt: skip
            session.add(Matter(id=2, source_id="5", file_number="Int 0005-2026", slug="int-5-2026", **common))
            session.add(Run(id=1, source="hearings", mode="live", place="x", started_at=NOW, outcome="ok"))

    def read(self, *meetings: MeetingRecord, days: float = 0, window: tuple[date, date] = WINDOW) -> int:
        self.now += timedelta(days=days, minutes=1)
        with writing(self.engine) as session:
            return hearings.store(session, 1, meetings, self.now, window, digest="sha256:x")

    @property
    def told(self) -> list[tuple[str, str, str]]:
        return [(row.kind, row.before, row.after) for row in rows(self.engine, Change)]

    @property
    def sentences(self) -> list[str]:
        with reading(self.engine) as session:
            return [
                wording_changes.sentence(change) for change in session.scalars(select(Change).order_by(col(Change.id)))
            ]


def test_a_coming_meeting_is_told_to_the_tracked_bill_on_its_agenda_and_to_no_other(calendar: Calendar) -> None:
    other = BILL._replace(source_id="9", file_number="Int 0005-2026", matter_id="5")
    assert calendar.read(MEETING._replace(items=(other, BILL))) == 1
    change = one(calendar.engine, Change)
    assert (change.matter_id, change.kind, change.after) == (1, "hearing_scheduled", f"2026-01-28 10:00 {COMMITTEE}")
    assert (change.acted_on, change.observed_at) == (date(2026, 1, 28), calendar.now)
    capture = one(calendar.engine, Capture)
    assert (capture.address, capture.digest) == ("https://example.org/22790", "sha256:x")
    assert calendar.sentences == [f"Hearing set for 28 Jan 2026, 10 a.m., {COMMITTEE}."]


def test_the_same_calendar_read_again_tells_nothing(calendar: Calendar) -> None:
    calendar.read(MEETING._replace(body=f"{COMMITTEE[:9]}  {COMMITTEE[10:]}"))
    assert calendar.told == [("hearing_scheduled", "", f"2026-01-28 10:00 {COMMITTEE}")]
    spaced = MEETING._replace(body=f" {COMMITTEE}  ", location="250  Broadway", url="http://example.org/22790")
    assert [calendar.read(MEETING), calendar.read(spaced), calendar.read(MEETING._replace(items=None))] == [0, 0, 0]
    assert len(rows(calendar.engine, HearingItem)) == 1


@pytest.mark.parametrize(
    ("moved", "sentence"),
    [
        ({"held_on": "2026-02-04"}, "moved from 28 Jan 2026, 10 a.m. to 4 Feb 2026, 10 a.m., "),
        ({"clock": "13:30:00"}, "moved from 28 Jan 2026, 10 a.m. to 28 Jan 2026, 1:30 p.m., "),
    ],
)
def test_another_day_or_another_hour_is_a_move_and_the_first_one_stays_known(
    calendar: Calendar, moved: dict[str, str], sentence: str
) -> None:
    calendar.read(MEETING)
    assert calendar.read(MEETING._replace(**moved)) == 1
    assert sentence in calendar.sentences[-1]
    hearing = one(calendar.engine, Hearing)
    assert (hearing.sequence, hearing.first_held_on, hearing.first_clock) == (1, date(2026, 1, 28), "10:00:00")
    with reading(calendar.engine) as session:
        (line,) = queries_hearings.coming(session, NOW.date())
    assert line.moved_from == (date(2026, 1, 28), "10:00:00")


@pytest.mark.parametrize(
    ("status", "state", "sentence"),
    [
        ("Deferred", "deferred", "was put off."),
        ("Postponed", "deferred", "was put off."),
        ("Cancelled", "cancelled", "was cancelled."),
        ("Canceled", "cancelled", "was cancelled."),
        ("Struck through", "cancelled", "was cancelled."),
    ],
)
def test_a_meeting_that_is_called_off_is_told_once_and_stays(
    calendar: Calendar, status: str, state: str, sentence: str
) -> None:
    calendar.read(MEETING)
    assert calendar.read(MEETING._replace(status=status)) == 1
    assert calendar.read(MEETING._replace(status=status)) == 0
    assert one(calendar.engine, Hearing).state == state
    assert calendar.sentences[-1] == f"The hearing of 28 Jan 2026, 10 a.m., {COMMITTEE}, {sentence}"
    with reading(calendar.engine) as session:
        assert queries_hearings.coming(session, NOW.date()) == ()
        (line,) = queries_hearings.calendar(session, NOW.date()).off
    assert (line.state, [item.number for item in line.items]) == (state, ["Int 1412-2025"])


def test_a_meeting_that_was_called_off_after_the_last_look_is_told_on_the_next_day(calendar: Calendar) -> None:
    """The calendar is read at 07:10 and 13:10: what is put off in the afternoon of its day is seen on the morrow."""
    calendar.read(MEETING, days=7.9)
    off = MEETING._replace(status="Deferred")
    assert [calendar.read(off, days=1), calendar.read(off, days=1)] == [1, 0]
    assert one(calendar.engine, Hearing).state == "deferred"


def test_a_real_hearing_that_was_put_off_and_one_held_in_its_stead(calendar: Calendar) -> None:
    """Int 1412-2025: EventId 21995 of 11 December 2025 was put off, EventId 22016 of 8 December was held."""
    calendar.now = datetime(2025, 11, 5, 12, tzinfo=UTC)
    window = (date(2025, 11, 1), date(2026, 4, 30))
    first = MEETING._replace(source_id="21995", held_on="2025-12-11")
    calendar.read(first, window=window)
    anew = MEETING._replace(source_id="22016", held_on="2025-12-08")
    assert calendar.read(first._replace(status="Deferred"), anew, days=2, window=window) == 2
    assert calendar.sentences == [
        f"Hearing set for 11 Dec 2025, 10 a.m., {COMMITTEE}.",
        f"The hearing of 11 Dec 2025, 10 a.m., {COMMITTEE}, was put off.",
        f"Hearing set for 8 Dec 2025, 10 a.m., {COMMITTEE}.",
    ]


def test_a_word_that_nobody_knows_changes_nothing_and_is_doubted(calendar: Calendar) -> None:
    calendar.read(MEETING)
    odd = MEETING._replace(status="To be decided")
    assert calendar.read(odd) == 0
    (doubt,) = hearings.doubts([MEETING, odd, MEETING._replace(status="Cancelled")])
    assert doubt == (MEETING.url, "Unknown state of an agenda, 'To be decided': the meeting is taken as listed.")


def test_an_hour_that_is_given_later_is_no_move_and_one_left_out_is_not_taken_back(calendar: Calendar) -> None:
    calendar.read(MEETING._replace(clock=""))
    assert calendar.read(MEETING) == 1
    assert calendar.sentences[-1] == f"Hearing set for 28 Jan 2026, 10 a.m., {COMMITTEE}."
    with reading(calendar.engine) as session:
        (line,) = queries_hearings.coming(session, NOW.date())
    assert line.moved_from is None
    assert [calendar.read(MEETING._replace(clock="")), calendar.read(MEETING)] == [0, 0]
    calendar.read(MEETING._replace(clock="", status="Deferred"))  # the Council's page writes the word over the hour
    assert one(calendar.engine, Hearing).clock == "10:00:00"


def test_a_meeting_that_is_set_again_under_its_own_id_is_told(calendar: Calendar) -> None:
    calendar.read(MEETING)
    calendar.read(MEETING._replace(status="Deferred"))
    assert calendar.read(MEETING) == 1
    assert [kind for kind, _, _ in calendar.told] == ["hearing_scheduled", "hearing_deferred", "hearing_scheduled"]


def test_a_meeting_set_anew_under_another_id_is_another_meeting(calendar: Calendar) -> None:
    calendar.read(MEETING)
    off, anew = MEETING._replace(status="Deferred"), MEETING._replace(source_id="22801", held_on="2026-02-11")
    assert calendar.read(off, anew) == 2
    assert [row.state for row in rows(calendar.engine, Hearing)] == ["deferred", "scheduled"]


def test_an_agenda_that_gains_a_tracked_bill_is_told_then(calendar: Calendar) -> None:
    assert calendar.read(MEETING._replace(items=())) == 0
    assert calendar.read(MEETING) == 1
    assert calendar.told == [("hearing_scheduled", "", f"2026-01-28 10:00 {COMMITTEE}")]


def test_a_bill_that_comes_on_while_the_meeting_moves_was_never_set_for_the_first_day(calendar: Calendar) -> None:
    with writing(calendar.engine) as session:
        session.get_one(Matter, 2).scope = "related"
    calendar.read(MEETING)
    other = BILL._replace(source_id="9", file_number="Int 0005-2026", matter_id="5")
    assert calendar.read(MEETING._replace(held_on="2026-02-04", items=(BILL, other))) == 2
    assert {(row.matter_id, row.kind) for row in rows(calendar.engine, Change)} == {
        (1, "hearing_scheduled"), (1, "hearing_moved"), (2, "hearing_scheduled"),
    }  # fmt: skip


def test_an_agenda_that_lacks_a_bill_once_says_nothing_and_on_two_days_that_it_is_off(calendar: Calendar) -> None:
    bare = MEETING._replace(items=())
    calendar.read(MEETING)
    assert [calendar.read(bare), calendar.read(MEETING)] == [0, 0]  # and back: it was never off
    assert [calendar.read(bare), calendar.read(bare, days=1), calendar.read(bare, days=1)] == [0, 1, 0]
    assert calendar.sentences[-1] == f"No longer on the agenda of the hearing of 28 Jan 2026, 10 a.m., {COMMITTEE}."
    assert one(calendar.engine, Hearing).state == "scheduled"
    assert calendar.read(MEETING) == 1
    assert calendar.told[-1][0] == "hearing_scheduled"


def test_a_bill_that_an_agenda_lacked_is_told_when_the_meeting_is_put_off(calendar: Calendar) -> None:
    calendar.read(MEETING)
    calendar.read(MEETING._replace(items=()))
    assert calendar.read(MEETING._replace(items=None, status="Deferred")) == 1


def test_a_bill_is_found_by_its_number_where_a_page_knows_no_id(calendar: Calendar) -> None:
    assert calendar.read(MEETING._replace(items=(BILL._replace(matter_id=""),))) == 1


def test_a_meeting_is_gone_when_the_list_lacks_it_on_two_days(calendar: Calendar) -> None:
    calendar.read(MEETING)
    assert [calendar.read(days=0), calendar.read(days=0.1), calendar.read(days=1)] == [0, 0, 1]
    assert one(calendar.engine, Hearing).state == "gone"
    assert calendar.sentences[-1].endswith("is no longer on the Council’s calendar.")
    assert rows(calendar.engine, Capture)[-1].address == MEETING.url
    assert calendar.read(MEETING) == 1  # and back


def test_a_meeting_that_is_back_after_one_day_was_never_gone(calendar: Calendar) -> None:
    for meetings, days in (((MEETING,), 0), ((), 1), ((MEETING,), 1), ((), 1)):
        calendar.read(*meetings, days=days)
    assert [kind for kind, _, _ in calendar.told] == ["hearing_scheduled"]


def test_a_list_of_other_days_says_nothing_of_this_one(calendar: Calendar) -> None:
    calendar.read(MEETING)
    for _ in range(3):
        assert calendar.read(days=1, window=(date(2026, 3, 1), date(2026, 3, 31))) == 0


def test_history_is_stored_without_a_word(calendar: Calendar) -> None:
    """EventId 20782, the Council's meeting of 8 August 2024, was put off."""
    past = MEETING._replace(source_id="20782", body="City Council", held_on="2024-08-08", status="Deferred")
    assert calendar.read(past, MEETING._replace(held_on="2026-01-12")) == 0
    assert [row.state for row in rows(calendar.engine, Hearing)] == ["deferred", "held"]


def test_a_meeting_whose_day_came_was_held_and_is_no_news(calendar: Calendar) -> None:
    calendar.read(MEETING)
    assert calendar.read(days=20) == 0
    assert one(calendar.engine, Hearing).state == "held"


def test_the_same_meeting_under_a_pages_id_and_the_councils_is_one(calendar: Calendar) -> None:
    calendar.read(MEETING._replace(source_id="web:1200001"))
    assert calendar.read(MEETING) == 0
    assert one(calendar.engine, Hearing).source_id == "22790"
    assert calendar.read(MEETING._replace(source_id="web:1200001")) == 0
    assert one(calendar.engine, Hearing).source_id == "22790"


def test_two_meetings_of_one_body_on_one_day_are_two_whoever_lists_them(calendar: Calendar) -> None:
    """The Committee on Fire and Emergency Management had two on 29 January 2025, EventIds 21332 and 21334."""
    calendar.read(MEETING)
    later = MEETING._replace(source_id="web:2", clock="13:00:00", items=())
    assert calendar.read(later, MEETING._replace(source_id="web:1")) == 0
    assert sorted(row.source_id for row in rows(calendar.engine, Hearing)) == ["22790", "web:2"]


def test_two_meetings_listed_for_one_hour_keep_their_agendas_whoever_lists_them(calendar: Calendar) -> None:
    """The Council was listed twice for 13:30 on 18 December 2025: EventIds 21917 and 22114."""
    bare = MEETING._replace(source_id="21917", items=())
    calendar.read(bare, MEETING)
    pages = [met._replace(source_id=f"web:{met.source_id}") for met in (MEETING, bare)]
    assert [calendar.read(*pages), calendar.read(*pages[::-1]), calendar.read(*pages, days=1)] == [0, 0, 0]
    assert sorted(row.source_id for row in rows(calendar.engine, Hearing)) == ["21917", "22790"]


def test_a_meeting_held_in_the_hour_of_one_put_off_is_not_taken_for_it(calendar: Calendar) -> None:
    """The Committee on Fire and Emergency Management: 21332 was put off, 21334 held, both 29 January 2025, 1 p.m."""
    off = MEETING._replace(source_id="21332", status="Deferred")
    calendar.read(off, MEETING)
    assert calendar.read(MEETING._replace(source_id="web:7"), off._replace(source_id="web:8", clock="")) == 0
    assert [row.state for row in rows(calendar.engine, Hearing) if row.source_id == "22790"] == ["scheduled"]


def test_the_whole_council_meets_and_its_committees_hear(calendar: Calendar) -> None:
    calendar.read(MEETING._replace(body="City Council", clock=""))
    assert calendar.sentences == ["Meeting set for 28 Jan 2026, City Council."]


@given(
    st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.sampled_from(["", "00:00:00", "09:05:00", "12:00:00", "23:59:00"])
)
def test_a_meeting_reads_back_as_it_was_written(on: date, clock: str) -> None:
    change = Change(id=1, matter_id=1, run_id=1, capture_id=1, file_number="x", observed_at=NOW,
                    kind="hearing_scheduled", after=told(COMMITTEE, on, clock))  # fmt: skip
    words = ", ".join(filter(None, (wording.day(on), wording.hour(clock), COMMITTEE)))
    assert wording_changes.sentence(change) == f"Hearing set for {words}."


def test_the_hour_is_told_as_new_yorkers_do() -> None:
    clocks = ("", "00:00:00", "09:00:00", "09:05:00", "12:00:00", "12:30:00", "13:30:00")
    assert [wording.hour(each) for each in clocks] == [
        "", "midnight", "9 a.m.", "9:05 a.m.", "noon", "12:30 p.m.", "1:30 p.m.",
    ]  # fmt: skip


def test_a_deferred_meeting_is_no_hearing_even_when_its_day_is_past() -> None:
    assert state_of("Deferred", date(2024, 8, 8), golden.TODAY) == "deferred"
    assert state_of("Final", date(2024, 8, 8), golden.TODAY) == "held"


def test_1215_real_meetings_load_and_a_second_reading_tells_nothing(calendar: Calendar, data: Path) -> None:
    meetings = [real(row) for _, row in json_lines(data / "council/events.jsonl.zst")]
    calendar.read(*meetings)
    assert len(rows(calendar.engine, Hearing)) == len(meetings) == 1215
    before = calendar.told
    assert calendar.read(*meetings) == 0
    assert calendar.told == before


def real(event: dict[str, Any]) -> MeetingRecord:
    items = [
        AgendaItemRecord(str(item["ID"]), item.get("MatterFile") or "", str(item.get("MatterID") or ""), item["Title"])
        for item in event.get("Items") or ()
        if item.get("MatterFile")
    ]
    return MeetingRecord(
        str(event["ID"]), event["BodyName"], event["Date"][:10], event["Date"][11:19], event.get("Location") or "",
        event["AgendaStatusName"], event.get("Comment") or "", event.get("InSiteURL") or "", tuple(items),
    )  # fmt: skip
