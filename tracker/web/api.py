"""``/api/v1``: the record for programs. Each address asks a query and hands its rows to `api_answers`.

What an address takes and gives is in `api_models`; spectree checks both and makes the description of them. Pages
follow the id of the last row, so that nothing is told twice or left out while the record grows.
"""

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session, col

from tracker import as_of, queries
from tracker.errors import NotFound
from tracker.models import Change
from tracker.models.sources import Article
from tracker.queries import Dossier
from tracker.queries import api as queries_api
from tracker.queries import sources as queries_sources
from tracker.queries.changes import of_scope
from tracker.queries.lists import MatterFilter
from tracker.web import api_answers as answers
from tracker.web import api_models as api
from tracker.web import api_questions as ask
from tracker.web.addresses import matter_at, root
from tracker.web.openapi import described, document
from tracker.web.problems import ANYWHERE
from tracker.web.site import site

blueprint = Blueprint("api", __name__)


@blueprint.after_request
def _for_anybody(response: Response) -> Response:
    response.headers.update(ANYWHERE)
    return response


@blueprint.get("/api/v1/openapi.json")
@described(ask.Nothing)
def openapi(query: ask.Nothing) -> Response:
    """The description of this API (OpenAPI 3.1)."""
    return document()


@blueprint.get("/api/v1/matters")
@described(ask.MattersQuery, api.MatterList)
def matters(query: ask.MattersQuery) -> Any:
    """Bills, resolutions, orders, directives and suits, by their ids."""
    at, asked = _moment(query.as_of), MatterFilter(scope=query.scope, kind=query.kind, q=query.q)
    with site().reading() as session:
        found = queries_api.list_matters(session, asked, query.stage or "", _after(query) or 0, query.limit, at)
        return api.MatterList(data=[answers.matter(row) for row in found.rows], meta=_meta(session, at, found.last))


@blueprint.get("/api/v1/matters/<slug>")
@described(ask.AsOf, api.MatterAnswer, missing=True)
def matter(slug: str, query: ask.AsOf) -> Any:
    """One matter with all that is held of it, or what was known of it at an earlier moment.

    A number that the Council changed leads to the new one.
    """
    at = _moment(query.as_of)
    with site().reading() as session:
        dossier = matter_at(session, slug)
        if dossier is None:
            return _moved(session, slug)
        return api.MatterAnswer(data=answers.matter_in_full(dossier, _known(dossier, at)), meta=_meta(session, at))


@blueprint.get("/api/v1/matters/<slug>/actions")
@described(ask.AsOf, api.ActionList, missing=True)
def actions(slug: str, query: ask.AsOf) -> Any:
    """The dated acts of a matter, the oldest first."""
    at = _moment(query.as_of)
    with site().reading() as session:
        dossier = matter_at(session, slug)
        if dossier is None:
            return _moved(session, slug)
        return api.ActionList(data=answers.actions(dossier, _known(dossier, at)), meta=_meta(session, at))


@blueprint.get("/api/v1/matters/<slug>/votes")
@described(ask.Nothing, api.VoteList, missing=True)
def votes(slug: str, query: ask.Nothing) -> Any:
    """The roll calls of a matter, as they are recorded now, the oldest first."""
    with site().reading() as session:
        dossier = matter_at(session, slug)
        if dossier is None:
            return _moved(session, slug)
        return api.VoteList(data=answers.votes(dossier), meta=_meta(session))


@blueprint.get("/api/v1/matters/<slug>/changes")
@described(ask.ChangesOfMatterQuery, api.ChangeList, missing=True)
def changes_of(slug: str, query: ask.ChangesOfMatterQuery) -> Any:
    """What we saw change in a matter."""
    with site().reading() as session:
        dossier = matter_at(session, slug)
        if dossier is None:
            return _moved(session, slug)
        return _changes(session, query, [col(Change.matter_id) == dossier.matter.id])


@blueprint.get("/api/v1/matters/<slug>/coverage")
@described(ask.CoverageQuery, api.ArticleList, missing=True)
def coverage_of(slug: str, query: ask.CoverageQuery) -> Any:
    """Published coverage of a matter, what we saw last first."""
    with site().reading() as session:
        dossier = matter_at(session, slug)
        if dossier is None:
            return _moved(session, slug)
        return _articles(session, query, [queries_api.of_measure(dossier.matter.file_number)])


@blueprint.get("/api/v1/changes")
@described(ask.ChangesQuery, api.ChangeList)
def changes(query: ask.ChangesQuery) -> Any:
    """Everything we saw change."""
    with site().reading() as session:
        which = [of_scope(session, query.scope)]
        which += [col(Change.kind) == query.kind] if query.kind else []
        which += [col(Change.observed_at) >= _start(query.since)] if query.since else []
        return _changes(session, query, which)


