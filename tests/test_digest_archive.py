"""Digests on the web: what all who follow the subject were told, and nothing of what one person follows."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from digest_builder import NOW, add_change, add_matter, add_run, ledger, subscribe
from flask.testing import FlaskClient
from sqlmodel import select

from tracker.database import writing
from tracker.digests.composing import compose
from tracker.models.digests import DigestRun
from tracker.models.mail import Subscriber
from tracker.subscription.subscribers import delete
from tracker.web import SiteSettings, create_app

DAY = timedelta(days=1)


def client(engine: sa.Engine) -> FlaskClient:
    return create_app(engine, clock=lambda: NOW, site=SiteSettings()).test_client()


def test_a_digest_stands_on_the_web_whether_or_not_anybody_follows(database: sa.Engine) -> None:
    run = add_run(database)
    add_change(database, run, add_matter(database))
    other = add_matter(database, "Int 9-2026", scope="out")
    add_change(database, run, other, file_number="Int 9-2026")
    compose(database, "daily", NOW)
    assert 'href="/digests/2026-03-02"' in client(database).get("/digests").text
    page = client(database).get("/digests/2026-03-02")
    assert (page.status_code, "Int 1412-2025" in page.text, "Int 9-2026" in page.text) == (200, True, False)


def test_it_says_what_those_who_follow_the_subject_were_told(database: sa.Engine) -> None:
    reader = subscribe(database, ("tracked", ""))
    changes = []
    for number, scope in ((1, "core"), (2, "related"), (3, "out")):
        key = add_matter(database, f"Int {number}-2026", scope=scope)
        changes.append(add_change(database, add_run(database), key, file_number=f"Int {number}-2026"))
    compose(database, "daily", NOW)
    told = ledger(database, reader)
    page = client(database).get("/digests/2026-03-02").text
    assert told == changes[:2]
    assert [f"Int {number}-2026" in page for number in (1, 2, 3)] == [True, True, False]


def test_each_change_stands_in_one_digest_of_its_period(database: sa.Engine) -> None:
    key = add_matter(database)
    add_change(database, add_run(database), key, after="Approved by Committee")
    compose(database, "daily", NOW)
    compose(database, "daily", NOW + timedelta(hours=1))
    add_change(database, add_run(database), key, after="Approved by Council")
    compose(database, "daily", NOW + DAY)
    compose(database, "weekly", NOW + DAY)
    site = client(database)
    first, second, week = (site.get(f"/digests/{slot}").text for slot in ("2026-03-02", "2026-03-03", "2026-W10"))
    assert ("by Committee" in first, "by Council" in first) == (True, False)
    assert ("by Committee" in second, "by Council" in second) == (False, True)
    assert second.count("<li>") < week.count("<li>")
    assert "weekly digest" in week
    assert site.get("/digests").text.count('href="/digests/20') == 3


def test_whoever_leaves_takes_no_digest_along(record: sa.Engine) -> None:
    reader = subscribe(record, ("tracked", ""))
    add_change(record, add_run(record), add_matter(record))
    compose(record, "daily", NOW)
    before = client(record).get("/digests/2026-03-02").text
    with writing(record) as session:
        delete(session, session.get_one(Subscriber, reader))
    assert client(record).get("/digests/2026-03-02").text == before


def test_what_single_readers_follow_is_not_shown(record: sa.Engine) -> None:
    subscribe(record, ("search", "my own words"), ("matter", "Int 9-2026"))
    key = add_matter(record, "Int 9-2026", scope="out")
    add_change(record, add_run(record), key, file_number="Int 9-2026")
    assert compose(record, "daily", NOW).digests == 1
    assert "None was written yet" in client(record).get("/digests").text
    assert client(record).get("/digests/2026-03-02").status_code == 404


def test_a_day_without_news_and_mail_as_it_happens_make_no_page(record: sa.Engine) -> None:
    compose(record, "daily", NOW)
    add_change(record, add_run(record), add_matter(record))
    compose(record, "now", NOW)
    assert "None was written yet" in client(record).get("/digests").text
    with writing(record) as session:
        assert len(session.scalars(select(DigestRun)).all()) == 2


@pytest.mark.parametrize("slot", ["x", "%00", "2026-02-31x", "run-1", "..", "2026-13-45", "٢٠٢٦-02-10"])
def test_what_is_no_slot_is_not_found(record: sa.Engine, slot: str) -> None:
    assert client(record).get(f"/digests/{slot}").status_code == 404


def test_a_page_of_digests_may_be_kept_for_a_minute(record: sa.Engine) -> None:
    assert client(record).get("/digests").headers["Cache-Control"] == "public, max-age=60"
