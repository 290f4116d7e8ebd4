"""For those who come from elsewhere: search engines, embedding pages, and readers who look for a form."""

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any
from xml.etree import ElementTree

import golden
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tracker import queries
from tracker.database import connect, reading, upgrade, writing
from tracker.formats import sitemaps
from tracker.formats.legislation import as_json_ld
from tracker.models import Note, Relation
from tracker.web import SiteSettings, create_app, ways

ROOT = "https://tracker.example.org"
LAW = f"{ROOT}/matters/int-1412-2025"
PAGES = (
    "/", "/matters", "/orders", "/changes", "/corrections", "/sections", "/about", "/sources", "/export", "/calendar",
    "/coverage", "/data",
)  # fmt: skip
# schema.org: the properties that a Legislation may have, as far as they are used here, and those of its parts
LEGISLATION = {
    "alternateName", "dateCreated", "description", "inLanguage", "legislationAmends", "legislationChanges",
    "legislationDate", "legislationIdentifier", "legislationJurisdiction", "legislationLegalForce",
    "legislationPassedBy", "legislationRepeals", "legislationType", "name", "sameAs", "sdDatePublished", "url",
}  # fmt: skip
TYPES = {"Legislation": LEGISLATION, "GovernmentOrganization": {"name"}, "AdministrativeArea": {"name"}}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.Engine]:
    engine = connect(f"sqlite:///{tmp_path_factory.mktemp('ways')}/x.db")
    upgrade(engine)
    golden.fill(engine)
    with writing(engine) as session:
        session.add(golden.matter(7000, "Suit 1-2025", kind="Lawsuit", slug="suit-1-2025", name="A suit"))
        session.add(
            golden.matter(
                7001, "Int 0500-2025", name="</script><script>alert(1)</script>", introduced_on=date(2025, 5, 1)
            )
        )
        session.add(Note(file_number="Int 0500-2025", sentence="Says “</script>” & more."))
        session.add(Relation(earlier="Int 1412-2025", later="Int 0500-2025", kind="repeals", confidence="high"))
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def app(engine: sa.Engine) -> Flask:
    return create_app(engine, clock=lambda: golden.NOW, site=SiteSettings(base_url=ROOT))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


# JSON-LD


def data_of(client: FlaskClient, slug: str) -> dict[str, Any]:
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', client.get(f"/matters/{slug}").text)
    assert len(blocks) == 1
    found: dict[str, Any] = json.loads(blocks[0])
    return found


def check_vocabulary(node: dict[str, Any]) -> None:
    allowed = TYPES[node["@type"]]
    for key, value in node.items():
        assert key in ("@context", "@type", "@id") or key in allowed, key
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict):
                check_vocabulary(each)


@pytest.mark.parametrize("slug", ["int-1412-2025", "int-0209-2026", "int-0486-2014", "eo-50-2025", "int-0500-2025"])
def test_every_matter_is_told_in_words_of_schema_org(client: FlaskClient, slug: str) -> None:
    found = data_of(client, slug)
    assert (found["@context"], found["@type"]) == ("https://schema.org", "Legislation")
    assert found["@id"] == f"{ROOT}/matters/{slug}"
    check_vocabulary(found)


def test_a_law_is_told_with_who_passed_it_when_and_what_it_changes(client: FlaskClient) -> None:
    found = data_of(client, "int-1412-2025")
    assert found["legislationIdentifier"] == ["Local Law 63 of 2026", "Int 1412-2025"]
    assert (found["legislationType"], found["legislationDate"]) == ("Local Law", "2026-01-29")
    assert found["legislationPassedBy"]["name"] == "New York City Council"
    assert [one["legislationIdentifier"] for one in found["legislationChanges"]] == [
        "New York City Administrative Code § 9-131", "New York City Administrative Code § 10-178",
    ]  # fmt: skip
    assert found["legislationAmends"] == [
        {"@type": "Legislation", "@id": f"{ROOT}/matters/int-0486-2014", "legislationIdentifier": "Int 486-2014"}
    ]
    assert found["sameAs"].startswith("https://legistar.council.nyc.gov/")
    assert "legislationLegalForce" not in found  # what came after it decides that


def test_a_bill_that_is_not_law_was_passed_by_nobody_and_changes_nothing(client: FlaskClient) -> None:
    for slug in ("int-0209-2026", "int-0500-2025"):
        said = set(data_of(client, slug))
        assert not {
            name for name in said if name in ("legislationPassedBy", "legislationDate", "legislationLegalForce")
        }
        assert not {name for name in said if name in ("legislationChanges", "legislationAmends", "legislationRepeals")}


