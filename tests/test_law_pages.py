"""The pages of the law: a day, two days, a section, two versions of a text, the chain across sessions."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import golden
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from tracker.database import connect, upgrade, writing
from tracker.law.textdiff import difference
from tracker.models import SectionEffect, Version
from tracker.web import create_app
from tracker.web.version_pages import passages

NOW = datetime(2026, 11, 24, 17, tzinfo=UTC)
OLD = "Section 1. Definitions.\nDetainer. A request to hold a person.\nb. The warden may hold a person.\nEnd.\n"
NEW = "Section 1. Definitions.\nDetainer. A request to hold a person.\nb. The warden shall hold a person.\nEnd.\n"
LONG = "".join(f"{n}. A paragraph that stays as it is.\n" for n in range(20))


@pytest.fixture(scope="module")
def client(shipped: sa.Engine) -> FlaskClient:
    """The starter record, with two texts of one bill."""
    with writing(shipped) as session:
        found = session.connection().exec_driver_sql("SELECT id FROM matter WHERE slug = 'int-1412-2025'").scalar_one()
        for label, text in (("*", LONG + OLD), ("A", LONG + NEW), ("B", LONG + NEW + "  \n")):
            session.add(Version(matter_id=found, label=label, digest=label, text=text, first_seen_at=NOW))
    return create_app(shipped, clock=lambda: NOW).test_client()


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[FlaskClient]:
    engine = connect(f"sqlite:///{tmp_path}/tracker.db")
    upgrade(engine)
    yield create_app(engine, clock=lambda: NOW).test_client()
    engine.dispose()


def words(client: FlaskClient, address: str, status: int = 200) -> str:
    """The text of a page, tags and white space taken out."""
    response = client.get(address)
    assert response.status_code == status, response.text
    return " ".join(re.sub(r"<[^>]+>", " ", response.text).split()).replace(" .", ".").replace(" ,", ",")


@pytest.mark.parametrize("address", ["/law", "/law?on=2018-02-01&known=then", "/compare", "/compare?known=then"])
def test_the_pages_answer_before_anything_was_read(empty: FlaskClient, address: str) -> None:
    assert empty.get(address).status_code == 200


@pytest.mark.parametrize(
    "address",
    ["/law", "/law?on=2011-12-31", "/law?on=x", "/compare?from=2025-12-01&to=2026-03-01", "/sections/admin-9-131",
     "/sections/charter-18", "/matters/int-1412-2025/versions/first..A"],
)  # fmt: skip
def test_every_page_is_whole_and_asks_nothing_of_other_hosts(client: FlaskClient, address: str) -> None:
    html = client.get(address).text
    assert html.count("<h1") == 1
    assert "<script" not in html and " style=" not in html
    assert html.count("<ul") == html.count("</ul>") and html.count("<ol") == html.count("</ol>")
    assert 'id="main"' in html


def test_the_law_of_a_day_names_what_stood_and_what_waited(client: FlaskClient) -> None:
    text = words(client, "/law?on=2014-12-31")
    assert "§ 9-131 as changed by Local Law 58 of 2014" in text
    assert "In this form since 14 Dec 2014 (30 days after it became law)." in text
    assert "adds subdivision (h), in force from 12 Feb 2015 (90 days after it became law)." in text
    assert "EO 34 of 2003 Limits on asking about immigration status Not known whether in effect" in text


def test_without_a_day_it_is_todays(client: FlaskClient) -> None:
    assert "The law on 24 Nov 2026" in words(client, "/law")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("2018-13-01", "“2018-13-01” is not a date. Write year, month and day, like 2018-02-01."),
        ("2/1/2018", "“2/1/2018” is not a date."),
        ("２０１８-02-01", "is not a date."),
        ("0001-01-01", "“0001-01-01” is too far away: give a day from 1898 to 2100."),
        ("<b>", "“&lt;b&gt;” is not a date."),
    ],
)
def test_a_bad_day_is_told_and_what_was_typed_stays(client: FlaskClient, typed: str, sentence: str) -> None:
    response = client.get("/law", query_string={"on": typed, "known": "then"})
    assert response.status_code == 400
    assert sentence in response.text
    assert f'value="{typed.replace("<b>", "&lt;b&gt;")}"' in response.text
    assert '<option value="then" selected>' in response.text


def test_a_bad_day_of_two_keeps_the_good_one(client: FlaskClient) -> None:
    response = client.get("/compare?from=2025-12-01&to=tomorrow")
    assert response.status_code == 400
    assert "“tomorrow” is not a date." in response.text
    assert 'value="2025-12-01"' in response.text and 'value="tomorrow"' in response.text


def test_before_our_record_began_the_page_says_so(client: FlaskClient) -> None:
    text = words(client, "/law?on=2018-02-01&known=then")
    assert "Our record began on 26 Sep 2021: on 1 Feb 2018 it said nothing yet." in text
    assert "Local Law 228 of 2017" not in text


def test_where_a_part_of_the_record_is_younger_than_the_day_that_is_said(client: FlaskClient) -> None:
    text = words(client, "/law?on=2026-01-31&known=then")
    assert "On 31 Jan 2026 our record was not whole yet." in text
    assert "Orders, directives and suits came into it on 24 Nov 2026." in text
    assert "§ 9-131 as changed by Local Law 228 of 2017" in text, "the override was not yet in the record"
    assert "§ 9-131 as changed by Local Law 63 of 2026" in words(client, "/law?on=2026-01-31")


def test_what_changed_between_two_days(client: FlaskClient) -> None:
    text = words(client, "/compare?from=2025-12-01&to=2026-03-01")
    assert "§ 9-131 Amended subdivisions (a)(4), (d) and (h)(2) by Local Law 63 of 2026" in text
    assert "EO 1 of 2026" in text and "Not there yet" in text
    assert "Law, by override of a veto since 29 Jan 2026" in text
    assert "EO 124 of 1989" not in text


def test_two_days_the_wrong_way_round_are_turned_and_that_is_said(client: FlaskClient) -> None:
    text = words(client, "/compare?from=2026-03-01&to=2025-12-01")
    assert "What changed from 1 Dec 2025 to 1 Mar 2026" in text
    assert "The first day was the later one" in text


def test_a_section_tells_who_made_it_who_tried_and_who_sued(client: FlaskClient) -> None:
    text = words(client, "/sections/admin-9-131")
    assert "In force today, in the form of Local Law 63 of 2026, since 29 Jan 2026." in text
    assert "Added by Local Law 62 of 2011 First limits on jail detainers In force from 21 Mar 2012" in text
    assert "Would repeal the section" in text and "Would have repealed the section" in text
    assert "Would have amended subdivision (b)(1) · Would have added subdivision (i)" in text
    assert text.count("United States v. City of New York (2025) Federal suit") == 1
    assert "challenges section 10-178" not in text, "that is told on the page of the other section"


def test_a_section_without_a_law_says_so(client: FlaskClient) -> None:
    assert "No law in this record has made or changed it" in words(client, "/sections/admin-6-122")


@pytest.mark.parametrize("slug", ["admin-1-1", "charter-9999", "penal-1", "admin-9-131-2", "admin-"])
def test_a_section_that_nobody_names_is_not_found(client: FlaskClient, slug: str) -> None:
    assert client.get(f"/sections/{slug}").status_code == 404


def test_every_section_on_the_list_has_its_page(client: FlaskClient) -> None:
    slugs = re.findall(r'href="/sections/([a-z]+-[\d.-]+)"', client.get("/sections").text)
    assert len(slugs) > 20
    assert {client.get(f"/sections/{slug}").status_code for slug in slugs} == {200}


# --- versions


def test_the_matter_page_leads_to_what_changed_between_its_versions(client: FlaskClient) -> None:
    html = client.get("/matters/int-1412-2025").text
    assert 'href="/matters/int-1412-2025/versions/first..A"' in html
    assert 'href="/matters/int-1412-2025/versions/A..B"' in html
    assert "/versions/" not in client.get("/matters/int-0214-2024").text


def test_removed_and_inserted_words_are_marked_and_announced(client: FlaskClient) -> None:
    html = client.get("/matters/int-1412-2025/versions/first..A").text
    assert re.search(r'<del><span class="hidden">removed: </span>may<span class="hidden">', html)
    assert re.search(r'<ins><span class="hidden">inserted: </span>shall<span class="hidden">', html)
    text = words(client, "/matters/int-1412-2025/versions/first..A")
    assert "1 word removed, 1 word inserted." in text
    assert "[brackets] hold what it takes out" in text
    assert "21 paragraphs unchanged" in text and "3. A paragraph that stays" not in text
    assert "3. A paragraph that stays" in words(client, "/matters/int-1412-2025/versions/first..A?whole=")


def test_versions_that_differ_in_blanks_alone_say_the_same(client: FlaskClient) -> None:
    assert "The two texts say the same, word for word." in words(client, "/matters/int-1412-2025/versions/A..B")


@pytest.mark.parametrize("pair", ["first..C", "A..A", "A", "..", "A..b", "first..A..B"])
def test_versions_that_are_not_held_are_not_found(client: FlaskClient, pair: str) -> None:
    assert client.get(f"/matters/int-1412-2025/versions/{pair}").status_code == 404


def test_the_missing_version_is_named_with_those_that_are_held(client: FlaskClient) -> None:
    text = words(client, "/matters/int-1412-2025/versions/first..C", 404)
    assert "The text of version C is not held. Held of Int 1412-2025: first, A, B." in text


def test_texts_that_are_too_long_are_not_compared(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracker.law.textdiff.LONGEST", 100)
    client.application.extensions["tracker.pages"].forget()
    assert "too long to be compared on a page" in words(client, "/matters/int-1412-2025/versions/first..A")


def test_passages_leave_out_what_is_far_from_a_change() -> None:
    found = difference(LONG + OLD + LONG, LONG + NEW + LONG)
    shown, rest = passages(found.paragraphs, 1)
    assert [(passage.skipped, len(passage.paragraphs)) for passage in shown] == [(21, 3)]
    assert rest == 20
    assert passages(found.paragraphs, 99)[1] == 0


# --- across sessions


def test_the_chain_across_sessions_says_what_became_of_each(client: FlaskClient) -> None:
    text = words(client, "/matters/int-0214-2024")
    chain = text[text.index("Across sessions") : text.index("Facts")]
    numbers = ["Int 2348-2021", "Int 158-2022", "Int 214-2024, this one", "Int 209-2026"]
    places = [chain.index(number) for number in numbers]
    assert places == sorted(places)
    assert "29 Jan 2026 · In committee" in chain
    assert "Brings back Int 158-2022: The two texts are nearly the same" in chain


def test_a_matter_that_never_returned_has_no_chain(client: FlaskClient) -> None:
    assert "Across sessions" not in words(client, "/matters/int-0486-2014")


# --- what is not on record, and what moved


def test_the_versions_of_a_renumbered_bill_are_at_its_new_number(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path}/tracker.db")
    upgrade(engine)
    golden.fill(engine)
    response = (
        create_app(engine, clock=lambda: golden.NOW).test_client().get("/matters/int-1128-2023/versions/first..A")
    )
    assert response.status_code == 301
    assert response.location == "/matters/int-1126-2023/versions/first..A"
    engine.dispose()


def test_a_law_without_a_day_of_effect_shows_its_enactment_and_says_so(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path}/tracker.db")
    upgrade(engine)
    golden.fill(engine)
    with writing(engine) as session:
        session.add(SectionEffect(file_number="Int 1412-2025", code="admin", section="9-999", effect="adds"))
    text = words(create_app(engine, clock=lambda: golden.NOW).test_client(), "/sections/admin-9-999")
    assert "In force from 29 Jan 2026 (effective date not recorded, enactment date shown)" in text
    engine.dispose()
