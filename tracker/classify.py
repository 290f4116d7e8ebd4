"""Judges a file of matters in the archive's shape by the scope rule, without a database."""

from collections.abc import Iterator
from pathlib import Path

from scrapers.council_archive import NotAMatter, Reader
from scrapers.errors import SourceBroken
from scrapers.json_lines import json_lines
from tracker.scope import Rule


def verdicts(matters: Path, texts: Path | None, rule: Rule) -> Iterator[tuple[str, str, str]]:
    """(file number, label, reason) of each matter; without a text it is judged by title and summary.

    Raises SourceMissing and SourceBroken for the files.
    """
    known = _texts(texts) if texts else {}
    reader = Reader(whole=False)
    for number, document in json_lines(matters):
        try:
            matter = reader.parse_matter(document)
        except NotAMatter as error:
            raise SourceBroken(str(matters), f"line {number}: {error}") from error
        if matter is not None:
            text = matter.text or known.get(matter.file_number, "")
            verdict = rule.judge(
                kind=matter.kind, name=matter.name, title=matter.title, summary=matter.summary or "", text=text
            )
            yield matter.file_number, verdict.label, verdict.reason


def _texts(path: Path) -> dict[str, str]:
    found = {}
    for number, row in json_lines(path):
        try:
            found[row["File"].strip()] = row["Text"]
        except (KeyError, TypeError, AttributeError) as error:
            raise SourceBroken(str(path), f"line {number} is not a text: it must hold File and Text") from error
    return found
