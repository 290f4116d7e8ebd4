"""What each question answers, on a small record with the hard stories in it."""

from collections.abc import Iterator
from datetime import date, timedelta

import golden
import pytest
import sqlalchemy as sa
from sqlmodel import Session

from tracker import queries
from tracker.database import reading, writing
from tracker.errors import NotFound
from tracker.models import Run
from tracker.queries import changes as queries_changes
from tracker.queries import lists as queries_lists
from tracker.queries import sources as queries_sources
from tracker.queries.changes import ChangeFilter
from tracker.queries.lists import MatterFilter


@pytest.fixture
def session(record: sa.Engine) -> Iterator[Session]:
    """The small record."""
    golden.fill(record)
    with reading(record) as session:
        yield session


def found(held: Session, /, **asked: object) -> set[str]:
    return {line.file_number for line in queries_lists.list_matters(held, MatterFilter(**asked)).lines}  # type: ignore[arg-type]


def test_a_matter_comes_with_all_that_its_page_shows(session: Session) -> None:
    dossier = queries.get_matter(session, "int-1412-2025")
    assert len(dossier.actions) == len(golden.HISTORY)
    assert len(dossier.votes[432713]) == 51
    assert dossier.sponsors == ("Member 7", "Member 3", "Member 5")
    assert [(link.kind, link.forward, link.slug) for link in dossier.links] == [
        ("amends", True, "int-0486-2014"),
        ("companion", True, ""),
    ]


def test_an_unknown_address_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        queries.get_matter(session, "int-9999-2025")


def test_a_removed_matter_keeps_its_page_and_leaves_the_lists(session: Session) -> None:
    assert queries.get_matter(session, "int-0009-2024").matter.removed_at is not None
    assert "Int 0009-2024" not in found(session, scope="all")


def test_the_old_number_of_a_renumbered_matter_leads_to_the_new(session: Session) -> None:
    assert queries.slug_now(session, "int-1128-2023") == "int-1126-2023"
    assert queries.slug_now(session, "int-1127-2023") is None
    assert queries.slug_now(session, "no number at all") is None


def test_the_list_shows_core_and_related_unless_asked(session: Session) -> None:
    assert "Int 0820-2026" not in found(session)
    assert "Int 0820-2026" in found(session, scope="all")
    assert found(session, scope="out") == {"Int 0820-2026"}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"kind": "Executive Order"}, {"EO 50-2025"}),
        ({"stage": "overridden"}, {"Int 1412-2025"}),
        ({"year": 2014}, {"Int 0486-2014"}),
        ({"session": 2026}, {"Int 0209-2026"}),
        ({"sponsor": "member 7"}, {"Int 1412-2025"}),
        ({"sponsor": "%"}, set()),
        ({"q": "detained persons"}, {"Int 0486-2014"}),
        ({"q": "safer"}, {"Int 1412-2025"}),
        ({"q": "100%_"}, set()),
        ({"q": "Local Law 63 of 2026"}, {"Int 1412-2025"}),
        ({"q": "Intro. No. 209-A of 2026"}, {"Int 0209-2026"}),
        ({"q": "eo 50 of 2025"}, {"EO 50-2025"}),
    ],
)
def test_each_filter_finds_what_it_names(session: Session, asked: dict[str, object], expected: set[str]) -> None:
    assert found(session, **asked) == expected


def test_a_page_past_the_end_is_the_last_page(session: Session) -> None:
    page = queries_lists.list_matters(session, MatterFilter(page=99))
    assert (page.page, page.pages) == (1, 1)
    assert page.total == len(page.lines)


def test_only_what_can_move_is_live(session: Session) -> None:
    assert [line.file_number for line in queries.live_bills(session)] == ["Int 0209-2026"]


def test_laws_are_core_matters_that_became_law(session: Session) -> None:
    assert [(line.local_law, line.how) for line in queries.laws(session)] == [
        ("2026/063", "overridden"),
        ("2014/058", "signed"),
    ]


def test_news_is_what_we_saw_last_grouped_by_matter_and_moment(session: Session) -> None:
    stories = queries_changes.news(session, 10, golden.TODAY)
    newest = stories[1].moments[0]
    assert [story.number for story in stories[:2]] == ["Int 209-2026", "Int 1412-2025"]
    assert newest.observed_at == golden.SEEN["overridden"]
    assert newest.correction
    assert newest.smaller == 1
    told = [moment.observed_at for moment in stories[1].moments]
    assert told == [golden.SEEN[key] for key in ("overridden", "approved", "reheard")]
    assert stories[1].earlier == 5


