"""What every road to news returns: stories as plain text, with dates that are certain. Pure.

What outlets say is markup of strangers. Everything leaves here as plain text, unescaped once: ``&amp;amp;`` in a title
that is HTML stays ``&amp;``, as the publisher printed it. A date that is not certain is left out and told, since a
wrong date is worse than none.
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final, NamedTuple
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

from bs4 import BeautifulSoup

from scrapers.answers import Answer
from scrapers.errors import NothingFound, PageChanged
from scrapers.html import text_of

EXCERPT: Final = 280
BYLINE: Final = 200
NEW_YORK: Final = ZoneInfo("America/New_York")
OLDEST: Final = 1851  # the first year of a New York paper that is still read; what is older is a misprint

_OPINION: Final = frozenset(("opinion", "opinions", "op-ed", "oped", "op-eds", "editorial", "editorials", "commentary"))
_TAG: Final = re.compile(r"<!--.*?-->|</?[A-Za-z!?][^<>]*>", re.DOTALL)
_TAG_OPENS: Final = re.compile(r"<(?=[A-Za-z/!?])")
_UNPRINTABLE: Final = re.compile(r"[\x00-\x08\x0e-\x1b\x7f\ud800-\udfff\ufffe\uffff]")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(?![a-z])")
_BY: Final = re.compile(r"by:?\s+", re.IGNORECASE)
_REACHED: Final = re.compile(r"[(<\[]?\b(?:\S+@\S+\.\w+|https?://\S+|www\.\S+)[)>\]]?", re.IGNORECASE)


class StoryRecord(NamedTuple):
    """One story as its publisher names it.

    ``address`` is as published, tracking parameters and all; ``outlet`` as the caller calls it; ``author`` as the
    byline has it, "" where it has none. ``published_at`` is an aware UTC moment in ISO form, "" where no hour or no
    zone is given; ``published_on`` the New York calendar date, or "". ``language`` is a code of two or three letters.
    ``excerpt`` has 280 characters at most. ``text`` is for matching and is not kept. ``kind`` is news, opinion,
    government or advocacy. ``doubts`` says in sentences what is off.
    """

    address: str
    title: str
    outlet: str
    author: str
    published_at: str
    published_on: str
    language: str
    excerpt: str
    text: str
    kind: str
    doubts: tuple[str, ...] = ()


class Feed(NamedTuple):
    """What was read. ``doubts`` are the feed's, and those of each story after its title."""

    stories: tuple[StoryRecord, ...]
    doubts: tuple[str, ...] = ()


class Moment(NamedTuple):
    """When something was published, as in `StoryRecord`, and what is wrong with what was printed: "" for nothing."""

    at: str
    on: str
    doubt: str = ""


def story(
    *,
    base: str,
    now: datetime,
    address: str,
    title: str,
    outlet: str,
    kind: str,
    printed: str = "",
    author: str = "",
    language: str = "",
    summary: str = "",
    text: str = "",
    doubts: Iterable[str] = (),
) -> StoryRecord | str:
    """A story of plain texts, or the sentence that says why there is none: no headline, no address of the web."""
    where = absolute(base, address)
    if not where:
        return f"{title or 'an entry'}: it links to {address[:80]!r}, which is no address of a page; left out"
    if not title:
        return f"{where}: it has no headline; left out"
    when = read_moment(printed, now)
    return StoryRecord(
        where,
        title,
        outlet or (urlsplit(where).hostname or "").removeprefix("www."),
        byline(author, outlet),
        when.at,
        when.on,
        language_of(language),
        shortened(summary or text),
        text or summary,
        kind_of(where, kind),
        (*doubts, *filter(None, (when.doubt,))),
    )


def gather(
    answer: Answer, found: Iterable[StoryRecord | str], count: int, doubts: Iterable[str] = (), *, most: int
) -> Feed:
    """A feed of what was found: stories, and sentences for what could not be read as one. ``count`` entries were there.

    Raises NothingFound for none, and PageChanged where not one of them is a story.
    """
    if not count:
        raise NothingFound(answer.address, "the feed has no entries; an outlet is never silent, so look at it")
    stories: dict[str, StoryRecord] = {}
    told = list(doubts)
    for each in found:
        if isinstance(each, str):
            told.append(each)
        elif each.address not in stories:
            stories[each.address] = each
            told.extend(f"{each.title}: {doubt}" for doubt in each.doubts)
    if not stories:
        raise PageChanged(answer.address, f"none of its {count} entries could be read: {told[-1]}")
    if count > most:
        told.append(f"the feed has {count} entries; the first {most} were read")
    return Feed(tuple(stories.values()), tuple(told))


