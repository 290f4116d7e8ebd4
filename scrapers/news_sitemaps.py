"""Google News sitemaps: what an outlet published in the last days, with headline, moment and language.

A sitemap is either a list of stories (``urlset``, each with a ``news:news``) or an index of sitemaps. One level of an
index is followed, on the same host, where its ``lastmod`` is not before the day asked for; if some of its addresses
speak of news, only those. Files may be packed (``.xml.gz``). A sitemap without headlines is a plain one, of no use
here, and told as such.
"""

import re
import zlib
from collections.abc import Iterator
from typing import Final, NamedTuple
from urllib.parse import urlsplit
from xml.etree import ElementTree

from scrapers.answers import Answer, Fetcher
from scrapers.errors import FetchFailed, NothingFound, PageChanged, ScrapeError, Stopped
from scrapers.news_stories import Feed, StoryRecord, absolute, gather, plain, story

PARTS: Final = 20  # sitemaps of one index
STORIES: Final = 1000  # of one sitemap: the most that the format allows
UNPACKED: Final = 50 << 20  # bytes: the most that the format allows
ACCEPT: Final = "application/xml, text/xml;q=0.9, application/gzip;q=0.8, */*;q=0.5"

_NEWS: Final = "{http://www.google.com/schemas/sitemap-news/"
_NAMESPACE: Final = re.compile(r"\{[^}]*\}")


class Listed(NamedTuple):
    """A sitemap that an index names. ``changed_on`` is an ISO date, "" where none is given."""

    address: str
    changed_on: str


def read_sitemap(fetcher: Fetcher, address: str, outlet: str, since: str, *, kind: str = "news") -> Feed:
    """The stories published on or after ``since`` (ISO, New York); undated ones too, with their doubt.

    Nothing new since then is an empty feed. Raises what the fetcher raises, NothingFound for a sitemap that names
    nothing at all, PageChanged for something else than a sitemap of news.
    """
    answer = fetcher.get(address, accept=ACCEPT)
    doubts: list[str] = []
    if _name(_root(answer)) != "sitemapindex":
        feeds = [parse_sitemap(answer, outlet, kind=kind)]
    else:
        chosen, doubts = _chosen(parse_index(answer), answer, since)
        feeds = list(_parts(fetcher, chosen, outlet, kind, doubts))
        if chosen and not feeds:
            raise PageChanged(answer.address, f"none of its sitemaps could be read: {doubts[-1]}")
    stories: dict[str, StoryRecord] = {}
    for feed in feeds:
        doubts.extend(feed.doubts)
        for each in feed.stories:
            if not each.published_on or each.published_on >= since:
                stories.setdefault(each.address, each)
    return Feed(tuple(stories.values()), tuple(doubts))


def _parts(fetcher: Fetcher, addresses: list[str], outlet: str, kind: str, doubts: list[str]) -> Iterator[Feed]:
    """The sitemaps of an index; one that cannot be read is a doubt, so that the others go on."""
    for address in addresses:
        try:
            yield parse_sitemap(fetcher.get(address, accept=ACCEPT), outlet, kind=kind, least=0)
        except Stopped:
            raise
        except ScrapeError as error:
            doubts.append(str(error))


def parse_index(answer: Answer) -> tuple[Listed, ...]:
    """The sitemaps of an index. Raises NothingFound for none, PageChanged for something else."""
    root = _root(answer)
    if _name(root) != "sitemapindex":
        raise PageChanged(answer.address, f"there must be an index of sitemaps and there is {_name(root)}")
    found = tuple(
        Listed(absolute(answer.final, _child(part, "loc")), _child(part, "lastmod")[:10])
        for part in root
        if _name(part) == "sitemap"
    )
    if not found:
        raise NothingFound(answer.address, "the index names no sitemap; look at it")
    return found


