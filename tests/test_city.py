"""Every road reads one city over real sockets, healthy and with each fault: a fault never passes for "nothing new"."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from live import matters
from upstream import faults, legistar_pages
from upstream.city import TOKEN, City
from upstream.nyc_gov_pages import PDFS
from upstream.server import App, Clock, Fault, MemoryKeeper, Raw, Reply, Request, Upstream

from scrapers.council_api import Api
from scrapers.council_archive import Reader
from scrapers.council_web import Site as CouncilSite
from scrapers.errors import (
    FetchFailed,
    NothingFound,
    PageChanged,
    Refused,
    ScrapeError,
    SourceMissing,
    UnsafeAddress,
)
from scrapers.executive_orders import FoundOrder, Orders
from scrapers.fetch import Client, Manners
from scrapers.mayor_news import releases
from scrapers.nyc_gov import Site as CitySite
from scrapers.nyc_gov import Unread
from scrapers.pdf import read_pdf
from scrapers.records import MatterRecord, ReleaseRecord

Json = dict[str, Any]

GOLDEN, TEMPORARY = "Int 1412-2025", "T2026-0001"
FILES = (GOLDEN, "Int 1568-2017", "Int 0486-2014", "Res 0029-2026")
LAST_TOUCHED = datetime(2026, 2, 1, 23, 44, 56, tzinfo=UTC)
OVERRIDE = 432713
STATED = {
    "ID": 22173, "BodyName": "City Council", "Date": "2026-01-29T13:30:00Z", "AgendaStatusName": "Final",
    "MinutesStatusName": "Final", "Location": "Council Chambers - City Hall", "Comment": "STATED MEETING",
    "LastModified": "2026-01-30T15:00:00Z",
    "Items": [
        {"ID": 432700, "AgendaSequence": 1, "Title": "Roll Call"},
        {"ID": OVERRIDE, "AgendaSequence": 2, "MatterID": 76557, "MatterFile": GOLDEN, "MatterName": "Override",
         "Title": "Override", "MatterType": "Introduction", "ActionName": "Overridden by Council",
         "PassedFlagName": "Pass", "Version": "A"},
    ],
}  # fmt: skip
COMMITTEE = {
    "ID": 22156, "BodyName": "Committee on Immigration", "Date": "2026-02-26T11:30:00Z", "AgendaStatusName": "Deferred",
    "MinutesStatusName": "Draft", "Location": "250 Broadway", "LastModified": "2026-01-28T20:00:00Z", "Items": [],
}  # fmt: skip
ORDER = {
    "link": "/mayors-office/news/2026/02/executive-order-13.html", "title": "Executive Order No. 13",
    "date": "2026-02-06", "types": ["executive-orders"], "pdf": f"{PDFS}/2026/eo-13.pdf",
    "blocks": ["Download Executive Order 13", "Counting Street Trees",
               "By the power vested in me as Mayor, it is hereby ordered:", "Section 1. Trees are counted.",
               "§ 2. This Order shall take effect immediately.", "Zohran Kwame Mamdani, Mayor"],
}  # fmt: skip
RENEWAL = {
    "link": "/mayors-office/news/2026/02/emergency-executive-order-2-7", "title": "Emergency Executive Order 2.7",
    "date": "2026-02-09", "types": ["executive-orders"], "pdf": f"{PDFS}/2026/eeo-2.7.pdf", "blocks": [],
    "pages": ["EMERGENCY EXECUTIVE ORDER No. 2.7\nFEBRUARY 9, 2026\nSection 1. Trees go on being counted.\n"
              "Section 2. This order shall take effect immediately.\nZohran Kwame Mamdani\nMayor"],
}  # fmt: skip
RELEASE = {
    "link": "/mayors-office/news/2026/02/mayor-counts-trees.html", "title": "Mayor Counts Trees",
    "date": "2026-02-08", "types": ["press-releases"],
    "blocks": ["What you should know", "The City counted its trees and found that there are many of them."],
}  # fmt: skip
# what a bill's page shows as the archive has it; the rest it shows under numbers of its own, or not at all
SHOWN = ("file_number", "kind", "name", "title", "status", "body", "enacted_on", "local_law", "version", "text")
WEEKS = ("2026-01-26", "2026-02-10")


class Desk:
    """A city on loopback, and every road to it by way of the one client."""

    def __init__(self, upstream: Upstream, city: City, client: Client, keeper: MemoryKeeper, clock: Clock) -> None:
        self.upstream, self.city, self.client, self.keeper, self.clock = upstream, city, client, keeper, clock
        self.api = Api(client, f"{upstream.base}/v1/nyc", TOKEN)
        self.site = CouncilSite(client, upstream.base)
        self.news = CitySite(client, upstream.base)

    def orders(self) -> list[FoundOrder | Unread]:
        return list(Orders(self.news, read_pdf, lambda day: "the Mayor").orders(*WEEKS))

    def releases(self) -> list[ReleaseRecord | Unread]:
        return list(releases(self.news, ["press-releases"], *WEEKS))

    def page_of(self, file_number: str) -> str:
        return f"{self.upstream.base}/{legistar_pages.bill_address(self.city.matter(file_number)['ID'])}"


@pytest.fixture(scope="module")
def facts() -> list[Json]:
    """Four real matters, and one that is not public yet."""
    touched = {"LastModified": f"{LAST_TOUCHED:%Y-%m-%dT%H:%M:%S}Z"}
    known = [m | touched | {"Attachments": _sorted(m["Attachments"])} for m in matters(*FILES)]
    return [*known, known[0] | {"ID": 90_001, "File": TEMPORARY, "History": []}]


def _sorted(attachments: list[Json]) -> list[Json]:
    """The order of the page, which the starter record keeps without its numbers."""
    return [each | {"Sort": place} for place, each in enumerate(attachments)]


@pytest.fixture
def city(facts: list[Json]) -> City:
    """The matters, two meetings, two orders and a release."""
    return City([dict(matter) for matter in facts], [STATED, COMMITTEE], [ORDER, RENEWAL, RELEASE])


@pytest.fixture
def desk(city: City) -> Iterator[Desk]:
    keeper, clock = MemoryKeeper(), Clock()
    manners = Manners(
        "Tracker-Test/1", "editor@example.org", 0.0, 5.0, attempts=2, max_bytes=3 << 20, private_hosts=("127.0.0.1",)
    )
    with (
        Upstream(city.app) as upstream,
        Client(manners, keeper, clock=clock.now, sleep=clock.sleep, monotonic=clock.monotonic) as client,
    ):
        yield Desk(upstream, city, client, keeper, clock)


def archived(matter: Json) -> MatterRecord:
    """The record that the archive's road makes of the same facts; it alone brings a verdict on scope along."""
    record = Reader(whole=True).parse_matter(matter)
    assert record is not None
    return record._replace(scope="", scope_reason="")


