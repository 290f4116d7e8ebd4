"""Mail, against a real server on loopback: what arrives, byte for byte, and what is told when nothing does."""

import shutil
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session

from tracker.config import MailConfig, SiteConfig
from tracker.mail.server import Mailer, MailFailed, checked_address, operator_mail
from tracker.models.sources import Incident

SITE = SiteConfig(title="NYC Sanctuary Law Tracker", contact="", base_url="https://tracker.example.org")
BEGAN, ENDED = datetime(2026, 8, 21, 23, 49, tzinfo=UTC), datetime(2026, 8, 22, 10, 10, tzinfo=UTC)
NOW = datetime(2026, 8, 22, 11, tzinfo=UTC)


@dataclass
class Inbox:
    """What the server took, and what it answers: each reply in turn to a RCPT or DATA, then 250."""

    taken: list[Envelope] = field(default_factory=list)
    to_recipients: list[str] = field(default_factory=list)
    to_data: list[str] = field(default_factory=list)
    users: list[bytes] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.to_recipients.pop(0) if self.to_recipients else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = self.to_data.pop(0) if self.to_data else "250 OK"
        if answer.startswith("250"):
            self.taken.append(envelope)
        return answer

    def authenticate(self, server: Any, session: Session, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.users.append(data.login)
        return AuthResult(success=data.password == b"right", handled=False)


@contextmanager
def server(inbox: Inbox, **options: Any) -> Iterator[int]:
    """A mail server on a free port of the loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def settings(port: int, **given: Any) -> MailConfig:
    values = {"host": "127.0.0.1", "security": "none", "sender": "tracker@example.org", "operator": "ops@example.org"}
    return MailConfig(port=port, **(values | given))


def letter(**headers: str) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = "tracker@example.org", "ops@example.org", "A letter"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content("Dear reader,\n.\nthe end\n")
    return message


def content(envelope: Envelope) -> bytes:
    assert isinstance(envelope.content, bytes)
    return envelope.content


# The connection


def test_a_mail_arrives_as_it_was_written() -> None:
    inbox = Inbox()
    with server(inbox) as port, Mailer(settings(port)) as mailer:
        mailer.send(letter(), "Operator <ops@example.org>")
    (envelope,) = inbox.taken
    assert (envelope.mail_from, envelope.rcpt_tos) == ("tracker@example.org", ["ops@example.org"])
    assert message_from_bytes(content(envelope), policy=default).get_content() == "Dear reader,\r\n.\r\nthe end\r\n"


def test_a_long_list_unsubscribe_stays_on_one_line() -> None:
    address = f"<https://tracker.example.org/unsubscribe/{'a' * 160}>"
    inbox = Inbox()
    with server(inbox) as port, Mailer(settings(port)) as mailer:
        mailer.send(letter(List_Unsubscribe=address), "ops@example.org")
    assert f"\r\nList-Unsubscribe: {address}\r\n".encode() in content(inbox.taken[0])


def test_many_mails_go_over_one_connection() -> None:
    inbox, sessions = Inbox(), set()
    with server(inbox) as port, Mailer(settings(port)) as mailer:
        for _ in range(3):
            mailer.send(letter(), "ops@example.org")
            assert mailer._smtp is not None
            sessions.add(mailer._smtp)
    assert (len(inbox.taken), len(sessions)) == (3, 1)


@pytest.mark.parametrize(
    ("answer", "permanent"),
    [("451 4.7.1 Come back later", False), ("550 5.1.1 No such user", True), ("452 4.2.2 Mailbox full", False)],
)
@pytest.mark.parametrize("at", ["to_recipients", "to_data"])
def test_a_refusal_for_now_and_one_for_ever_are_told_apart_and_the_next_mail_goes(
    answer: str, permanent: bool, at: str
) -> None:
    inbox = Inbox()
    getattr(inbox, at).append(answer)
    with server(inbox) as port, Mailer(settings(port)) as mailer:
        with pytest.raises(MailFailed, match=answer) as caught:
            mailer.send(letter(), "ops@example.org")
        assert caught.value.permanent is permanent
        mailer.send(letter(), "ops@example.org")
    assert len(inbox.taken) == 1


def test_a_server_that_hangs_up_is_called_again() -> None:
    inbox = Inbox(to_recipients=["421 4.3.2 Shutting down"])
    with server(inbox) as port, Mailer(settings(port)) as mailer:
        with pytest.raises(MailFailed, match="421") as caught:
            mailer.send(letter(), "ops@example.org")
        assert not caught.value.permanent
        mailer.send(letter(), "ops@example.org")
    assert len(inbox.taken) == 1


def test_no_server_is_a_failure_for_now() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        config = settings(probe.getsockname()[1])
        with Mailer(config) as mailer, pytest.raises(MailFailed, match="cannot be reached") as caught:
            mailer.send(letter(), "ops@example.org")
    assert not caught.value.permanent


def test_a_server_that_goes_away_between_two_mails_is_a_failure_for_now() -> None:
    inbox = Inbox()
    with server(inbox) as port, Mailer(settings(port)) as mailer:
        mailer.send(letter(), "ops@example.org")
        assert mailer._smtp is not None
        assert mailer._smtp.sock is not None
        mailer._smtp.sock.shutdown(socket.SHUT_RDWR)
        with pytest.raises(MailFailed, match="cannot be reached") as caught:
            mailer.send(letter(), "ops@example.org")
        assert not caught.value.permanent
        mailer.send(letter(), "ops@example.org")
    assert len(inbox.taken) == 2


# Encryption and login


@dataclass(frozen=True)
class Secrets:
    """A certificate for 127.0.0.1 that nobody has signed but itself."""

    server: ssl.SSLContext
    client: ssl.SSLContext


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Secrets:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("certificate")
    key, certificate = str(folder / "key.pem"), str(folder / "certificate.pem")
    make = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    make += ["-days", "2"]
    make += ["-keyout", key, "-out", certificate, "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(make, check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    return Secrets(context, ssl.create_default_context(cafile=certificate))


def with_starttls(inbox: Inbox, secrets: Secrets, **options: Any) -> Any:
    return server(inbox, tls_context=secrets.server, require_starttls=True, **options)


def test_starttls_is_begun_before_the_password_is_said(secrets: Secrets) -> None:
    inbox = Inbox()
    options = {"auth_required": True, "authenticator": inbox.authenticate}
    with with_starttls(inbox, secrets, **options) as port:
        config = settings(port, security="starttls")
        with Mailer(config, "me", "right", secrets.client) as mailer:
            mailer.send(letter(), "ops@example.org")
    assert (len(inbox.taken), inbox.users) == (1, [b"me"])


def test_tls_from_the_first_byte(secrets: Secrets) -> None:
    inbox = Inbox()
    with (
        server(inbox, ssl_context=secrets.server) as port,
        Mailer(settings(port, security="tls"), context=secrets.client) as mailer,
    ):
        mailer.send(letter(), "ops@example.org")
    assert len(inbox.taken) == 1


def test_a_wrong_password_is_a_failure_for_ever(secrets: Secrets) -> None:
    inbox = Inbox()
    options = {"auth_required": True, "authenticator": inbox.authenticate}
    with (
        with_starttls(inbox, secrets, **options) as port,
        Mailer(settings(port, security="starttls"), "me", "wrong", secrets.client) as mailer,
        pytest.raises(MailFailed, match="does not let us in: 535") as caught,
    ):
        mailer.send(letter(), "ops@example.org")
    assert caught.value.permanent
    assert "wrong" not in str(caught.value)


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_that_nobody_signed_is_not_believed_and_no_password_is_said(
    secrets: Secrets, security: str
) -> None:
    inbox = Inbox()
    options = {"tls_context": secrets.server} if security == "starttls" else {"ssl_context": secrets.server}
    with (
        server(inbox, **options, authenticator=inbox.authenticate) as port,
        Mailer(settings(port, security=security), "me", "right") as mailer,
        pytest.raises(MailFailed, match="certificate that is not believed") as caught,
    ):
        mailer.send(letter(), "ops@example.org")
    assert caught.value.permanent
    assert inbox.users == []


def test_a_server_without_starttls_gets_neither_password_nor_mail() -> None:
    inbox = Inbox()
    with (
        server(inbox) as port,
        Mailer(settings(port, security="starttls"), "me", "right") as mailer,
        pytest.raises(MailFailed, match="does not offer what .mail. asks for") as caught,
    ):
        mailer.send(letter(), "ops@example.org")
    assert caught.value.permanent
    assert (inbox.taken, inbox.users) == ([], [])


# Addresses

NO_ADDRESS = [
    "", "ops", "ops@", "@example.org", "a@example.org, b@example.org", "a@example.org\r\nBcc: b@example.org",
    "a@example.org>\nRCPT TO:<b@example.org", "<a@example.org> <b@example.org>", "a b@example.org", "ops@exam ple.org",
    "\u00f6ps@example.org", "ops@example.org\0", "Name\n <ops@example.org>", "a@b@example.org",
]  # fmt: skip


@pytest.mark.parametrize("text", NO_ADDRESS)
def test_what_is_no_single_address_never_reaches_a_server(text: str) -> None:
    inbox = Inbox()
    with server(inbox) as port:
        with Mailer(settings(port)) as mailer, pytest.raises(MailFailed, match="is no mail address") as caught:
            mailer.send(letter(), text)
        with Mailer(settings(port, sender=text)) as mailer, pytest.raises(MailFailed, match="is no mail address"):
            mailer.send(letter(), "ops@example.org")
    assert caught.value.permanent
    assert inbox.taken == []


@pytest.mark.parametrize("text", ["ops@example.org", "Operator <ops@example.org>", '"Last, First" <ops@example.org>'])
def test_an_address_may_bear_a_name(text: str) -> None:
    assert checked_address(text) == "ops@example.org"


# What the operator is told


def incident(**given: Any) -> Incident:
    values: dict[str, Any] = {
        "id": 7, "source": "council-web", "message": "The try of 21 Aug 2026 19:49 was refused: no.", "began_at": BEGAN,
    }  # fmt: skip
    return Incident(**(values | given))


def told(of: Incident, sentence: str = "", **mail: str) -> EmailMessage:
    return operator_mail(of, sentence, SITE, settings(25, **mail), NOW)


def test_the_operator_is_told_what_is_wrong_since_when_and_where_to_look() -> None:
    message = told(incident(), "It is so.")
    assert message["Subject"] == "Council web pages: not read as it should be (NYC Sanctuary Law Tracker)"
    assert (message["From"], message["To"]) == ("tracker@example.org", "ops@example.org")
    assert message["Date"] == "Sat, 22 Aug 2026 11:00:00 +0000"
    assert message["Auto-Submitted"] == "auto-generated"
    text = message.get_content()
    for part in ("since 21 Aug 2026 19:49", "was refused: no.", "https://tracker.example.org/sources"):
        assert part in text
    assert message.get_content_type() == "text/plain"


def test_the_end_answers_the_begin_and_says_both() -> None:
    message = told(incident(ended_at=ENDED), "It was read well on 22 Aug 2026 06:10.")
    assert message["Subject"] == "Council web pages: read well again (NYC Sanctuary Law Tracker)"
    assert message["In-Reply-To"] == message["References"] == told(incident())["Message-ID"]
    text = message.get_content()
    assert "began on 21 Aug 2026 19:49 was over on 22 Aug 2026 06:10." in text
    assert "Now: It was read well" in text


def test_a_message_id_belongs_to_the_incident_whenever_it_is_sent() -> None:
    first, again = told(incident()), operator_mail(incident(), "", SITE, settings(25), ENDED)
    assert first["Message-ID"] == again["Message-ID"] == (
        "<incident-7-20260821T234900Z-began@tracker.example.org>"
    )  # fmt: skip
    assert told(incident(id=8))["Message-ID"] != first["Message-ID"] != told(incident(ended_at=ENDED))["Message-ID"]


INJECTION = "x\r\nBcc: everybody@example.org\r\n\r\nBuy\n.\r\nQUIT\r\n"


@pytest.mark.parametrize(
    "build",
    [
        lambda: operator_mail(incident(source=INJECTION), INJECTION, SITE, settings(25), NOW),
        lambda: operator_mail(incident(message=INJECTION, ended_at=ENDED), INJECTION, SITE, settings(25), NOW),
        lambda: operator_mail(incident(), "", SITE.model_copy(update={"title": INJECTION}), settings(25), NOW),
    ],
)
def test_nothing_that_a_source_says_begins_a_header(build: Callable[[], EmailMessage]) -> None:
    names = ["From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Auto-Submitted"]
    inbox = Inbox()
    with server(inbox) as port, Mailer(settings(port)) as mailer:
        mailer.send(build(), "ops@example.org")
    (envelope,) = inbox.taken
    arrived = message_from_bytes(content(envelope), policy=default)
    assert set(arrived.keys()) <= {*names, "Content-Type", "Content-Transfer-Encoding", "MIME-Version"}
    assert envelope.rcpt_tos == ["ops@example.org"]
    assert arrived["Subject"].count("\n") == 0


@pytest.mark.parametrize("key", ["sender", "operator"])
def test_an_injected_address_of_the_settings_is_refused(key: str) -> None:
    with pytest.raises(MailFailed, match="is no mail address"):
        told(incident(), **{key: "ops@example.org\nBcc: everybody@example.org"})


def test_words_that_are_not_ascii_arrive(tmp_path: Path) -> None:
    inbox = Inbox()
    with server(inbox) as port, Mailer(settings(port)) as mailer:
        mailer.send(told(incident(source="mayor-news", message="“Núñez” — " + "long " * 300)), "ops@example.org")
    raw = content(inbox.taken[0])
    arrived = message_from_bytes(raw, policy=default)
    assert arrived["Subject"].startswith("Mayor’s news: ")
    assert "“Núñez” — long long" in arrived.get_content()
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
