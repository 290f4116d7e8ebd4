"""What editors decide: written down with before and after, taken back exactly, and touched by nothing else."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
import sqlalchemy as sa
from archive_builder import RULE, add, document, one, rows, seen, snapshot, take, told
from desk import CONFIG, NOW, TRUST, hire, work
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapers.news_stories import StoryRecord
from scrapers.records import ScopeRecord
from tracker import facts, record
from tracker.database import connect, reading, upgrade, writing
from tracker.editing.curating import Hand, mark, matter_named
from tracker.editing.decisions import Made, latest, standing
from tracker.editing.forms import ACTS, NewAct, NewLink
from tracker.errors import BadInput, DatabaseError, NotFound, TrackerError
from tracker.ingest import Source, ingest
from tracker.models import Action, Capture, Change, Matter, Note, ScopeOverride
from tracker.models.editing import CuratedAction, Decision, EditorWord, ShippedNote
from tracker.models.sources import Article, Coverage, Disagreement
from tracker.models.suggestions import Suggestion
from tracker.press.matching import open_press
from tracker.queries.changes import news
from tracker.search import refresh
from tracker.sync import news as sync_news
from tracker.sync.archive import load_starter
from tracker.sync.visit import Visit
from tracker.truth import STARTER

HEADLINE = "City Council passes Int. 1412-2025 on ICE at Rikers Island"  # the rule finds the bill in it
BARE = "Int 0777-2026"  # a matter without a note
BILL, ORDER, OLD_BILL = "Int 1412-2025", "EO 50-2025", "Int 2348-2021"
RULING = NewAct(
    "2026-10-01", "Appeal Filed", "Appellate Division", "The City appeals.", "https://example.org/appeal", "medium"
)
WORDS = {"headline": "", "sentence": "", "popular_names": ""}
TABLES = (Article, Coverage, Note, EditorWord, ShippedNote, ScopeOverride, CuratedAction, Suggestion)


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The starter record, an editor, three links that wait and one that a reader suggests, as a file."""
    path = tmp_path_factory.mktemp("editing") / "x.db"
    engine = connect(f"sqlite:///{path}")
    fill(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path.read_bytes()


def fill(engine: sa.Engine) -> None:
    upgrade(engine)
    load_starter(engine, RULE, lambda: NOW, TRUST)
    take(engine, seen(document(76099, BARE)))
    hire(engine)
    for number, (file_number, score) in enumerate(((BILL, 0.7), (ORDER, 0.6), (BILL, 0.5)), start=9001):
        article = Article(
            id=number, address=f"https://example.org/{number}", outlet="Example", kind="news", headline=HEADLINE,
            published_on=date(2026, 11, 20), source="news-feeds", first_seen_at=NOW, last_seen_at=NOW,
        )  # fmt: skip
        link = Coverage(
            id=number, article_id=number, file_number=file_number, kind="by-description", role="main", score=score,
            evidence="some words", outcome="review", decided_by="press", decided_at=NOW,
        )  # fmt: skip
        add(engine, article, link)
    add(engine, Suggestion(id=1, address="https://example.org/s", file_number=BILL, at=NOW))


@pytest.fixture
def engine(started: bytes, tmp_path: Path) -> Iterator[sa.Engine]:
    (tmp_path / "x.db").write_bytes(started)
    found = connect(f"sqlite:///{tmp_path}/x.db")
    yield found
    found.dispose()


def held(engine: sa.Engine, number: str = BILL) -> Matter:
    with reading(engine) as session:
        return matter_named(session, number)


def link(engine: sa.Engine, article: int, file_number: str) -> Any:
    return one(engine, Coverage, article_id=article, file_number=file_number)


def live_acts(engine: sa.Engine, matter_id: int) -> list[str]:
    return [row.name for row in rows(engine, Action, matter_id=matter_id) if row.withdrawn_at is None]


def new_link(**given: str) -> NewLink:
    said = {"address": "https://www.example.org/new/?utm_source=x", "measure": "Intro 1412 of 2025", "role": "main"}
    said |= {"link_kind": "by-name", "evidence": "the Safer Sanctuary Act", "headline": "New", "outlet": "Example"}
    return NewLink(**(said | {"kind": "news"} | given))


def replay_starter(engine: sa.Engine, shipped: record.Facts | None = None, at: datetime = NOW) -> None:
    """The starter record once more, as a new release brings it."""
    source = Source(STARTER, "starter", "x", "y", record.observations(), facts=shipped or record.facts(), trust=TRUST)
    ingest(engine, source, RULE, lambda: at)


def relink(engine: sa.Engine) -> int:
    nothing = cast(Any, None)
    before = len(rows(engine, Coverage))
    sync_news.relink(Visit(engine, CONFIG, RULE, lambda: NOW, nothing, nothing, ""))
    return len(rows(engine, Coverage)) - before


def story(address: str, title: str, on: str) -> StoryRecord:
    return StoryRecord(address, title, "Example", "", "", on, "en", "", "", "news")


# Links


def test_an_accepted_link_is_published_in_the_editors_name(engine: sa.Engine) -> None:
    work(engine, lambda hand: hand.judge_link(9001, "published", "background", "it says so"))
    row = link(engine, 9001, BILL)
    assert (row.outcome, row.role, row.decided_by, row.decided_at) == ("published", "background", "ann", NOW)
    decision = one(engine, Decision)
    assert (decision.kind, decision.subject, decision.reason, decision.undoes) == ("link", BILL, "it says so", None)
    assert '"outcome":"review"' in decision.before and '"outcome":"published"' in decision.after


def test_a_link_published_by_the_rule_can_be_taken_back_and_one_of_the_starter_record(engine: sa.Engine) -> None:
    shipped = next(row for row in rows(engine, Coverage, decided_by="starter record"))
    work(engine, lambda hand: hand.judge_link(shipped.id, "rejected", shipped.role))
    replay_starter(engine)
    assert one(engine, Coverage, id=shipped.id).outcome == "rejected"


def test_a_moved_link_leads_to_the_other_measure_and_never_back(engine: sa.Engine) -> None:
    work(engine, lambda hand: hand.move_link(9001, "Executive Order 50 of 2025", "main"))
    assert link(engine, 9001, BILL).outcome == "rejected"
    moved = link(engine, 9001, ORDER)
    assert (moved.outcome, moved.decided_by, moved.evidence) == ("published", "ann", "some words")


def test_a_link_is_moved_by_any_form_of_a_number_and_never_to_none(engine: sa.Engine) -> None:
    for text in ("Int. No. 1412-A of 2025", "int 1412-2025", " INT 1412-2025 "):
        assert held(engine, text).file_number == BILL
    assert held(engine, "LL 59/2014").file_number == held(engine, "2014/059").file_number == "Int 0487-2014"
    assert held(engine, "council v. mayor (2025)").kind == "Lawsuit"
    for text in ("", "Int 9999-2025", "1412", "T2021-8050", "x'; --"):
        with pytest.raises(BadInput, match="no number of one measure"):
            held(engine, text)
    with pytest.raises(BadInput, match="leads to Int 1412-2025 already"):
        work(engine, lambda hand: hand.move_link(9001, "Int 1412-2025", "main"))


def test_what_is_decided_so_already_is_not_decided_again(engine: sa.Engine) -> None:
    work(engine, lambda hand: hand.judge_link(9001, "rejected", "main"))
    with pytest.raises(BadInput, match="decided so already"):
        work(engine, lambda hand: hand.judge_link(9001, "rejected", "main"))
    with pytest.raises(BadInput, match="Choose what becomes"):
        work(engine, lambda hand: hand.judge_link(9001, "", "main"))
    with pytest.raises(NotFound):
        work(engine, lambda hand: hand.judge_link(1_000_000, "rejected", "main"))
    assert len(rows(engine, Decision)) == 1


def test_a_link_that_somebody_else_decided_on_meanwhile_is_looked_at_again(engine: sa.Engine) -> None:
    seen = mark(link(engine, 9001, BILL))
    work(engine, lambda hand: hand.judge_link(9001, "published", "main", seen=seen))
    for task in (
        lambda hand: hand.judge_link(9001, "rejected", "main", seen=seen),
        lambda hand: hand.move_link(9001, ORDER, "main", seen=seen),
    ):
        with pytest.raises(BadInput, match="Look again"):
            work(engine, task)
    assert link(engine, 9001, BILL).outcome == "published"


def test_undoing_never_sets_an_article_back_nor_links_one_that_took_its_number(engine: sa.Engine) -> None:
    made = work(engine, lambda hand: hand.add_link(new_link()))
    with engine.begin() as connection:
        connection.execute(sa.update(Article).where(Article.source == "editors").values(story="s"))  # type: ignore[arg-type]
    second = work(engine, lambda hand: hand.add_link(new_link(measure=ORDER)))
    work(engine, lambda hand: hand.undo(second.id))
    assert one(engine, Article, source="editors").story == "s"
    number = one(engine, Article, source="editors").id
    undone = work(engine, lambda hand: hand.undo(made.id))
    other = Article(
        id=number, address="https://example.org/o", outlet="O", kind="news", headline="Another", source="news-feeds",
        first_seen_at=NOW, last_seen_at=NOW,
    )  # fmt: skip
    add(engine, other)
    with pytest.raises(BadInput, match="Another article came in its place"):
        work(engine, lambda hand: hand.undo(undone.id))
    assert not rows(engine, Coverage, article_id=number)


def test_a_link_added_by_address_makes_the_article_once(engine: sa.Engine) -> None:
    work(engine, lambda hand: hand.add_link(new_link(published_on="2026-11-01")))
    article = one(engine, Article, source="editors")
    assert (article.address, article.headline, article.published_on) == (
        "https://example.org/new", "New", date(2026, 11, 1),
    )  # fmt: skip
    work(engine, lambda hand: hand.add_link(new_link(address="http://example.org/new", measure=ORDER, headline="")))
    assert one(engine, Article, source="editors") == article
    assert [row.file_number for row in rows(engine, Coverage, article_id=article.id)] == [BILL, ORDER]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"headline": ""}, "give its headline"),
        ({"kind": "rumour"}, "give its headline"),
        ({"language": "tlh"}, "give its headline"),
        ({"address": "javascript:alert(1)"}, "begins with https"),
        ({"address": "https://example.org/a b"}, "begins with https"),
        ({"evidence": ""}, "Give the words"),
        ({"role": "hero"}, "Give the words"),
        ({"published_on": "yesterday"}, "as in 2026-03-31"),
        ({"published_on": "0001-01-01"}, "cannot be"),
        ({"measure": "Int 9999-2025"}, "no number of one measure"),
    ],
)
def test_a_link_that_cannot_be_is_not_added(engine: sa.Engine, given: dict[str, str], why: str) -> None:
    with pytest.raises(BadInput, match=why):
        work(engine, lambda hand: hand.add_link(new_link(**given)))
    assert not rows(engine, Article, source="editors")


