"""Digests from the record to the mail: who is told what, once, and how it reads."""

import quopri
import re
from datetime import UTC, date, datetime, timedelta
from email import policy
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from digest_builder import (
    NOW,
    SITE,
    add_action,
    add_change,
    add_matter,
    add_run,
    deliveries,
    ledger,
    parsed,
    reading_of,
    subscribe,
    tools,
)  # fmt: skip
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tracker.database import connect, reading, upgrade, writing
from tracker.digests.composing import Composed, compose, slot_of
from tracker.digests.content import Shelf, Slip
from tracker.digests.letter import Caps, Links, Writer
from tracker.digests.rehearsal import rehearse
from tracker.held import table
from tracker.mail.envelope import Envelope, quoted
from tracker.models import Note, Relation, SectionEffect
from tracker.models.digests import Digest
from tracker.models.mail import Subscription
from tracker.models.sources import Article, Coverage, Incident

DAY = timedelta(days=1)


def mail_of(engine: sa.Engine, subscriber: int, now: datetime = NOW, caps: Caps | None = None) -> Any:
    """The newest mail to a subscriber, as a mailbox reads it."""
    rows = table(Digest)
    kit = tools()
    with reading(engine) as session:
        chosen = sa.select(rows).where(rows.c.subscriber_id == subscriber).order_by(rows.c.id.desc())
        row = session.execute(chosen).first()
        assert row is not None
        shelf = Shelf()
        shelf.refresh(session, now)
        content = shelf.contents(session, [Slip(row.id, row.period, row.composed_at, row.beside)])[row.id]
    writer = Writer(SITE, kit.mail.postal, caps) if caps else kit.writer
    links = Links(f"{SITE.base_url}/subscriptions/token", f"{SITE.base_url}/unsubscribe/token")
    letter = writer.write(content, links)._replace(subject=row.subject)
    return parsed(kit.packer.pack(letter, Envelope("reader@example.org", "<x@y>", now, links.unsubscribe)))


# Who is told what


def test_a_change_is_told_once_whatever_the_period(database: sa.Engine) -> None:
    reader = subscribe(database, ("core", ""))
    with writing(database) as session:
        session.add(Subscription(subscriber_id=reader, kind="matter", value="Int 1412-2025", period="now",
                                 created_at=NOW, confirmed_at=NOW))  # fmt: skip
    change = add_change(database, add_run(database), add_matter(database))
    assert compose(database, "now", NOW).digests == 1
    assert compose(database, "daily", NOW).digests == 0
    assert ledger(database, reader) == [change]
    (delivery,) = deliveries(database)
    assert delivery.state == "queued"
    assert re.fullmatch(rf"digest-{delivery.digest_id}-[0-9a-f]{{16}}", delivery.message_id)  # nobody can guess it


def test_a_second_run_of_the_day_writes_nothing(database: sa.Engine) -> None:
    reader = subscribe(database, ("core", ""))
    run, matter = add_run(database), add_matter(database)
    first = add_change(database, run, matter)
    assert compose(database, "daily", NOW).digests == 1
    second = add_change(database, run, matter)
    assert compose(database, "daily", NOW).digests == 0
    assert compose(database, "daily", NOW + DAY).digests == 1
    assert ledger(database, reader) == [first, second]


@pytest.mark.parametrize("mode", ["replay", "starter"])
def test_history_that_is_read_mails_nobody(database: sa.Engine, mode: str) -> None:
    subscribe(database, ("core", ""))
    add_change(database, add_run(database, mode=mode), add_matter(database))
    assert compose(database, "daily", NOW).digests == 0
    assert compose(database, "daily", NOW, modes=("live", mode)).digests == 1


def test_what_was_recorded_before_one_followed_is_no_news(database: sa.Engine) -> None:
    change = add_change(database, add_run(database), add_matter(database))
    subscribe(database, ("core", ""), after=change)
    assert compose(database, "daily", NOW).digests == 0


@pytest.mark.parametrize("state", ["pending", "bounced", "ended"])
def test_only_active_addresses_are_written_to(database: sa.Engine, state: str) -> None:
    subscribe(database, ("core", ""), state=state)
    add_change(database, add_run(database), add_matter(database))
    assert compose(database, "daily", NOW).digests == 0


