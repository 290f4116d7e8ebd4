"""Where a matter stands: the stage that its actions show, checked against the status and the signs of law.

The Council's status is a label somebody sets; it runs ahead, runs backwards and goes stale. So the *stage* comes from
the dated actions, in legal order, and every way in which the rest of the record disagrees is said in words.

* A bill is called law only when two of four signs agree: the status, an action row (signed, adopted by the Charter's
  thirty-day rule, veto overridden), the enactment date, the Local Law number; each has been published in error and
  taken back. "Enacted (Mayor's Desk for Signature)" is no sign of law, nor is PassedDate, the date of any last action.
* Rows dated after `today` are scheduled and do not count: Filed (End of Session) rows are typed eight days early.
* Bills and resolutions die with the Council that left them unpassed (Charter § 25 sets the sessions). Passed and
  vetoed bills do not: the Council of 2026 overrode vetoes of bills passed in 2025.
* Nothing is guessed. A bill on the Mayor's desk for more than thirty days is law by Charter § 37, but not here until
  the record says so; a veto stands until the record shows it overridden.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple, Protocol, Self

from tracker.language import N_
from tracker.vocabulary import ACTIONS, STATUSES, Act, tidy

DESK_DAYS: Final = 30  # Charter § 37(b): the Mayor's time, and how long a new law's number stays provisional here
BILL: Final = "Introduction"
_DIES_WITH_SESSION: Final = frozenset({BILL, "Resolution"})
_COUNCIL_KINDS: Final = _DIES_WITH_SESSION | {"Land Use Application"}
_NOT_KNOWN: Final = "State unknown"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_LAW_KEY = re.compile(r"\d{4}/\d{3}", re.ASCII)


class ActionLike(Protocol):
    """One row of a history, as `scrapers.records.ActionRecord` has it."""

    @property
    def code(self) -> int: ...
    @property
    def acted_on(self) -> str: ...
    @property
    def clock(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def result(self) -> str: ...


class Stage(StrEnum):
    """The derived step, with what readers see. Values are stored, so they never change. Labels are in English.

    `live`: more can follow; for orders and directives: it may be in effect.
    """

    UNKNOWN = "unknown", N_("Not clear from the record"), True
    INTRODUCED = "introduced", N_("Introduced"), True
    IN_COMMITTEE = "in_committee", N_("In committee"), True
    LAID_OVER = "laid_over", N_("Heard, laid over in committee"), True
    REPORTED = "reported", N_("Approved by committee"), True
    PASSED_COUNCIL = "passed_council", N_("Passed by the Council, not yet law"), True
    ON_MAYORS_DESK = "on_mayors_desk", N_("On the Mayor's desk, not yet law"), True
    VETOED = "vetoed", N_("Vetoed by the Mayor"), True
    SIGNED = "signed", N_("Law, signed by the Mayor"), False
    LAPSED = "lapsed", N_("Law, without the Mayor's signature"), False
    OVERRIDDEN = "overridden", N_("Adopted over the Mayor's veto"), False
    BECAME_LAW = "became_law", N_("Law, the record does not say how"), False
    ADOPTED = "adopted", N_("Adopted"), False
    DISAPPROVED = "disapproved", N_("Disapproved"), False
    FILED = "filed", N_("Filed"), False
    DIED = "died", N_("Died at the end of the session"), False
    WITHDRAWN = "withdrawn", N_("Withdrawn"), False
    IN_FORCE = "in_force", N_("In force"), True
    AMENDED = "amended", N_("In force, as amended"), True
    BLOCKED = "blocked", N_("Blocked by a court"), True
    ISSUED = "issued", N_("Issued"), True
    EXPIRED = "expired", N_("Expired"), False
    REPLACED = "replaced", N_("Replaced"), False
    REVOKED = "revoked", N_("Revoked"), False
    VOID = "void", N_("Declared void"), False
    STATE_UNKNOWN = "state_unknown", N_("Not known whether in effect"), True
    PENDING = "pending", N_("Before the court"), True
    DECIDED = "decided", N_("Decided"), False

    label: str
    live: bool

    def __new__(cls, value: str, label: str = "", live: bool = False) -> Self:
        member = str.__new__(cls, value)
        member._value_, member.label, member.live = value, label, live
        return member


_IN_HAND: Final = frozenset({Stage.INTRODUCED, Stage.IN_COMMITTEE, Stage.LAID_OVER})
_UNPASSED: Final = _IN_HAND | {Stage.UNKNOWN, Stage.REPORTED}
_PASSED: Final = frozenset({Stage.PASSED_COUNCIL, Stage.ON_MAYORS_DESK})
_OPEN: Final = _UNPASSED | _PASSED | {Stage.VETOED, Stage.DISAPPROVED}
_IN_EFFECT: Final = frozenset({Stage.IN_FORCE, Stage.AMENDED, Stage.BLOCKED, Stage.ISSUED})
_START: Final = frozenset({Stage.UNKNOWN})
LAW_STAGES: Final = frozenset({Stage.SIGNED, Stage.LAPSED, Stage.OVERRIDDEN, Stage.BECAME_LAW})
_LAW_ACTS: Final = {Act.SIGNED: Stage.SIGNED, Act.LAPSED: Stage.LAPSED, Act.OVERRIDDEN: Stage.OVERRIDDEN}

_Row = tuple[str, int, str, Act]  # date, rank, clock, act
# act -> (stages it can move a matter out of, stage it moves it to); any other stage stays as it was. The three acts
# that make a bill law are absent: one row alone does not.
_Move = tuple[frozenset[Stage], Stage]
_TO_COUNCIL: Final[_Move] = (_UNPASSED, Stage.REPORTED)
_MOVES: Final[dict[Act, _Move]] = {
    Act.PRECONSIDERED_HEARING: (_START, Stage.IN_COMMITTEE),
    Act.INTRODUCED: (_START, Stage.INTRODUCED),
    Act.REFERRED: (_START | {Stage.INTRODUCED}, Stage.IN_COMMITTEE),
    **dict.fromkeys((Act.RE_REFERRED, Act.HEARING_HELD, Act.SUBCOMMITTEE_ACTED), (_UNPASSED, Stage.IN_COMMITTEE)),
    **dict.fromkeys((Act.AMENDMENT_PROPOSED, Act.AMENDED, Act.COMMITTEE_DEFEATED), (_UNPASSED, Stage.IN_COMMITTEE)),
    **dict.fromkeys((Act.PRECONSIDERED_LAID_OVER, Act.LAID_OVER), (_UNPASSED, Stage.LAID_OVER)),
    **dict.fromkeys((Act.COMMITTEE_APPROVED, Act.COMMITTEE_DISAPPROVED, Act.COMMITTEE_FILED), _TO_COUNCIL),
    **dict.fromkeys((Act.PRECONSIDERED_REPORTED, Act.DISCHARGED, Act.LAID_OVER_BY_COUNCIL), _TO_COUNCIL),
    Act.SENT_TO_PLANNING: _TO_COUNCIL,
    Act.RECOMMITTED: (_UNPASSED | _PASSED, Stage.IN_COMMITTEE),
    Act.RECALLED: (_PASSED, Stage.IN_COMMITTEE),
    Act.COUNCIL_DISAPPROVED: (_UNPASSED, Stage.DISAPPROVED),
    Act.SENT_TO_MAYOR: (_UNPASSED | _PASSED, Stage.ON_MAYORS_DESK),
    **dict.fromkeys((Act.MAYOR_HEARING, Act.RETURNED_UNSIGNED), (_PASSED, Stage.ON_MAYORS_DESK)),
    Act.VETOED: (_OPEN | {Stage.ADOPTED}, Stage.VETOED),
    Act.FILED: (_OPEN, Stage.FILED),
    Act.FILED_END_OF_SESSION: (_OPEN, Stage.DIED),
    Act.WITHDRAWN: (_OPEN, Stage.WITHDRAWN),
    Act.ORDER_SIGNED: (_START, Stage.IN_FORCE),
    Act.ISSUED: (_START, Stage.ISSUED),
    Act.ORDER_AMENDED: (_IN_EFFECT - {Stage.BLOCKED}, Stage.AMENDED),
    Act.ORDER_BLOCKED: (_IN_EFFECT, Stage.BLOCKED),
    Act.ORDER_UNBLOCKED: (frozenset({Stage.BLOCKED}), Stage.IN_FORCE),
    Act.ORDER_VOIDED: (_IN_EFFECT, Stage.VOID),
    Act.ORDER_REVOKED: (_IN_EFFECT, Stage.REVOKED),
    Act.ORDER_EXPIRED: (_IN_EFFECT, Stage.EXPIRED),
    Act.REPLACED: (_IN_EFFECT, Stage.REPLACED),
    **dict.fromkeys((Act.SUIT_FILED, Act.RULING), (_START, Stage.PENDING)),
    **dict.fromkeys((Act.DECIDED, Act.SETTLED), (_START | {Stage.PENDING}, Stage.DECIDED)),
    Act.APPEALED: (_START | {Stage.DECIDED}, Stage.PENDING),
    Act.VOTERS_APPROVED: (_START, Stage.ADOPTED),
    Act.VOTERS_REJECTED: (_OPEN, Stage.DISAPPROVED),
}
# Only a bill goes to the Mayor for signature; for the rest, approval and override are the Council's last word.
_APPROVALS: Final = (Act.COUNCIL_APPROVED, Act.ADOPTED)
_BILL_MOVES: Final = _MOVES | dict.fromkeys(_APPROVALS, (_UNPASSED, Stage.PASSED_COUNCIL))
_OTHER_MOVES: Final = _MOVES | dict.fromkeys(_APPROVALS, (_UNPASSED | {Stage.DISAPPROVED}, Stage.ADOPTED))
_OTHER_MOVES[Act.OVERRIDDEN] = (_OPEN | {Stage.ADOPTED}, Stage.OVERRIDDEN)

# status -> the stages it is true of. A bill heard before its introduction may be laid over and read "Committee".
_FITS: Final[dict[str, frozenset[Stage]]] = {
    **{stage.value.capitalize(): frozenset({stage}) for stage in Stage},
    **{status: frozenset({Stage.REPORTED}) for status, standing in STATUSES.items() if standing.before_passage},
    **dict.fromkeys(("Introduced", "Committee", "Laid Over in Committee", "Deferred"), _IN_HAND),
    "Enacted (Mayor's Desk for Signature)": _PASSED,
    **{status: LAW_STAGES for status, standing in STATUSES.items() if standing.law},
    **dict.fromkeys(("Adopted", "Approved"), frozenset({Stage.ADOPTED, Stage.OVERRIDDEN})),
    "Failed": frozenset({Stage.DISAPPROVED}),
    "Filed": frozenset({Stage.FILED, Stage.DIED}),
    "Filed (End of Session)": frozenset({Stage.DIED}),
    "In force": frozenset({Stage.IN_FORCE, Stage.AMENDED}),
    _NOT_KNOWN: frozenset({Stage.STATE_UNKNOWN}),
}
# A lost motion moves nothing; "Fail" on rows that no vote decides (Introduced, Sent to Mayor) means nothing.
_BY_VOTE: Final = {Act.PRECONSIDERED_REPORTED, Act.COMMITTEE_APPROVED, *_APPROVALS, Act.OVERRIDDEN}


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where a matter stands on a day.

    `since` is the date of the action that made the stage, "" where none did. `how` is "signed", "lapsed" or
    "overridden" for a law whose record says so. `law_number` is Legistar's form ("2026/063"), of laws only.
    `signals` are the signs of law present, even a single one. A law is `provisional` for its first thirty days, when
    numbers still move. `disagreements` say where the record contradicts itself or the law, in English: they are stored.
    """

    stage: Stage
    since: str
    is_law: bool = False
    how: str = ""
    law_number: str = ""
    signals: tuple[str, ...] = ()
    provisional: bool = False
    disagreements: tuple[str, ...] = ()


