"""The front page: what the timeline draws and the list below it says, zoom, and where things stand."""

import gzip
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from tests import golden
from tracker import language
from tracker.database import connect, reading, upgrade, writing
from tracker.lifecycle import session_end
from tracker.models import Relation
from tracker.queries import Line
from tracker.queries.milestones import KINDS, LAW, ORDER, OVERRIDE, RULING, VETO, Milestone, milestones
from tracker.web import create_app
from tracker.web.home import standings
from tracker.web.strip import BAND, WIDTH, Mark, strip
from tracker.web.years import FIRST_YEAR, SESSIONS, Years, decades, shown_years, single

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
TODAY = NOW.date()
WHOLE = shown_years("", TODAY)


@pytest.fixture(scope="module")
def acts(shipped: sa.Engine) -> tuple[Milestone, ...]:
    """What the shipped record holds."""
    with reading(shipped) as session:
        return milestones(session, TODAY)


@pytest.fixture(scope="module")
def client(shipped: sa.Engine) -> FlaskClient:
    return create_app(shipped, clock=lambda: NOW).test_client()


@pytest.fixture
def small() -> Iterator[sa.Engine]:
    """The small record of `golden`."""
    engine = connect("sqlite://")
    upgrade(engine)
    golden.fill(engine)
    yield engine
    engine.dispose()


def line(number: str = "Int 0001-2014", **given_: Any) -> Line:
    values: dict[str, Any] = dict.fromkeys(Line._fields, "") | {
        "id": 1, "slug": number.lower().replace(" ", "-"), "file_number": number, "kind": "Introduction",
        "stage": "in_committee", "stage_since": None, "introduced_on": None, "enacted_on": None, "is_law": False,
    }  # fmt: skip
    return Line(**(values | given_))


# ---- which acts ----------------------------------------------------------------------------------------------------


def test_the_record_that_ships_tells_how_the_law_came_to_be(acts: tuple[Milestone, ...]) -> None:
    told = {(str(act.on), act.kind, act.line.file_number) for act in acts}
    assert {
        ("1989-08-07", "order", "EO 124-1989"),
        ("1999-05-27", "ruling", "City of New York v. United States (1996)"),
        ("2014-11-14", "law", "Int 0486-2014"),
        ("2025-04-15", "suit", "Council v. Mayor (2025)"),
        ("2025-09-08", "ruling", "EO 50-2025"),
        ("2025-12-31", "veto", "Int 1412-2025"),
        ("2026-01-29", "override", "Int 1412-2025"),
    } <= told
    assert len(told) == len(acts)
    assert [act.on for act in acts] == sorted(act.on for act in acts)


def test_what_an_order_and_the_suit_against_it_both_tell_of_one_day_is_one_act(acts: tuple[Milestone, ...]) -> None:
    rulings = [act.line.file_number for act in acts if act.kind == RULING and act.on == date(2025, 9, 8)]
    assert rulings == ["EO 50-2025"]
    # the suit's own ruling of another day stays
    assert any(act.on == date(2025, 4, 25) and act.line.kind == "Lawsuit" for act in acts)


def test_acts_of_other_matters_withdrawn_ones_and_those_to_come_are_not_told(small: sa.Engine) -> None:
    with writing(small) as session:
        session.execute(sa.text("UPDATE action SET withdrawn_at = '2026-01-01' WHERE code = 59"))
        session.execute(sa.text("UPDATE matter SET scope = 'related' WHERE file_number = 'Int 0486-2014'"))
        session.add(Relation(earlier="EO 50-2025", later="Nobody v. Mayor", kind="challenges"))
    with reading(small) as session:
        told = [(act.kind, act.line.file_number) for act in milestones(session, date(2025, 9, 7))]
        later = [(act.kind, act.line.file_number) for act in milestones(session, TODAY)]
    assert told == [(ORDER, "EO 50-2025")]
    assert later == [(ORDER, "EO 50-2025"), (RULING, "EO 50-2025"), (OVERRIDE, "Int 1412-2025")]


