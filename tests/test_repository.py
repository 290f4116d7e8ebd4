"""What stands in the repository, and what must not."""

import re
import subprocess
import tomllib
from pathlib import Path

import click
import pytest

from tracker.cli.main import main

ROOT = Path(__file__).resolve().parents[1]


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("this is not a git checkout")
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


def test_the_top_level_is_the_one_that_was_agreed() -> None:
    tops = {path.relative_to(ROOT).parts[0] for path in tracked()}
    assert tops <= {
        *("pyproject.toml", "tracker", "scrapers", "templates", "tests", "config.toml"),
        *("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "requirements.txt"),
        *("requirements-dev.txt", "docs", "benchmarks", ".ci", ".gitignore"),
    }


def test_no_lock_file_names_a_host() -> None:
    for path in ROOT.glob("requirements*.txt"):
        text = path.read_text(encoding="utf-8")
        assert "://" not in text
        assert "--hash=sha256:" in text


def test_no_file_names_a_place_of_one_machine() -> None:
    places = (str(ROOT.parent) + "/", str(Path.home()) + "/")
    for path in tracked():
        if path.suffix not in (".png", ".jsonl"):
            text = path.read_text(encoding="utf-8")
            assert not [place for place in places if place in text], path


def commands(group: click.Group, before: str = "tracker") -> list[str]:
    found = []
    for name, command in group.commands.items():
        inner = f"{before} {name}"
        found += commands(command, inner) if isinstance(command, click.Group) else [inner]
    return found


def test_every_command_is_explained() -> None:
    papers = (ROOT / "README.md").read_text(encoding="utf-8") + (ROOT / "docs/operations.md").read_text(
        encoding="utf-8"
    )
    for command in commands(main):
        assert command in papers


def test_every_setting_is_explained_where_it_is_set() -> None:
    lines = (ROOT / "config.toml").read_text(encoding="utf-8").splitlines()
    settings = tomllib.loads("\n".join(lines))
    for section, keys in settings.items():
        start = lines.index(f"[{section}]")
        for key in keys:
            at = next(n for n, line in enumerate(lines) if n > start and re.match(rf"{key}\s*=", line))
            above = lines[start + 1 : at]
            assert any(line.startswith("#") for line in above), f"[{section}] {key}"
