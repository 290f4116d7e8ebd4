"""Is a digest run so unlike news that a person has to look before it is mailed? Pure; `digests.runs` keeps the answer.

A source that was filled in, or that comes back other than it was, brings thousands of changes that nobody made. A busy
day brings many too, but of acts of these days. So what is counted first are changes that no fresh act explains.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from tracker.config import DigestsConfig
from tracker.digests.choosing import Fresh
from tracker.digests.runs import Unusual
from tracker.queries.changes import FRESH_DAYS
from tracker.wording import new_york_date

FEW: Final = 50  # matters: what touches no more of them is never held because of its share


def weigh(due: Iterable[Fresh], held: int, rules: DigestsConfig) -> Unusual | None:
    """What is unusual about the changes that are due, or None. ``held`` is how many matters the record holds."""
    news = list(due)
    explained = {fresh.about.matter_id for fresh in news if _is_fresh(fresh)}
    odd = [fresh for fresh in news if _is_old(fresh) or fresh.about.matter_id not in explained]
    found = Unusual(len(news), len(odd), len({fresh.about.matter_id for fresh in news}))
    too_many = found.unexplained > rules.most_unexplained
    too_wide = found.matters > max(FEW, rules.most_share * held)
    return found if too_many or too_wide else None


def _is_fresh(fresh: Fresh) -> bool:
    """Whether a change tells of an act of these days, of a meeting, or of a matter that is new."""
    change = fresh.change
    if change.kind == "appeared" or change.kind.startswith("hearing_"):
        return True
    return change.acted_on is not None and not _is_old(fresh)


def _is_old(fresh: Fresh) -> bool:
    change = fresh.change
    if change.acted_on is None:
        return False
    return new_york_date(change.observed_at) - change.acted_on > timedelta(FRESH_DAYS)
