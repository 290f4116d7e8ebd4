"""The site's secret, sealed addresses, and signed links."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.errors import BadInput, ConfigError
from tracker.secret import Seal, Secret, load_secret
from tracker.tokens import Tokens, digest_of

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECRET = Secret("a text that is long enough to be one, for tests alone")
DAY = timedelta(days=1)


def test_a_secret_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/tracker.db"
    first, again = load_secret({}, url), load_secret({}, url)
    assert first.key("x") == again.key("x")
    kept = tmp_path / "tracker.db.secret"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert sorted(tmp_path.iterdir()) == [kept]


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/tracker.db"
    assert load_secret({"TRACKER_SECRET": "s" * 40}, url).key("x") == Secret("s" * 40).key("x")
    assert not list(tmp_path.iterdir())


def test_several_processes_need_a_secret_that_is_given() -> None:
    with pytest.raises(ConfigError, match="Set TRACKER_SECRET"):
        load_secret({}, "postgresql://postgres@127.0.0.1/x")


def test_a_short_secret_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="shorter than 32"):
        load_secret({"TRACKER_SECRET": "short"}, "sqlite://")
    (tmp_path / "x.db.secret").write_text("")
    with pytest.raises(ConfigError, match="does not hold a secret"):
        load_secret({}, f"sqlite:///{tmp_path}/x.db")


def test_a_place_where_nothing_can_be_kept_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be kept"):
        load_secret({}, f"sqlite:///{tmp_path}/nowhere/x.db")


@given(st.text())
def test_what_was_sealed_opens_again(text: str) -> None:
    assert Seal(SECRET).open(Seal(SECRET).close(text)) == text


def test_another_secret_opens_nothing() -> None:
    with pytest.raises(ConfigError, match="TRACKER_SECRET"):
        Seal(Secret.fresh()).open(Seal(SECRET).close("reader@example.org"))


def test_one_address_has_one_fingerprint_however_it_is_typed() -> None:
    seal = Seal(SECRET)
    assert seal.fingerprint(" Reader@Example.org ") == seal.fingerprint("reader@example.org")
    assert seal.fingerprint("reader@example.org") != seal.fingerprint("reader@example.com")
    assert seal.fingerprint("reader@example.org") != Seal(Secret.fresh()).fingerprint("reader@example.org")


@given(st.text(), st.text())
def test_a_token_gives_back_what_was_put_in(subject: str, nonce: str) -> None:
    tokens = Tokens(SECRET)
    granted = tokens.read("manage", tokens.give("manage", subject[:300], nonce[:50], NOW), NOW, DAY)
    assert granted == (subject[:300], nonce[:50], NOW)


def test_a_token_ends_after_its_time() -> None:
    tokens = Tokens(SECRET)
    token = tokens.give("confirm", "7", "n", NOW)
    assert tokens.read("confirm", token, NOW + DAY, DAY).subject == "7"
    with pytest.raises(BadInput, match="too old"):
        tokens.read("confirm", token, NOW + DAY + timedelta(seconds=1), DAY)
    assert tokens.read("confirm", token, NOW + 1000 * DAY, None).subject == "7"


def test_a_token_of_another_purpose_or_hand_is_refused() -> None:
    tokens = Tokens(SECRET)
    good = tokens.give("confirm", "7", "n", NOW)
    forged = Tokens(Secret.fresh()).give("confirm", "7", "n", NOW)
    for purpose, token in (
        ("manage", good),
        ("confirm", forged),
        ("confirm", ""),
        ("confirm", good[:-1]),
        ("confirm", "é"),
    ):
        with pytest.raises(BadInput, match="not one of ours"):
            tokens.read(purpose, token, NOW, None)  # type: ignore[arg-type]
    assert digest_of(good) != digest_of(forged)