def test_a_suggestion_is_accepted_with_its_link_or_declined(engine: sa.Engine) -> None:
    made = work(engine, lambda hand: hand.add_link(new_link(), suggestion=1))
    assert one(engine, Suggestion).state == "accepted"
    with pytest.raises(BadInput, match="accepted already"):
        work(engine, lambda hand: hand.decline(1))
    work(engine, lambda hand: hand.undo(made.id))
    assert (one(engine, Suggestion).state, rows(engine, Article, source="editors")) == ("waiting", [])
    declined = work(engine, lambda hand: hand.decline(1))
    add(engine, Suggestion(address="https://example.org/s", file_number=BILL, at=NOW))
    with pytest.raises(BadInput, match="suggested again since"):
        work(engine, lambda hand: hand.undo(declined.id))


# Words


def test_words_are_laid_over_the_shipped_ones_and_found_by_search(engine: sa.Engine) -> None:
    shipped = one(engine, Note, file_number=BILL)
    words = {"headline": "Ours", "sentence": shipped.sentence, "popular_names": "The Quokka Law\n the quokka bill "}
    work(engine, lambda hand: hand.set_words(BILL, words))
    note = one(engine, Note, file_number=BILL)
    assert (note.headline, note.sentence, note.popular_names) == (
        "Ours", shipped.sentence, "The Quokka Law; the quokka bill",
    )  # fmt: skip
    assert {row.field for row in rows(engine, EditorWord)} == {"headline", "popular_names"}
    with reading(engine) as session:
        found = session.execute(sa.text("SELECT rowid FROM matter_search WHERE matter_search MATCH 'quokka'")).scalars()
        assert list(found) == [held(engine).id]
    with writing(engine) as session:
        assert session.execute(sa.select(Matter.id).where(Matter.search_stale)).first() is None
        refresh(session)


