"""The sender, against a real server on loopback: what is handed over, what is tried again, whom it stops writing to."""

import mailbox
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import sqlalchemy as sa
from digest_builder import (
    NOW,
    SECRET,
    SITE,
    add_change,
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
from test_mail import Inbox, server

from tracker.database import reading, writing
from tracker.digests.composing import compose
from tracker.digests.letter import Letter
from tracker.errors import ConfigError
from tracker.held import table
from tracker.locks import Busy
from tracker.mail.bounces import Bounced, read_mailbox
from tracker.mail.deliveries import as_sender, claim, stop_writing
from tracker.mail.envelope import Envelope, Packer, signer
from tracker.mail.outbox import queue_notice
from tracker.mail.sender import WAITS, Sent, links_of, send
from tracker.mail.server import MailFailed
from tracker.models.digests import Delivery
from tracker.models.mail import Suppression
from tracker.tokens import Tokens

MINUTE = timedelta(minutes=1)


def clock_at(moment: datetime) -> Any:
    return lambda: moment


def written(engine: sa.Engine, readers: int = 1) -> list[int]:
    """Readers with a digest each in the outbox."""
    keys = [subscribe(engine, ("core", "")) for _ in range(readers)]
    add_change(engine, add_run(engine), add_matter(engine))
    compose(engine, "daily", NOW)
    return keys


def send_to(engine: sa.Engine, inbox: Inbox, now: datetime = NOW, **given: Any) -> Sent:
    with server(inbox) as port:
        return send(engine, tools(port, **given), clock_at(now))


def only(engine: sa.Engine) -> Delivery:
    (found,) = deliveries(engine)
    return found


def suppressed(engine: sa.Engine) -> list[str]:
    with reading(engine) as session:
        return list(session.execute(sa.select(table(Suppression).c.reason)).scalars())


def test_every_reader_gets_their_own_links_and_the_outbox_is_empty(database: sa.Engine) -> None:
    keys, inbox = written(database, 12), Inbox()
    assert send_to(database, inbox) == Sent(sent=12)
    mails = {envelope.rcpt_tos[0]: parsed(envelope.content) for envelope in inbox.taken}
    assert set(mails) == {f"reader{key}@example.org" for key in keys}
    assert len({mail["List-Unsubscribe"] for mail in mails.values()}) == 12
    for recipient, mail in mails.items():
        assert mail["To"] == recipient
        link = mail["List-Unsubscribe"].strip("<>")
        assert link in reading_of(mail, "plain") and link in reading_of(mail, "html")
        assert mail["Subject"] == "Int 1412-2025 moved"
    assert {row.state for row in deliveries(database)} == {"sent"}
    assert {row.sent_at for row in deliveries(database)} == {NOW}
    assert send_to(database, inbox) == Sent()


def test_a_mail_that_goes_again_has_the_same_message_id(database: sa.Engine) -> None:
    written(database)
    inbox = Inbox(to_data=["451 4.7.1 Come back later"])
    assert send_to(database, inbox) == Sent(again=1)
    row = only(database)
    assert (row.state, row.attempts, row.said) == ("queued", 1, "451 4.7.1 Come back later")
    assert row.next_try_at == NOW + WAITS[0]
    assert send_to(database, inbox, NOW + WAITS[0] - MINUTE) == Sent()
    assert send_to(database, inbox, NOW + WAITS[0]) == Sent(sent=1)
    assert parsed(inbox.taken[0].content)["Message-ID"] == f"<{row.message_id}@tracker.example.org>"


def test_after_the_last_try_it_is_given_up_and_the_address_kept(database: sa.Engine) -> None:
    (reader,) = written(database)
    inbox, now = Inbox(to_recipients=["450 4.2.1 Mailbox busy"] * 9), NOW
    for wait in WAITS:
        assert send_to(database, inbox, now) == Sent(again=1)
        now += wait
    assert send_to(database, inbox, now) == Sent(failed=1)
    assert (only(database).attempts, state_of(database, reader)) == (len(WAITS) + 1, "active")


def test_an_address_refused_for_good_is_written_to_no_more(database: sa.Engine) -> None:
    (reader,) = written(database)
    inbox = Inbox(to_recipients=["550 5.1.1 <reader1@example.org> unknown"])
    assert send_to(database, inbox) == Sent(failed=1)
    assert (state_of(database, reader), suppressed(database)) == ("bounced", ["bounced"])
    assert only(database).said == "550 5.1.1 <(address)> unknown"
    with writing(database) as session:
        queue_notice(session, reader, "manage", NOW)
    assert send_to(database, inbox) == Sent(suppressed=1)
    assert inbox.taken == []


def test_a_message_refused_for_good_ends_the_message_and_not_the_address(database: sa.Engine) -> None:
    (reader,) = written(database)
    assert send_to(database, Inbox(to_data=["554 5.7.1 Spam"])) == Sent(failed=1)
    assert (state_of(database, reader), suppressed(database)) == ("active", [])


def test_a_server_that_takes_no_mail_ends_the_run_and_costs_no_try(database: sa.Engine) -> None:
    written(database, 3)
    with server(Inbox()) as port:
        pass
    with pytest.raises(MailFailed, match="cannot be reached"):
        send(database, tools(port), clock_at(NOW))
    assert {(row.state, row.attempts, row.claimed_by) for row in deliveries(database)} == {("queued", 0, "")}


def test_a_wrong_sender_in_the_settings_bounces_nobody(database: sa.Engine) -> None:
    (reader,) = written(database)
    with pytest.raises(MailFailed):
        send_to(database, Inbox(), sender="nobody")
    assert (only(database).state, state_of(database, reader)) == ("queued", "active")


def test_paused_hands_nothing_over(database: sa.Engine) -> None:
    written(database)
    inbox = Inbox()
    assert send_to(database, inbox, paused=True) == Sent(paused=True)
    assert (inbox.taken, only(database).state) == ([], "queued")


@pytest.mark.parametrize("state", ["ended", "bounced"])
def test_who_left_meanwhile_gets_nothing(database: sa.Engine, state: str) -> None:
    written(database)
    with writing(database) as session:
        session.connection().exec_driver_sql(f"UPDATE subscriber SET state = '{state}'")
    inbox = Inbox()
    assert send_to(database, inbox) == Sent(suppressed=1)
    assert inbox.taken == []


def test_notices_go_before_digests_and_to_those_who_are_still_pending(database: sa.Engine) -> None:
    from tracker.mail.notices import confirm_payload

    written(database)
    pending = subscribe(database, ("core", ""), state="pending")
    with writing(database) as session:
        payload = confirm_payload([], language="en", quiet_weeks=False, hours=48)
        queue_notice(session, pending, "confirm", NOW, payload)
    inbox = Inbox()
    assert send_to(database, inbox, connections=1) == Sent(sent=2)
    first = parsed(inbox.taken[0].content)
    assert first["To"] == f"reader{pending}@example.org"
    assert first["Subject"] == f"Please confirm: mail from {SITE.title}"


def test_a_notice_that_cannot_be_written_holds_nothing_up(record: sa.Engine) -> None:
    (reader,) = written(record)
    with writing(record) as session:
        queue_notice(session, reader, "confirm", NOW, {"nothing": "of use"})
    assert send_to(record, Inbox()) == Sent(sent=1, failed=1)
    assert "cannot be written" in deliveries(record)[1].said


def test_a_dead_senders_claims_are_taken_by_the_next_and_a_living_ones_are_not(database: sa.Engine) -> None:
    written(database, 2)
    with as_sender(database) as (name, _):
        assert len(claim(database, name, NOW, 1)) == 1
        inbox = Inbox()
        assert send_to(database, inbox) == Sent(sent=1)  # another sender beside it
    assert send_to(database, inbox) == Sent(sent=1)
    assert len({envelope.rcpt_tos[0] for envelope in inbox.taken}) == 2


def test_no_two_senders_claim_the_same(database: sa.Engine) -> None:
    written(database, 40)
    got: list[list[int]] = []
    start = threading.Barrier(2)

    def take() -> None:
        with as_sender(database) as (name, _):
            start.wait()
            got.append([each.id for _ in range(4) for each in claim(database, name, NOW, 5)])
            start.wait()

    threads = [threading.Thread(target=take) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got[0]) == len(got[1]) == 20
    assert set(got[0]).isdisjoint(got[1])


def test_there_is_an_end_to_how_many_send_at_once(database: sa.Engine) -> None:
    @contextmanager
    def several(number: int) -> Iterator[None]:
        if not number:
            yield
            return
        with as_sender(database), several(number - 1):
            yield

    with several(8), pytest.raises(Busy), as_sender(database):
        pass


def test_no_address_is_written_to_any_log(
    database: sa.Engine, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    written(database, 3)
    send_to(database, Inbox(to_recipients=["550 5.1.1 <reader1@example.org> unknown", "451 reader@example.org"]))
    assert "@example.org" not in caplog.text + "".join(capfd.readouterr())
    assert not any("@" in row.said for row in deliveries(database))


# Signing


def test_both_headers_of_one_click_are_under_the_signature(tmp_path: Path) -> None:
    import dkim  # type: ignore[import-untyped]
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(65537, 2048)
    form = serialization.PrivateFormat.TraditionalOpenSSL
    (tmp_path / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    record = b"v=DKIM1; k=rsa; p=" + b"".join(public.splitlines()[1:-1])
    mail = settings(dkim_key=str(tmp_path / "key.pem"), dkim_selector="news")
    packer = Packer(SITE, mail, signer(mail))
    raw = packer.pack(Letter("s", ("t\n",), ("<p>h</p>\n",)), Envelope("r@example.org", "<m@h>", NOW, "https://x"))

    def found(name: bytes, timeout: int = 5) -> bytes:
        assert name == b"news._domainkey.example.org."
        return record

    assert dkim.verify(raw, dnsfunc=found)
    signed = str(parsed(raw)["DKIM-Signature"]).replace(" ", "").lower()
    assert ":list-unsubscribe:list-unsubscribe-post" in signed
    assert not dkim.verify(raw.replace(b"One-Click", b"Two-Click"), dnsfunc=found)


def test_a_key_that_is_none_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        signer(settings(dkim_key=str(tmp_path / "none.pem"), dkim_selector="x"))
    (tmp_path / "bad.pem").write_text("no key\n")
    with pytest.raises(ConfigError, match="no key to sign with"):
        signer(settings(dkim_key=str(tmp_path / "bad.pem"), dkim_selector="x"))


# Reports


def report(message_id: str, action: str, status: str, *, headers_only: bool = False) -> EmailMessage:
    """A delivery report (RFC 3464) on one mail."""
    enclosed = f"Message-ID: <{message_id}@tracker.example.org>\r\nSubject: x\r\n\r\n"
    kind = "text/rfc822-headers" if headers_only else "message/rfc822"
    text = (
        "From: MAILER-DAEMON@example.org\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nIt did not arrive.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.org\r\n\r\n"
        f"Final-Recipient: rfc822; reader1@example.org\r\nAction: {action}\r\nStatus: {status}\r\n\r\n"
        f"--b\r\nContent-Type: {kind}\r\n\r\n{enclosed}\r\n--b--\r\n"
    )
    return parsed(text.encode())


@pytest.mark.parametrize("headers_only", [False, True])
@pytest.mark.parametrize(
    ("action", "status", "counted", "state"),
    [("failed", "5.1.1", (1, 1, 0, 0, 0, 0), "bounced"), ("delayed", "4.4.1", (1, 0, 0, 0, 1, 0), "active"),
     ("failed", "4.4.7", (1, 0, 0, 0, 1, 0), "active")],
)  # fmt: skip
def test_reports_are_found_by_the_message_id(
    record: sa.Engine, tmp_path: Path, action: str, status: str, counted: tuple[int, ...], state: str,
    headers_only: bool,
) -> None:  # fmt: skip
    (reader,) = written(record)
    box = mailbox.Maildir(tmp_path / "box", create=True)
    box.add(report(only(record).message_id, action, status, headers_only=headers_only))
    assert tuple(read_mailbox(record, Tokens(SECRET), tmp_path / "box", NOW)) == counted
    assert state_of(record, reader) == state
    assert tuple(read_mailbox(record, Tokens(SECRET), tmp_path / "box", NOW)) == counted  # twice does no harm


def test_an_mbox_with_other_mail_changes_nothing(record: sa.Engine, tmp_path: Path) -> None:
    written(record)
    box = mailbox.mbox(tmp_path / "box", create=True)
    letter = EmailMessage()
    letter["Subject"] = "Out of office"
    letter.set_content("I am away.")
    box.add(letter)
    box.add(report("digest-9-9", "failed", "5.1.1"))
    box.close()
    assert read_mailbox(record, Tokens(SECRET), tmp_path / "box", NOW) == Bounced(read=2, unknown=2)


def complaint(message_id: str, kind: str = "abuse") -> bytes:
    """A feedback report (RFC 5965) on one mail, as mailbox providers send them."""
    return (
        "From: <abusedesk@example.com>\r\nSubject: FW: a digest\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nThis is an email abuse report.\r\n"
        f"--b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: {kind}\r\nVersion: 1\r\n"
        "User-Agent: SomeGenerator/1.0\r\nOriginal-Mail-From: <tracker@example.org>\r\n\r\n"
        f"--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: <tracker@example.org>\r\n"
        f"Message-ID: <{message_id}@tracker.example.org>\r\nSubject: x\r\n\r\nSome text.\r\n--b--\r\n"
    ).encode()


@pytest.mark.parametrize(
    ("kind", "counted", "state", "never"),
    [
        ("abuse", Bounced(read=1, complaints=1), "bounced", ["complained"]),
        ("opt-out", Bounced(read=1, complaints=1), "bounced", ["complained"]),
        ("not-spam", Bounced(read=1, temporary=1), "active", []),
    ],
)
def test_whoever_complains_is_written_to_no_more(
    database: sa.Engine, tmp_path: Path, kind: str, counted: Bounced, state: str, never: list[str]
) -> None:
    (reader,) = written(database)
    box = mailbox.Maildir(tmp_path / "box", create=True)
    box.add(complaint(only(database).message_id, kind))
    assert read_mailbox(database, Tokens(SECRET), tmp_path / "box", NOW) == counted
    assert (state_of(database, reader), suppressed(database)) == (state, never)
    assert read_mailbox(database, Tokens(SECRET), tmp_path / "box", NOW) == counted  # twice does no harm


def test_a_report_that_guesses_ends_nothing(record: sa.Engine, tmp_path: Path) -> None:
    (reader,) = written(record)
    guess = only(record).message_id.rpartition("-")[0]
    box = mailbox.Maildir(tmp_path / "box", create=True)
    for guessed in (guess, f"{guess}-0000000000000000", f"digest-{reader}-{only(record).digest_id}"):
        box.add(complaint(guessed))
        box.add(report(guessed, "failed", "5.1.1"))
    assert read_mailbox(record, Tokens(SECRET), tmp_path / "box", NOW) == Bounced(read=6, unknown=6)
    assert state_of(record, reader) == "active"


def test_stopping_takes_what_waits_out_of_the_outbox(database: sa.Engine) -> None:
    (reader,) = written(database)
    stop_writing(database, reader, "bounced", NOW)
    stop_writing(database, reader, "bounced", NOW)
    assert (only(database).state, suppressed(database)) == ("suppressed", ["bounced"])


def test_a_mail_to_the_address_of_the_header_ends_all_mail_and_a_forged_one_does_not(
    database: sa.Engine, tmp_path: Path
) -> None:
    kit = tools(unsubscribe_mailto="leave@example.org")
    reader = subscribe(database, ("core", ""))
    links = links_of(kit, reader, f"nonce{reader}", "en", NOW)
    packed = kit.packer.pack(
        Letter("x", ("x",), ("x",)), Envelope("reader@example.org", "<x@example.org>", NOW, links.unsubscribe)
    )
    _, mailto = str(parsed(packed)["List-Unsubscribe"]).split(", ")
    box = mailbox.Maildir(tmp_path / "box", create=True)
    for subject in ("unsubscribe", "unsubscribe me", f"unsubscribe {links.manage.rpartition('/')[2]}"):
        box.add(f"From: x@example.net\r\nSubject: {subject}\r\n\r\n")
    assert read_mailbox(database, kit.tokens, tmp_path / "box", NOW) == Bounced(read=3, unknown=3)
    subject = unquote(mailto.strip("<>").partition("?subject=")[2])
    box.add(f"From: x@example.net\r\nSubject: Re: {subject}\r\n\r\n")
    assert state_of(database, reader) == "active"
    for _ in range(2):
        assert read_mailbox(database, kit.tokens, tmp_path / "box", NOW) == Bounced(read=4, ended=1, unknown=3)
    assert state_of(database, reader) == "ended"
