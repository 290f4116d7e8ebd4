"""CSV and the data package over HTTP. Rows are sent while they are read, so no export is ever held in memory.

The first piece is read before the answer begins: an unknown name or a broken database is still told with its proper
status, and only then does the stream start.
"""

import tempfile
from collections.abc import Callable, Generator, Iterator
from datetime import datetime
from itertools import chain
from typing import Protocol, cast

import sqlalchemy as sa
from flask import Blueprint, Response, current_app, jsonify, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session
from werkzeug.exceptions import BadRequest

from tracker import queries
from tracker.database import reading
from tracker.errors import NotFound
from tracker.export import files as export
from tracker.export.cells import NEW_YORK

blueprint = Blueprint("downloads", __name__)


class Site(Protocol):
    """What `create_app` leaves at ``extensions["tracker"]``."""

    @property
    def engine(self) -> sa.Engine: ...
    @property
    def clock(self) -> Callable[[], datetime]: ...


def _site() -> Site:
    return cast(Site, current_app.extensions["tracker"])


@blueprint.get("/export/<name>.csv")
def export_csv(name: str) -> Response:
    _only("bom", "scope")
    tracked_only, bom = _tracked_only(), _bom()
    export.get_export(name)
    lines = _send(lambda session: export.csv_lines(session, name, tracked_only=tracked_only, bom=bom))
    return _csv(lines, name if tracked_only else f"{name}-all")


@blueprint.get("/coverage.csv")
def coverage_csv() -> Response:
    return export_csv("coverage")


@blueprint.get("/matters/<slug>.csv")
def matter_csv(slug: str) -> ResponseReturnValue:
    _only("bom")
    bom = _bom()
    with reading(_site().engine) as session:
        try:
            matter_id = export.get_matter_id(session, slug)
        except NotFound:
            moved = queries.slug_now(session, slug)
            if moved is None:
                raise
            return redirect(url_for(".matter_csv", slug=moved, bom=request.args.get("bom")))
    return _csv(_send(lambda session: export.history_lines(session, matter_id, bom=bom)), slug)


@blueprint.get("/export/datapackage.json")
def datapackage() -> Response:
    _only()
    return jsonify(export.datapackage(_site().clock(), request.url_root))


@blueprint.get("/export/all.zip")
def everything() -> Response:
    _only("scope")
    tracked_only = _tracked_only()
    site, file = _site(), tempfile.TemporaryFile()  # noqa: SIM115 - closed when the answer has been sent
    try:
        export.write_zip(file, site.engine, site.clock(), request.url_root, tracked_only=tracked_only)
    except BaseException:
        file.close()
        raise
    size = file.tell()
    file.seek(0)
    name = _file_name("all" if tracked_only else "all-matters", "zip")
    response = send_file(file, "application/zip", as_attachment=True, download_name=name)
    response.content_length = size
    return response


def _send(pieces: Callable[[Session], Iterator[str]]) -> Generator[bytes]:
    """Pieces as bytes, with the session open until the last one is sent or the reader goes away."""
    return _sent(_site().engine, pieces)


def _sent(engine: sa.Engine, pieces: Callable[[Session], Iterator[str]]) -> Generator[bytes]:
    with reading(engine) as session:
        for piece in pieces(session):
            yield piece.encode()


def _csv(lines: Generator[bytes], name: str) -> Response:
    response = Response(chain([next(lines)], lines), content_type="text/csv; charset=utf-8")
    response.call_on_close(lines.close)
    response.headers.set("Content-Disposition", "attachment", filename=_file_name(name, "csv"))
    return response


def _file_name(name: str, ending: str) -> str:
    return f"sanctuary-{name}-{_site().clock().astimezone(NEW_YORK):%Y-%m-%d}.{ending}"


# ---- questions -------------------------------------------------------------------------------------------------


def _only(*known: str) -> None:
    """Refuse a parameter that would do nothing: a misspelled one would silently give the wrong rows."""
    for name in request.args:
        if name not in known:
            offer = f"It takes {' and '.join(known)}." if known else "It takes none."
            raise BadRequest(f"This address does not take a parameter {name!r}. {offer}")


def _choice(name: str, choices: tuple[str, ...]) -> str:
    """The value of a parameter; the first choice where it is not given."""
    given = request.args.get(name, choices[0])
    if given not in choices:
        raise BadRequest(f"{name}={given} is not understood; write {' or '.join(f'{name}={one}' for one in choices)}.")
    return given


def _bom() -> bool:
    return _choice("bom", ("0", "1")) == "1"


def _tracked_only() -> bool:
    return _choice("scope", ("tracked", "all")) == "tracked"
