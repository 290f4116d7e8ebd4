"""A small record with the hard stories in it, built of table rows: what the pages and queries are tested against.

Int 1412-2025 is real to the second (archive of 2026-02): vetoed on the last day of 2025, seen on 24 January after an
outage; the override first read "Approved by Council" and was corrected two days later. The rest is as small as it
can be.
"""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from tracker import database, search
from tracker.models import (
    Action,
    Alert,
    Capture,
    Change,
    Document,
    Matter,
    Note,
    Person,
    Relation,
    Run,
    SectionEffect,
    Sponsorship,
    Vote,
)

NOW = datetime(2026, 2, 10, 15, 0, tzinfo=UTC)
TODAY = date(2026, 2, 10)
SEEN = {
    "introduced": datetime(2025, 10, 9, 13, 18, 16, tzinfo=UTC),
    "referred": datetime(2025, 10, 9, 23, 40, 58, tzinfo=UTC),
    "heard": datetime(2025, 12, 8, 23, 41, 50, tzinfo=UTC),
    "reported": datetime(2025, 12, 18, 20, 6, 45, tzinfo=UTC),
    "vetoed": datetime(2026, 1, 25, 3, 26, 5, tzinfo=UTC),
    "reheard": datetime(2026, 1, 28, 23, 45, 23, tzinfo=UTC),
    "approved": datetime(2026, 1, 30, 23, 45, 8, tzinfo=UTC),
    "overridden": datetime(2026, 2, 1, 23, 44, 56, tzinfo=UTC),
}
COMMITTEE = "Committee on Immigration"
# id, date, ActionID, name, body, result, version, first seen
HISTORY: tuple[tuple[int, date, int, str, str, str, str, str], ...] = (
    (425565, date(2025, 10, 9), 27, "Introduced by Council", "City Council", "", "*", "introduced"),
    (425750, date(2025, 10, 9), 43, "Referred to Comm by Council", "City Council", "", "*", "referred"),
    (427062, date(2025, 12, 8), 54, "Hearing Held by Committee", COMMITTEE, "", "*", "heard"),
    (428644, date(2025, 12, 8), 17, "Laid Over by Committee", COMMITTEE, "", "*", "heard"),
    (428818, date(2025, 12, 18), 54, "Hearing Held by Committee", COMMITTEE, "", "*", "reported"),
    (429330, date(2025, 12, 18), 5001, "Amendment Proposed by Comm", COMMITTEE, "", "*", "reported"),
    (429331, date(2025, 12, 18), 33, "Amended by Committee", COMMITTEE, "", "*", "reported"),
    (429332, date(2025, 12, 18), 32, "Approved by Committee", COMMITTEE, "Pass", "A", "reported"),
    (429004, date(2025, 12, 18), 68, "Approved by Council", "City Council", "Pass", "A", "vetoed"),
    (431295, date(2025, 12, 18), 53, "Sent to Mayor by Council", "City Council", "", "A", "vetoed"),
    (431419, date(2025, 12, 31), 59, "Vetoed by Mayor", "Mayor", "", "A", "vetoed"),
    (431914, date(2026, 1, 28), 54, "Hearing Held by Committee", COMMITTEE, "", "A", "reheard"),
    (432035, date(2026, 1, 28), 32, "Approved by Committee", COMMITTEE, "Pass", "A", "reheard"),
    (432713, date(2026, 1, 29), 61, "Overridden by Council", "City Council", "Pass", "A", "approved"),
)
STATUSES = (
    ("referred", "Introduced", "Committee"),
    ("heard", "Committee", "Laid Over in Committee"),
    ("reported", "Laid Over in Committee", "Reported from Committee"),
    ("vetoed", "Reported from Committee", "Vetoed"),
    ("reheard", "Vetoed", "Reported from Committee"),
    ("approved", "Reported from Committee", "Enacted (Mayor's Desk for Signature)"),
    ("overridden", "Enacted (Mayor's Desk for Signature)", "Enacted"),
)


def face(name: str) -> str:
    return json.dumps(["2026-01-29 13:30:00", name, "City Council", "Pass"])


def matter(id_: int, file_number: str, **given: Any) -> Matter:
    values: dict[str, Any] = {
        "source_id": str(id_), "slug": file_number.lower().replace(" ", "-"), "kind": "Introduction",
        "name": f"The name of {file_number}.", "stage": "in_committee", "scope": "core",
        "first_seen_at": SEEN["introduced"], "last_seen_at": NOW,
    }  # fmt: skip
    return Matter(id=id_, file_number=file_number, **(values | given))