def test_a_newer_starter_record_goes_under_the_editors_words(engine: sa.Engine) -> None:
    made = work(engine, lambda hand: hand.set_words(BILL, WORDS | {"headline": "Ours"}))
    newer = record.facts()
    notes = tuple(note._replace(headline="Newer") if note.file_number == BILL else note for note in newer.notes)
    for shipped in (newer, record.Facts(notes, newer.relations, newer.sections, newer.scopes, newer.coverage)):
        with writing(engine) as session:
            facts.store(session, shipped, NOW)
        assert one(engine, Note, file_number=BILL).headline == "Ours"
    work(engine, lambda hand: hand.undo(made.id))
    assert one(engine, Note, file_number=BILL).headline == "Newer"
    assert not rows(engine, ShippedNote)


def test_a_matter_without_a_note_has_one_as_long_as_an_editor_gave_it_words(engine: sa.Engine) -> None:
    bare = held(engine, BARE)
    first = work(engine, lambda hand: hand.set_words(bare.file_number, WORDS | {"headline": "Ours"}))
    second = work(engine, lambda hand: hand.set_words(bare.file_number, WORDS | {"headline": "Ours", "sentence": "S."}))
    with writing(engine) as session:
        facts.store(session, record.facts(), NOW)
    assert one(engine, Note, file_number=bare.file_number).sentence == "S."
    work(engine, lambda hand: hand.undo(second.id))
    assert one(engine, Note, file_number=bare.file_number).sentence == ""
    work(engine, lambda hand: hand.undo(first.id))
    assert not rows(engine, Note, file_number=bare.file_number)