# Healthy


@pytest.mark.parametrize("file_number", FILES)
def test_the_api_gives_what_the_archive_gives(desk: Desk, file_number: str) -> None:
    matter = desk.city.matter(file_number)
    assert desk.api.matter(matter["ID"]).record == archived(matter)


@pytest.mark.parametrize("file_number", FILES)
def test_a_bills_page_agrees_with_the_archive_wherever_it_speaks(desk: Desk, file_number: str) -> None:
    known = archived(desk.city.matter(file_number))
    page = desk.site.matter(desk.page_of(file_number), file_number)
    for field in (
        "file_number",
        "kind",
        "name",
        "title",
        "status",
        "body",
        "enacted_on",
        "local_law",
        "version",
        "text",
    ):
        assert getattr(page.matter, field) == getattr(known, field), field
    assert [person.name for person in page.matter.sponsors] == [person.name for person in known.sponsors]
    assert sorted((act.acted_on, act.name, act.result) for act in page.matter.actions) == sorted(
        (act.acted_on, act.name, act.result) for act in known.actions
    )
    for act in page.matter.actions:
        number = int(act.source_id.removeprefix("web:")) - legistar_pages.web_id(0)
        seen = [(vote.person.name, vote.value) for vote in desk.site.votes(page.details[act.source_id]).votes]
        theirs = next(row for row in known.actions if row.source_id == str(number)).votes
        assert seen == [(vote.person.name, vote.value) for vote in theirs]


def test_the_gateway_leads_from_the_councils_number_to_the_page(desk: Desk) -> None:
    assert desk.site.find("76557", GOLDEN).matter.local_law == "2026/063"
    with pytest.raises(PageChanged, match="was asked for"):
        desk.site.find("57404", GOLDEN)


def test_a_number_that_is_not_public_is_nowhere(desk: Desk) -> None:
    assert desk.api.matter(90_001).record is None
    with pytest.raises(FetchFailed, match="error page"):
        desk.site.find("90001")
    with pytest.raises(SourceMissing):
        desk.site.matter(desk.page_of(TEMPORARY))
    assert TEMPORARY not in [each.file_number for each in desk.site.search("All Years", "Introduction")]


