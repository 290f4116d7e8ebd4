"""The way through the Council's site: three steps to a search, postbacks to the last page, nothing cut short."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from upstream import legistar_pages as city
from upstream.legistar_facts import BASE, Json, P, address_of_meeting, bill, bills, event

from scrapers.answers import Answer
from scrapers.council_web import Site
from scrapers.errors import FetchFailed, PageChanged, SourceMissing

# The road


class City:
    """A fetcher over pages in memory that answers as the site does; it keeps what was asked."""

    def __init__(self, pages: Mapping[str, str] | None = None, moved: Mapping[str, str] | None = None) -> None:
        self.pages = dict(pages or {})
        self.moved = dict(moved or {})
        self.asked: list[str] = []
        self.posts: list[dict[str, str]] = []
        self.replies: list[Callable[[dict[str, str]], str]] = []

    def get(
        self, address: str, params: Mapping[str, str] | None = None, *, secret: Mapping[str, str] | None = None,
        accept: str = "",
    ) -> Answer:  # fmt: skip
        self.asked.append(address)
        final = self.moved.get(address, address)
        return self._answer(address, final, "GET", self.pages[final])

    def post(self, address: str, form: Sequence[tuple[str, str]]) -> Answer:
        self.posts.append(dict(form))
        assert len(dict(form)) == len(form), "a field was sent twice"
        return self._answer(address, address, "POST", self.replies.pop(0)(dict(form)))

    def _answer(self, address: str, final: str, method: str, text: str) -> Answer:
        headers = (("Content-Type", "text/html; charset=utf-8"),)
        return Answer(address, final, method, 200, headers, text.encode(), datetime(2026, 2, 1, tzinfo=UTC), "sha256:0")


def searched(matters: list[Json], per_page: int = 2, *, advanced: bool = False, **shown: Any) -> City:
    """A city whose search gives these matters; ``shown`` goes to every page of the list."""
    fetcher = City({f"{BASE}/Legislation.aspx": city.search_form(advanced)})
    if not advanced:
        fetcher.replies.append(lambda form: city.search_form(True))
    fetcher.replies += [
        lambda form: city.search_page(matters, city.page_of_target(form["__EVENTTARGET"])
                                      if "gridMain" in form["__EVENTTARGET"] else 1, per_page, **shown)
    ] * 9  # fmt: skip
    return fetcher


def test_a_search_takes_three_steps_and_turns_every_page() -> None:
    fetcher = searched(bills(5))
    found = list(Site(fetcher, BASE + "/").search("This Month", "Introduction"))
    assert [each.file_number for each in found] == [f"Int {n:04}-2026" for n in range(1, 6)]
    assert found[0].address == f"{BASE}/{city.bill_address(76001)}"
    switch, search, *turns = fetcher.posts
    assert switch["ctl00$ContentPlaceHolder1$btnSwitch"] == "Advanced search >>>"
    assert switch["__VIEWSTATE"] == "form-False" and search["__VIEWSTATE"] == "form-True"
    assert "ctl00$ContentPlaceHolder1$btnSearch" in search
    assert [post["__VIEWSTATE"] for post in turns] == ["search-1", "search-2"], "each page's own fields go back"
    assert "ctl00$ContentPlaceHolder1$btnSearch" not in turns[0], "a page is turned, the search is not made again"


def test_what_is_chosen_goes_out_in_the_client_state_with_the_forms_own_values() -> None:
    fetcher = searched(bills(1), advanced=True)
    assert len(list(Site(fetcher, BASE).search("This Month", "Introduction"))) == 1
    (post,) = fetcher.posts
    states = {name: json.loads(post[f"{P}{name}_ClientState"]) for name in ("lstYearsAdvanced", "lstType", "lstMax")}
    assert {name: (state["value"], state["text"]) for name, state in states.items()} == {
        "lstYearsAdvanced": ("This Month", "This Month"),
        "lstType": ("2", "Introduction"),
        "lstMax": ("1000000", "All"),
    }
    assert city.chosen(post, "lstType") == "Introduction" == post["ctl00$ContentPlaceHolder1$lstType"]


def test_the_forms_real_values_are_found_on_the_real_page(data: Path) -> None:
    page = (data / "legistar/nyc_pages/bills.html").read_text(encoding="utf-8")
    fetcher = City({f"{BASE}/Legislation.aspx": page})
    fetcher.replies.append(lambda form: city.search_page(bills(1), window="Session 2018-2021"))
    assert list(Site(fetcher, BASE).search("Session 2018-2021", "Introduction"))
    (post,) = fetcher.posts
    chosen = [json.loads(post[f"{P}{name}_ClientState"])["value"] for name in ("lstYearsAdvanced", "lstType", "lstMax")]
    assert chosen == ["M.mtText2|'11'", "2", "1000000"]
    assert "__PREVIOUSPAGE" in post


@pytest.mark.parametrize(("window", "kind", "message"), [
    ("Session 1898-1901", "Introduction", "lstYearsAdvanced has no choice 'Session 1898-1901'; it has: All Years"),
    ("This Month", "Local Law", "lstType has no choice 'Local Law'"),
    ("This Year", "Introduction", "'This Year' was chosen, and the answer is for 'This Month'"),
    ("This Month", "Resolution", "'Resolution' was chosen, and the answer is for 'Introduction'"),
])  # fmt: skip
def test_a_choice_that_the_form_does_not_have_or_ignores_is_refused(window: str, kind: str, message: str) -> None:
    with pytest.raises(PageChanged, match=re.escape(message)):
        Site(searched(bills(1)), BASE).search(window, kind)


def test_rows_of_another_kind_are_refused() -> None:
    rows = [*bills(1), bill() | {"TypeName": "Resolution", "File": "Res 0001-2026", "ID": 5}]
    with pytest.raises(PageChanged, match="Introduction was searched, and Res 0001-2026 is Resolution"):
        Site(searched(rows), BASE).search("This Month", "Introduction")


def test_temporary_numbers_are_counted_and_left_out() -> None:
    rows = [*bills(2), bill() | {"File": "T2026-0007", "ID": 7}]
    assert len(list(Site(searched(rows), BASE).search("This Month", "Introduction"))) == 2


def test_a_list_that_is_cut_short_is_refused() -> None:
    with pytest.raises(PageChanged):
        Site(searched(bills(3), records=5), BASE).search("This Month", "Introduction")
    fetcher = searched(bills(5))
    fetcher.replies[2:] = [lambda form: city.search_page(bills(3), 2, 2)]
    with pytest.raises(PageChanged, match="page 2 of 3 with 5 records was asked for, and another page came"):
        Site(fetcher, BASE).search("This Month", "Introduction")


def test_a_list_that_moves_while_it_is_read_is_refused() -> None:
    fetcher, rows = searched(bills(4)), bills(4)
    fetcher.replies[2:] = [lambda form: city.search_page([rows[3], *rows[:3]], 2, 2)]
    with pytest.raises(PageChanged, match="on two pages"):
        Site(fetcher, BASE).search("This Month", "Introduction")


def test_the_first_page_again_instead_of_the_second_is_refused() -> None:
    fetcher = searched(bills(5))
    fetcher.replies[2:] = [lambda form: city.search_page(bills(5), 1, 2)]
    with pytest.raises(PageChanged, match="another page came"):
        Site(fetcher, BASE).search("This Month", "Introduction")


@pytest.mark.parametrize(("old", "new", "message"), [
    ("items <strong>3</strong> to <strong>4</strong>", "items <strong>4</strong> to <strong>5</strong>",
     "after 2 records a page begins with number 4"),
    ("<strong>2</strong> of <strong>2</strong>, items <strong>3</strong> to <strong>4</strong>",
     "<strong>2</strong> of <strong>2</strong>, items <strong>3</strong> to <strong>3</strong>",
     "it shows 2 rows and says that there are 1"),
])  # fmt: skip
def test_pages_that_do_not_join_are_refused(old: str, new: str, message: str) -> None:
    fetcher, page = searched(bills(4)), city.search_page(bills(4), 2, 2)
    assert old in page
    fetcher.replies[2:] = [lambda form: page.replace(old, new)]
    with pytest.raises(PageChanged, match=message):
        Site(fetcher, BASE).search("This Month", "Introduction")


def test_a_last_page_that_is_not_the_end_is_refused() -> None:
    fetcher, short = searched(bills(4)), city.search_page(bills(3), 2, 2)
    for old, new in (("of <strong>3</strong>.", "of <strong>4</strong>."), ("3 records", "4 records")):
        assert old in short
        short = short.replace(old, new)
    fetcher.replies[2:] = [lambda form: short]
    with pytest.raises(PageChanged, match="tells of 4 records and has 3"):
        Site(fetcher, BASE).search("This Month", "Introduction")


@pytest.mark.parametrize(("old", "new", "message"), [
    ('"itemData":[', '"itemData":[{"value":"99"},', "choices and"),
    ('"itemData":[', '"itemData":[}', "are not JSON"),
    ('"_uniqueId"', '"_name"', "no script tells the values of lstYearsAdvanced"),
    (f'id="{P}lstYearsAdvanced_DropDown"', "", "lstYearsAdvanced_DropDown is not there"),
])  # fmt: skip
def test_a_list_of_the_form_that_is_not_understood_is_a_changed_page(old: str, new: str, message: str) -> None:
    form = city.search_form(True)
    assert old in form
    with pytest.raises(PageChanged, match=message):
        Site(City({f"{BASE}/Legislation.aspx": form.replace(old, new)}), BASE).search("This Month", "Introduction")


def test_a_switch_that_leads_nowhere_is_a_changed_page() -> None:
    fetcher = searched(bills(1))
    fetcher.replies[0] = lambda form: city.search_form(False)
    with pytest.raises(PageChanged, match="did not lead there"):
        Site(fetcher, BASE).search("This Month", "Introduction")


GATEWAY = f"{BASE}/gateway.aspx?m=l&id=76557"


def test_a_bill_is_found_by_the_councils_own_number() -> None:
    final = f"https://nyc.legistar.com/{city.bill_address(76557)}&Options=&Search="
    fetcher = City({final: city.bill_page(bill())}, {GATEWAY: final})
    seen = Site(fetcher, BASE).find("76557", "Int 1412-2025").matter
    assert fetcher.asked == [GATEWAY]
    assert seen.url == f"{BASE}/{city.bill_address(76557)}", "its address is on the name that we ask by"
    with pytest.raises(PageChanged, match="Int 9999-2025 was asked for"):
        Site(fetcher, BASE).find("76557", "Int 9999-2025")


def test_a_gateway_that_leads_to_no_bill_is_a_matter_that_is_not_public() -> None:
    fetcher = City({GATEWAY: city.search_form(False)})
    with pytest.raises(SourceMissing, match="the matter is not public"):
        Site(fetcher, BASE).find("76557")
    wrong = f"{BASE}/Error.aspx"
    with pytest.raises(FetchFailed):
        Site(City({wrong: city.error_page()}, {GATEWAY: wrong}), BASE).find("76557")


def test_a_bill_by_its_own_page_comes_with_its_text() -> None:
    asked = f"{BASE}/{city.bill_address(76557)}&FullText=1"
    fetcher = City({asked: city.bill_page(bill(Text="Be it enacted"))})
    address = f"https://nyc.legistar.com/{city.bill_address(76557)}&Options=Advanced&Search="
    assert Site(fetcher, BASE).matter(address, "Int 1412-2025").matter.text == "Be it enacted"


def test_the_votes_of_an_action_by_the_address_that_its_bill_gives() -> None:
    page = f"{BASE}/{city.bill_address(76557)}"
    fetcher = City({f"{page}&FullText=1": city.bill_page(bill())})
    address = Site(fetcher, BASE).matter(page).details["web:7429004"]
    fetcher.pages[address] = city.history_page(bill()["History"][1])
    assert len(Site(fetcher, BASE).votes(address).votes) == 2


def test_the_calendar_is_turned_to_its_end() -> None:
    events = [event(n) for n in range(1, 6)]
    fetcher = City({f"{BASE}/Calendar.aspx": city.calendar_page(events, 1, 2)})
    fetcher.replies = [lambda form: city.calendar_page(events, city.page_of_target(form["__EVENTTARGET"]), 2)] * 2
    assert [each.source_id for each in Site(fetcher, BASE).calendar()] == [f"web:{7000000 + n}" for n in range(1, 6)]
    assert [post["__VIEWSTATE"] for post in fetcher.posts] == ["calendar-This Month-1", "calendar-This Month-2"]


def test_the_calendar_of_another_time_is_asked_for_and_checked() -> None:
    fetcher = City({f"{BASE}/Calendar.aspx": city.calendar_page([event(1)])})
    fetcher.replies = [lambda form: city.calendar_page([event(2)], window=city.chosen(form, "lstYears"))]
    assert [each.source_id for each in Site(fetcher, BASE).calendar("Next Month")] == ["web:7000002"]
    assert fetcher.posts[0]["__EVENTTARGET"] == "ctl00$ContentPlaceHolder1$lstYears"
    fetcher.replies = [lambda form: city.calendar_page([event(2)])]
    with pytest.raises(PageChanged, match="'Next Month' was chosen, and the answer is for 'This Month'"):
        Site(fetcher, BASE).calendar("Next Month")


def test_a_meeting_whose_agenda_is_not_public_has_no_items_to_tell_of() -> None:
    page = city.meeting_page(event()).replace(f'id="{P}gridMain_ctl00"', "").replace(
        ">Final<", ">Not Viewable by the Public<"
    )  # fmt: skip
    assert Site(City({address_of_meeting(22114): page}), BASE).meeting(address_of_meeting(22114)).items is None


def test_the_818_items_of_a_stated_meeting_are_on_five_pages() -> None:
    doc = event(items=818)
    address = address_of_meeting(22114)
    fetcher = City({address: city.meeting_page(doc)})
    fetcher.replies = [lambda form: city.meeting_page(doc, city.page_of_target(form["__EVENTTARGET"]))] * 4
    items = Site(fetcher, BASE).meeting(address).items
    assert items and len(items) == 818 and len({item.source_id for item in items}) == 818
    assert len(fetcher.posts) == 4
