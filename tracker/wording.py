"""How the record is put to readers: numbers, dates, who acted, what they did. Pure, and plain English.

Pages, feeds and mail say the same thing in the same words because they all take them from here. Nothing here decides
anything: the Council's own words stand beside ours wherever ours are used. Changes are told in `wording_changes`.
"""

from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from babel import lists

from tracker import identifiers
from tracker.errors import BadIdentifier
from tracker.language import clocked, counted, current, dated
from tracker.lifecycle import Stage
from tracker.vocabulary import Act

NEW_YORK: Final = ZoneInfo("America/New_York")
COUNCIL_KINDS: Final = ("Introduction", "Resolution", "Land Use Application")
KIND_LABELS: Final = {"Introduction": "Bill", "Land Use Application": "Land use file"}

# In office from that day on. EO 50 of 2025 shows why the name is only put to acts of the Mayor himself.
MAYORS: Final = (
    (date(1978, 1, 1), "Koch"),
    (date(1990, 1, 1), "Dinkins"),
    (date(1994, 1, 1), "Giuliani"),
    (date(2002, 1, 1), "Bloomberg"),
    (date(2014, 1, 1), "de Blasio"),
    (date(2022, 1, 1), "Adams"),
    (date(2026, 1, 1), "Mamdani"),
)

# What readers call each source, in the order in which it is shown.
SOURCES: Final = {
    "council-archive": "Council records",
    "council-api": "Council API",
    "council-web": "Council web pages",
    "hearings": "Council hearings",
    "executive-orders": "Mayoral orders",
    "mayor-news": "Mayor’s news",
    "news-feeds": "News feeds",
    "news-sitemaps": "News sitemaps",
    "news-backfill": "News looked up by measure",
    "articles-added": "Articles added by hand",
    "articles-relinked": "Articles matched again",
    "orders-archive": "Orders since 1974",
    "starter-record": "Starter record",
}
OUTCOMES: Final = {
    "ok": "Read",
    "running": "Being read now",
    "failed": "Failed",
    "refused": "Refused",  # by the source, or by us where it lost too much at once; the run's sentence says which
    "stopped": "Stopped before its end",
}
TROUBLES: Final = {"failing": "Failing", "stale": "Out of date", "short": "Less than usual"}

# What follows the name of the body: "Committee on Immigration *held a hearing*". Acts that are not here are told
# by the vocabulary's own sentence.
VERBS: Final = {
    Act.PRECONSIDERED_HEARING: "heard it before introduction",
    Act.PRECONSIDERED_LAID_OVER: "laid it over before introduction",
    Act.PRECONSIDERED_REPORTED: "approved it before introduction",
    Act.INTRODUCED: "introduced it",
    Act.REFERRED: "referred it to committee",
    Act.RE_REFERRED: "referred it to another committee",
    Act.DEFERRED: "put the hearing off",
    Act.RECESSED: "interrupted the hearing, to go on later",
    Act.HEARING_HELD: "held a hearing",
    Act.AMENDMENT_PROPOSED: "took up an amendment",
    Act.AMENDED: "amended it",
    Act.LAID_OVER: "laid it over without a vote",
    Act.COMMITTEE_DEFEATED: "voted it down",
    Act.COMMITTEE_DISAPPROVED: "disapproved it",
    Act.COMMITTEE_FILED: "voted to file it",
    Act.COMMITTEE_APPROVED: "approved it",
    Act.LAID_OVER_BY_COUNCIL: "laid it over",
    Act.RECOMMITTED: "sent it back to committee",
    Act.COUNCIL_APPROVED: "passed it",
    Act.ADOPTED: "adopted it",
    Act.COUNCIL_DISAPPROVED: "disapproved it",
    Act.SENT_TO_MAYOR: "sent it to the Mayor",
    Act.RECALLED: "took it back from the Mayor",
    Act.MAYOR_HEARING: "held a hearing",
    Act.MAYOR_HEARING_SCHEDULED: "set a date for a hearing",
    Act.MAYOR_HEARING_CANCELLED: "cancelled the hearing",
    Act.SIGNING_SCHEDULED: "set a date for signing it",
    Act.SIGNED: "signed it into law",
    Act.VETOED: "vetoed it",
    Act.RETURNED_UNSIGNED: "returned it unsigned",
    Act.RECEIVED_FROM_MAYOR: "received it back from the Mayor",
    Act.OVERRIDDEN: "overrode the veto",
    Act.FILED: "filed it, which ends it",
    Act.FILED_END_OF_SESSION: "filed it as its session ended, without a final vote",
}


