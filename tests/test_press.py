"""News -> matters, over the starter record. Every phrase here is ours; the labelled stories are read, never copied."""

import json
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from tracker.cli.match import day_of, read_articles, told
from tracker.config import load_config
from tracker.database import connect, reading, upgrade, writing
from tracker.models import Matter, Note
from tracker.press.matching import BY_DESCRIPTION, BY_NAME, EXPLICIT, PUBLISHED, Press, open_press
from tracker.press.text import clean

CONFIG = load_config(None, {})
NOW = datetime(2026, 11, 24, 17, tzinfo=UTC)
JAILS_2011, POLICE_2013, JAILS_2013 = "Int 0656-2011", "Int 0982-2012", "Int 0989-2012"
JAILS_2014, POLICE_2014 = "Int 0486-2014", "Int 0487-2014"
PROBATION, RESOURCES, PROPERTY = "Int 1558-2017", "Int 1568-2017", "Int 1579-2017"
RIKERS_ORDER, RIKERS_BILL = "EO 50-2025", "Int 1412-2025"
NUMBERED = ("Int ", "Res ", "EO ", "EEO ")


@pytest.fixture(scope="module")
def press(shipped: sa.Engine) -> Press:
    """The matcher over the record that ships with the package."""
    with reading(shipped) as session:
        return open_press(session, CONFIG.press)


def published(press: Press, text: str, day: date | None = None, title: str = "") -> set[str]:
    """The numbers of what would be published."""
    links = press.read(title, text, day).links
    return {link.file_number for link in links if link.outcome == PUBLISHED and link.file_number.startswith(NUMBERED)}


# --- numbers


@pytest.mark.parametrize(
    ("text", "day", "files"),
    [
        ("Intro. 486A passed", date(2014, 10, 23), {JAILS_2014}),
        ("Introductions 486-A and 487-A", date(2014, 11, 14), {JAILS_2014, POLICE_2014}),
        ("Intros 982 & 989", date(2013, 3, 1), {POLICE_2013, JAILS_2013}),
        ("INT 214 and INT 1412", date(2025, 12, 8), {"Int 0214-2024", RIKERS_BILL}),
        ("Int. No. 1568-2017", None, {RESOURCES}),
        ("Preconsidered Res. No. 836-2025", None, {"Res 0836-2025"}),
        ("Local Law 21 and Local Law 22 of 2013", None, {POLICE_2013, JAILS_2013}),
        ("local law number 58 for the year 2014", None, {JAILS_2014}),
        ("Local Laws 245 and 247 (on data) in December 2017", None, {"Int 1557-2017", "Int 1588-2017"}),
        ("LL 63/2026", None, {RIKERS_BILL}),
        ("EO41 of 2003", None, {"EO 41-2003"}),
        ("Executive Order No. 124 (1989)", None, {"EO 124-1989"}),
        ("Executive Orders 34 and 41", None, {"EO 34-2003", "EO 41-2003"}),
        ("his executive order, the thirteenth", date(2026, 2, 9), {"EO 13-2026"}),
    ],
)
def test_numbers_in_every_form_of_the_press(press: Press, text: str, day: date | None, files: set[str]) -> None:
    assert published(press, text, day) == files


def test_an_introduction_is_not_the_resolution_of_the_same_number(press: Press) -> None:
    assert published(press, "Int. 836 on sidewalks", date(2025, 4, 10)) == set()
    assert published(press, "Res. 1412 of the Council", date(2025, 12, 8)) == set()


def test_a_number_of_another_session_is_another_bill(press: Press) -> None:
    assert published(press, "The NYC Council's immigration committee heard Intro 1412.", date(2019, 5, 1)) == set()
    assert published(press, "Int 0486-2018 concerns immigrants in New York City.") == set()


def test_in_january_papers_still_use_the_number_of_the_old_session(press: Press) -> None:
    text = "Members of the New York City Council named Intro 214, on immigrants."
    assert published(press, text, date(2026, 1, 16)) == {"Int 0214-2024"}