@pytest.mark.parametrize("per_page", [1, 2, 100])
def test_a_search_gives_the_matters_of_its_kind_and_time_however_it_is_paged(desk: Desk, per_page: int) -> None:
    desk.city.per_page = per_page
    assert [each.file_number for each in desk.site.search("All Years", "Introduction")] == list(FILES[:3])
    assert [each.file_number for each in desk.site.search("2025", "Introduction")] == [GOLDEN]
    assert [each.file_number for each in desk.site.search("Last Month", "Resolution")] == ["Res 0029-2026"]
    assert list(desk.site.search("This Month", "Introduction")) == []


def test_the_lists_of_the_api_hold_what_was_touched_and_everything(desk: Desk) -> None:
    before, after = LAST_TOUCHED.replace(second=0), LAST_TOUCHED.replace(second=57)
    numbers = {str(m["ID"]) for m in desk.city.matters}
    assert {each.matter_id for each in desk.api.changed_since(before)} == numbers
    assert list(desk.api.changed_since(after)) == []
    assert {each.matter_id for each in desk.api.all_matters(0)} == numbers
    assert {each.matter_id for each in desk.api.all_matters(76_557)} == {"77320", "90001"}


def test_both_roads_tell_of_the_same_meetings(desk: Desk) -> None:
    stated, committee = desk.api.events(date(2026, 1, 1), date(2026, 2, 28))[::-1]
    assert {stated.held_on, committee.held_on} == {"2026-01-29", "2026-02-26"}
    (deferred,) = desk.site.calendar()
    assert (deferred.status, deferred.held_on) == ("Deferred", "2026-02-26")
    desk.city.per_page = 1
    assert [each.body for each in desk.site.calendar("2026")] == ["City Council", "Committee on Immigration"]
    here = f"{desk.upstream.base}/{legistar_pages.meeting_address(22173)}"
    assert [item.file_number for item in desk.site.meeting(here).items or ()] == [GOLDEN]
    assert [(item.file_number, item.action) for item in desk.api.agenda(22173)] == [(GOLDEN, "Overridden by Council")]
    assert desk.site.meeting(f"{desk.upstream.base}/MeetingDetail.aspx?LEGID=22173&GID=61&G=X").held_on == "2026-01-29"


def test_while_minutes_are_a_draft_the_pages_hide_what_was_done_and_the_api_does_not(desk: Desk) -> None:
    desk.city.draft_events.add(22173)
    page = desk.site.matter(desk.page_of(GOLDEN))
    assert page.draft
    assert "Overridden by Council" not in [act.name for act in page.matter.actions]
    known = desk.api.matter(76557).record
    assert known is not None
    assert "Overridden by Council" in [act.name for act in known.actions]


def test_the_vocabularies_hold_every_action_of_the_matters(desk: Desk) -> None:
    words = desk.api.words()
    assert (61, "Overridden by Council") in words["actions"]
    assert all(words.values())


def test_orders_are_read_from_the_article_and_from_the_pdf_where_it_has_no_words(desk: Desk) -> None:
    renewal, order = desk.orders()
    assert isinstance(order, FoundOrder) and isinstance(renewal, FoundOrder)
    assert (order.record.key, order.record.complete, order.record.signer) == (
        "2026-EO-013", True, "Zohran Kwame Mamdani",
    )  # fmt: skip
    assert (renewal.record.key, renewal.record.dated_on) == ("2026-EEO-2.7", "2026-02-09")
    assert [answer.media_type for answer in renewal.answers] == ["application/json", "application/pdf"]


def test_releases_come_with_their_first_sentence(desk: Desk) -> None:
    (release,) = desk.releases()
    assert isinstance(release, ReleaseRecord)
    assert release.excerpt == "The City counted its trees and found that there are many of them."


def test_what_the_city_edits_is_seen_at_the_next_read_by_every_road(desk: Desk) -> None:
    desk.city.matter(GOLDEN)["StatusName"] = "Vetoed"
    assert desk.site.find("76557", GOLDEN).matter.status == "Vetoed"
    record = desk.api.matter(76557).record
    assert record is not None and record.status == "Vetoed"


