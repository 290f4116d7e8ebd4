"""What the editors' side stands on, given once to `create_app`: the rules of sign-in, scope and trust; and who asks.

A sign-in is a cookie that only this site's own pages send back (HttpOnly, SameSite=Strict). Every form bears a token
made of the sign-in's own key, and every POST is asked whether it came from a page of ours.
"""

import hmac
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, cast

from flask import current_app, g, request
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Response

from tracker.config import Config
from tracker.database import writing
from tracker.editing.curating import Hand
from tracker.editing.editors import Rules, SignedIn, rules_of
from tracker.scope import Rule
from tracker.truth import Trust, trust_of
from tracker.web.origin import from_this_site
from tracker.web.site import site

COOKIE: Final = "tracker-editor"
COOKIE_BEFORE: Final = "tracker-sign-in"  # what the form of the sign-in is tied to, before there is a sign-in
LONGEST: Final = 200  # characters of a cookie that are looked at

_FOREIGN: Final = (
    "This was not sent from a page of this site, so nothing was done. Open the page again and send it there."
)


@dataclass(frozen=True, slots=True)
class Desk:
    """Rules for signing in, for the scope of matters, and for whom to believe."""

    rules: Rules
    rule: Rule
    trust: Trust

    @classmethod
    def of(cls, config: Config) -> "Desk":
        """The desk that the settings make."""
        return cls(rules_of(config.edit), Rule(config.scope), trust_of(config.trust))


def desk() -> Desk:
    """The desk of this site."""
    return cast(Desk, current_app.extensions["tracker.desk"])


def signed() -> SignedIn:
    """Who asks; the guard lets nobody else in."""
    return cast(SignedIn, g.signed)


@contextmanager
def hand() -> Iterator[Hand]:
    """The editor who asks, at work: all that is done in the block is kept, or nothing."""
    with writing(site().engine) as session:
        yield Hand(session, signed().editor_id, signed().name, site().now(), desk().rule, desk().trust)


def cookie(name: str) -> str:
    """What the browser sent back under this name; "" for nothing."""
    return request.cookies.get(_full(name), "")[:LONGEST]


def set_cookie(response: Response, name: str, value: str) -> None:
    """A cookie that lives as long as the browser is open; "" takes it away."""
    response.set_cookie(
        _full(name),
        value,
        max_age=None if value else 0,
        path="/" if _secure() else "/edit",
        secure=_secure(),
        httponly=True,
        samesite="Strict",
    )


def token(key: str) -> str:
    """What a form must bear, by the key of the sign-in or of the cookie before it."""
    return hmac.digest(site().secret.key("edit forms"), key.encode(), "sha256").hex()


def fresh_key() -> str:
    """A key for the sign-in form."""
    return secrets.token_urlsafe(32)


def check_origin() -> None:
    """Raises Forbidden for a POST that no page of this site sent."""
    if not from_this_site(unsaid=False):
        raise Forbidden(_FOREIGN)


def check_token(key: str) -> None:
    """Raises Forbidden for a form that does not bear the token of this key."""
    given = request.form.get("token", "")
    if not key or not hmac.compare_digest(given.encode(), token(key).encode()):
        raise Forbidden("This form was made for another sign-in, or is too old. Open the page again and send it there.")


def _secure() -> bool:
    return site().settings.base_url.startswith("https://")


def _full(name: str) -> str:
    return f"__Host-{name}" if _secure() else name
