"""Builds ``council.jsonl``, the Council's part of the starter record, from a folder of real Council data.

    python -m tracker.record.build FOLDER

FOLDER holds ``council/matters.jsonl.zst``, ``council/texts.jsonl.zst`` and ``council/observations.jsonl.zst``, made
from the public archive jehiah/nyc_legislation. What is written are facts in the archive's own shape, dated as they
were observed: numbers, names, dates, actions, votes, and in the end the documents' names and addresses. No text of a
bill and no summary is taken along; the scope rule reads them here, and its verdict travels with the facts.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from scrapers.council_archive import Reader
from scrapers.json_lines import json_lines
from scrapers.records import MatterRecord
from tracker.config import load_config
from tracker.models import TRACKED
from tracker.record import scopes
from tracker.scope import Rule, Verdict

FOLDER = Path(__file__).parent
WEB = "https://github.com/jehiah/nyc_legislation/commits/master/"  # every version of a file, with its dates
AS_OF = 1_787_356_179  # 2026-08-21T23:49:39Z, the archive's commit that the data was made from
KEPT = (
    "ID", "File", "LocalLaw", "Name", "Title", "TypeName", "StatusName", "BodyName", "IntroDate", "PassedDate",
    "EnactmentDate", "Version", "Sponsors", "History",
)  # fmt: skip
KEPT_OF_ACTION = ("ID", "Date", "ActionID", "Action", "BodyName", "Version", "PassedFlagName", "EventID", "Votes")
KEPT_OF_DOCUMENT = ("ID", "Name", "Link")
KEPT_OF_PERSON = ("ID", "FullName", "Vote")


def build(folder: Path) -> bytes:
    """The starter record's Council part; the same input gives the same bytes."""
    rule = Rule(load_config(None, {}).scope)
    texts = {row["File"]: row["Text"] for _, row in json_lines(folder / "council/texts.jsonl.zst")}
    tracked = dict(_tracked(folder, rule, texts))
    rows = sorted(_observations(folder, tracked), key=lambda row: (row["observed_at"], row["path"]))
    return b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows)


def _tracked(folder: Path, rule: Rule, texts: dict[str, str]) -> Iterator[tuple[int, tuple[dict[str, Any], Verdict]]]:
    reader = Reader(whole=False)
    chosen = {row.file_number for row in scopes() if row.scope in TRACKED}
    for _, document in json_lines(folder / "council/matters.jsonl.zst"):
        matter = reader.parse_matter(document)
        if matter is not None:
            verdict = _judge(rule, matter, texts.get(matter.file_number, ""))
            if verdict.label in TRACKED or matter.file_number in chosen:
                yield document["ID"], (document, verdict)


def _judge(rule: Rule, matter: MatterRecord, text: str) -> Verdict:
    return rule.judge(kind=matter.kind, name=matter.name, title=matter.title, summary=matter.summary or "", text=text)


def _observations(folder: Path, tracked: dict[int, tuple[dict[str, Any], Verdict]]) -> Iterator[dict[str, Any]]:
    last: dict[int, dict[str, Any]] = {}
    for _, row in json_lines(folder / "council/observations.jsonl.zst"):
        document = row["matter"]
        if document is not None and document["ID"] in tracked:
            facts = _facts(document, tracked[document["ID"]][1])
            if last.get(document["ID"]) != facts:
                last[document["ID"]] = facts
                yield _line(row["observed_at"], row["path"], facts)
    for document, verdict in tracked.values():
        # once more as it was at the end, even if nothing differs: that is when it was last seen
        documents = [_only(row, KEPT_OF_DOCUMENT) for row in document.get("Attachments") or ()]
        yield _line(AS_OF, _path(document), _facts(document, verdict) | {"Attachments": documents})


def _line(observed_at: int, path: str, facts: dict[str, Any]) -> dict[str, Any]:
    return {"observed_at": observed_at, "path": path, "address": WEB + path, "matter": facts}


def _facts(document: dict[str, Any], verdict: Verdict) -> dict[str, Any]:
    facts = {key: document[key] for key in KEPT if document.get(key)}
    facts["Sponsors"] = [_only(person, KEPT_OF_PERSON) for person in document.get("Sponsors") or ()]
    facts["History"] = [_only(row, KEPT_OF_ACTION) | _votes(row.get("Votes")) for row in document.get("History") or ()]
    return facts | {"Scope": verdict.label, "ScopeReason": verdict.reason}


def _votes(votes: list[dict[str, Any]] | None) -> dict[str, Any]:
    return {"Votes": [_only(vote, KEPT_OF_PERSON) for vote in votes]} if votes else {}


def _only(row: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: row[key] for key in keys if row.get(key) not in (None, "")}


def _path(document: dict[str, Any]) -> str:
    number, year = document["File"].split()[1].split("-")[:2]
    folder = "resolution" if document["TypeName"] == "Resolution" else "introduction"
    return f"{folder}/{year}/{number}.json"


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    (FOLDER / "council.jsonl").write_bytes(build(Path(sys.argv[1])))
