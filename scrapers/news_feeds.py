"""Feeds of news: RSS 0.9 to 2.0, Atom, RDF and JSON Feed -> the stories they name.

feedparser reads what real feeds are made of (broken XML, wrong charsets, CDATA, xml:base). It opens files and addresses
that it is given as text or bytes, so it gets a stream and never the body. Its dates are not used: it makes the year
1101 of "12".
"""

import io
import re
from collections.abc import Mapping
from typing import Any, Final
from xml.sax import SAXParseException

import feedparser  # type: ignore[import-untyped]

from scrapers.answers import Answer, Fetcher
from scrapers.errors import PageChanged
from scrapers.json_rows import Row
from scrapers.news_stories import Feed as Feed
from scrapers.news_stories import StoryRecord as StoryRecord
from scrapers.news_stories import gather, plain, story

MOST: Final = 500  # entries of one feed: outlets give 10 to 100, and a feed of everything is no feed of news
ACCEPT: Final = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
)

_REFERENCE: Final = re.compile(rb"&#([xX][0-9a-fA-F]{1,20}|[0-9]{1,20});?")


def read_feed(fetcher: Fetcher, address: str, outlet: str, kind: str) -> Feed:
    """Ask for a feed and read it. Raises what the fetcher and `parse_feed` raise."""
    return parse_feed(fetcher.get(address, accept=ACCEPT), outlet, kind)


def parse_feed(answer: Answer, outlet: str, kind: str) -> Feed:
    """The stories of a feed in its order, each address once, 500 entries at most.

    An empty ``outlet`` means each entry's own source, as search feeds give it, or else its host. Raises PageChanged for
    what is no feed, NothingFound for a feed without entries.
    """
    if answer.body.lstrip()[:1] == b"{":
        return _json_feed(answer, outlet, kind)
    read = _read(answer)
    if not read.get("version"):
        what = "an HTML page" if b"<html" in answer.body[:5000].lower() else (answer.media_type or "something else")
        raise PageChanged(answer.address, f"there must be a feed and there is {what}; look for the feed's new address")
    doubts = []
    if isinstance(read.get("bozo_exception"), SAXParseException):
        doubts.append(f"the feed's XML is broken ({read.bozo_exception.getMessage()}); what could be read was taken")
    language = str(read.feed.get("language") or "")
    found = (_entry(entry, answer, outlet, kind, language, read.version) for entry in read.entries[:MOST])
    return gather(answer, found, len(read.entries), doubts, most=MOST)


def _read(answer: Answer) -> Any:
    """What feedparser makes of a feed. Raises PageChanged for what it stumbles over."""
    headers = {"content-type": answer.header("content-type"), "content-location": answer.final}
    # half of an emoji, written as a number, is no character: the strict parser stops there and the other falls
    body = _REFERENCE.sub(lambda found: found[0] if _is_character(found[1]) else b"", answer.body)
    try:
        return feedparser.parse(
            io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except (ValueError, OverflowError) as error:
        raise PageChanged(answer.address, f"the feed is damaged and cannot be read ({error}); look at it") from error


def _is_character(number: bytes) -> bool:
    code = int(number[1:], 16) if number[:1] in b"xX" else int(number)
    return code in (9, 10, 13) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF


def _entry(
    entry: Mapping[str, Any], answer: Answer, outlet: str, kind: str, language: str, version: str
) -> StoryRecord | str:
    title = _words(entry.get("title_detail"))
    source = _words({"value": entry.get("source", {}).get("title", "")})
    if source and not outlet:
        title = title.removesuffix(f" - {source}")  # search feeds put the outlet's name behind each headline
    summary = _words(entry.get("summary_detail"))
    text = "\n".join(filter(None, (_words(each) for each in entry.get("content", ()))))
    printed = entry.get("published") or ""
    doubts = []
    if not printed and "updated" in entry:  # in RSS feedparser's name for dc:date, which is the day of publication
        printed = entry["updated"]
        if version.startswith("atom"):
            doubts.append("it says only when it was last edited, and that is taken for its date")
    return story(
        base=answer.final,
        now=answer.fetched_at,
        address=str(entry.get("feedburner_origlink") or entry.get("link") or ""),
        title=title,
        outlet=outlet or source,
        kind=kind,
        printed=str(printed),
        author=_words({"value": entry.get("author", ""), "type": "text/plain"}),
        language=str(language or (entry.get("title_detail") or {}).get("language") or ""),
        summary=summary,
        text=text,
        doubts=doubts,
    )


def _json_feed(answer: Answer, outlet: str, kind: str) -> Feed:
    top = Row(answer.json(), answer.address)
    items = top.row.get("items")
    if "jsonfeed.org" not in str(top.row.get("version")) or not isinstance(items, list):
        raise PageChanged(answer.address, "there must be a feed and there is other JSON; look for its new address")
    language = str(top.row.get("language") or "")
    found = (_json_item(item, answer, outlet, kind, language) for item in items[:MOST])
    return gather(answer, found, len(items), most=MOST)


def _json_item(document: Any, answer: Answer, outlet: str, kind: str, language: str) -> StoryRecord | str:
    try:
        item = Row({"url": "", "title": "", "date_published": "", "summary": ""} | document, answer.address)
        authors = item.row.get("authors") or [item.row.get("author")]
        names = [str(each["name"]) for each in authors if isinstance(each, dict) and each.get("name")]
        return story(
            base=answer.final,
            now=answer.fetched_at,
            address=item.word("url"),
            title=plain(item.word("title"), html=False),
            outlet=outlet,
            kind=kind,
            printed=item.word("date_published"),
            author=plain(", ".join(names), html=False),
            language=str(item.row.get("language") or language),
            summary=plain(item.word("summary"), html=False),
            text=plain(str(item.row.get("content_html") or ""))
            or plain(str(item.row.get("content_text") or ""), html=False),
        )
    except (PageChanged, TypeError) as error:
        return f"an entry is not in the shape of a JSON Feed's ({error}); left out"


def _words(detail: Mapping[str, Any] | None) -> str:
    """A piece of a feed as plain text, by the type that the feed gives it or feedparser sees in it."""
    value = str((detail or {}).get("value") or "")
    return plain(value, html=(detail or {}).get("type") != "text/plain")
