"""The columns of coverage.csv: one row for each published link from an article to a measure."""

from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import SQLModel

from tracker.coverage.folding import KINDS, tame
from tracker.export.cells import Column, Export, Owner, day, guarded, key, moment, text
from tracker.export.columns import holder, scope_of
from tracker.models.sources import LINK_KINDS, LINK_ROLES

_tables = SQLModel.metadata.tables
article, coverage = _tables["article"], _tables["coverage"]
link = sa.select(coverage).where(coverage.c.outcome == "published").subquery("published_link")
_covered, _is_covered, _override = holder(link, link.c.file_number, "covered")

_must: Final = {"required": True}
_DECIDERS: Final = ("rule", "starter", "editor")


def _words(value: str) -> str:
    return guarded(tame(value))


def _said(name: str, source: Any, description: str, **constraints: Any) -> Column:
    """The words of strangers."""
    return Column(name, "string", description, (source,), _words, constraints)


def _score(value: float) -> str:
    return f"{value:.2f}"


_address = sa.case((article.c.shown_address != "", article.c.shown_address), else_=article.c.address)
# who an editor is, is nobody's business but the editors'
_decider: Any = sa.case(
    (link.c.decided_by == "press", "rule"), (link.c.decided_by == "starter record", "starter"), else_="editor"
)

COVERAGE: Final = Export(
    "coverage",
    "Coverage",
    "One row for each published link from an article to a measure. What waits for an editor or was declined is not "
    "here. The articles are their authors': this names them as a bibliography does.",
    (
        text("address", _address, "Where the article is, as its outlet publishes it.", **_must),
        _said("headline", article.c.headline, "Its headline.", **_must),
        _said("author", article.c.author, "Who wrote it, as its byline says; empty where none is known."),
        _said("outlet", article.c.outlet, "Who published it.", **_must),
        text("outlet_kind", article.c.kind, "What kind of piece it is.", enum=list(KINDS), required=True),
        day("published_on", article.c.published_on, "The New York date of publication; empty where it is not known."),
        _said("language", article.c.language, "Its language, as a code of two or three letters."),
        text("story", article.c.story, "The same for copies and rewrites of one story; empty for a single one."),
        text("file_number", link.c.file_number, "The measure that it covers; perhaps one we do not hold.", **_must),
        key("kind", link.c.kind, "What ties it to the measure: a number, a name, a description.", enum=list(LINK_KINDS),
            required=True),
        key("role", link.c.role, "Whether the measure is its subject or in the background.", enum=list(LINK_ROLES),
            required=True),
        Column("score", "number", "How sure the tie is, from 0 to 1.", (link.c.score,), _score,
               {"minimum": 0, "maximum": 1, "required": True}),
        _said("evidence", link.c.evidence, "The words that tie it to the measure.", **_must),
        key("decided_by", _decider, "Who decided: the rule, the starter record, or an editor.", enum=list(_DECIDERS),
            required=True),
        moment("decided_at", link.c.decided_at, "When that was decided.", **_must),
    ),
    link.join(article, article.c.id == link.c.article_id)
    .outerjoin(_covered, _is_covered)
    .outerjoin(_override, _override.c.file_number == _covered.c.file_number),
    link.c.id,
    (Owner(_covered.c.id, scope_of(_covered, _override)),),
    of_matters=False,
)  # fmt: skip
