"""The queue in a real browser: one key decides, focus goes on, and nothing needs the script."""

import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from archive_builder import add, document, rows, seen, take
from desk import NOW, PASSWORD, Browser, hire
from werkzeug.serving import make_server

from tracker.database import connect, upgrade
from tracker.models.sources import Article, Coverage

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")
playwright = pytest.importorskip("playwright.sync_api")
pytestmark = [
    pytest.mark.skipif(not CHROMIUM.exists(), reason="there is no chromium"),
    # the server that comes with Flask leaves the files it sent to the collector
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.Engine]:
    found = connect(f"sqlite:///{tmp_path}/x.db")
    upgrade(found)
    take(found, seen(document()))
    hire(found)
    for key in (1, 2, 3):
        article = Article(
            id=key, address=f"https://example.org/{key}", outlet="Example", kind="news", headline=f"Of {key}",
            published_on=date(2026, 11, 20), source="news-feeds", first_seen_at=NOW, last_seen_at=NOW,
        )  # fmt: skip
        link = Coverage(
            id=key, article_id=key, file_number="Int 1412-2025", kind="explicit", role="main", score=1 - key / 10,
            evidence="words", outcome="review", decided_by="press", decided_at=NOW,
        )  # fmt: skip
        add(found, article, link)
    yield found
    found.dispose()


@pytest.fixture
def address(engine: sa.Engine) -> Iterator[str]:
    """The site on a free port of loopback."""
    server = make_server("127.0.0.1", 0, Browser(engine, lambda: NOW).app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def page(request: pytest.FixtureRequest, address: str) -> Iterator[Any]:
    """A page of a signed-in editor, with and without JavaScript."""
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        found = browser.new_context(java_script_enabled=request.param).new_page()
        found.goto(f"{address}/edit")
        found.fill("input[name=name]", "ann")
        found.fill("input[name=password]", PASSWORD)
        found.click("main button")
        found.wait_for_selector(".queue")
        yield found
        browser.close()


def outcomes(engine: sa.Engine) -> list[str]:
    return [row.outcome for row in rows(engine, Coverage)]


def test_a_whole_queue_is_gone_through_by_keys(page: Any, engine: sa.Engine, request: pytest.FixtureRequest) -> None:
    if request.node.callspec.params["page"]:
        page.keyboard.press("a")
        page.wait_for_selector("#link-2:focus")
        page.keyboard.press("r")
    else:  # the row has the focus after a decision: Tab leads to its links and fields, Enter presses
        page.press("#link-1 button[value=accept]", "Enter")
        page.wait_for_selector("#link-2:focus")
        for _ in range(6):
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
    page.wait_for_selector("#link-3:focus")
    assert outcomes(engine) == ["published", "rejected", "review"]
    page.click(".notice button")
    page.wait_for_selector("text=Taken back")
    assert outcomes(engine) == ["published", "review", "review"]


def test_letters_typed_into_a_field_decide_nothing(page: Any, engine: sa.Engine) -> None:
    page.click("#link-1 summary")
    page.fill("#link-1 input[name=measure]", "")
    page.focus("#link-1 input[name=measure]")
    page.keyboard.type("ar")
    assert page.input_value("#link-1 input[name=measure]") == "ar"
    assert outcomes(engine) == ["review"] * 3
