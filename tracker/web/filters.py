"""How templates print what queries return: dates, numbers, links. Words about the record come from `wording`."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from flask import Flask, request, url_for
from markupsafe import Markup, escape

from tracker import identifiers, wording
from tracker.coverage.folding import KINDS
from tracker.coverage.outlets import slug_of
from tracker.errors import BadIdentifier
from tracker.language import ENGLISH, N_, Words, _, counted, current, dated_in_full, ngettext
from tracker.law import effective, lineage
from tracker.lifecycle import LAW_STAGES, Stage
from tracker.models import SectionEffect
from tracker.queries import Dossier, Link
from tracker.web.addresses import absolute
from tracker.web.languages import official
from tracker.web.site import site
from tracker.wording import changes as wording_changes
from tracker.wording import hearings as wording_hearings

HOW: Final = Words(
    {
        "signed": N_("Law, signed"),
        "lapsed": N_("Law, without the Mayor’s signature"),
        "overridden": N_("Law, by override of a veto"),
    }
)
SCOPE_LABELS: Final = Words(
    {"core": N_("Core"), "related": N_("Related"), "context": N_("Context"), "out": N_("Out of scope")}
)
# the same words inside a line
SCOPE_MARKS: Final = Words(
    {"core": N_("core"), "related": N_("related"), "context": N_("context"), "out": N_("out of scope")}
)
SCOPE_MEANINGS: Final = Words(
    {
        "core": N_("its point is cooperation with, or limits on, federal immigration enforcement"),
        "related": N_("it touches such cooperation, though that is not its whole point"),
        "context": N_("about immigrants or immigration, not about enforcement"),
        "out": N_("about something else"),
    }
)
# what two sources may tell differently of a matter, by the field
DISPUTED: Final = Words(
    {
        "action": N_("action"),
        "name": N_("name"),
        "title": N_("title"),
        "kind": N_("kind"),
        "status": N_("status"),
        "body": N_("body"),
        "introduced_on": N_("introduced on"),
        "final_action_on": N_("final action on"),
        "enacted_on": N_("enacted on"),
        "local_law": N_("local law"),
        "version": N_("version"),
        "sponsors": N_("sponsors"),
        "summary": N_("summary"),
        "documents": N_("documents"),
        "text": N_("text"),
        "url": N_("address"),
        "issuer": N_("issuer"),
        "signer": N_("signer"),
    }
)
# what a matter is to another one, and the other to it
RELATIONS: Final = {
    ("reintroduces", True): N_("Reintroduces"),
    ("reintroduces", False): N_("Reintroduced as"),
    ("amends", True): N_("Amends"),
    ("amends", False): N_("Amended by"),
    ("repeals", True): N_("Repeals"),
    ("repeals", False): N_("Repealed by"),
    ("supersedes", True): N_("Supersedes"),
    ("supersedes", False): N_("Superseded by"),
    ("revokes", True): N_("Revokes"),
    ("revokes", False): N_("Revoked by"),
    ("continues", True): N_("Continues"),
    ("continues", False): N_("Continued by"),
    ("companion", True): N_("Companion"),
    ("companion", False): N_("Companion"),
    ("implements", True): N_("Carries out"),
    ("implements", False): N_("Carried out by"),
    ("challenges", True): N_("Challenges"),
    ("challenges", False): N_("Challenged in"),
    ("answers", True): N_("Answers"),
    ("answers", False): N_("Answered by"),
}
# A bill that is not law does not yet amend or repeal anything.
WOULD: Final = {
    "amends": (N_("Would amend"), N_("Would be amended by")),
    "repeals": (N_("Would repeal"), N_("Would be repealed by")),
}


def register(app: Flask) -> None:
    """Make the filters and a few names known to every template."""
    app.jinja_env.filters.update(
        ago=ago,
        counted=counted,
        day=wording.day,
        dated=dated,
        weekday=weekday,
        moment=moment,
        count=wording.count,
        number=wording.number_of,
        numbered=numbered,
        law=wording.law_name,
        kind=wording.kind_name,
        stage=stage_label,
        tone=stage_tone,
        host=host,
        web=web_address,
        source=wording.source_name,
        listed=wording.listed,
        quoted=wording.quoted,
        hour=wording.hour,
        outlet=slug_of,
        related=related,
        by_section=by_section,
        basis=effective.told,
        subdivision=subdivision,
        told=wording_changes.sentence,
        returned=returned,
    )
    app.jinja_env.globals.update(
        DISPUTED=DISPUTED,
        HOW=HOW,
        LAW_STAGES=LAW_STAGES,
        SCOPE_LABELS=SCOPE_LABELS,
        SCOPE_MARKS=SCOPE_MARKS,
        SCOPE_MEANINGS=SCOPE_MEANINGS,
        CHANGE_LABELS=wording_changes.CHANGE_LABELS,
        STATES=wording_hearings.STATES,
        KINDS=KINDS,
        page_address=page_address,
        relation=relation,
        section_name=section_name,
        feed_address=feed_address,
        absolute=absolute,
        days_since=days_since,
        sends_mail=sends_mail,
        tongue=tongue,
        spoken_as=spoken_as,
    )
    app.context_processor(_page_context)


def sends_mail() -> bool:
    """Whether this site has a mail server, so that something can be followed by mail."""
    return site().settings.subscribing is not None


def _page_context() -> dict[str, Any]:
    return {"site": site().settings, "today": site().today(), "here": request.script_root + request.path}


def dated(value: date | datetime | None, shown: str = "") -> Markup:
    """A date a machine can read too: <time datetime="2025-12-31">31 Dec 2025</time>."""
    if value is None:
        return Markup(escape(_("date not known")))
    on = wording.new_york_date(value) if isinstance(value, datetime) else value
    return Markup('<time datetime="{}">{}</time>').format(on.isoformat(), shown or wording.day(on))


def weekday(value: date) -> Markup:
    """A date with the name of its day: <time datetime="2025-12-31">Wednesday, 31 Dec 2025</time>."""
    return dated(value, dated_in_full(value))


def moment(value: datetime | None) -> Markup:
    """A moment as New Yorkers read it: "today 06:10", "21 Aug 2026 19:49"."""
    if value is None:
        return Markup(escape(_("never")))
    local = value.astimezone(wording.NEW_YORK)
    clock = f"{local:%H:%M}"
    shown = (
        _("today %(clock)s", clock=clock) if local.date() == site().today() else f"{wording.day(local.date())} {clock}"
    )
    return Markup('<time datetime="{}">{}</time>').format(value.isoformat(timespec="seconds"), shown)


def days_since(value: date | None) -> str:
    """ "12 days"; nothing where the day is not known or still to come."""
    if value is None or value > site().today():
        return ""
    return ngettext("%(num)s day", "%(num)s days", (site().today() - value).days)


def ago(value: timedelta) -> str:
    """ "5 minutes ago", "3 hours ago", "2 days ago"."""
    minutes = int(value.total_seconds() // 60)
    if minutes < 120:
        return ngettext("%(num)s minute ago", "%(num)s minutes ago", minutes)
    if minutes < 48 * 60:
        return ngettext("%(num)s hour ago", "%(num)s hours ago", minutes // 60)
    return ngettext("%(num)s day ago", "%(num)s days ago", minutes // 1440)


def stage_label(value: str, kind: str = "") -> str:
    """What readers call a stage; a value we do not know is shown as it is."""
    if kind == "Lawsuit" and value == Stage.STATE_UNKNOWN:
        return _("Outcome not known")
    stage = wording.stage_of(value)
    return _(stage.label).replace("'", "’") if stage else value


def stage_tone(value: str) -> str:
    """The colour class of a stage: law, the Mayor's, the Council's, a court's, unknown, or over."""
    stage = wording.stage_of(value)
    if stage is None:
        return "over"
    if stage in (Stage.STATE_UNKNOWN, Stage.UNKNOWN):
        return "unknown"
    if stage in LAW_STAGES or stage in (Stage.IN_FORCE, Stage.AMENDED, Stage.ISSUED, Stage.ADOPTED):
        return "law"
    if stage in (Stage.ON_MAYORS_DESK, Stage.VETOED):
        return "mayor"
    if stage in (Stage.BLOCKED, Stage.VOID, Stage.PENDING, Stage.DECIDED):
        return "court"
    return "council" if stage.live else "over"


