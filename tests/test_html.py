"""What must be on a page is found there once, or the page has changed; error pages that answer 200 are not pages."""

import pytest
from bs4 import BeautifulSoup

from scrapers.errors import FetchFailed, PageChanged, SourceMissing
from scrapers.html import attribute, hidden_fields, lines_of, many, one, refuse_error_page, soup_of, table, text_of

WHERE = "https://city.test/page.aspx"


def soup(html: str) -> BeautifulSoup:
    return soup_of(html, WHERE)


def grid(head: str, *rows: str) -> BeautifulSoup:
    heads = "".join(f"<th>{name}</th>" for name in head.split("|"))
    lines = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row.split("|")) + "</tr>" for row in rows)
    return soup(f"<table><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>")


def read(page: BeautifulSoup, *required: str) -> list[dict[str, str]]:
    rows = table(one(page, "table", WHERE), WHERE, required)
    return [{name: text_of(cell) for name, cell in row.items()} for row in rows]


# Text


def test_every_blank_is_one_blank_the_non_breaking_one_too() -> None:
    assert text_of(one(soup("<p>\n File&nbsp;#\t <b>  Int   1412-2025</b></p>"), "p", WHERE)) == "File # Int 1412-2025"


def test_a_break_parts_words_and_a_style_does_not() -> None:
    page = soup("<p>3rd Floor<br><em>There is</em> no am<b>end</b>ment<!-- not this --></p>")
    assert text_of(one(page, "p", WHERE)) == "3rd Floor There is no amendment"
    assert lines_of(one(page, "p", WHERE)) == "3rd Floor\nThere is no amendment"


def test_paragraphs_are_lines_and_lines_of_the_source_are_not() -> None:
    page = soup("<div><p>Be it enacted\nby the Council</p><p>&nbsp;</p><p>§ 1.</p><script>no()</script></div>")
    assert lines_of(one(page, "div", WHERE)) == "Be it enacted by the Council\n§ 1."


def test_nul_is_dropped_and_does_not_end_the_page() -> None:
    assert text_of(one(soup("<p>a\0b</p><i>c</i>"), "p", WHERE)) == "ab"


def test_no_tag_has_no_text() -> None:
    assert text_of(None) == ""


# Counts


def test_one_is_one() -> None:
    page = soup("<i>1</i><b>2</b><b>3</b>")
    assert text_of(one(page, "i", WHERE)) == "1"
    with pytest.raises(PageChanged, match=r"page\.aspx: there must be one u, and there is none"):
        one(page, "u", WHERE)
    with pytest.raises(PageChanged, match="more than one"):
        one(page, "b", WHERE)


def test_many_are_at_least_so_many() -> None:
    page = soup("<b>2</b><b>3</b>")
    assert [text_of(tag) for tag in many(page, "b", WHERE, least=2)] == ["2", "3"]
    with pytest.raises(PageChanged, match="at least 3 b, and there are 2"):
        many(page, "b", WHERE, least=3)
    assert many(page, "i", WHERE, least=0) == []


def test_an_attribute_with_several_words_is_one_text() -> None:
    tag = one(soup('<b class="rgHeader rgSorted" id="x">2</b>'), "b", WHERE)
    assert (attribute(tag, "class"), attribute(tag, "id"), attribute(tag, "href")) == ("rgHeader rgSorted", "x", "")


# Tables


def test_columns_are_found_by_their_headers_in_any_order() -> None:
    assert read(grid("Status|File&nbsp;#", "Enacted|Int 1"), "File #") == [{"Status": "Enacted", "File #": "Int 1"}]


def test_the_icon_column_that_the_calendar_got_in_2019_shifts_nothing() -> None:
    (row,) = read(grid('Date|<img alt="ics">|Time', "1/31/2019|icon|12:00 PM"), "Date", "Time")
    assert (row["Date"], row["Time"]) == ("1/31/2019", "12:00 PM")


def test_a_missing_column_is_named_and_so_are_those_that_are_there() -> None:
    with pytest.raises(PageChanged, match="one column Result; its columns are: Date, Action"):
        read(grid("Date|Action", "1|2"), "Date", "Result")


def test_two_columns_of_one_name_are_refused_where_it_matters() -> None:
    assert len(read(grid("Date||", "1|2|3"), "Date")) == 1
    with pytest.raises(PageChanged, match="one column Date"):
        read(grid("Date|Date", "1|2"), "Date")


def test_a_row_with_another_number_of_cells_is_refused() -> None:
    with pytest.raises(PageChanged, match="a row has 2 cells under 3 headers"):
        read(grid("A|B|C", "1|2|3", "1|2"))


def test_a_line_across_the_whole_table_is_no_row() -> None:
    page = soup('<table><tr><th>A</th><th>B</th></tr><tr><td colspan="2">No records to display.</td></tr></table>')
    assert read(page, "A", "B") == []


def test_a_table_inside_a_table_is_not_read() -> None:
    page = soup(
        '<table id="t"><thead><tr><td colspan="2"><table><tr><th>Data pager</th></tr><tr><td>1</td></tr></table></td>'
        "</tr><tr><th>A</th><th>B</th></tr></thead><tbody><tr><td>1</td><td><table><tr><th>X</th></tr></table></td></tr>"
        "</tbody></table>"
    )
    (row,) = table(one(page, "#t", WHERE), WHERE, ("A", "B"))
    assert text_of(row["A"]) == "1"


# Forms


def test_every_hidden_field_comes_back_whatever_it_is_called() -> None:
    page = soup(
        '<form><input type="hidden" name="__VIEWSTATE" value="a+b/c="><input type="HIDDEN" name="x_ClientState">'
        '<input type="text" name="txtText" value="bus"><input type="hidden" id="nameless"></form>'
    )
    assert hidden_fields(one(page, "form", WHERE)) == [("__VIEWSTATE", "a+b/c="), ("x_ClientState", "")]


# Error pages that answer 200


@pytest.mark.parametrize("text", ["", " \n "])
def test_an_empty_answer_is_a_failure(text: str) -> None:
    with pytest.raises(FetchFailed, match="empty"):
        soup_of(text, WHERE)


@pytest.mark.parametrize(
    ("html", "error"),
    [
        ("<p>This record no longer exists. It might have been deleted.</p>", SourceMissing),
        ("<body> Invalid parameters! </body>", SourceMissing),
        ("<title>Error</title><table></table>", FetchFailed),
        ("<title>The New York City Council - Error</title>", FetchFailed),
        ("<title>Runtime Error</title>", FetchFailed),
        ("<title>404 - error</title>", FetchFailed),
        ("<body>A server error has occurred.</body>", FetchFailed),
    ],
)
def test_an_error_that_looks_like_a_page_is_an_error(html: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        refuse_error_page(soup(html), WHERE)


def test_the_way_to_the_error_page_is_an_error_whatever_the_page_says() -> None:
    with pytest.raises(FetchFailed):
        refuse_error_page(soup("<title>Council</title>"), "https://city.test/Error.aspx")


def test_a_bill_on_errors_is_no_error() -> None:
    words = "Correcting errors in the code: where a record no longer exists. A server error is no excuse. " * 9
    refuse_error_page(soup(f"<title>File #: Int 1-2026</title><p>{words}</p>"), WHERE)
