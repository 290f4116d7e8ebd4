"""When jobs start, on the nights when the clock is changed too, and that exactly one scheduler starts them."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import IO

import pytest
import sqlalchemy as sa
from apscheduler.triggers.base import BaseTrigger  # type: ignore[import-untyped]

from tracker import schedule, wording
from tracker.children import Children, Stop
from tracker.config import ScheduleConfig, load_config
from tracker.database import connect, upgrade, writing
from tracker.errors import ConfigError
from tracker.health import last_tries
from tracker.locks import only_one
from tracker.models import Run
from tracker.schedule import Job, first_start, jobs, parse_time
from tracker.wording import NEW_YORK

SPRING, AUTUMN = date(2026, 3, 8), date(2026, 11, 1)  # the Sundays on which New York changes its clock
TOKEN = {"TRACKER_LEGISTAR_TOKEN": "x"}


def starts(trigger: BaseTrigger, since: datetime, count: int) -> list[datetime]:
    """The next starts, as APScheduler finds them: each from the one before."""
    found: list[datetime] = []
    for _ in range(count):
        before = found[-1] if found else None
        found.append(trigger.get_next_fire_time(before, before or since))
    return found


def new_york(day: date, hour: int = 0) -> datetime:
    return datetime.combine(day, time(hour), NEW_YORK)


def settings(**times: tuple[str, ...]) -> ScheduleConfig:
    return ScheduleConfig(jitter_seconds=0, misfire_grace_seconds=3600, jobs=times)


# Times


@pytest.mark.parametrize("day", [SPRING, AUTUMN])
@pytest.mark.parametrize("text", ["03:00", "06:10", "23:59"])
def test_a_daily_job_runs_once_on_every_day_at_its_hour(day: date, text: str) -> None:
    found = starts(parse_time("hearings", text), new_york(day - timedelta(days=1)), 3)
    assert [f"{each.astimezone(NEW_YORK):%d %H:%M}" for each in found] == [
        f"{day + timedelta(days=n):%d} {text}" for n in (-1, 0, 1)
    ]


@pytest.mark.parametrize("day", [SPRING, AUTUMN])
def test_an_hourly_job_runs_every_sixty_minutes_whatever_the_clock_shows(day: date) -> None:
    found = starts(parse_time("council-archive", "hourly :17"), new_york(day), 12)
    moments = [each.astimezone(UTC) for each in found]
    assert {later - earlier for earlier, later in zip(moments, moments[1:], strict=False)} == {timedelta(hours=1)}
    assert {each.minute for each in moments} == {17}


@pytest.mark.parametrize(("text", "minutes"), [("every 5 minutes", 5), ("every 1 minute", 1), ("every 6 hours", 360)])
def test_an_interval_is_even_and_does_not_depend_on_when_the_program_started(text: str, minutes: int) -> None:
    found = [starts(parse_time("health", text), new_york(AUTUMN) + timedelta(seconds=n), 4) for n in (1, 59)]
    assert found[0] == found[1]
    assert {b - a for a, b in zip(found[0], found[0][1:], strict=False)} == {timedelta(minutes=minutes)}


def test_a_weekly_job_runs_on_its_day() -> None:
    first, second = starts(parse_time("orders-archive", "mon 07:00"), new_york(SPRING), 2)
    assert (f"{first:%a %d %H:%M}", second.replace(tzinfo=None) - first.replace(tzinfo=None)) == (
        "Mon 09 07:00",
        timedelta(days=7),
    )


@pytest.mark.parametrize("text", ["00:00", "01:00", "01:30", "02:59", "sun 02:30", "mon 00:30"])
def test_a_time_that_comes_twice_or_never_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(ConfigError, match=r"jobs\.hearings: .* runs twice or never when .* Take a time from 03:00 on"):
        parse_time("hearings", text)


@pytest.mark.parametrize("day", [SPRING, AUTUMN])
@pytest.mark.parametrize("name", schedule.DAYS)
def test_a_weekly_job_leaves_out_no_week(day: date, name: str) -> None:
    found = starts(parse_time("orders-archive", f"{name} 03:00"), new_york(day - timedelta(days=10)), 4)
    assert {(b.replace(tzinfo=None) - a.replace(tzinfo=None)).days for a, b in zip(found, found[1:], strict=False)} == {
        7
    }


@pytest.mark.parametrize(
    "text", ["", "6:10", "24:00", "06:60", "06:10:00", "hourly 17", "hourly :60", "mo 07:00", "every 0 minutes",
             "never", "every 5 days", "06:10 ", "\u0660\u0666:10"]
)  # fmt: skip
def test_what_is_no_time_is_named_with_its_job(text: str) -> None:
    with pytest.raises(ConfigError, match=r'jobs\.hearings: .* is no time\. Write "06:10"'):
        parse_time("hearings", text)


@pytest.mark.parametrize("text", ["every 7 minutes", "every 5 hours", "every 61 minutes"])
def test_an_interval_that_would_limp_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="does not fit evenly"):
        parse_time("hearings", text)


def test_a_start_is_put_off_by_no_more_than_the_jitter() -> None:
    on_time = new_york(SPRING, 6)
    late = {
        parse_time("hearings", "06:00", 120).get_next_fire_time(None, new_york(SPRING)) - on_time for _ in range(99)
    }
    assert timedelta(0) <= min(late) < max(late) <= timedelta(seconds=120)


# Jobs


def test_the_shipped_settings_run_every_source_the_captures_and_the_health() -> None:
    planned = jobs(load_config(None, {}).schedule, TOKEN)
    assert {job.name: job.arguments for job in planned} == schedule.COMMANDS
    assert all(job.triggers for job in planned)


def test_every_source_that_can_be_read_has_a_job() -> None:
    from tracker.sync.sources import READERS

    assert set(schedule.SOURCES) == set(READERS)


@pytest.mark.parametrize("environ", [{}, {"TRACKER_LEGISTAR_TOKEN": " "}])
def test_the_councils_api_is_left_out_without_its_token(environ: dict[str, str]) -> None:
    config = load_config(None, {}).schedule
    without = {job.name for job in jobs(config, environ)}
    assert {job.name for job in jobs(config, TOKEN)} - without == {"council-api"}


def test_the_health_knows_the_same_sources() -> None:
    config = load_config(None, {})
    assert set(config.health.stale_after_hours) == set(schedule.SOURCES)
    by_hand = {"starter-record", "articles-added", "articles-relinked", "news-backfill"}
    assert set(wording.SOURCES) - by_hand == set(schedule.SOURCES)


def test_a_job_without_times_does_not_run_by_itself() -> None:
    assert jobs(settings(hearings=()), TOKEN) == []


def test_a_job_that_does_not_exist_and_a_wrong_time_of_the_api_without_token_are_named() -> None:
    with pytest.raises(ConfigError, match=r"\[schedule\] jobs\.hearing is no job\. There are council-archive, "):
        jobs(settings(hearing=("06:10",)), TOKEN)
    with pytest.raises(ConfigError, match=r"jobs\.council-api: 'soon' is no time"):
        jobs(settings(**{"council-api": ("soon",)}), {})


# The first start


def first(text: str, last_try: datetime | None, now: datetime) -> str:
    job = Job("hearings", ("sync", "hearings"), (parse_time("hearings", text),))
    return f"{first_start(job, last_try, now, timedelta(hours=1)).astimezone(NEW_YORK):%d %H:%M}"


def test_a_start_that_was_missed_within_the_grace_is_made_up_for_once() -> None:
    now = new_york(SPRING, 7)
    assert first("06:10", None, now) == "08 06:10"
    assert first("06:10", new_york(SPRING - timedelta(days=1), 6), now) == "08 06:10"
    assert first("06:10", now - timedelta(minutes=49), now) == "09 06:10"
    assert first("05:50", None, now) == "09 05:50"
    assert first("07:10", None, now) == "08 07:10"


def test_the_last_try_of_each_source_is_known(database: sa.Engine) -> None:
    early, late = datetime(2026, 8, 21, 10, tzinfo=UTC), datetime(2026, 8, 21, 12, tzinfo=UTC)
    with writing(database) as session:
        for at, outcome in ((late, "failed"), (early, "ok")):
            session.add(Run(source="hearings", mode="live", place="", started_at=at, outcome=outcome))
        session.flush()
        assert last_tries(session) == {"hearings": late}


# Processes

SAYS = "import sys; print('one'); print('the last word', file=sys.stderr); sys.exit(int(sys.argv[1]))"
# a job that says when it began and how it ended, into a pipe with a name
JOB = """
import os, signal, sys
def told(*_):
    with open(sys.argv[1], "a") as pipe:
        pipe.write("asked to end\\n")
    os._exit(0)
