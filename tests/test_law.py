"""The law on a day, from the real record: when each section stood in which form, and where each order stood."""

import csv
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import golden
import pytest
import sqlalchemy as sa
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from tracker import vocabulary
from tracker.database import reading, writing
from tracker.law import sections as law
from tracker.law import standing
from tracker.law.effective import effective
from tracker.law.sections import Effect, Law, SectionOn, Standing, Term
from tracker.law.standing import Dated, Edit, Row, state_on
from tracker.lifecycle import Stage
from tracker.models import SectionEffect
from tracker.queries import law as queries_law
from tracker.queries.law import Book
from tracker.record import FOLDER

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 17, tzinfo=UTC)


@pytest.fixture(scope="module")
def book(shipped: sa.Engine) -> Iterator[Book]:
    """The starter record."""
    with reading(shipped) as session:
        yield queries_law.book(session, TODAY)


def on(book: Book, day: str) -> Law:
    return book.on(date.fromisoformat(day))


def section(found: Law, number: str) -> SectionOn:
    return next(each for each in found.sections if each.section == number)


def form(book: Book, day: str, number: str) -> tuple[str, str]:
    """The law that gave a section its form, and the day on which that came into force."""
    step = section(on(book, day), number).form
    assert step is not None
    return book.lines[step.file_number].local_law, step.in_force_on.isoformat()


def in_force(found: Law) -> set[str]:
    return {each.section for each in found.sections if each.standing is Standing.IN_FORCE}


def waiting(book: Book, day: str) -> set[tuple[str, str, str]]:
    """What is enacted and not yet in force: section, law, day."""
    return {
        (each.section, book.lines[step.file_number].local_law, step.in_force_on.isoformat())
        for each in on(book, day).sections
        for step in each.coming
    }


def stage(book: Book, day: str, number: str) -> Stage:
    return on(book, day).others[number].stage


# --- the sections


def test_at_the_end_of_2011_the_first_detainer_law_was_enacted_and_not_yet_in_force(book: Book) -> None:
    assert in_force(on(book, "2011-12-31")) == set()
    assert waiting(book, "2011-12-31") == {("9-131", "2011/062", "2012-03-21")}
    assert section(on(book, "2011-12-31"), "9-131").standing is Standing.COMING


def test_in_june_2013_the_law_of_2011_still_stood_and_those_of_2013_waited(book: Book) -> None:
    assert in_force(on(book, "2013-06-30")) == {"9-131"}
    assert form(book, "2013-06-30", "9-131") == ("2011/062", "2012-03-21")
    assert waiting(book, "2013-06-30") == {("9-131", "2013/022", "2013-07-16"), ("14-154", "2013/021", "2013-07-16")}
    assert form(book, "2013-07-16", "14-154") == ("2013/021", "2013-07-16")


def test_at_the_end_of_2014_the_warrant_laws_stood_but_for_the_ban_on_offices(book: Book) -> None:
    assert form(book, "2014-12-31", "9-131") == ("2014/058", "2014-12-14")
    assert form(book, "2014-12-31", "14-154") == ("2014/059", "2014-12-14")
    assert waiting(book, "2014-12-31") == {("9-131", "2014/058", "2015-02-12")}
    assert section(on(book, "2015-02-12"), "9-131").form == section(on(book, "2017-12-31"), "9-131").form


def test_on_the_first_of_february_2018_the_resources_law_had_just_begun(book: Book) -> None:
    assert in_force(on(book, "2018-02-01")) == {"9-131", "9-205", "10-178", "14-154", "21-977"}
    assert form(book, "2018-02-01", "9-131") == form(book, "2018-02-01", "10-178") == ("2017/228", "2018-01-30")
    assert form(book, "2018-02-01", "9-205") == ("2017/226", "2017-12-01")
    assert {(number, day) for number, _, day in waiting(book, "2018-02-01")} == {
        ("4-210", "2018-04-16"), ("23-1201", "2018-06-15"), ("23-1202", "2018-06-15"), ("23-1203", "2018-06-15"),
        ("23-1204", "2018-06-15"), ("23-1205", "2018-06-15"), ("8", "2018-06-15"),
    }  # fmt: skip


