"""When a source is in trouble, when that becomes an incident, and what the operator is told, once."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from sqlmodel import select

from tracker.config import Config, load_config
from tracker.database import reading, writing
from tracker.health import Rules, State, check_health, incidents, judge, report, rules_of, states
from tracker.locks import Busy, only_one
from tracker.models import Run
from tracker.models.sources import Incident

NOW = datetime(2026, 8, 22, 12, tzinfo=UTC)  # 08:00 in New York
LIMIT = timedelta(hours=36)


def run(hours_ago: float, outcome: str = "ok", **given: Any) -> Run:
    at = NOW - timedelta(hours=hours_ago)
    values: dict[str, Any] = {"source": "council-web", "mode": "live", "place": "", "started_at": at, "finished_at": at}
    return Run(outcome=outcome, **(values | given))


def state(*runs: Run, limit: timedelta | None = LIMIT, share: float = 0.5, now: datetime = NOW) -> State:
    """The judgement on runs, the newest first."""
    return judge("council-web", runs, now, limit, share)


# One source


def test_a_source_that_was_read_in_time_is_well() -> None:
    found = state(run(2, read=40, changes=3))
    assert (found.kind, found.stale, found.error, found.in_trouble) == ("ok", False, "", False)
    assert found.sentence == "It was read well on 22 Aug 2026 06:00."
    assert (found.read, found.changes, found.usual) == (40, 3, None)


def test_a_source_that_was_never_tried_is_in_no_trouble_yet() -> None:
    assert state() == State("council-web", "unread", "It was not read yet.")


def test_a_failed_try_is_told_with_its_sentence_and_with_the_last_good_read() -> None:
    found = state(run(1, "failed", message="The host does not answer."), run(3, read=40))
    assert (found.kind, found.outcome, found.error) == ("failing", "failed", "The host does not answer.")
    assert found.sentence == (
        "The try of 22 Aug 2026 07:00 failed: The host does not answer. It was last read well on 22 Aug 2026 05:00."
    )
    assert not found.stale


def test_a_refusal_is_told_as_one() -> None:
    found = state(run(1, "refused", message="robots.txt says no"))
    assert found.sentence == "The try of 22 Aug 2026 07:00 was refused: robots.txt says no."
    assert (found.last_good, found.read) == (None, None)


def test_failures_in_a_row_began_with_the_first_of_them() -> None:
    assert state(run(1, "failed"), run(2, "stopped"), run(3, "refused"), run(4), run(5, "failed")).since == (
        NOW - timedelta(hours=3)
    )


def test_a_run_that_was_stopped_or_is_not_over_decides_nothing() -> None:
    for outcome in ("stopped", "running"):
        found = state(run(1, outcome), run(2))
        assert (found.kind, found.outcome) == ("ok", outcome)
        assert state(run(1, outcome), run(2, "failed", message="no")).kind == "failing"
        assert state(run(1, outcome)).kind == "unread"


def test_a_source_is_stale_when_the_limit_is_past_and_not_before() -> None:
    assert state(run(36)).kind == "ok"
    found = state(run(36.1))
    assert (found.kind, found.stale) == ("stale", True)
    assert found.since == NOW - timedelta(hours=0.1)
    assert found.sentence == "It was last read well on 20 Aug 2026 19:54, more than 36 hours ago."


def test_a_source_that_fails_until_it_is_stale_is_both() -> None:
    found = state(run(1, "failed", message="no"), run(40))
    assert (found.kind, found.stale) == ("failing", True)


def test_a_source_without_limit_and_the_starter_record_are_never_stale() -> None:
    assert state(run(9999), limit=None).kind == "ok"
    assert state(run(9999, mode="starter")).kind == "ok"


def reads(*counts: int, **given: Any) -> list[Run]:
    return [run(n + 1, read=count, **given) for n, count in enumerate(counts)]


def test_a_read_under_half_of_what_is_usual_is_short() -> None:
    found = state(*reads(19, 40, 38, 42))
    assert (found.kind, found.usual) == ("short", 40)
    assert found.sentence == "It was read on 22 Aug 2026 07:00, and brought 19 where 40 are usual."
    assert state(*reads(20, 40, 38, 42)).kind == "ok"


def test_what_is_usual_is_the_median_of_the_ten_reads_before() -> None:
    assert state(*reads(40, *[40] * 9, 1000, 9999)).usual == 40
    assert state(*reads(40, *[40] * 4, *[60] * 6, *[1] * 50)).usual == 60


def test_two_reads_do_not_make_a_habit() -> None:
    assert (state(*reads(1, 40, 40)).kind, state(*reads(1, 40, 40)).usual) == ("ok", None)


def test_a_run_with_nothing_new_is_neither_short_nor_usual_and_does_not_hide_a_short_one() -> None:
    assert state(run(0.5), *reads(40, 0, 0, 38, 42, 41)).usual == 41
    assert state(run(0.5, message="Nothing new."), *reads(19, 40, 38, 42)).kind == "short"


def test_a_replay_of_everything_says_nothing_of_what_a_live_read_brings() -> None:
    replay = run(9, read=36_000, mode="replay")
    assert state(*reads(3, 4, 3, 2), replay).usual == 3
    assert state(*reads(3), replay).usual is None


# All sources


def test_the_settings_say_which_sources_are_expected_and_what_the_api_lacks() -> None:
    config = load_config(None, {})
    rules = rules_of(config, {})
    assert "council-api" in rules.expected
    assert "captures" not in rules.expected
    assert rules.stale_after["orders-archive"] == timedelta(hours=400)
    unset = {"news-sitemaps": "No sitemap is set: [news] sitemaps is empty."}
    assert rules.waiting == unset | {"council-api": "It needs a token: set TRACKER_LEGISTAR_TOKEN."}
    assert rules_of(config, {"TRACKER_LEGISTAR_TOKEN": "x"}).waiting == unset


RULES = Rules(
    stale_after={"council-web": LIMIT, "council-archive": LIMIT},
    least_share=0.5,
    expected=("council-web", "council-api", "hearings"),
    waiting={"council-api": "It needs a token: set TRACKER_LEGISTAR_TOKEN."},
)


def kinds(engine: sa.Engine, now: datetime = NOW) -> dict[str, str]:
    with reading(engine) as session:
        return {found.source: found.kind for found in states(session, RULES, now)}


def add(engine: sa.Engine, *runs: Run) -> None:
    """Runs, the oldest first."""
    with writing(engine) as session:
        for each in runs:
            session.add(each)
            session.flush()


def test_every_source_that_is_expected_or_was_tried_has_a_state(database: sa.Engine) -> None:
    add(database, run(1, source="starter-record", mode="starter"), run(1), run(1, source="by-hand"))
    assert list(kinds(database).items()) == [
        ("council-api", "unread"), ("council-web", "ok"), ("hearings", "unread"), ("starter-record", "ok"),
        ("by-hand", "ok"),
    ]  # fmt: skip
    with reading(database) as session:
        api, _, hearings, *_ = states(session, RULES, NOW)
        assert (api.sentence, hearings.sentence) == (
            "It needs a token: set TRACKER_LEGISTAR_TOKEN.", "It was not read yet.",
        )  # fmt: skip


def test_a_good_read_before_many_failures_and_reads_before_many_quiet_ones_are_found(database: sa.Engine) -> None:
    add(database, *(run(900 - n, read=40) for n in range(4)), run(800, read=10), *(run(700 - n) for n in range(50)))
    assert kinds(database, NOW - timedelta(hours=650))["council-web"] == "short"
    add(database, *(run(600 - n, "failed", message="no") for n in range(50)))
    with reading(database) as session:
        found = {each.source: each for each in states(session, RULES, NOW)}["council-web"]
    assert (found.kind, found.last_good, found.read, found.usual) == ("failing", NOW - timedelta(hours=651), 10, 40)


def test_a_source_of_news_only_is_never_short(record: sa.Engine) -> None:
    add(
        record,
        *(run(9 - n, read=40, source="council-archive") for n in range(5)),
        run(1, read=1, source="council-archive"),
    )
    assert kinds(record)["council-archive"] == "ok"


def test_the_report_for_machines() -> None:
    well, failing = state(run(2)), state(run(1, "failed", message="no"), run(40))
    told = report([well, failing._replace(source="hearings"), State("council-api", "unread", "Not yet.")], NOW)
    assert told == {
        "status": "degraded",
        "sources": {
            "council-web": {
                "last_good": "2026-08-22T10:00:00+00:00", "age_seconds": 7200,
                "last_try": "2026-08-22T10:00:00+00:00", "outcome": "ok", "stale": False, "state": "ok",
                "sentence": "It was read well on 22 Aug 2026 06:00.",
            },
            "hearings": {
                "last_good": "2026-08-20T20:00:00+00:00", "age_seconds": 144_000,
                "last_try": "2026-08-22T11:00:00+00:00", "outcome": "failed", "stale": True, "state": "failing",
                "sentence": "The try of 22 Aug 2026 07:00 failed: no. It was last read well on 20 Aug 2026 16:00.",
            },
            "council-api": {
                "last_good": None, "age_seconds": None, "last_try": None, "outcome": None, "stale": False,
                "state": "unread", "sentence": "Not yet.",
            },
        },
    }  # fmt: skip
    assert (report([well], NOW)["status"], report([], NOW)["status"]) == ("ok", "empty")


# Incidents


def rows(engine: sa.Engine) -> list[Incident]:
    with reading(engine) as session:
        return list(session.scalars(select(Incident).order_by(sa.text("id"))))


def look(engine: sa.Engine, now: datetime = NOW) -> None:
    with writing(engine) as session:
        incidents(session, states(session, RULES, now), now)


def test_an_incident_begins_with_the_first_failure_and_ends_with_the_next_good_read(database: sa.Engine) -> None:
    add(database, run(9), run(3, "failed", message="The first."))
    look(database)
    add(database, run(2, "refused", message="The second."))
    look(database)
    (incident,) = rows(database)
    assert (incident.source, incident.began_at, incident.ended_at) == ("council-web", NOW - timedelta(hours=3), None)
    assert "The first." in incident.message
    add(database, run(1))
    look(database)
    (incident,) = rows(database)
    assert incident.ended_at == NOW - timedelta(hours=1)
    add(database, run(0.5, "failed", message="The third."))
    look(database)
    assert [each.ended_at is None for each in rows(database)] == [False, True]


def test_a_source_that_goes_stale_after_failing_stays_in_one_incident(record: sa.Engine) -> None:
    add(record, run(3), run(2, "failed", message="no"))
    look(record)
    look(record, NOW + timedelta(days=3))
    assert len(rows(record)) == 1


def test_what_was_never_read_is_no_incident(record: sa.Engine) -> None:
    look(record)
    assert rows(record) == []


def test_an_incident_does_not_end_before_it_began(record: sa.Engine) -> None:
    add(record, run(40))
    look(record)
    with writing(record) as session:  # the operator allows more hours
        incidents(session, states(session, Rules(stale_after={"council-web": timedelta(hours=99)}), NOW), NOW)
    (incident,) = rows(record)
    assert incident.ended_at == incident.began_at


# Telling


class Post:
    """A mail server on loopback; it answers a DATA with the next of ``answers``, then with 250."""

    def __init__(self) -> None:
        self.answers: list[str] = []
        self.subjects: list[str] = []
        self.ids: list[str] = []
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        answer = self.answers.pop(0) if self.answers else "250 OK"
        message = message_from_bytes(envelope.content, policy=default)
        self.ids.append(str(message["Message-ID"]))
        if answer.startswith("250"):
            self.subjects.append(str(message["Subject"]).partition(" (")[0])
        return answer


@pytest.fixture
def post() -> Iterator[Post]:
    held = Post()
    controller = Controller(held, hostname="127.0.0.1", port=held.port)
    controller.start()
    yield held
    controller.stop()


def settings(port: int = 25, **given: str) -> Config:
    config = load_config(None, {})
    values = {
        "host": "127.0.0.1",
        "port": port,
        "security": "none",
        "sender": "t@example.org",
        "operator": "o@example.org",
    }
    return config.model_copy(update={"mail": config.mail.model_copy(update=values | given)})


def check(engine: sa.Engine, config: Config, *, tell: bool = True, now: datetime = NOW) -> list[str]:
    return list(check_health(config, engine, lambda: now, {}, tell=tell))


BROKEN, MENDED = "Council web pages: not read as it should be", "Council web pages: read well again"


def test_the_operator_is_told_once_when_an_incident_begins_and_once_when_it_ends(
    database: sa.Engine, post: Post
) -> None:
    add(database, run(3, "failed", message="no"))
    assert check(database, settings(post.port))[-1].startswith(f"Told o@example.org: {BROKEN}")
    check(database, settings(post.port))
    add(database, run(2, "failed", message="no"))
    check(database, settings(post.port))
    assert post.subjects == [BROKEN]
    add(database, run(1))
    check(database, settings(post.port))
    check(database, settings(post.port))
    assert post.subjects == [BROKEN, MENDED]
    (incident,) = rows(database)
    assert (incident.told_at, incident.end_told_at) == (NOW, NOW)


@pytest.mark.parametrize("answer", ["451 Later", "550 Never"])
def test_a_mail_that_was_not_taken_is_not_noted_as_told_and_tried_again(
    record: sa.Engine, post: Post, answer: str
) -> None:
    add(record, run(3, "failed", message="no"))
    post.answers = [answer]
    said = check(record, settings(post.port))[-1]
    assert said.startswith("o@example.org could not be told: ")
    assert answer in said
    assert rows(record)[0].told_at is None
    check(record, settings(post.port))
    assert post.subjects == [BROKEN]
    assert len(set(post.ids)) == 1, "the same mail, under the same Message-ID"


def test_an_incident_that_was_over_before_anybody_could_be_told_is_told_in_one_mail(
    record: sa.Engine, post: Post
) -> None:
    add(record, run(3, "failed", message="no"))
    look(record)
    add(record, run(1))
    check(record, settings(post.port))
    assert post.subjects == [MENDED]


def test_an_incident_that_was_over_long_before_is_not_told(record: sa.Engine, post: Post) -> None:
    add(record, run(3, "failed", message="no"))
    look(record)
    add(record, run(1))
    look(record)
    check(record, settings(post.port), now=NOW + timedelta(days=3), tell=True)
    assert MENDED not in post.subjects


@pytest.mark.parametrize("missing", ["host", "operator"])
def test_where_nobody_can_be_told_that_is_said_and_nothing_is_noted(record: sa.Engine, missing: str) -> None:
    add(record, run(3, "failed", message="no"))
    said = check(record, settings(25, **{missing: ""}))
    assert said[-1] == "Nobody is told of 1 incident: set [mail] host and operator in config.toml."
    assert rows(record)[0].told_at is None


def test_a_sender_that_is_no_address_is_said(record: sa.Engine, post: Post) -> None:
    add(record, run(3, "failed", message="no"))
    assert "'nobody' is no mail address" in check(record, settings(post.port, sender="nobody"))[-1]


def test_without_being_asked_to_tell_nobody_is_told(record: sa.Engine, post: Post) -> None:
    add(record, run(3, "failed", message="no"))
    said = check(record, settings(post.port), tell=False)
    assert "Council web pages: The try of 22 Aug 2026 05:00 failed: no." in said
    assert post.subjects == []
    assert len(rows(record)) == 1


def test_one_process_at_a_time_looks_at_the_health(record: sa.Engine) -> None:
    with only_one(record, "health"), pytest.raises(Busy):
        check(record, settings())
