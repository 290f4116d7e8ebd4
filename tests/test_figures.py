"""The figures on the About page are those that were measured, here and in docs/coverage-matching.md."""

import csv
import re
from pathlib import Path

import pytest
from test_lineage import LEFT_OUT, labelled, published
from test_scope import LABELS, judged

from tracker import figures, language
from tracker.figures import Figure
from tracker.models import TRACKED

DOCS = Path(__file__).resolve().parents[1] / "docs"


def figure(rule: str, sample: str) -> Figure:
    (found,) = (each for each in figures.figures() if (each.rule, each.sample) == (rule, sample))
    return found


def test_every_figure_has_words_and_is_a_share() -> None:
    assert {each.rule for each in figures.figures()} == set(figures.RULES)
    assert {each.sample for each in figures.figures()} == set(figures.SAMPLES)
    assert all(0 <= share <= 1 for each in figures.figures() for share in (each.precision, each.recall))


def test_the_figures_of_coverage_are_those_of_its_page_in_the_docs() -> None:
    page = (DOCS / "coverage-matching.md").read_text(encoding="utf-8")
    *_, last = re.findall(r"^\| test pages, never looked at,.*\|$", page, re.MULTILINE)
    shares = [float(share) for share in re.findall(r"\b0\.\d+\b", last)]
    held = figure("coverage", "unseen-pages")
    assert shares == [held.precision, held.recall, held.recall_main]


@pytest.mark.skipif(not LABELS.exists(), reason="the labelled matters are not at hand")
@pytest.mark.parametrize("sample", ["labelled-matters", "labelled-matters-without-text"])
def test_the_figures_of_scope_are_measured(sample: str) -> None:
    said = judged(with_text=sample == "labelled-matters")
    with LABELS.open(encoding="utf-8", newline="") as file:
        clear = [(row["label"], said[row["file"]]) for row in csv.DictReader(file) if "BORDERLINE" not in row["reason"]]
    both = sum(label in TRACKED and guess in TRACKED for label, guess in clear)
    held = figure("scope", sample)
    assert len(clear) == held.size
    assert round(both / sum(guess in TRACKED for _, guess in clear), 3) == held.precision
    assert round(both / sum(label in TRACKED for label, _ in clear), 3) == held.recall


def test_the_figures_of_lineage_are_measured_on_the_labels_as_they_were_given(data: Path) -> None:
    held, pairs = labelled(data)
    given = pairs - LEFT_OUT
    found = published(held)
    known = figure("lineage", "labelled-returns")
    assert len(given) == known.size
    assert (round(len(found & given) / len(found), 3), round(len(found & given) / len(given), 3)) == (
        known.precision, known.recall,
    )  # fmt: skip


def test_a_share_is_written_as_the_language_writes_it() -> None:
    assert figures.percent(0.9432) == "94.3%"
    with language.speaking("es"):
        assert figures.percent(0.9432) == "94,3%"
