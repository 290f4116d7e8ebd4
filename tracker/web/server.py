"""Serves the site with gunicorn: a few processes of a few threads each, all reading one database."""

import os
import socket
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from flask import Flask
from gunicorn.app.base import BaseApplication
from werkzeug.middleware.proxy_fix import ProxyFix

from tracker.config import Config
from tracker.database import connect
from tracker.errors import ConfigError
from tracker.health import rules_of
from tracker.secret import load_secret
from tracker.web import Desk, SiteSettings, create_app

BOUNCE_TOKEN: Final = "TRACKER_BOUNCE_TOKEN"
Clock = Callable[[], datetime]


class _Server(BaseApplication):  # type: ignore[misc]
    """gunicorn, told all it needs here instead of by its own files."""

    def __init__(self, config: Config, database_url: str, clock: Clock, environ: Mapping[str, str]) -> None:
        self._config = config
        self._environ = environ
        self._url = database_url
        self._clock = clock
        self._secret = load_secret(environ, database_url)
        super().__init__()

    def load_config(self) -> None:
        web = self._config.web
        settings: dict[str, Any] = {
            "bind": f"{web.host}:{web.port}",
            "workers": web.workers,
            "threads": web.threads,
            "worker_class": "gthread",
            "proc_name": "tracker",
            "loglevel": "warning",
        }
        for key, value in settings.items():
            self.cfg.set(key, value)

    def load(self) -> Flask:
        """Called in each worker: connections must not be shared across a fork."""
        site, mail = self._config.site, self._config.mail
        settings = SiteSettings(
            site.title,
            site.contact,
            site.base_url,
            rules_of(self._config, self._environ),
            suggestions=self._config.suggestions,
            subscribing=self._config.subscribe if mail.host and mail.sender else None,
            bounce_token=self._environ.get(BOUNCE_TOKEN, ""),
        )
        engine, desk = connect(self._url), Desk.of(self._config)
        app = create_app(engine, clock=self._clock, site=settings, secret=self._secret, desk=desk)
        return behind(app, self._config.web.proxies)


def behind(app: Flask, proxies: int) -> Flask:
    """The site with the reader's address taken from what so many proxies wrote down; what a reader wrote is not."""
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]
    return app


def serve_site(config: Config, database_url: str, clock: Clock, environ: Mapping[str, str] = os.environ) -> None:
    """Serve until told to stop. Raises ConfigError where the port is taken.

    ``environ`` says which sources can be read at all, and may hold the site's secret.
    """
    web = config.web
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((web.host, web.port))
        except OSError as error:
            raise ConfigError(
                f"Nothing can be served on {web.host}:{web.port} ({error.strerror}). Set another PORT."
            ) from error
    print(f"The site is on http://{web.host}:{web.port}", flush=True)  # noqa: T201
    _Server(config, database_url, clock, environ).run()
