"""Alembic's entry: runs inside the connection that `database.upgrade` holds."""

import sqlalchemy as sa
from alembic import context
from sqlmodel import SQLModel

import tracker.models
import tracker.models.digests
import tracker.models.editing
import tracker.models.law
import tracker.models.mail
import tracker.models.reports
import tracker.models.sources
import tracker.models.suggestions  # noqa: F401

# written by hand for each database; autogenerate must not drop them
SEARCH_TABLES = ("matter_search", "article_search", "ix_matter_search", "ix_article_search")


def include(thing: sa.schema.SchemaItem, name: str | None, kind: str, reflected: bool, compared: object) -> bool:
    """Leave the search index and its shadow tables out of comparisons."""
    return not (kind in ("table", "index") and (name or "").startswith(SEARCH_TABLES))


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    include_object=include,
)
with context.begin_transaction():
    context.run_migrations()