@pytest.mark.parametrize("field", ["confirmed_at", "ended_at"])
def test_a_subscription_counts_once_confirmed_and_until_ended(database: sa.Engine, field: str) -> None:
    reader = subscribe(database, ("core", ""))
    with writing(database) as session:
        value = NOW if field == "ended_at" else None
        session.execute(sa.update(Subscription).where(table(Subscription).c.subscriber_id == reader)
                        .values({field: value}))  # fmt: skip
    add_change(database, add_run(database), add_matter(database))
    assert compose(database, "daily", NOW).digests == 0


def test_a_bill_found_to_be_on_the_subject_days_later_is_told(database: sa.Engine) -> None:
    reader = subscribe(database, ("core", ""))
    matter = add_matter(database, scope="out")
    change = add_change(database, add_run(database), matter)
    assert compose(database, "daily", NOW).digests == 0
    with writing(database) as session:
        session.connection().exec_driver_sql("UPDATE matter SET scope = 'core'")
    add_run(database, NOW + DAY)
    assert compose(database, "daily", NOW + 5 * DAY).digests == 1
    assert ledger(database, reader) == [change]


def test_after_a_long_outage_nothing_is_lost_and_then_it_looks_back_two_weeks(database: sa.Engine) -> None:
    reader = subscribe(database, ("core", ""))
    matter = add_matter(database)
    change = add_change(database, add_run(database, NOW - 60 * DAY), matter)
    assert compose(database, "daily", NOW).digests == 1
    assert ledger(database, reader) == [change]
    with reading(database) as session:
        assert session.scalars(sa.select(table(Subscription).c.after_change_id)).all() == [change]


def test_a_search_finds_matters_that_move(database: sa.Engine) -> None:
    from tracker import search

    reader, other = subscribe(database, ("search", "street vendors")), subscribe(database, ("search", "bees"))
    run = add_run(database)
    hit = add_change(database, run, add_matter(database, name="On street vendors", scope="out"))
    add_change(database, run, add_matter(database, "Int 2-2026", name="On trees"))
    with writing(database) as session:
        search.refresh(session)
    compose(database, "daily", NOW)
    assert (ledger(database, reader), ledger(database, other)) == ([hit], [])


def test_a_bill_that_comes_back_is_told_to_those_who_followed_it(database: sa.Engine) -> None:
    reader = subscribe(database, ("matter", "Int 1412-2025"))
    again = add_matter(database, "Int 77-2026", scope="out")
    with writing(database) as session:
        session.add(Relation(earlier="Int 1412-2025", later="Int 77-2026", kind="reintroduces"))
    came = add_change(database, add_run(database), again, "appeared", before="", after="Introduced")
    compose(database, "daily", NOW)
    assert ledger(database, reader) == [came]


def test_each_kind_of_subscription_is_told_what_it_asked_for(record: sa.Engine) -> None:
    """One record, one subscriber a kind, each told of its own changes and of no other."""
    run = add_run(record)
    bill, other = add_matter(record), add_matter(record, "Int 2-2026", scope="out", name="Street vending")
    order = add_matter(record, "EO 9-2026", kind="Executive Order", scope="related")
    with writing(record) as session:
        session.add(SectionEffect(file_number="Int 1412-2025", code="admin", section="9-131", effect="amends"))
    law = add_action(record, run, bill, 61, "Overridden by Council", NOW.date())
    sponsors = add_change(record, run, bill, "sponsors_changed")
    hearing = add_change(record, run, bill, "hearing_scheduled")
    vending = add_change(record, run, other, file_number="Int 2-2026")
    signed = add_change(record, run, order, file_number="EO 9-2026")
    expected = {
        ("core", ""): [law, hearing],
        ("tracked", ""): [law, hearing, signed],
        ("introductions", ""): [law, hearing, vending],
        ("orders", ""): [signed],
        ("hearings", ""): [hearing],
        ("matter", "Int 1412-2025"): [law, sponsors, hearing],
        ("section", "admin 9-131"): [law, sponsors, hearing],
    }
    readers = {target: subscribe(record, target) for target in expected}
    compose(record, "daily", NOW)
    assert {target: ledger(record, reader) for target, reader in readers.items()} == expected


