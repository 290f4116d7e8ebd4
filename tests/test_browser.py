"""The site in a real browser: the journeys of its readers, without JavaScript, and axe on every type of page."""

import csv
import io
import re
import shutil
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from tracker.config import load_config
from tracker.database import connect
from tracker.web import SiteSettings, create_app

CHROMIUM = shutil.which("chromium") or ""
pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason="there is no chromium on this machine"),
    # Flask-Compress leaves the file of a style sheet to the collector, which Werkzeug's server then tells
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
SITE = SiteSettings(base_url="https://tracker.example.org", subscribing=load_config(None, {}).subscribe)
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
ZOOMED = 320  # what is left of 1280 where everything is shown four times as large

# one address of each type of page; a new one must be added here, or be said to be none
PAGES = {
    "pages.home": "/",
    "pages.matters": "/matters?scope=all",
    "pages.matter": "/matters/int-1412-2025",
    "pages.coverage": "/coverage",
    "pages.calendar": "/calendar",
    "pages.orders": "/orders",
    "pages.changes": "/changes",
    "pages.corrections": "/corrections",
    "pages.sections": "/sections",
    "pages.about": "/about",
    "pages.sources": "/sources",
    "pages.export": "/export",
    "searching.search": "/search?q=detainer",
    "pages.outlets": "/outlets",
    "pages.outlet": "/outlets/staten-island-advance",
    "suggest.form": "/coverage/suggest?measure=Int+1412-2025",
    "suggest.thanks": "/coverage/suggest/thanks",
    "report.form": "/report?about=int-1412-2025",
    "report.thanks": "/report/thanks",
    "ways.data": "/data",
    "ways.data_dictionary": "/data/dictionary",
    "ways.embed": "/embed/matters/int-1412-2025",
    "law.on_a_day": "/law?on=2018-02-01",
    "law.compare": "/compare?from=2013-01-01&to=2018-02-01",
    "law.section": "/sections/admin-9-131",
    "subscriptions.subscribe": "/subscribe?matter=int-1412-2025",
    "archive.digests": "/digests",
}
NO_PAGES = {
    "static", "pages.healthz", "metrics.metrics", "ways.robots", "ways.sitemap", "ways.sitemap_part", "ways.oembed",
    "ways.table",
}  # fmt: skip
# they show what this record does not hold: a reader's own page, a digest that was sent, the texts of two versions
OF_OTHERS = {
    "subscriptions.confirm", "manage.show", "manage.data", "manage.delete", "manage.unsubscribe", "archive.digest",
    "versions.compare",
}  # fmt: skip


@pytest.fixture(scope="module")
def base(shipped: sa.Engine) -> Iterator[str]:
    """The address of the site with the starter record, on a port of its own."""
    server = make_server("127.0.0.1", 0, create_app(shipped, clock=lambda: NOW, site=SITE), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser, base: str) -> Iterator[Page]:
    """A page without JavaScript, and without any way to another host."""
    context = browser.new_context(java_script_enabled=False, base_url=base, viewport=DESK)  # type: ignore[arg-type]
    opened = context.new_page()
    asked: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    yield opened
    context.close()
    assert [url for url in asked if not url.startswith((base, "data:"))] == []


def test_every_type_of_page_is_looked_at(base: str) -> None:
    rules = create_app(connect("sqlite://"), clock=lambda: NOW).url_map.iter_rules()
    shown = {rule.endpoint for rule in rules if "GET" in (rule.methods or ())}
    shown = {name for name in shown if not name.startswith(("downloads.", "feeds.", "api."))}
    assert shown - NO_PAGES - OF_OTHERS == set(PAGES)


