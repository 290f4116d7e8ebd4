"""The site in several languages: addresses, the words in force, and what has no language."""

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from tracker import language, wording
from tracker.language import ngettext
from tracker.web import create_app

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


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
