"""One page of an outlet -> the story it tells, by what pages say of themselves: JSON-LD, Open Graph, their own markup.

What a publisher asks of programs is kept: behind a paywall (``isAccessibleForFree`` false, ``article:content_tier``
locked or metered) and under ``noarchive`` the text is not read, under ``nosnippet`` and ``noindex`` the excerpt is left
out too, ``max-snippet`` shortens it; each with a doubt. A canonical address counts on the page's own site alone: one
that names another site is told, not followed.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag

from scrapers.answers import Answer, Fetcher
from scrapers.errors import PageChanged
from scrapers.html import attribute, soup_of, text_of
from scrapers.news_stories import (
    Moment,
    StoryRecord,
    absolute,
    byline,
    kind_of,
    language_of,
    plain,
    read_moment,
    shortened,
)

HTML: Final = ("text/html", "application/xhtml+xml", "")
CLOSED: Final = ("locked", "metered")
NOT_THE_STORY: Final = "aside, nav, header, footer, form, figure, script, style, template, [aria-hidden=true]"

_ARTICLE: Final = re.compile(r"Article$|^BlogPosting$|^LiveBlogPosting$|^Report$")
_OPINION: Final = frozenset(("OpinionNewsArticle", "ReviewNewsArticle"))
_WRAPPING: Final = re.compile(r"^\s*(?:<!--|//<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\]\]>|\]\]>)\s*$")
_SNIPPET: Final = re.compile(r"max-snippet\s*:\s*(-?\d+)")
_TITLES: Final = ("og:title", "twitter:title")
_DATES: Final = (
    "article:published_time", "datepublished", "parsely-pub-date", "pubdate", "publishdate", "dc.date.issued", "date",
)  # fmt: skip
_AUTHORS: Final = ("author", "parsely-author", "dc.creator", "byl")


class _Wishes(NamedTuple):
    """What the page lets programs do: read its text, show how many characters of it (None: as many as one likes)."""

    text: bool
    snippet: int | None
    doubts: tuple[str, ...]


class _Page(NamedTuple):
    """A page in parts: its ``metas`` by their names in small letters, the JSON-LD of the article, {} for none."""

    answer: Answer
    soup: BeautifulSoup
    metas: Mapping[str, str]
    article: Mapping[str, Any]

    def meta(self, *names: str) -> str:
        """The first of these metas that says something; the tree has unescaped it already."""
        return next((plain(self.metas[name], html=False) for name in names if self.metas.get(name)), "")

    def said(self, key: str) -> str:
        """A text of the article's JSON-LD: a string, or the name of a thing."""
        value = self.article.get(key)
        if isinstance(value, list):
            return ", ".join(filter(None, (_named(each) for each in value)))
        return _named(value)


def read_article(fetcher: Fetcher, address: str, *, kind: str = "news") -> StoryRecord:
    """Ask for a page and read it. Raises what the fetcher raises (a refusal passes through) and `parse_article`."""
    return parse_article(fetcher.get(address, accept="text/html"), kind=kind)


def parse_article(answer: Answer, *, kind: str = "news") -> StoryRecord:
    """The story of a page, with what is doubtful about it.

    Raises FetchFailed for an empty page, PageChanged for something else than a page and for one without a headline.
    """
    if answer.media_type not in HTML:
        raise PageChanged(answer.address, f"there must be a page and there is {answer.media_type}; add it by hand")
    soup = soup_of(answer.text(), answer.address)
    page = _Page(answer, soup, _metas(soup), _article(soup))
    outlet = page.meta("og:site_name") or page.said("publisher") or _host(answer.final)
    title = _title(page, outlet)
    if not title:
        raise PageChanged(answer.address, "the page has no headline; look at it, it may be no article")
    address, doubts = _address(page)
    when, wishes = _moment(page), _wishes(page)
    if not page.article and page.meta("og:type") != "article" and soup.find("article") is None:
        doubts.append("the page does not say that it is an article")
    text = _text(page) if wishes.text else ""
    language = attribute(soup.html, "lang") if soup.html is not None else ""
    summary = page.meta("og:description", "description", "twitter:description") or page.said("description") or text
    return StoryRecord(
        address,
        title,
        outlet,
        byline(page.said("author"), outlet) or byline(page.meta(*_AUTHORS), outlet),
        when.at,
        when.on,
        language_of(page.said("inLanguage") or language),
        shortened(summary, wishes.snippet),
        text,
        "opinion" if kind == "news" and _types(page.article) & _OPINION else kind_of(address, kind),
        (*doubts, *filter(None, (when.doubt,)), *wishes.doubts),
    )


def _metas(soup: BeautifulSoup) -> dict[str, str]:
    """The page's metas by name; the first that says something goes before later ones."""
    found: dict[str, str] = {}
    for tag in soup.find_all("meta", content=True):
        name = (attribute(tag, "property") or attribute(tag, "name") or attribute(tag, "itemprop")).strip().lower()
        if name == "robots" and name in found:
            found[name] += f", {attribute(tag, 'content')}"
        elif attribute(tag, "content").strip():
            found.setdefault(name, attribute(tag, "content"))
    return found


