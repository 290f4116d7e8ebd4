"""What the words of the record mean: actions by Legistar's ActionID, statuses by name, votes by name.

The wording is the Council's and is kept word for word elsewhere; here each code gets what it means (`Act`), who did
it, and a plain sentence, which `locale` offers to translators. The ActionID decides, never the name: 5022 has had two
names, and "Approved by Council" (68, a bill) and "Approved, by Council" (5032, a resolution) are different acts. An
unknown code or status has no meaning here (``None``); `unknown_words` says so to the operator, and nobody may read it
as "no change".

Codes from 90000 on are ours, for matters that are not in Legistar: mayoral orders, agency directives, lawsuits and
votes of the people. They are stored with the curated record, so a code is never given a second meaning.

Sources: the ActionIDs and names in jehiah/nyc_legislation (sync of 2026-08-21); New York City Charter §§ 34 to 38.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum, auto
from typing import Final, NamedTuple, Protocol


class Act(StrEnum):
    """What happened. Members stand in legal order: within one day, the earlier member comes first.

    Clock times cannot order a day (many are 23:59 or the hour of typing) and row ids are not chronological.
    Pre-considered acts are a committee's on a bill about to be introduced, hence before it.
    """

    PRECONSIDERED_HEARING = auto()
    PRECONSIDERED_LAID_OVER = auto()
    PRECONSIDERED_REPORTED = auto()
    INTRODUCED = auto()
    REFERRED = auto()
    PRINTED = auto()
    RE_REFERRED = auto()
    DEFERRED = auto()
    RECESSED = auto()
    HEARING_HELD = auto()
    SUBCOMMITTEE_ACTED = auto()
    AMENDMENT_PROPOSED = auto()
    AMENDED = auto()
    LAID_OVER = auto()
    COMMITTEE_DEFEATED = auto()
    COMMITTEE_DISAPPROVED = auto()
    COMMITTEE_FILED = auto()
    COMMITTEE_APPROVED = auto()
    DISCHARGED = auto()
    LAID_OVER_BY_COUNCIL = auto()
    COUNCIL_AMENDMENT = auto()
    RECOMMITTED = auto()
    SENT_TO_PLANNING = auto()
    COUNCIL_APPROVED = auto()
    ADOPTED = auto()
    COUNCIL_DISAPPROVED = auto()
    SENT_TO_MAYOR = auto()
    RECALLED = auto()
    MAYOR_HEARING_SCHEDULED = auto()
    MAYOR_HEARING_CANCELLED = auto()
    MAYOR_HEARING = auto()
    SIGNING_SCHEDULED = auto()
    SIGNED = auto()
    VETOED = auto()
    LAPSED = auto()
    RETURNED_UNSIGNED = auto()
    RECEIVED_FROM_MAYOR = auto()
    OVERRIDDEN = auto()
    FILED = auto()
    WITHDRAWN = auto()
    FILED_END_OF_SESSION = auto()
    ORDER_SIGNED = auto()
    ISSUED = auto()
    SUIT_FILED = auto()
    ORDER_EXTENDED = auto()
    ORDER_CONTINUED = auto()
    ORDER_AMENDED = auto()
    ORDER_BLOCKED = auto()
    ORDER_UNBLOCKED = auto()
    RULING = auto()
    APPEALED = auto()
    DECIDED = auto()
    SETTLED = auto()
    ORDER_VOIDED = auto()
    ORDER_REVOKED = auto()
    ORDER_EXPIRED = auto()
    REPLACED = auto()
    VOTERS_APPROVED = auto()
    VOTERS_REJECTED = auto()
    OTHER = auto()


_RANK: Final = {act: rank for rank, act in enumerate(Act)}


class Meaning(NamedTuple):
    """One ActionID. `actor` is council, mayor, court, agency or voters; `rank` is the legal order within a day."""

    code: int
    act: Act
    actor: str
    sentence: str
    names: tuple[str, ...]
    rank: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What a status claims. `live`: more can follow. `law`: it claims that the bill is law.

    `before_passage`: the matter waits in the Council, and dies there when the session ends.
    """

    status: str
    sentence: str
    live: bool
    law: bool = False
    before_passage: bool = False


class Worded(Protocol):
    """Anything with an ActionID and the wording that came with it."""

    @property
    def code(self) -> int: ...
    @property
    def name(self) -> str: ...


_197D: Final = "pursuant to Section 197-(d) of the New York City Charter."
_1120B: Final = "pursuant to Rule 11.20(b) of the Rules of the Council and Section 197(d) of the New York City Charter"
_650: Final = "pursuant to Rule 6.50 of the Council"
_COMPANION: Final = "with Companion Resolution"
_TO_CPC: Final = "Modifications and Referred to CPC"
_CITY_PLANNING: Final = "Modifications and Referred to the City Planning Commission"
_REFERRED: Final = "Modifications and Referred"

