"""The City's list, articles and orders: which titles are orders, what their texts say, and what is told as a doubt."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
import pytest
from upstream.nyc_gov_pages import PDFS, FakeSite, html_page, list_answer, model_answer, pdf

from scrapers.errors import FetchFailed, NothingFound, PageChanged, Refused, SourceMissing, Stopped
from scrapers.executive_orders import FoundOrder, Orders, is_order_title, order_key, parse_order
from scrapers.json_lines import json_lines
from scrapers.nyc_gov import Site, Unread, model_address, order_pdf, parse_list, parse_model, parse_page
from scrapers.pdf import read_pdf
from scrapers.printed_dates import DAY, read_day
from scrapers.records import OrderRecord

HOST = "https://www.nyc.gov"
LIST = f"{HOST}/bin/nyc/articlesearch.json"
EO_13 = {
    "link": "/mayors-office/news/2026/02/executive-order-13.html",
    "title": "Executive Order No. 13",
    "date": "2026-02-06",
    "types": ["executive-orders"],
    "pdf": f"{PDFS}/2026/eo-13.pdf",
    "blocks": [
        "Counting Street Trees",
        "WHEREAS, trees\u00a0are many; and",
        "By the power vested in me, it is hereby ordered:",
        "Section 1. Trees are counted.",
        "§ 2. This Order shall take effect immediately.",
        "_________________________",
        "Zohran Kwame Mamdani",
        "Mayor",
    ],
}
SCAN = EO_13 | {
    "link": "/mayors-office/news/2026/02/emergency-executive-order-2-8",
    "title": "Emergency Executive Order 2.8",
    "date": "2026-02-14",
    "pdf": f"{PDFS}/2026/eeo-2.8.pdf",
    "blocks": [],
}
LETTERHEAD = "THE CITY OF NEW YORK\nOFFICE OF THE MAYOR\nNEW YORK, N. Y. 10007\n"


def mayor_on(day: str) -> str:
    return "Mamdani" if day >= "2026-01-01" else "Adams"


def parse(title: str, text: str, listed_on: str = "", pages: int | None = None) -> OrderRecord:
    return parse_order(title, text, listed_on, f"{HOST}/x.html", f"{HOST}/x.pdf", pages, mayor_on)


def orders_of(site: FakeSite) -> list[Any]:
    return list(Orders(Site(site, HOST), read_pdf, mayor_on).orders("2026-01-26", "2026-02-25"))


# Titles


@pytest.mark.parametrize(
    "title",
    [
        "Executive Order 13", "Executive Order No. 13", "Executive  Order\u00a0No.\u00a018", "Executive Order No 20",
        "Emergency Executive Order 898", "Emergency Executive Order No. 1.55", "Emergency Executive Order 2.29",
    ],
)  # fmt: skip
def test_a_title_that_is_nothing_but_a_number_is_an_order(title: str) -> None:
    assert is_order_title(title)


@pytest.mark.parametrize(
    "title",
    [
        "Mayor Mamdani Releases Executive Order 13 Report of Audit Findings and Recommendations",
        "Executive Order 13 Report", "Mayor Mamdani Signs First Two Executive Orders", "Executive Order",
        "Proclamation of Election (Amended)", "Designation Letter", "Executive Order 13 and 14", "",
    ],
)  # fmt: skip
def test_a_release_that_names_an_order_is_none(title: str) -> None:
    assert not is_order_title(title)
    with pytest.raises(PageChanged, match="not the title of an order"):
        parse(title, "WHEREAS", "2026-02-06")


def test_the_audit_release_and_the_proclamation_are_no_orders(data: Path) -> None:
    names = ("eo13_audit_release_item.json", "proclamation_of_election_item.json", "eo13_article_item.json")
    titles = [orjson.loads((data / "mayor" / name).read_bytes())["title"] for name in names]
    assert [is_order_title(title) for title in titles] == [False, False, True]


def test_a_key_is_the_year_the_series_and_the_number() -> None:
    assert order_key(2026, "EO", "13") == "2026-EO-013"
    assert order_key(2026, "EEO", "2.38") == "2026-EEO-2.38"


# The text


def order(number: str = "8", day: str = "January 4, 2026", subject: str = "TREES") -> str:
    return (
        f"{LETTERHEAD}EXECUTIVE ORDER No. {number}\n{day}\n{subject}\nWHEREAS, an order of March 1, 2020, is old;\n"
        "it is hereby ordered:\nSection 1. Trees are counted.\n§ 2. This Order shall take effect immediately.\n"
        "Zohran Kwame Mamdani\nMayor\n"
    )


def test_eo_8_of_2026_is_dated_a_day_before_it_was_listed_and_keeps_both() -> None:
    record = parse("Executive Order 8", order(subject="TREES AND\nSHRUBS"), "2026-01-05")
    assert (record.key, record.dated_on, record.listed_on) == ("2026-EO-008", "2026-01-04", "2026-01-05")
    assert (record.subject, record.issuer, record.signer) == ("TREES AND SHRUBS", "Mamdani", "Zohran Kwame Mamdani")
    assert record.complete
    assert record.doubts == ("Its text is dated 2026-01-04, and the City lists it under 2026-01-05.",)


@pytest.mark.parametrize("printed", ["JANUARY I, 2026", "January 1 , 2026", "January l, 2026"])
def test_a_garbled_date_that_can_only_be_one_is_read(printed: str) -> None:
    record = parse("Executive Order 8", order(day=printed), "2026-01-01")
    assert (record.dated_on, record.doubts) == ("2026-01-01", ())


def test_a_garbled_date_that_could_be_several_is_a_doubt() -> None:
    record = parse("Executive Order 8", order(day="August /O, 2026"), "2026-08-10")
    assert (record.dated_on, record.year) == ("", 2026)
    assert record.doubts == ("The date in the text cannot be read for certain: 'August /O, 2026'.",)


def test_a_date_of_another_order_in_the_heading_is_not_the_orders_own() -> None:
    text = order(subject="AMENDMENT OF EXECUTIVE ORDER NO. 75\nDATED MARCH 22, 2025").replace("January 4, 2026\n", "")
    record = parse("Executive Order 8", text, "2026-01-05")
    assert (record.dated_on, record.doubts) == ("", ("Its text bears no date.",))


def test_a_date_years_away_from_the_list_is_a_misreading_and_the_list_gives_the_year() -> None:
    record = parse("Executive Order 8", order(day="January 4, 2020"), "2026-01-05")
    assert (record.key, record.dated_on) == ("2026-EO-008", "2020-01-04")
    assert "whose year is taken" in record.doubts[0]


def test_an_order_of_new_years_eve_listed_after_it_belongs_to_the_old_year() -> None:
    record = parse("Emergency Executive Order 904", order(number="904", day="December 3 I, 2025"), "2026-01-02")
    assert (record.key, record.issuer) == ("2025-EEO-904", "Adams")


def test_an_order_without_any_date_cannot_be_told_from_another() -> None:
    with pytest.raises(PageChanged, match="no date, in its text or in the list"):
        parse("Executive Order 8", order(day=""))


def test_a_number_that_differs_from_the_title_is_a_doubt() -> None:
    record = parse("Executive Order 76", order(number="176"), "2026-01-04")
    assert record.number == "76"
    assert record.doubts == ("Its heading reads No. 176, and its title 76.",)


def test_a_signature_may_stand_before_an_appendix() -> None:
    record = parse("Executive Order 8", order() + "APPENDIX\nOne section of a law.\nAnother.", "2026-01-04")
    assert record.signer == "Zohran Kwame Mamdani" and record.complete


def test_a_text_cut_short_says_why_it_is_thought_so() -> None:
    record = parse("Executive Order 8", order()[:180], "2026-01-04", pages=6)
    assert not record.complete
    assert "too few for the 6 pages" in record.doubts[0] and "does not end like an order" in record.doubts[1]


def test_a_scan_without_text_is_an_order_of_which_little_is_known() -> None:
    record = parse("Executive Order 8", "", "2026-01-04", pages=2)
    assert (record.key, record.complete, record.doubts) == (
        "2026-EO-008", False, ("Its PDF has no text (pages: 2).",),
    )  # fmt: skip


# Real texts


@pytest.fixture(scope="module")
def rows(data: Path) -> dict[str, dict[str, Any]]:
    return {row["eo_id"]: row for _, row in json_lines(data / "executive_orders" / "orders.jsonl.zst")}


def real(row: Mapping[str, Any]) -> OrderRecord:
    title = f"{'Emergency ' if row['is_emergency'] else ''}Executive Order {row['number']}"
    return parse(title, row["text"], row["date_signed"] or f"{row['year']}-12-31", row["page_count"])


def test_eo_13_of_2026_is_read_whole_from_its_article(data: Path) -> None:
    item = orjson.loads((data / "mayor" / "eo13_article_item.json").read_bytes())
    record = parse(item["title"], item["text"], item["iso_date"])
    assert (record.key, record.series, record.number, record.complete) == ("2026-EO-013", "EO", "13", True)
    assert record.subject == "Protecting New Yorkers from Abusive Immigration Enforcement"
    assert (record.signer, record.issuer) == ("Zohran Kwame Mamdani", "Mamdani")
    days = {read_day(printed) for printed in re.findall(DAY, " ".join(record.text.split()))}
    assert {"2026-02-13", "2026-02-20", "2026-04-07", "2026-05-07"} <= days  # its deadlines


def test_eo_13_of_2026_from_its_pdf_is_one_page_of_six_and_says_so(rows: dict[str, dict[str, Any]]) -> None:
    record = real(rows["2026-EO-013"])
    assert (record.dated_on, record.complete) == ("2026-02-06", False)
    assert "too few for the 6 pages" in record.doubts[0]


def test_eo_6_of_2026_is_cut_too(rows: dict[str, dict[str, Any]]) -> None:
    record = real(rows["2026-EO-006"])
    assert (record.subject, record.complete) == ("", False)


def test_eo_50_of_2025_was_signed_by_another_than_the_mayor(rows: dict[str, dict[str, Any]]) -> None:
    record = real(rows["2025-EO-050"])
    assert (record.issuer, record.signer, record.complete) == ("Adams", "First Deputy Mayor", True)


def test_eo_1_of_2026_is_dated_by_its_heading(rows: dict[str, dict[str, Any]]) -> None:
    record = real(rows["2026-EO-001"])
    assert (record.key, record.dated_on, record.subject) == ("2026-EO-001", "2026-01-01", "PRIOR EXECUTIVE ORDERS")


def test_all_orders_since_1974_are_read_and_keep_their_keys(rows: dict[str, dict[str, Any]]) -> None:
    """2,290 of 2,291 keys: EEO 172 is dated 2 January 2021, and stands under 2020 in the collection.

    2,026 dates agree and 33 do not; of those, nearly all are days of posting, which the collection took for the date.
    """
    records = {key: real(row) for key, row in rows.items()}
    assert [key for key, record in records.items() if record.key != key] == ["2020-EEO-172"]
    both = [(r.dated_on, rows[key]["date_signed"]) for key, r in records.items() if r.dated_on]
    dated = [(ours, theirs) for ours, theirs in both if theirs]
    assert len(dated) > 2050
    assert sum(ours == theirs for ours, theirs in dated) > 0.98 * len(dated)
    assert sum(not record.complete for record in records.values()) < 110  # 67 of them have no text at all


# The list


def test_the_two_pages_of_the_sample_list_are_read(data: Path) -> None:
    pages = [
        parse_list(orjson.loads((data / "mayor" / f"articlesearch_2024_page{n}.json").read_bytes()), LIST)
        for n in (1, 2)
    ]
    assert [(page.page, page.pages, page.total) for page in pages] == [(1, 2, 3), (2, 2, 3)]
    first, second, third = (*pages[0].results, *pages[1].results)
    assert first.link == f"{HOST}/mayors-office/news/2024/12/emergency-executive-order-718.html"
    assert (first.slug, first.title, first.listed_on) == (
        "emergency-executive-order-718", "Emergency Executive Order 718", "2024-12-29",
    )  # fmt: skip
    assert (second.listed_on, third.listed_on) == ("2024-12-20", "2024-01-05")


def listed(**changes: Any) -> dict[str, Any]:
    answer = list_answer([EO_13], {"pageSize": "100"})
    return answer | {"results": [answer["results"][0] | changes]}


def test_links_come_with_their_ending_and_without_and_dates_with_a_zero() -> None:
    (one,) = parse_list(
        listed(link="/mayors-office/news/2026/05/executive-order-15", articleDate="May 01, 2026"), LIST
    )[0]
    assert (one.slug, one.listed_on) == ("executive-order-15", "2026-05-01")
    assert one.link == f"{HOST}/mayors-office/news/2026/05/executive-order-15"
    assert model_address(one.link) == (
        f"{HOST}/content/nycgov/mayors-office/en/news/2026/05/executive-order-15.model.json"
    )


@pytest.mark.parametrize(
    "answer",
    [
        [], {}, "sorry", {"results": {}}, listed(title=None), listed(link=""), listed(articleDate="yesterday"),
        listed(articleDate=20260206), listed() | {"totalPages": "2"}, listed() | {"results": None},
    ],
)  # fmt: skip
def test_a_list_of_another_shape_gives_nothing(answer: Any) -> None:
    with pytest.raises(PageChanged):
        parse_list(answer, LIST)


def test_the_list_is_read_to_its_last_page() -> None:
    articles = [EO_13 | {"link": f"/mayors-office/news/2026/02/executive-order-{n}.html"} for n in range(5)]
    site = FakeSite(articles, size=2)
    found = Site(site, f"{HOST}/").listed(("executive-orders",), "2026-01-26", "2026-02-25")
    assert len(found) == 5 and site.asked == [LIST] * 3


class Shifting(FakeSite):
    """Between two pages a new article pushes the others down by one."""

    def listing(self, params: dict[str, str]) -> bytes:
        answer = super().listing(params)
        self.articles = [EO_13 | {"link": "/mayors-office/news/2026/02/new.html", "date": "2026-02-20"}, *self.articles]
        return answer


def test_pages_that_do_not_add_up_are_no_list() -> None:
    articles = [EO_13 | {"link": f"/mayors-office/news/2026/02/executive-order-{n}.html"} for n in range(4)]
    with pytest.raises(PageChanged, match="it may have moved while it was read"):
        Site(Shifting(articles, size=2), HOST).listed(("executive-orders",), "2026-01-26", "2026-02-25")


# One article


def test_an_articles_json_gives_its_words_and_nothing_around_them() -> None:
    content = parse_model(model_answer(EO_13), f"{HOST}/x.model.json")
    assert content.blocks[:3] == (
        "Download Executive Order No. 13", "Counting Street Trees", "WHEREAS, trees are many; and",
    )  # fmt: skip
    assert content.blocks[-1] == "Mayor"
    assert not [block for block in content.blocks if "aem-Grid" in block or "Untitled" in block or "Media" in block]
    assert content.links == (f"{HOST}{PDFS}/2026/eo-13.pdf",)


def test_a_list_item_is_a_paragraph_of_its_own() -> None:
    part = {":type": "nycgov/components/text", "text": "<p>Heads shall:</p><ol><li>count</li><li>tell</li></ol>"}
    assert parse_model({":items": {"a": part}, ":itemsOrder": ["a"]}, HOST).blocks == ("Heads shall:", "count", "tell")


def test_a_pdf_behind_a_button_is_found() -> None:
    button = {":type": "nycgov/components/button", "linkURL": f"{PDFS}/2026/eo-13.pdf", "text": "Download"}
    assert order_pdf(parse_model({":items": {"b": button}}, HOST).links) == f"{HOST}{PDFS}/2026/eo-13.pdf"


@pytest.mark.parametrize("document", [None, [], {}, {":items": {"a": {":type": "x/text", "text": "words"}}}])
def test_json_without_words_is_a_page_that_changed(document: Any) -> None:
    with pytest.raises(PageChanged):
        parse_model(document, HOST)


def test_an_articles_page_gives_the_same_words() -> None:
    content = parse_page(html_page(EO_13), f"{HOST}/x.html")
    assert content.blocks == parse_model(model_answer(EO_13), HOST).blocks
    assert (content.title, content.printed_on) == ("Executive Order No. 13", "2026-02-06")
    assert content.links == (f"{HOST}{PDFS}/2026/eo-13.pdf",)


def test_the_sample_page_gives_the_orders_pdf_and_not_the_decoys(data: Path) -> None:
    page = parse_page((data / "mayor" / "article_eeo718.html").read_text(), f"{HOST}/x.html")
    assert (page.title, page.printed_on) == ("Emergency Executive Order 718", "2024-12-29")
    assert order_pdf(page.links).endswith("/executive-orders/2024/EEO-718-of-2024.pdf")


@pytest.mark.parametrize("html", ["<p>403 Forbidden</p>", "<h1>Only a title</h1>", "<main><p>No title</p></main>"])
def test_a_page_without_its_anchors_is_a_page_that_changed(html: str) -> None:
    with pytest.raises(PageChanged, match="has no"):
        parse_page(html, f"{HOST}/x.html")


# The road


def test_an_order_comes_from_its_article_and_no_pdf_is_asked_for() -> None:
    site = FakeSite([EO_13])
    (found,) = orders_of(site)
    assert isinstance(found, FoundOrder)
    assert (found.record.key, found.record.subject) == ("2026-EO-013", "Counting Street Trees")
    assert found.record.address == f"{HOST}/mayors-office/news/2026/02/executive-order-13.html"
    assert found.record.pdf_address == f"{HOST}{PDFS}/2026/eo-13.pdf"
    assert [answer.address for answer in found.answers] == [site.asked[-1]]
    assert site.asked[-1].endswith(".model.json")


def test_an_order_without_words_comes_from_its_pdf() -> None:
    text = order(number="2.8", day="February 14, 2026").replace("EXECUTIVE", "EMERGENCY EXECUTIVE")
    (found,) = orders_of(FakeSite([SCAN], {f"{HOST}{PDFS}/2026/eeo-2.8.pdf": pdf([text])}))
    assert (found.record.key, found.record.dated_on, found.record.complete) == ("2026-EEO-2.8", "2026-02-14", True)
    assert [answer.media_type for answer in found.answers] == ["application/json", "application/pdf"]


def test_a_pdf_of_which_two_pages_are_pictures_is_incomplete() -> None:
    text = order(number="2.8", day="February 14, 2026") + "\n" + "One more line of the order.\n" * 60
    (found,) = orders_of(FakeSite([SCAN], {f"{HOST}{PDFS}/2026/eeo-2.8.pdf": pdf([text, "", ""])}))
    assert not found.record.complete
    assert "2 of the 3 pages of its PDF have no text." in found.record.doubts


def test_a_scan_is_an_order_without_text() -> None:
    (found,) = orders_of(FakeSite([SCAN], {f"{HOST}{PDFS}/2026/eeo-2.8.pdf": pdf(["", ""])}))
    assert (found.record.key, found.record.text, found.record.complete) == ("2026-EEO-2.8", "", False)


def test_where_the_json_is_refused_the_page_is_read() -> None:
    model = model_address(HOST + EO_13["link"])
    (found,) = orders_of(FakeSite([EO_13], failing={model: Refused(model, "403")}))
    assert (found.record.subject, found.answers[0].media_type) == ("Counting Street Trees", "text/html")


def test_one_bad_article_does_not_stop_the_others() -> None:
    link = HOST + EO_13["link"]
    failing = {model_address(link): SourceMissing(link, "404"), link: Refused(link, "the source said 403")}
    text = pdf([order(number="2.8", day="February 14, 2026")])
    found = orders_of(FakeSite([EO_13, SCAN], {f"{HOST}{PDFS}/2026/eeo-2.8.pdf": text}, failing))
    assert [type(each) for each in found] == [FoundOrder, Unread]
    assert found[1] == Unread(link, "Executive Order No. 13", f"{link}: the source said 403")


def test_an_article_with_neither_words_nor_pdf_is_told() -> None:
    empty = EO_13 | {"pdf": "", "blocks": ["Read it in the lobby of City Hall, all of it."]}
    (found,) = orders_of(FakeSite([empty]))
    assert isinstance(found, Unread) and "neither the order's words nor a link" in found.reason


def test_a_pdf_that_is_an_error_page_is_told() -> None:
    (found,) = orders_of(FakeSite([SCAN], {f"{HOST}{PDFS}/2026/eeo-2.8.pdf": b"<html>sorry</html>"}))
    assert isinstance(found, Unread) and "answered with application/pdf" in found.reason


def test_a_stop_stops() -> None:
    model = model_address(HOST + EO_13["link"])
    with pytest.raises(Stopped):
        orders_of(FakeSite([EO_13], failing={model: Stopped(model, "asked to")}))


@pytest.mark.parametrize(
    "articles", [[], [EO_13 | {"title": "Executive Order 13 Report"}], [EO_13 | {"date": "2025-02-06"}]]
)
def test_a_month_without_an_order_is_an_error(articles: list[dict[str, Any]]) -> None:
    with pytest.raises(NothingFound, match="every five days"):
        orders_of(FakeSite(articles))


def test_a_list_that_cannot_be_had_is_the_roads_own_error() -> None:
    with pytest.raises(FetchFailed):
        orders_of(FakeSite([EO_13], failing={LIST: FetchFailed(LIST, "no answer")}))