class _Trail(NamedTuple):
    """What the counted rows show, before status and signs of law are asked."""

    stage: Stage
    since: str
    began_on: str
    passed_on: str
    law: Stage | None
    law_on: str
    repassed_on: str


class _Evidence(NamedTuple):
    """All that is known of one matter on one day."""

    trail: _Trail
    status: str
    enacted_on: str
    local_law: str
    until: str


def outcome(
    kind: str, actions: Sequence[ActionLike], status: str, enacted_on: str, local_law: str, today: date
) -> Outcome:
    """Where the matter stood on `today`; pure, and never raises on what a source may say.

    `kind` is the source's type name ("Introduction", "Resolution", "Executive Order", "Lawsuit" ...); `enacted_on`
    is an ISO date or "" ("0001-01-01" is Legistar's empty date).
    """
    until = today.isoformat()
    rows, doubts = _in_order(actions, until)
    trail = _walk(rows, kind == BILL)
    evidence = _Evidence(trail, tidy(status), enacted_on, local_law, until)
    signals = tuple(_signals(evidence)) if kind == BILL else ()
    if len(signals) > 1:
        return _law(evidence, signals, doubts)
    stage, since = _settle(kind, trail, evidence.status, until)
    doubts += _doubts(evidence, stage, since)
    if signals:
        doubts.append(f"One sign of law alone, the {signals[0]}: not law until a second one agrees.")
    return Outcome(stage, since, signals=signals, disagreements=tuple(doubts))


