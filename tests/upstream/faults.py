"""What goes wrong with real sources, each as a fault for `server.Upstream.misbehave`."""

import gzip
import zlib
from collections.abc import Callable, Iterator

from upstream.server import App, Fault, Raw, Reply, Request

HTML = (("Content-Type", "text/html; charset=utf-8"),)
JSON = (("Content-Type", "application/json; charset=utf-8"),)


def answering(status: int, body: bytes = b"", headers: tuple[tuple[str, str], ...] = HTML) -> Fault:
    """The same answer to everything."""
    return lambda request, app: Reply(status, headers, body)


def refuse() -> Fault:
    """403, as nyc.gov gives to some programs."""
    return answering(403, b"<html><title>403 Forbidden</title></html>")


def too_often(retry_after: str = "") -> Fault:
    """429, with a Retry-After if one is given."""
    return answering(429, b"", (("Retry-After", retry_after),) if retry_after else ())


def server_error(body: bytes = b"<html><title>Runtime Error</title></html>") -> Fault:
    return answering(500, body)


def null_cast() -> Fault:
    """Legistar's 500 for a row that had no roll call; it stays for ever."""
    body = b'{"Message":"The cast to value type \'System.Int32\' failed because the materialized value is null."}'
    return answering(500, body, JSON)


def error_page() -> Fault:
    """Legistar's error page, which answers 200."""
    return answering(200, b"<html><head><title>Error</title></head><body><p>An error occurred.</p></body></html>")


def gone_page() -> Fault:
    """Legistar's page for a record that is no more, which answers 200."""
    words = b"This record no longer exists. It might have been deleted."
    return answering(200, b"<html><head><title>Legistar</title></head><body>" + words + b"</body></html>")


def to_error_page() -> Fault:
    """The way to the error page: a redirect, then 200."""

    def fault(request: Request, app: App) -> Reply:
        if request.path.endswith("Error.aspx"):
            return Reply(200, HTML, b"<html><head><title>Legistar</title></head><body></body></html>")
        return Reply(302, (("Location", "/Error.aspx"),))

    return fault


def to(address: str) -> Fault:
    """A redirect to another address: a private one, say."""
    return lambda request, app: Reply(302, (("Location", address),))


def captcha() -> Fault:
    """A page that keeps programs out and answers 200."""
    return answering(200, b"<html><head><title>Pardon Our Interruption</title></head><body>...</body></html>")


def empty_body() -> Fault:
    return answering(200, b"")


def empty_list() -> Fault:
    """A list without anything in it, where there must be something."""
    return answering(200, b"[]", JSON)


def truncated_gzip() -> Fault:
    """A packed answer without its end, of the length that it says."""

    def fault(request: Request, app: App) -> Reply:
        reply = app(request)
        packed = gzip.compress(reply.body or b"x" * 100)
        return Reply(reply.status, (*reply.headers, ("Content-Encoding", "gzip")), packed[: len(packed) // 2])

    return fault


def cut_short() -> Fault:
    """Half of the bytes that were promised, then the end."""

    def fault(request: Request, app: App) -> Raw:
        reply = app(request)
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(reply.body) + 9}\r\n\r\n"
        return Raw([head.encode(), reply.body])

    return fault


def slow_drip(clock_sleep: Callable[[float], None], step: float = 50.0) -> Fault:
    """Byte by byte, and the clock of the test moves on with each; ends when the client hangs up."""

    def fault(request: Request, app: App) -> Raw:
        def drops() -> Iterator[bytes]:
            yield b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
            for _ in range(200):
                clock_sleep(step)
                yield b"1\r\nx\r\n"
            yield b"0\r\n\r\n"

        return Raw(drops())

    return fault


def charset(encoding: str, declared: str) -> Fault:
    """The healthy page in another encoding than it says; ``declared`` is the whole Content-Type."""

    def fault(request: Request, app: App) -> Reply:
        reply = app(request)
        return Reply(
            reply.status, (("Content-Type", declared),), reply.body.decode().encode(encoding, errors="replace")
        )

    return fault


def bomb(megabytes: int = 200) -> Fault:
    """A small answer that unpacks to a large one, made block by block."""

    def fault(request: Request, app: App) -> Raw:
        def blocks() -> Iterator[bytes]:
            yield b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n"
            pack = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
            for _ in range(megabytes):
                yield pack.compress(b"\0" * (1 << 20))
            yield pack.flush()

        return Raw(blocks())

    return fault


def hang_up() -> Fault:
    """The connection is closed without a word."""
    return lambda request, app: Raw([])


def redesign(change: Callable[[str], str]) -> Fault:
    """The healthy page, changed: an id renamed, a column gone."""

    def fault(request: Request, app: App) -> Reply:
        reply = app(request)
        return Reply(reply.status, reply.headers, change(reply.body.decode()).encode())

    return fault
