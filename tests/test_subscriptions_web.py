"""Following by e-mail on the web: what each page says and does, and what it never does."""

import json
import re
from datetime import timedelta

import golden
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select
from test_sender import complaint
from test_subscribers import CORE, LAW, RULES, SECRET, Desk
from werkzeug.test import TestResponse

from tracker.models.digests import Delivery
from tracker.models.mail import FOLLOWED, PERIODS, Attempt, SpentToken, Subscriber, Subscription, Suppression
from tracker.web import SiteSettings, create_app

FORM = {"address": "reader@example.org", "follow": "core", "period": "daily"}
LOOSE = RULES.model_copy(update={"network_per_hour": 1000, "all_per_hour": 1000, "address_per_hour": 1000,
                                 "address_per_day": 1000})  # fmt: skip


class Stand:
    """A site over a golden record, with a clock that can be set."""

    def __init__(self, engine: sa.Engine, rules: object = LOOSE) -> None:
        golden.fill(engine)
        self.desk = Desk(engine)
        self.desk.now = golden.NOW
        settings = SiteSettings(
            base_url="https://tracker.example.org", contact="editor@example.org", subscribing=rules,  # type: ignore
            bounce_token="a shared token",
        )  # fmt: skip
        self.app: Flask = create_app(engine, clock=lambda: self.desk.now, site=settings, secret=SECRET)
        self.client: FlaskClient = self.app.test_client()

    def rows(self) -> dict[str, object]:
        """All that is stored of subscribers, to compare before and after."""
        with self.desk.open() as session:
            tables = (Subscriber, Subscription, SpentToken, Delivery, Attempt)
            return {
                table.__name__: [row.model_dump() for row in session.scalars(select(table)).all()] for table in tables
            }


@pytest.fixture
def stand(record: sa.Engine) -> Stand:
    return Stand(record)


@pytest.fixture
def both(database: sa.Engine) -> Stand:
    """On both databases."""
    return Stand(database)


def words(response: TestResponse) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.text).split())


def test_from_the_form_to_the_end_of_all_mail(both: Stand) -> None:
    asked = both.client.post("/subscribe", data=FORM | {"matter": "int 1412-2025", "q": "judicial warrant"})
    assert (asked.status_code, "Look into your mailbox" in asked.text) == (202, True)
    token = both.desk.confirm_token(both.desk.mails("confirm")[0])
    page = both.client.get(f"/subscribe/confirm/{token}")
    assert "Bills and orders with the words “judicial warrant”" in page.text
    assert both.desk.follows() == set()
    begun = both.client.post(f"/subscribe/confirm/{token}")
    assert begun.status_code == 200
    assert both.desk.follows() == {
        CORE, ("matter", "Int 1412-2025", "daily"), ("search", "judicial warrant", "daily"),
    }  # fmt: skip
    own = re.search(r'href="(/subscriptions/[^"]+)"', begun.text)
    assert own is not None
    mine = both.client.get(own[1])
    assert "For reader@example.org" in mine.text
    end = re.search(r'href="(/unsubscribe/[^"]+)"', mine.text)
    assert end is not None
    assert both.client.post(end[1]).status_code == 200
    assert (both.desk.state(), both.client.get(own[1]).status_code) == ("ended", 410)