def _in_order(actions: Sequence[ActionLike], until: str) -> tuple[list[_Row], list[str]]:
    """The rows that count, by date, then legal order, then clock (row ids are not chronological); and the doubts."""
    rows: list[_Row] = []
    doubts = []
    for action in actions:
        meaning = ACTIONS.get(action.code)
        if meaning is None:
            doubts.append(f'Action {action.code} "{tidy(action.name)}" is not known here and moves nothing.')
        elif action.result == "Fail" and meaning.act in _BY_VOTE:
            doubts.append(f'"{meaning.names[0]}" on {action.acted_on} is marked as failed and does not count.')
        elif "1" < action.acted_on <= until:
            rows.append((action.acted_on, meaning.rank, action.clock, meaning.act))
    rows.sort()
    return rows, doubts


def _walk(rows: Sequence[_Row], bill: bool) -> _Trail:
    moves = _BILL_MOVES if bill else _OTHER_MOVES
    stage, since, began_on, passed_on, law_on, repassed_on = Stage.UNKNOWN, "", "", "", "", ""
    law: Stage | None = None
    for on, _, _, act in rows:
        sources, target = moves.get(act, (_START, stage))
        if stage in sources and stage is not target:
            stage, since = target, on
        if act is Act.INTRODUCED:
            began_on = began_on or on
        elif act in _APPROVALS:
            passed_on, repassed_on = (passed_on, on) if stage is Stage.VETOED else (on, repassed_on)
        elif act is Act.VETOED:
            law, law_on = None, ""
        elif act in _LAW_ACTS and (stage is not Stage.VETOED or act is Act.OVERRIDDEN) and _LAW_ACTS[act] is not law:
            law, law_on = _LAW_ACTS[act], on
    return _Trail(stage, since, began_on or (rows[0][0] if rows else ""), passed_on, law, law_on, repassed_on)


