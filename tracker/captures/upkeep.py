"""What is cited, what is missing, and what may go."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col

from tracker.captures.manifests import Part, parts_of
from tracker.captures.store import Fault, Store
from tracker.database import writing
from tracker.errors import BadInput
from tracker.models import Capture
from tracker.models.sources import MayoralOrder, Response

# what was written within a day may belong to a run that has not stored its rows yet
GRACE = timedelta(days=1)
CHUNK = 500  # rows named in one statement: an older SQLite takes 999


class Pruned(NamedTuple):
    """How many blobs were dropped, and how many bytes of disk that gave back."""

    blobs: int
    bytes: int


class Row(NamedTuple):
    """What `outdated` needs to know of a `Response`, in the words of its columns."""

    id: int
    method: str
    address: str
    status: int
    digest: str
    fetched_at: datetime


def outdated(rows: Sequence[Row], cited: set[str], before: datetime) -> list[int]:
    """Ids of rows, given oldest first, that may go. Pure.

    Those stay that are younger than ``before``, the newest good answer of each address (a conditional request needs
    it), and the first of each cited digest from each address (it says where the evidence is from).
    """
    newest = {(row.method, row.address): row.id for row in rows if row.status == 200}
    first = {(row.address, row.digest): row.id for row in reversed(rows) if row.digest in cited}
    needed = {*newest.values(), *first.values()}
    return [row.id for row in rows if row.fetched_at < before and row.id not in needed]


def prune(engine: sa.Engine, store: Store, now: datetime, keep_days: int) -> Pruned:
    """Drop what is older than ``keep_days`` and nobody needs: rows first, then the blobs that nothing names.

    A kill in between leaves blobs without rows, which the next prune takes. Raises BadInput, and drops nothing,
    where a cited manifest is damaged: its parts cannot be known then.
    """
    with writing(engine) as session:
        cited = cited_digests(session, store)
        ids = outdated(_rows(session), cited, now - timedelta(days=keep_days))
        for start in range(0, len(ids), CHUNK):
            session.execute(sa.delete(Response).where(col(Response.id).in_(ids[start : start + CHUNK])))
    old = [blob for blob in store.blobs() if blob.written_at < now - GRACE]
    dropped = size = 0
    with writing(engine) as session:  # nobody notes an answer meanwhile: see `Archive.keep`
        kept = cited | _digests(session, Response.digest)
        for blob in old:
            # one that was put again since it was listed is in use, though no row says so yet
            if blob.digest not in kept and store.remove(blob.path, before=now - GRACE):
                dropped, size = dropped + bool(blob.digest), size + blob.size
    return Pruned(dropped, size)


def _rows(session: Session) -> list[Row]:
    columns = [getattr(Response, name) for name in Row._fields]
    oldest_first = sa.select(*columns).order_by(col(Response.fetched_at), col(Response.id))
    return [Row(*row) for row in session.execute(oldest_first)]


def cited_digests(session: Session, store: Store) -> set[str]:
    """Every digest that a change or an order cites, and the parts of every manifest among them.

    Raises BadInput for a manifest that is damaged.
    """
    cited = _digests(session, Capture.digest) | _digests(session, MayoralOrder.digest)
    manifests = cited - _digests(session, Response.digest)  # an answer of a source is none
    return cited.union(part.digest for digest in manifests for part in manifest_parts(store, digest))


def manifest_parts(store: Store, digest: str) -> list[Part]:
    """The parts of a manifest that is held; none for whatever else there is. Raises BadInput where it is damaged."""
    return (parts_of(store.get(digest)) or []) if store.holds(digest) else []


def missing(session: Session, store: Store) -> Iterator[Fault]:
    """What rows name and the store does not hold."""
    answers = _digests(session, Response.digest)
    cited = (_digests(session, Capture.digest) | _digests(session, MayoralOrder.digest)) - answers
    named = dict.fromkeys(cited, "The record cites")
    for digest in cited:
        with suppress(BadInput):  # a damaged manifest is for `Store.verify` to name
            named |= {part.digest: f"The manifest {digest} lists" for part in manifest_parts(store, digest)}
    named |= dict.fromkeys(answers, "An answer was kept as")
    for digest in sorted(named):
        if not store.holds(digest):
            yield Fault(digest, f"{named[digest]} {digest}, which is not in {store.folder}.")


def _digests(session: Session, column: Any) -> set[str]:
    """The SHA-256 digests in a column, all of captures; git blobs bear ``sha1:`` and lie in their own repository."""
    return set(session.scalars(sa.select(column).where(column.like("sha256:%")).distinct()))
