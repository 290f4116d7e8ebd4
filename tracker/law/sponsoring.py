"""Who sponsored a matter when, as we saw it: the list of today, with the changes taken back one by one. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from tracker.models import Change
from tracker.wording import new_york_date

PRIME: Final = "prime sponsor: "  # how `changes` marks a new one


@dataclass(frozen=True, slots=True)
class Step:
    """What we saw of the sponsors on one day. ``prime`` is the new prime sponsor, "" where that stayed as it was.

    ``all_left``: the record showed none any more; ``all_back``: it shows those again that it had shown before that.
    """

    on: date
    joined: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    prime: str = ""
    all_left: bool = False
    all_back: bool = False


@dataclass(frozen=True, slots=True)
class Course:
    """``first`` are those of our first look, ``joined_on`` says when each of today's joined after that."""

    first: tuple[str, ...]
    steps: tuple[Step, ...]
    joined_on: dict[str, date]


def course(now: Sequence[str], changes: Sequence[Change]) -> Course:
    """How the sponsors of ``now``, the prime one first, came to be; ``changes`` are a matter's own, oldest first."""
    moved = [change for change in changes if change.kind == "sponsors_changed"]
    names, before = list(now), list[list[str]]()
    for change in reversed(moved):
        came, left = _names(change.after), _names(change.before)
        names = [*left, *(name for name in names if name not in came and name not in left)]
        before.append(names)
    steps: list[Step] = []
    joined_on: dict[str, date] = {}
    gone: set[str] = set()
    for change, held in zip(moved, reversed(before), strict=True):
        step = _step(change, set(held), gone)
        gone = set(step.left) if step.all_left else set()
        joined_on |= {} if step.all_back else dict.fromkeys(step.joined, step.on)
        steps.append(step)
    return Course(tuple(names), tuple(steps), {name: joined_on[name] for name in now if name in joined_on})


def _step(change: Change, held: set[str], gone: set[str]) -> Step:
    came, left = _names(change.after), _names(change.before)
    first = change.after.partition("; ")[0]
    prime = first.removeprefix(PRIME) if first.startswith(PRIME) else ""
    return Step(
        new_york_date(change.observed_at),
        tuple(came),
        tuple(left),
        "" if prime == "nobody" else prime,
        all_left=len(left) > 1 and set(left) == held and not came,
        all_back=bool(gone) and set(came) == gone,
    )


def _names(text: str) -> list[str]:
    return [name for name in text.split("; ") if name and not name.startswith(PRIME)]
