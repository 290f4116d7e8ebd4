"""The Council's API: its answers are read as the archive's files are, and its habits do not fool the road."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from archive_builder import NO_DATE, document, member, row
from hypothesis import given
from hypothesis import strategies as st
from upstream import legistar_answers as legistar

from scrapers.answers import Answer
from scrapers.council_answers import (
    Listed,
    may_have_votes,
    parse_attachments,
    parse_event_items,
    parse_events,
    parse_histories,
    parse_matter,
    parse_matters,
    parse_sponsors,
    parse_text,
    parse_versions,
    parse_votes,
    parse_words,
    text_id_of,
)
from scrapers.council_api import Api, next_watermark
from scrapers.council_archive import Reader
from scrapers.errors import FetchFailed, PageChanged, Refused, SourceMissing
from scrapers.fetch import ServerError
from scrapers.json_lines import json_lines
from scrapers.records import AgendaItemRecord, MatterRecord, PersonRecord, VoteRecord

Json = dict[str, Any]
CITY = "https://webapi.legistar.com/v1/nyc"
TOKEN = "s3cret-token"
MOMENT = datetime(2026, 8, 1, 12, 0, 0, 640_000, tzinfo=UTC)
GOLDEN = ("Int 1412-2025", "Int 1568-2017", "Int 0486-2014")
AYE, NAY = member(7601, "Jane Doe", "Affirmative"), member(7602, "Richard Roe", "Negative")


def approved(number: int = 20, **more: Any) -> Json:
    """A row on which the Council voted."""
    return row(number, "2025-12-18 13:30:00", 68, "Approved by Council", PassedFlagName="Pass", PassedFlag=1) | more


def read(m: Json) -> MatterRecord | None:
    """A matter's record by way of its answers."""
    votes = {str(r["ID"]): parse_votes(legistar.votes(m, r["ID"])) for r in m.get("History") or () if r.get("Votes")}
    text = parse_text(legistar.text(m))
    return parse_matter(
        legistar.matter(m), legistar.histories(m), legistar.sponsors(m), legistar.attachments(m), text, votes
    )


class City:
    """A city's API without the network: answers made of matters and meetings, and a list of what was asked for.

    `instead` holds, by path, what is answered or raised in place of the answer that the matters give.
    """

    def __init__(self, *matters: Json, events: Sequence[Json] = ()) -> None:
        self.matters = {m["ID"]: m for m in matters}
        self.events = {e["ID"]: e for e in events}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.instead: dict[str, Any] = {}

    def get(
        self,
        address: str,
        params: Mapping[str, str] | None = None,
        *,
        secret: Mapping[str, str] | None = None,
        accept: str = "",
    ) -> Answer:
        path = address.removeprefix(f"{CITY}/")
        options = dict(params or {})
        assert secret == {"token": TOKEN} and TOKEN not in address and "token" not in options
        self.asked.append((path, options))
        given = self.instead[path] if path in self.instead else self.answer(path, options)
        if isinstance(given, Exception):
            raise given
        body = given if isinstance(given, bytes) else orjson.dumps(given)
        return Answer(address, address, "GET", 200, (), body, MOMENT, f"sha256:{len(self.asked)}")

    def post(self, address: str, form: Sequence[tuple[str, str]]) -> Answer:
        raise AssertionError("nothing is ever sent to the API")

    def answer(self, path: str, options: dict[str, str]) -> Any:
        kind, _, rest = path.partition("/")
        number, _, part = rest.partition("/")
        if not number:
            return self.list_of(kind, options)
        if kind == "eventitems":
            return self.votes(number)
        held = (self.matters if kind == "matters" else self.events).get(int(number))
        if held is None:
            raise SourceMissing(path, "404")
        if part.startswith("texts/"):
            return legistar.text(held)
        build: dict[str, Callable[[Json], Any]] = {
            "": legistar.matter, "histories": legistar.histories, "sponsors": legistar.sponsors,
            "attachments": legistar.attachments, "versions": legistar.versions, "eventitems": legistar.event_items,
        }  # fmt: skip
        return build[part](held)

    def list_of(self, kind: str, options: dict[str, str]) -> Any:
        if kind == "events":
            return legistar.events_page(self.events.values(), options)
        return legistar.matters_page(self.matters.values(), options)

    def votes(self, number: str) -> list[Json]:
        for m in self.matters.values():
            if any(r["ID"] == int(number) for r in m["History"]):
                return legistar.votes(m, number)
        raise SourceMissing(number, "404")

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]


def api(city: City, **options: Any) -> Api:
    return Api(city, CITY, TOKEN, **options)


# One record, two roads


