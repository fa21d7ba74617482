"""Deliveries that wait together: whether one waits alone and for which source's storm, until now parts of a name."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

# The name begins with that of the rule.
ALONE = "UPDATE delivery SET alone = substr(batch, length(rule) + 1, 9) = '|edition|' WHERE batch IS NOT NULL"
STORM = """
UPDATE delivery SET storm = substr(batch, length(rule) + 8)
WHERE batch IS NOT NULL AND substr(batch, length(rule) + 1, 7) = '|storm|'
"""


def upgrade() -> None:
    op.drop_index("ix_delivery_lane", "delivery")
    op.execute("ALTER TABLE delivery RENAME COLUMN lane TO batch")
    op.add_column("delivery", sa.Column("alone", sa.Boolean(), nullable=True))
    op.add_column("delivery", sa.Column("storm", sa.Text(), nullable=True))
    op.execute(ALONE)
    op.execute(STORM)
    where = sa.text("state = 'pending' AND batch IS NOT NULL")
    op.create_index("ix_delivery_batch", "delivery", ["target", "batch"], sqlite_where=where, postgresql_where=where)