def int_1412() -> Matter:
    return matter(
        1412, "Int 1412-2025", source_id="76557", name="Redefining terms concerning immigration enforcement.",
        title="A Local Law to amend the administrative code", status="Enacted", body=COMMITTEE,
        introduced_on=date(2025, 10, 9), enacted_on=date(2026, 1, 29), local_law="2026/063", version="A",
        stage="overridden", stage_since=date(2026, 1, 29), is_law=True, how="overridden", provisional=True,
        signals="status, action, enactment date, law number", scope_reason="The title names immigration enforcement.",
        url="https://legistar.council.nyc.gov/gateway.aspx?m=l&id=76557",
    )  # fmt: skip


def actions_of_1412() -> list[Action]:
    return [
        Action(
            id=id_, matter_id=1412, source_id=str(id_), position=place, acted_on=on, code=code, name=name, body=body,
            result=result, version=version, first_seen_at=SEEN[seen],
        )
        for place, (id_, on, code, name, body, result, version, seen) in enumerate(HISTORY)
    ]  # fmt: skip


def changes_of_1412() -> list[Change]:
    ids = count(1)

    def change(seen: str, kind: str, **given: Any) -> Change:
        return Change(
            id=next(ids), matter_id=1412, run_id=1, capture_id=1, file_number="Int 1412-2025", observed_at=SEEN[seen],
            kind=kind, **given,
        )  # fmt: skip

    found = [change("introduced", "appeared", after="Introduced")]
    found += [change(seen, "status_changed", before=before, after=after) for seen, before, after in STATUSES]
    found += [
        change(row[7], "action_added", action_id=str(row[0]), acted_on=row[1],
               after="Approved by Council" if row[0] == 432713 else row[3])
        for row in HISTORY if row[7] != "introduced"
    ]  # fmt: skip
    found += [
        change("overridden", "action_edited", action_id="432713", acted_on=date(2026, 1, 29),
               before=face("Approved by Council"), after=face("Overridden by Council")),
        change("overridden", "law_number_changed", after="2026/063"),
        change("overridden", "enactment_date_changed", after="2026-01-29"),
        change("overridden", "sponsors_changed", after="Julie Menin"),
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.observed_at, one.id))


def ballots() -> dict[int, list[tuple[str, str]]]:
    return {
        429004: [(f"Member {n}", "Affirmative" if n < 39 else "Negative") for n in range(48)],
        432713: [(f"Member {n}", "Affirmative" if n < 44 else "Negative") for n in range(51)],
    }


def fill(engine: sa.Engine) -> None:
    """Put the whole record into an empty database."""
    with database.writing(engine) as session:
        session.add(_run("council-archive", "ok"))
        session.flush()
        session.add(Capture(id=1, run_id=1, address="https://example.org/1412", digest="sha1:1", seen_at=NOW))
        session.add_all([int_1412(), *_others()])
        session.flush()
        session.add_all([*actions_of_1412(), *_other_actions(), *changes_of_1412(), *_other_changes(), *_words()])
        session.flush()
        _vote(session)
        search.refresh(session)


def _run(source: str, outcome: str, **given: Any) -> Run:
    return Run(
        source=source, mode="live", place="x", started_at=NOW, finished_at=NOW, outcome=outcome, **given
    )  # fmt: skip


def _vote(session: Session) -> None:
    session.add_all([Person(id=n, source_id=str(n), name=f"Member {n}") for n in range(51)])
    session.flush()
    session.add_all([Sponsorship(matter_id=1412, position=place, person_id=n) for place, n in enumerate((7, 3, 5))])
    session.add_all(
        Vote(action_id=action_id, position=place, person_id=place, value=value)
        for action_id, cast in ballots().items()
        for place, (_, value) in enumerate(cast)
    )


def _others() -> Iterator[Matter]:
    late = datetime(2026, 2, 2, 12, tzinfo=UTC)
    yield matter(209, "Int 0209-2026", name="Creating a private right of action", introduced_on=date(2026, 1, 29),
                 status="Committee", stage_since=date(2026, 1, 29), first_seen_at=late)  # fmt: skip
    yield matter(486, "Int 0486-2014", name="Persons not to be detained", introduced_on=date(2014, 10, 7),
                 status="Enacted", stage="signed", stage_since=date(2014, 11, 14), enacted_on=date(2014, 11, 14),
                 is_law=True, how="signed", local_law="2014/058", first_seen_at=late)  # fmt: skip
    yield matter(50, "EO 50-2025", slug="eo-50-2025", kind="Executive Order", name="Office space on Rikers Island",
                 stage="void", stage_since=date(2025, 9, 8), introduced_on=date(2025, 4, 8), status="Void",
                 issuer="Mayor Eric Adams", signer="First Deputy Mayor Randy Mastro", first_seen_at=late)  # fmt: skip
    yield matter(1126, "Int 1126-2023", name="Renumbered bill", stage="died", introduced_on=date(2023, 7, 13))
    yield matter(9, "Int 0009-2024", name="Gone <b>bill</b>", introduced_on=date(2024, 2, 1), scope="related",
                 removed_at=datetime(2026, 1, 5, 12, tzinfo=UTC))  # fmt: skip
    yield matter(820, "Int 0820-2026", name="Snow and ice removal", scope="out", introduced_on=date(2026, 2, 5),
                 disagreement="The status reads one thing, the rows another.")  # fmt: skip


