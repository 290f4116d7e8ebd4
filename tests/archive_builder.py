"""Documents in the shapes of the Council's archive, and repositories, files and records made of them."""

import os
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import sqlalchemy as sa
import zstandard

from scrapers.council_archive import Reader
from scrapers.records import MatterRecord, Observation, Unreadable
from tracker.config import load_config
from tracker.database import reading, writing
from tracker.held import table
from tracker.ingest import Result, Source, ingest
from tracker.models import (
    Action,
    Alert,
    Capture,
    Change,
    Document,
    Matter,
    Note,
    Person,
    Relation,
    Run,
    ScopeOverride,
    SectionEffect,
    Sponsorship,
    Version,
    Vote,
)
from tracker.record import Facts
from tracker.scope import Rule

ROOT = Path(__file__).resolve().parents[1]
RULE = Rule(load_config(ROOT / "config.toml", {}).scope)
DAY = 86_400
START = 1_766_534_400  # 2025-12-24T00:00:00Z
NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
NO_DATE = "0001-01-01T00:00:00Z"
SOURCE = "council-archive"

Json = dict[str, Any]

ALL_TABLES = (
    Run, Alert, Capture, Person, Matter, Action, Vote, Sponsorship, Document, Version, Change, Relation,
    SectionEffect, Note, ScopeOverride,
)  # fmt: skip
RECORD_TABLES = tuple(model for model in ALL_TABLES if model not in (Run, Alert))


def clock() -> datetime:
    return NOW


def member(number: int, name: str, vote: str = "") -> Json:
    """A sponsor, or one member's vote."""
    person: Json = {"ID": number, "Slug": name.lower().replace(" ", "-"), "FullName": name}
    return person | {"VoteID": 1, "Vote": vote} if vote else person


def row(number: int, on: str, code: int = 27, name: str = "Introduced by Council", **more: Any) -> Json:
    """One row of a history; `on` is a date, or a date and a New York time."""
    day, _, time = on.partition(" ")
    date = f"{day}T{time or '00:00:00'}Z"
    return {"ID": number, "Date": date, "ActionID": code, "Action": name, "BodyName": "City Council"} | more


def document(number: int = 76001, file: str = "Int 1412-2025", **more: Any) -> Json:
    """A matter as the archive writes it."""
    made: Json = {
        "ID": number,
        "GUID": f"GUID-{number}",
        "File": file,
        "Name": "Counting the trees of a street.",
        "Title": "A Local Law in relation to counting the trees of a street",
        "TypeID": 2,
        "TypeName": "Resolution" if file.lower().startswith("res") else "Introduction",
        "StatusID": 4,
        "StatusName": "Committee",
        "BodyID": 1,
        "BodyName": "Committee on Parks and Recreation",
        "IntroDate": "2025-10-09T00:00:00Z",
        "AgendaDate": NO_DATE,
        "PassedDate": NO_DATE,
        "EnactmentDate": NO_DATE,
        "Version": "*",
        "Sponsors": [member(7601, "Jane Doe"), member(7602, "Richard Roe")],
        "History": [row(number * 10, "2025-10-09 13:25:00")],
        "LastModified": "2025-10-09T20:00:00.1Z",
    }
    return made | more


def path_of(doc: Json) -> str:
    """Where the archive keeps a matter."""
    kind, _, number = doc["File"].partition(" ")
    digits, year = number.split("-")
    return f"{'resolution' if kind.lower() == 'res' else 'introduction'}/{year}/{digits}.json"


def seen(doc: Json | None, at: int = START, path: str = "") -> Observation:
    """One observation as the archive's reader gives it; None is a file that was deleted."""
    record = None if doc is None else Reader(whole=False).parse_matter(doc)
    place = path or (path_of(doc) if doc else "")
    assert place
    return Observation(at, place, f"https://example.org/{at}/{place}", "", record)


