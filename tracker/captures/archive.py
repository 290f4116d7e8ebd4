"""Where `scrapers.fetch` keeps its answers: the bytes in a store, a row for each in the database."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

import orjson
import sqlalchemy as sa
from sqlmodel import Session, col, select

from scrapers.answers import Answer, Kept
from tracker.captures.manifests import manifest
from tracker.captures.store import Store
from tracker.database import reading, writing
from tracker.errors import BadInput, NotFound
from tracker.models.sources import Response


class Archive:
    """Keeps the answers of `scrapers.fetch`: bytes in a `Store`, a row of `Response` for each. A `Keeper`."""

    def __init__(self, store: Store, engine: sa.Engine) -> None:
        self.store = store
        self._engine = engine

    def keep(self, answer: Answer) -> None:
        """Keep the bytes, then note where and when they came. A 304 brought nothing new and adds nothing.

        The row has a transaction of its own, so that a run that fails later keeps what it read.
        """
        if answer.unchanged:
            return
        digest = self.store.put(answer.body)
        with writing(self._engine) as session:
            if not self.store.holds(digest):  # a prune that ran in between is over now: writers take turns
                self.store.put(answer.body)
            session.add(
                Response(
                    address=answer.address,
                    final=answer.final,
                    method=answer.method,
                    status=answer.status,
                    headers=orjson.dumps(answer.headers).decode(),
                    digest=digest,
                    size=len(answer.body),
                    fetched_at=answer.fetched_at,
                )
            )

    def last(self, address: str) -> Kept | None:
        """The newest good answer to a GET of that address whose bytes are here and sound."""
        chosen = sa.and_(col(Response.address) == address, col(Response.status) == 200, col(Response.method) == "GET")
        newest_first = (col(Response.fetched_at).desc(), col(Response.id).desc())
        with reading(self._engine) as session:
            for row in session.scalars(select(Response).where(chosen).order_by(*newest_first)):
                with suppress(BadInput, NotFound):  # then the source is asked for all of it, and the blob is made good
                    self.store.get(row.digest)
                    pairs = tuple((name, value) for name, value in orjson.loads(row.headers))
                    headers = {name.lower(): value for name, value in reversed(pairs)}
                    return Kept(headers.get("etag", ""), headers.get("last-modified", ""), row.digest, pairs)
        return None

    def body(self, digest: str) -> bytes:
        """The bytes under a digest. Raises NotFound or BadInput, as `Store.get` does."""
        return self.store.get(digest)

    def bundle(self, parts: Sequence[tuple[str, str]]) -> str:
        """Keep the manifest of ``parts`` and return its digest, for a change to cite."""
        return self.store.put(manifest(parts))


def answers(
    session: Session, *, address: str = "", digest: str = "", since: datetime | None = None, limit: int | None = None
) -> Sequence[Response]:
    """The answers that were kept, newest first: those whose address holds ``address``, that came ``since`` ..."""
    asked = select(Response).order_by(col(Response.fetched_at).desc(), col(Response.id).desc()).limit(limit)
    if address:
        asked = asked.where(col(Response.address).icontains(address, autoescape=True))
    if digest:
        asked = asked.where(col(Response.digest) == digest)
    if since is not None:
        asked = asked.where(col(Response.fetched_at) >= since)
    return session.scalars(asked).all()
