"""The pages: what they say, what they link, and what travels with them."""

import re
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import golden
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from tracker import database
from tracker.config import templates_folder
from tracker.health import Rules, incidents, states
from tracker.models import CHANGE_KINDS, Run
from tracker.web import SiteSettings, create_app, filters, stagebar
from tracker.wording.changes import CHANGE_LABELS

RULES = Rules(
    stale_after={"council-archive": timedelta(hours=36), "hearings": timedelta(hours=36)},
    least_share=0.5,
    expected=("council-archive", "council-api", "hearings"),
    waiting={"council-api": "It needs a token: set TRACKER_LEGISTAR_TOKEN."},
)
PAGES = (
    "/",
    "/matters",
    "/orders",
    "/changes",
    "/corrections",
    "/sections",
    "/about",
    "/sources",
    "/export",
    "/calendar",
    "/coverage",
    "/outlets",
    "/data",
)


def site_over(folder: Path, *, filled: bool) -> Flask:
    engine = database.connect(f"sqlite:///{folder}/tracker.db")
    database.upgrade(engine)
    if filled:
        golden.fill(engine)
    settings = SiteSettings(contact="editor@example.org", base_url="https://tracker.example.org", health=RULES)
    return create_app(engine, clock=lambda: golden.NOW, site=settings)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return site_over(tmp_path_factory.mktemp("site"), filled=True)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def words(client: FlaskClient, address: str) -> str:
    """The text of a page, tags and white space taken out."""
    response = client.get(address)
    assert response.status_code == 200, response.text
    return " ".join(re.sub(r"<[^>]+>", " ", response.text).split()).replace(" .", ".").replace(" ,", ",")


@pytest.mark.parametrize("address", PAGES)
def test_every_page_answers_before_anything_was_read(tmp_path: Path, address: str) -> None:
    client = site_over(tmp_path, filled=False).test_client()
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("address", (*PAGES, "/matters/int-1412-2025", "/matters/eo-50-2025"))
def test_every_page_is_whole_and_asks_nothing_of_other_hosts(client: FlaskClient, address: str) -> None:
    response = client.get(address)
    html = response.text
    assert response.status_code == 200
    assert html.count("<h1") == 1
    assert '<a class="skip" href="#main">' in html
    assert not re.findall(r'<script(?! type="application/ld\+json">)', html)  # data, which no browser runs
    assert not re.search(r'<(?:link|img|script)[^>]+(?:src|href)="https?://(?!tracker\.example\.org)', html)
    assert " style=" not in html  # the policy forbids it
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))


def test_every_link_inside_the_site_leads_somewhere(client: FlaskClient) -> None:
    seen: set[str] = set()
    for address in (*PAGES, "/matters/int-1412-2025"):
        seen |= {link.partition("#")[0] for link in re.findall(r' href="(/[^"]*)"', client.get(address).text)}
    assert not {link for link in seen if link and not leads_somewhere(client, link.replace("&amp;", "&"))}


def leads_somewhere(client: FlaskClient, address: str) -> bool:
    with client.get(address) as response:
        return response.status_code in (200, 301)


def test_the_page_of_a_law_tells_how_it_became_one(client: FlaskClient) -> None:
    page = words(client, "/matters/int-1412-2025")
    assert "Local Law 63 of 2026: No immigration offices on jail land" in page
    assert "Law, by override of a veto" in page
    assert "Vetoed 31 Dec 2025 Overridden, law 29 Jan 2026" in page


def test_the_late_veto_shows_both_dates(client: FlaskClient) -> None:
    assert "Acted 31 Dec 2025 · recorded 24 Jan 2026 24 days late Mayor Adams vetoed it." in words(
        client, "/matters/int-1412-2025"
    )


def test_the_corrected_row_shows_what_the_record_said_before(client: FlaskClient) -> None:
    page = words(client, "/matters/int-1412-2025")
    assert "Acted 29 Jan 2026 · recorded 30 Jan 2026 · corrected 1 Feb 2026 Council overrode the veto, 44 to 7." in page
    assert "What the record said before “Approved by Council” until 1 Feb 2026 · what we saw" in page


def test_facts_stand_with_the_councils_own_status(client: FlaskClient) -> None:
    page = words(client, "/matters/int-1412-2025")
    for fact in ("“Enacted”", "Member 7 (prime)", "Safer Act", "9-131 (a)(4)", "Int 486-2014", "M 0017-2026"):
        assert fact in page
    assert "Core: its point is cooperation" in page


def test_only_web_addresses_become_links(client: FlaskClient) -> None:
    html = client.get("/matters/int-1412-2025").text
    assert "Bad link" in html
    assert "javascript:" not in html


