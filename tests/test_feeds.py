"""Feeds and calendars: what a reader that follows them is given, and that it never means two things."""

import io
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import feedparser
import golden
import icalendar
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from scrapers.records import AgendaItemRecord, MeetingRecord
from tracker import hearings
from tracker.database import connect, upgrade, writing
from tracker.formats import atom
from tracker.models import Run
from tracker.models.sources import Article, Coverage
from tracker.web import SiteSettings, create_app

HOST = "tracker.example.org"
WINDOW = (golden.TODAY - timedelta(days=30), golden.TODAY + timedelta(days=90))
DAY = golden.TODAY + timedelta(days=3)
EVERY = (
    "/changes.atom", "/corrections.atom", "/coverage.atom", "/matters.atom?q=offices", "/matters/int-1412-2025.atom",
    "/sections/admin-9-131.atom", "/changes.atom?scope=core&kind=renumbered",
)  # fmt: skip


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.Engine]:
    engine = connect(f"sqlite:///{tmp_path_factory.mktemp('feeds')}/x.db")
    upgrade(engine)
    golden.fill(engine)
    cover(engine, "Council <script>alert(1)</script> overrides & more\x0b", "Int 1412-2025")
    yield engine
    engine.dispose()


def cover(engine: sa.Engine, headline: str, file_number: str, outcome: str = "published") -> None:
    seen: dict[str, Any] = {"first_seen_at": golden.NOW, "last_seen_at": golden.NOW}
    with writing(engine) as session:
        article = Article(
            address=f"https://news.example.org/{file_number[:3]}/{outcome}", outlet="The Paper", kind="news",
            headline=headline, published_on=date(2026, 1, 30), language="es", source="news-feeds", **seen,
        )  # fmt: skip
        session.add(article)
        session.flush()
        session.add(
            Coverage(article_id=article.id or 0, file_number=file_number, kind="explicit", role="main", score=1,
                     evidence="It names it.", outcome=outcome, decided_by="press", decided_at=golden.NOW)
        )  # fmt: skip


def client_of(engine: sa.Engine) -> FlaskClient:
    settings = SiteSettings(base_url=f"https://{HOST}")
    return create_app(engine, clock=lambda: golden.NOW, site=settings).test_client()


@pytest.fixture
def client(engine: sa.Engine) -> FlaskClient:
    return client_of(engine)


def parsed(client: FlaskClient, address: str) -> Any:
    response = client.get(address)
    assert response.status_code == 200, response.text
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    found = feedparser.parse(io.BytesIO(response.data))
    assert found.bozo == 0, found.get("bozo_exception")
    return found


@pytest.mark.parametrize("address", EVERY)
def test_every_feed_is_whole_and_fit_for_readers(client: FlaskClient, address: str) -> None:
    found = parsed(client, address)
    assert found.version == "atom10"
    feed = found.feed
    assert feed.id and feed.title and feed.updated and feed.author
    links = {link.rel: link.href for link in feed.links}
    assert links["self"] == f"https://{HOST}{address}"
    assert links["alternate"].startswith(f"https://{HOST}/")
    assert feed.subtitle == "Council records last read 10 Feb 2026 10:00. New York time."
    ids = [entry.id for entry in found.entries]
    assert ids and len(ids) == len(set(ids)) <= 100
    for entry in found.entries:
        assert entry.id.startswith(f"tag:{HOST},2026:")
        assert entry.title and entry.updated and entry.link and entry.tags[0].term
    moments = [entry.updated for entry in found.entries]
    assert moments == sorted(moments, reverse=True)


@pytest.mark.parametrize("address", EVERY)
def test_every_feed_holds_what_rfc_4287_asks_and_nothing_twice(client: FlaskClient, address: str) -> None:
    space = f"{{{atom.ATOM}}}"
    root = ElementTree.fromstring(client.get(address).data)
    assert root.tag == f"{space}feed"
    for element in (root, *root.findall(f"{space}entry")):
        for name in ("id", "title", "updated"):  # sections 4.1.1 and 4.1.2: exactly one
            assert len(element.findall(f"{space}{name}")) == 1
            assert element.findtext(f"{space}{name}")
        links = [(link.get("rel"), link.get("type")) for link in element.findall(f"{space}link")]
        assert links.count(("alternate", "text/html")) == 1  # no two of one type and language
        assert all((link.get("href") or "").startswith("https://") for link in element.findall(f"{space}link"))
        moment = datetime.fromisoformat(element.findtext(f"{space}updated") or "")
        assert moment.tzinfo is not None
        assert len(element.findall(f"{space}content")) <= 1
    assert len(root.findall(f"{space}author")) == 1  # so that no entry needs its own
    assert {child.tag.removeprefix(space) for child in root} <= {
        "id", "title", "subtitle", "updated", "author", "link", "entry",
    }  # fmt: skip


