"""Many subscribers on a busy day: the Council overrides seventeen vetoes, and everybody is written to.

    python -m benchmarks.digest_crowd fill|compose|send URL PORT [COUNT]

Each command is a process of its own, so that its time and its peak memory are its own; it prints one line of JSON.
"""

import json
import random
import resource
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from time import perf_counter, process_time
from typing import Any, Final

from scrapers.records import ActionRecord, MatterRecord, Observation
from tracker.config import load_config
from tracker.database import connect, upgrade, writing
from tracker.digests.composing import BATCH, compose
from tracker.digests.letter import Writer
from tracker.ingest import Source, ingest
from tracker.mail.envelope import Packer
from tracker.mail.sender import Tools, send
from tracker.mail.server import Mailer
from tracker.models.mail import Subscriber, Subscription
from tracker.posting import insert
from tracker.scope import Rule
from tracker.secret import Seal, Secret
from tracker.tokens import Tokens

VETOES: Final = 17
BEFORE: Final = datetime(2026, 1, 28, 11, tzinfo=UTC)
DAY: Final = datetime(2026, 1, 30, 11, tzinfo=UTC)
SECRET: Final = Secret("for measuring alone, and for nothing else")
MATTERS: Final = tuple(f"Int {1400 + number}-2025" for number in range(VETOES))
# what hits on that day, then what else people follow
HITS: Final = (("core", ""), ("tracked", ""), ("stage", "law"), ("introductions", ""), ("search", "detainers"))
OTHERS: Final = (("hearings", ""), ("orders", ""), ("section", "admin 9-131"), ("stage", "blocked"))


def observed(number: int, *, overridden: bool) -> Observation:
    """One bill as it stood before the day, and after."""
    rows = [("Introduced by Council", 27, "2025-06-11"), ("Approved by Council", 68, "2025-12-18"),
            ("Vetoed by Mayor", 38, "2025-12-31")]  # fmt: skip
    rows += [("Overridden by Council", 61, "2026-01-29")] if overridden else []
    actions = tuple(
        ActionRecord(f"{number}-{code}", on, "", code, name, "City Council" if code != 38 else "Mayor", "Pass")
        for name, code, on in rows
    )
    matter = MatterRecord(
        source_id=str(number), file_number=MATTERS[number], kind="Introduction",
        name=f"Limits on detainers and on what number {number} of the agencies shares",
        title=f"A Local Law to amend the administrative code, in relation to detainers, part {number}",
        status="Enacted" if overridden else "Vetoed", body="Committee on Immigration",
        introduced_on="2025-06-11", final_action_on="2025-12-18", enacted_on="", local_law="", version="A",
        sponsors=(), actions=actions, scope="core", scope_reason="made for measuring",
    )  # fmt: skip
    at = int((DAY if overridden else BEFORE).timestamp()) - 3_600
    place = f"introduction/2025/{1400 + number}.json"
    return Observation(at, place, f"https://example.org/{place}", "", matter)


def fill(url: str, count: int) -> dict[str, Any]:
    """A record with the bills before and after the day, and the subscribers in between."""
    engine, rule = connect(url), Rule(load_config(None, {}).scope)
    upgrade(engine)
    before = [observed(number, overridden=False) for number in range(VETOES)]
    ingest(engine, Source("council-archive", "replay", "x", "1", before), rule, lambda: BEFORE)
    with writing(engine) as session:
        insert(session, Subscriber, subscribers(count))
        insert(session, Subscription, subscriptions(count))
    after = [observed(number, overridden=True) for number in range(VETOES)]
    result = ingest(engine, Source("council-archive", "live", "x", "2", after), rule, lambda: DAY - timedelta(hours=1))
    return {"changes": result.changes}


def subscribers(count: int) -> Iterator[dict[str, Any]]:
    """Confirmed ones, with sealed addresses."""
    seal = Seal(SECRET)
    for key in range(1, count + 1):
        address = f"reader{key}@example.org"
        yield {
            "id": key, "fingerprint": seal.fingerprint(address), "sealed": seal.close(address), "state": "active",
            "language": "en", "quiet_weeks": False, "nonce": f"nonce{key}", "created_at": BEFORE,
            "confirmed_at": BEFORE, "state_since": BEFORE,
        }  # fmt: skip


def subscriptions(count: int) -> Iterator[dict[str, Any]]:
    """One to three each, the first of which hits."""
    chance = random.Random(17)
    for key in range(1, count + 1):
        single = ("matter", chance.choice(MATTERS))
        chosen = {chance.choice((*HITS, single, single))}
        chosen |= {
            chance.choice((*HITS, *OTHERS, ("matter", chance.choice(MATTERS)))) for _ in range(chance.randint(0, 2))
        }
        for kind, value in sorted(chosen):
            yield {
                "subscriber_id": key, "kind": kind, "value": value, "period": "daily", "after_change_id": VETOES,
                "created_at": BEFORE, "confirmed_at": BEFORE,
            }  # fmt: skip


def tools(port: int) -> Tools:
    """Four connections to the server on that port."""
    config = load_config(None, {})
    site = config.site.model_copy(update={"base_url": "https://tracker.example.org"})
    mail = config.mail.model_copy(
        update={"host": "127.0.0.1", "port": port, "security": "none", "sender": "tracker@example.org"}
    )
    return Tools(
        site, mail, Seal(SECRET), Tokens(SECRET), Writer(site, mail.postal), Packer(site, mail), lambda: Mailer(mail)
    )


def beat(done: int) -> None:
    """A line after each transaction, by which one who kills the composer knows how far it came."""
    print(f"batch {done}", flush=True)


def main() -> None:
    """Do one part and print what it took."""
    what, url, port, *rest = sys.argv[1:]
    started, engine = perf_counter(), connect(url)
    if what == "fill":
        found = fill(url, int(rest[0]))
    elif what == "compose":
        rules, batch = load_config(None, {}).digests, int(rest[0]) if rest else BATCH
        found = compose(engine, "daily", DAY, rules=rules, batch=batch, after_batch=beat)._asdict()
    else:
        found = send(engine, tools(int(port)), lambda: datetime.now(UTC))._asdict()
    engine.dispose()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    took = {"seconds": perf_counter() - started, "cpu": process_time(), "peak": peak}
    print(json.dumps(found | took))


if __name__ == "__main__":
    main()