def test_what_a_source_says_is_never_markup(client: FlaskClient) -> None:
    assert "Gone &lt;b&gt;bill" in client.get("/matters/int-0009-2024").text
    assert "<i>x" not in client.get("/matters?q=<i>x").text


def test_a_bill_in_committee_is_not_called_law(client: FlaskClient) -> None:
    page = words(client, "/matters/int-0209-2026")
    assert "Introduced 29 Jan 2026 Committee here now Council not yet Mayor not yet" in page
    assert "Would amend" in page
    assert "Scheduled for 3 Mar 2026" in page
    assert "“Put to Sleep by Council”." in page


def test_a_removed_matter_says_so(client: FlaskClient) -> None:
    page = words(client, "/matters/int-0009-2024")
    assert "Removed from the source." in page
    assert "This row was taken out of the record; we first missed it 4 Jan 2026" in page


def test_a_record_that_contradicts_itself_says_so(client: FlaskClient) -> None:
    assert "The status reads one thing, the rows another." in words(client, "/matters/int-0820-2026")


def test_an_order_shows_its_source_confidence_and_what_is_unverified(client: FlaskClient) -> None:
    page = words(client, "/matters/eo-50-2025")
    for told in ("Declared void", "nyc.gov · confidence high", "Not verified.", "Void by court ruling", "Randy Mastro"):
        assert told in page
    assert "confidence medium" in words(client, "/orders")


def test_an_old_number_leads_to_the_new_one(client: FlaskClient) -> None:
    response = client.get("/matters/int-1128-2023")
    assert (response.status_code, response.location) == (301, "/matters/int-1126-2023")


@pytest.mark.parametrize("address", ["/matters/int-9999-2025", "/nothing", "/export/nothing.csv"])
def test_what_is_not_there_is_said_with_a_way_on(client: FlaskClient, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 404
    assert "<form" in response.text


def test_the_front_page_tells_news_by_the_day_we_saw_it(client: FlaskClient) -> None:
    page = words(client, "/")
    news = page.partition("What changed lately")[2]
    assert news.index("Int 209-2026") < news.index("Int 1412-2025")
    assert "Numbered Local Law 63 of 2026." in page
    assert "and 1 smaller change" in page
    assert "In committee 1 bill" in page
    assert "Local Law 58 of 2014" in page
    assert "Council records: last read today 10:00." in page


def test_the_list_keeps_its_questions_on_the_next_page(app: Flask) -> None:
    with app.test_request_context("/matters?q=ice&kind=&page=2"):
        assert filters.page_address(3) == "/matters?q=ice&page=3"
        assert filters.page_address(1) == "/matters?q=ice"


@pytest.mark.parametrize("query", ["page=x", "page=-1", "year=99999999999999", "scope=zzz", "sort=%00", "stage='--"])
def test_odd_questions_get_a_page(client: FlaskClient, query: str) -> None:
    assert client.get(f"/matters?{query}").status_code == 200
    assert client.get(f"/changes?{query}&kind=x").status_code == 200


def test_corrections_read_as_sentences(client: FlaskClient) -> None:
    sentence = "since 1 Feb 2026 the same row reads “Overridden by Council”."
    assert sentence in words(client, "/corrections")
    assert sentence in words(client, "/changes?view=corrections")


def test_the_page_is_not_sent_twice(client: FlaskClient) -> None:
    first = client.get("/", headers={"Accept-Encoding": "gzip"})
    again = client.get("/", headers={"If-None-Match": first.headers["ETag"]})
    assert first.headers["Content-Encoding"] == "gzip"
    assert first.headers["Cache-Control"] == "public, max-age=60"
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"]


def test_the_mark_changes_with_what_is_stored_and_with_the_day(tmp_path: Path) -> None:
    app = site_over(tmp_path, filled=True)
    site = app.extensions["tracker"]
    before = app.test_client().get("/").headers["ETag"]
    assert app.test_client().get("/").headers["ETag"] == before
    with database.writing(site.engine) as session:
        session.add(Run(source="y", mode="live", place="", started_at=golden.NOW, outcome="failed"))
    after = app.test_client().get("/").headers["ETag"]
    tomorrow = create_app(site.engine, clock=lambda: golden.NOW.replace(day=11), site=site.settings)
    assert len({before, after, tomorrow.test_client().get("/").headers["ETag"]}) == 3


def test_headers_keep_the_page_to_itself(client: FlaskClient) -> None:
    for address in ("/", "/nothing", "/export/matters.csv"):
        headers = client.get(address).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_the_style_sheet_has_its_digest_in_its_address(client: FlaskClient) -> None:
    found = re.search(r'href="(/static/style\.css\?v=[0-9a-f]{12})"', client.get("/").text)
    assert found
    with client.get(found[1]) as response:
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_the_health_page_is_for_machines(client: FlaskClient, tmp_path: Path) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.get_json()["status"]) == (200, "ok")
    assert response.get_json()["sources"]["council-archive"]["age_seconds"] == 0
    assert response.headers["Cache-Control"] == "no-store"
    empty = site_over(tmp_path, filled=False).test_client().get("/healthz")
    assert (empty.status_code, empty.get_json()["status"]) == (503, "empty")


