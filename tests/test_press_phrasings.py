"""The many wordings of reporters, and what only looks like them: sentences of our own, none from an article."""

import csv
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tracker.config import load_config
from tracker.database import reading
from tracker.press.matching import PUBLISHED, Press, open_press
from tracker.press.terms import PressTerms
from tracker.press.text import fold

CONFIG = load_config(None, {})
NOW = datetime(2026, 11, 24, 17, tzinfo=UTC)
CASES = list(csv.DictReader((Path(__file__).parent / "press_phrasings.csv").read_text(encoding="utf-8").splitlines()))
LINKED = [case for case in CASES if case["files"]]

# Letters of the Cyrillic and Greek alphabets that are printed like the Latin ones beside them.
LOOKALIKES = dict(
    zip("AaeoOpcxBHKMT", "\u0410\u0430\u0435\u043e\u039f\u0440\u0441\u0445\u0392\u041d\u041a\u041c\u0422", strict=True)
)
_SPUN = 0.3  # of the letters that have a double
ELSEWHERE = (
    "The weather will be fine on Sunday, with light winds from the west.",
    "A bakery in the neighborhood sells bread and pies; its owner opened a second shop.",
    "The library extends its hours, and children may borrow more books.",
    "The home team won by three runs before a full stadium.",
)


@pytest.fixture(scope="module")
def press(shipped: sa.Engine) -> Press:
    """The matcher over the record that ships with the package."""
    with reading(shipped) as session:
        return open_press(session, CONFIG.press)


def links(press: Press, text: str, published: str) -> set[str]:
    """What would be published, without suits, rulings and rules of agencies, which few of the cases are about."""
    day = date.fromisoformat(published) if published else None
    found = (link for link in press.read("", text, day).links if link.outcome == PUBLISHED)
    return {link.file_number for link in found if link.file_number.startswith(("Int ", "Res ", "EO ", "EEO ", "Unit"))}


def wanted(case: dict[str, str], column: str = "files") -> set[str]:
    return set(filter(None, case[column].split(";")))


def test_every_wording_means_what_a_careful_editor_would_link(press: Press) -> None:
    failures = [
        (case["text"], sorted(found))
        for case in CASES
        if (found := links(press, case["text"], case["published"])) - wanted(case, "may_also")
        != wanted(case) - wanted(case, "may_also")
    ]
    assert failures == []


@given(case=st.sampled_from(LINKED), choice=st.randoms(use_true_random=False))
def test_look_alike_letters_and_typographic_signs_change_no_link(
    press: Press, case: dict[str, str], choice: Random
) -> None:
    spun = "".join(LOOKALIKES.get(sign, sign) if choice.random() < _SPUN else sign for sign in case["text"])
    spun = spun.replace("'", "\u2019").replace(" ", "\u00a0", 1)
    assert fold(spun).replace("\u00a0", " ") == fold(case["text"])
    assert links(press, spun, case["published"]) == links(press, case["text"], case["published"])


@given(case=st.sampled_from(LINKED), wide=st.sampled_from(("  ", "\t", " \u00a0")))
def test_white_space_changes_no_link(press: Press, case: dict[str, str], wide: str) -> None:
    text = wide.join(case["text"].split(" "))
    assert links(press, f"\n{text}\n\n", case["published"]) == links(press, case["text"], case["published"])


@given(case=st.sampled_from(LINKED), more=st.lists(st.sampled_from(ELSEWHERE), min_size=1, max_size=6))
def test_unrelated_text_around_adds_no_link(press: Press, case: dict[str, str], more: list[str]) -> None:
    found = links(press, "\n".join([*more, case["text"], *more]), case["published"])
    assert found <= links(press, case["text"], case["published"])


@given(case=st.sampled_from(LINKED))
def test_a_headline_in_capitals_adds_no_link(press: Press, case: dict[str, str]) -> None:
    known = links(press, case["text"], case["published"]) | wanted(case, "may_also")
    assert links(press, case["text"].upper(), case["published"]) <= known


def test_a_phrase_with_a_group_that_is_not_there_is_refused() -> None:
    settings = CONFIG.press.model_dump() | {"topic": ("{no_such_group} + ICE",)}
    with pytest.raises(ValidationError, match="no_such_group"):
        PressTerms.model_validate(settings)
