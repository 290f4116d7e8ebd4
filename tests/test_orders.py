"""Orders become matters: whose order revokes which, which renewals are one chain, and what is followed.

The small corpora name real orders by their real numbers and dates; their texts are written for the tests, in the
phrases that orders use.
"""

import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from archive_builder import RULE
from hypothesis import given
from hypothesis import strategies as st

from scrapers.orders_archive import MAYORS, SeenOrder, from_file
from scrapers.printed_dates import MONTHS
from scrapers.records import MatterRecord, OrderRecord
from tracker import lifecycle, record, vocabulary
from tracker.orders.corpus import Made, matters
from tracker.orders.titles import title_of
from tracker.wording import MAYORS as TERMS

TODAY = date(2026, 11, 24)
BY_POWER = "By the power vested in me as Mayor of the City of New York, it is hereby ordered:\n"
EFFECT = "\n§ 2. This Order shall take effect immediately.\n"
STATUS = (
    "Section 1. A City employee shall not inquire about immigration status, and shall tell federal immigration "
    "authorities nothing."
)


def printed(day: str) -> str:
    year, month, number = day.split("-")
    return f"{MONTHS[int(month) - 1]} {int(number)}, {year}"


def order(
    key: str, day: str = "", ordered: str = "Section 1. Trees shall be counted.", subject: str = "", **more: object
) -> OrderRecord:
    year, series, number = key.split("-")
    surname = [name for since, name in ((date(1974, 1, 1), "Beame"), *TERMS) if since.year <= int(year)][-1]
    issuer = f"Mayor {MAYORS[surname]}"
    return OrderRecord(
        key,
        series,
        number.lstrip("0"),
        int(year),
        subject,
        issuer,
        issuer,
        day,
        "",
        "",
        f"https://www.nyc.gov/{key}.pdf",
        BY_POWER + ordered + EFFECT if ordered else "",
        True,
    )._replace(**more)  # type: ignore[arg-type]


def extends(series: str, number: str, day: str, section: str = "section 1 of ") -> str:
    kind = "Emergency Executive Order" if series == "EEO" else "Executive Order"
    named = f"{kind} No. {number}, dated {printed(day)},"
    return f"Section 1. I hereby direct that {section}{named} is extended for five (5) days."


def revokes(number: str, day: str) -> str:
    return f"Section 1. Executive Order No. {number}, dated {printed(day)}, is hereby revoked."


def made(*orders: OrderRecord, today: date = TODAY) -> Made:
    return matters(orders, today, RULE)


def matter(done: Made, file_number: str) -> MatterRecord:
    return next(each for each in done.records if each.file_number == file_number)


def told(record_: MatterRecord) -> list[tuple[str, str, str]]:
    return [(act.acted_on, act.name, act.note) for act in record_.actions]


def links(done: Made) -> list[tuple[str, str, str, str]]:
    return [(each.earlier, each.later, each.kind, each.confidence) for each in done.relations]


EO124 = order("1989-EO-124", "1989-08-07", STATUS, "CITY POLICY CONCERNING ALIENS")
EO34 = order(
    "2003-EO-034", "2003-05-13", revokes("124", "1989-08-07") + "\n" + STATUS,
    "CITY POLICY CONCERNING IMMIGRANT ACCESS TO CITY SERVICES",
)  # fmt: skip
EO41 = order(
    "2003-EO-041", "2003-09-17",
    f"Section 1. Section 2 of Executive Order No. 34, dated May 13, 2003, is amended to read as follows: {STATUS}",
    "CITY-WIDE PRIVACY POLICY AND AMENDMENT OF EXECUTIVE ORDER NO. 34 RELATING TO IMMIGRANT ACCESS TO CITY SERVICES",
)  # fmt: skip
EO50 = order(
    "2025-EO-050", "2025-04-08", "Section 1. DOC may negotiate under sections 9-131 and 10-178.",
    "AUTHORIZING FEDERAL IMMIGRATION AUTHORITIES TO INVESTIGATE CRIMINAL ACTIVITY ON RIKERS ISLAND",
    signer="First Deputy Mayor",
)  # fmt: skip
EO1 = order(
    "2026-EO-001", "2026-01-01",
    "Section 1. All Executive Orders issued prior to September 26, 2024, and in effect on December 31, 2025, are "
    "hereby continued. All Executive Orders issued on or after September 26, 2024, and in effect on December 31, "
    "2025, are hereby revoked.", "PRIOR EXECUTIVE ORDERS",
)  # fmt: skip
STORY = (EO124, EO34, EO41, EO50, EO1)