def test_a_stale_source_makes_the_site_unhealthy(app: Flask) -> None:
    site = app.extensions["tracker"]
    later = create_app(site.engine, clock=lambda: datetime(2026, 3, 1, tzinfo=golden.NOW.tzinfo), site=site.settings)
    response = later.test_client().get("/healthz")
    assert (response.status_code, response.get_json()["status"]) == (503, "degraded")
    assert response.get_json()["sources"]["council-archive"]["stale"]


def try_of(source: str, outcome: str, **given: Any) -> Run:
    values: dict[str, Any] = {"mode": "live", "place": "", "started_at": golden.NOW, "finished_at": golden.NOW}
    return Run(source=source, outcome=outcome, **(values | given))


def test_a_source_that_fails_while_it_is_fresh_does_not_take_the_site_down(tmp_path: Path) -> None:
    app = site_over(tmp_path, filled=True)
    with database.writing(app.extensions["tracker"].engine) as session:
        session.add(try_of("council-archive", "failed", message="The host does not answer."))
    response = app.test_client().get("/healthz")
    told = response.get_json()["sources"]["council-archive"]
    assert (response.status_code, response.get_json()["status"]) == (200, "degraded")
    assert (told["state"], told["outcome"], told["stale"]) == ("failing", "failed", False)
    assert "The host does not answer." in told["sentence"]


def test_the_sources_tell_what_is_wrong_since_when_and_what_was_never_read(tmp_path: Path) -> None:
    app = site_over(tmp_path, filled=True)
    with database.writing(app.extensions["tracker"].engine) as session:
        session.add_all(try_of("council-archive", "ok", read=read) for read in (40, 42, 44, 41))
        session.flush()
        session.add(try_of("council-archive", "refused", message="robots.txt says <b>no</b>"))
        session.flush()
        incidents(session, states(session, RULES, golden.NOW), golden.NOW)
    page = words(app.test_client(), "/sources")
    assert "Council records today 10:00 0 minutes ago today 10:00 refused 41 42 0 0 Failing." in page
    assert "was refused: robots.txt says &lt;b&gt;no&lt;/b&gt;. It was last read well on 10 Feb 2026 10:00." in page
    assert "Open incident since today 10:00." in page
    assert "It needs a token: set TRACKER_LEGISTAR_TOKEN." in page
    assert re.search(r"[Hh]earings It was not read yet\.", page)


def test_the_page_of_the_sources_is_never_kept_because_ages_grow(client: FlaskClient) -> None:
    response = client.get("/sources")
    assert response.headers["Cache-Control"] == "no-store"
    assert "ETag" not in response.headers


def test_prometheus_is_told_what_the_record_shows(tmp_path: Path) -> None:
    app = site_over(tmp_path, filled=True)
    with database.writing(app.extensions["tracker"].engine) as session:
        session.add(try_of("hearings", "ok", read=12, changes=3))
        session.add(try_of("hearings", "ok", read=14, changes=4))
        session.flush()
        session.add(try_of("council-archive", "failed", message="no"))
        session.flush()
        incidents(session, states(session, RULES, golden.NOW), golden.NOW)
    response = app.test_client().get("/metrics")
    assert response.headers["Content-Type"].startswith("text/plain; version=")
    assert response.headers["Cache-Control"] == "no-store"
    found = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(response.text)
        for sample in family.samples
    }
    assert found["tracker_source_last_success_timestamp_seconds", "hearings"] == golden.NOW.timestamp()
    assert found["tracker_source_last_attempt_timestamp_seconds", "council-archive"] == golden.NOW.timestamp()
    assert (found["tracker_source_up", "hearings"], found["tracker_source_up", "council-archive"]) == (1, 0)
    assert found["tracker_source_documents_read", "hearings"] == 14
    assert found["tracker_source_changes_total", "hearings"] == 7
    assert (found["tracker_incident_open", "hearings"], found["tracker_incident_open", "council-archive"]) == (0, 1)
    assert found["tracker_incident_open", "council-api"] == 0
    assert found[("tracker_open_alerts",)] == 1
    assert (found["tracker_matters", "core"], found["tracker_matters", "context"]) == (5, 0)
    assert ("tracker_source_up", "council-api") not in found
    assert {family.documentation for family in text_string_to_metric_families(response.text)}.isdisjoint({""})


