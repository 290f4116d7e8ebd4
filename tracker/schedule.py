"""When each source is read, and the process that sees to it.

A job is a plain command in a process of its own: what it leaks or crashes goes with it, a replay's memory is given
back, and what the schedule does anybody can do by hand. Of all schedulers over one database one acts; the others stand
by and take over when it goes.

Times are New York wall clock, from 03:00 on. The clock there skips from 02:00 to 03:00 on one Sunday of March and
repeats 01:00 to 02:00 on one of November, so that a job would run never or twice; and APScheduler 3.11.3 leaves out
what is to run before 01:00 on the Monday after the skip (seen). "hourly" and "every" go by UTC, which does neither.
"""

import logging
import re
import signal
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from apscheduler.executors.pool import ThreadPoolExecutor  # type: ignore[import-untyped]
from apscheduler.schedulers.background import BackgroundScheduler  # type: ignore[import-untyped]
from apscheduler.triggers.base import BaseTrigger  # type: ignore[import-untyped]
from apscheduler.triggers.combining import OrTrigger  # type: ignore[import-untyped]
from apscheduler.triggers.cron import CronTrigger  # type: ignore[import-untyped]

from tracker.children import Children, Stop
from tracker.config import Config, ScheduleConfig
from tracker.database import connect, reading
from tracker.errors import ConfigError, DatabaseError
from tracker.health import TOKEN, last_tries
from tracker.locks import Busy, Hold, only_one
from tracker.models.mail import PERIODS
from tracker.wording import NEW_YORK, listed

LOCK: Final = "scheduler"
STANDBY_SECONDS: Final = 30.0  # how often a scheduler that stands by asks, and one that acts looks at its lock
AT_ONCE: Final = 3  # jobs side by side; each may hold a whole archive in memory
DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SOURCES: Final = (
    "council-archive", "council-api", "council-web", "hearings", "executive-orders", "mayor-news", "news-feeds",
    "news-sitemaps", "orders-archive",
)  # fmt: skip
COMMANDS: Final[Mapping[str, tuple[str, ...]]] = {
    **{source: ("sync", source) for source in SOURCES},
    "relink": ("relink", "--if-changed"),
    "captures": ("captures", "prune"),
    "health": ("health", "--tell"),
    **{f"digest-{period}": ("digest", period) for period in PERIODS},
    "send": ("send",),
    "purge": ("purge",),
}
FORMS: Final = '"06:10", "mon 07:00", "hourly :17", "every 5 minutes" or "every 6 hours"'

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]


class Job(NamedTuple):
    """One job: the command's arguments (``("sync", "hearings")``) and when it starts, the earliest trigger first."""

    name: str
    arguments: tuple[str, ...]
    triggers: tuple[BaseTrigger, ...]


def jobs(config: ScheduleConfig, environ: Mapping[str, str]) -> list[Job]:
    """The jobs of the settings, without the Council's API where its token is not set.

    Raises ConfigError for a job that does not exist, and for a time that means nothing or falls into the hours in which
    the clock is changed.
    """
    found = []
    for name, times in config.jobs.items():
        if name not in COMMANDS:
            raise ConfigError(f"[schedule] jobs.{name} is no job. There are {listed(list(COMMANDS))}.")
        triggers = tuple(parse_time(name, text, config.jitter_seconds) for text in times)
        if triggers and not (name == "council-api" and not environ.get(TOKEN, "").strip()):
            found.append(Job(name, COMMANDS[name], triggers))
    return found


def parse_time(job: str, text: str, jitter_seconds: int = 0) -> BaseTrigger:
    """ "06:10", "mon 07:00", "hourly :17", "every 5 minutes" as a trigger, put off at random by up to the jitter."""
    if match := re.fullmatch(rf"(?:({'|'.join(DAYS)}) )?([01]\d|2[0-3]):([0-5]\d)", text):
        day, hour, minute = match[1], int(match[2]), int(match[3])
        if hour < 3:
            raise ConfigError(
                f"[schedule] jobs.{job}: {text!r} is before 03:00, where a job runs twice or never when New York "
                "changes its clock. Take a time from 03:00 on."
            )
        return CronTrigger(day_of_week=day, hour=hour, minute=minute, timezone=NEW_YORK, jitter=jitter_seconds)
    if match := re.fullmatch(r"hourly :([0-5]\d)", text):
        return CronTrigger(minute=int(match[1]), timezone=UTC, jitter=jitter_seconds)
    if match := re.fullmatch(r"every ([1-9]\d?) (minute|hour)s?", text):
        number, unit = int(match[1]), match[2]
        if (60 if unit == "minute" else 24) % number:
            raise ConfigError(f"[schedule] jobs.{job}: {text!r} does not fit evenly into the {_span(unit)}.")
        when = {"minute": f"*/{number}"} if unit == "minute" else {"hour": f"*/{number}", "minute": "0"}
        return CronTrigger(**when, timezone=UTC, jitter=jitter_seconds)
    raise ConfigError(f"[schedule] jobs.{job}: {text!r} is no time. Write {FORMS}.")


