"""Addresses and what they follow: any order of what people and mail servers do, on both databases."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import golden
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from tracker import limits
from tracker.config import SubscribeConfig
from tracker.database import reading, writing
from tracker.errors import BadInput
from tracker.mail.deliveries import stop_writing
from tracker.models import Change
from tracker.models.digests import Delivery, Digest, DigestChange
from tracker.models.mail import SUBSCRIBER_STATES, Attempt, SpentToken, Subscriber, Subscription, Suppression
from tracker.secret import Seal, Secret
from tracker.subscription import retention, subscribers
from tracker.subscription.subscribing import SignUp, Wanted, checked_address, checked_words, mailbox
from tracker.subscription.wishes import Wish
from tracker.tokens import Tokens

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECRET = Secret("a text that is long enough to be one, for tests alone")
SEAL, TOKENS = Seal(SECRET), Tokens(SECRET)
RULES = SubscribeConfig(
    confirm_hours=48, unconfirmed_days=7, ended_days=30, address_per_hour=2, address_per_day=3, network_per_hour=20,
    all_per_hour=50,
)  # fmt: skip
READER = "reader@example.org"
CORE, LAW = Wanted("core", "", "daily"), Wanted("stage", "law", "weekly")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Desk:
    """One database and one clock, and what people do at it."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine, self.now = engine, NOW

    @contextmanager
    def open(self) -> Iterator[Session]:
        with writing(self.engine) as session:
            yield session

    def ask(self, *wanted: Wanted, address: str = READER, quiet: bool = False) -> str:
        """Sign up, and give the token of the mail that goes out; "" where none does."""
        before = self.mails("confirm")
        with self.open() as session:
            subscribers.ask(session, SEAL, RULES, SignUp(address, wanted, quiet_weeks=quiet), self.now)
        sent = self.mails("confirm")
        return self.confirm_token(sent[-1]) if len(sent) > len(before) else ""

    def confirm_token(self, mail: Delivery) -> str:
        told = json.loads(mail.payload)
        with self.open() as session:
            subscriber = session.get_one(Subscriber, mail.subscriber_id)
            wish = Wish(mail.subscriber_id, told["language"], told["quiet"], {row[0]: row[3] for row in told["asked"]})
            return TOKENS.give("confirm", str(wish), subscriber.nonce, mail.queued_at)

    def mails(self, kind: str) -> list[Delivery]:
        with self.open() as session:
            found = session.scalars(select(Delivery).where(Delivery.kind == kind).order_by(Delivery.id)).all()
            session.expunge_all()
            return list(found)

    def confirm(self, token: str) -> None:
        with self.open() as session:
            subscribers.confirm(session, TOKENS, token, RULES, self.now)

    def link(self, purpose: str, address: str = READER) -> str:
        with reading(self.engine) as session:
            subscriber = self.who(session, address)
            assert subscriber is not None
            return TOKENS.give(purpose, str(subscriber.id), subscriber.nonce, self.now)  # type: ignore[arg-type]

    def who(self, session: Session, address: str = READER) -> Subscriber | None:
        return session.scalars(select(Subscriber).where(Subscriber.fingerprint == SEAL.fingerprint(address))).first()

    def state(self, address: str = READER) -> str:
        with self.open() as session:
            subscriber = self.who(session, address)
            return subscriber.state if subscriber else ""

    def follows(self, address: str = READER) -> set[tuple[str, str, str]]:
        with self.open() as session:
            subscriber = self.who(session, address)
            rows = subscribers.followed(session, subscriber) if subscriber else []
            return {(row.kind, row.value, row.period) for row in rows}

    def unsubscribe(self, token: str, *, never_again: bool = False) -> None:
        with self.open() as session:
            subscribers.unsubscribe(session, TOKENS, token, self.now, never_again=never_again)

    def bounce(self, address: str = READER) -> None:
        with reading(self.engine) as session:
            subscriber = self.who(session, address)
        assert subscriber is not None and subscriber.id is not None
        stop_writing(self.engine, subscriber.id, "bounced", self.now)

    def active(self, *wanted: Wanted) -> None:
        self.confirm(self.ask(*(wanted or (CORE,))))

    def record_a_change(self) -> int:
        """One more change of the golden record; its id."""
        with self.open() as session:
            last = session.scalars(select(Change).order_by(sa.desc("id"))).first()
            assert last is not None
            values = last.model_dump() | {"id": last.id + 1, "observed_at": self.now}
            session.add(Change(**values))
            return last.id + 1