def archive_matters(data: Path) -> Iterator[Json]:
    for number, m in json_lines(data / "council" / "matters.jsonl.zst"):
        if number % 40 == 0 or m["File"] in GOLDEN:
            yield m


def test_the_api_and_the_archive_give_the_same_record(data: Path) -> None:
    reader, seen = Reader(whole=True), set()
    for m in archive_matters(data):
        assert read(m) == reader.parse_matter(m)
        seen.add(m["File"])
    assert seen.issuperset(GOLDEN) and len(seen) > 470


def test_the_api_and_the_archive_give_the_same_text(data: Path) -> None:
    reader, same = Reader(whole=True), 0
    for _, m in json_lines(data / "council" / "texts.jsonl.zst"):
        doc = document(File=m["File"], Text=m["Text"])
        mine, held = read(doc), reader.parse_matter(doc)
        assert mine is not None and held is not None
        # resolutions that the archive took over before 2022 still have their sponsors' line
        if "By Council Member" not in m["Text"] and "..Body" not in m["Text"]:
            assert mine.text == held.text
            same += 1
    assert same > 430


def test_every_roll_call_of_the_archive_is_one_that_would_be_asked_for(data: Path) -> None:
    for _, m in json_lines(data / "council" / "matters.jsonl.zst"):
        for r in m.get("History") or ():
            if r.get("Votes"):
                (action,) = parse_histories(legistar.histories({"History": [r]}))
                assert may_have_votes(action), m["File"]


members = st.builds(member, st.sampled_from([0, 5, 6, 7601]), st.sampled_from(["Jane Doe", " Al  Roe ", "É. \0X"]))
rows = st.builds(
    row,
    st.integers(1, 9),
    st.sampled_from(["2025-10-09", "2025-10-09 13:25:00", "2025-10-09 13:25:00.5", "2024-02-29 09:00:00"]),
    st.sampled_from([27, 68, 5032]),
    st.sampled_from(["Approved by Council", "Reprnt Amnd Item Laid on Desk\r\n"]),
    Version=st.sampled_from(["*", "A", ""]),
    MinutesNote=st.sampled_from(["", " ", "as amended "]),
    AgendaNote=st.sampled_from(["", "Immigration"]),
    EventID=st.sampled_from([0, 22016]),
)
documents = st.builds(
    document,
    st.integers(1, 99_999),
    st.sampled_from(["Int 1412-2025", "int 0201-2026", " Res 0508-2026 ", "T2021-8050", "t2021-8050"]),
    Name=st.sampled_from(["", " a\0b ", "c\r\n"]),
    Summary=st.sampled_from(["", "In short.\r\n"]),
    PassedDate=st.sampled_from([NO_DATE, "2026-01-29T13:30:00Z"]),
    Version=st.sampled_from(["*", "A", "B", ""]),
    LocalLaw=st.sampled_from(["", "2026/063", " 2026/063"]),
    Sponsors=st.lists(members, max_size=4),
    History=st.lists(rows, max_size=5, unique_by=lambda r: r["ID"]).map(lambda h: sorted(h, key=archive_order)),
    Text=st.sampled_from(["", "Be it enacted\n\n  Section 1. \n", "a\0b\r\nc"]),
)


def archive_order(r: Json) -> tuple[str, int]:
    return r["Date"].removesuffix("Z"), r["ID"]


@given(documents)
def test_whatever_the_archive_can_hold_the_api_gives_the_same(m: Json) -> None:
    m["Sponsors"] = [p if p["ID"] else member(0, "") for p in m["Sponsors"]]
    assert read(m) == Reader(whole=True).parse_matter(m)


# The parts of an answer


def test_a_history_is_put_in_the_order_of_dates_times_and_row_ids() -> None:
    m = document(History=[row(9, "2025-10-09 13:25:00"), row(3, "2025-12-08 10:00:00"), row(4, "2025-12-08 10:00:00")])
    answer = legistar.histories(m)
    random.Random(1).shuffle(answer)
    assert [action.source_id for action in parse_histories(answer)] == ["9", "3", "4"]


def test_a_row_of_which_only_the_agenda_is_known_is_no_act() -> None:
    answer = legistar.histories(document(History=[row(1, "2025-10-09"), row(2, "2025-12-08")]))
    answer[1]["MatterHistoryActionId"] = answer[1]["MatterHistoryActionName"] = None
    assert [action.source_id for action in parse_histories(answer)] == ["1"]


def test_an_act_without_a_name_is_kept_with_its_code() -> None:
    answer = legistar.histories(document(History=[row(1, "2025-10-09", 5091)]))
    answer[0]["MatterHistoryActionName"] = None
    assert [(action.code, action.name) for action in parse_histories(answer)] == [(5091, "")]


