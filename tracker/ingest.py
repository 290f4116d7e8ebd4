"""One source, one run, one transaction: read, compare, write, say what happened.

A run that fails leaves one row in `run` with its sentence and nothing else. A run that loses more than a small share
of what is held, or cannot read more than a small share of what is there, stops: an outage must not look like news.
"""

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from operator import attrgetter

import sqlalchemy as sa
from sqlmodel import Session

from scrapers.errors import Refused, ScrapeError, Stopped
from scrapers.records import Observation, RelationRecord, Unreadable
from tracker import facts, search
from tracker.database import writing
from tracker.errors import BadInput, SourceShrank, TrackerError
from tracker.held import table
from tracker.judge import Judge
from tracker.law import returns
from tracker.ledger import Ledger, Sight
from tracker.models import Alert, Run
from tracker.posting import insert, post
from tracker.record import Facts
from tracker.restage import overrule, restage
from tracker.scope import Rule
from tracker.truth import EVEN, Trust
from tracker.wording import new_york_date

SHARE, FEW = 0.01, 20  # a source may lose, or garble, this share of its matters at once, or this many
CHUNK = 200_000  # changes held back before they are written

Clock = Callable[[], datetime]
Seen = Observation | Unreadable


@dataclass(frozen=True, slots=True)
class Source:
    """What a run reads: ``name`` and ``mode`` as in `models.Run`, ``cursor`` how far it reads.

    ``voice`` is the name under which its word is kept, where two runs speak for one source. ``relations`` replace what
    the source said of how matters stand to each other; ``doubts`` are (subject, sentence) that it could not resolve.
    ``covers`` is given where the run reads all there is, and says which places belong to it: what it then does not
    show is gone. ``facts`` come along with the starter record. ``accept_losses`` is an
    operator's word that a source rightly shrank.
    """

    name: str
    mode: str
    place: str
    cursor: str
    seen: Iterable[Seen]
    covers: Callable[[str], bool] | None = None
    facts: Facts | None = None
    accept_losses: bool = False
    trust: Trust = EVEN
    voice: str = ""
    relations: tuple[RelationRecord, ...] | None = None
    doubts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """What a run did. ``older`` observations were older than what is held and said nothing new."""

    run_id: int
    read: int
    older: int
    unreadable: int
    changes: int
    message: str


def ingest(engine: sa.Engine, source: Source, rule: Rule, clock: Clock) -> Result:
    """Take in one source. Raises what went wrong, after noting it in `run`."""
    started_at = clock()
    try:
        with _without_collector(), writing(engine) as session:
            return take(session, source, rule, clock, started_at)
    except (ScrapeError, TrackerError) as error:
        _note_failure(engine, source, started_at, clock(), error)
        if isinstance(error, ScrapeError):
            raise BadInput(str(error)) from error
        raise


def take(session: Session, source: Source, rule: Rule, clock: Clock, started_at: datetime) -> Result:
    """Take in one source inside a transaction of the caller's, beside what else belongs to it."""
    return _Intake(session, source, rule, clock, started_at).run()


@contextmanager
def gathering(engine: sa.Engine, source: Source, clock: Clock) -> Iterator[None]:
    """Around asking a source, before anything is compared: what goes wrong is noted in `run` and raised."""
    started_at = clock()
    try:
        yield
    except (ScrapeError, TrackerError) as error:
        _note_failure(engine, source, started_at, clock(), error)
        raise


@contextmanager
def recorded(engine: sa.Engine, source: Source, clock: Clock) -> Iterator[tuple[Session, Run]]:
    """One transaction and the row of its run, for what is not a matter: meetings, releases."""
    with gathering(engine, source, clock), writing(engine) as session:
        run = _new_run(session, source, clock())
        yield session, run
        run.outcome, run.finished_at = "ok", clock()
        raise_alerts(session, run.id or 0, list(source.doubts), clock())


