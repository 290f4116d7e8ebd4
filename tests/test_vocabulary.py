"""Every word the Council's record uses has a meaning, and a word it never used is said aloud."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import pytest
import zstandard
from conftest import shared_data

from tracker.vocabulary import (
    ACTIONS,
    CURATED_FROM,
    STATUSES,
    VERSIONS,
    VOTE_VALUES,
    Act,
    code_of,
    meaning_of,
    standing_of,
    unknown_words,
)

SHARED = shared_data() or Path("the shared folder of real data")


class Word(NamedTuple):
    code: int
    name: str


def archive() -> Iterator[dict[str, Any]]:
    path = SHARED / "council" / "matters.jsonl.zst"
    if not path.exists():
        pytest.skip(f"no shared data at {SHARED}")
    with path.open("rb") as packed:
        for line in zstandard.ZstdDecompressor().stream_reader(packed).read().splitlines():
            yield orjson.loads(line)


@pytest.mark.parametrize(
    ("code", "name", "act", "actor"),
    [
        (27, "Introduced by Council", Act.INTRODUCED, "council"),
        (43, "Referred to Comm by Council", Act.REFERRED, "council"),
        (54, "Hearing Held by Committee", Act.HEARING_HELD, "council"),
        (17, "Laid Over by Committee", Act.LAID_OVER, "council"),
        (5001, "Amendment Proposed by Comm", Act.AMENDMENT_PROPOSED, "council"),
        (33, "Amended by Committee", Act.AMENDED, "council"),
        (32, "Approved by Committee", Act.COMMITTEE_APPROVED, "council"),
        (68, "Approved by Council", Act.COUNCIL_APPROVED, "council"),
        (5032, "Approved, by Council", Act.ADOPTED, "council"),
        (38, "Disapproved by Council", Act.COUNCIL_DISAPPROVED, "council"),
        (53, "Sent to Mayor by Council", Act.SENT_TO_MAYOR, "council"),
        (5067, "Hearing Scheduled by Mayor", Act.MAYOR_HEARING_SCHEDULED, "mayor"),
        (5014, "Hearing Held by Mayor", Act.MAYOR_HEARING, "mayor"),
        (57, "Signed Into Law by Mayor", Act.SIGNED, "mayor"),
        (58, "City Charter Rule Adopted", Act.LAPSED, "mayor"),
        (5084, "Returned Unsigned by Mayor", Act.RETURNED_UNSIGNED, "mayor"),
        (59, "Vetoed by Mayor", Act.VETOED, "mayor"),
        (61, "Overridden by Council", Act.OVERRIDDEN, "council"),
        (69, "Filed by Council", Act.FILED, "council"),
        (5046, "Filed (End of Session)", Act.FILED_END_OF_SESSION, "council"),
        (5092, "Withdrawn", Act.WITHDRAWN, "council"),
        (19, "Recalled by Council", Act.RECALLED, "council"),
        (5096, "Filed by Administration", Act.FILED, "mayor"),
        (
            5053,
            "Approved with Modifications and Referred to the City Planning Commission pursuant to "
            "Section 197-(d) of the New York City Charter.",
            Act.SENT_TO_PLANNING,
            "council",
        ),
    ],
)
def test_one_real_wording_one_meaning(code: int, name: str, act: Act, actor: str) -> None:
    meaning = meaning_of(code)
    assert meaning is not None
    assert (meaning.act, meaning.actor) == (act, actor)
    assert code_of(name) == code
    assert unknown_words([Word(code, name)], "") == []


def test_an_approval_of_a_bill_and_of_a_resolution_are_two_acts() -> None:
    assert ACTIONS[68].act is not ACTIONS[5032].act


def test_one_code_with_two_names_has_one_meaning() -> None:
    assert code_of("Recommit to Comm by Council") == code_of("Recommitted to Committee by Council") == 5022
    assert unknown_words([Word(5022, "Recommit to Comm by Council")], "Committee") == []


def test_stray_white_space_is_no_new_wording() -> None:
    assert unknown_words([Word(42, "Reprnt Amnd Item Laid on Desk\r\n")], " Committee ") == []
    assert code_of("Re-referred  pursuant to Rule 6.50 of the Council") == 5037


def test_the_legal_order_of_one_day() -> None:
    order = [27, 43, 54, 33, 32, 68, 53, 5014, 57, 5023, 61]
    assert sorted(order, key=lambda code: ACTIONS[code].rank) == order
    assert all(ACTIONS[53].rank < ACTIONS[code].rank < ACTIONS[5084].rank for code in (57, 58, 59))
    assert ACTIONS[15].rank < ACTIONS[27].rank, "a pre-considered hearing comes before introduction"


def test_sentences_are_our_own_and_plain() -> None:
    for meaning in ACTIONS.values():
        assert meaning.sentence[0].isupper()
        assert not meaning.sentence.endswith(".")
        assert meaning.sentence not in meaning.names or meaning.sentence in {"Withdrawn", "Issued"}
        assert meaning.actor in {"council", "mayor", "court", "agency", "voters"}
    assert ACTIONS[61].sentence == "The Council overrode the veto"
    assert ACTIONS[58].sentence == "Became law without the Mayor's signature"


def test_no_wording_names_two_codes() -> None:
    names = [name for meaning in ACTIONS.values() for name in meaning.names]
    assert len(names) == len(set(names))


def test_codes_of_our_own_are_apart_from_legistars() -> None:
    ours = {meaning.act for code, meaning in ACTIONS.items() if code >= CURATED_FROM}
    assert {Act.ORDER_SIGNED, Act.ORDER_AMENDED, Act.ORDER_REVOKED, Act.ORDER_VOIDED, Act.ISSUED} <= ours
    assert {Act.SUIT_FILED, Act.RULING, Act.DECIDED, Act.VOTERS_APPROVED} <= ours
    assert not ours & {Act.SIGNED, Act.LAPSED, Act.OVERRIDDEN, Act.VETOED}
    assert [code for code in ACTIONS if 6000 < code < CURATED_FROM] == []


def test_the_mayors_desk_is_not_law() -> None:
    desk, enacted = standing_of("Enacted (Mayor's Desk for Signature)"), standing_of("Enacted")
    assert desk is not None
    assert enacted is not None
    assert (desk.live, desk.law) == (True, False)
    assert (enacted.live, enacted.law) == (False, True)
    assert {status for status, standing in STATUSES.items() if standing.law} == {
        "Enacted",
        "Enacted (Charter Referendum)",
    }


def test_only_a_live_matter_can_wait_for_passage() -> None:
    waiting = {standing.status for standing in STATUSES.values() if standing.before_passage}
    assert {"Introduced", "Committee", "Laid Over in Committee", "Reported from Committee"} <= waiting
    assert not waiting & {"Vetoed", "Enacted (Mayor's Desk for Signature)", "Adopted"}
    assert all(STATUSES[status].live for status in waiting)


def test_unknown_words_are_said_once_and_never_mean_no_change() -> None:
    actions = [Word(7777, "Teleported by Council"), Word(7777, "Teleported by Council"), Word(57, "Inked by Mayor")]
    assert unknown_words(actions, "Sublimated") == [
        'Unknown action 7777 "Teleported by Council": shown as is, it moves nothing.',
        'New wording "Inked by Mayor" for action 57, until now "Signed Into Law by Mayor".',
        'Unknown status "Sublimated": shown as is, it says nothing about the stage.',
    ]
    assert meaning_of(7777) is None
    assert code_of("Teleported by Council") is None
    assert standing_of("Sublimated") is None
    assert meaning_of(57) is not None, "new wording leaves the meaning of the code"


def test_a_known_name_under_another_code_is_new_wording() -> None:
    assert unknown_words([Word(57, "Vetoed by Mayor")], "") != []


def test_votes_and_versions() -> None:
    assert VOTE_VALUES["Affirmative"] == "yes"
    assert VOTE_VALUES["Negative"] == "no"
    for value in ("Absent", "Abstain", "Excused", "Conflict", "Jury Duty", "Non-voting", "Bereavement", ""):
        assert VOTE_VALUES[value] == "other"
    assert list(VERSIONS)[:3] == ["*", "A", "B"]


def test_every_word_of_the_archive_is_known() -> None:
    found: set[str] = set()
    versions: set[str] = set()
    votes: set[str] = set()
    for matter in archive():
        rows = matter.get("History") or []
        found.update(unknown_words([Word(row["ActionID"], row["Action"]) for row in rows], matter["StatusName"]))
        versions.add(matter["Version"])
        votes.update(vote.get("Vote") or "" for row in rows for vote in row.get("Votes") or [])
    assert found == set()
    assert versions <= set(VERSIONS)
    assert votes <= set(VOTE_VALUES)
    assert {"Affirmative", "Negative", "Absent"} <= votes