# One line an ActionID: code | act | sentence for readers | Legistar's wording (every wording seen, most usual first).
_COUNCIL: Final = f"""
15   | PRECONSIDERED_HEARING   | A committee heard it before introduction | Hearing on P-C Item by Comm
5018 | PRECONSIDERED_LAID_OVER | Laid over in committee before introduction | P-C Item Laid Over by Comm
25   | PRECONSIDERED_REPORTED  | A committee approved it before introduction | P-C Item Approved by Comm
27   | INTRODUCED              | Introduced | Introduced by Council
5033 | INTRODUCED              | Introduced, to be taken up at once | Introduced by Council, IMMEDIATE CONSIDERATION
43   | REFERRED                | Referred to committee | Referred to Comm by Council
29   | PRINTED                 | Printed and laid on the members' desks | Printed Item Laid on Desk
42   | PRINTED                 | Reprinted as amended for the members' desks | Reprnt Amnd Item Laid on Desk
49   | RE_REFERRED             | Referred to another committee | Re-referred to Committee by Council
5095 | OTHER                   | Referred to the finance committee too | Referred to Finance Pursuant to Rule 9.10
5037 | OTHER                   | Referred again under the Council's rules | Re-referred {_650}
5030 | DEFERRED                | The hearing was put off | Deferred
5060 | RECESSED                | The hearing was interrupted, to go on later | Recessed
54   | HEARING_HELD            | A committee held a hearing | Hearing Held by Committee
5001 | AMENDMENT_PROPOSED      | An amendment was proposed in committee | Amendment Proposed by Comm
33   | AMENDED                 | The committee amended it | Amended by Committee
17   | LAID_OVER               | Laid over in committee, without a vote | Laid Over by Committee
40   | LAID_OVER               | Laid over again in committee | Laid Over Again by Committee
5050 | LAID_OVER               | Laid over in subcommittee, without a vote | Laid Over by Subcommittee
5008 | COMMITTEE_DEFEATED      | The committee voted it down | Defeated by Committee
37   | COMMITTEE_DISAPPROVED   | The committee disapproved it | Disapproved by Committee
39   | COMMITTEE_FILED         | The committee voted to file it | Filed by Committee
32   | COMMITTEE_APPROVED      | The committee approved it | Approved by Committee
5079 | COMMITTEE_APPROVED      | The committee approved it with changes | Approved by Committee with Modifications
5074 | DISCHARGED              | Taken out of committee | Discharged from Committee
5016 | LAID_OVER_BY_COUNCIL    | Laid over by the full Council | Laid Over by Council
5015 | LAID_OVER_BY_COUNCIL    | Laid over again by the full Council | Laid Over Again by Council
5068 | COUNCIL_AMENDMENT       | An amendment was proposed in the full Council | Amendment Proposed by Council
5069 | COUNCIL_AMENDMENT       | The full Council voted an amendment down | Amendment Defeated by Council
5022 | RECOMMITTED | Sent back to committee | Recommitted to Committee by Council; Recommit to Comm by Council
68   | COUNCIL_APPROVED        | The Council passed it | Approved by Council
5032 | ADOPTED                 | The Council adopted it | Approved, by Council
38   | COUNCIL_DISAPPROVED     | The Council disapproved it | Disapproved by Council
53   | SENT_TO_MAYOR           | Sent to the Mayor | Sent to Mayor by Council
19   | RECALLED                | The Council took it back from the Mayor | Recalled by Council
5023 | RECEIVED_FROM_MAYOR     | The Council received it back from the Mayor | Recved from Mayor by Council
61   | OVERRIDDEN              | The Council overrode the veto | Overridden by Council
69   | FILED                   | The Council filed it, which ends it | Filed by Council
5092 | WITHDRAWN               | Withdrawn | Withdrawn
5046 | FILED_END_OF_SESSION    | Died with the end of the Council's session | Filed (End of Session)
79   | SUBCOMMITTEE_ACTED      | A subcommittee approved it | Approved by Subcommittee
5047 | SUBCOMMITTEE_ACTED      | A subcommittee approved it with changes | Approved by Subcommittee with Modifications
5048 | SUBCOMMITTEE_ACTED | A subcommittee approved it | Approved by Subcommittee with Modifications and Referred to CPC
5049 | SUBCOMMITTEE_ACTED | A subcommittee approved it | Approved by Subcommittee and Referred to Finance {_650}
5038 | SUBCOMMITTEE_ACTED | A subcommittee disapproved it | Disapproved by Subcommittee
5039 | SUBCOMMITTEE_ACTED | A subcommittee voted to file it | Filed by Subcommittee
5034 | COMMITTEE_APPROVED | The committee approved it | Approved by Committee {_COMPANION}
5041 | COMMITTEE_APPROVED | The committee approved it | Approved by Committee with Modifications and Referred to CPC
5036 | COMMITTEE_APPROVED | The committee approved it | Approved by Committee and Referred to Finance {_650}
5042 | COMMITTEE_DISAPPROVED | The committee disapproved it | Disapproved by Committee {_COMPANION}
5043 | COMMITTEE_FILED | The committee voted to file it | Filed by Committee {_COMPANION}
5040 | PRECONSIDERED_REPORTED | A committee approved it | P-C Item Approved by Committee {_COMPANION}
5062 | PRECONSIDERED_REPORTED | A committee approved it | P-C Item Approved by Committee with {_TO_CPC}
5082 | PRECONSIDERED_REPORTED | A committee approved it | P-C Item Approved by Committee with Modifications
5044 | PRECONSIDERED_REPORTED | A committee voted to file it | P-C Item Filed by Committee {_COMPANION}
5056 | PRECONSIDERED_HEARING | A subcommittee approved it | P-C Item Approved by Subcommittee {_COMPANION}
5063 | PRECONSIDERED_HEARING | A subcommittee approved it | P-C Item Approved by Subcommittee with {_TO_CPC}
5083 | PRECONSIDERED_HEARING | A subcommittee approved it | P-C Item Approved by Subcommittee with Modifications
5058 | PRECONSIDERED_HEARING | A subcommittee voted to file it | P-C Item Filed by Subcommittee {_COMPANION}
5057 | PRECONSIDERED_HEARING | A subcommittee disapproved it | P-C Item Disapproved by Subcommittee {_COMPANION}
5053 | SENT_TO_PLANNING | Sent to City Planning with changes | Approved with {_CITY_PLANNING} {_197D}
5024 | SENT_TO_PLANNING | Sent to City Planning with changes | Approved by Subcommittee with {_REFERRED} {_1120B}
5066 | SENT_TO_PLANNING | Sent to City Planning | Approved and Referred to the Department of City Planning
"""
_MAYOR: Final = """
5067 | MAYOR_HEARING_SCHEDULED | The Mayor set a date for a hearing | Hearing Scheduled by Mayor
5087 | MAYOR_HEARING_CANCELLED | The Mayor's hearing was cancelled | Hearing Scheduled by Mayor Cancelled
5014 | MAYOR_HEARING           | The Mayor held a hearing | Hearing Held by Mayor
5080 | SIGNING_SCHEDULED       | The Mayor set a date for signing | Bill Signing Scheduled by Mayor
57   | SIGNED                  | The Mayor signed it into law | Signed Into Law by Mayor
59   | VETOED                  | The Mayor vetoed it | Vetoed by Mayor
58   | LAPSED                  | Became law without the Mayor's signature | City Charter Rule Adopted
5084 | RETURNED_UNSIGNED       | The Mayor returned it unsigned | Returned Unsigned by Mayor
5096 | FILED                   | Filed by the administration, which ends it | Filed by Administration
90001 | ORDER_SIGNED    | The order was signed | Order Signed
90002 | ORDER_AMENDED   | A later order amended it | Order Amended
90003 | ORDER_REVOKED   | A later order revoked it | Order Revoked
90004 | ORDER_CONTINUED | A new Mayor kept it in effect | Order Continued
90005 | ORDER_EXTENDED  | The emergency order was extended | Order Extended
90006 | ORDER_EXPIRED   | The emergency order ran out | Order Expired
90007 | REPLACED        | A later order took its place | Order Replaced
"""
_AGENCY: Final = """
90101 | ISSUED   | Issued | Issued
90102 | OTHER    | The agency changed it | Revised
90103 | REPLACED | Later guidance took its place | Replaced
90104 | OTHER    | A report on it came out | Report Published
90105 | OTHER    | The deadline it sets | Deadline
90106 | OTHER    | A public statement about it | Statement
"""
_COURT: Final = """
90201 | SUIT_FILED      | A suit was filed | Suit Filed
90202 | RULING          | The court ruled on part of the case | Interim Ruling
90203 | DECIDED         | The court decided the case | Decision
90204 | APPEALED        | The decision was appealed | Appeal Filed
90205 | DECIDED         | The case was dismissed | Dismissed
90206 | SETTLED         | The case was settled or withdrawn | Settled
90207 | ORDER_BLOCKED   | A court blocked it for now | Order Blocked
90208 | ORDER_UNBLOCKED | A court let it take effect again | Block Lifted
90209 | ORDER_VOIDED    | A court declared it void | Declared Void
"""
_VOTERS: Final = """
90301 | VOTERS_APPROVED | The voters approved it | Approved by Voters
90302 | VOTERS_REJECTED | The voters rejected it | Rejected by Voters
"""


