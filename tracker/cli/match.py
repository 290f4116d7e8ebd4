"""``tracker match ARTICLES.jsonl -o PREDICTIONS.jsonl``: which matters each article of a file is about.

One JSON object a line: ``id``, ``title``, ``text``, ``published`` (a date, a month or null) and, if there are any,
``mentions`` (phrases that belong to the text). What would be published goes out, one line for each article.
"""

import calendar
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final

import click
import orjson

from tracker.errors import BadInput
from tracker.press.matching import PUBLISHED, Press, Reading
from tracker.setting import Setting, now, with_setting
from tracker.watch import watch

_MIDDLE: Final = 15  # of a month of which the day is not known


@click.command("match")
@click.argument("articles", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The file to write."
)
@with_setting
def match(setting: Setting, articles: Path, output: Path) -> None:
    """Say of each article in a file which matters it is about, and by which words."""
    from tracker.database import reading
    from tracker.press.matching import open_press
    from tracker.sync.archive import load_starter

    load_starter(setting.engine, setting.rule, now, setting.trust)
    with reading(setting.engine) as session:
        press = open_press(session, setting.config.press)
    lines = b"".join(orjson.dumps(told(row, press)) + b"\n" for row in watch(read_articles(articles), "articles"))
    try:
        output.write_bytes(lines)
    except OSError as error:
        raise BadInput(f"{output} cannot be written: {error.strerror}.") from error


def read_articles(path: Path) -> Iterator[dict[str, Any]]:
    """The articles of a file, in its order. Raises BadInput for a file or a line that is not what it should be."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise BadInput(f"{path}, line {number} is not JSON: {error}.") from error
        if not isinstance(row, dict) or "id" not in row:
            raise BadInput(f"{path}, line {number} is not an article: it needs an id.")
        yield row


def read_row(row: dict[str, Any], press: Press) -> Reading:
    """Read one article as the file has it: its title, its text and its mentions are one text."""
    text = "\n".join([row.get("text") or "", *(row.get("mentions") or ())])
    return press.read(row.get("title") or "", text, day_of(row.get("published")))


def told(row: dict[str, Any], press: Press) -> dict[str, Any]:
    """One line of the answer: only what would be published."""
    links = (link for link in read_row(row, press).links if link.outcome == PUBLISHED)
    matters = [
        {"file": link.file_number, "kind": link.kind, "score": link.score, "role": link.role, "evidence": link.evidence}
        for link in links
    ]
    return {"id": row["id"], "matters": matters}


def day_of(published: str | None) -> date | None:
    """A day; the middle of a month, the middle of a year; None for nothing. Raises BadInput."""
    if not published:
        return None
    parts = published[:10].split("-")
    try:
        year, month = int(parts[0]), int(parts[1]) if len(parts) > 1 else 7
        day = int(parts[2]) if len(parts) > 2 else min(_MIDDLE, calendar.monthrange(year, month)[1])
        return date(year, month, day)
    except ValueError as error:
        raise BadInput(f"{published!r} is not a date such as 2025-04-08 or 2025-04.") from error
