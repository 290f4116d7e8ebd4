"""What changed in the text of a bill between two of its versions, with the words around it or whole."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tracker import queries
from tracker.errors import NotFound
from tracker.language import N_, _
from tracker.law import textdiff
from tracker.law.textdiff import Paragraph
from tracker.queries import sources as queries_sources
from tracker.queries import versions as queries_versions
from tracker.web.site import site

blueprint = Blueprint("versions", __name__)

AROUND: Final = 1  # unchanged paragraphs shown beside a changed one
_PAIR: Final = re.compile(r"(first|[A-Z])\.\.(first|[A-Z])", re.ASCII)


class Passage(NamedTuple):
    """Paragraphs that are shown together, after `skipped` unchanged ones that are not."""

    skipped: int
    paragraphs: tuple[Paragraph, ...]


def passages(paragraphs: Sequence[Paragraph], around: int) -> tuple[list[Passage], int]:
    """Changed paragraphs with those beside them, and how many unchanged ones follow the last."""
    wanted = {
        near
        for at, each in enumerate(paragraphs)
        if each.changed
        for near in range(max(0, at - around), min(len(paragraphs), at + around + 1))
    }
    found: list[Passage] = []
    shown = 0
    for at in sorted(wanted):
        if found and at == shown:
            found[-1] = Passage(found[-1].skipped, (*found[-1].paragraphs, paragraphs[at]))
        else:
            found.append(Passage(at - shown, (paragraphs[at],)))
        shown = at + 1
    return found, len(paragraphs) - shown


@blueprint.get("/matters/<slug>/versions/<pair>")
def compare(slug: str, pair: str) -> str | Response:
    asked = _PAIR.fullmatch(pair)
    if asked is None or asked[1] == asked[2]:
        like = N_("Two versions are compared at an address like /matters/int-1412-2025/versions/first..A.")
        raise NotFound(_(like))
    whole = "whole" in request.args
    with site().reading() as session:
        try:
            matter, (old, new) = queries_versions.texts(session, slug, asked[1], asked[2])
        except NotFound:
            now = queries.slug_now(session, slug)
            if now is None:
                raise
            return redirect(url_for("versions.compare", slug=now, pair=pair), 301)
        long = max(len(old), len(new)) > textdiff.LONGEST
        found = None if long else textdiff.difference(textdiff.laid_out(old), textdiff.laid_out(new))
        shown, rest = passages(found.paragraphs, len(found.paragraphs) if whole else AROUND) if found else ([], 0)
        return render_template(
            "versions.html",
            sources=queries_sources.sources(session),
            matter=matter,
            line=queries.lines_by_number(session, [matter.file_number]).get(matter.file_number),
            before=asked[1],
            after=asked[2],
            found=found,
            shown=shown,
            rest=rest,
            whole=whole,
            lost="\N{REPLACEMENT CHARACTER}" in old + new,
            removed=_counted(found, "removed"),
            inserted=_counted(found, "inserted"),
        )


def _counted(found: textdiff.Difference | None, kind: str) -> int:
    """Words of a kind."""
    pieces = (piece for each in (found.paragraphs if found else ()) for piece in each.pieces)
    return sum(len(piece.text.split()) for piece in pieces if piece.kind == kind)
