"""What is right and wrong with a set-up, in sentences."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from shutil import which
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session

from scrapers.git_archive import is_address
from tracker.config import Config
from tracker.database import reading
from tracker.held import table
from tracker.models import TRACKED, Alert, Matter, Run
from tracker.sync import ARCHIVE


class Finding(NamedTuple):
    """One thing that was looked at."""

    good: bool
    sentence: str


def findings(config: Config, engine: sa.Engine, now: datetime) -> Iterator[Finding]:
    """Look at settings, tools, record and sources."""
    yield Finding(True, f"The settings are valid; the database is {engine.url.render_as_string()}.")
    yield _contact(config)
    yield _git()
    yield _place(config)
    with reading(engine) as session:
        yield _matters(session)
        yield _archive(session, config, now)
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


def _archive(session: Session, config: Config, now: datetime) -> Finding:
    runs = table(Run)
    query = sa.select(runs).where(runs.c.source == ARCHIVE).order_by(runs.c.id.desc())
    last = session.execute(query.limit(1)).first()
    good = session.execute(query.where(runs.c.outcome == "ok").limit(1)).first()
    if last is not None and last.outcome in ("failed", "refused"):
        return Finding(False, f"The last read of the Council's archive failed: {last.message}")
    if good is None:
        return Finding(False, "The Council's archive was never read. Run 'tracker sync council-archive'.")
    age = now - good.finished_at
    hours = age // timedelta(hours=1)
    if hours > config.health.stale_after_hours[ARCHIVE]:
        return Finding(False, f"The Council's archive was last read {hours} hours ago. Run 'tracker sync' again.")
    return Finding(True, f"The Council's archive was last read {hours} hours ago.")


def _alerts(session: Session) -> Finding:
    count = session.execute(sa.select(sa.func.count()).select_from(table(Alert))).scalar() or 0
    if count:
        return Finding(True, f"{count:,} things in the sources were not understood; the page /sources lists them.")
    return Finding(True, "Everything in the sources was understood.")
