"""What every page needs: the database, the clock and a few words about this site; given once to `create_app`."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import cast

import sqlalchemy as sa
from flask import current_app
from sqlmodel import Session

from tracker import database, wording
from tracker.config import SubscribeConfig, SuggestionsConfig
from tracker.health import Rules
from tracker.secret import Secret

SUGGESTIONS = SuggestionsConfig(per_hour=5, per_day=20, most_waiting=500)


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """Words about this site, and when a source is in trouble.

    `contact` is a mail address, `base_url` has no slash at its end; either may be "". `subscribing` is None on a site
    that sends no mail; `bounce_token` is what a mail server must show to report what came back, "" where none may.
    """

    title: str = "NYC Sanctuary Law Tracker"
    contact: str = ""
    base_url: str = ""
    health: Rules = Rules()
    suggestions: SuggestionsConfig = field(default=SUGGESTIONS, kw_only=True)
    source_code: str = field(default="", kw_only=True)
    subscribing: SubscribeConfig | None = field(default=None, kw_only=True)
    bounce_token: str = field(default="", kw_only=True, repr=False)


@dataclass(frozen=True, slots=True)
class Site:
    """What `create_app` was given. Pages ask here, never for the machine's own time."""

    engine: sa.Engine
    clock: Callable[[], datetime]
    settings: SiteSettings
    secret: Secret

    def now(self) -> datetime:
        """The moment, aware, in UTC."""
        return self.clock()

    def today(self) -> date:
        """The date in New York."""
        return wording.new_york_date(self.clock())

    def reading(self) -> AbstractContextManager[Session]:
        return database.reading(self.engine)

    def writing(self) -> AbstractContextManager[Session]:
        return database.writing(self.engine)


def site() -> Site:
    """The site that answers this request."""
    return cast(Site, current_app.extensions["tracker"])
