"""The Council by its API and by its pages: which matters a run asks for, and what it hands to `ingest`.

Both read every tracked matter each time, whatever the source says of when it was changed; both look for what is new.
One matter that cannot be read stops neither the others nor the next run's second try: the mark is not moved.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from scrapers.council_answers import Listed
from scrapers.council_api import Api, Dossier, next_watermark
from scrapers.council_pages import MatterPage
from scrapers.council_web import Site
from scrapers.errors import NothingFound, ScrapeError, SourceMissing
from scrapers.records import ActionRecord, ListedMatter, MatterRecord, Observation, Unreadable, VoteRecord
from tracker.database import writing
from tracker.errors import BadInput
from tracker.held import Held
from tracker.identity import is_foreign
from tracker.ingest import Result, Seen, Source, gathering, ingest, note_nothing_new
from tracker.queries.sources import LINK_GOOD, LINK_MISSING, LINKS
from tracker.readings import missed_before
from tracker.sync.visit import Patience, Recording, Visit, put_stamps
from tracker.truth import align

API = "council-api"
WEB = "council-web"
BATCH = 400  # matters of the monthly full read that one run takes on
NO_TOKEN = (
    "The Council's API answers nobody without a token. Ask for one at council.nyc.gov/legislation/api (it is free) "
    "and set TRACKER_LEGISTAR_TOKEN; until then the Council's pages and the archive are read."
)
KINDS = ("Introduction", "Resolution")


class Cursor(NamedTuple):
    """How far the API was read: the watermark, and how far the full read has come and when it began."""

    watermark: datetime | None = None
    full_after: int = 0
    full_began: datetime | None = None

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """The cursor that `str` wrote; a blank one where there is none."""
        if not text:
            return cls()
        watermark, after, began = text.split("|")
        return cls(_moment(watermark), int(after), _moment(began))

    def __str__(self) -> str:
        return "|".join((_iso(self.watermark), str(self.full_after), _iso(self.full_began)))


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def read_api(visit: Visit) -> Result:
    """What was changed since the last read, every tracked matter, and a part of the monthly full read."""
    if not visit.token:
        raise BadInput(NO_TOKEN)
    config = visit.config.council_api
    trip = _ApiTrip(visit, Api(visit.fetcher, config.address, visit.token), Cursor.parse(visit.cursor(API)))
    blank = Source(API, "live", config.address, str(trip.cursor), ())
    with gathering(visit.engine, blank, visit.clock):
        seen = trip.read()
    if not seen:
        return note_nothing_new(visit.engine, blank, visit.rule, visit.clock)
    source = Source(
        API, "live", config.address, str(trip.next_cursor()), seen, trust=visit.trust, doubts=tuple(trip.doubts)
    )
    result = ingest(visit.engine, source, visit.rule, visit.clock)
    with writing(visit.engine) as session:
        put_stamps(session, API, trip.stamps.items())
    return result


@dataclass(slots=True)
class _ApiTrip:
    """One read of the API; gathers first, so that nothing is held open while the network is waited for."""

    visit: Visit
    api: Api
    cursor: Cursor
    doubts: list[tuple[str, str]] = field(default_factory=list)
    stamps: dict[str, str] = field(default_factory=dict)
    _moments: list[datetime | None] = field(default_factory=list)
    _failed: bool = False
    _full_after: int = 0
    _full_began: datetime | None = None
    _patience: Patience = field(default_factory=Patience)

    def read(self) -> list[Seen]:
        """Every matter that is to be looked at, as observations."""
        stamps = self.visit.stamps(API)
        self._check_words(stamps)
        tracked = {held.record.source_id: held for held in self.visit.tracked()}
        changed = {listed.matter_id: listed for listed in self.api.changed_since(self._since())}
        self._moments = [listed.last_modified for listed in changed.values()]
        asked = [listed for key, listed in changed.items() if key in tracked or _stamp(listed) != stamps.get(key)]
        asked += [each for each in self._full_read() if each.matter_id not in changed]
        seen = [each for listed in asked for each in self._look(listed, tracked.get(listed.matter_id))]
        taken = {listed.matter_id for listed in asked}
        for key, held in tracked.items():
            if key not in taken and not is_foreign(key):
                seen += self._look(None, held)
        return seen

    def next_cursor(self) -> Cursor:
        """Where the next run begins; the mark stays where it was if anything could not be read."""
        if self._failed:
            return self.cursor
        days = self.visit.config.council_api.overlap_days
        mark = next_watermark(self.cursor.watermark, self._moments, days, self.visit.clock())
        return Cursor(mark, self._full_after, self._full_began)

    def _since(self) -> datetime:
        overlap = timedelta(days=self.visit.config.council_api.overlap_days)
        return self.cursor.watermark or self.visit.clock().astimezone(UTC) - overlap

    def _full_read(self) -> Iterator[Listed]:
        """The next batch of everything, or nothing where the last full read is young enough."""
        now, pause = self.visit.clock(), timedelta(days=self.visit.config.council_api.full_read_days)
        began, after = self.cursor.full_began, self.cursor.full_after
        if began is not None and after == 0 and now - began < pause:
            self._full_after, self._full_began = 0, began
            return
        batch = self.api.all_matters(after, BATCH)
        self._full_began = began if after else now
        self._full_after = int(batch[-1].matter_id) if len(batch) == BATCH else 0
        yield from batch

    def _look(self, listed: Listed | None, held: Held | None) -> Iterator[Seen]:
        key = listed.matter_id if listed else held.record.source_id if held else ""
        place = held.place if held else f"{API}/{key}"
        try:
            dossier = self.api.matter(key, listed, votes_known=_votes_of(held), results_known=_results_of(held))
        except SourceMissing as error:
            yield from self._missing(held, place, error)
            return
        except ScrapeError as error:
            self._failed = True
            yield Unreadable(self.visit.now(), place, self._patience.spend(error))
            return
        self._patience.again()
        if dossier.record is not None:
            yield self._observed(place, dossier)
        elif held:
            number = listed.file_number if listed else "a temporary number"
            yield Unreadable(self.visit.now(), place, f"{held.record.file_number} now bears {number}: look at it")
        if listed:
            self.stamps[key] = _stamp(listed)

    def _observed(self, place: str, dossier: Dossier) -> Observation:
        assert dossier.record is not None
        return self.visit.observed(place, dossier.record.url, dossier.answers, dossier.record)

    def _missing(self, held: Held | None, place: str, error: SourceMissing) -> Iterator[Seen]:
        """A matter that is not there: an outage until it is not there on another day."""
        if held is None:
            return
        file_number = held.record.file_number
        with writing(self.visit.engine) as session:
            gone = missed_before(session, held.id, API, held.source, file_number, self.visit.clock())
        if gone:
            yield Observation(self.visit.now(), place, error.subject, "", None)
        else:
            yield Unreadable(self.visit.now(), place, f"{file_number} was not found; it is believed on another day")

    def _check_words(self, stamps: dict[str, str]) -> None:
        """Words that are new in the Council's vocabularies are told before a matter bears them.

        What they hold when they are first read is no news; much of it is of land use and of other cities.
        """
        for kind, words in self.api.words().items():
            new = {f"{kind}:{code}": name for code, name in words if f"{kind}:{code}" not in stamps}
            self.stamps |= new
            if any(key.startswith(f"{kind}:") for key in stamps):
                self.doubts += [
                    (key, f'"{name}" is new in the Council\'s list of {kind}.') for key, name in new.items()
                ]


def _stamp(listed: Listed) -> str:
    return _iso(listed.last_modified)


def _votes_of(held: Held | None) -> dict[str, tuple[VoteRecord, ...]]:
    return {row.source_id: row.votes for row in held.record.actions if row.votes} if held else {}


def _results_of(held: Held | None) -> dict[str, str]:
    return {row.source_id: row.result for row in held.record.actions} if held else {}


def read_web(visit: Visit) -> Result:
    """Every tracked matter's page, and the pages of introductions and resolutions that are new."""
    config = visit.config.council_web
    recording = Recording(visit.fetcher)
    trip = _WebTrip(visit, Site(recording, config.address), recording)
    blank = Source(WEB, "live", config.address, "", ())
    with gathering(visit.engine, blank, visit.clock):
        seen = [*trip.tracked(), *trip.new()]
    with writing(visit.engine) as session:
        put_stamps(session, LINKS, trip.links.items())
    if not seen:
        return note_nothing_new(visit.engine, blank, visit.rule, visit.clock)
    return ingest(
        visit.engine, Source(WEB, "live", config.address, "", seen, trust=visit.trust), visit.rule, visit.clock
    )