def test_the_answer_says_nothing_of_what_is_held(both: Stand) -> None:
    desk = both.desk
    for state in ("pending", "active", "ended", "never", "bounced"):
        address = f"{state}@example.org"
        token = desk.ask(CORE, address=address)
        if state in ("active", "bounced"):
            desk.confirm(token)
        if state in ("ended", "never"):
            desk.unsubscribe(desk.link("unsubscribe", address), never_again=state == "never")
        if state == "bounced":
            desk.bounce(address)
    for path in ("/subscribe", "/subscribe/link"):
        answers = set()
        for state in ("unknown", "pending", "active", "ended", "never", "bounced"):
            for follow in ("core", "orders"):
                answer = both.client.post(path, data=FORM | {"address": f"{state}@example.org", "follow": follow})
                answers.add((answer.status_code, answer.text, tuple(sorted(answer.headers))))
        assert len(answers) == 1
    written = {mail.subscriber_id for mail in desk.mails("confirm") if mail.state == "queued"}
    with desk.open() as session:
        for state in ("never", "bounced"):
            subscriber = desk.who(session, f"{state}@example.org")
            assert subscriber is not None and subscriber.id not in written


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_looking_changes_nothing(stand: Stand, method: str) -> None:
    confirm = stand.desk.ask(CORE)
    stand.desk.active(LAW)
    manage, end = stand.desk.link("manage"), stand.desk.link("unsubscribe")
    before = stand.rows()
    for path in (
        "/subscribe", f"/subscribe/confirm/{confirm}", f"/subscriptions/{manage}", f"/subscriptions/{manage}/delete",
        f"/subscriptions/{manage}/data.json", f"/unsubscribe/{end}",
    ):  # fmt: skip
        assert getattr(stand.client, method)(path).status_code == 200, path
    assert stand.rows() == before


@pytest.mark.parametrize("body", [{}, {"List-Unsubscribe": "One-Click"}, {"x": "y"}])
def test_one_post_from_anywhere_ends_all_mail_and_a_second_does_no_harm(stand: Stand, body: dict[str, str]) -> None:
    stand.desk.active(CORE, LAW)
    end = f"/unsubscribe/{stand.desk.link('unsubscribe')}"
    foreign = {"Origin": "https://mail.example.com", "Sec-Fetch-Site": "cross-site"}
    for _ in range(2):
        answer = stand.client.post(end, data=body, headers=foreign)
        assert (answer.status_code, "No more mail" in answer.text) == (200, True)
        assert "Location" not in answer.headers and "Set-Cookie" not in answer.headers
    assert stand.desk.state() == "ended"


def test_pressing_the_confirm_button_twice_changes_nothing_and_says_so(stand: Stand) -> None:
    token = stand.desk.ask(CORE)
    assert stand.client.post(f"/subscribe/confirm/{token}").status_code == 200
    before = stand.rows()
    again = stand.client.post(f"/subscribe/confirm/{token}")
    assert again.status_code == 410
    assert "used already" in again.text and "pressing again changes nothing" in again.text
    assert stand.rows() == before


def test_links_that_are_forged_old_spent_or_for_something_else_are_refused_in_plain_words(stand: Stand) -> None:
    confirm = stand.desk.ask(CORE)
    stand.desk.active(LAW)
    manage, end = stand.desk.link("manage"), stand.desk.link("unsubscribe")
    before = stand.rows()
    for path in (
        f"/subscribe/confirm/{manage}", f"/subscribe/confirm/{end}", f"/subscribe/confirm/{confirm[:-2]}",
        f"/subscriptions/{confirm}", f"/subscriptions/{end}", f"/subscriptions/{manage}x", "/subscriptions/x",
        f"/unsubscribe/{manage}", f"/unsubscribe/{confirm}", "/unsubscribe/x",
    ):  # fmt: skip
        for answer in (stand.client.get(path), stand.client.post(path)):
            assert (answer.status_code, "not one of ours" in answer.text) == (410, True), path
    stand.desk.now += timedelta(hours=49)
    assert "too old" in stand.client.post(f"/subscribe/confirm/{confirm}").text
    assert stand.rows() == before


def test_ten_thousand_sign_ups_from_one_network_are_refused_and_nothing_is_sent(record: sa.Engine) -> None:
    stand = Stand(record, RULES.model_copy(update={"all_per_hour": 1000}))
    refused = 0
    for number in range(10_000):
        data = FORM | {"address": f"reader{number}@example.org"}
        answer = stand.client.post("/subscribe", data=data, environ_base={"REMOTE_ADDR": f"2001:db8::{number:x}"})
        refused += answer.status_code == 429
    assert refused == 10_000 - 20
    assert "too many sign-ups from your network" in answer.text
    assert 0 < int(answer.headers["Retry-After"]) <= 3600
    assert len(stand.desk.mails("confirm")) == 20
    with stand.desk.open() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Subscriber)) == 20
        assert session.scalar(sa.select(sa.func.count()).select_from(Attempt)) == 3 * 20
    elsewhere = stand.client.post("/subscribe", data=FORM, environ_base={"REMOTE_ADDR": "2001:db8:0:1::1"})
    assert elsewhere.status_code == 202