def test_in_may_2025_the_forms_were_those_of_2017_and_bills_would_repeal_them(book: Book) -> None:
    found = on(book, "2025-05-01")
    assert form(book, "2025-05-01", "9-131") == ("2017/228", "2018-01-30")
    assert section(found, "9-131").live == ("Int 0214-2024", "Int 0396-2024", "Int 0945-2024")
    assert section(found, "14-188").standing is Standing.OLDER, "the law of 2020 that made it is not followed here"
    assert form(book, "2025-05-10", "14-188") == ("2025/056", "2025-05-10")


def test_in_march_2026_the_override_had_changed_three_sections(book: Book) -> None:
    for number in ("9-131", "10-178", "14-154"):
        assert form(book, "2026-03-01", number) == ("2026/063", "2026-01-29")
        assert form(book, "2026-01-28", number)[0] == "2017/228", "a vetoed bill changes nothing"
    assert section(on(book, "2026-03-01"), "9-131").live == ("Int 0209-2026", "Int 0515-2026")


def test_a_bill_that_died_no_longer_would_change_anything(book: Book) -> None:
    assert "Int 0945-2024" in section(on(book, "2025-12-30"), "9-205").live
    assert section(on(book, "2025-12-31"), "9-205").live == ()


def test_a_section_that_no_law_made_is_only_proposed(book: Book) -> None:
    assert section(on(book, "2026-03-01"), "6-122").standing is Standing.PROPOSED


def test_every_law_of_the_starter_record_says_when_it_took_effect(book: Book) -> None:
    assert [step for each in on(book, "2026-11-24").sections for step in each.done if not step.basis] == []


# --- orders, directives, suits


@pytest.mark.parametrize(
    ("number", "day", "expected"),
    [
        ("EO 124-1989", "1989-08-07", Stage.IN_FORCE),
        ("EO 124-1989", "2003-05-12", Stage.IN_FORCE),
        ("EO 124-1989", "2003-05-13", Stage.REVOKED),
        ("EO 34-2003", "2003-05-13", Stage.IN_FORCE),
        ("EO 34-2003", "2011-12-31", Stage.AMENDED),
        ("EO 34-2003", "2013-12-31", Stage.AMENDED),
        ("EO 34-2003", "2014-12-31", Stage.STATE_UNKNOWN),
        ("EO 41-2003", "2013-06-30", Stage.IN_FORCE),
        ("EO 41-2003", "2026-03-01", Stage.STATE_UNKNOWN),
        ("EO 50-2025", "2025-04-20", Stage.IN_FORCE),
        ("EO 50-2025", "2025-04-21", Stage.BLOCKED),
        ("EO 50-2025", "2025-06-13", Stage.BLOCKED),
        ("EO 50-2025", "2025-09-07", Stage.BLOCKED),
        ("EO 50-2025", "2025-09-08", Stage.VOID),
        ("EO 50-2025", "2026-03-01", Stage.VOID),
        ("EO 1-2026", "2026-03-01", Stage.IN_FORCE),
        ("EO 13-2026", "2026-11-24", Stage.IN_FORCE),
        ("EO 49-2025", "2025-12-31", Stage.IN_FORCE),
        ("EO 49-2025", "2026-01-01", Stage.REVOKED),
        ("City Hall memo of 13 Jan 2025", "2025-02-10", Stage.ISSUED),
        ("City Hall memo of 13 Jan 2025", "2025-02-11", Stage.REPLACED),
        ("Council v. Mayor (2025)", "2025-05-01", Stage.PENDING),
        ("Council v. Mayor (2025)", "2025-09-08", Stage.DECIDED),
        ("United States v. City of New York (2025)", "2026-03-01", Stage.STATE_UNKNOWN),
    ],
)
def test_where_an_order_directive_or_suit_stood(book: Book, number: str, day: str, expected: Stage) -> None:
    assert stage(book, day, number) is expected


def test_what_was_not_signed_yet_is_not_there(book: Book) -> None:
    assert "EO 50-2025" not in on(book, "2025-04-07").others
    assert "EO 13-2026" not in on(book, "2026-02-05").others