signal.signal(signal.SIGTERM, told)
with open(sys.argv[1], "a") as pipe:
    pipe.write(f"began {os.getpid()} {os.environ.get('TRACKER_DATABASE_URL')}\\n")
while True:
    signal.pause()
"""
STUBBORN = JOB.replace("os._exit(0)", "pass")
# the scheduler over a database, with one job that is due now
SCHEDULER = """
import logging, signal, sys
from datetime import UTC, datetime
from apscheduler.triggers.date import DateTrigger
from tracker.children import Stop
from tracker.config import ScheduleConfig
from tracker.database import connect
from tracker.schedule import Job, run
url, job, pipe = sys.argv[1:]
logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
logging.getLogger("apscheduler").setLevel(logging.WARNING)
stop = Stop()
signal.signal(signal.SIGTERM, lambda *_: stop.ask())
now = lambda: datetime.now(UTC)
config = ScheduleConfig(jitter_seconds=0, misfire_grace_seconds=3600, jobs={})
planned = [Job("hearings", (job, pipe), (DateTrigger(now()),))]
run(connect(url), planned, config, now, stop, (sys.executable, "-c"), {"TRACKER_DATABASE_URL": url}, 0.2)
"""


@pytest.fixture
def pipe(tmp_path: Path) -> Iterator[IO[str]]:
    """A pipe with a name, held open at both ends so that neither side ever waits for the other to open it."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    descriptor = os.open(path, os.O_RDWR)
    with os.fdopen(os.dup(descriptor), "w"), os.fdopen(descriptor, "r") as reader:
        yield reader