def test_an_act_without_a_date_is_refused() -> None:
    answer = legistar.histories(document(History=[row(1, "2025-10-09")]))
    answer[0]["MatterHistoryActionDate"] = None
    with pytest.raises(PageChanged, match="row 1 has no date"):
        parse_histories(answer)


def test_chicagos_rows_that_look_alike_are_both_kept(data: Path) -> None:
    actions = parse_histories(orjson.loads((data / "legistar/api/dupe_event.json").read_bytes()))
    assert [(a.source_id, a.acted_on, a.name) for a in actions[2:]] == [
        ("200020", "2013-05-08", "Passed"), ("200942", "2013-05-08", "Passed"),
    ]  # fmt: skip
    assert [a.clock for a in actions] == ["00:00:00", "10:00:00", "00:00:00", "00:00:00"]
    assert len(parse_histories(orjson.loads((data / "legistar/api/no_dupe_event.json").read_bytes()))) == 3


def test_the_sponsors_are_those_of_the_matters_version_the_prime_sponsor_first() -> None:
    people = [member(7813, "Tiffany L. Cabán"), member(7804, "Shaun Abreu"), member(0, ""), member(7745, "Al  Roe")]
    answer = legistar.sponsors(document(Version="A", Sponsors=people))
    assert {row["MatterSponsorMatterVersion"] for row in answer} == {"*", "A"}
    random.Random(3).shuffle(answer)
    names = [person.name for person in parse_sponsors(answer, "A")]
    assert names == ["Tiffany L. Cabán", "Shaun Abreu", "Al Roe"]


@pytest.mark.parametrize(
    ("held", "taken"), [(["*", "A", "B"], "B"), (["B", "*"], "B"), (["9", "10"], "10"), ([""], "")]
)
def test_where_the_version_has_no_sponsors_yet_those_of_the_highest_count(held: list[str], taken: str) -> None:
    answer = [legistar.sponsors(document(Version="*"))[0] | {"MatterSponsorMatterVersion": v} for v in held]
    for place, each in enumerate(answer, 1):
        each["MatterSponsorNameId"] = place
    assert [person.source_id for person in parse_sponsors(answer, "C")] == [str(held.index(taken) + 1)]


def test_a_request_of_the_mayor_and_a_sponsor_without_an_id_are_nobody() -> None:
    answer = legistar.sponsors(document(Sponsors=[member(0, ""), member(5, "Jane Doe"), member(6, "Richard Roe")]))
    answer[2]["MatterSponsorNameId"] = None
    assert parse_sponsors(answer, "*") == (PersonRecord("5", "Jane Doe"),)


def test_only_documents_shown_to_the_public_are_taken_in_the_pages_order() -> None:
    links = [{"ID": n, "Name": f"{n}. ", "Link": f"https://example.org/{n}.pdf", "Sort": 9 - n} for n in (1, 2, 3)]
    answer = legistar.attachments(document(Attachments=links))
    answer[1]["MatterAttachmentShowOnInternetPage"] = False
    assert [document.name for document in parse_attachments(answer)] == ["3.", "1."]
    del answer[0]["MatterAttachmentSort"]  # Oakland gives none
    assert [document.name for document in parse_attachments(answer)] == ["1.", "3."]


def test_the_text_is_that_of_the_matters_version_whatever_the_order() -> None:
    versions = parse_versions([{"Key": "73", "Value": "B"}, {"Key": "71", "Value": "*"}, {"Key": "72", "Value": "A"}])
    assert versions == (("*", "71"), ("A", "72"), ("B", "73"))
    assert (text_id_of(versions, "A"), text_id_of(versions, "D"), text_id_of((), "*")) == ("72", "73", "")


def test_a_text_is_cut_after_its_last_line_of_number_title_or_sponsors() -> None:
    answer = legistar.text(document(Text="Be it enacted\n\n\tSection 1.\n"))
    assert parse_text(answer) == "Be it enacted\n\n\tSection 1."
    answer["MatterTextPlain"] = (
        "Res. No. 1\r\n..Body \r\n\r\nBy Council Members Doe and Roe\r\n\r\nWhereas, a\0b\r\n\r\n"
    )
    assert parse_text(answer) == "Whereas, ab"
    answer["MatterTextPlain"] = None
    assert parse_text(answer) == ""


def test_a_roll_call_comes_in_the_councils_order_and_a_blank_vote_is_a_vote() -> None:
    m = document(History=[approved(Votes=[AYE, NAY | {"Vote": ""}])])
    answer = legistar.votes(m, 20)
    assert answer[1]["VoteValueName"] is None
    assert parse_votes(answer[::-1]) == (
        VoteRecord(PersonRecord("7601", "Jane Doe"), "Affirmative"),
        VoteRecord(PersonRecord("7602", "Richard Roe"), ""),
    )
    answer[0]["VotePersonId"] = None
    assert parse_votes(answer)[0].person == PersonRecord("Jane Doe", "Jane Doe")


