"""Several sources tell of one matter: whose word stands, which rows are the same, what is shown as a disagreement."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import sqlalchemy as sa
from archive_builder import NOW, RULE, one, rows
from hypothesis import given
from hypothesis import strategies as st
from records import MATTERS

from scrapers.records import ActionRecord, MatterRecord, Observation, PersonRecord
from tracker.database import reading, writing
from tracker.ingest import Result, Source, ingest
from tracker.models import Action, Change, Matter, Person
from tracker.models.sources import Disagreement
from tracker.readings import missed_before, packed, unpacked
from tracker.truth import Differs, Reading, Trust, align, renamed, settle

TRUST = Trust(
    council=("council-api", "council-web", "council-archive", "starter-record"),
    orders=("starter-record", "executive-orders"),
)
MORNING = datetime(2026, 1, 30, 12, 0, tzinfo=UTC)
COUNCIL, COMMITTEE = "City Council", "Committee on Immigration"


def act(source_id: str, day: str, name: str, body: str = COUNCIL, **given: object) -> ActionRecord:
    return ActionRecord(source_id, day, "", 0, name, body)._replace(**given)  # type: ignore[arg-type]


INTRODUCED = act("425565", "2025-10-09", "Introduced by Council", code=27, clock="13:30:00")
PASSED = act("429004", "2025-12-18", "Approved by Council", result="Pass", code=68)
APPROVED_AGAIN = act("432090", "2026-01-29", "Approved by Council", result="Pass", code=68)
OVERRIDDEN = act("web:21000001", "2026-01-29", "Overridden by Council", result="Pass")


def bill(*actions: ActionRecord, source_id: str = "76557", status: str = "Enacted", **given: object) -> MatterRecord:
    record = MatterRecord(
        source_id=source_id,
        file_number="Int 1412-2025",
        kind="Introduction",
        name="",
        title="A Local Law in relation to immigration enforcement",
        status=status,
        body=COMMITTEE,
        introduced_on="2025-10-09",
        final_action_on="",
        enacted_on="",
        local_law="",
        version="A",
        sponsors=(PersonRecord("7825", "Alexa Avilés"),),
        actions=actions,
    )
    return record._replace(**given)  # type: ignore[arg-type]


def page(*actions: ActionRecord, **given: object) -> MatterRecord:
    """The same bill as its web page shows it."""
    record = bill(*actions, source_id="web:7696059", sponsors=(PersonRecord("web:55", "Alexa Avilés"),), partial=True)
    return record._replace(**given)  # type: ignore[arg-type]


def at(hours: float) -> datetime:
    return MORNING + timedelta(hours=hours)


# Whose word stands


def test_the_most_trusted_source_is_taken_field_by_field_and_the_other_is_shown_to_differ() -> None:
    api = Reading("council-api", at(0), bill(PASSED, status="Enacted", summary="In short"))
    archive = Reading("council-archive", at(5), bill(PASSED, status="Mayor's Desk", summary=None, local_law="2026/063"))
    settled = settle([archive, api], TRUST)
    assert (settled.record.status, settled.record.summary, settled.record.local_law) == ("Enacted", "In short", "")
    assert Differs("status", "council-api", "Enacted", "council-archive", "Mayor's Desk") in settled.differences
    assert Differs("local_law", "council-api", "", "council-archive", "2026/063") in settled.differences


def test_a_source_that_was_not_read_for_days_is_outvoted() -> None:
    api = Reading("council-api", at(-49), bill(status="Committee"))
    archive = Reading("council-archive", at(0), bill(status="Enacted"))
    settled = settle([api, archive], TRUST)
    assert settled.record.status == "Enacted"
    assert settled.differences == ()


def test_what_a_page_leaves_empty_takes_nothing_away() -> None:
    archive = Reading("council-archive", at(0), bill(PASSED, final_action_on="2026-01-29", local_law="2026/063"))
    shown = Reading("council-web", at(1), page(source_id="76557", status="Enacted"))
    settled = settle([archive, shown], TRUST)
    assert (settled.record.local_law, settled.record.final_action_on) == ("2026/063", "2026-01-29")
    assert settled.record.actions == (PASSED,)
    assert settled.differences == ()


def test_a_verb_that_a_page_corrects_is_the_same_row_and_keeps_the_councils_id() -> None:
    """The override of 29 January 2026 first stood in the record as "Approved by Council"."""
    archive = Reading("council-archive", at(0), bill(PASSED, APPROVED_AGAIN))
    shown = Reading("council-web", at(1), page(act("web:1", "2025-12-18", "Approved by Council"), OVERRIDDEN))
    *_, last = settle([archive, shown], TRUST).record.actions
    assert (last.source_id, last.name, last.code) == ("432090", "Overridden by Council", 61)


def test_the_orders_page_knows_nothing_of_courts_and_hides_nothing_they_did() -> None:
    signed = act("nycmayor-043", "2025-04-08", "Order Signed", "Mayor")
    voided = act("nycmayor-052-b", "2025-09-08", "Declared Void", "N.Y. Supreme Court")
    curated = bill(signed, voided, source_id="eo:2025-EO-050", kind="Executive Order", status="Void")
    of_city_hall = curated._replace(
        partial=True, status="Issued", actions=(act("2025-EO-050:signed", "2025-04-08", "Order Signed", "Mayor"),)
    )
    settled = settle(
        [Reading("starter-record", at(-900), curated), Reading("executive-orders", at(0), of_city_hall)], TRUST
    )
    assert settled.record.status == "Void"
    assert [row.source_id for row in settled.record.actions] == ["nycmayor-043", "nycmayor-052-b"]
    assert settled.differences == ()


def test_two_complete_histories_that_differ_are_shown_row_by_row() -> None:
    api = Reading("council-api", at(0), bill(INTRODUCED, PASSED))
    archive = Reading("council-archive", at(0), bill(INTRODUCED))
    settled = settle([api, archive], TRUST)
    said = "2025-12-18 Approved by Council, City Council"
    assert settled.differences == (Differs("action", "council-api", said, "council-archive", ""),)


def test_two_rows_of_one_name_on_one_day_are_two_rows() -> None:
    mine = [act("1", "2025-12-18", "Hearing Held by Committee"), act("2", "2025-12-18", "Hearing Held by Committee")]
    theirs = [row._replace(source_id=f"web:{row.source_id}") for row in mine]
    assert align(mine, theirs) == {0: 0, 1: 1}
    assert renamed(theirs, mine) == {"web:1": "1", "web:2": "2"}
    assert renamed(mine, [row._replace(source_id="9" + row.source_id) for row in mine]) == {}


@given(st.lists(MATTERS, min_size=1, max_size=3), st.lists(st.integers(0, 80), min_size=3, max_size=3, unique=True))
def test_the_order_in_which_sources_are_read_does_not_matter(records: list[MatterRecord], hours: list[int]) -> None:
    names = ("council-archive", "council-api", "starter-record")
    readings = [Reading(*each) for each in zip(names, map(at, hours), records, strict=False)]
    settled = [settle(order, TRUST) for order in permutations(readings)]
    assert len({repr(each.record) for each in settled}) == 1
    assert len({frozenset(each.differences) for each in settled}) == 1


@given(MATTERS)
def test_one_source_alone_is_taken_at_its_word(record: MatterRecord) -> None:
    assert settle([Reading("council-web", MORNING, record)], TRUST) == (record, ())
    assert unpacked(packed(record)) == record


# Through the tables


def take(engine: sa.Engine, source: str, record: MatterRecord, moment: datetime) -> Result:
    place = f"{source}/{record.source_id}"
    observation = Observation(int(moment.timestamp()), place, f"https://example.org/{place}", "", record)
    return ingest(engine, Source(source, "live", "x", "", [observation], trust=TRUST), RULE, lambda: NOW)


def told(engine: sa.Engine) -> list[tuple[str, str, str]]:
    return [(change.kind, change.before, change.after) for change in rows(engine, Change)]


def test_a_bill_first_found_on_its_page_takes_the_councils_id_and_nothing_is_told_twice(database: sa.Engine) -> None:
    shown = page(act("web:1", "2025-10-09", "Introduced by Council"), act("web:2", "2025-12-18", "Approved by Council"))
    take(database, "council-web", shown, at(0))
    assert one(database, Matter).source_id == "web:7696059"
    take(database, "council-api", bill(INTRODUCED, PASSED._replace(result="")), at(2))
    assert told(database) == [("appeared", "", "Enacted")]
    assert one(database, Matter).source_id == "76557"
    assert [row.source_id for row in rows(database, Action)] == ["425565", "429004"]
    assert [row.code for row in rows(database, Action)] == [27, 68]
    take(database, "council-web", shown, at(4))
    take(database, "council-api", bill(INTRODUCED, PASSED._replace(result="")), at(6))
    assert told(database) == [("appeared", "", "Enacted")]


def test_a_row_seen_on_the_page_first_is_told_once(database: sa.Engine) -> None:
    take(database, "council-archive", bill(INTRODUCED, status="Committee"), at(0))
    rows_shown = (
        act("web:1", "2025-10-09", "Introduced by Council"),
        act("web:2", "2025-12-18", "Approved by Council"),
    )
    take(database, "council-web", page(*rows_shown), at(1))
    take(database, "council-archive", bill(INTRODUCED, PASSED._replace(result="")), at(2))
    assert [kind for kind, _, _ in told(database)] == ["appeared", "status_changed", "action_added"]
    assert [row.source_id for row in rows(database, Action)] == ["425565", "429004"]
    assert len(rows(database, Person)) == 1


def test_a_stale_copy_does_not_turn_the_record_back(database: sa.Engine) -> None:
    """The archive kept "Committee" for 87 bills after the outage of December 2025."""
    take(database, "council-archive", bill(status="Committee"), at(0))
    take(database, "council-api", bill(status="Enacted"), at(1))
    take(database, "council-archive", bill(status="Committee", body="Committee on Health"), at(2))
    assert one(database, Matter).status == "Enacted"
    row = one(database, Disagreement, field="status")
    assert (row.trusted_value, row.other_value, row.ended_at) == ("Enacted", "Committee", None)
    take(database, "council-archive", bill(status="Enacted"), at(3))
    assert [row.ended_at for row in rows(database, Disagreement)] == [at(3), at(3)]
    assert [kind for kind, _, _ in told(database)] == ["appeared", "status_changed"]


def test_a_matter_is_missed_only_when_it_is_missed_on_two_days(record: sa.Engine) -> None:
    take(record, "council-api", bill(), at(0))
    key = one(record, Matter).id
    for hours, expected in ((1, False), (2, False), (25, True)):
        with writing(record) as session:
            found = missed_before(session, key, "council-api", "council-api", "Int 1412-2025", at(hours))
        assert found is expected
    take(record, "council-api", bill(), at(30))
    assert one(record, Disagreement).ended_at == at(30)


def test_what_a_less_trusted_source_lost_is_not_lost_while_a_better_one_shows_it(record: sa.Engine) -> None:
    take(record, "council-archive", bill(), at(0))
    take(record, "council-api", bill(), at(1))
    gone = Observation(int(at(2).timestamp()), "council-archive/76557", "x", "", None)
    ingest(record, Source("council-archive", "live", "x", "", [gone], trust=TRUST), RULE, lambda: NOW)
    assert one(record, Matter).removed_at is None
    with reading(record) as session:
        assert session.execute(sa.select(Change.kind)).scalars().all() == ["appeared"]  # type: ignore[call-overload]
