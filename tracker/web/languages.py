"""The site in several languages: "/es/matters" is "/matters" in Spanish.

The language is taken off the address before anything else looks at it, the way a site is put under a folder, so every
page stays one function with one address, and `url_for` leads on in the same language. What programs read, and the
editors' side, have one form and one address, without a language.
"""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, Response, redirect, request
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup
from werkzeug.wrappers import Response as Answer

from tracker import language

PREFIX = "tracker.language_prefix"
# blueprints, and single endpoints, whose answers are the same in every language
PLAIN = frozenset(("api", "edit", "downloads", "bounces", "metrics", "static"))
PLAIN_PAGES = frozenset(
    ("pages.healthz", "ways.robots", "ways.sitemap", "ways.sitemap_part", "ways.oembed", "ways.table")
)


class Site(Flask):
    """Flask, but for addresses that have no language."""

    def url_for(self, endpoint: str, **values: Any) -> str:
        address = super().url_for(endpoint, **values)
        prefix = request.environ.get(PREFIX, "") if request else ""
        if prefix and _is_plain(_whole(endpoint)):
            root = request.script_root
            return address.replace(root, root.removesuffix(prefix), 1)
        return address


def _whole(endpoint: str) -> str:
    return f"{request.blueprint}{endpoint}" if endpoint.startswith(".") else endpoint


def _is_plain(endpoint: str) -> bool:
    return endpoint.partition(".")[0] in PLAIN or endpoint in PLAIN_PAGES


class InLanguages:
    """WSGI: takes the language off the address, and speaks it while the page is made."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self.app = app
        self.tags = {language.prefix(tag)[1:]: tag for tag in language.available() if tag != language.ENGLISH.tag}

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        first, slash, rest = environ.get("PATH_INFO", "").removeprefix("/").partition("/")
        tag = self.tags.get(first)
        if tag is None:
            return self.app(environ, start_response)
        environ[PREFIX] = "/" + first
        environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + "/" + first
        environ["PATH_INFO"] = slash + rest or "/"
        with language.speaking(tag):
            return self.app(environ, start_response)


def register(app: Flask) -> None:
    """Give the site its languages: addresses, `_` and `ngettext` in templates, and a header that says which it is."""
    app.wsgi_app = InLanguages(app.wsgi_app)  # type: ignore[method-assign]
    app.before_request(_to_the_plain_address)
    app.after_request(_say_which)
    env = app.jinja_env
    env.add_extension("jinja2.ext.i18n")
    env.policies["ext.i18n.trimmed"] = True
    env.newstyle_gettext = True  # type: ignore[attr-defined]
    env.globals.update(_=_gettext, gettext=_gettext, ngettext=_ngettext, pgettext=_pgettext)
    env.filters.update(official=official, ours=ours, bare=bare)
    app.context_processor(_languages)


def _to_the_plain_address() -> Answer | None:
    """What has one form for all languages is at one address."""
    if not request.environ.get(PREFIX) or request.endpoint is None or not _is_plain(request.endpoint):
        return None
    root = request.script_root.removesuffix(request.environ[PREFIX])
    return redirect(root + request.full_path.removesuffix("?"), 308)


def _say_which(response: Response) -> Response:
    if response.mimetype == "text/html":
        response.content_language = language.current().tag
    return response


def _languages() -> dict[str, Any]:
    """For templates: the language that is spoken, and the address of this page in each."""
    here = request.full_path.removesuffix("?")
    root = request.script_root.removesuffix(request.environ.get(PREFIX, ""))
    each = [(spoken, root + language.prefix(spoken.tag) + here) for spoken in language.available().values()]
    return {"spoken": language.current(), "languages": each}


def in_language(tag: str, address: str) -> str:
    """The address of one of our pages, as `url_for` gives it, in a language."""
    root = request.script_root
    bare = root.removesuffix(request.environ.get(PREFIX, ""))
    return bare + language.prefix(tag) + address.removeprefix(root)


def official(text: str) -> str:
    """The record's own words: marked as English where the page speaks another language."""
    if language.current() is language.ENGLISH or not text:
        return text
    return Markup('<bdi lang="en">{}</bdi>').format(text)


def bare(text: str) -> str:
    """Without the mark that `official` and `ours` put around it: for titles of pages, options and attributes."""
    return text.striptags() if isinstance(text, Markup) else text


def ours(text: str) -> str:
    """A sentence of ours that is kept as data: translated where the catalogue has it, else marked as English."""
    found = language.ours(text)
    return official(text) if found is None else found


@pass_eval_context
def _gettext(context: EvalContext, message: str, /, **values: object) -> str:
    return _filled(context, language.looked_up(message), values)


@pass_eval_context
def _ngettext(context: EvalContext, one: str, many: str, number: int, /, **values: object) -> str:
    values["num"] = language.counted(number)
    return _filled(context, language.looked_up_for(one, many, number), values)


@pass_eval_context
def _pgettext(context: EvalContext, where: str, message: str, /, **values: object) -> str:
    return _filled(context, language.looked_up(message, where), values)


def _filled(context: EvalContext, message: str, values: dict[str, object]) -> str:
    """Messages are ours and may hold marks of HTML; what is filled in is escaped."""
    return (Markup(message) if context.autoescape else message) % values
