"""Whether a form was sent from a page of this site. It keeps other sites' pages from making their readers send things.

A browser says itself where a form was sent from (Sec-Fetch-Site, or Origin in old ones), and a page of another site
cannot lie about that.
"""

from urllib.parse import urlsplit

from flask import request

from tracker.web.site import site


def from_this_site(*, unsaid: bool = True) -> bool:
    """By all that the browser says of it; ``unsaid`` where it says nothing, as programs do that are no browser."""
    said, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if said is None and origin is None:
        return unsaid
    own = {_of(address) for address in (request.host_url, site().settings.base_url) if address}
    return said in (None, "same-origin") and (origin is None or _of(origin) in own)


def _of(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    return parts.scheme, parts.netloc
