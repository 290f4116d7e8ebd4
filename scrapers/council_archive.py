"""The Council's record by way of the public archive jehiah/nyc_legislation, a git repository of Legistar's answers.

From a repository (a folder or an address) or from an observations file: one JSON object a line,
``{"observed_at": unix seconds, "path": "introduction/2025/1412.json", "matter": {...} or null}``, plain or ``.zst``.

What the archive does to Legistar's answers: local times get a ``Z``, empty dates read ``0001-01-01T00:00:00Z``,
``MatterEnactmentNumber`` is ``LocalLaw`` and is absent when empty. Files that start with ``T`` bear temporary numbers
and are not matters yet (Council practice: the number is not public before introduction).

2021-09: the archive begins; its first weeks carry no History. 2023-08: resolutions added, those before 2014 removed
again. 2025-12-12 to 2026-01-25: no sync (Legistar outage); 87 bills kept the status they had.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson

from scrapers.errors import SourceBroken
from scrapers.git_archive import FileVersion, Repository
from scrapers.json_lines import json_lines
from scrapers.records import (
    ActionRecord,
    DocumentRecord,
    MatterRecord,
    Observation,
    PersonRecord,
    Unreadable,
    VoteRecord,
)

WEB = "https://github.com/jehiah/nyc_legislation/blob/{commit}/{path}"
GATEWAY = "https://legistar.council.nyc.gov/gateway.aspx?m=l&id="
NO_DATE = "0001-01-01"

Seen = Observation | Unreadable


class NotAMatter(Exception):
    """Raised by `parse_matter` for JSON that is not a matter's; the message says what is missing."""


class Reader:
    """Turns the archive's JSON into records. Holds the members it has met, so that each is made once."""

    def __init__(self, *, with_text: bool) -> None:
        self._with_text = with_text
        self._people: dict[tuple[int, str], PersonRecord] = {}

    def parse_matter(self, document: Any) -> MatterRecord | None:
        """A matter, or None for a temporary number. Raises NotAMatter for anything else."""
        try:
            file_number = document["File"].strip()
            if file_number[:1] in ("T", "t"):
                return None
            return self._matter(document, file_number)
        except (KeyError, TypeError, AttributeError) as error:
            raise NotAMatter(f"it is not a matter in the archive's shape ({_words(error)})") from error

    def _matter(self, document: dict[str, Any], file_number: str) -> MatterRecord:
        get = document.get
        text = get("Text")
        return MatterRecord(
            source_id=str(document["ID"]),
            file_number=file_number,
            kind=document["TypeName"].strip(),
            name=_clean(get("Name")),
            title=_clean(get("Title")),
            status=document["StatusName"].strip(),
            body=_clean(get("BodyName")),
            introduced_on=_day(get("IntroDate")),
            final_action_on=_day(get("PassedDate")),
            enacted_on=_day(get("EnactmentDate")),
            local_law=_clean(get("LocalLaw")),
            version=_clean(get("Version")),
            sponsors=tuple([self._person(p) for p in get("Sponsors") or () if p["ID"]]),
            actions=tuple([self._action(row) for row in get("History") or ()]),
            summary=_clean(get("Summary")),
            documents=tuple([_document(a) for a in get("Attachments") or ()]),
            text=_clean(text) if self._with_text or text is not None else None,
            url=f"{GATEWAY}{document['ID']}",
            scope=get("Scope") or "",
            scope_reason=get("ScopeReason") or "",
        )

    def _action(self, row: dict[str, Any]) -> ActionRecord:
        get = row.get
        date = row["Date"].strip()
        votes = get("Votes")
        return ActionRecord(
            str(row["ID"]),
            date[:10],
            date[11:].rstrip("Z"),
            get("ActionID") or 0,
            (get("Action") or "").strip(),
            (get("BodyName") or "").strip(),
            (get("PassedFlagName") or "").strip(),
            get("Version") or "",
            _clean(get("MinutesNote") or get("AgendaNote")),
            str(get("EventID") or ""),
            tuple([VoteRecord(self._person(vote), vote["Vote"]) for vote in votes]) if votes else (),
        )

    def _person(self, person: dict[str, Any]) -> PersonRecord:
        key = (person["ID"], person["FullName"])
        held = self._people.get(key)
        if held is None:
            name = " ".join(key[1].split())
            held = self._people[key] = PersonRecord(str(key[0]) if key[0] else name, name)
        return held


def _document(attachment: dict[str, Any]) -> DocumentRecord:
    return DocumentRecord(str(attachment["ID"]), attachment["Name"].strip(), attachment.get("Link") or "")


def _clean(text: str | None) -> str:
    """Trimmed; NUL, which a few texts hold and no database takes, is dropped."""
    if not text:
        return ""
    return text.replace("\x00", "").strip() if "\x00" in text else text.strip()


def _day(moment: str | None) -> str:
    day = (moment or NO_DATE)[:10]
    return "" if day == NO_DATE else day


def _words(error: Exception) -> str:
    return f"no {error}" if isinstance(error, KeyError) else str(error)


def current(repository: Repository) -> Iterator[Seen]:
    """Every matter as the newest commit has it, all observed at that commit's moment."""
    taken: set[str] = set()
    for seen in _read(repository, repository.current()):
        # one bill lies in two folders under one MatterId; the first, in the folder of its kind, is the live one
        if isinstance(seen, Observation) and seen.matter is not None:
            if seen.matter.source_id in taken:
                yield Unreadable(seen.observed_at, seen.place, f"a second copy of {seen.matter.file_number}, left out")
                continue
            taken.add(seen.matter.source_id)
        yield seen


def history(repository: Repository, since: str = "") -> Iterator[Seen]:
    """Every version of every matter after the commit ``since``, oldest first, observed when it was committed."""
    return _read(repository, repository.versions(since))


def _read(repository: Repository, versions: Iterable[FileVersion]) -> Iterator[Seen]:
    reader = Reader(with_text=True)
    for version, content in repository.contents(versions):
        address = WEB.format(commit=version.commit, path=version.path)
        if not version.blob:
            yield Observation(version.at, version.path, address, "", None)
        elif content is None:
            yield Unreadable(version.at, version.path, "the repository lists it and does not hold it")
        else:
            try:
                matter = reader.parse_matter(orjson.loads(content))
            except (orjson.JSONDecodeError, NotAMatter) as error:
                yield Unreadable(version.at, version.path, str(error))
                continue
            if matter is not None:
                yield Observation(version.at, version.path, address, f"sha1:{version.blob}", matter)


def observations(path: Path) -> Iterator[Seen]:
    """What an observations file holds, in its order.

    Raises SourceMissing where there is no file, SourceBroken where it is cut short or a line is not an observation.
    """
    reader = Reader(with_text=False)
    for number, row in json_lines(path):
        try:
            at, place, document = int(row["observed_at"]), row["path"], row["matter"]
            matter = None if document is None else reader.parse_matter(document)
        except (ValueError, KeyError, TypeError, NotAMatter) as error:
            raise SourceBroken(str(path), f"line {number} is not an observation: {_words(error)}") from error
        if document is None or matter is not None:
            yield Observation(at, place, row.get("address") or place, "", matter)
