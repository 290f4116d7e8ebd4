"""The Mayor's news beside the orders: releases, statements, designation letters, as headlines with an excerpt.

Left out are orders (they have their own road), transcripts (they repeat what a release says, at length) and Spanish
copies of releases. A copy is known by the end of its slug (``-sp``, ``-spanish``), or by its title: one that has
"alcalde" or three of the little words that Spanish cannot do without. English titles have two at most ("De La Rosa").
"""

import re
from collections.abc import Container, Iterator, Sequence
from typing import Final

from scrapers.errors import NothingFound, ScrapeError, Stopped
from scrapers.executive_orders import is_order_title
from scrapers.nyc_gov import ListedArticle, Site, Unread
from scrapers.records import ReleaseRecord

EXCERPT: Final = 280
WORDS: Final = 5  # a line with fewer says nothing yet

_SPANISH_SLUG: Final = re.compile(r"-(?:sp|spanish|espanol)\d?$")
_SPANISH: Final = frozenset(
    ("el", "la", "los", "las", "del", "de", "y", "en", "para", "por", "con", "una", "que", "su", "sus", "al")
)
_TRANSCRIPT: Final = re.compile(r"t?ranscript\b", re.IGNORECASE)
_SLUG_TRANSCRIPT: Final = re.compile(r"^t?ranscript-")  # the City's own slugs have lost the letter
_HEADING: Final = re.compile(
    r"what (?:you should|to) know\b.*|for immediate release\b.*|download\b.*|\W*media contact\b.*|watch\b.*here.*", re.I
)
_DATELINE: Final = re.compile(r"^NEW YORK(?:,? (?:NY|N\.Y\.))?\s*[-–—]+\s*")
_SENTENCE: Final = re.compile(
    r"(?<!\b[A-Z]\.)(?<!\bMr\.)(?<!\bMs\.)(?<!\bDr\.)(?<!\bSt\.)(?<!\bNo\.)(?<!\bMrs\.)(?<!\bSen\.)(?:(?<=[.!?])|(?<=[.!?][\"”’]))"
    r"\s+(?=[\"“‘]?[A-Z0-9])"
)


def is_spanish(title: str, slug: str = "") -> bool:
    """Whether an article is a Spanish copy, by the rule in the module's docstring."""
    words = set(re.findall(r"[a-záéíóúñü]+", title.lower()))
    return bool(_SPANISH_SLUG.search(slug)) or "alcalde" in words or len(words & _SPANISH) >= 3


def is_transcript(title: str, slug: str = "") -> bool:
    """Whether an article is a transcript."""
    return bool(_TRANSCRIPT.match(title.strip()) or _SLUG_TRANSCRIPT.match(slug))


def excerpt(blocks: Sequence[str]) -> str:
    """The first real sentence, 280 characters at most, cut between words; "" where there is none.

    Releases begin with "What you should know" and its points: the heading is passed over, the first point counts.
    """
    for block in blocks:
        line = _DATELINE.sub("", " ".join(block.split()))
        if _HEADING.fullmatch(line) or line.isupper() or len(line.split()) < WORDS:
            continue
        sentence = _SENTENCE.split(line, maxsplit=1)[0]
        if len(sentence) <= EXCERPT:
            return sentence
        return sentence[: EXCERPT - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"
    return ""


def releases(
    site: Site, types: Sequence[str], since: str, until: str, known: Container[str] = ()
) -> Iterator[ReleaseRecord | Unread]:
    """The news of these types from ``since`` to ``until`` (ISO, both included); `Unread` for what could not be read.

    Articles whose address is in ``known`` are not fetched again. Each type is listed by itself, for its name is what
    ``kind`` says. Raises what the list raises, and NothingFound where no type lists anything.
    """
    taken: set[str] = set()
    for kind in types:
        for listed in site.listed((kind,), since, until):
            if listed.link in taken:
                continue
            taken.add(listed.link)
            if listed.link not in known and not _is_left_out(listed):
                yield _release(site, kind, listed)
    if not taken:
        what = ", ".join(types)
        raise NothingFound(site.list_address, f"no {what} from {since} to {until}; City Hall is never silent that long")


def _is_left_out(listed: ListedArticle) -> bool:
    title, slug = listed.title, listed.slug
    return is_order_title(title) or is_transcript(title, slug) or is_spanish(title, slug)


def _release(site: Site, kind: str, listed: ListedArticle) -> ReleaseRecord | Unread:
    try:
        article = site.article(listed.link)
    except Stopped:
        raise
    except ScrapeError as error:
        return Unread(listed.link, listed.title, str(error))
    return ReleaseRecord(
        address=listed.link,
        title=listed.title,
        published_on=listed.listed_on,
        kind=kind,
        excerpt=excerpt(article.blocks),
        text=article.text,
    )
