"""Composer and sender as processes, killed with signal 9: nobody misses a mail, and a repeat is the same message."""

from pathlib import Path

from benchmarks.digest_kill import survive


def test_ten_kills_lose_nothing_and_repeat_only_what_was_taken_in_that_instant(tmp_path: Path) -> None:
    found = survive(tmp_path, kills=10, count=300, seed=7)
    assert found.kills == 10
    assert (found.addresses, found.missed, found.unexplained) == (300, 0, 0)
    assert found.repeats <= 10 * 4
