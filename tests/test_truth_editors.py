"""Editors beside the sources: they add acts, take none away, correct nothing, and never go stale."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from test_truth import APPROVED_AGAIN, COUNCIL, INTRODUCED, PASSED, TRUST, act, at, bill, page

from scrapers.records import ActionRecord, MatterRecord
from tracker.truth import EDITORS, Reading, settle

SUED = act("editors:1", "2026-02-10", "Suit Filed", "Supreme Court", code=90201)
RULED = act("editors:2", "2025-12-18", "Order Blocked", COUNCIL, code=90207)


def told(*actions: ActionRecord) -> MatterRecord:
    """What the editors' source says of the bill."""
    empty = {"title": "", "status": "", "body": "", "introduced_on": "", "version": "", "sponsors": ()}
    return bill(*actions, partial=True, **empty)


def names(*readings: Reading) -> list[str]:
    return [row.source_id for row in settle(readings, TRUST).record.actions]


def test_an_act_of_an_editors_stands_beside_the_councils_rows() -> None:
    api = Reading("council-api", at(0), bill(INTRODUCED, PASSED))
    settled = settle([api, Reading(EDITORS, at(5), told(SUED))], TRUST)
    assert settled.record == bill(INTRODUCED, PASSED, SUED)
    assert not settled.differences


def test_that_an_editor_spoke_today_makes_no_source_stale() -> None:
    archive = Reading("council-archive", at(0), bill(INTRODUCED, PASSED))
    assert settle([archive, Reading(EDITORS, at(24 * 90), told(SUED))], TRUST).record.title == archive.record.title


def test_an_editors_act_is_never_outvoted_however_old_it_is() -> None:
    api = Reading("council-api", at(24 * 900), bill(INTRODUCED, PASSED))
    assert names(Reading(EDITORS, at(0), told(SUED)), api)[-1] == "editors:1"


def test_another_act_of_one_day_and_body_is_another_act() -> None:
    api = Reading("council-api", at(0), bill(INTRODUCED, PASSED))
    assert names(api, Reading(EDITORS, at(1), told(RULED))) == ["425565", "429004", "editors:2"]


def test_the_same_act_by_the_city_takes_the_editors_place_and_keeps_what_was_said_of_it() -> None:
    typed = act("editors:3", "2025-12-18", "Approved by Council", url="https://example.org/x", confidence="high")
    settled = settle([Reading("council-api", at(0), bill(PASSED)), Reading(EDITORS, at(1), told(typed))], TRUST)
    (row,) = settled.record.actions
    assert (row.source_id, row.result, row.url, row.confidence) == ("429004", "Pass", "https://example.org/x", "high")


def test_a_row_that_two_sources_name_otherwise_is_still_one_beside_an_editors() -> None:
    web = Reading("council-web", at(2), page(act("web:1", "2026-01-29", "Overridden by Council")))
    api = Reading("council-api", at(0), bill(PASSED, APPROVED_AGAIN))
    ruled = act("editors:4", "2026-01-29", "Decision", COUNCIL, code=90203)
    assert names(api, web, Reading(EDITORS, at(3), told(ruled))) == ["429004", "432090", "editors:4"]


@given(st.permutations(range(3)), st.integers(0, 5_000), st.integers(0, 5_000))
def test_no_order_and_no_age_of_readings_loses_an_editors_act(order: list[int], archive: int, editor: int) -> None:
    readings = [
        Reading("council-archive", at(archive), bill(INTRODUCED, PASSED)),
        Reading("council-api", at(3), bill(INTRODUCED, PASSED, APPROVED_AGAIN)),
        Reading(EDITORS, at(0) + timedelta(hours=editor), told(SUED, RULED)),
    ]
    found = names(*(readings[number] for number in order))
    assert {"editors:1", "editors:2", "425565", "429004"} <= set(found)
    assert len(found) == len(set(found))
