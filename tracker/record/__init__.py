"""The starter record: facts that ship with the package, read as any other source is.

``council.jsonl`` are dated observations of Council files (see `build`). ``mayor.json`` are orders, directives and
suits, gathered from public sources, each act with its address and how sure it is. ``notes.csv``, ``relations.csv``,
``sections.csv``, ``effective.csv`` (when a law took effect) and ``scope.csv`` are our own words and findings, kept by
hand; ``coverage.csv`` is a bibliography, with the measures that each piece covers.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any

import orjson

from scrapers import council_archive
from scrapers.records import (
    ActionRecord,
    CoverageRecord,
    LawDateRecord,
    MatterRecord,
    NoteRecord,
    Observation,
    RelationRecord,
    ScopeRecord,
    SectionRecord,
)
from tracker import vocabulary

FOLDER = Path(__file__).parent
COUNCIL_AS_OF = "2026-08-21"  # the archive's commit that the Council's part was made from
CURATED_AT = 1_795_496_400  # 2026-11-24 00:00 in New York: when the orders, directives and suits were last gone through

_ACTS = {
    "order_signed": "Order Signed",
    "order_amended": "Order Amended",
    "order_revoked": "Order Revoked",
    "order_continued": "Order Extended",
    "order_voided": "Declared Void",
    "order_blocked": "Order Blocked",
    "issued": "Issued",
    "reported": "Issued",
    "suit_filed": "Suit Filed",
    "ruling": "Interim Ruling",
    "decision": "Decision",
    "announced": "Statement",
    "order_replaced": "Order Replaced",
    "replaced": "Replaced",
}
_STATES = {
    "in_force": "In force",
    "amended": "Amended",
    "revoked": "Revoked",
    "void": "Void",
    "enjoined": "Blocked",
    "superseded": "Replaced",
    "pending": "Pending",
    "decided": "Decided",
    "issued": "Issued",
    "unknown": "State unknown",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about matters beyond what any source says of itself."""

    notes: tuple[NoteRecord, ...]
    relations: tuple[RelationRecord, ...]
    sections: tuple[SectionRecord, ...]
    scopes: tuple[ScopeRecord, ...] = ()
    coverage: tuple[CoverageRecord, ...] = ()
    dates: tuple[LawDateRecord, ...] = ()


def observations(folder: Path = FOLDER) -> Iterator[Observation]:
    """Every dated observation of the starter record, oldest first."""
    council = (seen for seen in council_archive.observations(folder / "council.jsonl") if isinstance(seen, Observation))
    return chain(council, (_observation(entry) for entry in _mayor(folder)))


def facts(folder: Path = FOLDER) -> Facts:
    """Notes, relations and sections."""
    notes = [
        NoteRecord(row["file_number"], row["headline"], row["sentence"], row["popular_names"])
        for row in _rows(folder / "notes.csv")
    ]
    known = {entry["file_number"]: entry for entry in _mayor(folder)}
    return Facts(
        notes=tuple(_with_state(note, known.get(note.file_number)) for note in notes),
        relations=tuple(RelationRecord(**row) for row in _rows(folder / "relations.csv")),
        sections=tuple(SectionRecord(**row) for row in _rows(folder / "sections.csv")),
        scopes=scopes(folder),
        coverage=tuple(CoverageRecord(**row) for row in _rows(folder / "coverage.csv")),
        dates=tuple(LawDateRecord(**row) for row in _rows(folder / "effective.csv")),
    )


def scopes(folder: Path = FOLDER) -> tuple[ScopeRecord, ...]:
    """The editors' words on scope, which go before the rule's."""
    return tuple(ScopeRecord(**row) for row in _rows(folder / "scope.csv"))


def digest(folder: Path = FOLDER) -> str:
    """What changes when any of the record's files does."""
    files = sorted(path for path in folder.iterdir() if path.suffix in (".csv", ".json", ".jsonl"))
    return "sha256:" + sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _mayor(folder: Path) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = orjson.loads((folder / "mayor.json").read_bytes())
    return entries


def _with_state(note: NoteRecord, entry: dict[str, Any] | None) -> NoteRecord:
    return note._replace(state=entry["status"], unverified=entry["unverified"]) if entry else note


def _observation(entry: dict[str, Any]) -> Observation:
    place = f"record/{entry['source_id']}"
    return Observation(CURATED_AT, place, entry["url"] or place, "", _matter(entry))


def _matter(entry: dict[str, Any]) -> MatterRecord:
    actions = tuple(_action(row) for row in entry["actions"])
    return MatterRecord(
        source_id=entry["source_id"],
        file_number=entry["file_number"],
        kind=entry["kind"],
        name="",
        title=entry["title"],
        status=_STATES[entry["state"]],
        body=actions[0].body,
        introduced_on=actions[0].acted_on,
        final_action_on="",
        enacted_on="",
        local_law="",
        version="",
        sponsors=(),
        actions=actions,
        url=entry["url"],
        issuer=entry["issuer"],
        signer=entry["signer"],
        scope=entry["scope"],
        scope_reason=entry["scope_reason"],
    )


def _action(row: dict[str, Any]) -> ActionRecord:
    name = _ACTS[row["act"]]
    code = vocabulary.code_of(name)
    assert code is not None
    return ActionRecord(
        source_id=row["source_id"],
        acted_on=row["acted_on"],
        clock="",
        code=code,
        name=name,
        body=row["body"],
        note=f"{row['text']} The day of the month is not known." if row["precision"] == "month" else row["text"],
        url=row["url"],
        confidence=row["confidence"],
    )