@pytest.mark.parametrize(
    ("printed", "moment"),
    [
        ("2026-01-15T17:53:53.64", datetime(2026, 1, 15, 17, 53, 53, 640_000, UTC)),
        ("2026-01-15T17:53:53", datetime(2026, 1, 15, 17, 53, 53, 0, UTC)),
        ("2026-01-15T17:53:53.3850647", datetime(2026, 1, 15, 17, 53, 53, 385_064, UTC)),
        (None, None),
    ],
)
def test_last_modified_is_utc_with_any_number_of_digits(printed: str | None, moment: datetime | None) -> None:
    (listed,) = parse_matters([legistar.matter(document()) | {"MatterLastModifiedUtc": printed}])
    assert listed.last_modified == moment


def test_a_vocabulary_is_read_by_its_ids() -> None:
    answer = [{"ActionId": 61, "ActionName": "Overridden by Council"}, {"ActionId": 27, "ActionName": "Introduced "}]
    assert parse_words("actions", answer) == ((27, "Introduced"), (61, "Overridden by Council"))


# Meetings


def test_the_653_meetings_of_new_york_are_read(data: Path) -> None:
    held = orjson.loads((data / "legistar/api/nyc_events.json").read_bytes())
    meetings = parse_events([each["event_data"] for each in held.values()])
    assert (len(meetings), sum(m.status == "Deferred" for m in meetings)) == (653, 99)
    first = meetings[0]
    assert (first.source_id, first.body, first.held_on, first.clock) == (
        "20782", "City Council", "2024-08-08", "13:30:00",
    )  # fmt: skip
    assert (first.location, first.topic, first.items) == ("Council Chambers - City Hall", "", None)
    assert first.url.startswith("https://nyc.legistar.com/MeetingDetail.aspx?LEGID=20782")
    assert all(m.clock for m in meetings) and {m.clock for m in meetings} >= {"12:00:00", "09:00:00", "16:30:00"}


def test_the_1215_meetings_of_the_archive_are_read_with_their_agendas(data: Path) -> None:
    for _, e in json_lines(data / "council" / "events.jsonl.zst"):
        (meeting,) = parse_events([legistar.event(e)])
        assert f"{meeting.held_on}T{meeting.clock}" == e["Date"][:19]
        items = parse_event_items(legistar.event_items(e))
        assert len(items) == sum("MatterID" in item for item in e.get("Items") or ())


@given(st.times())
def test_any_time_of_the_day_is_read_as_it_is_printed(at: Any) -> None:
    e = legistar.event(meeting(1)) | {"EventTime": f"{at:%I:%M %p}".lstrip("0")}
    assert parse_events([e])[0].clock == f"{at:%H:%M}:00"


@pytest.mark.parametrize("printed", ["", None, "13:30 PM", "0:15 AM", "After the Stated Meeting"])
def test_what_is_no_time_of_the_clock_is_none_and_is_still_shown(printed: str | None) -> None:
    (told,) = parse_events([legistar.event(meeting(1)) | {"EventTime": printed, "EventComment": "Jointly"}])
    assert (told.clock, told.topic) == ("", f"{printed}. Jointly" if printed else "Jointly")


def meeting(number: int, on: str = "2026-08-13T13:30:00-04:00", items: Sequence[Json] = ()) -> Json:
    return {
        "ID": number, "BodyName": "City Council", "Date": on, "Location": "City Hall", "AgendaStatusName": "Final",
        "InSiteURL": "https://legistar.council.nyc.gov/MeetingDetail.aspx?LEGID=1", "Items": list(items),
    }  # fmt: skip


def test_oaklands_agenda_is_read_in_the_meetings_order_and_without_what_is_no_matter(data: Path) -> None:
    items = parse_event_items(orjson.loads((data / "legistar/api/oakland_eventitems.json").read_bytes()))
    assert [item.file_number for item in items] == [
        "18-1646", "18-1647", "18-1661", "18-1371", "18-1628", "18-1630", "18-1634",
    ]  # fmt: skip
    assert (items[1].source_id, items[1].matter_id, items[1].action) == ("191220", "30071", "Approved")


# Another shape

