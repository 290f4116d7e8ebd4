"""Articles are known by their canonical address; the one for a link stands beside it."""

import sqlalchemy as sa
from alembic import op

from tracker.coverage.stories import canonical, shown

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("article", sa.Column("shown_address", sa.String(), nullable=False, server_default=""))
    articles = sa.table("article", sa.column("id"), sa.column("address"), sa.column("shown_address"))
    rows = op.get_bind().execute(sa.select(articles.c.id, articles.c.address).order_by(articles.c.id)).all()
    taken = {row.address for row in rows}
    for row in rows:
        address = canonical(row.address)
        if address in taken:  # its own, or that of another row, which then stays as it is
            address = row.address
        taken.add(address)
        changed = articles.update().where(articles.c.id == row.id)
        op.execute(changed.values(address=address, shown_address=shown(row.address)))