def _read(actor: str, table: str) -> dict[int, Meaning]:
    meanings = {}
    for line in table.strip().splitlines():
        code, act, sentence, wordings = (cell.strip() for cell in line.split("|"))
        names = tuple(name.strip() for name in wordings.split(";"))
        meanings[int(code)] = Meaning(int(code), Act[act], actor, sentence, names, _RANK[Act[act]])
    return meanings


_TABLES: Final = {"council": _COUNCIL, "mayor": _MAYOR, "agency": _AGENCY, "court": _COURT, "voters": _VOTERS}
ACTIONS: Final = {code: each for actor, table in _TABLES.items() for code, each in _read(actor, table).items()}
CURATED_FROM: Final = 90_000
_CODES: Final = {name: meaning.code for meaning in ACTIONS.values() for name in meaning.names}

# status | flags | sentence. Legistar's own, as matters, history rows and the web list show them; then the curated ones.
_STATUSES: Final = """
Introduced | live before | Introduced, not yet referred
Committee | live before | Before a committee
Laid Over in Committee | live before | Heard in committee, not voted on
Deferred | live before | The hearing was put off
Reported from Committee | live before | Approved by its committee, waiting for the full Council
Reported from Committee and Introduced | live before | Approved by its committee on the day of introduction
General Orders Calendar | live before | On the full Council's calendar
General Order Calendar | live before | On the full Council's calendar
Companion Pending Approval by Council | live before | Waiting for the Council's vote on its companion resolution
Received, Ordered, Printed and Filed | final | Received by the Council and filed
Enacted (Mayor's Desk for Signature) | live | Passed by the Council and before the Mayor; not law
Vetoed | live | Vetoed by the Mayor; the Council may still override
Enacted | final law | Law
Enacted (Charter Referendum) | final law | Adopted as a law that waits for the voters, or that they approved
Adopted | final | Adopted by the Council
Approved | final | Approved by the Council
Disapproved | final | Disapproved by the Council
Failed | final | Voted down
Filed | final | Filed: dead
Filed (End of Session) | final | Died with the end of the Council's session
Withdrawn | final | Withdrawn
In force | live | In force
Amended | live | In force, as amended
Blocked | live | Blocked by a court for now
Issued | live | Issued
Pending | live | Before a court
Decided | final | Decided
Revoked | final | Revoked
Replaced | final | Replaced
Expired | final | Ran out
Void | final | Declared void by a court
State unknown | live | No source says whether it is still in effect
"""