@pytest.mark.parametrize(
    "text",
    [
        "Holdover cases in New York City: Local Law 58 of 1987 tells owners when a door is wide enough.",
        "Local Law 58/87 sets out access for people with disabilities.",
        "Local Law 62 of 1991",
        "Local Law 26 of 2017, says a city page on sanctuary.",
        "Local Law 58 in New York City housing.",
        "Contractors in New York City must comply with Executive Order 50 on equal employment.",
        "New York City bidders: Executive Order 50, equal employment whatever the citizenship or immigration status.",
        "Executive Order 34 of 2018 set up an office in New York City.",
        "Governor Cuomo's Executive Order 170.1 on immigration at state buildings in New York City.",
        "President Trump's Executive Order 13768 on sanctuary cities such as New York City.",
    ],
)
def test_the_same_number_of_something_else_is_not_linked(press: Press, text: str) -> None:
    assert published(press, text) == set()


def test_a_section_means_the_law_that_wrote_it_as_it_stood(press: Press) -> None:
    text = "Section 9-131 of New York City's code on immigration detainers"
    assert published(press, text, date(2012, 5, 1)) == {JAILS_2011}
    assert published(press, text, date(2020, 5, 1)) == {JAILS_2014}


def test_a_definition_that_many_bills_borrow_is_no_link(press: Press) -> None:
    text = "The bill changes section 23-1201, which mentions immigration status in New York City."
    assert published(press, text) == set()


# --- names


def test_a_name_that_comes_back_means_the_bill_of_the_day(press: Press) -> None:
    text = "The NYC Trust Act was heard at City Hall."
    assert published(press, text, date(2023, 2, 15)) == {"Int 0158-2022"}
    assert published(press, text, date(2025, 12, 8)) == {"Int 0214-2024"}
    assert published(press, text, date(2026, 3, 1)) == {"Int 0209-2026"}


def test_a_date_that_the_record_does_not_know_decides_nothing(press: Press) -> None:
    rewrite = "The New York City Trust Act was approved at a hearing on October 16, 2023."
    assert published(press, rewrite) == {"Int 0214-2024"}


@pytest.mark.parametrize(
    "name", ["Safer Sanctuary Act", "Ley de Santuario Más Seguro", "S\u0430f\u0435r Sanctuary Act"]
)
def test_names_in_translation_and_in_look_alike_letters(press: Press, name: str) -> None:
    links = press.read("", f"New York: {name}", date(2026, 2, 1)).links
    assert [(link.file_number, link.kind) for link in links] == [(RIKERS_BILL, BY_NAME)]
    assert name in links[0].evidence


def test_a_state_act_is_not_the_councils_resolution_about_it(press: Press) -> None:
    assert published(press, "Advocates in New York City want the New York for All Act.", date(2025, 3, 12)) == set()
    text = "The Council of New York City passed a resolution for the New York for All Act."
    assert published(press, text, date(2025, 3, 13)) == {"Res 0714-2025"}


# --- descriptions


