"""Manifests: the list of the answers that one record was made from, as a blob that a change can cite. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

import orjson

MANIFEST = b'{"manifest":1,"parts":[\n'


class Part(NamedTuple):
    """One answer of a manifest."""

    address: str
    digest: str


def manifest(parts: Sequence[tuple[str, str]]) -> bytes:
    """The blob that lists ``parts`` (address, digest), in the order they were used: JSON, one part a line.

    The same parts give the same bytes.
    """
    lines = (orjson.dumps({"address": address, "digest": digest}) for address, digest in parts)
    return MANIFEST + b",\n".join(lines) + b"\n]}\n"


def parts_of(body: bytes) -> list[Part] | None:
    """The parts of a manifest; None for whatever else a blob may hold."""
    if not body.startswith(MANIFEST):
        return None
    try:
        parts = [Part(row["address"], row["digest"]) for row in orjson.loads(body)["parts"]]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return None
    return parts if manifest(parts) == body else None