@pytest.fixture
def desk(database: sa.Engine) -> Desk:
    return Desk(database)


@pytest.fixture
def lone(record: sa.Engine) -> Desk:
    """On SQLite alone."""
    return Desk(record)


def test_nothing_counts_before_its_owner_confirms(desk: Desk) -> None:
    token = desk.ask(CORE, LAW)
    assert (desk.state(), desk.follows()) == ("pending", set())
    desk.confirm(token)
    assert (desk.state(), desk.follows()) == ("active", {CORE, LAW})


def test_what_was_recorded_before_the_confirmation_is_no_news(desk: Desk) -> None:
    golden.fill(desk.engine)
    token = desk.ask(CORE)
    newest = desk.record_a_change()
    desk.confirm(token)
    with desk.open() as session:
        assert session.scalars(select(Subscription.after_change_id)).all() == [newest]


def test_a_second_sign_up_asks_before_it_adds(lone: Desk) -> None:
    lone.active(CORE)
    token = lone.ask(CORE, LAW)
    assert lone.follows() == {CORE}
    lone.confirm(token)
    assert lone.follows() == {CORE, LAW}


def test_a_sign_up_for_another_period_changes_nothing_by_itself(lone: Desk) -> None:
    lone.active(CORE)
    token = lone.ask(CORE._replace(period="now"))
    assert lone.follows() == {CORE}
    lone.confirm(token)
    assert lone.follows() == {CORE._replace(period="now")}


def test_who_follows_it_already_gets_the_link_to_their_page_instead(lone: Desk) -> None:
    lone.active(CORE)
    assert lone.ask(CORE) == ""
    assert len(lone.mails("manage")) == 1


def test_a_note_in_quiet_weeks_is_a_wish_of_its_own(lone: Desk) -> None:
    lone.active(CORE)
    lone.confirm(lone.ask(CORE, quiet=True))
    with lone.open() as session:
        subscriber = lone.who(session)
        assert subscriber is not None and subscriber.quiet_weeks


def test_a_link_begins_what_its_own_mail_named(lone: Desk) -> None:
    own = lone.ask(CORE)
    lone.ask(CORE._replace(period="now"), LAW)  # a stranger, for the same address
    lone.confirm(own)
    assert lone.follows() == {CORE}


def test_a_used_link_is_refused_in_plain_words(lone: Desk) -> None:
    token = lone.ask(CORE)
    lone.confirm(token)
    with pytest.raises(BadInput, match="used already"):
        lone.confirm(token)
    assert lone.follows() == {CORE}


def test_a_used_link_that_is_written_another_way_is_refused_too(lone: Desk) -> None:
    """The last letter of a signature holds two bits that mean nothing."""
    token = lone.ask(CORE)
    lone.confirm(token)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    place = alphabet.index(token[-1]) // 4 * 4
    for other in {token[:-1] + letter for letter in alphabet[place : place + 4]} - {token}:
        with pytest.raises(BadInput, match="not one of ours"):
            lone.confirm(other)


def test_a_link_ends_after_its_hours(lone: Desk) -> None:
    token = lone.ask(CORE)
    lone.now += 48 * HOUR + timedelta(seconds=1)
    with pytest.raises(BadInput, match="too old"):
        lone.confirm(token)
    assert lone.follows() == set()


def test_a_link_of_another_purpose_or_another_site_is_refused(lone: Desk) -> None:
    token = lone.ask(CORE)
    forged = Tokens(Secret.fresh()).give("confirm", "1 en s 1d", "x", lone.now)
    for bad in (lone.link("manage"), lone.link("unsubscribe"), forged, token + "x", ""):
        with pytest.raises(BadInput, match="not one of ours"):
            lone.confirm(bad)
    for purpose in ("confirm", "unsubscribe"):
        with lone.open() as session, pytest.raises(BadInput, match="not one of ours"):
            subscribers.owner(session, TOKENS, lone.link(purpose), lone.now)
    with pytest.raises(BadInput, match="not one of ours"):
        lone.unsubscribe(token)


def test_a_link_of_one_address_does_nothing_to_another(lone: Desk) -> None:
    lone.active(CORE)
    lone.confirm(lone.ask(LAW, address="other@example.org"))
    lone.unsubscribe(lone.link("unsubscribe"))
    assert (lone.state(), lone.state("other@example.org")) == ("ended", "active")