def test_the_token_is_on_the_wire_and_in_nothing_that_is_kept(desk: Desk) -> None:
    desk.api.matter(76557)
    assert all(request.params["token"] == TOKEN for request in desk.upstream.asked if "/v1/" in request.path)
    assert desk.keeper.kept
    assert TOKEN not in "".join(f"{answer.address} {answer.final} {answer.headers}" for answer in desk.keeper.kept)


# With faults


Read = Callable[[Desk], object]

API_READS: dict[str, Read] = {
    "api changed": lambda desk: list(desk.api.changed_since(datetime(2026, 1, 1, tzinfo=UTC))),
    "api all": lambda desk: desk.api.all_matters(0),
    "api matter": lambda desk: desk.api.matter(76557),
    "api meetings": lambda desk: desk.api.events(date(2026, 1, 1), date(2026, 2, 28)),
    "api agenda": lambda desk: desk.api.agenda(22173),
    "api words": lambda desk: desk.api.words(),
}
PAGE_READS: dict[str, Read] = {
    "search": lambda desk: list(desk.site.search("All Years", "Introduction")),
    "bill": lambda desk: desk.site.matter(desk.page_of(GOLDEN), GOLDEN),
    "gateway": lambda desk: desk.site.find("76557", GOLDEN),
    "votes": lambda desk: desk.site.votes(f"{desk.upstream.base}/{legistar_pages.action_address(OVERRIDE)}"),
    "calendar": lambda desk: list(desk.site.calendar("2026")),
    "meeting": lambda desk: desk.site.meeting(f"{desk.upstream.base}/{legistar_pages.meeting_address(22173)}"),
}
LIST_READS: dict[str, Read] = {"orders": lambda desk: desk.orders(), "releases": lambda desk: desk.releases()}
READS = API_READS | PAGE_READS | LIST_READS
PLACES = dict.fromkeys(API_READS, "/v1/") | dict.fromkeys(PAGE_READS, ".aspx") | dict.fromkeys(LIST_READS, "/bin/nyc/")

Error = type[ScrapeError]
# what each fault must end in: where JSON is asked for, and where a page is
FAULTS: dict[str, tuple[Callable[[Desk], Fault], Error, Error]] = {
    "refused": (lambda desk: faults.refuse(), Refused, Refused),
    "asked too often": (lambda desk: faults.too_often(), Refused, Refused),
    "told to come in an hour": (lambda desk: faults.too_often("3600"), Refused, Refused),
    "a page against programs": (lambda desk: faults.captcha(), Refused, Refused),
    "server error": (lambda desk: faults.server_error(), FetchFailed, FetchFailed),
    "not there": (lambda desk: faults.answering(404), SourceMissing, SourceMissing),
    "error page that answers 200": (lambda desk: faults.error_page(), PageChanged, FetchFailed),
    "redirect to the error page": (lambda desk: faults.to_error_page(), PageChanged, FetchFailed),
    "record gone, answers 200": (lambda desk: faults.gone_page(), PageChanged, SourceMissing),
    "empty body": (lambda desk: faults.empty_body(), PageChanged, FetchFailed),
    "half of a packed answer": (lambda desk: faults.truncated_gzip(), FetchFailed, FetchFailed),
    "half of an answer": (lambda desk: faults.cut_short(), FetchFailed, FetchFailed),
    "hangs up": (lambda desk: faults.hang_up(), FetchFailed, FetchFailed),
    "drop by drop": (lambda desk: faults.slow_drip(desk.clock.sleep), FetchFailed, FetchFailed),
    "unpacks without end": (lambda desk: faults.bomb(8), FetchFailed, FetchFailed),
    "redirect into a private network": (lambda desk: faults.to("http://10.0.0.1/"), UnsafeAddress, UnsafeAddress),
    "redirect to a file": (lambda desk: faults.to("file:///etc/passwd"), UnsafeAddress, UnsafeAddress),
    "an object without its keys": (lambda desk: faults.answering(200, b"{}", faults.JSON), PageChanged, PageChanged),
    "another site's page": (
        lambda desk: faults.answering(200, b"<html><title>Welcome</title><h1>Welcome</h1></html>"),
        PageChanged, PageChanged,
    ),
}  # fmt: skip