def test_unknown_says_what_the_last_act_was(book: Book) -> None:
    why = on(book, "2018-02-01").others["EO 34-2003"].why
    assert why.startswith("The last act on record is of 17 Sep 2003; nothing found says that it ended")


def test_today_every_state_is_the_one_on_the_matters_page(book: Book) -> None:
    found = book.on(TODAY)
    states = {**found.others, **found.bills}
    assert set(states) == set(book.lines)
    assert {number: state.stage for number, state in states.items()} == {
        number: Stage(line.stage) for number, line in book.lines.items()
    }


# --- from day to day


def turning_days(book: Book) -> list[date]:
    """Every day on which anything of the law may become different, and the day before each."""
    steps = [step for each in book.on(TODAY).sections for step in (*each.done, *each.coming)]
    days = {day for step in steps for day in (step.enacted_on, step.in_force_on)}
    return sorted(days | {day - timedelta(days=1) for day in days} | {TODAY})


def test_the_days_one_after_the_other_add_up_to_the_history_of_each_section(book: Book) -> None:
    told: dict[tuple[str, str], list[law.Step]] = {}
    before = book.on(date(1989, 1, 1))
    assert not any(each.done for each in before.sections)
    for day in turning_days(book):
        after = book.on(day)
        for change in law.differences(before, after):
            assert not change.undone
            told.setdefault((change.code, change.section), []).extend(change.steps)
        before = after
    history = {(each.code, each.section): list(each.done) for each in book.on(TODAY).sections if each.done}
    assert {place: steps for place, steps in told.items() if steps} == history


def test_two_days_compared_are_the_days_between_them_put_together(book: Book) -> None:
    start, end = date(2013, 1, 1), date(2018, 12, 31)
    at_once = {
        (change.section, step) for change in law.differences(book.on(start), book.on(end)) for step in change.steps
    }
    days = [start, *(day for day in turning_days(book) if start < day < end), end]
    by_step = {
        (change.section, step)
        for one, other in zip(days, days[1:], strict=False)
        for change in law.differences(book.on(one), book.on(other))
        for step in change.steps
    }
    assert at_once == by_step


def test_a_state_moves_once_between_two_days_whatever_lies_between(book: Book) -> None:
    found = {each.file_number: each for each in law.moved(on(book, "2025-04-07").others, on(book, "2026-03-01").others)}
    moved = found["EO 50-2025"]
    assert moved.before is None and moved.after is not None and moved.after.stage is Stage.VOID
    assert "EO 124-1989" not in found


DAYS = st.dates(date(2010, 1, 1), date(2030, 1, 1))


@given(enacted=st.lists(DAYS, min_size=1, max_size=6), delays=st.lists(st.integers(0, 200), min_size=6, max_size=6),
       whole=st.lists(st.sampled_from(["adds", "amends", "repeals"]), min_size=6, max_size=6), day=DAYS)  # fmt: skip
def test_on_any_day_a_step_is_done_coming_or_ahead_and_nothing_is_lost(
    enacted: list[date], delays: list[int], whole: list[str], day: date
) -> None:
    matters, effects, terms = {}, [], []
    for at, on_ in enumerate(enacted):
        number = f"Int {at:04d}-2010"
        matters[number] = law_of(number, on_)
        effects.append(Effect(number, "admin", "9-131", "", whole[at]))
        terms.append(Term(number, "", "", on_ + timedelta(days=delays[at]), "a delay"))
    found = law.law_on(effects, matters, terms, day, date(2031, 1, 1)).sections[0]
    steps = law.steps_of(effects, matters, terms, date(2031, 1, 1))["admin", "9-131"]
    ahead = [step for step in steps if step.enacted_on > day]
    assert sorted((*found.done, *found.coming, *ahead)) == sorted(steps)
    assert list(found.done) == [step for step in steps if step.in_force_on <= day]
    assert all(step.in_force_on >= step.enacted_on for step in steps)


def law_of(number: str, enacted_on: date) -> Dated:
    seen = datetime(2031, 1, 1, tzinfo=UTC)
    iso = enacted_on.isoformat()
    rows = (
        Row("1", 27, iso, "", "Introduced by Council", "", "", seen),
        Row("2", 68, iso, "", "Approved by Council", "Pass", "", seen),
        Row("3", 58, iso, "", "Signed Into Law by Mayor", "", "", seen),
    )
    return Dated(number, "Introduction", "Enacted", enacted_on, f"{enacted_on.year}/001", enacted_on, rows)


