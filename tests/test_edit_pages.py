"""The editors' pages: every button works as a plain form, and a hostile text is only words."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from archive_builder import RULE, add, one, rows
from bs4 import BeautifulSoup
from bs4.element import Tag
from desk import NOW, PASSWORD, TRUST, Browser, hire

from tracker.database import connect, upgrade
from tracker.models import Action, Note
from tracker.models.editing import CuratedAction, Decision
from tracker.models.sources import Article, Coverage
from tracker.models.suggestions import Suggestion
from tracker.queries.editing import PAGE_SIZE
from tracker.sync.archive import load_starter

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)> {{ 7*7 }}"
BILL, SLUG = "Int 1412-2025", "int-1412-2025"
PAGES = ("/edit", "/edit?view=rule", "/edit?view=mine", "/edit?view=all", "/edit/suggestions", "/edit/decisions",
         "/edit/add?suggestion=1", f"/edit/matters/{SLUG}")  # fmt: skip
FORM = {"address": "https://example.org/new", "measure": BILL, "role": "main", "link_kind": "explicit"}
FORM |= {
    "language": "es",
    "evidence": "words",
    "headline": "New",
    "outlet": "Example",
    "published_on": "2026-11-01",
    "kind": "news",
}
ACT = {"acted_on": "2026-10-01", "name": "Appeal Filed", "body": "A court", "note": "The City appeals."}
ACT |= {"url": "https://example.org/a", "confidence": "high"}


def wait_for_an_editor(engine: sa.Engine, key: int, score: float, headline: str = "", file_number: str = BILL) -> None:
    article = Article(
        id=key, address=f"https://example.org/{key}", outlet="Example", kind="news", headline=headline or f"Of {key}",
        published_on=date(2026, 11, 20), excerpt=headline, source="news-feeds", first_seen_at=NOW, last_seen_at=NOW,
    )  # fmt: skip
    link = Coverage(
        id=key, article_id=key, file_number=file_number, kind="by-description", role="main", score=score,
        evidence=headline or "some words", outcome="review", decided_by="press", decided_at=NOW,
    )  # fmt: skip
    add(engine, article, link)


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("pages") / "x.db"
    engine = connect(f"sqlite:///{path}")
    upgrade(engine)
    load_starter(engine, RULE, lambda: NOW, TRUST)
    hire(engine)
    wait_for_an_editor(engine, 9001, 0.5)
    wait_for_an_editor(engine, 9002, 0.7, HOSTILE)
    wait_for_an_editor(engine, 9003, 0.6)
    add(engine, Suggestion(id=1, address="https://example.org/s", file_number=BILL, note=HOSTILE, at=NOW))
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path.read_bytes()


@pytest.fixture
def engine(started: bytes, tmp_path: Path) -> Iterator[sa.Engine]:
    (tmp_path / "x.db").write_bytes(started)
    found = connect(f"sqlite:///{tmp_path}/x.db")
    yield found
    found.dispose()


@pytest.fixture
def browser(engine: sa.Engine) -> Browser:
    found = Browser(engine, lambda: NOW)
    found.sign_in()
    return found


def page(browser: Browser, path: str) -> BeautifulSoup:
    answer = browser.get(path)
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "lxml")


def press(browser: Browser, path: str, form: Tag, button: str = "", **typed: str) -> str:
    """Send a form of a page as a browser does, and say where that leads."""
    sent = {str(each["name"]): str(each.get("value", "")) for each in form.select("input[name]")}
    for select in form.select("select"):
        chosen = select.select_one("option[selected]") or select.select_one("option")
        assert chosen is not None
        sent[str(select["name"])] = str(chosen["value"])
    answer = browser.post(str(form["action"]), sent | ({"do": button} if button else {}) | typed)
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def form_of(soup: BeautifulSoup, path: str) -> Tag:
    found = soup.select_one(f'form[action="{path}"]')
    assert found is not None
    return found


def judge(browser: Browser, number: int, button: str, view: str = "review", **typed: str) -> str:
    """Press a button of a link's row."""
    path = f"/edit?view={view}"
    return press(browser, path, form_of(page(browser, path), f"/edit/links/{number}"), button, **typed)


# The queue


def test_the_queue_shows_the_surest_first_with_its_words(browser: Browser) -> None:
    soup = page(browser, "/edit")
    listed = soup.select(".queue > .row")
    assert [row["id"] for row in listed] == ["link-9002", "link-9003", "link-9001"]
    said = listed[1].get_text(" ", strip=True)
    for part in ("0.60", "by what it does", "News", "Example", "20 Nov 2026", "Of 9003", "Int 1412-2025", "some words"):
        assert part in said
    assert "No immigration offices on jail land" in said
    link = listed[1].select_one("h2 a")
    assert link is not None and link["href"] == "https://example.org/9003"


