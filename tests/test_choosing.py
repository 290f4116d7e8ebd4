"""Which change is news to whom: one row a rule, then every choice as a whole."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.records import ActionRecord, MatterRecord
from tracker.digests.becoming import became
from tracker.digests.choosing import About, Follows, Fresh, choose, is_news, matches, read_reasons, reasons_text
from tracker.models import Change
from tracker.models.mail import FOLLOWED

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def change(kind: str = "status_changed", **given: Any) -> Change:
    known = {"id": 1, "matter_id": 7, "run_id": 1, "capture_id": 1, "file_number": "Int 1412-2025", "observed_at": NOW}
    return Change(kind=kind, **(known | {"before": "Committee", "after": "Approved"} | given))


def fresh(kind: str = "status_changed", became: str = "", **about: Any) -> Fresh:
    known = {"matter_id": 7, "file_number": "Int 1412-2025", "numbers": frozenset({"Int 1412-2025"}),
             "kind": "Introduction", "scope": "core", "introduced_on": date(2026, 2, 20)}  # fmt: skip
    return Fresh(change(kind), About(**(known | about)), frozenset({became} if became else ()))


TABLE: list[tuple[tuple[str, str], Fresh, bool]] = [
    (("core", ""), fresh(), True),
    (("core", ""), fresh(scope="related"), False),
    (("core", ""), fresh("sponsors_changed"), False),
    (("core", ""), fresh("action_withdrawn"), True),
    (("tracked", ""), fresh(scope="related"), True),
    (("tracked", ""), fresh(scope="out"), False),
    (("matter", "Int 1412-2025"), fresh(scope="out"), True),
    (("matter", "Int 1412-2025"), fresh("sponsors_changed"), True),
    (("matter", "T2025-4000"), fresh(numbers=frozenset({"Int 1412-2025", "T2025-4000"})), True),
    (("matter", "Int 1412-2025"), fresh(numbers=frozenset({"Int 9-2026"})), False),
    (("matter", "Int 1412-2025"), fresh("appeared", numbers=frozenset({"Int 9-2026"}), returns=frozenset({"Int 1412-2025"})), True),  # noqa: E501
    (("matter", "Int 1412-2025"), fresh(numbers=frozenset({"Int 9-2026"}), returns=frozenset({"Int 1412-2025"})), False),  # noqa: E501
    (("section", "admin 9-131"), fresh(sections=frozenset({"admin 9-131"})), True),
    (("section", "admin 9-131"), fresh(sections=frozenset({"charter 9-131"})), False),
    (("stage", "law"), fresh(became="overridden"), True),
    (("stage", "law"), fresh(became="lapsed"), True),
    (("stage", "law"), fresh(became="vetoed"), False),
    (("stage", "law"), fresh(became="signed", scope="out"), False),
    (("stage", "vetoed"), fresh(became="vetoed"), True),
    (("search", "detainers"), fresh(scope="out"), True),
    (("search", "vending"), fresh(), False),
    (("hearings", ""), fresh("hearing_scheduled"), True),
    (("hearings", ""), fresh("hearing_scheduled", scope="out"), False),
    (("hearings", ""), fresh(), False),
    (("orders", ""), fresh(), False),
    (("introductions", ""), fresh(scope="out"), True),
]  # fmt: skip


@pytest.mark.parametrize(("target", "news", "expected"), TABLE)
def test_what_is_followed_decides(target: tuple[str, str], news: Fresh, expected: bool) -> None:
    assert matches(target, news, {"detainers": {7}, "vending": {8}}) is expected


@pytest.mark.parametrize(("kind", "expected"), [("Executive Order", True), ("Lawsuit", True), ("Resolution", False)])
def test_orders_are_all_that_is_not_the_councils(kind: str, expected: bool) -> None:
    about = fresh().about._replace(kind=kind)
    assert matches(("orders", ""), Fresh(change(), about), {}) is expected
    assert not matches(("introductions", ""), Fresh(change(), about), {})


def test_every_kind_of_subscription_matches_something() -> None:
    matched = {target[0] for target, news, expected in TABLE if expected} | {"orders"}
    assert matched == set(FOLLOWED)


@pytest.mark.parametrize(
    ("news", "expected"),
    [
        (fresh("appeared"), True),
        (fresh("appeared", introduced_on=date(2025, 6, 1)), False),  # history that was filled in
        (fresh("appeared", introduced_on=None), False),
        (fresh("action_added", introduced_on=date(2025, 6, 1)), True),
        (Fresh(change("title_changed", before="Title.", after="Title"), fresh().about), False),  # a full stop
    ],
)
def test_old_matters_and_trifles_are_no_news(news: Fresh, expected: bool) -> None:
    assert is_news(news) is expected


def test_several_reasons_make_one_entry() -> None:
    matched = {("core", ""): frozenset({5, 6}), ("matter", "Int 1412-2025"): frozenset({6})}
    found = choose([Follows(("core", "")), Follows(("matter", "Int 1412-2025"))], matched, {5})
    assert found == {6: (("core", ""), ("matter", "Int 1412-2025"))}


def test_nothing_from_before_the_subscription_is_told() -> None:
    matched = {("core", ""): frozenset({5, 6}), ("orders", ""): frozenset({5})}
    assert choose([Follows(("core", ""), 5), Follows(("orders", ""), 4)], matched, ()) == {
        5: (("orders", ""),),
        6: (("core", ""),),
    }


@given(st.lists(st.tuples(st.sampled_from(FOLLOWED), st.text(max_size=20).map(lambda text: " ".join(text.split())))))
def test_reasons_come_back_from_the_ledger(reasons: list[tuple[str, str]]) -> None:
    assert list(read_reasons(reasons_text(reasons))) == reasons


# What became of a matter

ROWS = [("Introduced by Council", 27, "2025-06-11"), ("Approved by Council", 68, "2025-12-18"),
        ("Vetoed by Mayor", 38, "2025-12-31"), ("Overridden by Council", 61, "2026-01-29")]  # fmt: skip


def bill(rows: int, status: str) -> MatterRecord:
    actions = tuple(
        ActionRecord(str(number), on, "", code, name, "City Council", "Pass")
        for number, (name, code, on) in enumerate(ROWS[:rows])
    )
    return MatterRecord(
        "1", "Int 1412-2025", "Introduction", "", "", status, "", "2025-06-11", "", "", "", "A", (), actions
    )


def seen(kind: str, key: int, capture: int, **given: Any) -> Change:
    return change(kind, id=key, capture_id=capture, **given)


def test_an_override_makes_law_only_with_the_second_sign() -> None:
    row = seen("action_added", 1, 1, action_id="3", acted_on=date(2026, 1, 29), before="", after=ROWS[3][0])
    status = seen("status_changed", 2, 2, before="Vetoed", after="Enacted")
    found = became(bill(4, "Enacted"), [row, status])
    assert found[2] == {"overridden"}
    assert found.get(1, frozenset()).isdisjoint({"overridden", "signed", "lapsed", "became_law"})


def test_all_that_was_seen_in_that_moment_brought_it() -> None:
    row = seen("action_added", 1, 1, action_id="3", acted_on=date(2026, 1, 29), before="", after=ROWS[3][0])
    status = seen("status_changed", 2, 1, before="Vetoed", after="Enacted")
    assert became(bill(4, "Enacted"), [row, status]) == {1: {"overridden"}, 2: {"overridden"}}


def test_a_later_row_that_changes_no_stage_brought_nothing() -> None:
    number = seen("law_number_changed", 3, 3, before="", after="2026/030")
    assert became(bill(4, "Enacted")._replace(local_law="2026/030"), [number]) == {}


def test_a_matter_that_appeared_came_to_its_stage_by_that() -> None:
    came = seen("appeared", 1, 1, before="", after="Introduced", observed_at=datetime(2025, 6, 12, tzinfo=UTC))
    assert became(bill(1, "Introduced"), [came]) == {1: {"introduced"}}


def test_an_edited_row_is_taken_back_to_what_it_said() -> None:
    edited = seen(
        "action_edited", 1, 1, action_id="3",
        before='["2026-01-29", "Filed by Council", "City Council", "Pass"]',
        after='["2026-01-29", "Overridden by Council", "City Council", "Pass"]',
    )  # fmt: skip
    assert became(bill(4, "Enacted"), [edited])[1] == {"overridden"}


def test_a_scheduled_row_counts_for_the_day_it_is_for() -> None:
    ahead = NOW.date() + timedelta(days=8)
    actions = (
        *bill(1, "").actions,
        ActionRecord("9", ahead.isoformat(), "", 68, "Approved by Council", "City Council"),
    )
    row = seen("action_added", 1, 1, action_id="9", acted_on=ahead, before="", after="Approved by Council")
    assert became(bill(1, "Introduced")._replace(actions=actions), [row]) == {1: {"passed_council"}}