def test_without_a_known_day_a_law_is_in_force_from_its_enactment_and_says_so() -> None:
    number = "Int 0001-2012"
    steps = law.steps_of(
        [Effect(number, "admin", "9-131", "", "adds")], {number: law_of(number, date(2012, 5, 1))}, [], TODAY
    )
    step = steps["admin", "9-131"][0]
    assert (step.in_force_on, step.basis) == (date(2012, 5, 1), "")


def test_a_repealed_section_is_repealed_until_it_is_added_again() -> None:
    days = {"Int 0001-2012": date(2012, 5, 1), "Int 0002-2014": date(2014, 5, 1), "Int 0003-2016": date(2016, 5, 1)}
    matters = {number: law_of(number, day) for number, day in days.items()}
    effects = [
        Effect(number, "admin", "9-131", "", effect)
        for number, effect in zip(matters, ("adds", "repeals", "adds"), strict=True)
    ]
    standings = [
        law.law_on(effects, matters, [], date(year, 12, 31), TODAY).sections[0].standing for year in (2012, 2014, 2016)
    ]
    assert standings == [Standing.IN_FORCE, Standing.REPEALED, Standing.IN_FORCE]


# --- as known then


def test_two_days_after_the_override_our_record_did_not_yet_call_it_law(database: sa.Engine) -> None:
    """The override first read "Approved by Council"; number and enactment date came on 1 February."""
    golden.fill(database)
    with writing(database) as session:
        session.add(SectionEffect(file_number="Int 1412-2025", code="admin", section="9-999", effect="amends"))
    with reading(database) as session:
        held = queries_law.book(session, golden.TODAY)
    day = date(2026, 1, 31)
    assert section(held.on(day), "9-999").form is not None
    then = held.known_on(day).on(day)
    assert section(then, "9-999").form is None
    assert then.bills["Int 1412-2025"].stage is Stage.VETOED
    assert held.known_on(date(2026, 2, 1)).on(date(2026, 2, 1)).bills["Int 1412-2025"].stage is Stage.OVERRIDDEN


def test_before_our_record_began_it_said_nothing(book: Book) -> None:
    assert book.began_on(council=True) == date(2021, 9, 26)
    assert book.began_on(council=False) == TODAY, "orders and suits were last gone through by hand on that day"
    then = book.known_on(date(2018, 2, 1)).on(date(2018, 2, 1))
    assert not then.bills and not then.others


@given(st.dates(date(2021, 9, 1), TODAY))
def test_what_is_known_at_the_end_of_a_day_is_part_of_what_is_known_today(book: Book, day: date) -> None:
    then = book.known_on(day)
    assert set(then.matters) <= set(book.matters)
    for number, matter in then.matters.items():
        assert len(matter.rows) <= len(book.matters[number].rows)


def test_as_known_at_the_end_is_as_known_today(book: Book) -> None:
    assert book.known_on(TODAY).on(TODAY) == book.on(TODAY)


def test_a_row_that_was_withdrawn_later_still_counts_for_the_day_before() -> None:
    seen, gone = datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 1, 20, tzinfo=UTC)
    matter = Dated(
        "EO 9-2026", "Executive Order", "In force", None, "", date(2026, 1, 1),
        (Row("1", 90_001, "2026-01-01", "", "Order Signed", "", "", seen, gone),),
    )  # fmt: skip
    before = standing.as_known(matter, seen, (), datetime(2026, 1, 10, tzinfo=UTC))
    after = standing.as_known(matter, seen, (), datetime(2026, 1, 21, tzinfo=UTC))
    assert before is not None and len(before.rows) == 1
    assert after is not None and after.rows == ()
    assert standing.as_known(matter, seen, (), datetime(2026, 1, 1, tzinfo=UTC)) is None


