"""The form by which readers suggest coverage. What they send waits for an editor and is shown nowhere in public."""

from math import ceil

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Forbidden

from tracker.editing import suggestions
from tracker.editing.suggestions import Typed
from tracker.language import N_, _
from tracker.networks import network_of
from tracker.queries import coverage as queries_coverage
from tracker.secret import Seal
from tracker.web import guard
from tracker.web.origin import from_this_site
from tracker.web.site import site

blueprint = Blueprint("suggest", __name__)

TRAP = "website"  # people do not see this field; programs that fill in everything do
MOST_BYTES = 16 << 10
NOT_STORED = {"Cache-Control": "no-store"}


@blueprint.get("/coverage/suggest")
def form() -> ResponseReturnValue:
    measure = request.args.get("measure", "").replace("\0", "")[:100]
    return _form(Typed(measure=measure)), 200, NOT_STORED


@blueprint.post("/coverage/suggest")
def send() -> ResponseReturnValue:
    request.max_content_length = MOST_BYTES
    if not from_this_site():
        raise Forbidden(_("This form was sent from another site. Open it here and send it again."))
    if request.form.get(TRAP):
        return _thanks()
    words = (request.form.get(name, "") for name in ("address", "measure", "note"))
    with site().reading() as session:
        typed = suggestions.read_form(session, *words)
        held = None if typed.faults else queries_coverage.shown_at(session, typed.address)
    if typed.faults:
        return _form(typed), 422, NOT_STORED
    if held and (not typed.file_number or typed.file_number in [each.file_number for each in held.measures]):
        return _form(typed, held=held), 200, NOT_STORED
    return _store(typed)


@blueprint.get("/coverage/suggest/thanks")
def thanks() -> str:
    return render_template("suggest_thanks.html")


def _store(typed: Typed) -> ResponseReturnValue:
    limits, now = site().settings.suggestions, site().now()
    who = Seal(site().secret).fingerprint(network_of(request.remote_addr or ""))
    with site().writing() as session:
        wait = suggestions.too_often(session, who, limits, now)
        full = suggestions.is_full(session, limits)
        if wait is None and not full:
            suggestions.save(session, typed, now)
            return _thanks()
    if wait is not None:
        return _refused(typed, guard.too_often(wait), 429, ceil(wait.total_seconds()))
    full_now = N_("So many suggestions wait that no more can be taken now. Try again in a few days.")
    return _refused(typed, _(full_now), 503, 86400)


def _refused(typed: Typed, sentence: str, status: int, seconds: int) -> ResponseReturnValue:
    return _form(typed, sentence=sentence), status, {**NOT_STORED, "Retry-After": str(seconds)}


def _thanks() -> ResponseReturnValue:
    return redirect(url_for("suggest.thanks"), 303)


def _form(typed: Typed, sentence: str = "", held: queries_coverage.ArticleLine | None = None) -> str:
    return render_template("suggest.html", typed=typed, sentence=sentence, held=held, trap=TRAP)