def test_words_that_read_as_shipped_again_are_the_editors_no_more(engine: sa.Engine) -> None:
    shipped = one(engine, Note, file_number=BILL)
    as_shipped = {name: getattr(shipped, name) for name in WORDS}
    with pytest.raises(BadInput, match="as they were"):
        work(engine, lambda hand: hand.set_words(BILL, as_shipped))
    work(engine, lambda hand: hand.set_words(BILL, as_shipped | {"headline": "Ours"}))
    work(engine, lambda hand: hand.set_words(BILL, as_shipped))
    assert not rows(engine, EditorWord)
    with pytest.raises(BadInput, match="too long"):
        work(engine, lambda hand: hand.set_words(BILL, as_shipped | {"headline": "x" * 201}))


def test_a_popular_name_given_by_an_editor_finds_links(engine: sa.Engine) -> None:
    told_of = story(
        "https://example.org/trust",
        "Council members rally for the Detainer Redress Act at New York City Hall",
        "2021-06-25",
    )
    nothing = cast(Any, None)
    visit = Visit(engine, CONFIG, RULE, lambda: NOW, nothing, nothing, "")
    sync_news.add_bibliography(visit, [told_of], "a test")
    article = one(engine, Article, address="https://example.org/trust")
    relink(engine)
    assert not rows(engine, Coverage, article_id=article.id, file_number=OLD_BILL)
    shipped = one(engine, Note, file_number=OLD_BILL)
    words = {name: getattr(shipped, name) for name in WORDS} | {"popular_names": "Detainer Redress Act"}
    work(engine, lambda hand: hand.set_words(OLD_BILL, words))
    assert relink(engine) == 1
    found = one(engine, Coverage, article_id=article.id, file_number=OLD_BILL)
    assert (found.kind, found.decided_by) == ("by-name", "press")