@contextmanager
def scheduler(url: str, pipe: Path, job: str = JOB) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", SCHEDULER, url, job, str(pipe)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().rstrip("\n")


def test_sigterm_in_the_middle_of_a_job_ends_it_and_the_scheduler_cleanly(
    database: sa.Engine, blank_url: str, tmp_path: Path, pipe: IO[str]
) -> None:
    with scheduler(blank_url, tmp_path / "pipe") as process:
        assert line(process) == "The scheduler acts: hearings."
        began, pid, url = pipe.readline().split()
        assert (began, url) == ("began", blank_url)
        process.send_signal(signal.SIGTERM)
        assert pipe.readline() == "asked to end\n"
        assert (line(process), line(process)) == ("hearings: done", "The scheduler has stopped.")
        assert process.wait() == 0
        with pytest.raises(ProcessLookupError):
            os.kill(int(pid), 0)


def test_of_two_schedulers_one_acts_and_the_other_takes_over_when_it_is_killed(
    database: sa.Engine, blank_url: str, tmp_path: Path, pipe: IO[str]
) -> None:
    with scheduler(blank_url, tmp_path / "pipe") as leader:
        assert line(leader) == "The scheduler acts: hearings."
        pid = int(pipe.readline().split()[1])
        with scheduler(blank_url, tmp_path / "pipe") as standby:
            assert line(standby) == "Another scheduler is acting; this one stands by."
            leader.kill()
            leader.wait()
            os.kill(pid, signal.SIGKILL)  # its job outlives a scheduler that was killed
            assert line(standby) == "The scheduler acts: hearings."
            assert pipe.readline().startswith("began")
            standby.send_signal(signal.SIGTERM)
            assert standby.wait() == 0


def test_a_scheduler_that_stands_by_stops_at_once(database: sa.Engine, blank_url: str, tmp_path: Path) -> None:
    with only_one(database, schedule.LOCK), scheduler(blank_url, tmp_path / "pipe") as process:
        assert line(process) == "Another scheduler is acting; this one stands by."
        process.send_signal(signal.SIGTERM)
        assert line(process) == "The scheduler has stopped."
        assert process.wait() == 0


def test_a_scheduler_whose_lock_was_cut_stops_its_jobs_and_takes_the_lock_anew(
    database: sa.Engine, blank_url: str, tmp_path: Path, pipe: IO[str]
) -> None:
    if database.dialect.name != "postgresql":
        pytest.skip("a lock on a file cannot be cut")
    with scheduler(blank_url, tmp_path / "pipe") as process:
        assert line(process) == "The scheduler acts: hearings."
        assert pipe.readline().startswith("began")
        with database.connect() as connection:
            cut = "SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_database d ON d.oid = database"
            connection.execute(sa.text(f"{cut} WHERE locktype = 'advisory' AND datname = current_database()"))
        assert line(process) == "The connection that bore the scheduler's lock is gone; its jobs are stopped."
        assert pipe.readline() == "asked to end\n"
        assert line(process) == "hearings: done"
        assert line(process) == "The scheduler acts: hearings."


