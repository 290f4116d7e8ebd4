"""The downloads over HTTP: names, headers, refusals, and that nothing is held open or in memory."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tracker.database import connect, upgrade, writing
from tracker.errors import DatabaseError, NotFound
from tracker.export import files as export
from tracker.models import Action, Capture, Change, Matter, Run
from tracker.web.downloads import blueprint

SEEN = datetime(2025, 12, 18, 19, 5, tzinfo=UTC)
NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)  # still the 24th in New York


def fill(engine: sa.Engine) -> None:
    seen: dict[str, Any] = {"kind": "Introduction", "stage": "introduced", "first_seen_at": SEEN, "last_seen_at": SEEN}
    change: dict[str, Any] = {"run_id": 1, "capture_id": 1, "observed_at": SEEN}
    act: dict[str, Any] = {"position": 0, "code": 27, "name": "Introduced by Council", "first_seen_at": SEEN}
    batches: list[list[Any]] = [
        [Run(id=1, source="archive", mode="live", place="git", started_at=SEEN, outcome="ok")],
        [Capture(id=1, run_id=1, address="https://example.org/1", digest="sha1:ab", seen_at=SEEN)],
        [
            Matter(id=1, source_id="71", file_number="Int 0001-2026", slug="int-0001-2026", scope="core", **seen),
            Matter(id=2, source_id="72", file_number="Int 0002-2026", slug="int-0002-2026", scope="out", **seen),
        ],
        [Action(id=1, matter_id=1, source_id="901", acted_on=date(2025, 12, 17), **act)],
        [
            Change(id=1, matter_id=1, file_number="Int 0009-2026", kind="appeared", **change),
            Change(id=2, matter_id=1, file_number="Int 0001-2026", kind="renumbered", before="Int 0009-2026", **change),
            Change(id=3, matter_id=2, file_number="Int 0002-2026", kind="appeared", after="Committée", **change),
        ],
    ]
    with writing(engine) as session:
        for batch in batches:
            session.add_all(batch)
            session.flush()


def make_app(engine: sa.Engine) -> Flask:
    """As little of the site as downloads need: the engine, the clock, a page beside them, and 404 for `NotFound`."""
    app = Flask(__name__)
    app.testing = True
    app.extensions["tracker"] = SimpleNamespace(engine=engine, clock=lambda: NOW)
    app.register_blueprint(blueprint)
    app.add_url_rule("/matters/<slug>", "page", lambda slug: f"page of {slug}")
    app.register_error_handler(NotFound, lambda error: (str(error), 404))
    return app


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.Engine]:
    engine = connect(f"sqlite:///{tmp_path}/tracker.db")
    upgrade(engine)
    fill(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def client(engine: sa.Engine) -> FlaskClient:
    return make_app(engine).test_client()


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_export_is_a_csv_file_named_after_the_day_in_new_york(client: FlaskClient) -> None:
    response = client.get("/export/changes.csv")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == "attachment; filename=sanctuary-changes-2026-11-24.csv"
    assert [row["change_id"] for row in read(response.text)] == ["1", "2"]


@pytest.mark.parametrize("name", export.EXPORTS)
def test_every_export_is_served(client: FlaskClient, name: str) -> None:
    assert client.get(f"/export/{name}.csv").text.startswith(",".join(export.EXPORTS[name].header) + "\r\n")


def test_scope_all_holds_every_matter_and_says_so_in_its_name(client: FlaskClient) -> None:
    response = client.get("/export/changes.csv?scope=all")
    assert [row["after"] for row in read(response.text)] == ["", "", "Committée"]
    assert "sanctuary-changes-all-2026-11-24.csv" in response.headers["Content-Disposition"]
    assert len(read(client.get("/export/changes.csv?scope=tracked").text)) == 2


def test_byte_order_mark_on_request(client: FlaskClient) -> None:
    for address in ("/export/matters.csv", "/matters/int-0001-2026.csv"):
        assert client.get(f"{address}?bom=1").data.startswith(b"\xef\xbb\xbf")
        assert not client.get(f"{address}?bom=0").data.startswith(b"\xef")


def test_a_matter_has_its_own_table_beside_its_page(client: FlaskClient) -> None:
    assert client.get("/matters/int-0001-2026").text == "page of int-0001-2026"
    response = client.get("/matters/int-0001-2026.csv")
    found = [(row["date"], row["what"], row["kind"]) for row in read(response.text)]
    assert "sanctuary-int-0001-2026-2026-11-24.csv" in response.headers["Content-Disposition"]
    assert found == [
        ("2025-12-17", "action", ""),
        ("2025-12-18", "change", "appeared"),
        ("2025-12-18", "change", "renumbered"),
    ]


def test_an_address_from_before_a_renumbering_leads_on(client: FlaskClient) -> None:
    response = client.get("/matters/int-0009-2026.csv?bom=1")
    assert (response.status_code, response.location) == (302, "/matters/int-0001-2026.csv?bom=1")


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("/export/votes.csv", "There are: matters, actions, changes, relations, sections, coverage."),
        ("/matters/int-0404-2026.csv", "There is no matter at 'int-0404-2026'"),
    ],
)
def test_unknown_names_are_answered_with_what_there_is(client: FlaskClient, address: str, sentence: str) -> None:
    response = client.get(address)
    assert response.status_code == 404
    assert sentence in response.text


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("/export/changes.csv?since=2026", "does not take a parameter &#39;since&#39;. It takes bom and scope."),
        ("/export/changes.csv?scope=core", "scope=core is not understood; write scope=tracked or scope=all."),
        ("/export/changes.csv?bom=yes", "bom=yes is not understood; write bom=0 or bom=1."),
        ("/matters/int-0001-2026.csv?scope=all", "It takes bom."),
        ("/export/datapackage.json?scope=all", "It takes none."),
        ("/export/all.zip?bom=1", "It takes scope."),
    ],
)
def test_parameters_that_would_do_nothing_are_refused(client: FlaskClient, address: str, sentence: str) -> None:
    response = client.get(address)
    assert response.status_code == 400
    assert sentence in response.text


def test_data_package_describes_the_files_beside_it(client: FlaskClient) -> None:
    package = client.get("/export/datapackage.json").get_json()
    assert package["homepage"] == "http://localhost/"
    for resource in package["resources"]:
        header = client.get(f"/export/{resource['path']}").text.split("\r\n")[0]
        assert [field["name"] for field in resource["schema"]["fields"]] == header.split(",")


@pytest.mark.parametrize(("query", "matters", "name"), [("", 1, "all"), ("?scope=all", 2, "all-matters")])
def test_everything_in_one_zip(client: FlaskClient, query: str, matters: int, name: str) -> None:
    with client.get(f"/export/all.zip{query}") as response:
        assert response.headers["Content-Type"] == "application/zip"
        assert response.headers["Content-Disposition"] == f"attachment; filename=sanctuary-{name}-2026-11-24.zip"
        assert response.content_length == len(response.data)
        with zipfile.ZipFile(io.BytesIO(response.data)) as archive:
            assert archive.testzip() is None
            assert len(read(archive.read("matters.csv").decode())) == matters
            assert json.loads(archive.read("datapackage.json"))["homepage"] == "http://localhost/"


def many_changes(engine: sa.Engine, count: int) -> None:
    same: dict[str, Any] = {"matter_id": 1, "run_id": 1, "capture_id": 1, "kind": "text_changed"}
    same |= {"file_number": "Int 0001-2026", "observed_at": SEEN, "action_id": "", "before": "", "after": ""}
    with writing(engine) as session:
        session.execute(sa.insert(Change), [same | {"id": number} for number in range(100, 100 + count)])


def connections(engine: sa.Engine) -> int:
    assert isinstance(engine.pool, sa.QueuePool)
    return engine.pool.checkedout()


def test_rows_are_sent_while_they_are_read_and_nothing_stays_open(engine: sa.Engine, client: FlaskClient) -> None:
    many_changes(engine, 3 * export.BLOCK)
    response = client.get("/export/changes.csv", buffered=False)
    sent = iter(response.response)
    assert next(sent).count(b"\r\n") == export.BLOCK + 1
    assert connections(engine) == 1
    response.close()  # the reader goes away
    assert connections(engine) == 0


@pytest.mark.parametrize("address", ["/export/changes.csv", "/matters/int-0001-2026.csv", "/export/all.zip"])
def test_nothing_stays_open_when_all_is_sent(engine: sa.Engine, client: FlaskClient, address: str) -> None:
    for ask in (client.get, client.head):
        ask(address).close()
        assert connections(engine) == 0


def test_a_broken_database_is_told_before_the_answer_begins(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path}/empty.db")
    client = make_app(engine).test_client()
    for address in ("/export/changes.csv", "/matters/int-0001-2026.csv", "/export/all.zip"):
        with pytest.raises(DatabaseError, match="no tables yet"):
            client.get(address)
    engine.dispose()
