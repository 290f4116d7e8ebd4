"""Pages that stand before a site to keep programs out, and answer 200 all the same. Pure."""

import re
from typing import Final

from scrapers.answers import Answer

LARGEST: Final = 60_000  # bytes: such a page is small, and a page that only talks of captchas is not one
_TITLES: Final = re.compile(
    r"(?:access denied|pardon our interruption|just a moment|attention required|request rejected|robot check|"
    r"are you (?:a robot|human)|human verification|security check|verify you are human|captcha)"
    r"[\s.…!?]*(?:[|-]\s*(?:cloudflare|akamai|imperva|incapsula|datadome))?",
    re.IGNORECASE,
)
_TITLE: Final = re.compile(rb"<title[^>]*>\s*(.*?)\s*</title>", re.IGNORECASE | re.DOTALL)
_SCRIPTS: Final = (b"/_Incapsula_Resource", b"g-recaptcha", b"h-captcha", b"cf-challenge", b"_pxCaptcha")


def wall_of(answer: Answer) -> str:
    """The title of a page against programs, or what else gives it away; "" for any other answer.

    The title decides, the whole of it: "Access denied: how ICE uses city data" is a story. A script of such a
    service counts only where the page is small and has no title at all.
    """
    if answer.media_type not in ("text/html", "application/xhtml+xml", "") or len(answer.body) > LARGEST:
        return ""
    found = _TITLE.search(answer.body)
    if found is not None:
        title = " ".join(found[1].decode("utf-8", errors="replace").split())
        return title[:80] if _TITLES.fullmatch(title) else ""
    return next((mark.decode() for mark in _SCRIPTS if mark in answer.body), "")
