"""Who wrote an article."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("article", sa.Column("author", sa.String(), nullable=False, server_default=""))