def _signals(evidence: _Evidence) -> Iterator[str]:
    standing = STATUSES.get(evidence.status)
    if standing is not None and standing.law:
        yield "status"
    if evidence.trail.law is not None:
        yield "action"
    if _DATE.fullmatch(evidence.enacted_on) and "1" < evidence.enacted_on <= evidence.until:
        yield "enactment date"
    if _LAW_KEY.fullmatch(evidence.local_law):
        yield "law number"


def _law(evidence: _Evidence, signals: tuple[str, ...], doubts: list[str]) -> Outcome:
    law = evidence.trail.law
    since = evidence.trail.law_on or (evidence.enacted_on if "enactment date" in signals else "")
    age = _days(since, evidence.until)
    provisional = age is None or age < DESK_DAYS
    number = evidence.local_law if "law number" in signals else ""
    doubts += _law_doubts(evidence, signals, since)
    if not (number or provisional):
        doubts.append("Law for thirty days without a Local Law number, as when a referendum must decide.")
    stage, how = (law, law.value) if law else (Stage.BECAME_LAW, "")
    return Outcome(stage, since, True, how, number, signals, provisional, tuple(doubts))


def _law_doubts(evidence: _Evidence, signals: tuple[str, ...], since: str) -> Iterator[str]:
    if "status" not in signals:
        yield f'The status reads "{evidence.status}", though the {" and the ".join(signals)} say that it is law.'
    if "action" not in signals:
        yield "No action says how it became law."
    if "enactment date" in signals and since != evidence.enacted_on:
        yield f"The enactment date is {evidence.enacted_on}, but the action that made it law is dated {since}."
    waited = _days(evidence.trail.passed_on, since)
    if evidence.trail.law is Stage.LAPSED and waited is not None and waited < DESK_DAYS:
        yield f"Adopted for want of the Mayor's answer {waited} days after passage, before thirty were over."


