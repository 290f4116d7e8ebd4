"""Settings: where they are looked for, what goes before what, and that each mistake is named by its key."""

import os
from pathlib import Path

import pytest
from archive_builder import ROOT

from tracker.config import Config, load_config
from tracker.errors import ConfigError

SHIPPED = (ROOT / "config.toml").read_text(encoding="utf-8")


def load(tmp_path: Path, old: str = "", new: str = "", **environ: str) -> Config:
    assert old in SHIPPED
    path = tmp_path / "other.toml"
    path.write_text(SHIPPED.replace(old, new, 1) if old else SHIPPED, encoding="utf-8")
    return load_config(path, environ)


def test_the_shipped_settings_are_valid(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert settings.web.port == 8000
    assert settings.database.url.startswith("sqlite:///")
    assert "detainer" in settings.scope.wake


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    settings = load(tmp_path, PORT="8123", TRACKER_DATABASE_URL="postgresql://db/tracker")
    assert (settings.web.port, settings.database.url) == (8123, "postgresql://db/tracker")


def test_an_empty_variable_is_none(tmp_path: Path) -> None:
    assert load(tmp_path, PORT="", TRACKER_DATABASE_URL="").web.port == 8000


def test_a_file_is_looked_for_where_the_command_says_then_the_environment_then_here_then_in_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(name: str, title: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(SHIPPED.replace("NYC Sanctuary Law Tracker", title, 1), encoding="utf-8")
        return path

    named, environ = write("named.toml", "Named"), {"TRACKER_CONFIG": str(write("environ.toml", "Environ"))}
    write("here/config.toml", "Here")
    monkeypatch.chdir(tmp_path / "here")
    assert load_config(named, environ).site.title == "Named"
    assert load_config(None, environ).site.title == "Environ"
    assert load_config(None, {}).site.title == "Here"
    os.unlink("config.toml")
    assert load_config(None, {}).site.title == "NYC Sanctuary Law Tracker"


@pytest.mark.parametrize("port", ["eighty", "-1", "8000.5", " 80", "\N{SUPERSCRIPT TWO}", "0x50"])
def test_a_port_that_is_no_number_is_named(tmp_path: Path, port: str) -> None:
    with pytest.raises(ConfigError, match="PORT in the environment is"):
        load(tmp_path, PORT=port)


@pytest.mark.parametrize("port", ["0", "65536"])
def test_a_port_out_of_range_is_named_by_its_key(tmp_path: Path, port: str) -> None:
    with pytest.raises(ConfigError, match=r"\[web\] port: .*" + port):
        load(tmp_path, PORT=port)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("port = 8000", "prot = 8000", r"\[web\] port is missing|\[web\] prot is not a setting"),
        ("port = 8000", "port = 8000\nports = 1", r"\[web\] ports is not a setting\. Take it out"),
        ("port = 8000", 'port = "eighty"', r"\[web\] port: .* but it is 'eighty'"),
        ("workers = 2", "workers = 0", r"\[web\] workers: "),
        ('url = "sqlite:///data/tracker.db"', 'url = ""', r"\[database\] url: "),
        ('base_url = "http://127.0.0.1:8000"', 'base_url = "127.0.0.1"', r"\[site\] base_url: "),
        ('base_url = "http://127.0.0.1:8000"', 'base_url = "http://127.0.0.1/"', r"\[site\] base_url: "),
        ("[web]", "[webb]", r"\[web\] is missing|\[webb\] is not a setting"),
        ("recital_mentions = 4", 'recital_mentions = "many"', r"\[scope\] recital_mentions: "),
        ('detainers = ["immigration detainer*"', 'detainers = ["*"', r"\[scope\] detainers\.0: "),
        ("[site]", "[site", "is not valid TOML"),
    ],
)
def test_a_mistake_is_one_line_that_names_the_file_and_the_key(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said) as caught:
        load(tmp_path, old, new)
    assert "other.toml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_a_folder_and_bytes_that_are_no_text_are_named(tmp_path: Path) -> None:
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(ConfigError, match="There is no config file"):
            load_config(path, {})
    (tmp_path / "odd.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match=r"odd\.toml cannot be read"):
        load_config(tmp_path / "odd.toml", {})


def test_no_setting_may_be_changed_once_it_is_read(tmp_path: Path) -> None:
    settings = load(tmp_path)
    with pytest.raises(ValueError, match="frozen"):
        settings.web.port = 1  # type: ignore[misc]
