"""Whole runs against a city on loopback: the Council by its API, by its pages and by the archive, healthy and not."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest
import sqlalchemy as sa
from archive_builder import RULE, one, rows, told
from live import Json, Live, living, matters, versions
from upstream import faults
from upstream import legistar_answers as answers
from upstream.city import City
from upstream.server import Fault

from scrapers import council_answers
from scrapers.council_archive import Reader
from scrapers.errors import FetchFailed, NothingFound, PageChanged, Refused, ScrapeError, Stopped, UnsafeAddress
from scrapers.json_lines import json_lines
from scrapers.records import MatterRecord, Observation
from tracker.database import connect, reading, upgrade
from tracker.errors import BadInput
from tracker.health import rules_of
from tracker.held import load
from tracker.ingest import Result, Source, ingest
from tracker.models import Action, Alert, Change, Matter, Run
from tracker.models.sources import Disagreement
from tracker.queries.sources import link_is_missing
from tracker.scope import Rule
from tracker.sync import council as sync_council
from tracker.web import SiteSettings, create_app

START = datetime(2026, 2, 10, 15, 0, tzinfo=UTC)
BILLS = ("Int 1412-2025", "Int 1568-2017", "Int 0486-2014")
Road = Callable[[Live], Result]


def by_api(live: Live) -> Result:
    with live.visit() as visit:
        return sync_council.read_api(visit)


def by_pages(live: Live) -> Result:
    with live.visit() as visit:
        return sync_council.read_web(visit)


def by_archive(live: Live) -> Result:
    """What the public archive would hold of the city now."""
    reader = Reader(whole=False)
    at = int(live.clock.now().timestamp())
    seen = [
        Observation(at, f"introduction/x/{matter['ID']}.json", "https://example.org", "", record)
        for matter in live.city.matters
        if (record := reader.parse_matter(matter)) is not None
    ]
    with live.visit() as visit:
        source = Source("council-archive", "live", "x", "", seen, trust=visit.trust)
        return ingest(live.engine, source, Rule(live.config.scope), live.clock.now)


ROADS: dict[str, Road] = {"council-api": by_api, "council-web": by_pages, "council-archive": by_archive}


@pytest.fixture
def live(record: sa.Engine, tmp_path: Path) -> Iterator[Live]:
    with living(record, tmp_path, City(matters(*BILLS)), START) as made:
        made.city.matters[0]["IntroDate"] = "2026-02-05T00:00:00Z"  # the pages look for new bills in two months
        yield made


def pass_time(live: Live, **span: float) -> None:
    live.to(live.clock.now() + timedelta(**span))


def held(live: Live) -> dict[str, MatterRecord]:
    ids = [matter.source_id for matter in rows(live.engine, Matter)]
    with reading(live.engine) as session:
        return {each.record.file_number: each.record for each in load(session, ids).values()}


# One record by three roads


@pytest.mark.parametrize("roads", list(permutations(ROADS)), ids=" then ".join)
def test_a_matter_is_told_once_whichever_road_it_comes_by_first(live: Live, roads: tuple[str, ...]) -> None:
    for name in (*roads, roads[0]):
        ROADS[name](live)
        pass_time(live, hours=2)
    assert {row.kind for row in rows(live.engine, Change)} == {"appeared"}, told(live.engine)
    assert [tuple(row) for row in rows(live.engine, Disagreement)] == []


def test_the_pages_and_the_api_give_the_archives_record_up_to_what_they_lack(live: Live) -> None:
    by_archive(live)
    by_the_archive = held(live)
    pass_time(live, hours=1)
    by_api(live)
    # the starter record leaves out by which number the Council sorts a bill's documents
    for number, record in held(live).items():
        assert sorted(record.documents or ()) == sorted(by_the_archive[number].documents or ())
        assert record._replace(text=None, documents=None) == by_the_archive[number]._replace(text=None, documents=None)
    pass_time(live, hours=1)
    by_pages(live)
    assert all(row.code for row in rows(live.engine, Action))
    for number, record in held(live).items():
        assert [row._replace(url="") for row in record.actions] == list(by_the_archive[number].actions)


@pytest.mark.parametrize("name", ["council-api", "council-web"])
def test_days_on_which_a_status_flickers_end_in_the_same_stage_as_by_the_archive(
    record: sa.Engine, tmp_path: Path, name: str
) -> None:
    """Int 1412-2025: approved, vetoed, overridden; the override first read "Approved by Council"."""
    readings = versions("Int 1412-2025")
    start = datetime.fromtimestamp(readings[0]["observed_at"], UTC)
    with living(record, tmp_path, City([]), start) as live:
        for row in readings:
            live.to(max(live.clock.now() + timedelta(seconds=1), datetime.fromtimestamp(row["observed_at"], UTC)))
            quiet = {"ID": 90001, "File": "Int 9001-2026", "History": [], "IntroDate": f"{live.city.today}T00:00:00Z"}
            bill = row["matter"] | {"Text": "x", "TextID": 1, "Summary": ""}
            live.city.matters = [bill, bill | quiet | {"Title": "A Local Law in relation to trees", "Name": "Trees"}]
            ROADS[name](live)
        pass_time(live, hours=1)
        before = one(record, Matter, file_number="Int 1412-2025")
        by_archive(live)
        after = one(record, Matter, file_number="Int 1412-2025")
        assert (before.is_law, before.how, before.local_law) == (True, "overridden", "2026/063")
        assert (after.is_law, after.how, after.local_law) == (True, "overridden", "2026/063")
        assert [(r.acted_on, r.name) for r in rows(record, Action) if r.withdrawn_at is None][-1][1] == (
            "Overridden by Council"
        )


# What is new


def test_a_new_bill_is_found_on_the_pages_and_tracked_at_once(live: Live) -> None:
    by_archive(live)
    new = live.city.matters[0] | {"ID": 80001, "File": "Int 1500-2026"}
    new |= {"IntroDate": "2026-02-10T00:00:00Z", "History": [], "LocalLaw": "", "StatusName": "Introduced"}
    new |= {"EnactmentDate": "0001-01-01T00:00:00Z", "PassedDate": "0001-01-01T00:00:00Z"}
    live.city.matters.append(new)
    pass_time(live, hours=1)
    by_pages(live)
    found = one(live.engine, Matter, file_number="Int 1500-2026")
    assert (found.scope, found.source_id[:4]) == ("core", "web:")
    pass_time(live, hours=1)
    by_api(live)
    found = one(live.engine, Matter, file_number="Int 1500-2026")
    assert found.source_id == "80001"
    assert len(rows(live.engine, Matter)) == 4


def test_a_bill_that_is_amended_into_scope_comes_with_its_past(live: Live) -> None:
    bill = live.city.matters[0]
    title, live.city.matters = bill["Title"], [bill]
    bill |= {
        "Title": "A Local Law in relation to street trees",
        "Name": "Trees",
        "LastModified": "2026-02-01T00:00:00Z",
    }
    by_archive(live)
    assert one(live.engine, Matter).scope == "out"
    bill |= {"Title": title, "LastModified": "2026-02-10T14:00:00Z"}
    pass_time(live, hours=1)
    by_api(live)
    found = one(live.engine, Matter)
    assert found.scope == "core"
    assert len(rows(live.engine, Action)) == len(bill["History"])


# What goes wrong

FAULTS: dict[str, tuple[Fault, tuple[type[ScrapeError], ...]]] = {
    "403": (faults.refuse(), (Refused,)),
    "429": (faults.too_often("9999"), (Refused,)),
    "500": (faults.server_error(), (FetchFailed,)),
    "an error page that answers 200": (faults.error_page(), (FetchFailed, PageChanged)),
    "a redirect to the error page": (faults.to_error_page(), (FetchFailed, PageChanged, ScrapeError)),
    "gzip without its end": (faults.truncated_gzip(), (FetchFailed,)),
    "a body without its end": (faults.cut_short(), (FetchFailed,)),
    "an empty body": (faults.empty_body(), (FetchFailed, PageChanged)),
    "a captcha": (faults.captcha(), (Refused,)),
    "a bomb": (faults.bomb(20), (FetchFailed,)),
    "a redirect into a private network": (faults.to("http://10.0.0.1/"), (UnsafeAddress,)),
    "a redesign": (
        faults.redesign(lambda page: page.replace("ctl00_ContentPlaceHolder1_", "x_").replace("Matter", "Item")),
        (PageChanged,),
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", ["council-api", "council-web"])
def test_each_fault_is_named_in_its_run_and_what_is_held_stays(live: Live, name: str, fault: str) -> None:
    by_archive(live)
    before = held(live)
    pass_time(live, hours=1)
    broken, expected = FAULTS[fault]
    live.upstream.misbehave("/v1/" if name == "council-api" else ".aspx", broken)
    with pytest.raises(ScrapeError) as raised:
        ROADS[name](live)
    assert isinstance(raised.value, expected)
    run = rows(live.engine, Run, source=name)[-1]
    assert run.outcome == ("refused" if isinstance(raised.value, Refused) else "failed")
    assert raised.value.message in run.message
    assert held(live) == before
    live.upstream.behave()
    pass_time(live, hours=1)
    ROADS[name](live)
    assert rows(live.engine, Run, source=name)[-1].outcome == "ok"
    assert {row.kind for row in rows(live.engine, Change)} == {"appeared"}


def test_an_empty_search_for_new_bills_is_an_error_and_no_quiet_month(live: Live) -> None:
    by_archive(live)
    live.city.matters[0]["IntroDate"] = "2025-10-09T00:00:00Z"
    with pytest.raises(NothingFound, match="found none at all"):
        by_pages(live)


def test_without_a_token_it_says_where_there_is_one(live: Live) -> None:
    live.token = ""
    with pytest.raises(BadInput, match=r"council\.nyc\.gov/legislation/api"):
        by_api(live)


def test_a_wrong_token_is_a_refusal_that_names_the_place_and_not_the_token(live: Live) -> None:
    live.token = "wrong-token"
    with pytest.raises(Refused, match=r"council\.nyc\.gov/legislation/api") as refused:
        by_api(live)
    assert "wrong-token" not in str(refused.value) + rows(live.engine, Run)[-1].message


def test_one_bill_that_cannot_be_read_stops_neither_the_others_nor_the_next_try(live: Live) -> None:
    by_archive(live)
    for matter in live.city.matters:
        matter |= {"StatusName": "Filed", "LastModified": "2026-02-10T15:10:00Z"}
    pass_time(live, hours=1)
    live.upstream.misbehave("/matters/76557/", faults.server_error())
    by_api(live)
    assert [row.status for row in rows(live.engine, Matter)].count("Filed") == 2
    assert one(live.engine, Alert, subject="introduction/x/76557.json").message
    cursor = rows(live.engine, Run, source="council-api")[-1].cursor
    assert cursor == "|0|"
    live.upstream.behave()
    pass_time(live, hours=1)
    by_api(live)
    assert [row.status for row in rows(live.engine, Matter)].count("Filed") == 3
    assert rows(live.engine, Run, source="council-api")[-1].cursor.startswith("2026-02-03T15:10")


def test_a_bill_that_answers_404_is_gone_when_it_is_gone_on_another_day(live: Live) -> None:
    by_api(live)
    live.city.matters = [matter for matter in live.city.matters if matter["ID"] != 76557]
    for hours, removed in ((1, False), (1, False), (26, True)):
        pass_time(live, hours=hours)
        by_api(live)
        assert (one(live.engine, Matter, source_id="76557").removed_at is not None) is removed


def test_a_row_whose_roll_call_fails_for_ever_has_no_votes_and_is_no_outage(live: Live) -> None:
    bill = live.city.matters[0]
    passed = next(row for row in bill["History"] if row.get("PassedFlagName") == "Pass")
    passed["Votes"] = []
    by_api(live)
    assert rows(live.engine, Run)[-1].outcome == "ok"
    assert rows(live.engine, Alert) == []


def test_a_run_told_to_stop_stores_nothing_and_says_so(live: Live) -> None:
    live.stopped = True
    with pytest.raises(Stopped):
        by_api(live)
    assert [row.outcome for row in rows(live.engine, Run)] == ["stopped"]
    assert rows(live.engine, Matter) == []


def test_a_change_cites_every_answer_it_was_made_of_and_no_token(live: Live) -> None:
    by_api(live)
    with reading(live.engine) as session:
        digests = session.execute(sa.text("SELECT digest FROM capture")).scalars().all()
        addresses = session.execute(sa.text("SELECT address FROM response")).scalars().all()
    assert digests and all(live.archive.store.holds(digest) for digest in digests)
    assert not [address for address in addresses if "secret" in address]
    kept = b"".join(live.archive.store.get(digest) for digest in live.archive.store.digests())
    assert b"token" not in kept.lower()


def test_a_link_that_leads_nowhere_is_not_shown(live: Live) -> None:
    by_archive(live)
    live.upstream.misbehave("id=57404", faults.gone_page())
    by_pages(live)
    with reading(live.engine) as session:
        assert {number: link_is_missing(session, number) for number in ("76557", "57404", "53407")} == {
            "76557": False, "57404": True, "53407": False,
        }  # fmt: skip
    live.upstream.behave()
    pass_time(live, hours=1)
    by_pages(live)
    with reading(live.engine) as session:
        assert not link_is_missing(session, "57404")


def test_where_sources_disagree_readers_are_told_on_the_bills_page_and_on_the_sources_page(live: Live) -> None:
    by_api(live)
    live.city.matters[0]["StatusName"] = "Vetoed"
    pass_time(live, hours=1)
    by_archive(live)
    site = SiteSettings("T", "", "", rules_of(live.config, {}))
    client = create_app(live.engine, clock=live.clock.now, site=site).test_client()
    for address in ("/sources", "/matters/int-1412-2025"):
        page = " ".join(client.get(address).get_data(as_text=True).split())
        assert "Council API says “Enacted”" in page
        assert "Council records says “Vetoed”" in page


def test_the_hardest_files_end_in_the_same_stage_by_the_api_road_as_by_the_archives(
    record: sa.Engine, tmp_path: Path, data: Path
) -> None:
    """21 files whose 636 versions flicker, lose and regain laws, are renumbered or re-dated."""
    by_road = {"council-archive": record, "council-api": connect(f"sqlite:///{tmp_path}/api.db")}
    upgrade(by_road["council-api"])
    reader, seen = Reader(whole=True), {name: list[Observation]() for name in by_road}
    for _, row in json_lines(data / "legistar/revisions/revisions.jsonl.zst"):
        at = datetime.strptime(row["revision"][:15], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
        matter = row["matter"]
        records = {"council-archive": reader.parse_matter(matter), "council-api": asked_of_the_api(matter)}
        for name, made in records.items():
            if made is not None:
                seen[name].append(Observation(int(at.timestamp()), row["file"], row["revision"], "", made))
    for name, engine in by_road.items():
        dated = sorted(seen[name], key=lambda observation: observation.observed_at)
        ingest(engine, Source(name, "replay", "x", "", dated), RULE, lambda: START)
    stages = {
        name: {row.file_number: (row.stage, row.how, row.is_law, row.local_law) for row in rows(engine, Matter)}
        for name, engine in by_road.items()
    }
    by_road["council-api"].dispose()
    assert len(stages["council-api"]) >= 20
    assert stages["council-api"] == stages["council-archive"]


def asked_of_the_api(matter: Json) -> MatterRecord | None:
    """The record that the API's answers on this matter are read as."""
    votes = {
        str(row["ID"]): council_answers.parse_votes(answers.votes(matter, row["ID"]))
        for row in matter.get("History") or ()
        if row.get("Votes")
    }
    return council_answers.parse_matter(
        answers.matter(matter), answers.histories(matter), answers.sponsors(matter), answers.attachments(matter),
        matter.get("Text") or "", votes, "x",
    )  # fmt: skip