def test_prometheus_is_answered_before_anything_was_read(tmp_path: Path) -> None:
    response = site_over(tmp_path, filled=False).test_client().get("/metrics")
    assert (response.status_code, "tracker_open_alerts 0.0" in response.text) == (200, True)


def test_a_database_without_tables_is_told_in_a_sentence(tmp_path: Path) -> None:
    engine: sa.Engine = database.connect(f"sqlite:///{tmp_path}/empty.db")
    response = create_app(engine, clock=lambda: golden.NOW).test_client().get("/")
    assert response.status_code == 500
    assert "The database has no tables yet." in response.text


def test_what_nobody_foresaw_says_nothing_of_the_machine(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    app = site_over(tmp_path, filled=False)

    def broken() -> str:
        raise RuntimeError("a secret path")

    app.add_url_rule("/broken", view_func=broken)
    response = app.test_client().get("/broken")
    assert response.status_code == 500
    assert "secret" not in response.text
    assert "a secret path" in caplog.text


def test_the_templates_are_found_in_a_checkout() -> None:
    assert (templates_folder() / "base.html").is_file()


def test_every_kind_of_change_has_a_name() -> None:
    assert set(CHANGE_LABELS) == set(CHANGE_KINDS)


def test_subdivisions_are_printed_as_the_code_prints_them() -> None:
    assert [filters.subdivision(text) for text in ("", "a", "a(3)", "(h)")] == ["", "(a)", "(a)(3)", "(h)"]


def test_the_bar_of_a_dead_bill_ends_where_it_died() -> None:
    dead = golden.matter(1, "Int 0001-2014", stage="died", stage_since=golden.TODAY)
    assert [(part.label, part.state) for part in stagebar.stage_bar(dead, [], golden.TODAY)] == [
        ("Introduced", "done"),
        ("Committee", "over"),
        ("Council", "ahead"),
        ("Died with the session", "over"),
    ]


def test_an_order_has_no_bar() -> None:
    order = golden.matter(1, "EO 50-2025", kind="Executive Order")
    assert stagebar.stage_bar(order, [], golden.TODAY) == []


def contrast(one: str, other: str) -> float:
    def light(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_every_colour_of_text_can_be_read_on_both_grounds_in_both_themes() -> None:
    sheet = (Path(filters.__file__).parent / "static" / "style.css").read_text()
    light, dark = (dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", block)) for block in sheet.split("@media")[:2])
    for theme in (light, dark):
        for name in ("ink", "soft", "council", "mayor", "court", "agency", "law", "warn"):
            for ground in ("paper", "card"):
                assert contrast(theme[name], theme[ground]) >= 4.5, (name, ground)


def test_the_bar_of_a_signed_law_and_of_a_bill_on_the_mayors_desk() -> None:
    passed = [action for action in golden.actions_of_1412() if action.acted_on == date(2025, 12, 18)]
    law = golden.matter(1, "Int 0001-2014", stage="lapsed", stage_since=golden.TODAY, is_law=True, how="lapsed")
    desk = golden.matter(1, "Int 0001-2014", stage="on_mayors_desk")
    assert [part.label for part in stagebar.stage_bar(law, passed, golden.TODAY)][3:] == ["Mayor", "Unsigned, law"]
    assert [part.state for part in stagebar.stage_bar(desk, passed, golden.TODAY)] == ["done", "done", "done", "now"]


def test_a_resolution_has_no_mayor_in_its_bar() -> None:
    held = golden.matter(1, "Res 0001-2014", kind="Resolution", stage="adopted")
    passed = [action for action in golden.actions_of_1412() if action.code == 68]
    assert [part.label for part in stagebar.stage_bar(held, passed, golden.TODAY)] == [
        "Introduced",
        "Committee",
        "Adopted",
    ]


def test_the_starter_record_says_how_old_it_is(tmp_path: Path) -> None:
    app = site_over(tmp_path, filled=True)
    with database.writing(app.extensions["tracker"].engine) as session:
        session.execute(sa.update(Run).values(mode="starter", source="starter-record"))
    page = words(app.test_client(), "/")
    assert "Starter record: loaded today 10:00, the Council’s matters as of 10 Feb 2026, orders and suits as of" in page


def test_ages_are_told_in_the_unit_that_fits() -> None:
    ages = [filters.ago(timedelta(minutes=minutes)) for minutes in (1, 119, 180, 3000)]
    assert ages == ["1 minute ago", "119 minutes ago", "3 hours ago", "2 days ago"]
