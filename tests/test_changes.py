"""What is a change and what is not: each kind once, each noise once, and that nothing compared can slip through."""

from datetime import date
from typing import Any

import orjson
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from records import ACTIONS, MATTERS, PEOPLE

from scrapers.records import ActionRecord, DocumentRecord, MatterRecord, PersonRecord, VoteRecord
from tracker.changes import Found, find_changes, tally
from tracker.models import CHANGE_KINDS

DOE, ROE, POE = PersonRecord("1", "Jane Doe"), PersonRecord("2", "Richard Roe"), PersonRecord("3", "Ann Poe")
INTRODUCED = ActionRecord("10", "2025-10-09", "13:25:00", 27, "Introduced by Council", "City Council")
APPROVED = ActionRecord(
    "11", "2025-12-18", "13:30:00", 68, "Approved by Council", "City Council", "Pass",
    votes=(VoteRecord(DOE, "Affirmative"), VoteRecord(ROE, "Negative"), VoteRecord(POE, "Affirmative")),
)  # fmt: skip
PAPER = DocumentRecord("5", "Committee Report", "http://example.org/5")
BILL = MatterRecord(
    "76557", "Int 1412-2025", "Introduction", "Trees", "A Local Law on trees", "Committee", "Committee on Parks",
    "2025-10-09", "", "", "", "*", (DOE, ROE), (INTRODUCED, APPROVED), "A summary", (PAPER,), "digest-1",
)  # fmt: skip


def but(matter: MatterRecord, **to: Any) -> MatterRecord:
    return matter._replace(**to)


def changed(**to: Any) -> list[Found]:
    return find_changes(BILL, but(BILL, **to))


def with_row(**to: Any) -> list[Found]:
    return changed(actions=(INTRODUCED, APPROVED._replace(**to)))


# Each kind


def test_a_matter_never_seen_before_has_appeared_and_nothing_else() -> None:
    assert find_changes(None, BILL) == [Found("appeared", "", "Committee")]


@pytest.mark.parametrize(
    ("field", "to", "kind", "before"),
    [
        ("file_number", "Int 0001-2026", "renumbered", "Int 1412-2025"),
        ("status", "Enacted", "status_changed", "Committee"),
        ("local_law", "2026/063", "law_number_changed", ""),
        ("enacted_on", "2026-01-29", "enactment_date_changed", ""),
        ("body", "City Council", "committee_changed", "Committee on Parks"),
        ("title", "A Local Law on birds", "title_changed", "A Local Law on trees"),
        ("name", "Birds", "title_changed", "Trees"),
    ],
)
def test_a_word_that_changed_is_told_before_and_after(field: str, to: str, kind: str, before: str) -> None:
    assert changed(**{field: to}) == [Found(kind, before, to)]
    assert find_changes(but(BILL, **{field: to}), BILL) == [Found(kind, to, before)]


def test_a_title_and_its_short_name_that_change_together_are_one_change() -> None:
    assert changed(name="Birds", title="On birds") == [Found("title_changed", "A Local Law on trees", "On birds")]


def test_a_new_row_is_told_with_its_id_and_the_citys_date() -> None:
    veto = ActionRecord("12", "2025-12-31", "00:00:00", 59, "Vetoed by Mayor", "Mayor")
    assert changed(actions=(INTRODUCED, APPROVED, veto)) == [
        Found("action_added", "", "Vetoed by Mayor", "12", date(2025, 12, 31))
    ]


def test_a_row_that_is_gone_is_told_with_the_date_it_bore() -> None:
    assert changed(actions=(INTRODUCED,)) == [
        Found("action_withdrawn", "Approved by Council", "", "11", date(2025, 12, 18))
    ]


def test_int_1412_whose_row_approved_became_overridden_in_place_is_an_edit() -> None:
    (edit,) = with_row(name="Overridden by Council")
    assert (edit.kind, edit.action_id, edit.acted_on) == ("action_edited", "11", date(2025, 12, 18))
    assert orjson.loads(edit.before) == ["2025-12-18 13:30:00", "Approved by Council", "City Council", "Pass"]
    assert orjson.loads(edit.after)[1] == "Overridden by Council"


@pytest.mark.parametrize(
    ("field", "to"),
    [
        ("acted_on", "2025-12-19"),
        ("clock", "00:00:00"),
        ("name", "Overridden by Council"),
        ("body", "Mayor"),
        ("result", "Fail"),
    ],
)
def test_a_row_is_edited_where_its_date_time_name_body_or_result_reads_differently(field: str, to: str) -> None:
    (edit,) = with_row(**{field: to})
    assert edit.kind == "action_edited"
    assert edit.before != edit.after


