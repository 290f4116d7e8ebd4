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
    assert "The Council’s calendar was not read yet." in text(record, "/calendar")


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
    assert "Hearing set for 13 Feb 2026, 1:30 p.m., Committee on Immigration." in text(record, "/changes")