# Scope


def test_a_scope_set_by_an_editor_goes_before_the_rules_and_the_starters(engine: sa.Engine) -> None:
    made = work(engine, lambda hand: hand.set_scope(BILL, "context", "Only a test."))
    before = held(engine)
    assert (before.scope, before.scope_reason) == ("context", "Only a test.")
    newer = record.facts()
    scopes = (ScopeRecord(BILL, "core", "The starter's."),)
    replay_starter(engine, record.Facts(newer.notes, newer.relations, newer.sections, scopes, newer.coverage))
    assert (held(engine).scope, one(engine, ScopeOverride, file_number=BILL).editor) == ("context", "ann")
    work(engine, lambda hand: hand.undo(made.id))
    assert held(engine).scope == "core"
    with pytest.raises(BadInput, match="Choose a scope"):
        work(engine, lambda hand: hand.set_scope(BILL, "core", ""))


# Acts


def test_a_ruling_stands_on_the_timeline_with_source_and_confidence_and_is_news(engine: sa.Engine) -> None:
    order = held(engine, ORDER)
    work(engine, lambda hand: hand.add_act(order.id, RULING), NOW)
    act = rows(engine, Action, matter_id=order.id)[-1]
    assert (act.name, act.body, act.note, act.url, act.confidence) == (*RULING[1:5], "medium")
    (change,) = rows(engine, Change, action_id=act.source_id)
    assert (change.kind, change.after, change.observed_at) == ("action_added", "Appeal Filed", NOW)
    assert one(engine, Capture, id=change.capture_id).address == RULING.url
    with reading(engine) as session:
        first = news(session, 1, NOW.date())[0]
    assert (first.number, first.moments[0].entries[0].text) == ("EO 50 of 2025", "The City appeals.")


def test_an_act_moves_the_stage_as_the_starters_would(engine: sa.Engine) -> None:
    order = held(engine, "EO 13-2026")
    assert order.stage == "in_force"
    blocked = NewAct("2026-11-01", "Order Blocked", "A court", "Blocked.", "https://example.org/b", "high")
    made = work(engine, lambda hand: hand.add_act(order.id, blocked))
    assert held(engine, "EO 13-2026").stage == "blocked"
    work(engine, lambda hand: hand.undo(made.id))
    assert held(engine, "EO 13-2026").stage == "in_force"


def test_an_act_says_nothing_of_when_the_source_was_looked_at(engine: sa.Engine) -> None:
    before = held(engine, ORDER)
    work(engine, lambda hand: hand.add_act(before.id, RULING))
    after = held(engine, ORDER)
    assert (after.last_seen_at, after.source, after.place) == (before.last_seen_at, before.source, before.place)
    assert after.title == before.title and after.status == before.status
    assert not rows(engine, Disagreement)


def test_every_kind_of_act_that_is_offered_is_understood(engine: sa.Engine) -> None:
    assert {meaning.actor for meaning in ACTS} == {"court", "agency"}
    for number, meaning in enumerate(ACTS):
        act = RULING._replace(acted_on=f"2026-06-{number + 1:02}", name=meaning.names[0])
        work(engine, lambda hand, act=act: hand.add_act(held(engine, ORDER).id, act))  # type: ignore[misc]
    codes = [row.code for row in rows(engine, Action, matter_id=held(engine, ORDER).id)]
    assert {meaning.code for meaning in ACTS} <= set(codes)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"acted_on": "soon"}, "as in 2026-03-31"),
        ({"acted_on": "1800-01-01"}, "cannot be"),
        ({"name": "Order Signed"}, "from the list"),
        ({"body": ""}, "Say who acted"),
        ({"note": ""}, "Say who acted"),
        ({"url": "data:text/html,x"}, "begins with https"),
        ({"confidence": "certain"}, "how sure"),
    ],
)
def test_an_act_that_cannot_be_is_not_added(engine: sa.Engine, given: dict[str, str], why: str) -> None:
    with pytest.raises(BadInput, match=why):
        work(engine, lambda hand: hand.add_act(held(engine, ORDER).id, RULING._replace(**given)))
    assert not rows(engine, CuratedAction)


