"""Full-text search says the same on both databases, keeps up with the record, and takes any text."""

import pytest
import sqlalchemy as sa
from archive_builder import DAY, START, document, one, rows, seen, take
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scrapers.records import NoteRecord
from tracker import search
from tracker.database import reading
from tracker.models import Matter
from tracker.record import Facts

TREES = document(1, "Int 0001-2025", Name="Planting trees.", Title="A Local Law on planting trees", Text="Of bees too.")
BIRDS = document(2, "Int 0002-2025", Name="Feeding birds.", Title="A Local Law on birds", Text="In all trees.")
CAFE = document(3, "Res 0003-2025", Name="Asking.", Title="Resolution on immigrants", Summary="No detainers, no bees.")


def found(engine: sa.Engine, words: str) -> list[str]:
    with reading(engine) as session:
        ids = search.find(session, words)
    numbers = {matter.id: matter.file_number for matter in rows(engine, Matter)}
    return [numbers[key] for key in ids]


@pytest.fixture
def filled(database: sa.Engine) -> sa.Engine:
    take(database, seen(TREES), seen(BIRDS), seen(CAFE))
    return database


def test_a_word_in_a_title_goes_before_the_same_word_in_a_text(filled: sa.Engine) -> None:
    assert found(filled, "trees") == ["Int 0001-2025", "Int 0002-2025"]


def test_a_summary_and_a_text_are_searched(filled: sa.Engine) -> None:
    assert found(filled, "detainers") == ["Res 0003-2025"]
    assert set(found(filled, "bees")) == {"Int 0001-2025", "Res 0003-2025"}


def test_all_words_must_be_there(filled: sa.Engine) -> None:
    assert found(filled, "trees birds") == ["Int 0002-2025"]
    assert found(filled, "trees deportation") == []


def test_a_word_is_found_in_its_other_forms(filled: sa.Engine) -> None:
    assert found(filled, "immigrant") == ["Res 0003-2025"]
    assert found(filled, "PLANT tree") == ["Int 0001-2025"]


@pytest.mark.parametrize(
    "words", ["trees -birds", "trees OR birds", '"birds trees"', "trees* birds", "trees AND birds"]
)
def test_a_sign_between_words_is_no_command(filled: sa.Engine, words: str) -> None:
    with reading(filled) as session:
        ids = search.find(session, words)
    assert 1 not in ids


@pytest.mark.parametrize("words", ["", "  ", "\0", "\t\n"])
def test_nothing_asked_is_nothing_found(filled: sa.Engine, words: str) -> None:
    assert found(filled, words) == []


def test_no_more_are_given_than_were_asked_for(filled: sa.Engine) -> None:
    with reading(filled) as session:
        assert len(search.find(session, "trees", limit=1)) == 1


def test_what_changed_is_found_by_its_new_words_and_no_longer_by_its_old_ones(filled: sa.Engine) -> None:
    later = TREES | {"Name": "Hedges.", "Title": "A Local Law on hedges", "Text": "Of hares."}
    take(filled, seen(later, START + DAY))
    assert found(filled, "hedges") == found(filled, "hares") == ["Int 0001-2025"]
    assert found(filled, "planting") == []
    assert not any(matter.search_stale for matter in rows(filled, Matter))


def facts(*headlines: str) -> Facts:
    return Facts(tuple(NoteRecord("Int 0001-2025", head, "", "Shade Act") for head in headlines), (), ())


def test_our_own_words_on_a_matter_are_searched_and_go_when_they_are_taken_back(filled: sa.Engine) -> None:
    take(filled, seen(BIRDS, START + DAY), facts=facts("Greenery"))
    assert found(filled, "greenery") == found(filled, "shade act") == ["Int 0001-2025"]
    take(filled, seen(BIRDS, START + 2 * DAY), facts=facts())
    assert found(filled, "greenery") == found(filled, "shade") == []


def test_a_text_longer_than_a_database_indexes_is_cut_and_not_refused(database: sa.Engine) -> None:
    words = " ".join(f"word{n}x" for n in range(200_000))
    take(database, seen(TREES | {"Text": words}))
    assert one(database, Matter).search_stale in (False, 0)
    assert found(database, "word7x") == ["Int 0001-2025"]
    assert found(database, "word199999x") == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(words=st.text(st.characters(codec="utf-8") | st.sampled_from("\"*-:()^~&|!<>\\' \0"), max_size=20))
def test_any_text_may_be_asked_for(filled: sa.Engine, words: str) -> None:
    with reading(filled) as session:
        assert set(search.find(session, words)) <= {1, 2, 3}
