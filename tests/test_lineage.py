"""Bills that return from an earlier session: found by note, words, title and sponsor; and never a law."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import zstandard
from archive_builder import NOW, document, member, one, rows, seen, take
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from scrapers.records import RelationRecord
from tracker import facts, language
from tracker.cli.main import main
from tracker.database import reading, writing
from tracker.errors import NotFound
from tracker.law import lineage, returns
from tracker.law.lineage import Finding, Form, Titles
from tracker.models import Relation
from tracker.models.law import LineageLook, RelationProposal
from tracker.queries import lineage as queries_lineage

BODY = (
    "Be it enacted by the Council as follows. Section 6-122 of the administrative code is amended by adding a new "
    "section to read as follows. No agency shall enter into a contract with an entity engaged in immigration "
    "enforcement, and every contract in effect on such date shall be reviewed by the comptroller within ninety days. "
)
OTHER = (
    "The department of transportation shall install leading pedestrian intervals at every signalized crossing near a "
    "school, and shall post on its website a map of all crossings where such intervals were installed in that year. "
)
TITLE = "Prohibiting contracts with entities engaged in immigration enforcement"
LEGAL = f"A Local Law to amend the administrative code of the city of New York, in relation to {TITLE.lower()}"


def form(number: str, title: str = TITLE, sponsor: str = "Ann Poe", **more: Any) -> Form:
    return lineage.form(number, "Introduction", title, LEGAL if title == TITLE else title, sponsor, "", **more)


def proposed(later: Form, text: str, **earlier: tuple[Form, str]) -> lineage.Proposal | None:
    known = list(earlier.values())
    texts = {each.file_number: words for each, words in known}
    candidates = Titles(each for each, _ in known).candidates(later, text)
    return lineage.propose(later, text, candidates, texts)


# --- what speaks for a return


def test_the_same_words_under_the_same_title_by_the_same_sponsor_are_a_return() -> None:
    found = proposed(form("Int 0274-2024"), BODY, old=(form("Int 0841-2022"), BODY))
    assert found is not None
    assert (found.earlier, found.later, found.outcome) == ("Int 0841-2022", "Int 0274-2024", "published")
    assert found.evidence == (
        "100% of the shorter text's runs of five words are in both texts; the titles are the same; "
        "the prime sponsor is the same."
    )


def test_a_drafting_note_finds_a_return_under_another_title_and_sponsor() -> None:
    later = form("Int 0274-2024", "Limits on what the city buys", "Richard Roe")
    text = BODY + "\n\nLS #5512\nInt. #0841-2022\n1/5/2024"
    found = proposed(later, text, old=(form("Int 0841-2022"), BODY))
    assert found is not None and found.outcome == "published"
    assert found.reasons[0] == "the drafting note names the earlier file"


@pytest.mark.parametrize(
    ("note", "number"),
    [
        ("LS #7815\nInt. #1092-2018", "Int 1092-2018"),
        ("KS\nInt. No. 594-2011\n4/11/14 3:00PM", "Int 0594-2011"),
        ("DJ\nInt. 0628/2005\n1/5/2009", "Int 0628-2005"),
        ("JSM\n\nRes. No. 905.2011\nLS 882/2014", "Res 0905-2011"),
        ("DA/BG\nLS 6645/Int.1482-2017\nLS 5531", "Int 1482-2017"),
        ("RLB\nLS #20657\nRes. #1188-2025", "Res 1188-2025"),
    ],
)
def test_notes_are_read_in_every_form_the_drafters_use(note: str, number: str) -> None:
    assert lineage.noted(f"{BODY}\n\n{note}\n") == {number}


def test_numbers_in_the_body_of_a_text_are_no_note() -> None:
    assert lineage.noted("Int. No. 841-2022 was heard. " + BODY * 4) == frozenset()


def test_a_note_alone_is_proposed_and_not_published() -> None:
    """Int 0480-2018 names Int 0191-2014 at its foot and is another bill."""
    duty = "requiring the department of youth and community development to"
    later = form("Int 0480-2018", f"{duty} create a runaway and homeless youth immigration information plan")
    old = form(
        "Int 0191-2014",
        f"{duty} review strategies and create a plan of action to protect children who qualify for special status",
    )
    found = proposed(later, OTHER + "\nLS #1\nInt. #0191-2014", old=(old, BODY))
    assert found is not None and found.outcome == "proposed"


def test_a_bill_rewritten_under_its_title_by_its_sponsor_is_a_return() -> None:
    """Int 0061-2002 came back as Int 0142-2004 with a third of its words."""
    later = form("Int 0142-2004")
    found = proposed(later, OTHER * 4 + BODY[:120], old=(form("Int 0061-2002"), BODY))
    assert found is not None and found.outcome == "published"


# --- what rules it out


def test_a_law_does_not_return() -> None:
    """Int 0486-2014 shares its title, sponsor and most words with the law of 2013 that it replaces."""
    assert proposed(form("Int 0486-2014"), BODY, old=(form("Int 0989-2012", enacted=True), BODY)) is None


def test_a_twin_of_the_same_session_is_no_earlier_form() -> None:
    assert proposed(form("Int 0185-2022"), BODY, old=(form("Int 0184-2022"), BODY)) is None


def test_a_resolution_does_not_bring_back_a_bill() -> None:
    later = form("Res 0274-2024")._replace(kind="Resolution")
    assert proposed(later, BODY, old=(form("Int 0841-2022"), BODY)) is None


@pytest.mark.parametrize(
    "title",
    ["LU 529 - Zoning, Lola Taverna, Manhattan", "M 41 - Midori Valdivia, Taxi and Limousine Commission",
     "Approving the new designation and changes in the designation of certain organizations",
     "Amendments to the Rules of the Council in relation to the Standing Committees."],
)  # fmt: skip
def test_yearly_approvals_in_the_same_words_are_no_returns(title: str) -> None:
    assert proposed(form("Int 0003-2024", title), BODY, old=(form("Int 0002-2022", title), BODY)) is None


def test_bills_on_one_subject_are_not_one_bill() -> None:
    later = form("Int 0300-2024", "Reporting on leading pedestrian intervals", "Richard Roe")
    assert (
        proposed(later, OTHER, old=(form("Int 0100-2022", "Leading pedestrian intervals near schools"), BODY)) is None
    )


def test_the_latest_session_that_fits_is_the_one_it_returns_from() -> None:
    found = proposed(
        form("Int 0261-2026"), BODY,
        oldest=(form("Int 1092-2018"), BODY), older=(form("Int 0841-2022"), BODY), old=(form("Int 0274-2024"), BODY),
    )  # fmt: skip
    assert found is not None and found.earlier == "Int 0274-2024"


def test_without_texts_the_same_title_and_sponsor_are_proposed_only() -> None:
    found = proposed(form("Int 0274-2024"), "", old=(form("Int 0841-2022"), ""))
    assert found is not None and found.outcome == "proposed"


@given(st.booleans(), st.floats(0, 1), st.booleans(), st.none() | st.floats(0, 1))
def test_more_in_common_never_lowers_the_score(noted: bool, title: float, sponsor: bool, part: float | None) -> None:
    found = Finding(noted, title, sponsor, part, part)
    assert 0 <= lineage.score(found) <= lineage.score(found._replace(noted=True, title=1, sponsor=True)) <= 1


def test_a_chain_is_all_that_hangs_together() -> None:
    pairs = [("Int 1", "Int 2"), ("Int 2", "Int 3"), ("Int 2", "Int 4"), ("Int 8", "Int 9")]
    assert lineage.chain("Int 4", pairs) == {"Int 1", "Int 2", "Int 3", "Int 4"}
    assert lineage.chain("Int 7", pairs) == {"Int 7"}


# --- in the record


def bill(number: int, file: str, on: str, text: str = BODY, **more: Any) -> dict[str, Any]:
    return document(
        number, file, Name=TITLE, Title=LEGAL, Text=text, IntroDate=f"{on}T00:00:00Z", Version="*", Summary="",
        Sponsors=[member(1, "Ann Poe")], History=[], LocalLaw="", EnactmentDate="0001-01-01T00:00:00Z",
        StatusName="Committee", **more,
    )  # fmt: skip


def filled(database: sa.Engine) -> None:
    take(database, seen(bill(1, "Int 0841-2022", "2022-12-07")), seen(bill(2, "Int 0274-2024", "2024-02-28")))


def test_a_run_finds_the_return_of_a_tracked_bill_and_publishes_it(database: sa.Engine) -> None:
    filled(database)
    found = one(database, RelationProposal)
    assert (found.earlier, found.later, found.outcome) == ("Int 0841-2022", "Int 0274-2024", "published")
    relation = one(database, Relation)
    assert (relation.kind, relation.source, relation.confidence) == ("reintroduces", "lineage rule", "high")


def test_a_bill_is_looked_at_once_for_each_reading(database: sa.Engine) -> None:
    filled(database)
    with writing(database) as session:
        assert returns.find_returns(session, NOW) == 0
    take(database, seen(bill(2, "Int 0274-2024", "2024-02-28", OTHER), at=1_766_600_000))
    assert len(rows(database, LineageLook)) == 2
    assert one(database, RelationProposal).score < 0.99, "the words are others now; title and sponsor are not"


def test_what_a_person_said_of_a_pair_stays(database: sa.Engine) -> None:
    with writing(database) as session:
        session.add(Relation(earlier="Int 0841-2022", later="Int 0274-2024", kind="reintroduces", source="an editor"))
    filled(database)
    assert one(database, Relation).source == "an editor"


def test_what_the_rule_found_gives_way_to_a_person_who_says_the_same(database: sa.Engine) -> None:
    filled(database)
    with writing(database) as session:
        said = RelationRecord("Int 0841-2022", "Int 0274-2024", "reintroduces", "The two texts are the same.")
        facts.relate(session, "an editor", [said])
    assert one(database, Relation).evidence == "The two texts are the same."


def test_a_return_under_another_name_is_found_by_its_words(database: sa.Engine) -> None:
    renamed = bill(2, "Int 0274-2024", "2024-02-28") | {"Name": "Limits on what the city buys", "Title": "Purchases"}
    take(database, seen(bill(1, "Int 0841-2022", "2022-12-07")), seen(renamed))
    with reading(database) as session:
        finder = returns.Finder(session)
        assert "Int 0841-2022" in finder._alike(BODY)
        with pytest.raises(NotFound):
            finder.find("Int 9999-2024")


def test_the_chain_is_told_oldest_first(database: sa.Engine) -> None:
    filled(database)
    with reading(database) as session:
        forms = queries_lineage.forms(session, "Int 0841-2022")
        assert [each.file_number for each in forms] == ["Int 0841-2022", "Int 0274-2024"]
        assert forms[1].by_rule and forms[1].evidence[0].startswith("100% of the shorter")
        assert queries_lineage.forms(session, "Int 0001-2020") == ()


def test_the_command_writes_csv(database: sa.Engine) -> None:
    filled(database)
    url = database.url.render_as_string(hide_password=False)
    for arguments in ([], ["Intro 274 of 2024"], ["--scope", "all"]):
        result = CliRunner().invoke(main, ["lineage", *arguments, "--database-url", url])
        assert result.exit_code == 0, result.output
        head, line = result.stdout.splitlines()
        assert head == "earlier,later,score,outcome,evidence"
        assert line.startswith("Int 0841-2022,Int 0274-2024,")
    assert CliRunner().invoke(main, ["lineage", "Int 9999-2024", "--database-url", url]).exit_code == 66


# --- on the labels

# One bill whose returns the labels leave out: the archive's lists of resubmitted bills have both.
LEFT_OUT = {("Int 1068-2023", "Int 0149-2024"), ("Int 0149-2024", "Int 0130-2026")}


def labelled(data: Path) -> tuple[dict[str, dict[str, Any]], set[tuple[str, str]]]:
    """Every matter that has a label or stands in a relation, with its text, and the pairs that are returns."""
    with (data / "relevance" / "lineage.csv").open(encoding="utf-8", newline="") as stream:
        relations = list(csv.DictReader(stream))
    texts = {row["File"]: row["Text"] for row in json_lines(data / "council" / "texts.jsonl.zst")}
    named = {row[end] for row in relations for end in ("earlier", "later")}
    held = {
        row["File"]: row | {"Text": texts.get(row["File"], "")}
        for row in json_lines(data / "council" / "matters.jsonl.zst")
        if row["File"] in named
    }
    pairs = LEFT_OUT | {(row["earlier"], row["later"]) for row in relations if row["kind"] == "reintroduces"}
    return held, {pair for pair in pairs if set(pair) <= set(held)}


def json_lines(path: Path) -> Iterator[dict[str, Any]]:
    with zstandard.open(path, "rt", encoding="utf-8") as stream:
        yield from map(json.loads, stream)


def test_the_rules_reasons_are_told_in_the_language_and_other_words_as_they_are() -> None:
    every = lineage.Finding(noted=True, title=0.9, sponsor=True, part=0.761, whole=0.5)
    kept = lineage.Proposal("Int 0001-2022", "Int 0002-2024", 0.9, tuple(lineage.reasons(every))).evidence
    assert kept == (
        "The drafting note names the earlier file; 76% of the shorter text's runs of five words are in both texts; the "
        "titles are nearly the same; the prime sponsor is the same."
    )
    assert lineage.told(kept) == kept
    assert lineage.told("An editor says so.") == "An editor says so."
    with language.speaking("es"):
        assert lineage.told("An editor says so; the titles are the same.") is None


def published(held: dict[str, Any]) -> set[tuple[str, str]]:
    """The returns that the rule publishes among these matters: earlier file number, later one."""
    forms = {
        number: lineage.form(
            number, row["TypeName"], row["Name"], row["Title"], (row.get("Sponsors") or [{}])[0].get("FullName", ""),
            row["IntroDate"][:10], bool(row.get("LocalLaw")),
        )
        for number, row in held.items()
    }  # fmt: skip
    titles, found = Titles(forms.values()), set()
    for number, row in held.items():
        candidates = titles.candidates(forms[number], row["Text"])
        texts = {each.file_number: held[each.file_number]["Text"] for each in candidates}
        proposal = lineage.propose(forms[number], row["Text"], candidates, texts)
        if proposal and proposal.outcome == "published":
            found.add((proposal.earlier, proposal.later))
    return found


def test_precision_and_recall_on_the_labels(data: Path) -> None:
    held, pairs = labelled(data)
    found = published(held)
    assert len(found & pairs) / len(found) >= 0.98, sorted(found - pairs)
    assert len(found & pairs) / len(pairs) >= 0.95, sorted(pairs - found)
