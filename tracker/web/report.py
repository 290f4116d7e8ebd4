"""The form by which readers report an error. What they send waits for an editor and is shown nowhere in public."""

from math import ceil

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.editing import reports, suggestions
from tracker.editing.reports import Typed
from tracker.language import _
from tracker.networks import network_of
from tracker.secret import Seal
from tracker.web import guard
from tracker.web.site import site

blueprint = Blueprint("report", __name__)
blueprint.after_request(guard.quiet)
blueprint.register_error_handler(guard.Foreign, guard.foreign)

MOST_BYTES = 32 << 10
FULL_SECONDS = 24 * 3600  # how long to wait where too many reports lie unread


@blueprint.get("/report")
def form() -> ResponseReturnValue:
    about = request.args.get("about", "").replace("\0", "")[: reports.LONGEST["about"]]
    return _form(Typed(about=about))


@blueprint.post("/report")
def send() -> ResponseReturnValue:
    request.max_content_length = MOST_BYTES
    guard.check_origin()
    if guard.trapped():
        return _thanks()
    words = (request.form.get(name, "") for name in ("about", "words", "evidence"))
    with site().reading() as session:
        typed = reports.read_form(session, *words)
    return (_form(typed), 422) if typed.faults else _store(typed)


@blueprint.get("/report/thanks")
def thanks() -> str:
    return render_template("report_thanks.html")


def _store(typed: Typed) -> ResponseReturnValue:
    limits, now = site().settings.suggestions, site().now()
    who = Seal(site().secret).fingerprint(network_of(request.remote_addr or ""))
    with site().writing() as session:
        wait = suggestions.too_often(session, who, limits, now, reports.WHAT)
        full = reports.is_full(session, limits)
        if wait is None and not full:
            reports.save(session, typed, now)
            return _thanks()
    if wait is not None:
        return _refused(typed, guard.too_often(wait), 429, ceil(wait.total_seconds()))
    full_up = _("So many reports wait that no more can be taken now. Try again tomorrow; what you typed is still here.")
    return _refused(typed, full_up, 503, FULL_SECONDS)


def _refused(typed: Typed, sentence: str, status: int, seconds: int) -> ResponseReturnValue:
    return _form(typed, sentence), status, {"Retry-After": str(seconds)}


def _thanks() -> ResponseReturnValue:
    return redirect(url_for("report.thanks"), 303)


def _form(typed: Typed, sentence: str = "") -> str:
    return render_template("report.html", typed=typed, sentence=sentence, trap=guard.TRAP)
