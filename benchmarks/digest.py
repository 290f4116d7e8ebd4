"""Digests, measured: do they lose or repeat anything, and how many mails a second go out.

    make bench-digest            TRACKER_ARCHIVE=FOLDER replays a copy of the whole archive instead of the observations

The last line reads ``lost N, repeated N, mails per second N``: changes that no mail told of, or that more than one did,
in both years; mails that a mail server took in a second, from the composer's start to the last one's answer. The other
lines say of how much of the machine that was. ``BENCH_DIGEST_COUNT`` and ``BENCH_DIGEST_KILLS`` make it shorter.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, Final

from benchmarks.digest_days import Counts, run
from benchmarks.digest_kill import CONNECTIONS, command, sink, survive

OBSERVATIONS: Final = Path("../shared/data/council/observations.jsonl.zst")
YEARS: Final = (2025, 2026)
SENDERS: Final = 2  # processes


def main() -> None:
    """Measure everything; the last line is for machines."""
    place = os.environ.get("TRACKER_ARCHIVE") or str(OBSERVATIONS)
    if not Path(place).exists():
        sys.exit(f"There is no {place}: set TRACKER_ARCHIVE to a copy of the archive's repository.")
    count = int(os.environ.get("BENCH_DIGEST_COUNT", 100_000))
    kills = int(os.environ.get("BENCH_DIGEST_KILLS", 50))
    with TemporaryDirectory(prefix="tracker-bench-") as folder:
        years = [say_year(year, run(place, Path(folder), year)) for year in YEARS]
        survived = survive(Path(folder), kills, 60 * kills, seed=20_260_129)
        print(
            f"killed {survived.kills} times: {survived.missed} of {survived.addresses + survived.missed:,} addresses "
            f"without their mail, {survived.repeats} repeats, all of them messages that the server had taken in the "
            f"killed instant, under the same Message-ID: {'yes' if not survived.unexplained else 'NO'}"
        )
        rate = crowd(Path(folder), count)
    lost = sum(each.lost for each in years) + survived.missed
    repeated = sum(each.repeated + each.foreign for each in years) + survived.unexplained
    print(f"lost {lost}, repeated {repeated}, mails per second {rate:.0f}")


def say_year(year: int, counts: Counts) -> Counts:
    """One year in words."""
    print(
        f"{year}: {counts.days} days with news of any kind, {counts.mails} mails to one who follows every "
        f"introduction; {counts.expected:,} changes of status and new rows were due, {counts.lost} lost, "
        f"{counts.repeated} repeated; {counts.held} runs waited for a person",
        flush=True,
    )
    for name, (rows, lost, empty) in counts.rules.items():
        share = 100 * lost / rows if rows else 0
        print(f"      the rule of {name}: {lost:,} of {rows:,} new rows lost ({share:.1f} %), {empty:,} mails repeat")
    return counts


def crowd(folder: Path, count: int) -> float:
    """Compose and send to so many; mails a second, from the first moment to the last answer."""
    url = f"sqlite:///{folder}/crowd.db"
    part("fill", command("fill", url, 0, count))
    with sink() as mailbox:
        started = perf_counter()
        composed = part("compose", command("compose", url, mailbox.port))
        sent = [last_line(sender) for sender in [start(url, mailbox.port) for _ in range(SENDERS)]]
        took = perf_counter() - started
        arrived = len({recipient for recipient, _ in mailbox.taken})
    cpu = composed["cpu"] + sum(each["cpu"] for each in sent)
    peak = max(each["peak"] for each in (composed, *sent)) / 1e6
    print(
        f"{count:,} subscribers, {composed['digests']:,} digests with {composed['changes']:,} lines, {arrived:,} mails "
        f"taken by a server on loopback in {took:.0f} s ({composed['seconds']:.0f} of them composing) over {SENDERS} x "
        f"{CONNECTIONS} connections; our processes used {cpu:.0f} s of {os.cpu_count()} cores, "
        f"{100 * cpu / took / (os.cpu_count() or 1):.0f} % of the machine, at a load of {os.getloadavg()[0]:.1f}; the "
        f"largest held {peak:.0f} MB"
    )
    return arrived / took


def start(url: str, port: int) -> subprocess.Popen[str]:
    """A sender in a process of its own."""
    return subprocess.Popen(command("send", url, port), stdout=subprocess.PIPE, text=True)


def part(what: str, arguments: list[str]) -> dict[str, Any]:
    """Run one part to its end."""
    done = subprocess.run(arguments, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        sys.exit(f"{what} failed.")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def last_line(process: "subprocess.Popen[str]") -> dict[str, Any]:
    """What a part printed at its end."""
    out, _ = process.communicate()
    if process.returncode:
        sys.exit("One part failed.")
    return dict(json.loads(out.splitlines()[-1]))


if __name__ == "__main__":
    main()