# What later orders do


def test_the_order_of_1989_is_signed_and_revoked_in_2003() -> None:
    done = made(*STORY)
    eo124 = matter(done, "EO 124-1989")
    assert told(eo124) == [
        ("1989-08-07", "Order Signed", "Mayor Edward I. Koch signs the order."),
        ("2003-05-13", "Order Revoked", "Executive Order 34 of 2003 revokes it."),
    ]
    assert (eo124.source_id, eo124.status, eo124.title) == (
        "eo:1989-EO-124", "Revoked", "City Policy Concerning Aliens",
    )  # fmt: skip
    assert eo124.actions[1].source_id == "2003-EO-034:revokes"
    assert eo124.actions[1].url == "https://www.nyc.gov/2003-EO-034.pdf"
    assert ("EO 124-1989", "EO 34-2003", "revokes", "high") in links(done)


def test_executive_order_41_amends_34_and_does_not_replace_it() -> None:
    done = made(*STORY)
    eo34 = matter(done, "EO 34-2003")
    assert told(eo34)[1:] == [("2003-09-17", "Order Amended", "Executive Order 41 of 2003 amends it.")]
    assert eo34.status == "State unknown"
    assert ("EO 34-2003", "EO 41-2003", "amends", "high") in links(done)


def test_the_dividing_date_of_2026_catches_executive_order_50_and_not_34_or_41() -> None:
    done = made(*STORY)
    assert [link for link in links(done) if link[1] == "EO 1-2026"] == [
        ("EO 50-2025", "EO 1-2026", "revokes", "medium")
    ]
    last = matter(done, "EO 50-2025").actions[-1]
    assert (last.acted_on, last.name, last.confidence) == ("2026-01-01", "Order Revoked", "medium")
    assert last.note == "Executive Order 1 of 2026 revokes orders of its time, and this one by its date."


@pytest.mark.parametrize(("day", "caught"), [("2024-09-25", False), ("2024-09-26", True), ("2025-12-31", True)])
def test_a_mass_effect_reaches_from_its_first_day_to_its_last(day: str, caught: bool) -> None:
    done = made(order(f"{day[:4]}-EO-045", day), EO1)
    assert (matter(done, f"EO 45-{day[:4]}").status == "Revoked") is caught


def test_a_mass_revocation_leaves_emergency_orders_and_what_had_ended_alone() -> None:
    ended = order("2025-EO-046", "2025-01-13")
    ending = order("2025-EO-049", "2025-03-24", revokes("46", "2025-01-13"))
    done = made(ended, ending, order("2025-EEO-904", "2025-12-31"), EO1)
    assert told(matter(done, "EO 46-2025"))[-1][0] == "2025-03-24"
    assert [link[0] for link in links(done) if link[1] == "EO 1-2026"] == ["EO 49-2025"]


def test_a_mass_continuation_is_no_act_and_no_relation() -> None:
    """Every new mayor's first order; as rows it would stand on hundreds of orders and change none of them."""
    keeps = "Section 1. All Executive Orders in effect on December 31, 2013 are hereby continued."
    done = made(EO34, EO41, order("2014-EO-001", "2014-01-01", keeps))
    assert [link for link in links(done) if link[1] == "EO 1-2014"] == []
    assert len(matter(done, "EO 34-2003").actions) == 2


def test_a_revocation_in_part_amends() -> None:
    """Executive Order 49 of 2025 revokes 46 except for two of its sections."""
    partly = "Section 1. Executive Order 46, dated January 13, 2025, is hereby REVOKED, except that section 13 remains."
    done = made(order("2025-EO-046", "2025-01-13"), order("2025-EO-049", "2025-03-24", partly))
    assert told(matter(done, "EO 46-2025"))[-1] == (
        "2025-03-24", "Order Amended", "Executive Order 49 of 2025 revokes a part of it.",
    )  # fmt: skip
    assert links(done) == [("EO 46-2025", "EO 49-2025", "amends", "high")]


def test_a_signer_without_a_name_is_told_by_the_office() -> None:
    eo50 = matter(made(EO50), "EO 50-2025")
    assert (eo50.issuer, eo50.signer) == ("Mayor Eric Adams", "First Deputy Mayor")
    assert told(eo50)[0][2] == "The First Deputy Mayor signs the order."


