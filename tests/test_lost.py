"""Addresses that lead nowhere, and the data dictionary as a page."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from tracker.database import connect
from tracker.export import files as export
from tracker.export.columns import EXPORTS
from tracker.web import SiteSettings, create_app
from tracker.web.dictionary import blocks
from tracker.web.lost import LONGEST, words_of

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
SITE = SiteSettings(base_url="https://tracker.example.org")


@pytest.fixture(scope="module")
def client(shipped: sa.Engine) -> FlaskClient:
    return create_app(shipped, clock=lambda: NOW, site=SITE).test_client()


@pytest.mark.parametrize(
    ("address", "link"),
    [
        ("/matters/int-1412", "/matters/int-1412-2025"),
        ("/int-1412-2025", "/matters/int-1412-2025"),
        ("/matters/int-1412-2024", "/matters/int-1412-2025"),  # a slip of the year
        ("/matters/Int%201412-2025", "/matters/int-1412-2025"),
        ("/local-law-63-of-2026.html", "/matters/int-1412-2025"),
        ("/matters/eo-50", "/matters/eo-50-2025"),
        ("/es/int-1412-2025", "/es/matters/int-1412-2025"),
        ("/sections/9-131", "/sections/admin-9-131"),
    ],
)
def test_an_address_that_names_a_measure_offers_it(client: FlaskClient, address: str, link: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 404
    page = BeautifulSoup(answer.text, "lxml")
    assert link in {str(found["href"]) for found in page.select("main a")}
    assert page.select_one('form[action$="/search"] input[name="q"][value]:not([value=""])') is not None


def test_an_address_without_a_number_is_put_into_the_search(client: FlaskClient) -> None:
    page = BeautifulSoup(client.get("/detainer-laws/").text, "lxml")
    typed = page.select_one('input[name="q"]')
    assert typed is not None and typed["value"] == "detainer laws"
    assert page.select("main ul.stack") == []


def test_what_stands_in_an_address_is_only_words(client: FlaskClient) -> None:
    assert "<script>alert" not in client.get("/matters/<script>alert(1)").text


def test_an_address_is_told_it_leads_nowhere_even_without_a_record() -> None:
    engine = connect("sqlite://")
    answer = create_app(engine, clock=lambda: NOW).test_client().get("/int-1412-2025")
    assert answer.status_code == 404 and "There is nothing at this address" in answer.text


@given(st.text(max_size=300))
def test_no_address_is_without_words_that_can_be_looked_for(path: str) -> None:
    assert len(words_of("/" + path)) <= LONGEST


# The dictionary


def test_the_dictionary_page_holds_every_file_and_column(client: FlaskClient) -> None:
    page = BeautifulSoup(client.get("/data/dictionary").text, "lxml")
    for each in EXPORTS.values():
        heading = page.select_one(f"h2#{each.name}")
        assert heading is not None
        rows = heading.find_next("table")
        assert rows is not None
        assert [cell.get_text() for cell in rows.select('th[scope="row"]')] == list(each.header)


def test_the_dictionary_says_what_the_docs_say_word_for_word() -> None:
    text = (Path(__file__).resolve().parents[1] / "docs" / "data-dictionary.md").read_text(encoding="utf-8")
    said = {word for block in blocks(text) for row in block.rows for cell in row for word in cell.striptags().split()}
    docs = text.partition("\n## ")[2].replace("`", "").replace("\\|", "|")
    left = {word for word in docs.split() if word.strip("#*|-") and word.strip("*") not in said and word not in said}
    assert left == set()
    assert {block.kind for block in blocks(text)} == {"heading", "text", "list", "table"}
    assert "`" not in "".join(cell for block in blocks(export.data_dictionary()) for row in block.rows for cell in row)
