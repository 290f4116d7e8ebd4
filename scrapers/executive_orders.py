"""The Mayor's executive orders, and emergency ones, from the City's site.

An order is an article whose title is nothing but its number; what its number is does not say which order it is, since
numbers start anew with each mayor. The article carries the text more often than the PDF's text layer does, so the PDF
is read only where the article has none. Every doubt about a date, a number or a text is kept with the order.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Final, NamedTuple

from scrapers.answers import Answer
from scrapers.errors import NothingFound, PageChanged, ScrapeError, Stopped
from scrapers.nyc_gov import Article, ListedArticle, Site, Unread, order_pdf, tidy
from scrapers.order_text import Heading, ends_like_an_order, read_heading, read_signature, reads_like_an_order
from scrapers.pdf import PdfText
from scrapers.printed_dates import YEARS
from scrapers.records import OrderRecord

TYPES: Final = ("executive-orders",)
# fewer on a page but the last: pages are missing (EO 13 of 2026: one of six). Full ones hold some 1,500 to 2,500.
CHARACTERS_A_PAGE: Final = 900
LATE: Final = 366  # days: a date in the text farther from the list's is a misreading, or another order's
EARLY: Final = 7

_TITLE: Final = re.compile(r"(?P<emergency>Emergency )?Executive Order(?: No\.?)? ?(?P<number>\d+(?:\.\d+)?)", re.I)


class FoundOrder(NamedTuple):
    """An order, and the answers it was made of: the article's, and the PDF's where that was read."""

    record: OrderRecord
    answers: tuple[Answer, ...]


Found = FoundOrder | Unread


def is_order_title(title: str) -> bool:
    """Whether a title is an order's: "Executive Order No. 13" is, "Releases Executive Order 13 Report" is not."""
    return _TITLE.fullmatch(tidy(title)) is not None


def parse_order(
    title: str,
    text: str,
    listed_on: str,
    address: str,
    pdf_address: str,
    pages: int | None,
    mayor_on: Callable[[str], str],
) -> OrderRecord:
    """An order from its title, its text and the list's date (ISO, or "").

    ``pages`` is how many pages its PDF has, None where the text is not the PDF's. ``mayor_on`` names the mayor in
    office on an ISO date. Raises PageChanged for a title that is no order's, and for an order that has no date at all.
    """
    match = _TITLE.fullmatch(tidy(title))
    if match is None:
        raise PageChanged(address, f"{title!r} is not the title of an order")
    series, number = "EEO" if match["emergency"] else "EO", match["number"].lstrip("0")
    heading, signature = read_heading(text), read_signature(text)
    year, day = _when(heading.dated_on, listed_on)
    if not day:
        raise PageChanged(address, f"{title} has no date, in its text or in the list: it cannot be told from another")
    cut = _cuts(text, pages)
    return OrderRecord(
        key=order_key(year, series, number),
        series=series,
        number=number,
        year=year,
        subject=heading.subject,
        issuer=mayor_on(day),
        signer=signature.name or (signature.office if signature.office.startswith("First") else ""),
        dated_on=heading.dated_on,
        listed_on=listed_on,
        address=address,
        pdf_address=pdf_address,
        text=text,
        complete=not cut,
        doubts=(*(_doubts(heading, number, listed_on) if text.strip() else ()), *cut),
    )


def order_key(year: int, series: str, number: str) -> str:
    """``2026-EO-013``, ``2026-EEO-2.38``: the collection of all orders since 1974 counts them the same way."""
    return f"{year}-{series}-{number.zfill(3) if series == 'EO' else number}"


def _when(dated_on: str, listed_on: str) -> tuple[int, str]:
    """(year, day) of an order: its own date, unless the list shows that it was misread."""
    day = dated_on or listed_on
    if dated_on and listed_on and not _agree(dated_on, listed_on):
        day = listed_on
    year = int(day[:4] or 0)
    return (year, day) if year in YEARS else (0, "")