def test_the_end_forgets_the_address_and_every_link_but_the_one_that_ends(desk: Desk) -> None:
    desk.active(CORE)
    manage, end = desk.link("manage"), desk.link("unsubscribe")
    desk.unsubscribe(end)
    with desk.open() as session:
        subscriber = desk.who(session)
        assert subscriber is not None and (subscriber.state, subscriber.sealed) == ("ended", b"")
        with pytest.raises(BadInput, match="no longer good"):
            subscribers.owner(session, TOKENS, manage, desk.now)
    desk.unsubscribe(end)
    assert desk.state() == "ended"


def test_an_old_mail_ends_a_sign_up_that_began_again(lone: Desk) -> None:
    lone.active(CORE)
    old = lone.link("unsubscribe")
    lone.unsubscribe(old)
    lone.active(LAW)
    lone.unsubscribe(old)
    assert lone.state() == "ended"


def test_whoever_was_never_to_be_written_to_gets_nothing_whoever_asks(lone: Desk) -> None:
    lone.ask(CORE)
    lone.unsubscribe(lone.link("unsubscribe"), never_again=True)
    assert lone.ask(CORE) == ""
    with lone.open() as session:
        subscribers.send_link(session, SEAL, READER, lone.now)
    assert [mail.state for mail in lone.mails("confirm")] == ["suppressed"]
    assert not lone.mails("manage")


def test_a_bounce_ends_all_mail_and_a_new_sign_up_brings_none(lone: Desk) -> None:
    lone.active(CORE)
    lone.bounce()
    assert (lone.state(), lone.ask(LAW)) == ("bounced", "")


def test_what_happened_in_a_pause_is_not_sent_after_it(lone: Desk) -> None:
    golden.fill(lone.engine)
    lone.active(CORE)
    with lone.open() as session:
        subscribers.pause(session, subscribers.owner(session, TOKENS, lone.link("manage"), lone.now), lone.now)
    newest = lone.record_a_change()
    with lone.open() as session:
        subscribers.resume(session, subscribers.owner(session, TOKENS, lone.link("manage"), lone.now), lone.now)
    with lone.open() as session:
        assert session.scalars(select(Subscription.after_change_id)).all() == [newest]
    assert lone.state() == "active"


def test_the_owner_adds_and_ends_at_once(desk: Desk) -> None:
    desk.active(CORE)
    with desk.open() as session:
        own = subscribers.owner(session, TOKENS, desk.link("manage"), desk.now)
        subscribers.add(session, own, [LAW, CORE._replace(period="now")], desk.now)
    assert desk.follows() == {LAW, CORE._replace(period="now")}
    with desk.open() as session:
        own = subscribers.owner(session, TOKENS, desk.link("manage"), desk.now)
        rows = {row.kind: row.id for row in subscribers.followed(session, own)}
        subscribers.change(session, own, {rows["stage"]: "daily"}, {rows["core"]}, desk.now)  # type: ignore
    assert desk.follows() == {LAW._replace(period="daily")}
    with desk.open() as session:
        subscribers.add(session, subscribers.owner(session, TOKENS, desk.link("manage"), desk.now), [CORE], desk.now)
    assert desk.follows() == {LAW._replace(period="daily"), CORE}


def test_one_address_follows_so_many_things_and_no_more(lone: Desk) -> None:
    many = [Wanted("search", f"word {number}", "daily") for number in range(101)]
    assert lone.ask(*many) == ""
    lone.active(CORE)
    with lone.open() as session, pytest.raises(subscribers.Full, match="can follow 100 things"):
        subscribers.add(session, subscribers.owner(session, TOKENS, lone.link("manage"), lone.now), many, lone.now)


def test_deletion_leaves_nothing_but_the_fingerprint_of_one_that_is_never_written_to(desk: Desk) -> None:
    golden.fill(desk.engine)
    desk.active(CORE)
    with desk.open() as session:
        own = desk.who(session)
        assert own is not None and own.id is not None
        change = subscribers.newest_change(session)
        session.add(
            Digest(id=1, subscriber_id=own.id, period="daily", slot="2026-03-01", subject="x", composed_at=NOW,
                   upto_change_id=change)
        )  # fmt: skip
        session.flush()
        session.add(DigestChange(subscriber_id=own.id, change_id=change, digest_id=1, reasons="core"))
        session.add(Delivery(subscriber_id=own.id, kind="digest", digest_id=1, message_id="d-1", queued_at=NOW))
        subscribers.suppress(session, own.fingerprint, "complained", NOW)
        session.flush()
        held = retention.my_data(session, own, SEAL)
        assert (held["address"], held["digests"][0]["changes"]) == (READER, [change])
        subscribers.delete(session, own)
    with desk.open() as session:
        for table in (Subscriber, Subscription, Delivery, Digest, DigestChange):
            assert session.scalar(sa.select(sa.func.count()).select_from(table)) == 0
        assert session.scalars(select(Suppression.fingerprint)).all() == [SEAL.fingerprint(READER)]


