"""The one HTTP client, for every source: honest, slow, bounded, and silent about tokens.

It says who it is and whom to write to. It obeys robots.txt (RFC 9309: a 4xx for robots.txt allows everything, a 5xx or
silence allows nothing for now), keeps a pause between two requests to one host and asks one thing at a time. It tries
again only where that can help, as long as the source asks for (Retry-After), and takes a refusal for an answer. What
is used is kept as it came before anybody parses it.
"""

import hashlib
import logging
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Final, NamedTuple, Self
from urllib.parse import urlencode, urljoin, urlsplit

import httpx2
from protego import Protego
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

from scrapers.addresses import Resolve, check, host_of, redacted, resolve, with_params
from scrapers.answers import Answer, Keeper
from scrapers.errors import FetchFailed, Refused, ScrapeError, SourceMissing, Stopped
from scrapers.gate import Gate
from scrapers.walls import wall_of

HOPS: Final = 5
PATIENCE: Final = 120.0  # seconds: a source that asks for more is asked again at the next run
EXCERPT: Final = 2000
AGAIN: Final = frozenset({429, 500, 502, 503, 504})
MOVED: Final = frozenset({301, 302, 303, 307, 308})
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
        self.body = body


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
        self._robots: dict[str, Protego] = {}
        self._gate = Gate(manners.pause_seconds, monotonic, self._nap)
        self._http = httpx2.Client(
            headers={"User-Agent": manners.user_agent, "Accept-Encoding": "gzip"}, timeout=manners.timeout_seconds
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def get(
        self,
        address: str,
        params: Mapping[str, str] | None = None,
        *,
        secret: Mapping[str, str] | None = None,
        accept: str = "",
    ) -> Answer:
        """Ask for an address. Raises what the errors of this package say; `ServerError` for an error status."""
        address = with_params(address, params)
        kept = self._keeper.last(redacted(address))
        headers = {"Accept": accept} if accept else {}
        if kept is not None and kept.etag:
            headers["If-None-Match"] = kept.etag
        if kept is not None and kept.last_modified:
            headers["If-Modified-Since"] = kept.last_modified
        final, raw = self._insist("GET", address, headers, b"", dict(secret or {}))
        if raw.status == 304 and kept is not None:
            body = self._keeper.body(kept.digest)
            return self._answer("GET", address, final, raw._replace(status=200, body=body), unchanged=True)
        return self._answer("GET", address, final, raw)

    def post(self, address: str, form: Sequence[tuple[str, str]]) -> Answer:
        """Send a form that only reads: a search. Safe to send again, as no source here keeps anything of it."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        final, raw = self._insist("POST", address, headers, urlencode(form).encode(), {})
        return self._answer("POST", address, final, raw)

    def _answer(self, method: str, address: str, final: str, raw: _Raw, *, unchanged: bool = False) -> Answer:
        digest = f"sha256:{hashlib.sha256(raw.body).hexdigest()}"
        answer = Answer(
            redacted(address),
            redacted(final),
            method,
            raw.status,
            raw.headers,
            raw.body,
            self._clock(),
            digest,
            unchanged,
        )
        if wall := wall_of(answer):
            raise Refused(
                answer.address, f"it answers with a page against programs ({wall}); nothing is done to pass it"
            )
        self._keeper.keep(answer)
        return answer

    def _insist(
        self, method: str, address: str, headers: Mapping[str, str], body: bytes, secret: Mapping[str, str]
    ) -> tuple[str, _Raw]:
        """Ask until there is an answer, as often as the settings allow."""
        retrying = Retrying(
            stop=stop_after_attempt(self._manners.attempts),
            wait=_wait,
            retry=retry_if_exception_type(_Again),
            sleep=self._nap,
            reraise=True,
        )
        try:
            return retrying(self._follow, method, address, headers, body, secret)
        except _Again as again:
            raise again.error from again

    def _follow(
        self, method: str, address: str, headers: Mapping[str, str], body: bytes, secret: Mapping[str, str]
    ) -> tuple[str, _Raw]:
        """Ask, and go where redirects lead, after a look at each place. Secrets stay with the first host."""
        home = urlsplit(address)[:2]
        for _ in range(HOPS + 1):
            check(address, self._manners.private_hosts, self._look_up)
            self._obey(address)
            own = secret if urlsplit(address)[:2] == home else {}
            raw = self._send(method, address, headers, body, own)
            where = _header(raw.headers, "location")
            if raw.status not in MOVED or not where:
                return address, self._judged(address, raw)
            address = urljoin(address, where)
            if raw.status in (301, 302, 303):
                method, body = "GET", b""
        raise FetchFailed(redacted(address), f"it redirects more than {HOPS} times; look at it in a browser")

    def _judged(self, address: str, raw: _Raw) -> _Raw:
        """The answer, if it is one that can be used."""
        if raw.status in (200, 304):
            return raw
        subject, status = redacted(address), raw.status
        if status in (404, 410):
            raise SourceMissing(subject, f"there is nothing there (HTTP {status})")
        if status in (401, 403):
            raise Refused(subject, f"the source refuses to answer (HTTP {status})")
        error: ScrapeError = ServerError(
            subject, f"it answers with HTTP {status}", status=status, body=raw.body[:EXCERPT]
        )
        if status == 429:
            error = Refused(subject, "the source says that it is asked too often (HTTP 429), to the last try")
        if status not in AGAIN or FOR_EVER in raw.body[:EXCERPT]:
            raise error
        wait = _retry_after(raw.headers, self._clock())
        if wait is not None and wait > PATIENCE:
            raise Refused(
                subject, f"the source asks to be left alone for {wait:,.0f} seconds (HTTP {status})"
            ) from error
        raise _Again(error, wait)

    def _obey(self, address: str) -> None:
        """Refuse what robots.txt does not allow, and keep the pause that it asks for."""
        host, parts = host_of(address), urlsplit(address)
        if host not in self._robots:
            place = f"{parts.scheme}://{host}/robots.txt"
            raw = self._send("GET", place, {}, b"", {})
            if raw.status >= 500 or raw.status == 429:
                message = f"its robots.txt answers with HTTP {raw.status}; without it nothing else is asked"
                raise _Again(ServerError(place, message, status=raw.status, body=raw.body[:EXCERPT]))
            text = raw.body.decode("utf-8", errors="replace") if raw.status == 200 else ""
            self._robots[host] = Protego.parse(text)
            delay = self._robots[host].crawl_delay(self._manners.agent)
            if delay:
                self._gate.slow_down(host, float(delay))
        if not self._robots[host].can_fetch(address, self._manners.agent):
            raise Refused(redacted(address), "its robots.txt does not allow this address to be read by programs")

    def _send(
        self, method: str, address: str, headers: Mapping[str, str], body: bytes, secret: Mapping[str, str]
    ) -> _Raw:
        """One request. What goes wrong on the way is worth another try; what is too large or too slow is not."""
        subject = redacted(address)
        with self._gate.turn(host_of(address)):
            if self._stop():
                raise Stopped(subject, "told to stop before it was asked; nothing of this run was stored")
            log.info("%s %s", method, subject)
            began = self._monotonic()
            try:
                with self._http.stream(
                    method, with_params(address, secret), headers=dict(headers), content=body or None
                ) as response:
                    whole = self._read(response, subject, began)
                    return _Raw(response.status_code, tuple(response.headers.multi_items()), whole)
            except (httpx2.TransportError, httpx2.InvalidURL) as error:
                words = redacted(str(error) or type(error).__name__, secret.values())
                raise _Again(FetchFailed(subject, f"no whole answer came: {words}")) from None

    def _read(self, response: httpx2.Response, subject: str, began: float) -> bytes:
        """The whole body, unpacked. Raises FetchFailed for one that is too large, too slow, or cut short."""
        limit, packed_as = self._manners.max_bytes, response.headers.get("content-encoding", "").strip().lower()
        if packed_as not in ("", "identity", "gzip", "x-gzip"):
            raise FetchFailed(subject, f"the answer is packed as {packed_as}, which was not asked for")
        unpack = zlib.decompressobj(16 + zlib.MAX_WBITS) if packed_as.endswith("gzip") else None
        parts, size = [], 0
        for block in self._blocks(response, subject, began):
            part = block
            if unpack is not None:
                try:
                    part = unpack.decompress(block, limit - size + 1)
                except zlib.error as error:
                    raise _Again(FetchFailed(subject, f"the answer cannot be unpacked ({error})")) from error
            size += len(part)
            if size > limit:
                raise FetchFailed(subject, f"the answer is larger than {limit >> 20} MB; see [fetch] max_megabytes")
            parts.append(part)
        if unpack is not None and size and not unpack.eof:
            raise _Again(FetchFailed(subject, "the answer breaks off in the middle (gzip without an end)"))
        return b"".join(parts)

    def _blocks(self, response: httpx2.Response, subject: str, began: float) -> Iterator[bytes]:
        for block in response.iter_raw():
            if self._monotonic() - began > self._manners.total_seconds:
                seconds = self._manners.total_seconds
                raise FetchFailed(
                    subject, f"the answer was not there after {seconds:g} seconds; see [fetch] total_seconds"
                )
            yield block

    def _nap(self, seconds: float) -> None:
        """Wait, with an ear for the word to stop."""
        while seconds > 0:
            if self._stop():
                raise Stopped("the wait between two requests", "told to stop; nothing of this run was stored")
            step = min(seconds, 1.0)
            self._sleep(step)
            seconds -= step


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
