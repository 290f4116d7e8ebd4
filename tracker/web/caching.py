"""What every answer carries: headers that keep the page to itself, and a mark that saves sending it twice.

A page depends on what is stored, on the New York date (days in a stage) and on this program. The mark is made of the
three, so a browser or a cache in between asks again cheaply and never shows an old page as new. By the same mark each
process holds the pages it made last, for a minute: a page that many ask for at once is made once.
"""

import hashlib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from threading import Lock
from typing import cast

import flask
from cachetools import TTLCache
from flask import Flask, Response, g, request
from werkzeug.http import parse_etags

from tracker.config import PACKAGE, templates_folder
from tracker.errors import TrackerError
from tracker.queries import sources as queries_sources
from tracker.web.site import site

PAGE_SECONDS = 60
HELD_BYTES = 32 * 1024 * 1024  # pages in memory, a process
MOST_TURNS = 1024
PATIENCE = 5  # seconds to wait for another thread that makes the same page
# blueprints whose answers depend on what is stored and on the day alone
MARKED = ("pages", "searching", "law", "versions", "feeds", "api", "ways")
STATIC_SECONDS = 365 * 24 * 3600
POLICY = (  # connect-src: who audits a page in a browser reads /robots.txt from within it
    "default-src 'none'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
SECURITY = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
EMBEDDED = {  # a timeline that is made to stand in other people's pages
    key: value.replace("frame-ancestors 'none'", "frame-ancestors *")
    for key, value in SECURITY.items()
    if key != "X-Frame-Options"
}


@dataclass(frozen=True, slots=True)
class Held:
    """The pages made last, by their marks: content type and bytes. Threads take turns."""

    pages: TTLCache[str, tuple[str, bytes]] = field(
        default_factory=lambda: TTLCache(HELD_BYTES, PAGE_SECONDS, getsizeof=lambda page: len(page[1]))
    )
    turns: TTLCache[str, Lock] = field(default_factory=lambda: TTLCache(MOST_TURNS, PAGE_SECONDS))
    lock: Lock = field(default_factory=Lock)

    def get(self, mark: str) -> tuple[str, bytes] | None:
        with self.lock:
            return self.pages.get(mark)

    def turn(self, mark: str) -> Lock:
        """What those who want the same page wait for, so that one of them makes it."""
        with self.lock:
            return self.turns.setdefault(mark, Lock())

    def forget(self) -> None:
        """Hold nothing any more."""
        with self.lock:
            self.pages.clear()

    def put(self, mark: str, response: Response) -> None:
        page = response.content_type or "", response.get_data()
        if len(page[1]) < HELD_BYTES:
            with self.lock:
                self.pages[mark] = page


def register(app: Flask) -> None:
    """Put the headers on every answer, the mark on pages, and the content's digest into static addresses."""
    app.extensions["tracker.pages"] = Held()
    app.before_request(_unchanged)
    app.teardown_request(_next_turn)
    app.after_request(_headers)
    app.url_defaults(_with_digest)


def _unchanged() -> Response | None:
    """Answer before anything is read, where the reader or this process holds this very page."""
    if request.method not in ("GET", "HEAD") or request.blueprint not in MARKED:
        return None
    try:
        g.mark = _mark()
    except TrackerError:
        return None  # the page itself will say what is wrong
    if request.endpoint != "pages.healthz" and _holds(g.mark):
        return flask.Response(status=304)
    found = _held_or_to_make(g.mark) if request.endpoint != "pages.healthz" else None
    if found is None:
        return None
    g.held = True  # and its minute goes on from when it was made
    return flask.Response(found[1], content_type=found[0])


def _held_or_to_make(mark: str) -> tuple[str, bytes] | None:
    """The page that is held; None for the one who is to make it, while others who want it wait."""
    found = _pages().get(mark)
    if found is None:
        turn = _pages().turn(mark)
        if turn.acquire(timeout=PATIENCE):
            g.turn = turn
        found = _pages().get(mark)
    return found


def _next_turn(_error: BaseException | None) -> None:
    if "turn" in g:
        g.pop("turn").release()


def _pages() -> Held:
    return cast(Held, flask.current_app.extensions["tracker.pages"])


def _holds(mark: str) -> bool:
    """Whether the reader's mark is this one; Flask-Compress adds ":gzip" to it on the way out."""
    held = parse_etags(request.headers.get("If-None-Match")).as_set(include_weak=True)
    return any(tag.partition(":")[0] == mark for tag in held)


def _mark() -> str:
    with site().reading() as session:
        stored = queries_sources.mark(session)
    parts = (stored, site().today().isoformat(), _program(), request.host_url, request.script_root, request.full_path)
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:20]


@cache
def _program() -> str:
    """A digest of the code and templates that make the pages, so that a new release is a new page."""
    digest = hashlib.sha256()
    for folder, ending in ((PACKAGE, "*.py"), (templates_folder(), "*.html"), (PACKAGE / "web" / "static", "*.*")):
        for path in sorted(folder.rglob(ending)):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _headers(response: Response) -> Response:
    security = EMBEDDED if request.endpoint == "ways.embed" else SECURITY
    response.headers.extend({key: value for key, value in security.items() if key not in response.headers})
    if request.endpoint == "static":
        lasting = (
            f"public, max-age={STATIC_SECONDS}, immutable" if "v" in request.args else f"public, max-age={PAGE_SECONDS}"
        )
        response.headers["Cache-Control"] = lasting
    elif request.endpoint == "pages.healthz" or response.status_code >= 400:
        response.headers["Cache-Control"] = "no-store"
    elif "mark" in g and response.status_code in (200, 304):
        response.set_etag(g.mark, weak=True)
        response.headers["Cache-Control"] = f"public, max-age={PAGE_SECONDS}"
    return response


def hold(response: Response) -> Response:
    """Keep a page that was made; to be registered last, so that it sees the page before it is packed."""
    made = "mark" in g and "held" not in g and request.method == "GET" and request.endpoint != "pages.healthz"
    if made and response.status_code == 200 and not response.is_streamed:
        _pages().put(g.mark, response)
    return response


def _with_digest(endpoint: str, values: dict[str, str]) -> None:
    if endpoint == "static" and "filename" in values and "v" not in values:
        values["v"] = _digest(values["filename"])


@cache
def _digest(filename: str) -> str:
    path = Path(__file__).parent / "static" / filename
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