SHAPES: list[tuple[str, Any, str]] = [
    ("MatterFile", ..., "MatterFile is missing"),
    ("MatterFile", 1412, "MatterFile must be text and is 1412"),
    ("MatterTypeName", " ", "MatterTypeName is empty"),
    ("MatterStatusName", ..., "MatterStatusName is missing"),
    ("MatterId", "76557", "MatterId must be a number and is '76557'"),
    ("MatterId", True, "must be a number"),
    ("MatterId", None, "MatterId is null"),
    ("MatterIntroDate", "10/9/2025", "MatterIntroDate must be a date and is '10/9/2025'"),
    ("MatterPassedDate", "2025-02-30T00:00:00", "must be a date"),
    ("MatterEnactmentDate", "2025-02-28T25:00:00", "must be a date"),
    ("MatterEnactmentDate", "2026-01-29T13:30:00Z", "must be a date"),  # a zone would mean something new
]


@pytest.mark.parametrize(("key", "value", "word"), SHAPES)
def test_a_matter_of_another_shape_is_refused_by_key(key: str, value: Any, word: str) -> None:
    m = document()
    answer = legistar.matter(m) | {key: value}
    if value is ...:
        del answer[key]
    with pytest.raises(PageChanged, match=word) as caught:
        parse_matter(answer, legistar.histories(m), legistar.sponsors(m), [], None, {}, f"{CITY}/matters/76001")
    assert caught.value.subject == f"{CITY}/matters/76001"


LISTS: list[Callable[[Any], Any]] = [
    parse_matters, parse_histories, parse_attachments, parse_versions, parse_votes, parse_events, parse_event_items,
    lambda answer: parse_sponsors(answer, "*"), lambda answer: parse_words("actions", answer),
]  # fmt: skip


@pytest.mark.parametrize("parse", LISTS)
@pytest.mark.parametrize("answer", [None, "server error", {"Message": "An error has occurred."}, [None], [[]], [{}], 7])
def test_what_is_no_list_of_such_objects_is_refused(parse: Callable[[Any], Any], answer: Any) -> None:
    with pytest.raises(PageChanged):
        parse(answer)


def test_a_row_that_is_there_twice_a_meeting_without_a_day_and_a_text_without_an_id_are_refused() -> None:
    with pytest.raises(PageChanged, match="there twice"):
        parse_histories(legistar.histories(document()) * 2)
    with pytest.raises(PageChanged, match="EventDate is null"):
        parse_events([legistar.event(meeting(1)) | {"EventDate": None}])
    with pytest.raises(PageChanged, match="Key must be a text's id and is 'A'"):
        parse_versions([{"Key": "A", "Value": "71"}])


json_values = st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5) | st.lists(st.none(), max_size=1)
MATTER = legistar.matter(document())


@given(st.dictionaries(st.sampled_from(sorted(MATTER)), json_values), json_values, json_values, json_values)
def test_whatever_stands_in_an_answers_place_it_is_read_or_refused(
    parts: Json, histories: Any, sponsors: Any, attachments: Any
) -> None:
    try:
        parse_matter(MATTER | parts, histories, sponsors, attachments, "", {}, "a subject")
    except PageChanged as error:
        assert error.subject == "a subject" and len(str(error)) > len("a subject: ")


def test_an_error_page_that_comes_as_200_is_refused() -> None:
    city = City(document())
    city.instead["matters/76001/sponsors"] = b"<html><title>Error</title>server error</html>"
    with pytest.raises(PageChanged, match="not JSON"):
        api(city).matter(76001)


# The road: one matter


def test_a_matter_is_read_with_all_its_parts() -> None:
    m = document(TextID=900, Text="Be it enacted", History=[row(10, "2025-10-09"), approved(Votes=[AYE, NAY])])
    city = City(m)
    dossier = api(city).matter("76001")
    assert dossier.record == Reader(whole=True).parse_matter(m)
    assert dossier.last_modified == datetime(2025, 10, 9, 20, 0, 0, 100_000, UTC)
    assert city.paths() == [
        "matters/76001", "matters/76001/histories", "matters/76001/sponsors", "matters/76001/attachments",
        "matters/76001/versions", "matters/76001/texts/900", "eventitems/20/votes",
    ]  # fmt: skip
    assert dict(city.asked)["matters/76001/histories"] == {"AgendaNote": "1", "MinutesNote": "1"}
    assert [answer.address.removeprefix(f"{CITY}/") for answer in dossier.answers] == city.paths()


def test_the_token_is_in_no_record_and_no_answer() -> None:
    dossier = api(City(document(TextID=900, History=[approved(Votes=[AYE])]))).matter(76001)
    assert TOKEN not in repr(dossier)


def test_what_a_list_has_shown_is_not_asked_for_again() -> None:
    city = City(document())
    (listed,) = api(city).changed_since(datetime(2025, 1, 1, tzinfo=UTC))
    dossier = api(city).matter(listed.matter_id, listed)
    assert "matters/76001" not in city.paths()
    assert dossier.answers[0].address == f"{CITY}/matters" and dossier.record is not None


