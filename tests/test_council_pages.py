"""The pages on legislation: what was really seen is read right, what is not known is refused, not half read."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
import zstandard
from archive_builder import NO_DATE, document, member, row
from hypothesis import given, settings
from hypothesis import strategies as st
from upstream import legistar_pages as city
from upstream.legistar_facts import BASE, Json, P, address_of_bill, bill, bills

from scrapers.council_archive import Reader
from scrapers.council_grids import iso_date
from scrapers.council_meetings import parse_calendar, parse_meeting
from scrapers.council_pages import MatterPage, parse_action, parse_matter, parse_search
from scrapers.errors import FetchFailed, PageChanged, ScrapeError, SourceMissing
from scrapers.records import ListedMatter, PersonRecord


def read(doc: Mapping[str, Any], **shown: Any) -> MatterPage:
    return parse_matter(city.bill_page(doc, **shown), address_of_bill(doc), doc["File"])


# What was really seen


def test_the_councils_own_search_page_of_2019(data: Path) -> None:
    text = (data / "legistar/nyc_pages/bills.html").read_text(encoding="utf-8")
    page = parse_search(text, f"{BASE}/Legislation.aspx")
    assert (len(page.matters), page.paging.records, page.paging.page, page.paging.pages) == (100, 438, 1, 5)
    assert page.paging.next_target == "ctl00$ContentPlaceHolder1$gridMain$ctl00$ctl02$ctl00$ctl04"
    assert (page.years, page.kind) == ("All Years", "-Select-")
    names = [name for name, _ in page.paging.hidden]
    assert len(names) == 23 and {"__VIEWSTATE", "__PREVIOUSPAGE", "ctl00_RadScriptManager1_TSM"} < set(names)
    assert page.matters[0] == ListedMatter(
        "Int 1299-2018", "Introduction", "Laid Over in Committee", "Committee on For-Hire Vehicles",
        "A Local Law to amend the administrative code of the city of New York, in relation to enforcement of "
        "prohibitions against unauthorized commuter vans", "",
        f"{BASE}/LegislationDetail.aspx?ID=3775587&GUID=A45C1EA6-6668-42D2-82F9-22F0954D0474",
    )  # fmt: skip
    assert all(each.kind and each.status and each.title for each in page.matters)
    assert any(re.fullmatch(r"\d{4}/\d{3}", each.local_law) for each in page.matters)


def test_chicagos_search_page_has_other_columns_and_is_read_all_the_same(data: Path) -> None:
    text = (data / "legistar/other_cities/chicago_bills.html").read_text(encoding="utf-8")
    page = parse_search(text, "https://chicago.legistar.com/Legislation.aspx")
    assert (page.paging.records, page.paging.pages, len(page.matters)) == (522, 6, 100)
    first = page.matters[0]
    assert (first.file_number, first.kind, first.status, first.body) == ("O2018-9628", "Ordinance", "Introduced", "")


def test_the_real_history_rows_of_a_final_and_of_a_draft_action(data: Path) -> None:
    text = (data / "legistar/nyc_pages/stpaul_legislationdetail_history_rows.html").read_text(encoding="utf-8")
    rows = "".join(re.findall(r"<tr.*?</tr>", text, re.DOTALL))
    heads = [
        "Date",
        "Ver.",
        "Action&nbsp;By",
        "Action",
        "Result",
        "Action&nbsp;Details",
        "Meeting&nbsp;Details",
        "Video",
    ]
    head = "".join(f"<th>{name}</th>" for name in heads)
    grid = f'<table id="{P}gridLegislation_ctl00"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
    page = re.sub(rf'<table class="rgMasterTable" id="{P}gridLegislation.*?</table>', "", city.bill_page(bill()))
    seen = parse_matter(page.replace("</form>", f"{grid}</form>"), address_of_bill(bill()))
    (act,) = seen.matter.actions
    assert (act.source_id, act.acted_on, act.name, act.body, act.result, act.version) == (
        "web:20458353", "2020-07-14", "Signed", "Mayor's Office", "", "1",
    )  # fmt: skip
    assert seen.draft, "the row of 8 July waits for its minutes and is no action yet"
    assert seen.details == {
        "web:20458353": f"{BASE}/HistoryDetail.aspx?ID=20458353&GUID=3C736A0C-22EC-415B-B3E7-24179D3044E0"
    }


def facts(data: Path) -> list[Json]:
    pages: list[Json] = json.loads((data / "legistar/nyc_pages/nyc_detail_facts.json").read_text())["pages"]
    return pages


def iso(day: str) -> str:
    return datetime.strptime(day, "%m/%d/%Y").date().isoformat() if day else ""  # noqa: DTZ007


def test_the_facts_of_eight_of_the_councils_pages(data: Path) -> None:
    for fact in facts(data):
        rows = [
            row(n, iso(on), 1, name, BodyName=by, Version=version)
            for n, (on, version, by, name) in enumerate(reversed(fact.get("top_rows", [])), 1)
        ]
        sponsors = [member(n, f"Member {n}, Jr.") for n in range(1, fact["Council Member Sponsors"] + 1)]
        files = [{"ID": n, "Name": f"File {n}"} for n in range(1, fact.get("attachments", 0) + 1)]
        doc = document(
            1, fact["File #"], StatusName=fact["Status"], BodyName=fact["Committee"], IntroDate=iso(fact["On agenda"]),
            AgendaDate=None, EnactmentDate=iso(fact.get("Enactment date", "")), LocalLaw=fact.get("Law number", ""),
            Version=fact["Version"], Sponsors=sponsors, History=rows, Attachments=files,
        )  # fmt: skip
        seen = parse_matter(city.bill_page(doc), fact["url"], fact["File #"]).matter
        number = re.search(r"[?&]ID=(\d+)", fact["url"])
        assert number and seen.source_id == f"web:{number[1]}" and f"ID={number[1]}&GUID=" in seen.url
        assert (seen.status, seen.body, seen.version) == (fact["Status"], fact["Committee"], fact["Version"])
        assert (seen.introduced_on, seen.enacted_on) == (iso(fact["On agenda"]), iso(fact.get("Enactment date", "")))
        assert seen.local_law == fact.get("Law number", "")
        assert len(seen.sponsors) == fact["Council Member Sponsors"] and len(seen.documents or ()) == len(files)
        told = [[act.acted_on, act.version, act.body, act.name] for act in reversed(seen.actions)]
        assert told == [[iso(on), version, by, name] for on, version, by, name in fact.get("top_rows", [])]


def archived(data: Path, every: int) -> Iterator[Json]:
    with zstandard.open(data / "council/matters.jsonl.zst", "rb") as lines:
        for number, line in enumerate(lines.read().splitlines()):
            if number % every == 0:
                yield orjson.loads(line)


def test_what_the_archive_says_of_a_matter_comes_back_from_its_page(data: Path) -> None:
    reader, compared = Reader(whole=True), 0
    for doc in archived(data, every=250):
        held = reader.parse_matter(doc)
        assert held is not None
        seen = read({**doc, "AgendaDate": doc["IntroDate"]}).matter
        for name in ("file_number", "kind", "status", "body", "introduced_on", "enacted_on", "local_law", "version"):
            assert getattr(seen, name) == getattr(held, name), held.file_number
        assert seen.title == " ".join(held.title.split())
        assert [each.name for each in seen.sponsors] == [each.name for each in held.sponsors]
        assert [each.name for each in seen.documents or ()] == [" ".join(d.name.split()) for d in held.documents or ()]
        acts = [(act.acted_on, act.name, act.body, act.result, act.version) for act in seen.actions]
        assert acts == [(act.acted_on, act.name, act.body, act.result, act.version) for act in held.actions if act.name]
        compared += len(acts)
    assert compared > 300


# A bill's page


def test_a_bill_is_read_from_its_page() -> None:
    seen = read(bill()).matter
    assert (seen.source_id, seen.file_number, seen.kind) == ("web:7076557", "Int 1412-2025", "Introduction")
    assert (seen.status, seen.local_law, seen.enacted_on) == ("Enacted", "2026/063", "2026-01-29")
    assert (seen.introduced_on, seen.final_action_on, seen.version) == ("2025-10-09", "", "A")
    assert seen.sponsors == (
        PersonRecord("web:7007813", "Tiffany L. Cabán"),
        PersonRecord("web:7000001", "Richard Roe, Jr."),
    )
    assert seen.summary == "This bill would count trees."
    assert seen.url == f"{BASE}/{city.bill_address(76557)}"
    assert seen.partial and seen.text is None


def test_attachments_are_numbered_in_the_list_and_not_in_their_names() -> None:
    doc = bill()
    first, second = read(doc).matter.documents or ()
    assert (first.source_id, first.name) == ("web:7000005", "Summary of Int. No. 1412-A")
    assert first.url.startswith(f"{BASE}/View.ashx?M=F&ID=7000005&GUID=")
    assert second.name == "Text", "its number is its place in the list"
    other = [{"ID": 1, "Name": "5. Borough President's letter"}]
    assert [each.name for each in read(bill(Attachments=other)).matter.documents or ()] == [other[0]["Name"]]


def test_actions_come_oldest_first_with_the_numbers_of_their_pages() -> None:
    seen = read(bill())
    assert [(act.acted_on, act.name) for act in seen.matter.actions] == [
        ("2025-10-09", "Introduced by Council"), ("2025-12-18", "Approved by Council"),
        ("2025-12-31", "Vetoed by Mayor"), ("2026-01-29", "Overridden by Council"),
    ]  # fmt: skip
    act = seen.matter.actions[1]
    assert (act.source_id, act.clock, act.code, act.result, act.version) == ("web:7429004", "", 0, "Pass", "A")
    assert seen.details[act.source_id] == act.url == f"{BASE}/{city.action_address(429004)}"
    assert not seen.draft


def test_rows_of_one_day_keep_the_order_of_the_city() -> None:
    rows = [row(n, "2025-12-18", 1, name) for n, name in enumerate(("Hearing", "Amended", "Approved"), 1)]
    assert [act.name for act in read(bill(History=rows)).matter.actions] == ["Hearing", "Amended", "Approved"]


def test_a_row_whose_minutes_are_a_draft_is_no_action_yet() -> None:
    seen = read(bill(), draft_actions={429004})
    assert [act.name for act in seen.matter.actions] == [
        "Introduced by Council", "Vetoed by Mayor", "Overridden by Council",
    ]  # fmt: skip
    assert seen.draft and seen.matter.partial and "web:7429004" not in seen.details


def test_a_mayors_row_without_a_page_is_named_by_what_it_says() -> None:
    rows = [row(n, "2026-01-29", 1, "Signed Into Law by Mayor", BodyName="Mayor") for n in (1, 2)]
    seen = read(bill(History=rows), linkless_actions={1, 2})
    ids = ["web:2026-01-29/Signed Into Law by Mayor/1", "web:2026-01-29/Signed Into Law by Mayor/2"]
    assert [act.source_id for act in seen.matter.actions] == ids
    assert seen.details == {} and {act.url for act in seen.matter.actions} == {""}


def test_a_newer_row_changes_no_older_rows_name() -> None:
    older = [row(1, "2026-01-28", 1, "Hearing Held by Mayor"), row(2, "2026-01-29", 1, "Signed Into Law by Mayor")]
    newer = [*older, row(3, "2026-02-01", 1, "Signed Into Law by Mayor")]
    before, after = (read(bill(History=rows), linkless_actions={1, 2, 3}).matter.actions for rows in (older, newer))
    assert before == after[:2]


def test_a_text_comes_along_where_the_page_has_one() -> None:
    assert read(bill(Text="Be it enacted:\r\n\r\n§ 1. Trees & <shrubs>.")).matter.text == (
        "Be it enacted:\n§ 1. Trees & <shrubs>."
    )


def test_sponsors_without_a_page_are_known_by_name_and_words_in_brackets_are_nobody() -> None:
    doc = bill(Sponsors=[member(1, "Jane Doe")])
    page = city.bill_page(doc)
    ended = page.replace(
        "Jane Doe</font></a></font></span>",
        "Jane Doe</font></a>, John Roe, Jr., <a>Public Advocate</a> and others</font></span>",
    )
    assert ended != page
    loose = ended.replace(" and others", ", (by request of the Mayor)")
    names = [each.name for each in parse_matter(loose, address_of_bill(doc)).matter.sponsors]
    assert sorted(names) == ["Jane Doe", "John Roe, Jr.", "Public Advocate"]


@pytest.mark.parametrize("tag", [
    '<select id="{P}ddlVersion2"><option>*</option><option selected>A</option></select>',
    '<input id="{P}lstVersion2_Input" value="A"><div id="{P}lstVersion2"></div>',
])  # fmt: skip
def test_the_version_may_be_chosen_in_a_list(tag: str) -> None:
    page = city.bill_page(bill(Version=""))
    label = re.search(rf'<span id="{P}lblVersion2">.*?</span>', page)
    assert label
    shown = page.replace(label[0], tag.replace("{P}", P))
    assert parse_matter(shown, address_of_bill(bill())).matter.version == "A"


def test_a_page_without_a_label_says_nothing_of_that_field() -> None:
    page = city.bill_page(bill())
    for prompt in ("Summary", "Attachments", "Enactment date"):
        page = re.sub(rf"<tr><td><span[^>]*><font[^>]*>{prompt}:</font></span></td><td>.*?</td></tr>", "", page)
    seen = parse_matter(page, address_of_bill(bill())).matter
    assert (seen.summary, seen.documents, seen.enacted_on) == (None, None, "")


@pytest.mark.parametrize("name", [
    "lblFile2", "lblType2", "lblStatus2", "lblTitle2", "lblName2", "hypInControlOf2", "lblOnAgenda2",
    "lblEnactmentDate2", "lblEnactmentNumber2", "lblSponsors2", "lblSummary2", "lblAttachments2",
    "gridLegislation_ctl00",
])  # fmt: skip
def test_a_renamed_id_is_a_changed_page_and_never_an_empty_field(name: str) -> None:
    page = city.bill_page(bill()).replace(f'id="{P}{name}"', f'id="{P}{name}New"')
    with pytest.raises(PageChanged, match=name):
        parse_matter(page, address_of_bill(bill()))


@pytest.mark.parametrize("column", ["Date", "Ver.", "Action&nbsp;By", "Action", "Result", "Action&nbsp;Details"])
def test_a_missing_column_of_the_history_is_a_changed_page(column: str) -> None:
    page = city.bill_page(bill()).replace(f">{column}</a></th>", ">Something else</a></th>")
    with pytest.raises(PageChanged, match=column.replace("&nbsp;", " ")):
        parse_matter(page, address_of_bill(bill()))


@pytest.mark.parametrize(("old", "new", "message"), [
    (">Enacted<", "><", "lblStatus2 is empty"),
    ("View.ashx", "Document.aspx", "attachment 'Summary of Int. No. 1412-A' leads to no document"),
    (">12/31/2025<", ">&nbsp;<", "'Vetoed by Mayor' has no date"),
    ("HistoryDetail.aspx?ID=7431419", "HistoryDetail.aspx?ID=7429004", "a row of its history is there twice"),
])  # fmt: skip
def test_a_bills_page_that_is_half_there_is_a_changed_page(old: str, new: str, message: str) -> None:
    page = city.bill_page(bill())
    assert old in page
    with pytest.raises(PageChanged, match=re.escape(message)):
        parse_matter(page.replace(old, new), address_of_bill(bill()))


def test_a_page_tells_its_own_number_by_its_form_where_its_address_does_not() -> None:
    page = city.bill_page(bill())
    assert parse_matter(page, f"{BASE}/saved.html").matter.source_id == "web:7076557"
    with pytest.raises(PageChanged, match="the number of the record"):
        parse_matter(page.replace("LegislationDetail.aspx", "x"), f"{BASE}/saved.html")


def test_an_id_that_is_there_twice_is_a_changed_page() -> None:
    page = city.bill_page(bill()).replace("</form>", f'<span id="{P}lblStatus2">Withdrawn</span></form>')
    with pytest.raises(PageChanged, match="lblStatus2 is there 2 times"):
        parse_matter(page, address_of_bill(bill()))


@pytest.mark.parametrize("words", ["2/30/2026", "2026-01-29", "13/1/2026", "tomorrow"])
def test_an_impossible_date_is_a_changed_page(words: str) -> None:
    page = city.bill_page(bill()).replace(">1/29/2026<", f">{words}<")
    with pytest.raises(PageChanged, match="is no date"):
        parse_matter(page, address_of_bill(bill()))
    assert iso_date("", BASE) == ""


def test_the_title_and_the_file_number_must_agree() -> None:
    page = city.bill_page(bill())
    with pytest.raises(PageChanged, match="must name the same file"):
        parse_matter(page.replace("File #: Int 1412-2025", "File #: Int 1413-2025"), address_of_bill(bill()))
    with pytest.raises(PageChanged, match="must name the same file"):
        parse_matter(page.replace("File #: Int 1412-2025", "Legislation"), address_of_bill(bill()))


def test_another_bills_page_is_refused() -> None:
    page = city.bill_page(bill())
    with pytest.raises(PageChanged, match="it is the page of Int 1412-2025, and Int 0001-2026 was asked for"):
        parse_matter(page, address_of_bill(bill()), "Int 0001-2026")
    assert parse_matter(page, address_of_bill(bill()), "int 1412-2025").matter.file_number == "Int 1412-2025"


def test_a_history_that_is_shown_in_part_is_refused() -> None:
    pager = '<div class="rgInfoPart">Page 1 of 2, items 1 to 4 of 9.</div>'
    page = city.bill_page(bill()).replace(
        'gridLegislation_ctl00">', f'gridLegislation_ctl00"><caption>{pager}</caption>'
    )
    with pytest.raises(PageChanged, match="4 rows of 9"):
        parse_matter(page, address_of_bill(bill()))


def test_a_bill_without_any_history_says_so() -> None:
    page = city.bill_page(bill(History=[]))
    assert parse_matter(page, address_of_bill(bill())).matter.actions == ()
    with pytest.raises(PageChanged, match="no rows and does not say so"):
        parse_matter(page.replace("No records to display.", ""), address_of_bill(bill()))


@pytest.mark.parametrize(("page", "error"), [
    (city.error_page(), FetchFailed), (city.gone_page(), SourceMissing), (city.invalid_page(), SourceMissing),
    ("", FetchFailed), ("<p>server error</p>", FetchFailed), (city.search_form(True), PageChanged),
    ("<html><title>Council</title><p>We are improving our site</p></html>", PageChanged),
])  # fmt: skip
@pytest.mark.parametrize("parse", [parse_matter, parse_search, parse_action, parse_calendar, parse_meeting])
def test_what_is_no_such_page_ends_in_its_error(
    page: str, error: type[ScrapeError], parse: Callable[[str, str], object]
) -> None:
    with pytest.raises(error, match=re.escape(BASE)):
        parse(page, f"{BASE}/LegislationDetail.aspx?ID=1&GUID=2")


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cf")), min_size=1, max_size=30).map(
    lambda words: " ".join(words.split())
)
NAMES = WORDS.filter(bool)
DAYS = st.dates(min_value=datetime(1996, 1, 1, tzinfo=UTC).date()).map(lambda day: f"{day.isoformat()}T10:00:00Z")
ROW = st.fixed_dictionaries({
    "Date": DAYS, "Action": NAMES, "BodyName": NAMES, "PassedFlagName": st.sampled_from(["", "Pass", "Fail"]),
    "Version": st.sampled_from(["*", "A", "B"]),
})  # fmt: skip
ROWS = st.lists(ROW, max_size=5).map(
    lambda rows: [{"ID": n, **each} for n, each in enumerate(sorted(rows, key=lambda each: each["Date"]), 1)]
)


@settings(max_examples=60)
@given(
    st.fixed_dictionaries({
        "Name": NAMES, "Title": NAMES, "StatusName": NAMES, "BodyName": NAMES, "Summary": WORDS, "History": ROWS,
        "AgendaDate": DAYS, "EnactmentDate": DAYS | st.just(NO_DATE),
        "Sponsors": st.lists(NAMES, max_size=4).map(lambda names: [member(n, name) for n, name in enumerate(names, 1)]),
    })
)  # fmt: skip
def test_a_matter_put_on_a_page_and_read_again_is_the_same(fields: Json) -> None:
    doc = bill(**fields)
    seen = read(doc).matter
    assert (seen.name, seen.title, seen.status, seen.body) == (
        doc["Name"], doc["Title"], doc["StatusName"], doc["BodyName"],
    )  # fmt: skip
    assert seen.summary == doc["Summary"] and seen.introduced_on == doc["AgendaDate"][:10]
    assert seen.enacted_on == ("" if doc["EnactmentDate"] == NO_DATE else doc["EnactmentDate"][:10])
    assert [each.name for each in seen.sponsors] == [each["FullName"] for each in doc["Sponsors"]]
    assert [(act.source_id, act.acted_on, act.name, act.body, act.result, act.version) for act in seen.actions] == [
        (f"web:{city.web_id(each['ID'])}", each["Date"][:10], each["Action"], each["BodyName"], each["PassedFlagName"],
         each["Version"]) for each in doc["History"]
    ]  # fmt: skip


# Votes


def action_at(number: int) -> str:
    return f"{BASE}/{city.action_address(number)}"


def test_votes_are_read_and_attendance_is_not() -> None:
    doc = bill()["History"][1]
    page = city.history_page(
        {**doc, "AgendaNote": "Coupled on General Orders"}, roll_call=[{"FullName": "Jane Doe", "Value": "Present"}]
    )
    seen = parse_action(page, action_at(429004))
    assert (seen.action, seen.result, seen.text) == ("Approved by Council", "Pass", "A motion was made")
    assert seen.note == "Coupled on General Orders"
    assert [(vote.person.source_id, vote.person.name, vote.value) for vote in seen.votes] == [
        ("web:7007825", "Alexa Avilés", "Affirmative"), ("web:7000001", "Richard Roe, Jr.", "Negative"),
    ]  # fmt: skip


def test_an_action_without_a_roll_call_has_no_votes() -> None:
    assert parse_action(city.history_page(bill()["History"][0]), action_at(1)).votes == ()


@pytest.mark.parametrize(("old", "new", "message"), [
    ("Votes (1:1)", "Votes (47:3)", r"tells of Votes \(47:3\) and lists 2"),
    (f'id="{P}gridVote_ctl00"', 'id="votes"', r"tells of Votes \(1:1\) and lists 0"),
    (">Person Name<", ">Member<", "one column Person Name"),
    (">Negative<", "><", "no member or no vote"),
    (f'id="{P}lblAction"', 'id="action"', "lblAction"),
    (f'id="{P}lblResult"', 'id="result"', "label 'result'"),
])  # fmt: skip
def test_votes_that_are_told_and_not_listed_are_refused(old: str, new: str, message: str) -> None:
    page = city.history_page(bill()["History"][1])
    assert old in page
    with pytest.raises(PageChanged, match=message):
        parse_action(page.replace(old, new), action_at(429004))


# Lists


def search_page(text: str) -> Any:
    return parse_search(text, f"{BASE}/Legislation.aspx")


def turned(page: str, row: str, cell: str) -> str:
    """The page with the cells of its rows in the other order."""
    return re.sub(
        rf"({row})((?:{cell})+)</tr>",
        lambda found: found[1] + "".join(re.findall(cell, found[2])[::-1]) + "</tr>",
        page,
    )


def test_a_search_page_is_read_by_its_headers_whatever_their_order() -> None:
    page = city.search_page(bills(1))
    other = turned(turned(page, "<tr>", "<th.*?</th>"), '<tr class="rgRow"[^>]*>', "<td>.*?</td>")
    assert other.index(">Title<") < other.index(">Status<") and page.index(">Status<") < page.index(">Title<")
    assert search_page(other).matters == search_page(page).matters


def test_an_empty_search_is_empty_only_where_the_page_says_so() -> None:
    page = city.search_page([])
    assert search_page(page).matters == () and search_page(page).paging.records == 0
    with pytest.raises(PageChanged, match="does not say that there is nothing"):
        search_page(page.replace("No records to display.", "Please wait"))
    with pytest.raises(PageChanged, match="0 rows and says that there are 7"):
        search_page(page.replace("0 records", "7 records"))


def test_two_tables_on_a_page_are_told_apart_by_their_ids() -> None:
    page = city.search_page(bills(2))
    other = '<table class="rgMasterTable" id="x"><tr><th>File #</th></tr><tr class="rgRow"><td>1</td></tr></table>'
    assert len(search_page(page.replace("</form>", f"{other}</form>")).matters) == 2


@pytest.mark.parametrize(("old", "new", "message"), [
    (">Status</a>", ">State</a>", "one column Status"),
    ("LegislationDetail.aspx", "Detail.aspx", "no file number that leads to a page"),
    ("of <strong>5</strong>.", "of <strong>6</strong>.", "5 records|6 records"),
    ("to <strong>2</strong>", "to <strong>3</strong>", "it shows 2 rows and says that there are 3"),
    ("gridMain$ctl00$ctl02$ctl00$ctl04','')", "')", "no way to the next"),
    (f'id="{P}gridMain_ctl00"', 'id="grid"', "gridMain_ctl00 is not there"),
])  # fmt: skip
def test_a_list_that_does_not_add_up_is_refused(old: str, new: str, message: str) -> None:
    page = city.search_page(bills(5), 1, 2)
    assert old in page
    if old.startswith("gridMain$"):
        page = re.sub(r"<a href=\"javascript:__doPostBack\('[^']*ctl04',''\)\">", '<a href="#">', page)
    with pytest.raises(PageChanged, match=message):
        search_page(page.replace(old, new))


def test_a_list_that_tells_no_number_is_refused() -> None:
    with pytest.raises(PageChanged, match="how many records"):
        search_page(city.search_page(bills(2)).replace("2 records", "records"))
