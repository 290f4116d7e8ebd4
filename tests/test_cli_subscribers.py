"""``tracker purge`` and ``tracker subscribers``: numbers and words, never an address."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from test_subscribers import CORE, READER, Desk

from tracker.cli.main import main
from tracker.database import connect, upgrade
from tracker.secret import Seal, load_secret


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/x.db"


@pytest.fixture
def desk(url: str, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr("test_subscribers.SEAL", Seal(load_secret({}, url)))
    engine = connect(url)
    upgrade(engine)
    return Desk(engine)


def tracker(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), catch_exceptions=False)


def test_purge_deletes_what_is_over_and_says_how_much(desk: Desk, url: str) -> None:
    desk.ask(CORE)
    desk.now = datetime.now(UTC) - timedelta(days=6)
    desk.ask(CORE, address="other@example.org")
    assert "Deleted 1 addresses" in tracker("purge", "--database-url", url).output
    assert (desk.state(), desk.state("other@example.org")) == ("", "pending")


def test_count_says_numbers_and_nobody(desk: Desk, url: str) -> None:
    desk.active(CORE)
    said = tracker("subscribers", "count", "--database-url", url).output
    assert "addresses active: 1" in said and "subscriptions: 1" in said
    assert "reader" not in said


def test_an_address_that_bounced_may_sign_up_again_once_it_is_allowed(desk: Desk, url: str) -> None:
    desk.active(CORE)
    desk.bounce()
    assert desk.ask(CORE) == ""
    assert "It can sign up again." in tracker("subscribers", "allow", READER, "--database-url", url).output
    assert desk.ask(CORE) != ""
    assert "Nothing kept it" in tracker("subscribers", "allow", READER, "--database-url", url).output
