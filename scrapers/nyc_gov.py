"""What the City's site publishes of the Mayor: the list, and one article of it, as JSON or as a page.

The site of 2026 (no raw answer of it could be kept; the shapes are those of public programs that read it daily):

* ``/bin/nyc/articlesearch.json`` lists articles by type and date, 100 a page. It reaches back to about 2022. Dates read
  "December 29, 2024" or "May 01, 2026"; links are root-relative, with ``.html`` and without.
* ``/content/nycgov/mayors-office/en/news/YYYY/MM/<slug>.model.json`` is the article as a tree of components. The words
  are the ``text`` of those of type ``.../components/text``; other strings of the tree are class names, "Untitled
  Document" and teasers. It carries orders of which the PDF's text layer has one page of six.
* The page itself has an ``h1``, the date and ``#body-text-section``; a ``.teaser`` is the box for the press. Letters of
  lists (a., b.) are lost in both, since they are HTML list markers.

The client says who it is. Some programs get 403 for pages and not for JSON: what is refused is reported as refused.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Literal, NamedTuple
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag

from scrapers.answers import Answer, Fetcher
from scrapers.errors import FetchFailed, PageChanged, ScrapeError, Stopped
from scrapers.html import attribute, lines_of, soup_of, text_of
from scrapers.json_rows import Row
from scrapers.printed_dates import DAY, read_day

LIST = "/bin/nyc/articlesearch.json"
MODEL = "/content/nycgov/mayors-office/en/news/{year}/{month}/{slug}.model.json"
PAGE_SIZE = 100
JUNK = frozenset({"Untitled Document", "Untitled"})
NOT_THE_ARTICLE = ".teaser, iframe, script, style, nav, header, footer, form"

_NEWS = re.compile(r"/mayors-office/news/(\d{4})/(\d\d)/([^/]+?)(?:\.html)?/?")
_DAY = re.compile(DAY)


class ListedArticle(NamedTuple):
    """One line of the list. ``link`` is absolute, ``listed_on`` ISO: the day of posting, not always the order's."""

    link: str
    slug: str
    title: str
    listed_on: str


class ListPage(NamedTuple):
    """One page of the list: page ``page`` of ``pages`` (from 1), of ``total`` articles in all."""

    results: tuple[ListedArticle, ...]
    page: int
    pages: int
    total: int


class Content(NamedTuple):
    """What an article says: ``blocks`` are its paragraphs, ``links`` the absolute addresses of its PDFs.

    ``printed_on`` is the date on the page, ISO; the JSON carries none: "".
    """

    title: str
    printed_on: str
    blocks: tuple[str, ...]
    links: tuple[str, ...]


class Article(NamedTuple):
    """One article as it was read, and by which road. ``blocks`` and ``links`` as in `Content`."""

    title: str
    blocks: tuple[str, ...]
    links: tuple[str, ...]
    answer: Answer
    road: Literal["json", "html"]

    @property
    def text(self) -> str:
        """The paragraphs, a blank line between them."""
        return "\n\n".join(self.blocks)


class Unread(NamedTuple):
    """An article that is listed and could not be read: given as a value, so that the others go on."""

    address: str
    title: str
    reason: str


class Site:
    """The road to the City's site; ``address`` is its root ("https://www.nyc.gov")."""

    def __init__(self, fetcher: Fetcher, address: str) -> None:
        self._fetcher = fetcher
        self._address = address.rstrip("/")

    @property
    def list_address(self) -> str:
        """The address of the list, without its parameters."""
        return self._address + LIST

    def listed(self, types: Iterable[str], since: str, until: str) -> tuple[ListedArticle, ...]:
        """Every article of these types posted from ``since`` to ``until`` (ISO, both days included), as listed.

        Raises what the fetcher raises; PageChanged for an unknown shape, and where the pages do not add up to the
        number of articles that the site itself gives: a part of the list must not pass for the whole.
        """
        found: list[ListedArticle] = []
        wanted = {"types": ",".join(types), "fromDate": since, "toDate": until, "pageSize": str(PAGE_SIZE)}
        number = pages = 1
        while number <= pages:
            answer = self._fetcher.get(
                self.list_address, wanted | {"currentPage": str(number)}, accept="application/json"
            )
            page = parse_list(answer.json(), answer.address)
            if page.page != number or (number > 1 and not page.results):
                raise PageChanged(answer.address, f"page {number} of the list was asked for and {page.page} came")
            found.extend(page.results)
            number, pages = number + 1, page.pages
        links = {article.link for article in found}
        if len(links) != len(found) or len(found) != page.total:
            raise PageChanged(
                answer.address,
                f"the list says that it holds {page.total} articles, and its {pages} pages held {len(found)}, "
                f"{len(links)} of them different; it may have moved while it was read, so read it again",
            )
        return tuple(found)

    def article(self, link: str) -> Article:
        """An article by its JSON, and by its page where that is not to be had.

        Raises the page's own error where neither can be read; `Stopped` at once.
        """
        model = model_address(link)
        if not model:
            return self.page(link)
        try:
            answer = self._fetcher.get(model, accept="application/json")
            content = parse_model(answer.json(), answer.final)
        except Stopped:
            raise
        except ScrapeError:
            return self.page(link)
        return Article(content.title, content.blocks, content.links, answer, "json")

    def page(self, link: str) -> Article:
        """An article by its page alone. Raises what the fetcher raises, and PageChanged for an unknown shape."""
        answer = self._fetcher.get(link, accept="text/html")
        content = parse_page(answer.text(), answer.final)
        return Article(content.title, content.blocks, content.links, answer, "html")

    def pdf(self, link: str) -> Answer:
        """A PDF. Raises FetchFailed for an answer that is something else."""
        answer = self._fetcher.get(link, accept="application/pdf")
        if not answer.body.lstrip()[:5].startswith(b"%PDF"):
            kind = answer.media_type or "something without a type"
            raise FetchFailed(link, f"the link to the PDF answered with {kind}; look at the page that links to it")
        return answer