@dataclass(slots=True)
class _WebTrip:
    """One read of the Council's pages."""

    visit: Visit
    site: Site
    recording: Recording
    links: dict[str, str] = field(default_factory=dict)  # whether the way by the gateway leads to the matter's page
    _patience: Patience = field(default_factory=Patience)

    def tracked(self) -> Iterator[Seen]:
        """The page of each tracked matter."""
        for held in self.visit.tracked():
            yield from self._look(held.place, held.record.file_number, held, held.record.url)

    def new(self) -> Iterator[Seen]:
        """The page of each listed matter that we do not hold. Two months without a bill are an error, not quiet."""
        known, listed = self.visit.known_numbers(), dict[str, ListedMatter]()
        for window in self.visit.config.council_web.search_windows:
            for kind in KINDS:
                listed |= {row.file_number: row for row in self.site.search(window, kind)}
        if not listed:
            raise NothingFound(self.site.address, "the search for new bills found none at all; look at the page")
        for file_number, row in listed.items():
            if file_number not in known:
                yield from self._look(f"{WEB}/{file_number}", file_number, None, row.address)

    def _look(self, place: str, file_number: str, held: Held | None, address: str) -> Iterator[Seen]:
        self.recording.taken()
        try:
            record = self._read(file_number, held, address)
        except SourceMissing as error:
            if held is not None:
                self.links[held.record.source_id] = LINK_MISSING
            reason = self._patience.spend(error)  # some are not public; that none is would be a redesign
            yield Unreadable(self.visit.now(), place, f"the Council's site shows no page for it: {reason}")
        except ScrapeError as error:
            yield Unreadable(self.visit.now(), place, self._patience.spend(error))
        else:
            self._patience.again()
            if held is not None:
                self.links[held.record.source_id] = LINK_GOOD
            yield self.visit.observed(place, record.url, self.recording.taken(), record)

    def _read(self, file_number: str, held: Held | None, address: str) -> MatterRecord:
        if held is None or is_foreign(held.record.source_id):
            page = self.site.matter(address, file_number)
        else:
            page = self.site.find(held.record.source_id, file_number)
        actions = self._with_votes(page, held.record.actions if held else ())
        # the text of a page serves to judge what nobody else has yet; the Council's own comes by API and archive
        return page.matter._replace(actions=actions, text=None if held else page.matter.text)

    def _with_votes(self, page: MatterPage, known: tuple[ActionRecord, ...]) -> tuple[ActionRecord, ...]:
        """The rows with their votes, asked for where there can be any and none are held."""
        rows = list(page.matter.actions)
        pairs = {theirs: mine for mine, theirs in align(known, rows).items()}
        for at, row in enumerate(rows):
            held = known[pairs[at]] if at in pairs else None
            if held and held.votes and held.result == row.result:
                rows[at] = row._replace(votes=held.votes)
            elif row.result and row.source_id in page.details:
                rows[at] = row._replace(votes=self.site.votes(page.details[row.source_id]).votes)
        return tuple(rows)
