"""The door to the editors' side: who is let in, and what every answer behind it carries."""

from typing import Final

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker.editing import editors
from tracker.errors import SignInRefused
from tracker.secret import Seal
from tracker.web.caching import POLICY
from tracker.web.desk import (
    COOKIE,
    COOKIE_BEFORE,
    check_origin,
    check_token,
    cookie,
    desk,
    fresh_key,
    set_cookie,
    token,
)
from tracker.web.site import site

blueprint = Blueprint("edit", __name__, url_prefix="/edit")

MOST: Final = 100_000  # bytes of a form
OPEN: Final = ("edit.sign_in_page", "edit.sign_in")


@blueprint.before_request
def guard() -> Response | None:
    """Nobody but a signed-in editor comes in, and nothing is done that no form of ours asked for."""
    request.environ["HTTP_ACCEPT_ENCODING"] = "identity"  # the size of a packed page tells of the token in it (BREACH)
    request.max_content_length = MOST
    posts = request.method == "POST"
    if posts:
        check_origin()
    if request.endpoint in OPEN:
        return None
    with site().reading() as session:
        found = editors.signed_in(session, desk().rules, cookie(COOKIE), site().now())
    if found is None:
        return redirect(url_for("edit.sign_in_page", next="" if posts else request.full_path.rstrip("?")), 303)
    g.signed = found
    if posts:
        check_token(found.csrf_key)
    editors.touch(site().engine, found, desk().rules, site().now())
    return None


@blueprint.after_request
def close(response: Response) -> Response:
    """No copy is kept anywhere, no search engine lists it, and one small script of our own may run."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Content-Security-Policy"] = f"{POLICY}; script-src 'self'"
    return response


@blueprint.context_processor
def _known() -> dict[str, object]:
    who = g.get("signed")
    return {"token": token(who.csrf_key) if who else "", "editor": who.name if who else ""}


@blueprint.get("/sign-in")
def sign_in_page() -> Response:
    return _form("", 200)


@blueprint.post("/sign-in")
def sign_in() -> Response:
    check_token(cookie(COOKIE_BEFORE))
    name, password = request.form.get("name", "").replace("\0", ""), request.form.get("password", "")
    try:
        given = editors.sign_in(
            site().engine,
            Seal(site().secret),
            desk().rules,
            name,
            password,
            request.remote_addr or "",
            site().now(),
        )
    except SignInRefused as error:
        return _form(str(error), 429 if error.locked else 401)
    if old := cookie(COOKIE):
        editors.sign_out(site().engine, old)
    response = redirect(_after(), 303)
    set_cookie(response, COOKIE, given)
    set_cookie(response, COOKIE_BEFORE, "")
    return response


@blueprint.post("/sign-out")
def sign_out() -> Response:
    editors.sign_out(site().engine, cookie(COOKIE))
    response = redirect(url_for("edit.sign_in_page"), 303)
    set_cookie(response, COOKIE, "")
    return response


def _form(sentence: str, status: int) -> Response:
    """The form of the sign-in, tied to a cookie of its own, so that no other site signs anybody in."""
    key = cookie(COOKIE_BEFORE) or fresh_key()
    page = render_template("edit_sign_in.html", token=token(key), next=_after(), sentence=sentence)
    response = Response(page, status, mimetype="text/html")
    set_cookie(response, COOKIE_BEFORE, key)
    return response


def _after() -> str:
    """Where to go after the sign-in: a page behind this door, and nowhere else."""
    wanted = request.values.get("next", "")
    inside = wanted == "/edit" or wanted.startswith(("/edit/", "/edit?"))
    return wanted if inside and "\\" not in wanted and "//" not in wanted else url_for("edit.queue")
