"""What was mailed to those who follow the whole subject, as pages without addresses."""

from flask import Blueprint, Response, render_template

from tracker.digests import archive as digest_archive
from tracker.queries.sources import sources
from tracker.web.caching import PAGE_SECONDS
from tracker.web.site import site

blueprint = Blueprint("archive", __name__)


@blueprint.after_request
def _kept_for_a_minute(response: Response) -> Response:
    response.headers["Cache-Control"] = f"public, max-age={PAGE_SECONDS}"
    return response


@blueprint.get("/digests")
def digests() -> str:
    with site().reading() as session:
        return render_template("digests.html", issues=digest_archive.issues(session), sources=sources(session))


@blueprint.get("/digests/<slot>")
def digest(slot: str) -> str:
    with site().reading() as session:
        return render_template("digest.html", sent=digest_archive.read(session, slot), sources=sources(session))
