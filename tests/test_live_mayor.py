"""Whole runs against a city on loopback: the Mayor's orders and news, and the collection of orders since 1974."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest
import sqlalchemy as sa
from archive_builder import one, rows, told
from live import Live, living
from upstream import faults
from upstream.city import City
from upstream.server import Fault, Reply, Request

from scrapers.errors import FetchFailed, NothingFound, PageChanged, Refused, ScrapeError, UnsafeAddress
from tracker.database import reading
from tracker.ingest import Result
from tracker.models import Action, Alert, Change, Matter, Relation, Run
from tracker.models.sources import Article, MayoralOrder
from tracker.scope import Rule
from tracker.sync import mayor as sync_mayor
from tracker.sync.archive import load_starter
from tracker.truth import trust_of

START = datetime(2026, 2, 10, 15, 0, tzinfo=UTC)
PDFS = "/content/dam/nycgov/mayors-office/downloads/pdf/executive-orders/2026"
END = "This order shall take effect immediately."
EO_13 = {
    "link": "/mayors-office/news/2026/02/executive-order-13.html",
    "title": "Executive Order No. 13",
    "date": "2026-02-06",
    "types": ["executive-orders"],
    "blocks": [
        "Download Executive Order 13",
        "Protecting New Yorkers from Abusive Immigration Enforcement",
        "WHEREAS, non-local law enforcement is asked for a judicial warrant before it enters non-public areas; and",
        "NOW, THEREFORE, by the power vested in me as Mayor, it is hereby ordered:",
        "Section 1. City agencies audit their policies on cooperation with immigration authorities.",
        f"Section 2. {END}",
        "Zohran Kwame Mamdani, Mayor",
    ],
}
RENEWAL = {
    "link": "/mayors-office/news/2026/02/emergency-executive-order-2-7.html",
    "title": "Emergency Executive Order 2.7",
    "date": "2026-02-09",
    "types": ["executive-orders"],
    "blocks": [],
    "pdf": f"{PDFS}/eeo-2.7.pdf",
    "pages": [
        "EMERGENCY EXECUTIVE ORDER No. 2.7\nFEBRUARY 9, 2026\nSection 1. Section 1 of Emergency Executive Order "
        f"No. 2.6, dated February 4, 2026, is hereby extended for five (5) days.\nSection 2. {END}\n"
        "Zohran Kwame Mamdani\nMayor",
    ],
}
RELEASE = {
    "link": "/mayors-office/news/2026/02/mayor-mamdani-releases-executive-order-13-report.html",
    "title": "Mayor Mamdani Releases Executive Order 13 Report",
    "date": "2026-02-08",
    "types": ["press-releases"],
    "blocks": ["What you should know", "City agencies say how they keep to the order and what they will change."],
}


def articles() -> list[dict[str, object]]:
    return [dict(EO_13), dict(RENEWAL), dict(RELEASE)]


@pytest.fixture
def live(record: sa.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Live]:
    # the orders in the starter record were gone through before these days, not after them
    monkeypatch.setattr("tracker.record.CURATED_AT", int((START - timedelta(days=9)).timestamp()))
    with living(record, tmp_path, City(articles=articles()), START) as made:
        yield made


def orders(live: Live) -> Result:
    with live.visit() as visit:
        return sync_mayor.read_orders(visit)


def news(live: Live) -> Result:
    with live.visit() as visit:
        return sync_mayor.read_news(visit)


def collection(live: Live, path: Path) -> Result:
    with live.visit() as visit:
        return sync_mayor.read_orders_archive(visit, str(path))


def starter(live: Live) -> None:
    load_starter(live.engine, Rule(live.config.scope), live.clock.now, trust_of(live.config.trust))


def pass_time(live: Live, **span: float) -> None:
    live.to(live.clock.now() + timedelta(**span))


def test_an_order_becomes_a_matter_with_its_text_from_the_article(live: Live) -> None:
    orders(live)
    order = one(live.engine, Matter, file_number="EO 13-2026")
    assert (order.scope, order.kind, order.issuer) == ("core", "Executive Order", "Mayor Zohran K. Mamdani")
    assert [(row.name, str(row.acted_on)) for row in rows(live.engine, Action, matter_id=order.id)] == [
        ("Order Signed", "2026-02-06")
    ]
    published = one(live.engine, MayoralOrder, key="2026-EO-013")
    assert (published.complete, published.address) == (True, live.upstream.base + str(EO_13["link"]))
    assert live.archive.store.holds(published.digest)


def test_an_order_without_words_in_its_article_is_read_from_its_pdf(live: Live) -> None:
    orders(live)
    published = one(live.engine, MayoralOrder, key="2026-EEO-2.7")
    assert (str(published.dated_on), published.pdf_address) == ("2026-02-09", live.upstream.base + str(RENEWAL["pdf"]))


def test_the_same_list_read_again_tells_nothing(live: Live) -> None:
    orders(live)
    before = told(live.engine)
    pass_time(live, hours=4)
    assert orders(live).changes == 0
    assert told(live.engine) == before


def test_what_courts_and_editors_know_of_an_order_stays_when_the_city_lists_it(live: Live) -> None:
    starter(live)
    before = {row.file_number: (row.status, row.scope, row.title) for row in rows(live.engine, Matter)}
    changes = len(rows(live.engine, Change))
    orders(live)
    after = {row.file_number: (row.status, row.scope, row.title) for row in rows(live.engine, Matter)}
    assert {number: after[number] for number in before} == before
    assert [change.kind for change in rows(live.engine, Change)[changes:]] == ["appeared"]  # the renewal's chain


def test_eo_50_was_issued_blocked_and_voided_each_with_its_source(live: Live) -> None:
    starter(live)
    order = one(live.engine, Matter, file_number="EO 50-2025")
    acts = rows(live.engine, Action, matter_id=order.id)
    assert [row.name for row in acts] == [
        "Order Signed", "Order Blocked", "Order Blocked", "Declared Void", "Order Revoked",
    ]  # fmt: skip
    assert all(row.url.startswith("https://") for row in acts)
    assert (order.status, order.stage, order.signer) == ("Void", "void", "First Deputy Mayor Randy Mastro")


def test_news_is_noted_once_and_orders_are_none_of_it(live: Live) -> None:
    assert news(live).read == 1
    noted = one(live.engine, Article)
    assert (noted.headline, str(noted.published_on), noted.kind) == (RELEASE["title"], "2026-02-08", "government")
    assert noted.excerpt == "City agencies say how they keep to the order and what they will change."
    pass_time(live, hours=4)
    assert news(live).message == "Nothing new."
    assert len(rows(live.engine, Article)) == 1


def test_a_month_without_orders_is_an_error(live: Live) -> None:
    live.city.articles = [article for article in live.city.articles if "executive-orders" not in article["types"]]
    with pytest.raises(NothingFound, match="emergency orders come every five days"):
        orders(live)
    assert rows(live.engine, Run)[-1].outcome == "failed"


def test_one_order_that_cannot_be_read_is_told_and_the_others_are_stored(live: Live) -> None:
    live.upstream.misbehave("executive-order-13", faults.server_error())
    result = orders(live)
    assert [row.key for row in rows(live.engine, MayoralOrder)] == ["2026-EEO-2.7"]
    assert [row.subject for row in rows(live.engine, Alert) if "executive-order-13" in row.subject]
    assert result.read == 1
    live.upstream.behave()
    pass_time(live, hours=4)
    orders(live)
    assert one(live.engine, Matter, file_number="EO 13-2026").scope == "core"


FAULTS: dict[str, tuple[Fault, tuple[type[ScrapeError], ...]]] = {
    "403": (faults.refuse(), (Refused,)),
    "429": (faults.too_often("9999"), (Refused,)),
    "500": (faults.server_error(), (FetchFailed,)),
    "a captcha": (faults.captcha(), (Refused,)),
    "an error page that answers 200": (faults.error_page(), (PageChanged,)),
    "gzip without its end": (faults.truncated_gzip(), (FetchFailed,)),
    "a body without its end": (faults.cut_short(), (FetchFailed,)),
    "an empty body": (faults.empty_body(), (PageChanged,)),
    "an empty list": (faults.empty_list(), (PageChanged,)),
    "a redesign": (faults.redesign(lambda text: text.replace("results", "items")), (PageChanged,)),
    "a redirect into a private network": (faults.to("http://192.168.0.1/"), (UnsafeAddress,)),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(("name", "road"), [("executive-orders", orders), ("mayor-news", news)])
def test_each_fault_is_named_in_its_run_and_what_is_held_stays(
    live: Live, name: str, road: Callable[[Live], Result], fault: str
) -> None:
    road(live)
    before = [tuple(row) for model in (Matter, Article, MayoralOrder) for row in rows(live.engine, model)]
    pass_time(live, hours=4)
    broken, expected = FAULTS[fault]
    live.upstream.misbehave("articlesearch.json", broken)
    with pytest.raises(ScrapeError) as raised:
        road(live)
    assert isinstance(raised.value, expected)
    run = rows(live.engine, Run, source=name)[-1]
    assert run.outcome == ("refused" if isinstance(raised.value, Refused) else "failed")
    assert raised.value.message in run.message
    assert [tuple(row) for model in (Matter, Article, MayoralOrder) for row in rows(live.engine, model)] == before


def test_a_site_whose_articles_all_refuse_is_down_and_not_empty(live: Live) -> None:
    def shut(request: Request, app: Callable[[Request], Reply]) -> Reply:
        return Reply(403, (), b"")

    live.upstream.misbehave("/news/", shut)
    with pytest.raises(FetchFailed, match="none could be read"):
        orders(live)


# The collection since 1974


def order_row(key: str, text: str, **more: object) -> dict[str, object]:
    year, series, number = key.split("-")
    row = {
        "eo_id": key, "number": number, "year": int(year), "is_emergency": series == "EEO", "date_signed": "",
        "mayor": "Bloomberg", "title": "", "source_pdf_url": "", "text_source": "born-digital", "page_count": 1,
        "text_quality": "clean", "text": text,
    }  # fmt: skip
    return row | more


def test_a_later_order_tells_on_the_earlier_ones_page_what_it_did(live: Live, tmp_path: Path) -> None:
    path = tmp_path / "orders.jsonl"
    first = order_row(
        "2003-EO-034",
        "EXECUTIVE ORDER NO. 34\nMAY 13, 2003\nCITY POLICY CONCERNING IMMIGRANT ACCESS TO CITY SERVICES\n"
        f"Section 1. {END}\nMICHAEL R. BLOOMBERG\nMAYOR",
        date_signed="2003-05-13",
    )
    second = order_row(
        "2003-EO-041",
        "EXECUTIVE ORDER NO. 41\nSEPTEMBER 17, 2003\nCITY-WIDE PRIVACY POLICY\nSection 4. Section 2 of Executive Order "
        f"No. 34, dated May 13, 2003, is amended to read as follows.\nSection 5. {END}\nMICHAEL R. BLOOMBERG\nMAYOR",
        date_signed="2003-09-17",
    )
    path.write_bytes(orjson.dumps(first) + b"\n" + orjson.dumps(second) + b"\n")
    collection(live, path)
    order = one(live.engine, Matter, file_number="EO 34-2003")
    assert [(row.name, str(row.acted_on)) for row in rows(live.engine, Action, matter_id=order.id)] == [
        ("Order Signed", "2003-05-13"),
        ("Order Amended", "2003-09-17"),
    ]
    relation = one(live.engine, Relation)
    assert (relation.earlier, relation.later, relation.kind) == ("EO 34-2003", "EO 41-2003", "amends")


def test_what_the_citys_page_said_goes_before_the_collection(live: Live, tmp_path: Path) -> None:
    orders(live)
    path = tmp_path / "orders.jsonl"
    text = f"EXECUTIVE ORDER NO. 13\nFEBRUARY 6, 2026\nPROTECTING\nSection 1. {END}\nZohran Kwame Mamdani\nMayor"
    path.write_bytes(orjson.dumps(order_row("2026-EO-013", text, mayor="Mamdani", date_signed="2026-02-06")) + b"\n")
    pass_time(live, hours=1)
    collection(live, path)
    assert one(live.engine, MayoralOrder, key="2026-EO-013").source == "executive-orders"
    assert "judicial warrant" in one(live.engine, MayoralOrder, key="2026-EO-013").text


def test_all_2291_orders_load_and_a_second_reading_tells_nothing(live: Live, data: Path) -> None:
    path = data / "executive_orders/orders.jsonl.zst"
    starter(live)
    collection(live, path)
    assert len(rows(live.engine, MayoralOrder)) == 2291
    held = rows(live.engine, Matter)
    assert sum(row.kind == "Executive Order" for row in held) == 974
    assert {row.file_number for row in held if row.scope == "core" and row.kind == "Executive Order"} == {
        "EO 124-1989", "EO 34-2003", "EO 41-2003", "EO 50-2025", "EO 1-2026", "EO 13-2026",
    }  # fmt: skip
    revoked = {row.earlier for row in rows(live.engine, Relation, later="EO 1-2026", kind="revokes")}
    assert "EO 50-2025" in revoked
    assert not revoked & {"EO 34-2003", "EO 41-2003"}
    chain = one(live.engine, Matter, file_number="EEO 224-2022")
    assert len(rows(live.engine, Action, matter_id=chain.id)) > 200
    pass_time(live, hours=1)
    assert collection(live, path).changes == 0
    with reading(live.engine) as session:
        assert session.execute(sa.text("SELECT count(*) FROM disagreement")).scalar() == 0