def _agree(dated_on: str, listed_on: str) -> bool:
    """Whether an order of this date can have been posted on that day."""
    late = (date.fromisoformat(listed_on) - date.fromisoformat(dated_on)).days
    return -EARLY <= late <= LATE


def _doubts(heading: Heading, number: str, listed_on: str) -> Iterator[str]:
    if heading.unread:
        yield f"The date in the text cannot be read for certain: {heading.unread!r}."
    elif not heading.dated_on:
        yield "Its text bears no date."
    if heading.dated_on and listed_on and heading.dated_on != listed_on:
        if _agree(heading.dated_on, listed_on):
            yield f"Its text is dated {heading.dated_on}, and the City lists it under {listed_on}."
        else:
            yield f"Its text reads {heading.dated_on}; the City lists it under {listed_on}, whose year is taken."
    if heading.number and not number.startswith(heading.number):
        yield f"Its heading reads No. {heading.number}, and its title {number}."


def _cuts(text: str, pages: int | None) -> tuple[str, ...]:
    """Why the text is thought to be cut short, in sentences."""
    if not text.strip():
        return (f"Its PDF has no text (pages: {pages})." if pages else "It has no text.",)
    found = []
    if pages and len(text) < CHARACTERS_A_PAGE * (pages - 1):
        found.append(f"The text has {len(text)} characters, too few for the {pages} pages of the PDF.")
    if not ends_like_an_order(text):
        found.append("The text does not end like an order: nobody signs it, and it does not say when it takes effect.")
    return tuple(found)


class Orders:
    """The road. ``pdf_text`` reads a PDF's bytes (`pdf.read_pdf`); ``mayor_on`` as for `parse_order`."""

    def __init__(self, site: Site, pdf_text: Callable[[bytes], PdfText], mayor_on: Callable[[str], str]) -> None:
        self._site = site
        self._pdf_text = pdf_text
        self._mayor_on = mayor_on

    def orders(self, since: str, until: str) -> Iterator[Found]:
        """The orders posted from ``since`` to ``until`` (ISO, both included), as listed; `Unread` for one that failed.

        Raises what the list raises, and NothingFound where it holds no order: emergency orders come every five days.
        """
        listed = [each for each in self._site.listed(TYPES, since, until) if is_order_title(each.title)]
        if not listed:
            raise NothingFound(
                self._site.list_address,
                f"no order from {since} to {until}; emergency orders come every five days, so look at the site",
            )
        for each in listed:
            try:
                yield self._order(each)
            except Stopped:
                raise
            except ScrapeError as error:
                yield Unread(each.link, each.title, str(error))

    def _order(self, listed: ListedArticle) -> FoundOrder:
        article = self._site.article(listed.link)
        if article.road == "json" and not (reads_like_an_order(article.text) or order_pdf(article.links)):
            article = self._site.page(listed.link)
        pdf_address = order_pdf(article.links)
        if reads_like_an_order(article.text):
            return FoundOrder(self._record(listed, article.text, pdf_address, None), (article.answer,))
        return self._from_pdf(listed, article, pdf_address)

    def _from_pdf(self, listed: ListedArticle, article: Article, pdf_address: str) -> FoundOrder:
        if not pdf_address:
            raise PageChanged(listed.link, "the article has neither the order's words nor a link to its PDF")
        answer = self._site.pdf(pdf_address)
        pdf = self._pdf_text(answer.body)
        record = self._record(listed, pdf.text, pdf_address, len(pdf.pages))
        if pdf.text and pdf.without_text:
            doubt = f"{pdf.without_text} of the {len(pdf.pages)} pages of its PDF have no text."
            record = record._replace(complete=False, doubts=(*record.doubts, doubt))
        return FoundOrder(record, (article.answer, answer))

    def _record(self, listed: ListedArticle, text: str, pdf_address: str, pages: int | None) -> OrderRecord:
        return parse_order(listed.title, text, listed.listed_on, listed.link, pdf_address, pages, self._mayor_on)
