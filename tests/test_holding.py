"""A digest run that looks like no news waits for a person; a busy day does not."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from digest_builder import NOW, add_action, add_change, add_matter, add_run, deliveries, ledger, subscribe
from test_choosing import change, fresh
from test_cli import refused, tracker

from tracker.config import DigestsConfig
from tracker.database import reading
from tracker.digests import archive as digest_archive
from tracker.digests import composing
from tracker.digests import runs as digest_runs
from tracker.digests.choosing import Fresh
from tracker.digests.composing import compose
from tracker.digests.holding import weigh
from tracker.digests.runs import Unusual
from tracker.web import SiteSettings, create_app

RULES = DigestsConfig(most_unexplained=5, most_share=0.25)
LONG_AGO, TODAY = date(2024, 5, 1), NOW.date()
DAY = timedelta(days=1)


def due(count: int, acted_on: date | None, kind: str = "action_added", first: int = 1) -> list[Fresh]:
    """So many changes, each of a matter of its own."""
    return [
        Fresh(change(kind, id=key, matter_id=key, acted_on=acted_on), fresh(matter_id=key).about)
        for key in range(first, first + count)
    ]


@pytest.mark.parametrize(
    ("news", "held", "expected"),
    [
        (due(5, LONG_AGO), 10_000, None),
        (due(6, LONG_AGO), 10_000, Unusual(6, 6, 6)),  # a back-fill
        (due(60, TODAY), 10_000, None),  # a busy day
        (due(60, TODAY - 20 * DAY), 10_000, None),  # what an outage of three weeks kept from us
        (due(6, None, "status_changed"), 10_000, Unusual(6, 6, 6)),  # a source that came back other than it was
        ([*due(60, TODAY), *due(60, None, "status_changed")], 10_000, None),  # acts of these days explain the status
        (due(60, None, "appeared"), 10_000, None),  # new bills
        (due(60, TODAY), 200, Unusual(60, 0, 60)),  # more than a quarter of all
        (due(50, TODAY), 60, None),  # a record that is small is not held for its size
    ],
)
def test_what_no_fresh_act_explains_is_unusual(news: list[Fresh], held: int, expected: Unusual | None) -> None:
    assert weigh(news, held, RULES) == expected


def fill_in(engine: sa.Engine, count: int = 6) -> list[int]:
    """A source gives rows of long ago in an ordinary run."""
    run, key = add_run(engine), add_matter(engine)
    return [add_action(engine, run, key, 61, "Introduced by Council", LONG_AGO) for _ in range(count)]


def told(engine: sa.Engine) -> list[str]:
    with reading(engine) as session:
        return [digest_runs.told(held) for held in digest_runs.holds(session)]


def test_a_back_fill_waits_and_is_mailed_once_released(database: sa.Engine) -> None:
    reader = subscribe(database, ("core", ""))
    changes = fill_in(database)
    for now in (NOW, NOW + DAY):  # also on the next day, under another slot
        done = compose(database, "daily", now, rules=RULES)
        assert "explains 6 of them" in done.held
        assert (done.digests, deliveries(database), ledger(database, reader)) == (0, [], [])
    assert told(database) == [done.held] and "since 2 Mar 2026" in done.held
    assert compose(database, "daily", NOW + DAY).digests == 1  # released
    assert (ledger(database, reader), told(database)) == (changes, [])
    news = add_action(database, add_run(database), 1, 61, "Overridden by Council", TODAY)
    assert compose(database, "daily", NOW + 2 * DAY, rules=RULES).digests == 1
    assert ledger(database, reader) == [*changes, news]


def test_what_was_skipped_is_told_to_nobody_and_what_comes_after_is(database: sa.Engine) -> None:
    reader = subscribe(database, ("core", ""))
    fill_in(database)
    assert compose(database, "daily", NOW, rules=RULES).held
    assert composing.skip(database, "daily", NOW) == 1
    assert told(database) == []
    news = add_action(database, add_run(database), 1, 61, "Overridden by Council", TODAY)
    assert not compose(database, "daily", NOW + DAY, rules=RULES).held
    assert ledger(database, reader) == [news]
    with reading(database) as session:
        (issue,) = digest_archive.issues(session)
        assert len(digest_archive.read(session, issue.slot).entries[0].steps) == 1


def test_each_period_waits_for_itself(record: sa.Engine) -> None:
    subscribe(record, ("core", ""))
    subscribe(record, ("core", ""), period="now")
    fill_in(record)
    assert [bool(compose(record, period, NOW, rules=RULES).held) for period in ("daily", "now")] == [True, True]
    compose(record, "now", NOW)
    assert [sentence.partition(" waits")[0] for sentence in told(record)] == ["The daily digest"]


def test_without_readers_nothing_waits_and_the_archive_leaves_it_out(record: sa.Engine) -> None:
    fill_in(record)
    assert not compose(record, "daily", NOW, rules=RULES).held
    add_action(record, add_run(record), 1, 61, "Overridden by Council", TODAY)
    compose(record, "daily", NOW + DAY, rules=RULES)
    with reading(record) as session:
        (issue,) = digest_archive.issues(session)
        assert len(digest_archive.read(session, issue.slot).entries[0].steps) == 1


def test_a_busy_day_is_mailed(record: sa.Engine) -> None:
    """Seventeen vetoes overridden on one day, and the status of each."""
    subscribe(record, ("core", ""))
    run = add_run(record)
    for number in range(17):
        key = add_matter(record, f"Int {number + 1}-2025")
        add_action(record, run, key, 61, "Overridden by Council", TODAY)
        add_change(record, run, key)
    assert compose(record, "daily", NOW, rules=RULES).changes == 34


def test_the_operator_is_told_and_lets_it_go(record: sa.Engine) -> None:
    subscribe(record, ("core", ""))
    fill_in(record, 201)
    url = f"--database-url={record.url}"
    assert "Nothing was written" in refused(tracker("digest", "daily", url), 75)
    for command in ("check", "health"):
        assert "The daily digest waits for a person" in tracker(command, url).output
    page = create_app(record, clock=lambda: NOW, site=SiteSettings()).test_client().get("/sources").text
    assert "The daily digest waits for a person" in page
    assert tracker("digest", "daily", "--skip", "--release", url).exit_code == 2
    assert tracker("digest", "daily", "--release", url).output.startswith("1 digest with 201 changes")
    assert "passed over, for 0 subscriptions" in tracker("digest", "daily", "--skip", url).output
