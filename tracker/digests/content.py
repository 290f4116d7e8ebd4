"""What digests say, read back from their ledger: the same for the sender, the dry run and the archive on the web."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session

from tracker.digests.choosing import Target, read_reasons
from tracker.digests.letter import Content, Entry, by_weight, subject_of
from tracker.digests.telling import Step
from tracker.held import table
from tracker.language import _, speaking
from tracker.models.digests import DigestChange
from tracker.queries import digests as queries_digests
from tracker.queries.digests import Face, Piece, Trouble
from tracker.queries.sources import sources
from tracker.wording import SOURCES, moment, new_york_date, source_name

Rows = tuple[tuple[int, str], ...]  # a digest's ledger: change and reasons, by change
KEPT: Final = 20_000  # changes that are remembered
LEDGERS: Final = 5_000  # digests of which it is remembered what they say


class Slip(NamedTuple):
    """One digest as its row says it."""

    digest_id: int
    period: str
    composed_at: datetime
    beside: str


class Shelf:
    """Turns digests into what they say in one language. What one needed is at hand for the next: most tell the same."""

    def __init__(self, tag: str = "en") -> None:
        with speaking(tag) as spoken:
            self._tag = spoken.tag
        self._steps: dict[int, Step] = {}
        self._faces: dict[int, Face] = {}
        self._entries: dict[Rows, tuple[Entry, ...]] = {}
        self._subjects: dict[Rows, str] = {}
        self._pieces: dict[int, Piece] = {}
        self._troubles: dict[int, Trouble] = {}
        self._ages = ""

    def refresh(self, session: Session, now: datetime) -> None:
        """Look again at what moves: how old the record is, what was published, which sources are in trouble."""
        with speaking(self._tag):
            self._ages = ages(session)
        self._pieces = {piece.coverage_id: piece for piece in queries_digests.pieces(session, now)}
        self._troubles = {each.incident_id: each for each in queries_digests.troubles(session, now)}
        if len(self._steps) > KEPT:
            self._steps.clear()
            self._faces.clear()

    def contents(self, session: Session, slips: Sequence[Slip]) -> dict[int, Content]:
        """What each digest says, by its id."""
        ledger = _ledger(session, [slip.digest_id for slip in slips])
        self.learn(session, ((change_id, slip.composed_at) for slip in slips for change_id, _ in
                             ledger.get(slip.digest_id, ())))  # fmt: skip
        return {slip.digest_id: self.content(slip, ledger.get(slip.digest_id, ())) for slip in slips}

    def learn(self, session: Session, changes: Iterable[tuple[int, datetime]]) -> None:
        """Read the changes that are not at hand, each as it is told at a moment."""
        missing: dict[Any, set[int]] = {}
        for change_id, at in changes:
            if change_id not in self._steps:
                missing.setdefault(new_york_date(at), set()).add(change_id)
        for today, ids in missing.items():
            with speaking(self._tag):
                self._steps |= queries_digests.steps(session, ids, today)
        unknown = {self._steps[change_id].matter_id for ids in missing.values() for change_id in ids}
        with speaking(self._tag):
            self._faces |= queries_digests.faces(session, unknown)

    def content(self, slip: Slip, rows: Rows) -> Content:
        """What one digest says; its changes were learned before."""
        beside = json.loads(slip.beside)
        return Content(
            slip.period,
            new_york_date(slip.composed_at),
            self.entries(rows),
            tuple(self._pieces[key] for key in beside.get("coverage", ()) if key in self._pieces),
            tuple(self._troubles[key] for key in beside.get("incidents", ()) if key in self._troubles),
            self._ages,
            self._tag,
        )

    def entries(self, rows: Rows) -> tuple[Entry, ...]:
        """One entry a matter, the most important first; its steps by date."""
        found = self._entries.get(rows)
        if found is None:
            _make_room(self._entries)
            found = self._entries[rows] = by_weight(self._grouped(rows))
        return found

    def subject(self, rows: Rows) -> str:
        """The subject of a digest with these entries; "" where there are none."""
        found = self._subjects.get(rows)
        if found is None:
            _make_room(self._subjects)
            with speaking(self._tag):
                found = self._subjects[rows] = subject_of(self.entries(rows))
        return found

    def _grouped(self, rows: Rows) -> Iterable[Entry]:
        steps: dict[int, list[Step]] = {}
        reasons: dict[int, dict[Target, None]] = {}
        for change_id, text in rows:
            step = self._steps[change_id]
            steps.setdefault(step.matter_id, []).append(step)
            reasons.setdefault(step.matter_id, {}).update(dict.fromkeys(read_reasons(text)))
        for matter_id, some in steps.items():
            ordered = tuple(sorted(some, key=lambda step: step.order))
            yield Entry(self._faces[matter_id], ordered, tuple(reasons[matter_id]))


def _make_room(kept: dict[Rows, Any]) -> None:
    if len(kept) >= LEDGERS:
        kept.clear()


def _ledger(session: Session, digest_ids: Sequence[int]) -> Mapping[int, Rows]:
    told = table(DigestChange)
    chosen = sa.select(told.c.digest_id, told.c.change_id, told.c.reasons).order_by(told.c.digest_id, told.c.change_id)
    found: dict[int, list[tuple[int, str]]] = {}
    for ids in queries_digests.chunks(digest_ids):
        for digest_id, change_id, reasons in session.execute(chosen.where(told.c.digest_id.in_(ids))):
            found.setdefault(digest_id, []).append((change_id, reasons))
    return {digest_id: tuple(rows) for digest_id, rows in found.items()}


def ages(session: Session) -> str:
    """How old the record is, in one sentence."""
    states = {state.source: state for state in sources(session)}
    told = []
    for source in SOURCES:
        state = states.get(source)
        at = state and (state.council_as_of or state.good_at)
        if at:
            told.append(f"{source_name(source)} {moment(at)}")
    if not told:
        return _("The record was not read yet.")
    return _("Last read well, in New York time: %(sources)s.", sources="; ".join(told))
