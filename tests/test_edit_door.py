"""The door to the editors' side: who comes in, who does not, and what no other site can do in an editor's name."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from archive_builder import one, rows
from desk import CONFIG, DESK, HOME, NOW, PASSWORD, SECRET, Browser, Clock, hidden, hire

from tracker.database import connect, reading, upgrade
from tracker.editing import editors
from tracker.errors import BadInput, NotFound, SignInRefused
from tracker.models.editing import Decision, Editor, EditorSession
from tracker.models.mail import Attempt
from tracker.secret import Seal
from tracker.tokens import digest_of
from tracker.web import SiteSettings, create_app

SEAL = Seal(SECRET)
LIMIT, NETWORK = CONFIG.edit.failures_per_name, CONFIG.edit.failures_per_network


@pytest.fixture(scope="module")
def hired(tmp_path_factory: pytest.TempPathFactory) -> Iterator[bytes]:
    """The file of a database with one editor: a password costs a tenth of a second to hash."""
    path = tmp_path_factory.mktemp("desk") / "x.db"
    engine = connect(f"sqlite:///{path}")
    upgrade(engine)
    hire(engine)
    engine.dispose()
    yield path.read_bytes()


@pytest.fixture
def engine(hired: bytes, tmp_path: Path) -> Iterator[sa.Engine]:
    (tmp_path / "x.db").write_bytes(hired)
    found = connect(f"sqlite:///{tmp_path}/x.db")
    yield found
    found.dispose()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def browser(engine: sa.Engine, clock: Clock) -> Browser:
    return Browser(engine, clock)


def is_in(browser: Browser) -> bool:
    return browser.get("/edit").status_code == 200


def tell(engine: sa.Engine, name: str = "ann", password: str = PASSWORD, address: str = "192.0.2.1") -> str:
    return editors.sign_in(engine, SEAL, DESK.rules, name, password, address, NOW)


# Who comes in


def test_an_editor_signs_in_and_out(browser: Browser, engine: sa.Engine) -> None:
    assert not is_in(browser)
    answer = browser.sign_in()
    assert (answer.status_code, answer.location) == (303, "/edit")
    assert is_in(browser)
    browser.send("/edit", "/edit/sign-out")
    assert not is_in(browser)
    assert not rows(engine, EditorSession)


def test_what_was_asked_for_is_shown_after_signing_in_and_no_other_site(browser: Browser) -> None:
    away = browser.get("/edit/decisions?page=2")
    assert (away.status_code, away.location) == (303, "/edit/sign-in?next=/edit/decisions?page%3D2")
    assert browser.sign_in(next="/edit/decisions?page=2").location == "/edit/decisions?page=2"
    for elsewhere in (
        "https://example.org",
        "//example.org",
        "/edit//example.org",
        "/edit/\\example.org",
        "/editx",
        "/",
    ):
        assert browser.sign_in(next=elsewhere).location == "/edit"


def test_a_wrong_password_and_a_name_nobody_bears_get_the_same_answer(browser: Browser) -> None:
    wrong, nobody = browser.sign_in(password="x" * 20), browser.sign_in(name="bob")
    assert wrong.status_code == nobody.status_code == 401
    assert wrong.data == nobody.data
    assert "The name or the password is not right." in wrong.text
    assert not is_in(browser)


def test_the_same_work_is_done_for_a_name_nobody_bears(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []
    real = editors._is_password
    monkeypatch.setattr(editors, "_is_password", lambda hashed, given: checked.append(hashed) or real(hashed, given))
    for name in ("ann", "bob"):
        with pytest.raises(SignInRefused):
            tell(engine, name, "x" * 20)
    one, other = (hashed.rpartition("$")[0].rpartition("$")[0] for hashed in checked)
    assert one == other  # two hashes of one kind: argon2id, and the same memory, rounds and lanes
    assert one.startswith("$argon2id$")


def test_too_many_wrong_passwords_keep_even_the_right_one_out_for_a_while(browser: Browser, clock: Clock) -> None:
    for _ in range(LIMIT):
        assert browser.sign_in(password="x" * 20).status_code == 401
    locked = browser.sign_in()
    assert locked.status_code == 429
    assert "Wait 15 minutes" in locked.text
    clock.wait(minutes=15)
    assert browser.sign_in().status_code == 303


def test_a_name_nobody_bears_is_locked_just_so(browser: Browser) -> None:
    answers = [browser.sign_in(name="bob").status_code for _ in range(LIMIT + 1)]
    assert answers == [401] * LIMIT + [429]


def test_one_network_may_not_try_many_names(engine: sa.Engine) -> None:
    for number in range(NETWORK):
        with pytest.raises(SignInRefused, match="not right"):
            tell(engine, f"name {number}", "x", "2001:db8::1")
    with pytest.raises(SignInRefused, match="Too many"):
        tell(engine, address="2001:db8::2")  # the same customer's next address
    assert tell(engine, address="2001:db8:0:1::1")


def test_many_tries_at_once_are_no_way_around_the_limit(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[str] = []
    monkeypatch.setattr(editors, "_is_password", lambda hashed, given: bool(looked_at.append(given)))

    def guess(number: int) -> str:
        with pytest.raises(SignInRefused) as refused:
            tell(engine, password=f"guess {number}")
        return str(refused.value)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(guess, range(4 * LIMIT)))
    assert len(looked_at) == LIMIT
    assert sum("Too many" in answer for answer in answers) == 3 * LIMIT


def test_the_door_is_the_same_on_both_databases(database: sa.Engine) -> None:
    hire(database)
    token = tell(database)
    with reading(database) as session:
        signed = editors.signed_in(session, DESK.rules, token, NOW)
        assert signed is not None and signed.name == "ann"
        assert editors.signed_in(session, DESK.rules, "x", NOW) is None
    for _ in range(LIMIT):
        with pytest.raises(SignInRefused, match="not right"):
            tell(database, password="x")
    with pytest.raises(SignInRefused, match="Too many"):
        tell(database)
    later = NOW + DESK.rules.idle / 2
    editors.touch(database, signed, DESK.rules, later)
    assert one(database, EditorSession).used_at == later
    editors.sign_out(database, token)
    assert not rows(database, EditorSession)


def test_a_good_sign_in_forgets_the_wrong_ones_of_the_name(engine: sa.Engine) -> None:
    for _ in range(LIMIT - 1):
        with pytest.raises(SignInRefused):
            tell(engine, password="x" * 20)
    tell(engine)
    mine = SEAL.fingerprint("name ann")
    assert not rows(engine, Attempt, who=mine)
    assert len(rows(engine, Attempt)) == LIMIT - 1  # of the network
    assert "ann" not in {row.who for row in rows(engine, Attempt)}


def test_a_disabled_editor_is_out_at_once(browser: Browser, engine: sa.Engine) -> None:
    browser.sign_in()
    editors.disable(engine, "ann", NOW)
    assert not is_in(browser)
    assert browser.sign_in().status_code == 401
    editors.set_password(engine, "ann", "another long password")
    assert browser.sign_in(password="another long password").status_code == 303


def test_a_sign_in_whose_editor_was_disabled_by_hand_is_worth_nothing(browser: Browser, engine: sa.Engine) -> None:
    browser.sign_in()
    with engine.begin() as connection:
        connection.execute(sa.update(Editor).values(disabled_at=NOW))
    assert not is_in(browser)


def test_a_new_password_ends_every_sign_in(browser: Browser, engine: sa.Engine) -> None:
    browser.sign_in()
    editors.set_password(engine, "ann", "another long password")
    assert not is_in(browser)


def test_a_sign_in_that_is_not_used_ends(browser: Browser, clock: Clock) -> None:
    browser.sign_in()
    for _ in range(3):
        clock.wait(minutes=CONFIG.edit.idle_minutes - 1)
        assert is_in(browser)
    clock.wait(minutes=CONFIG.edit.idle_minutes)
    assert not is_in(browser)


def test_a_sign_in_ends_however_much_it_is_used(browser: Browser, clock: Clock) -> None:
    browser.sign_in()
    for _ in range(2 * CONFIG.edit.longest_hours - 1):
        clock.wait(minutes=30)
        assert is_in(browser)
    clock.wait(minutes=30)
    assert not is_in(browser)


def test_a_form_sent_after_the_sign_in_ended_does_nothing(browser: Browser, engine: sa.Engine, clock: Clock) -> None:
    browser.sign_in()
    token = browser.token("/edit")
    clock.wait(days=1)
    answer = browser.post("/edit/links/1", {"do": "accept", "role": "main", "token": token})
    assert (answer.status_code, answer.location) == (303, "/edit/sign-in?next=")
    assert not rows(engine, Decision)


# What no other site can do


def test_a_form_without_its_token_or_with_another_is_refused(browser: Browser, engine: sa.Engine) -> None:
    other = Browser(engine, lambda: NOW)
    browser.sign_in()
    other.sign_in()
    for token in (None, "", "x", "é", other.token("/edit")):
        answer = browser.post("/edit/sign-out", {} if token is None else {"token": token})
        assert answer.status_code == 403
        assert "made for another sign-in" in answer.text
    assert is_in(browser)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://example.org"},
        {"Origin": "null"},
        {"Origin": f"{HOME}.example.org"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ],
    ids=str,
)
def test_a_form_from_elsewhere_is_refused(browser: Browser, headers: dict[str, str]) -> None:
    browser.sign_in()
    answer = browser.post("/edit/sign-out", {"token": browser.token("/edit")}, **headers)
    assert answer.status_code == 403
    assert is_in(browser)


def test_a_form_that_does_not_say_where_it_is_from_is_refused(browser: Browser) -> None:
    browser.sign_in()
    assert browser.client.post("/edit/sign-out", data={"token": browser.token("/edit")}).status_code == 403
    assert is_in(browser)


def test_an_old_browser_that_names_its_origin_alone_is_let_in(browser: Browser) -> None:
    browser.sign_in()
    token = browser.token("/edit")
    answer = browser.client.post("/edit/sign-out", data={"token": token}, headers={"Origin": HOME})
    assert answer.status_code == 303


def test_no_other_site_signs_anybody_in(browser: Browser) -> None:
    given = {"name": "ann", "password": PASSWORD}
    assert browser.post("/edit/sign-in", given).status_code == 403
    token = browser.token("/edit/sign-in")
    assert browser.post("/edit/sign-in", given | {"token": token}, Origin="https://example.org").status_code == 403
    stranger = Browser(browser.app.extensions["tracker"].engine, lambda: NOW)
    stranger.get("/edit/sign-in")
    assert stranger.post("/edit/sign-in", given | {"token": token}).status_code == 403


def test_a_cookie_planted_before_the_sign_in_is_not_the_one_after_it(browser: Browser, engine: sa.Engine) -> None:
    browser.client.set_cookie("tracker-editor", "planted", domain="localhost", path="/edit")
    browser.sign_in()
    cookie = browser.client.get_cookie("tracker-editor", path="/edit")
    assert cookie is not None
    assert cookie.value != "planted"
    browser.sign_in()
    again = browser.client.get_cookie("tracker-editor", path="/edit")
    assert again is not None
    assert again.value != cookie.value
    assert [row.digest for row in rows(engine, EditorSession)] == [digest_of(again.value)]


def test_the_database_holds_neither_token_nor_password(browser: Browser, engine: sa.Engine, tmp_path: Path) -> None:
    browser.sign_in()
    cookie = browser.client.get_cookie("tracker-editor", path="/edit")
    assert cookie is not None
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert cookie.value.encode() not in stored
    assert PASSWORD.encode() not in stored


# What every answer carries


def test_the_cookie_is_for_this_site_alone(browser: Browser, engine: sa.Engine, clock: Clock) -> None:
    cookie = browser.sign_in().headers.getlist("Set-Cookie")[0]
    assert cookie.startswith("tracker-editor=")
    assert cookie.endswith("; HttpOnly; Path=/edit; SameSite=Strict")
    secure = Browser(engine, clock, "https://example.org")
    cookie = secure.sign_in().headers.getlist("Set-Cookie")[0]
    assert cookie.startswith("__Host-tracker-editor=")
    assert cookie.endswith("; Secure; HttpOnly; Path=/; SameSite=Strict")
    assert is_in(secure)


@pytest.mark.parametrize("path", ["/edit", "/edit/sign-in", "/edit/add", "/edit/decisions", "/edit/matters/none"])
def test_no_answer_behind_the_door_is_kept_packed_or_listed(browser: Browser, path: str) -> None:
    browser.sign_in()
    answer = browser.get(path, headers={"Accept-Encoding": "gzip, br"})
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "Content-Encoding" not in answer.headers
    assert "ETag" not in answer.headers


def test_public_pages_know_no_editor(browser: Browser) -> None:
    browser.sign_in()
    answer = browser.get("/")
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in answer.headers
    assert "ann" not in hidden(answer.text)


def test_a_form_of_megabytes_is_not_read(browser: Browser) -> None:
    browser.sign_in()
    token = browser.token("/edit")
    assert browser.post("/edit/sign-out", {"token": token, "reason": "x" * 200_000}).status_code == 413


def test_a_site_without_a_desk_has_no_door(engine: sa.Engine) -> None:
    app = create_app(engine, clock=lambda: NOW, site=SiteSettings())
    assert app.test_client().get("/edit").status_code == 404


# Making editors


def test_a_password_has_twelve_characters_and_a_name_is_nobody_elses(engine: sa.Engine) -> None:
    with pytest.raises(BadInput, match="12 characters or more"):
        editors.add_editor(engine, "bob", "too short", NOW)
    for taken in ("Ann", "ANN "):
        with pytest.raises(BadInput, match="already"):
            editors.add_editor(engine, taken, PASSWORD, NOW)
    for reserved in ("press", "Starter record", "", "x" * 41, "a\nb\x00"):
        with pytest.raises(BadInput, match="Give a name"):
            editors.add_editor(engine, reserved, PASSWORD, NOW)
    with pytest.raises(NotFound, match="no editor 'bob'"):
        editors.disable(engine, "bob", NOW)


def test_editors_are_listed_by_name(engine: sa.Engine) -> None:
    editors.add_editor(engine, "Al", PASSWORD, NOW + timedelta(days=1))
    with reading(engine) as session:
        assert [each.name for each in editors.list_editors(session)] == ["Al", "ann"]
