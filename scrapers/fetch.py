"""The one HTTP client, for every source: honest, slow, bounded, and silent about tokens.

It says who it is and whom to write to. It obeys robots.txt (RFC 9309: a 4xx for robots.txt allows everything, 401 and
403 too; a 5xx or silence allows nothing for now, and here neither does a 429), keeps a pause between two requests to
one host and asks one thing at a time. It tries again only where that can help, as long as the source asks for
(Retry-After), and takes a refusal for an answer. What is used is kept as it came before anybody parses it, but for a
token that the source repeats.
"""

import hashlib
import logging
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final, NamedTuple, Self
from urllib.parse import urlencode

import httpx2
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

from scrapers.addresses import (
    Resolve,
    check,
    cleaned,
    hidden,
    host_of,
    origin_of,
    redacted,
    redirected,
    resolve,
    with_params,
)
from scrapers.answers import Answer, Keeper
from scrapers.errors import FetchFailed, Refused, ScrapeError, SourceMissing, Stopped, UnsafeAddress
from scrapers.gate import Gate
from scrapers.robots import Robots
from scrapers.walls import wall_of

HOPS: Final = 5
PATIENCE: Final = 120.0  # seconds: a source that asks for more is asked again at the next run
ROOM: Final = 1 << 20  # bytes unpacked at once: a packed block may hold a thousand times its size
EXCERPT: Final = 2000
AGAIN: Final = frozenset({429, 500, 502, 503, 504})
MOVED: Final = frozenset({301, 302, 303, 307, 308})
CONDITIONS: Final = ("If-None-Match", "If-Modified-Since")
FOR_EVER: Final = b"materialized value is null"  # Legistar's 500 for a row without a roll call: it stays

log = logging.getLogger(__name__)
# these two write whole addresses into the log, and the Council's token is part of the address
for _name in ("httpx2", "httpcore2"):
    logging.getLogger(_name).setLevel(logging.WARNING)


class ServerError(FetchFailed):
    """An answer with an error status; ``body`` is its beginning, by which some errors are known to be permanent."""

    def __init__(self, subject: str, message: str, *, status: int, body: bytes) -> None:
        super().__init__(subject, message)
        self.status = status
        self.body = body[:EXCERPT]


class Manners(NamedTuple):
    """How sources are asked. Seconds and bytes; ``max_bytes`` counts what is unpacked."""

    agent: str
    contact: str = ""
    pause_seconds: float = 1.0
    timeout_seconds: float = 30.0
    total_seconds: float = 120.0
    attempts: int = 4
    max_bytes: int = 40 << 20
    private_hosts: tuple[str, ...] = ()

    @property
    def user_agent(self) -> str:
        """``NYC-Sanctuary-Law-Tracker/1 (+mailto:editor@example.org)``."""
        if not self.contact:
            return self.agent
        return f"{self.agent} (+{'mailto:' if '@' in self.contact else ''}{self.contact})"