def test_the_note_of_an_order_is_that_of_its_first_day(small: sa.Engine) -> None:
    with reading(small) as session:
        notes = {act.kind: act.note for act in milestones(session, TODAY)}
    assert notes[ORDER] == "First Deputy Mayor Mastro signs the order."
    assert notes[RULING] == "A judge voids the order."


# ---- the drawing ---------------------------------------------------------------------------------------------------


def every_view() -> list[Years]:
    views = [shown_years(way.years, TODAY) for way in decades(WHOLE, TODAY)]
    return views + [shown_years(str(year), TODAY) for year in range(FIRST_YEAR, TODAY.year + 1)]


def overlaps(marks: list[Mark]) -> list[tuple[str, str]]:
    """Labels or symbols that touch, and labels that a stem runs through."""
    found = []
    for place, one in enumerate(marks):
        for other in marks[place + 1 :]:
            (start, end), (its_start, its_end) = one.span, other.span
            near = abs(one.x - other.x) < 14 or (start < its_end and its_start < end)
            high, low = (one, other) if one.y < other.y else (other, one)
            if (one.y == other.y and near) or (one.y != other.y and low.span[0] < high.x < low.span[1]):
                found.append((one.label, other.label))
    return found


@pytest.mark.parametrize("view", every_view(), ids=str)
def test_each_view_draws_every_act_of_its_years_once_and_nothing_touches(
    acts: tuple[Milestone, ...], view: Years
) -> None:
    drawn = strip(acts, view, TODAY)
    assert drawn.acts == [act for act in acts if view.begin <= act.on <= view.end]
    assert overlaps(drawn.marks) == []
    assert all(mark.label for mark in drawn.marks)
    assert all(drawn.top < mark.y < 0 and min(mark.span) > 0 and max(mark.span) < WIDTH for mark in drawn.marks)
    assert set(drawn.kinds) == {act.kind for act in drawn.acts}


@given(
    st.lists(st.tuples(st.dates(date(1989, 1, 1), date(2026, 12, 31)), st.sampled_from(KINDS)), max_size=120),
    st.sampled_from(["en", "zh-Hans", "ar"]),
)
def test_however_many_acts_there_are_none_is_lost_and_no_label_touches_another(
    days: list[tuple[date, str]], tag: str
) -> None:
    acts = [
        Milestone(on, kind, "settled", line(f"Int {100 + place:04}-2014", local_law=f"2014/{100 + place:03}"))
        for place, (on, kind) in enumerate(sorted(days))
    ]
    with language.speaking(tag):
        drawn = strip(acts, WHOLE, TODAY)
        assert overlaps(drawn.marks) == []
    assert sorted(drawn.acts) == sorted(acts)


def test_marks_say_numbers_as_long_as_they_fit_and_count_then(acts: tuple[Milestone, ...]) -> None:
    labels = {mark.label for mark in strip(acts, WHOLE, TODAY).marks}
    assert {"EO 124", "LL 21, 22", "LL 226–228, 246, 247", "LL 63 over veto", "Int 1412 vetoed", "EO 50 void"} <= labels
    many = [
        Milestone(date(2014, 1, 1), kind, "", line(local_law=f"2014/{place:03}"))
        for kind in (LAW, VETO)
        for place in range(10, 100, 10)
    ]
    assert {mark.label for mark in strip(many, WHOLE, TODAY).marks} == {"9 laws", "9 vetoes"}


def test_numbers_of_orders_are_short_in_every_language(acts: tuple[Milestone, ...]) -> None:
    with language.speaking("es"):
        labels = {mark.label for mark in strip(acts, WHOLE, TODAY).marks}
    assert {"EO 124", "EO 34", "EO 50", "EO 1, 13"} <= labels


def test_without_acts_the_bands_are_drawn_alone() -> None:
    drawn = strip([], shown_years("2012", TODAY), TODAY)
    assert drawn.marks == [] and drawn.kinds == []
    assert [(part.label, part.years) for part in drawn.mayors] == [("Bloomberg", "2002-2013")]
    assert [(part.label, part.years) for part in drawn.sessions] == [("2010–2013", "2010-2013")]