def logged(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    return [(record.levelname, record.message) for record in caplog.records if record.name == "tracker.children"]


def test_the_last_line_of_a_job_is_logged_with_its_exit_code(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    children = Children((sys.executable, "-c", SAYS), dict(os.environ))
    children.run("hearings", ("0",))
    children.run("hearings", ("75",))
    children.run("captures", ("import os",))  # the argument is no number: a traceback, whose last line says so
    assert logged(caplog)[:2] == [
        ("INFO", "hearings: the last word"),
        ("ERROR", "hearings ended with 75: the last word"),
    ]
    assert logged(caplog)[2][1].startswith("captures ended with 1: ValueError: ")


def test_a_job_that_was_killed_from_outside_is_told_by_its_signal(caplog: pytest.LogCaptureFixture) -> None:
    Children((sys.executable, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"), {}).run("hearings", ())
    assert logged(caplog) == [("ERROR", "hearings was ended by signal 9: it said nothing")]


def test_a_job_that_will_not_end_is_killed_with_its_own_children(
    tmp_path: Path, pipe: IO[str], caplog: pytest.LogCaptureFixture
) -> None:
    children = Children((sys.executable, "-c", STUBBORN, str(tmp_path / "pipe")), {}, patience_seconds=0.1)
    thread = threading.Thread(target=children.run, args=("hearings", ()))
    thread.start()
    pid = int(pipe.readline().split()[1])
    children.stop()
    thread.join()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert logged(caplog) == [("ERROR", "hearings was ended by signal 9: it said nothing")]
    children.run("hearings", ())
    assert len(logged(caplog)) == 1, "something was started after the stop"


def test_a_wish_to_stop_ends_a_wait_and_is_not_forgotten() -> None:
    stop = Stop()
    assert not stop.wait(0)
    stop.ask()
    assert stop.wait(3600)
    assert stop.wait(3600)


def test_the_command_refuses_wrong_times_before_anything_starts(tmp_path: Path) -> None:
    config = load_config(None, {})
    wrong = config.model_copy(update={"schedule": settings(hearings=("soon",))})
    with pytest.raises(ConfigError, match="'soon' is no time"):
        schedule.serve_schedule(wrong, f"sqlite:///{tmp_path}/x.db", {}, lambda: datetime(2026, 8, 21, tzinfo=UTC))
    assert not list(tmp_path.iterdir())


SERVE = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from tracker.config import ScheduleConfig, load_config
from tracker.schedule import serve_schedule
config = load_config(None, {})
plan = ScheduleConfig(jitter_seconds=0, misfire_grace_seconds=3600, jobs={"hearings": ("06:10",)})
serve_schedule(config.model_copy(update={"schedule": plan}), sys.argv[1], {}, lambda: datetime.now(UTC))
"""


def test_the_command_says_what_it_does_and_ends_with_0_on_sigterm(record: sa.Engine) -> None:
    url = record.url.render_as_string(hide_password=False)
    with subprocess.Popen([sys.executable, "-c", SERVE, url], stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        said = iter(process.stderr.readline, "")
        assert any("The scheduler acts: hearings." in line for line in said)
        process.send_signal(signal.SIGTERM)
        assert any("The scheduler has stopped." in line for line in said)
        assert process.wait() == 0


def test_a_database_that_is_not_there_is_waited_for(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The tables come with another command; until then the scheduler says what is missing, once."""
    caplog.set_level("INFO")
    engine = connect(f"sqlite:///{tmp_path}/x.db")
    job = Job("hearings", ("print(1)",), (parse_time("hearings", "06:10"),))
    waits: list[float] = []

    class Waits(Stop):
        def wait(self, seconds: float) -> bool:
            waits.append(seconds)
            if len(waits) == 2:
                upgrade(engine)
            if len(waits) == 3:
                self.ask()
            return self.asked

    stop = Waits()
    clock = lambda: datetime(2026, 8, 21, tzinfo=UTC)  # noqa: E731
    schedule.run(engine, [job], settings(), clock, stop, (sys.executable, "-c"), {}, 0)
    said = [record.message for record in caplog.records if record.name == "tracker.schedule"]
    assert said[0].startswith("The database has no tables yet.")
    assert said[1:] == ["The scheduler acts: hearings.", "The scheduler has stopped."]
    engine.dispose()
