"""What an address may follow, in words: the same on the pages, in notices and where a digest says why. Pure.

A thing followed is a pair: its kind (of `models.mail.FOLLOWED`) and its value, as `models.mail.Subscription` has them.
"""

from typing import Final

from tracker.language import N_, Words, _
from tracker.lifecycle import LAW_STAGES, Stage
from tracker.wording import number_of, quoted, stage_of

ANY_LAW: Final = "law"  # the stage of a bill that becomes law, on whichever way
STAGES: Final = (
    ANY_LAW, Stage.REPORTED.value, Stage.PASSED_COUNCIL.value, Stage.ON_MAYORS_DESK.value, Stage.VETOED.value,
    Stage.OVERRIDDEN.value, Stage.BLOCKED.value,
)  # fmt: skip
PERIODS: Final = Words({"now": N_("as it happens"), "daily": N_("once a day"), "weekly": N_("once a week")})
PERIODS_HEADED: Final = Words({"now": N_("As it happens"), "daily": N_("Once a day"), "weekly": N_("Once a week")})

# as each stands in a sentence, and alone
_WHOLE: Final = {
    "core": (
        N_("everything about cooperation with federal immigration enforcement"),
        N_("Everything about cooperation with federal immigration enforcement"),
    ),
    "tracked": (
        N_("everything about cooperation with federal immigration enforcement, and what touches it"),
        N_("Everything about cooperation with federal immigration enforcement, and what touches it"),
    ),
    "hearings": (N_("coming hearings"), N_("Coming hearings")),
    "orders": (N_("mayoral orders, directives and suits"), N_("Mayoral orders, directives and suits")),
    "introductions": (
        N_("every bill in the Council, on any subject"),
        N_("Every bill in the Council, on any subject"),
    ),
}
_STAGES: Final = {
    ANY_LAW: (N_("anything that becomes law"), N_("Anything that becomes law")),
    Stage.REPORTED.value: (N_("anything a committee approves"), N_("Anything a committee approves")),
    Stage.PASSED_COUNCIL.value: (N_("anything the Council passes"), N_("Anything the Council passes")),
    Stage.ON_MAYORS_DESK.value: (N_("anything sent to the Mayor"), N_("Anything sent to the Mayor")),
    Stage.VETOED.value: (N_("anything the Mayor vetoes"), N_("Anything the Mayor vetoes")),
    Stage.OVERRIDDEN.value: (N_("any veto that is overridden"), N_("Any veto that is overridden")),
    Stage.BLOCKED.value: (N_("anything a court blocks"), N_("Anything a court blocks")),
}
_ANY_STAGE: Final = (N_("anything that reaches the stage %(stage)s"), N_("Anything that reaches the stage %(stage)s"))
_SEARCH: Final = (N_("bills and orders with the words %(words)s"), N_("Bills and orders with the words %(words)s"))


def told(kind: str, value: str = "") -> str:
    """What is followed, as it stands in a sentence, without a capital: "anything that becomes law"."""
    return _told(kind, value, 0)


def headed(kind: str, value: str = "") -> str:
    """The same as it stands alone, in a list or a form: "Anything that becomes law"."""
    return _told(kind, value, 1)


def _told(kind: str, value: str, form: int) -> str:
    if kind == "matter":
        return number_of(value)
    if kind == "section":
        return section_told(value)
    if kind == "search":
        return _(_SEARCH[form], words=quoted(value))
    if kind != "stage":
        return _(_WHOLE[kind][form])
    if value in _STAGES:
        return _(_STAGES[value][form])
    stage = stage_of(value)
    return _(_ANY_STAGE[form], stage=quoted(_(stage.label) if stage else value))


def section_told(value: str) -> str:
    """ "admin 9-131" as "§ 9-131 of the Administrative Code"."""
    code, _space, section = value.partition(" ")
    if code == "charter":
        return _("§ %(number)s of the Charter", number=section)
    return _("§ %(number)s of the Administrative Code", number=section)


def stages_of(value: str) -> frozenset[str]:
    """The stored stages that a followed stage means."""
    return frozenset(LAW_STAGES) if value == ANY_LAW else frozenset({value})