def test_what_a_reader_says_of_itself_is_not_believed_without_a_proxy(record: sa.Engine) -> None:
    stand = Stand(record, LOOSE.model_copy(update={"network_per_hour": 1}))
    codes = [
        stand.client.post("/subscribe", data=FORM, headers={"X-Forwarded-For": f"192.0.2.{number}"}).status_code
        for number in range(2)
    ]
    assert codes == [202, 429]


def test_one_mailbox_gets_few_mails_and_the_asker_sees_no_difference(record: sa.Engine) -> None:
    stand = Stand(record, LOOSE.model_copy(update={"address_per_hour": 2}))
    answers = {stand.client.post("/subscribe", data=FORM).text for _ in range(5)}
    assert (len(answers), len(stand.desk.mails("confirm"))) == (1, 2)


def test_a_robot_that_fills_in_what_people_do_not_see_gets_the_usual_answer_and_no_mail(stand: Stand) -> None:
    trapped = stand.client.post("/subscribe", data=FORM | {"homepage": "http://x"})
    assert not stand.desk.mails("confirm")
    assert (trapped.status_code, trapped.text) == (202, stand.client.post("/subscribe", data=FORM).text)


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://example.com"},
     {"Origin": "null"}],
)  # fmt: skip
def test_a_form_of_another_site_is_not_taken(stand: Stand, headers: dict[str, str]) -> None:
    for path in ("/subscribe", "/subscribe/link"):
        answer = stand.client.post(path, data=FORM, headers=headers)
        assert (answer.status_code, "another site" in answer.text) == (403, True)
    assert not stand.desk.mails("confirm")


@pytest.mark.parametrize(
    "headers",
    [{}, {"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}, {"Origin": "https://tracker.example.org"}],
)
def test_our_own_form_is_taken_from_every_browser(stand: Stand, headers: dict[str, str]) -> None:
    assert stand.client.post("/subscribe", data=FORM, headers=headers).status_code == 202


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"address": "reader"}, "not an address we can write to"),
        ({"address": "a@example.org\r\nBcc: b@example.org"}, "not an address we can write to"),
        ({"address": ""}, "Give a mail address"),
        ({"follow": ""}, "Choose at least one thing"),
        ({"follow": "everything"}, "Choose at least one thing"),
        ({"matter": "Int 9999-2025"}, "We hold no measure with this number"),
        ({"matter": "' OR 1=1 --"}, "We hold no measure with this number"),
        ({"section": "admin 0-000"}, "Choose one of those in the list"),
        ({"stage": "elsewhere"}, "Choose one of those in the list"),
        ({"q": "see example.org"}, "Use plain words for a search"),
    ],
)
def test_what_is_wrong_with_a_form_is_said_beside_it_and_nothing_is_lost(
    stand: Stand, given: dict[str, str], sentence: str
) -> None:
    answer = stand.client.post("/subscribe", data=FORM | {"period": "weekly"} | given)
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert 'value="weekly" checked' in answer.text
    assert not stand.desk.mails("confirm")


@pytest.mark.parametrize(
    "hostile",
    ['"><script>alert(1)</script>', "'; DROP TABLE subscriber; --", "%' OR '1'='1", "NEAR(a b)", "{{ 7*7 }}",
     "* AND *", "«§ 9-131»"],
)  # fmt: skip
def test_hostile_words_of_a_search_are_words(both: Stand, hostile: str) -> None:
    given = both.client.post("/subscribe", data=FORM | {"follow": "", "q": hostile})
    assert "<script>" not in given.text
    if given.status_code == 202:
        both.desk.confirm(both.desk.confirm_token(both.desk.mails("confirm")[0]))
        page = both.client.get(f"/subscriptions/{both.desk.link('manage')}")
        assert page.status_code == 200 and "<script>" not in page.text and "49" not in words(page)
    assert "<script>" not in both.client.get("/subscribe", query_string={"q": hostile}).text