@pytest.mark.parametrize("number", ["T2021-8050", "t2021-8050", "", None])
def test_a_matter_without_a_public_number_is_no_record_and_its_parts_are_not_asked_for(number: str | None) -> None:
    city = City(document(File=number))
    assert api(city).matter(76001).record is None
    assert city.paths() == ["matters/76001"]
    (listed,) = parse_matters([legistar.matter(document(File=number))])
    assert listed.temporary and parse_matter(listed.matter, [], [], [], "", {}) is None


def test_a_matter_that_is_gone_is_missing_and_one_that_misses_a_part_is_not() -> None:
    with pytest.raises(SourceMissing):
        api(City()).matter(76001)
    city = City(document())
    city.instead["matters/76001/sponsors"] = SourceMissing("sponsors", "404")
    with pytest.raises(PageChanged, match="the matter is there"):
        api(city).matter(76001)


def test_another_matter_than_the_one_asked_for_is_refused() -> None:
    city = City(document())
    city.instead["matters/7"] = legistar.matter(document())
    with pytest.raises(PageChanged, match="matter 76001 was given where 7 was asked for"):
        api(city).matter(7)


def test_a_part_as_long_as_a_page_was_cut() -> None:
    city = City(document())
    city.instead["matters/76001/attachments"] = legistar.attachments(
        document(Attachments=[{"ID": n, "Name": "x", "Link": ""} for n in range(1000)])
    )
    with pytest.raises(PageChanged, match="1000 rows"):
        api(city).matter(76001)


# The road: votes


def voted(city: City, **options: Any) -> tuple[VoteRecord, ...]:
    record = api(city).matter(76001, **options).record
    assert record is not None
    return record.actions[-1].votes


def null_cast() -> ServerError:
    return server_error(500, orjson.dumps(legistar.NULL_CAST))


def server_error(status: int, body: bytes) -> ServerError:
    return ServerError(f"{CITY}/x", f"HTTP {status}", status=status, body=body)


@pytest.mark.parametrize("no_roll_call", [null_cast, lambda: SourceMissing("x", "404"), list])
def test_where_there_was_no_roll_call_there_are_no_votes(no_roll_call: Callable[[], Any]) -> None:
    city = City(document(History=[approved(Votes=[AYE])]))
    city.instead["eventitems/20/votes"] = no_roll_call()
    assert voted(city) == ()


@pytest.mark.parametrize(
    "failure", [server_error(500, b"boom"), server_error(503, b"materialized value is null"), FetchFailed("x", "slow")]
)
def test_any_other_failure_is_no_roll_call_without_votes(failure: FetchFailed) -> None:
    city = City(document(History=[approved(Votes=[AYE])]))
    city.instead["eventitems/20/votes"] = failure
    with pytest.raises(FetchFailed):
        api(city).matter(76001)


def test_votes_are_asked_for_only_where_there_can_be_any() -> None:
    stray = {"PassedFlagName": "Fail", "PassedFlag": 0}
    city = City(
        document(History=[
            row(1, "2025-10-09", 27, **stray), row(2, "2025-10-09", 43), row(3, "2025-10-10", 53, **stray),
            row(4, "2025-10-11", 5046, **stray), approved(5),
        ])
    )  # fmt: skip
    voted(city)
    assert [path for path in city.paths() if path.startswith("eventitems")] == ["eventitems/5/votes"]


def test_votes_already_held_are_not_asked_for_again_while_the_result_is_the_same() -> None:
    held = (VoteRecord(PersonRecord("7602", "Richard Roe"), "Affirmative"),)
    city = City(document(History=[approved(Votes=[AYE])]))
    assert voted(city, votes_known={"20": held}) == held
    assert voted(city, votes_known={"20": held}, results_known={"20": "Pass"}) == held
    assert "eventitems/20/votes" not in city.paths()
    asked_again: list[Json] = [
        {"votes_known": {"20": held}, "results_known": {"20": "Fail"}},
        {"votes_known": {"20": ()}},
    ]
    for options in asked_again:
        assert voted(city, **options)[0].person.name == "Jane Doe"
    assert city.paths().count("eventitems/20/votes") == 2


def test_votes_held_of_a_row_that_lost_its_result_are_dropped() -> None:
    """Int 0689-2024: a row of a law became "Sent to Mayor by Council"."""
    city = City(document(History=[row(20, "2025-12-18", 53, "Sent to Mayor by Council")]))
    assert voted(city, votes_known={"20": (VoteRecord(PersonRecord("1", "x"), "Affirmative"),)}) == ()


# The road: lists


