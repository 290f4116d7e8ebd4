"""What can come next for a bill or resolution, by the Charter, and until when. Pure.

The Charter's sentences are conditions, not forecasts: what is said here is what the rules allow, never what somebody
will do. Times run from dates in the record; where the record does not show the date that counts (a bill is recorded as
sent to the Mayor a week late in the median), the day is said to be an estimate.
"""

from datetime import date, timedelta
from typing import Final, NamedTuple

from tracker.language import N_, _, ngettext
from tracker.lifecycle import DESK_DAYS, Stage, session_end
from tracker.wording import day

BILL: Final = "Introduction"
RESOLUTION: Final = "Resolution"
_UNPASSED: Final = {
    Stage.INTRODUCED: N_("The Council refers it to a committee."),
    Stage.IN_COMMITTEE: N_("A committee may hear it, amend it and vote on it; no rule says when."),
    Stage.LAID_OVER: N_("The committee that heard it may take it up again and vote; no rule says when."),
    Stage.REPORTED: N_("The full Council votes on it; a bill needs 26 of the 51 members."),
}


class NextStep(NamedTuple):
    """A sentence on what can come next; ``until`` is the last day of a time that runs, with its ``short`` form."""

    text: str
    until: date | None = None
    short: str = ""
    estimate: bool = False


def next_step(kind: str, stage: str, since: date | None, introduced_on: date | None, today: date) -> NextStep | None:
    """What can come next for a Council matter that is still open; None for any other."""
    if kind not in (BILL, RESOLUTION):
        return None
    if stage in _UNPASSED:
        return _unpassed(kind, Stage(stage), introduced_on)
    if kind == BILL and since is not None:
        if stage in (Stage.PASSED_COUNCIL, Stage.ON_MAYORS_DESK):
            return _on_the_desk(since, today, estimate=stage == Stage.PASSED_COUNCIL)
        if stage == Stage.VETOED:
            return _vetoed(since, today)
    return None


def _unpassed(kind: str, stage: Stage, introduced_on: date | None) -> NextStep:
    text = _(_UNPASSED[stage])
    if kind == RESOLUTION and stage == Stage.REPORTED:
        text = _("The full Council votes on it. A resolution states a view and goes to no mayor.")
    end = session_end(introduced_on.isoformat()) if introduced_on else ""
    if not end:
        return NextStep(text)
    last = date.fromisoformat(end)
    dies = _("If it has not passed when this Council’s session ends on %(day)s, it dies.", day=day(last))
    return NextStep(f"{text} {dies}", last)


# whether the Mayor's time is over, and whether its day is an estimate -> in full, and short
_DESK: Final = {
    (True, False): (
        N_("The Mayor’s thirty days ended on %(day)s. Unless it was returned with objections it is law by the Charter; "
           "the record does not say so yet, so neither does this page."),
        N_("the Mayor’s thirty days ended %(day)s"),
    ),
    (True, True): (
        N_("The Mayor’s thirty days ended on about %(day)s, counted from the Council’s vote on %(voted)s, since the "
           "record does not show yet when it was sent. Unless it was returned with objections it is law by the "
           "Charter; the record does not say so yet, so neither does this page."),
        N_("the Mayor’s thirty days ended about %(day)s"),
    ),
    (False, False): (
        N_("The Mayor may sign it or veto it until %(day)s. After that it is law without a signature (Charter § 37)."),
        N_("the Mayor has until %(day)s"),
    ),
    (False, True): (
        N_("The Mayor may sign it or veto it until about %(day)s, counted from the Council’s vote on %(voted)s, since "
           "the record does not show yet when it was sent. After that it is law without a signature (Charter § 37)."),
        N_("the Mayor has until about %(day)s"),
    ),
}  # fmt: skip


def _on_the_desk(since: date, today: date, *, estimate: bool) -> NextStep:
    """Charter § 37(b): thirty days from when it was presented to the Mayor."""
    until = since + timedelta(days=DESK_DAYS)
    text, short = _DESK[until < today, estimate]
    return NextStep(_(text, day=day(until), voted=day(since)), until, _(short, day=day(until)), estimate)


def _vetoed(since: date, today: date) -> NextStep:
    """Charter § 37(b): thirty days from the next regular meeting, whose day the record does not name as such."""
    may = _(
        "The Council may adopt it over the veto with two thirds of its members, 34 of 51, within thirty days of the "
        "regular meeting at which the veto is laid before it (Charter § 37)."
    )
    none = ngettext(
        "No override is recorded in the %(num)s day since the veto.",
        "No override is recorded in the %(num)s days since the veto.",
        (today - since).days,
    )
    return NextStep(f"{may} {none}")
