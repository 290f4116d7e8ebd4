"""Reading HTML so that a page that changed says so: what must be there is found, once, or it is PageChanged.

Tables are read by the text of their headers, never by the place of a column: Legistar added a column to its calendar in
2019, and readers that counted gave wrong times. White space is one kind of blank, the non-breaking one included.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString

from scrapers.errors import FetchFailed, PageChanged, SourceMissing

BREAKS = frozenset(("br", "p", "div", "li", "tr", "td", "th", "table", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6"))
ERROR_TITLE = re.compile(r"^(\d{3}\W+|(runtime|server|application) )?error\b|[-–|]\s*error\b", re.IGNORECASE)
GONE = re.compile(r"^\s*(This record no longer exists|Invalid parameters)", re.IGNORECASE)


def soup_of(text: str, subject: str) -> BeautifulSoup:
    """The page as a tree. Raises FetchFailed for an empty one: some servers answer 200 with nothing."""
    if not text.strip():
        raise FetchFailed(subject, "the answer is empty; try again later")
    return BeautifulSoup(text.replace("\0", ""), "lxml")


def text_of(tag: Tag | None) -> str:
    """All the text in one line, every run of white space one blank; "" for no tag."""
    if tag is None:
        return ""
    lone = tag.string
    if type(lone) is NavigableString:
        return " ".join(lone.split())
    return " ".join("".join(_pieces(tag)).split())


def lines_of(tag: Tag) -> str:
    """The text with a line for each paragraph, cell and break; empty lines are left out."""
    lines = (" ".join(line.split()) for line in "".join(_pieces(tag)).split("\n"))
    return "\n".join(line for line in lines if line)


def _pieces(tag: Tag) -> Iterator[str]:
    for node in tag.descendants:
        if isinstance(node, Tag):
            if node.name in BREAKS:
                yield "\n"
        elif type(node) is NavigableString:  # its kinds are comments, scripts and styles
            yield node.replace("\n", " ")


def one(root: Tag, selector: str, subject: str) -> Tag:
    """The one element that a CSS selector finds. Raises PageChanged for none, and for several."""
    found = root.select(selector, limit=2)
    if len(found) != 1:
        count = "none" if not found else "more than one"
        raise PageChanged(subject, f"there must be one {selector}, and there is {count}; look at the page")
    return found[0]


def many(root: Tag, selector: str, subject: str, *, least: int = 1) -> list[Tag]:
    """All elements that a CSS selector finds. Raises PageChanged for fewer than ``least``."""
    found = list(root.select(selector))
    if len(found) < least:
        message = f"there must be at least {least} {selector}, and there are {len(found)}; look at the page"
        raise PageChanged(subject, message)
    return found


def attribute(tag: Tag, name: str) -> str:
    """An attribute's text; "" where the tag has none of that name."""
    value = tag.get(name)
    return " ".join(value) if isinstance(value, list) else (value or "")


def table(grid: Tag, subject: str, required: Sequence[str] = ()) -> list[Mapping[str, Tag]]:
    """The rows of a table as header text -> cell. Tables inside its cells are not looked at.

    Columns may come in any order, and more of them than are asked for. A row that is one cell across the whole table
    ("No records to display.") is no row. Raises PageChanged for a missing or doubled column, and for a row that has
    more or fewer cells than there are headers.
    """
    rows = _own_rows(grid)
    headed = (row.find_all("th", recursive=False) for row in rows)
    names = [text_of(header) for header in next((cells for cells in headed if cells), ())]
    counts = Counter(names)
    if wrong := [name for name in required if counts[name] != 1]:
        have = ", ".join(name for name in names if name) or "none"
        raise PageChanged(subject, f"the table must have one column {', '.join(wrong)}; its columns are: {have}")
    records: list[Mapping[str, Tag]] = []
    for row in rows:
        cells = row.find_all("td", recursive=False)
        if not cells or (len(cells) == 1 and cells[0].has_attr("colspan")):
            continue
        if len(cells) != len(names):
            raise PageChanged(subject, f"a row has {len(cells)} cells under {len(names)} headers; look at the page")
        records.append(dict(zip(names, cells, strict=True)))
    return records


def _own_rows(grid: Tag) -> list[Tag]:
    parts = [grid, *grid.find_all(["thead", "tbody", "tfoot"], recursive=False)]
    return [row for part in parts for row in part.find_all("tr", recursive=False)]


def hidden_fields(form: Tag) -> list[tuple[str, str]]:
    """(name, value) of every hidden input, in the page's order: what ASP.NET wants back, whichever it has put there."""
    return [
        (attribute(field, "name"), attribute(field, "value"))
        for field in form.find_all("input")
        if attribute(field, "type").lower() == "hidden" and field.has_attr("name") and not field.has_attr("disabled")
    ]


def refuse_error_page(soup: BeautifulSoup, final_address: str) -> None:
    """Raises for an error page that answered 200.

    SourceMissing where the record is gone or its address is wrong; FetchFailed where the site itself failed.
    """
    gone = soup.find(string=lambda text: text is not None and len(text) < 200 and GONE.match(text) is not None)
    if gone is not None:
        raise SourceMissing(final_address, f"the page says: {' '.join(gone.split())}")
    title = text_of(soup.title)
    if "error.aspx" in final_address.lower() or ERROR_TITLE.search(title):
        raise FetchFailed(
            final_address, f"the site answered with its error page ({title or 'no title'}); try again later"
        )
    if soup.find("table") is None and len(words := text_of(soup)) < 500 and "server error" in words.lower():
        raise FetchFailed(final_address, f"the site answered: {words}; try again later")