def _settle(kind: str, trail: _Trail, status: str, until: str) -> tuple[Stage, str]:
    """The stage once the session's end and what no source knows are taken into account."""
    if kind not in _COUNCIL_KINDS and (trail.stage is Stage.UNKNOWN or (status == _NOT_KNOWN and trail.stage.live)):
        return Stage.STATE_UNKNOWN, trail.since
    end = session_end(trail.began_on)
    if trail.stage not in _UNPASSED or kind not in _DIES_WITH_SESSION or not end or until <= end:
        return trail.stage, trail.since
    standing = STATUSES.get(status)
    if standing is not None and not standing.live and Stage.DIED not in _FITS.get(status, ()):
        return Stage.UNKNOWN, ""
    return Stage.DIED, end


def session_end(on: str) -> str:
    """The last day of the Council session in which an ISO date falls; "" for what is no date.

    Charter § 25: four years, but two and two after the elections of 2001, 2021, 2041, for the new districts.
    """
    years = range(int(on[:4]), int(on[:4]) + 4) if re.match(r"\d{4}-", on, re.ASCII) else ()
    return next((f"{year}-12-31" for year in years if year % 4 == 1 or year % 20 == 3), "")


def _doubts(evidence: _Evidence, stage: Stage, since: str) -> Iterator[str]:
    """Where the status, or the law's own terms, contradict a stage that is not law."""
    trail, status, until = evidence.trail, evidence.status, evidence.until
    if trail.repassed_on:
        yield f"Approved by the Council on {trail.repassed_on}, after the veto: perhaps an override, wrongly named."
    age = _days(since, until)
    if stage in _PASSED and trail.law is None and age is not None and age > DESK_DAYS:
        yield f"Before the Mayor since {since}, over thirty days: no signature, veto or adoption is on record."
    standing, fits = STATUSES.get(status), _FITS.get(status)
    if standing is None or fits is None or stage in fits:
        return
    if stage is Stage.DIED and standing.before_passage:
        yield f'The status still reads "{status}", but the session ended on {since} without a vote on it.'
    elif stage is Stage.VETOED and Stage.REPORTED in fits:
        yield f'The status reads "{status}": a committee took it up again, and the veto stands.'
    elif stage is Stage.UNKNOWN or (stage.live and not standing.live):
        yield f'The status reads "{status}", but no action up to {until} shows it.'
    else:
        yield f'The status reads "{status}", but the actions show: {stage.label}.'


def _days(start: str, end: str) -> int | None:
    """Days between two ISO dates; None where one is missing or only a month."""
    try:
        return (date.fromisoformat(end) - date.fromisoformat(start)).days
    except ValueError:
        return None
