"""Through a real mail server (OpenSMTPD) on loopback into a maildir, and past a real content filter (SpamAssassin).

Both are Debian's. OpenSMTPD must be started by root and has one queue on a machine, so one test runs it at a time.
"""

import fcntl
import mailbox
import os
import re
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import sqlalchemy as sa
from digest_builder import (
    NOW,
    SECRET,
    SITE,
    add_action,
    add_matter,
    add_run,
    deliveries,
    parsed,
    reading_of,
    settings,
    state_of,
    subscribe,
    tools,
)  # fmt: skip

from tracker.config import load_config
from tracker.database import writing
from tracker.digests.composing import compose
from tracker.mail.bounces import Bounced, read_mailbox
from tracker.mail.notices import confirm_payload
from tracker.mail.outbox import queue_notice
from tracker.mail.sender import WAITS, Sent, send
from tracker.mail.server import Mailer
from tracker.web import SiteSettings, create_app

pytestmark = pytest.mark.skipif(
    not shutil.which("smtpd") or os.getuid() != 0, reason="OpenSMTPD is not installed, or the tests are not run by root"
)
NO_FILTER = pytest.mark.skipif(not shutil.which("spamassassin"), reason="SpamAssassin is not installed")

# new ones in every run: what a server had not crossed off when it was stopped, it delivers again the next time
GOOD, GONE, FULL, WHOLE, CLEAN, BY_HEADER, BY_LINK, BY_MAIL, OTHER = (
    f"{uuid.uuid4().hex[:12]}@example.org" for _ in range(9)
)
# no faults: it came over the loopback alone, and it has HTML beside its text
NO_FAULT = {"ALL_TRUSTED", "NO_RELAYS", "NO_RECEIVED", "HTML_MESSAGE"}


@dataclass
class Server:
    """A mail server with some mailboxes, one folder for all of them."""

    port: int
    box: Path
    process: "subprocess.Popen[str]"
    counted: Counter[str] = field(default_factory=Counter)

    def delivered(self, address: str, count: int = 1) -> list[bytes]:
        """All mails to an address, as they lie in its mailbox; waits for the server to say that so many are there."""
        assert self.process.stdout is not None
        while self.counted[address] < count:
            line = self.process.stdout.readline()
            assert line, "the server is gone"
            self.counted.update(re.findall(r"to=<([^>]+)>.*stat=Delivered", line))
        mails = [file.read_bytes() for file in (self.box / "new").iterdir()]
        return [mail for mail in mails if parsed(mail)["To"] == address]


