"""The City's site in miniature: its list, an article as JSON and as a page, and PDFs, made from facts given by a test.

An article is a dict: ``link`` ("/mayors-office/news/2026/02/executive-order-13.html"), ``title``, ``date`` (ISO),
``types`` ("executive-orders", ...), ``blocks`` (paragraphs) and, if it links to one, ``pdf`` (an address).
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from html import escape
from typing import Any

import orjson

from scrapers.answers import Answer
from scrapers.errors import ScrapeError, SourceMissing
from scrapers.nyc_gov import model_address

Article = Mapping[str, Any]

HOST = "https://www.nyc.gov"
PDFS = "/content/dam/nycgov/mayors-office/downloads/pdf/executive-orders"


def printed(day: str) -> str:
    """A date as the list prints it: "February 06, 2026"."""
    return date.fromisoformat(day).strftime("%B %d, %Y")


def list_answer(articles: Sequence[Article], params: Mapping[str, str]) -> dict[str, Any]:
    """What ``/bin/nyc/articlesearch.json`` says to these parameters; newest first."""
    types = {kind for kind in params.get("types", "").split(",") if kind}
    since, until = params.get("fromDate", ""), params.get("toDate", "9999")
    wanted = [
        each
        for each in sorted(articles, key=lambda each: str(each["date"]), reverse=True)
        if since <= each["date"] <= until and (not types or types & set(each["types"]))
    ]
    size, number = int(params.get("pageSize", "10")), int(params.get("currentPage", "1"))
    return {
        "pageSize": size,
        "currentPage": number,
        "totalResults": len(wanted),
        "totalPages": -(-len(wanted) // size),
        "results": [_result(each) for each in wanted[(number - 1) * size : number * size]],
        "events": None,
    }


def _result(article: Article) -> dict[str, Any]:
    return {
        "link": article["link"],
        "title": article["title"],
        "articleDate": printed(article["date"]),
        "articleImage": None,
        "articleImageAlt": None,
        "articleDesc": None,
    }


def _text(article: Article) -> str:
    download = ""
    if article.get("pdf"):
        download = f'<p><a href="{escape(article["pdf"])}">Download {escape(article["title"])}</a></p>\n\r\n'
    return download + "\n\r\n".join(f"<p>{escape(block)}</p>" for block in article.get("blocks", ()))


def model_answer(article: Article) -> dict[str, Any]:
    """An article's ``.model.json``: its words among class names, a teaser and a title that nobody gave."""
    parts: dict[str, Any] = {
        "teaser_press": {":type": "nycgov/components/teaser", "text": "<p>Media contact: call the press office</p>"},
        "heading": {":type": "nycgov/components/title", "text": "Untitled Document", "type": "h2"},
    }
    if article.get("blocks") or article.get("pdf"):
        parts["text"] = {":type": "nycgov/components/text", "richText": True, "text": _text(article)}
    grid = {
        ":type": "wcm/foundation/components/responsivegrid",
        "gridClassNames": "aem-Grid aem-Grid--12",
        "columnClassNames": dict.fromkeys(parts, "aem-GridColumn aem-GridColumn--default--12"),
        ":items": parts,
        ":itemsOrder": list(parts),
    }
    root = {
        ":type": "nycgov/components/container",
        ":items": {"responsivegrid": grid},
        ":itemsOrder": ["responsivegrid"],
    }
    return {
        "title": article["title"],
        "language": "en",
        ":type": "nycgov/components/page",
        ":path": "/content/nycgov/mayors-office/en/news",
        ":items": {"root": root},
        ":itemsOrder": ["root"],
    }


def html_page(article: Article) -> str:
    """An article's page, with the links and boxes around it that are none of its words."""
    return f"""<!DOCTYPE html>
<html lang="en"><head><title>{escape(article["title"])}</title></head><body>
<header><nav><a href="/assets/home/downloads/pdf/reports/annual-report.pdf">Annual report</a></nav></header>
<main>
  <h1>{escape(article["title"])}</h1>
  <p>{printed(article["date"])}</p>
  <div id="body-text-section">{_text(article)}
    <div class="teaser"><p>Media contact: call the press office</p></div>
    <iframe src="https://video.example/embed" title="video"></iframe>
  </div>
</main>
<footer><a href="/site/accessibility.pdf">Accessibility</a></footer>
</body></html>"""


def pdf(pages: Sequence[str]) -> bytes:
    """A PDF with a text layer, one string a page; "" makes a page that has none, as a scan does."""
    bodies: list[bytes] = []
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    bodies.append(b"<< /Type /Catalog /Pages 2 0 R >>")
    bodies.append(f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode())
    bodies.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    for n, page in enumerate(pages):
        drawn = _drawn(page)
        bodies.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] "
            + f"/Resources << /Font << /F1 3 0 R >> >> /Contents {5 + 2 * n} 0 R >>".encode()
        )
        bodies.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn))
    return _file(bodies)


def _drawn(page: str) -> bytes:
    lines = [line.encode("cp1252", "replace") for line in page.split("\n")] if page else []
    safe = [line.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)") for line in lines]
    return b"BT /F1 9 Tf 11 TL 40 760 Td " + b" ".join(b"(%s) Tj T*" % line for line in safe) + b" ET"


def _file(bodies: Sequence[bytes]) -> bytes:
    whole, places = b"%PDF-1.4\n", []
    for number, body in enumerate(bodies, 1):
        places.append(len(whole))
        whole += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(bodies) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n" % size
    return whole + head + table + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(whole))


class FakeSite:
    """A fetcher that answers as the City's site would, from articles and from PDFs by address.

    ``failing`` addresses raise what they are given; ``size`` is the most that the list gives on a page; ``asked`` is
    every address that was asked for.
    """

    def __init__(
        self,
        articles: Sequence[Article],
        files: Mapping[str, bytes] | None = None,
        failing: Mapping[str, ScrapeError] | None = None,
        size: int = 100,
    ) -> None:
        self.articles = articles
        self.files = dict(files or {})
        self.failing = failing or {}
        self.size = size
        self.asked: list[str] = []

    def get(
        self, address: str, params: Mapping[str, str] | None = None, *, secret: Mapping[str, str] | None = None,
        accept: str = "",
    ) -> Answer:  # fmt: skip
        self.asked.append(address)
        if address in self.failing:
            raise self.failing[address]
        if address.endswith("/bin/nyc/articlesearch.json"):
            return self._answer(address, self.listing(dict(params or {})))
        for article in self.articles:
            link = HOST + article["link"]
            if address == model_address(link):
                return self._answer(address, orjson.dumps(model_answer(article)))
            if address == link:
                return self._answer(address, html_page(article).encode(), "text/html; charset=utf-8")
        if address in self.files:
            return self._answer(address, self.files[address], "application/pdf")
        raise SourceMissing(address, "404")

    def listing(self, params: dict[str, str]) -> bytes:
        return orjson.dumps(list_answer(self.articles, params | {"pageSize": str(self.size)}))

    def post(self, address: str, form: Sequence[tuple[str, str]]) -> Answer:
        raise NotImplementedError

    def _answer(self, address: str, body: bytes, kind: str = "application/json") -> Answer:
        now = datetime(2026, 2, 20, tzinfo=UTC)
        return Answer(address, address, "GET", 200, (("content-type", kind),), body, now, "sha256:0")
