"""``tracker match``: a file of articles in, a file of links out."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tracker.cli.match import day_of, match
from tracker.errors import BadInput


def run(folder: Path, *articles: Any) -> tuple[Result, list[dict[str, Any]]]:
    source, target = folder / "articles.jsonl", folder / "links.jsonl"
    source.write_text(
        "".join(f"{article if isinstance(article, str) else json.dumps(article)}\n" for article in articles)
    )
    command = [str(source), "-o", str(target), "--database-url", f"sqlite:///{folder}/tracker.db"]
    result = CliRunner().invoke(match, command)
    lines = target.read_text(encoding="utf-8").splitlines() if target.is_file() else []
    return result, [json.loads(line) for line in lines]


def test_a_fresh_machine_loads_its_record_and_links(tmp_path: Path) -> None:
    result, lines = run(
        tmp_path,
        {"id": "a", "title": None, "text": "Local Law 58 of 2014", "published": None, "mentions": ["NYC Trust Act"]},
        {"id": "b", "title": "Weather", "text": "Rain in New York City.", "published": "2025-04"},
    )
    assert result.exit_code == 0, result.output
    assert [line["id"] for line in lines] == ["a", "b"]
    first, second = lines
    assert [link["file"] for link in first["matters"]] == ["Int 0486-2014", "Int 0214-2024"]
    assert first["matters"][0] == {
        "file": "Int 0486-2014", "kind": "explicit", "score": 1.0, "role": "main", "evidence": "Local Law 58 of 2014",
    }  # fmt: skip
    assert second["matters"] == []


@pytest.mark.parametrize("line", ["{", '"text"', '{"text": "no id"}', '{"id": 1, "published": "soon"}'])
def test_a_line_that_is_no_article_is_refused(tmp_path: Path, line: str) -> None:
    result, lines = run(tmp_path, line)
    assert isinstance(result.exception, BadInput)
    assert lines == []


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    command = [str(tmp_path / "none"), "-o", str(tmp_path / "x"), "--database-url", f"sqlite:///{tmp_path}/tracker.db"]
    assert isinstance(CliRunner().invoke(match, command).exception, BadInput)


@pytest.mark.parametrize(
    ("published", "day"),
    [
        ("2025-04-08", "2025-04-08"),
        ("2025-04-08T10:00:00Z", "2025-04-08"),
        ("2025-04", "2025-04-15"),
        ("2025", "2025-07-15"),
    ],
)
def test_a_date_may_lack_its_day(published: str, day: str) -> None:
    assert str(day_of(published)) == day


def test_no_date_is_no_date() -> None:
    assert day_of(None) is None
    assert day_of("") is None
