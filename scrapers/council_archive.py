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
from datetime import date
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
    file_number_of,
)

WEB = "https://github.com/jehiah/nyc_legislation/blob/{commit}/{path}"
GATEWAY = "https://legistar.council.nyc.gov/gateway.aspx?m=l&id="
NO_DATE = "0001-01-01"
LAST_MOMENT = 1 << 33  # the year 2242: a later one is no unix time in seconds

Seen = Observation | Unreadable


class NotAMatter(Exception):
    """Raised by `parse_matter` for JSON that is not a matter's; the message says what is missing."""


class Reader:
    """Turns the archive's JSON into records. Holds the members and votes it has met, so that each is made once."""

    def __init__(self, *, whole: bool) -> None:
        self._whole = whole
        self._people: dict[tuple[int, str], PersonRecord] = {}
        self._days: set[str] = set()
        self._words = _Words()
        self._documents: dict[int, DocumentRecord] = {}
        self._votes: dict[tuple[int, str, str], VoteRecord] = {}

    def parse_matter(self, document: Any) -> MatterRecord | None:
        """A matter, or None for a temporary number. Raises NotAMatter for anything else."""
        try:
            file_number = _required(document["File"])
            if file_number[:1] in ("T", "t"):
                return None
            return self._matter(document, file_number_of(file_number))
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise NotAMatter(f"it is not a matter in the archive's shape ({_words(error)})") from error

    def _matter(self, document: dict[str, Any], file_number: str) -> MatterRecord:
        get = document.get
        text, summary, attachments = get("Text"), get("Summary"), get("Attachments")
        actions = tuple([self._action(row) for row in get("History") or ()])
        if len({action.source_id for action in actions}) < len(actions):
            raise ValueError("a row of its history is there twice")
        return MatterRecord(
            source_id=str(_whole(document, "ID")),
            file_number=file_number,
            kind=_required(document["TypeName"]),
            name=_clean(get("Name")),
            title=_clean(get("Title")),
            status=_clean(document["StatusName"].strip()),
            body=_clean(get("BodyName")),
            introduced_on=self._day(get("IntroDate")),
            final_action_on=self._day(get("PassedDate")),
            enacted_on=self._day(get("EnactmentDate")),
            local_law=_clean(get("LocalLaw")),
            version=_clean(get("Version")),
            sponsors=tuple([self._person(p) for p in get("Sponsors") or () if p["ID"]]),
            actions=actions,
            summary=_clean(summary) if self._carried(summary) else None,
            documents=tuple([self._document(a) for a in attachments or ()]) if self._carried(attachments) else None,
            text=_clean(text) if self._carried(text) else None,
            url=f"{GATEWAY}{document['ID']}",
            scope=get("Scope") or "",
            scope_reason=get("ScopeReason") or "",
        )

    def _carried(self, value: Any) -> bool:
        # the repository leaves out what is empty; other files leave out what they never had
        return self._whole or value is not None

    def _action(self, row: dict[str, Any]) -> ActionRecord:
        get, words = row.get, self._words
        moment = row["Date"].strip()
        votes = get("Votes")
        return ActionRecord(
            str(_whole(row, "ID")),
            self._good(moment[:10]),
            moment[11:].rstrip("Z"),
            _whole(row, "ActionID") if get("ActionID") is not None else 0,
            words[get("Action")],
            words[get("BodyName")],
            words[get("PassedFlagName")],
            words[get("Version")],
            _clean(get("MinutesNote") or get("AgendaNote")),
            str(get("EventID") or ""),
            tuple([self._vote(vote) for vote in votes]) if votes else (),
        )

    def _vote(self, vote: dict[str, Any]) -> VoteRecord:
        key = (vote["ID"], vote["FullName"], vote["Vote"])
        held = self._votes.get(key)
        if held is None:
            held = self._votes[key] = VoteRecord(self._person(vote), _clean(key[2].strip()))
        return held

    def _person(self, person: dict[str, Any]) -> PersonRecord:
        key = (person["ID"], person["FullName"])
        held = self._people.get(key)
        if held is None:
            name = " ".join(_clean(key[1]).split())
            held = self._people[key] = PersonRecord(str(key[0]) if key[0] else name, name)
        return held

    def _document(self, attachment: dict[str, Any]) -> DocumentRecord:
        """The same document is there in every later version of its file: the record of it, too, is the same."""
        key, name, url = attachment["ID"], attachment["Name"], attachment.get("Link")
        held = self._documents.get(key)
        if held is None or held.name != name or held.url != url:
            held = self._documents[key] = DocumentRecord(str(key), _clean(name.strip()), _clean(url))
        return held

    def _day(self, moment: str | None) -> str:
        day = (moment or NO_DATE)[:10]
        return "" if day == NO_DATE else self._good(day)

    def _good(self, day: str) -> str:
        """A date that the calendar has; each is looked at once."""
        if day not in self._days:
            date.fromisoformat(day)
            self._days.add(day)
        return day


def _clean(text: str | None) -> str:
    """Trimmed; NUL, which a few texts hold and no database takes, is dropped."""
    if not text:
        return ""
    return text.replace("\x00", "").strip() if "\x00" in text else text.strip()


class _Words(dict[str | None, str]):
    """Raw words -> clean ones, for the few hundred that come back in every row: each is cleaned once."""

    def __missing__(self, raw: str | None) -> str:
        word = self[raw] = _clean(raw)
        return word


def _required(text: str) -> str:
    word = _clean(text.strip())
    if not word:
        raise ValueError("its number or its type is empty")
    return word


def _whole(document: dict[str, Any], key: str) -> int:
    number = document[key]
    if type(number) is not int:
        raise TypeError(f"{key} is {number!r}")
    return number


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
    reader = Reader(whole=True)
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
    reader = Reader(whole=False)
    for number, row in json_lines(path):
        try:
            at, place, document = _moment(row["observed_at"]), row["path"], row["matter"]
            if not isinstance(place, str):
                raise TypeError(f"path is {place!r}")
            matter = None if document is None else reader.parse_matter(document)
        except (ValueError, KeyError, TypeError, NotAMatter) as error:
            raise SourceBroken(str(path), f"line {number} is not an observation: {_words(error)}") from error
        if document is None or matter is not None:
            yield Observation(at, place, row.get("address") or place, "", matter)


def _moment(seconds: Any) -> int:
    if not 0 <= (at := int(seconds)) < LAST_MOMENT:
        raise ValueError(f"{seconds} is no moment in unix seconds")
    return at
