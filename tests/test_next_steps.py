"""What can come next, by the Charter: the Mayor's thirty days, the override, the end of the session."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.lifecycle import Stage
from tracker.next_steps import BILL, RESOLUTION, next_step

SENT = date(2025, 12, 18)  # Int 1412-2025 was passed and sent to the Mayor on one day
BEGUN = date(2025, 10, 9)


def text(stage: Stage, since: date, today: date, kind: str = BILL, introduced_on: date = BEGUN) -> str:
    step = next_step(kind, stage, since, introduced_on, today)
    assert step is not None
    return step.text


def test_a_bill_on_the_desk_is_law_after_thirty_days_and_the_day_is_named() -> None:
    step = next_step(BILL, Stage.ON_MAYORS_DESK, SENT, BEGUN, date(2025, 12, 20))
    assert step is not None
    assert step.until == date(2026, 1, 17)
    assert "until 17 Jan 2026" in step.text
    assert not step.estimate


def test_thirty_days_that_are_over_make_no_law_before_the_record_says_so() -> None:
    said = text(Stage.ON_MAYORS_DESK, SENT, date(2026, 2, 1))
    assert "ended on 17 Jan 2026" in said
    assert "the record does not say so yet" in said


def test_the_last_of_the_thirty_days_is_still_the_mayors() -> None:
    assert "may sign it or veto it" in text(Stage.ON_MAYORS_DESK, SENT, SENT + timedelta(days=30))
    assert "thirty days ended" in text(Stage.ON_MAYORS_DESK, SENT, SENT + timedelta(days=31))


def test_a_passed_bill_not_yet_recorded_as_sent_has_an_estimate() -> None:
    step = next_step(BILL, Stage.PASSED_COUNCIL, SENT, BEGUN, date(2025, 12, 20))
    assert step is not None
    assert step.estimate
    assert "about 17 Jan 2026, counted from the Council’s vote on 18 Dec 2025" in step.text


def test_a_veto_waits_for_two_thirds_and_nothing_is_guessed() -> None:
    said = text(Stage.VETOED, date(2025, 12, 31), date(2026, 1, 28))
    assert "34 of 51" in said
    assert "in the 28 days since" in said


@pytest.mark.parametrize("stage", [Stage.INTRODUCED, Stage.IN_COMMITTEE, Stage.LAID_OVER, Stage.REPORTED])
def test_an_unpassed_matter_dies_with_its_council(stage: Stage) -> None:
    assert "ends on 31 Dec 2025, it dies" in text(stage, BEGUN, date(2025, 11, 1))
    assert "ends on 31 Dec 2029, it dies" in text(stage, BEGUN, date(2026, 3, 1), introduced_on=date(2026, 2, 1))


def test_a_resolution_goes_to_no_mayor() -> None:
    assert "goes to no mayor" in text(Stage.REPORTED, BEGUN, date(2025, 11, 1), kind=RESOLUTION)


@given(st.sampled_from(list(Stage)), st.sampled_from([BILL, RESOLUTION, "Executive Order", "Lawsuit"]))
def test_nothing_comes_next_for_what_is_over(stage: Stage, kind: str) -> None:
    step = next_step(kind, stage, SENT, BEGUN, date(2026, 1, 1))
    if not stage.live or kind not in (BILL, RESOLUTION):
        assert step is None