def test_no_table_holds_an_address_in_the_clear(lone: Desk) -> None:
    lone.active(CORE)
    with lone.engine.connect() as connection:
        for name in sa.inspect(lone.engine).get_table_names():
            for row in connection.exec_driver_sql(f"SELECT * FROM {name}"):
                assert "reader" not in repr(tuple(row)).lower()


def test_what_nobody_confirmed_is_purged_and_what_counts_stays(desk: Desk) -> None:
    desk.active(CORE)
    desk.ask(LAW, address="other@example.org")
    desk.ask(LAW)  # waits, at an address that stays
    desk.now += 7 * DAY
    with desk.open() as session:
        gone = retention.purge(session, RULES, desk.now)
    assert (gone.addresses, gone.subscriptions, gone.tokens) == (1, 1, 1)
    assert (desk.state(), desk.state("other@example.org"), desk.follows()) == ("active", "", {CORE})


def test_what_ended_is_purged_after_its_days(desk: Desk) -> None:
    desk.active(CORE)
    end = desk.link("unsubscribe")
    desk.unsubscribe(end)
    for days, state in ((29, "ended"), (1, "")):
        desk.now += days * DAY
        with desk.open() as session:
            retention.purge(session, RULES, desk.now)
        assert desk.state() == state
    desk.unsubscribe(end)
    assert desk.state() == ""


def test_numbers_count_and_name_nobody(desk: Desk) -> None:
    desk.active(CORE, LAW)
    desk.ask(LAW, address="other@example.org")
    with desk.open() as session:
        numbers = retention.numbers(session)
    assert (numbers["addresses active"], numbers["addresses pending"], numbers["subscriptions"]) == (1, 1, 2)


def test_a_network_is_told_when_it_asked_too_often(desk: Desk) -> None:
    bounds = limits.limits_of(SEAL, RULES, "192.0.2.7")
    with desk.open() as session:
        for _ in range(20):
            assert limits.allowed(session, "sign-up", bounds, desk.now)
            limits.note_attempt(session, "sign-up", bounds, desk.now)
        desk.now += timedelta(minutes=20)
        with pytest.raises(limits.TooMany, match="from your network") as refusal:
            limits.allowed(session, "sign-up", bounds, desk.now)
        assert refusal.value.after == timedelta(minutes=40)
        assert limits.allowed(session, "link", bounds, desk.now)
        assert limits.allowed(session, "sign-up", limits.limits_of(SEAL, RULES, "192.0.2.8"), desk.now)
        assert limits.allowed(session, "sign-up", bounds, desk.now + timedelta(minutes=40))


def test_everybody_together_is_told_when_it_is_too_much(lone: Desk) -> None:
    with lone.open() as session:
        for number in range(50):
            bounds = limits.limits_of(SEAL, RULES, f"192.0.2.{number}")
            limits.note_attempt(session, "sign-up", bounds, lone.now)
        with pytest.raises(limits.TooMany, match="More people than usual"):
            limits.allowed(session, "sign-up", limits.limits_of(SEAL, RULES, "198.51.100.1"), lone.now)


def test_one_mailbox_gets_so_many_mails_an_hour_and_a_day_whatever_follows_its_plus(desk: Desk) -> None:
    def one(address: str) -> bool:
        with desk.open() as session:
            bounds = limits.limits_of(SEAL, RULES, "192.0.2.7", address)
            fine = limits.allowed(session, "sign-up", bounds, desk.now)
            if fine:
                limits.note_attempt(session, "sign-up", bounds, desk.now)
            return fine

    assert [one("reader@example.org"), one("Reader+a@example.org"), one("reader+b@example.org")] == [True, True, False]
    desk.now += HOUR
    assert [one("reader@example.org"), one("reader@example.org")] == [True, False]
    desk.now += HOUR
    assert not one("reader@example.org")
    assert one("other@example.org")
    desk.now += DAY
    with desk.open() as session:
        assert retention.purge(session, RULES, desk.now).attempts > 0
        assert session.scalar(sa.select(sa.func.count()).select_from(Attempt)) == 0


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" reader@example.org ", "reader@example.org"),
        ("O'Brien+news@Example.ORG", "O'Brien+news@example.org"),
        ("leser@exämple.org", "leser@xn--exmple-cua.org"),
        ("reader@xn--exmple-cua.org", "reader@xn--exmple-cua.org"),
    ],
)
def test_odd_addresses_are_taken(typed: str, kept: str) -> None:
    assert checked_address(typed) == kept


