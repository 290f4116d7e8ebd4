"""The hardest stories of the Council's record, as the archive really showed them, told by the changes and the page."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from scrapers.council_archive import Reader
from scrapers.json_lines import json_lines
from scrapers.records import Observation
from tracker.config import load_config
from tracker.database import connect, reading, upgrade
from tracker.ingest import Source, ingest
from tracker.models import Change, Matter
from tracker.scope import Rule
from tracker.web import SiteSettings, create_app

NOW = datetime(2026, 8, 22, 12, tzinfo=UTC)
Told = list[tuple[str, str, str, str]]


@pytest.fixture(scope="module")
def engine(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.Engine]:
    engine = connect(f"sqlite:///{tmp_path_factory.mktemp('stories')}/stories.db")
    upgrade(engine)
    seen = sorted(revisions(data), key=lambda observation: observation.observed_at)
    ingest(engine, Source("council-archive", "replay", "revisions", "1", seen), Rule(load_config(None, {}).scope),
           lambda: NOW)  # fmt: skip
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def client(engine: sa.Engine) -> FlaskClient:
    return create_app(engine, clock=lambda: NOW, site=SiteSettings()).test_client()


def revisions(data: Path) -> Iterator[Observation]:
    reader = Reader(whole=False)
    for _, row in json_lines(data / "legistar/revisions/revisions.jsonl.zst"):
        at = datetime.strptime(row["revision"].split("_")[0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        matter = reader.parse_matter(row["matter"])
        if matter is not None:
            yield Observation(int(at.timestamp()), row["file"], row["revision"], "", matter)


def told(engine: sa.Engine, file_number: str, *kinds: str) -> Told:
    """(day seen, kind, before, after) of one matter's changes of these kinds, oldest first."""
    query = (
        sa.select(Change.observed_at, Change.kind, Change.before, Change.after)  # type: ignore[call-overload]
        .join(Matter, Matter.id == Change.matter_id)
        .where(Matter.file_number == file_number, Change.kind.in_(kinds))  # type: ignore[attr-defined]
        .order_by(Change.observed_at, Change.id)
    )
    with reading(engine) as session:
        return [(f"{at:%Y-%m-%d}", kind, before, after) for at, kind, before, after in session.execute(query)]


def laws(engine: sa.Engine, file_number: str) -> list[tuple[str, str, str]]:
    return [(on, before, after) for on, _, before, after in told(engine, file_number, "law_number_changed")]


