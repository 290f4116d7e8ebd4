"""Empties the outbox: writes what is due, hands it to the mail server over several connections, marks every answer.

A mail is marked before its connection takes the next one. So when the process is killed, each connection leaves at most
one mail that the server took and nobody noted; it goes out again under the same Message-ID, by which a mailbox may know
it, and nothing is ever left out. No address is logged; what a server says is kept without it.
"""

import json
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from queue import Queue, SimpleQueue
from typing import Final, NamedTuple
from urllib.parse import urlsplit

import sqlalchemy as sa

from tracker.config import MailConfig, SiteConfig
from tracker.database import reading
from tracker.digests.content import Shelf, Slip
from tracker.digests.letter import Content, Links, Writer
from tracker.errors import TrackerError
from tracker.language import prefix
from tracker.locks import Hold
from tracker.mail import notices
from tracker.mail.deliveries import Claimed, Outcome, as_sender, claim, mark, put_back
from tracker.mail.envelope import Envelope, Packer
from tracker.mail.outbox import message_id
from tracker.mail.server import Mailer, MailFailed, checked_address
from tracker.models.mail import Subscriber
from tracker.secret import Seal
from tracker.tokens import Tokens

BATCH: Final = 200  # mails claimed at once
# after a refusal for now, or a broken line; what fails after the last of these is given up
WAITS: Final = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 60, 240, 720, 1440, 1440))
SAID: Final = 300  # characters of an answer that are kept
_ADDRESS: Final = re.compile(r"[^\s<>@]+@[^\s<>@]+")

Clock = Callable[[], datetime]


class Tools(NamedTuple):
    """What sending stands on besides the database and the clock."""

    site: SiteConfig
    mail: MailConfig
    seal: Seal
    tokens: Tokens
    writer: Writer
    packer: Packer
    mailer: Callable[[], Mailer]


class Sent(NamedTuple):
    """What a run of the sender did. ``paused``: the settings say that nothing goes out."""

    sent: int = 0
    again: int = 0
    failed: int = 0
    suppressed: int = 0
    paused: bool = False


class _Job(NamedTuple):
    """A mail that is ready to go."""

    claimed: Claimed
    recipient: str
    content: bytes


def send(engine: sa.Engine, tools: Tools, clock: Clock, stop: Callable[[], bool] = lambda: False) -> Sent:
    """Hand over all that is due. Raises MailFailed where the server takes no mail at all; what is left waits.

    Raises Busy where as many senders as there may be are at work.
    """
    if tools.mail.paused:
        return Sent(paused=True)
    checked_address(tools.mail.sender)
    with as_sender(engine) as (name, hold):
        return _Sending(engine, name, hold, tools, clock, stop).run()


class _Sending:
    """One run."""

    def __init__(
        self, engine: sa.Engine, name: str, hold: Hold, tools: Tools, clock: Clock, stop: Callable[[], bool]
    ) -> None:
        self._engine, self._name, self._hold = engine, name, hold
        self._tools, self._clock, self._stop = tools, clock, stop
        self._shelves: dict[str, Shelf] = {}
        self._jobs: Queue[_Job | None] = Queue(2 * tools.mail.connections)
        self._marker = _Marker(engine, name, clock)
        self._down: Exception | None = None

    def run(self) -> Sent:
        workers = [threading.Thread(target=self._work) for _ in range(self._tools.mail.connections)]
        with self._marker:
            for worker in workers:
                worker.start()
            try:
                while not self._ended() and self._hold.alive() and (claims := self._claim()):
                    for job in self._ready(claims):
                        self._jobs.put(job)
            finally:
                for _ in workers:
                    self._jobs.put(None)
                for worker in workers:
                    worker.join()
        put_back(self._engine, self._name)
        if self._down is not None:
            raise self._down
        return self._marker.sent

    def _ended(self) -> bool:
        return self._down is not None or self._marker.error is not None or self._stop()

    def _claim(self) -> list[Claimed]:
        return claim(self._engine, self._name, self._clock(), BATCH)

    def _ready(self, claims: Sequence[Claimed]) -> Iterator[_Job]:
        """The mails of some claims, written. Those that nobody is to get any more are marked so, and left out."""
        wanted = [each for each in claims if not _is_unwanted(each)]
        self._marker.put([_outcome(each, "suppressed") for each in claims if _is_unwanted(each)])
        contents = self._contents(wanted)
        for each in wanted:
            if self._ended():
                return
            try:
                yield self._job(each, contents)
            except MailFailed as error:  # a stored address that is none, or a notice that cannot be written
                self._marker.put([_outcome(each, "failed", said=_said(error))])

    def _contents(self, claims: Sequence[Claimed]) -> dict[int, Content]:
        now = self._clock()
        slips: dict[str, list[Slip]] = {}
        for each in claims:
            if each.digest_id is not None:
                slip = Slip(each.digest_id, each.period or "", each.composed_at or now, each.beside or "{}")
                slips.setdefault(each.language, []).append(slip)
        if not slips:
            return {}
        found: dict[int, Content] = {}
        with reading(self._engine) as session:
            for tag, some in slips.items():
                shelf = self._shelves.setdefault(tag, Shelf(tag))
                shelf.refresh(session, self._clock())
                found |= shelf.contents(session, some)
        return found

    def _job(self, each: Claimed, contents: dict[int, Content]) -> _Job:
        tools, now = self._tools, self._clock()
        recipient = tools.seal.open(each.sealed)
        whole_id = message_id(each.message_id, urlsplit(tools.site.base_url).hostname or "localhost")
        if each.digest_id is None:
            return _Job(each, recipient, tools.packer.seal(self._notice(each, recipient, whole_id, now)))
        content = contents[each.digest_id]
        links = links_of(tools, each.subscriber_id, each.nonce, each.language, now)
        letter = tools.writer.write(content, links)._replace(subject=each.subject or "")
        envelope = Envelope(recipient, whole_id, each.composed_at or now, links.unsubscribe)
        return _Job(each, recipient, tools.packer.pack(letter, envelope, content.language))

    def _notice(self, each: Claimed, recipient: str, whole_id: str, now: datetime) -> EmailMessage:
        tools = self._tools
        person = Subscriber(
            id=each.subscriber_id, fingerprint="", sealed=b"", state=each.state, language=each.language,
            nonce=each.nonce, created_at=now, state_since=now,
        )  # fmt: skip
        try:
            payload = json.loads(each.payload or "{}")
            return notices.build(
                each.kind, recipient, person, payload, tools.site, tools.mail, tools.tokens, now, whole_id
            )
        except (LookupError, TypeError, ValueError) as error:
            # one notice that nobody can write must not keep all other mail from going out
            raise MailFailed(f"The notice {each.kind} cannot be written: {error!r}.", permanent=True) from error

    def _work(self) -> None:
        with self._tools.mailer() as mailer:
            while (job := self._jobs.get()) is not None:
                if self._ended():
                    continue  # it stays claimed, and is put back when all have ended
                try:
                    outcome = self._hand_over(mailer, job)
                except Exception as error:  # raised again by `run`; a thread that just died would leave it waiting
                    self._down = error
                    continue
                if outcome is not None:
                    self._marker.put([outcome], wait=True)

    def _hand_over(self, mailer: Mailer, job: _Job) -> Outcome | None:
        try:
            mailer.hand_over(job.content, job.recipient)
        except MailFailed as error:
            if error.about == "server":
                self._down = error
                return None
            return self._refused(job.claimed, error)
        return _outcome(job.claimed, "sent", sent_at=self._clock(), tries=1)

    def _refused(self, each: Claimed, error: MailFailed) -> Outcome:
        if error.permanent or each.attempts >= len(WAITS):
            bounced = error.permanent and error.about == "recipient"
            return _outcome(each, "failed", said=_said(error), tries=1, bounced=bounced)
        return _outcome(each, "queued", said=_said(error), tries=1, next_try_at=self._clock() + WAITS[each.attempts])