def test_the_mayors_name_in_another_form_is_the_mayors() -> None:
    eo1 = matter(made(EO1._replace(signer="Zohran Kwame Mamdani")), "EO 1-2026")
    assert eo1.signer == eo1.issuer == "Mayor Zohran K. Mamdani"


# Which order is meant


def cited(words: str, *held: OrderRecord, citing: str = "2010-EO-137", day: str = "2010-06-01") -> list[str]:
    done = made(*held, order(citing, day, f"Section 1. {words} is hereby revoked."))
    return [earlier for earlier, _, _, _ in links(done)]


OLD, NEW = order("1990-EO-012", "1990-06-29"), order("2002-EO-012", "2002-07-01")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Executive Order No. 12, dated June 29, 1990,", ["EO 12-1990"]),
        ("Executive Order No. 12, dated July 1, 2002,", ["EO 12-2002"]),
        ("Executive Order No. 12 of 2002", ["EO 12-2002"]),
        ("Executive Order No. 12 of 1995", []),
        ("Executive Order No. 12", ["EO 12-2002"]),
        ("Executive Order No. 13", []),
    ],
)
def test_numbers_return_with_each_mayor_so_the_date_or_the_year_decides(words: str, found: list[str]) -> None:
    assert cited(words, OLD, NEW) == found


def test_a_bare_number_is_the_same_mayors_or_the_last_ones() -> None:
    assert cited("Executive Order No. 12", OLD) == []  # two mayors ago
    assert cited("Executive Order No. 12", OLD, citing="1994-EO-002", day="1994-02-01") == ["EO 12-1990"]


def test_a_lower_number_that_is_not_at_hand_is_not_looked_for_elsewhere() -> None:
    """An order numbered 20 that names 12 means its own mayor's, even where that one is missing."""
    assert cited("Executive Order No. 12", OLD, citing="1994-EO-020", day="1994-12-01") == []


def test_a_number_that_a_scan_broke_names_nothing() -> None:
    """Executive Order 73 of 2021 repeals "Executive Order 1 7 of 1990"."""
    first = order("1990-EO-001", "1990-01-02")
    assert cited("Executive Order 1 7 of 1990", first, citing="2021-EO-073", day="2021-06-01") == []


def test_an_order_never_acts_on_itself_or_on_a_later_one() -> None:
    assert cited("Executive Order No. 137", citing="2010-EO-137") == []
    assert cited("Executive Order No. 140", order("2010-EO-140", "2010-07-01")) == []


def test_what_is_not_found_is_a_doubt_unless_it_is_older_than_every_order_held() -> None:
    done = made(OLD, order("1991-EO-020", "1991-02-01", revokes("7", "1991-01-01") + " " + revokes("9", "1966-03-04")))
    assert done.doubts == (
        (
            "EO 20-1991",
            "It revokes Executive Order 7, dated 1991-01-01, which was not found among the orders, or not for certain.",
        ),
    )


# Emergency chains


def chain(*numbered: tuple[str, str]) -> list[OrderRecord]:
    """A first order and its renewals, each of the one before."""
    first, *rest = numbered
    orders = [order(f"{first[1][:4]}-EEO-{first[0]}", first[1], "Section 1. A state of emergency is hereby declared.")]
    for (before, day_before), (number, day) in zip(numbered, rest, strict=False):
        orders.append(order(f"{day[:4]}-EEO-{number}", day, extends("EEO", before, day_before)))
    return orders


ARRIVALS = chain(("224", "2022-10-07"), ("230", "2022-10-12"), ("236", "2022-10-17"))


def test_five_day_renewals_are_one_matter_named_by_the_first() -> None:
    done = made(*ARRIVALS)
    (only,) = done.records
    assert (only.file_number, only.kind, only.title) == (
        "EEO 224-2022", "Emergency Executive Order", "Emergency Executive Order 224",
    )  # fmt: skip
    assert told(only) == [
        ("2022-10-07", "Order Signed", "Mayor Eric Adams signs the order."),
        ("2022-10-12", "Order Extended", "Emergency Executive Order 230 of 2022 extends it."),
        ("2022-10-17", "Order Extended", "Emergency Executive Order 236 of 2022 extends it."),
    ]
    assert only.status == "State unknown" and done.relations == () and done.doubts == ()