def raise_alerts(session: Session, run_id: int, doubts: Sequence[tuple[str, str]], now: datetime) -> None:
    """Keep what was not understood until a person looks; what is known already is not said again."""
    known = {(row.subject, row.message) for row in session.execute(sa.select(table(Alert)))}
    rows = (
        {"run_id": run_id, "subject": subject, "message": message, "at": now}
        for subject, message in dict.fromkeys(doubts)
        if (subject, message) not in known
    )
    insert(session, Alert, rows)


@contextmanager
def _without_collector() -> Iterator[None]:
    """A run holds millions of tuples and makes no cycles: the collector would walk them over and over for nothing."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def last_cursor(session: Session, source_name: str) -> str:
    """How far the newest good run of a source read; "" where there is none."""
    runs = table(Run)
    query = (
        sa.select(runs.c.cursor)
        .where(runs.c.source == source_name, runs.c.outcome == "ok")
        .order_by(runs.c.id.desc())
        .limit(1)
    )
    return session.execute(query).scalar() or ""


def was_read(session: Session, source_name: str, cursor: str) -> bool:
    """Whether a good run of this source ended at this cursor before."""
    runs = table(Run)
    query = sa.select(runs.c.id).where(runs.c.source == source_name, runs.c.outcome == "ok", runs.c.cursor == cursor)
    return session.execute(query.limit(1)).first() is not None


def note_nothing_new(engine: sa.Engine, source: Source, rule: Rule, clock: Clock) -> Result:
    """Note that a source was asked and had nothing new: that, too, is how old the data is."""
    now = clock()
    with writing(engine) as session:
        restage(session, Judge.sitting(session, new_york_date(now), rule))
        run = _new_run(session, source, now)
        run.outcome, run.finished_at, run.message = "ok", now, "Nothing new."
        session.flush()
        return Result(run.id or 0, 0, 0, 0, 0, run.message)


def _new_run(session: Session, source: Source, now: datetime) -> Run:
    run = Run(
        source=source.name,
        mode=source.mode,
        place=source.place,
        started_at=now,
        outcome="running",
        cursor=source.cursor,
    )
    session.add(run)
    session.flush()
    return run


def _note_failure(engine: sa.Engine, source: Source, started_at: datetime, now: datetime, error: Exception) -> None:
    try:
        with writing(engine) as session:
            run = _new_run(session, source, started_at)
            run.outcome = _outcome_of(error)
            run.finished_at, run.message, run.cursor = now, str(error), ""
    except TrackerError:
        return  # the disk that was full still is; the caller raises the first error


def _outcome_of(error: Exception) -> str:
    if isinstance(error, Stopped):
        return "stopped"
    return "refused" if isinstance(error, SourceShrank | Refused) else "failed"


class _Intake:
    """One run under way."""

    def __init__(self, session: Session, source: Source, rule: Rule, clock: Clock, started_at: datetime) -> None:
        self._session = session
        self._source = source
        self._clock = clock
        self._run = _new_run(session, source, started_at)
        if source.facts is not None:
            facts.store(session, source.facts, started_at)
        self._judge = Judge.sitting(session, new_york_date(started_at), rule)
        self._ledger = Ledger(session, self._run.id or 0, source.voice or source.name, source.trust)
        self._read = self._older = 0
        self._unreadable: list[Unreadable] = []
        self._places: set[str] = set()

    def run(self) -> Result:
        last = 0
        for at, moment in groupby(self._source.seen, key=attrgetter("observed_at")):
            last = at
            self._take(datetime.fromtimestamp(at, UTC), list(moment))
            if self._ledger.pending > CHUNK:
                post(self._ledger, self._judge)
        if not self._read:
            raise BadInput(f"{self._source.place} holds no matters. Nothing was stored; check the address.")
        if self._source.covers is not None:
            self._lose_unseen(datetime.fromtimestamp(last, UTC), self._source.covers)
        self._check_share(len(self._unreadable), self._read, "cannot be read")
        post(self._ledger, self._judge)
        overrule(self._session, self._judge)
        restage(self._session, self._judge)
        if self._source.relations is not None:
            facts.relate(self._session, self._source.voice or self._source.name, self._source.relations)
        unread = [(seen.place, seen.reason) for seen in self._unreadable]
        doubts = [*self._source.doubts, *self._judge.doubts, *unread]
        raise_alerts(self._session, self._run.id or 0, doubts, self._clock())
        search.refresh(self._session)
        returns.find_returns(self._session, self._clock())
        return self._finish()

    def _take(self, at: datetime, moment: list[Seen]) -> None:
        ledger, gone = self._ledger, []
        moment = [self._identified(seen) for seen in moment]
        ledger.prefetch(seen.matter.source_id for seen in moment if isinstance(seen, Observation) and seen.matter)
        for seen in moment:
            self._read += 1
            self._places.add(seen.place)
            if isinstance(seen, Unreadable):
                self._unreadable.append(seen)
                continue
            before = ledger.places.get(seen.place)
            if before is not None and (seen.matter is None or seen.matter.source_id != before):
                gone.append((before, Sight(at, seen.place, seen.address, seen.digest)))
            if seen.matter is not None:
                self._see(seen, at)
        self._lose(gone)

    def _identified(self, seen: Seen) -> Seen:
        if isinstance(seen, Unreadable) or seen.matter is None:
            return seen
        matter = self._ledger.identified(seen.matter)
        return seen if matter is seen.matter else seen._replace(matter=matter)

    def _see(self, seen: Observation, at: datetime) -> None:
        assert seen.matter is not None
        held = self._ledger.held.get(seen.matter.source_id)
        if held is not None and (settled := self._ledger.settled_at(held)) is not None and at < settled:
            self._older += 1
            return
        # what is no law number is noted once and not held, or every run would find it changed again
        matter = seen.matter._replace(local_law=self._judge.law_number(seen.matter))
        self._ledger.see(matter, Sight(at, seen.place, seen.address, seen.digest))

    def _lose(self, gone: list[tuple[str, Sight]]) -> None:
        """Matters whose place is empty or another's now, unless they were seen at a new place meanwhile."""
        self._ledger.prefetch(source_id for source_id, _ in gone)
        lost = [
            (held, sight)
            for source_id, sight in gone
            if (held := self._ledger.held[source_id]).place == sight.place and held.removed_at is None
            and held.last_seen_at < sight.at and not self._ledger.readings.vouched(held, sight.at)
        ]  # fmt: skip
        if not self._source.accept_losses:
            self._check_share(len(lost), len(self._ledger.places), "are gone at once")
        for held, sight in lost:
            self._ledger.lose(held, sight)

    def _lose_unseen(self, at: datetime, covers: Callable[[str], bool]) -> None:
        unseen = [place for place in self._ledger.places if place not in self._places and covers(place)]
        self._lose([(self._ledger.places[place], Sight(at, place, place, "")) for place in unseen])

    def _check_share(self, part: int, whole: int, what: str) -> None:
        if part > max(FEW, SHARE * whole):
            raise SourceShrank(
                f"{self._source.place}: {part:,} of {whole:,} matters {what}. Ordinary life does not explain that, so "
                "the run stopped and nothing was stored. Look at the source first; where matters are rightly gone, "
                "sync with --accept-losses."
            )

    def _finish(self) -> Result:
        run = self._run
        run.outcome, run.finished_at = "ok", self._clock()
        run.read, run.unreadable, run.changes = self._read, len(self._unreadable), self._ledger.found
        run.message = "; ".join(_said(self._read, self._older, len(self._unreadable), self._ledger.found)) + "."
        self._session.flush()
        return Result(run.id or 0, run.read, self._older, run.unreadable, run.changes, run.message)


def _said(read: int, older: int, unreadable: int, changes: int) -> Iterator[str]:
    yield f"{read:,} documents read"
    yield f"{changes:,} changes recorded" if changes else "no changes"
    if older:
        yield f"{older:,} older than what is held, left out"
    if unreadable:
        yield f"{unreadable:,} could not be read (see alerts)"