def test_slots_are_days_weeks_and_runs() -> None:
    evening = datetime(2026, 3, 2, 3, tzinfo=UTC)  # still the first of March in New York
    assert [slot_of(period, evening, 7) for period in ("daily", "weekly", "now")] == [
        "2026-03-01", "2026-W09", "run-7",
    ]  # fmt: skip


class Mailing(RuleBasedStateMachine):
    """Any order of runs and of digests of any period, to three readers."""

    folder: Path

    def __init__(self) -> None:
        super().__init__()
        self.engine = connect("sqlite://")
        upgrade(self.engine)
        self.now, self.expected = NOW, {}  # type: ignore[var-annotated]
        self.matters = [add_matter(self.engine, "Int 1-2026"), add_matter(self.engine, "Int 2-2026", scope="out")]
        self.readers = {
            subscribe(self.engine, ("core", "")): {0},
            subscribe(self.engine, ("matter", "Int 2-2026"), ("core", ""), period="weekly"): {0, 1},
            subscribe(self.engine, ("introductions", ""), ("matter", "Int 1-2026"), period="now"): {0, 1},
        }
        self.due: dict[int, list[int]] = {reader: [] for reader in self.readers}

    @rule(which=st.lists(st.sampled_from([0, 1]), min_size=1, max_size=4), live=st.booleans(), late=st.integers(0, 40))
    def read(self, which: list[int], live: bool, late: int) -> None:
        run = add_run(self.engine, self.now, "live" if live else "replay")
        for number in which:
            # the number a change bears is the matter's own, or the follower of another would be told
            key = add_change(self.engine, run, self.matters[number], observed_at=self.now - late * DAY,
                             file_number=f"Int {number + 1}-2026")  # fmt: skip
            for reader, followed in self.readers.items():
                if live and number in followed:
                    self.due[reader].append(key)

    @rule(period=st.sampled_from(["now", "daily", "weekly"]))
    def write(self, period: str) -> None:
        compose(self.engine, period, self.now, batch=2)

    @rule(days=st.integers(1, 30))
    def wait(self, days: int) -> None:
        self.now += days * DAY

    @invariant()
    def nothing_else_is_told(self) -> None:
        for reader, due in self.due.items():
            told = ledger(self.engine, reader)
            assert set(told) <= set(due)
            assert len(told) == len(set(told))

    def teardown(self) -> None:
        self.now += 8 * DAY
        add_run(self.engine, self.now)
        for period in ("daily", "weekly"):
            compose(self.engine, period, self.now)
        # what comes as it happens goes out with the next run that changes anything
        run = add_run(self.engine, self.now)
        add_change(self.engine, run, add_matter(self.engine, "Res 3-2026", kind="Resolution", scope="out"))
        compose(self.engine, "now", self.now)
        for reader, due in self.due.items():
            assert sorted(ledger(self.engine, reader)) == due
        self.engine.dispose()


TestMailing = Mailing.TestCase
TestMailing.settings = settings(max_examples=15, stateful_step_count=12, deadline=None,
                                suppress_health_check=list(HealthCheck))  # fmt: skip


# How it reads


def test_the_override_is_the_subject_and_both_dates_are_told(database: sa.Engine) -> None:
    reader = subscribe(database, ("core", ""), ("matter", "Int 1412-2025"))
    run = add_run(database)
    late = add_matter(database, "Int 1413-2025")
    add_action(database, run, late, 27, "Introduced by Council", date(2025, 12, 18))
    matter = add_matter(database)
    add_action(database, run, matter, 61, "Overridden by Council", NOW.date())
    compose(database, "daily", NOW)
    mail = mail_of(database, reader)
    assert mail["Subject"] == "Int 1412-2025 was adopted over the veto, and 1 more"
    for kind in ("plain", "html"):
        text = " ".join(reading_of(mail, kind).split())
        assert "acted 18 Dec 2025, recorded 2 Mar 2026" in text
        assert "Council overrode the veto." in text
        assert "You follow" in text
    assert reading_of(mail, "plain").index("Int 1412-2025:") < reading_of(mail, "plain").index("Int 1413-2025:")