@contextmanager
def mail_server(*addresses: str, full: str = "nobody@example.net") -> Iterator[Server]:
    """A server that knows these addresses; the mailbox of one is full. Any other address it refuses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        box = folder / "box"
        box.mkdir()
        shutil.chown(box, "nobody")
        known = ", ".join(f'"{address}" = "nobody"' for address in addresses)
        (folder / "smtpd.conf").write_text(
            f"table people {{ {known} }}\n"
            f'table full {{ "{full}" }}\n'
            'filter "full" phase rcpt-to match rcpt-to <full> reject "452 4.2.2 Mailbox full"\n'
            f'listen on 127.0.0.1 port {port} filter "full"\n'
            f'action "in" maildir "{box}" virtual <people>\n'
            'match from any for domain "example.org" action "in"\n'
        )
        command = ["smtpd", "-d", "-f", str(folder / "smtpd.conf")]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            reach(port, process)
            yield Server(port, box, process)
        finally:
            process.terminate()
            process.wait()
            assert process.stdout is not None
            process.stdout.close()


def reach(port: int, process: "subprocess.Popen[str]") -> None:
    """Return when the server answers."""
    while process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port)) as line:
                if line.recv(3) == b"220":
                    return
        except OSError:
            continue
    pytest.fail("OpenSMTPD did not start")


@pytest.fixture(autouse=True)
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One at a time on this machine, whatever runs the tests side by side."""
    with (Path(tempfile.gettempdir()) / "tracker-test-smtpd.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def digest_for(engine: sa.Engine, *addresses: str, now: datetime = NOW) -> list[int]:
    """Readers with a digest of an override in the outbox."""
    keys = [subscribe(engine, ("core", ""), ("stage", "law"), address=address) for address in addresses]
    matter = add_matter(engine, name="Limits on immigration detainers in city jails")
    add_action(engine, add_run(engine), matter, 61, "Overridden by Council", NOW.date())
    compose(engine, "daily", now)
    return keys


def test_one_arrives_and_a_hard_bounce_stops(record: sa.Engine) -> None:
    good, gone = digest_for(record, GOOD, GONE)
    with mail_server(GOOD) as server:
        assert send(record, tools(server.port), lambda: NOW) == Sent(sent=1, failed=1)
        assert len(server.delivered(GOOD)) == 1
    assert [state_of(record, key) for key in (good, gone)] == ["active", "bounced"]
    assert [row.said[:5] for row in deliveries(record)] == ["", "524 5"]


def test_a_soft_bounce_is_tried_again_and_arrives(record: sa.Engine) -> None:
    (key,) = digest_for(record, FULL)
    with mail_server(FULL, full=FULL) as server:
        assert send(record, tools(server.port), lambda: NOW) == Sent(again=1)
    assert (state_of(record, key), deliveries(record)[0].said) == ("active", "452 4.2.2 Mailbox full")
    with mail_server(FULL) as server:
        assert send(record, tools(server.port), lambda: NOW + WAITS[0]) == Sent(sent=1)
        assert len(server.delivered(FULL)) == 1


def test_a_mail_arrives_as_it_was_written(record: sa.Engine) -> None:
    (key,) = digest_for(record, WHOLE)
    with writing(record) as session:
        payload = confirm_payload([], language="en", quiet_weeks=False, hours=48)
        queue_notice(session, key, "confirm", NOW, payload)
    with mail_server(WHOLE) as server:
        assert send(record, tools(server.port), lambda: NOW) == Sent(sent=2)
        mails = [parsed(mail) for mail in server.delivered(WHOLE, 2)]
    by_subject = {str(mail["Subject"]): mail for mail in mails}
    confirm = by_subject[f"Please confirm: mail from {SITE.title}"]
    assert "/subscribe/confirm/" in reading_of(confirm, "plain")
    digest = by_subject["Int 1412-2025 was adopted over the veto"]
    link = str(digest["List-Unsubscribe"])
    assert re.fullmatch(r"<https://tracker\.example\.org/unsubscribe/[\w.-]+>", link)  # whole, on one line
    assert digest["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "Council overrode the veto." in reading_of(digest, "plain")
    assert not digest.defects


class Household:
    """A site, its outbox and a mail server; what a reader does, done by what stands in their own mailbox alone."""

    def __init__(self, engine: sa.Engine, mta: Server, **given: str) -> None:
        self.engine, self.mta, self.now = engine, mta, NOW
        self.kit, self.read = tools(mta.port, **given), dict[str, set[bytes]]()
        rules = load_config(None, {}).subscribe
        settings = SiteSettings(base_url=SITE.base_url, subscribing=rules)
        self.site = create_app(engine, clock=lambda: self.now, site=settings, secret=SECRET).test_client()
        self.matter = add_matter(engine)

    def new_mail(self, address: str, sent: Sent) -> EmailMessage:
        """Send what waits, which must come to so much; the one new mail in this mailbox."""
        assert send(self.engine, self.kit, lambda: self.now) == sent
        before = self.read.get(address, set())
        self.read[address] = set(self.mta.delivered(address, len(before) + 1))
        (new,) = self.read[address] - before
        return parsed(new)

    def begins(self, address: str) -> None:
        """Sign up with the form, open the link of the mail that arrives, press the button of its page."""
        form = {"address": address, "follow": "core", "period": "daily"}
        assert self.site.post("/subscribe", data=form).status_code == 202
        page = path_in(self.new_mail(address, Sent(sent=1)), "/subscribe/confirm/")
        assert send(self.engine, self.kit, lambda: self.now) == Sent()
        assert "<button" in self.site.get(page).text
        self.council_acts()  # before the button: no news to this reader
        assert self.site.post(page).status_code == 200

    def council_acts(self) -> None:
        add_action(self.engine, add_run(self.engine, self.now), self.matter, 68, "Approved by Council", self.now.date())

    def happens(self) -> None:
        """The Council acts, and a day later digests are written."""
        self.council_acts()
        self.now += timedelta(days=1)
        compose(self.engine, "daily", self.now)


def path_in(mail: EmailMessage, beginning: str) -> str:
    """The address in a mail whose path begins so, without the host."""
    found = re.search(rf"{re.escape(SITE.base_url)}({beginning}[\w.-]+)", reading_of(mail, "plain"))
    assert found is not None
    return found[1]


def test_from_the_form_to_the_last_mail_and_one_post_to_the_headers_address_ends_it(record: sa.Engine) -> None:
    with mail_server(BY_HEADER, OTHER) as mta:
        home = Household(record, mta)
        home.begins(BY_HEADER)
        home.begins(OTHER)
        home.happens()
        digest = home.new_mail(BY_HEADER, Sent(sent=2))
        assert "Council passed" in reading_of(digest, "plain")
        assert digest["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        link = str(digest["List-Unsubscribe"]).strip("<>").removeprefix(SITE.base_url)
        for looks in (home.site.get, home.site.head):
            assert looks(link).status_code == 200
        home.happens()
        assert home.new_mail(BY_HEADER, Sent(sent=2))["Subject"] == digest["Subject"]  # looking ended nothing
        ended = home.site.post(
            link, data="List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded"
        )
        assert (ended.status_code, "Location" in ended.headers) == (200, False)
        home.happens()
        home.read[OTHER] = set(mta.delivered(OTHER, 3))
        assert home.new_mail(OTHER, Sent(sent=1))  # the other reader's alone


def test_the_link_at_the_foot_of_a_digest_ends_it_by_a_button(record: sa.Engine) -> None:
    with mail_server(BY_LINK) as mta:
        home = Household(record, mta)
        home.begins(BY_LINK)
        home.happens()
        digest = home.new_mail(BY_LINK, Sent(sent=1))
        assert reading_of(digest, "plain").count("Council passed") == 1
        page = path_in(digest, "/unsubscribe/")
        assert "<button" in home.site.get(page).text
        assert home.site.post(page).status_code == 200
        home.happens()
        assert send(record, home.kit, lambda: home.now) == Sent()


def test_a_mail_to_the_headers_other_address_ends_it(record: sa.Engine, tmp_path: Path) -> None:
    leave = f"leave-{OTHER}"
    with mail_server(BY_MAIL, leave) as mta:
        home = Household(record, mta, unsubscribe_mailto=leave)
        home.begins(BY_MAIL)
        home.happens()
        digest = home.new_mail(BY_MAIL, Sent(sent=1))
        mailto = str(digest["List-Unsubscribe"]).split(", ")[1].strip("<>")
        answer = EmailMessage()
        answer["From"], answer["To"] = BY_MAIL, urlsplit(mailto).path
        answer["Subject"] = unquote(urlsplit(mailto).query.removeprefix("subject="))
        with Mailer(settings(mta.port)) as mailer:
            mailer.hand_over(answer.as_bytes(policy=SMTP), leave)
        box = mailbox.Maildir(tmp_path / "box", create=True)
        for content in mta.delivered(leave):
            box.add(content)
        assert read_mailbox(record, home.kit.tokens, tmp_path / "box", home.now) == Bounced(read=1, ended=1)
        home.happens()
        assert send(record, home.kit, lambda: home.now) == Sent()


@NO_FILTER
def test_a_content_filter_finds_nothing_to_complain_of(record: sa.Engine) -> None:
    now = datetime.now(UTC)  # a filter has a clock of its own, and looks at the Date
    digest_for(record, CLEAN, now=now)
    with mail_server(CLEAN) as server:
        send(record, tools(server.port), lambda: now)
        (content,) = server.delivered(CLEAN)
    judged = subprocess.run(["spamassassin", "-L", "-x"], input=content, capture_output=True, check=True)
    status = " ".join(str(parsed(judged.stdout)["X-Spam-Status"]).split())
    score = re.search(r"score=(-?[\d.]+)", status)
    named = re.search(r"tests=([\w, ]+?) (?:autolearn|version)", status)
    assert score is not None and named is not None, status
    found = {name.strip() for name in named[1].split(",")} - {"none"}
    assert found <= NO_FAULT, status
    assert float(score[1]) <= 0.1, status
