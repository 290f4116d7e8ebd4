"""How well the rules judge, as last measured: ``record/figures.csv``, which ships with the package.

Precision is the share of what a rule says that is right, recall the share of what is right that it says. Tests measure
the figures anew where the labelled data is at hand, and hold them to docs/coverage-matching.md.
"""

import csv
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from babel import numbers

from tracker.language import N_, Words, current

FILE: Final = Path(__file__).parent / "record" / "figures.csv"
RULES: Final = Words(
    {
        "coverage": N_("Which measures a piece of coverage is about"),
        "scope": N_("Which Council matters are followed"),
        "lineage": N_("Which bill of an earlier session a bill brings back"),
    }
)
SAMPLES: Final = Words(
    {
        "unseen-pages": N_("%(num)s pages that nobody had looked at while the rule was made"),
        "labelled-matters": N_("%(num)s matters labelled by hand, with their texts; the rule was made in view of them"),
        "labelled-matters-without-text": N_("the same %(num)s matters without their texts"),
        "labelled-returns": N_("%(num)s returns labelled by hand; the rule was made in view of some of them"),
    }
)


class Figure(NamedTuple):
    """One rule on one sample of ``size``. ``recall_main`` counts only what a piece has for its subject; None elsewhere.

    Shares are between 0 and 1.
    """

    rule: str
    sample: str
    precision: float
    recall: float
    recall_main: float | None
    size: int
    measured_on: date


def percent(share: float) -> str:
    """A share as the language writes it: "94.3%"."""
    return numbers.format_percent(share, "#,##0.0%", locale=current().locale)


@cache
def figures() -> tuple[Figure, ...]:
    """Every figure, in the order of the file."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return tuple(map(_read, csv.DictReader(file)))


def _read(row: dict[str, str]) -> Figure:
    return Figure(
        row["rule"],
        row["sample"],
        float(row["precision"]),
        float(row["recall"]),
        float(row["recall_main"]) if row["recall_main"] else None,
        int(row["size"]),
        date.fromisoformat(row["measured_on"]),
    )