def test_a_renewal_that_changes_something_says_so() -> None:
    changing = order("2022-EEO-242", "2022-10-22", extends("EEO", "236", "2022-10-17") + " Section 2 of Emergency "
                     "Executive Order No. 224, dated October 7, 2022, is hereby amended.")  # fmt: skip
    (only,) = made(*ARRIVALS, changing).records
    assert only.actions[-1].note == "Emergency Executive Order 242 of 2022 extends it, with changes."


def test_a_new_mayor_starts_a_chain_that_takes_the_old_ones_place() -> None:
    later = order("2026-EEO-2", "2026-01-05", extends("EEO", "236", "2022-10-17"))
    done = made(*ARRIVALS, later, order("2026-EEO-2.1", "2026-01-10", extends("EEO", "2", "2026-01-05")))
    old, new = done.records
    assert told(old)[-1] == (
        "2026-01-05", "Order Replaced", "Emergency Executive Order 2 of 2026 goes on in its place.",
    )  # fmt: skip
    assert (old.status, new.file_number, len(new.actions)) == ("Replaced", "EEO 2-2026", 2)
    assert links(done) == [("EEO 224-2022", "EEO 2-2026", "continues", "high")]


def test_dotted_numbers_belong_to_the_chain_of_their_number_whatever_their_text_says() -> None:
    parts = [order(f"2026-EEO-2.{n}", f"2026-02-{n:02d}", "" if n == 9 else "Section 1. Go on.") for n in range(1, 12)]
    done = made(order("2026-EEO-2", "2026-01-05"), order("2026-EEO-1", "2026-01-05"), *parts)
    assert Counter(each.file_number for each in done.records) == {"EEO 1-2026": 1, "EEO 2-2026": 1}
    assert [act.source_id for act in matter(done, "EEO 2-2026").actions][-3:] == [
        "2026-EEO-2.9:extends", "2026-EEO-2.10:extends", "2026-EEO-2.11:extends",
    ]  # fmt: skip
    assert "Emergency Executive Order 2.9 of 2026 goes on with it." in [
        each[2] for each in told(matter(done, "EEO 2-2026"))
    ]


def test_orders_of_one_mayor_that_extend_the_same_older_order_are_one_chain() -> None:
    """Those of 2014 extend Executive Order 234 of 2013, each for five days."""
    old = order("2013-EO-234", "2013-02-05")
    again = [order(f"2014-EEO-{n}", f"2014-01-{n:02d}", extends("EO", "234", "2013-02-05")) for n in (1, 6, 11)]
    done = made(old, *again)
    assert [each.file_number for each in done.records] == ["EO 234-2013", "EEO 1-2014"]
    assert [act.name for act in matter(done, "EO 234-2013").actions] == ["Order Signed", "Order Replaced"]
    assert len(matter(done, "EEO 1-2014").actions) == 3


def test_a_stretch_whose_first_text_is_missing_joins_the_chain_that_a_later_order_shows() -> None:
    unread = order("2022-EEO-270", "2022-11-22", "")
    after = order("2022-EEO-274", "2022-11-27", extends("EEO", "270", "2022-11-22"))
    both = order("2022-EEO-278", "2022-12-02", extends("EEO", "224", "2022-10-07", "") + " "
                 + extends("EEO", "274", "2022-11-27"))  # fmt: skip
    assert len(made(*ARRIVALS, unread, after).records) == 2
    (only,) = made(*ARRIVALS, unread, after, both).records
    assert len(only.actions) == 6


def test_two_declared_emergencies_stay_two_though_one_order_extends_both() -> None:
    """Emergency Executive Order 714 of 2024 extends both emergencies in the jails."""
    other = order(
        "2024-EEO-624", "2024-07-27", "Section 1. A state of emergency is hereby declared to exist in the jails."
    )
    both = order("2024-EEO-714", "2024-12-24", extends("EEO", "236", "2022-10-17") + " "
                 + extends("EEO", "624", "2024-07-27", ""))  # fmt: skip
    done = made(*ARRIVALS, other, both)
    assert [each.file_number for each in done.records] == ["EEO 224-2022", "EEO 624-2024"]
    assert [act.source_id for act in matter(done, "EEO 624-2024").actions] == [
        "2024-EEO-624:signed",
        "2024-EEO-714:extends",
    ]