@pytest.mark.parametrize(("button", "outcome"), [("accept", "published"), ("reject", "rejected")])
def test_one_button_decides_and_the_next_row_is_at_hand(
    browser: Browser, engine: sa.Engine, button: str, outcome: str
) -> None:
    soup = page(browser, "/edit")
    there = press(browser, "/edit", form_of(soup, "/edit/links/9002"), button)
    assert there == f"/edit?at=9003&page=1&done={one(engine, Decision).id}#link-9003"
    assert one(engine, Coverage, id=9002).outcome == outcome
    after = page(browser, there)
    (row, *_) = after.select(".queue > .row")
    assert (row["id"], row["tabindex"]) == ("link-9003", "-1")
    assert [each["accesskey"] for each in row.select("[accesskey]")] == [["a"], ["r"], ["m"]]
    status = after.select_one("[role=status]")
    assert status is not None and outcome in status.get_text()
    press(browser, there, form_of(after, "/edit/decisions/1/undo"))
    assert one(engine, Coverage, id=9002).outcome == "review"


def test_the_last_row_has_no_next_and_the_first_is_at_hand_again(browser: Browser) -> None:
    there = press(browser, "/edit", form_of(page(browser, "/edit"), "/edit/links/9001"), "accept")
    assert there == "/edit?page=1&done=1#main"
    row = page(browser, there).select_one(".queue > .row:has([accesskey])")
    assert row is not None and row["id"] == "link-9002"


def test_a_link_is_moved_by_its_own_form_so_that_enter_accepts_nothing(browser: Browser, engine: sa.Engine) -> None:
    move = page(browser, "/edit").select("#link-9002 form")[1]
    assert [button["value"] for button in move.select("button")] == ["move"]
    press(browser, "/edit", move, "move", measure="EO 50 of 2025", reason="It is about the order")
    assert one(engine, Coverage, article_id=9002, file_number="EO 50-2025").outcome == "published"
    assert "It is about the order" in browser.text("/edit/decisions")


def test_a_number_that_is_none_changes_nothing_and_says_why(browser: Browser, engine: sa.Engine) -> None:
    seen = str(page(browser, "/edit").select("#link-9002 input[name=seen]")[0]["value"])
    answer = browser.send("/edit", "/edit/links/9002", do="move", role="main", measure="Int 9999-2025", seen=seen)
    assert answer.status_code == 400
    assert "no number of one measure" in answer.text
    for path, typed in (
        ("/edit/links/9002", {}),
        ("/edit/links/9002", {"do": "accept", "role": "main"}),
        ("/edit/links/9002", {"do": "accept", "role": "hero", "seen": seen}),
        ("/edit/links/9002", {"do": "dance", "role": "main", "seen": seen}),
        ("/edit/decisions/77/undo", {}),
    ):
        assert browser.send("/edit", path, **typed).status_code in (400, 404)
    assert browser.send("/edit", "/edit/links/99999999999").status_code == 404
    assert not rows(engine, Decision)


def test_what_the_rule_published_can_be_taken_back(browser: Browser, engine: sa.Engine) -> None:
    soup = page(browser, "/edit?view=rule")
    form = soup.select_one(".queue form")
    assert form is not None
    assert [button.get_text() for button in form.select("button")] == ["Keep", "Take back"]
    number = int(str(form["action"]).rpartition("/")[2])
    assert press(browser, "/edit?view=rule", form, "reject").startswith("/edit?view=rule&")
    assert one(engine, Coverage, id=number).outcome == "rejected"
    assert f"link-{number}" in browser.text("/edit?view=mine")
    assert f"link-{number}" in browser.text("/edit?view=all")


def test_a_long_queue_has_pages(browser: Browser, engine: sa.Engine) -> None:
    for key in range(9100, 9100 + PAGE_SIZE):
        wait_for_an_editor(engine, key, 0.4)
    assert len(page(browser, "/edit").select(".queue > .row")) == PAGE_SIZE
    assert len(page(browser, "/edit?page=2").select(".queue > .row")) == 3
    for odd in ("/edit?page=-1", "/edit?page=x", "/edit?page=999999999", "/edit?view=x&at=y&done=z", "/edit?done=99"):
        assert browser.get(odd).status_code == 200


def test_the_pages_are_told_where_an_article_is_and_nothing_of_the_desk(browser: Browser) -> None:
    for link in page(browser, "/edit").select(".queue h2 a"):
        assert link["rel"] == ["noreferrer"]


# Adding, words, scope, acts