def _span(unit: str) -> str:
    return "hour" if unit == "minute" else "day"


def first_start(job: Job, last_try: datetime | None, now: datetime, grace: timedelta) -> datetime:
    """When a job starts first after the scheduler did: a start missed by less than ``grace`` is made up for.

    ``last_try`` is when its source was last tried, so that a restart does not repeat what was done.
    """
    since = max(now - grace, last_try or now - grace)
    found: datetime = OrTrigger(job.triggers).get_next_fire_time(None, since)
    return found


def serve_schedule(
    config: Config, database_url: str, environ: Mapping[str, str], clock: Clock, config_path: Path | None = None
) -> None:
    """Run the jobs of the settings until SIGTERM or SIGINT; call it in the main thread.

    Each job is ``python -m tracker ...`` with this environment, the database and the settings put into it and not on
    the command line, where others on the machine could read a password. Raises ConfigError before anything starts.
    """
    planned = jobs(config.schedule, environ)
    environment = {**environ, "TRACKER_DATABASE_URL": database_url}
    if config_path is not None:
        environment["TRACKER_CONFIG"] = str(config_path)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    stop = Stop()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.ask())
    engine = connect(database_url)
    try:
        run(engine, planned, config.schedule, clock, stop, (sys.executable, "-m", "tracker"), environment)
    finally:
        engine.dispose()


def run(
    engine: sa.Engine,
    planned: Sequence[Job],
    config: ScheduleConfig,
    clock: Clock,
    stop: Stop,
    command: Sequence[str],
    environment: Mapping[str, str],
    standby_seconds: float = STANDBY_SECONDS,
) -> None:
    """Act as this database's scheduler until told to stop; where another acts, stand by and try again."""
    said = ""
    while not stop.asked:
        try:
            with only_one(engine, LOCK) as hold:
                _act(engine, planned, config, clock, stop, Children(command, environment), hold, standby_seconds)
                said = ""
        except (Busy, DatabaseError) as error:
            sentence = "Another scheduler is acting; this one stands by." if isinstance(error, Busy) else str(error)
            if sentence != said:
                log.info("%s", sentence)
            said = sentence
            stop.wait(standby_seconds)
    log.info("The scheduler has stopped.")


def _act(
    engine: sa.Engine,
    planned: Iterable[Job],
    config: ScheduleConfig,
    clock: Clock,
    stop: Stop,
    children: Children,
    hold: Hold,
    look_seconds: float,
) -> None:
    scheduler = _scheduler(engine, planned, config, clock, children)
    scheduler.start()
    log.info("The scheduler acts: %s.", listed([job.name for job in planned]) or "no jobs are set")
    try:
        while hold.alive():
            if stop.wait(look_seconds):
                return
        log.warning("The connection that bore the scheduler's lock is gone; its jobs are stopped.")
    finally:
        children.stop()
        scheduler.shutdown()


def _scheduler(
    engine: sa.Engine, planned: Iterable[Job], config: ScheduleConfig, clock: Clock, children: Children
) -> Any:
    """APScheduler with the jobs in memory. In the background: the main thread looks after the lock and the signals."""
    grace = timedelta(seconds=config.misfire_grace_seconds)
    scheduler = BackgroundScheduler(
        timezone=NEW_YORK,
        executors={"default": ThreadPoolExecutor(AT_ONCE)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": config.misfire_grace_seconds},
    )
    with reading(engine) as session:
        tried = last_tries(session)
    for job in planned:
        first = first_start(job, tried.get(job.name), clock(), grace)
        trigger = OrTrigger(job.triggers)
        scheduler.add_job(
            children.run, trigger, (job.name, job.arguments), id=job.name, name=job.name, next_run_time=first
        )
    return scheduler