def many(count: int, start: int = 1, **more: Any) -> list[Json]:
    numbers = range(start, start + count)
    made = [document(n, f"Int {n:04}-2026", LastModified="2026-08-02T00:00:00.5Z", **more) for n in numbers]
    random.Random(count).shuffle(made)
    return made


@pytest.mark.parametrize(("count", "pages"), [(0, 1), (999, 1), (1000, 2), (1001, 2), (2000, 3)])
def test_a_full_page_means_that_there_is_more(count: int, pages: int) -> None:
    city = City(*many(count))
    listed = list(api(city, kinds=["Introduction"]).changed_since(MOMENT))
    assert [each.matter_id for each in listed] == [str(n) for n in range(1, count + 1)]
    assert [options["$skip"] for _, options in city.asked] == [str(1000 * n) for n in range(pages)]


def test_introductions_and_resolutions_are_asked_for_what_moved_after_a_moment() -> None:
    moved = [document(1), document(2, "Res 0508-2026"), document(3), document(4, TypeName="Land Use Application")]
    for m, at in zip(moved, ["12:00:01", "12:00:02", "11:59:59", "13:00:00"], strict=True):
        m["LastModified"] = f"2026-08-01T{at}.1Z"
    city = City(*moved)
    east = MOMENT.astimezone(tz=datetime.fromisoformat("2026-08-01T00:00:00-04:00").tzinfo)
    assert [each.matter_id for each in api(city).changed_since(east)] == ["1", "2"]
    assert [options["$filter"] for _, options in city.asked] == [
        "MatterLastModifiedUtc gt datetime'2026-08-01T12:00:00' and MatterTypeName eq 'Introduction'",
        "MatterLastModifiedUtc gt datetime'2026-08-01T12:00:00' and MatterTypeName eq 'Resolution'",
    ]
    assert all(options["$orderby"] == "MatterId" and options["$top"] == "1000" for _, options in city.asked)


def test_a_quote_in_a_types_name_is_doubled() -> None:
    city = City(document(TypeName="Mayor's Message"))
    (listed,) = api(city, kinds=["Mayor's Message"]).changed_since(datetime(2020, 1, 1, tzinfo=UTC))
    assert listed.kind == "Mayor's Message"
    assert city.asked[0][1]["$filter"].endswith("MatterTypeName eq 'Mayor''s Message'")


class Shifting(City):
    """A city in which a matter moves into the list while it is paged: page two begins with a row of page one."""

    def answer(self, path: str, options: dict[str, str]) -> Any:
        skip = int(options["$skip"])
        return super().answer(path, options | {"$skip": str(max(skip - 1, 0))})


def test_a_matter_on_two_pages_is_listed_once() -> None:
    listed = list(api(Shifting(*many(1500)), kinds=["Introduction"]).changed_since(MOMENT))
    assert [each.matter_id for each in listed] == [str(n) for n in range(1, 1501)]


class Stuck(City):
    """A city that does not know $skip."""

    def answer(self, path: str, options: dict[str, str]) -> Any:
        return super().answer(path, options | {"$skip": "0"})


def test_a_list_that_goes_in_circles_is_refused() -> None:
    with pytest.raises(PageChanged, match="page 2 of the list has nothing"):
        list(api(Stuck(*many(1000)), kinds=["Introduction"]).changed_since(MOMENT))


@pytest.mark.parametrize("answer", [{"Message": "The query is not valid."}, None, "server error"])
def test_a_list_that_is_none_is_no_empty_list(answer: Any) -> None:
    city = City()
    city.instead["matters"] = answer
    with pytest.raises(PageChanged):
        list(api(city).changed_since(MOMENT))


def test_everything_is_read_in_batches_by_id_whatever_the_type() -> None:
    resolutions = [document(n, f"Res {n:04}-2026") for n in range(3, 31, 3)]
    introductions = [document(n, f"Int {n:04}-2026") for n in range(1, 31) if n % 3]
    road, after, batches = api(City(*resolutions, *introductions)), 0, list[tuple[Listed, ...]]()
    while not batches or len(batches[-1]) == 7:
        batches.append(road.all_matters(after, 7))
        after = int(batches[-1][-1].matter_id)
    assert [int(each.matter_id) for batch in batches for each in batch] == list(range(1, 31))
    assert road.all_matters(30, 7) == ()
    for wrong in (0, 1001):
        with pytest.raises(ValueError, match="1 to 1000"):
            road.all_matters(0, wrong)


