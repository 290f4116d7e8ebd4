"""The command ``tracker``. Makes the real clock, engine and config, and turns every error into one sentence.

Exit codes: 0 done; 1 ``check`` found something wrong; 2 the command line is off; above that those of `errors`
(65 input, 66 not found, 74 database, 75 a source shrank, 78 config).
"""

import csv
import os
import sys
from contextlib import nullcontext
from io import TextIOWrapper
from itertools import chain
from pathlib import Path
from typing import Any

import click

from scrapers.errors import ScrapeError, Stopped
from tracker import __version__
from tracker.cli.captures import captures
from tracker.cli.digests import bounces, digest, send
from tracker.cli.editor import editor
from tracker.cli.lineage import lineage
from tracker.cli.match import match
from tracker.cli.news import add_article, backfill_news, import_articles, relink
from tracker.cli.parse import parse
from tracker.cli.schedule import health, schedule, scheduling
from tracker.cli.subscribers import purge, subscribers
from tracker.cli.sync import replay, sync
from tracker.database import reading
from tracker.errors import BadInput, SourceShrank, TrackerError
from tracker.output import to_file
from tracker.setting import Setting, now, with_setting
from tracker.watch import watch


class Commands(click.Group):
    """Maps the error tree to sentences and exit codes, once."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except TrackerError as error:
            click.echo(f"tracker: {error}", err=True)
            context.exit(error.exit_code)
        except ScrapeError as error:
            click.echo(f"tracker: {error}", err=True)
            context.exit(SourceShrank.exit_code if isinstance(error, Stopped) else BadInput.exit_code)
        except BrokenPipeError:
            # whoever read the output has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(cls=Commands)
@click.version_option(__version__, prog_name="tracker")
def main() -> None:
    """A record of New York City's laws and orders on cooperation with federal immigration enforcement."""


@main.command()
@click.option("--no-schedule", is_flag=True, help="Serve only; another process reads the sources.")
@with_setting
def up(setting: Setting, no_schedule: bool) -> None:
    """Make everything ready, serve the site, and read the sources by the clock."""
    from tracker.sync.archive import load_starter

    engine = setting.engine
    loaded = load_starter(engine, setting.rule, now, setting.trust)
    if loaded is not None:
        click.echo(f"Starter record: {loaded.message}")
    engine.dispose()  # the server's processes open their own connections
    with nullcontext() if no_schedule else scheduling(setting):
        _serve(setting)


@main.command()
@with_setting
def serve(setting: Setting) -> None:
    """Serve the site from the database as it is."""
    setting.engine.dispose()
    _serve(setting)


def _serve(setting: Setting) -> None:
    from tracker.web.server import serve_site

    serve_site(setting.config, setting.database_url, now)


main.add_command(sync)
main.add_command(replay)
main.add_command(captures)
main.add_command(parse)
main.add_command(match)
main.add_command(lineage)
main.add_command(add_article)
main.add_command(import_articles)
main.add_command(relink)
main.add_command(backfill_news)
main.add_command(editor)
main.add_command(schedule)
main.add_command(health)
main.add_command(purge)
main.add_command(subscribers)
main.add_command(digest)
main.add_command(send)
main.add_command(bounces)


@main.command()
@click.argument("name")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="A file instead of the screen.")
@click.option("--scope", type=click.Choice(["all", "tracked"]), default="all", show_default=True)
@click.option("--bom", is_flag=True, help="Begin with a byte order mark, for Excel.")
@with_setting
def export(setting: Setting, name: str, output: Path | None, scope: str, bom: bool) -> None:
    """Write NAME (matters, actions, changes, relations, sections) as CSV, or ``all`` as one zip."""
    from tracker.export import files as exports

    tracked = scope == "tracked"
    if name == "all":
        if output is None:
            raise click.UsageError("Give the zip a name: tracker export all -o FILE.zip")
        with to_file(output) as binary:
            exports.write_zip(binary, setting.engine, now(), setting.config.site.base_url, tracked_only=tracked)
        return
    exports.get_export(name)
    with to_file(output) as binary, reading(setting.engine) as session:
        stream = TextIOWrapper(binary, "utf-8", newline="")
        exports.write_csv(stream, session, name, tracked_only=tracked, bom=bom)
        stream.flush()
        stream.detach()


@main.command()
@click.argument("matters", type=click.Path(path_type=Path))
@click.option("--texts", type=click.Path(path_type=Path), help="Full texts, one {File, Text} a line.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="A file instead of the screen.")
@with_setting
def classify(setting: Setting, matters: Path, texts: Path | None, output: Path | None) -> None:
    """Say of each matter in a file whether it is core, related, context or out, and why."""
    from tracker.classify import verdicts

    rows = iter(verdicts(matters, texts, setting.rule))
    first = next(rows)  # a file that cannot be read says so before anything is written
    with to_file(output) as binary:
        stream = TextIOWrapper(binary, "utf-8", newline="")
        writer = csv.writer(stream)
        writer.writerow(("file", "label", "reason"))
        writer.writerows(watch(chain([first], rows), "matters"))
        stream.flush()
        stream.detach()


@main.command()
@with_setting
def check(setting: Setting) -> None:
    """Say in words what is wrong with the set-up, if anything is."""
    from tracker.check import findings

    found = list(findings(setting.config, setting.engine, now()))
    for finding in found:
        click.echo(f"{'ok   ' if finding.good else 'WRONG'} {finding.sentence}")
    if not all(finding.good for finding in found):
        raise SystemExit(1)