def test_an_act_taken_out_is_withdrawn_and_its_number_is_never_given_again(engine: sa.Engine) -> None:
    order = held(engine, ORDER)
    work(engine, lambda hand: hand.add_act(order.id, RULING))
    act = one(engine, CuratedAction)
    work(engine, lambda hand: hand.withdraw_act(act.id))
    assert "Appeal Filed" not in live_acts(engine, order.id)
    assert told(engine)[-1] == ("action_withdrawn", "Appeal Filed", "")
    work(engine, lambda hand: hand.add_act(order.id, RULING))
    assert one(engine, CuratedAction).id != act.id


# Survival


def test_nothing_that_an_editor_decided_is_touched_by_anything_else(engine: sa.Engine) -> None:
    order, bill = held(engine, ORDER), held(engine)
    work(engine, lambda hand: hand.judge_link(9001, "rejected", "main"))
    work(engine, lambda hand: hand.move_link(9002, BILL, "background"))
    work(engine, lambda hand: hand.add_link(new_link()))
    work(engine, lambda hand: hand.set_words(BILL, WORDS | {"sentence": "Ours."}))
    work(engine, lambda hand: hand.set_scope(ORDER, "related", "A test."))
    work(engine, lambda hand: hand.add_act(order.id, RULING))
    work(engine, lambda hand: hand.add_act(bill.id, RULING._replace(name="Suit Filed", body="Supreme Court")))

    def decided() -> tuple[Any, ...]:
        mine = [row for row in rows(engine, Coverage) if row.decided_by == "ann"]
        acts = [row for row in rows(engine, Action) if row.source_id.startswith("editors:")]
        scope = held(engine, ORDER).scope, held(engine, ORDER).scope_reason
        return mine, acts, scope, snapshot(engine, Note, EditorWord, CuratedAction, ScopeOverride)

    before, changes = decided(), len(rows(engine, Change))
    relink(engine)
    assert decided() == before
    with writing(engine) as session:
        told_again = story("https://example.org/9001", HEADLINE, "2026-11-20")
        found = open_press(session, CONFIG.press).read(HEADLINE, "", date(2026, 11, 20))
        assert [each.file_number for each in found.links] == [BILL]  # which an editor rejected here
        sync_news.store(session, [sync_news.Read(told_again, found, "")], sync_news.FEEDS, NOW)
    assert decided() == before
    with writing(engine) as session:
        facts.store(session, record.facts(), NOW + timedelta(days=1))
    noted = decided()
    assert noted[:3] == before[:3]
    assert noted[3]["editor_word"] == before[3]["editor_word"] and noted[3]["note"] == before[3]["note"]
    replay_starter(engine, at=NOW + timedelta(days=400))
    assert decided()[:3] == before[:3]
    assert len(rows(engine, Change)) == changes
    day = int((NOW + timedelta(days=9)).timestamp())
    again = [each._replace(observed_at=day) for each in record.observations()]
    newest = {each.matter.source_id: each for each in again if each.matter}
    for name in ("council-archive", "council-api", "executive-orders"):
        source = Source(name, "replay", "x", name, iter(newest.values()), trust=TRUST)
        ingest(engine, source, RULE, lambda: NOW + timedelta(days=9))
    assert decided()[:3] == before[:3]
    assert {row.kind for row in rows(engine, Change) if row.action_id.startswith("editors:")} == {"action_added"}


