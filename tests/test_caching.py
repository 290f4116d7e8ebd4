"""Pages that are held in memory: made once, never older than the record, never another reader's."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask, template_rendered
from flask.testing import FlaskClient

from tracker.database import writing
from tracker.models import Run
from tracker.web import create_app

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
PAGE = "/matters/int-1412-2025"


@pytest.fixture
def app(shipped: sa.Engine) -> Flask:
    return create_app(shipped, clock=lambda: NOW)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def made(app: Flask) -> list[str]:
    """The templates that were rendered, as they are."""
    names: list[str] = []
    template_rendered.connect(lambda _app, template, **_: names.append(template.name), app, weak=False)
    return names


def test_a_page_that_many_ask_for_is_made_once_and_looks_the_same(client: FlaskClient, made: list[str]) -> None:
    first, again = client.get(PAGE), client.get(PAGE)
    assert made == ["matter.html"]
    assert again.data == first.data
    assert {**again.headers} == {**first.headers}


def test_a_packed_page_is_the_same_page(client: FlaskClient, made: list[str]) -> None:
    first, again = (client.get(PAGE, headers={"Accept-Encoding": "gzip"}) for _ in range(2))
    plain = client.get(PAGE)
    assert made == ["matter.html"]
    assert first.headers["Content-Encoding"] == again.headers["Content-Encoding"] == "gzip"
    assert first.data == again.data
    assert "Content-Encoding" not in plain.headers


def test_what_is_stored_afterwards_is_on_the_next_page(
    client: FlaskClient, made: list[str], shipped: sa.Engine
) -> None:
    client.get(PAGE)
    with writing(shipped) as session:
        session.add(Run(source="council-api", mode="live", place="", started_at=NOW, finished_at=NOW, outcome="ok"))
    client.get(PAGE)
    assert made == ["matter.html", "matter.html"]


def test_each_address_question_language_and_host_has_its_own(client: FlaskClient, made: list[str]) -> None:
    for address, host in ((PAGE, "a"), (f"{PAGE}?x=1", "a"), (f"/ar{PAGE}", "a"), (PAGE, "b")):
        client.get(address, headers={"Host": host})
    assert len(made) == 4


def test_readers_who_come_at_once_wait_for_one_page(app: Flask, made: list[str]) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: app.test_client().get(PAGE).status_code, range(8)))
    assert answers == [200] * 8
    assert made == ["matter.html"]


def test_a_page_that_fails_keeps_nobody_waiting(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracker.web.caching.PATIENCE", -1)  # for ever
    for _ in range(2):
        assert app.test_client().get("/matters/int-9999-2025").status_code == 404


def test_what_is_not_there_is_not_held(client: FlaskClient, made: list[str]) -> None:
    for _ in range(2):
        assert client.get("/matters/int-9999-2025").status_code == 404
    assert len(made) == 2
