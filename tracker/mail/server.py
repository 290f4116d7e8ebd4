"""Mail: one connection to one server, and what is written to the operator.

Messages go out with lines of up to 998 characters in their headers, the longest that RFC 5322 allows: Python's own way
folds a long List-Unsubscribe into encoded words, which mailboxes do not follow (python/cpython#85725).
"""

import re
import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from types import TracebackType
from typing import Final
from urllib.parse import urlsplit

from tracker.config import MailConfig, SiteConfig
from tracker.errors import TrackerError
from tracker.models.sources import Incident
from tracker.wording import moment, source_name

ON_THE_WIRE: Final = SMTP.clone(max_line_length=998)
TIMEOUT_SECONDS: Final = 30.0
BARE: Final = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[a-z0-9-]+(?:\.[a-z0-9-]+)*"
ADDRESS: Final = re.compile(rf"(?:(?P<name>[^<>]*)<(?P<named>{BARE})>|(?P<bare>{BARE}))", re.ASCII | re.IGNORECASE)


class MailFailed(TrackerError):
    """Raised where a mail was not taken. ``permanent`` says that trying the same again will not help.

    ``about`` says what was refused or failed: "recipient", "message", "line" (it broke in the middle of a mail) or
    "server", where no mail would have been taken. ``said`` is the server's answer.
    """

    exit_code = 75

    def __init__(self, message: str, *, permanent: bool, about: str = "server", said: str = "") -> None:
        super().__init__(message)
        self.permanent, self.about, self.said = permanent, about, said


class Mailer:
    """One connection, opened by the first mail, opened again when the server closed it, closed with the block.

    ``context`` says whose certificates are believed: by default, those of the system.
    """

    def __init__(
        self, config: MailConfig, user: str = "", password: str = "", context: ssl.SSLContext | None = None
    ) -> None:
        self._config = config
        self._login = (user, password)
        self._context = context
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> "Mailer":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._smtp is not None:
            with suppress(OSError):  # an SMTPException is one; what was sent is sent, however they part
                self._smtp.quit()
            self._smtp.close()

    def send(self, message: EmailMessage, recipient: str) -> None:
        """Give one mail to the server. Returns when it was taken; raises MailFailed when it was not."""
        self.hand_over(message.as_bytes(policy=ON_THE_WIRE), recipient)

    def hand_over(self, content: bytes, recipient: str) -> None:
        """Give the bytes of one mail to the server, as `send` does."""
        to, sender = checked_address(recipient), checked_address(self._config.sender)
        self._try(self._connected, "server")
        self._try(lambda: self._connected().sendmail(sender, [to], content), "line")

    def _connected(self) -> smtplib.SMTP:
        if self._smtp is None or self._smtp.sock is None:
            if self._smtp is not None:
                self._smtp.close()
            self._smtp = None
            self._smtp = self._open()
        return self._smtp

    def _open(self) -> smtplib.SMTP:
        config, context = self._config, self._context or ssl.create_default_context()
        if config.security == "tls":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(config.host, config.port, timeout=TIMEOUT_SECONDS, context=context)
        else:
            smtp = smtplib.SMTP(config.host, config.port, timeout=TIMEOUT_SECONDS)
        try:
            if config.security == "starttls":
                smtp.starttls(context=context)
            if self._login[0]:
                smtp.login(*self._login)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _try(self, act: Callable[[], object], broken: str) -> None:
        server = f"{self._config.host}:{self._config.port}"
        try:
            act()
        except smtplib.SMTPRecipientsRefused as error:
            ((address, (code, said)),) = error.recipients.items()
            raise _refused(f"{server} does not take mail for {address}", code, said, "recipient") from error
        except smtplib.SMTPAuthenticationError as error:
            raise _refused(f"{server} does not let us in", error.smtp_code, error.smtp_error, "server") from error
        except smtplib.SMTPResponseException as error:
            about = "message" if isinstance(error, smtplib.SMTPDataError) else "server"
            raise _refused(f"{server} did not take the mail", error.smtp_code, error.smtp_error, about) from error
        except smtplib.SMTPNotSupportedError as error:
            raise MailFailed(
                f"{server} does not offer what [mail] asks for: {error} Correct [mail] security.", permanent=True
            ) from error
        except ssl.SSLCertVerificationError as error:
            raise MailFailed(
                f"{server} shows a certificate that is not believed ({error.verify_message}). Correct [mail] host, or "
                "the server.",
                permanent=True,
            ) from error
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            raise MailFailed(f"{server} cannot be reached: {error}.", permanent=False, about=broken) from error


def _refused(what: str, code: int, said: bytes | str, about: str) -> MailFailed:
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    answer = f"{code} {' '.join(words.split())}"
    return MailFailed(f"{what}: {answer}.", permanent=code >= 500, about=about, said=answer)


def checked_address(text: str) -> str:
    """The bare address of ``ops@example.org`` or ``Operator <ops@example.org>``, fit for an envelope.

    Raises MailFailed for anything else: nothing that is not one address ever reaches a header or a server.
    """
    match = _matched(text)
    return match["named"] or match["bare"]


def parsed_address(text: str) -> Address:
    """An address with the name before it, fit for a header. Raises MailFailed for anything else."""
    match = _matched(text)
    return Address((match["name"] or "").strip(' "'), addr_spec=match["named"] or match["bare"])


def _matched(text: str) -> re.Match[str]:
    # the library's own reader of addresses takes the first of several, and mends what is none
    match = ADDRESS.fullmatch(text)
    if match is None or not text.isprintable():
        raise MailFailed(f"{text!r} is no mail address. Write it like ops@example.org.", permanent=True)
    return match


def operator_mail(incident: Incident, sentence: str, site: SiteConfig, mail: MailConfig, now: datetime) -> EmailMessage:
    """What the operator is told when an incident begins, or, where it has an end, when it is over. Pure.

    ``sentence`` is the source's state now. The Message-ID is the incident's own, so that a mail sent twice is seen to
    be one. Raises MailFailed where the sender or the operator is no address.
    """
    name, over = source_name(incident.source), incident.ended_at is not None
    message = EmailMessage(policy=SMTP)
    message["From"] = parsed_address(mail.sender)
    message["To"] = parsed_address(mail.operator)
    message["Subject"] = one_line(f"{name}: {'read well again' if over else 'not read as it should be'} ({site.title})")
    message["Date"] = format_datetime(now.astimezone(UTC))
    began = _message_id(incident, "began", site)
    message["Message-ID"] = _message_id(incident, "ended", site) if over else began
    if over:
        message["In-Reply-To"] = message["References"] = began
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(_body(incident, name, sentence, site), cte="quoted-printable")
    return message


def _message_id(incident: Incident, what: str, site: SiteConfig) -> str:
    began = incident.began_at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    return f"<incident-{incident.id}-{began}-{what}@{urlsplit(site.base_url).hostname}>"


def _body(incident: Incident, name: str, sentence: str, site: SiteConfig) -> str:
    if incident.ended_at is None:
        told = [f"{name}, since {moment(incident.began_at)}:", one_line(incident.message)]
    else:
        told = [
            f"{name}: the incident that began on {moment(incident.began_at)} was over on {moment(incident.ended_at)}.",
            f"Now: {one_line(sentence)}" if sentence else "",
            f"What it was: {one_line(incident.message)}",
        ]
    told += [
        f"Every source and its age: {site.base_url}/sources",
        "Times are New York time. This is told once when a source is not read as it should be, and once when it is "
        "read well again.",
    ]
    return "\n\n".join(part for part in told if part) + "\n"


def one_line(text: str) -> str:
    """A text on one line: what a source says must not begin a header of its own."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