def links_of(tools: Tools, subscriber_id: int, nonce: str, tag: str, now: datetime) -> Links:
    """A reader's own links, to pages in their language."""
    base, subject = tools.site.base_url + prefix(tag), str(subscriber_id)
    return Links(
        f"{base}/subscriptions/{tools.tokens.give('manage', subject, nonce, now)}",
        f"{base}/unsubscribe/{tools.tokens.give('unsubscribe', subject, nonce, now)}",
    )


def _is_unwanted(each: Claimed) -> bool:
    return each.suppressed or not each.sealed or (each.kind == "digest" and each.state != "active")


def _outcome(
    each: Claimed,
    state: str,
    *,
    said: str = "",
    tries: int = 0,
    sent_at: datetime | None = None,
    next_try_at: datetime | None = None,
    bounced: bool = False,
) -> Outcome:
    return Outcome(each.id, each.subscriber_id, state, each.attempts + tries, said, sent_at, next_try_at, bounced)


def _said(error: MailFailed) -> str:
    """What the server said, without the address: answers often repeat it."""
    return _ADDRESS.sub("(address)", error.said or str(error))[:SAID]


class _Marker:
    """One thread that notes answers: all that came while it noted the last ones go into one transaction."""

    def __init__(self, engine: sa.Engine, name: str, clock: Clock) -> None:
        self._engine, self._name, self._clock = engine, name, clock
        self._queue: SimpleQueue[tuple[list[Outcome], threading.Event] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run)
        self.error: TrackerError | None = None
        self.sent = Sent()

    def __enter__(self) -> "_Marker":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._queue.put(None)
        self._thread.join()
        if self.error is not None:
            raise self.error

    def put(self, outcomes: list[Outcome], *, wait: bool = False) -> None:
        """Have answers noted; with ``wait``, return when they are."""
        noted = threading.Event()
        if outcomes:
            self._queue.put((outcomes, noted))
            if wait:
                noted.wait()

    def _run(self) -> None:
        more = True
        while more:
            taken = [self._queue.get()]
            while not self._queue.empty():
                taken.append(self._queue.get())
            more = None not in taken
            pairs = [pair for pair in taken if pair is not None]
            self._note([outcome for outcomes, _ in pairs for outcome in outcomes])
            for _, noted in pairs:
                noted.set()

    def _note(self, outcomes: list[Outcome]) -> None:
        if not outcomes or self.error is not None:
            return
        try:
            mark(self._engine, self._name, outcomes, self._clock())
        except TrackerError as error:
            self.error = error
            return
        states, before = [outcome.state for outcome in outcomes], self.sent
        self.sent = Sent(
            before.sent + states.count("sent"),
            before.again + states.count("queued"),
            before.failed + states.count("failed"),
            before.suppressed + states.count("suppressed"),
        )
