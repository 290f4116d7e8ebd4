"""Errors that readers report: what they typed -> a row that waits for an editor, and a mail to the site's contact.

The table is the outbox of that mail: a row that nobody was told of is told of the next time, and a mail that was sent
twice, because a process died in between, bears one Message-ID.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker.config import Config, MailConfig, SiteConfig, SuggestionsConfig
from tracker.database import reading, writing
from tracker.editing.suggestions import line_of, number_meant, plain
from tracker.errors import NotFound
from tracker.health import SMTP_PASSWORD, SMTP_USER
from tracker.language import _, counted
from tracker.mail.outbox import message_id
from tracker.mail.server import ADDRESS, Mailer, MailFailed, one_line, parsed_address
from tracker.models.reports import Report
from tracker.wording import count, moment, number_of

WHAT: Final = "report"  # the name of these attempts
WAITING: Final = "waiting"
LONGEST: Final = {"about": 300, "words": 2000, "evidence": 1000}  # characters
SHOWN: Final = 50  # so many at once, to an editor


@dataclass(frozen=True, slots=True)
class Typed:
    """What stood in the form, and by the name of the field what is wrong with it."""

    about: str = ""
    words: str = ""
    evidence: str = ""
    faults: Mapping[str, str] = field(default_factory=dict)
    file_number: str = ""


def read_form(session: Session, about: str, words: str, evidence: str) -> Typed:
    """The form's words checked; ``file_number`` is the measure that is meant, "" for none."""
    given = {"about": line_of(about), "words": plain(words), "evidence": plain(evidence)}
    faults = {name: _too_long(text, LONGEST[name]) for name, text in given.items() if len(text) > LONGEST[name]}
    if not given["words"]:
        faults["words"] = _("Say what is wrong, and if you can, what would be right.")
    number = number_meant(session, given["about"]) if given["about"] and "about" not in faults else ""
    return Typed(**given, faults=faults, file_number=number)


def _too_long(text: str, most: int) -> str:
    return _("Write %(most)s characters at most; these are %(these)s.", most=counted(most), these=counted(len(text)))


def is_full(session: Session, limits: SuggestionsConfig) -> bool:
    """Whether so many wait that no editor could look through more."""
    return waiting(session) >= limits.most_waiting


def waiting(session: Session) -> int:
    """How many wait for an editor."""
    return session.scalars(select(sa.func.count()).select_from(Report).where(Report.state == WAITING)).one()


def save(session: Session, typed: Typed, now: datetime) -> None:
    """Put it where an editor finds it; the same words on the same thing do not wait twice."""
    report = Report(
        about=typed.about, file_number=typed.file_number, words=typed.words, evidence=typed.evidence, at=now
    )
    same = [getattr(Report, name) == getattr(report, name) for name in ("about", "words", "evidence")]
    if session.scalars(select(Report.id).where(Report.state == WAITING, *same)).first() is None:
        session.add(report)


def of_readers(session: Session) -> Sequence[Report]:
    """For editors: those that wait, the oldest first, then those that are done, the latest first."""
    waits = select(Report).where(Report.state == WAITING).order_by(col(Report.id)).limit(SHOWN)
    done = select(Report).where(Report.state == "done").order_by(col(Report.decided_at).desc()).limit(SHOWN)
    return [*session.scalars(waits), *session.scalars(done)]


def set_state(session: Session, number: int, state: str, editor: str, now: datetime) -> None:
    """An editor is done with a report, or opens it again. Raises NotFound."""
    report = session.get(Report, number)
    if report is None:
        raise NotFound("There is no such report.")
    report.state = state
    report.decided_by, report.decided_at = (editor, now) if state == "done" else ("", None)
    session.add(report)


# Mail


def tell(engine: sa.Engine, config: Config, environ: Mapping[str, str], now: datetime) -> Iterator[str]:
    """Mail the site's contact what was reported since the last time; say what was done.

    Nothing is sent where no mail server is set, or the contact is no mail address. A mail that cannot be sent is tried
    again next time; nothing is locked while the server is waited for.
    """
    mail, contact = config.mail, config.site.contact
    if mail.paused or not (mail.host and mail.sender) or not ADDRESS.fullmatch(contact):
        return
    with reading(engine) as session:
        untold = select(Report).where(col(Report.told_at).is_(None), Report.state == WAITING)
        due = list(session.scalars(untold.order_by(col(Report.id)).limit(SHOWN)))
    if not due:
        return
    with Mailer(mail, environ.get(SMTP_USER, ""), environ.get(SMTP_PASSWORD, "")) as mailer:
        for report in due:
            try:
                mailer.send(as_mail(report, config.site, mail, now), contact)
            except MailFailed as error:
                yield f"{contact} could not be told of a reported error: {error} It is tried again next time."
                return
            with writing(engine) as session:
                session.execute(sa.update(Report).where(col(Report.id) == report.id).values(told_at=now))
    yield f"Told {contact} of {count(len(due), 'reported error')}."


def as_mail(report: Report, site: SiteConfig, mail: MailConfig, now: datetime) -> EmailMessage:
    """One report as a mail to the site's contact. Pure. Raises MailFailed where an address is none."""
    about = number_of(report.file_number) if report.file_number else one_line(report.about)[:80]
    message = EmailMessage(policy=SMTP)
    message["From"] = parsed_address(mail.sender)
    message["To"] = parsed_address(site.contact)
    message["Subject"] = f"Reported error: {about or 'no measure named'} ({one_line(site.title)})"
    message["Date"] = format_datetime(now.astimezone(UTC))
    made = report.at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    message["Message-ID"] = message_id(f"report-{report.id}-{made}", urlsplit(site.base_url).hostname or "localhost")
    message["Auto-Submitted"] = "auto-generated"
    parts = [
        f"A reader reports an error, {moment(report.at)} New York time. Who it was is not known.",
        f"About: {report.about or 'not said'}",
        report.words,
        f"How to check it: {report.evidence}" if report.evidence else "",
        f"All that wait: {site.base_url}/edit/reports",
    ]
    message.set_content("\n\n".join(part for part in parts if part) + "\n", cte="quoted-printable")
    return message
