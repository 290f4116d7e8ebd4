"""Coming meetings of the Council: the calendar, and the agendas of those that are near.

With a token by the API, else by the site's own calendar. A calendar without a single meeting is an error.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from scrapers.answers import Answer
from scrapers.council_api import Api
from scrapers.council_web import Site
from scrapers.errors import NothingFound, ScrapeError
from scrapers.records import MeetingRecord
from tracker import hearings
from tracker.ingest import Result, Source, gathering, recorded
from tracker.sync.visit import Patience, Recording, Visit
from tracker.wording import new_york_date

HEARINGS = "hearings"
BACK, AHEAD = timedelta(days=30), timedelta(days=180)  # which days of the calendar are read
AGENDA_BACK, AGENDA_AHEAD = timedelta(days=3), timedelta(days=60)  # whose agendas

Items = Callable[[MeetingRecord], MeetingRecord]


def read_hearings(visit: Visit) -> Result:
    """Store the calendar as it is now, and tell what moved for a matter we follow."""
    today = new_york_date(visit.clock())
    trip = _Trip(visit, Recording(visit.fetcher), today)
    place = visit.config.council_api.address if visit.token else visit.config.council_web.address
    blank = Source(HEARINGS, "live", place, "", ())
    with gathering(visit.engine, blank, visit.clock):
        meetings = trip.by_api() if visit.token else trip.by_site()
    source = Source(HEARINGS, "live", place, "", (), doubts=(*trip.doubts, *hearings.doubts(meetings)))
    with recorded(visit.engine, source, visit.clock) as (session, run):
        assert run.id is not None
        window = trip.window(meetings)
        changes = hearings.store(session, run.id, meetings, visit.clock(), window, digest=trip.digest())
        run.read, run.unreadable, run.changes = len(meetings), len(trip.doubts), changes
        run.message = (
            f"{len(meetings):,} meetings read; {changes:,} changes recorded."
            if changes
            else (f"{len(meetings):,} meetings read; no changes.")
        )
        return Result(run.id, run.read, 0, run.unreadable, changes, run.message)


@dataclass(slots=True)
class _Trip:
    """One read of the calendar."""

    visit: Visit
    recording: Recording
    today: date
    doubts: list[tuple[str, str]] = field(default_factory=list)
    _answers: list[Answer] = field(default_factory=list)
    _patience: Patience = field(default_factory=Patience)

    def by_api(self) -> list[MeetingRecord]:
        """Meetings and agendas from the API."""
        api = Api(self.recording, self.visit.config.council_api.address, self.visit.token)
        listed = api.events(self.today - BACK, self.today + AHEAD)
        return self._with_agendas(listed, lambda met: met._replace(items=api.agenda(met.source_id)))

    def by_site(self) -> list[MeetingRecord]:
        """Meetings and agendas from the Council's pages."""
        site = Site(self.recording, self.visit.config.council_web.address)
        listed = {
            met.source_id: met
            for window in self.visit.config.council_web.calendar_windows
            for met in site.calendar(window)
        }
        return self._with_agendas(listed.values(), lambda met: met._replace(items=site.meeting(met.url).items))

    def window(self, meetings: list[MeetingRecord]) -> tuple[date, date]:
        """The days that the calendar was asked for: a meeting that is held in them and not listed is gone from it."""
        if self.visit.token:
            return self.today - BACK, self.today + AHEAD
        days = [date.fromisoformat(met.held_on) for met in meetings]
        return min(days), max(days)

    def digest(self) -> str:
        """The calendar's own answers, kept as one bundle."""
        answers = [*self._answers, *self.recording.taken()]
        return self.visit.archive.bundle([(answer.address, answer.digest) for answer in answers])

    def _with_agendas(self, listed: Iterable[MeetingRecord], look: Items) -> list[MeetingRecord]:
        meetings = list(listed)
        self._answers += self.recording.taken()
        if not meetings:
            raise NothingFound(self.visit.config.council_web.address, "the calendar lists no meeting; look at the page")
        return [self._looked_at(met, look) if self._is_near(met) else met for met in meetings]

    def _is_near(self, met: MeetingRecord) -> bool:
        day = date.fromisoformat(met.held_on)
        near = self.today - AGENDA_BACK <= day <= self.today + AGENDA_AHEAD
        return near and bool(met.url or self.visit.token) and not hearings.is_called_off(met.status)

    def _looked_at(self, met: MeetingRecord, look: Items) -> MeetingRecord:
        try:
            found = look(met)
        except ScrapeError as error:
            self.doubts.append((met.url or met.source_id, self._patience.spend(error)))
            return met
        self._patience.again()
        self._answers += self.recording.taken()
        return found