def test_bands_lie_side_by_side_over_all_years() -> None:
    drawn = strip([], WHOLE, TODAY)
    for parts in (drawn.mayors, drawn.sessions):
        assert all(one.x + one.width == other.x for one, other in zip(parts, parts[1:], strict=False))
        assert parts[-1].x + parts[-1].width == 990
    assert [part.title for part in drawn.mayors] == [
        "Koch", "Dinkins", "Giuliani", "Bloomberg", "de Blasio", "Adams", "Mamdani",
    ]  # fmt: skip


def test_sessions_end_as_the_charter_says() -> None:
    ends = {session_end(f"{year}-06-01") for year in range(1994, 2038)}
    assert ends == {f"{last}-12-31" for first, last in SESSIONS if first >= 1994}


def test_a_bar_is_never_higher_than_the_band_and_one_story_is_still_seen() -> None:
    told = {date(1901, 1, 1): 9, date(2014, 5, 5): 1, date(2025, 1, 1): 400, date(2025, 12, 31): 500}
    drawn = strip([], WHOLE, TODAY, told | {date(2099, 1, 1): 3})
    assert [(bar.when, bar.stories, bar.height) for bar in drawn.bars] == [("2014", 1, 2), ("2025", 900, BAND)]
    assert all(bar.x > 0 and bar.x + bar.width < WIDTH and bar.width > 0 for bar in drawn.bars)


def test_in_a_few_years_coverage_is_counted_by_the_month() -> None:
    drawn = strip([], shown_years("2024-2025", TODAY), TODAY, {date(2024, 12, 31): 2, date(2025, 1, 1): 1})
    assert [(bar.when, bar.stories) for bar in drawn.bars] == [("Dec 2024", 2), ("Jan 2025", 1)]
    assert [name for _, name in drawn.ticks][:2] == ["Jan 2024", "Apr 2024"]


# ---- zoom ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("", 1989, 2026),
        ("2014-2018", 2014, 2018),
        ("2025", 2025, 2025),
        ("1950-1995", 1989, 1995),
        ("2020-2099", 2020, 2026),
        ("2018-2014", 1989, 2026),
        ("1900-1950", 1989, 2026),
        ("2014-2018-2020", 1989, 2026),
        ("٢٠٢٥", 1989, 2026),
        ("nonsense", 1989, 2026),
    ],
)
def test_years_are_asked_for_in_the_address(asked: str, first: int, last: int) -> None:
    assert shown_years(asked, TODAY)[:2] == (first, last)


def test_ways_lead_to_each_decade_and_to_each_of_its_years() -> None:
    shown = shown_years("2020-2026", TODAY)
    assert [(way.years, way.shown) for way in decades(shown, TODAY)] == [
        ("", False), ("1989-1999", False), ("2000-2009", False), ("2010-2019", False), ("2020-2026", True),
    ]  # fmt: skip
    assert [way.years for way in single(shown, TODAY)] == [str(year) for year in range(2020, 2027)]
    assert [way.label for way in single(shown_years("1995", TODAY), TODAY)][::10] == ["1989", "1999"]
    assert single(WHOLE, TODAY) == []


def test_a_zoomed_page_lists_its_acts_and_is_the_front_page_to_others(client: FlaskClient) -> None:
    page = client.get("/?years=2014-2018").get_data(as_text=True)
    assert ">The timeline, <bdi>2014–2018</bdi></h2>" in page
    assert '<details id="acts" class="acts" open>' in page
    assert "Local Law 58 of 2014" in page.partition('id="acts"')[2].partition("</details>")[0]
    assert "EO 124 of 1989" not in page.partition('id="acts"')[2].partition("</details>")[0]
    assert 'href="/?years=2010-2019#timeline"' in page


