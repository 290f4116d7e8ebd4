"""Sent digests on the web: what all who follow the subject were told, and nothing of what one person follows."""

import golden
import pytest
import sqlalchemy as sa
from sqlmodel import col, select
from test_subscribers import READER, Desk

from tracker.models import Change
from tracker.models_digests import Delivery, Digest, DigestChange
from tracker.models_mail import Subscriber
from tracker.subscribing import Wanted
from tracker.web import SiteSettings, create_app

TRACKED, MEASURE = Wanted("tracked", "", "daily"), Wanted("matter", "Int 1412-2025", "daily")


class Archive:
    """A site, and digests put into its outbox by hand."""

    def __init__(self, engine: sa.Engine) -> None:
        golden.fill(engine)
        self.desk = Desk(engine)
        self.client = create_app(engine, clock=lambda: golden.NOW, site=SiteSettings()).test_client()
        self.number = 0

    def subscriber(self, address: str, *wanted: Wanted) -> int:
        self.desk.confirm(self.desk.ask(*wanted, address=address))
        with self.desk.open() as session:
            found = self.desk.who(session, address)
            assert found is not None and found.id is not None
            return found.id

    def digest(self, subscriber_id: int, told: dict[int, str], slot: str = "2026-02-10", state: str = "sent") -> None:
        self.number += 1
        period = "weekly" if "W" in slot else "daily"
        with self.desk.open() as session:
            session.add(
                Digest(id=self.number, subscriber_id=subscriber_id, period=period, slot=slot, subject="private",
                       composed_at=golden.NOW, upto_change_id=max(told))
            )  # fmt: skip
            session.flush()
            session.add(
                Delivery(subscriber_id=subscriber_id, kind="digest", digest_id=self.number, state=state,
                         message_id=f"digest-{self.number}", queued_at=golden.NOW)
            )  # fmt: skip
            session.add_all(
                DigestChange(subscriber_id=subscriber_id, change_id=change, digest_id=self.number, reasons=reasons)
                for change, reasons in told.items()
            )

    def changes(self, file_number: str, *, other: bool = False) -> list[int]:
        fits = col(Change.file_number) != file_number if other else col(Change.file_number) == file_number
        with self.desk.open() as session:
            return list(session.scalars(select(Change.id).where(fits).order_by(col(Change.id))))


@pytest.fixture
def archive(database: sa.Engine) -> Archive:
    return Archive(database)


def test_what_the_whole_subject_was_told_is_shown_without_an_address(archive: Archive) -> None:
    public, private = archive.changes("Int 1412-2025")[0], archive.changes("Int 1412-2025", other=True)[0]
    reader = archive.subscriber(READER, TRACKED, MEASURE)
    archive.digest(reader, {public: "matter Int 1412-2025\ntracked", private: "search my own words"})
    assert 'href="/digests/2026-02-10"' in archive.client.get("/digests").text
    page = archive.client.get("/digests/2026-02-10")
    with archive.desk.open() as session:
        hidden = session.get_one(Change, private).file_number
    assert (page.status_code, "Int 1412-2025" in page.text) == (200, True)
    for secret in ("reader@", "my own words", "private", hidden):
        assert secret not in page.text


def test_several_readers_of_one_slot_make_one_page(archive: Archive) -> None:
    first, second = archive.changes("Int 1412-2025")[:2]
    archive.digest(archive.subscriber(READER, TRACKED), {first: "tracked"}, "2026-W07")
    archive.digest(archive.subscriber("other@example.org", TRACKED), {first: "core", second: "core"}, "2026-W07")
    assert archive.client.get("/digests").text.count('href="/digests/2026-W07"') == 1
    page = archive.client.get("/digests/2026-W07").text
    assert "weekly digest" in page and page.count('<span class="meta">') >= 2


@pytest.mark.parametrize(
    ("reasons", "state"),
    [
        ("matter Int 1412-2025", "sent"),
        ("search core", "sent"),
        ("search tracked\nstage law", "sent"),
        ("core", "queued"),
    ],
)
def test_what_one_person_follows_or_was_not_sent_is_no_digest_for_all(
    archive: Archive, reasons: str, state: str
) -> None:
    reader = archive.subscriber(READER, TRACKED)
    archive.digest(reader, {archive.changes("Int 1412-2025")[0]: reasons}, state=state)
    assert "None was sent yet" in archive.client.get("/digests").text
    assert archive.client.get("/digests/2026-02-10").status_code == 404


@pytest.mark.parametrize("slot", ["x", "%00", "2026-02-31x", "run-1", "..", "2026-13-45", "٢٠٢٦-02-10"])
def test_what_is_no_slot_is_not_found(archive: Archive, slot: str) -> None:
    assert archive.client.get(f"/digests/{slot}").status_code == 404


def test_a_page_of_sent_digests_may_be_kept_for_a_minute(archive: Archive) -> None:
    assert archive.client.get("/digests").headers["Cache-Control"] == "public, max-age=60"
    with archive.desk.open() as session:
        assert session.scalars(select(Subscriber)).first() is None