def test_a_matter_that_was_old_when_first_seen_is_no_news(session: Session) -> None:
    told = {story.number for story in queries_changes.news(session, 10, golden.TODAY)}
    assert "Int 486-2014" not in told
    assert "EO 50 of 2025" not in told


def test_beside_its_acts_a_new_status_is_not_told_twice(session: Session) -> None:
    moment = queries_changes.news(session, 10, golden.TODAY)[1].moments[1]
    assert [entry.text for entry in moment.entries] == ["overrode the veto, 44 to 7."]
    assert moment.sentences == ("The row first read “Approved by Council”.",)


def test_corrections_tell_both_readings_and_leave_out_what_filled_a_blank(session: Session) -> None:
    rows = queries_changes.list_changes(session, ChangeFilter(corrections=True)).rows
    assert [row.change.kind for row in rows] == ["action_edited", "action_withdrawn", "renumbered"]
    assert rows[0].sentence == (
        "The Council’s record first read “Approved by Council”; since 1 Feb 2026 the same row reads "
        "“Overridden by Council”."
    )
    assert rows[2].sentence == "The number changed from Int 1128-2023 to Int 1126-2023."


def test_changes_can_be_asked_by_kind_and_scope(session: Session) -> None:
    appeared = queries_changes.list_changes(session, ChangeFilter(scope="all", kind="appeared"))
    assert appeared.total == 5
    assert queries_changes.list_changes(session, ChangeFilter(kind="appeared")).total == 4


def test_a_section_tells_what_became_of_it_oldest_first(session: Session) -> None:
    sections = queries.sections(session)
    assert [(history.code, history.section) for history in sections] == [("admin", "9-131"), ("admin", "10-178")]
    assert [(deed.file_number, deed.on) for deed in sections[0].deeds] == [
        ("Int 1412-2025", date(2026, 1, 29)),
        ("Int 0209-2026", date(2026, 1, 29)),
    ]


def test_a_source_is_stale_after_days_without_a_good_read(session: Session) -> None:
    (state,) = queries_sources.sources(session)
    assert not state.is_stale(golden.NOW + timedelta(days=2), timedelta(days=3))
    assert state.is_stale(golden.NOW + timedelta(days=4), timedelta(days=3))


def test_the_mark_moves_when_a_run_ends(record: sa.Engine) -> None:
    with writing(record) as session:
        before = queries_sources.mark(session)
        session.add(Run(source="x", mode="live", place="", started_at=golden.NOW, outcome="ok"))
        session.flush()
        assert queries_sources.mark(session) != before


def test_a_failed_try_does_not_hide_the_last_good_one(record: sa.Engine) -> None:
    with writing(record) as session:
        for outcome in ("ok", "refused"):
            session.add(Run(source="x", mode="live", place="", started_at=golden.NOW, outcome=outcome))
            session.flush()
        (state,) = queries_sources.sources(session)
        assert (state.last_try.outcome, state.good_at) == ("refused", golden.NOW)


def test_every_kind_of_database_answers_every_question_alike(database: sa.Engine) -> None:
    golden.fill(database)
    with reading(database) as held:
        dossier = queries.get_matter(held, "int-1412-2025")
        assert (len(dossier.actions), len(dossier.links), dossier.sponsors[0]) == (14, 2, "Member 7")
        assert found(held, q="PERSONS detained", sort="oldest") == {"Int 0486-2014"}
        assert found(held, session=2026, sponsor="", sort="moved") == {"Int 0209-2026"}
        assert queries.slug_now(held, "int-1128-2023") == "int-1126-2023"
        assert [story.number for story in queries_changes.news(held, 2, golden.TODAY)] == [
            "Int 209-2026",
            "Int 1412-2025",
        ]
        assert queries_changes.list_changes(held, ChangeFilter(scope="all", corrections=True)).total == 3
        assert len(queries.last_acts(held, [50, 209], golden.TODAY)) == 2
        assert queries_lists.stages(held)[0] == "in_committee"
        assert "Executive Order" in queries_lists.kinds(held)
        assert len(queries.sections(held)) == 2
        assert len(queries.orders(held)) == len(queries.live_bills(held)) == 1
        assert [state.source for state in queries_sources.sources(held)] == ["council-archive"]
        assert len(queries_sources.alerts(held)) == 1
        assert queries_sources.mark(held)