def parse_sitemap(answer: Answer, outlet: str, *, kind: str = "news", least: int = 1) -> Feed:
    """The stories of one sitemap in its order, 1,000 at most.

    Raises NothingFound for fewer addresses than ``least``, PageChanged for a sitemap without any headline.
    """
    root = _root(answer)
    if _name(root) != "urlset":
        raise PageChanged(answer.address, f"there must be a sitemap and there is {_name(root)}; look at the address")
    places = [place for place in root if _name(place) == "url"]
    if len(places) < least:
        raise NothingFound(answer.address, "the sitemap names no page; an outlet is never silent, so look at it")
    if not places:
        return Feed(())
    named = [(place, news) for place in places if (news := _news(place)) is not None]
    if not named:
        raise PageChanged(answer.address, "it is a plain sitemap without headlines; give the address of one for news")
    found = (_story(place, news, answer, outlet, kind) for place, news in named[:STORIES])
    return gather(answer, found, len(named), most=STORIES)


def _story(
    place: ElementTree.Element, news: ElementTree.Element, answer: Answer, outlet: str, kind: str
) -> StoryRecord | str:
    found = story(
        base=answer.final,
        now=answer.fetched_at,
        address=_child(place, "loc"),
        title=plain(_child(news, "title")),
        outlet=outlet,
        kind=kind,
        printed=_child(news, "publication_date"),
        language=next((_child(part, "language") for part in news if _name(part) == "publication"), ""),
    )
    if isinstance(found, StoryRecord) and not _same_host(found.address, answer.final):
        return f"{found.address}: a page of another host; left out"
    return found


def _chosen(parts: tuple[Listed, ...], answer: Answer, since: str) -> tuple[list[str], list[str]]:
    """Which sitemaps of an index are asked for, and what is told of the others. Old ones are left out in silence."""
    chosen, doubts = [], []
    for part in parts:
        if not part.address or not _same_host(part.address, answer.final):
            doubts.append(f"the index names {part.address or 'no address'}, not a page of its own host; not asked")
        elif not part.changed_on or part.changed_on >= since:
            chosen.append(part.address)
    chosen = [part for part in chosen if "news" in urlsplit(part).path.lower()] or chosen
    if len(chosen) > PARTS:
        doubts.append(f"the index names {len(chosen)} sitemaps changed since {since}; the first {PARTS} were read")
    return chosen[:PARTS], doubts


def _root(answer: Answer) -> ElementTree.Element:
    # expat fetches nothing for a document and stops at entities that multiply
    try:
        return ElementTree.fromstring(_unpacked(answer))
    except ElementTree.ParseError as error:
        kind = "an HTML page" if b"<html" in answer.body[:5000].lower() else answer.media_type or "something else"
        raise PageChanged(answer.address, f"there must be a sitemap and there is {kind} ({error})") from error


def _unpacked(answer: Answer) -> bytes:
    if not answer.body.startswith(b"\x1f\x8b"):
        return answer.body
    unpack = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        body = unpack.decompress(answer.body, UNPACKED + 1)
    except zlib.error as error:
        raise FetchFailed(answer.address, f"the packed sitemap cannot be unpacked ({error})") from error
    if len(body) > UNPACKED:
        raise FetchFailed(answer.address, f"the packed sitemap is larger than {UNPACKED >> 20} MB; no sitemap may be")
    if not unpack.eof:
        raise FetchFailed(answer.address, "the packed sitemap breaks off in the middle; try again later")
    return body


def _name(element: ElementTree.Element) -> str:
    return _NAMESPACE.sub("", element.tag) if isinstance(element.tag, str) else ""


def _news(place: ElementTree.Element) -> ElementTree.Element | None:
    return next((part for part in place if isinstance(part.tag, str) and part.tag.startswith(_NEWS)), None)


def _child(element: ElementTree.Element, name: str) -> str:
    """The text of a child, whatever its namespace; "" for none."""
    return next(((part.text or "").strip() for part in element if _name(part) == name), "")


def _same_host(one: str, other: str) -> bool:
    hosts = [(urlsplit(each).hostname or "").removeprefix("www.") for each in (one, other)]
    return hosts[0] == hosts[1]