def test_links_of_other_pages_fill_the_form_in(stand: Stand) -> None:
    assert 'value="Int 1412-2025"' in stand.client.get("/subscribe?matter=int-1412-2025").text
    assert 'value="hearings" checked' in stand.client.get("/subscribe?follow=hearings").text
    assert 'value="law" selected' in stand.client.get("/subscribe?stage=law").text
    assert 'value="judicial warrant"' in stand.client.get("/subscribe?q=judicial+warrant").text
    assert 'value="tracked" checked' in stand.client.get("/subscribe?matter=nothing&section=x&stage=y&follow=z").text
    assert "/subscribe?matter=int-1412-2025" in stand.client.get("/matters/int-1412-2025").text
    assert "/subscribe?q=jail" in stand.client.get("/matters?q=jail").text
    for page in ("/", "/calendar"):
        assert "/subscribe?follow=" in stand.client.get(page).text
    section = re.search(r'href="(/subscribe\?section=[^"]+)"', stand.client.get("/sections").text)
    assert section is not None
    assert re.search(r'<option value="[^"]+" selected>§', stand.client.get(section[1]).text)


# one way to choose each kind on the form, and what is then followed; a new kind must be added here
CHOICES = {
    "core": ({"follow": "core"}, ""),
    "tracked": ({"follow": "tracked"}, ""),
    "hearings": ({"follow": "hearings"}, ""),
    "orders": ({"follow": "orders"}, ""),
    "introductions": ({"follow": "introductions"}, ""),
    "matter": ({"matter": "Int. No. 1412-2025"}, "Int 1412-2025"),
    "section": ({"section": "admin 9-131"}, "admin 9-131"),
    "stage": ({"stage": "law"}, "law"),
    "search": ({"q": "judicial warrant"}, "judicial warrant"),
}


@pytest.mark.parametrize(("kind", "period"), [*zip(FOLLOWED, PERIODS * 3, strict=True)])
def test_each_kind_is_chosen_on_the_form_and_on_ones_own_page_in_each_period(
    stand: Stand, kind: str, period: str
) -> None:
    chosen, value = CHOICES[kind]
    form = stand.client.get("/subscribe").text
    ((field, typed),) = chosen.items()
    assert f'name="{field}"' in form and f'name="period" value="{period}"' in form
    assert field in ("matter", "q") or f'value="{typed}"' in form
    asked = stand.client.post("/subscribe", data={"address": "reader@example.org", "period": period, **chosen})
    assert asked.status_code == 202
    stand.desk.confirm(stand.desk.confirm_token(stand.desk.mails("confirm")[0]))
    assert stand.desk.follows() == {(kind, value, period)}
    page = f"/subscriptions/{stand.desk.link('manage')}"
    row = re.search(r'name="end" value="(\d+)"', stand.client.get(page).text)
    assert row is not None
    stand.client.post(page, data={"end": row[1]})
    assert stand.desk.follows() == set()
    assert stand.client.post(f"{page}/add", data={"period": period, **chosen}).status_code == 303
    assert stand.desk.follows() == {(kind, value, period)}


