"""The commands that read sources: ``tracker sync``, ``tracker sync NAME``."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import click

from scrapers.errors import ScrapeError
from tracker.errors import BadInput, TrackerError
from tracker.health import TOKEN
from tracker.ingest import Result
from tracker.setting import Setting, now, with_setting
from tracker.watch import watch

LIVE = {
    "council-api": "Ask the Council's API for what was changed, and for every matter that is tracked.",
    "council-web": "Read the Council's pages of every tracked matter, and of new bills.",
    "hearings": "Read the Council's calendar and the agendas of coming meetings.",
    "executive-orders": "Read the mayoral orders that the City's site lists.",
    "mayor-news": "Note the Mayor's releases and statements.",
    "news-feeds": "Read the feeds of news outlets, and link what is about the record.",
    "news-sitemaps": "Read the news sitemaps of outlets, and link what is about the record.",
}


@click.group(invoke_without_command=True)
@click.pass_context
def sync(context: click.Context) -> None:
    """Bring the record up to date: from one source, or, without a name, from all of them in turn."""
    if context.invoked_subcommand is None:
        context.invoke(sync_all)


@click.command(hidden=True)
@with_setting
def sync_all(setting: Setting) -> None:
    """Read every source in turn; one that fails does not keep the others from being read."""
    from tracker.sync.sources import READERS, read

    failed = []
    with visiting_by_hand(setting) as visit:
        for name in READERS:
            if name == "council-api" and not visit.token:
                continue
            try:
                click.echo(f"{name}: {read(name, visit).message}")
            except (ScrapeError, TrackerError) as error:
                failed.append(name)
                click.echo(f"{name}: {error}", err=True)
    if failed:
        raise BadInput(f"{len(failed)} of the sources could not be read: {', '.join(failed)}.")


@sync.command("council-archive")
@click.option("--from", "place", help="The archive's repository (address or folder), or an observations file.")
@click.option("--accept-losses", is_flag=True, help="Go on where the source lost many matters at once.")
@with_setting
def sync_council_archive(setting: Setting, place: str | None, accept_losses: bool) -> None:
    """Read the Council's archive: all of it the first time, then what is new."""
    from tracker.locks import only_one
    from tracker.sync.archive import ARCHIVE, read_archive

    archive = setting.config.council_archive
    with only_one(setting.engine, ARCHIVE), stopping() as stop:
        result = read_archive(
            setting.engine,
            setting.rule,
            now,
            archive,
            place or archive.place,
            trust=setting.trust,
            accept_losses=accept_losses,
            watch=lambda things: watch(things, stop=stop),
        )
        say(result)
    _match_again(setting, result)


@sync.command("orders-archive")
@click.option("--from", "place", help="The collection's repository (address or folder), or a file of JSON lines.")
@with_setting
def sync_orders_archive(setting: Setting, place: str | None) -> None:
    """Read the public collection of mayoral orders since 1974 (BetaNYC, data CC BY-SA 4.0)."""
    from tracker.locks import only_one
    from tracker.sync.mayor import ORDERS_ARCHIVE, read_orders_archive

    with visiting_by_hand(setting) as visit, only_one(setting.engine, ORDERS_ARCHIVE):
        result = read_orders_archive(visit, place or "")
        say(result)
    _match_again(setting, result)


def _match_again(setting: Setting, result: Result) -> None:
    from tracker.sync.sources import match_again

    with visiting_by_hand(setting) as visit:
        match_again(visit, result)


def _live(name: str, explained: str) -> click.Command:
    @click.command(name, help=explained)
    @with_setting
    def command(setting: Setting) -> None:
        from tracker.sync.sources import read

        with visiting_by_hand(setting) as visit:
            say(read(name, visit))

    return command


for _name, _explained in LIVE.items():
    sync.add_command(_live(_name, _explained))


@contextmanager
def visiting_by_hand(setting: Setting) -> Iterator[Any]:
    """The tools of a run that a command stands on; told to stop, it ends between two requests."""
    from tracker.sync.sources import visiting

    token = os.environ.get(TOKEN, "").strip()
    with stopping() as stop:
        visit = visiting(setting.config, setting.engine, setting.rule, now, token=token, stop=stop)
        with visit as tools:
            yield tools


@contextmanager
def stopping() -> Iterator[Any]:
    """SIGTERM and SIGINT end a run between two requests, with a sentence in its row, and not in the middle of one."""
    asked = False

    def ask(_number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        asked = True

    before = {number: signal.signal(number, ask) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield lambda: asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def say(result: Result) -> None:
    """What a run did, in its own sentence."""
    click.echo(result.message)


@click.command()
@click.argument("place", type=str)
@with_setting
def replay(setting: Setting, place: str) -> None:
    """Read the archive's whole history from PLACE (a repository or an observations file) as dated observations."""
    from tracker.sync.archive import read_archive

    archive = setting.config.council_archive
    with stopping() as stop:
        say(
            read_archive(
                setting.engine,
                setting.rule,
                now,
                archive,
                place,
                trust=setting.trust,
                whole=True,
                watch=lambda things: watch(things, stop=stop),
            )
        )
