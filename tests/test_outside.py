"""What others' programs make of what leaves this site: a second reader of calendars, a processor of JSON-LD."""

import json
from typing import Any

import golden
import pytest
import sqlalchemy as sa
import vobject
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from pyld import jsonld

from tracker.web import SiteSettings, create_app

SCHEMA = "https://schema.org/"


@pytest.fixture(scope="module")
def client(shipped: sa.Engine) -> FlaskClient:
    site = SiteSettings(base_url="https://tracker.example.org")
    return create_app(shipped, clock=lambda: golden.NOW, site=site).test_client()


def schema(address: str, _options: dict[str, Any]) -> dict[str, Any]:
    """schema.org's context as far as it matters here: every term is one of its own."""
    assert address.rstrip("/") == SCHEMA.rstrip("/")
    document = {"@context": {"@vocab": SCHEMA, "id": "@id", "type": "@type"}}
    return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": address, "document": document}


@pytest.mark.parametrize("slug", ["int-1412-2025", "eo-50-2025", "int-1568-2017"])
def test_a_page_is_one_legislation_with_a_whole_address(client: FlaskClient, slug: str) -> None:
    page = BeautifulSoup(client.get(f"/matters/{slug}").data, "lxml")
    (script,) = page.find_all("script", type="application/ld+json")
    (found,) = jsonld.expand(json.loads(str(script.string)), {"documentLoader": schema})
    assert found["@type"] == [f"{SCHEMA}Legislation"]
    assert f"https://tracker.example.org/matters/{slug}" in (found.get("@id"), *_values(found, "url"))
    assert all(key.startswith(("@", SCHEMA)) for key in found)


def _values(found: dict[str, Any], name: str) -> list[str]:
    return [each.get("@id") or each.get("@value") for each in found.get(f"{SCHEMA}{name}", [])]


@pytest.mark.parametrize("address", ["/calendar.ics", "/es/calendar.ics", "/matters/int-1412-2025.ics"])
def test_a_calendar_is_whole_to_another_reader(client: FlaskClient, address: str) -> None:
    calendar = vobject.readOne(client.get(address).get_data(as_text=True))
    assert calendar.validate(raiseException=True)
    assert len({event.uid.value for event in calendar.contents.get("vevent", [])}) == len(
        calendar.contents.get("vevent", [])
    )
