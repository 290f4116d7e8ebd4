"""Who wrote an article."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("article", sa.Column("author", sa.String(), nullable=False, server_default=""))
