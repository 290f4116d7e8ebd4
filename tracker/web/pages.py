"""The pages. Each asks `queries` for what it shows and hands it to a template; nothing is decided here."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from flask import Blueprint, Response, g, jsonify, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response as AnyResponse

from tracker import figures, health, language, queries, timeline, wording
from tracker.digests import runs as digest_runs
from tracker.errors import NotFound
from tracker.formats.citation import Citation, Print, cite
from tracker.formats.legislation import as_json_ld
from tracker.language import N_, Words
from tracker.law import sponsoring
from tracker.lifecycle import Stage
from tracker.models import CHANGE_KINDS, SCOPES
from tracker.next_steps import next_step
from tracker.queries import changes as queries_changes
from tracker.queries import coverage as queries_coverage
from tracker.queries import disagreements as queries_disagreements
from tracker.queries import hearings as queries_hearings
from tracker.queries import lineage as queries_lineage
from tracker.queries import lists as queries_lists
from tracker.queries import prints as queries_prints
from tracker.queries import sources as queries_sources
from tracker.queries import versions as queries_versions
from tracker.queries.changes import ChangeFilter
from tracker.queries.lists import MatterFilter
from tracker.web import covering, home, showing
from tracker.web.addresses import absolute, permanent
from tracker.web.rollcall import roll_call
from tracker.web.site import site
from tracker.web.stagebar import stage_bar

blueprint = Blueprint("pages", __name__)
covering.add_to(blueprint)
home.add_to(blueprint)


ORDER_GROUPS: Final = Words(
    {
        "Executive Order": N_("Mayoral orders"),
        "Emergency Executive Order": N_("Emergency orders"),
        "Directive": N_("Agency directives"),
        "Lawsuit": N_("Suits"),
    }
)


def _page(session: Session, template: str, **values: Any) -> str:
    """A page with the age of the data at its foot."""
    return render_template(template, sources=queries_sources.sources(session), **values)


@blueprint.get("/matters")
def matters() -> str:
    asked = matter_filter()
    with site().reading() as session:
        return _page(
            session,
            "matters.html",
            found=queries_lists.list_matters(session, asked),
            asked=asked,
            kinds=queries_lists.kinds(session),
            stages=queries_lists.stages(session),
            sessions=queries_lists.SESSIONS[::-1],
            page_size=queries_lists.PAGE_SIZE,
        )


def matter_filter() -> MatterFilter:
    """What the address asks for; a value that means nothing is left out, since readers edit addresses by hand."""
    sort, scope = _word("sort"), _word("scope")
    return MatterFilter(
        scope=scope if scope in (*SCOPES, "all") else "tracked",
        kind=_word("kind"),
        stage=_word("stage"),
        year=_whole("year", 1898, 2100),
        session=_whole("session", 1898, 2100),
        sponsor=_word("sponsor"),
        q=_word("q"),
        sort=sort if sort in queries_lists.SORTS else "newest",
        page=_whole("page", 1, 100_000) or 1,
    )


def _word(name: str) -> str:
    return request.args.get(name, "").replace("\0", "").strip()[:200]


def _whole(name: str, least: int, most: int) -> int | None:
    given = request.args.get(name, type=int)
    return given if given is not None and least <= given <= most else None


@blueprint.get("/matters/<slug>")
def matter(slug: str) -> str | AnyResponse:
    with site().reading() as session:
        try:
            dossier = queries.get_matter(session, slug)
        except NotFound:
            now = queries.slug_now(session, slug)
            if now is None:
                raise
            return redirect(url_for("pages.matter", slug=now), 301)
        held, today = dossier.matter, site().today()
        prints = queries_prints.prints(session, dossier.captures.values())
        return _page(
            session,
            "matter.html",
            dossier=dossier,
            matter=held,
            bar=stage_bar(held, dossier.actions, today),
            ahead=next_step(held.kind, held.stage, held.stage_since, held.introduced_on, today),
            whose=wording.source_of(held.kind),
            versions=queries_versions.held(session, held.id),
            forms=queries_lineage.forms(session, held.file_number),
            hearings=queries_hearings.of_matter(session, held.id, today),
            disagreements=queries_disagreements.disagreements(session, held.id),
            no_link=queries_sources.link_is_missing(session, held.source_id),
            legislation=as_json_ld(dossier, absolute("pages.matter", slug=held.slug), absolute("pages.matters")),
            sponsoring=sponsoring.course(dossier.sponsors, dossier.changes),
            prints=prints,
            roll_call=roll_call,
            cited=_cited(dossier, prints),
            **_story(session, dossier, today),
        )


def _story(session: Session, dossier: queries.Dossier, today: date) -> dict[str, Any]:
    """The timeline, as far as the reader wants to see it, and the choice of its parts."""
    held, wanted = dossier.matter, showing.asked(request.args.getlist("show"))
    known = queries_coverage.of_measure(session, held.file_number)
    stories, moved = showing.some(known), showing.moved(wanted)
    more, undated = len(known) - len(stories), [line for line in stories if line.published_on is None]
    press = not wanted or "press" in wanted
    every = timeline.build(held, dossier.actions, dossier.changes, dossier.votes, today, stories, moved)
    return {
        "story": showing.chosen(every, wanted),
        "boxes": showing.boxes(every, dossier.changes, wanted, more + len(undated)),
        "more_stories": more if press else 0,
        "filtered": bool(wanted),
        "most_changes": showing.MOST_CHANGES,
        "undated": undated if press else [],
    }


def _cited(dossier: queries.Dossier, prints: Mapping[int, Print]) -> Citation:
    held, note = dossier.matter, dossier.note
    subject = (note.headline or held.name or held.title or held.file_number).rstrip(". ")
    shown = prints.get(dossier.changes[-1].capture_id) if dossier.changes else None
    address = permanent("pages.matter", slug=held.slug)
    with language.speaking(language.ENGLISH.tag):  # citations are written in the language of what is cited
        return cite(held, subject, site().settings.title, address, held.last_seen_at, shown)


@blueprint.get("/calendar")
def calendar() -> str:
    with site().reading() as session:
        read = next((state.good_at for state in queries_sources.sources(session) if state.source == "hearings"), None)
        return _page(session, "calendar.html", calendar=queries_hearings.calendar(session, site().today()), read=read)


@blueprint.get("/orders")
def orders() -> str:
    with site().reading() as session:
        lines = queries.orders(session)
        states = Counter(line.stage for line in lines)
        asked = _word("state") if _word("state") in states else ""
        shown = [line for line in lines if asked in ("", line.stage)]
        return _page(
            session,
            "orders.html",
            groups=_order_groups(shown),
            last=queries.last_acts(session, [line.id for line in shown], site().today()),
            states=sorted(states.items(), key=lambda state: list(Stage).index(Stage(state[0]))),
            total=len(lines),
            asked=asked,
        )


def _order_groups(lines: Sequence[queries.Line]) -> list[tuple[str, list[queries.Line]]]:
    """Orders, directives, suits, then whatever else there is."""
    grouped: dict[str, list[queries.Line]] = {kind: [] for kind in ORDER_GROUPS}
    for line in lines:
        grouped.setdefault(line.kind, []).append(line)
    return [(ORDER_GROUPS.get(kind, kind), found) for kind, found in grouped.items() if found]


@blueprint.get("/changes")
def changes() -> str:
    corrections = request.args.get("view") == "corrections"
    kind, scope = _word("kind"), _word("scope")
    asked = ChangeFilter(
        scope=scope if scope in ("core", "all") else "tracked",
        kind=kind if kind in CHANGE_KINDS else "",
        corrections=corrections,
        page=_whole("page", 1, 1_000_000) or 1,
    )
    return _changes(asked)


@blueprint.get("/corrections")
def corrections() -> str:
    asked = ChangeFilter(corrections=True, page=_whole("page", 1, 1_000_000) or 1)
    return _changes(asked)


def _changes(asked: ChangeFilter) -> str:
    with site().reading() as session:
        return _page(session, "changes.html", found=queries_changes.list_changes(session, asked), asked=asked)


@blueprint.get("/sections")
def sections() -> str:
    with site().reading() as session:
        return _page(session, "sections.html", histories=queries.sections(session))


@blueprint.get("/about")
def about() -> str:
    with site().reading() as session:
        told = {"figures": figures.figures(), "RULES": figures.RULES, "SAMPLES": figures.SAMPLES}
        return _page(session, "about.html", **told, percent=figures.percent)


@blueprint.get("/sources")
def sources() -> AnyResponse:
    now = site().now()
    with site().reading() as session:
        page = _page(
            session,
            "sources.html",
            states=health.states(session, site().settings.health, now),
            incidents=health.open_incidents(session),
            outcomes=wording.OUTCOMES,
            troubles=wording.TROUBLES,
            disagreements=queries_disagreements.disagreements(session),
            alerts=queries_sources.alerts(session),
            holds=[digest_runs.told(held) for held in digest_runs.holds(session)],
            now=now,
        )
    g.pop("mark", None)  # ages grow while nothing is stored: no reader's copy of this page stays true
    return Response(page, headers={"Cache-Control": "no-store"})


@blueprint.get("/export")
def export() -> str:
    with site().reading() as session:
        return _page(session, "export.html")


@blueprint.get("/healthz")
def healthz() -> tuple[Response, int]:
    """For machines: "ok", "degraded" when a source is in trouble, "empty" when none was ever tried.

    Answers 503 when what is shown is too old or is nothing at all; a source that fails while it is still fresh is no
    reason to take a site down.
    """
    now = site().now()
    with site().reading() as session:
        states = health.states(session, site().settings.health, now)
    told = health.report(states, now)
    bad = told["status"] == "empty" or any(state.stale for state in states)
    return jsonify(told), 503 if bad else 200