def test_the_first_of_several_later_edits_tells_what_was_read_before() -> None:
    seen = datetime(2026, 1, 2, tzinfo=UTC)
    edits = [
        Edit(datetime(2026, 1, 5, tzinfo=UTC), "status_changed", "Introduced"),
        Edit(datetime(2026, 1, 8, tzinfo=UTC), "status_changed", "Committee"),
        Edit(datetime(2026, 1, 9, tzinfo=UTC), "status_changed", "Laid Over in Committee"),
    ]
    matter = Dated("Int 0001-2026", "Introduction", "Vetoed", None, "", date(2026, 1, 1), ())
    read = [
        standing.as_known(matter, seen, edits, datetime(2026, 1, day, 12, tzinfo=UTC)) for day in (4, 5, 8, 9)
    ]  # fmt: skip
    assert [each and each.status for each in read] == ["Introduced", "Committee", "Laid Over in Committee", "Vetoed"]


def test_an_emergency_order_of_which_nothing_is_known_is_vouched_for_five_days() -> None:
    matter = Dated(
        "EEO 7-2026", "Emergency Executive Order", "State unknown", None, "", date(2026, 1, 5),
        (Row("1", vocabulary.code_of("Order Signed") or 0, "2026-01-05", "", "Order Signed", "", "high", NOW),),
    )  # fmt: skip
    stages = [found.stage for day in (9, 10, 11) if (found := state_on(matter, date(2026, 1, day), TODAY))]
    assert stages == [Stage.IN_FORCE, Stage.IN_FORCE, Stage.STATE_UNKNOWN]


def test_every_written_day_is_of_a_law_that_names_the_section(book: Book) -> None:
    named = {(effect.file_number, effect.section, effect.subdivision) for effect in book.effects}
    assert len(book.terms) == 15
    for term in book.terms:
        matter = book.matters[term.file_number]
        assert matter.enacted_on is not None and term.effective_on >= matter.enacted_on
        assert term.basis and not term.basis.endswith(".")
        assert not term.section or (term.file_number, term.section, term.subdivision) in named


@pytest.mark.parametrize(
    ("clause", "on_", "basis"),
    [
        ("This local law takes effect immediately.", "2017-12-01", "at once"),
        ("§2. This local law takes effect 60 days after it becomes law.", "2018-01-30", "60 days after it became law"),
        ("This local law shall take effect 120 days after its enactment into law, except that the commissioner may act "
         "before.", "2018-03-31", "120 days after it became law"),
        ("This local law takes effect on January 1, 2019, provided that rules may come sooner.", "2019-01-01",
         "on a day that it names"),
    ],
)  # fmt: skip
def test_a_plain_clause_tells_the_day_of_effect(clause: str, on_: str, basis: str) -> None:
    found = effective(f"Be it enacted. {clause}", date(2017, 12, 1))
    assert found == (date.fromisoformat(on_), basis)


@pytest.mark.parametrize(
    "clause",
    [
        "This local law shall take effect one hundred eighty days after its enactment.",
        "Sections 1 and 2 of this local law shall take effect 30 days after it shall have become a law.",
        "This local law takes effect immediately, but subdivision g takes effect 90 days after it becomes law.",
        "This local law takes effect on the same date as a local law for the year 2017, as proposed, takes effect.",
        "This local law takes effect on Febtember 30, 2019.",
        "",
    ],
)
def test_what_is_not_plain_is_left_to_a_person(clause: str) -> None:
    assert effective(f"Be it enacted. {clause}", date(2017, 12, 1)) is None


def test_the_day_of_effect_is_a_fact_of_each_law(data: Path) -> None:
    """What an editor wrote down agrees with what the texts say plainly."""
    with (FOLDER / "effective.csv").open(encoding="utf-8", newline="") as stream:
        written = {row["file_number"]: row["effective_on"] for row in csv.DictReader(stream) if not row["section"]}
    dates, read = {}, {}
    with zstandard.open(data / "council" / "matters.jsonl.zst", "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            if row["File"] in written:
                dates[row["File"]] = date.fromisoformat(row["EnactmentDate"][:10])
    with zstandard.open(data / "council" / "texts.jsonl.zst", "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            if row["File"] in written and (found := effective(row["Text"], dates[row["File"]])):
                read[row["File"]] = found.on.isoformat()
    assert len(read) >= 10
    assert read == {number: written[number] for number in read}