def related(dossier: Dossier, apart: Sequence[str] = ()) -> list[tuple[str, list[Link]]]:
    """Related matters under what they are to this one, but for the kinds that are shown `apart`.

    A bill that is not law does not amend anything yet.
    """
    grouped: dict[str, list[Link]] = {}
    for link in (link for link in dossier.links if link.kind not in apart):
        pending = not dossier.matter.is_law if link.forward else link.stage not in LAW_STAGES
        grouped.setdefault(_relation(link, pending), []).append(link)
    return list(grouped.items())


def _relation(link: Link, pending: bool) -> str:
    if pending and link.kind in WOULD:
        return _(WOULD[link.kind][0 if link.forward else 1])
    return _(RELATIONS.get((link.kind, link.forward), link.kind.capitalize()))


def relation(kind: str) -> str:
    """What a matter does to an earlier one: "Challenges"."""
    return _(RELATIONS.get((kind, True), kind.capitalize()))


def by_section(effects: Iterable[SectionEffect]) -> list[tuple[str, str, list[str]]]:
    """Code, section, and the subdivisions named: "§ 9-131(a)(4), (d)"."""
    grouped: dict[tuple[str, str], list[str]] = {}
    for effect in effects:
        parts = grouped.setdefault((effect.code, effect.section), [])
        parts += [effect.subdivision] if effect.subdivision else []
    return [(code, section, parts) for (code, section), parts in grouped.items()]