def test_a_link_is_added_by_address_and_read_by_the_public(browser: Browser) -> None:
    answer = browser.send("/edit/add", "/edit/add", **FORM)
    assert (answer.status_code, answer.location) == (303, "/edit/add?done=1")
    public = browser.text(f"/matters/{SLUG}")
    assert '<a href="https://example.org/new" hreflang="es" lang="es"><bdi>New</bdi></a>' in public
    browser.send("/edit/decisions", "/edit/decisions/1/undo")
    assert "https://example.org/new" not in browser.text(f"/matters/{SLUG}")


def test_a_link_that_cannot_be_added_says_why_and_forgets_nothing_typed(browser: Browser) -> None:
    answer = browser.send("/edit/add", "/edit/add", **(FORM | {"outlet": "", "headline": "Typed once"}))
    assert answer.status_code == 400
    assert "give its headline, its outlet" in answer.text
    assert "Typed once" in answer.text


def test_what_a_reader_suggested_is_put_into_the_form_and_accepted_with_it(browser: Browser, engine: sa.Engine) -> None:
    soup = page(browser, "/edit/suggestions")
    (accept,) = soup.select(".decide a")
    form = form_of(page(browser, str(accept["href"])), "/edit/add")
    address = form.select_one("input[name=address]")
    assert address is not None and address["value"] == "https://example.org/s"
    there = press(browser, str(accept["href"]), form, headline="H", outlet="O", evidence="words")
    assert there.startswith("/edit/suggestions?done=")
    assert one(engine, Suggestion).state == "accepted"
    assert browser.get("/edit/add?suggestion=1").status_code == 404


def test_a_suggestion_is_declined_and_that_is_undone(browser: Browser, engine: sa.Engine) -> None:
    there = press(browser, "/edit", form_of(page(browser, "/edit/suggestions"), "/edit/suggestions/1/decline"))
    assert (one(engine, Suggestion).state, one(engine, Suggestion).decided_by) == ("declined", "ann")
    press(browser, there, form_of(page(browser, there), "/edit/decisions/1/undo"))
    assert (one(engine, Suggestion).state, one(engine, Suggestion).decided_by) == ("waiting", "")


def test_words_are_read_by_the_public_at_once(browser: Browser, engine: sa.Engine) -> None:
    before = browser.get(f"/matters/{SLUG}").headers["ETag"]
    there = f"/edit/matters/{SLUG}"
    form = form_of(page(browser, there), f"{there}/words")
    press(browser, there, form, headline="A headline of ours", sentence="S.", popular_names="One\r\nTwo")
    assert "A headline of ours" in browser.text(f"/matters/{SLUG}")
    assert browser.get(f"/matters/{SLUG}").headers["ETag"] != before
    assert one(engine, Note, file_number=BILL).popular_names == "One; Two"
    names = page(browser, there).select_one("textarea[name=popular_names]")
    assert names is not None and names.get_text() == "One\nTwo"
    assert "Headline in the starter record" in browser.text(there)
    assert "A headline of ours" in browser.text("/matters?q=headline+of+ours")


def test_a_scope_is_set_with_its_reason(browser: Browser) -> None:
    there = f"/edit/matters/{SLUG}"
    assert browser.send(there, f"{there}/scope", scope="context", scope_reason="").status_code == 400
    browser.send(there, f"{there}/scope", scope="context", scope_reason="Only a test.")
    assert "Context: about immigrants or immigration, not about enforcement. Only a test." in browser.text(
        f"/matters/{SLUG}"
    )
    assert "Set by ann" in browser.text(there)


def test_a_ruling_is_shown_like_those_of_the_starter_record(browser: Browser, engine: sa.Engine) -> None:
    there = f"/edit/matters/{SLUG}"
    form = form_of(page(browser, there), f"{there}/acts")
    assert [str(each["label"]) for each in form.select("optgroup")] == ["Courts", "Agencies"]
    press(browser, there, form, **ACT)
    public = browser.text(f"/matters/{SLUG}")
    assert "The City appeals." in public
    assert '<a href="https://example.org/a">example.org</a> · confidence high' in public
    assert "The City appeals." in browser.text("/")
    act = one(engine, CuratedAction)
    press(browser, there, form_of(page(browser, there), f"{there}/acts/{act.id}/withdraw"))
    assert "Our editors took this out again" in browser.text(f"/matters/{SLUG}")
    assert "Our editors took out the row “Appeal Filed”, dated 1 Oct 2026" in browser.text("/corrections")
    assert [row.withdrawn_at for row in rows(engine, Action) if row.source_id.startswith("editors:")] == [NOW]


