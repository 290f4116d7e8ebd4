"""Whether a form was sent from this site's own page. There is no cookie to steal here; this keeps other sites' pages
from making their readers send things.
"""

from flask import request

from tracker.web.site import site


def from_this_site() -> bool:
    """By what the browser says of it (Sec-Fetch-Site, else Origin); a program that says neither is no browser."""
    if (said := request.headers.get("Sec-Fetch-Site")) is not None:
        return said == "same-origin"
    origin = request.headers.get("Origin")
    return origin is None or origin in (request.host_url.rstrip("/"), site().settings.base_url)