@pytest.mark.parametrize(
    ("text", "day", "files"),
    [
        ("Mayor de Blasio signed bills that bar the NYPD and city jails from honoring most immigration detainers.",
         date(2014, 11, 14), {JAILS_2014, POLICE_2014}),
        ("A 2014 law kicked ICE off Rikers Island. Mayor Adams wants it back.", None, {JAILS_2014}),
        ("NYPD detectives cite a city law of 2014 against assisting ICE.", None, {POLICE_2014}),
        ("Mayor Bloomberg signed two bills limiting when police and jails honor federal immigration detainers.",
         date(2013, 3, 18), {POLICE_2013, JAILS_2013}),
        ("Under a 2011 New York law the Department of Correction refuses some detainers.", None, {JAILS_2011}),
        ("New York City forbids using city resources for immigration enforcement by a law of 2017.", None, {RESOURCES}),
        ("The New York City law keeps probation from handing people over on an ICE detainer.", None, {PROBATION}),
        ("A New York City law lets agents into non-public areas of city property only with a judge's order.",
         date(2019, 1, 8), {PROPERTY}),
        ("Mayor Eric Adams' administration issued an executive order to let ICE reopen an office on Rikers Island.",
         date(2025, 4, 9), {RIKERS_ORDER}),
        ("Mayor Adams promised an executive order that lets ICE work from Rikers Island.",
         date(2025, 2, 13), {RIKERS_ORDER}),
        ("A judge voided the executive order that would have let federal immigration agents work from Rikers Island.",
         date(2025, 9, 8), {RIKERS_ORDER}),
        ("The Council of New York City voted to bar ICE offices on Department of Correction land by a bill.",
         date(2025, 12, 18), {RIKERS_BILL}),
        ("The City Council voted to override Mayor Adams' veto of a bill that keeps ICE out of Rikers.",
         date(2026, 1, 29), {RIKERS_BILL}),
        ("Mayor Mamdani signed an executive order that bars immigration agents from city property without a warrant.",
         date(2026, 2, 6), {"EO 13-2026"}),
        ("New York became a sanctuary by an executive order of Mayor Koch in 1989.", None, {"EO 124-1989"}),
        ("Holden of Queens has a bill to repeal the sanctuary laws.", date(2024, 6, 10), {"Int 0945-2024"}),
        ("A New York City Council resolution lets the speaker sue the mayor over ICE at Rikers.",
         date(2025, 4, 11), {"Res 0836-2025"}),
    ],
)  # fmt: skip
def test_descriptions_by_agency_act_time_and_object(press: Press, text: str, day: date | None, files: set[str]) -> None:
    assert published(press, text, day) == files


def test_a_law_without_its_year_is_the_newest_that_is_in_force(press: Press) -> None:
    text = "New York City law bars ICE from keeping an office on Rikers."
    assert published(press, text, date(2024, 5, 1)) == {JAILS_2014}
    assert published(press, text, date(2026, 11, 1)) == {RIKERS_BILL}


def test_an_age_is_worked_out_from_the_day_of_publication(press: Press) -> None:
    text = "Emails show breaches by New York's DOC, eight years after laws limiting collaboration with ICE."
    assert published(press, text, date(2023, 2, 20)) == {JAILS_2014}


def test_spun_words_and_other_languages(press: Press) -> None:
    spun = "The manager order of Mayor Adams would let ICE have a workplace on Rikers Island."
    assert published(press, spun, date(2025, 4, 12)) == {RIKERS_ORDER}
    spanish = "La ciudad es santuario por una orden ejecutiva del alcalde Koch en 1989, en Nueva York."
    assert published(press, spanish) == {"EO 124-1989"}


def test_one_clause_among_the_vetoes_of_a_night(press: Press) -> None:
    text = "Mayor Adams vetoed 19 bills on street vending and cameras, among them one that bars ICE offices at Rikers."
    assert published(press, text, date(2026, 1, 1)) == {RIKERS_BILL}


def test_the_speaker_is_not_the_mayor_of_the_same_name(press: Press) -> None:
    text = "Speaker Adrienne Adams spoke on executive orders and on sanctuary in New York City."
    assert published(press, text, date(2025, 4, 12)) == set()


def test_the_explicit_number_need_not_be_the_subject(press: Press) -> None:
    text = "Two bills would stop NYPD and Correction from honoring ICE detainers. Local Law 62 of 2011 was the first."
    assert published(press, text, date(2014, 10, 7)) == {JAILS_2014, POLICE_2014, JAILS_2011}


def test_a_new_bill_is_known_by_its_title_without_new_code(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path}/tracker.db")
    upgrade(engine)
    with writing(engine) as session:
        session.add(
            Matter(
                id=1, source_id="x", file_number="Int 2001-2027", slug="int-2001-2027", kind="Introduction",
                title="A Local Law in relation to signage on immigration enforcement in hospitals",
                introduced_on=date(2027, 3, 1), stage="in_committee", scope="core", first_seen_at=NOW, last_seen_at=NOW,
            )
        )  # fmt: skip
        session.add(Note(file_number="Int 2001-2027", popular_names="Safe Clinics Act"))
    with reading(engine) as session:
        press = open_press(session, CONFIG.press)
    engine.dispose()
    day = date(2027, 3, 10)
    assert published(press, "A New York City Council bill asks for signage on ICE in hospitals.", day) == {
        "Int 2001-2027"
    }
    assert published(press, "The Council of New York heard the Safe Clinics Act.", day) == {"Int 2001-2027"}
    assert published(press, "Intro 2001, on immigrants in New York", day) == {"Int 2001-2027"}


