"""The commands that read sources, as processes of their own: killed in the middle, told to stop, and run again."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import sqlalchemy as sa
from archive_builder import ROOT, Archive, rows
from live import Live, living, matters
from test_live_mayor import articles
from upstream.city import TOKEN, City
from upstream.server import App, Reply, Request

from tracker.models import Change, Matter, Run
from tracker.models.sources import Article, MayoralOrder

BILLS = ("Int 1412-2025", "Int 1568-2017", "Int 0486-2014")
SOURCES = ("council-archive", "council-api", "council-web", "executive-orders", "mayor-news", "hearings")


class Hold:
    """A fault that answers nothing until it is let go; ``reached`` is set when somebody waits."""

    def __init__(self) -> None:
        self.reached, self.go = Event(), Event()

    def __call__(self, request: Request, app: App) -> Reply:
        self.reached.set()
        self.go.wait(60)
        return app(request)


@pytest.fixture
def live(record: sa.Engine, tmp_path: Path) -> Iterator[Live]:
    today = datetime.now(UTC)
    held = matters(*BILLS)
    held[0]["IntroDate"] = f"{today:%Y-%m-%d}T00:00:00Z"
    papers = [article | {"date": f"{today:%Y-%m-%d}"} for article in articles()]
    event = {
        "ID": 30001, "GUID": "G", "BodyID": 1, "BodyName": "Committee on Immigration",
        "Date": f"{today:%Y-%m-%d}T13:00:00",
        "Location": "City Hall", "AgendaStatusName": "Final", "MinutesStatusName": "Draft", "Comment": "", "Items": [],
    }  # fmt: skip
    with living(record, tmp_path, City(held, [event], papers, today=today.date()), today) as made:
        archive = Archive(tmp_path / "archive")
        archive.save(int(today.timestamp()) - 3600, *[{k: v for k, v in m.items() if k[:5] != "Scope"} for m in held])
        path = tmp_path / "config.toml"
        text = path.read_text(encoding="utf-8").replace("https://github.com/jehiah/nyc_legislation", archive.address)
        path.write_text(text, encoding="utf-8")
        yield made


def run(live: Live, *arguments: str) -> subprocess.Popen[str]:
    environment = os.environ | {
        "TRACKER_CONFIG": str(live.folder / "config.toml"),
        "TRACKER_DATABASE_URL": f"sqlite:///{live.folder}/record.db",
        "TRACKER_LEGISTAR_TOKEN": TOKEN,
    }
    return subprocess.Popen(
        [sys.executable, "-m", "tracker", *arguments],
        env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    out, err = process.communicate(timeout=120)
    return process.returncode, out + err


def stored(live: Live) -> dict[str, list[Any]]:
    """All that a run leaves, but for moments and our own numbers."""
    return {
        "changes": sorted((r.file_number, r.kind, r.before, r.after, r.action_id) for r in rows(live.engine, Change)),
        "matters": sorted((r.file_number, r.status, r.stage, r.scope) for r in rows(live.engine, Matter)),
        "orders": sorted((r.key, r.text) for r in rows(live.engine, MayoralOrder)),
        "articles": sorted((r.address, r.headline) for r in rows(live.engine, Article)),
    }


def test_sync_reads_every_source_and_a_second_time_tells_nothing(live: Live) -> None:
    code, said = ended(run(live, "sync"))
    assert (code, "could not be read" in said) == (65, True), said  # the orders' archive is not in this city
    assert {row.source for row in rows(live.engine, Run) if row.outcome == "ok"} == {*SOURCES, "articles-relinked"}
    before = stored(live)
    assert {kind for _, kind, *_ in before["changes"]} == {"appeared"}
    assert [len(before[name]) for name in ("orders", "articles")] == [2, 1]
    ended(run(live, "sync"))
    assert stored(live) == before


@pytest.mark.parametrize(
    ("source", "where"),
    [
        ("council-api", "/sponsors"),
        ("council-web", "HistoryDetail"),
        ("executive-orders", "eeo-2.7.pdf"),
        ("mayor-news", "report.model.json"),
        ("hearings", "/events"),
    ],
)
def test_a_run_that_is_killed_loses_nothing_and_the_next_tells_nothing_twice(
    live: Live, source: str, where: str
) -> None:
    hold = Hold()
    live.upstream.misbehave(where, hold, times=1)
    process = run(live, "sync", source)
    assert hold.reached.wait(60), ended(process)
    process.kill()
    ended(process)
    hold.go.set()
    assert rows(live.engine, Run) == []
    code, said = ended(run(live, "sync", source))
    assert code == 0, said
    once = stored(live)
    assert any(once.values()) or source == "hearings"
    code, said = ended(run(live, "sync", source))
    assert (code, stored(live)) == (0, once), said


def test_a_run_that_is_told_to_stop_says_so_and_stores_nothing(live: Live) -> None:
    hold = Hold()
    live.upstream.misbehave("/sponsors", hold, times=1)
    process = run(live, "sync", "council-api")
    assert hold.reached.wait(60)
    process.send_signal(signal.SIGTERM)
    hold.go.set()
    code, said = ended(process)
    assert (code, "told to stop" in said) == (75, True), said
    assert [row.outcome for row in rows(live.engine, Run)] == ["stopped"]
    assert rows(live.engine, Matter) == []


def test_a_source_is_read_by_one_process_at_a_time(live: Live) -> None:
    hold = Hold()
    live.upstream.misbehave("/sponsors", hold, times=1)
    first = run(live, "sync", "council-api")
    assert hold.reached.wait(60)
    code, said = ended(run(live, "sync", "council-api"))
    assert code == 75, said
    hold.go.set()
    assert ended(first)[0] == 0


def test_no_token_is_in_what_a_failing_run_says_or_leaves(live: Live) -> None:
    live.city.token = "another"
    code, said = ended(run(live, "sync", "council-api"))
    assert code == 65
    assert "council.nyc.gov/legislation/api" in said
    left = said + "".join(row.message + row.place for row in rows(live.engine, Run))
    assert f"token={TOKEN}" not in left


KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from scrapers.council_archive import current
from scrapers.git_archive import open_repository
from tracker.config import load_config
from tracker.database import connect
from tracker.ingest import Source, ingest
from tracker.scope import Rule

def cut(seen):
    yield next(seen)
    os.kill(os.getpid(), signal.SIGKILL)

url, config, archive = sys.argv[1:]
repository = open_repository(archive, Path("unused"), whole=False)
source = Source("council-archive", "live", archive, repository.head(), cut(current(repository)))
ingest(connect(url), source, Rule(load_config(Path(config), {}).scope), lambda: datetime.now(UTC))
"""


def test_an_archive_run_that_is_killed_inside_its_transaction_leaves_nothing(live: Live) -> None:
    url, archive = f"sqlite:///{live.folder}/record.db", str(live.folder / "archive")
    arguments = [sys.executable, "-c", KILLED, url, str(live.folder / "config.toml"), archive]
    assert subprocess.run(arguments, cwd=ROOT, check=False).returncode == -signal.SIGKILL
    assert (rows(live.engine, Run), rows(live.engine, Matter)) == ([], [])
    for _ in range(2):
        code, said = ended(run(live, "sync", "council-archive"))
        assert code == 0, said
    assert [row.kind for row in rows(live.engine, Change)] == ["appeared"] * len(BILLS)
