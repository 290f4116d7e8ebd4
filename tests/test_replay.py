"""A replay of five years of real observations records what an independent comparison of the same files found."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
import zstandard
from click.testing import CliRunner

from tracker.cli.main import main


@pytest.fixture
def scorer(data: Path) -> ModuleType:
    """The judge's own program, which knows nothing of ours."""
    path = data.parent / "tools" / "score_replay.py"
    if not path.is_file():
        pytest.skip("the scorer of replays is not at hand")
    spec = importlib.util.spec_from_file_location("score_replay", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(*arguments: str) -> str:
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    return result.output


def test_a_replay_misses_no_change_and_invents_none(
    blank_url: str, data: Path, tmp_path: Path, scorer: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    observations, recorded = data / "council/observations.jsonl.zst", tmp_path / "changes.csv"
    run("replay", str(observations), "--database-url", blank_url)
    run("export", "changes", "-o", str(recorded), "--database-url", blank_url)
    header = recorded.read_text(encoding="utf-8").splitlines()[0]
    assert header.startswith("source_id,file_number,observed_at,kind,action_id,before,after")

    truth, said = scorer.load(data / "council/expected_changes.csv"), scorer.load(recorded)
    kinds = ("status_changed", "renumbered", "action_added", "action_edited", "action_withdrawn")
    assert sum(truth[key] for key in truth if key[0] in kinds) == 3480
    assert {key: n for key, n in truth.items() if key[0] in kinds} == {
        key: n for key, n in said.items() if key[0] in kinds
    }
    assert "Nothing new." in run("replay", str(observations), "--database-url", blank_url)


def test_the_same_observations_in_another_file_record_nothing_more(blank_url: str, data: Path, tmp_path: Path) -> None:
    observations, again = data / "council/observations.jsonl.zst", tmp_path / "again.jsonl"
    with observations.open("rb") as packed, again.open("wb") as plain:
        zstandard.ZstdDecompressor().copy_stream(packed, plain)
    run("replay", str(observations), "--database-url", blank_url)
    assert "no changes" in run("replay", str(again), "--database-url", blank_url)
