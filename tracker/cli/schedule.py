"""The commands that keep the record alive by themselves: ``tracker schedule``, ``tracker health``."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from tracker.setting import Setting, now, with_setting

PATIENCE = 25.0  # seconds: a job in the middle of a request needs some to end well


@click.command()
@with_setting
def schedule(setting: Setting) -> None:
    """Read the sources by the clock, as [schedule] in config.toml says, until told to stop."""
    from tracker.schedule import serve_schedule

    setting.engine.dispose()
    serve_schedule(setting.config, setting.database_url, os.environ, now, setting.path)


@click.command()
@click.option("--tell", is_flag=True, help="Mail the operator what began or ended since the last time.")
@with_setting
def health(setting: Setting, tell: bool) -> None:
    """Say how each source does, and which digests wait for a person."""
    from tracker.database import reading
    from tracker.digests import runs as digest_runs
    from tracker.health import check_health

    for line in check_health(setting.config, setting.engine, now, os.environ, tell=tell):
        click.echo(line)
    with reading(setting.engine) as session:
        for held in digest_runs.holds(session):
            click.echo(digest_runs.told(held))


@contextmanager
def scheduling(setting: Setting) -> Iterator[None]:
    """The clock beside whatever is done here, in a process of its own, and its end with it."""
    environment = {**os.environ, "TRACKER_DATABASE_URL": setting.database_url}
    if setting.path is not None:
        environment["TRACKER_CONFIG"] = str(setting.path)
    child = subprocess.Popen([sys.executable, "-m", "tracker", "schedule"], env=environment)
    try:
        yield
    finally:
        child.terminate()
        try:
            child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
