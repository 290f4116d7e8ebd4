"""Composer and sender as real processes, killed with signal 9 again and again, against a real mail server.

The moment is chosen by counting: lines that the composer printed, mails that the server took. Each kill falls somewhere
into the work on the next ones.
"""

import random
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

CONNECTIONS: Final = 4
BATCH: Final = 20


@dataclass
class Mailbox:
    """What the server took so far, in order: (recipient, Message-ID)."""

    port: int
    taken: list[tuple[str, str]] = field(default_factory=list)
    _at: int = 0
    _act: Callable[[], None] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def when(self, count: int, act: Callable[[], None]) -> None:
        """Act once when so many more were taken."""
        with self._lock:
            self._at, self._act = len(self.taken) + count, act

    def note(self, line: str) -> None:
        """One line of the server's."""
        recipient, name, _ = line.split()
        with self._lock:
            self.taken.append((recipient, name))
            if self._act is not None and len(self.taken) >= self._at:
                act, self._act = self._act, None
                act()


@dataclass(frozen=True)
class Survived:
    """What was left of it: addresses without a mail, repeats, and those of them that no kill explains."""

    kills: int
    addresses: int
    missed: int
    repeats: int
    unexplained: int


@contextmanager
def sink() -> Iterator[Mailbox]:
    """A mail server in a process of its own, and what it takes."""
    server = subprocess.Popen([sys.executable, "-m", "benchmarks.smtp_sink"], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    mailbox = Mailbox(int(server.stdout.readline()))

    def listen() -> None:
        assert server.stdout is not None
        for line in server.stdout:
            mailbox.note(line)

    ear = threading.Thread(target=listen)
    ear.start()
    try:
        yield mailbox
    finally:
        server.kill()
        server.wait()
        ear.join()
        server.stdout.close()


def command(what: str, url: str, port: int, *rest: object) -> list[str]:
    """One part of `digest_crowd` as a command."""
    return [sys.executable, "-m", "benchmarks.digest_crowd", what, url, str(port), *map(str, rest)]


def survive(folder: Path, kills: int, count: int, seed: int) -> Survived:
    """Kill composer and sender in turn, so many times in all; then let both finish, and look at what arrived."""
    url, chance = f"sqlite:///{folder}/kill.db", random.Random(seed)
    subprocess.run(command("fill", url, 0, count), check=True, capture_output=True)
    killed, marks = 0, []
    with sink() as mailbox:
        while killed < kills:
            killed += kill_composer(url, chance.randint(1, 3))
            if killed < kills and kill_sender(url, mailbox, chance.randint(1, 30)):
                killed += 1
                marks.append(len(mailbox.taken))
        subprocess.run(command("compose", url, 0, BATCH), check=True, capture_output=True)
        subprocess.run(command("send", url, mailbox.port), check=True, capture_output=True)
        taken = list(mailbox.taken)
    return judge(taken, count, killed, marks)


def kill_composer(url: str, batches: int) -> bool:
    """Kill a composer while it works on the batch after so many; False where it had ended by itself."""
    child = subprocess.Popen(command("compose", url, 0, BATCH), stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    for _, line in zip(range(batches), child.stdout, strict=False):
        if not line.startswith("batch"):
            break
    child.kill()
    code = child.wait()
    child.stdout.close()
    return code < 0


def kill_sender(url: str, mailbox: Mailbox, mails: int) -> bool:
    """Kill a sender in the moment in which the server has taken so many; False where it had ended by itself."""
    ready = threading.Event()
    child: list[subprocess.Popen[bytes]] = []

    def kill() -> None:
        ready.wait()
        child[0].kill()

    mailbox.when(mails, kill)
    child.append(subprocess.Popen(command("send", url, mailbox.port), stdout=subprocess.DEVNULL))
    ready.set()
    return child[0].wait() < 0


def judge(taken: list[tuple[str, str]], count: int, kills: int, marks: list[int]) -> Survived:
    """A repeat is explained where it is the same message again, and the first was among the last that the server took
    before a kill: one for each connection, which waited for it to be noted.
    """
    first: dict[str, tuple[int, str]] = {}
    repeats = unexplained = 0
    for position, (recipient, name) in enumerate(taken):
        if recipient not in first:
            first[recipient] = position, name
            continue
        repeats += 1
        before, known = first[recipient]
        in_the_instant = any(before < mark + CONNECTIONS and before >= mark - 2 * CONNECTIONS for mark in marks)
        unexplained += not (name == known and in_the_instant)
    missed = sum(f"reader{key}@example.org" not in first for key in range(1, count + 1))
    return Survived(kills, len(first), missed, repeats, unexplained)