def test_a_renewal_of_an_order_that_is_not_at_hand_starts_a_chain_with_a_doubt() -> None:
    """Emergency Executive Order 471 is in no collection."""
    done = made(order("2023-EEO-475", "2023-08-09", extends("EEO", "471", "2023-08-04")))
    assert [each.file_number for each in done.records] == ["EEO 475-2023"]
    assert [doubt[0] for doubt in done.doubts] == ["EEO 475-2023"]
    assert "471" in done.doubts[0][1]


# What is not known


def test_an_order_is_in_force_only_while_its_mayor_is_in_office() -> None:
    assert made(order("2026-EO-013", "2026-02-06")).records[0].status == "In force"
    assert made(EO50, today=date(2025, 12, 31)).records[0].status == "In force"
    assert made(EO50, today=date(2026, 1, 1)).records[0].status == "State unknown"
    assert made(EO41).records[0].status == "State unknown"


def test_an_order_without_a_date_has_no_dated_act_and_does_none() -> None:
    done = made(
        order("1980-EO-041"), order("1984-EO-073", "", "Section 1. Executive Order No. 41 of 1980 is hereby revoked.")
    )
    assert [each.actions for each in done.records] == [(), ()]
    assert links(done) == [("EO 41-1980", "EO 73-1984", "revokes", "high")]


def test_what_is_off_about_a_followed_order_is_raised_and_about_others_is_not() -> None:
    cut = "The text is short for 6 pages (1,940 characters): most of it is missing."
    done = made(EO50._replace(complete=False, doubts=(cut,)), order("2025-EO-051", "2025-05-01", doubts=("Noisy.",)))
    assert done.doubts == (("EO 50-2025", cut),)


def test_a_key_that_is_no_number_is_left_out_and_told() -> None:
    done = made(EO50, EO50._replace(key="2025-EO-0"))
    assert [each.file_number for each in done.records] == ["EO 50-2025"]
    assert done.doubts[0][0] == "2025-EO-0"


def test_no_orders_make_nothing() -> None:
    assert made() == Made((), (), ())


# Scope


def labels(done: Made) -> dict[str, str]:
    return {each.file_number: each.scope for each in done.records}


def test_the_orders_on_cooperation_are_core_and_the_one_that_ends_the_last_is_related() -> None:
    assert labels(made(*STORY)) == {
        "EO 124-1989": "core", "EO 34-2003": "core", "EO 41-2003": "core", "EO 50-2025": "core", "EO 1-2026": "related",
    }  # fmt: skip
    assert matter(made(*STORY), "EO 1-2026").scope_reason == (
        "It revokes Executive Order 50 of 2025, which this site follows, by its date."
    )


def test_deputy_mayors_who_oversee_the_office_of_immigrant_affairs_are_out() -> None:
    reports = "Section 1. The Office of Immigrant Affairs reports to the Deputy Mayor."
    deputies = order("2025-EO-046", "2025-01-13", reports, "DEPUTY MAYORS AND SENIOR LEADERSHIP")
    assert labels(made(deputies)) == {"EO 46-2025": "out"}


def test_a_heritage_week_is_not_about_enforcement() -> None:
    week = order("2009-EO-128", "2009-04-17", "Section 1. There shall be an Immigrant Heritage Week.",
                 "ANNUAL CELEBRATION OF IMMIGRANT HERITAGE")  # fmt: skip
    assert labels(made(week)) == {"EO 128-2009": "context"}


def test_a_recital_does_not_make_an_order_core() -> None:
    told_only = order("2018-EO-034", "2018-04-12", subject="OFFICE OF IMMIGRANT TREES")
    recital = "WHEREAS, federal immigration authorities were told of immigration status;\nNOW, THEREFORE,\n"
    assert labels(made(told_only._replace(text=recital + told_only.text))) == {"EO 34-2018": "context"}


def test_an_emergency_over_arrivals_is_context() -> None:
    first = ARRIVALS[0]._replace(text="WHEREAS, asylum seekers arrive; and WHEREAS, more asylum seekers will arrive; "
                                 + ARRIVALS[0].text)  # fmt: skip
    assert labels(made(first, *ARRIVALS[1:])) == {"EEO 224-2022": "context"}