def section_name(code: str, section: str) -> str:
    """ "Charter § 8", "§ 9-131"."""
    return _("Charter § %(number)s", number=section) if code == "charter" else wording.isolated(f"§ {section}")


def subdivision(text: str) -> str:
    """ "a(3)" as "(a)(3)", the way the Code prints it."""
    if not text or text.startswith("("):
        return wording.isolated(text)
    head, opened, rest = text.partition("(")
    return wording.isolated(f"({head}){opened}{rest}")


def tongue(tag: str) -> Markup:
    """The attributes of a link to a page in another language than the one that is spoken, and of its headline."""
    return Markup("") if tag == current().tag else Markup(' hreflang="{0}" lang="{0}"').format(tag)


def spoken_as(tag: str) -> Markup:
    """The attribute of a text that is in another language than the one that is spoken."""
    return Markup("") if tag == current().tag else Markup(' lang="{}"').format(tag)


def numbered(file_number: str) -> str:
    """A matter's number among words of another language: kept together, and one that is a title marked as English."""
    told = wording.number_of(file_number)
    if current() is ENGLISH:
        return told
    return Markup("<bdi>{}</bdi>").format(told) if _is_code(file_number) else official(told)


def _is_code(file_number: str) -> bool:
    try:
        identifiers.parse(file_number)
    except BadIdentifier:
        return False  # "NYPD memo of 22 Feb 2017"
    return True


def returned(evidence: str) -> str:
    """Why a bill counts as a return: in the language that is spoken, or marked as English."""
    found = lineage.told(evidence)
    return official(evidence) if found is None else found


def host(address: str) -> str:
    """The outlet of an address, for a link's text."""
    return urlsplit(address).netloc.removeprefix("www.")


def web_address(address: str) -> str:
    """An address that may stand in a link: http and https only, else nothing."""
    return address if urlsplit(address).scheme in ("http", "https") else ""


def page_address(number: int) -> str:
    """This list with the same questions, at another page."""
    asked: Mapping[str, Sequence[str]] = request.args.to_dict(flat=False)
    kept: dict[str, Any] = {key: values for key, values in asked.items() if any(values) and _is_question(key)}
    kept |= (request.view_args or {}) | ({"page": number} if number > 1 else {})
    return url_for(request.endpoint or "pages.home", **kept)


def _is_question(name: str) -> bool:
    """Whether a name in an address can be one of ours: `url_for` has names of its own, which readers must not set."""
    return name not in ("page", "endpoint") and not name.startswith("_")


def feed_address() -> str:
    """The feed of this list with the same questions: a search that can be followed."""
    asked: Mapping[str, Sequence[str]] = request.args.to_dict(flat=False)
    kept: dict[str, Any] = {key: values for key, values in asked.items() if any(values) and _is_question(key)}
    return url_for("feeds.search", **kept)