# --- what stays unlinked


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Chicago", "The City Council kept its 2014 ordinance: police may not honor ICE detainers."),
        ("Boston Trust Act", "The City Council amended the Trust Act of 2014 on ICE detainers. New York has its own."),
        ("Illinois Trust Act", "Sheriffs sue over the TRUST Act; jails may not hold people on a detainer."),
        ("Los Angeles", "The City Council barred city resources for immigration enforcement, as New York did."),
        ("New Jersey", "The Immigrant Trust Directive limits how police cooperate with ICE. New Yorkers watch."),
        ("Church gives sanctuary", "A church in Manhattan shelters a mother from ICE; it is the law of God, they say."),
        ("Holdover evictions", "A holdover case in New York City begins with a notice under the law."),
        ("Ice cream trucks", "The New York City Council passed a bill on ice cream trucks and jails for dogs."),
        ("SNOW AND ICE", "SNOW AND ICE REMOVAL: a New York City law of 2014 makes owners clear sidewalks."),
        ("Wildlife", "The bird sanctuary in Queens is protected by a law of 2014."),
        ("Municipal ID", "The 2014 law on IDNYC serves undocumented immigrants in New York City."),
        ("Voting", "A judge struck down the law on noncitizen voting in New York City."),
        ("Albany", "Governor Hochul's bill would let New Yorkers sue ICE agents."),
        ("Two vetoes", "New York City overrode vetoes of the How Many Stops Act and of a solitary confinement bill."),
        ("Rikers", "A federal judge named a receiver for the jails on Rikers Island in New York City."),
        ("Trump", "President Trump signed an executive order against sanctuary cities such as New York City."),
        ("Adams", "Mayor Adams looks at executive orders to get round the sanctuary law of New York City."),
        ("DOI", "An NYPD officer broke the city's sanctuary law, DOI finds."),
    ],
)
def test_traps_stay_unlinked(press: Press, title: str, text: str) -> None:
    assert published(press, text, None, title) == set()


def test_general_coverage_links_to_the_topic_and_to_no_law(press: Press) -> None:
    seen = press.read("", "Mayor Adams wants New York City's sanctuary laws changed.", date(2024, 2, 27))
    assert seen.topic
    assert not [link for link in seen.links if link.outcome == PUBLISHED]


def test_another_subject_is_not_even_the_topic(press: Press) -> None:
    assert press.read("Dogs", "The parks of New York City are open.", date(2024, 2, 27)) == ((), False)


# --- what a link says


def test_a_link_carries_kind_score_role_and_the_exact_words(press: Press) -> None:
    text = "Local Law 59 of 2014 binds New York’s police. Mayor Adams’ executive order lets ICE onto Rikers."
    law, order = sorted(press.read("", text, date(2025, 4, 9)).links, key=lambda link: link.kind, reverse=True)
    assert (law.file_number, law.kind, law.score, law.role) == (POLICE_2014, EXPLICIT, 1.0, "background")
    assert law.evidence == "Local Law 59 of 2014"
    assert (order.file_number, order.kind, order.role) == (RIKERS_ORDER, BY_DESCRIPTION, "main")
    assert order.evidence == "Adams’ executive order lets ICE onto Rikers"


PIECES = (
    "Local Law 58 of 2014", "Intro 1412", "Executive Order 50", "ICE", "Rikers", "Mayor Adams", "NYC Trust Act",
    "in 2014", "the law", "detainers", "bars", "NYPD", "\u0421aban", "ﬁnal", "New York City", "executive order",
    ". ", "; ", "\n", "“signed”", "e\u0301", "\u200b",
)  # fmt: skip


DAYS = st.none() | st.dates(date(1989, 1, 1), date(2026, 11, 1))


