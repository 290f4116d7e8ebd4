"""The commands that write to subscribers, from the command line to a mail server and back."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from digest_builder import add_change, add_matter, add_run, deliveries, ledger, parsed, subscribe
from test_cli import changed, refused, tracker
from test_mail import Inbox, server

from tracker.database import connect, upgrade, writing
from tracker.models.mail import Subscriber
from tracker.secret import Seal, load_secret

HOST = 'host = ""\n# Its port.\nport = 587\n# none, starttls or tls.\nsecurity = "starttls"\n'


@pytest.fixture
def filled(tmp_path: Path) -> sa.Engine:
    """One reader, sealed with the secret that the command finds beside the database, and one change."""
    url = f"sqlite:///{tmp_path}/x.db"
    engine = connect(url)
    upgrade(engine)
    now = datetime.now(UTC)
    reader = subscribe(engine, ("core", ""))
    with writing(engine) as session:
        session.get_one(Subscriber, reader).sealed = Seal(load_secret({}, url)).close("reader@example.org")
    matter = add_matter(engine, introduced_on=now.date())
    add_change(engine, add_run(engine, now - timedelta(hours=1)), matter)
    yield engine  # type: ignore[misc]
    engine.dispose()


def settings(tmp_path: Path, port: int, more: str = "") -> Path:
    path = changed(tmp_path, HOST, f'host = "127.0.0.1"\nport = {port}\nsecurity = "none"\n')
    text = path.read_text(encoding="utf-8").replace('sender = ""', 'sender = "tracker@example.org"')
    path.write_text(text.replace("paused = false", f"paused = {more or 'false'}"), encoding="utf-8")
    return path


def test_a_digest_is_composed_sent_and_then_there_is_nothing_to_do(filled: sa.Engine, tmp_path: Path) -> None:
    url, inbox = f"--database-url={filled.url}", Inbox()
    with server(inbox) as port:
        config = f"--config={settings(tmp_path, port)}"
        assert "1 digest with 1 change for 20" in tracker("digest", "daily", url, config).output
        assert tracker("send", url, config).output.startswith("1 mail sent; 0 to be tried again")
        assert tracker("send", url, config).output.startswith("0 mails sent")
    assert parsed(inbox.taken[0].content)["To"] == "reader@example.org"  # type: ignore[arg-type]
    assert len(ledger(filled, 1)) == 1


def test_a_dry_run_leaves_files_and_nothing_else(filled: sa.Engine, tmp_path: Path) -> None:
    done = tracker("digest", "daily", "--dry-run", tmp_path / "look", f"--database-url={filled.url}",
                   f"--config={settings(tmp_path, 25)}")  # fmt: skip
    assert done.output == f"1 mail written to {tmp_path / 'look'}.\n"
    assert [file.name for file in (tmp_path / "look").iterdir()] == ["daily-1.eml"]
    assert deliveries(filled) == []


def test_without_a_server_what_is_due_waits_and_is_said(filled: sa.Engine, tmp_path: Path) -> None:
    url = f"--database-url={filled.url}"
    assert tracker("send", url).output == "Nothing is due.\n"
    config = f"--config={settings(tmp_path, 25)}"
    tracker("digest", "daily", url, config)
    assert "What is due waits." in refused(tracker("send", url), 78)
    assert "Mails to subscribers that wait: 1, the oldest since" in tracker("check", url).output


def test_paused_is_said_by_send_and_by_check(filled: sa.Engine, tmp_path: Path) -> None:
    url, config = f"--database-url={filled.url}", f"--config={settings(tmp_path, 25, 'true')}"
    tracker("digest", "daily", url, config)
    assert "nothing was sent" in tracker("send", url, config).output
    assert "WRONG [mail] paused is true" in tracker("check", url, config).output


def test_a_server_that_is_gone_is_one_sentence(filled: sa.Engine, tmp_path: Path) -> None:
    url = f"--database-url={filled.url}"
    with server(Inbox()) as port:
        config = f"--config={settings(tmp_path, port)}"
    tracker("digest", "daily", url, config)
    assert "cannot be reached" in refused(tracker("send", url, config), 75)
    assert [row.state for row in deliveries(filled)] == ["queued"]


def test_reports_are_counted(filled: sa.Engine, tmp_path: Path) -> None:
    box = tmp_path / "box"
    box.write_text("")
    done = tracker("bounces", box, f"--database-url={filled.url}")
    assert done.output.startswith("0 messages read: 0 addresses to be written to no more")
