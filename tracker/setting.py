"""What a command stands on: the settings, the database at this program's schema, the scope rule, the real clock."""

import functools
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa

from tracker.config import Config, load_config
from tracker.database import connect, upgrade
from tracker.scope import Rule
from tracker.truth import Trust, trust_of


class Setting:
    """What every command stands on, made when first asked for."""

    def __init__(self, config_path: Path | None, database_url: str | None) -> None:
        self.path = config_path
        self._url = database_url

    @functools.cached_property
    def config(self) -> Config:
        return load_config(self.path, os.environ)

    @functools.cached_property
    def engine(self) -> sa.Engine:
        """The database, brought to this program's schema."""
        engine = connect(self._url or self.config.database.url)
        upgrade(engine)
        return engine

    def close(self) -> None:
        """Give back the connections, if any were made."""
        if "engine" in self.__dict__:
            self.engine.dispose()

    @property
    def database_url(self) -> str:
        """The database's address as another process needs it, password and all: never to be shown."""
        return str(self.engine.url.render_as_string(hide_password=False))

    @property
    def trust(self) -> Trust:
        """Whom to believe where sources disagree."""
        return trust_of(self.config.trust)

    @functools.cached_property
    def rule(self) -> Rule:
        return Rule(self.config.scope)


def now() -> datetime:
    """The real clock."""
    return datetime.now(UTC)


def with_setting(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command ``--config`` and ``--database-url``, and a `Setting` in place of them."""

    @click.option("--config", "config_path", type=click.Path(path_type=Path), help="Another config.toml.")
    @click.option("--database-url", help="Another database, such as sqlite:///x.db.")
    @functools.wraps(command)
    def wrapped(config_path: Path | None, database_url: str | None, **rest: Any) -> Any:
        setting = Setting(config_path, database_url)
        try:
            return command(setting, **rest)
        finally:
            setting.close()

    return wrapped
