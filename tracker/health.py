"""Is every source read as it should be, and has the operator been told where it is not.

A source is *failing* when its last try failed, *stale* when no good read is young enough, *short* when a read brought
far less than it usually brings; the first of these that holds is its state. An incident goes from the first of them to
the next good read; the operator is mailed once when it begins and once when it is over.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import takewhile
from statistics import median
from typing import Final, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker.config import Config
from tracker.database import reading, writing
from tracker.language import N_, _, counted, ngettext
from tracker.locks import only_one
from tracker.mail.server import Mailer, MailFailed, operator_mail
from tracker.models import Run
from tracker.models.sources import Incident
from tracker.truth import EDITORS
from tracker.wording import SOURCES, count, isolated, moment, source_name

TOKEN: Final = "TRACKER_LEGISTAR_TOKEN"
SMTP_USER, SMTP_PASSWORD = "TRACKER_SMTP_USER", "TRACKER_SMTP_PASSWORD"
TROUBLE: Final = ("failing", "stale", "short")
DECISIVE: Final = ("ok", "failed", "refused")  # a run that was stopped, or is not over, says nothing
INCREMENTAL: Final = ("council-archive", "council-api")  # they read what is new: how much that is, means nothing
USUAL_OF, ENOUGH = 10, 3  # what is usual is the median of so many reads, and of no fewer
LATE: Final = timedelta(days=2)  # an incident that ended before anybody was told of it is no news after that


@dataclass(frozen=True, slots=True)
class Rules:
    """When a source is in trouble. One without ``stale_after`` is never said to be stale.

    ``expected`` are the sources that the schedule reads; ``waiting`` says of each that cannot be read what it lacks.
    """

    stale_after: Mapping[str, timedelta] = field(default_factory=dict)
    least_share: float = 0.0
    expected: tuple[str, ...] = ()
    waiting: Mapping[str, str] = field(default_factory=dict)


class State(NamedTuple):
    """One source now. ``kind`` is ``ok``, ``failing``, ``stale``, ``short`` or ``unread``.

    ``since`` is the last good read of a source that is well, and the begin of the trouble of one that is not.
    ``outcome`` is that of the last try, ``error`` its sentence where it failed; ``read``, ``unreadable`` and
    ``changes`` count the last good read that brought anything, and ``usual`` is what such a read brings.
    """

    source: str
    kind: str
    sentence: str
    since: datetime | None = None
    last_good: datetime | None = None
    last_try: datetime | None = None
    outcome: str = ""
    error: str = ""
    read: int | None = None
    unreadable: int | None = None
    changes: int | None = None
    usual: int | None = None
    stale: bool = False

    @property
    def in_trouble(self) -> bool:
        return self.kind in TROUBLE

    def age(self, now: datetime) -> timedelta | None:
        """How long ago the source was last read well; None when it never was."""
        return now - self.last_good if self.last_good else None


def rules_of(config: Config, environ: Mapping[str, str]) -> Rules:
    """The rules that the settings and the environment make."""
    scheduled = tuple(name for name, times in config.schedule.jobs.items() if times and name in SOURCES)
    lacks = {} if environ.get(TOKEN, "").strip() else {"council-api": f"It needs a token: set {TOKEN}."}
    lacks |= {} if config.news.sitemaps else {"news-sitemaps": "No sitemap is set: [news] sitemaps is empty."}
    hours = config.health.stale_after_hours.items()
    return Rules({source: timedelta(hours=n) for source, n in hours}, config.health.least_share, scheduled, lacks)


def judge(source: str, runs: Sequence[Run], now: datetime, stale_after: timedelta | None, least_share: float) -> State:
    """The state of one source by its runs, the newest first.

    ``least_share`` is the least part of what is usual that a read may bring; 0 where that means nothing.
    """
    state = State(source, "unread", N_("It was not read yet."))
    if runs:
        state = state._replace(last_try=runs[0].started_at, outcome=runs[0].outcome)
    decisive = [run for run in runs if run.outcome in DECISIVE]
    good = [run for run in decisive if run.outcome == "ok"]
    if good:
        state = _with_good(state, good, now, stale_after, least_share)
    failures = [*takewhile(lambda run: run.outcome != "ok", decisive)]
    if failures:
        state = state._replace(kind="failing", sentence=_failing(failures[0], state), since=failures[-1].started_at)
        state = state._replace(error=failures[0].message)
    return state


def _with_good(
    state: State, good: Sequence[Run], now: datetime, stale_after: timedelta | None, least_share: float
) -> State:
    at = _ended(good[0])
    state = state._replace(kind="ok", sentence=_("It was read well on %(at)s.", at=moment(at)), since=at, last_good=at)
    state = _with_counts(state, good)
    if stale_after is not None and good[0].mode != "starter" and now - at > stale_after:
        return state._replace(kind="stale", sentence=_stale(at, stale_after), since=at + stale_after, stale=True)
    if state.read is not None and state.usual is not None and state.read < least_share * state.usual:
        return state._replace(kind="short", sentence=_short(at, state.read, state.usual))
    return state


def _with_counts(state: State, good: Sequence[Run]) -> State:
    """What the last good read brought that brought anything, and the median of those of its kind before it."""
    full = [run for run in good if run.read]
    if not full:
        return state
    last, *before = (run for run in full if run.mode == full[0].mode)
    usual = int(median(run.read for run in before[:USUAL_OF])) if len(before) >= ENOUGH else None
    return state._replace(read=last.read, unreadable=last.unreadable, changes=last.changes, usual=usual)


def _ended(run: Run) -> datetime:
    return run.finished_at or run.started_at


def _stale(at: datetime, limit: timedelta) -> str:
    hours = limit // timedelta(hours=1)
    return ngettext(
        "It was last read well on %(at)s, more than %(num)s hour ago.",
        "It was last read well on %(at)s, more than %(num)s hours ago.",
        hours,
        at=moment(at),
    )


def _short(at: datetime, read: int, usual: int) -> str:
    told = N_("It was read on %(at)s, and brought %(read)s where %(usual)s are usual.")
    return _(told, at=moment(at), read=counted(read), usual=counted(usual))


def _failing(run: Run, state: State) -> str:
    told = N_("The try of %(at)s failed: %(message)s.")
    if run.outcome == "refused":
        told = N_("The try of %(at)s was refused: %(message)s.")
    said = _(told, at=moment(run.started_at), message=isolated(run.message.rstrip(".")))
    good = _("It was last read well on %(at)s.", at=moment(state.last_good)) if state.last_good else ""
    return f"{said} {good}".rstrip()


def states(session: Session, rules: Rules, now: datetime) -> tuple[State, ...]:
    """Every source that the schedule reads or that was ever tried, in the order of `wording.SOURCES`."""
    tried = session.scalars(select(Run.source).where(col(Run.source) != EDITORS).distinct())
    names = sorted({*tried, *rules.expected}, key=lambda name: (_place(name), name))
    return tuple(_state(session, name, rules, now) for name in names)


def _place(source: str) -> int:
    return list(SOURCES).index(source) if source in SOURCES else len(SOURCES)


def _state(session: Session, source: str, rules: Rules, now: datetime) -> State:
    share = 0.0 if source in INCREMENTAL else rules.least_share
    found = judge(source, _runs(session, source), now, rules.stale_after.get(source), share)
    return found._replace(sentence=rules.waiting.get(source, found.sentence)) if found.kind == "unread" else found


def _runs(session: Session, source: str) -> list[Run]:
    """As many runs as a judgement needs, the newest first: the last ones, the last good one, those that are counted."""
    of_source, good = col(Run.source) == source, col(Run.outcome) == "ok"
    wanted = ((of_source, good), (of_source, good, col(Run.read) > 0), (of_source,))
    limits = (1, 2 * USUAL_OF, 2 * USUAL_OF)
    found = {
        run.id: run
        for conditions, limit in zip(wanted, limits, strict=True)
        for run in session.scalars(select(Run).where(*conditions).order_by(col(Run.id).desc()).limit(limit))
    }
    return sorted(found.values(), key=lambda run: run.id or 0, reverse=True)


def last_tries(session: Session) -> dict[str, datetime]:
    """When each source was last tried."""
    tries = sa.select(col(Run.source), sa.func.max(col(Run.started_at))).group_by(col(Run.source))
    return {row[0]: row[1] for row in session.execute(tries)}


def report(found: Sequence[State], now: datetime) -> dict[str, object]:
    """The states for machines. ``status`` is "ok", "degraded" where any is in trouble, "empty" before any try."""
    status = "degraded" if any(state.in_trouble for state in found) else "ok"
    if not any(state.last_try for state in found):
        status = "empty"
    return {"status": status, "sources": {state.source: _report(state, now) for state in found}}


def _report(state: State, now: datetime) -> dict[str, object]:
    age = state.age(now)
    return {
        "last_good": state.last_good.isoformat() if state.last_good else None,
        "age_seconds": int(age.total_seconds()) if age is not None else None,
        "last_try": state.last_try.isoformat() if state.last_try else None,
        "outcome": state.outcome or None,
        "stale": state.stale,
        "state": state.kind,
        "sentence": state.sentence,
    }


def open_incidents(session: Session) -> dict[str, Incident]:
    """The incident of each source that is in one."""
    return {row.source: row for row in session.scalars(select(Incident).where(col(Incident.ended_at).is_(None)))}


def incidents(session: Session, found: Sequence[State], now: datetime) -> None:
    """Begin an incident for each source that came into trouble, and end that of each that is well again."""
    held = open_incidents(session)
    for state in found:
        incident = held.get(state.source)
        if state.in_trouble and incident is None:
            session.add(Incident(source=state.source, message=state.sentence, began_at=state.since or now))
        elif state.kind == "ok" and incident is not None:
            incident.ended_at = max(state.since or now, incident.began_at)
            session.add(incident)


def check_health(
    config: Config, engine: sa.Engine, clock: Callable[[], datetime], environ: Mapping[str, str], *, tell: bool
) -> Iterator[str]:
    """Look at every source, keep the incidents, and with ``tell`` mail the operator; each line says one thing.

    Raises Busy where another process is at it.
    """
    with only_one(engine, "health"):
        now, rules = clock(), rules_of(config, environ)
        with writing(engine) as session:
            found = states(session, rules, now)
            incidents(session, found, now)
        yield from (f"{source_name(state.source)}: {state.sentence}" for state in found)
        if tell:
            yield from tell_operator(engine, found, config, environ, now)


def tell_operator(
    engine: sa.Engine, found: Sequence[State], config: Config, environ: Mapping[str, str], now: datetime
) -> Iterator[str]:
    """Mail what the operator was not told yet, and note it when the mail server has taken it; say what was done.

    A mail that cannot be sent is tried again next time. Nothing is locked while the server is waited for, so a crash
    between the two sends the same mail twice, under one Message-ID.
    """
    due = _due(engine, now)
    if not due:
        return
    if not (config.mail.host and config.mail.operator):
        yield f"Nobody is told of {count(len(due), 'incident')}: set [mail] host and operator in config.toml."
        return
    sentences = {state.source: state.sentence for state in found}
    with Mailer(config.mail, environ.get(SMTP_USER, ""), environ.get(SMTP_PASSWORD, "")) as mailer:
        for incident in due:
            sentence = sentences.get(incident.source, "")
            try:
                message = operator_mail(incident, sentence, config.site, config.mail, now)
                mailer.send(message, config.mail.operator)
            except MailFailed as error:
                yield f"{config.mail.operator} could not be told: {error} It is tried again next time."
                return
            _note_told(engine, incident, now)
            yield f"Told {config.mail.operator}: {message['Subject']}"


def _due(engine: sa.Engine, now: datetime) -> list[Incident]:
    """The incidents whose begin or end nobody was told of."""
    ended, told, end_told = col(Incident.ended_at), col(Incident.told_at), col(Incident.end_told_at)
    begun = sa.and_(ended.is_(None), told.is_(None))
    over = sa.and_(ended.is_not(None), end_told.is_(None), sa.or_(told.is_not(None), ended > now - LATE))
    with reading(engine) as session:
        return list(session.scalars(select(Incident).where(sa.or_(begun, over)).order_by(col(Incident.id))))


def _note_told(engine: sa.Engine, incident: Incident, now: datetime) -> None:
    noted = {"told_at": now} if incident.ended_at is None else {"end_told_at": now}
    with writing(engine) as session:
        session.execute(sa.update(Incident).where(col(Incident.id) == incident.id).values(**noted))