@pytest.mark.parametrize(
    "typed",
    ["", "reader", "reader@", "@example.org", "a b@example.org", "reader@example.org\r\nBcc: x@example.org",
     "reader@example.org\nx", "reader@example.org,x@example.org", "<reader@example.org>", '"a b"@example.org',
     "Reader <reader@example.org>", "reader@localhost", "reader@[127.0.0.1]", "łeser@example.org",
     "reader@example.org\0",
     "x" * 65 + "@example.org", "reader@" + "x" * 250 + ".org", "reader@example..org", "reader@exam_ple.org"],
)  # fmt: skip
def test_what_is_no_address_is_refused_in_words(typed: str) -> None:
    with pytest.raises(BadInput):
        checked_address(typed)


@given(st.text(max_size=80))
def test_any_text_is_an_address_fit_for_a_header_or_is_refused(text: str) -> None:
    try:
        found = checked_address(text)
    except BadInput:
        return
    assert found.isascii() and found.isprintable() and " " not in found and found.count("@") == 1


@given(st.text(max_size=120))
def test_words_of_a_search_stay_on_one_line_and_are_kept_once_checked(text: str) -> None:
    try:
        words = checked_words(text)
    except BadInput:
        return
    assert checked_words(words) == words
    assert words.isprintable() and len(words) <= 80


@pytest.mark.parametrize("words", ["see www.example.org", "http://x", "me@example.org", "!!!", "x" * 81, "a:b", "a/b"])
def test_a_search_is_no_way_to_send_links_to_strangers(words: str) -> None:
    with pytest.raises(BadInput):
        checked_words(words)


def test_a_mailbox_is_counted_once() -> None:
    assert mailbox("Reader+x@Example.org") == mailbox("reader@example.org")


TARGETS = st.lists(st.sampled_from([CORE, LAW, CORE._replace(period="now")]), min_size=1, max_size=3)
EVENTS = st.one_of(
    st.tuples(st.just("ask"), TARGETS),
    st.tuples(st.just("confirm"), st.integers(0, 5)),
    st.tuples(st.sampled_from(["unsubscribe", "never", "pause", "resume", "delete", "bounce", "purge"]), st.none()),
    st.tuples(st.just("wait"), st.integers(1, 400)),
)


class Model:
    """What must hold of one address, told again in a few lines: its state, its rows, its links."""

    def __init__(self) -> None:
        self.state, self.epoch, self.never = "", 0, False
        self.since = NOW
        self.rows: dict[tuple[str, str], dict[str, object]] = {}
        self.links: list[dict[str, object]] = []

    def move(self, state: str, now: datetime) -> None:
        if state != self.state:
            self.state, self.since = state, now

    def ask(self, wanted: list[Wanted], now: datetime) -> bool:
        """Whether a confirm mail goes out."""
        if self.never or self.state == "bounced":
            return False
        if self.state in ("", "ended"):
            self.move("pending", now)
        elif self.state == "pending":
            self.since = now
        last = {(each.kind, each.value): each.period for each in wanted}
        fresh = {key: period for key, period in last.items()
                 if not (self.rows.get(key, {}).get("counts") and self.rows[key]["period"] == period)}  # fmt: skip
        for key, period in fresh.items():
            if not self.rows.get(key, {}).get("counts"):
                self.rows[key] = {"counts": False, "ended": False, "period": period, "at": now}
        if not fresh and self.state != "pending":
            return False
        self.links.append({"rows": fresh, "epoch": self.epoch, "at": now, "spent": False})
        return True

    def confirm(self, link: dict[str, object], now: datetime) -> bool:
        if link["spent"] or now - link["at"] > 48 * HOUR or link["epoch"] != self.epoch:  # type: ignore
            return False
        if self.state not in ("pending", "active", "paused"):
            return False
        if not any(key in self.rows and not self.rows[key]["ended"] for key in link["rows"]):  # type: ignore
            return False
        link["spent"] = True
        for key, period in link["rows"].items():  # type: ignore
            if key in self.rows and not self.rows[key]["ended"]:
                self.rows[key] |= {"counts": True, "period": period}
        self.move("active", now)
        return True

    def end(self, now: datetime) -> None:
        if self.state not in ("", "ended"):
            self.move("ended", now)
            self.epoch += 1
            for row in self.rows.values():
                row |= {"counts": False, "ended": True, "ended_at": row.get("ended_at", now)}

    def forget(self) -> None:
        self.state, self.rows, self.epoch = "", {}, self.epoch + 1

    def purge(self, now: datetime) -> None:
        kept = {"pending": 7, "ended": 30, "bounced": 30}.get(self.state)
        if kept is not None and now - self.since >= kept * DAY:
            self.forget()
            return
        for key, row in list(self.rows.items()):
            waited = not row["counts"] and not row["ended"] and self.state != "pending"
            if waited and now - row["at"] >= 7 * DAY:  # type: ignore
                del self.rows[key]

    def follows(self) -> set[tuple[str, str, str]]:
        return {(*key, str(row["period"])) for key, row in self.rows.items() if row["counts"]}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.lists(EVENTS, max_size=14))
