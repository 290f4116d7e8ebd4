"""The pages of coverage: the stories, the outlets, and one outlet."""

from flask import Blueprint, render_template, request

from tracker.coverage import outlets
from tracker.coverage.folding import KINDS
from tracker.coverage.outlets import Outlet
from tracker.errors import NotFound
from tracker.language import N_, Words, _
from tracker.models.sources import LINK_ROLES
from tracker.queries import coverage as queries_coverage
from tracker.queries import sources as queries_sources
from tracker.queries.coverage import POLICY, CoverageFilter
from tracker.web.site import site

ABOUT = Words({"": N_("measures"), POLICY: N_("the policy as a whole")})
ROLES = Words({"main": N_("its subject"), "background": N_("in the background")})


def add_to(blueprint: Blueprint) -> None:
    """Put these pages among the others, which carry a mark that saves sending them twice."""
    blueprint.add_url_rule("/coverage", view_func=coverage)
    blueprint.add_url_rule("/outlets", endpoint="outlets", view_func=list_outlets)
    blueprint.add_url_rule("/outlets/<slug>", view_func=outlet)


def coverage() -> str:
    asked = _asked()
    with site().reading() as session:
        return render_template(
            "coverage.html",
            sources=queries_sources.sources(session),
            found=queries_coverage.list_stories(session, asked),
            asked=asked,
            outlets=[line.name for line in queries_coverage.outlets(session)],
            measures=queries_coverage.measures(session),
            years=queries_coverage.years(session),
            ABOUT=ABOUT,
            ROLES=ROLES,
        )


def _asked() -> CoverageFilter:
    """What the address asks for; a value that means nothing is left out, since readers edit addresses by hand."""
    kind, outlet, role, about = (_word(name) for name in ("kind", "outlet", "role", "about"))
    return CoverageFilter(
        kind=kind if kind in KINDS else "",
        outlets=(outlet,) if outlet else (),
        measure="" if about == POLICY else _word("measure"),
        year=_whole("year", 1898, 2100),
        role=role if role in LINK_ROLES and about != POLICY else "",
        about=about if about in ABOUT else "",
        page=_whole("page", 1, 100_000) or 1,
    )


def list_outlets() -> str:
    with site().reading() as session:
        lines = queries_coverage.outlets(session)
        sources = queries_sources.sources(session)
    known = outlets.known()
    silent = sorted(known.keys() - {line.name for line in lines}, key=str.casefold)
    facts = {line.name: known.get(line.name, Outlet(line.name)) for line in lines}
    return render_template("outlets.html", sources=sources, lines=lines, facts=facts, silent=map(known.get, silent))


def outlet(slug: str) -> str:
    with site().reading() as session:
        shown = {line.name: line for line in queries_coverage.outlets(session)}
        names = tuple(sorted(name for name in {*shown, *outlets.known()} if outlets.slug_of(name) == slug))
        if not names:
            raise NotFound(_("There is no outlet at “%(slug)s”.", slug=slug))
        asked = CoverageFilter(outlets=names, page=_whole("page", 1, 100_000) or 1)
        return render_template(
            "outlet.html",
            sources=queries_sources.sources(session),
            outlet=outlets.known().get(names[0], Outlet(names[0])),
            found=queries_coverage.list_stories(session, asked),
            policy=queries_coverage.list_stories(session, CoverageFilter(outlets=names, about=POLICY)),
            ROLES=ROLES,
        )


def _word(name: str) -> str:
    return request.args.get(name, "").replace("\0", "").strip()[:200]


def _whole(name: str, least: int, most: int) -> int | None:
    given = request.args.get(name, type=int)
    return given if given is not None and least <= given <= most else None
