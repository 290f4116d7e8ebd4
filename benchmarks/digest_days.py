"""A replay of the record day by day, as it was seen, with a digest every day to one who follows every introduction.

What is counted is read from the mails themselves: each line of a mail's HTML bears the number of its change. Beside it,
on the same days, what two other trackers' rules would have lost (`digest_rules`).
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from itertools import groupby
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from benchmarks.digest_rules import Losses, by_action_date, rows_seen
from scrapers import council_archive
from scrapers.git_archive import open_repository
from tracker.config import Config, load_config
from tracker.database import connect, reading, upgrade, writing
from tracker.digests.composing import compose
from tracker.digests.content import Shelf, Slip
from tracker.digests.letter import Caps, Writer
from tracker.held import table
from tracker.ingest import Seen, Source, ingest
from tracker.mail.envelope import Envelope, Packer
from tracker.mail.sender import Tools, links_of
from tracker.mail.server import Mailer
from tracker.models import Change, Matter, Run
from tracker.models.digests import Digest
from tracker.models.mail import Subscriber, Subscription
from tracker.scope import Rule
from tracker.secret import Seal, Secret
from tracker.tokens import Tokens

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
    held: int = 0
    rules: dict[str, Losses] = field(default_factory=dict)


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
    rule, tools = Rule(config.scope), tools_for(config)
    first, counts, told = date(year, 1, 1), Counts(), Counter[int]()
    for on, seen in seen_by_day(place, first):
        if on.year > year:
            break
        clock = datetime.combine(on, AT)
        ingest(engine, Source("council-archive", "replay", place, on.isoformat(), seen), rule, lambda at=clock: at)
        if on == first:
            follow_everything(engine, tools, clock)
            continue
        if compose(engine, "daily", clock, rules=config.digests, modes=MODES).held:
            counts.held += 1
            compose(engine, "daily", clock, modes=MODES)
        counts.days += 1
        for message in mails(engine, tools, clock):
            counts.mails += 1
            told.update(lines_of(message))
    _compare(engine, told, counts, year)
    engine.dispose()
    return counts


def tools_for(config: Config) -> Tools:
    """What writing stands on, with no caps: every line is to be counted."""
    site = config.site.model_copy(update={"base_url": "https://tracker.example.org"})
    mail = config.mail.model_copy(update={"sender": "tracker@example.org", "host": "127.0.0.1"})
    secret = Secret.fresh()
    writer = Writer(site, mail.postal, Caps(None, None, None))
    return Tools(site, mail, Seal(secret), Tokens(secret), writer, Packer(site, mail), lambda: Mailer(mail))


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
            links = links_of(tools, 1, "n", "en", now)
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
    spans = (date(year, 1, 1), date(year, 12, 31)), WINDOWS[year]
    with reading(engine) as session:
        held = rows_seen(session, AT)
    for since, until in spans:
        found = by_action_date(held, added, since, until)
        counts.rules |= {f"{name}, {since:%d %b} to {until:%d %b}": losses for name, losses in found.items()}