def plain(value: str, *, html: bool = True) -> str:
    """A text of strangers in one line, without any tag, script or style; HTML unescaped once, other text not at all.

    What still looks like a tag after that (an escaped one, or one in plain text) goes too, so that the text is harmless
    wherever it is put.
    """
    value = _UNPRINTABLE.sub("", value)
    if "<" in value or (html and "&" in value):
        markup = value if html else value.replace("&", "&amp;")
        # within an element, because a text that is only an address makes BeautifulSoup warn of a mistake
        value = text_of(BeautifulSoup(f"<div>{markup}</div>", "lxml"))
        value = _UNPRINTABLE.sub("", value)
    while _TAG.search(value):
        value = _TAG.sub(" ", value)
    return " ".join(_TAG_OPENS.sub(" ", value).split())


def shortened(text: str, most: int | None = None) -> str:
    """280 characters of one line at most, or ``most`` if that is fewer, cut between words."""
    text = " ".join(text.split())
    most = EXCERPT if most is None else min(most, EXCERPT)
    if len(text) <= most:
        return text
    return text[: most - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…" if most else ""


def byline(author: str, outlet: str = "") -> str:
    """Who wrote it, as printed: without "By", addresses of mail and web; 200 characters at most.

    "" where nobody is left, or only the outlet itself.
    """
    name = " ".join(_REACHED.sub(" ", author).split()).strip(" ,;|()<>")
    name = _BY.sub("", name, count=1) if _BY.match(name) else name
    if not any(letter.isalpha() for letter in name) or name.casefold() == outlet.casefold():
        return ""
    return shortened(name, BYLINE)


def absolute(base: str, address: str) -> str:
    """An address of the web, made whole with its page's; "" for anything else (``javascript:``, ``mailto:``, none)."""
    address = "".join(address.splitlines()).strip().replace(" ", "%20")
    try:
        whole = urljoin(base, address) if address else ""
        parts = urlsplit(whole)
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"[\s<>\"]", whole):
        return ""
    return whole


def language_of(printed: str) -> str:
    """``en-US`` -> ``en``; "en" where nothing readable is said."""
    found = _LANGUAGE.match(printed.strip().lower())
    return found[0] if found else "en"


def kind_of(address: str, kind: str) -> str:
    """An outlet's news is opinion where a folder of the address says so; the other kinds are as the caller says."""
    if kind == "news" and _OPINION & set(urlsplit(address).path.lower().split("/")[:-1]):
        return "opinion"
    return kind


def read_moment(printed: str, now: datetime) -> Moment:
    """A date as feeds and pages print it: RFC 822 or ISO 8601. ``now`` is when it was read.

    A moment without a zone gives the printed date alone, with a doubt. What is no date, before 1851, the first second
    of 1970, or more than a day ahead gives nothing but a doubt. Nothing printed is a doubt too.
    """
    printed = printed.strip()
    if not printed:
        return Moment("", "", "it has no date")
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", printed):
            day = date.fromisoformat(printed)
            late = day > (now + timedelta(days=1)).astimezone(NEW_YORK).date()
            return _unsure(printed) if late or not _likely(day) else Moment("", printed)
        moment = _moment(printed)
        if not _likely(moment.date()):
            return _unsure(printed)
        if moment.tzinfo is None:
            late = moment.replace(tzinfo=UTC) > now + timedelta(days=2)
            doubt = f"it is dated {printed!r} without a time zone; only the day was taken"
            return _unsure(printed) if late else Moment("", moment.date().isoformat(), doubt)
        moment = moment.astimezone(UTC).replace(microsecond=0)
        if moment > now + timedelta(days=1):
            return Moment("", "", f"it is dated {printed!r}, which is yet to come; taken as undated")
        return Moment(moment.isoformat(), moment.astimezone(NEW_YORK).date().isoformat())
    except (ValueError, OverflowError, TypeError):
        return _unsure(printed)


def _moment(printed: str) -> datetime:
    if printed[:4].isdecimal():
        return datetime.fromisoformat(printed)
    moment = parsedate_to_datetime(printed)
    return moment.replace(tzinfo=UTC) if printed.endswith("-0000") else moment  # RFC 5322, 3.3: UTC, place unknown


def _likely(day: date) -> bool:
    return day.year >= OLDEST and day != date(1970, 1, 1)


def _unsure(printed: str) -> Moment:
    return Moment("", "", f"it is dated {printed[:60]!r}, which is no date that can be right; taken as undated")
