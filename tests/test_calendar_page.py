"""The calendar as readers see it: on its own page, on the front page, and on a bill's page."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import golden
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from scrapers.records import AgendaItemRecord, MeetingRecord
from tracker import hearings
from tracker.config import load_config
from tracker.database import connect, upgrade, writing
from tracker.health import rules_of
from tracker.models import Run
from tracker.web import SiteSettings, create_app

NOW = golden.NOW
TODAY = golden.TODAY
WINDOW = (TODAY - timedelta(days=30), TODAY + timedelta(days=90))


def meeting(source_id: str, day: date, clock: str = "13:30:00", status: str = "Final") -> MeetingRecord:
    item = AgendaItemRecord(source_id, "Int 1412-2025", "76557", "")
    return MeetingRecord(
        source_id, golden.COMMITTEE, day.isoformat(), clock, "250 Broadway", status, "Oversight", "https://example.org/m",
        (item,),
    )  # fmt: skip


@pytest.fixture
def record(tmp_path: Path) -> Iterator[sa.Engine]:
    engine = connect(f"sqlite:///{tmp_path}/x.db")
    upgrade(engine)
    golden.fill(engine)
    yield engine
    engine.dispose()


def store(engine: sa.Engine, *meetings: MeetingRecord, now: datetime = NOW) -> None:
    with writing(engine) as session:
        run = Run(source="hearings", mode="live", place="x", started_at=now, finished_at=now, outcome="ok")
        session.add(run)
        session.flush()
        hearings.store(session, run.id or 0, meetings, now, WINDOW)


def client(engine: sa.Engine) -> FlaskClient:
    config = load_config(None, {})
    settings = SiteSettings("NYC Sanctuary Law Tracker", "", "", rules_of(config, {}))
    return create_app(engine, clock=lambda: NOW.astimezone(UTC), site=settings).test_client()


def text(engine: sa.Engine, path: str) -> str:
    answer = client(engine).get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_a_calendar_that_was_not_read_says_so(record: sa.Engine) -> None:
    assert "The Council’s calendar has not been read yet." in text(record, "/calendar")


def test_a_calendar_without_a_tracked_bill_says_so(record: sa.Engine) -> None:
    store(record, meeting("1", TODAY + timedelta(days=3))._replace(items=()))
    assert "lists no coming meeting with a followed bill" in text(record, "/calendar")


def test_a_coming_meeting_stands_on_the_calendar_the_front_page_and_the_bills_own(record: sa.Engine) -> None:
    store(record, meeting("1", TODAY + timedelta(days=3)))
    for path in ("/calendar", "/", "/matters/int-1412-2025"):
        page = text(record, path)
        assert golden.COMMITTEE in page
        assert "1:30 p.m." in page
    assert "Int 1412-2025" in text(record, "/calendar")


def test_what_is_off_says_so_in_words_and_is_not_among_the_coming(record: sa.Engine) -> None:
    store(record, meeting("1", TODAY + timedelta(days=3)), meeting("2", TODAY + timedelta(days=5)))
    later = NOW + timedelta(hours=1)
    moved = meeting("2", TODAY + timedelta(days=9))
    store(record, meeting("1", TODAY + timedelta(days=3), status="Deferred"), moved, now=later)
    page = text(record, "/calendar")
    coming, off = page.split("Put off, cancelled, or off the calendar")
    assert "First set for" in coming
    assert "Put off" in off
    assert "Was set for" in off


def test_what_happened_to_a_hearing_is_among_the_changes(record: sa.Engine) -> None:
    store(record, meeting("1", TODAY + timedelta(days=3)))
    page = text(record, "/changes")
    assert "Hearing set for 13 Feb 2026, 1:30 p.m., Committee on Immigration." in page
    assert 'acted <time datetime="2026-02-13">' not in page  # nobody has acted yet


def test_on_a_bills_page_what_is_to_come_goes_before_what_is_off(record: sa.Engine) -> None:
    days = [meeting(str(place), TODAY + timedelta(days=place)) for place in (1, 2, 3)]
    store(record, *days)
    store(record, *[met._replace(status="Cancelled") for met in days[:2]], days[2], now=NOW + timedelta(minutes=1))
    page = text(record, "/matters/int-1412-2025").split('id="hearings"')[1].split('id="timeline"')[0]
    places = [page.index(f"2026-02-{day}") for day in (13, 12, 11)]
    assert places == sorted(places)
    assert page.count("Cancelled") == 2


def test_a_meeting_without_an_hour_says_so(record: sa.Engine) -> None:
    store(record, meeting("1", TODAY + timedelta(days=3), clock=""))
    assert "Hour not given" in text(record, "/calendar")
    assert "hour not given" in text(record, "/")


def test_a_bill_that_is_not_followed_is_on_no_page_of_hearings(record: sa.Engine) -> None:
    """Int 0820-2026, snow and ice removal, is held and out of scope."""
    item = AgendaItemRecord("9", "Int 0820-2026", "820", "Snow and ice")
    store(record, meeting("1", TODAY + timedelta(days=3))._replace(items=(item,)))
    assert "Snow and ice" not in text(record, "/calendar")