def test_a_correction_and_a_scheduled_row_are_called_so(database: sa.Engine) -> None:
    reader = subscribe(database, ("core", ""))
    run, matter = add_run(database), add_matter(database)
    add_change(database, run, matter, "action_withdrawn", before="Signed Into Law by Mayor", after="")
    add_action(database, run, matter, 68, "Approved by Council", NOW.date() + 9 * DAY)
    compose(database, "daily", NOW)
    text = " ".join(reading_of(mail_of(database, reader), "plain").split())
    assert "Correction, 2 Mar 2026: The Council’s record showed the row" in text
    assert "Scheduled, for 11 Mar 2026, recorded 2 Mar 2026: Council passed it." in text


def test_every_change_has_one_line_in_both_readings(database: sa.Engine) -> None:
    reader = subscribe(database, ("introductions", ""))
    run, matter = add_run(database), add_matter(database)
    expected = [add_change(database, run, matter, before=str(n), after=str(n + 1)) for n in range(5)]
    compose(database, "daily", NOW)
    mail = mail_of(database, reader, caps=Caps(None, None, None))
    assert [int(key) for key in re.findall(r'id="change-(\d+)"', reading_of(mail, "html"))] == expected
    assert reading_of(mail, "plain").count("  * ") == 5


def test_long_digests_are_cut_and_say_by_how_much(database: sa.Engine) -> None:
    reader = subscribe(database, ("introductions", ""))
    run = add_run(database)
    for number in range(1, 5):
        matter = add_matter(database, f"Int {number}-2026")
        for step in range(3):
            add_change(database, run, matter, before=str(step), after=str(step + 1))
    compose(database, "daily", NOW)
    text = reading_of(mail_of(database, reader, caps=Caps(3, 2, 1)), "plain")
    assert "And 1 more matter.\nhttps://tracker.example.org/changes?scope=all" in text
    assert text.count("and 1 more change, see its page") == 3


def test_new_coverage_of_what_is_followed_stands_below(database: sa.Engine) -> None:
    reader, other = subscribe(database, ("core", "")), subscribe(database, ("matter", "Int 9-2026"))
    run = add_run(database)
    add_change(database, run, add_matter(database))
    add_change(database, run, add_matter(database, "Int 9-2026", scope="out"))
    with writing(database) as session:
        for key, (story, outcome) in enumerate([("s", "published"), ("s", "published"), ("", "review")], 1):
            session.add(Article(id=key, address=f"https://news.example.org/{key}", outlet="Paper", kind="news",
                                headline=f"Headline {key}", story=story, source="x", first_seen_at=NOW,
                                last_seen_at=NOW))  # fmt: skip
            session.flush()
            session.add(Coverage(article_id=key, file_number="Int 1412-2025", kind="explicit", role="main", score=1,
                                 evidence="", outcome=outcome, decided_by="press", decided_at=NOW - DAY))  # fmt: skip
    compose(database, "daily", NOW)
    text = reading_of(mail_of(database, reader), "plain")
    assert text.count("Headline") == 1  # one of two copies of a story, and nothing that waits for an editor
    assert "New coverage" not in reading_of(mail_of(database, other), "plain")


def test_a_source_that_has_been_down_for_a_day_is_news_once(database: sa.Engine) -> None:
    reader = subscribe(database, ("core", ""))
    with writing(database) as session:
        session.add(Incident(source="council-api", message="x", began_at=NOW - timedelta(hours=30)))
    assert compose(database, "daily", NOW).digests == 1
    assert compose(database, "daily", NOW + DAY).digests == 0
    text = " ".join(reading_of(mail_of(database, reader), "plain").split())
    assert "Council API: not read as it should be since 1 Mar 2026 01:00." in text


def test_a_quiet_week_is_told_to_those_who_asked_for_it(database: sa.Engine) -> None:
    quiet, other = subscribe(database, ("core", ""), quiet_weeks=True), subscribe(database, ("core", ""))
    assert compose(database, "weekly", NOW) == Composed("2026-W10", digests=1, quiet=1)
    assert mail_of(database, quiet)["Subject"] == "Nothing changed in the week to 2 Mar 2026"
    assert compose(database, "weekly", NOW + 2 * DAY).digests == 0
    assert ledger(database, other) == []


