"""Files of one JSON object a line, plain or Zstandard (``.zst``), read without ever holding the whole."""

from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import orjson
import zstandard

from scrapers.errors import SourceBroken, SourceMissing

BLOCK = 1 << 20


def json_lines(path: Path) -> Iterator[tuple[int, Any]]:
    """Each line's number and value.

    Raises SourceMissing where there is no file, SourceBroken where it is cut short or a line is not JSON.
    """
    empty = True
    for number, line in enumerate(_lines(path), start=1):
        if not line.strip():
            continue
        empty = False
        try:
            value = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise SourceBroken(str(path), f"line {number} is not JSON ({error}); the file may be cut short") from error
        yield number, value
    if empty:
        raise SourceBroken(str(path), "the file is empty")


def _lines(path: Path) -> Iterator[bytes]:
    rest = b""
    for block in _blocks(path):
        *lines, rest = (rest + block).split(b"\n")
        yield from lines
    yield rest


def _blocks(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as raw:
            if path.suffix == ".zst":
                yield from _unpacked(raw, path)
            else:
                while block := raw.read(BLOCK):
                    yield block
    except FileNotFoundError as error:
        raise SourceMissing(str(path), "there is no such file") from error
    except IsADirectoryError as error:
        raise SourceMissing(str(path), "this is a folder, not a file") from error
    except OSError as error:
        raise SourceMissing(str(path), f"it cannot be read ({error.strerror})") from error


def _unpacked(raw: IO[bytes], path: Path) -> Iterator[bytes]:
    # decompressobj, because the stream reader takes a file that was cut in the middle for a short one
    unpack = zstandard.ZstdDecompressor().decompressobj()
    try:
        while block := raw.read(BLOCK):
            while block:
                if unpack.eof:
                    unpack = zstandard.ZstdDecompressor().decompressobj()
                yield unpack.decompress(block)
                block = unpack.unused_data if unpack.eof else b""
    except zstandard.ZstdError as error:
        raise SourceBroken(str(path), f"this is not a Zstandard file ({error})") from error
    if not unpack.eof:
        raise SourceBroken(str(path), "the file is cut short")
