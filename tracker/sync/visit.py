"""What a run stands on when it asks a live source, and what every such run does alike."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session

from scrapers.answers import Answer, Fetcher
from scrapers.errors import Refused, ScrapeError, Stopped
from scrapers.records import MatterRecord, Observation, Unreadable
from tracker.captures import Archive
from tracker.config import Config
from tracker.database import reading
from tracker.held import Held, load, table
from tracker.ingest import Clock, last_cursor
from tracker.models import TRACKED, Matter
from tracker.models.sources import Stamp
from tracker.scope import Rule
from tracker.truth import Trust, trust_of
from tracker.wording import COUNCIL_KINDS

IN_A_ROW = 3  # so many things in a row that cannot be read are an outage or a redesign, and not each a fault of its own


@dataclass(frozen=True, slots=True)
class Visit:
    """The tools of one run. ``token`` is the Council's, "" where there is none."""

    engine: sa.Engine
    config: Config
    rule: Rule
    clock: Clock
    fetcher: Fetcher
    archive: Archive
    token: str = ""

    @property
    def trust(self) -> Trust:
        return trust_of(self.config.trust)

    def now(self) -> int:
        """The moment in unix seconds, as observations bear it."""
        return int(self.clock().timestamp())

    def cursor(self, source: str) -> str:
        """How far the newest good run of a source read."""
        with reading(self.engine) as session:
            return last_cursor(session, source)

    def stamps(self, source: str) -> dict[str, str]:
        """When each thing of a source was changed, by the source's own word when it was last read."""
        stamps = table(Stamp)
        with reading(self.engine) as session:
            query = sa.select(stamps.c.key, stamps.c.value).where(stamps.c.source == source)
            return {row.key: row.value for row in session.execute(query)}

    def tracked(self) -> list[Held]:
        """The Council matters we follow, as we hold them, in the order of their numbers."""
        matters = table(Matter)
        chosen = sa.and_(
            matters.c.scope.in_(TRACKED), matters.c.kind.in_(COUNCIL_KINDS), matters.c.removed_at.is_(None)
        )
        with reading(self.engine) as session:
            ids = list(session.execute(sa.select(matters.c.source_id).where(chosen)).scalars())
            return sorted(load(session, ids).values(), key=lambda held: held.record.file_number)

    def known_numbers(self) -> set[str]:
        """The file numbers of everything we hold, in scope or not."""
        matters = table(Matter)
        with reading(self.engine) as session:
            return set(session.execute(sa.select(matters.c.file_number)).scalars())

    def observed(self, place: str, address: str, answers: Sequence[Answer], matter: MatterRecord) -> Observation:
        """A matter made of these answers, which are kept as one bundle."""
        parts = [(answer.address, answer.digest) for answer in answers]
        digest = parts[0][1] if len(parts) == 1 else self.archive.bundle(parts)
        return Observation(self.now(), place, address, digest, matter)


class Recording:
    """A fetcher that remembers what it was answered, so that a record can cite all it was made of."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self.answers: list[Answer] = []

    def get(
        self,
        address: str,
        params: Mapping[str, str] | None = None,
        *,
        secret: Mapping[str, str] | None = None,
        accept: str = "",
    ) -> Answer:
        self.answers.append(self._fetcher.get(address, params, secret=secret, accept=accept))
        return self.answers[-1]

    def post(self, address: str, form: Sequence[tuple[str, str]]) -> Answer:
        self.answers.append(self._fetcher.post(address, form))
        return self.answers[-1]

    def taken(self) -> tuple[Answer, ...]:
        """The answers since the last call."""
        answers, self.answers = tuple(self.answers), []
        return answers


class Patience:
    """Tells one broken thing from a source that is down."""

    def __init__(self) -> None:
        self._failed = 0

    def again(self) -> None:
        """Something was read well."""
        self._failed = 0

    def spend(self, error: ScrapeError) -> str:
        """The reason in words, where the others may still be read; raises what stops the whole run."""
        if isinstance(error, Refused | Stopped):
            raise error
        self._failed += 1
        if self._failed >= IN_A_ROW:
            raise error
        return error.message


def put_stamps(session: Session, source: str, stamps: Iterable[tuple[str, str]]) -> None:
    """Note when things of a source were changed, in place of what was noted before."""
    rows = table(Stamp)
    for key, value in stamps:
        session.execute(rows.delete().where(rows.c.source == source, rows.c.key == key))
        session.execute(rows.insert().values(source=source, key=key, value=value))


def unreadable(seen: Iterable[Observation | Unreadable]) -> Iterator[Unreadable]:
    """What could not be read."""
    return (each for each in seen if isinstance(each, Unreadable))
