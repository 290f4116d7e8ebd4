"""Atom feeds and calendars: the record for those who follow it from elsewhere.

An entry is a change, dated by when we saw it; the day of the act is in its words. Its id is made of the change's own
id and moment, so that a record built anew never reuses one for something else.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session, col
from werkzeug.exceptions import BadRequest

from tracker import queries, wording
from tracker.coverage.folding import KINDS
from tracker.errors import NotFound
from tracker.formats import atom, calendars
from tracker.language import N_, _
from tracker.models import CHANGE_KINDS, Change
from tracker.models.sources import Hearing
from tracker.queries import feeds as queries_feeds
from tracker.queries import lists as queries_lists
from tracker.queries import sources as queries_sources
from tracker.queries.changes import Seen, latest, of_scope
from tracker.queries.feeds import Piece
from tracker.web.addresses import absolute, host, matter_at, own
from tracker.web.filters import section_name
from tracker.web.pages import matter_filter
from tracker.web.site import site
from tracker.wording.changes import CHANGE_LABELS

blueprint = Blueprint("feeds", __name__)

NOTHING_YET: Final = datetime(2026, 1, 1, tzinfo=UTC)  # `updated` is required, of a feed without entries too
PIECES: Final = {
    "news": N_("%(outlet)s, news."),
    "opinion": N_("%(outlet)s, opinion."),
    "government": N_("%(outlet)s, government."),
    "advocacy": N_("%(outlet)s, advocacy."),
}
CALENDAR_KEEPS: Final = timedelta(days=366)


@blueprint.get("/changes.atom")
def changes() -> Response:
    """What changed in followed matters; ``scope`` and ``kind`` as on the page."""
    _only("scope", "kind")
    scope, kind = _choice("scope", ("tracked", "core", "all")), _choice("kind", ("", *CHANGE_KINDS))
    with site().reading() as session:
        which = [of_scope(session, scope)] + ([col(Change.kind) == kind] if kind else [])
        rows = queries_feeds.news(session, *which)
        return _feed(session, _("What changed"), "pages.changes", _entries(rows), **request.args.to_dict())


@blueprint.get("/corrections.atom")
def corrections() -> Response:
    _only()
    with site().reading() as session:
        entries = _entries(queries_feeds.corrections(session))
        return _feed(session, _("Corrections of the record"), "pages.corrections", entries)


@blueprint.get("/matters.atom")
def search() -> Response:
    """What changed in the matters that a search finds: a topic, a sponsor, a stage. Asked as on /matters."""
    asked = matter_filter()
    with site().reading() as session:
        found = col(Change.matter_id).in_(queries_lists.ids(session, asked))
        title = _("What changed in a list of matters")
        if asked.q:
            title = _("What changed in a search: %(words)s", words=asked.q)
        entries = _entries(queries_feeds.news(session, found))
        return _feed(session, title, "pages.matters", entries, **request.args.to_dict())


@blueprint.get("/matters/<slug>.atom")
def matter(slug: str) -> ResponseReturnValue:
    _only()
    with site().reading() as session:
        dossier = matter_at(session, slug)
        if dossier is None:
            return redirect(url_for(".matter", slug=queries.slug_now(session, slug)), 301)
        held = dossier.matter
        rows = latest(session, queries_feeds.ENTRIES, Change.matter_id == held.id)
        title = f"{wording.number_of(held.file_number)}: {(held.name or held.title).rstrip('. ')}"
        return _feed(session, title, "pages.matter", _entries(rows), slug=slug)


@blueprint.get("/sections/<place>.atom")
def section(place: str) -> Response:
    """What changed in the matters that do something to a section: ``/sections/admin-9-131.atom``."""
    _only()
    code, _dash, section = place.partition("-")
    with site().reading() as session:
        if not queries_feeds.has_section(session, code, section):
            raise NotFound(_("No matter in this record names § %(number)s of that code.", number=section))
        rows = queries_feeds.news(session, queries_feeds.of_section(code, section))
        title = _("What changed around %(section)s", section=section_name(code, section))
        return _feed(session, title, "law.section", _entries(rows), slug=place)


@blueprint.get("/coverage.atom")
def coverage() -> Response:
    _only()
    with site().reading() as session:
        entries = tuple(_piece(piece) for piece in queries_feeds.coverage(session))
        return _feed(session, _("Who reported what"), "pages.coverage", entries)


@blueprint.get("/calendar.ics")
def calendar() -> Response:
    """Meetings with a followed matter on their agendas, from a year ago on."""
    _only()
    with site().reading() as session:
        since = site().today() - CALENDAR_KEEPS
        meetings = queries_feeds.meetings(session, col(Hearing.held_on) >= since)
    return _calendar(_("Hearings, %(site)s", site=site().settings.title), meetings)


@blueprint.get("/matters/<slug>.ics")
def matter_calendar(slug: str) -> ResponseReturnValue:
    _only()
    with site().reading() as session:
        dossier = matter_at(session, slug)
        if dossier is None:
            return redirect(url_for(".matter_calendar", slug=queries.slug_now(session, slug)), 301)
        meetings = queries_feeds.meetings(session, queries_feeds.with_matter(dossier.matter.id))
        name = _("Hearings on %(measure)s", measure=wording.number_of(dossier.matter.file_number))
    return _calendar(name, meetings)


def _only(*known: str) -> None:
    """Refuse a parameter that would do nothing: a feed is asked once and read for years."""
    unknown = sorted(set(request.args) - set(known))
    if unknown:
        told = N_("This address does not take a parameter %(name)s. It takes none.")
        if known:
            told = N_("This address does not take a parameter %(name)s. It takes %(known)s.")
        raise BadRequest(_(told, name=repr(unknown[0]), known=wording.listed(list(known))))


def _choice(name: str, choices: tuple[str, ...]) -> str:
    """The value of a parameter; the first choice where it is not given."""
    given = request.args.get(name, choices[0])
    if given not in choices:
        told = N_("%(name)s=%(given)s is not understood. There are: %(choices)s.")
        raise BadRequest(_(told, name=name, given=given, choices=", ".join(filter(None, choices))))
    return given


def _feed(session: Session, title: str, page: str, entries: tuple[atom.Entry, ...], **asked: Any) -> Response:
    here = own() + (f"?{request.query_string.decode()}" if request.query_string else "")
    feed = atom.Feed(
        id=here,
        title=f"{title} | {site().settings.title}",
        subtitle=_age(session),
        author=site().settings.title,
        link=absolute(page, **asked),
        own=here,
        updated=max((entry.updated for entry in entries), default=NOTHING_YET),
        entries=entries,
    )
    return Response(atom.write(feed), content_type=atom.CONTENT_TYPE)


def _age(session: Session) -> str:
    """How old the data is, source by source."""
    read = [
        _("%(source)s last read %(at)s", source=wording.source_name(state.source), at=wording.moment(state.good_at))
        for state in queries_sources.sources(session)
        if state.good_at
    ]
    if not read:
        return _("No source has been read yet.")
    return _("%(sources)s. New York time.", sources="; ".join(read))


def _entries(rows: Iterable[Seen]) -> tuple[atom.Entry, ...]:
    return tuple(_entry(seen) for seen in rows)


def _entry(seen: Seen) -> atom.Entry:
    change = seen.change
    label = _(CHANGE_LABELS[change.kind])
    title = f"{seen.number}: {seen.title}" if seen.title != seen.file_number else seen.number
    return atom.Entry(
        id=atom.tag(host(), "change", str(change.id), f"{change.observed_at:%Y%m%dT%H%M%SZ}"),
        title=f"{title} ({label})",
        link=absolute("pages.matter", slug=seen.matter_slug, _anchor=f"change-{change.id}"),
        updated=change.observed_at,
        text=" ".join((seen.sentence, _("Seen %(at)s, New York time.", at=wording.moment(change.observed_at)))),
        category=(change.kind, label),
    )


def _piece(piece: Piece) -> atom.Entry:
    named = [f"{number} {title}".strip() for _, number, title in piece.measures]
    told = [_(PIECES[piece.kind], outlet=piece.outlet)]
    told += [_("Published %(day)s.", day=wording.day(piece.published_on))] if piece.published_on else []
    told += [_("On %(measures)s.", measures=wording.listed(named))]
    return atom.Entry(
        id=atom.tag(host(), "article", sha256(piece.address.encode()).hexdigest()[:20]),
        title=piece.headline,
        link=piece.address,
        updated=piece.first_seen_at,
        text=" ".join(told),
        category=(piece.kind, KINDS[piece.kind]),
        author=piece.outlet,
        language=piece.language,
        related=tuple(absolute("pages.matter", slug=slug) for slug, _, _ in piece.measures if slug),
    )


def _calendar(name: str, meetings: Iterable[calendars.Meeting]) -> Response:
    content = calendars.write(name, own(), host(), meetings)
    return Response(content, content_type=calendars.CONTENT_TYPE)
