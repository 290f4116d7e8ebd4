"""A real HTTP server on loopback, for every source that a test needs, and its faults on demand.

``app`` says what is answered in health; `misbehave` puts a fault of `faults` before it for some addresses. A fault
gets the request and the healthy answer's maker, and gives a `Reply` of its own, or bytes to put on the wire as they
are.
"""

import socket
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from types import TracebackType
from typing import Any, NamedTuple, Self
from urllib.parse import parse_qsl, urlsplit

from scrapers.answers import Answer, Kept


class Request(NamedTuple):
    """What was asked. ``params`` and ``form`` hold the last value of each name."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes

    @property
    def params(self) -> dict[str, str]:
        return dict(parse_qsl(self.query, keep_blank_values=True))

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


class Reply(NamedTuple):
    """What is answered, with a Content-Length of its own; other headers as given."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


class Raw(NamedTuple):
    """Blocks of bytes that go over the wire just so, status line and all; then the connection is closed."""

    blocks: Iterable[bytes]


App = Callable[[Request], Reply]
Fault = Callable[[Request, App], Reply | Raw]


class Upstream:
    """The server; use it as a context. ``asked`` holds every request, tokens included: tests look for leaks."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.asked: list[Request] = []
        self._faults: list[list[Any]] = []
        self._lock = Lock()
        self._open: set[socket.socket] = set()
        upstream = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 30
            disable_nagle_algorithm = True  # or each answer waits for 40 ms

            def setup(self) -> None:
                super().setup()
                with upstream._lock:
                    upstream._open.add(self.connection)

            def finish(self) -> None:
                with upstream._lock:
                    upstream._open.discard(self.connection)
                super().finish()

            def do_GET(self) -> None:
                upstream._serve(self)

            def do_POST(self) -> None:
                upstream._serve(self)

            def log_message(self, format: str, *args: Any) -> None:
                """Silence; ``asked`` is the log."""

        class Server(ThreadingHTTPServer):
            daemon_threads = False  # joined at the end: an open socket is a failed test

            def handle_error(self, request: Any, client_address: Any) -> None:
                """Clients that hang up are what some tests are about."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self.base = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        with self._lock:
            for connection in self._open:  # a client that keeps its connection would keep the thread
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._server.server_close()

    def misbehave(self, where: str, fault: Fault, times: int = 1_000_000) -> None:
        """Answer with this fault where ``where`` is part of the address, for the next ``times`` requests."""
        with self._lock:
            self._faults.append([where, fault, times])

    def behave(self) -> None:
        """No faults any more."""
        with self._lock:
            self._faults.clear()

    def _fault_for(self, address: str) -> Fault | None:
        with self._lock:
            for entry in self._faults:
                if entry[0] in address and entry[2] > 0:
                    entry[2] -= 1
                    fault: Fault = entry[1]
                    return fault
        return None

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        request = Request(handler.command, parts.path, parts.query, dict(handler.headers.items()), body)
        with self._lock:
            self.asked.append(request)
        fault = self._fault_for(handler.path)
        answer = fault(request, self.app) if fault else self.app(request)
        if isinstance(answer, Raw):
            handler.close_connection = True
            for block in answer.blocks:
                handler.wfile.write(block)
            return
        handler.send_response(answer.status)
        for name, value in answer.headers:
            handler.send_header(name, value)
        if not any(name.lower() == "content-length" for name, _ in answer.headers):
            handler.send_header("Content-Length", str(len(answer.body)))
        handler.end_headers()
        handler.wfile.write(answer.body)


class MemoryKeeper:
    """A keeper of answers in memory."""

    def __init__(self) -> None:
        self.kept: list[Answer] = []

    def last(self, address: str) -> Kept | None:
        for answer in reversed(self.kept):
            if answer.address == address and answer.method == "GET":
                return Kept(answer.header("etag"), answer.header("last-modified"), answer.digest, answer.headers)
        return None

    def body(self, digest: str) -> bytes:
        return next(answer.body for answer in self.kept if answer.digest == digest)

    def keep(self, answer: Answer) -> None:
        if not answer.unchanged:
            self.kept.append(answer)


class Clock:
    """A clock that only moves when somebody sleeps; ``naps`` are the seconds of each sleep."""

    def __init__(self, start: datetime = datetime(2026, 2, 10, 15, 0, tzinfo=UTC)) -> None:
        self._start = start
        self.naps: list[float] = []

    def now(self) -> datetime:
        return datetime.fromtimestamp(self._start.timestamp() + sum(self.naps), UTC)

    def monotonic(self) -> float:
        return sum(self.naps)

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
