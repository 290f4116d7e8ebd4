"""A replay of the record day by day, as it was seen, with a digest every day to one who follows every introduction.

What is counted is read from the mails themselves: each line of a mail's HTML bears the number of its change. Beside it,
on the same days, what the rules of two other trackers would have mailed, which go by the date of the act:

* Open States, daily: a bill is mailed when ``since <= latest action date <= today``, compared as days.
* Seattle Councilmatic, weekly: a bill is mailed when its latest action is dated in the last 8 days, or later.

A row is lost under such a rule when the first mail of the bill that could have shown it as new never went out, and a
mail is a repeat when nothing of the bill was new in it. As in the notes on peers, "known bills" are meant: rows that
were added to bills that somebody could follow already.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from itertools import groupby
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from scrapers import council_archive
from scrapers.git_archive import open_repository
from tracker.composing import compose
from tracker.config import load_config
from tracker.database import connect, reading, upgrade, writing
from tracker.digests import Shelf, Slip
from tracker.envelope import Envelope, Packer
from tracker.held import table
from tracker.ingest import Seen, Source, ingest
from tracker.letter import Caps, Writer
from tracker.models import Change, Matter, Run
from tracker.models_digests import Digest
from tracker.models_mail import Subscriber, Subscription
from tracker.queries_changes import FRESH_DAYS
from tracker.scope import Rule
from tracker.secret import Seal, Secret
from tracker.sender import Tools, links_of
from tracker.tokens import Tokens
from tracker.wording import new_york_date

MODES: Final = ("replay",)
# as others have replayed the same rules over the same record; in January bills of the last session are filed in bulk
WINDOWS: Final = {2025: (date(2025, 2, 1), date(2025, 11, 30)), 2026: (date(2026, 2, 5), date(2026, 8, 21))}
AT: Final = time(11, tzinfo=UTC)
COUNTED: Final = ("status_changed", "action_added")
_LINE: Final = re.compile(r'id="change-(\d+)"')


@dataclass
class Counts:
    """What one year's mails held, and what they should have held."""

    days: int = 0
    mails: int = 0
    expected: int = 0
    lost: int = 0
    repeated: int = 0
    foreign: int = 0
    rules: dict[str, tuple[int, int, int]] = field(default_factory=dict)  # rows, lost, empty mails


def seen_by_day(place: str, before: date) -> Iterator[tuple[date, Iterator[Seen]]]:
    """Observations of an archive or a file, day by day; all before the first day as one."""
    first = datetime.combine(before, AT).timestamp()
    seen = (
        council_archive.observations(Path(place))
        if Path(place).is_file()
        else council_archive.history(open_repository(place, Path(place), whole=True), "")
    )

    def day_of(each: Seen) -> date:
        if each.observed_at < first:
            return before
        moment = datetime.fromtimestamp(each.observed_at, UTC)
        return moment.date() + timedelta(days=moment.time().replace(tzinfo=UTC) > AT)

    return groupby(seen, key=day_of)


def run(place: str, folder: Path, year: int) -> Counts:
    """Replay one year: a run of the source and a digest on every day on which anything was seen."""
    engine = connect(f"sqlite:///{folder}/days-{year}.db")
    upgrade(engine)
    config = load_config(None, {})
    rule, tools = Rule(config.scope), tools_for(config.model_copy(update={}).site, config.mail)
    first, counts, told = date(year, 1, 1), Counts(), Counter[int]()
    for on, seen in seen_by_day(place, first):
        if on.year > year:
            break
        clock = datetime.combine(on, AT)
        ingest(engine, Source("council-archive", "replay", place, on.isoformat(), seen), rule, lambda at=clock: at)
        if on == first:
            follow_everything(engine, tools, clock)
            continue
        compose(engine, "daily", clock, modes=MODES)
        counts.days += 1
        for message in mails(engine, tools, clock):
            counts.mails += 1
            told.update(lines_of(message))
    _compare(engine, told, counts, year)
    engine.dispose()
    return counts


def tools_for(site: object, mail: object) -> Tools:
    """What writing stands on, with no caps: every line is to be counted."""
    config = load_config(None, {})
    site = config.site.model_copy(update={"base_url": "https://tracker.example.org"})
    mail = config.mail.model_copy(update={"sender": "tracker@example.org", "host": "127.0.0.1"})
    secret = Secret.fresh()
    writer = Writer(site, mail.postal, Caps(None, None, None))
    return Tools(site, mail, Seal(secret), Tokens(secret), writer, Packer(site, mail), lambda: None)  # type: ignore


def follow_everything(engine: sa.Engine, tools: Tools, now: datetime) -> None:
    """One reader of every introduction, from this moment on."""
    with writing(engine) as session:
        newest = session.execute(sa.select(sa.func.max(table(Change).c.id))).scalar() or 0
        session.add(
            Subscriber(
                id=1, fingerprint="1", sealed=tools.seal.close("reader@example.org"), state="active", nonce="n",
                created_at=now, confirmed_at=now, state_since=now,
            )
        )  # fmt: skip
        session.flush()
        session.add(
            Subscription(
                subscriber_id=1, kind="introductions", period="daily", after_change_id=newest, created_at=now,
                confirmed_at=now,
            )
        )  # fmt: skip