def test_what_a_source_says_begins_no_header_and_no_link(database: sa.Engine) -> None:
    reader = subscribe(database, ("core", ""))
    matter = add_matter(database, "Int 1-2026\r\nBcc: x@example.org", name="<script>alert(1)</script>")
    add_change(database, add_run(database), matter, before="<b>", after="x\r\nBcc: y@example.org")
    compose(database, "daily", NOW)
    mail = mail_of(database, reader)
    assert mail["Bcc"] is None and len(mail.get_all("Subject")) == 1
    html = reading_of(mail, "html")
    assert "<script" not in html and "&lt;b&gt;" in html


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=400), max_size=5))
def test_quoted_parts_read_as_the_whole_and_keep_to_their_lines(parts: list[str]) -> None:
    raw = quoted(parts)
    assert quopri.decodestring(raw).decode().replace("\r\n", "\n") == "".join(parts)
    assert max(map(len, raw.split(b"\r\n"))) <= 76


@pytest.mark.parametrize("address", ["a@example.org\r\nBcc: b@example.org", "a@example.org, b@example.org", "a", ""])
def test_no_mail_is_made_for_what_is_no_address(address: str) -> None:
    from tracker.digests.letter import Letter
    from tracker.mail.server import MailFailed

    with pytest.raises(MailFailed):
        tools().packer.pack(Letter("s", ("t",), ("h",)), Envelope(address, "<x@y>", NOW, "https://x"))


def test_headers_are_those_of_a_list_and_stay_on_one_line(database: sa.Engine) -> None:
    from tracker.digests.letter import Letter

    kit = tools(unsubscribe_mailto="leave@example.org")
    link = f"https://tracker.example.org/unsubscribe/{'a' * 160}"
    mailto = f"mailto:leave@example.org?subject=unsubscribe%20{'a' * 160}"
    raw = kit.packer.pack(
        Letter("Ünïcode " * 30, ("t\n.\n",), ("<p>h</p>",)), Envelope("r@example.org", "<m@h>", NOW, link)
    )
    assert f"\r\nList-Unsubscribe: <{link}>, <{mailto}>\r\n".encode() in raw
    mail = parsed(raw)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Id"] == "NYC Sanctuary Law Tracker <updates.tracker.example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert str(mail["Subject"]) == ("Ünïcode " * 30).strip()
    assert reading_of(mail, "plain") == "t\n.\n"
    assert not mail.defects and max(map(len, raw.split(b"\r\n"))) <= 998
    assert raw.replace(b"\r\n", b"").find(b"\n") == -1
    again = parsed(raw).as_bytes(policy=policy.SMTP.clone(max_line_length=998))
    assert parsed(again)["Message-ID"] == "<m@h>"


def test_the_html_brings_its_style_along_and_asks_for_nothing(database: sa.Engine) -> None:
    reader = subscribe(database, ("core", ""))
    add_change(database, add_run(database), add_matter(database))
    with writing(database) as session:
        session.add(Note(file_number="Int 1412-2025", headline="Limits on detainers"))
    compose(database, "daily", NOW)
    html = reading_of(mail_of(database, reader), "html")
    assert "<img" not in html and "<link" not in html and "<script" not in html
    assert re.search(r'<h3 style="[^"]+"', html) and "prefers-color-scheme: dark" in html
    assert '<html lang="en"' in html and "1 Example Street" in html
    assert html.count(f"{SITE.base_url}/unsubscribe/token") == 1


def test_a_headline_cannot_carry_a_readers_link_away() -> None:
    from tracker.digests.letter import ENTRIES, MANAGE, UNSUBSCRIBE

    assert all(re.fullmatch(r"\[[0-9a-f]{24}\]", mark) for mark in (ENTRIES, MANAGE, UNSUBSCRIBE))
    assert len({ENTRIES, MANAGE, UNSUBSCRIBE}) == 3


def test_a_rehearsal_writes_files_and_keeps_nothing(database: sa.Engine, tmp_path: Path) -> None:
    subscribe(database, ("core", ""))
    add_change(database, add_run(database), add_matter(database))
    assert rehearse(database, "daily", NOW, tools(), tmp_path / "mails") == 1
    (file,) = (tmp_path / "mails").iterdir()
    assert parsed(file.read_bytes())["To"] == "reader1@example.org"
    assert deliveries(database) == [] and ledger(database, 1) == []