def test_the_meetings_of_some_days_are_listed_and_their_agendas_read() -> None:
    item = {
        "ID": 5,
        "Title": "A Local Law",
        "MatterID": 76001,
        "MatterFile": "int 1412-2025",
        "ActionName": "Laid Over",
    }
    call = {"ID": 6, "Title": "Roll Call", "MinutesSequence": 1}
    days = ["2026-08-12", "2026-08-13", "2026-08-14", "2026-08-15"]
    city = City(events=[meeting(n, f"{day}T23:30:00-04:00", [call, item]) for n, day in enumerate(days)])
    meetings = api(city).events(date(2026, 8, 13), date(2026, 8, 14))
    assert [(each.held_on, each.clock) for each in meetings] == [("2026-08-13", "23:30:00"), ("2026-08-14", "23:30:00")]
    assert api(city).agenda(meetings[0].source_id) == (
        AgendaItemRecord("5", "Int 1412-2025", "76001", "A Local Law", "Laid Over"),
    )
    with pytest.raises(SourceMissing):
        api(city).agenda(9)


def test_the_vocabularies_are_read() -> None:
    city = City()
    for path, name in [("actions", "Action"), ("mattertypes", "MatterType"), ("matterstatuses", "MatterStatus"),
                       ("votetypes", "VoteType")]:  # fmt: skip
        city.instead[path] = [{f"{name}Id": 1, f"{name}Name": path}]
    assert api(city).words() == {path: ((1, path),) for path in city.instead}


# Refusals, and how far one has read


def test_a_refusal_says_where_a_token_is_to_be_had() -> None:
    city = City()
    city.instead["matters/1"] = Refused(f"{CITY}/matters/1", 'HTTP 403: "Token is required"')
    with pytest.raises(Refused, match="council.nyc.gov/legislation/api"):
        api(city).matter(1)


def test_an_error_500_says_that_the_clients_name_may_be_wrong() -> None:
    city = City()
    city.instead["matters/1"] = server_error(500, b"")
    with pytest.raises(FetchFailed, match="check that https://webapi.legistar.com/v1/nyc is right"):
        api(city).matter(1)


def test_the_watermark_stays_behind_by_the_overlap_and_never_goes_back() -> None:
    week = timedelta(days=7)
    assert next_watermark(None, [MOMENT, None, MOMENT - week], 7) == MOMENT - week
    assert next_watermark(MOMENT, [MOMENT + timedelta(days=1)], 7) == MOMENT
    assert next_watermark(MOMENT, [], 7) == next_watermark(MOMENT, [None], 7) == MOMENT
    assert next_watermark(None, [], 7) is None


def test_a_moment_that_lies_ahead_does_not_carry_the_watermark_past_today() -> None:
    assert next_watermark(None, [MOMENT + timedelta(days=9999)], 7, MOMENT) == MOMENT - timedelta(days=7)


moments = st.datetimes(datetime(2014, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(moments, st.lists(moments | st.none()), st.integers(0, 60))
def test_no_watermark_passes_what_is_not_older_than_the_overlap(
    previous: datetime, seen: list[datetime | None], overlap: int
) -> None:
    mark = next_watermark(previous, seen, overlap)
    assert mark is not None and mark >= previous
    newest = max((each for each in seen if each is not None), default=previous)
    assert mark == previous or newest - mark == timedelta(days=overlap)


# The builders answer as the API does


def test_the_builders_list_has_the_apis_cap_and_knows_its_filters() -> None:
    ms = many(1200)
    assert len(legistar.matters_page(ms, {})) == 1000 and len(legistar.matters_page(ms, {"$top": "2000"})) == 4
    kept = legistar.matters_page(ms, {"$filter": "MatterId gt 1190 and MatterFile ne 'Int 1200-2026'", "$skip": "2"})
    assert len(kept) == 7
    for wrong in ("MatterId > 5", "MatterId gt 5 and ", "contains(MatterTitle,'a')"):
        with pytest.raises(ValueError, match="no "):
            legistar.matters_page(ms, {"$filter": wrong})


def test_the_builders_have_the_keys_of_the_captured_answers(data: Path) -> None:
    folder = data / "legistar" / "api"
    events = orjson.loads((folder / "nyc_events.json").read_bytes())
    captured = set(next(iter(events.values()))["event_data"]) - {"SyntheticMeetingTopic"}  # its collector's own key
    assert set(legistar.event(meeting(1))) == captured
    item = orjson.loads((folder / "oakland_eventitems.json").read_bytes())[4]
    assert set(legistar.event_items(meeting(1, items=[{"ID": 5}]))[0]) == set(item)
    document_keys = set(legistar.attachments(document(Attachments=[{"ID": 1, "Name": "x", "Link": ""}]))[0])
    assert document_keys - {"MatterAttachmentSort"} == set(item["EventItemMatterAttachments"][0])
    history = orjson.loads((folder / "dupe_event.json").read_bytes())[0]
    assert set(legistar.histories(document())[0]) == set(history)
