"""From the form to a digest and to its end, over a real mail server on loopback; and many people at once."""

import re
import threading
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from digest_builder import SEAL, SECRET, SITE, add_change, add_matter, add_run, parsed, reading_of, tools
from flask import Flask
from sqlmodel import select
from test_mail import Inbox, server
from test_subscribers import READER, RULES, Desk

from tracker.digests.composing import compose
from tracker.mail.sender import send
from tracker.models.mail import Attempt, Subscriber, Subscription
from tracker.web import SiteSettings, create_app

FORM = {"address": READER, "follow": "core", "period": "daily"}


class Town:
    """A site, its outbox and a mail server, at one moment after another."""

    def __init__(self, engine: sa.Engine) -> None:
        self.desk, self.inbox, self.matter = Desk(engine), Inbox(), 0
        settings = SiteSettings(base_url=SITE.base_url, subscribing=RULES)
        self.app: Flask = create_app(engine, clock=lambda: self.desk.now, site=settings, secret=SECRET)
        self.client = self.app.test_client()

    def post(self) -> list[dict[str, str]]:
        """Send what waits; the links of each new mail, by their first part."""
        before = len(self.inbox.taken)
        with server(self.inbox) as port:
            send(self.desk.engine, tools(port), lambda: self.desk.now)
        links = []
        for envelope in self.inbox.taken[before:]:
            text = reading_of(parsed(envelope.content), "plain")
            found = re.findall(r"https://[^\s<>]+", text)
            paths = [urlsplit(link).path for link in found]
            links.append({path.split("/")[1]: path for path in paths if path.count("/") > 1})
        return links

    def something_happens(self) -> None:
        engine = self.desk.engine
        self.matter = self.matter or add_matter(engine)
        add_change(engine, add_run(engine), self.matter)


@pytest.fixture
def town(database: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> Town:
    monkeypatch.setattr("test_subscribers.SEAL", SEAL)
    return Town(database)


def test_the_whole_way_by_mail(town: Town) -> None:
    assert town.client.post("/subscribe", data=FORM).status_code == 202
    (confirm,) = town.post()
    assert town.client.post(confirm["subscribe"]).status_code == 200
    town.something_happens()
    town.desk.now += timedelta(days=1)
    assert compose(town.desk.engine, "daily", town.desk.now).digests == 1
    (digest,) = town.post()
    assert "What you follow" in town.client.get(digest["subscriptions"]).text
    slot = town.client.get("/digests").text
    assert re.search(r'href="/digests/\d{4}-\d\d-\d\d"', slot)
    ended = town.client.post(digest["unsubscribe"], data={"List-Unsubscribe": "One-Click"})
    assert (ended.status_code, town.desk.state()) == (200, "ended")
    town.something_happens()
    town.desk.now += timedelta(days=1)
    assert compose(town.desk.engine, "daily", town.desk.now).digests == 0
    assert town.post() == []


def test_what_waits_for_somebody_who_ended_or_deleted_is_not_sent(town: Town) -> None:
    town.client.post("/subscribe", data=FORM)
    (confirm,) = town.post()
    town.client.post(confirm["subscribe"])
    town.something_happens()
    town.desk.now += timedelta(days=1)
    compose(town.desk.engine, "daily", town.desk.now)
    town.client.post(confirm["unsubscribe"])
    assert town.post() == []


def test_many_who_sign_the_same_address_up_at_once_make_one_of_it(town: Town) -> None:
    codes: list[int] = []

    def ask() -> None:
        codes.append(town.app.test_client().post("/subscribe", data=FORM).status_code)

    at_once(ask, 6)
    assert codes == [202] * 6
    with town.desk.open() as session:
        assert len(session.scalars(select(Subscriber)).all()) == 1
        assert len(session.scalars(select(Subscription)).all()) == 1
        assert len(session.scalars(select(Attempt)).all()) == 3 * RULES.address_per_hour
    assert len(town.desk.mails("confirm")) == RULES.address_per_hour


def test_a_button_that_is_pressed_twice_at_once_counts_once(town: Town) -> None:
    town.client.post("/subscribe", data=FORM)
    (confirm,) = town.post()
    codes: list[int] = []

    def press() -> None:
        codes.append(town.app.test_client().post(confirm["subscribe"]).status_code)

    at_once(press, 4)
    assert sorted(codes) == [200, 410, 410, 410]


def at_once(act: object, times: int) -> None:
    threads = [threading.Thread(target=act) for _ in range(times)]  # type: ignore[arg-type]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