def _standing(line: str) -> Standing:
    status, flags, sentence = (cell.strip() for cell in line.split("|"))
    return Standing(status, sentence, "live" in flags, "law" in flags, "before" in flags)


STATUSES: Final = {standing.status: standing for standing in map(_standing, _STATUSES.strip().splitlines())}

VERSIONS: Final = {"*": "as introduced"} | {letter: f"amended ({letter})" for letter in "ABCDEFGH"}

# Only the two voting words count; everything else is a way of not voting (VoteResult 0 in Legistar).
_ABSENCES: Final = (
    "Absent; Medical; Excused; Non-voting; Abstain; Maternity; Parental; Paternity; Bereavement; Conflict; Suspended; "
    "Jury Duty; "
)
VOTE_VALUES: Final = {"Affirmative": "yes", "Negative": "no"} | dict.fromkeys(_ABSENCES.split("; "), "other")


def meaning_of(code: int) -> Meaning | None:
    """What an ActionID means; None for one never seen."""
    return ACTIONS.get(code)


def code_of(name: str) -> int | None:
    """The ActionID of a wording, for pages that print no ids; None for wording never seen."""
    return _CODES.get(tidy(name))


def standing_of(status: str) -> Standing | None:
    """What a status claims; None for one never seen."""
    return STATUSES.get(status) or STATUSES.get(tidy(status))


def tidy(name: str) -> str:
    """Legistar's names carry stray spaces and line ends."""
    return " ".join(name.split())


def unknown_words(actions: Iterable[Worded], status: str) -> list[str]:
    """Sentences for the operator on every word not understood; each once, in order of appearance.

    New wording for a known ActionID is reported too, but its meaning stands. An empty status is no word.
    """
    found = [_unknown_action(action) for action in actions]
    if status and standing_of(status) is None:
        found.append(f'Unknown status "{tidy(status)}": shown as is, it says nothing about the stage.')
    return list(dict.fromkeys(filter(None, found)))


def _unknown_action(action: Worded) -> str:
    meaning = ACTIONS.get(action.code)
    if meaning is None:
        return f'Unknown action {action.code} "{tidy(action.name)}": shown as is, it moves nothing.'
    if action.name in meaning.names or tidy(action.name) in meaning.names:
        return ""
    return f'New wording "{tidy(action.name)}" for action {action.code}, until now "{meaning.names[0]}".'
