"""Whole addresses of this site, for what is read elsewhere: feeds, calendars, embeds; and what lies at them."""

from typing import Any
from urllib.parse import urlsplit

from flask import request, url_for
from sqlmodel import Session

from tracker import queries
from tracker.errors import NotFound
from tracker.queries import Dossier
from tracker.web.languages import PREFIX
from tracker.web.site import site


def root() -> str:
    """The site's public address without a slash at its end; where none is set, the one that was asked."""
    if site().settings.base_url:
        return site().settings.base_url
    return request.url_root.rstrip("/").removesuffix(request.script_root)


def host() -> str:
    """The host of that address, without a port: the name under which ids are ours."""
    return urlsplit(root()).hostname or "localhost"


def absolute(endpoint: str, **values: Any) -> str:
    """The whole address of a page, in the language of the page that asks."""
    return root() + url_for(endpoint, **values)


def permanent(endpoint: str, **values: Any) -> str:
    """The whole address of a page without a language: the one to cite, which every reader can open."""
    here, prefix = request.script_root, request.environ.get(PREFIX, "")
    path = url_for(endpoint, **values)
    return root() + (path.replace(here, here.removesuffix(prefix), 1) if prefix else path)


def matter_at(session: Session, slug: str) -> Dossier | None:
    """The matter at an address; None where another address has it now. Raises NotFound where none ever had it."""
    try:
        return queries.get_matter(session, slug)
    except NotFound:
        if queries.slug_now(session, slug) is None:
            raise
        return None


def own() -> str:
    """The whole address that was asked, without its question."""
    return root() + request.script_root + request.path
