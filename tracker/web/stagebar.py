"""The bar on top of a matter's page: Introduced, Committee, Council, Mayor, outcome, each with its date. Pure."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from tracker.language import N_, _
from tracker.lifecycle import LAW_STAGES, Stage
from tracker.models import Action, Matter
from tracker.vocabulary import ACTIONS, Act

_REPORTED = frozenset({Act.COMMITTEE_APPROVED, Act.PRECONSIDERED_REPORTED, Act.DISCHARGED})
_IN_COMMITTEE = frozenset({Act.REFERRED, Act.RE_REFERRED, Act.HEARING_HELD, Act.LAID_OVER, Act.AMENDED})
_PASSED = frozenset({Act.COUNCIL_APPROVED, Act.ADOPTED})
_ENDINGS: dict[str, str] = {
    Stage.FILED: N_("Filed"),
    Stage.DIED: N_("Died with the session"),
    Stage.WITHDRAWN: N_("Withdrawn"),
    Stage.DISAPPROVED: N_("Disapproved"),
}


class Part(NamedTuple):
    """One part of the bar. `state`: done, now, mayor (the Mayor's act), law, over, or ahead."""

    label: str
    on: date | None
    state: str


class _Days(NamedTuple):
    """The days on which each kind of act happened, oldest first."""

    by_act: dict[Act, list[date]]

    def first(self, acts: Iterable[Act]) -> date | None:
        return min((day for act in acts for day in self.by_act.get(act, ())), default=None)

    def last(self, acts: Iterable[Act], until: date | None = None) -> date | None:
        days = [day for act in acts for day in self.by_act.get(act, ()) if until is None or day <= until]
        return max(days, default=None)


def stage_bar(matter: Matter, actions: Iterable[Action], today: date) -> list[Part]:
    """The parts for a bill or resolution; none for any other kind, whose timeline is short."""
    if matter.kind not in ("Introduction", "Resolution"):
        return []
    days = _days(actions, today)
    passed = days.first(_PASSED)
    parts = [Part(_("Introduced"), days.first([Act.INTRODUCED]) or matter.introduced_on, "done")]
    parts.append(_committee(matter, days, passed))
    if matter.kind == "Resolution":
        return [*parts, _resolved(matter, passed)]
    parts.append(_council(matter, passed))
    return parts + (_mayor(matter, days, passed) if passed else _not_passed(matter))


def _days(actions: Iterable[Action], today: date) -> _Days:
    found: dict[Act, list[date]] = {}
    for action in actions:
        meaning = ACTIONS.get(action.code)
        if meaning and action.withdrawn_at is None and action.acted_on <= today and action.result != "Fail":
            found.setdefault(meaning.act, []).append(action.acted_on)
    return _Days(found)


def _committee(matter: Matter, days: _Days, passed: date | None) -> Part:
    reported = days.last(_REPORTED, passed)
    if reported or passed:
        return Part(_("Committee"), reported, "done")
    return Part(_("Committee"), days.first(_IN_COMMITTEE), "over" if matter.stage in _ENDINGS else "now")


def _council(matter: Matter, passed: date | None) -> Part:
    if passed:
        return Part(_("Council"), passed, "done")
    return Part(_("Council"), None, "now" if matter.stage == Stage.REPORTED else "ahead")


def _resolved(matter: Matter, passed: date | None) -> Part:
    if matter.stage in _ENDINGS:
        return _ending(matter)
    return Part(_("Adopted"), passed, "law") if matter.stage == Stage.ADOPTED else Part(_("Council"), None, "ahead")


def _ending(matter: Matter) -> Part:
    return Part(_(_ENDINGS[matter.stage]), matter.stage_since, "over")


def _not_passed(matter: Matter) -> list[Part]:
    return [_ending(matter)] if matter.stage in _ENDINGS else [Part(_("Mayor"), None, "ahead")]


def _mayor(matter: Matter, days: _Days, passed: date) -> list[Part]:
    vetoed, sent = days.last([Act.VETOED]), days.first([Act.SENT_TO_MAYOR])
    if vetoed:
        return [Part(_("Vetoed"), vetoed, "mayor"), *_after_veto(matter)]
    if matter.stage not in LAW_STAGES:
        return [_ending(matter)] if matter.stage in _ENDINGS else [Part(_("Mayor"), sent, "now")]
    words = {"signed": _("Signed"), "lapsed": _("Unsigned, law")}.get(matter.how, _("Law"))
    return [Part(_("Mayor"), sent or passed, "done"), Part(words, matter.stage_since, "law")]


def _after_veto(matter: Matter) -> list[Part]:
    if matter.how == "overridden":
        return [Part(_("Overridden, law"), matter.stage_since, "law")]
    return [_ending(matter)] if matter.stage in _ENDINGS else [Part(_("Council again"), None, "ahead")]
