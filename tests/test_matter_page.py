"""The parts of a matter's page: filters, roll calls, sponsors over time, citations, fingerprints; and its size."""

import gzip
import random
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import golden
import pytest
import sqlalchemy as sa
from archive_builder import add
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from tracker import timeline
from tracker.database import connect, next_id, reading, writing
from tracker.formats.citation import cite, print_of
from tracker.held import table
from tracker.law import sponsoring
from tracker.models import Action, Capture, Change, Document, Matter, Person, Run, Sponsorship, Vote
from tracker.models.sources import Article, Coverage
from tracker.queries import coverage as queries_coverage
from tracker.vocabulary import VOTE_VALUES
from tracker.web import SiteSettings, create_app, showing
from tracker.web.rollcall import kind_of, roll_call

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
SITE = SiteSettings(base_url="https://tracker.example.org")
PAGE = "/matters/int-1412-2025"
WORDS = (Path(__file__).resolve().parents[1] / "docs" / "operations.md").read_text(encoding="utf-8").split()
BUDGET = 30_000  # bytes of a page as it is sent


@pytest.fixture(scope="module")
def client(shipped: sa.Engine) -> FlaskClient:
    return create_app(shipped, clock=lambda: NOW, site=SITE).test_client()


def soup(client: FlaskClient, address: str) -> BeautifulSoup:
    answer = client.get(address)
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "lxml")


def text(client: FlaskClient, address: str) -> str:
    return " ".join(soup(client, address).get_text(" ").split())


# Filters


def who_acts(page: BeautifulSoup) -> set[str]:
    """The actors of the timeline's entries, by the class of their shapes."""
    return {str(shape["class"][1]) for shape in page.select(".time > li > .shape")}


def test_a_timeline_shows_the_parts_that_are_asked_for_with_commas_or_boxes(client: FlaskClient) -> None:
    assert who_acts(soup(client, PAGE)) == {"council", "mayor", "press", "record"}
    assert who_acts(soup(client, f"{PAGE}?show=mayor,press")) == {"mayor", "press"}
    assert who_acts(soup(client, f"{PAGE}?show=mayor&show=press")) == {"mayor", "press"}
    assert who_acts(soup(client, f"{PAGE}?show=nonsense")) == {"council", "mayor", "press", "record"}


def test_the_boxes_say_what_is_shown_and_a_filtered_page_names_its_bare_address(client: FlaskClient) -> None:
    page = soup(client, f"{PAGE}?show=mayor,changes")
    ticked = {str(box["value"]): box.has_attr("checked") for box in page.select('.show input[name="show"]')}
    assert ticked == {"council": False, "mayor": True, "press": False, "record": False, "changes": True}
    (canonical,) = page.select('link[rel="canonical"]')
    assert canonical["href"] == "https://tracker.example.org/matters/int-1412-2025"
    assert [str(link["href"]) for link in page.select(".show a")] == [f"{PAGE}#timeline"]


def test_smaller_changes_of_the_record_stand_on_the_line_only_where_they_are_asked_for(client: FlaskClient) -> None:
    told = "The status went from “Reported from Committee” to “Vetoed”."
    line, asked = (soup(client, PAGE + more).select_one(".time") for more in ("", "?show=changes"))
    assert line is not None and told not in line.get_text()
    assert asked is not None and told in asked.get_text()


def test_a_choice_that_nothing_answers_says_so(client: FlaskClient) -> None:
    assert "The timeline holds nothing of what you chose." in text(client, f"{PAGE}?show=voters")


def test_coverage_without_a_date_is_a_part_of_its_own_too(client: FlaskClient) -> None:
    page = "/matters/eo-50-2025"
    assert "Coverage without a known date" in text(client, page)
    assert "Coverage 6" in text(client, page)
    assert "Coverage without a known date" in text(client, f"{page}?show=press")
    assert "The timeline holds nothing" not in text(client, f"{page}?show=press")
    assert "Coverage without a known date" not in text(client, f"{page}?show=court")


