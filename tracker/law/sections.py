"""The law on a day: which sections stand in which form, and what became of a section from day to day. Pure.

A law changes a section on the day on which it takes effect, which is often months after its enactment; where that day
is not on record the enactment date is taken, and the step says so (`Step.basis` is ""). What a matter does to a section
is our own finding (`section_effect`). A bill that is not law changes nothing.

A section whose first law here only amends it is older than the record: before that law its form is not known here.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple

from tracker.law.standing import Dated, State, state_on
from tracker.lifecycle import BILL

Place = tuple[str, str]  # code ("admin", "charter") and section
CODES: Final = ("charter", "admin")


class Effect(NamedTuple):
    """What one matter does, or would do, to a section; `effect` is adds, amends or repeals."""

    file_number: str
    code: str
    section: str
    subdivision: str
    effect: str


class Term(NamedTuple):
    """When a law, or the part of it that is named, takes effect, and by which of its own terms."""

    file_number: str
    section: str
    subdivision: str
    effective_on: date
    basis: str


class Step(NamedTuple):
    """What one law did to a section, on one day. `basis` is "" where `in_force_on` is only the enactment date."""

    file_number: str
    effect: str
    subdivisions: tuple[str, ...]
    enacted_on: date
    in_force_on: date
    basis: str

    @property
    def whole(self) -> bool:
        return not self.subdivisions


Steps = dict[Place, tuple[Step, ...]]


class Standing(StrEnum):
    """How a section stands on a day."""

    IN_FORCE = "in_force"
    COMING = "coming"  # enacted, not yet in force
    REPEALED = "repealed"
    OLDER = "older"  # there, in a form that this record does not hold
    PROPOSED = "proposed"  # no law has made it


class SectionOn(NamedTuple):
    """One section on one day: `done` are the steps in force, `coming` those enacted and not yet in force.

    `live` are the bills before the Council on that day that would change it.
    """

    code: str
    section: str
    standing: Standing
    done: tuple[Step, ...]
    coming: tuple[Step, ...]
    live: tuple[str, ...]

    @property
    def form(self) -> Step | None:
        """The step that gave the section its form, or ended it."""
        return self.done[-1] if self.done else None


class Law(NamedTuple):
    """All of it on one day. `others` are orders, directives and suits, `bills` what was before the Council."""

    day: date
    sections: tuple[SectionOn, ...]
    others: Mapping[str, State]
    bills: Mapping[str, State]


class Difference(NamedTuple):
    """What became of a section between two days. `steps` came into force, `enacted` became law and wait."""

    code: str
    section: str
    before: SectionOn | None
    after: SectionOn
    steps: tuple[Step, ...]
    undone: tuple[Step, ...]
    enacted: tuple[Step, ...]


class Moved(NamedTuple):
    """A matter whose state is another; None where it was not there."""

    file_number: str
    before: State | None
    after: State | None


def steps_of(effects: Iterable[Effect], matters: Mapping[str, Dated], terms: Sequence[Term], today: date) -> Steps:
    """What laws did to each section, in the order in which it came into force; sections that none did have no steps."""
    found: dict[Place, dict[tuple[str, str, date], list[str]]] = {}
    dates = {(term.file_number, term.section, term.subdivision): term for term in terms}
    enacted = {number: on for number, matter in matters.items() if (on := _enacted(matter, today)) is not None}
    basis: dict[tuple[str, date], str] = {}
    for effect in effects:
        grouped = found.setdefault((effect.code, effect.section), {})
        if effect.file_number in enacted:
            term = _term(dates, effect)
            on = term.effective_on if term else enacted[effect.file_number]
            basis[effect.file_number, on] = term.basis if term else ""
            grouped.setdefault((effect.file_number, effect.effect, on), []).append(effect.subdivision)
    return {
        place: tuple(
            sorted(
                (
                    Step(number, effect, tuple(filter(None, parts)), enacted[number], on, basis[number, on])
                    for (number, effect, on), parts in grouped.items()
                ),
                key=lambda step: (step.in_force_on, step.enacted_on, matters[step.file_number].local_law, step.effect),
            )
        )
        for place, grouped in sorted(found.items(), key=lambda item: natural(item[0]))
    }


def _enacted(matter: Dated, today: date) -> date | None:
    """When a bill became law, as the record has it; None for what is not law."""
    state = state_on(matter, today, today) if matter.kind == BILL else None
    return (matter.enacted_on or state.since) if state and state.is_law else None


def _term(dates: Mapping[tuple[str, str, str], Term], effect: Effect) -> Term | None:
    """The term of the subdivision, else of the section, else of the whole law."""
    keys = ((effect.section, effect.subdivision), (effect.section, ""), ("", ""))
    return next((found for key in keys if (found := dates.get((effect.file_number, *key)))), None)


def natural(place: Place) -> tuple[int, list[int]]:
    """The Charter first, then "9-131" before "10-178"."""
    code, section = place
    order = CODES.index(code) if code in CODES else len(CODES)
    return order, [int(part) for part in section.replace(".", "-").split("-") if part.isdigit()]


def section_on(place: Place, steps: Sequence[Step], live: Sequence[str], day: date) -> SectionOn:
    """One section on one day; its steps are in the order of time."""
    done = tuple(step for step in steps if step.in_force_on <= day)
    coming = tuple(step for step in steps if step.enacted_on <= day < step.in_force_on)
    return SectionOn(*place, _standing(steps, done, coming), done, coming, tuple(live))


def _standing(steps: Sequence[Step], done: Sequence[Step], coming: Sequence[Step]) -> Standing:
    if done:
        ended = done[-1].effect == "repeals" and done[-1].whole
        return Standing.REPEALED if ended else Standing.IN_FORCE
    if steps and not (steps[0].effect == "adds" and steps[0].whole):
        return Standing.OLDER
    return Standing.COMING if coming else Standing.PROPOSED


def law_on(
    effects: Sequence[Effect], matters: Mapping[str, Dated], terms: Sequence[Term], day: date, today: date
) -> Law:
    """The law at the end of `day`; `today` is the day of the record."""
    steps = steps_of(effects, matters, terms, today)
    states = {number: state for number, each in matters.items() if (state := state_on(each, day, today)) is not None}
    bills = {number: state for number, state in states.items() if matters[number].kind == BILL}
    live: dict[Place, dict[str, None]] = {}
    for effect in effects:
        if effect.file_number in bills and bills[effect.file_number].stage.live:
            live.setdefault((effect.code, effect.section), {})[effect.file_number] = None
    sections = tuple(section_on(place, found, list(live.get(place, ())), day) for place, found in steps.items())
    others = {number: state for number, state in states.items() if number not in bills}
    return Law(day, sections, others, bills)


def differences(before: Law, after: Law) -> tuple[Difference, ...]:
    """What became of the sections between two days, `before` being the earlier one.

    `undone` are steps that the later reading of the record no longer has; with one reading for both days there are
    none.
    """
    then = {(each.code, each.section): each for each in before.sections}
    found = []
    for now in after.sections:
        was = then.get((now.code, now.section))
        done, coming = (was.done, was.coming) if was else ((), ())
        change = Difference(
            now.code, now.section, was, now,
            steps=tuple(step for step in now.done if step not in done),
            undone=tuple(step for step in done if step not in now.done),
            enacted=tuple(step for step in now.coming if step not in coming),
        )  # fmt: skip
        if change.steps or change.undone or change.enacted:
            found.append(change)
    return tuple(found)


def moved(before: Mapping[str, State], after: Mapping[str, State]) -> tuple[Moved, ...]:
    """The matters whose stage is another on the later day, in the order of the later list."""
    numbers = dict.fromkeys([*after, *before])
    pairs = (Moved(number, before.get(number), after.get(number)) for number in numbers)
    return tuple(each for each in pairs if _stage(each.before) != _stage(each.after))


def _stage(state: State | None) -> str:
    return state.stage.value if state else ""