def corrections(client: FlaskClient) -> str:
    """The corrections page, all of it, as a reader sees it."""
    pages = []
    for number in range(1, 9):
        answer = client.get(f"/changes?scope=all&view=corrections&page={number}")
        assert answer.status_code == 200
        pages.append(re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", answer.text))))
    return " ".join(pages)


def test_int_689_2024_had_one_law_number_lost_it_and_got_another(engine: sa.Engine, client: FlaskClient) -> None:
    assert laws(engine, "Int 0689-2024") == [
        ("2024-04-19", "", "2024/060"),
        ("2024-04-23", "2024/060", ""),
        ("2024-05-20", "", "2024/064"),
    ]
    statuses = [(before, after) for _, _, before, after in told(engine, "Int 0689-2024", "status_changed")]
    assert ("Enacted", "Enacted (Mayor's Desk for Signature)") in statuses
    assert "Local Law 60 of 2024" in corrections(client)


def test_int_47_2024_was_law_for_some_hours_then_vetoed_then_law_by_override(
    engine: sa.Engine, client: FlaskClient
) -> None:
    assert [after for _, _, after in laws(engine, "Int 0047-2024")] == ["2025/096", "", "2025/122"]
    statuses = [(before, after) for _, _, before, after in told(engine, "Int 0047-2024", "status_changed")]
    assert ("Enacted", "Vetoed") in statuses
    page = corrections(client)
    assert "Local Law 96 of 2025" in page
    assert "The status went from “Enacted” to “Vetoed”" in page


@pytest.mark.parametrize(
    ("file_number", "before", "after"),
    [
        ("Int 0205-2024", "2025/098", "2025/097"),
        ("Int 0980-2024", "2025/102", "2025/101"),
        ("Int 1366-2025", "2025/039", "2026/039"),
    ],
)
def test_a_law_number_that_moved_is_told_with_both_numbers(
    engine: sa.Engine, client: FlaskClient, file_number: str, before: str, after: str
) -> None:
    assert (before, after) in [(old, new) for _, old, new in laws(engine, file_number)]
    year, number = before.split("/")
    assert f"Local Law {int(number)} of {year}" in corrections(client)


def test_int_908_2024_lost_its_number_and_int_642_2024_got_it(engine: sa.Engine) -> None:
    assert [after for _, _, after in laws(engine, "Int 0908-2024")] == ["2024/078", ""]
    assert [after for _, _, after in laws(engine, "Int 0642-2024")][-1] == "2024/078"
    with reading(engine) as session:
        matter = session.execute(sa.select(Matter).where(Matter.file_number == "Int 0908-2024")).scalar_one()  # type: ignore[arg-type]
        assert (matter.status, matter.local_law) == ("Enacted", "")


def test_int_502_2026_had_an_enactment_date_while_on_the_mayors_desk(engine: sa.Engine, client: FlaskClient) -> None:
    dates = told(engine, "Int 0502-2026", "enactment_date_changed")
    assert [bool(after) for _, _, _, after in dates] == [True, False, True]
    withdrawn = told(engine, "Int 0502-2026", "action_withdrawn")
    assert [before for _, _, before, _ in withdrawn] == ["Sent to Mayor by Council"]
    assert "took back the date of enactment" in corrections(client)


def test_int_2443_2021_stayed_vetoed_for_two_years_and_was_filed_without_a_row(engine: sa.Engine) -> None:
    statuses = [(on, after) for on, _, _, after in told(engine, "Int 2443-2021", "status_changed")]
    assert statuses[-2:] == [("2022-01-14", "Vetoed"), ("2024-02-05", "Filed (End of Session)")]
    assert "Filed (End of Session)" not in [after for _, _, _, after in told(engine, "Int 2443-2021", "action_added")]


def test_duplicate_rows_that_were_taken_out_are_told(engine: sa.Engine, client: FlaskClient) -> None:
    assert [before for _, _, before, _ in told(engine, "Int 0958-2023", "action_withdrawn")] == [
        "Returned Unsigned by Mayor"
    ]
    assert [before for _, _, before, _ in told(engine, "Int 1133-2024", "action_withdrawn")] == [
        "Sent to Mayor by Council"
    ]
    assert "showed the row “Returned Unsigned by Mayor”" in corrections(client)


def test_int_910_2026_an_introduction_turned_into_the_charter_rule(engine: sa.Engine, client: FlaskClient) -> None:
    (edit,) = [row for row in told(engine, "Int 0910-2026", "action_edited") if "City Charter Rule Adopted" in row[3]]
    assert "Introduced by Council" in edit[2]
    assert "first read “Introduced by Council”; since 31 Jul 2026 the same row reads “City Charter Rule" in corrections(
        client
    )


def test_a_temporary_number_is_never_shown_and_the_bill_appears_under_its_real_one(engine: sa.Engine) -> None:
    assert [after for _, kind, _, after in told(engine, "Int 2439-2021", "appeared", "renumbered")] != []
    assert told(engine, "Int 2439-2021", "renumbered") == []
    with reading(engine) as session:
        assert session.execute(sa.select(Matter).where(Matter.file_number.startswith("T"))).first() is None  # type: ignore[attr-defined]


def test_int_1128_2023_became_1126_and_its_number_went_to_another_bill(engine: sa.Engine, client: FlaskClient) -> None:
    renumbered = told(engine, "Int 1126-2023", "renumbered")
    assert [(before, after) for _, _, before, after in renumbered] == [("Int 1128-2023", "Int 1126-2023")]
    assert [kind for _, kind, _, _ in told(engine, "Int 1128-2023", "appeared", "renumbered")] == ["appeared"]
    page = corrections(client)
    assert "1128-2023" in page
    assert "1126-2023" in page


def test_a_number_that_went_to_another_matter_leaves_the_first_one_standing(engine: sa.Engine) -> None:
    with reading(engine) as session:
        ids = dict(session.execute(sa.select(Matter.source_id, Matter.file_number)).all())  # type: ignore[call-overload,arg-type]
        gone = session.execute(sa.select(Matter).where(Matter.source_id == "77988")).scalar_one()  # type: ignore[arg-type]
    assert ids["79071"] == "Res 0508-2026"
    assert ids["72529"] == "Res 0005-2024"
    assert gone.file_number == "Int 0508-2026"
    assert gone.removed_at is not None


def test_int_1412_2025_the_override_first_read_as_an_approval(engine: sa.Engine, client: FlaskClient) -> None:
    (edit,) = [row for row in told(engine, "Int 1412-2025", "action_edited") if "Overridden" in row[3]]
    assert (edit[0], "Approved by Council" in edit[2]) == ("2026-02-01", True)
    vetoes = [on for on, _, _, after in told(engine, "Int 1412-2025", "action_added") if after == "Vetoed by Mayor"]
    assert vetoes == ["2026-01-25"]
    assert "first read “Approved by Council”; since 1 Feb 2026 the same row reads “Overridden" in corrections(client)


def test_the_repeal_bill_died_and_the_right_to_sue_bill_lost_a_row(engine: sa.Engine) -> None:
    assert told(engine, "Int 0945-2024", "status_changed")[-1][3] == "Filed (End of Session)"
    assert [before for _, _, before, _ in told(engine, "Int 0214-2024", "action_withdrawn")] == ["Amended by Committee"]