def _other_actions() -> Iterator[Action]:
    seen = datetime(2026, 2, 2, 12, tzinfo=UTC)

    def action(id_: int, matter_id: int, on: date, code: int, name: str, **given: Any) -> Action:
        return Action(id=id_, matter_id=matter_id, source_id=str(id_), position=id_, acted_on=on, code=code, name=name,
                      first_seen_at=seen, **given)  # fmt: skip

    yield action(1, 209, date(2026, 1, 29), 27, "Introduced by Council", body="City Council")
    yield action(2, 209, date(2026, 3, 3), 5067, "Hearing Scheduled by Mayor", body="Mayor")
    yield action(3, 209, date(2026, 1, 29), 5555, "Put to Sleep by Council", body="City Council")
    yield action(4, 50, date(2025, 4, 8), 90001, "Order Signed", body="Mayor", confidence="high",
                 note="First Deputy Mayor Mastro signs the order.", url="https://www.nyc.gov/eo50")  # fmt: skip
    yield action(5, 50, date(2025, 9, 8), 90209, "Declared Void", body="N.Y. Supreme Court", confidence="medium",
                 note="A judge voids the order.")  # fmt: skip
    yield action(6, 9, date(2024, 2, 1), 43, "Referred to Comm by Council", body="City Council",
                 withdrawn_at=datetime(2026, 1, 4, 12, tzinfo=UTC))  # fmt: skip


def _other_changes() -> Iterator[Change]:
    seen = datetime(2026, 2, 2, 12, tzinfo=UTC)
    for id_, matter_id, number in ((101, 209, "Int 0209-2026"), (102, 486, "Int 0486-2014"), (103, 50, "EO 50-2025")):
        yield Change(id=id_, matter_id=matter_id, run_id=1, capture_id=1, file_number=number, observed_at=seen,
                     kind="appeared", after="Committee")  # fmt: skip
    yield Change(id=104, matter_id=1126, run_id=1, capture_id=1, file_number="Int 1126-2023", kind="renumbered",
                 observed_at=datetime(2023, 8, 1, tzinfo=UTC), before="Int 1128-2023",
                 after="Int 1126-2023")  # fmt: skip
    yield Change(id=105, matter_id=9, run_id=1, capture_id=1, file_number="Int 0009-2024", kind="action_withdrawn",
                 observed_at=datetime(2026, 1, 4, 12, tzinfo=UTC), action_id="6", acted_on=date(2024, 2, 1),
                 before="Referred to Comm by Council")  # fmt: skip
    yield Change(id=106, matter_id=820, run_id=1, capture_id=1, file_number="Int 0820-2026", kind="appeared",
                 observed_at=datetime(2026, 2, 6, 12, tzinfo=UTC), after="Committee")  # fmt: skip


def _words() -> Iterator[Any]:
    yield Note(file_number="Int 1412-2025", headline="No immigration offices on jail land", popular_names="Safer Act",
               sentence="Bars such offices for any purpose.")  # fmt: skip
    yield Note(file_number="EO 50-2025", state="Void by court ruling", unverified="How the appeal ended was not found.")
    yield Relation(earlier="Int 0486-2014", later="Int 1412-2025", kind="amends", confidence="high")
    yield Relation(earlier="Int 0486-2014", later="Int 0209-2026", kind="amends", confidence="high")
    yield Relation(earlier="M 0017-2026", later="Int 1412-2025", kind="companion", confidence="high")
    yield SectionEffect(file_number="Int 1412-2025", code="admin", section="9-131", subdivision="a(4)", effect="amends")
    yield SectionEffect(file_number="Int 1412-2025", code="admin", section="10-178", effect="amends")
    yield SectionEffect(file_number="Int 0209-2026", code="admin", section="9-131", effect="amends")
    yield Document(matter_id=1412, position=0, source_id="1", name="Mayor's Veto Message", url="https://e.org/v.pdf")
    yield Document(matter_id=1412, position=1, source_id="2", name="Bad link", url="javascript:alert(1)")
    yield Alert(run_id=1, subject="Int 0209-2026", message='Unknown action 5555 "Put to Sleep by Council".', at=NOW)
