"""What is right and wrong with a set-up, in sentences."""

import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from shutil import which
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session

from scrapers.git_archive import is_address
from tracker.config import Config
from tracker.database import reading
from tracker.digests import runs as digest_runs
from tracker.health import Rules, rules_of, states
from tracker.held import table
from tracker.mail.deliveries import waiting
from tracker.mail.server import MailFailed, checked_address
from tracker.models import TRACKED, Alert, Matter
from tracker.wording import moment, source_name


class Finding(NamedTuple):
    """One thing that was looked at."""

    good: bool
    sentence: str


def findings(
    config: Config, engine: sa.Engine, now: datetime, environ: Mapping[str, str] = os.environ
) -> Iterator[Finding]:
    """Look at settings, tools, record and sources."""
    yield Finding(True, f"The settings are valid; the database is {engine.url.render_as_string()}.")
    yield _contact(config)
    yield _git()
    yield _place(config)
    yield _mail(config)
    yield _subscribers(config, engine)
    with reading(engine) as session:
        yield _matters(session)
        yield from (Finding(False, digest_runs.told(held)) for held in digest_runs.holds(session))
        yield from _sources(session, rules_of(config, environ), now)
        yield _alerts(session)


def _contact(config: Config) -> Finding:
    contact = config.site.contact
    if "@" in contact or "://" in contact:
        return Finding(True, f"Readers and webmasters are told to write to {contact}.")
    return Finding(False, "[site] contact in config.toml is empty: set it, so that readers can report an error.")


def _git() -> Finding:
    if which("git"):
        return Finding(True, "git is installed, so the Council's archive can be read.")
    return Finding(False, "git is not installed, so the Council's archive cannot be read. Install it.")


def _place(config: Config) -> Finding:
    place = config.council_archive.place
    if is_address(place) or Path(place).exists():
        return Finding(True, f"The Council's archive is read from {place}.")
    return Finding(False, f"[council_archive] place: there is no {place}.")


def _matters(session: Session) -> Finding:
    matters = table(Matter)
    present = matters.c.removed_at.is_(None)
    count = session.execute(sa.select(sa.func.count()).select_from(matters).where(present)).scalar() or 0
    tracked = sa.select(sa.func.count()).select_from(matters).where(present, matters.c.scope.in_(TRACKED))
    if not count:
        return Finding(False, "The record is empty. Run 'tracker up' once, or 'tracker sync council-archive'.")
    return Finding(True, f"The record holds {count:,} matters, {session.execute(tracked).scalar():,} of them tracked.")


def _sources(session: Session, rules: Rules, now: datetime) -> Iterator[Finding]:
    for state in states(session, rules, now):
        sentence = f"{source_name(state.source)}: {state.sentence}"
        if state.kind == "unread" and state.source not in rules.waiting:
            yield Finding(False, f"{sentence} Run 'tracker sync {state.source}', or wait for its time.")
        else:
            yield Finding(not state.in_trouble, sentence)


def _mail(config: Config) -> Finding:
    mail = config.mail
    if not (mail.host and mail.operator):
        return Finding(True, "Nobody is mailed when a source fails: [mail] host and operator are not both set.")
    try:
        told, _ = checked_address(mail.operator), checked_address(mail.sender)
    except MailFailed as error:
        return Finding(False, f"[mail] sender or operator: {error}")
    return Finding(True, f"{told} is mailed when a source fails.")


def _subscribers(config: Config, engine: sa.Engine) -> Finding:
    count, oldest = waiting(engine)
    mails = f"Mails to subscribers that wait: {count:,}" + (f", the oldest since {moment(oldest)}" if oldest else "")
    if config.mail.paused:
        return Finding(False, f"[mail] paused is true: nothing is sent to subscribers. {mails}.")
    if not (config.mail.host and config.mail.sender):
        return Finding(not count, f"No mail is sent to subscribers: [mail] host and sender are not both set. {mails}.")
    return Finding(True, f"{mails}.")


def _alerts(session: Session) -> Finding:
    count = session.execute(sa.select(sa.func.count()).select_from(table(Alert))).scalar() or 0
    if count:
        return Finding(True, f"{count:,} things in the sources were not understood; the page /sources lists them.")
    return Finding(True, "Everything in the sources was understood.")