@pytest.mark.parametrize(
    ("field", "to"),
    [("code", 61), ("note", "corrected"), ("version", "A"), ("event_id", "9"), ("url", "x"), ("confidence", "low")],
)
def test_a_row_is_not_edited_by_what_it_carries_besides(field: str, to: object) -> None:
    assert with_row(**{field: to}) == []


def test_votes_that_changed_are_told_in_numbers() -> None:
    votes = (VoteRecord(DOE, "Affirmative"), VoteRecord(ROE, "Absent"))
    assert with_row(votes=votes) == [
        Found("votes_changed", "2 Affirmative, 1 Negative", "1 Affirmative, 1 Absent", "11", date(2025, 12, 18))
    ]


def test_two_members_who_trade_their_votes_are_a_change_though_the_numbers_stay() -> None:
    votes = (VoteRecord(DOE, "Negative"), VoteRecord(ROE, "Affirmative"), VoteRecord(POE, "Affirmative"))
    (found,) = with_row(votes=votes)
    assert (found.kind, found.before, found.after) == ("votes_changed", tally(APPROVED.votes), tally(APPROVED.votes))


def test_a_row_edited_and_voted_on_anew_is_both() -> None:
    assert [found.kind for found in with_row(result="Fail", votes=())] == ["action_edited", "votes_changed"]


def test_sponsors_who_came_and_left_are_told_by_name() -> None:
    assert changed(sponsors=(DOE, POE)) == [Found("sponsors_changed", "Richard Roe", "Ann Poe")]


def test_a_new_prime_sponsor_is_told_even_where_the_sponsors_are_the_same() -> None:
    assert changed(sponsors=(ROE, DOE)) == [
        Found("sponsors_changed", "prime sponsor: Jane Doe", "prime sponsor: Richard Roe")
    ]


def test_sponsors_who_all_vanish_at_once_are_told() -> None:
    assert changed(sponsors=()) == [
        Found("sponsors_changed", "prime sponsor: Jane Doe; Jane Doe; Richard Roe", "prime sponsor: nobody")
    ]


def test_documents_that_came_and_left_are_told_by_name() -> None:
    veto = DocumentRecord("6", "Mayor's Veto Message", "https://example.org/6")
    assert changed(documents=(PAPER, veto)) == [Found("documents_changed", "", "Mayor's Veto Message")]
    assert changed(documents=()) == [Found("documents_changed", "Committee Report", "")]
    assert changed(documents=(PAPER, PAPER)) == [Found("documents_changed", "", "Committee Report")]


def test_a_text_that_changed_is_told_by_version_and_digest() -> None:
    assert changed(text="digest-2", version="A") == [
        Found("text_changed", "version *, digest-1", "version A, digest-2")
    ]
    assert changed(text="digest-2") == [Found("text_changed", "version *, digest-1", "version *, digest-2")]
    assert changed(text="") == [Found("text_changed", "version *, digest-1", "version *, no text")]


def test_every_kind_has_a_case_here_but_the_two_that_are_about_presence() -> None:
    everything = find_changes(
        BILL,
        BILL._replace(
            file_number="x", status="x", local_law="x", enacted_on="x", final_action_on="x",
            introduced_on="x", body="x", title="x", summary="x", sponsors=(POE,),
            documents=(), text="x", actions=(APPROVED._replace(name="x", votes=()), INTRODUCED._replace(source_id="x")),
        ),
    )  # fmt: skip
    kinds = {found.kind for found in everything}
    elsewhere = {kind for kind in CHANGE_KINDS if kind.startswith("hearing_")}
    assert kinds == set(CHANGE_KINDS) - {"appeared", "removed", "returned"} - elsewhere


# Noise that is no change


def test_sponsors_in_another_order_behind_the_same_prime_sponsor_are_no_change() -> None:
    held = BILL._replace(sponsors=(DOE, ROE, POE))
    assert find_changes(held, held._replace(sponsors=(DOE, POE, ROE))) == []


def test_a_member_under_a_new_name_is_no_change() -> None:
    votes = tuple(vote._replace(person=vote.person._replace(name="Other Name")) for vote in APPROVED.votes)
    assert with_row(votes=votes) == []
    assert changed(sponsors=(DOE._replace(name="Other Name"), ROE)) == []


def test_votes_listed_in_another_order_are_no_change() -> None:
    assert with_row(votes=APPROVED.votes[::-1]) == []


