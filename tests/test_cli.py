"""The command line: what goes wrong is said in one sentence, with an exit code, and nothing is lost."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from tracker.cli.main import main
from tracker.database import connect, reading, upgrade
from tracker.models import Change, Matter, Run

ROOT = Path(__file__).resolve().parents[1]
CONFIG = (ROOT / "config.toml").read_text(encoding="utf-8")
LINE = (
    '{"observed_at": 1769900000, "path": "introduction/2025/1412.json", "matter": {"ID": 76557, "File": '
    '"Int 1412-2025", "TypeName": "Introduction", "StatusName": "Vetoed", "Title": "A bill"}}\n'
)


def tracker(*arguments: str | Path, **environment: str) -> Result:
    return CliRunner(env=environment).invoke(main, [str(argument) for argument in arguments])


def refused(result: Result, code: int) -> str:
    """The sentence that was said, after checking that it is one line on stderr and no traceback."""
    assert result.exit_code == code, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert result.stdout == ""
    assert result.stderr.startswith("tracker: ")
    assert result.stderr.count("\n") == 1
    return result.stderr


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/x.db"


@pytest.fixture
def observations(tmp_path: Path) -> Path:
    path = tmp_path / "seen.jsonl"
    path.write_text(LINE, encoding="utf-8")
    return path


def changed(tmp_path: Path, old: str, new: str) -> Path:
    assert old in CONFIG
    path = tmp_path / "other.toml"
    path.write_text(CONFIG.replace(old, new), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("port = 8000", "port = ", "is not valid TOML"),
        ("port = 8000", "prot = 8000", "[web] port is missing"),
        ("threads = 4", "threads = 4\ncolour = 3", "[web] colour is not a setting"),
        ("port = 8000", 'port = "many"', "[web] port"),
        ("port = 8000", "port = 70000", "[web] port"),
        ("[council_archive]", "[concil_archive]", "[council_archive] is missing"),
        ("recital_mentions = ", "recital_mentions = -", "[scope] recital_mentions"),
        ('base_url = "http', 'base_url = "gopher', "[site] base_url"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, url: str, old: str, new: str, said: str) -> None:
    path = changed(tmp_path, old, new)
    sentence = refused(tracker("check", "--config", path, "--database-url", url), 78)
    assert said in sentence
    assert str(path) in sentence


def test_a_missing_config_and_a_wrong_port_are_named(tmp_path: Path, url: str) -> None:
    assert "no config file" in refused(tracker("check", "--config", tmp_path / "none.toml", "--database-url", url), 78)
    assert "TRACKER_CONFIG" in refused(tracker("check", "--database-url", url, TRACKER_CONFIG="/none.toml"), 78)
    assert "PORT" in refused(tracker("check", "--database-url", url, PORT="eighty"), 78)


def test_the_environment_names_the_database(url: str, observations: Path) -> None:
    assert tracker("replay", observations, TRACKER_DATABASE_URL=url).exit_code == 0
    with reading(connect(url)) as session:
        assert session.execute(sa.select(Matter.file_number)).scalar_one() == "Int 1412-2025"  # type: ignore[call-overload]


def test_a_newer_database_is_refused_and_left_alone(url: str, observations: Path) -> None:
    engine = connect(url)
    upgrade(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    assert "written by a newer one" in refused(tracker("replay", observations, "--database-url", url), 74)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "letter.db"
    path.write_text("Dear reader, " * 99, encoding="utf-8")
    refused(tracker("check", "--database-url", f"sqlite:///{path}"), 74)
    assert path.read_text(encoding="utf-8").startswith("Dear reader")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (LINE + LINE[:60], "line 2 is not JSON"),
        (LINE + '{"observed_at": 1, "path": "x"}\n', "line 2 is not an observation"),
        (LINE + "[1, 2]\n", "line 2 is not an observation"),
        (LINE + LINE.replace('"ID": 76557, ', ""), "line 2 is not an observation"),
        (LINE + LINE.replace('"Vetoed"', "7"), "line 2 is not an observation"),
        ("", "empty"),
    ],
)
def test_a_file_of_the_wrong_shape_is_refused_whole(tmp_path: Path, url: str, content: str, said: str) -> None:
    path = tmp_path / "wrong.jsonl"
    path.write_text(content, encoding="utf-8")
    assert said in refused(tracker("replay", path, "--database-url", url), 65)
    with reading(connect(url)) as session:
        assert session.execute(sa.select(Matter.id)).first() is None  # type: ignore[call-overload]
        run = session.execute(sa.select(Run)).scalar_one()
        assert (run.outcome, said in run.message) == ("failed", True)


def test_a_place_that_is_not_there_is_named(tmp_path: Path, url: str) -> None:
    for command in (("replay", tmp_path / "none"), ("sync", "council-archive", "--from", tmp_path / "none")):
        assert "none" in refused(tracker(*command, "--database-url", url), 65)
    assert "not a git repository" in refused(tracker("replay", tmp_path, "--database-url", url), 65)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if os.name != "posix" or os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_is_said_and_what_was_there_stays(small_disk: Path, tmp_path: Path, observations: Path) -> None:
    url = f"sqlite:///{small_disk}/x.db"
    assert tracker("replay", observations, "--database-url", url).exit_code == 0
    large = tmp_path / "large.jsonl"
    rows = [
        LINE.replace("76557", str(n)).replace("1412", f"{n:04}").replace("A bill", "A bill " * 99) for n in range(9999)
    ]
    large.write_text("".join(rows), encoding="utf-8")
    assert "The disk is full" in refused(tracker("replay", large, "--database-url", url), 74)
    with reading(connect(url)) as session:
        assert session.execute(sa.select(Matter.file_number)).scalars().all() == ["Int 1412-2025"]  # type: ignore[call-overload]
        assert len(session.execute(sa.select(Change.id)).all()) == 1  # type: ignore[call-overload]


def test_an_unknown_export_names_the_ones_there_are(url: str) -> None:
    assert "matters, actions, changes, relations, sections" in refused(
        tracker("export", "votes", "--database-url", url), 66
    )


def test_an_export_is_there_whole_or_not_at_all(tmp_path: Path, url: str, observations: Path) -> None:
    assert tracker("replay", observations, "--database-url", url).exit_code == 0
    assert "cannot be written" in refused(
        tracker("export", "changes", "-o", tmp_path / "no" / "x.csv", "--database-url", url), 65
    )
    target = tmp_path / "changes.csv"
    assert tracker("export", "changes", "-o", target, "--database-url", url).exit_code == 0
    assert target.read_bytes().count(b"\r\n") == 2
    assert not list(tmp_path.glob("*.part"))
    screen = tracker("export", "changes", "--database-url", url)
    assert screen.stdout_bytes == target.read_bytes()
    package = tmp_path / "all.zip"
    assert tracker("export", "all", "-o", package, "--database-url", url).exit_code == 0
    assert package.read_bytes()[:2] == b"PK"


def test_a_reader_who_leaves_early_is_no_error(url: str, observations: Path) -> None:
    assert tracker("replay", observations, "--database-url", url).exit_code == 0
    command = f'"{sys.executable}" -m tracker export changes --database-url {url} | true; exit "${{PIPESTATUS[0]}}"'
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_classify_says_what_each_matter_is_and_why(tmp_path: Path) -> None:
    matters, texts, out = tmp_path / "m.jsonl", tmp_path / "t.jsonl", tmp_path / "o.csv"
    bill = '{"ID": 1, "File": "Int 0001-2030", "TypeName": "Introduction", "StatusName": "Committee", "Title": "%s"}\n'
    matters.write_text(bill % "Limits on civil immigration detainers" + (bill % "Snow and ice").replace("0001", "0002"))
    texts.write_text('{"File": "Int 0002-2030", "Text": "Snow and ice on pavements."}\n')
    assert tracker("classify", matters, "--texts", texts, "-o", out).exit_code == 0
    rows = [line.split(",", 2) for line in out.read_text(encoding="utf-8").splitlines()]
    assert rows[0] == ["file", "label", "reason"]
    assert [row[:2] for row in rows[1:]] == [["Int 0001-2030", "core"], ["Int 0002-2030", "out"]]


def test_check_says_what_is_wrong_in_words(tmp_path: Path, url: str) -> None:
    result = tracker("check", "--database-url", url)
    assert result.exit_code == 1
    assert "WRONG The record is empty" in result.stdout
    assert "contact" in result.stdout