def test_an_act_that_cannot_be_says_why_and_forgets_nothing_typed(browser: Browser) -> None:
    there = f"/edit/matters/{SLUG}"
    answer = browser.send(there, f"{there}/acts", **(ACT | {"url": "ftp://example.org"}))
    assert answer.status_code == 400
    assert "begins with https" in answer.text and "The City appeals." in answer.text


def test_an_editors_run_is_no_source_of_the_record(browser: Browser) -> None:
    before = browser.text("/")
    there = f"/edit/matters/{SLUG}"
    browser.send(there, f"{there}/acts", **ACT)
    foot = before[before.index("<footer") :]
    assert foot in browser.text("/")
    assert "ditors" not in browser.text("/sources")
    assert "editors" not in browser.get("/healthz").json["sources"]


def test_a_measure_is_found_by_any_form_of_its_number(browser: Browser) -> None:
    answer = browser.get("/edit/matters?number=Intro.+1412+of+2025")
    assert (answer.status_code, answer.location) == (303, f"/edit/matters/{SLUG}")
    assert browser.get("/edit/matters?number=x").status_code == 400
    assert browser.get("/edit/matters/int-9999-2025").status_code == 404


# The log


def test_the_log_tells_of_words_what_stood_there(browser: Browser) -> None:
    there = f"/edit/matters/{SLUG}"
    browser.send(there, f"{there}/words", headline="Ours", sentence="", popular_names="")
    text = page(browser, "/edit/decisions").get_text(" ", strip=True)
    assert "Headline Before No immigration offices on jail land, wider definitions After Ours" in text
    browser.send("/edit/decisions", "/edit/decisions/1/undo")
    text = page(browser, "/edit/decisions").get_text(" ", strip=True)
    assert "Before Ours After as the starter record has it" in text


def test_the_log_tells_before_and_after_in_words(browser: Browser) -> None:
    judge(browser, 9003, "accept", role="background")
    judge(browser, 9003, "reject", view="all")
    text = page(browser, "/edit/decisions").get_text(" ", strip=True)
    assert "Before waiting for an editor, its subject After published, in the background" in text
    assert "Of 9003 › Int 1412-2025" in text
    buttons = [str(form["action"]) for form in page(browser, "/edit/decisions").select(".row form")]
    assert buttons == ["/edit/decisions/2/undo"]
    browser.send("/edit", "/edit/decisions/2/undo")
    text = page(browser, "/edit/decisions").get_text(" ", strip=True)
    assert "takes back 2" in text and "taken back" in text
    assert browser.get("/edit/decisions?subject=Int+1412-2025").text.count('id="decision-') == 3
    assert browser.get("/edit/decisions?subject=x").text.count('id="decision-') == 0


def test_an_editors_name_is_not_told_to_readers(browser: Browser, engine: sa.Engine) -> None:
    hire(engine, "zoë the editor")
    browser.sign_in("zoë the editor", PASSWORD)
    there = f"/edit/matters/{SLUG}"
    judge(browser, 9003, "accept")
    browser.send(there, f"{there}/acts", **ACT)
    browser.send(there, f"{there}/scope", scope="core", scope_reason="So it is.")
    assert "zoë" in browser.text("/edit/decisions")
    for path in ("/", "/coverage", f"/matters/{SLUG}", "/changes", "/export/actions.csv", "/sources"):
        assert "zoë" not in browser.get(path).get_data(as_text=True)


# Hostile words


@pytest.mark.parametrize("path", PAGES)
def test_a_hostile_text_is_only_words(browser: Browser, path: str) -> None:
    there = f"/edit/matters/{SLUG}"
    words = {"headline": HOSTILE, "sentence": HOSTILE, "popular_names": HOSTILE}
    browser.send(there, f"{there}/words", **words, reason=HOSTILE)
    browser.send(there, f"{there}/acts", **(ACT | {"note": HOSTILE, "body": HOSTILE}))
    browser.send(there, f"{there}/scope", scope="core", scope_reason=HOSTILE)
    browser.send("/edit/add", "/edit/add", **(FORM | {"headline": HOSTILE, "outlet": HOSTILE, "evidence": HOSTILE}))
    if path != "/edit":
        judge(browser, 9002, "accept")
    if "rule" in path:
        with engine_of(browser).begin() as connection:
            connection.execute(sa.update(Coverage).values(decided_by="press", decided_at=NOW))
    soup = page(browser, path)
    assert not soup.select("img, script:not([src])")
    assert "{{ 7*7 }}" in str(soup)
    for tag in soup.find_all(True):
        assert not [name for name in tag.attrs if name.startswith("on")]


def engine_of(browser: Browser) -> sa.Engine:
    found: sa.Engine = browser.app.extensions["tracker"].engine
    return found