def test_an_act_stays_when_its_matters_source_changes_and_when_it_is_gone(engine: sa.Engine) -> None:
    bill = held(engine)
    work(engine, lambda hand: hand.add_act(bill.id, RULING))
    shown = [each for each in record.observations() if each.matter and each.matter.file_number == BILL][-1]
    assert shown.matter is not None
    later = int((NOW + timedelta(days=5)).timestamp())
    shorter = shown._replace(observed_at=later, matter=shown.matter._replace(actions=shown.matter.actions[:-1]))
    ingest(engine, Source("council-api", "live", "x", "1", iter([shorter]), trust=TRUST), RULE, lambda: NOW)
    assert live_acts(engine, bill.id)[-1] == "Appeal Filed"
    gone = shown._replace(observed_at=later + 9, matter=None)
    ingest(engine, Source("council-archive", "live", "x", "2", iter([gone]), trust=TRUST), RULE, lambda: NOW)
    with engine.begin() as connection:
        connection.execute(sa.update(Matter).where(Matter.id == bill.id).values(removed_at=NOW))  # type: ignore[arg-type]
    work(engine, lambda hand: hand.withdraw_act(one(engine, CuratedAction).id), NOW + timedelta(days=6))
    assert one(engine, Matter, id=bill.id).removed_at is not None
    assert "returned" not in {row.kind for row in rows(engine, Change, matter_id=bill.id)}


# Taking back


def test_only_the_last_word_on_a_thing_can_be_taken_back(engine: sa.Engine) -> None:
    first = work(engine, lambda hand: hand.judge_link(9001, "published", "main"))
    other = work(engine, lambda hand: hand.judge_link(9002, "published", "main"))
    second = work(engine, lambda hand: hand.move_link(9001, ORDER, "main"))
    with pytest.raises(BadInput, match="undo the later decision first"):
        work(engine, lambda hand: hand.undo(first.id))
    work(engine, lambda hand: hand.undo(other.id))
    undone = work(engine, lambda hand: hand.undo(second.id))
    assert link(engine, 9001, BILL).outcome == "published"
    assert not rows(engine, Coverage, article_id=9001, file_number=ORDER)
    with pytest.raises(BadInput, match="taken back"):
        work(engine, lambda hand: hand.undo(second.id))
    again = work(engine, lambda hand: hand.undo(undone.id))
    assert link(engine, 9001, ORDER).outcome == "published"
    assert one(engine, Decision, id=again.id).undoes == undone.id
    with pytest.raises(NotFound):
        work(engine, lambda hand: hand.undo(1_000))


def test_what_was_taken_back_after_it_hides_no_earlier_decision(engine: sa.Engine) -> None:
    first = work(engine, lambda hand: hand.judge_link(9001, "published", "main"))
    second = work(engine, lambda hand: hand.judge_link(9001, "rejected", "main"))
    third = work(engine, lambda hand: hand.undo(second.id))
    with reading(engine) as session:
        assert standing(latest(session)) == {third.id: True, second.id: False, first.id: True}
    fourth = work(engine, lambda hand: hand.undo(first.id))
    assert link(engine, 9001, BILL).outcome == "review"
    with reading(engine) as session:
        stands = standing(latest(session))
    assert stands == {fourth.id: True, third.id: False, second.id: False, first.id: False}
    work(engine, lambda hand: hand.undo(fourth.id))
    work(engine, lambda hand: hand.undo(third.id))
    assert link(engine, 9001, BILL).outcome == "rejected"