def test_one_s_own_page_changes_adds_pauses_and_goes_on(stand: Stand) -> None:
    stand.desk.active(CORE, LAW)
    page = f"/subscriptions/{stand.desk.link('manage')}"
    rows = re.findall(r'name="end" value="(\d+)"', stand.client.get(page).text)
    assert len(rows) == 2
    saved = stand.client.post(page, data={f"period-{rows[0]}": "now", "end": rows[1], "quiet": "yes"})
    assert (saved.status_code, saved.headers["Location"]) == (303, f"{page}?done=saved")
    assert stand.desk.follows() == {CORE._replace(period="now")}
    assert (
        stand.client.post(
            page, data={f"period-{rows[0]}": "hourly", "end": "x", "period-" + "9" * 5000: "now"}
        ).status_code
        == 303
    )
    assert stand.desk.follows() == {CORE._replace(period="now")}
    added = stand.client.post(f"{page}/add", data={"matter": "Int 1412-2025", "period": "weekly"})
    assert added.status_code == 303
    assert ("matter", "Int 1412-2025", "weekly") in stand.desk.follows()
    assert "We hold no measure" in stand.client.post(f"{page}/add", data={"matter": "Int 1-1900"}).text
    stand.client.post(f"{page}/pause")
    assert stand.desk.state() == "paused" and "All mail is paused" in stand.client.get(page).text
    stand.client.post(f"{page}/resume")
    assert stand.desk.state() == "active"


def test_nobody_ends_what_another_follows(stand: Stand) -> None:
    stand.desk.active(CORE)
    stand.desk.confirm(stand.desk.ask(LAW, address="other@example.org"))
    with stand.desk.open() as session:
        ids = session.scalars(select(Subscription.id)).all()
    data = {f"period-{row}": "now" for row in ids} | {"end": ids}
    stand.client.post(f"/subscriptions/{stand.desk.link('manage', 'other@example.org')}", data=data)
    assert (stand.desk.follows(), stand.desk.follows("other@example.org")) == ({CORE}, set())


def test_the_owner_reads_and_deletes_all_that_is_held(stand: Stand) -> None:
    stand.desk.active(CORE)
    page = f"/subscriptions/{stand.desk.link('manage')}"
    told = stand.client.get(f"{page}/data.json")
    held = json.loads(told.text)
    assert (held["address"], [row["kind"] for row in held["subscriptions"]]) == ("reader@example.org", ["core"])
    assert [mail["kind"] for mail in held["mails"]] == ["confirm"]
    assert "attachment" in told.headers["Content-Disposition"]
    assert "Delete it" in stand.client.get(f"{page}/delete").text
    assert "It is deleted" in stand.client.post(f"{page}/delete").text
    assert not any(rows for table, rows in stand.rows().items() if table not in ("SpentToken", "Attempt"))
    assert stand.client.get(page).status_code == 410


def test_the_link_to_ones_page_comes_by_mail_to_those_who_follow_something(stand: Stand) -> None:
    stand.desk.active(CORE)
    stand.desk.ask(CORE, address="waits@example.org")
    for address in ("reader@example.org", "waits@example.org", "nobody@example.org"):
        assert stand.client.post("/subscribe/link", data={"address": address}).status_code == 202
    assert len(stand.desk.mails("manage")) == 1
    assert stand.client.post("/subscribe/link", data={"address": "nobody"}).status_code == 422


def test_pages_with_a_token_are_kept_and_told_to_nobody(stand: Stand) -> None:
    confirm = stand.desk.ask(CORE)
    stand.desk.active(LAW)
    manage, end = stand.desk.link("manage"), stand.desk.link("unsubscribe")
    for path in (
        f"/subscribe/confirm/{confirm}", f"/subscriptions/{manage}", f"/subscriptions/{manage}/data.json",
        f"/unsubscribe/{end}", "/unsubscribe/x", "/subscriptions/x",
    ):  # fmt: skip
        answer = stand.client.get(path)
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert "Set-Cookie" not in answer.headers and "canonical" not in answer.text
    assert "Set-Cookie" not in stand.client.get("/subscribe").headers


