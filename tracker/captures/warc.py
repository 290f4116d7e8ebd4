"""Captures as one WARC file (ISO 28500, version 1.1), which web archives and their tools read.

An answer is a ``response`` record without its request: its address, the moment it came, its headers, its bytes as they
are kept, that is unpacked; so the headers that told how it was packed are left out. Bytes that the file holds already
are a ``revisit`` that points to them. An address that led elsewhere says so in ``WARC-X-Final-URI``, one that was not
asked by GET in ``WARC-X-Method``. A manifest is a ``resource`` record under ``urn:sha256:…``. The same captures give
the same records, with the same ids.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from io import BytesIO
from typing import IO, Any, NamedTuple
from uuid import NAMESPACE_URL, uuid5

import orjson
import sqlalchemy as sa
from sqlmodel import Session, col, select
from warcio import StatusAndHeaders, WARCWriter  # type: ignore[import-untyped]

from tracker.captures.manifests import parts_of
from tracker.captures.store import Store
from tracker.captures.upkeep import CHUNK, manifest_parts
from tracker.database import reading
from tracker.errors import NotFound
from tracker.models import Capture
from tracker.models.sources import Response

OF_THE_PACKING = ("content-encoding", "transfer-encoding", "content-length")


class Choice(NamedTuple):
    """What to write: these digests, or, where there are none, whatever came from ``since`` until before ``until``."""

    digests: Sequence[str] = ()
    since: datetime | None = None
    until: datetime | None = None


def write_warc(
    stream: IO[bytes], engine: sa.Engine, store: Store, choice: Choice, *, now: datetime, software: str, operator: str
) -> int:
    """Write the chosen answers, each record packed by itself (``.warc.gz``), and return how many there were.

    A manifest brings the answers it lists. ``operator`` is an address for questions; "" leaves it out. Raises NotFound
    where nothing is chosen or a body is not in the store, BadInput where one is damaged.
    """
    writer = _Writer(stream, store, now)
    writer.describe(software, operator)
    with reading(engine) as session:
        manifests = _manifests(session, store, choice)
        for digest, made_at in sorted(manifests.items()):
            writer.manifest(digest, made_at or now)
        for row in _responses(session, store, choice, manifests):
            writer.answer(row)
    if not writer.count:
        raise NotFound("No answer was chosen. 'tracker captures list' shows which there are, and when they came.")
    return writer.count


class _Writer:
    """Writes records, and remembers which bytes the file holds already."""

    def __init__(self, stream: IO[bytes], store: Store, now: datetime) -> None:
        self._warc = WARCWriter(stream, gzip=True, warc_version="1.1")
        self._store = store
        self._now = now
        self._first: dict[str, tuple[str, str]] = {}
        self.count = 0

    def describe(self, software: str, operator: str) -> None:
        described = {
            "software": software,
            "format": "WARC File Format 1.1",
            "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
            "operator": operator,
            "description": "Answers of public sources as they came, unpacked. Tokens are taken out of the addresses.",
        }
        record = self._warc.create_warcinfo_record(None, described)
        record.rec_headers.replace_header("WARC-Date", _moment(self._now))
        self._warc.write_record(record)

    def manifest(self, digest: str, made_at: datetime) -> None:
        named = _headers(f"urn:{digest}", digest, made_at)
        self._write("resource", f"urn:{digest}", self._store.get(digest), named, warc_content_type="application/json")

    def answer(self, row: Response) -> None:
        """A ``response``, or, where the file has these bytes already, a ``revisit`` that points to them."""
        named = _headers(row.address, row.digest, row.fetched_at)
        if row.final != row.address:
            named["WARC-X-Final-URI"] = row.final
        if row.method != "GET":
            named["WARC-X-Method"] = row.method
        first = self._first.get(row.digest)
        if first is None:
            self._first[row.digest] = row.address, named["WARC-Date"]
            self._write("response", row.address, self._store.get(row.digest), named, http_headers=_http(row))
        else:
            digest = named.pop("WARC-Payload-Digest")
            self._warc.write_record(self._warc.create_revisit_record(row.address, digest, *first, _http(row), named))
            self.count += 1

    def _write(self, kind: str, address: str, body: bytes, named: dict[str, str], **more: Any) -> None:
        # without the length, warcio goes by way of a temporary file
        record = self._warc.create_warc_record(
            address, kind, payload=BytesIO(body), length=len(body), warc_headers_dict=named, **more
        )
        self._warc.write_record(record)
        self.count += 1


def _headers(address: str, digest: str, at: datetime) -> dict[str, str]:
    moment = _moment(at)
    record_id = uuid5(NAMESPACE_URL, f"{address} {moment} {digest}")
    return {"WARC-Record-ID": f"<urn:uuid:{record_id}>", "WARC-Date": moment, "WARC-Payload-Digest": digest}


def _http(row: Response) -> StatusAndHeaders:
    kept = [(name, value) for name, value in orjson.loads(row.headers) if name.lower() not in OF_THE_PACKING]
    try:
        phrase = HTTPStatus(row.status).phrase
    except ValueError:  # a number that no standard knows
        phrase = ""
    return StatusAndHeaders(f"{row.status} {phrase}".strip(), kept, protocol="HTTP/1.1")


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _manifests(session: Session, store: Store, choice: Choice) -> dict[str, datetime | None]:
    """The manifests that are chosen, each with the moment at which a change first cited it."""
    cited = sa.select(col(Capture.digest), sa.func.min(Capture.seen_at)).group_by(col(Capture.digest))
    if choice.digests:
        dated = dict(session.execute(cited.where(col(Capture.digest).in_(choice.digests))).all())
        found = {digest: dated.get(digest) for digest in choice.digests}
    else:
        answers = sa.select(col(Response.digest))
        ours = (col(Capture.digest).like("sha256:%"), col(Capture.digest).not_in(answers))
        dated = dict(session.execute(cited.where(*ours, *_within(col(Capture.seen_at), choice))).all())
        found = {digest: at for digest, at in dated.items() if store.holds(digest)}
    return {digest: at for digest, at in found.items() if parts_of(store.get(digest)) is not None}


def _responses(session: Session, store: Store, choice: Choice, manifests: Iterable[str]) -> Iterator[Response]:
    """The chosen answers, oldest first; then those that a manifest lists and that did not come in the chosen time."""
    wanted = {part.digest for digest in manifests for part in manifest_parts(store, digest)} | set(choice.digests)
    if not choice.digests:
        for row in _rows(session, *_within(col(Response.fetched_at), choice)):
            wanted.discard(row.digest)
            yield row
    rest = sorted(wanted)
    for start in range(0, len(rest), CHUNK):
        yield from _rows(session, col(Response.digest).in_(rest[start : start + CHUNK]))


def _rows(session: Session, *conditions: sa.ColumnElement[bool]) -> Iterator[Response]:
    chosen = select(Response).where(*conditions).order_by(col(Response.fetched_at), col(Response.id))
    return iter(session.scalars(chosen.execution_options(yield_per=CHUNK)))


def _within(column: Any, choice: Choice) -> list[sa.ColumnElement[bool]]:
    since = [] if choice.since is None else [column >= choice.since]
    return since if choice.until is None else [*since, column < choice.until]
