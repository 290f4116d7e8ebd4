"""What is shipped and what the house papers promise: the wheel, the locks, the imports, the commands."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from zipfile import ZipFile

import click
import pytest
from packaging.requirements import Requirement

from tracker import __version__
from tracker.cli.main import main

ROOT = Path(__file__).parent.parent
LOCKS = ("requirements.txt", "requirements-dev.txt")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
README = (ROOT / "README.md").read_text()

# what a distribution is imported as, where the two differ
IMPORTED_AS = {
    "google-re2": "re2",
    "beautifulsoup4": "bs4",
    "flask-compress": "flask_compress",
    "psycopg": "psycopg",
    "dkimpy": "dkim",
    "argon2-cffi": "argon2",
}
# parts of Flask that its own documentation tells to import
OF_FLASK = {"werkzeug", "jinja2", "markupsafe"}


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built as `make wheel` builds it."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    return next(folder.glob("*.whl"))


def files(*patterns: str) -> Iterator[str]:
    for pattern in patterns:
        found = [path.relative_to(ROOT).as_posix() for path in ROOT.glob(pattern) if path.is_file()]
        assert found, f"nothing in the checkout matches {pattern}"
        yield from found


def test_wheel_is_named_for_the_version(wheel: Path) -> None:
    assert wheel.name == f"sanctuary_tracker-{__version__}-py3-none-any.whl"


def test_wheel_holds_all_that_the_program_reads(wheel: Path) -> None:
    held = set(ZipFile(wheel).namelist())
    inside = set(
        files(
            "tracker/**/*.py",
            "scrapers/**/*.py",
            "tracker/migrations/*.mako",
            "tracker/record/*.csv",
            "tracker/record/*.json",
            "tracker/record/*.jsonl",
            "tracker/web/static/**/*",
        )
    )
    beside = {f"tracker/{name}" for name in files("templates/**/*", "config.toml")}
    assert (inside | beside) - held == set()


def test_wheel_holds_nothing_else(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in ZipFile(wheel).namelist()}
    assert tops == {"tracker", "scrapers", f"sanctuary_tracker-{__version__}.dist-info"}


def test_wheel_works_away_from_the_checkout(wheel: Path, tmp_path: Path) -> None:
    ZipFile(wheel).extractall(tmp_path / "site")
    home = tmp_path / "home"
    home.mkdir()
    script = (
        "import tracker, tracker.web\n"
        f"assert tracker.__file__.startswith({str(tmp_path)!r}), tracker.__file__\n"
        f"assert (tracker.config.templates_folder() / 'home.html').is_file()\n"
        f"assert str(tracker.config.templates_folder()).startswith({str(tmp_path)!r})\n"
        "from tracker.cli.main import main\n"
        "main(['export', 'matters', '--database-url', 'sqlite:///new/tracker.db'])\n"
    )
    environment = {key: value for key, value in os.environ.items() if key not in ("TRACKER_CONFIG", "PORT")}
    environment["PYTHONPATH"] = str(tmp_path / "site")
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=home, env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("source_id") or "file_number" in run.stdout.splitlines()[0]
    assert (home / "new" / "tracker.db").is_file()


def pins(name: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for distribution, version in re.findall(
        r"^([a-z0-9._-]+)(?:\[[^]]*\])?==([^ \\]+)", (ROOT / name).read_text(), re.MULTILINE
    ):
        found.setdefault(distribution, []).append(version)
    return found


@pytest.mark.parametrize("name", LOCKS)
def test_lock_names_no_host_and_no_folder(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "://" not in text
    assert not re.search(r"--(extra-)?index|--find-links|(^|\s)/\w", text, re.MULTILINE)


@pytest.mark.parametrize("name", LOCKS)
def test_lock_gives_every_pin_its_hashes(name: str) -> None:
    entries = re.split(r"^(?=[a-z0-9])", (ROOT / name).read_text(), flags=re.MULTILINE)[1:]
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry or "==" not in entry] == []


def declared() -> list[Requirement]:
    project = PROJECT["project"]
    return [Requirement(line) for line in (*project["dependencies"], *project["optional-dependencies"]["postgres"])]


def of_group(name: str) -> list[Requirement]:
    return [Requirement(line) for line in PROJECT["dependency-groups"][name] if isinstance(line, str)]


@pytest.mark.parametrize(("name", "groups"), [(LOCKS[0], ("build",)), (LOCKS[1], ("build", "dev"))])
def test_lock_fits_what_is_declared(name: str, groups: tuple[str, ...]) -> None:
    locked = pins(name)
    wanted = declared() + [requirement for group in groups for requirement in of_group(group)]
    unfit = [str(r) for r in wanted if not any(r.specifier.contains(pin) for pin in locked.get(r.name, []))]
    assert unfit == [], "run make lock"


@pytest.mark.parametrize("name", LOCKS)
def test_lock_keeps_the_extras_that_its_packages_ask_for(name: str) -> None:
    """pip takes no pin of ``coverage`` for one of ``coverage[toml]``: it refuses on the day a newer one is out."""
    text, asked = (ROOT / name).read_text(), []
    for distribution in pins(name):
        try:
            needs = [Requirement(line) for line in metadata.requires(distribution) or ()]
        except metadata.PackageNotFoundError:
            continue  # a pin for another system
        asked += [need for need in needs if need.extras and (need.marker is None or need.marker.evaluate())]
    named = {need.name.lower() for need in asked}
    bare = [
        distribution for distribution in pins(name) if distribution in named and f"\n{distribution}==" in f"\n{text}"
    ]
    assert bare == []


def test_both_locks_hold_the_same_program() -> None:
    program, everything = pins(LOCKS[0]), pins(LOCKS[1])
    assert {name: everything.get(name) for name in program} == program


def imported(*folders: str) -> set[str]:
    found = set()
    for path in (path for folder in folders for path in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                found.add(node.module.split(".")[0])
    return found - set(sys.stdlib_module_names) - {"tracker", "scrapers", "tests", "benchmarks", *OF_FLASK}


def modules(requirements: list[Requirement]) -> set[str]:
    return {IMPORTED_AS.get(r.name, r.name.replace("-", "_")) for r in requirements}


def test_program_imports_only_what_it_declares() -> None:
    assert imported("tracker", "scrapers") - modules(declared()) == set()


def commands(group: click.Group, before: str = "tracker") -> Iterator[str]:
    for name, command in group.commands.items():
        if not isinstance(command, click.Group) or command.invoke_without_command:
            yield f"{before} {name}"
        if isinstance(command, click.Group):
            yield from commands(command, f"{before} {name}")


def test_readme_lists_exactly_the_commands_there_are() -> None:
    listed = re.findall(r"^\| `(tracker [a-z -]+?)(?: [A-Z][A-Z ]*)?` \|", README, re.MULTILINE)
    assert sorted(listed) == sorted(commands(main))


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "docs/operations.md", ".ci/run"])
def test_papers_name_only_make_targets_there_are(name: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:`|^|PORT=\d+ )make ([a-z]+)", (ROOT / name).read_text(), re.MULTILINE))
    assert named
    assert named - targets == set()


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/operations.md"])
def test_papers_link_only_to_what_is_there(name: str) -> None:
    page = ROOT / name
    linked = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text())
    assert [place for place in linked if not (page.parent / place).exists()] == []


def test_architecture_tells_of_every_module() -> None:
    text = (ROOT / "docs/architecture.md").read_text()
    told = set(re.findall(r"`((?:tracker|scrapers)/[\w/]+\.py)`", text))
    own = {name for name in files("tracker/**/*.py", "scrapers/*.py") if "/versions/" not in name}
    skipped = {name for name in own if name.endswith(("__init__.py", "__main__.py"))}
    assert own - skipped - told == set(), "say in docs/architecture.md what these are for"
    assert told - own - {"tracker/migrations/env.py"} == set(), "these are gone"
