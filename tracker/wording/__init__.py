"""How the record is put to readers: numbers, dates, who acted, what they did. Pure, and plain English.

Pages, feeds and mail say the same thing in the same words because they all take them from here. Nothing here decides
anything: the Council's own words stand beside ours wherever ours are used. Changes are told in `wording.changes`.
"""

from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from babel import lists

from tracker import identifiers
from tracker.errors import BadIdentifier
from tracker.language import N_, _, clocked, counted, current, dated
from tracker.lifecycle import Stage
from tracker.vocabulary import Act

NEW_YORK: Final = ZoneInfo("America/New_York")
COUNCIL_KINDS: Final = ("Introduction", "Resolution", "Land Use Application")
KIND_LABELS: Final = {
    "Introduction": N_("Bill"),
    "Resolution": N_("Resolution"),
    "Land Use Application": N_("Land use file"),
    "Executive Order": N_("Executive Order"),
    "Emergency Executive Order": N_("Emergency Executive Order"),
    "Directive": N_("Directive"),
    "Lawsuit": N_("Lawsuit"),
}

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
    "council-archive": N_("Council records"),
    "council-api": N_("Council API"),
    "council-web": N_("Council web pages"),
    "hearings": N_("Council hearings"),
    "executive-orders": N_("Mayoral orders"),
    "mayor-news": N_("Mayor’s news"),
    "news-feeds": N_("News feeds"),
    "news-sitemaps": N_("News sitemaps"),
    "news-backfill": N_("News looked up by measure"),
    "articles-added": N_("Articles added by hand"),
    "articles-relinked": N_("Articles matched again"),
    "orders-archive": N_("Orders since 1974"),
    "starter-record": N_("Starter record"),
}
# what came of a try, after its moment: "today 06:10 failed"
OUTCOMES: Final = {
    "ok": N_("read"),
    "running": N_("being read now"),
    "failed": N_("failed"),
    "refused": N_("refused"),  # by the source, or by us where it lost too much at once; the run's sentence says which
    "stopped": N_("stopped before its end"),
}
TROUBLES: Final = {"failing": N_("Failing"), "stale": N_("Out of date"), "short": N_("Less than usual")}

# What follows the name of the body: "Committee on Immigration *held a hearing*". Acts that are not here are told
# by the vocabulary's own sentence.
VERBS: Final = {
    # Translators: follows who acted, with what else they did: "Council amended it and passed it"; "it" is the bill.
    Act.PRECONSIDERED_HEARING: N_("heard it before introduction"),
    Act.PRECONSIDERED_LAID_OVER: N_("laid it over before introduction"),
    Act.PRECONSIDERED_REPORTED: N_("approved it before introduction"),
    Act.INTRODUCED: N_("introduced it"),
    Act.REFERRED: N_("referred it to committee"),
    Act.RE_REFERRED: N_("referred it to another committee"),
    Act.DEFERRED: N_("put the hearing off"),
    Act.RECESSED: N_("interrupted the hearing, to go on later"),
    Act.HEARING_HELD: N_("held a hearing"),
    Act.AMENDMENT_PROPOSED: N_("took up an amendment"),
    Act.AMENDED: N_("amended it"),
    Act.LAID_OVER: N_("laid it over without a vote"),
    Act.COMMITTEE_DEFEATED: N_("voted it down"),
    Act.COMMITTEE_DISAPPROVED: N_("disapproved it"),
    Act.COMMITTEE_FILED: N_("voted to file it"),
    Act.COMMITTEE_APPROVED: N_("approved it"),
    Act.LAID_OVER_BY_COUNCIL: N_("laid it over"),
    Act.RECOMMITTED: N_("sent it back to committee"),
    Act.COUNCIL_APPROVED: N_("passed it"),
    Act.ADOPTED: N_("adopted it"),
    Act.COUNCIL_DISAPPROVED: N_("disapproved it"),
    Act.SENT_TO_MAYOR: N_("sent it to the Mayor"),
    Act.RECALLED: N_("took it back from the Mayor"),
    Act.MAYOR_HEARING: N_("held a hearing"),
    Act.MAYOR_HEARING_SCHEDULED: N_("set a date for a hearing"),
    Act.MAYOR_HEARING_CANCELLED: N_("cancelled the hearing"),
    Act.SIGNING_SCHEDULED: N_("set a date for signing it"),
    Act.SIGNED: N_("signed it into law"),
    Act.VETOED: N_("vetoed it"),
    Act.RETURNED_UNSIGNED: N_("returned it unsigned"),
    Act.RECEIVED_FROM_MAYOR: N_("received it back from the Mayor"),
    Act.OVERRIDDEN: N_("overrode the veto"),
    Act.FILED: N_("filed it, which ends it"),
    Act.FILED_END_OF_SESSION: N_("filed it as its session ended, without a final vote"),
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
    """ "1 day", "2 days", "1,234 matters": for operators, in English. What readers see goes by `language.ngettext`."""
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
    number = str(found.number) if found.part is None else f"{found.number}.{found.part}"
    # Translators: the number of an order of the Mayor: "EO 50 of 2025"
    return _("%(series)s %(number)s of %(year)s", series=found.series, number=number, year=found.year)


def law_name(local_law: str) -> str:
    """ "2026/063" as "Local Law 63 of 2026"."""
    try:
        law = identifiers.LocalLaw.parse(local_law)
    except BadIdentifier:
        return _("Local Law %(number)s", number=local_law)
    return _("Local Law %(number)s of %(year)s", number=law.number, year=law.year)


def kind_name(kind: str) -> str:
    """What readers call a matter of this kind."""
    return _(KIND_LABELS[kind]) if kind in KIND_LABELS else kind


def source_name(source: str) -> str:
    """What readers call a source; one that has no name here by its key."""
    return _(SOURCES[source]) if source in SOURCES else source.replace("-", " ").capitalize()


def mayor_on(day_: date) -> str:
    """ "Mayor Adams", by who held the office on that day."""
    names = [name for since, name in MAYORS if since <= day_]
    return _("Mayor %(name)s", name=names[-1]) if names else _("Mayor")


def is_editors(action_id: str) -> bool:
    """Whether a row of a history is one that our editors added; see `truth.EDITORS`."""
    return action_id.startswith("editors:")


def quoted(text: str) -> str:
    """A source's own words; kept together where the language around them runs the other way."""
    return f"“{isolated(text)}”"


def isolated(text: str) -> str:
    """A name from the record within a sentence, kept together where the language around it runs the other way."""
    return text if current().direction == "ltr" or not text else f"\u2068{text}\u2069"


def source_of(kind: str) -> str:
    """Whose record a matter of this kind is read from, at the head of a sentence."""
    # Translators: begins a sentence, and is what shows, gives or takes back something in it
    return _("The Council’s record") if kind in COUNCIL_KINDS else _("The record")


def stage_name(value: str) -> str:
    """What readers call a stage; a value this program does not know as it is."""
    stage = stage_of(value)
    return _(stage.label) if stage else value


def stage_of(value: str) -> Stage | None:
    """A stored stage; None for a word this program does not know."""
    return _STAGES.get(value)


_STAGES: Final = {stage.value: stage for stage in Stage}
