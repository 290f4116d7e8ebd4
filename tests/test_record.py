"""The record that ships with the program: golden facts of real law, and that it loads the same way twice."""

import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from archive_builder import RULE, clock, observations_file, one, rows, snapshot, take

from scrapers.council_archive import observations
from scrapers.json_lines import json_lines
from tracker import record as starter
from tracker.config import ArchiveConfig
from tracker.database import connect, upgrade
from tracker.export.files import write_zip
from tracker.identifiers import parse
from tracker.models import Action, Alert, Change, Matter, Note, Relation, Run, SectionEffect
from tracker.sync.archive import load_starter, read_archive


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.Engine]:
    loaded = connect(f"sqlite:///{tmp_path_factory.mktemp('starter')}/starter.db")
    upgrade(loaded)
    load_starter(loaded, RULE, clock)
    yield loaded
    loaded.dispose()


def test_it_loads_on_each_database_without_a_doubt_and_never_twice(database: sa.Engine) -> None:
    result = load_starter(database, RULE, clock)
    assert result is not None
    assert (result.unreadable, result.older) == (0, 0)
    assert one(database, Run).mode == "starter"
    assert rows(database, Alert) == []
    before = snapshot(database)
    assert load_starter(database, RULE, clock) is None
    assert snapshot(database) == before


def test_int_1412_2025_is_law_by_override_of_a_veto_that_was_recorded_weeks_late(engine: sa.Engine) -> None:
    bill = one(engine, Matter, file_number="Int 1412-2025")
    assert (bill.stage, bill.is_law, bill.how, bill.local_law) == ("overridden", True, "overridden", "2026/063")
    assert (bill.stage_since, bill.enacted_on, bill.scope) == (date(2026, 1, 29), date(2026, 1, 29), "core")
    acts = rows(engine, Action, matter_id=bill.id)
    passed = [act for act in acts if act.name == "Approved by Council"]
    vetoed = [act for act in acts if act.name == "Vetoed by Mayor"]
    assert [act.acted_on for act in passed] == [date(2025, 12, 18)]
    assert [act.acted_on for act in vetoed] == [date(2025, 12, 31)]
    (seen_late,) = [
        change
        for change in rows(engine, Change, matter_id=bill.id, kind="action_added")
        if change.action_id == vetoed[0].source_id
    ]
    assert (seen_late.acted_on, seen_late.observed_at.date()) == (date(2025, 12, 31), date(2026, 1, 25))


@pytest.mark.parametrize(
    ("file_number", "how", "law"),
    [
        ("Int 0656-2011", "signed", "2011/062"),
        ("Int 0982-2012", "signed", "2013/021"),
        ("Int 0989-2012", "signed", "2013/022"),
        ("Int 0486-2014", "signed", "2014/058"),
        ("Int 0487-2014", "signed", "2014/059"),
        ("Int 1568-2017", "lapsed", "2017/228"),
    ],
)
def test_a_law_is_shown_with_its_number_and_the_way_it_became_law(
    engine: sa.Engine, file_number: str, how: str, law: str
) -> None:
    bill = one(engine, Matter, file_number=file_number)
    assert (bill.is_law, bill.how, bill.local_law) == (True, how, law)


@pytest.mark.parametrize("file_number", ["Int 0185-2022", "Int 0945-2024", "Int 0214-2024"])
def test_a_bill_that_died_is_no_law(engine: sa.Engine, file_number: str) -> None:
    bill = one(engine, Matter, file_number=file_number)
    assert (bill.is_law, bill.how, bill.local_law) == (False, "", "")


def test_executive_order_50_of_2025_is_void(engine: sa.Engine) -> None:
    order = one(engine, Matter, file_number="EO 50-2025")
    assert (order.kind, order.status, order.stage) == ("Executive Order", "Void", "void")


def test_every_core_matter_that_is_there_has_a_note_in_our_own_words(engine: sa.Engine) -> None:
    core = {matter.file_number for matter in rows(engine, Matter, scope="core", removed_at=None)}
    noted = {note.file_number for note in rows(engine, Note) if note.headline and note.sentence}
    assert len(core) > 30
    assert core - noted == set()


def test_both_ends_of_every_relation_and_every_section_name_a_real_number(engine: sa.Engine) -> None:
    named = [end for relation in rows(engine, Relation) for end in (relation.earlier, relation.later)]
    named += [effect.file_number for effect in rows(engine, SectionEffect)]
    held = {matter.file_number for matter in rows(engine, Matter)}
    assert len(named) > 100
    for number in set(named) - held:
        assert str(parse(number)) == number
    assert {relation.earlier for relation in rows(engine, Relation)} & held


def test_no_text_and_no_summary_of_the_citys_is_shipped() -> None:
    for _, row in json_lines(starter.FOLDER / "council.jsonl"):
        assert not {"Text", "Summary"} & set(row["matter"])


def test_int_0320_2026_which_the_archive_calls_enacted_while_on_the_mayors_desk_is_no_law(
    record: sa.Engine, data: Path, tmp_path: Path
) -> None:
    documents = [row for _, row in json_lines(data / "council/matters.jsonl.zst") if row["File"] == "Int 0320-2026"]
    file = observations_file(tmp_path / "seen.jsonl", (1_787_356_179, "introduction/2026/0320.json", documents[0]))
    assert list(observations(file))
    config = ArchiveConfig(place="unused", mirror="unused")
    read_archive(record, RULE, clock, config, str(file))
    bill = one(record, Matter)
    assert (bill.file_number, bill.is_law, bill.how) == ("Int 0320-2026", False, "")


def test_its_data_package_is_valid(engine: sa.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frictionless = pytest.importorskip("frictionless", reason="frictionless is not installed")
    package = tmp_path / "all.zip"
    with package.open("wb") as stream:
        write_zip(stream, engine, clock())
    with zipfile.ZipFile(package) as packed:
        packed.extractall(tmp_path)
    monkeypatch.chdir(tmp_path)
    report = frictionless.validate("datapackage.json")
    assert report.valid, report.flatten(["rowNumber", "fieldNumber", "type", "message"])[:5]


def test_a_source_without_texts_never_lowers_what_the_text_decided(tmp_path: Path) -> None:
    record = connect(f"sqlite:///{tmp_path}/x.db")
    upgrade(record)
    load_starter(record, RULE, clock)
    bill = next(seen for seen in starter.observations() if seen.matter and seen.matter.file_number == "Int 1579-2017")
    assert bill.matter is not None
    later = bill._replace(
        observed_at=starter.CURATED_AT + 86400,
        matter=bill.matter._replace(title=f"{bill.matter.title}.", scope="", scope_reason=""),
    )
    take(record, later)
    matter = one(record, Matter, file_number="Int 1579-2017")
    assert (matter.scope, matter.title[-1]) == ("core", ".")
    record.dispose()


def test_what_the_starter_does_not_carry_comes_later_without_being_a_change(tmp_path: Path) -> None:
    record = connect(f"sqlite:///{tmp_path}/x.db")
    upgrade(record)
    load_starter(record, RULE, clock)
    *_, bill = (seen for seen in starter.observations() if seen.matter and seen.matter.file_number == "Int 1412-2025")
    assert bill.matter is not None
    fuller = bill._replace(matter=bill.matter._replace(summary="In plain words", text="Be it so", scope=""))
    assert take(record, fuller).changes == 0
    assert one(record, Matter, file_number="Int 1412-2025").summary == "In plain words"
    record.dispose()