def test_any_order_of_events_leaves_an_address_as_its_owner_said(
    record: sa.Engine, events: list[tuple[str, object]]
) -> None:
    desk, model, tokens = Desk(record), Model(), []
    with desk.open() as session:
        for table in (Delivery, Subscription, Subscriber, SpentToken, Suppression):
            session.execute(sa.delete(table))
    for what, detail in events:
        before = desk.follows()
        if what == "ask":
            token = desk.ask(*detail)  # type: ignore[misc]
            assert bool(token) == model.ask(detail, desk.now)  # type: ignore[arg-type]
            if token in tokens:  # the same asked twice in one second is one link
                model.links.pop()
            elif token:
                tokens.append(token)
            assert desk.follows() == before  # whoever asks, nothing begins
        elif what == "confirm" and detail < len(tokens):  # type: ignore[operator]
            try:
                desk.confirm(tokens[detail])  # type: ignore[call-overload]
                done = True
            except BadInput:
                done = False
            assert done == model.confirm(model.links[detail], desk.now)  # type: ignore[call-overload]
        elif what == "wait":
            desk.now += detail * HOUR  # type: ignore[operator]
        elif what == "purge":
            with desk.open() as session:
                retention.purge(session, RULES, desk.now)
            model.purge(desk.now)
        elif desk.state():
            happen(desk, model, what)
        assert (desk.state(), desk.follows()) == (model.state, model.follows())
        check(desk)


def happen(desk: Desk, model: Model, what: str) -> None:
    """What the owner or a mail server does to an address that is held."""
    if what in ("unsubscribe", "never"):
        desk.unsubscribe(desk.link("unsubscribe"), never_again=what == "never")
        model.never = model.never or what == "never"
        model.end(desk.now)
        return
    if what == "bounce":
        desk.bounce()
        model.never = True
        model.move("bounced" if model.state in ("pending", "active", "paused") else model.state, desk.now)
        return
    with desk.open() as session:
        subscriber = desk.who(session)
        assert subscriber is not None
        if what == "delete":
            subscribers.delete(session, subscriber)
            model.forget()
        elif what == "pause":
            subscribers.pause(session, subscriber, desk.now)
            model.move("paused" if model.state == "active" else model.state, desk.now)
        elif what == "resume":
            subscribers.resume(session, subscriber, desk.now)
            model.move("active" if model.state == "paused" else model.state, desk.now)


def check(desk: Desk) -> None:
    """What holds at every moment."""
    with desk.open() as session:
        subscriber = desk.who(session)
        never = session.get(Suppression, SEAL.fingerprint(READER)) is not None
        if subscriber is None:
            assert not session.scalars(select(Delivery)).all()
            return
        queued = session.scalars(select(Delivery).where(Delivery.state == "queued")).all()
        assert subscriber.state in SUBSCRIBER_STATES
        assert not (queued and (never or subscriber.state in ("ended", "bounced")))
        assert (subscriber.sealed == b"") == (subscriber.state == "ended")
        if subscriber.state in ("pending", "ended"):
            assert not subscribers.followed(session, subscriber)
