"""An editor at a desk, for tests: a record, an editor, a browser that is signed in."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import sqlalchemy as sa
from archive_builder import RULE, rows
from argon2 import PasswordHasher
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tracker.config import load_config
from tracker.database import writing
from tracker.editing import editors
from tracker.editing.curating import Hand
from tracker.editing.decisions import Made
from tracker.models.editing import Editor
from tracker.secret import Secret
from tracker.truth import trust_of
from tracker.web import Desk, SiteSettings, create_app

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
CONFIG = load_config(None, {})
TRUST = trust_of(CONFIG.trust)
DESK = Desk.of(CONFIG)
SECRET = Secret("a text that is long enough to be one, for tests alone")
PASSWORD = "correct horse battery"
HOME = "http://localhost"
# as many hashes as a lockout takes, at the full price, would be most of a test run
editors._HASHER = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)  # type: ignore[misc]


class Clock:
    """A clock that a test moves."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def wait(self, **span: float) -> None:
        self.at += timedelta(**span)


class Browser:
    """A client that sends what a browser sends with a form of this site, and holds a sign-in."""

    def __init__(self, engine: sa.Engine, clock: Callable[[], datetime], base_url: str = HOME) -> None:
        site = SiteSettings("T", "", base_url)
        self.app = create_app(engine, clock=clock, site=site, secret=SECRET, desk=DESK)
        self.client: FlaskClient = self.app.test_client()
        self.base_url = base_url

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, base_url=self.base_url, **more)

    def post(self, path: str, data: dict[str, Any], **headers: str) -> TestResponse:
        """A form without a token, from a page of this site."""
        sent = {"Origin": self.base_url, "Sec-Fetch-Site": "same-origin"} | headers
        return self.client.post(path, data=data, headers=sent, base_url=self.base_url)

    def send(self, page: str, path: str, **fields: Any) -> TestResponse:
        """A form of a page, with the token that stands there."""
        return self.post(path, fields | {"token": self.token(page)})

    def token(self, page: str) -> str:
        return hidden(self.get(page).get_data(as_text=True))["token"]

    def sign_in(self, name: str = "ann", password: str = PASSWORD, **more: str) -> TestResponse:
        return self.send("/edit/sign-in", "/edit/sign-in", name=name, password=password, **more)

    def text(self, path: str) -> str:
        answer = self.get(path)
        assert answer.status_code == 200, answer.status
        return " ".join(answer.get_data(as_text=True).split())


class _Hidden(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input" and given.get("type") == "hidden":
            self.found.setdefault(given["name"] or "", given["value"] or "")


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of a page, each by its first value."""
    parser = _Hidden()
    parser.feed(page)
    return parser.found


def hire(engine: sa.Engine, name: str = "ann") -> int:
    """An editor, by the number of their row."""
    editors.add_editor(engine, name, PASSWORD, NOW)
    (found,) = rows(engine, Editor, name=name)
    return int(found.id)


def work(
    engine: sa.Engine, task: Callable[[Hand], Made], at: datetime = NOW, editor: int = 1, name: str = "ann"
) -> Made:
    """One decision, kept."""
    with writing(engine) as session:
        return task(Hand(session, editor, name, at, RULE, TRUST))