@pytest.fixture(scope="module", params=[(PHONE, "light"), (DESK, "dark")], ids=["phone", "desk-dark"])
def looking(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """One page for all addresses, of each size; with what axe needs."""
    size, scheme = request.param
    context = browser.new_context(viewport=size, color_scheme=scheme, bypass_csp=True)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("path", [*PAGES.values(), "/?years=2025", "/matters/eo-50-2025", "/nowhere"])
def test_axe_finds_nothing_and_nothing_runs_over(looking: Page, base: str, path: str) -> None:
    looking.goto(base + path)
    found = Axe().run(looking)
    wide = [width for width in (_width(looking), ZOOMED) if _runs_over(looking, width)]
    assert [f"{fault['id']}: {fault['nodes'][0]['html']}" for fault in found.response["violations"]] == []
    assert wide == []


def _width(page: Page) -> int:
    return page.viewport_size["width"] if page.viewport_size else 0


def _runs_over(page: Page, width: int) -> bool:
    """Whether the page scrolls sideways at a width; the page is left as wide as it was."""
    own = page.viewport_size
    assert own is not None
    page.set_viewport_size({"width": width, "height": own["height"]})
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    page.set_viewport_size(own)
    return bool(wide)


@pytest.mark.parametrize("path", ["/", "/?years=2020-2026", "/?years=2025", "/ar/"])
def test_no_label_of_the_timeline_touches_another_in_the_fonts_of_this_machine(
    looking: Page, base: str, path: str
) -> None:
    looking.goto(base + path)
    boxes = looking.evaluate(
        """[...document.querySelectorAll(".strip text")].map(text => {
            const box = text.getBoundingClientRect(), frame = text.ownerSVGElement.getBoundingClientRect()
            return [text.textContent, box.left, box.top + 2, box.right, box.bottom - 2,
                    box.left >= frame.left && box.right <= frame.right && box.top >= frame.top - 1]
        })"""
    )
    assert len(boxes) > 20
    assert [name for name, *_, inside in boxes if not inside] == []
    assert [
        (one[0], other[0])
        for place, one in enumerate(boxes)
        for other in boxes[place + 1 :]
        if one[1] < other[3] and other[1] < one[3] and one[2] < other[4] and other[2] < one[4]
    ] == []


def test_a_reader_zooms_in_on_a_decade_a_year_and_a_bill_without_javascript(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="2020–2026").click()
    page.get_by_role("link", name="2025", exact=True).click()
    assert page.get_by_role("heading", name="The timeline, 2025").is_visible()
    page.locator("#acts").get_by_role("link", name="EO 50 of 2025").first.click()
    assert page.url.endswith("/matters/eo-50-2025")


@pytest.mark.parametrize("path", [path for path in PAGES.values() if not path.startswith("/embed")])
def test_a_page_names_its_own_address(shipped: sa.Engine, path: str) -> None:
    answer = create_app(shipped, clock=lambda: NOW, site=SITE).test_client().get(path)
    (own,) = re.findall(r'<link rel="canonical" href="([^"]*)"', answer.get_data(as_text=True))
    assert own == "https://tracker.example.org" + path.partition("?")[0]


def test_a_law_is_found_by_the_number_in_a_news_story_and_its_page_says_how_it_became_law(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Search").click()
    page.get_by_role("searchbox").fill("Intro 1412")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Int 1412-2025").first.click()
    assert page.get_by_role("heading", level=1).inner_text().startswith("Local Law 63 of 2026")
    assert page.get_by_text("Law, by override of a veto").first.is_visible()
    timeline = page.locator("section[aria-labelledby=timeline]").inner_text()
    assert timeline.index("31 Dec 2025") > timeline.index("29 Jan 2026")  # the newest first


def test_a_reader_suggests_a_piece_corrects_it_and_is_thanked(page: Page) -> None:
    page.goto("/coverage")
    page.get_by_role("link", name="Suggest a piece").click()
    page.get_by_label("Address of the piece").fill("gothamist dot com")
    page.get_by_label("Note for the editor").fill("in the third paragraph")
    page.get_by_role("button", name="Send the suggestion").click()
    assert page.get_by_role("alert").inner_text().startswith("Not sent yet")
    assert page.get_by_label("Note for the editor").input_value() == "in the third paragraph"
    page.get_by_label("Address of the piece").fill("https://gothamist.com/news/a-story")
    page.get_by_role("button", name="Send the suggestion").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Thank you"
    assert page.context.cookies() == []


def test_two_days_of_the_law_are_compared(page: Page) -> None:
    page.goto("/law?on=2013-01-01")
    page.get_by_role("link", name="What changed from then to today").click()
    changed = page.locator("main").inner_text()
    assert "9-131" in changed
    assert "Local Law 58 of 2014" in changed


def test_a_reader_changes_the_language_and_it_stays(page: Page) -> None:
    page.goto("/matters/int-1412-2025")
    page.get_by_role("link", name="Español").click()
    assert page.locator("html").get_attribute("lang") == "es"
    assert page.get_by_role("heading", level=1).inner_text().startswith("Ley Local 63 de 2026")
    page.get_by_role("link", name="Audiencias", exact=True).click()
    assert page.url.endswith("/es/calendar")
    page.get_by_role("link", name="العربية").click()
    assert page.locator("html").get_attribute("dir") == "rtl"
    page.get_by_role("link", name="English").click()
    assert page.url.endswith(":" + page.url.rpartition(":")[2].partition("/")[0] + "/calendar")
    assert page.context.cookies() == []


def test_a_reader_follows_a_bill_from_its_page(page: Page) -> None:
    page.goto("/matters/int-1412-2025")
    page.get_by_role("link", name="Follow it by e-mail").click()
    page.get_by_role("group", name="Where to").get_by_label("Your mail address").fill("reader@example.org")
    page.get_by_role("button", name="Ask for a confirmation").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Look into your mailbox"


def test_a_timeline_is_taken_home_as_csv(page: Page) -> None:
    page.goto("/matters/int-1412-2025")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="This timeline as CSV").click()
    rows = list(csv.DictReader(io.StringIO(waiting.value.path().read_text(encoding="utf-8-sig"))))
    assert {row["file_number"] for row in rows} == {"Int 1412-2025"}


def test_the_keyboard_reaches_the_content_first(browser: Browser, base: str) -> None:
    context = browser.new_context(viewport=DESK)  # type: ignore[arg-type]
    shown = context.new_page()
    shown.goto(base)
    shown.keyboard.press("Tab")
    assert shown.evaluate("document.activeElement.textContent") == "Skip to the content"
    shown.keyboard.press("Enter")
    assert shown.evaluate("document.activeElement.id") == "main"
    context.close()


def test_a_reader_filters_a_timeline_and_reports_an_error_from_it(page: Page) -> None:
    page.goto("/matters/int-1412-2025")
    page.get_by_role("checkbox", name="Council").uncheck()
    page.get_by_role("checkbox", name="Coverage").uncheck()
    page.get_by_role("button", name="Apply").click()
    assert page.get_by_text("vetoed it.").count() == 1
    assert page.get_by_text("overrode the veto").count() == 0
    page.get_by_role("link", name="The usual timeline").click()
    assert page.get_by_text("overrode the veto").count() == 1
    page.locator("main").get_by_role("link", name="Report an error").click()
    assert page.get_by_label("What it is about").input_value() == "int-1412-2025"
    page.get_by_label("What is wrong").fill("The vote was another one.")
    page.get_by_role("button", name="Send the report").click()
    assert page.get_by_role("heading", name="Thank you").count() == 1