def day(value: date | datetime) -> str:
    """ "31 Dec 2025"; a moment is put on the New York calendar first."""
    if isinstance(value, datetime):
        value = value.astimezone(NEW_YORK).date()
    return dated(value)


def moment(value: datetime) -> str:
    """ "21 Aug 2026 19:49", in New York time."""
    return f"{day(value)} {value.astimezone(NEW_YORK):%H:%M}"


def hour(clock: str) -> str:
    """ "1:30 p.m." for ``13:30:00``; "" for none."""
    if not clock:
        return ""
    hours, minutes = int(clock[:2]), clock[3:5]
    if (elsewhere := clocked(time(hours, int(minutes)))) is not None:
        return elsewhere
    if clock[:5] in ("12:00", "00:00"):
        return "noon" if hours else "midnight"
    half = "a.m." if hours < 12 else "p.m."
    return f"{hours % 12 or 12}{'' if minutes == '00' else ':' + minutes} {half}"


def new_york_date(moment: datetime) -> date:
    """The New York calendar date of a moment."""
    return moment.astimezone(NEW_YORK).date()


def count(number: int, one: str, many: str = "") -> str:
    """ "1 day", "2 days", "1,234 matters"."""
    return f"{counted(number)} {one if number == 1 else many or one + 's'}"


def listed(parts: list[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    if current().tag != "en":
        return lists.format_list(parts, locale=current().locale)
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def number_of(file_number: str) -> str:
    """A matter's number for readers: "Int 1412-2025", "EO 50 of 2025"; a free-form one as it is."""
    try:
        found = identifiers.parse(file_number)
    except BadIdentifier:
        return file_number
    if isinstance(found, identifiers.FileNumber):
        return found.short
    return f"{found.series} {found.title.split(' Order ')[1]}"


def law_name(local_law: str) -> str:
    """ "2026/063" as "Local Law 63 of 2026"."""
    try:
        return str(identifiers.LocalLaw.parse(local_law))
    except BadIdentifier:
        return f"Local Law {local_law}"


def kind_name(kind: str) -> str:
    """What readers call a matter of this kind."""
    return KIND_LABELS.get(kind, kind)


def source_name(source: str) -> str:
    """What readers call a source; one that has no name here by its key."""
    return SOURCES.get(source, source.replace("-", " ").capitalize())


def mayor_on(day_: date) -> str:
    """ "Mayor Adams", by who held the office on that day."""
    names = [name for since, name in MAYORS if since <= day_]
    return f"Mayor {names[-1]}" if names else "Mayor"


def is_editors(action_id: str) -> bool:
    """Whether a row of a history is one that our editors added; see `truth.EDITORS`."""
    return action_id.startswith("editors:")


def quoted(text: str) -> str:
    """A source's own words; kept together where the language around them runs the other way."""
    return f"“{text}”" if current().direction == "ltr" else f"“\u2068{text}\u2069”"


def source_of(kind: str) -> str:
    """Whose record a matter of this kind is read from, at the head of a sentence."""
    return "The Council’s record" if kind in COUNCIL_KINDS else "The record"


def stage_of(value: str) -> Stage | None:
    """A stored stage; None for a word this program does not know."""
    return _STAGES.get(value)


_STAGES: Final = {stage.value: stage for stage in Stage}
