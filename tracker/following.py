"""What an address may follow, in words: the same on the pages, in notices and where a digest says why. Pure.

A thing followed is a pair: its kind (of `models_mail.FOLLOWED`) and its value, as `models_mail.Subscription` has them.
"""

from typing import Final

from tracker.lifecycle import LAW_STAGES, Stage
from tracker.wording import number_of, quoted, stage_of

ANY_LAW: Final = "law"  # the stage of a bill that becomes law, on whichever way
STAGES: Final = (
    ANY_LAW, Stage.REPORTED.value, Stage.PASSED_COUNCIL.value, Stage.ON_MAYORS_DESK.value, Stage.VETOED.value,
    Stage.OVERRIDDEN.value, Stage.BLOCKED.value,
)  # fmt: skip
PERIODS: Final = {"now": "as it happens", "daily": "once a day", "weekly": "once a week"}

_WHOLE: Final = {
    "core": "everything about cooperation with federal immigration enforcement",
    "tracked": "everything about cooperation with federal immigration enforcement, and what touches it",
    "hearings": "coming hearings",
    "orders": "mayoral orders, directives and suits",
    "introductions": "every bill in the Council, on any subject",
}
_STAGES: Final = {
    ANY_LAW: "anything that becomes law",
    Stage.REPORTED.value: "anything a committee approves",
    Stage.PASSED_COUNCIL.value: "anything the Council passes",
    Stage.ON_MAYORS_DESK.value: "anything sent to the Mayor",
    Stage.VETOED.value: "anything the Mayor vetoes",
    Stage.OVERRIDDEN.value: "any veto that is overridden",
    Stage.BLOCKED.value: "anything a court blocks",
}


def told(kind: str, value: str = "") -> str:
    """What is followed, as it stands in a sentence or a list, without a capital: "anything that becomes law"."""
    if kind == "matter":
        return number_of(value)
    if kind == "section":
        return section_told(value)
    if kind == "stage":
        return stage_told(value)
    return f"bills and orders with the words {quoted(value)}" if kind == "search" else _WHOLE[kind]


def section_told(value: str) -> str:
    """ "admin 9-131" as "§ 9-131 of the Administrative Code"."""
    code, _, section = value.partition(" ")
    return f"§ {section} of the {'Charter' if code == 'charter' else 'Administrative Code'}"


def stage_told(value: str) -> str:
    """A stage as something to wait for."""
    stage = stage_of(value)
    return _STAGES.get(value) or f"anything that reaches the stage {quoted(stage.label if stage else value)}"


def stages_of(value: str) -> frozenset[str]:
    """The stored stages that a followed stage means."""
    return frozenset(LAW_STAGES) if value == ANY_LAW else frozenset({value})