# the gateway leads to any page but the bill's where a matter is not public: that is all that can be told from one
LED_ASTRAY: dict[tuple[str, str], Error] = {
    ("gateway", "an object without its keys"): SourceMissing,
    ("gateway", "another site's page"): SourceMissing,
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("read", READS)
def test_a_fault_ends_in_its_own_error_and_never_in_an_empty_result(desk: Desk, read: str, fault: str) -> None:
    made, of_json, of_page = FAULTS[fault]
    expected = LED_ASTRAY.get((read, fault)) or (of_page if read in PAGE_READS else of_json)
    desk.upstream.misbehave(PLACES[read], made(desk))
    with pytest.raises(expected) as caught:
        READS[read](desk)
    assert caught.value.subject
    assert TOKEN not in str(caught.value)
    desk.upstream.behave()
    assert READS[read](desk), "the same client reads on when the source is well again"


def renamed(old: str, new: str) -> Fault:
    """The healthy answer with every ``old`` called ``new``."""
    return faults.redesign(lambda text: text.replace(old, new))


REDESIGNS = {
    "every key": ("api matter", renamed('"Matter', '"Legislation')),
    "rows that are no list": ("api changed", faults.answering(200, b'{"value":[]}', faults.JSON)),
    "the dates": ("api meetings", renamed("2026-0", "0-2026-")),
    "the ids of a bill's page": ("bill", renamed("ctl00_ContentPlaceHolder1_", "content_")),
    "the history's id": ("bill", renamed("gridLegislation", "gridHistory")),
    "a column of the history": ("bill", renamed(">Result<", ">Outcome<")),
    "another bill's page": ("bill", renamed("1412-2025", "1413-2025")),
    "a column of the votes": ("votes", renamed(">Vote<", ">Voted<")),
    "the list's own count": ("search", renamed("4 records", "5 records")),
    "the choices of the form": ("search", renamed("Introduction", "Local Law")),
    "a column of the list": ("search", renamed(">Status<", ">State<")),
    "the calendar's id": ("calendar", renamed("gridCalendar", "gridMeetings")),
    "the calendar's dates": ("calendar", renamed("1/29/2026", "29.1.2026")),
    "the agenda's id": ("meeting", renamed("gridMain", "gridItems")),
    "the results of the list": ("orders", renamed('"results"', '"items"')),
    "the total of the list": ("orders", renamed('"totalResults":2', '"totalResults":3')),
    "the dates of the list": ("orders", renamed("February", "Febrero")),
    "a list of releases without links": ("releases", renamed('"link"', '"href"')),
}  # fmt: skip


@pytest.mark.parametrize("what", REDESIGNS)
def test_a_redesign_is_told_and_nothing_is_guessed(desk: Desk, what: str) -> None:
    read, fault = REDESIGNS[what]
    desk.upstream.misbehave(PLACES[read], fault)
    with pytest.raises(PageChanged):
        READS[read](desk)


@pytest.mark.parametrize("part", ["histories", "sponsors", "attachments", "versions", "texts", "votes"])
@pytest.mark.parametrize("fault", [name for name in FAULTS if name != "not there"])
def test_a_matter_with_one_broken_part_is_no_matter(desk: Desk, part: str, fault: str) -> None:
    made, expected, _ = FAULTS[fault]
    desk.upstream.misbehave(f"/{part}", made(desk))
    with pytest.raises(expected):
        desk.api.matter(76557)


@pytest.mark.parametrize("part", ["histories", "sponsors", "attachments", "versions", "texts"])
def test_a_part_that_is_not_there_does_not_make_the_matter_gone(desk: Desk, part: str) -> None:
    desk.upstream.misbehave(f"/{part}", faults.answering(404))
    with pytest.raises(PageChanged, match="ask again later"):
        desk.api.matter(76557)


def test_a_row_without_a_roll_call_has_no_votes_and_is_no_outage(desk: Desk) -> None:
    """Two rows of Int 0486-2014 passed, and the Council's system has no votes of them: it answers 500 for ever."""
    record = desk.api.matter(53407).record
    assert record is not None
    passed = [act for act in record.actions if act.result == "Pass"]
    assert [(act.source_id, act.votes) for act in passed] == [("292629", ()), ("292809", ())]


def on_posts(fault: Fault) -> Fault:
    """A fault of the answers to forms alone: the first page of a list is well."""

    def only(request: Request, app: App) -> Reply | Raw:
        return fault(request, app) if request.method == "POST" else app(request)

    return only


@pytest.mark.parametrize("read", ["search", "calendar", "meeting"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_list_whose_next_page_does_not_come_is_no_short_list(desk: Desk, read: str, fault: str) -> None:
    desk.city.per_page = 1
    made, _, expected = FAULTS[fault]
    desk.upstream.misbehave(".aspx", on_posts(made(desk)))
    with pytest.raises(expected):
        READS[read](desk)


def test_a_list_that_moves_while_it_is_read_is_read_again(desk: Desk) -> None:
    desk.city.per_page = 1

    def moving(request: Request, app: App) -> Reply:
        if "gridMain" in request.form.get("__EVENTTARGET", "") and len(desk.city.matters) > 4:
            del desk.city.matters[0]
        return app(request)

    desk.upstream.misbehave("Legislation.aspx", moving)
    with pytest.raises(PageChanged, match="read the list again|read it again"):
        list(desk.site.search("All Years", "Introduction"))


def test_without_a_token_or_with_a_wrong_one_the_api_refuses_and_says_what_to_do(desk: Desk) -> None:
    for token, advice in (("", "ask for one"), ("another", "ask for another")):
        with pytest.raises(Refused, match=advice) as caught:
            Api(desk.client, f"{desk.upstream.base}/v1/nyc", token).matter(76557)
        assert "another-" not in str(caught.value)


def test_an_unknown_clients_name_is_thought_of(desk: Desk) -> None:
    with pytest.raises(FetchFailed, match="client's name"):
        Api(desk.client, f"{desk.upstream.base}/v1/newyork", TOKEN).matter(76557)


def test_what_the_council_took_away_is_missing_on_every_road(desk: Desk) -> None:
    here = desk.page_of(GOLDEN)
    desk.city.matters = desk.city.matters[1:4]
    desk.city.events = []
    with pytest.raises(SourceMissing):
        desk.api.matter(76557)
    with pytest.raises(SourceMissing, match="no longer exists"):
        desk.site.matter(here)
    with pytest.raises(SourceMissing):
        desk.api.agenda(22173)
    with pytest.raises(SourceMissing):
        desk.site.meeting(f"{desk.upstream.base}/{legistar_pages.meeting_address(22173)}")


def test_the_councils_own_numbers_on_the_sites_pages_lead_nowhere(desk: Desk) -> None:
    with pytest.raises(SourceMissing, match="Invalid parameters"):
        desk.site.matter(f"{desk.upstream.base}/LegislationDetail.aspx?ID=76557&GUID=887A5771")


def test_no_order_and_no_news_in_weeks_is_an_error(desk: Desk) -> None:
    desk.city.articles = []
    with pytest.raises(NothingFound):
        desk.orders()
    with pytest.raises(NothingFound):
        desk.releases()


@pytest.mark.parametrize("fault", FAULTS)
def test_an_article_whose_json_is_broken_is_read_from_its_page(desk: Desk, fault: str) -> None:
    desk.upstream.misbehave(".model.json", FAULTS[fault][0](desk))
    order = desk.orders()[1]
    assert isinstance(order, FoundOrder)
    assert (order.record.key, order.record.complete) == ("2026-EO-013", True)


@pytest.mark.parametrize("fault", FAULTS)
def test_an_order_that_cannot_be_read_is_told_beside_those_that_can(desk: Desk, fault: str) -> None:
    desk.upstream.misbehave("executive-order-13", FAULTS[fault][0](desk))
    renewal, order = desk.orders()
    assert isinstance(renewal, FoundOrder)
    assert isinstance(order, Unread)
    assert order.title == "Executive Order No. 13" and order.reason


@pytest.mark.parametrize("fault", FAULTS)
def test_a_pdf_that_does_not_come_is_told(desk: Desk, fault: str) -> None:
    desk.upstream.misbehave(".pdf", FAULTS[fault][0](desk))
    renewal, order = desk.orders()
    assert isinstance(renewal, Unread) and renewal.reason
    assert isinstance(order, FoundOrder)


@pytest.mark.parametrize("declared", ["text/html; charset=windows-1252", "text/html"])
def test_a_page_in_an_old_charset_keeps_its_accents(desk: Desk, declared: str) -> None:
    desk.upstream.misbehave("LegislationDetail.aspx", faults.charset("windows-1252", declared))
    page = desk.site.matter(desk.page_of(GOLDEN))
    assert page.matter.sponsors[0].name == "Tiffany L. Cabán"


def test_what_robots_txt_forbids_is_refused_on_every_road(desk: Desk) -> None:
    desk.city.robots = "User-agent: *\nDisallow: /\n"
    for read in READS.values():
        with pytest.raises(Refused, match=r"robots\.txt"):
            read(desk)
    assert [request.path for request in desk.upstream.asked] == ["/robots.txt"]