def test_an_order_that_a_court_voided_has_no_force_and_a_disputed_one_is_not_judged(engine: sa.Engine) -> None:
    with reading(engine) as session:
        dossier = queries.get_matter(session, "eo-50-2025")
        found = as_json_ld(dossier, LAW, f"{ROOT}/matters")
        assert found and found["legislationLegalForce"] == "https://schema.org/NotInForce"
        dossier.matter.disagreement = "The rows say one thing."
        found = as_json_ld(dossier, LAW, f"{ROOT}/matters")
        assert found and "legislationLegalForce" not in found


def test_a_suit_is_no_legislation(client: FlaskClient) -> None:
    assert "<script" not in client.get("/matters/suit-1-2025").text


def test_no_word_of_the_record_ends_the_block(client: FlaskClient) -> None:
    found = data_of(client, "int-0500-2025")
    assert found["name"] == "</script><script>alert(1)</script>"
    assert found["description"] == "Says “</script>” & more."
    assert client.get("/matters/int-0500-2025").text.count("</script>") == 1


# Search engines


def test_every_page_has_a_title_of_its_own_and_names_itself(client: FlaskClient) -> None:
    titles = []
    for address in (*PAGES, "/matters/int-1412-2025", "/matters/eo-50-2025"):
        page = client.get(address).text
        titles += re.findall(r"<title>(.*?)</title>", page.partition("</head>")[0])
        assert f'<link rel="canonical" href="{ROOT}{address}">' in page
        assert re.search(r'<meta name="description" content="[^"]{10,}">', page)
    assert len(titles) == len(set(titles)) == len(PAGES) + 2


def test_a_matter_is_told_to_those_who_show_a_card_of_it(client: FlaskClient) -> None:
    page = client.get("/matters/int-1412-2025").text
    for name, content in (
        ("title", "Int 1412-2025: No immigration offices on jail land"),
        ("description", "Bars such offices for any purpose."),
        ("url", LAW),
        ("type", "article"),
    ):
        assert f'<meta property="og:{name}" content="{content}">' in page


def read_sitemap(client: FlaskClient, address: str) -> list[tuple[str, str]]:
    response = client.get(address)
    assert (response.status_code, response.content_type) == (200, "application/xml; charset=utf-8")
    space = f"{{{sitemaps.NAMESPACE}}}"
    root = ElementTree.fromstring(response.text)
    return [(one.findtext(f"{space}loc") or "", one.findtext(f"{space}lastmod") or "") for one in root]


def test_the_sitemap_lists_what_is_in_scope_with_its_last_change(client: FlaskClient) -> None:
    found = dict(read_sitemap(client, "/sitemap.xml"))
    assert found[LAW] == "2026-02-01T23:44:56Z"
    assert f"{ROOT}/" in found and f"{ROOT}/changes" in found
    assert f"{ROOT}/matters/int-0820-2026" not in found  # out of scope
    assert f"{ROOT}/matters/int-0009-2024" not in found  # removed
    for address in found:
        assert client.get(address.removeprefix(ROOT)).status_code == 200


