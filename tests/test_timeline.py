"""The dated story of Int 1412-2025, and the small rules it is told by."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import golden
import pytest

from tracker import timeline, wording
from tracker.models import Action, Change
from tracker.timeline import Entry
from tracker.wording import changes as wording_changes


@pytest.fixture
def story() -> list[Entry]:
    matter, actions, changes = golden.int_1412(), golden.actions_of_1412(), golden.changes_of_1412()
    return timeline.build(matter, actions, changes, golden.ballots(), golden.TODAY)


def on(story: list[Entry], day: date, who: str) -> Entry:
    return next(entry for entry in story if entry.on == day and entry.who == who)


def test_the_veto_carries_both_dates_and_how_late_it_was_seen(story: list[Entry]) -> None:
    veto = on(story, date(2025, 12, 31), "Mayor Adams")
    assert (veto.text, veto.actor) == ("vetoed it.", "mayor")
    assert veto.recorded_on == date(2026, 1, 24)  # 03:26 UTC on the 25th is still the 24th in New York
    assert veto.late_days == 24


def test_the_override_says_what_its_row_read_before(story: list[Entry]) -> None:
    override = on(story, date(2026, 1, 29), "Council")
    assert override.text == "overrode the veto, 44 to 7."
    assert override.corrected_on == date(2026, 2, 1)
    assert [earlier.said for earlier in override.steps[0].before] == ["“Approved by Council”"]


def test_acts_of_one_body_on_one_day_are_one_entry_in_legal_order(story: list[Entry]) -> None:
    committee = on(story, date(2025, 12, 18), golden.COMMITTEE)
    assert committee.text == "held a hearing, took up an amendment, amended it and approved version A."
    assert [step.action.id for step in committee.steps] == [428818, 429330, 429331, 429332]


def test_the_council_acts_after_its_committee_on_the_same_day(story: list[Entry]) -> None:
    same_day = [entry.who for entry in story if entry.on == date(2025, 12, 18)]
    assert same_day == ["Council", golden.COMMITTEE]  # newest first
    assert on(story, date(2025, 12, 18), "Council").text == "passed version A, 39 to 9 and sent it to the Mayor."


def test_a_row_first_seen_with_its_matter_has_no_recorded_date(story: list[Entry]) -> None:
    assert story[-1].on == date(2025, 10, 9)
    assert [step.action.id for step in story[-1].steps] == [425565, 425750]
    assert story[-1].recorded_on is None


def test_the_law_number_stands_on_the_day_we_saw_it(story: list[Entry]) -> None:
    numbered = next(entry for entry in story if entry.actor == "record")
    assert (numbered.on, numbered.text) == (date(2026, 2, 1), "Numbered Local Law 63 of 2026.")


def test_nothing_is_folded_away(story: list[Entry]) -> None:
    told = [step.action.id for entry in story for step in entry.steps]
    assert sorted(told) == sorted(row[0] for row in golden.HISTORY)


def one(code: int, name: str, **given: Any) -> Entry:
    values: dict[str, Any] = {
        "acted_on": date(2026, 1, 5),
        "body": "City Council",
        "first_seen_at": golden.SEEN["introduced"],
    }
    action = Action(id=1, matter_id=1412, source_id="1", position=0, code=code, name=name, **(values | given))
    return timeline.build(golden.int_1412(), [action], [], {}, golden.TODAY)[0]


def test_a_row_dated_after_today_is_scheduled() -> None:
    assert one(5067, "Hearing Scheduled by Mayor", body="Mayor", acted_on=date(2026, 2, 11)).scheduled
    assert not one(5067, "Hearing Scheduled by Mayor", body="Mayor", acted_on=golden.TODAY).scheduled


def test_an_unknown_act_is_told_in_the_records_own_words() -> None:
    assert one(5555, "Put to Sleep by Council").text == "“Put to Sleep by Council”."


def test_a_vote_that_failed_is_not_called_approval() -> None:
    assert one(68, "Approved by Council", result="Fail").text == "voted on it, result “Fail”."


def test_a_law_without_signature_is_nobodys_act() -> None:
    lapsed = one(58, "City Charter Rule Adopted", body="Administration")
    assert (lapsed.who, lapsed.actor) == ("Became law", "mayor")
    assert lapsed.text.startswith("without the Mayor’s signature")


def test_an_act_of_the_mayor_carries_the_name_of_who_held_the_office() -> None:
    assert one(59, "Vetoed by Mayor", body="Mayor", acted_on=date(2025, 12, 31)).who == "Mayor Adams"
    assert one(59, "Vetoed by Mayor", body="Mayor", acted_on=date(2026, 1, 1)).who == "Mayor Mamdani"


def test_an_order_is_told_by_our_own_sentence() -> None:
    signed = one(90001, "Order Signed", body="Mayor", note="First Deputy Mayor Mastro signs the order.")
    assert (signed.text, signed.who, signed.told) == ("First Deputy Mayor Mastro signs the order.", "Mayor", True)


def test_a_withdrawn_row_stays_and_says_when_it_went() -> None:
    gone = one(43, "Referred to Comm by Council", withdrawn_at=datetime(2026, 1, 7, 3, tzinfo=UTC))
    assert gone.withdrawn_on == date(2026, 1, 6)


def test_a_row_entered_before_its_date_is_not_late() -> None:
    early = one(5046, "Filed (End of Session)", first_seen_at=datetime(2025, 12, 28, 12, tzinfo=UTC))
    assert (early.recorded_on, early.late_days) == (date(2025, 12, 28), 0)


def test_an_edit_of_the_hour_alone_is_no_earlier_reading() -> None:
    hour = Change(
        id=1, matter_id=1412, run_id=1, capture_id=1, file_number="Int 1412-2025", kind="action_edited",
        observed_at=golden.SEEN["overridden"], action_id="432713",
        before='["2026-01-29 13:30:00", "Approved by Council", "City Council", "Pass"]',
        after='["2026-01-29 00:00:00", "Approved by Council", "City Council", "Pass"]',
    )  # fmt: skip
    story = timeline.build(golden.int_1412(), golden.actions_of_1412(), [hour], {}, golden.TODAY)
    assert not any(entry.corrected_on for entry in story)


def test_votes_that_are_no_votes_are_counted_for_neither_side() -> None:
    counted = timeline.tally([("A", "Affirmative"), ("B", "Absent"), ("C", "Negative"), ("D", "Jury Duty")])
    assert counted is not None
    assert (counted.text, len(counted.members)) == ("1 to 1", 4)
    assert timeline.tally([]) is None


def test_lateness_of_one_day_is_not_called_late() -> None:
    entry = Entry(date(2026, 1, 1), "council", "Council", "passed it.", recorded_on=date(2026, 1, 2))
    assert entry.late_days == 0
    assert replace(entry, recorded_on=date(2026, 1, 3)).late_days == 2


def told(kind: str, before: str = "", after: str = "", acted_on: date | None = None) -> str:
    change = Change(
        id=1, matter_id=1, run_id=1, capture_id=1, file_number="Int 1-2026", kind=kind, before=before, after=after,
        observed_at=golden.SEEN["overridden"], acted_on=acted_on,
    )  # fmt: skip
    return wording_changes.sentence(change, "The Council’s record")


def row(day: str, name: str = "Hearing Held by Committee", result: str = "") -> str:
    return json.dumps([day, name, golden.COMMITTEE, result])


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (told("appeared", after="Introduced"), "New in the record, with the status “Introduced”."),
        (told("status_changed", "A", "B"), "The status went from “A” to “B”."),
        (told("status_changed", "", "B"), "The Council’s record gave the status “B”."),
        (
            told("action_added", after="Withdrawn", acted_on=date(2026, 1, 5)),
            "A new row: “Withdrawn”, dated 5 Jan 2026.",
        ),
        (
            told("action_edited", row("2026-01-05 10:00:00"), row("2026-01-06 10:00:00")),
            "In the row “Hearing Held by Committee” the date was “5 Jan 2026”, since 1 Feb 2026 it is “6 Jan 2026”.",
        ),
        (
            told("action_edited", row("2026-01-05"), row("2026-01-05", result="Pass")),
            "In the row “Hearing Held by Committee” the result was empty, since 1 Feb 2026 it is “Pass”.",
        ),
        (
            told("action_edited", row("2026-01-05 10:00:00"), row("2026-01-05 11:00:00"), date(2026, 1, 5)),
            "In the row “Hearing Held by Committee”, dated 5 Jan 2026, only the time of day changed.",
        ),
        (
            told("action_withdrawn", "Withdrawn", acted_on=date(2026, 1, 5)),
            "The Council’s record showed the row “Withdrawn”, dated 5 Jan 2026; since 1 Feb 2026 it is gone.",
        ),
        (told("removed"), "The Council’s record no longer shows this matter. What it showed is kept here."),
        (told("law_number_changed", "", "2026/063"), "Numbered Local Law 63 of 2026."),
        (
            told("law_number_changed", "2025/039", "2026/039"),
            "The Council’s record first gave it as Local Law 39 of 2025; since 1 Feb 2026 as Local Law 39 of 2026.",
        ),
        (
            told("law_number_changed", "2025/096"),
            "The Council’s record gave it as Local Law 96 of 2025; since 1 Feb 2026 it has no law number.",
        ),
        (
            told("enactment_date_changed", "2026-03-27"),
            "The Council’s record took back the date of enactment, 27 Mar 2026.",
        ),
        (
            told("enactment_date_changed", "", "2026-03-27"),
            "The Council’s record now gives 27 Mar 2026 as the date of enactment.",
        ),
        (
            told("enactment_date_changed", "2026-03-26", "2026-03-27"),
            "The Council’s record gave 26 Mar 2026 as the date of enactment; since 1 Feb 2026 it gives 27 Mar 2026.",
        ),
        (
            told("title_changed", "A Local Law to amend the code, on a", "A Local Law to amend the code, b"),
            "The title changed from “… the code, on a” to “… the code, b”.",
        ),
        (told("committee_changed", "A", "B"), "The committee changed from A to B."),
        (told("committee_changed", "A"), "Committee: none any more."),
        (told("text_changed", "version *, 1", "version A, 2"), "A new text: version A, after version *."),
        (told("text_changed", "version A, 1", "version A, 2"), "The text of version A changed."),
        (told("sponsors_changed", "B", "A; C"), "Sponsors added: A, C. Sponsor taken off: B."),
        (told("sponsors_changed", "prime sponsor: B", "prime sponsor: A"), "Prime sponsor: A."),
        (told("documents_changed", "", "Veto Message"), "Document added: Veto Message."),
        (told("votes_changed", "", "5 Affirmative"), "The recorded votes went from none to 5 Affirmative."),
    ],
    ids=lambda text: text[:24],
)
def test_each_change_is_one_plain_sentence(sentence: str, expected: str) -> None:
    assert sentence == expected


def test_numbers_are_printed_for_readers() -> None:
    printed = [wording.number_of(text) for text in ("Int 0486-2014", "EO 50-2025", "EEO 2.38-2026", "A memo")]
    assert printed == ["Int 486-2014", "EO 50 of 2025", "EEO 2.38 of 2026", "A memo"]
