"""Suggested coverage: what a reader sends waits for an editor, is shown nowhere, and says nothing of who sent it."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from archive_builder import ROOT, one, rows
from click.testing import CliRunner
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from tracker.cli.main import main
from tracker.config import SuggestionsConfig
from tracker.database import connect, reading, writing
from tracker.editing import suggestions
from tracker.models.mail import Attempt
from tracker.models.suggestions import Suggestion
from tracker.secret import Seal, Secret
from tracker.web import SiteSettings, create_app
from tracker.web.server import behind

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
SECRET = Secret("a secret of more than thirty-two characters")
PIECE = "https://www.example.org/2026/11/story/?utm_source=feed"


class Days:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = NOW


@pytest.fixture
def engine(shipped_file: Path, tmp_path: Path) -> Iterator[sa.Engine]:
    shutil.copy(shipped_file, tmp_path / "x.db")
    engine = connect(f"sqlite:///{tmp_path}/x.db")
    yield engine
    engine.dispose()


@pytest.fixture
def days() -> Days:
    return Days()


@pytest.fixture
def client(engine: sa.Engine, days: Days) -> FlaskClient:
    site = SiteSettings(suggestions=SuggestionsConfig(per_hour=3, per_day=4, most_waiting=50))
    return create_app(engine, clock=lambda: days.now, site=site, secret=SECRET).test_client()


def send(client: FlaskClient, address: str = PIECE, headers: dict[str, str] | None = None, **more: str) -> TestResponse:
    return client.post("/coverage/suggest", data={"address": address} | more, headers=headers or {})


def text(answer: TestResponse) -> str:
    return " ".join(answer.get_data(as_text=True).split())


def test_a_suggestion_waits_under_its_canonical_address_and_the_reader_is_thanked(
    client: FlaskClient, engine: sa.Engine
) -> None:
    answer = send(client, measure="Local Law 58 of 2014", note="Third paragraph")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/coverage/suggest/thanks")
    assert "Thank you" in text(client.get("/coverage/suggest/thanks"))
    row = one(engine, Suggestion)
    assert (row.address, row.file_number, row.note) == (
        "https://example.org/2026/11/story", "Int 0486-2014", "Third paragraph",
    )  # fmt: skip
    assert (row.state, row.decided_by, row.decided_at, row.at) == ("waiting", "", None, NOW)


@pytest.mark.parametrize(
    "written",
    [
        "Int 1412-2025",
        "Intro. 1412-A of 2025",
        "int-1412-2025",
        "https://x.example.org/matters/int-1412-2025",
        "LL 63/2026",
    ],
)
def test_every_written_form_of_a_number_finds_its_measure(client: FlaskClient, engine: sa.Engine, written: str) -> None:
    assert send(client, measure=written).status_code == 303
    assert one(engine, Suggestion).file_number == "Int 1412-2025"


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("", "Give the address of the piece"),
        ("a story I read", "not the address of a page"),
        ("javascript:alert(1)", "not the address of a page"),
        ("ftp://example.org/a", "not the address of a page"),
        ("http://127.0.0.1/admin", "not the address of a page"),
        ("http://localhost/admin", "not the address of a page"),
        ("http://[::1]/x", "not the address of a page"),
        ("https://[/x", "not the address of a page"),
        ("https://gothamist.com/", "front page"),
        ("https://example.org/" + "a" * 1000, "longer than 1,000"),
    ],
)
def test_a_bad_address_is_told_and_what_was_typed_stays(
    client: FlaskClient, engine: sa.Engine, address: str, words: str
) -> None:
    answer = send(client, address, note="my own words")
    assert answer.status_code == 422
    page = text(answer)
    assert words in page and "my own words" in page and 'aria-invalid="true"' in page
    assert rows(engine, Suggestion) == []


def test_a_measure_that_is_not_held_is_told_with_the_forms_that_are_read(
    client: FlaskClient, engine: sa.Engine
) -> None:
    page = text(send(client, measure="the sanctuary law"))
    assert "is not the number of a measure in this record" in page and "Executive Order 50 of 2025" in page
    assert PIECE in page
    assert rows(engine, Suggestion) == []


def test_a_piece_that_is_shown_already_is_said_to_be_with_links(client: FlaskClient, engine: sa.Engine) -> None:
    held = "http://observer.com/2014/10/council-passes-bills-to-stop-cooperation-with-federal-immigration-detainers"
    page = text(send(client, f"{held}/?utm_medium=social"))
    assert "This piece is here already" in page and 'href="/matters/int-0486-2014"' in page
    assert rows(engine, Suggestion) == []
    assert send(client, held, measure="Int 1412-2025").status_code == 303  # that link is news


def test_the_same_piece_sent_twice_waits_once(client: FlaskClient, engine: sa.Engine) -> None:
    assert [send(client).status_code, send(client, "http://m.example.org/2026/11/story").status_code] == [303, 303]
    assert len(rows(engine, Suggestion)) == 1


def test_nothing_of_a_suggestion_is_seen_in_public(client: FlaskClient) -> None:
    send(client, measure="Int 1412-2025", note="seen-nowhere")
    for path in ("/", "/coverage", "/coverage?about=policy", "/matters/int-1412-2025", "/outlets", "/sources"):
        page = client.get(path).get_data(as_text=True)
        assert "seen-nowhere" not in page and "example.org/2026/11" not in page
    assert "example.org/2026" not in client.get("/coverage.csv").get_data(as_text=True)


def test_a_network_that_sends_often_must_wait_and_keeps_what_it_typed(
    client: FlaskClient, engine: sa.Engine, days: Days
) -> None:
    codes = [send(client, f"https://example.org/{n}").status_code for n in range(3)]
    refused = send(client, "https://example.org/4", note="not lost")
    assert (codes, refused.status_code, refused.headers["Retry-After"]) == ([303] * 3, 429, "3600")
    assert "Try again in 60 minutes" in text(refused) and "not lost" in text(refused)
    days.now += timedelta(hours=1, seconds=1)
    assert send(client, "https://example.org/5").status_code == 303
    days.now += timedelta(hours=2)
    assert "Try again in 21 hours" in text(send(client, "https://example.org/6"))  # four a day
    assert len(rows(engine, Suggestion)) == 4


def test_attempts_hold_no_address_and_are_forgotten_after_a_day(
    client: FlaskClient, engine: sa.Engine, days: Days
) -> None:
    send(client)
    (attempt,) = rows(engine, Attempt)
    assert attempt.who == Seal(SECRET).fingerprint("127.0.0.1/32") and "127.0" not in attempt.who
    days.now += timedelta(days=1, seconds=1)
    send(client, "https://example.org/other")
    assert [row.at for row in rows(engine, Attempt)] == [days.now]


def test_the_nightly_pruning_forgets_attempts_too(engine: sa.Engine, client: FlaskClient, tmp_path: Path) -> None:
    send(client)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE attempt SET at = '2020-01-01 00:00:00'"))
    settings = (ROOT / "config.toml").read_text(encoding="utf-8").replace('"data/', f'"{tmp_path}/')
    (tmp_path / "config.toml").write_text(settings, encoding="utf-8")
    where = ["--config", str(tmp_path / "config.toml"), "--database-url", f"sqlite:///{tmp_path}/x.db"]
    assert CliRunner().invoke(main, ["captures", "prune", *where]).exit_code == 0
    assert rows(engine, Attempt) == []


def test_attempts_of_others_are_left_alone(client: FlaskClient, engine: sa.Engine) -> None:
    with writing(engine) as session:
        session.add(Attempt(what="sign-in", who="x", at=NOW - timedelta(days=30)))
    send(client)
    assert {row.what for row in rows(engine, Attempt)} == {"sign-in", "suggestion"}


def test_a_program_that_fills_in_everything_is_thanked_and_nothing_is_kept(
    client: FlaskClient, engine: sa.Engine
) -> None:
    assert send(client, website="https://spam.example.org").status_code == 303
    assert (rows(engine, Suggestion), rows(engine, Attempt)) == ([], [])


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example.org"},
        {"Origin": "null"},
    ],
)  # fmt: skip
def test_a_form_on_another_site_is_refused(client: FlaskClient, engine: sa.Engine, headers: dict[str, str]) -> None:
    assert send(client, headers=headers).status_code == 403
    assert rows(engine, Suggestion) == []


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}])
def test_the_sites_own_form_is_taken(client: FlaskClient, headers: dict[str, str]) -> None:
    assert send(client, headers=headers).status_code == 303


def test_no_page_of_it_sets_a_cookie_or_is_cached(client: FlaskClient) -> None:
    for answer in (client.get("/coverage/suggest"), send(client), send(client, "nothing")):
        assert "Set-Cookie" not in answer.headers
    assert client.get("/coverage/suggest").headers["Cache-Control"] == "no-store"


def test_a_body_that_never_ends_is_not_read(client: FlaskClient) -> None:
    assert send(client, note="x" * 100_000).status_code == 413


def test_markup_and_marks_of_direction_in_the_form_are_only_words(client: FlaskClient, engine: sa.Engine) -> None:
    page = send(client, "<script>alert(1)</script>", note='</textarea><img src=x onerror="alert(1)">').get_data(
        as_text=True
    )
    assert "<script>alert" not in page and "<img" not in page
    send(client, note="abc\u202edef\u200b\x00\x07\nsecond line")
    assert one(engine, Suggestion).note == "abcdef\nsecond line"


def test_no_more_are_taken_than_an_editor_can_look_through(engine: sa.Engine) -> None:
    site = SiteSettings(suggestions=SuggestionsConfig(per_hour=9, per_day=9, most_waiting=2))
    client = create_app(engine, clock=lambda: NOW, site=site, secret=SECRET).test_client()
    assert [send(client, f"https://example.org/{n}").status_code for n in range(3)] == [303, 303, 503]


def test_behind_a_proxy_each_reader_counts_alone_and_only_if_it_is_set(engine: sa.Engine) -> None:
    def networks(proxies: int) -> set[str]:
        app = behind(create_app(engine, clock=lambda: NOW, secret=SECRET), proxies)
        for number in range(2):
            said = {"X-Forwarded-For": f"10.9.9.9, 203.0.113.{number}"}
            send(app.test_client(), f"https://example.org/{proxies}/{number}", headers=said)
        found = {row.who for row in rows(engine, Attempt)}
        with engine.begin() as connection:
            connection.execute(sa.text("DELETE FROM attempt"))
        return found

    seal = Seal(SECRET)
    assert networks(0) == {seal.fingerprint("127.0.0.1/32")}
    assert networks(1) == {seal.fingerprint("203.0.113.0/32"), seal.fingerprint("203.0.113.1/32")}


@given(st.text(max_size=80), st.text(max_size=40), st.text(max_size=40))
def test_no_text_breaks_the_reading_of_the_form(shipped_file: Path, address: str, measure: str, note: str) -> None:
    engine = connect(f"sqlite:///{shipped_file}")
    with reading(engine) as session:
        typed = suggestions.read_form(session, address, measure, note)
    engine.dispose()
    assert set(typed.faults) <= {"address", "measure", "note"}


def test_a_suggestion_is_stored_on_either_database(database: sa.Engine) -> None:
    typed = suggestions.Typed("https://www.example.org/a", "", "n")
    for _ in range(2):
        with writing(database) as session:
            assert (
                suggestions.too_often(session, "w", SuggestionsConfig(per_hour=5, per_day=5, most_waiting=5), NOW)
                is None
            )
            suggestions.save(session, typed, NOW)
            assert not suggestions.is_full(session, SuggestionsConfig(per_hour=5, per_day=5, most_waiting=2))
    assert len(rows(database, Suggestion)) == 1


def test_the_form_is_linked_from_the_coverage_and_from_each_measure(client: FlaskClient) -> None:
    assert 'href="/coverage/suggest"' in text(client.get("/coverage"))
    page = text(client.get("/matters/eo-50-2025"))
    assert (
        'href="/coverage/suggest?measure=EO+50-2025"' in page or 'href="/coverage/suggest?measure=EO%2050-2025"' in page
    )
    assert 'value="EO 50-2025"' in text(client.get("/coverage/suggest?measure=EO+50-2025"))