def test_a_new_mayors_general_order_is_context_where_it_keeps_a_followed_order_that_has_not_ended() -> None:
    keeps = "Section 1. All Executive Orders in effect on December 31, {} are hereby continued."
    in_2002 = order("2002-EO-001", "2002-01-01", keeps.format(2001))
    in_2014 = order("2014-EO-001", "2014-01-01", keeps.format(2013))
    done = made(EO124, EO34, in_2002, in_2014)
    assert "Executive Order 124 of 1989" in matter(done, "EO 1-2002").scope_reason
    assert "Executive Order 34 of 2003" in matter(done, "EO 1-2014").scope_reason
    assert labels(made(in_2014)) == {"EO 1-2014": "out"}


def test_a_missing_text_is_the_reason_and_not_the_absence_of_a_word() -> None:
    (only,) = made(order("2020-EO-056", "2020-05-01", "")).records
    assert (only.scope, only.text) == ("out", None)
    assert only.scope_reason.startswith("No text of it is at hand")


# Titles


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        ("CITY POLICY CONCERNING ALIENS", "City Policy Concerning Aliens"),
        ("CITY-WIDE PRIVACY POLICY AND AMENDMENT OF EXECUTIVE ORDER NO. 34",
         "City-Wide Privacy Policy and Amendment of Executive Order No. 34"),
        ("MAYOR’S OFFICE OF M/WBE PROGRAMS IN NYC", "Mayor’s Office of M/WBE Programs in NYC"),
        ("OF THE PEOPLE", "Of the People"),
        ("PLANS UNDER SECTION 414(H) (ALIENS)", "Plans under Section 414(H) (Aliens)"),
        ("Climate Action NOW", "Climate Action NOW"),
        ("NO. 5", "NO. 5"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_subject_in_capitals_is_put_as_a_title(subject: str, title: str) -> None:
    assert title_of(subject) == title


@given(st.text(max_size=60))
def test_a_title_differs_from_its_subject_in_case_alone(subject: str) -> None:
    assert title_of(subject).casefold() == subject.casefold()


# Properties


NUMBERS = st.integers(1, 6)


@st.composite
def corpora(draw: st.DrawFn) -> list[OrderRecord]:
    orders = {}
    for _ in range(draw(st.integers(0, 12))):
        year, series = draw(st.sampled_from([2021, 2022, 2025, 2026])), draw(st.sampled_from(["EO", "EEO"]))
        number, on = draw(NUMBERS), f"{year}-0{draw(NUMBERS)}-0{draw(NUMBERS)}"
        part = f".{draw(NUMBERS)}" if series == "EEO" and draw(st.booleans()) else ""
        key = f"{year}-EO-{number:03d}" if series == "EO" else f"{year}-EEO-{number}{part}"
        verb = draw(st.sampled_from(["revoked", "amended", "extended"]))
        target = f"{draw(st.sampled_from(['Executive', 'Emergency Executive']))} Order No. {draw(NUMBERS)}"
        when = draw(st.sampled_from(["", f", dated {printed(on)},", " of 2022"]))
        words = draw(st.sampled_from([f"Section 1. {target}{when} is hereby {verb}.", "", EO1.text]))
        orders[key] = order(key, draw(st.sampled_from([on, ""])), words)
    return list(orders.values())


@given(corpora(), st.randoms(use_true_random=False))
def test_the_result_does_not_depend_on_the_order_of_the_orders(orders: list[OrderRecord], random: object) -> None:
    shuffled = orders + orders[:1]  # a second copy changes nothing either
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert matters(shuffled, TODAY, RULE) == matters(orders, TODAY, RULE)


@given(corpora())
def test_every_order_is_in_exactly_one_matter_and_every_row_is_sound(orders: list[OrderRecord]) -> None:
    done = matters(orders, TODAY, RULE)
    roots = {each.source_id.removeprefix("eo:") for each in done.records}
    assert len(roots) == len(done.records)
    named = {each.file_number for each in done.records}
    assert all({link.earlier, link.later} <= named and link.earlier != link.later for link in done.relations)
    own = Counter(
        key
        for each in done.records
        for key, what in (act.source_id.split(":") for act in each.actions)
        if what == "signed" or (what == "extends" and key not in roots)
    )
    dated = {each.key for each in orders if each.dated_on}
    assert set(own) == dated and all(own[key] == 1 for key in dated & roots)
    for each in done.records:
        check_rows(each)


def check_rows(each: MatterRecord) -> None:
    assert len({act.source_id for act in each.actions}) == len(each.actions)
    assert [act.acted_on for act in each.actions] == sorted(act.acted_on for act in each.actions)
    assert vocabulary.unknown_words(each.actions, each.status) == []
    assert each.partial and each.scope and each.scope_reason


# The real collection


@pytest.fixture(scope="module")
def real(data: Path) -> tuple[list[OrderRecord], Made]:
    seen = from_file(data / "executive_orders" / "orders.jsonl.zst", 0)
    orders = [each.order for each in seen if isinstance(each, SeenOrder)]
    return orders, matters(orders, TODAY, RULE)


def test_the_real_orders_become_974_ordinary_matters_and_70_chains(real: tuple[list[OrderRecord], Made]) -> None:
    orders, done = real
    assert len(orders) == 2291
    assert Counter(each.kind for each in done.records) == {"Executive Order": 974, "Emergency Executive Order": 70}
    for each in done.records:
        check_rows(each)


def test_each_real_emergency_order_is_in_exactly_one_chain(real: tuple[list[OrderRecord], Made]) -> None:
    orders, done = real
    roots = {each.source_id.removeprefix("eo:") for each in done.records}
    renewed = [
        act.source_id.removesuffix(":extends")
        for each in done.records
        if each.kind == "Emergency Executive Order"
        for act in each.actions
        if act.name == "Order Extended"
    ]
    for each in orders:
        if each.series == "EEO" and (each.dated_on or each.listed_on):
            assert each.key in roots or each.key in renewed


def test_every_real_order_over_arriving_asylum_seekers_is_in_two_chains(real: tuple[list[OrderRecord], Made]) -> None:
    """226 orders of 2022 to 2025 speak of them, and seven more whose text is lost belong to the same chain."""
    orders, done = real
    first, second = matter(done, "EEO 224-2022"), matter(done, "EEO 2-2026")
    held = {act.source_id.split(":")[0] for act in (*first.actions, *second.actions)}
    speak = {each.key for each in orders if each.series == "EEO" and re.search("asylum|migrant", each.text)}
    assert speak <= held and len(speak) >= 226
    assert (first.actions[-2].source_id, first.actions[-1].source_id) == ("2025-EEO-904:extends", "2026-EEO-2:replaces")
    assert (first.status, first.actions[-1].acted_on) == ("Replaced", "2026-01-05")
    assert second.actions[-1].source_id == "2026-EEO-2.38:extends"


def test_the_real_orders_that_come_out_followed(real: tuple[list[OrderRecord], Made]) -> None:
    _, done = real
    found = {label: {each.file_number for each in done.records if each.scope == label} for label in ("core", "related")}
    assert found == {
        "core": {"EO 124-1989", "EO 34-2003", "EO 41-2003", "EO 50-2025", "EO 13-2026"},
        "related": {"EO 1-2026"},
    }
    assert labels(done)["EEO 224-2022"] == "context"


def test_the_real_links_are_those_of_the_curated_record(real: tuple[list[OrderRecord], Made]) -> None:
    _, done = real
    made_here = set(links(done))
    for link in record.facts().relations:
        if link.earlier.startswith(("EO", "EEO")) and link.later.startswith(("EO", "EEO")):
            ours = (link.earlier, link.later, link.kind, link.confidence) in made_here
            mass = link.kind == "continues" and link.confidence == "medium"
            assert ours is not mass, link


def test_the_real_matters_meet_the_curated_ones_and_agree_on_what_was_signed(
    real: tuple[list[OrderRecord], Made],
) -> None:
    _, done = real
    ours = {each.source_id: each for each in done.records}
    for seen in record.observations():
        curated = seen.matter
        if curated is None or not curated.source_id.startswith("eo:"):
            continue
        mine = ours[curated.source_id]
        assert (mine.file_number, mine.kind, mine.issuer, mine.introduced_on) == (
            curated.file_number, curated.kind, curated.issuer, curated.introduced_on,
        )  # fmt: skip
        assert mine.actions[0][1:6] == curated.actions[0][1:6]


def test_the_stage_of_every_dated_real_order_agrees_with_its_status(real: tuple[list[OrderRecord], Made]) -> None:
    _, done = real
    for each in done.records:
        outcome = lifecycle.outcome(each.kind, each.actions, each.status, "", "", TODAY)
        assert outcome.disagreements == () or not each.introduced_on, (each.file_number, outcome)


def test_the_real_result_does_not_depend_on_the_order_of_the_orders(real: tuple[list[OrderRecord], Made]) -> None:
    orders, done = real
    assert matters(orders[::-1], TODAY, RULE) == done
