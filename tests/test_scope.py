"""The scope rule: one real case a test, in short phrases of our own; then the labelled matters, where at hand."""

import csv
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
import zstandard
from conftest import shared_data
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tracker.scope import Rule, ScopeTerms, Verdict

ROOT = Path(__file__).resolve().parents[1]
SHARED = shared_data() or Path("the shared folder of real data")
LABELS = SHARED / "relevance" / "labels.csv"
TRACKED = {"core", "related"}


def scope_table() -> dict[str, Any]:
    table: dict[str, Any] = tomllib.loads((ROOT / "config.toml").read_text(encoding="utf-8"))["scope"]
    return table


RULE = Rule(ScopeTerms(**scope_table()))


def bill(title: str, text: str = "", *, summary: str = "", name: str = "") -> Verdict:
    enacted = f"Be it enacted by the Council as follows:\n Section 1. {text}" if text else ""
    return RULE.judge(kind="Introduction", name=name, title=title, summary=summary, text=enacted)


def resolution(title: str, recitals: str = "", *, resolved: str = "") -> Verdict:
    asks = f"Resolved, That the Council {resolved or title}."
    text = f"Whereas, {recitals}; now, therefore, be it {asks}" if recitals else ""
    return RULE.judge(kind="Resolution", name="", title=title, summary="", text=text)


# Core bills


def test_int_0656_2011_is_core_by_the_detainers_its_text_names() -> None:
    verdict = bill(
        "A Local Law in relation to certain persons",
        "A new section 9-131: jail staff may not honor a civil immigration detainer.",
    )
    assert verdict.label == "core"
    assert "section 9-131" in verdict.reason
    assert "“immigration detainer”" in verdict.reason


def test_int_0656_2011_is_core_by_its_title_alone() -> None:
    assert bill("A Local Law in relation to persons not to be detained").label == "core"


def test_int_0326_2002_is_core_as_a_confidentiality_rule_that_covers_immigration_status() -> None:
    title = "A Local Law in relation to the confidentiality of information obtained by a city employee"
    rule = "No city officer or employee shall disclose confidential information, which includes immigration status."
    assert bill(title, rule).label == "core"
    assert bill(title, rule.replace("immigration status", "tax records")).label == "out"


def test_int_1579_2017_is_core_though_it_never_says_immigration() -> None:
    verdict = bill(
        "A Local Law in relation to access to city property",
        "Outside officers may not enter non-public areas unless they show a judicial warrant.",
    )
    assert verdict.label == "core"
    assert "“non-public areas”, “judicial warrant”" in verdict.reason


def test_int_1588_2017_is_core_as_a_rule_on_identifying_information() -> None:
    rule = "No employee shall disclose identifying information, a term that includes immigration status."
    assert bill("A Local Law in relation to identifying information", rule).label == "core"


def test_int_1092_2018_is_core_by_its_title() -> None:
    assert bill("", name="Prohibiting contracts with entities engaged in immigration enforcement.").label == "core"


def test_int_1268_2025_is_core_by_two_sections_of_the_code() -> None:
    verdict = bill("A Local Law in relation to signage", "Signs shall describe sections 4-210 and 10-178; immigrants.")
    assert verdict.label == "core"
    assert "sections 4-210, 10-178" in verdict.reason


def test_int_0112_2010_shows_that_one_section_number_proves_nothing() -> None:
    assert bill("A Local Law in relation to jail visits", "A new section 9-131 on visits is added.").label == "out"


def test_a_longer_number_that_ends_like_a_section_is_not_that_section() -> None:
    text = "Sections 19-131 and 14-210 on street closings; immigrants."
    assert bill("A Local Law in relation to streets", text).label == "out"


# Related bills


def test_int_0480_2024_is_related_by_its_clause_on_data_given_to_ice() -> None:
    verdict = bill(
        "A Local Law in relation to surveillance technology",
        "The police shall log each time it provides data to immigration and customs enforcement.",
    )
    assert verdict.label == "related"
    assert "“immigration and customs enforcement”" in verdict.reason


def test_int_1207_2023_without_that_clause_is_out() -> None:
    verdict = bill("A Local Law in relation to surveillance technology", "The police shall log where it sends data.")
    assert verdict.label == "out"


def test_int_0975_2001_is_related_by_the_immigration_inquiries_it_counts() -> None:
    text = "Reports say if an inquiry was made to the immigration and naturalization service."
    assert bill("A Local Law in relation to profiling", text).label == "related"


def test_int_1198_2025_on_shelter_addresses_is_related() -> None:
    text = "Addresses of shelters for new arrivals may not be publicly disclosed without a judicial warrant."
    assert bill("A Local Law in relation to shelter addresses", text).label == "related"