def test_a_number_in_a_box_counts_what_it_stands_for() -> None:
    changes = golden.changes_of_1412()
    story = timeline.build(golden.int_1412(), golden.actions_of_1412(), changes, golden.ballots(), golden.TODAY)
    found = {box.key: (box.count, box.on) for box in showing.boxes(story, changes, frozenset(), more=7)}
    assert found["council"] == (sum(entry.actor == "council" for entry in story), True)
    assert found["press"] == (7, True)
    assert found["changes"][1] is False
    assert showing.boxes([entry for entry in story if entry.actor == "mayor"], [], frozenset()) == []


# Votes


def test_a_roll_call_is_a_row_of_marks_for_each_way_of_voting() -> None:
    counted = timeline.tally(
        [*[("A", "Affirmative")] * 3, ("B", "Negative"), ("C", "Abstain"), ("D", "Medical"), ("E", "")]
    )
    assert counted is not None
    rows = {row.kind: (row.members, row.path.count("M"), row.label) for row in roll_call(counted)}
    assert rows == {
        "yes": (3, 3, "Yes"), "no": (1, 1, "No"), "abstained": (1, 1, "Abstained"), "absent": (2, 2, "Did not vote"),
    }  # fmt: skip
    assert len({re.sub(r"M\d+", "", row.path[:40]) for row in roll_call(counted)}) == 4  # a shape of its own each


def test_every_word_for_a_vote_has_a_row() -> None:
    assert {word: kind_of(word) for word in ("Affirmative", "Negative", "Abstain", "never seen")} == {
        "Affirmative": "yes", "Negative": "no", "Abstain": "abstained", "never seen": "absent",
    }  # fmt: skip
    assert {kind_of(word) for word in VOTE_VALUES} == {"yes", "no", "abstained", "absent"}


def test_the_override_shows_its_votes_in_words_and_marks_and_the_names_on_demand(client: FlaskClient) -> None:
    page = soup(client, PAGE)
    (override,) = (entry for entry in page.select(".time > li") if "overrode the veto" in entry.get_text())
    assert [" ".join(row.get_text(" ").split()) for row in override.select(".roll > li")] == ["Yes 44", "No 7"]
    assert all(svg["aria-hidden"] == "true" for svg in override.select(".roll svg"))
    names = override.select_one("details .votes")
    assert names is not None and "Joann Ariola" in names.get_text()


# Sponsors


def moved(day: int, came: str = "", left: str = "") -> Change:
    at = datetime(2026, 3, day, 15, 0, tzinfo=UTC)
    return Change(kind="sponsors_changed", before=left, after=came, observed_at=at)


def test_todays_list_and_the_changes_give_the_first_list_back() -> None:
    course = sponsoring.course(["A", "C", "D"], [moved(1, "B; C"), moved(2, "D", "B")])
    assert course.first == ("A",)
    assert [(step.joined, step.left) for step in course.steps] == [(("B", "C"), ()), (("D",), ("B",))]
    assert course.joined_on == {"C": date(2026, 3, 1), "D": date(2026, 3, 2)}


def test_a_new_prime_sponsor_is_told() -> None:
    course = sponsoring.course(["B"], [moved(1, "prime sponsor: B", "prime sponsor: A; A")])
    assert set(course.first) == {"A", "B"}
    assert (course.steps[0].prime, course.steps[0].left) == ("B", ("A",))


def test_a_list_that_vanished_and_came_back_is_told_as_that(client: FlaskClient) -> None:
    gone, back = (
        moved(1, "prime sponsor: nobody", "prime sponsor: A; A; B"),
        moved(2, "prime sponsor: A; A; B", "prime sponsor: nobody"),
    )
    course = sponsoring.course(["A", "B"], [gone, back])
    assert [(step.all_left, step.all_back) for step in course.steps] == [(True, False), (False, True)]
    assert (course.first, course.joined_on) == (("A", "B"), {})
    page = text(client, PAGE)
    assert "18 Dec 2025 the record no longer named any of the 36 sponsors" in page
    assert "24 Jan 2026 it named the same 36 again" in page
    assert "10 Dec 2025 joined: Harvey D. Epstein" in page