class _Again(Exception):
    """Something went wrong that may go better: the error to give up with, and how long the source asked to wait."""

    def __init__(self, error: ScrapeError, wait: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.wait = wait


class _Ask(NamedTuple):
    method: str
    address: str
    headers: Mapping[str, str]
    body: bytes
    secret: Mapping[str, str]


class _Raw(NamedTuple):
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Client:
    """A `Fetcher` over real sockets, with a cookie jar of its own. Close it, or use it as a context."""

    def __init__(
        self,
        manners: Manners,
        keeper: Keeper,
        *,
        clock: Callable[[], datetime],
        sleep: Callable[[float], None],
        monotonic: Callable[[], float],
        stop: Callable[[], bool] = lambda: False,
        look_up: Resolve = resolve,
    ) -> None:
        self._manners = manners
        self._keeper = keeper
        self._clock = clock
        self._sleep = sleep
        self._monotonic = monotonic
        self._stop = stop
        self._look_up = look_up
        self._robots = Robots(manners.agent, self._robots_txt, self._slow_down)
        self._gate = Gate(manners.pause_seconds, monotonic, self._nap)
        self._http = httpx2.Client(
            headers={"User-Agent": manners.user_agent, "Accept-Encoding": "gzip"}, timeout=manners.timeout_seconds
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *ended: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def get(
        self, address: str, params: Mapping[str, str] | None = None, *, secret: Mapping[str, str] | None = None,
        accept: str = "",
    ) -> Answer:  # fmt: skip
        """Ask for an address. Raises what the errors of this package say; `ServerError` for an error status."""
        address = with_params(address, params)
        kept = self._keeper.last(redacted(address))
        headers = {"Accept": accept} if accept else {}
        if kept is not None:
            marks = zip(CONDITIONS, (kept.etag, kept.last_modified), strict=True)
            headers |= {name: mark for name, mark in marks if mark and mark.isascii()}
        final, raw = self._insist(_Ask("GET", address, headers, b"", dict(secret or {})))
        if raw.status == 304 and kept is not None:
            # a 304 says only what became different: the type of the page is the one it had
            raw = _Raw(200, (*raw.headers, *kept.headers), self._keeper.body(kept.digest))
            return self._answer("GET", address, final, raw, unchanged=True)
        return self._answer("GET", address, final, raw)

    def post(self, address: str, form: Sequence[tuple[str, str]]) -> Answer:
        """Send a form that only reads: a search. Safe to send again, as no source here keeps anything of it."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        final, raw = self._insist(_Ask("POST", address, headers, urlencode(form).encode(), {}))
        return self._answer("POST", address, final, raw)

    def _answer(self, method: str, address: str, final: str, raw: _Raw, *, unchanged: bool = False) -> Answer:
        headers = tuple((name, redacted(value)) for name, value in raw.headers)
        digest = f"sha256:{hashlib.sha256(raw.body).hexdigest()}"
        answer = Answer(
            redacted(address), redacted(final), method, raw.status, headers, raw.body, self._clock(), digest, unchanged
        )
        if wall := wall_of(answer):
            words = f"it answers with a page against programs ({wall}); nothing is done to pass it"
            raise Refused(answer.address, words)
        self._keeper.keep(answer)
        return answer

    def _insist(self, ask: _Ask) -> tuple[str, _Raw]:
        """Ask until there is an answer that can be used, as often as the settings allow: where it came from, and it."""
        retrying = Retrying(
            stop=stop_after_attempt(self._manners.attempts),
            wait=_wait,
            retry=retry_if_exception_type(_Again),
            sleep=self._nap,
            reraise=True,
        )
        try:
            return retrying(self._try, ask)
        except _Again as again:
            raise again.error from again

    def _try(self, ask: _Ask) -> tuple[str, _Raw]:
        last, raw = self._follow(ask, self._robots.obey)
        return last.address, self._judged(last, raw)

    def _follow(self, ask: _Ask, look: Callable[[str], None]) -> tuple[_Ask, _Raw]:
        """Ask, and go where redirects lead, after a look at each place. Secrets stay with the first host.

        Conditions stay with the first address: another page's "not modified" would say nothing about this one.
        """
        secret, home = ask.secret, origin_of(ask.address)
        for _ in range(HOPS + 1):
            try:
                check(ask.address, self._manners.private_hosts, self._look_up)
            except FetchFailed as error:  # the name server may know better in a moment
                raise _Again(error) from error
            look(ask.address)
            raw = self._send(ask)
            where = _header(raw.headers, "location")
            if raw.status not in MOVED or not where:
                return ask, raw
            address = redirected(ask.address, where, secret)
            headers = {name: value for name, value in ask.headers.items() if name not in CONDITIONS}
            ask = ask._replace(address=address, headers=headers, secret=secret if origin_of(address) == home else {})
            if raw.status in (301, 302, 303):
                headers.pop("Content-Type", None)
                ask = ask._replace(method="GET", body=b"")
        raise FetchFailed(redacted(ask.address), f"it redirects more than {HOPS} times; look at it in a browser")

    def _judged(self, ask: _Ask, raw: _Raw) -> _Raw:
        """The answer, if it is one that can be used."""
        if raw.status == 200 or (raw.status == 304 and any(name in ask.headers for name in CONDITIONS)):
            return raw
        subject, status = redacted(ask.address), raw.status
        if status in (404, 410):
            raise SourceMissing(subject, f"there is nothing there (HTTP {status})")
        if status in (401, 403):
            raise Refused(subject, f"the source refuses to answer (HTTP {status})")
        error: ScrapeError = ServerError(subject, f"it answers with HTTP {status}", status=status, body=raw.body)
        if status == 429:
            error = Refused(subject, "the source says that it is asked too often (HTTP 429), to the last try")
        if status not in AGAIN or FOR_EVER in raw.body[:EXCERPT]:
            raise error
        raise self._later(error, raw) from error

    def _later(self, error: ScrapeError, raw: _Raw) -> Exception:
        """Another try, when the source asks for it; a refusal where that is later than this run."""
        wait = _retry_after(raw.headers, self._clock())
        if wait is not None and wait > PATIENCE:
            words = f"the source asks to be left alone for {wait:,.0f} seconds (HTTP {raw.status})"
            return Refused(error.subject, words)
        return _Again(error, wait)

    def _robots_txt(self, place: str) -> bytes:
        """A site's robots.txt; found elsewhere by redirects, it holds for the site that was asked (2.3.1.2)."""
        _, raw = self._follow(_Ask("GET", place, {}, b"", {}), lambda _: None)
        if raw.status >= 500 or raw.status == 429:
            message = f"its robots.txt answers with HTTP {raw.status}; without it nothing else is asked"
            raise self._later(ServerError(place, message, status=raw.status, body=raw.body), raw)
        return raw.body if raw.status == 200 else b""

    def _slow_down(self, host: str, pause: float) -> None:
        self._gate.slow_down(host, pause)
        self._nap(pause)  # it holds after the request for robots.txt already

    def _send(self, ask: _Ask) -> _Raw:
        """One request. What goes wrong on the way is worth another try; what is too large or too slow is not."""
        subject, secrets = redacted(ask.address), ask.secret.values()
        with self._gate.turn(host_of(ask.address)):
            if self._stop():
                raise Stopped(subject, "told to stop before it was asked; nothing of this run was stored")
            log.info("%s %s", ask.method, subject)
            began = self._monotonic()
            wire, headers, content = with_params(ask.address, ask.secret), dict(ask.headers), ask.body or None
            try:
                with self._http.stream(ask.method, wire, headers=headers, content=content) as response:
                    body = cleaned(self._read(response, subject, began), ask.secret)
                    told = tuple((name, hidden(value, secrets)) for name, value in response.headers.multi_items())
                    return _Raw(response.status_code, told, body)
            except httpx2.InvalidURL as error:
                raise UnsafeAddress(subject, f"this is no address ({redacted(str(error), secrets)})") from None
            except httpx2.TransportError as error:
                words = redacted(str(error) or type(error).__name__, secrets)
                raise _Again(FetchFailed(subject, f"no whole answer came: {words}")) from None

    def _read(self, response: httpx2.Response, subject: str, began: float) -> bytes:
        """The whole body, unpacked. Raises FetchFailed for one that is too large, too slow, or cut short."""
        limit, packed_as = self._manners.max_bytes, response.headers.get("content-encoding", "").strip().lower()
        if packed_as not in ("", "identity", "gzip", "x-gzip"):
            raise FetchFailed(subject, f"the answer is packed as {packed_as}, which was not asked for")
        blocks = self._blocks(response, subject, began)
        parts, size = [], 0
        try:
            for part in unpacked(blocks) if packed_as.endswith("gzip") else blocks:
                size += len(part)
                if size > limit:
                    raise FetchFailed(subject, f"the answer is larger than {limit >> 20} MB; see [fetch] max_megabytes")
                parts.append(part)
        except (EOFError, zlib.error) as error:
            raise _Again(FetchFailed(subject, f"the answer cannot be unpacked: {error}")) from error
        return b"".join(parts)

    def _blocks(self, response: httpx2.Response, subject: str, began: float) -> Iterator[bytes]:
        for block in response.iter_raw():
            if self._monotonic() - began > self._manners.total_seconds:
                words = f"the answer was not there after {self._manners.total_seconds:g} seconds"
                raise FetchFailed(subject, f"{words}; see [fetch] total_seconds")
            yield block

    def _nap(self, seconds: float) -> None:
        """Wait, with an ear for the word to stop."""
        while seconds > 0:
            if self._stop():
                raise Stopped("the wait between two requests", "told to stop; nothing of this run was stored")
            step = min(seconds, 1.0)
            self._sleep(step)
            seconds -= step


def unpacked(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """What gzip holds, at most ``ROOM`` bytes at a time, member after member (RFC 1952, 2.2).

    Raises EOFError where it ends before its end, zlib.error where it is damaged. No bytes at all are an empty body.
    """
    member = None
    for block in blocks:
        while block:
            if member is None or member.eof:
                member = zlib.decompressobj(16 + zlib.MAX_WBITS)
            yield member.decompress(block, ROOM)
            block = member.unused_data or member.unconsumed_tail
    if member is not None and not member.eof:
        raise EOFError("it breaks off in the middle, gzip without an end")


def _wait(state: RetryCallState) -> float:
    """As long as the source asked for, else longer each time, with a part left to chance."""
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, _Again) and error.wait is not None:
        return error.wait
    return wait_exponential_jitter(initial=1, max=30, jitter=1)(state)


def _retry_after(headers: Sequence[tuple[str, str]], now: datetime) -> float | None:
    """Seconds that a source asks to wait: a number, or a date (RFC 9110, 10.2.3); None where it says nothing usable."""
    text = _header(headers, "retry-after").strip()
    if text.isdecimal():
        return float(text)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - now).total_seconds())


def _header(headers: Sequence[tuple[str, str]], name: str) -> str:
    return next((value for key, value in headers if key.lower() == name), "")