def mails(engine: sa.Engine, tools: Tools, now: datetime) -> Iterator[EmailMessage]:
    """The mails that were composed at this moment, as a mailbox would read them."""
    rows = table(Digest)
    with reading(engine) as session:
        shelf = Shelf()
        shelf.refresh(session, now)
        found = session.execute(sa.select(rows).where(rows.c.composed_at == now)).all()
        slips = [Slip(row.id, row.period, row.composed_at, row.beside) for row in found]
        for key, content in shelf.contents(session, slips).items():
            links = links_of(tools, 1, "n", now)
            envelope = Envelope("reader@example.org", f"<digest-1-{key}@tracker.example.org>", now, links.unsubscribe)
            message = message_from_bytes(
                tools.packer.pack(tools.writer.write(content, links), envelope), policy=default
            )
            assert isinstance(message, EmailMessage)
            yield message


def lines_of(message: EmailMessage) -> list[int]:
    """The changes that a mail tells of, from its HTML; its plain text must have as many lines."""
    html, text = (message.get_body((kind,)) for kind in ("html", "plain"))
    assert html is not None and text is not None
    found = [int(key) for key in _LINE.findall(html.get_content())]
    assert len(found) == len(re.findall(r"^  \* ", text.get_content(), re.M)), "the two readings differ"
    return found


def _compare(engine: sa.Engine, told: Counter[int], counts: Counts, year: int) -> None:
    changes, matters, runs = table(Change), table(Matter), table(Run)
    # asked of the tables directly, and not by way of what chooses
    columns = (changes.c.id, changes.c.kind, changes.c.matter_id, changes.c.acted_on, runs.c.started_at)
    chosen = (
        sa.select(*columns)
        .join(runs, runs.c.id == changes.c.run_id)
        .join(matters, matters.c.id == changes.c.matter_id)
        .where(matters.c.kind == "Introduction", runs.c.started_at > datetime.combine(date(year, 1, 1), AT))
        .order_by(changes.c.id)
    )
    with reading(engine) as session:
        rows = session.execute(chosen).all()
    due = [row for row in rows if row.kind in COUNTED]
    known = {row.id for row in rows}
    counts.expected = len(due)
    counts.lost = sum(told[row.id] == 0 for row in due)
    counts.repeated = sum(number - 1 for number in told.values() if number > 1)
    counts.foreign = sum(key not in known for key in told)
    added = [(row.matter_id, row.acted_on, row.started_at.date()) for row in rows if row.kind == "action_added"]
    since, until = WINDOWS[year]
    within = [row for row in added if since <= row[2] <= until]
    with reading(engine) as session:
        held = latest_dates(session)
    for when, some in (("whole year", added), (f"{since:%d %b} to {until:%d %b}", within)):
        counts.rules |= {f"{name}, {when}": found for name, found in by_action_date(held, some, year).items()}


def latest_dates(session: object) -> dict[int, list[tuple[date, date]]]:
    """Of each matter the (day on which it was seen, date of the act) of all its rows, in the order seen."""
    from tracker.models import Action

    actions, matters = table(Action), table(Matter)
    chosen = (
        sa.select(actions.c.matter_id, actions.c.first_seen_at, actions.c.acted_on)
        .join(matters, matters.c.id == actions.c.matter_id)
        .where(matters.c.kind == "Introduction")
        .order_by(actions.c.first_seen_at)
    )
    found: dict[int, list[tuple[date, date]]] = {}
    for matter_id, at, acted_on in session.execute(chosen):  # type: ignore[attr-defined]
        moment = at.astimezone(UTC)
        seen_on = moment.date() + timedelta(days=moment.time().replace(tzinfo=UTC) > AT)
        found.setdefault(matter_id, []).append((seen_on, acted_on))
    return found


def by_action_date(
    held: dict[int, list[tuple[date, date]]], added: Sequence[tuple[int, date, date]], year: int
) -> dict[str, tuple[int, int, int]]:
    """(rows, rows that no mail showed as new, mails in which nothing was new) of each rule."""
    rows: dict[int, list[tuple[date, date]]] = {}
    for matter_id, acted_on, seen_on in added:
        rows.setdefault(matter_id, []).append((seen_on, acted_on))
    return {
        "Open States, daily": _rule(held, rows, year, every=1, back=1, ahead=False),
        "Seattle, weekly": _rule(held, rows, year, every=7, back=8, ahead=True),
    }


def _rule(
    held: dict[int, list[tuple[date, date]]],
    rows: dict[int, list[tuple[date, date]]],
    year: int,
    *,
    every: int,
    back: int,
    ahead: bool,
) -> tuple[int, int, int]:
    days = [date(year, 1, 1) + timedelta(days=number) for number in range(1, 366, every)]
    total = lost = empty = 0
    for matter_id, new in rows.items():
        total += len(new)
        waiting, last = sorted(new), date(year, 1, 1)
        for on in days:
            visible = [acted for seen, acted in held[matter_id] if seen <= on]
            latest = max((acted for acted in visible), default=None)
            fresh = [row for row in waiting if last < row[0] <= on]
            # what is seen between two mails is new to the next of them, and to no other
            mailed = latest is not None and on - timedelta(days=back) <= latest and (ahead or latest <= on)
            lost += 0 if mailed else len(fresh)
            empty += mailed and not fresh
            last = on
        lost += sum(row[0] > last for row in waiting)
    return total, lost, empty


__all__ = ["FRESH_DAYS", "Counts", "new_york_date", "run"]
