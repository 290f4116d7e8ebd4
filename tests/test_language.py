"""The site in several languages: addresses, the words in force, what has no language, and that no sentence was left
unmarked. A catalogue is checked as it ships."""

import re
from datetime import UTC, date, datetime
from typing import Final

import pytest
import sqlalchemy as sa
from babel.messages.catalog import Message
from digest_builder import NOW as MAILED
from digest_builder import add_change, add_matter, add_run
from flask import Flask
from flask.testing import FlaskClient
from spoken import PSEUDO, said, speak_pseudo, unsaid
from test_browser import PAGES, SITE
from test_subscriptions_web import Stand

from tracker import language, wording
from tracker.coverage import outlets
from tracker.database import reading, writing
from tracker.digests.composing import compose
from tracker.held import table
from tracker.language import ngettext
from tracker.models import Alert, Matter, Person, Run, Version
from tracker.models.sources import Article
from tracker.subscription.subscribing import Wanted
from tracker.web import create_app

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
PLACE: Final = re.compile(r"%\((\w+)\)s")
MARK: Final = re.compile(r"<[^>]*>")
# what pages say when they are asked for something else than what they are shown with
ANSWERS: Final = (
    "/search", "/search?q=zzz", "/search?q=zzz&scope=all", "/search?q=Adams+detainr&scope=all",
    "/search?q=%C2%A7+9-131", "/search?q=the", "/matters", "/matters?q=zzz", "/matters?page=2", "/changes?page=2",
    "/changes?kind=removed", "/coverage?about=policy", "/coverage?kind=opinion&year=1990",
    "/coverage?measure=Int+1412-2025&role=main", "/outlets/gothamist", "/outlets/nobody", "/law", "/law?on=xx",
    "/law?on=9999-01-01", "/law?on=2012-01-01&known=then", "/law?on=2030-01-01", "/law?on=2014-11-30", "/compare",
    "/compare?from=2018-02-01&to=2013-01-01&known=then", "/compare?from=x&to=y",
    "/compare?from=2014-01-01&to=2014-12-01",
    "/sections/admin-9-205", "/sections/charter-18", "/sections/admin-1", "/sections/x", "/nowhere", "/matters/nowhere",
    "/digests/x", "/digests/2020-01-01", "/changes.atom?x=1", "/changes.atom?scope=x", "/sections/admin-1.atom",
    "/subscribe", "/subscribe/confirm/x", "/subscriptions/x", "/unsubscribe/x", "/coverage/suggest",
)  # fmt: skip
SENT: Final = (
    ("/coverage/suggest", {"address": "x", "measure": "zz", "note": "y" * 600}),
    ("/coverage/suggest", {"address": "https://gothamist.com/"}),
    ("/coverage/suggest", {"address": "https://gothamist.com/" + "x" * 1000}),
    ("/subscribe", {}),
    ("/subscribe", {"matter": "zz", "section": "x", "stage": "x", "q": "a/b", "address": "x"}),
    ("/subscribe", {"q": "x" * 90, "address": "x" * 260}),
    ("/subscribe", {"follow": "core", "address": "reader@example.org"}),
    ("/subscribe/link", {"address": "reader@example.org"}),
    ("/subscribe/link", {"address": ""}),
)


@pytest.fixture(scope="module")
def client(shipped: sa.Engine) -> FlaskClient:
    return create_app(shipped, clock=lambda: NOW).test_client()


def test_a_language_is_a_folder_in_front_of_the_address_and_links_stay_in_it(client: FlaskClient) -> None:
    page = client.get("/ar/matters/int-1412-2025").get_data(as_text=True)
    assert '<html lang="ar" dir="rtl">' in page
    assert 'href="/ar/calendar"' in page
    assert 'href="/matters/int-1412-2025" lang="en" hreflang="en"' in page


def test_what_programs_read_has_one_address_without_a_language(client: FlaskClient) -> None:
    page = client.get("/es/matters/int-1412-2025").get_data(as_text=True)
    assert 'href="/static/style.css' in page
    assert "/es/api/" not in page
    answer = client.get("/es/api/v1/matters?limit=1")
    assert answer.status_code == 308
    assert answer.headers["Location"] == "/api/v1/matters?limit=1"


def test_english_is_spoken_again_after_a_page_in_another_language(client: FlaskClient) -> None:
    assert client.get("/zh-hans/").headers["Content-Language"] == "zh-Hans"
    assert client.get("/").headers["Content-Language"] == "en"


def test_dates_and_counts_are_written_as_the_language_writes_them() -> None:
    with language.speaking("zh-Hans"):
        assert wording.day(date(2025, 12, 31)) == "2025年12月31日"
    with language.speaking("es"):
        assert wording.day(date(2025, 12, 31)) == "31 dic 2025"
        assert ngettext("%(num)s thing", "%(num)s things", 12345) == "12.345 things"
    assert wording.day(date(2025, 12, 31)) == "31 Dec 2025"


def test_an_unknown_language_is_no_page_and_speaks_english(client: FlaskClient) -> None:
    assert client.get("/xx/matters").status_code == 404
    with language.speaking("xx") as spoken:
        assert spoken is language.ENGLISH


@pytest.fixture(scope="module")
def pseudo_site(shipped: sa.Engine) -> Flask:
    with pytest.MonkeyPatch.context() as patch:
        speak_pseudo(patch)
        return create_app(shipped, clock=lambda: NOW, site=SITE)


