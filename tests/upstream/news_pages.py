"""What outlets publish, in miniature: feeds of four kinds, news sitemaps, a search's answers, a page. Made from facts.

A story is a dict: ``title``, ``link``, and as wanted ``date`` (as printed), ``summary`` (HTML), ``body`` (HTML),
``author``, ``id``, ``source`` (name, address).
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any

import orjson

from scrapers.answers import Answer
from scrapers.errors import SourceMissing
from scrapers.fetch import Client, Manners
from upstream.server import Clock, MemoryKeeper

Story = Mapping[str, Any]

NOW = datetime(2026, 2, 10, 15, 0, tzinfo=UTC)
HOST = "https://news.example"
NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


def answer(
    body: str | bytes, kind: str = "application/rss+xml; charset=utf-8", address: str = f"{HOST}/feed/", **headers: str
) -> Answer:
    """An answer of status 200, fetched on February 10, 2026 at ten in New York."""
    content = body.encode() if isinstance(body, str) else body
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Answer(address, address, "GET", 200, (("Content-Type", kind), *named), content, NOW, "sha256:0")


class Shelf:
    """A fetcher over addresses in memory: what is kept is answered, an error raised; ``asked`` is address and query."""

    def __init__(self, kept: Mapping[str, str | bytes | Exception], kind: str = "application/xml") -> None:
        self.kept = kept
        self.kind = kind
        self.asked: list[tuple[str, Mapping[str, str]]] = []

    def get(
        self, address: str, params: Mapping[str, str] | None = None, *, secret: Mapping[str, str] | None = None,
        accept: str = "",
    ) -> Answer:  # fmt: skip
        self.asked.append((address, params or {}))
        body = self.kept.get(address, SourceMissing(address, "there is nothing there (HTTP 404)"))
        if isinstance(body, Exception):
            raise body
        return answer(body, self.kind, address)

    def post(self, address: str, form: Sequence[tuple[str, str]]) -> Answer:
        raise AssertionError("nothing is sent to an outlet")


def client(max_bytes: int = 1 << 20) -> Client:
    """The house's client, allowed to ask loopback, with a clock that moves only when it sleeps. Close it."""
    clock = Clock(NOW)
    manners = Manners(
        "Tracker-Test/1", attempts=2, max_bytes=max_bytes, timeout_seconds=5, private_hosts=("127.0.0.1",)
    )
    return Client(manners, MemoryKeeper(), clock=clock.now, sleep=clock.sleep, monotonic=clock.monotonic)


def _tag(name: str, value: str | None) -> str:
    return "" if value is None else f"<{name}>{escape(value)}</{name}>"


def rss(stories: Sequence[Story], language: str = "en-US", date_tag: str = "pubDate") -> str:
    """RSS 2.0 as WordPress writes it; titles and summaries are HTML, escaped."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>An outlet</title>'
        f"<link>{HOST}/</link>{_tag('language', language or None)}"
        + "".join(_rss_item(story, date_tag) for story in stories)
        + "</channel></rss>"
    )


def _rss_item(story: Story, date_tag: str) -> str:
    source = story.get("source")
    body = story.get("body")
    return "".join((
        "<item>",
        _tag("title", story.get("title")),
        _tag("link", story.get("link")),
        _tag("guid", story.get("id")),
        _tag(date_tag, story.get("date")),
        _tag("dc:creator", story.get("author")),
        _tag("description", story.get("summary")),
        "" if body is None else f"<content:encoded><![CDATA[{body}]]></content:encoded>",
        "" if source is None else f'<source url="{escape(source[1])}">{escape(source[0])}</source>',
        "</item>",
    ))  # fmt: skip


def atom(stories: Sequence[Story], date_tag: str = "published", title_type: str = "html") -> str:
    """Atom 1.0, with xml:base and links relative to it if the stories' are."""
    entries = "".join(
        f'<entry><title type="{title_type}">{escape(story["title"])}</title><link href="{escape(story["link"])}"/>'
        f"{_tag('id', story.get('id', story['link']))}{_tag(date_tag, story.get('date'))}"
        f'<summary type="html">{escape(story.get("summary", ""))}</summary></entry>'
        for story in stories
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="es" '
        f'xml:base="{HOST}/base/"><title>An outlet</title>{entries}</feed>'
    )