def tidy(text: str) -> str:
    """Every run of white space, non-breaking blanks too, as one blank."""
    return " ".join(text.split())


def model_address(link: str) -> str:
    """Where an article lies as JSON; "" for a link that is no article of the Mayor's news."""
    found = _NEWS.fullmatch(urlsplit(link).path)
    if found is None:
        return ""
    return urljoin(link, MODEL.format(year=found[1], month=found[2], slug=found[3]))


def order_pdf(links: Iterable[str]) -> str:
    """The PDF that is an order's: the first under a folder ``executive-orders``; "" where there is none."""
    return next((link for link in links if "/executive-orders/" in urlsplit(link).path), "")


def parse_list(document: Any, address: str) -> ListPage:
    """One answer of the list, read at ``address``. Raises PageChanged for anything of another shape."""
    top = Row(document, address)
    results = top.value("results")
    if not isinstance(results, list):
        raise PageChanged(address, "the list has no list of results; nothing was taken from it")
    articles = tuple(_listed(Row(result, address), address) for result in results)
    return ListPage(articles, top.id("currentPage"), top.id("totalPages"), top.id("totalResults"))


def _listed(row: Row, address: str) -> ListedArticle:
    link, title, printed = (tidy(row.required(key)) for key in ("link", "title", "articleDate"))
    listed_on = read_day(printed)
    if not listed_on:
        raise PageChanged(address, f"{title} is dated {printed!r}, which is no date; nothing was taken from the list")
    slug = urlsplit(link).path.rstrip("/").rpartition("/")[2].removesuffix(".html")
    return ListedArticle(urljoin(address, link), slug, title, listed_on)


def parse_model(document: Any, address: str) -> Content:
    """An article's JSON, read at ``address``. Raises PageChanged where the tree holds neither words nor a PDF."""
    if not isinstance(document, dict):
        raise PageChanged(address, "the article is no JSON object; nothing was taken from it")
    blocks: list[str] = []
    links: list[str] = []
    for component in _components(document):
        links.extend(urljoin(address, value) for value in component.values() if _is_pdf(value))
        html = component.get("text")
        if str(component.get(":type", "")).lower().endswith("components/text") and isinstance(html, str):
            soup = BeautifulSoup(html, "lxml")
            blocks.extend(line for line in lines_of(soup).split("\n") if line and line not in JUNK)
            links.extend(_pdfs(soup, address))
    if not (blocks or links):
        raise PageChanged(address, "the article's JSON holds no text component with words and no PDF; look at it")
    title = document.get("title")
    clean = tidy(title) if isinstance(title, str) else ""
    return Content("" if clean in JUNK else clean, "", tuple(blocks), tuple(dict.fromkeys(links)))


def _components(node: Any) -> Iterator[dict[str, Any]]:
    """Every object of the tree but teasers, in the order that the tree gives its items."""
    if isinstance(node, list):
        for each in node:
            yield from _components(each)
    elif isinstance(node, dict) and "teaser" not in str(node.get(":type", "")).lower():
        yield node
        items, order = node.get(":items"), node.get(":itemsOrder")
        if isinstance(items, dict) and isinstance(order, list):
            yield from _components([items[name] for name in order if isinstance(name, str) and name in items])
            yield from _components([child for key, child in node.items() if key != ":items"])
        else:
            yield from _components(list(node.values()))


def _is_pdf(value: Any) -> bool:
    return isinstance(value, str) and " " not in value and urlsplit(value).path.lower().endswith(".pdf")


def _pdfs(root: Tag, address: str) -> Iterator[str]:
    for anchor in root.find_all("a", href=True):
        link = urljoin(address, attribute(anchor, "href").strip())
        if _is_pdf(link):
            yield link


def parse_page(html: str, address: str) -> Content:
    """An article's page, read at ``address``.

    Raises PageChanged for one without a heading or without a body, FetchFailed for an empty one.
    """
    soup = soup_of(html, address)
    heading = soup.select_one("main h1") or soup.select_one("h1")
    body = soup.select_one("#body-text-section") or soup.select_one("main")
    if heading is None or body is None:
        missing = "h1" if heading is None else "#body-text-section and no main"
        raise PageChanged(address, f"the article's page has no {missing}; look at the page")
    for other in body.select(NOT_THE_ARTICLE):
        other.decompose()
    title, blocks, printed_on = text_of(heading), lines_of(body).split("\n"), ""
    dates = (text_of(tag) for tag in soup.find_all(["p", "div", "span", "time"]))
    if printed := next((words for words in dates if _DAY.fullmatch(words)), ""):
        printed_on = read_day(printed)
    said = tuple(line for line in blocks if line and line not in (title, printed) and line not in JUNK)
    return Content(title, printed_on, said, tuple(dict.fromkeys(_pdfs(body, address))))