def test_int_1557_2017_that_carries_out_the_information_rules_is_related() -> None:
    text = "An officer sets policies on the collection, retention, and disclosure of identifying information."
    assert bill("A Local Law in relation to the handling of identifying information", text).label == "related"
    assert bill("A Local Law in relation to an office of privacy", text).label == "out"


def test_a_clause_the_summary_names_is_related_before_the_text_is_known() -> None:
    summary = "Agencies would post signs on city property rules and immigration enforcement."
    assert bill("A Local Law in relation to signage", summary=summary).label == "related"


# Bills that are not tracked


def test_int_1867_2020_on_noncitizen_voting_is_context_despite_its_notice_on_ice() -> None:
    verdict = bill(
        "A Local Law in relation to letting lawful permanent residents vote in municipal elections",
        "The notice says that disclosure to Immigration and Customs Enforcement (ICE) is possible.",
    )
    assert verdict.label == "context"


def test_int_0253_2014_on_the_identity_card_is_context_despite_its_warrant_clause() -> None:
    text = "Records are disclosed to police only on a judicial warrant."
    assert bill("A Local Law in relation to a city identity card", text).label == "context"


def test_int_1272_2025_on_e_verify_is_context() -> None:
    assert bill("A Local Law in relation to restricting the use of E-Verify by employers").label == "context"


@pytest.mark.parametrize(
    "title", ["A Local Law on snow and ice", "REMOVAL OF SNOW AND ICE", "Ice cream trucks", "ICE CREAM TRUCKS"]
)
def test_snow_and_ice_are_no_agency(title: str) -> None:
    assert bill(title, "Remove snow and ice. REMOVE SNOW AND ICE. Sell ICE CREAM.").label == "out"


def test_int_2473_2021_on_the_gang_database_is_out() -> None:
    text = "The police asks federal agencies to destroy their copies of the database."
    assert bill("A Local Law in relation to abolishing the criminal group database", text).label == "out"


def test_int_1129_2018_on_the_gang_database_is_core_because_it_names_the_authorities() -> None:
    title = "A Local Law in relation to telling federal immigration authorities who is in the gang database"
    assert bill(title).label == "core"


def test_one_word_in_a_protected_class_list_is_out() -> None:
    text = "No one may discriminate by race, age, creed or citizenship or immigration status."
    assert bill("A Local Law in relation to tenant screening", text).label == "out"


def test_int_0733_2000_names_the_ins_in_its_findings_only_and_is_out() -> None:
    findings = "Legislative findings. The Immigration and Naturalization Service makes an inquiry and disclosure."
    orders = "\ufffd 2. Agencies shall hire registered men. "
    title = "A Local Law in relation to city hiring"
    assert bill(title, findings + orders).label == "out"
    assert bill(title, orders + findings).label == "related"


# Resolutions


def test_a_resolution_is_never_core() -> None:
    assert resolution("condemning the detainers of federal immigration authorities").label == "related"


def test_res_0513_2018_to_abolish_ice_is_related() -> None:
    assert resolution("calling for an act to abolish U.S. Immigration and Customs Enforcement").label == "related"


def test_res_0391_2026_is_related_by_its_name_in_capitals() -> None:
    assert resolution("supporting the ICE OUT Act").label == "related"


def test_res_0828_2019_on_civil_arrests_in_courthouses_is_related() -> None:
    assert resolution("supporting a bill against civil arrest at state courthouses").label == "related"


def test_res_1648_2021_is_related_by_its_recitals() -> None:
    recitals = "; Whereas, ".join(["local staff takes part in immigration enforcement"] * 4)
    assert resolution("supporting A.2328 / S.3076", recitals).label == "related"


def test_a_recital_that_mentions_enforcement_once_does_not_make_a_resolution_related() -> None:
    recital = "immigration enforcement keeps families from clinics"
    assert resolution("supporting more clinics", recital).label == "out"


def test_res_0401_2026_on_federal_officers_is_related_because_it_includes_immigration_officers() -> None:
    title = "supporting standards of force for federal law enforcement"
    assert resolution(title, "it covers all agencies, immigration officers among them").label == "related"
    assert resolution(title, "it covers all agencies, park rangers among them").label == "out"


def test_res_0589_2015_on_solitary_confinement_of_detainees_is_context() -> None:
    title = "asking that ICE end solitary confinement of immigrant detainees"
    assert resolution(title).label == "context"


def test_res_1483_2017_against_private_detention_contracts_is_related() -> None:
    assert resolution("asking to end privately-run immigration detention facilities").label == "related"