def rdf(stories: Sequence[Story]) -> str:
    """RSS 1.0."""
    items = "".join(
        f'<item rdf:about="{escape(story["link"])}">{_tag("title", story["title"])}{_tag("link", story["link"])}'
        f"{_tag('dc:date', story.get('date'))}</item>"
        for story in stories
    )
    return (
        '<?xml version="1.0"?><rdf:RDF xmlns="http://purl.org/rss/1.0/" '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<channel rdf:about="{HOST}/"><title>An outlet</title></channel>{items}</rdf:RDF>'
    )


def json_feed(stories: Sequence[Story]) -> bytes:
    """JSON Feed 1.1."""
    items = [
        {
            "id": story["link"],
            "url": story["link"],
            "title": story["title"],
            "date_published": story.get("date"),
            "content_html": story.get("body"),
            "summary": story.get("summary"),
            "authors": [{"name": story.get("author")}],
        }
        for story in stories
    ]
    return orjson.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "An outlet", "items": items})


def sitemap(stories: Sequence[Story], *, news: str = NEWS) -> str:
    """A news sitemap; a story without a title is a page without ``news:news``."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="{SITEMAP}" xmlns:news="{news}">'
        + "".join(f"<url><loc>{escape(story['link'])}</loc>{_news(story)}</url>" for story in stories)
        + "</urlset>"
    )


def _news(story: Story) -> str:
    if "title" not in story:
        return "<lastmod>2026-02-10</lastmod>"
    language = story.get("language", "en")
    return (
        f"<news:news><news:publication><news:name>An outlet</news:name><news:language>{language}</news:language>"
        f"</news:publication>{_tag('news:publication_date', story.get('date'))}{_tag('news:title', story['title'])}"
        "</news:news>"
    )


def sitemap_index(parts: Sequence[tuple[str, str]]) -> str:
    """An index of sitemaps: (address, lastmod), "" for none."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><sitemapindex xmlns="{SITEMAP}">'
        + "".join(f"<sitemap>{_tag('loc', loc)}{_tag('lastmod', day or None)}</sitemap>" for loc, day in parts)
        + "</sitemapindex>"
    )


def gdelt(stories: Sequence[Story]) -> bytes:
    """GDELT's list of articles; ``date`` is its ``seendate``."""
    return orjson.dumps({
        "articles": [
            {
                "url": story["link"],
                "url_mobile": "",
                "title": story["title"],
                "seendate": story.get("date", "20260210T140000Z"),
                "socialimage": "",
                "domain": story.get("domain", "news.example"),
                "language": story.get("language", "English"),
                "sourcecountry": "United States",
            }
            for story in stories
        ]
    })  # fmt: skip


def page(head: str = "", body: str = "", language: str = "en") -> str:
    """A page with what stands around every article: links, a box, a foot."""
    return f"""<!DOCTYPE html>
<html lang="{language}"><head><meta charset="utf-8"><title>An outlet</title>{head}</head><body>
<header><nav><p>Sections and more sections</p></nav></header>{body}
<footer><p>All rights reserved</p></footer></body></html>"""


def meta(**named: str) -> str:
    """Metas by name; ``__`` in a name is a colon: ``og__title``."""
    return "".join(
        f'<meta {"property" if "__" in name else "name"}="{name.replace("__", ":")}" content="{escape(value)}">'
        for name, value in named.items()
    )


def json_ld(**article: Any) -> str:
    """An article's JSON-LD, within a graph as most sites have it."""
    thing = {"@type": "NewsArticle", **article}
    graph = {"@context": "https://schema.org", "@graph": [{"@type": "WebSite", "name": "An outlet"}, thing]}
    return f'<script type="application/ld+json">{orjson.dumps(graph).decode()}</script>'
