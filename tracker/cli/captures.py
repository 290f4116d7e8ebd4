"""``tracker captures``: what the sources answered, as it came. Days and times are New York's."""

from datetime import datetime, timedelta
from pathlib import Path

import click
import orjson

from tracker import __version__
from tracker.captures import Choice, Store, answers, missing, parts_of, write_warc
from tracker.captures import prune as drop_outdated
from tracker.database import reading, writing
from tracker.editing.suggestions import forget
from tracker.models.sources import Response
from tracker.output import to_file
from tracker.setting import Setting, now, with_setting
from tracker.wording import NEW_YORK, count

DAY = click.DateTime(["%Y-%m-%d"])
OUTPUT = click.Path(path_type=Path, dir_okay=False)


@click.group()
def captures() -> None:
    """Look through, check and pass on what the sources answered."""


@captures.command("list")
@click.option("--address", default="", metavar="TEXT", help="Only from addresses that hold this text.")
@click.option("--since", type=DAY, metavar="DATE", help="Only what came on this day or later (2026-01-29).")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="How many at most.")
@with_setting
def list_(setting: Setting, address: str, since: datetime | None, limit: int) -> None:
    """List the answers that are kept, newest first: when, status, bytes, digest, address."""
    with reading(setting.engine) as session:
        found = answers(session, address=address, since=_midnight(since), limit=limit)
        for row in found:
            click.echo(_line(row))
    if not found:
        click.echo("No answer is kept that fits.", err=True)


@captures.command()
@click.argument("digest")
@click.option("-o", "--output", type=OUTPUT, help="A file instead of the screen.")
@click.option("--headers", is_flag=True, help="Where and when it came, and with which headers, instead of its bytes.")
@with_setting
def show(setting: Setting, digest: str, output: Path | None, headers: bool) -> None:
    """Show the capture whose digest begins with DIGEST: its bytes, or the parts of a manifest."""
    store = _store(setting)
    digest = store.find(digest)
    if headers:
        with reading(setting.engine) as session:
            content = "\n".join(_head(row) for row in answers(session, digest=digest)).encode()
    else:
        content = store.get(digest)
        parts = parts_of(content)
        if parts is not None and output is None:
            content = "".join(f"{part.digest}  {part.address}\n" for part in parts).encode()
    with to_file(output) as binary:
        binary.write(content)


@captures.command()
@with_setting
def verify(setting: Setting) -> None:
    """Read every capture and say which are damaged, and which are missing. Ends with 1 if any is."""
    store = _store(setting)
    faults = list(store.verify())
    with reading(setting.engine) as session:
        faults += missing(session, store)
    for fault in faults:
        click.echo(f"WRONG {fault.sentence}")
    if faults:
        raise SystemExit(1)
    click.echo(f"ok    {count(sum(1 for _ in store.digests()), 'capture')}, all sound")


@captures.command()
@click.argument("digests", metavar="[DIGEST]...", nargs=-1)
@click.option("-o", "--output", type=OUTPUT, required=True, help="The file to write, such as captures.warc.gz.")
@click.option("--since", type=DAY, metavar="DATE", help="Only what came on this day or later (2026-01-29).")
@click.option("--until", type=DAY, metavar="DATE", help="Only what came on this day or before.")
@with_setting
def export(
    setting: Setting, digests: tuple[str, ...], output: Path, since: datetime | None, until: datetime | None
) -> None:
    """Write captures as one WARC file: those named, those of some days, or all."""
    if digests and (since or until):
        raise click.UsageError("Give digests or days, not both.")
    store = _store(setting)
    choice = Choice(
        tuple(store.find(digest) for digest in digests),
        _midnight(since),
        _midnight(until and until + timedelta(days=1)),
    )
    software = f"sanctuary-tracker/{__version__}"
    with to_file(output) as binary:
        written = write_warc(
            binary, setting.engine, store, choice, now=now(), software=software, operator=setting.config.site.contact
        )
    click.echo(f"{output}: {count(written, 'record')}")


@captures.command()
@with_setting
def prune(setting: Setting) -> None:
    """Drop what no change cites and is older than [captures] keep_days, and old fingerprints of who sent something."""
    keep_days = setting.config.captures.keep_days
    with writing(setting.engine) as session:
        forget(session, now())
    dropped = drop_outdated(setting.engine, _store(setting), now(), keep_days)
    click.echo(f"Dropped {count(dropped.blobs, 'capture')}, {count(dropped.bytes, 'byte')} on the disk.")


def _store(setting: Setting) -> Store:
    return Store(Path(setting.config.captures.folder))


def _midnight(day: datetime | None) -> datetime | None:
    """The start of a day in New York."""
    return day and day.replace(tzinfo=NEW_YORK)


def _when(row: Response) -> str:
    return f"{row.fetched_at.astimezone(NEW_YORK):%Y-%m-%d %H:%M:%S}"


def _line(row: Response) -> str:
    return f"{_when(row)}  {row.status}  {row.size:>10,}  {row.digest.removeprefix('sha256:')[:16]}  {row.address}"


def _head(row: Response) -> str:
    led = f"\nled to {row.final}" if row.final != row.address else ""
    headers = "".join(f"{name}: {value}\n" for name, value in orjson.loads(row.headers))
    return f"{row.method} {row.address}{led}\n{_when(row)} New York time, status {row.status}\n{row.digest}\n{headers}"
