"""One question finds its measures, sections, sponsors and coverage, says why, and takes any text."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from archive_builder import document, seen, take
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.database import reading, writing
from tracker.models.sources import Article, Coverage
from tracker.press.named import Named, named
from tracker.queries.search import Asked, Found, answer
from tracker.web import create_app

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def client(shipped: sa.Engine) -> FlaskClient:
    return create_app(shipped, clock=lambda: NOW).test_client()


def ask(engine: sa.Engine, q: str, **rest: str) -> Found:
    with reading(engine) as session:
        return answer(session, Asked(q, **rest))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("Local Law 58 of 2014", "Int 0486-2014"),
        ("LL 58/2014", "Int 0486-2014"),
        ("2014/058", "Int 0486-2014"),
        ("Int. No. 1412-A", "Int 1412-2025"),
        ("intro 1412", "Int 1412-2025"),
        ("1412", "Int 1412-2025"),
        ("1412-2025", "Int 1412-2025"),
        ("What does Executive Order 50 of 2025 say?", "EO 50-2025"),
        ("EO 50", "EO 50-2025"),
        ("Resolution 836", "Res 0836-2025"),
    ],
)
def test_a_number_in_any_written_form_finds_its_matter_first(shipped: sa.Engine, question: str, number: str) -> None:
    assert ask(shipped, question).named[0].file_number == number


@pytest.mark.parametrize("question", ["9-131", "§ 9-131", "section 9-131", "Admin. Code § 9-131"])
def test_a_section_is_found_by_its_number(shipped: sa.Engine, question: str) -> None:
    assert ("admin", "9-131") in ask(shipped, question).sections


def test_a_year_makes_a_number_one_matter() -> None:
    assert named("1412-2025") == tuple(Named(kind, "1412", 2025) for kind in ("Int", "Res", "LL", "EO"))
    assert named("LL 58 of 2014") == (Named("LL", "58", 2014),)
    assert named("detainers at Rikers") == ()


def test_a_popular_name_and_a_summary_word_find_their_measure_and_say_where(shipped: sa.Engine) -> None:
    found = ask(shipped, "trust act")
    assert {"Int 0158-2022", "Int 0214-2024", "Int 0209-2026"} <= {r.line.file_number for r in found.results}
    assert all("names" in r.fields or "title" in r.fields for r in found.results)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("Marc-Viverito", "Mark-Viverito"), ("Mark-Vivorito", "Mark-Viverito"), ("mark viveritto", "Viverito")],
)
def test_a_misspelt_name_is_taken_for_the_nearest_and_that_is_said(shipped: sa.Engine, typed: str, meant: str) -> None:
    found = ask(shipped, typed)
    assert [name for _, name in found.instead] == [meant]
    assert found.sponsors[0].name == "Melissa Mark-Viverito"


def test_a_name_is_found_without_its_accents(shipped: sa.Engine) -> None:
    assert any("Cabán" in sponsor.name for sponsor in ask(shipped, "caban").sponsors)


def test_a_first_name_alone_names_no_sponsor(shipped: sa.Engine) -> None:
    assert ask(shipped, "a detainer bill").sponsors == ()


def test_coverage_is_found_by_headline_and_outlet(shipped: sa.Engine) -> None:
    assert any("Rikers" in piece.headline for piece in ask(shipped, "rikers").pieces)
    assert {piece.outlet for piece in ask(shipped, "Legal Aid Society").pieces} == {"Legal Aid Society"}


def test_an_article_that_waits_for_an_editor_is_not_shown(record: sa.Engine) -> None:
    with writing(record) as session:
        session.add(
            Article(id=1, address="https://example.org/a", outlet="Gazette", kind="news", headline="Detainers again",
                    source="x", first_seen_at=NOW, last_seen_at=NOW)
        )  # fmt: skip
        session.flush()
        session.add(
            Coverage(article_id=1, file_number="Int 0486-2014", kind="explicit", role="main", score=0.5, evidence="x",
                     outcome="review", decided_by="press", decided_at=NOW)
        )  # fmt: skip
    assert ask(record, "detainers").pieces == ()
    with writing(record) as session:
        session.execute(sa.update(Coverage).values(outcome="published"))
    assert [piece.headline for piece in ask(record, "detainers").pieces] == ["Detainers again"]


def test_facets_count_what_the_words_find_and_filters_narrow_it(shipped: sa.Engine) -> None:
    everything = ask(shipped, "immigration")
    kinds = everything.facets["kind"]
    assert sum(kinds.values()) == everything.total
    only = ask(shipped, "immigration", kind="Resolution")
    assert only.total == kinds["Resolution"] > 0
    assert {result.line.kind for result in only.results} == {"Resolution"}
    assert only.facets == everything.facets


def test_what_lies_outside_the_choice_is_counted(shipped: sa.Engine) -> None:
    core, everything = ask(shipped, "immigration", scope="core"), ask(shipped, "immigration", scope="all")
    assert core.elsewhere == everything.total - core.total > 0


def test_a_word_of_the_text_alone_is_shown_with_its_neighbours(database: sa.Engine) -> None:
    bees = document(
        1, "Int 0001-2025", Name="Planting.", Title="A Local Law on trees", Text="First all else, then bees."
    )
    take(database, seen(bees))
    (result,) = ask(database, "bees", scope="all").results
    assert result.fields == ("text",)
    assert "\x02bees\x03" in result.snippet


def test_articles_are_found_on_both_databases_and_followed_when_they_change(database: sa.Engine) -> None:
    take(database, seen(document(1, "Int 0001-2025", Name="Planting.", Title="A Local Law on trees")))
    with writing(database) as session:
        session.add(
            Article(id=1, address="https://example.org/a", outlet="Gazette", kind="news", headline="Old headline",
                    source="x", first_seen_at=NOW, last_seen_at=NOW)
        )  # fmt: skip
        session.flush()
        session.add(
            Coverage(article_id=1, file_number="Int 0001-2025", kind="explicit", role="main", score=1, evidence="x",
                     outcome="published", decided_by="press", decided_at=NOW)
        )  # fmt: skip
    with writing(database) as session:
        session.execute(sa.update(Article).values(headline="New headlines"))
    assert ask(database, "old headline").pieces == ()
    assert [piece.headline for piece in ask(database, "new headline").pieces] == ["New headlines"]


@given(st.text(max_size=60))
@settings(max_examples=60)
def test_any_question_is_answered(shipped: sa.Engine, question: str) -> None:
    found = ask(shipped, question)
    assert found.total <= 200
    assert all(result.line.slug for result in found.results)


def test_a_question_without_words_finds_nothing(shipped: sa.Engine) -> None:
    for question in ("", "   ", '"', "***", "-- ;", "\0"):
        assert ask(shipped, question).empty


def test_the_page_names_what_it_found_and_why(client: FlaskClient) -> None:
    page = client.get("/search?q=Local+Law+58+of+2014").get_data(as_text=True)
    assert "/matters/int-0486-2014" in page
    page = client.get("/search?q=Marc-Viverito").get_data(as_text=True)
    assert "Nothing holds “Marc-Viverito”" in page
    assert "/matters?sponsor=Melissa+Mark-Viverito" in page


@pytest.mark.parametrize("q", ["<script>alert(1)</script>", "\x02<b>\x03", '" OR 1=1 --', "a" * 5000, "NEAR(", "*"])
def test_a_hostile_question_is_only_text(client: FlaskClient, q: str) -> None:
    answered = client.get("/search", query_string={"q": q})
    page = answered.get_data(as_text=True)
    assert answered.status_code == 200
    assert "<script>alert" not in page
    assert "<b>" not in page.split("<main")[1].split("</form>")[0]


def test_a_matter_found_by_number_is_not_told_twice(client: FlaskClient) -> None:
    page = client.get("/search?q=1412").get_data(as_text=True)
    assert page.count("/matters/int-1412-2025") == 1


def test_an_empty_search_is_a_form(client: FlaskClient) -> None:
    page = client.get("/search").get_data(as_text=True)
    assert 'role="search"' in page
    assert "Nothing fits" not in page


def test_nothing_found_says_what_to_try(client: FlaskClient) -> None:
    page = client.get("/search?q=zzzzqqqq").get_data(as_text=True)
    assert "Nothing fits" in page
    assert "scope=all" in page
