"""The record as it was known: replayed to any moment, it is what was seen then."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import golden
import pytest
import sqlalchemy as sa
from archive_builder import START, take
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from records import MATTERS
from sqlmodel import Session, select

from scrapers import council_archive
from scrapers.records import ActionRecord, MatterRecord, Observation
from tracker import as_of, database
from tracker.as_of import Known, Row
from tracker.lifecycle import Stage
from tracker.models import Action, Change, Matter

FRESH = count(1)
HOUR = 3600


def known(session: Session, source_id: str, at: datetime) -> Known | None:
    matter = session.scalars(select(Matter).where(Matter.source_id == source_id)).one()
    actions = session.scalars(select(Action).where(Action.matter_id == matter.id)).all()
    changes = session.scalars(select(Change).where(Change.matter_id == matter.id)).all()
    return as_of.known(matter, actions, changes, at)


@pytest.fixture
def filled(record: sa.Engine) -> sa.Engine:
    golden.fill(record)
    return record


def of_1412(engine: sa.Engine, at: datetime) -> Known:
    with database.reading(engine) as session:
        found = known(session, "76557", at)
    assert found is not None
    return found


def test_the_override_was_not_known_while_the_row_read_approved(filled: sa.Engine) -> None:
    before = of_1412(filled, golden.SEEN["approved"])
    assert [row.name for row in before.actions if row.source_id == "432713"] == ["Approved by Council"]
    assert (before.status, before.local_law, before.enacted_on) == ("Enacted (Mayor's Desk for Signature)", "", None)
    assert not before.standing.is_law
    after = of_1412(filled, golden.SEEN["overridden"])
    assert (after.status, after.local_law, after.enacted_on) == ("Enacted", "2026/063", date(2026, 1, 29))
    assert (after.standing.is_law, after.standing.stage) == (True, Stage.OVERRIDDEN)


def test_a_veto_that_was_recorded_late_was_not_known_on_its_day(filled: sa.Engine) -> None:
    on_its_day = of_1412(filled, datetime(2025, 12, 31, 23, tzinfo=UTC))
    assert "Vetoed by Mayor" not in {row.name for row in on_its_day.actions}
    assert (on_its_day.standing.stage, on_its_day.status) == (Stage.REPORTED, "Reported from Committee")
    assert of_1412(filled, golden.SEEN["vetoed"]).standing.stage == Stage.VETOED


def test_what_was_not_seen_yet_was_not_known(filled: sa.Engine) -> None:
    with database.reading(filled) as session:
        assert known(session, "76557", golden.SEEN["introduced"] - timedelta(seconds=1)) is None


def test_now_it_is_what_is_held(filled: sa.Engine) -> None:
    with database.reading(filled) as session:
        for matter in session.scalars(select(Matter)).all():
            found = known(session, matter.source_id, golden.NOW)
            assert found is not None
            for name in ("file_number", "status", "title", "name", "body", "local_law", "enacted_on", "introduced_on"):
                assert getattr(found, name) == getattr(matter, name)
            shown = select(Action.source_id).where(Action.matter_id == matter.id, sa.column("withdrawn_at").is_(None))
            assert {row.source_id for row in found.actions} == set(session.scalars(shown))
            assert found.removed == (matter.removed_at is not None)


def test_a_day_is_asked_as_it_ended_in_new_york() -> None:
    assert as_of.moment(date(2026, 1, 30), golden.NOW) == datetime(2026, 1, 31, 4, 59, 59, 999999, tzinfo=UTC)
    assert as_of.moment(golden.TODAY, golden.NOW) == golden.NOW
    assert as_of.moment(date(9999, 12, 31), golden.NOW) == golden.NOW
    assert as_of.moment(datetime(2026, 1, 1, tzinfo=UTC), golden.NOW) == datetime(2026, 1, 1, tzinfo=UTC)


def observations(key: int, seen: Sequence[MatterRecord | None]) -> list[Observation]:
    place = f"place/{key}.json"
    return [
        Observation(
            START + n * HOUR, place, f"https://example.org/{key}/{n}", "",
            one and one._replace(source_id=str(key), title=f"A Local Law {one.title}"),
        )
        for n, one in enumerate(seen)
    ]  # fmt: skip


def came_back(seen: Sequence[MatterRecord | None], row_id: str) -> bool:
    """Whether a row was taken out and shown again: its body and result of before are not kept."""
    there = [any(row.source_id == row_id for row in one.actions) for one in seen if one]
    return "".join("1" if one else "0" for one in there).strip("0").count("0") > 0


def read(rows: Iterable[ActionRecord | Row], back: set[str]) -> set[tuple[str, ...]]:
    return {
        (row.source_id, row.acted_on, row.name, *(() if row.source_id in back else (row.body, row.result)))
        for row in rows
    }


def shown(record: MatterRecord, back: set[str]) -> dict[str, Any]:
    """What the answer can know of a record."""
    return {
        "file_number": record.file_number,
        "status": record.status,
        "title": record.title,
        "summary": record.summary,
        "body": record.body,
        "introduced_on": record.introduced_on,
        "final_action_on": record.final_action_on,
        "enacted_on": record.enacted_on,
        "local_law": record.local_law,
        "rows": read(record.actions, back),
    }


def told(found: Known, back: set[str]) -> dict[str, Any]:
    dates = {name: (getattr(found, name) or "") and getattr(found, name).isoformat()
             for name in ("introduced_on", "final_action_on", "enacted_on")}  # fmt: skip
    texts = {name: getattr(found, name) for name in ("file_number", "status", "title", "summary", "body", "local_law")}
    return {**texts, **dates, "rows": read(found.actions, back)}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(seen=st.lists(MATTERS | st.none(), min_size=1, max_size=5).filter(lambda seen: seen[0] is not None))
def test_replayed_to_any_moment_it_is_what_was_seen_then(record: sa.Engine, seen: list[MatterRecord | None]) -> None:
    key = next(FRESH)
    take(record, *observations(key, seen))
    with database.reading(record) as session:
        last = None
        for n, one in enumerate(seen):
            found = known(session, str(key), datetime.fromtimestamp(START + n * HOUR, UTC))
            assert found is not None
            assert found.removed == (one is None)
            last = one._replace(title=f"A Local Law {one.title}") if one else last
            assert last is not None
            back = {row.source_id for row in last.actions if came_back(seen, row.source_id)}
            assert told(found, back) == shown(last, back)
            assert found.name in (None, last.name)


def test_five_years_of_real_observations_are_known_as_each_of_them_was_seen(record: sa.Engine, data: Path) -> None:
    seen = list(council_archive.observations(data / "council/observations.jsonl.zst"))
    take(record, *seen)
    looks: dict[str, list[tuple[datetime, MatterRecord]]] = {}
    for one in seen:
        if isinstance(one, Observation) and one.matter is not None:
            at = datetime.fromtimestamp(one.observed_at, UTC)
            looks.setdefault(one.matter.source_id, []).append((at, one.matter))
    assert sum(map(len, looks.values())) > 8000
    with database.reading(record) as session:
        for source_id, shows in looks.items():
            matter = session.scalars(select(Matter).where(Matter.source_id == source_id)).one()
            actions = session.scalars(select(Action).where(Action.matter_id == matter.id)).all()
            changes = session.scalars(select(Change).where(Change.matter_id == matter.id)).all()
            versions = [each for _, each in shows]
            back = {row.source_id for row in actions if came_back(versions, row.source_id)}
            for at, each in shows:
                found = as_of.known(matter, actions, changes, at)
                assert found is not None
                assert told(found, back) == shown(each, back) | {"summary": found.summary}  # not carried by all