@pytest.mark.parametrize("subject", ["Temporary Protected Status for Nepal", "the end of DACA", "asylum seekers"])
def test_who_may_stay_is_context(subject: str) -> None:
    assert resolution(f"concerning {subject}").label == "context"


def test_budget_designation_lists_are_out_whatever_they_fund() -> None:
    title = "approving the designation of certain organizations in the Expense Budget"
    assert resolution(title, "immigration enforcement " * 9).label == "out"


def test_res_0607_2026_on_a_heritage_month_is_out() -> None:
    assert resolution("declaring Immigrant Heritage Month", "immigration enforcement spreads fear").label == "out"


def test_res_1348_2017_on_a_marine_sanctuary_is_out() -> None:
    assert resolution("nominating Hudson Canyon as a National Marine Sanctuary").label == "out"


def test_a_plan_annexed_to_a_resolution_is_not_what_it_asks() -> None:
    plan = "adopts the plan that follows. " + "Police reform. " * 200 + "ICE"
    assert resolution("adopting a police reform plan", "a plan is due", resolved=plan).label == "out"


# The rule as a machine


def test_line_breaks_inside_a_phrase_do_not_hide_it() -> None:
    assert bill("A Local Law in relation to immigration\r\n  enforcement").label == "core"


@given(st.text(), st.text(), st.text(), st.sampled_from(["Introduction", "Resolution"]))
def test_any_text_gets_one_of_the_four_labels_and_a_sentence(title: str, summary: str, text: str, kind: str) -> None:
    verdict = RULE.judge(kind=kind, name="", title=title, summary=summary, text=text)
    assert verdict.label in {"core", "related", "context", "out"}
    assert verdict.reason.endswith(".")


def test_every_phrase_that_decides_alone_wakes_the_rule() -> None:
    table = scope_table()
    alone = [
        "agencies",
        "enforcement",
        "detainers",
        "communities",
        "acts",
        "warrants",
        "information_kinds",
        "immigrants",
    ]
    for phrase in (phrase for name in alone for phrase in table[name]):
        heard = RULE.judge(kind="Introduction", name="", title=phrase.rstrip("*"), summary="", text="")
        assert "No word in it" not in heard.reason, f"no stem of wake in {phrase!r}"


@pytest.mark.parametrize(
    "change",
    [{"detainer": ["x"]}, {"detainers": []}, {"detainers": ["*"]}, {"acts": [" x"]}, {"recital_mentions": 0}],
)
def test_a_wrong_key_or_value_is_reported_by_name(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        ScopeTerms(**(scope_table() | change))
    assert {error["loc"][0] for error in caught.value.errors()} == set(change)


def test_a_missing_list_is_reported_by_name() -> None:
    table = scope_table()
    del table["sharing"]
    with pytest.raises(ValidationError, match="sharing"):
        ScopeTerms(**table)


# The labelled matters


def rows(name: str) -> list[dict[str, Any]]:
    packed = (SHARED / "council" / name).read_bytes()
    lines = zstandard.ZstdDecompressor().stream_reader(packed).read().splitlines()
    return [json.loads(line) for line in lines]


def judged(*, with_text: bool) -> dict[str, str]:
    texts = {row["File"]: row["Text"] for row in rows("texts.jsonl.zst")} if with_text else {}
    return {
        row["File"]: RULE.judge(
            kind=row["TypeName"],
            name=row["Name"],
            title=row["Title"],
            summary=row["Summary"],
            text=texts.get(row["File"], ""),
        ).label
        for row in rows("matters.jsonl.zst")
    }


def share(pairs: list[tuple[str, str]]) -> float:
    """How many of the pairs' first labels are tracked where the second is."""
    asked = [first in TRACKED for first, second in pairs if second in TRACKED]
    return sum(asked) / len(asked)


@pytest.mark.skipif(not LABELS.exists(), reason=f"the labelled matters are not at {LABELS}")
@pytest.mark.parametrize(("with_text", "recall"), [(True, 0.95), (False, 0.9)])
def test_the_labelled_matters_are_told_apart(with_text: bool, recall: float) -> None:
    with LABELS.open(encoding="utf-8", newline="") as file:
        labels = list(csv.DictReader(file))
    said = judged(with_text=with_text)
    clear = [(row["label"], said[row["file"]]) for row in labels if "BORDERLINE" not in row["reason"]]
    assert all(said[row["file"]] in TRACKED for row in labels if row["label"] == "core")
    assert not [row["file"] for row in labels if row["file"].startswith("Res") and said[row["file"]] == "core"]
    assert share(clear) >= 0.95, "precision"
    assert share([(guess, label) for label, guess in clear]) >= recall, "recall"
    assert sum(label in TRACKED for label in said.values()) <= 85
