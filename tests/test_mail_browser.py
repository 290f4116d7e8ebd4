"""Pages behind signed links, in a real browser: axe on each, and the way of a reader without a mouse and scripts."""

import threading
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from axe_playwright_python.sync_playwright import Axe
from digest_builder import add_action, add_matter, add_run
from playwright.sync_api import Browser, Page
from test_browser import DESK, OF_OTHERS, SITE, browser, looking, pytestmark  # noqa: F401 -- fixtures
from test_subscribers import CORE, LAW, SECRET, Desk
from werkzeug.serving import make_server

from tracker.digests.composing import compose
from tracker.subscription.subscribing import Wanted
from tracker.web import create_app

READERS = {name: f"{name}@example.org" for name in ("asks", "follows", "paused", "leaves", "deletes", "begins")}
THINGS = (CORE, LAW, Wanted("search", "a rather long search for words like cooperation", "now"),
          Wanted("matter", "Int 1412-2025", "daily"), Wanted("introductions", "", "weekly"))  # fmt: skip


class Letters:
    """A site and the links that its readers found in their mail."""

    def __init__(self, engine: sa.Engine) -> None:
        self.desk = Desk(engine)
        desk = self.desk
        for name in ("follows", "paused", "leaves", "deletes"):
            desk.confirm(desk.ask(*THINGS, address=READERS[name], quiet=True))
        asked = {name: desk.ask(*THINGS, address=READERS[name]) for name in ("asks", "begins")}
        own = {name: desk.link("manage", READERS[name]) for name in ("follows", "paused", "deletes")}
        end = desk.link("unsubscribe", READERS["leaves"])
        add_action(engine, add_run(engine, desk.now), add_matter(engine, "Int 9999-2026"), 68, "Approved by Council",
                   desk.now.date(), observed_at=desk.now, file_number="Int 9999-2026")  # fmt: skip
        compose(engine, "daily", desk.now)
        self.pages = {
            "subscriptions.confirm": f"/subscribe/confirm/{asked['asks']}",
            "manage.show": f"/subscriptions/{own['follows']}",
            "manage.delete": f"/subscriptions/{own['deletes']}/delete",
            "manage.unsubscribe": f"/unsubscribe/{end}",
            "archive.digest": f"/digests/{desk.now.date()}",
        }
        self.begins = f"/subscribe/confirm/{asked['begins']}"
        self.paused = f"/subscriptions/{own['paused']}"


@pytest.fixture(scope="module")
def letters(shipped: sa.Engine) -> Letters:
    return Letters(shipped)


@pytest.fixture(scope="module")
def base(shipped: sa.Engine, letters: Letters) -> Iterator[str]:
    app = create_app(shipped, clock=lambda: letters.desk.now, site=SITE, secret=SECRET)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def looked_at(page: Page) -> list[str]:
    """What axe finds on a page, and whether anything runs over its side."""
    found = [f"{fault['id']}: {fault['nodes'][0]['html']}" for fault in Axe().run(page).response["violations"]]
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return found + (["it runs over"] if wide else [])


def test_every_page_behind_a_link_is_looked_at(letters: Letters) -> None:
    assert set(letters.pages) | {"manage.data", "versions.compare"} == OF_OTHERS


@pytest.mark.parametrize("folder", ["", "/es"])
@pytest.mark.parametrize("endpoint", sorted(OF_OTHERS - {"manage.data", "versions.compare"}))
def test_axe_finds_nothing_behind_a_link(
    looking: Page,  # noqa: F811
    base: str,
    letters: Letters,
    endpoint: str,
    folder: str,
) -> None:
    answer = looking.goto(base + folder + letters.pages[endpoint])
    assert answer is not None and answer.status == 200
    assert looked_at(looking) == []


def test_axe_finds_nothing_on_what_a_button_brings(looking: Page, base: str, letters: Letters) -> None:  # noqa: F811
    pause = base + letters.paused
    looking.goto(pause)
    looking.get_by_role("button", name="Pause all mail").click()
    assert looked_at(looking) == []
    looking.get_by_role("button", name="Go on").click()
    looking.get_by_role("button", name="Add").click()  # nothing is chosen: what is wrong is said
    assert looking.get_by_role("alert").is_visible()
    assert looked_at(looking) == []
    looking.goto(f"{base}/subscribe/confirm/x")
    assert looked_at(looking) == []


def test_a_reader_begins_changes_and_ends_by_keyboard_without_a_script(
    browser: Browser,  # noqa: F811
    base: str,
    letters: Letters,
) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=base, viewport=DESK)  # type: ignore[arg-type]
    page, address = context.new_page(), READERS["begins"]
    page.goto(letters.begins)
    page.get_by_role("button", name="Begin").press("Enter")
    page.get_by_role("link", name="See and change what you follow").press("Enter")
    assert page.get_by_text(f"For {address}").is_visible()
    page.get_by_label("How often").first.select_option("weekly")
    page.get_by_label("End it").last.check()
    page.get_by_role("button", name="Save").press("Enter")
    assert page.get_by_role("status").inner_text() == "Saved."
    periods = {wanted.period for wanted in THINGS}
    assert {row[2] for row in letters.desk.follows(address)} <= periods
    assert len(letters.desk.follows(address)) == len(THINGS) - 1
    page.get_by_role("link", name="End all mail").press("Enter")
    page.get_by_role("button").first.press("Enter")
    assert letters.desk.state(address) == "ended"
    assert context.cookies() == []
    context.close()
