"""The front page: the timeline, what changed lately, and where things stand."""

from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

from flask import Blueprint, render_template, request

from tracker import queries
from tracker.lifecycle import Stage
from tracker.next_steps import NextStep, next_step
from tracker.queries import Line
from tracker.queries import changes as queries_changes
from tracker.queries import coverage as queries_coverage
from tracker.queries import hearings as queries_hearings
from tracker.queries import milestones as queries_milestones
from tracker.queries import sources as queries_sources
from tracker.queries.changes import ChangeFilter
from tracker.web import years
from tracker.web.site import site
from tracker.web.strip import WORDS, strip

NEWS: Final = 8
STORIES: Final = 5
CORRECTIONS: Final = 3
HEARINGS: Final = 3
DESK: Final = (Stage.VETOED, Stage.ON_MAYORS_DESK, Stage.PASSED_COUNCIL)


class Bill(NamedTuple):
    """A live bill and what can come next for it."""

    line: Line
    step: NextStep | None


class Standing(NamedTuple):
    """The live bills of one stage; `step` is what can come next, where it is the same for all of them."""

    stage: str
    bills: tuple[Bill, ...]
    step: NextStep | None


def add_to(blueprint: Blueprint) -> None:
    """Put this page among the others, which carry a mark that saves sending them twice."""
    blueprint.add_url_rule("/", view_func=home)


def home() -> str:
    today = site().today()
    shown = years.shown_years(request.args.get("years", ""), today)
    with site().reading() as session:
        coverage = queries_coverage.front(session, STORIES)
        acts = queries_milestones.milestones(session, today)
        live = queries.live_bills(session)
        laws = queries.laws(session)
        sources = queries_sources.sources(session)
        return render_template(
            "home.html",
            sources=sources,
            timeline=strip(acts, shown, today, coverage.per_day) if acts else None,
            ways=_ways(shown, today),
            WORDS=WORDS,
            news=queries_changes.news(session, NEWS, today),
            stages=standings([line for line in live if line.kind == "Introduction"], today),
            resolutions=sum(line.kind != "Introduction" for line in live),
            waiting=any(line.stage in DESK for line in live),
            laws=laws,
            orders=[line for line in queries.orders(session) if line.scope != "context"],
            corrections=queries_changes.list_changes(session, ChangeFilter(corrections=True)).rows[:CORRECTIONS],
            stories=coverage.latest,
            hearings=queries_hearings.coming(session, today)[:HEARINGS],
            calendar_read=any(state.source == "hearings" and state.good_at for state in sources),
        )


def _ways(shown: years.Years, today: date) -> dict[str, list[years.Way]]:
    return {
        "decades": years.decades(shown, today),
        "single": years.single(shown, today),
        "mayors": years.of_mayors(shown, today),
        "sessions": years.of_sessions(shown, today),
    }


def standings(lines: Sequence[Line], today: date) -> list[Standing]:
    """Live bills under the stage they are in, the stage nearest to law first."""
    found = []
    for stage in reversed(queries.LIVE_STAGES):
        bills = tuple(
            Bill(line, next_step(line.kind, line.stage, line.stage_since, line.introduced_on, today))
            for line in lines
            if line.stage == stage
        )
        steps = {bill.step for bill in bills}
        if bills:
            found.append(Standing(stage.value, bills, steps.pop() if len(steps) == 1 else None))
    return found
