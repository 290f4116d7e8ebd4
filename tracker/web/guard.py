"""What stands before a form that anybody can send: no other site may send it, no robot, and nobody too often.

No cookie is needed for it.
"""

import math
from datetime import timedelta
from typing import Final

from flask import Response, render_template, request

from tracker.errors import TrackerError
from tracker.language import _, ngettext
from tracker.limits import TooMany
from tracker.web.origin import from_this_site

TRAP: Final = "homepage"  # a field that people do not see


class Foreign(TrackerError):
    """Raised for a form that another site sent."""


def check_origin() -> None:
    """Refuse what another site sends in a reader's name. Raises Foreign.

    A form whose address holds a token needs no such look: no other site knows it.
    """
    if not from_this_site():
        raise Foreign(_("This form was sent from another site. Open our own page and send it from there."))


def trapped() -> bool:
    """Whether a robot filled in what people do not see."""
    return bool(request.form.get(TRAP))


def quiet(response: Response) -> Response:
    """A page about one person: kept by nobody, and one with a token is found by nobody and told to nobody."""
    response.headers["Cache-Control"] = "no-store"
    if "token" in (request.view_args or {}):
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex"
    else:
        response.headers["Referrer-Policy"] = "same-origin"  # without any, old browsers send forms from "null"
    return response


def private() -> dict[str, bool]:
    """For templates: whether this page's own address must not stand in it."""
    return {"private": "token" in (request.view_args or {})}


def too_many(error: TooMany) -> tuple[str, int, dict[str, str]]:
    """The page for one who asked too often; also tells programs how long to wait."""
    seconds = max(1, math.ceil(error.after.total_seconds()))
    page = render_template("subscribe_refused.html", heading=_("Please try again later"), sentence=str(error))
    return page, 429, {"Retry-After": str(seconds)}


def foreign(error: Foreign) -> tuple[str, int]:
    """The page for a form that another site sent."""
    return render_template("subscribe_refused.html", heading=_("This form was not taken"), sentence=str(error)), 403


def too_often(wait: timedelta) -> str:
    """What is said to a network that sent a form too often, with the time it must wait."""
    minutes = math.ceil(wait.total_seconds() / 60)
    if minutes < 120:
        return ngettext(
            "That was often. Try again in %(num)s minute; what you typed is still here.",
            "That was often. Try again in %(num)s minutes; what you typed is still here.",
            minutes,
        )
    return ngettext(
        "That was often. Try again in %(num)s hour; what you typed is still here.",
        "That was often. Try again in %(num)s hours; what you typed is still here.",
        math.ceil(minutes / 60),
    )