def take(
    engine: sa.Engine,
    *observed: Observation | Unreadable,
    mode: str = "live",
    covers: Callable[[str], bool] | None = None,
    facts: Facts | None = None,
    name: str = SOURCE,
    now: Callable[[], datetime] = clock,
    rule: Rule = RULE,
) -> Result:
    """One run over these observations."""
    source = Source(name, mode, "a test", f"cursor-{len(observed)}", iter(observed), covers, facts)
    return ingest(engine, source, rule, now)


def rows(engine: sa.Engine, model: Any, **where: Any) -> list[Any]:
    """A table's rows in the order of their keys, those that hold these values."""
    target = table(model)
    query = sa.select(target).where(*[target.c[key] == value for key, value in where.items()])
    with reading(engine) as session:
        return list(session.execute(query.order_by(*target.primary_key.columns)).all())


def one(engine: sa.Engine, model: Any, **where: Any) -> Any:
    """The only row that holds these values."""
    (found,) = rows(engine, model, **where)
    return found


def told(engine: sa.Engine, *kinds: str) -> list[tuple[str, str, str]]:
    """(kind, before, after) of each change, in the order they were recorded."""
    return [(r.kind, r.before, r.after) for r in rows(engine, Change) if not kinds or r.kind in kinds]


def snapshot(engine: sa.Engine, *models: Any) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of these tables, or of all tables of the record."""
    return {table(model).name: [tuple(r) for r in rows(engine, model)] for model in models or RECORD_TABLES}


def add(engine: sa.Engine, *things: Any) -> None:
    """Store rows as they are."""
    with writing(engine) as session:
        for thing in things:
            session.add(thing)
            session.flush()


def lines(observed: Iterable[tuple[int, str, Json | None]]) -> bytes:
    """An observations file's bytes."""
    return b"".join(
        orjson.dumps({"observed_at": at, "path": path, "matter": doc}) + b"\n" for at, path, doc in observed
    )


def observations_file(path: Path, *observed: tuple[int, str, Json | None]) -> Path:
    """An observations file, packed if its name says so."""
    content = lines(observed)
    path.write_bytes(zstandard.compress(content) if path.suffix == ".zst" else content)
    return path


def record_of(doc: Json) -> MatterRecord:
    """The record a document is read as."""
    record = Reader(whole=False).parse_matter(doc)
    assert record is not None
    return record


class Archive:
    """A real git repository that the test writes and commits to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        self.git("init", "--quiet", "--initial-branch=master")
        self.git("config", "uploadpack.allowAnySHA1InWant", "true")

    @property
    def address(self) -> str:
        return self.folder.as_uri()

    def git(self, *arguments: str, at: int = START) -> str:
        """Run git with nobody's settings but the test's."""
        moment = f"{at} +0000"
        who = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org"}
        who |= {"GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.org"}
        dates = {"GIT_AUTHOR_DATE": moment, "GIT_COMMITTER_DATE": moment}
        nothing = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        command = ["git", "-C", str(self.folder), *arguments]
        answer = subprocess.run(
            command, capture_output=True, text=True, check=True, env=os.environ | who | dates | nothing
        )
        return answer.stdout.strip()

    def put(self, doc: Json | bytes, path: str = "") -> str:
        """Write one file, not committed yet."""
        place = path or path_of(doc if isinstance(doc, dict) else {})
        file = self.folder / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(doc if isinstance(doc, bytes) else orjson.dumps(doc))
        return place

    def commit(self, at: int) -> str:
        """Commit all that was written or deleted; gives the commit."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", f"sync: {at}", at=at)
        return self.git("rev-parse", "HEAD")

    def save(self, at: int, *docs: Json) -> str:
        """Write matters at their own places and commit them."""
        for doc in docs:
            self.put(doc)
        return self.commit(at)


@contextmanager
def without(*names: str) -> Iterator[None]:
    """The environment without these variables."""
    kept = {name: os.environ.pop(name) for name in names if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(kept)
