"""A mail server that takes everything, on loopback: asyncio, one process, one line for each mail it took.

    python -m benchmarks.smtp_sink

prints its port; then, of each mail and before it answers, RECIPIENT MESSAGE-ID BYTES.

It parses nothing but the end of a mail and its Message-ID, so that what is measured is the sender and not the server.
"""

import asyncio
import re
import sys
from typing import BinaryIO, Final

_MESSAGE_ID: Final = re.compile(rb"^message-id:[ \t]*(<[^>]+>)", re.I | re.M)
END: Final = b"\r\n.\r\n"


class Sink(asyncio.Protocol):
    """One connection (RFC 5321, without extensions that a sender of ours asks for)."""

    def __init__(self, log: BinaryIO) -> None:
        self._log, self._buffer, self._in_data, self._recipient = log, bytearray(), False, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(b"220 sink ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while self._step():
            pass

    def _step(self) -> bool:
        if self._in_data:
            # only the tail can hold the end: mails come in pieces of 64 KB
            end = self._buffer.find(END)
            if end < 0:
                return False
            self._take(bytes(self._buffer[:end]))
            del self._buffer[: end + len(END)]
            return True
        end = self._buffer.find(b"\r\n")
        if end < 0:
            return False
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 2]
        self._answer(line)
        return True

    def _answer(self, line: bytes) -> None:
        verb = line[:4].upper()
        if verb == b"RCPT":
            self._recipient = line.partition(b"<")[2].partition(b">")[0]
        if verb == b"DATA":
            self._in_data = True
            self._transport.write(b"354 go on\r\n")
        elif verb == b"QUIT":
            self._transport.write(b"221 bye\r\n")
            self._transport.close()
        else:
            self._transport.write(b"250 ok\r\n")

    def _take(self, content: bytes) -> None:
        self._in_data = False
        found = _MESSAGE_ID.search(content)
        name = found[1] if found else b"-"
        self._log.write(b"%s %s %d\n" % (self._recipient, name, len(content)))
        self._log.flush()
        self._transport.write(b"250 taken\r\n")


async def serve() -> None:
    """Serve until killed."""
    server = await asyncio.get_running_loop().create_server(lambda: Sink(sys.stdout.buffer), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve())