# Citations and fingerprints


def test_a_law_is_cited_in_four_forms_with_address_moment_and_fingerprint() -> None:
    matter, shown = golden.int_1412(), print_of("sha256:" + "ab" * 32)
    found = cite(
        matter, "100% of {it} & more", "The Tracker", "https://x.org/m", datetime(2026, 2, 3, 3, 0, tzinfo=UTC), shown
    )
    assert found.plain == (
        "“Local Law 63 of 2026 (Int 1412-2025): 100% of {it} & more.” The Tracker. Data as of 2 February 2026, 22:00 "
        f"New York time. https://x.org/m. The record it shows: sha256 {'ab' * 32}."
    )
    assert found.legal == (
        "N.Y.C. Local Law No. 63 of 2026 (Jan. 29, 2026), https://x.org/m (data as of Feb. 2, 2026)."
    )
    assert found.apa.startswith("The Tracker. (2026, February 2). Local Law 63 of 2026 (Int 1412-2025): ")
    assert found.bibtex.startswith("@misc{int-1412-2025,\n  title = {{Local Law 63 of 2026 (Int 1412-2025): ")
    assert r"100\% of \{it\} \& more" in found.bibtex
    assert "  urldate = {2026-02-02}," in found.bibtex


@pytest.mark.parametrize(
    ("file_number", "kind", "begins"),
    [
        ("Int 0055-2026", "Introduction", "N.Y.C. Council Int. No. 55-2026 (May 6, 2026), "),
        ("Res 0836-2025", "Resolution", "N.Y.C. Council Res. No. 836-2025 (May 6, 2026), "),
        ("EO 50-2025", "Executive Order", "N.Y.C. Exec. Order No. 50 of 2025 (May 6, 2026), "),
        ("Council v. Mayor (2025)", "Lawsuit", "The suit (May 6, 2026), "),
    ],
)
def test_every_kind_of_matter_can_be_cited(file_number: str, kind: str, begins: str) -> None:
    matter = golden.matter(1, file_number, kind=kind, introduced_on=date(2026, 5, 6), slug="x")
    assert cite(matter, "The suit", "T", "https://x.org/m", NOW, None).legal.startswith(begins)


def test_a_page_cites_itself_by_its_lasting_address_in_every_language(client: FlaskClient) -> None:
    for prefix in ("", "/ar"):
        cited = soup(client, prefix + PAGE).select_one("p.cite")
        assert cited is not None
        assert (
            "Data as of 21 August 2026, 19:49 New York time. https://tracker.example.org/matters/int-1412-2025. "
            in cited.get_text()
        )


def test_what_we_saw_stands_with_the_fingerprint_of_its_document(client: FlaskClient) -> None:
    page = soup(client, PAGE)
    (shown,) = page.select(".prints code")
    assert re.fullmatch(r"sha256 [0-9a-f]{64}", shown.get_text())  # that of the starter record, which showed it all
    assert {str(link["href"]) for link in page.select("a.print")} == {f"#{shown.parent['id'] if shown.parent else ''}"}


@pytest.mark.parametrize(
    ("digest", "said"),
    [("sha256:0a", "sha256 0a"), ("sha1:0b", "git blob sha1 0b"), ("", None), ("sha256:", None), ("0c", None)],
)
def test_a_digest_says_what_it_is(digest: str, said: str | None) -> None:
    found = print_of(digest)
    assert (found.text if found else None) == said


# Size


