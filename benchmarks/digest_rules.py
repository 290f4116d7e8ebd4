"""What rules that go by the date of the act lose: two other trackers' rules, as in their source, over the same record.

* Open States, daily: a bill is mailed when ``since <= latest action date <= today``, compared as days.
* Seattle Councilmatic, weekly: a bill is mailed when its latest action is dated in the last 8 days, or later.

A new row is lost when its bill was not mailed by the first mail after the row was seen: to that mail it is new, and to
no other. A mail repeats when nothing of the bill was new in it. Rows that came with a new bill are left out, since
nobody could follow the bill before.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session

from tracker.held import table
from tracker.models import Action, Matter

Held = dict[int, list[tuple[date, date]]]


class Losses(NamedTuple):
    """How a rule did."""

    rows: int
    lost: int
    repeats: int


class Rule(NamedTuple):
    """Every so many days a mail of the bills whose latest act is so many days back; ``ahead``: or in the future."""

    every: int
    back: int
    ahead: bool


RULES = {"Open States, daily": Rule(1, 1, False), "Seattle, weekly": Rule(7, 8, True)}


def rows_seen(session: Session, at: time) -> Held:
    """Of each introduction (day of the mail to which it was new, date of the act) of every row, as mails go out at."""
    actions, matters = table(Action), table(Matter)
    chosen = (
        sa.select(actions.c.matter_id, actions.c.first_seen_at, actions.c.acted_on)
        .join(matters, matters.c.id == actions.c.matter_id)
        .where(matters.c.kind == "Introduction")
    )
    found: Held = {}
    for matter_id, seen_at, acted_on in session.execute(chosen):
        found.setdefault(matter_id, []).append((day_of(seen_at, at), acted_on))
    return found


def day_of(moment: datetime, at: time) -> date:
    """The day of the first mail after a moment."""
    moment = moment.astimezone(UTC)
    return moment.date() + timedelta(days=moment.time().replace(tzinfo=UTC) > at)


def by_action_date(held: Held, added: Sequence[tuple[int, date, date]], since: date, until: date) -> dict[str, Losses]:
    """What each rule lost of the rows (matter, date of the act, day seen) that were seen from one day to another."""
    rows: dict[int, list[date]] = {}
    for matter_id, _, seen_on in added:
        if since <= seen_on <= until:
            rows.setdefault(matter_id, []).append(seen_on)
    return {name: _losses(rule, held, rows, since, until) for name, rule in RULES.items()}


def _losses(rule: Rule, held: Held, rows: dict[int, list[date]], since: date, until: date) -> Losses:
    # which day of the week a weekly mail goes out makes a difference of two in one: all of them are tried
    starts = [since + timedelta(days=number) for number in range(rule.every)]
    found = [_of_one_day(rule, held, rows, since, until, start) for start in starts]
    lost, repeats = (round(sum(each[part] for each in found) / len(found)) for part in (0, 1))
    return Losses(sum(map(len, rows.values())), lost, repeats)


def _of_one_day(
    rule: Rule, held: Held, rows: dict[int, list[date]], since: date, until: date, start: date
) -> tuple[int, int]:
    # the last mail comes after the last row, so that none is lost for want of a mail
    days = [start + timedelta(days=number) for number in range(0, (until - start).days + rule.every, rule.every)]
    lost = repeats = 0
    for matter_id, seen in rows.items():
        last = since - timedelta(days=1)
        for on in days:
            latest = max((acted for seen_on, acted in held[matter_id] if seen_on <= on), default=date.min)
            mailed = on - timedelta(days=rule.back) <= latest and (rule.ahead or latest <= on)
            new = sum(last < seen_on <= on for seen_on in seen)
            lost += 0 if mailed else new
            repeats += mailed and not new
            last = on
    return lost, repeats