def test_a_failure_tells_the_log_no_address(
    stand: Stand, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("the disk")

    monkeypatch.setattr("tracker.web.subscriptions.subscribers.ask", fails)
    answer = stand.client.post("/subscribe", data=FORM)
    assert answer.status_code == 500
    assert "the disk" in caplog.text and "reader@" not in caplog.text + answer.text


def test_a_bounce_is_believed_from_those_who_show_the_token(stand: Stand) -> None:
    stand.desk.active(CORE)
    known = {"message_id": f"<{stand.desk.mails('confirm')[0].message_id}@tracker.example.org>", "permanent": True}
    ours = {"Authorization": "Bearer a shared token"}
    for headers in ({}, {"Authorization": "Bearer another"}, {"Authorization": "Basic a shared token"}):
        assert stand.client.post("/mail/bounce", json=known, headers=headers).status_code == 403
    for wrong in (
        [], {}, {"message_id": 1, "permanent": True}, {"message_id": "x", "permanent": "yes"}, {"message_id": "x"},
        {"message_id": "x", "complaint": "yes"},
    ):  # fmt: skip
        assert stand.client.post("/mail/bounce", json=wrong, headers=ours).status_code == 400
    for harmless in (known | {"permanent": False}, known | {"message_id": "<unknown@example.org>"}):
        assert stand.client.post("/mail/bounce", json=harmless, headers=ours).status_code == 204
    assert stand.desk.state() == "active"
    assert stand.client.post("/mail/bounce", json=known, headers=ours).status_code == 204
    assert stand.desk.state() == "bounced"


def test_a_complaint_is_taken_in_a_services_words_and_as_the_report_itself(stand: Stand) -> None:
    ours = {"Authorization": "Bearer a shared token"}
    for address, send in (
        ("first@example.org", lambda key: {"json": {"message_id": f"<{key}@tracker.example.org>", "complaint": True}}),
        ("second@example.org", lambda key: {"data": complaint(key), "content_type": "message/rfc822"}),
    ):
        stand.desk.confirm(stand.desk.ask(CORE, address=address))
        key = stand.desk.mails("confirm")[-1].message_id
        nothing = {"data": b"Subject: hello\r\n\r\nno report", "content_type": "message/rfc822"}
        assert stand.client.post("/mail/bounce", **nothing, headers=ours).status_code == 400
        assert stand.client.post("/mail/bounce", **send(key)).status_code == 403
        assert stand.desk.state(address) == "active"
        assert stand.client.post("/mail/bounce", **send(key), headers=ours).status_code == 204
        assert stand.desk.state(address) == "bounced"
    with stand.desk.open() as session:
        assert {row.reason for row in session.scalars(select(Suppression))} == {"complained"}


def test_a_site_without_a_token_takes_no_reports(record: sa.Engine) -> None:
    app = create_app(record, clock=lambda: golden.NOW, site=SiteSettings())
    answer = app.test_client().post("/mail/bounce", json={}, headers={"Authorization": "Bearer "})
    assert answer.status_code == 403


def test_a_site_that_sends_no_mail_says_so_and_takes_no_address(record: sa.Engine) -> None:
    client = create_app(record, clock=lambda: golden.NOW, site=SiteSettings()).test_client()
    page = client.get("/subscribe")
    assert (page.status_code, "sends no mail yet" in page.text, "<form" in page.text) == (200, True, False)
    for path in ("/subscribe", "/subscribe/link"):
        answer = client.post(path, data=FORM)
        assert (answer.status_code, "sends no mail yet" in answer.text) == (503, True)


def test_an_address_that_is_never_written_to_takes_the_work_of_any_other(both: Stand) -> None:
    """Ended both of them, and one never to be written to: the same statements, though nothing is kept of the one."""
    for address, never in (("ended@example.org", False), ("never@example.org", True)):
        both.desk.confirm(both.desk.ask(CORE, address=address))
        both.desk.unsubscribe(both.desk.link("unsubscribe", address), never_again=never)
    seen: list[str] = []
    counted = []
    sa.event.listen(both.desk.engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    for address in ("ended@example.org", "never@example.org"):
        seen.clear()
        assert both.client.post("/subscribe", data=FORM | {"address": address}).status_code == 202
        counted.append([statement.split()[0].replace("ROLLBACK", "RELEASE") for statement in seen])
    assert counted[0] == counted[1]
    assert (both.desk.state("ended@example.org"), both.desk.state("never@example.org")) == ("pending", "ended")
