"""Reported errors: what a reader sends reaches the editor and the contact, is shown nowhere else, and names nobody."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
import sqlalchemy as sa
from archive_builder import add, one, rows
from bs4 import BeautifulSoup
from desk import Browser, hire
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from tracker.config import Config, SuggestionsConfig, load_config
from tracker.database import connect, reading, writing
from tracker.editing import reports
from tracker.mail.server import Mailer, MailFailed
from tracker.models.mail import Attempt
from tracker.models.reports import Report
from tracker.secret import Seal, Secret
from tracker.web import SiteSettings, create_app

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
SECRET = Secret("a secret of more than thirty-two characters")
LIMITS = SuggestionsConfig(per_hour=3, per_day=4, most_waiting=50)
WORDS = "The vote was 44 to 7, not 43 to 7."


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
    site = SiteSettings(contact="editor@example.org", suggestions=LIMITS)
    return create_app(engine, clock=lambda: days.now, site=site, secret=SECRET).test_client()


def send(client: FlaskClient, words: str = WORDS, headers: dict[str, str] | None = None, **more: str) -> TestResponse:
    return client.post("/report", data={"words": words} | more, headers=headers or {})


def text(answer: TestResponse) -> str:
    return " ".join(answer.get_data(as_text=True).split())


# The form


def test_a_report_waits_for_an_editor_with_the_measure_it_means(client: FlaskClient, engine: sa.Engine) -> None:
    answer = send(client, about="int-1412-2025", evidence="https://example.org/minutes")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/report/thanks")
    assert "Thank you" in text(client.get("/report/thanks"))
    row = one(engine, Report)
    assert (row.about, row.file_number, row.words) == ("int-1412-2025", "Int 1412-2025", WORDS)
    assert (row.evidence, row.at, row.state, row.told_at) == ("https://example.org/minutes", NOW, "waiting", None)


def test_the_form_is_reached_from_every_page_and_knows_the_measure_it_was_opened_from(client: FlaskClient) -> None:
    assert 'href="/report"' in text(client.get("/about"))
    page = text(client.get("/matters/int-1412-2025"))
    assert 'href="/report?about=int-1412-2025"' in page
    assert 'value="int-1412-2025"' in text(client.get("/report?about=int-1412-2025"))
    assert "mailto:editor@example.org" in text(client.get("/report"))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"words": " \u200b\n"}, "Say what is wrong"),
        ({"words": "x" * 2001}, "2,000 characters at most; these are 2,001"),
        ({"evidence": "e" * 1001}, "1,000 characters at most"),
        ({"about": "a" * 301}, "300 characters at most"),
    ],
)
def test_what_cannot_be_taken_is_told_beside_its_field_and_nothing_typed_is_lost(
    client: FlaskClient, engine: sa.Engine, typed: dict[str, str], said: str
) -> None:
    given = {"about": "Res 929-2025", "words": "my own words", "evidence": "page nine"} | typed
    answer = client.post("/report", data=given)
    assert answer.status_code == 422
    soup = BeautifulSoup(answer.get_data(as_text=True), "lxml")
    (name,) = typed
    assert said in soup.get_text(" ", strip=True)
    assert soup.select_one(f'[name="{name}"][aria-invalid="true"][aria-describedby~="{name}-fault"]') is not None
    assert (soup.title or soup).get_text().startswith("Error: ")
    kept = {str(each["name"]): str(each.get("value") or each.get_text().lstrip("\n")) for each in soup.select("[name]")}
    assert {key: kept[key] for key in given if key != name} == {key: text for key, text in given.items() if key != name}
    assert rows(engine, Report) == []


def test_the_same_report_sent_twice_waits_once(client: FlaskClient, engine: sa.Engine) -> None:
    assert [send(client).status_code, send(client).status_code] == [303, 303]
    assert len(rows(engine, Report)) == 1


def test_a_network_that_sends_often_must_wait_and_keeps_what_it_typed(
    client: FlaskClient, engine: sa.Engine, days: Days
) -> None:
    codes = [send(client, f"error {n}").status_code for n in range(3)]
    refused = send(client, "a fourth error")
    assert (codes, refused.status_code, refused.headers["Retry-After"]) == ([303] * 3, 429, "3600")
    assert "Try again in 60 minutes" in text(refused) and "a fourth error" in text(refused)
    days.now += timedelta(hours=1, seconds=1)
    assert send(client, "a fourth error").status_code == 303
    days.now += timedelta(hours=2)
    assert "Try again in 21 hours" in text(send(client, "a fifth error"))
    assert len(rows(engine, Report)) == 4


def test_reports_and_suggestions_are_counted_apart_and_no_address_is_kept(
    client: FlaskClient, engine: sa.Engine
) -> None:
    send(client)
    client.post("/coverage/suggest", data={"address": "https://example.org/a"})
    found = rows(engine, Attempt)
    assert {row.what for row in found} == {"report", "suggestion"}
    assert {row.who for row in found} == {Seal(SECRET).fingerprint("127.0.0.1/32")}


def test_no_more_are_taken_than_an_editor_can_look_through(engine: sa.Engine) -> None:
    site = SiteSettings(suggestions=SuggestionsConfig(per_hour=9, per_day=9, most_waiting=2))
    client = create_app(engine, clock=lambda: NOW, site=site, secret=SECRET).test_client()
    answers = [send(client, f"error {n}") for n in range(3)]
    assert [answer.status_code for answer in answers] == [303, 303, 503]
    assert "error 2" in text(answers[2])


def test_a_program_that_fills_in_everything_is_thanked_and_nothing_is_kept(
    client: FlaskClient, engine: sa.Engine
) -> None:
    assert send(client, homepage="https://spam.example.org").status_code == 303
    assert (rows(engine, Report), rows(engine, Attempt)) == ([], [])


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example.org"}])
def test_a_form_on_another_site_is_refused(client: FlaskClient, engine: sa.Engine, headers: dict[str, str]) -> None:
    assert send(client, headers=headers).status_code == 403
    assert rows(engine, Report) == []


def test_a_body_that_never_ends_is_not_read(client: FlaskClient) -> None:
    assert send(client, "x" * 100_000).status_code == 413


def test_no_page_of_it_sets_a_cookie_is_cached_or_listed(client: FlaskClient) -> None:
    for answer in (client.get("/report"), send(client), send(client, "")):
        assert "Set-Cookie" not in answer.headers and answer.headers["Cache-Control"] == "no-store"
    assert '<meta name="robots" content="noindex">' in client.get("/report").get_data(as_text=True)


def test_nothing_of_a_report_is_seen_in_public(client: FlaskClient) -> None:
    send(client, "seen-nowhere", about="int-1412-2025")
    for path in ("/", "/matters/int-1412-2025", "/corrections", "/about", "/sources", "/api/v1/matters/int-1412-2025"):
        assert "seen-nowhere" not in client.get(path).get_data(as_text=True)


def test_markup_in_the_form_is_only_words(client: FlaskClient) -> None:
    page = send(client, "", about='"><script>alert(1)</script>', evidence="</textarea><img src=x>").get_data(
        as_text=True
    )
    assert "<script>alert" not in page and "<img" not in page


@given(st.text(max_size=60), st.text(max_size=80), st.text(max_size=40))
def test_no_text_breaks_the_reading_of_the_form(shipped_file: Path, about: str, words: str, evidence: str) -> None:
    engine = connect(f"sqlite:///{shipped_file}")
    with reading(engine) as session:
        typed = reports.read_form(session, about, words, evidence)
    engine.dispose()
    assert set(typed.faults) <= {"about", "words", "evidence"}


# The editor


def test_an_editor_sees_a_report_is_done_with_it_and_opens_it_again(engine: sa.Engine) -> None:
    hire(engine)
    add(engine, Report(id=1, about="x", file_number="Int 1412-2025", words="<script>alert(1)</script>", at=NOW))
    browser = Browser(engine, lambda: NOW)
    browser.sign_in()
    page = browser.text("/edit/reports")
    assert "&lt;script&gt;alert(1)" in page and "Errors, 1" in page
    assert browser.send("/edit/reports", "/edit/reports/1", do="done").status_code == 303
    row = one(engine, Report)
    assert (row.state, row.decided_by, row.decided_at) == ("done", "ann", NOW)
    assert "Errors, 0" in browser.text("/edit/reports") and "done by ann" in browser.text("/edit/reports")
    browser.send("/edit/reports", "/edit/reports/1", do="waiting")
    assert (one(engine, Report).state, one(engine, Report).decided_by) == ("waiting", "")


def test_only_an_editor_of_ours_decides_and_only_what_there_is(engine: sa.Engine) -> None:
    hire(engine)
    add(engine, Report(id=1, words=WORDS, at=NOW))
    browser = Browser(engine, lambda: NOW)
    assert browser.post("/edit/reports/1", {"do": "done"}).status_code == 303  # to the door
    assert one(engine, Report).state == "waiting"
    browser.sign_in()
    assert browser.send("/edit/reports", "/edit/reports/1", do="burnt").status_code == 400
    assert browser.send("/edit/reports", "/edit/reports/2", do="done").status_code == 404


# The mail


def with_mail(**values: str) -> Config:
    config = load_config(None, {})
    mail = config.mail.model_copy(update={"host": "mail.example.org", "sender": "tracker@example.org"})
    site = {"contact": "editor@example.org", "base_url": "https://tracker.example.org"} | values
    return config.model_copy(update={"mail": mail, "site": config.site.model_copy(update=site)})


@pytest.fixture
def posted(monkeypatch: pytest.MonkeyPatch) -> list[EmailMessage]:
    """What was given to the mail server, which takes everything."""
    sent: list[EmailMessage] = []
    monkeypatch.setattr(Mailer, "send", lambda self, message, recipient: sent.append(message))
    return sent


def test_the_contact_is_mailed_each_report_once(engine: sa.Engine, posted: list[EmailMessage]) -> None:
    add(engine, Report(id=1, about="Int 1412-2025", file_number="Int 1412-2025", words=WORDS, at=NOW))
    add(engine, Report(id=2, about="the\r\nBcc: home page", words="An é too few", at=NOW))
    assert list(reports.tell(engine, with_mail(), {}, NOW)) == ["Told editor@example.org of 2 reported errors."]
    assert list(reports.tell(engine, with_mail(), {}, NOW)) == []
    assert [mail["Subject"] for mail in posted] == [
        "Reported error: Int 1412-2025 (NYC Sanctuary Law Tracker)",
        "Reported error: the Bcc: home page (NYC Sanctuary Law Tracker)",
    ]
    assert posted[0]["To"] == "editor@example.org" and WORDS in posted[0].get_content()
    assert "https://tracker.example.org/edit/reports" in posted[0].get_content()
    assert posted[0]["Message-ID"] == "<report-1-20261124T150000Z@tracker.example.org>"


def test_a_report_that_could_not_be_mailed_is_mailed_the_next_time(
    engine: sa.Engine, monkeypatch: pytest.MonkeyPatch, posted: list[EmailMessage]
) -> None:
    add(engine, Report(id=1, words=WORDS, at=NOW))

    def down(*_: object) -> None:
        raise MailFailed("mail.example.org cannot be reached.", permanent=False)

    with monkeypatch.context() as broken:
        broken.setattr(Mailer, "send", down)
        (said,) = reports.tell(engine, with_mail(), {}, NOW)
    assert "tried again next time" in said
    assert len(list(reports.tell(engine, with_mail(), {}, NOW))) == len(posted) == 1


@pytest.mark.parametrize("config", [load_config(None, {}), with_mail(contact=""), with_mail(contact="https://x.org/c")])
def test_nothing_is_mailed_where_no_mail_is_set_or_the_contact_is_no_mailbox(
    engine: sa.Engine, posted: list[EmailMessage], config: Config
) -> None:
    add(engine, Report(id=1, words=WORDS, at=NOW))
    assert list(reports.tell(engine, config, {}, NOW)) == posted == []
    assert one(engine, Report).told_at is None


def test_a_report_is_stored_on_either_database(database: sa.Engine) -> None:
    typed = reports.Typed("x", WORDS, "")
    for _ in range(2):
        with writing(database) as session:
            reports.save(session, typed, NOW)
            assert not reports.is_full(session, SuggestionsConfig(per_hour=5, per_day=5, most_waiting=2))
    assert len(rows(database, Report)) == 1