@blueprint.get("/api/v1/coverage")
@described(ask.CoverageQuery, api.ArticleList)
def coverage(query: ask.CoverageQuery) -> Any:
    """Published coverage with the measures that each piece covers, what we saw last first."""
    with site().reading() as session:
        return _articles(session, query, [])


@blueprint.get("/api/v1/hearings")
@described(ask.HearingsQuery, api.HearingList)
def hearings(query: ask.HearingsQuery) -> Any:
    """Meetings with a followed matter on their agendas, as they are listed now, those that were called off too."""
    with site().reading() as session:
        found = queries_api.list_hearings(session, query.state or "", query.since, _after(query) or 0, query.limit)
        return api.HearingList(data=[answers.hearing(row) for row in found.rows], meta=_meta(session, None, found.last))


@blueprint.get("/api/v1/sections")
@described(ask.Nothing, api.SectionList)
def sections(query: ask.Nothing) -> Any:
    """Sections of the Administrative Code and the Charter that followed matters name, and what each does to them."""
    with site().reading() as session:
        return api.SectionList(data=[answers.section(one) for one in queries.sections(session)], meta=_meta(session))


@blueprint.get("/api/v1/sources")
@described(ask.Nothing, api.SourceList)
def sources(query: ask.Nothing) -> Any:
    """Every source that was ever tried."""
    with site().reading() as session:
        meta = _meta(session)
        return api.SourceList(data=meta.sources, meta=meta)


@blueprint.get("/<any(matters, changes, coverage, sections, sources, calendar):name>.json")
def page_json(name: str) -> ResponseReturnValue:
    """A page's address with the ending leads to what says the same here."""
    asked: dict[str, Any] = request.args.to_dict()
    return redirect(url_for(f".{'hearings' if name == 'calendar' else name}", **asked))


@blueprint.get("/matters/<slug>.json")
def matter_json(slug: str) -> ResponseReturnValue:
    """A matter's page for programs: the same as under ``/api/v1``."""
    return matter(slug=slug)  # type: ignore[no-any-return]


def _changes(session: Session, query: ask.ChangesOfMatterQuery, which: list[Any]) -> api.ChangeList:
    at = _moment(query.as_of)
    which = which + ([col(Change.observed_at) <= at] if at else [])
    found = queries_api.list_changes(session, which, _after(query), query.limit, query.order == "oldest")
    return api.ChangeList(data=[answers.change(row) for row in found.rows], meta=_meta(session, at, found.last))


def _articles(session: Session, query: ask.CoverageQuery, which: list[Any]) -> api.ArticleList:
    at = _moment(query.as_of)
    which = which + ([col(Article.kind) == query.kind] if query.kind else [])
    which += [col(Article.outlet) == query.outlet] if query.outlet else []
    found, covering = queries_api.list_coverage(session, which, _after(query), query.limit, at)
    data = [answers.article(row, covering.get(row.id, ())) for row in found.rows]
    return api.ArticleList(data=data, meta=_meta(session, at, found.last))


def _moved(session: Session, slug: str) -> ResponseReturnValue:
    values: dict[str, Any] = {**request.args.to_dict(), "slug": queries.slug_now(session, slug)}
    return redirect(url_for(request.endpoint or "", **values), 301)


def _known(dossier: Dossier, at: datetime | None) -> as_of.Known | None:
    """How the matter was known then; None where no moment was asked. Raises NotFound where it had not been seen."""
    if at is None:
        return None
    known = as_of.known(dossier.matter, dossier.actions, dossier.changes, at)
    if known is None:
        first = f"{dossier.matter.first_seen_at:%Y-%m-%dT%H:%M:%SZ}"
        raise NotFound(f"This matter was not known then: it was first seen at {first}.")
    return known


def _moment(asked: date | datetime | None) -> datetime | None:
    return None if asked is None else as_of.moment(asked, site().now())


def _start(asked: date | datetime) -> datetime:
    """The first moment that is meant: of a date, its beginning in New York."""
    return asked if isinstance(asked, datetime) else as_of.day_begins(asked)


def _after(query: ask.Paged) -> int | None:
    return int(query.cursor, 16) if query.cursor else None


def _meta(session: Session, at: datetime | None = None, last: int | None = None) -> api.Meta:
    following = None
    if last is not None:
        asked = {key: value for key, value in request.args.items() if key != "cursor"} | {"cursor": f"{last:x}"}
        following = f"{root()}{request.path}?{urlencode(asked)}"
    states = [answers.source(state) for state in queries_sources.sources(session)]
    return api.Meta(as_of=at, next=following, sources=states)
