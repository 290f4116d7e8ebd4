"""How templates print what queries return: dates, numbers, links. Words about the record come from `wording`."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, request, url_for
from markupsafe import Markup

from tracker import wording, wording_changes, wording_hearings
from tracker.coverage import KINDS
from tracker.language import dated_in_full
from tracker.lifecycle import LAW_STAGES, Stage
from tracker.models import SectionEffect
from tracker.outlets import slug_of
from tracker.queries import Dossier, Link
from tracker.web.addresses import absolute
from tracker.web.site import site

HOW = {
    "signed": "Law, signed",
    "lapsed": "Law, without the Mayor’s signature",
    "overridden": "Law, by override of a veto",
}
SCOPE_LABELS = {
    "core": "Core",
    "related": "Related",
    "context": "Context",
    "out": "Out of scope",
}
SCOPE_MEANINGS = {
    "core": "its point is cooperation with, or limits on, federal immigration enforcement",
    "related": "it touches such cooperation, though that is not its whole point",
    "context": "about immigrants or immigration, not about enforcement",
    "out": "about something else",
}
RELATIONS = {
    ("reintroduces", True): "Reintroduces",
    ("reintroduces", False): "Reintroduced as",
    ("amends", True): "Amends",
    ("amends", False): "Amended by",
    ("repeals", True): "Repeals",
    ("repeals", False): "Repealed by",
    ("supersedes", True): "Supersedes",
    ("supersedes", False): "Superseded by",
    ("revokes", True): "Revokes",
    ("revokes", False): "Revoked by",
    ("continues", True): "Continues",
    ("continues", False): "Continued by",
    ("companion", True): "Companion",
    ("companion", False): "Companion",
    ("implements", True): "Carries out",
    ("implements", False): "Carried out by",
    ("challenges", True): "Challenges",
    ("challenges", False): "Challenged in",
    ("answers", True): "Answers",
    ("answers", False): "Answered by",
}
# A bill that is not law does not yet amend or repeal anything.
WOULD = {"amends": ("Would amend", "Would be amended by"), "repeals": ("Would repeal", "Would be repealed by")}


def register(app: Flask) -> None:
    """Make the filters and a few names known to every template."""
    app.jinja_env.filters.update(
        age=age,
        day=wording.day,
        dated=dated,
        weekday=weekday,
        moment=moment,
        count=wording.count,
        number=wording.number_of,
        law=wording.law_name,
        kind=wording.kind_name,
        stage=stage_label,
        tone=stage_tone,
        host=host,
        web=web_address,
        source=wording.source_name,
        listed=wording.listed,
        hour=wording.hour,
        outlet=slug_of,
        related=related,
        by_section=by_section,
        subdivision=subdivision,
        told=wording_changes.sentence,
    )
    app.jinja_env.globals.update(
        HOW=HOW,
        LAW_STAGES=LAW_STAGES,
        SCOPE_LABELS=SCOPE_LABELS,
        SCOPE_MEANINGS=SCOPE_MEANINGS,
        CHANGE_LABELS=wording_changes.CHANGE_LABELS,
        STATES=wording_hearings.STATES,
        KINDS=KINDS,
        page_address=page_address,
        feed_address=feed_address,
        absolute=absolute,
        days_since=days_since,
        sends_mail=sends_mail,
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
        return Markup("date not known")
    on = wording.new_york_date(value) if isinstance(value, datetime) else value
    return Markup('<time datetime="{}">{}</time>').format(on.isoformat(), shown or wording.day(on))


def weekday(value: date) -> Markup:
    """A date with the name of its day: <time datetime="2025-12-31">Wednesday, 31 Dec 2025</time>."""
    return dated(value, dated_in_full(value))


def moment(value: datetime | None) -> Markup:
    """A moment as New Yorkers read it: "today 06:10", "21 Aug 2026 19:49"."""
    if value is None:
        return Markup("never")
    local = value.astimezone(wording.NEW_YORK)
    shown = "today" if local.date() == site().today() else wording.day(local.date())
    return Markup('<time datetime="{}">{} {}</time>').format(
        value.isoformat(timespec="seconds"), shown, f"{local:%H:%M}"
    )


def days_since(value: date | None) -> str:
    """ "12 days"; nothing where the day is not known or still to come."""
    if value is None or value > site().today():
        return ""
    return wording.count((site().today() - value).days, "day")


def age(value: timedelta) -> str:
    """ "5 minutes", "3 hours", "2 days"."""
    minutes = int(value.total_seconds() // 60)
    if minutes < 120:
        return wording.count(minutes, "minute")
    return wording.count(minutes // 60, "hour") if minutes < 48 * 60 else wording.count(minutes // 1440, "day")


def stage_label(value: str, kind: str = "") -> str:
    """What readers call a stage; a value we do not know is shown as it is."""
    if kind == "Lawsuit" and value == Stage.STATE_UNKNOWN:
        return "Outcome not known"
    stage = wording.stage_of(value)
    return stage.label.replace("'", "’") if stage else value


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
        return WOULD[link.kind][0 if link.forward else 1]
    return RELATIONS.get((link.kind, link.forward), link.kind.capitalize())


def by_section(effects: Iterable[SectionEffect]) -> list[tuple[str, str, list[str]]]:
    """Code, section, and the subdivisions named: "§ 9-131(a)(4), (d)"."""
    grouped: dict[tuple[str, str], list[str]] = {}
    for effect in effects:
        parts = grouped.setdefault((effect.code, effect.section), [])
        parts += [effect.subdivision] if effect.subdivision else []
    return [(code, section, parts) for (code, section), parts in grouped.items()]


def subdivision(text: str) -> str:
    """ "a(3)" as "(a)(3)", the way the Code prints it."""
    if not text or text.startswith("("):
        return text
    head, opened, rest = text.partition("(")
    return f"({head}){opened}{rest}"


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
