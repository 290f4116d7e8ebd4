"""Searches for news: GDELT's list of articles, and search feeds, whose address holds ``{query}``.

GDELT DOC 2.0 (api.gdeltproject.org/api/v2/doc/doc) answers with JSON: ``articles``, each with ``url``, ``title``,
``seendate`` ("20260210T150000Z"), ``domain``, ``language`` ("English"); ``{}`` where it knows none. What it does not
like it says in a line of plain text, with status 200. ``seendate`` is when GDELT met an article, not when it was
published, so it is given as a day at most, and told. It asks for five seconds between two requests.

Search feeds link to their own gateway. Such a link is kept as it is, with a doubt: passing a gateway that keeps
programs out is nothing that is done here.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote, urlsplit

import orjson

from scrapers.answers import Answer, Fetcher
from scrapers.errors import NothingFound, PageChanged, Refused, SourceBroken
from scrapers.json_rows import Row, objects
from scrapers.news_feeds import read_feed
from scrapers.news_stories import NEW_YORK, Feed, StoryRecord, gather, plain, story

MOST: Final = 250  # the most that GDELT gives
LANGUAGES: Final = {
    "arabic": "ar", "bengali": "bn", "chinese": "zh", "dutch": "nl", "english": "en", "french": "fr", "german": "de",
    "greek": "el", "hebrew": "he", "hindi": "hi", "indonesian": "id", "italian": "it", "japanese": "ja", "korean": "ko",
    "polish": "pl", "portuguese": "pt", "russian": "ru", "spanish": "es", "turkish": "tr", "ukrainian": "uk",
    "urdu": "ur", "vietnamese": "vi", "yiddish": "yi",
}  # fmt: skip
SEEN: Final = "GDELT says when it saw an article, not when it was published: its dates may be a day late"

_TOO_OFTEN: Final = re.compile(r"limit requests|rate.?limit|too many requests", re.IGNORECASE)
_BACKSLASH: Final = re.compile(r"""\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})?""")
_GATEWAYS: Final = re.compile(r"//(?:news\.google\.[a-z.]+/(?:rss/)?(?:articles|read)/|www\.bing\.com/news/apiclick)")


def read_gdelt(fetcher: Fetcher, address: str, query: str, since: str, until: str) -> Feed:
    """Articles that GDELT saw from ``since`` to ``until`` (ISO days in UTC, both included), newest first.

    ``outlet`` of a story is its host. None found is an empty feed with a doubt. Raises what the fetcher raises, Refused
    where GDELT is asked too often, SourceBroken with GDELT's words where it does not take the query.
    """
    wanted = {
        "query": query,
        "mode": "artlist",
        "format": "json",
        "sort": "datedesc",
        "maxrecords": str(MOST),
        "startdatetime": since.replace("-", "") + "000000",
        "enddatetime": until.replace("-", "") + "235959",
    }
    return parse_gdelt(fetcher.get(address, wanted, accept="application/json"))


def parse_gdelt(answer: Answer) -> Feed:
    """One answer of GDELT. Raises as `read_gdelt` does, and PageChanged for JSON of another shape."""
    document = _document(answer)
    if document == {}:
        return Feed((), ("GDELT knows no article for this query in these days",))
    rows = objects(Row(document, answer.address).value("articles"), answer.address)
    if not rows:
        return Feed((), ("GDELT knows no article for this query in these days",))
    feed = gather(answer, _found(rows, answer), len(rows), (SEEN,), most=MOST)
    if len(rows) >= MOST:
        return feed._replace(doubts=(*feed.doubts, f"GDELT gives {MOST} articles at most: ask for fewer days"))
    return feed


def _document(answer: Answer) -> Any:
    """GDELT's JSON, or its complaint as an error.

    Its titles may hold what JSON does not allow: raw control characters, and backslashes of nobody's escape
    (alex9smith/gdelt-doc-api#26).
    """
    text = answer.text().strip()
    if text[:1] not in ("{", "["):
        words = plain(text)[:200] or "nothing"
        if "<html" in text[:2000].lower():
            raise PageChanged(answer.address, f"there must be JSON and there is a page: {words}")
        if _TOO_OFTEN.search(words):
            raise Refused(answer.address, f"GDELT is asked too often; it says: {words}")
        raise SourceBroken(answer.address, f"GDELT does not take this query; it says: {words}")
    try:
        text = _BACKSLASH.sub(lambda found: found[0] if len(found[0]) > 1 else r"\\", text)
        return orjson.loads(re.sub(r"[\x00-\x1f]", " ", text))
    except orjson.JSONDecodeError as error:
        raise PageChanged(answer.address, f"GDELT's answer is not whole JSON ({error}); try again later") from error


def _found(rows: list[Row], answer: Answer) -> Iterator[StoryRecord | str]:
    for row in rows:
        seen = row.word("seendate")
        language = row.word("language") if "language" in row.row else ""
        yield story(
            base=answer.final,
            now=answer.fetched_at,
            address=row.word("url"),
            title=plain(row.word("title"), html=False),
            outlet=row.word("domain") if "domain" in row.row else "",
            kind="news",
            printed=_day(seen) or seen,
            language=LANGUAGES.get(language.lower(), "und" if language else ""),
        )


def _day(seen: str) -> str:
    """The New York day of a ``seendate``; "" for another shape."""
    try:
        moment = datetime.strptime(seen, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return ""
    return moment.astimezone(NEW_YORK).date().isoformat()


def read_search(fetcher: Fetcher, template: str, query: str, kind: str = "news") -> Feed:
    """The stories of a search feed; ``template`` is its address with ``{query}`` in it.

    ``outlet`` of a story is the source that its entry names, or its host. None found is an empty feed with a doubt.
    Raises SourceBroken for a template without a place for the query, and what `read_feed` raises.
    """
    if "{query}" not in template:
        raise SourceBroken(template, "the address of a search must have {query} where the words go")
    address = template.replace("{query}", quote(query, safe=""))
    try:
        feed = read_feed(fetcher, address, "", kind)
    except NothingFound:
        return Feed((), (f"the search at {urlsplit(address).hostname} found nothing",))
    gateways = [each.address for each in feed.stories if is_gateway(each.address)]
    if not gateways:
        return feed
    doubt = f"{len(gateways)} of {len(feed.stories)} links lead through a gateway and were not followed"
    return feed._replace(doubts=(*feed.doubts, doubt))


def is_gateway(address: str) -> bool:
    """Whether a link is a search engine's own, which hides the address of the story."""
    return _GATEWAYS.search(address) is not None
