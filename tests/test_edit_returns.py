"""What an editor says of a return that the lineage rule found: before the rule's word, and in later runs too."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from archive_builder import add, document, one, rows, seen, take
from desk import NOW, Browser, Clock, hire, work

from scrapers.records import RelationRecord
from tracker import facts
from tracker.database import _alembic, connect, reading, upgrade, writing
from tracker.editing.decisions import Made
from tracker.errors import BadInput, DatabaseError, NotFound
from tracker.law import returns
from tracker.models import Matter, Relation
from tracker.models.editing import Decision
from tracker.models.law import LineageLook, RelationProposal, RelationWord
from tracker.queries import editing as queries_editing

EARLIER, LATER = "Int 0841-2022", "Int 0274-2024"
PAIR = {"later": LATER, "earlier": EARLIER}


@pytest.fixture
def desk(database: sa.Engine) -> sa.Engine:
    """Two bills, one of which may bring the other back, and an editor."""
    bills = (document(1, EARLIER, Title="One subject"), document(2, LATER, Title="Another subject"))
    take(database, *map(seen, bills))
    hire(database)
    return database


def propose(engine: sa.Engine, outcome: str = "proposed", score: float = 0.6) -> None:
    """What the rule would find, kept as it keeps it."""
    with writing(engine) as session:
        session.execute(sa.delete(RelationProposal))
        session.add(RelationProposal(**PAIR, score=score, reasons="A reason.", outcome=outcome, found_at=NOW))
        session.flush()
        returns.settle(session)


def judge(engine: sa.Engine, verdict: str) -> Made:
    return work(engine, lambda at_work: at_work.judge_return(LATER, EARLIER, verdict, "because"))


def relations(engine: sa.Engine) -> list[tuple[str, str, str]]:
    return [(row.later, row.earlier, row.source) for row in rows(engine, Relation, kind="reintroduces")]


def listed(engine: sa.Engine, view: str) -> list[tuple[str, str, str]]:
    with reading(engine) as session:
        found = queries_editing.list_returns(session, view, 1)
        assert found.total == len(found.rows)
        return [(line.later, line.earlier, line.verdict) for line in found.rows]


def test_a_proposed_return_is_shown_only_when_an_editor_accepts_it(desk: sa.Engine) -> None:
    propose(desk)
    assert (relations(desk), listed(desk, "review")) == ([], [(LATER, EARLIER, "")])
    judge(desk, "accepted")
    assert relations(desk) == [(LATER, EARLIER, "editors")]
    assert one(desk, Relation, source="editors").evidence == "A reason."
    assert (listed(desk, "review"), listed(desk, "all")) == ([], [(LATER, EARLIER, "accepted")])


def test_a_rejected_return_is_not_shown_though_the_rule_was_sure(desk: sa.Engine) -> None:
    propose(desk, "published", 0.97)
    assert relations(desk) == [(LATER, EARLIER, "lineage rule")]
    assert listed(desk, "rule") == [(LATER, EARLIER, "")]
    judge(desk, "rejected")
    assert (relations(desk), listed(desk, "rule")) == ([], [])


@pytest.mark.parametrize("verdict", ["accepted", "rejected"])
def test_an_editors_word_outlives_later_runs_whatever_the_rule_finds_then(desk: sa.Engine, verdict: str) -> None:
    propose(desk)
    judge(desk, verdict)
    shown = relations(desk)
    for outcome in ("published", "proposed"):
        propose(desk, outcome)
        assert relations(desk) == shown
    with writing(desk) as session:
        session.execute(sa.delete(LineageLook))
        session.execute(sa.update(Matter).values(scope="core"))
        assert returns.find_returns(session, NOW) == 2
    assert relations(desk) == shown
    assert listed(desk, "all") == [(LATER, EARLIER, verdict)]


def test_a_decision_on_a_return_is_logged_and_taken_back(desk: sa.Engine) -> None:
    propose(desk, "published", 0.9)
    made = judge(desk, "rejected")
    with reading(desk) as session:
        line = queries_editing.get_decision(session, made.id)
    assert line is not None and (line.kind, line.subject, line.reason) == ("return", LATER, "because")
    assert line.told == (("Return", "none", f"rejected, {LATER} brings {EARLIER} back"),)
    work(desk, lambda at_work: at_work.undo(made.id))
    assert rows(desk, RelationWord) == []
    assert relations(desk) == [(LATER, EARLIER, "lineage rule")]


def test_an_editor_may_think_again(desk: sa.Engine) -> None:
    propose(desk)
    judge(desk, "accepted")
    judge(desk, "rejected")
    assert (relations(desk), one(desk, RelationWord).verdict) == ([], "rejected")


def test_what_cannot_be_decided_is_refused(desk: sa.Engine) -> None:
    with pytest.raises(NotFound):
        judge(desk, "accepted")
    propose(desk)
    with pytest.raises(BadInput, match="Accept the return or reject it"):
        judge(desk, "maybe")
    judge(desk, "accepted")
    with pytest.raises(BadInput, match="decided so already"):
        judge(desk, "accepted")
    assert len(rows(desk, Decision)) == 1


def test_what_the_record_says_itself_waits_for_nobody(desk: sa.Engine) -> None:
    propose(desk)
    with writing(desk) as session:
        facts.relate(session, "starter record", [RelationRecord(EARLIER, LATER, "reintroduces", "Said.", "high")])
    assert listed(desk, "review") == []
    with reading(desk) as session:
        assert queries_editing.returns_waiting(session) == 0


def test_the_page_lists_returns_with_reasons_and_decides(desk: sa.Engine) -> None:
    propose(desk)
    browser = Browser(desk, Clock())
    browser.sign_in()
    page = browser.text("/edit/returns")
    assert "Returns of bills, 1" in page and "0.60" in page and "A reason." in page
    answer = browser.send("/edit/returns", "/edit/returns", **PAIR, do="accept", reason="")
    assert answer.status_code == 303
    after = browser.text(answer.headers["Location"])
    assert "Done." in after and "Nothing is here." in after and "Undo" in after
    assert "Accepted by ann" in browser.text("/edit/returns?view=all")
    assert browser.send("/edit/returns", "/edit/returns", **PAIR, do="accept").status_code == 400


def test_the_page_is_for_editors_alone(desk: sa.Engine) -> None:
    browser = Browser(desk, Clock())
    assert browser.get("/edit/returns").status_code != 200
    assert browser.post("/edit/returns", PAIR | {"do": "accept"}).status_code != 200
    assert rows(desk, RelationWord) == []


def test_decisions_of_before_stand_after_the_upgrade_and_stay_append_only(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path}/x.db")
    with engine.execution_options(writes=True).begin() as connection:
        command.upgrade(_alembic(connection), "0012")
    hire(engine)
    old = {"editor_id": 1, "at": NOW, "kind": "words", "subject": LATER, "before": "{}", "after": "{}"}
    add(engine, Decision(id=1, **old), Decision(id=2, **old, undoes=1))
    upgrade(engine)
    assert [(row.id, row.undoes) for row in rows(engine, Decision)] == [(1, None), (2, 1)]
    for statement in ("UPDATE decision SET reason = 'x'", "DELETE FROM decision"):
        with pytest.raises(DatabaseError, match="append-only"), writing(engine) as session:
            session.connection().exec_driver_sql(statement)
    engine.dispose()