Task = Callable[[Hand], Made]
TASKS: st.SearchStrategy[Task] = st.one_of(
    st.builds(
        lambda key, outcome, role: lambda hand: hand.judge_link(key, outcome, role),
        st.sampled_from((9001, 9002, 9003)), st.sampled_from(("published", "rejected", "review")),
        st.sampled_from(("main", "background")),
    ),
    st.builds(
        lambda key, to: lambda hand: hand.move_link(key, to, "main"),
        st.sampled_from((9001, 9002, 9003)), st.sampled_from((BILL, ORDER, OLD_BILL)),
    ),
    st.builds(
        lambda address, to, suggestion: lambda hand: hand.add_link(
            new_link(address=f"https://example.org/{address}", measure=to), suggestion=suggestion
        ),
        st.sampled_from(("9001", "new", "other")), st.sampled_from((BILL, ORDER)), st.sampled_from((None, None, 1)),
    ),
    st.builds(lambda: lambda hand: hand.decline(1)),
    st.builds(lambda back: lambda hand: hand.undo(len(latest(hand.session)) - back), st.integers(0, 3)),
    st.builds(
        lambda number, headline, names: lambda hand: hand.set_words(
            number, WORDS | {"headline": headline, "popular_names": names}
        ),
        st.sampled_from((BILL, BARE)), st.sampled_from(("", "A", "B")), st.sampled_from(("", "N\nM")),
    ),
    st.builds(
        lambda number, scope: lambda hand: hand.set_scope(number, scope, f"It is {scope}."),
        st.sampled_from((BILL, ORDER)), st.sampled_from(("core", "related", "context", "out")),
    ),
    st.builds(
        lambda number, day, name: lambda hand: hand.add_act(
            matter_named(hand.session, number).id, RULING._replace(acted_on=f"2026-0{day}-01", name=name)
        ),
        st.sampled_from((BILL, ORDER)), st.sampled_from((6, 7)), st.sampled_from(("Decision", "Order Blocked")),
    ),
)  # fmt: skip


def everything(engine: sa.Engine) -> dict[str, Any]:
    scopes = [(row.id, row.scope, row.scope_reason, row.stage, row.disagreement) for row in rows(engine, Matter)]
    acts = [row[:14] for row in rows(engine, Action) if row.withdrawn_at is None]
    return snapshot(engine, *TABLES) | {"scopes": scopes, "acts": acts}


def test_any_decisions_taken_back_in_reverse_leave_the_tables_as_they_were(engine: sa.Engine) -> None:
    before = everything(engine)

    @settings(max_examples=25)
    @given(st.lists(TASKS, max_size=6))
    def check(tasks: list[Task]) -> None:
        made = []
        for task in tasks:
            try:
                made.append(work(engine, task).id)
            except TrackerError:
                continue  # what cannot be decided leaves nothing behind, which the end shows
        for number in reversed(made):
            work(engine, lambda hand, number=number: hand.undo(number))  # type: ignore[misc]
        assert everything(engine) == before

    check()
    assert rows(engine, Decision)


# The log


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE decision SET reason = 'forged'",
        "DELETE FROM decision",
        "INSERT OR REPLACE INTO decision SELECT id, editor_id, at, kind, 'y', before, after, '', NULL FROM decision",
        "TRUNCATE decision",
    ],
)
def test_a_decision_is_never_edited(database: sa.Engine, statement: str) -> None:
    sqlite = database.dialect.name == "sqlite"
    if ("TRUNCATE" in statement and sqlite) or ("REPLACE" in statement and not sqlite):
        pytest.skip("this database has no such statement")
    hire(database)
    decided = {"kind": "link", "subject": "x", "before": "{}", "after": "{}"}
    add(database, Decision(id=1, editor_id=1, at=NOW, **decided))
    with pytest.raises(DatabaseError, match="append-only"), writing(database) as session:
        session.execute(sa.text(statement))
    assert one(database, Decision).subject == "x"


def test_decisions_work_on_both_databases(database: sa.Engine) -> None:
    fill(database)
    before = everything(database)
    made = [
        work(database, lambda hand: hand.move_link(9001, ORDER, "main")),
        work(database, lambda hand: hand.add_link(new_link(published_on="2026-11-01"), suggestion=1)),
        work(database, lambda hand: hand.set_words(BILL, WORDS | {"headline": "Ours"})),
        work(database, lambda hand: hand.set_scope(ORDER, "out", "A test.")),
        work(database, lambda hand: hand.add_act(held(database, ORDER).id, RULING)),
    ]
    assert "Appeal Filed" in live_acts(database, held(database, ORDER).id)
    for decision in reversed(made):
        work(database, lambda hand, number=decision.id: hand.undo(number))  # type: ignore[misc]
    assert everything(database) == before
