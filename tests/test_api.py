"""The API: what it answers, what it refuses, and that its own description is true."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import golden
import pytest
import schemathesis
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis import GenerationMode
from test_feeds import cover, meeting, store

from tracker.database import connect, upgrade, writing
from tracker.models import Change
from tracker.web import SiteSettings, create_app

V1 = "/api/v1"
LISTS = ("/matters?scope=all", "/changes?scope=all", "/changes?scope=all&order=oldest", "/coverage", "/hearings")


def app_over(engine: sa.Engine) -> Flask:
    settings = SiteSettings(base_url="https://tracker.example.org", contact="editor@example.org")
    return create_app(engine, clock=lambda: golden.NOW, site=settings)


def filled(engine: sa.Engine) -> sa.Engine:
    upgrade(engine)
    golden.fill(engine)
    for number, outcome in (("Int 1412-2025", "published"), ("EO 50-2025", "published"), ("Int 0209-2026", "review")):
        cover(engine, f"On {number}", number, outcome)
    store(engine, *(meeting(str(n), golden.TODAY + timedelta(days=n), status="Draft") for n in range(1, 4)))
    return engine


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    engine = filled(connect(f"sqlite:///{tmp_path_factory.mktemp('api')}/x.db"))
    yield app_over(engine)
    engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def asked(client: FlaskClient, address: str, status: int = 200) -> Any:
    response = client.get(V1 + address)
    assert response.status_code == status, response.text
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.content_type == ("application/json" if status == 200 else "application/problem+json")
    return response.get_json()


def pages(client: FlaskClient, address: str, limit: int = 1) -> Iterator[list[Any]]:
    """Every page of a list, by the addresses that the answers give."""
    following: str | None = f"{address}{'&' if '?' in address else '?'}limit={limit}"
    while following:
        answer = asked(client, following)
        yield answer["data"]
        following = (answer["meta"]["next"] or "").removeprefix("https://tracker.example.org/api/v1") or None


# What it says of itself


def test_the_description_is_openapi_3_1_and_valid(client: FlaskClient) -> None:
    response = client.get(f"{V1}/openapi.json")
    described = response.get_json(force=True)
    OpenAPIV31SpecValidator(described).validate()
    assert response.content_type.startswith("application/openapi+json")
    assert described["openapi"].startswith("3.1")
    assert described["servers"] == [{"url": "https://tracker.example.org"}]
    assert described["info"]["contact"] == {"email": "editor@example.org"}
    assert set(described["paths"]) == {
        f"{V1}{path}"
        for path in (
            "/openapi.json", "/matters", "/matters/{slug}", "/matters/{slug}/actions", "/matters/{slug}/votes",
            "/matters/{slug}/changes", "/matters/{slug}/coverage", "/changes", "/coverage", "/hearings", "/sections",
            "/sources",
        )
    }  # fmt: skip


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_answer_is_as_described_whatever_is_asked(app: Flask, mode: GenerationMode) -> None:
    schema = schemathesis.openapi.from_wsgi(f"{V1}/openapi.json", app)
    tried = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        if mode is GenerationMode.NEGATIVE and not operation.query:
            continue  # nothing that could be asked wrongly

        @settings(max_examples=15, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy(generation_mode=mode))
        def check(case: Any) -> None:
            nonlocal tried
            tried += 1
            case.call_and_validate(headers={"Accept-Encoding": "identity"})  # its client unpacks nothing

        check()
    assert tried > 50


# Lists


@pytest.mark.parametrize("address", LISTS)
def test_pages_of_one_row_are_the_whole_list(client: FlaskClient, address: str) -> None:
    whole = [row for page in pages(client, address, 200) for row in page]
    assert [row for page in pages(client, address) for row in page] == whole
    assert len(whole) > 1


def test_what_is_written_meanwhile_neither_repeats_nor_hides_a_row(tmp_path_factory: pytest.TempPathFactory) -> None:
    engine = filled(connect(f"sqlite:///{tmp_path_factory.mktemp('grow')}/x.db"))
    client, seen = app_over(engine).test_client(), []
    before = [row["id"] for page in pages(client, "/changes?scope=all", 200) for row in page]
    for number, page in enumerate(pages(client, "/changes?scope=all", 3)):
        seen += [row["id"] for row in page]
        with writing(engine) as session:
            session.add(
                Change(id=5000 + number, matter_id=1412, run_id=1, capture_id=1, file_number="Int 1412-2025",
                       observed_at=golden.NOW, kind="summary_changed")
            )  # fmt: skip
    assert seen == before
    engine.dispose()


def test_filters_choose(client: FlaskClient) -> None:
    assert {row["kind"] for row in asked(client, "/matters?kind=Executive+Order")["data"]} == {"Executive Order"}
    assert [row["slug"] for row in asked(client, "/matters?stage=void")["data"]] == ["eo-50-2025"]
    assert [row["slug"] for row in asked(client, "/matters?q=Local+Law+63+of+2026")["data"]] == ["int-1412-2025"]
    assert {row["kind"] for row in asked(client, "/changes?kind=renumbered")["data"]} == {"renumbered"}
    assert {row["matter"] for row in asked(client, "/changes?since=2026-02-05&scope=out")["data"]} == {"int-0820-2026"}
    assert asked(client, "/coverage?outlet=Nobody")["data"] == []
    assert [row["held_on"] for row in asked(client, "/hearings?since=2026-02-12")["data"]] == [
        "2026-02-12",
        "2026-02-13",
    ]
    assert asked(client, "/hearings?state=cancelled")["data"] == []


def test_coverage_that_waits_for_an_editor_is_not_told(client: FlaskClient) -> None:
    rows = asked(client, "/coverage")["data"]
    assert {one["number"] for row in rows for one in row["measures"]} == {"Int 1412-2025", "EO 50-2025"}
    assert asked(client, "/matters/int-0209-2026/coverage")["data"] == []


def test_every_answer_says_how_fresh_its_sources_are(client: FlaskClient) -> None:
    for address in (*LISTS, "/matters/int-1412-2025", "/sections", "/sources"):
        sources = asked(client, address)["meta"]["sources"]
        assert {row["source"]: row["last_good_at"] for row in sources} == {
            "council-archive": "2026-02-10T15:00:00Z", "hearings": "2026-02-10T15:00:00Z",
        }  # fmt: skip


# One matter


def test_a_matter_is_told_in_full(client: FlaskClient) -> None:
    matter = asked(client, "/matters/int-1412-2025")["data"]
    assert (matter["local_law"], matter["how"], matter["stage"]) == ("2026/063", "overridden", "overridden")
    assert matter["sponsors"] == ["Member 7", "Member 3", "Member 5"]
    assert {row["section"] for row in matter["sections"]} == {"9-131", "10-178"}
    assert len(matter["actions"]) == len(golden.HISTORY)
    assert matter["page"] == "https://tracker.example.org/matters/int-1412-2025"
    assert matter["last_capture"]["address"] == "https://example.org/m"
    assert asked(client, "/matters/int-1412-2025/actions")["data"] == matter["actions"]


def test_the_page_of_a_matter_has_the_same_as_json(client: FlaskClient) -> None:
    page = client.get("/matters/int-1412-2025.json")
    assert page.get_json() == asked(client, "/matters/int-1412-2025")
    missing = client.get("/matters/int-9999-2025.json")
    assert (missing.status_code, missing.content_type) == (404, "application/problem+json")


def test_a_page_of_a_list_leads_to_the_same_as_json(client: FlaskClient) -> None:
    for page, answer in (
        ("/changes.json?kind=renumbered", "/changes?kind=renumbered"),
        ("/calendar.json", "/hearings"),
    ):
        assert client.get(page).location == V1 + answer
        assert client.get(page, follow_redirects=True).get_json() == asked(client, answer)


def test_an_old_number_leads_to_the_new_one_with_what_was_asked(client: FlaskClient) -> None:
    response = client.get(f"{V1}/matters/int-1128-2023/changes?limit=3")
    assert (response.status_code, response.location) == (301, f"{V1}/matters/int-1126-2023/changes?limit=3")


def test_votes_are_told_by_member_and_counted(client: FlaskClient) -> None:
    first, last = asked(client, "/matters/int-1412-2025/votes")["data"]
    assert (first["yes"], first["no"], last["yes"], last["no"]) == (39, 9, 44, 7)
    assert last["members"][0] == {"name": "Member 0", "vote": "Affirmative"}


# As it was known


def test_the_veto_that_came_late_was_not_known_on_its_day(client: FlaskClient) -> None:
    then = asked(client, "/matters/int-1412-2025?as_of=2025-12-31")
    assert then["meta"]["as_of"] == "2026-01-01T04:59:59.999999Z"
    assert (then["data"]["stage"], then["data"]["local_law"]) == ("reported", "")
    assert "Vetoed by Mayor" not in {row["name"] for row in then["data"]["actions"]}
    assert (then["data"]["sponsors"], then["data"]["relations"]) == (None, None)
    rows = asked(client, "/matters/int-1412-2025/actions?as_of=2026-01-30T23:45:08Z")["data"]
    assert [row["name"] for row in rows][-1] == "Approved by Council"


def test_a_list_is_as_it_was_too(client: FlaskClient) -> None:
    then = asked(client, "/matters?scope=all&as_of=2025-12-31")["data"]
    assert {row["slug"]: row["stage"] for row in then}["int-1412-2025"] == "reported"
    assert "int-0209-2026" not in {row["slug"] for row in then}
    laws = asked(client, "/matters?stage=overridden&as_of=2026-01-30")["data"]
    assert laws == []
    assert max(row["observed_at"] for row in asked(client, "/changes?as_of=2025-12-31")["data"]) < "2026-01-01T05"
    assert asked(client, "/coverage?as_of=2025-12-31")["data"] == []


def test_as_of_now_is_the_list_as_it_is(client: FlaskClient) -> None:
    now, then = (asked(client, f"/matters?{more}")["data"] for more in ("", f"as_of={golden.TODAY}"))
    derived = ("stage", "stage_since", "is_law", "how")  # the golden record's stages are written by hand
    assert [{k: v for k, v in row.items() if k not in derived} for row in now] == [
        {k: v for k, v in row.items() if k not in derived} for row in then
    ]


def test_a_matter_that_was_not_seen_yet_is_not_found(client: FlaskClient) -> None:
    problem = asked(client, "/matters/int-1412-2025?as_of=2025-10-01", 404)
    assert problem["detail"] == "This matter was not known then: it was first seen at 2025-10-09T13:18:16Z."


# Refusals


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("/matters?scop=all", "does not take a parameter 'scop'"),
        ("/sections?x=1", "does not take a parameter 'x'"),
        ("/matters?limit=0", "limit: input should be greater than or equal to 1."),
        ("/matters?limit=1&limit=2", "limit: "),
        ("/matters?as_of=", "as_of: "),
        ("/matters?as_of=1700000000", "write a date (2026-01-31)"),
        ("/matters?as_of=2026-01-31T10:00:00", "a moment with its zone"),
        ("/hearings?since=0", "write a date (2026-01-31)."),
        ("/matters?stage=zzz", "stage: input should be "),
        ("/changes?cursor=zz", "cursor: "),
    ],
)
def test_what_is_asked_wrongly_is_refused_with_a_sentence(client: FlaskClient, address: str, told: str) -> None:
    problem = asked(client, address, 400)
    assert told in problem["detail"]
    assert (problem["status"], problem["title"], problem["type"]) == (400, "Bad Request", "about:blank")


def test_what_is_not_there_is_told_to_programs_as_a_problem(client: FlaskClient) -> None:
    assert "openapi.json" in asked(client, "/nothing", 404)["detail"]
    assert asked(client, "/matters/int-9999-2025", 404)["instance"] == f"{V1}/matters/int-9999-2025"


def test_only_reading_is_allowed(client: FlaskClient) -> None:
    response = client.post(f"{V1}/matters")
    assert (response.status_code, response.content_type) == (405, "application/problem+json")
    assert {"GET", "HEAD", "OPTIONS"} == set(response.headers["Allow"].split(", "))
    options = client.options(f"{V1}/matters")
    assert (options.status_code, options.headers["Access-Control-Allow-Methods"]) == (200, "GET, HEAD, OPTIONS")
    head = client.head(f"{V1}/matters")
    assert (head.status_code, head.data) == (200, b"")


def test_a_failure_says_nothing_of_the_machine(tmp_path_factory: pytest.TempPathFactory) -> None:
    blank = connect(f"sqlite:///{tmp_path_factory.mktemp('blank')}/x.db")
    response = app_over(blank).test_client().get(f"{V1}/matters")
    assert (response.status_code, response.content_type) == (500, "application/problem+json")
    assert response.get_json()["detail"].startswith("The database has no tables yet.")


def test_an_answer_is_not_sent_twice(client: FlaskClient) -> None:
    first = client.get(f"{V1}/matters")
    again = client.get(f"{V1}/matters", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data, again.headers["Access-Control-Allow-Origin"]) == (304, b"", "*")
    assert "Set-Cookie" not in first.headers


def test_both_databases_answer_alike(database: sa.Engine) -> None:
    client = app_over(filled(database)).test_client()
    for address in (*LISTS, "/matters?q=immigration&as_of=2026-01-31", "/matters/int-1412-2025?as_of=2026-01-31",
                    "/matters/a%00b", "/sections"):  # fmt: skip
        assert client.get(V1 + address).status_code in (200, 404)
