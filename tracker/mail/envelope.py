"""A letter as the bytes that go over the wire (RFC 5322, MIME), with the headers of a list (RFC 2369, 2919, 8058).

The frame of headers that all readers share is made by the standard library and kept. What is a reader's own is put
before it as bytes, and the two bodies are encoded apart: the library's own way takes some two milliseconds a mail,
which would be most of the time that a busy day has. What is put in is checked: an address by its form; the rest is
ours.
"""

import binascii
import hashlib
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

import dkim  # type: ignore[import-untyped]

from tracker.config import MailConfig, SiteConfig
from tracker.digests.letter import Letter
from tracker.errors import ConfigError
from tracker.mail.notices import list_id
from tracker.mail.server import ON_THE_WIRE, checked_address, one_line, parsed_address

SIGNED: Final = (
    b"from", b"to", b"subject", b"date", b"message-id", b"mime-version", b"content-type", b"auto-submitted", b"list-id",
    b"list-unsubscribe", b"list-unsubscribe-post",
)  # fmt: skip
KEPT: Final = 4_000
SHORT: Final = 300  # characters: a reader's own link is shorter

Sign = Callable[[bytes], bytes]


class Envelope(NamedTuple):
    """What a mail bears outside: for whom, under which Message-ID, when, and where one POST ends it."""

    to: str
    message_id: str
    date: datetime
    unsubscribe: str


class Packer:
    """Makes the bytes of digests from one sender."""

    def __init__(self, site: SiteConfig, mail: MailConfig, sign: Sign | None = None) -> None:
        self._site, self._mail, self._sign = site, mail, sign
        self._head: Callable[[str, str], bytes] = lru_cache(KEPT)(self._write_head)

    def pack(self, letter: Letter, envelope: Envelope, language: str = "en") -> bytes:
        """The whole message. Raises MailFailed where the address is none."""
        boundary = b"=_" + hashlib.sha256(envelope.message_id.encode()).hexdigest()[:32].encode()
        own = "\r\n".join(
            (
                f"To: {checked_address(envelope.to)}",
                f"Date: {format_datetime(envelope.date.astimezone(UTC))}",
                f"Message-ID: {envelope.message_id}",
                f"List-Unsubscribe: {self._ways_out(envelope.unsubscribe)}",
                "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
            )
        )
        message = b"".join(
            (
                own.encode("ascii"),
                b"\r\n",
                self._head(letter.subject, language),
                b'Content-Type: multipart/alternative; boundary="' + boundary + b'"\r\n\r\n',
                _part(boundary, b"plain", letter.plain_parts),
                _part(boundary, b"html", letter.html_parts),
                b"--" + boundary + b"--\r\n",
            )
        )
        return self._sign(message) + message if self._sign else message

    def seal(self, notice: EmailMessage) -> bytes:
        """The bytes of a notice, signed as a digest is."""
        message = notice.as_bytes(policy=ON_THE_WIRE)
        return self._sign(message) + message if self._sign else message

    def _ways_out(self, link: str) -> str:
        """The address for one POST, and one for a mail that `mail.bounces` reads; its subject holds the token."""
        mailto, token = self._mail.unsubscribe_mailto, link.rpartition("/")[2]
        return f"<{link}>" + (f", <mailto:{checked_address(mailto)}?subject=unsubscribe%20{token}>" if mailto else "")

    def _write_head(self, subject: str, language: str) -> bytes:
        sender = parsed_address(self._mail.sender)
        name = sender.display_name or one_line(self._site.title)
        head = EmailMessage(policy=SMTP)
        head["From"] = Address(name, addr_spec=sender.addr_spec)
        head["Subject"] = one_line(subject)
        head["List-Id"] = list_id(self._site)
        head["Auto-Submitted"] = "auto-generated"
        head["Content-Language"] = language
        head["MIME-Version"] = "1.0"
        return head.as_bytes(policy=ON_THE_WIRE).removesuffix(b"\r\n")


def _part(boundary: bytes, subtype: bytes, parts: Iterable[str]) -> bytes:
    """One of two readings of the same. Quoted-printable: no line is longer than 76, whatever the words."""
    return b"".join(
        (
            b"--" + boundary + b"\r\nContent-Type: text/" + subtype + b'; charset="utf-8"\r\n',
            b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + quoted(parts) + b"\r\n",
        )
    )


def quoted(parts: Iterable[str]) -> bytes:
    """Parts of a text as quoted-printable (RFC 2045). Those that many mails share are encoded once.

    A part begins on a line of its own; a soft line break, which a reader does not see, stands where it had none.
    """
    found: list[bytes] = []
    for part in parts:
        encoded = _encoded_once(part) if len(part) > SHORT else _encoded(part)
        if found and not found[-1].endswith(b"\n"):
            found.append(b"=\r\n")
        found.append(encoded)
    return b"".join(found)


def _encoded(text: str) -> bytes:
    # where a text has no end of a line in it, the library breaks lines as Unix does
    return binascii.b2a_qp(text.replace("\r", "").encode(), istext=True).replace(b"\n", b"\r\n")


_encoded_once = lru_cache(KEPT)(_encoded)


def signer(mail: MailConfig) -> Sign | None:
    """Signs with the key of ``[mail] dkim_key`` (RFC 6376); None where none is set.

    Raises ConfigError for a key that cannot be read or used. Both headers of RFC 8058 are under the signature.
    """
    if not mail.dkim_key:
        return None
    domain = checked_address(mail.sender).partition("@")[2].encode()
    try:
        key = Path(mail.dkim_key).read_bytes()
    except OSError as error:
        raise ConfigError(f"[mail] dkim_key: {mail.dkim_key} cannot be read: {error.strerror}.") from error

    def sign(message: bytes) -> bytes:
        signed: bytes = dkim.sign(
            message, mail.dkim_selector.encode(), domain, key, include_headers=list(SIGNED),
            canonicalize=(b"relaxed", b"relaxed"),
        )  # fmt: skip
        return signed

    try:
        sign(b"From: x@" + domain + b"\r\n\r\nx\r\n")
    except dkim.DKIMException as error:
        raise ConfigError(f"[mail] dkim_key: {mail.dkim_key} is no key to sign with: {error}.") from error
    return sign
