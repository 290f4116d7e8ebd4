"""A bibliography as a CSV file -> stories. Pure but for the file; one bad line, and nothing of it is taken."""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from scrapers.news_stories import StoryRecord, byline
from tracker.coverage.folding import KINDS
from tracker.errors import BadInput

REQUIRED: Final = ("address", "outlet", "kind", "headline")
OPTIONAL: Final = ("author", "published_on", "language", "excerpt")


def read_bibliography(path: Path) -> list[StoryRecord]:
    """Every line of the file. Raises BadInput, with the line, for what is not an article."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if missing := [name for name in REQUIRED if name not in (reader.fieldnames or ())]:
                raise BadInput(f"{path} has no column {missing[0]}. Its first line must name {', '.join(REQUIRED)}.")
            return list(_stories(path, reader))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadInput(f"{path} cannot be read: {error}.") from error


def _stories(path: Path, reader: "csv.DictReader[str]") -> Iterator[StoryRecord]:
    for row in reader:
        line = {name: (row.get(name) or "").strip() for name in (*REQUIRED, *OPTIONAL)}
        if fault := _fault(line):
            raise BadInput(f"{path}, line {reader.line_num}: {fault} Nothing of the file was taken.")
        yield StoryRecord(
            line["address"], line["headline"], line["outlet"], byline(line["author"], line["outlet"]), "",
            line["published_on"], line["language"] or "en", line["excerpt"][:280], "", line["kind"],
        )  # fmt: skip


def _fault(line: dict[str, str]) -> str:
    """What is wrong with a line, in a sentence; "" for nothing."""
    parts = urlsplit(line["address"])
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return f"{line['address']!r} is not an address that begins with https://."
    if line["kind"] not in KINDS:
        return f"{line['kind']!r} is not a kind; write one of {', '.join(KINDS)}."
    if not line["headline"] or not line["outlet"]:
        return "It has no headline, or no outlet."
    try:
        if line["published_on"]:
            date.fromisoformat(line["published_on"])
    except ValueError:
        return f"{line['published_on']!r} is not a date such as 2025-04-08."
    return ""
