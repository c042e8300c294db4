"""Clauses about which people in Slack asked to be told, each in the version they know."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "watches",
        sa.Column("team", sa.String(40), primary_key=True),
        sa.Column("user", sa.String(40), primary_key=True),
        sa.Column("directive", sa.String(80), primary_key=True),
        sa.Column("section", sa.String(200), primary_key=True),
        sa.Column("effective", sa.Date, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("watches")