@given(words=st.lists(st.sampled_from(PIECES), max_size=14), day=DAYS)
def test_no_link_without_words_that_stand_in_the_text(press: Press, words: list[str], day: date | None) -> None:
    text = " ".join(words)
    for link in press.read("", text, day).links:
        assert link.evidence
        assert link.evidence in clean(text)
        assert 0 < link.score <= 1
        assert link.role in ("main", "background")


# --- the labelled stories


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_every_labelled_phrase_means_what_it_is_labelled(press: Press, data: Path) -> None:
    for case in rows(data / "news" / "mention_cases.jsonl"):
        found = published(press, case["phrase"], day_of(case["context_date"]))
        assert found == set(case["files"]), case["phrase"]


def test_scores_on_the_labelled_stories(press: Press, data: Path, tmp_path: Path) -> None:
    scorer = data.parent / "tools" / "score_coverage.py"
    if not scorer.is_file():
        pytest.skip(f"there is no {scorer}")
    lines = (json.dumps(told(row, press)) for row in read_articles(data / "news" / "articles.jsonl"))
    (tmp_path / "predictions.jsonl").write_text("\n".join(lines), encoding="utf-8")
    command = [sys.executable, str(scorer), str(data / "news" / "labels.jsonl"), str(tmp_path / "predictions.jsonl")]
    answer = subprocess.run([*command, "--json"], capture_output=True, text=True, check=True)
    scores = json.loads(answer.stdout)
    assert scores["precision"] >= 0.97
    assert scores["recall"] >= 0.90
    assert scores["recall_main"] >= 0.93
    clean_articles, unlinked = scores["unlinked_articles_kept_clean"].split("/")
    assert clean_articles == unlinked


def test_the_story_that_started_the_project(press: Press, data: Path) -> None:
    story = next(row for row in read_articles(data / "news" / "articles.jsonl") if row["id"] == "n000")
    links = {link["file"]: link["evidence"] for link in told(story, press)["matters"]}
    assert "de Blasio signed legislation preventing the NYPD" in links[POLICE_2014]
    protocols = {"Citywide guidance of 31 Jan 2018", "NYPD Operations Order 4 of 2018"}
    assert set(links) == {POLICE_2014} | protocols
    assert all("2018" in links[protocol] for protocol in protocols)


# --- what tells one law from another


def test_numbers_in_one_list_vouch_for_each_other(press: Press) -> None:
    text = "Testimony in New York City on Intros 1558, 1568 and 1588."
    assert published(press, text) == {PROBATION, RESOURCES, "Int 1588-2017"}
    assert published(press, "Testimony in New York City on a day full of other business, on Intro 1558 alone.") == set()


def test_a_bare_number_of_a_local_law_needs_the_policy_in_its_own_sentence(press: Press) -> None:
    day = date(2020, 6, 22)
    assert published(press, "Local Law 228 bans cooperation of the NYPD with ICE.", day) == {RESOURCES}
    assert published(press, "Local Law 228 is on boilers. ICE was in New York City.", day) == set()


def test_a_former_mayor_dates_no_text(press: Press) -> None:
    text = "ICE was ousted from Rikers by a law of then-Mayor Bill de Blasio. A judge blocks it from Rikers Island."
    assert RIKERS_ORDER in published(press, text)
    assert RIKERS_ORDER not in published(press, text.replace("then-Mayor", "Mayor"))


def test_what_an_order_bars_is_no_law(press: Press) -> None:
    text = "Mayor Mamdani signed an executive order on ICE. Agents are barred from city property without a warrant."
    assert published(press, text) == {"EO 13-2026"}


def test_law_enforcement_is_no_law(press: Press) -> None:
    text = "Law enforcement in New York City may limit how it helps ICE, said NYPD and Department of Correction."
    assert published(press, text) == set()


def test_a_text_is_no_older_than_the_years_it_names(press: Press) -> None:
    text = "Powers has a New York City bill to end the 48-hour hold of immigrants by police."
    assert published(press, text) == {"Int 0184-2022"}
    assert published(press, f"{text} It was told in 2025.") == {"Int 0395-2024"}
