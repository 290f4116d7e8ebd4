"""The page of the search: one question, everything that answers it, and why."""

from typing import Final

from flask import Blueprint, render_template, request
from markupsafe import Markup, escape

from tracker.language import N_, _
from tracker.models import SCOPES
from tracker.queries import sources as queries_sources
from tracker.queries.search import LONGEST, Asked, answer
from tracker.search import MARKS
from tracker.web.site import site

blueprint = Blueprint("searching", __name__)

WHERE: Final = {
    "number": N_("its number"),
    "title": N_("its title"),
    "names": N_("its names or summary"),
    "text": N_("its text"),
}


@blueprint.get("/search")
def search() -> str:
    """The form, and below it the answer; a value that means nothing is left out."""
    scope = _word("scope")
    asked = Asked(
        q=_word("q"),
        scope=scope if scope in (*SCOPES, "all") else "tracked",
        kind=_word("kind"),
        stage=_word("stage"),
        year=_whole("year"),
        page=_whole("page") or 1,
    )
    with site().reading() as session:
        found = answer(session, asked)
        sources = queries_sources.sources(session)
        return render_template("search.html", asked=asked, found=found, sources=sources)


def _word(name: str) -> str:
    return request.args.get(name, "").replace("\0", "").strip()[:LONGEST]


def _whole(name: str) -> int | None:
    given = request.args.get(name, type=int)
    return given if given is not None and 1 <= given <= 100_000 else None


@blueprint.app_template_filter("where")
def where(field: str) -> str:
    """Where in a matter the words stand: "its title"."""
    return _(WHERE[field])


@blueprint.app_template_filter("marked")
def marked(snippet: str) -> Markup:
    """A snippet with the words that were found marked; everything else is text."""
    text = str(escape(snippet))
    return Markup(text.replace(MARKS[0], "<mark>").replace(MARKS[1], "</mark>"))