def test_an_address_that_went_from_http_to_https_is_no_change() -> None:
    assert changed(documents=(PAPER._replace(url="https://example.org/5"),)) == []
    assert changed(url="https://legistar.council.nyc.gov/") == []


def test_an_attachment_with_a_new_id_under_its_old_name_is_no_change() -> None:
    assert changed(documents=(PAPER._replace(source_id="99"),)) == []


def test_rows_in_another_order_are_no_change() -> None:
    assert changed(actions=(APPROVED, INTRODUCED)) == []


def test_a_later_version_letter_alone_is_no_change() -> None:
    assert changed(version="A") == []


@pytest.mark.parametrize("field", ["documents", "text"])
def test_what_either_side_does_not_carry_says_nothing(field: str) -> None:
    silent = but(BILL, **{field: None})
    assert find_changes(BILL, silent) == []
    assert find_changes(silent, BILL) == []


# For every record


@given(MATTERS)
def test_nothing_changed_where_nothing_changed(matter: MatterRecord) -> None:
    assert find_changes(matter, matter) == []
    copy = MatterRecord(*matter)._replace(actions=tuple(ActionRecord(*action) for action in matter.actions))
    assert find_changes(matter, copy) == []


COMPARED = ("file_number", "status", "local_law", "enacted_on", "body", "title", "name")


@given(MATTERS, st.data())
def test_any_difference_in_a_compared_word_is_found_with_both_sides(matter: MatterRecord, data: st.DataObject) -> None:
    field = data.draw(st.sampled_from(COMPARED))
    to = data.draw(st.text(max_size=5))
    assume(to != getattr(matter, field))
    (found,) = find_changes(matter, but(matter, **{field: to}))
    assert (found.before, found.after) == (getattr(matter, field), to)


@given(MATTERS, MATTERS)
def test_a_change_is_found_wherever_two_records_differ_in_what_is_compared(
    old: MatterRecord, new: MatterRecord
) -> None:
    kinds = {found.kind for found in find_changes(old, new)}
    words = {
        "renumbered": "file_number", "status_changed": "status", "law_number_changed": "local_law",
        "enactment_date_changed": "enacted_on", "committee_changed": "body",
    }  # fmt: skip
    for kind, field in words.items():
        assert (kind in kinds) == (getattr(old, field) != getattr(new, field))
    assert ("title_changed" in kinds) == ((old.title, old.name) != (new.title, new.name))
    assert ("text_changed" in kinds) == (old.text != new.text and None not in (old.text, new.text))
    old_sponsors = [person.source_id for person in old.sponsors]
    new_sponsors = [person.source_id for person in new.sponsors]
    same = old_sponsors[:1] == new_sponsors[:1] and set(old_sponsors) == set(new_sponsors)
    assert ("sponsors_changed" in kinds) == (not same)


@given(MATTERS, MATTERS)
def test_rows_are_added_edited_and_withdrawn_by_their_own_ids(old: MatterRecord, new: MatterRecord) -> None:
    before = {action.source_id: action for action in old.actions}
    after = {action.source_id: action for action in new.actions}
    found = [(change.kind, change.action_id) for change in find_changes(old, new) if change.action_id]

    def reading(action: ActionRecord) -> tuple[str, ...]:
        return action.acted_on, action.clock, action.name, action.body, action.result

    def cast(action: ActionRecord) -> list[tuple[str, str]]:
        return sorted((vote.person.source_id, vote.value) for vote in action.votes)

    both = before.keys() & after.keys()
    expected = [("action_added", key) for key in after.keys() - before.keys()]
    expected += [("action_withdrawn", key) for key in before.keys() - after.keys()]
    expected += [("action_edited", key) for key in both if reading(before[key]) != reading(after[key])]
    expected += [("votes_changed", key) for key in both if cast(before[key]) != cast(after[key])]
    assert sorted(found) == sorted(expected)


@given(ACTIONS, ACTIONS)
def test_the_two_sides_of_an_edit_are_never_the_same(old: ActionRecord, new: ActionRecord) -> None:
    held = BILL._replace(actions=(old,))
    for found in find_changes(held, held._replace(actions=(new._replace(source_id=old.source_id),))):
        assert found.kind == "votes_changed" or found.before != found.after


@given(st.lists(st.builds(VoteRecord, PEOPLE, st.sampled_from(["Affirmative", "Negative"])), max_size=9))
def test_a_tally_counts_every_vote(votes: list[VoteRecord]) -> None:
    counted = [int(part.split()[0]) for part in tally(votes).split(", ") if part]
    assert sum(counted) == len(votes)