def test_too_many_pages_for_one_sitemap_are_several(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = [address for address, _ in read_sitemap(client, "/sitemap.xml")]
    monkeypatch.setattr(sitemaps, "LARGEST", 5)
    client.application.extensions["tracker.pages"].forget()
    parts = [address for address, _ in read_sitemap(client, "/sitemap.xml")]
    assert parts[0] == f"{ROOT}/sitemap-1.xml"
    assert [one for part in parts for one, _ in read_sitemap(client, part.removeprefix(ROOT))] == whole
    assert [client.get(f"/sitemap-{number}.xml").status_code for number in (0, len(parts) + 1)] == [404, 404]


def test_programs_may_read_all_but_the_editors_pages(client: FlaskClient) -> None:
    response = client.get("/robots.txt")
    assert response.mimetype == "text/plain"
    assert response.text.splitlines() == ["User-agent: *", "Disallow: /edit", "", f"Sitemap: {ROOT}/sitemap.xml"]


# Embeds


def test_an_embedded_timeline_shows_its_date_and_leads_back(client: FlaskClient) -> None:
    response = client.get("/embed/matters/int-1412-2025")
    page = response.text
    assert 'as of <time datetime="2026-02-10">10 Feb 2026</time>' in page
    assert f'<a href="{LAW}" target="_blank" rel="noopener">' in page
    assert f'<link rel="canonical" href="{LAW}">' in page
    assert "Council</b>" in page and "<h1>" in page
    assert "<script" not in page
    assert page.count("<li") <= ways.EMBED_ENTRIES + 1


def test_only_the_embedded_page_may_stand_in_other_pages(client: FlaskClient) -> None:
    headers = client.get("/embed/matters/int-1412-2025").headers
    assert "frame-ancestors *" in headers["Content-Security-Policy"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in headers and "Set-Cookie" not in headers
    for address in ("/matters/int-1412-2025", "/oembed?url=" + LAW, "/embed/matters/nothing", "/data"):
        headers = client.get(address).headers
        assert address.startswith("/embed") or "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert address.startswith("/embed") or headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(
    "address", [LAW, f"{LAW}?utm_source=x#timeline", "http://tracker.example.org/matters/int-1412-2025"]
)
def test_an_address_of_ours_becomes_a_frame(client: FlaskClient, address: str) -> None:
    response = client.get("/oembed", query_string={"url": address, "format": "json", "dnt": "1"})
    told = response.get_json()
    assert (response.status_code, told["type"], told["version"]) == (200, "rich", "1.0")
    assert told["title"] == "Int 1412-2025: No immigration offices on jail land"
    assert f'src="{ROOT}/embed/matters/int-1412-2025"' in told["html"]
    assert (told["width"], told["height"]) == (600, 480)
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_a_frame_is_never_larger_than_was_asked(client: FlaskClient) -> None:
    told = client.get("/oembed", query_string={"url": LAW, "maxwidth": "320", "maxheight": "9999"}).get_json()
    assert (told["width"], told["height"]) == (320, 480)
    assert 'width="320"' in told["html"]


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"url": LAW, "format": "xml"}, 501),
        ({"url": LAW, "maxwidth": "wide"}, 400),
        ({"url": "https://elsewhere.example.org/matters/int-1412-2025"}, 404),
        ({"url": f"{ROOT}/changes"}, 404),
        ({"url": f"{ROOT}/matters/int-9999-2025"}, 404),
        ({"url": "javascript:alert(1)"}, 404),
        ({"url": "http://[::1"}, 404),
        ({}, 404),
    ],
)
def test_what_cannot_be_embedded_is_refused(client: FlaskClient, asked: dict[str, str], status: int) -> None:
    assert client.get("/oembed", query_string=asked).status_code == status


def test_a_title_cannot_leave_the_frame(client: FlaskClient) -> None:
    html = client.get("/oembed", query_string={"url": f"{ROOT}/matters/int-0500-2025"}).get_json()["html"]
    assert "<script" not in html
    assert html.count("<") == 2


def test_an_old_number_is_embedded_under_the_new_one(client: FlaskClient) -> None:
    response = client.get("/embed/matters/int-1128-2023")
    assert (response.status_code, response.location) == (301, "/embed/matters/int-1126-2023")
    told = client.get("/oembed", query_string={"url": f"{ROOT}/matters/int-1128-2023"}).get_json()
    assert "/embed/matters/int-1126-2023" in told["html"]


# The page that lists every form


def test_every_form_is_listed_with_an_address_that_answers(client: FlaskClient) -> None:
    page = client.get("/data").text
    listed = re.findall(r'<a href="([^"]+)"><code>', page)
    assert len(listed) > 15
    for address in listed:
        assert client.get(address.replace("&amp;", "&")).status_code == 200, address


def test_a_list_has_its_table_under_its_own_address(client: FlaskClient) -> None:
    for name in ("matters", "changes", "sections"):
        response = client.get(f"/{name}.csv?scope=all")
        assert (response.status_code, response.location) == (302, f"/export/{name}.csv?scope=all")
    assert client.get("/nothing.csv").status_code == 404


def test_the_code_to_embed_stands_on_the_matters_page_as_text(client: FlaskClient) -> None:
    page = client.get("/matters/int-1412-2025").text
    assert "&lt;iframe src=" in page
    assert "<iframe" not in page


def test_without_a_public_address_the_one_that_was_asked_is_used(engine: sa.Engine) -> None:
    client = create_app(engine, clock=lambda: golden.NOW, site=SiteSettings()).test_client()
    assert "<loc>http://localhost/changes</loc>" in client.get("/sitemap.xml").text
    told = client.get("/oembed", query_string={"url": "http://localhost/matters/int-1412-2025"}).get_json()
    assert told["provider_url"] == "http://localhost"