@pytest.fixture
def crowded(shipped_file: Path, tmp_path: Path) -> Iterator[sa.Engine]:
    """A matter with more of everything than any has: acts, votes, changes, documents, sponsors and coverage."""
    shutil.copyfile(shipped_file, tmp_path / "x.db")
    engine = connect(f"sqlite:///{tmp_path}/x.db")
    dice = random.Random(1412)
    with writing(engine) as session:
        matter = session.scalars(sa.select(table(Matter).c.id).where(table(Matter).c.slug == "int-1412-2025")).one()
        people = list(session.scalars(sa.select(table(Person).c.id)).all())[:51]
        run = session.scalars(sa.select(table(Run).c.id)).one()
        first, change = next_id(session, Action.id), next_id(session, Change.id)
        capture = next_id(session, Capture.id)
        held = set(
            session.scalars(sa.select(table(Sponsorship).c.person_id).where(table(Sponsorship).c.matter_id == matter))
        )
        for number in range(60):
            on = date(2026, 2, 1) + timedelta(days=number)
            session.add(Action(
                id=first + number, matter_id=matter, source_id=f"x{number}", position=100 + number, acted_on=on,
                code=68, name="Approved by Council", body="City Council", result="Pass", first_seen_at=NOW,
            ))  # fmt: skip
            session.add(Capture(
                id=capture + number, run_id=run, address=f"https://example.org/{number}",
                digest=f"sha256:{dice.randbytes(32).hex()}", seen_at=NOW,
            ))  # fmt: skip
        session.flush()
        for number in range(8):
            for place, person in enumerate(people):
                value = dice.choice(["Affirmative", "Negative", "Absent"])
                session.add(Vote(action_id=first + number, position=place, person_id=person, value=value))
        for number in range(150):
            words = " ".join(dice.choices(WORDS, k=6))
            session.add(Change(
                id=change + number, matter_id=matter, run_id=run, capture_id=capture + number % 60,
                file_number="Int 1412-2025", observed_at=NOW, kind="title_changed", before=words,
                after=f"{words}, again",
            ))  # fmt: skip
            session.add(Document(
                matter_id=matter, position=1000 + number, source_id=f"x{number}", name=f"Hearing Transcript {number}",
                url=f"https://legistar.council.nyc.gov/View.ashx?M=F&ID={dice.randrange(10**8)}",
            ))  # fmt: skip
        for place, person in enumerate(each for each in people if each not in held):
            session.add(Sponsorship(matter_id=matter, position=500 + place, person_id=person))
    articles = [
        Article(
            id=50_000 + number, address=f"https://example.org/{dice.randbytes(20).hex()}", outlet=f"Outlet {number}",
            kind="news", headline=" ".join(dice.choices(WORDS, k=11)), source="x", topic=False,
            published_on=date(2026, 1, 1) + timedelta(days=number % 300), first_seen_at=NOW, last_seen_at=NOW,
        )
        for number in range(500)
    ]  # fmt: skip
    links = [
        Coverage(
            article_id=article.id, file_number="Int 1412-2025", kind="explicit", role="main", score=1.0,
            evidence=" ".join(dice.choices(WORDS, k=20)), outcome="published", decided_by="press", decided_at=NOW,
        )
        for article in articles
    ]  # fmt: skip
    add(engine, *articles)
    add(engine, *links)
    yield engine
    engine.dispose()


@pytest.mark.parametrize("address", [PAGE, f"/ar{PAGE}"])
def test_the_page_of_a_matter_with_too_much_of_everything_stays_small(crowded: sa.Engine, address: str) -> None:
    client = create_app(crowded, clock=lambda: NOW, site=SITE).test_client()
    answer = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.data) < BUDGET
    page = BeautifulSoup(gzip.decompress(answer.data), "lxml")
    assert len(page.select(".time .press")) >= showing.MOST_STORIES
    assert len(page.select(".seen > ol > li")) == showing.MOST_CHANGES
    assert page.select_one('.more a[href$="/coverage?measure=Int+1412-2025"]') is not None


def test_where_all_stories_do_not_fit_those_on_the_matter_go_first(crowded: sa.Engine) -> None:
    with reading(crowded) as session:
        known = queries_coverage.of_measure(session, "Int 1412-2025")
    kept = showing.some(known)
    assert len(kept) == showing.MOST_STORIES
    assert {line.role for line in kept} == {"main"}
    assert kept == sorted(kept, key=lambda line: line.published_on or date.min, reverse=True)


def test_a_citation_is_in_english_on_every_page(client: FlaskClient) -> None:
    page = client.get(f"/ar{PAGE}").get_data(as_text=True)
    assert "“Local Law 63 of 2026 (Int 1412-2025): " in page
