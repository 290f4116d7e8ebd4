"""For those who come from elsewhere: search engines, pages that embed a timeline, and the page that lists all forms."""

from typing import Any, Final
from urllib.parse import unquote, urlsplit

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest
from werkzeug.exceptions import NotImplemented as NotGiven

from tracker import queries, timeline, wording
from tracker.errors import NotFound
from tracker.export import files as export
from tracker.formats import sitemaps
from tracker.queries import Dossier
from tracker.queries import coverage as queries_coverage
from tracker.queries import feeds as queries_feeds
from tracker.queries import sources as queries_sources
from tracker.web import dictionary
from tracker.web.addresses import absolute, host, matter_at, root
from tracker.web.site import site

blueprint = Blueprint("ways", __name__)

PAGES: Final = ("home", "changes", "corrections", "matters", "orders", "calendar", "coverage", "sections", "about",
                "sources", "export")  # fmt: skip
EXAMPLE: Final = "int-1412-2025"  # where the record holds no law to show
EXAMPLE_SECTION: Final = "admin-9-131"
EMBED_WIDTH: Final = 600
EMBED_HEIGHT: Final = 480
EMBED_ENTRIES: Final = 12
CACHED_SECONDS: Final = 3600


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Everything may be read but the editors' pages."""
    lines = ("User-agent: *", "Disallow: /edit", "", f"Sitemap: {absolute('.sitemap')}", "")
    return Response("\n".join(lines), mimetype="text/plain")


@blueprint.get("/sitemap.xml")
def sitemap() -> Response:
    """The sitemap, or where there are too many pages for one, the list of its parts."""
    places = _places()
    parts = range(0, len(places), sitemaps.LARGEST)
    if len(parts) <= 1:
        return Response(sitemaps.pages(places), content_type=sitemaps.CONTENT_TYPE)
    named = [(absolute(".sitemap_part", number=number + 1), None) for number in range(len(parts))]
    return Response(sitemaps.index(named), content_type=sitemaps.CONTENT_TYPE)


@blueprint.get("/sitemap-<int:number>.xml")
def sitemap_part(number: int) -> Response:
    start = (number - 1) * sitemaps.LARGEST
    places = _places()[start : start + sitemaps.LARGEST] if number > 0 else []
    if not places:
        raise NotFound(f"There is no part {number} of the sitemap.")
    return Response(sitemaps.pages(places), content_type=sitemaps.CONTENT_TYPE)


def _places() -> list[sitemaps.Place]:
    with site().reading() as session:
        matters = queries_feeds.addresses(session)
    newest = max((at for _, at in matters), default=None)
    places: list[sitemaps.Place] = [(absolute(f"pages.{page}"), newest) for page in PAGES]
    places += [(absolute(".data"), None), (absolute(".data_dictionary"), None)]
    return places + [(absolute("pages.matter", slug=slug), at) for slug, at in matters]


@blueprint.get("/data")
def data() -> str:
    """Every form in which the record can be had."""
    with site().reading() as session:
        laws, sections = queries.laws(session), queries.sections(session)
        return render_template(
            "data.html",
            sources=queries_sources.sources(session),
            example=laws[0].slug if laws else EXAMPLE,
            section=f"{sections[0].code}-{sections[0].section}" if sections else EXAMPLE_SECTION,
        )


@blueprint.get("/data/dictionary")
def data_dictionary() -> str:
    """What each column means, as the data package says it too."""
    with site().reading() as session:
        sources = queries_sources.sources(session)
    return render_template("dictionary.html", sources=sources, blocks=dictionary.blocks(export.data_dictionary()))


@blueprint.get("/<any(matters, actions, changes, relations, sections):name>.csv")
def table(name: str) -> ResponseReturnValue:
    """A list as a table: the address of the page with its ending."""
    asked: dict[str, Any] = request.args.to_dict()
    return redirect(url_for("downloads.export_csv", **asked | {"name": name}))


@blueprint.get("/embed/matters/<slug>")
def embed(slug: str) -> ResponseReturnValue:
    """A small timeline for other people's pages, with the date of its data and the way to the whole."""
    with site().reading() as session:
        dossier = matter_at(session, slug)
        if dossier is None:
            return redirect(url_for(".embed", slug=queries.slug_now(session, slug)), 301)
        held, today = dossier.matter, site().today()
        stories = queries_coverage.of_measure(session, held.file_number)
        story = timeline.build(held, dossier.actions, dossier.changes, dossier.votes, today, stories)
        return render_template(
            "embed.html",
            dossier=dossier,
            matter=held,
            story=story[:EMBED_ENTRIES],
            more=max(0, len(story) - EMBED_ENTRIES),
            page=absolute("pages.matter", slug=held.slug),
        )


@blueprint.get("/oembed")
def oembed() -> Response:
    """What stands for a matter's address in another page (oembed.com, 1.0). Parameters it does not know are ignored,
    as consumers add their own."""
    if request.args.get("format", "json") != "json":
        raise NotGiven("Only format=json is given here.")
    slug = _slug_of(request.args.get("url", ""))
    with site().reading() as session:
        dossier = matter_at(session, slug)
        if dossier is None:
            dossier = queries.get_matter(session, queries.slug_now(session, slug) or "")
        answer = jsonify(_embedded(dossier))
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


def _slug_of(address: str) -> str:
    """The matter that an address of ours means. Raises NotFound for every other address."""
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = urlsplit("")  # no address at all
    path = unquote(parts.path).replace("\0", "")
    ours = parts.scheme in ("http", "https") and parts.hostname == host()
    if not ours or not path.startswith("/matters/") or "/" in path.removeprefix("/matters/"):
        raise NotFound("Give the address of a matter's page here as the parameter url.")
    return path.removeprefix("/matters/")


def _embedded(dossier: Dossier) -> dict[str, Any]:
    held = dossier.matter
    title = f"{wording.number_of(held.file_number)}: {(dossier.note.headline or held.name).rstrip('. ')}"
    width, height = _largest("maxwidth", EMBED_WIDTH), _largest("maxheight", EMBED_HEIGHT)
    frame = render_template(
        "_frame.html", address=absolute(".embed", slug=held.slug), title=title, width=width, height=height
    )
    return {
        "type": "rich",
        "version": "1.0",
        "title": title,
        "provider_name": site().settings.title,
        "provider_url": root(),
        "cache_age": CACHED_SECONDS,
        "html": frame,
        "width": width,
        "height": height,
    }


def _largest(name: str, usual: int) -> int:
    given = request.args.get(name, "")
    if given and not (given.isascii() and given.isdigit() and int(given) > 0):
        raise BadRequest(f"{name}={given} is not understood; write a number of pixels.")
    return min(usual, int(given)) if given else usual