@pytest.mark.parametrize("address", ["/changes.atom", "/corrections.atom", "/coverage.atom", "/matters.atom"])
def test_a_feed_before_anything_was_read_is_whole_too(tmp_path: Path, address: str) -> None:
    blank = connect(f"sqlite:///{tmp_path}/x.db")
    upgrade(blank)
    found = parsed(client_of(blank), address)
    assert (found.entries, found.feed.subtitle) == ([], "No source has been read yet.")


def test_an_entry_is_dated_by_when_it_was_seen_and_tells_the_day_of_the_act(client: FlaskClient) -> None:
    entries = parsed(client, "/matters/int-1412-2025.atom").entries
    veto = next(entry for entry in entries if "“Vetoed by Mayor”" in entry.content[0].value)
    assert veto.updated == veto.published == "2026-01-25T03:26:05.000000Z"
    assert "dated 31 Dec 2025" in veto.content[0].value
    assert "Seen 24 Jan 2026 22:26" in veto.content[0].value
    assert (veto.tags[0].term, veto.tags[0].label) == ("action_added", "New action")


def test_an_entry_leads_to_its_change_on_the_matters_page(client: FlaskClient) -> None:
    page = client.get("/matters/int-1412-2025").text
    for entry in parsed(client, "/matters/int-1412-2025.atom").entries:
        address, _, anchor = entry.link.partition("#")
        assert address == f"https://{HOST}/matters/int-1412-2025"
        assert f'id="{anchor}"' in page


def test_a_feed_is_in_the_language_of_its_address_and_its_entries_keep_their_ids(client: FlaskClient) -> None:
    english, spanish = (feedparser.parse(client.get(f"{folder}/changes.atom").data) for folder in ("", "/es"))
    assert (english.feed.language, spanish.feed.language) == ("en", "es")
    assert [entry.id for entry in english.entries] == [entry.id for entry in spanish.entries]
    assert all("/es/matters/" in entry.link for entry in spanish.entries)
    assert b"//ES" in client.get("/es/calendar.ics").data


def test_a_matter_that_was_old_when_first_seen_is_no_news(client: FlaskClient) -> None:
    numbers = {entry.title.partition(":")[0] for entry in parsed(client, "/changes.atom").entries}
    assert "Int 209-2026" in numbers
    assert "Int 486-2014" not in numbers


def test_a_headline_is_never_markup_and_holds_no_letter_that_xml_forbids(client: FlaskClient) -> None:
    raw = client.get("/coverage.atom").text
    assert "<script" not in raw
    assert "&lt;script&gt;" in raw
    (entry,) = parsed(client, "/coverage.atom").entries
    assert entry.title_detail.type == "text/plain"
    assert entry.author == "The Paper"
    assert entry.title_detail.language == "es"
    assert [link.href for link in entry.links if link.rel == "related"] == [f"https://{HOST}/matters/int-1412-2025"]


def test_coverage_that_waits_for_an_editor_is_in_no_feed(engine: sa.Engine, client: FlaskClient) -> None:
    cover(engine, "A rumour", "Int 0209-2026", "review")
    assert "A rumour" not in client.get("/coverage.atom").text


def test_a_feed_of_a_search_holds_what_the_search_finds(client: FlaskClient) -> None:
    assert {entry.title.partition(":")[0] for entry in parsed(client, "/matters.atom?q=LL+63+of+2026").entries} == {
        "Int 1412-2025"
    }


def test_a_feed_is_not_sent_twice(client: FlaskClient) -> None:
    first = client.get("/changes.atom", headers={"Accept-Encoding": "gzip"})
    assert first.headers["Content-Encoding"] == "gzip"
    again = client.get("/changes.atom", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/changes.atom?scop=all", 400),
        ("/calendar.ics?x=1", 400),
        ("/changes.atom?scope=zzz", 400),
        ("/changes.atom?kind=zzz", 400),
        ("/matters/a%00b.atom", 404),
        ("/matters/int-9999-2025.atom", 404),
        ("/matters/int-9999-2025.ics", 404),
        ("/sections/admin-1-1.atom", 404),
        ("/matters/int-1128-2023.atom", 301),
        ("/matters/int-1128-2023.ics", 301),
    ],
)
def test_what_is_not_there_or_asked_wrongly_is_refused(client: FlaskClient, address: str, status: int) -> None:
    assert client.get(address).status_code == status


def test_the_pages_name_their_feeds(client: FlaskClient) -> None:
    for page, feed in (
        ("/", "/changes.atom"), ("/changes", "/changes.atom"), ("/corrections", "/corrections.atom"),
        ("/coverage", "/coverage.atom"), ("/matters/int-1412-2025", "/matters/int-1412-2025.atom"),
        ("/matters?q=ice", "/matters.atom?q=ice"),
    ):  # fmt: skip
        assert f'type="application/atom+xml" href="{feed}"' in client.get(page).text


