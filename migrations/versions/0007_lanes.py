"""Deliveries that wait to be sent together."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("delivery", sa.Column("lane", sa.Text(), nullable=True))
    op.create_index(
        "ix_delivery_lane",
        "delivery",
        ["target", "lane"],
        sqlite_where=sa.text("state = 'pending' AND lane IS NOT NULL"),
        postgresql_where=sa.text("state = 'pending' AND lane IS NOT NULL"),
    )
