"""One run after another, on both kinds of database: what is stored, what is told, and what is refused whole."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import count

import pytest
import sqlalchemy as sa
from archive_builder import (
    DAY,
    NO_DATE,
    NOW,
    RULE,
    SOURCE,
    START,
    add,
    clock,
    document,
    member,
    one,
    record_of,
    row,
    rows,
    seen,
    snapshot,
    take,
    told,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from records import MATTERS, NAMES

from scrapers.errors import SourceBroken
from scrapers.records import MatterRecord, NoteRecord, Observation, RelationRecord, SectionRecord, Unreadable
from tracker import held
from tracker.database import reading
from tracker.errors import BadInput, DatabaseError, SourceShrank
from tracker.ingest import Source, ingest, last_cursor, was_read
from tracker.ledger import digest_of
from tracker.models import (
    Action,
    Alert,
    Capture,
    Change,
    Document,
    Matter,
    Note,
    Person,
    Relation,
    Run,
    ScopeOverride,
    SectionEffect,
    Sponsorship,
    Version,
    Vote,
)
from tracker.record import Facts

PATH = "introduction/2025/1412.json"


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


VOTES = [member(7601, "Jane Doe", "Affirmative"), member(7602, "Richard Roe", "Negative")]
APPROVED = row(760020, "2025-12-18 13:30:00", 68, "Approved by Council", PassedFlagName="Pass", Votes=VOTES)
VETOED = row(760030, "2025-12-31", 59, "Vetoed by Mayor", BodyName="Mayor")
INTRODUCED = row(760010, "2025-10-09 13:25:00")
PAPER = {"ID": 5, "Name": "Committee Report", "Link": "https://example.org/5"}
BILL = document(History=[INTRODUCED], Attachments=[PAPER], Text="First text")


# What a first sight stores


def test_a_matter_that_appears_is_stored_whole_with_one_change_and_its_capture(database: sa.Engine) -> None:
    result = take(database, seen(BILL | {"History": [INTRODUCED, APPROVED]}))
    assert (result.read, result.changes, result.older, result.unreadable) == (1, 1, 0, 0)
    matter = one(database, Matter)
    assert (matter.source_id, matter.file_number, matter.slug) == ("76001", "Int 1412-2025", "int-1412-2025")
    assert (matter.first_seen_at, matter.last_seen_at, matter.removed_at) == (at(START), at(START), None)
    change, capture = one(database, Change), one(database, Capture)
    assert (change.kind, change.before, change.after) == ("appeared", "", "Committee")
    assert (change.file_number, change.observed_at) == ("Int 1412-2025", at(START))
    assert (change.capture_id, capture.seen_at) == (capture.id, at(START))
    assert capture.address == f"https://example.org/{START}/{PATH}"
    assert [(a.position, a.name, a.acted_on, a.first_seen_at) for a in rows(database, Action)] == [
        (0, "Introduced by Council", date(2025, 10, 9), at(START)),
        (1, "Approved by Council", date(2025, 12, 18), at(START)),
    ]
    assert [vote.value for vote in rows(database, Vote)] == ["Affirmative", "Negative"]
    assert [person.name for person in rows(database, Person)] == ["Jane Doe", "Richard Roe"]
    assert [sponsor.position for sponsor in rows(database, Sponsorship)] == [0, 1]
    assert one(database, Document).name == "Committee Report"
    assert (one(database, Version).label, one(database, Version).text) == ("*", "First text")


def test_a_good_run_leaves_its_row_with_what_it_did(database: sa.Engine) -> None:
    result = take(database, seen(BILL))
    run = one(database, Run)
    assert (run.id, run.source, run.mode, run.outcome, run.cursor) == (
        result.run_id, "council-archive", "live", "ok", "cursor-1",
    )  # fmt: skip
    assert (run.read, run.changes, run.unreadable, run.finished_at) == (1, 1, 0, NOW)
    assert run.message == result.message == "1 documents read; 1 changes recorded."
    with reading(database) as session:
        assert last_cursor(session, "council-archive") == "cursor-1"
        assert was_read(session, "council-archive", "cursor-1")
        assert not was_read(session, "council-archive", "cursor-2")


def test_int_0201_2026_in_lower_case_gets_the_canonical_number_and_address(database: sa.Engine) -> None:
    take(database, seen(document(File="int 0201-2026")))
    assert (one(database, Matter).file_number, one(database, Matter).slug) == ("Int 0201-2026", "int-0201-2026")


# The same again


def test_a_second_identical_run_records_nothing_and_leaves_every_row_as_it_is(database: sa.Engine) -> None:
    full = BILL | {"History": [INTRODUCED, APPROVED, VETOED], "LocalLaw": "2026/063"}
    observed = [seen(full), seen(document(76002, "Res 0001-2026"))]
    take(database, *observed)
    before = snapshot(database)
    result = take(database, *observed)
    assert (result.read, result.changes) == (2, 0)
    assert snapshot(database) == before
    assert len(rows(database, Run)) == 2


def test_the_same_seen_later_moves_only_the_moment_it_was_last_seen(database: sa.Engine) -> None:
    take(database, seen(BILL))
    before = snapshot(database)
    assert take(database, seen(BILL, START + DAY)).changes == 0
    after = snapshot(database)
    assert one(database, Matter).last_seen_at == at(START + DAY)
    assert before.pop("matter") != after.pop("matter")
    assert before == after


def test_what_is_no_law_number_is_left_out_told_once_and_no_change_in_the_next_run(database: sa.Engine) -> None:
    odd = BILL | {"LocalLaw": "NA"}
    take(database, seen(odd))
    assert take(database, seen(odd, START + DAY)).changes == 0
    assert one(database, Matter).local_law == ""
    alert = one(database, Alert)
    assert (alert.subject, alert.message) == ("Int 1412-2025", '"NA" is not a Local Law number: left out.')


@pytest.mark.parametrize("number", ["2026/63", "2026-063", "63", "2026/0630", "x026/063"])
def test_a_malformed_law_number_never_reaches_the_table(record: sa.Engine, number: str) -> None:
    take(record, seen(BILL | {"LocalLaw": number}))
    assert one(record, Matter).local_law == ""
    assert number in one(record, Alert).message


# What comes later


def test_a_veto_seen_weeks_late_is_a_change_dated_when_it_was_seen(database: sa.Engine) -> None:
    take(database, seen(BILL))
    late = START + 32 * DAY
    result = take(database, seen(BILL | {"History": [INTRODUCED, VETOED]}, late))
    assert result.changes == 1
    change = rows(database, Change)[-1]
    assert (change.kind, change.after, change.action_id) == ("action_added", "Vetoed by Mayor", "760030")
    assert (change.acted_on, change.observed_at) == (date(2025, 12, 31), at(late))
    assert one(database, Action, source_id="760030").first_seen_at == at(late)
    assert one(database, Action, source_id="760010").first_seen_at == at(START)


def test_a_run_over_many_moments_tells_each_edit_and_stores_the_last(database: sa.Engine) -> None:
    states = ["Committee", "Reported from Committee", "Committee", "Enacted"]
    observed = [seen(BILL | {"StatusName": state}, START + n * DAY) for n, state in enumerate(states)]
    take(database, *observed, mode="replay")
    assert told(database) == [
        ("appeared", "", "Committee"),
        ("status_changed", "Committee", "Reported from Committee"),
        ("status_changed", "Reported from Committee", "Committee"),
        ("status_changed", "Committee", "Enacted"),
    ]
    assert [change.observed_at for change in rows(database, Change)] == [at(START + n * DAY) for n in range(4)]
    assert one(database, Matter).status == "Enacted"


def test_many_runs_tell_what_one_run_over_the_same_moments_tells(database: sa.Engine, record: sa.Engine) -> None:
    history = [
        BILL,
        BILL | {"History": [INTRODUCED, APPROVED], "StatusName": "Enacted"},
        BILL | {"History": [INTRODUCED], "StatusName": "Committee", "Version": "A", "Text": "Second text"},
        BILL | {"History": [INTRODUCED, APPROVED | {"Action": "Overridden by Council"}], "Attachments": []},
    ]
    observed = [seen(doc, START + n * DAY) for n, doc in enumerate(history)]
    take(record, *observed)
    for observation in observed:
        take(database, observation)
    assert told(database) == told(record)
    ours, other = snapshot(database, Matter, Action, Vote, Version, Document), snapshot(record, Matter, Action, Vote,
                                                                                      Version, Document)  # fmt: skip
    assert ours == other


def test_an_observation_older_than_what_an_earlier_run_saw_is_left_out(database: sa.Engine) -> None:
    take(database, seen(BILL | {"StatusName": "Enacted"}, START + DAY))
    result = take(database, seen(BILL, START), seen(None, START, PATH), seen(BILL | {"Name": "x"}, START + DAY - 1))
    assert (result.read, result.older, result.changes) == (3, 2, 0)
    assert one(database, Matter).status == "Enacted"
    assert one(database, Matter).removed_at is None


def test_an_observation_of_the_very_moment_that_was_last_seen_still_counts(database: sa.Engine) -> None:
    take(database, seen(BILL, START))
    assert take(database, seen(BILL | {"StatusName": "Enacted"}, START)).changes == 1


# Numbers that move


def test_two_matters_that_swap_numbers_in_one_moment_keep_their_histories(database: sa.Engine) -> None:
    one_bill, other = document(1, "Int 0001-2025"), document(2, "Int 0002-2025")
    take(database, seen(one_bill), seen(other))
    result = take(
        database,
        seen(one_bill | {"File": "Int 0002-2025"}, START + DAY),
        seen(other | {"File": "Int 0001-2025"}, START + DAY),
    )
    assert result.changes == 2
    assert told(database, "renumbered", "removed") == [
        ("renumbered", "Int 0001-2025", "Int 0002-2025"),
        ("renumbered", "Int 0002-2025", "Int 0001-2025"),
    ]
    assert [(m.source_id, m.slug, m.removed_at) for m in rows(database, Matter)] == [
        ("1", "int-0002-2025", None), ("2", "int-0001-2025", None),
    ]  # fmt: skip


@pytest.mark.parametrize("runs", ["one", "two"])
def test_res_0724_to_0726_2025_move_up_one_place_each_in_one_moment(database: sa.Engine, runs: str) -> None:
    first = [seen(document(n, f"Res {725 + n:04d}-2025")) for n in range(2)]  # 0725 and 0726
    moved = [seen(document(n, f"Res {724 + n:04d}-2025"), START + DAY) for n in range(2)]
    gone = [seen(None, START + DAY, "resolution/2025/0726.json")]
    if runs == "one":
        take(database, *first, *moved, *gone)
    else:
        take(database, *first)
        take(database, *moved, *gone)
    assert told(database)[2:] == [
        ("renumbered", "Res 0725-2025", "Res 0724-2025"),
        ("renumbered", "Res 0726-2025", "Res 0725-2025"),
    ]
    assert [(m.file_number, m.slug, m.place, m.removed_at) for m in rows(database, Matter)] == [
        ("Res 0724-2025", "res-0724-2025", "resolution/2025/0724.json", None),
        ("Res 0725-2025", "res-0725-2025", "resolution/2025/0725.json", None),
    ]


def test_int_1128_2023_moves_to_1126_and_its_number_goes_to_another_matter(database: sa.Engine) -> None:
    old, new = document(71635, "Int 1128-2023"), document(71350, "Int 1128-2023")
    take(database, seen(old))
    take(database, seen(old | {"File": "Int 1126-2023"}, START + DAY), seen(new, START + DAY))
    assert told(database)[1:] == [("renumbered", "Int 1128-2023", "Int 1126-2023"), ("appeared", "", "Committee")]
    assert [(m.source_id, m.slug, m.removed_at) for m in rows(database, Matter)] == [
        ("71635", "int-1126-2023", None), ("71350", "int-1128-2023", None),
    ]  # fmt: skip


def test_a_number_given_to_another_matter_removes_the_one_that_bore_it(database: sa.Engine) -> None:
    old, new = document(77988, "Res 0508-2026"), document(79071, "Res 0508-2026")
    take(database, seen(old))
    take(database, seen(new, START + DAY))
    assert told(database)[1:] == [("appeared", "", "Committee"), ("removed", "Committee", "")]
    gone, live = rows(database, Matter)
    assert (gone.source_id, gone.removed_at) == ("77988", at(START + DAY))
    assert (live.source_id, live.removed_at, live.slug) == ("79071", None, "res-0508-2026")


def test_two_present_matters_with_one_number_are_both_kept_at_addresses_of_their_own(database: sa.Engine) -> None:
    one_bill, other = document(1, "Int 0508-2026"), document(2, "Int 0508-2026")
    observed = [
        seen(one_bill, path="introduction/2026/0508.json"),
        seen(other, path="resolution/2026/0508.json"),
    ]
    take(database, *observed)
    slugs = [m.slug for m in rows(database, Matter)]
    assert slugs[0] == "int-0508-2026"
    assert len(set(slugs)) == 2
    take(database, *[o._replace(observed_at=START + DAY) for o in observed])
    assert [m.slug for m in rows(database, Matter)] == slugs
    third = seen(document(3, "Int 0508-2026"), START + 2 * DAY, "introduction/2026/9999.json")
    take(database, third)
    assert len({m.slug for m in rows(database, Matter)}) == 3


# What goes and comes back


def test_a_deleted_matter_stays_marked_and_a_later_sight_is_its_return(database: sa.Engine) -> None:
    take(database, seen(BILL))
    take(database, seen(None, START + DAY, PATH))
    gone = one(database, Matter)
    assert (gone.removed_at, gone.last_seen_at, gone.slug) == (at(START + DAY), at(START), "int-1412-2025")
    assert take(database, seen(None, START + 2 * DAY, PATH)).changes == 0
    take(database, seen(BILL, START + 3 * DAY))
    assert told(database)[1:] == [("removed", "Committee", ""), ("returned", "", "Committee")]
    assert (one(database, Matter).removed_at, one(database, Matter).last_seen_at) == (None, at(START + 3 * DAY))


def test_a_matter_that_returns_changed_tells_both(database: sa.Engine) -> None:
    take(database, seen(BILL), seen(None, START + DAY, PATH), seen(BILL | {"StatusName": "Filed"}, START + 2 * DAY))
    assert told(database)[1:] == [
        ("removed", "Committee", ""), ("returned", "", "Filed"), ("status_changed", "Committee", "Filed"),
    ]  # fmt: skip


def test_a_matter_moved_to_another_folder_in_one_moment_was_never_gone(database: sa.Engine) -> None:
    take(database, seen(BILL))
    elsewhere = "introduction/2026/1412.json"
    take(database, seen(None, START + DAY, PATH), seen(BILL, START + DAY, elsewhere))
    assert told(database)[1:] == []
    assert one(database, Matter).place == elsewhere
    take(database, seen(None, START + 2 * DAY, elsewhere))
    assert told(database)[1:] == [("removed", "Committee", "")]


def test_a_withdrawn_row_is_kept_with_the_span_in_which_it_was_shown(database: sa.Engine) -> None:
    take(database, seen(BILL | {"History": [INTRODUCED, VETOED]}))
    take(database, seen(BILL | {"History": [INTRODUCED, VETOED]}, START + DAY))
    take(database, seen(BILL, START + 2 * DAY))
    withdrawn = one(database, Action, source_id="760030")
    assert (withdrawn.name, withdrawn.first_seen_at) == ("Vetoed by Mayor", at(START))
    assert (withdrawn.last_seen_at, withdrawn.withdrawn_at) == (at(START + DAY), at(START + 2 * DAY))
    assert one(database, Action, source_id="760010").withdrawn_at is None


def test_a_withdrawn_row_that_comes_back_is_the_same_row_added_again(database: sa.Engine) -> None:
    both = BILL | {"History": [INTRODUCED, VETOED]}
    take(database, seen(both), seen(BILL, START + DAY))
    take(database, seen(both, START + 2 * DAY))
    assert told(database)[1:] == [("action_withdrawn", "Vetoed by Mayor", ""), ("action_added", "", "Vetoed by Mayor")]
    back = one(database, Action, source_id="760030")
    assert (back.first_seen_at, back.last_seen_at, back.withdrawn_at) == (at(START), None, None)


@pytest.mark.parametrize("runs", ["one", "three"])
def test_a_row_that_comes_back_without_its_votes_has_none(database: sa.Engine, runs: str) -> None:
    bare = {key: value for key, value in APPROVED.items() if key != "Votes"}
    history = [
        seen(BILL | {"History": row_list}, START + n * DAY) for n, row_list in enumerate(([APPROVED], [], [bare]))
    ]
    for group in [history] if runs == "one" else [[observation] for observation in history]:
        take(database, *group)
    assert rows(database, Vote) == []
    assert take(database, history[-1]).changes == 0


def test_votes_that_changed_replace_the_old_ones_and_leave_the_others(database: sa.Engine) -> None:
    other = row(760040, "2025-12-01", 32, "Approved by Committee", Votes=VOTES)
    take(database, seen(BILL | {"History": [APPROVED, other]}))
    turned = APPROVED | {"Votes": [member(7601, "Jane Doe", "Absent"), member(7603, "Ann Poe", "Affirmative")]}
    take(database, seen(BILL | {"History": [turned, other]}, START + DAY))
    assert told(database, "votes_changed") == [
        ("votes_changed", "1 Affirmative, 1 Negative", "1 Absent, 1 Affirmative")
    ]
    names = {person.id: person.name for person in rows(database, Person)}
    kept: dict[int, list[tuple[str, str]]] = {}
    for vote in rows(database, Vote):
        kept.setdefault(vote.action_id, []).append((names[vote.person_id], vote.value))
    assert list(kept.values()) == [
        [("Jane Doe", "Absent"), ("Ann Poe", "Affirmative")],
        [("Jane Doe", "Affirmative"), ("Richard Roe", "Negative")],
    ]


def test_a_member_under_a_new_name_is_one_member(database: sa.Engine) -> None:
    take(database, seen(BILL))
    take(database, seen(BILL | {"Sponsors": [member(7601, "Jane Doe-Poe"), member(7602, "Richard Roe")]}, START + DAY))
    assert told(database)[1:] == []
    assert [person.name for person in rows(database, Person)] == ["Jane Doe-Poe", "Richard Roe"]


def test_sponsors_and_documents_are_kept_as_listed_now(database: sa.Engine) -> None:
    take(database, seen(BILL))
    take(database, seen(BILL | {"Sponsors": [member(7603, "Ann Poe")], "Attachments": []}, START + DAY))
    names = {person.id: person.name for person in rows(database, Person)}
    assert [names[s.person_id] for s in rows(database, Sponsorship)] == ["Ann Poe"]
    assert rows(database, Document) == []


def test_the_last_text_of_each_version_is_kept_with_the_moment_the_version_was_first_seen(database: sa.Engine) -> None:
    take(database, seen(BILL), seen(BILL | {"Text": "First text, corrected"}, START + DAY))
    take(database, seen(BILL | {"Text": "First text, again"}, START + 2 * DAY))
    take(database, seen(BILL | {"Text": "Second text", "Version": "A"}, START + 3 * DAY))
    assert [(v.label, v.text, v.first_seen_at) for v in rows(database, Version)] == [
        ("*", "First text, again", at(START)),
        ("A", "Second text", at(START + 3 * DAY)),
    ]
    assert len(told(database, "text_changed")) == 3
    assert one(database, Matter).text_digest == digest_of("Second text")


def test_a_source_without_texts_leaves_the_text_another_source_gave(database: sa.Engine) -> None:
    take(database, seen(BILL))
    silent = {key: value for key, value in BILL.items() if key != "Text"}
    assert take(database, seen(silent, START + DAY)).changes == 0
    assert one(database, Matter).text_digest == digest_of("First text")


# What is not understood


def test_an_unknown_action_and_an_unknown_status_are_stored_raw_and_raised_to_the_operator(database: sa.Engine) -> None:
    strange = row(9, "2026-01-01", 9999, "Sang a Song", BodyName="City Council")
    take(database, seen(BILL | {"StatusName": "Sung", "History": [INTRODUCED, strange]}))
    assert one(database, Matter).status == "Sung"
    assert one(database, Action, source_id="9").name == "Sang a Song"
    messages = [alert.message for alert in rows(database, Alert)]
    assert all(alert.subject == "Int 1412-2025" for alert in rows(database, Alert))
    assert any("Sang a Song" in message for message in messages)
    assert any("Sung" in message for message in messages)


def test_the_same_doubt_is_raised_once_however_often_it_is_seen(database: sa.Engine) -> None:
    odd = BILL | {"StatusName": "Sung"}
    take(database, seen(odd), seen(odd | {"Name": "x"}, START + DAY))
    take(database, seen(odd | {"Name": "y"}, START + 2 * DAY))
    assert len(rows(database, Alert)) == 1


def test_a_few_unreadable_documents_are_counted_and_told_and_never_taken_for_gone(database: sa.Engine) -> None:
    take(database, seen(BILL))
    result = take(
        database,
        Unreadable(START + DAY, PATH, "it is not JSON"),
        seen(document(2, "Int 0002-2025"), START + DAY),
        covers=lambda place: True,
    )
    assert (result.read, result.unreadable) == (2, 1)
    assert told(database, "removed") == []
    assert (one(database, Alert).subject, one(database, Alert).message) == (PATH, "it is not JSON")


# What is refused whole

MANY = [document(n, f"Int {n:04d}-2025") for n in range(1, 26)]


def crowd(moment: int = START) -> list[Observation]:
    return [seen(doc, moment) for doc in MANY]


def refused(database: sa.Engine, before: dict[str, list[tuple[object, ...]]], outcome: str, word: str) -> None:
    """Nothing is stored but one row that says why."""
    assert snapshot(database) == before
    run = rows(database, Run)[-1]
    assert (run.outcome, run.cursor, run.changes) == (outcome, "", 0)
    assert run.finished_at is not None
    assert word in run.message


def test_a_source_that_lost_more_than_its_share_is_refused_and_nothing_is_stored(database: sa.Engine) -> None:
    take(database, *crowd())
    before = snapshot(database)
    news = seen(MANY[-1] | {"StatusName": "Enacted"}, START + DAY)
    gone = [seen(None, START + DAY, f"introduction/2025/{n:04d}.json") for n in range(1, 22)]
    with pytest.raises(SourceShrank, match=r"21 of 25 matters are gone at once"):
        take(database, news, *gone)
    refused(database, before, "refused", "nothing was stored")
    with reading(database) as session:
        assert last_cursor(session, "council-archive") == "cursor-25"


def test_a_source_that_lost_a_few_is_believed(database: sa.Engine) -> None:
    take(database, *crowd())
    gone = [seen(None, START + DAY, f"introduction/2025/{n:04d}.json") for n in range(1, 21)]
    assert take(database, *gone).changes == 20


def test_a_source_read_whole_loses_what_it_no_longer_shows_and_only_what_is_its_own(database: sa.Engine) -> None:
    take(database, *crowd(), seen(document(900, "EO 0041-2025"), path="record/1"))
    take(database, *crowd(START + DAY)[1:], covers=lambda place: place.startswith("introduction/"))
    assert told(database, "removed") == [("removed", "Committee", "")]
    assert [m.file_number for m in rows(database, Matter) if m.removed_at] == ["Int 0001-2025"]


def test_a_source_read_whole_that_shows_too_little_is_refused(database: sa.Engine) -> None:
    take(database, *crowd())
    before = snapshot(database)
    with pytest.raises(SourceShrank):
        take(database, *crowd(START + DAY)[:4], covers=lambda place: True)
    refused(database, before, "refused", "21 of 25 matters")


def test_an_operator_may_say_that_a_source_rightly_shrank(database: sa.Engine) -> None:
    take(database, *crowd())
    few = crowd(START + DAY)[:4]
    source = Source(SOURCE, "live", "a test", "x", few, covers=lambda place: True, accept_losses=True)
    assert ingest(database, source, RULE, clock).changes == 21
    assert len(rows(database, Matter, removed_at=None)) == 4


def test_too_many_unreadable_documents_are_refused(database: sa.Engine) -> None:
    take(database, *crowd())
    before = snapshot(database)
    garbled = [Unreadable(START + DAY, f"introduction/2025/{n:04d}.json", "cut") for n in range(1, 22)]
    with pytest.raises(SourceShrank, match="21 of 25 matters cannot be read"):
        take(database, *garbled, *crowd(START + DAY)[21:])
    refused(database, before, "refused", "cannot be read")


def test_a_source_that_shows_nothing_at_all_is_an_error_and_never_no_change(database: sa.Engine) -> None:
    before = snapshot(database)
    with pytest.raises(BadInput, match="holds no matters"):
        take(database)
    refused(database, before, "failed", "holds no matters")


def breaking() -> Iterator[Observation]:
    yield seen(BILL | {"StatusName": "Enacted"}, START + DAY)
    yield seen(document(2, "Int 0002-2025"), START + DAY)
    raise SourceBroken("seen.jsonl", "line 3 is not JSON")


def test_a_run_that_breaks_off_leaves_one_failed_row_and_nothing_else(database: sa.Engine) -> None:
    take(database, seen(BILL))
    before = snapshot(database)
    with pytest.raises(BadInput, match="line 3 is not JSON"):
        ingest(database, Source(SOURCE, "live", "a test", "x", breaking()), RULE, clock)
    refused(database, before, "failed", "seen.jsonl: line 3 is not JSON")


def test_what_a_database_cannot_take_fails_the_run_in_words_and_stores_nothing(database: sa.Engine) -> None:
    take(database, seen(BILL))
    before = snapshot(database)
    faulty = seen(BILL, START + DAY)
    assert faulty.matter is not None
    faulty = faulty._replace(matter=faulty.matter._replace(name=None))  # type: ignore[arg-type]
    with pytest.raises(DatabaseError, match="The database did not answer as it should"):
        take(database, faulty)
    refused(database, before, "failed", "did not answer")


# Scope, and what is known besides


def test_an_editors_word_on_scope_wins_over_the_rule_and_survives_every_later_run(database: sa.Engine) -> None:
    override = ScopeOverride(file_number="Int 1412-2025", scope="core", reason="read by hand", editor="e", at=NOW)
    add(database, override)
    take(database, seen(BILL))
    assert (one(database, Matter).scope, one(database, Matter).scope_reason) == ("core", "read by hand")
    take(database, seen(BILL | {"Title": "On birds", "Text": "Another text"}, START + DAY))
    take(database, seen(BILL | {"StatusName": "Filed"}, START + 2 * DAY))
    assert (one(database, Matter).scope, one(database, Matter).scope_reason) == ("core", "read by hand")


def test_an_editors_word_on_scope_holds_from_the_next_run_on_though_the_matter_did_not_change(
    database: sa.Engine,
) -> None:
    take(database, seen(BILL), seen(document(2, "Int 0002-2025")))
    add(database, ScopeOverride(file_number="Int 1412-2025", scope="core", reason="by hand", editor="e", at=NOW))
    take(database, seen(document(2, "Int 0002-2025"), START + DAY))
    assert [(m.scope, m.scope_reason) for m in rows(database, Matter)][0] == ("core", "by hand")
    assert rows(database, Matter)[1].scope == "out"


VERDICT = {"Scope": "related", "ScopeReason": "its text says so"}
TEXTLESS = {key: value for key, value in BILL.items() if key != "Text"}


def test_a_verdict_that_a_source_brings_holds_while_there_is_no_text_to_judge_by(database: sa.Engine) -> None:
    take(database, seen(TEXTLESS | VERDICT))
    assert (one(database, Matter).scope, one(database, Matter).scope_reason) == ("related", "its text says so")
    take(database, seen(TEXTLESS | VERDICT | {"Title": "A Local Law on birds"}, START + DAY))
    assert one(database, Matter).scope == "related"
    take(database, seen(BILL, START + 2 * DAY))
    assert one(database, Matter).scope == "out"
    take(database, seen(TEXTLESS | VERDICT | {"Title": "A Local Law on bees"}, START + 3 * DAY))
    assert one(database, Matter).scope == "out"


def test_the_rule_judges_by_the_text_of_the_version_that_is_shown(database: sa.Engine) -> None:
    core = "Be it enacted: 1. Staff shall not honor a civil immigration detainer. Section 9-131 is amended."
    take(database, seen(BILL | {"Text": core}))
    assert one(database, Matter).scope == "core"
    take(database, seen(BILL | {"Text": core, "Name": "Another name"}, START + DAY))
    assert one(database, Matter).scope == "core"
    take(database, seen(BILL | {"Text": "Trees only", "Version": "A"}, START + 2 * DAY))
    assert one(database, Matter).scope == "out"


def facts(*words: str) -> Facts:
    return Facts(
        notes=tuple(NoteRecord("Int 1412-2025", word, f"It would {word}.", word) for word in words),
        relations=tuple(RelationRecord("Int 0001-2020", "Int 1412-2025", "reintroduces", word) for word in words),
        sections=tuple(SectionRecord("Int 1412-2025", "admin", "9-131", "a", "amends") for _ in words),
    )


def test_facts_come_along_with_a_run_and_the_newest_set_replaces_the_last(database: sa.Engine) -> None:
    take(database, seen(BILL), facts=facts("plant"))
    assert (one(database, Note).headline, one(database, Relation).evidence) == ("plant", "plant")
    assert one(database, SectionEffect).section == "9-131"
    take(database, seen(BILL, START + DAY), facts=facts("water"))
    assert (one(database, Note).headline, one(database, Relation).evidence) == ("water", "water")
    take(database, seen(BILL, START + 2 * DAY))
    assert one(database, Note).headline == "water"
    take(database, seen(BILL, START + 3 * DAY), facts=facts())
    assert rows(database, Note) == rows(database, Relation) == rows(database, SectionEffect) == []


# The round trip


def test_what_the_archive_shows_is_held_as_it_was_seen(database: sa.Engine) -> None:
    doc = BILL | {
        "History": [INTRODUCED, APPROVED, VETOED],
        "PassedDate": "2025-12-18T00:00:00Z",
        "AgendaDate": NO_DATE,
    }
    take(database, seen(doc))
    record = record_of(doc)
    with reading(database) as session:
        loaded = held.load(session, ["76001"])["76001"]
    assert loaded.record == record._replace(text=digest_of(record.text))
    assert set(loaded.rows) == {"760010", "760020", "760030"}


FRESH = count(1)  # the database outlives an example, so each example has a matter of its own


def check_round_trip(engine: sa.Engine, records: list[MatterRecord], moment: int) -> None:
    for step, record in enumerate(records):
        source_id = str(moment)
        record = record._replace(source_id=source_id)
        observation = Observation(START + step * DAY, f"introduction/2025/{source_id}.json", "a", "", record)
        take(engine, observation)
        with reading(engine) as session:
            loaded = held.load(session, [source_id])[source_id].record
        text = digest_of(record.text) if record.text is not None else loaded.text
        # a list without documents and none at all are the same where no text tells that the source carries both
        papers = record.documents or loaded.documents
        differ = {
            field: (value, shown)
            for field, value, shown in zip(MatterRecord._fields, loaded, record, strict=True)
            if value != (text if field == "text" else papers if field == "documents" else shown)
        }
        assert differ == {}
        assert set(NAMES.values()) >= {person.name for person in loaded.sponsors}
        assert take(engine, observation).changes == 0


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(records=st.lists(MATTERS, min_size=1, max_size=3))
def test_every_record_is_held_as_it_was_seen_and_seen_again_it_is_no_change(
    record: sa.Engine, records: list[MatterRecord]
) -> None:
    check_round_trip(record, records, next(FRESH))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=10)
@given(records=st.lists(MATTERS, min_size=1, max_size=2))
def test_every_record_is_held_as_it_was_seen_on_each_database(database: sa.Engine, records: list[MatterRecord]) -> None:
    check_round_trip(database, records, next(FRESH))
