"""``tracker lineage [FILE]``: which bill of an earlier session each matter brings back, as CSV."""

import csv
from io import TextIOWrapper
from itertools import chain, islice
from pathlib import Path

import click

from tracker.setting import Setting, with_setting
from tracker.watch import watch


@click.command("lineage")
@click.argument("file", required=False)
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="A file instead of the screen.")
@click.option("--scope", type=click.Choice(["all", "tracked"]), default="tracked", show_default=True)
@with_setting
def lineage(setting: Setting, file: str | None, output: Path | None, scope: str) -> None:
    """Say which earlier bill FILE ("Int 0209-2026") brings back, or, without FILE, each matter; with the reasons."""
    from tracker.database import reading
    from tracker.identifiers import FileNumber
    from tracker.law.returns import council_numbers, proposals
    from tracker.output import to_file

    with reading(setting.engine) as session, to_file(output) as binary:
        numbers = [str(FileNumber.parse(file))] if file else council_numbers(session, tracked_only=scope == "tracked")
        found = proposals(session, watch(numbers, "matters"))
        first = list(islice(found, 1))  # a number that is not held says so before anything is written
        stream = TextIOWrapper(binary, "utf-8", newline="")
        writer = csv.writer(stream)
        writer.writerow(("earlier", "later", "score", "outcome", "evidence"))
        for each in chain(first, found):
            writer.writerow((each.earlier, each.later, each.score, each.outcome, each.evidence))
        stream.flush()
        stream.detach()
