"""Whole runs of the Council's calendar against a city on loopback: by its API, by its pages, healthy and not."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from archive_builder import one, rows
from live import Live, living, matters
from test_live_council import by_archive
from upstream import faults
from upstream.city import City
from upstream.server import Fault

from scrapers.errors import FetchFailed, NothingFound, PageChanged, Refused, ScrapeError
from tracker.ingest import Result
from tracker.models import Change, Run
from tracker.models.sources import Hearing, HearingItem
from tracker.sync import hearings as sync_hearings

START = datetime(2026, 2, 10, 15, 0, tzinfo=UTC)
BILL = "Int 1412-2025"


def event(**more: Any) -> dict[str, Any]:
    item = {
        "ID": 500001, "GUID": "I", "Title": "Redefining terms", "AgendaSequence": 1, "MinutesSequence": 1,
        "MatterID": 76557,
        "MatterFile": BILL, "MatterName": "Terms", "MatterType": "Introduction", "Version": "*", "ActionID": 0,
    }  # fmt: skip
    return {
        "ID": 22790, "GUID": "G", "BodyID": 5, "BodyName": "Committee on Immigration", "Date": "2026-02-25T10:00:00",
        "Location": "250 Broadway", "AgendaStatusName": "Final", "MinutesStatusName": "Draft", "Comment": "",
        "Items": [item],
    } | more  # fmt: skip


@pytest.fixture(params=["by its API", "by its pages"])
def live(request: pytest.FixtureRequest, record: sa.Engine, tmp_path: Path) -> Iterator[Live]:
    with living(record, tmp_path, City(matters(BILL), [event()]), START) as made:
        by_archive(made)
        made.token = made.token if request.param == "by its API" else ""
        yield made


def read(live: Live) -> Result:
    live.to(live.clock.now() + timedelta(hours=6))
    with live.visit() as visit:
        return sync_hearings.read_hearings(visit)


def kinds(live: Live) -> list[str]:
    return [row.kind for row in rows(live.engine, Change) if row.kind.startswith("hearing_")]


def test_a_coming_hearing_of_a_tracked_bill_is_found_moved_and_put_off(live: Live) -> None:
    read(live)
    assert kinds(live) == ["hearing_scheduled"]
    assert one(live.engine, HearingItem).file_number == BILL
    live.city.events = [event(Date="2026-02-26T13:00:00")]
    read(live)
    live.city.events = [event(Date="2026-02-26T13:00:00", AgendaStatusName="Deferred")]
    read(live)
    assert kinds(live) == ["hearing_scheduled", "hearing_moved", "hearing_deferred"]
    assert one(live.engine, Hearing).state == "deferred"
    assert read(live).changes == 0


def test_the_same_meeting_by_api_and_by_pages_is_one(live: Live) -> None:
    read(live)
    live.token = "" if live.token else "secret"
    read(live)
    assert kinds(live) == ["hearing_scheduled"]
    assert len(rows(live.engine, Hearing)) == 1


def test_a_calendar_without_a_meeting_is_an_error(live: Live) -> None:
    live.city.events = []
    with pytest.raises(NothingFound, match="lists no meeting"):
        read(live)


FAULTS: dict[str, tuple[Fault, type[ScrapeError]]] = {
    "403": (faults.refuse(), Refused),
    "500": (faults.server_error(), FetchFailed),
    "an empty body": (faults.empty_body(), ScrapeError),
    "an error page that answers 200": (faults.error_page(), ScrapeError),
    "a captcha": (faults.captcha(), Refused),
    "a redesign": (
        faults.redesign(lambda page: page.replace("gridCalendar", "grid2").replace("EventId", "Id")),
        PageChanged,
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_named_in_its_run_and_the_calendar_stays(live: Live, fault: str) -> None:
    read(live)
    before = [tuple(row) for row in rows(live.engine, Hearing)]
    broken, expected = FAULTS[fault]
    live.upstream.misbehave("/events" if live.token else "Calendar.aspx", broken)
    with pytest.raises(expected) as raised:
        read(live)
    run = rows(live.engine, Run, source="hearings")[-1]
    assert (run.outcome in ("failed", "refused"), raised.value.message in run.message) == (True, True)
    assert [tuple(row) for row in rows(live.engine, Hearing)] == before


def test_one_agenda_that_cannot_be_read_does_not_hide_the_meeting(live: Live) -> None:
    live.upstream.misbehave("eventitems" if live.token else "MeetingDetail", faults.server_error())
    result = read(live)
    assert (result.read, result.unreadable) == (1, 1)
    assert one(live.engine, Hearing).state == "scheduled"
    live.upstream.behave()
    read(live)
    assert kinds(live) == ["hearing_scheduled"]