def _article(soup: BeautifulSoup) -> Mapping[str, Any]:
    """The first article of the page's JSON-LD; {} for none. What is no JSON is passed over."""
    for script in soup.find_all("script", type=re.compile(r"^\s*application/ld\+json", re.IGNORECASE)):
        try:
            document = json.loads(_WRAPPING.sub("", script.string or ""), strict=False)  # raw line breaks are common
        except (json.JSONDecodeError, RecursionError):
            continue
        for thing in _things(document):
            if any(_ARTICLE.search(kind) for kind in _types(thing)):
                return thing
    return {}


def _things(document: Any) -> Iterator[Mapping[str, Any]]:
    """Every object on the two upper levels: alone, in a list, in a ``@graph``."""
    for each in document if isinstance(document, list) else [document]:
        if isinstance(each, dict):
            yield each
            graph = each.get("@graph")
            yield from (inner for inner in (graph if isinstance(graph, list) else ()) if isinstance(inner, dict))


def _types(thing: Mapping[str, Any]) -> frozenset[str]:
    kinds = thing.get("@type")
    return frozenset(str(kind) for kind in (kinds if isinstance(kinds, list) else [kinds]) if kind)


def _named(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("name") or value.get("alternateName")
    if isinstance(value, list):
        value = next(iter(value), "")
    return plain(value) if isinstance(value, str) else ""


def _title(page: _Page, outlet: str) -> str:
    heading = page.soup.select_one("article h1, main h1, h1")
    title = page.said("headline") or page.meta(*_TITLES) or plain(text_of(heading), html=False)
    for mark in (" | ", " - ", " – ", " — "):
        title = title.removesuffix(f"{mark}{outlet}")
    return title


def _address(page: _Page) -> tuple[str, list[str]]:
    """The address to keep. A canonical one on another site, or a front page, is not this page's."""
    final = page.answer.final
    link = page.soup.find("link", rel="canonical", href=True)
    said = attribute(link, "href") if link is not None else page.metas.get("og:url", "")
    canonical = absolute(final, said)
    if not canonical:
        return final, []
    if not _same_site(canonical, final):
        return final, [f"the page names {canonical} as its original; look there"]
    if urlsplit(canonical).path.strip("/") == "" != urlsplit(final).path.strip("/"):
        return final, ["the page names the front page as its address; its own was taken"]
    return canonical, []


def _moment(page: _Page) -> Moment:
    """The first date of the page that can be right; if none can, the first that it gives."""
    time = page.soup.select_one("article time[datetime], main time[datetime]")
    printed = [page.said("datePublished"), *(page.meta(name) for name in _DATES)]
    printed.append(attribute(time, "datetime") if time is not None else "")
    read = [read_moment(each, page.answer.fetched_at) for each in printed if each]
    return next((each for each in read if each.on), read[0] if read else Moment("", "", "it has no date"))


def _wishes(page: _Page) -> _Wishes:
    said = f"{page.metas.get('robots', '')}, {page.answer.header('x-robots-tag')}".lower()
    words = frozenset(re.split(r"[\s,]+", said))
    free = page.article.get("isAccessibleForFree")
    limit = _SNIPPET.search(said)
    snippet = int(limit[1]) if limit and int(limit[1]) >= 0 else None
    closed = str(free).strip().lower() in ("false", "no", "0") or page.meta("article:content_tier").lower() in CLOSED
    unkept = bool(words & {"noarchive", "none", "noindex", "nosnippet"})
    if words & {"none", "noindex", "nosnippet"}:
        snippet = 0
    told = (
        ("the text stands behind a paywall and was not read", closed),
        ("the page asks programs not to keep it, so its text was not read", unkept),
        ("the page asks that nothing of it be quoted, so there is no excerpt", snippet == 0),
    )
    return _Wishes(not (closed or unkept), snippet, tuple(doubt for doubt, holds in told if holds))


def _text(page: _Page) -> str:
    body = page.said("articleBody")
    if body:
        return body
    roots = page.soup.find_all("article") or page.soup.find_all("main")
    return max((_paragraphs(root) for root in roots), key=len, default="")


def _paragraphs(root: Tag) -> str:
    """The paragraphs that are the story's own, a line for each."""
    others = {id(each) for each in root.select(NOT_THE_STORY)}
    inner = {id(each) for each in root.find_all("article")}
    lines = [
        text_of(part)
        for part in root.find_all("p")
        if not any(id(up) in others or id(up) in inner for up in part.parents)
    ]
    return "\n".join(filter(None, lines))


def _host(address: str) -> str:
    return (urlsplit(address).hostname or "").removeprefix("www.")


def _same_site(one: str, other: str) -> bool:
    """Whether one host is the other, or lies under it: www.amny.com, amp.amny.com and amny.com are one site."""
    first, second = _host(one), _host(other)
    return first == second or first.endswith(f".{second}") or second.endswith(f".{first}")