@pytest.fixture
def pseudo(pseudo_site: Flask, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """The site, where it speaks a language in which each message stands inside ⟦⟧."""
    speak_pseudo(monkeypatch)
    return pseudo_site.test_client()


@pytest.fixture(scope="module")
def names(shipped: sa.Engine) -> set[str]:
    """Names of people, outlets, directives and suits, which are the same in every language."""
    with reading(shipped) as session:
        people = set(session.scalars(sa.select(table(Person).c.name)))
        numbers = set(session.scalars(sa.select(table(Matter).c.file_number)))
        told = set(session.scalars(sa.select(table(Article).c.outlet))) | set(outlets.known())
    return people | told | numbers | {mayor for _, mayor in wording.MAYORS}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_nothing_that_no_catalogue_can_say(pseudo: FlaskClient, names: set[str], name: str) -> None:
    page = pseudo.get(f"/{PSEUDO.tag}{PAGES[name]}")
    assert page.status_code == 200
    assert unsaid(page.text, names) == []


@pytest.mark.parametrize("address", ANSWERS)
def test_what_a_page_answers_is_marked_too(pseudo: FlaskClient, names: set[str], address: str) -> None:
    assert unsaid(pseudo.get(f"/{PSEUDO.tag}{address}").text, names) == []


@pytest.mark.parametrize(("address", "form"), SENT)
def test_what_is_said_of_a_form_is_marked_too(pseudo: FlaskClient, address: str, form: dict[str, str]) -> None:
    assert unsaid(pseudo.post(f"/{PSEUDO.tag}{address}", data=form).text) == []


def test_one_s_own_pages_are_marked_too(record: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    speak_pseudo(monkeypatch)
    stand = Stand(record)
    confirm = stand.desk.ask(
        Wanted("core", "", "daily"), Wanted("stage", "law", "now"), Wanted("search", "a", "weekly")
    )
    assert unsaid(stand.client.get(f"/pl/subscribe/confirm/{confirm}").text) == []
    assert unsaid(stand.client.post(f"/pl/subscribe/confirm/{confirm}").text) == []
    assert unsaid(stand.client.post(f"/pl/subscribe/confirm/{confirm}").text) == []
    own, end = f"/pl/subscriptions/{stand.desk.link('manage')}", f"/pl/unsubscribe/{stand.desk.link('unsubscribe')}"
    for address in (own, f"{own}?done=added", f"{own}/delete", end):
        assert unsaid(stand.client.get(address).text) == []
    stand.client.post(f"{own}/pause")
    assert unsaid(stand.client.get(own).text) == []
    assert unsaid(stand.client.post(end, data={"never": "yes"}).text) == []
    assert unsaid(stand.client.get(own).text) == []


def test_a_sent_digest_is_marked_too(record: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    speak_pseudo(monkeypatch)
    add_change(record, add_run(record), add_matter(record))
    for period in ("daily", "weekly"):
        compose(record, period, MAILED)
    client = create_app(record, clock=lambda: MAILED, site=SITE).test_client()
    for address in ("/pl/digests", "/pl/digests/2026-03-02", "/pl/digests/2026-W10"):
        page = client.get(address)
        assert page.status_code == 200
        assert unsaid(page.text) == []


def test_the_versions_of_a_bill_are_marked_too(shipped: sa.Engine, pseudo: FlaskClient, names: set[str]) -> None:
    with writing(shipped) as session:
        matter = session.scalars(sa.select(table(Matter).c.id).where(table(Matter).c.slug == "int-1412-2025")).one()
        for label, text in (("*", "One word.\nSame.\nSame.\nSame.\n"), ("A", "Another word.\nSame.\nSame.\nSame.\n")):
            session.add(Version(matter_id=matter, label=label, digest=label, text=text, first_seen_at=NOW))
    address = "/pl/matters/int-1412-2025/versions"
    for pair in ("first..A", "first..A?whole", "first..B", "x"):
        assert unsaid(pseudo.get(f"{address}/{pair}").text, names) == []


def test_sources_in_trouble_are_told_in_the_language(shipped: sa.Engine, pseudo: FlaskClient) -> None:
    with writing(shipped) as session:
        for source, outcome in (("hearings", "failed"), ("mayor-news", "refused"), ("news-feeds", "running")):
            run = Run(source=source, mode="live", place="x", started_at=NOW, outcome=outcome, message="404.")
            session.add(run)
        session.flush()
        session.add(Alert(at=NOW, run_id=run.id, subject="A word", message="It is new."))
    assert unsaid(pseudo.get("/pl/sources").text) == []


@pytest.mark.parametrize("tag", [tag for tag in language.available() if tag != language.ENGLISH.tag])
def test_a_catalogue_is_whole(tag: str) -> None:
    held = {(each.context or "", each.id): each for each in language.catalogue_of(tag) if each.id}
    assert set(held) == {(each.context or "", each.id) for each in said()}
    assert [each.id for each in held.values() if each.fuzzy or not all(_forms(each))] == []


@pytest.mark.parametrize("tag", [tag for tag in language.available() if tag != language.ENGLISH.tag])
def test_a_translation_keeps_the_places_and_the_marks_of_its_message(tag: str) -> None:
    for message in language.catalogue_of(tag):
        for form in filter(None, _forms(message) if message.id else ()):
            many = message.id[1] if message.pluralizable else message.id
            counts = {"num"} if message.pluralizable else set()  # a form for one thing need not count it
            assert _places(form) | counts == _places(many) | counts, form
            assert sorted(MARK.findall(form)) == sorted(MARK.findall(many)), form
            assert form % dict.fromkeys(_places(many), "x")


def _forms(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if message.pluralizable else (message.string,)


def _places(text: str) -> set[str]:
    return set(PLACE.findall(text.replace("%%", "")))