@pytest.mark.parametrize("address", ["/", "/?years=2025", "/?years=1990-1992", "/ar/?years=2025"])
def test_the_list_says_what_the_drawing_says(client: FlaskClient, acts: tuple[Milestone, ...], address: str) -> None:
    page = client.get(address).get_data(as_text=True)
    view = shown_years(address.partition("=")[2], TODAY)
    drawing = page.partition('<svg class="strip"')[2].partition("</svg>")[0]
    names = [
        name for title in re.findall(r"<title>([^<]*)</title><(?:path|circle)", drawing) for name in title.split("; ")
    ]
    listed = page.partition('id="acts"')[2].partition("</details>")[0]
    days = re.findall(r'<li><time datetime="([-\d]*)"', listed)
    shown = [act for act in acts if view.begin <= act.on <= view.end]
    assert len(names) == len(days) == len(shown)
    assert days == [str(act.on) for act in shown]
    for act in shown:
        assert any(act.line.number in name for name in names) or address.startswith("/ar/")
        assert f'matters/{act.line.slug}"' in listed


def test_the_front_page_stays_small(client: FlaskClient) -> None:
    assert len(gzip.compress(client.get("/").data)) < 80 * 1024


# ---- where things stand --------------------------------------------------------------------------------------------


def test_what_comes_next_is_said_once_where_it_is_the_same_and_to_each_bill_where_it_is_not() -> None:
    introduced = {"introduced_on": date(2026, 2, 1)}
    lines = [
        line("Int 0001-2026", stage_since=date(2026, 2, 1), **introduced),
        line("Int 0002-2026", stage_since=date(2026, 3, 1), **introduced),
        line("Int 0003-2026", stage="on_mayors_desk", stage_since=TODAY - timedelta(10), **introduced),
        line("Int 0004-2026", stage="on_mayors_desk", stage_since=TODAY - timedelta(3), **introduced),
    ]
    desk, committee = standings(lines, TODAY)
    assert (desk.stage, committee.stage) == ("on_mayors_desk", "in_committee")
    assert committee.step is not None and "31 Dec 2029" in committee.step.text
    assert desk.step is None
    assert [bill.step.until for bill in desk.bills if bill.step] == [TODAY + timedelta(20), TODAY + timedelta(27)]


def test_the_page_says_who_waits_for_whom_and_until_when(small: sa.Engine) -> None:
    client = create_app(small, clock=lambda: NOW).test_client()
    assert "No bill waits for the Mayor, and none for a vote over a veto." in client.get("/").get_data(as_text=True)
    with writing(small) as session:
        session.execute(
            sa.text("UPDATE matter SET stage = 'on_mayors_desk', stage_since = '2026-11-14' WHERE id = 209")
        )
    client = create_app(small, clock=lambda: NOW).test_client()
    page = client.get("/").get_data(as_text=True)
    assert "No bill waits for the Mayor" not in page
    assert "The Mayor may sign it or veto it until 14 Dec 2026." in page
    assert "10 days" in page
    assert "The Council’s calendar has not been read yet." in page


# ---- orders, directives and suits ----------------------------------------------------------------------------------


def test_orders_are_chosen_by_their_state_and_what_is_not_known_is_said(client: FlaskClient) -> None:
    whole, void, unknown, nonsense = (
        client.get(f"/orders{asked}").get_data(as_text=True)
        for asked in ("", "?state=void", "?state=state_unknown", "?state=nonsense")
    )
    numbers = [set(re.findall(r'<h3 class="h3"><a href="/matters/([^"]*)"', page)) for page in (whole, void, unknown)]
    assert numbers[1] == {"eo-50-2025"}
    assert "eo-34-2003" in numbers[2] and "eo-50-2025" not in numbers[2]
    assert numbers[1] | numbers[2] < numbers[0]
    assert set(re.findall(r'<h3 class="h3"><a href="/matters/([^"]*)"', nonsense)) == numbers[0]
    assert '<span class="tag unknown">Not known whether in effect</span>' in unknown
    assert '<span class="tag court">Declared void</span> <span class="meta">since <time datetime="2025-09-08">' in void