@given(text=st.text(), address=st.text(), language=st.sampled_from(["", "en", "zh-Hans"]))
def test_any_text_gives_a_feed_that_reads_back(text: str, address: str, language: str) -> None:
    entry = atom.Entry("tag:x,2026:1", text, address, golden.NOW, text, ("a", text), text, language, (address,))
    feed = atom.Feed("tag:x,2026:0", text, text, "Author", "https://x/", "https://x/f", golden.NOW, (entry,))
    found = feedparser.parse(io.BytesIO(atom.write(feed)))
    assert found.bozo == 0
    assert len(found.entries) == 1


# Calendars


@pytest.fixture
def record(tmp_path: Path) -> Iterator[sa.Engine]:
    engine = connect(f"sqlite:///{tmp_path}/x.db")
    upgrade(engine)
    golden.fill(engine)
    yield engine
    engine.dispose()


def meeting(source_id: str, day: date = DAY, clock: str = "13:30:00", status: str = "Final") -> MeetingRecord:
    item = AgendaItemRecord(source_id, "Int 1412-2025", "76557", "")
    return MeetingRecord(
        source_id, golden.COMMITTEE, day.isoformat(), clock, "250 Broadway, 8th floor", status, "Oversight; rules",
        "https://example.org/m", (item,),
    )  # fmt: skip


def store(engine: sa.Engine, *meetings: MeetingRecord, now: datetime = golden.NOW) -> None:
    with writing(engine) as session:
        run = Run(source="hearings", mode="live", place="x", started_at=now, finished_at=now, outcome="ok")
        session.add(run)
        session.flush()
        hearings.store(session, run.id or 0, meetings, now, WINDOW)


def events(engine: sa.Engine, address: str = "/calendar.ics") -> list[Any]:
    response = client_of(engine).get(address)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert all(len(line) <= 75 for line in response.data.split(b"\r\n"))
    calendar = icalendar.Calendar.from_ical(response.data)
    assert calendar.to_ical() == response.data
    assert [str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")] == ["America/New_York"]
    return list(calendar.walk("VEVENT"))


@pytest.mark.parametrize("address", ["/calendar.ics", "/matters/int-1412-2025.ics"])
def test_a_meeting_is_an_event_in_new_york_time_without_a_made_up_end(record: sa.Engine, address: str) -> None:
    store(record, meeting("1"))
    (event,) = events(record, address)
    assert event.decoded("dtstart").isoformat() == f"{DAY}T13:30:00-05:00"
    assert "dtend" not in event and "duration" not in event
    assert (event["status"], event["sequence"], event["location"]) == ("CONFIRMED", 0, "250 Broadway, 8th floor")
    assert event.decoded("dtstamp") == golden.NOW
    assert "Int 1412-2025 No immigration offices on jail land" in event["description"]


def test_a_meeting_keeps_its_uid_when_it_moves_and_when_the_council_gives_it_another_id(record: sa.Engine) -> None:
    store(record, meeting("web:1"))
    (first,) = events(record)
    store(record, meeting("1"), now=golden.NOW + timedelta(hours=1))
    store(record, meeting("1", DAY + timedelta(days=1)), now=golden.NOW + timedelta(hours=2))
    (moved,) = events(record)
    assert moved["uid"] == first["uid"]
    assert (first["sequence"], moved["sequence"]) == (0, 1)
    assert moved.decoded("dtstamp") == golden.NOW + timedelta(hours=2)
    assert f"First set for {DAY.day} {DAY:%b %Y}, 1:30 p.m." in moved["description"]


@pytest.mark.parametrize("word", ["Deferred", "Cancelled"])
def test_a_meeting_that_was_called_off_stays_and_says_so(record: sa.Engine, word: str) -> None:
    store(record, meeting("1"))
    store(record, meeting("1", status=word), now=golden.NOW + timedelta(hours=1))
    (event,) = events(record)
    assert (event["status"], event["sequence"]) == ("CANCELLED", 1)
    assert event["summary"].startswith("Called off: ")


def test_a_meeting_that_left_the_list_stays_and_says_so(record: sa.Engine) -> None:
    store(record, meeting("1"))
    for day in (1, 2):
        store(record, meeting("2", DAY + timedelta(days=20)), now=golden.NOW + timedelta(days=day))
    gone, other = events(record)
    assert (gone["status"], other["status"]) == ("CANCELLED", "CONFIRMED")
    assert "no longer on the Council’s calendar" in gone["description"]


def test_a_meeting_without_an_hour_is_a_day_and_one_without_a_final_agenda_is_tentative(record: sa.Engine) -> None:
    store(record, meeting("1", clock="", status="Draft"))
    (event,) = events(record)
    assert (event.decoded("dtstart"), event["status"]) == (DAY, "TENTATIVE")


def test_a_calendar_without_meetings_is_still_a_calendar(record: sa.Engine) -> None:
    assert events(record) == []
    calendar = icalendar.Calendar.from_ical(client_of(record).get("/calendar.ics").data)
    assert calendar["x-wr-calname"] == "Hearings, NYC Sanctuary Law Tracker"
    assert calendar["refresh-interval"].dt == timedelta(hours=6)
