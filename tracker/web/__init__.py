"""The web site: `create_app` puts pages and downloads together around a database and a clock.

Nothing is read from files or the environment here; `cli` gives it all. The pages work without JavaScript and without
any request to another host.
"""

from collections.abc import Callable
from datetime import datetime

import jinja2
import sqlalchemy as sa
from flask import Flask, abort, current_app, render_template, request
from flask_compress import Compress
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from tracker.config import templates_folder
from tracker.errors import NotFound, TrackerError
from tracker.language import N_, Words, _
from tracker.secret import Secret
from tracker.web import (
    api,
    archive,
    bounces,
    caching,
    downloads,
    edit,
    feeds,
    filters,
    languages,
    law_pages,
    lost,
    manage,
    metrics,
    pages,
    report,
    searching,
    subscriptions,
    suggest,
    version_pages,
    ways,
)
from tracker.web.desk import Desk
from tracker.web.problems import or_page
from tracker.web.site import Site, SiteSettings

__all__ = ["Desk", "Site", "SiteSettings", "create_app"]

BLUEPRINTS = (
    api, archive, bounces, downloads, feeds, law_pages, manage, metrics, pages, report, searching, subscriptions,
    suggest, version_pages, ways,
)  # fmt: skip
# what went wrong, by the name that HTTP has for it
REFUSALS = Words(
    {
        "Bad Request": N_("Bad Request"),
        "Forbidden": N_("Forbidden"),
        "Method Not Allowed": N_("Method Not Allowed"),
        "Request Entity Too Large": N_("Request Entity Too Large"),
    }
)
COMPRESSED = [
    "text/html", "text/css", "text/csv", "application/json", "image/svg+xml", "application/atom+xml", "text/calendar",
    "application/xml", "application/openapi+json",
]  # fmt: skip


def create_app(
    engine: sa.Engine,
    *,
    clock: Callable[[], datetime],
    site: SiteSettings | None = None,
    secret: Secret | None = None,
    desk: Desk | None = None,
) -> Flask:
    """The WSGI application. `clock` gives aware moments in UTC; "today" is made of it, in New York.

    Without a ``secret`` it makes one of its own: links it signs are then good only while it runs. ``desk`` is what the
    editors' side stands on; without it there is none.
    """
    app = languages.Site(__name__, template_folder=str(templates_folder()), static_folder="static")
    app.config["COMPRESS_ALGORITHM"] = ["gzip"]
    app.config["COMPRESS_MIMETYPES"] = COMPRESSED
    app.extensions["tracker"] = Site(engine, clock, site or SiteSettings(), secret or Secret.fresh())
    app.jinja_env.undefined = jinja2.StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    filters.register(app)
    languages.register(app)
    for module in BLUEPRINTS:
        app.register_blueprint(module.blueprint)
    if desk is not None:
        app.extensions["tracker.desk"] = desk
        app.register_blueprint(edit.blueprint)
    app.before_request(_no_nul)
    _map_errors(app)
    caching.register(app)
    Compress(app)
    app.after_request(caching.hold)
    return app


def _no_nul() -> None:
    """No address holds a NUL, and PostgreSQL takes none in a question."""
    if "\0" in request.path:
        abort(404)


def _map_errors(app: Flask) -> None:
    """Each error of the tree becomes a page once, here."""
    app.register_error_handler(NotFound, or_page(_not_found))
    app.register_error_handler(TrackerError, or_page(_failed))
    app.register_error_handler(HTTPException, or_page(_refused))
    app.register_error_handler(Exception, or_page(_broken))


def _not_found(error: NotFound) -> tuple[str, int]:
    return render_template("not_found.html", sentence=str(error), meant=lost.meant()), 404


def _failed(error: TrackerError) -> tuple[str, int]:
    return render_template("error.html", heading=_("This page cannot be shown now"), sentence=str(error)), 500


def _refused(error: HTTPException) -> Response | tuple[str, int]:
    if error.code == 404:
        sentence = _("There is no page at this address.")
        return render_template("not_found.html", sentence=sentence, meant=lost.meant()), 404
    if error.code is None or error.code < 400:
        return error.get_response()
    sentence = error.description or ""
    if sentence == type(error).description:
        sentence = languages.official(sentence)
    return render_template("error.html", heading=REFUSALS.get(error.name, error.name), sentence=sentence), error.code


def _broken(error: Exception) -> tuple[str, int]:
    """What nobody foresaw. The reader learns nothing of the machine; the log gets all of it."""
    current_app.logger.error("A page failed", exc_info=error)
    sentence = _("Something went wrong on our side. The record itself is not touched by this.")
    return render_template("error.html", heading=_("This page cannot be shown now"), sentence=sentence), 500
