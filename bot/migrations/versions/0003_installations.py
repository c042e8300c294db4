"""Installations in Slack workspaces, and those that were begun."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "installations",
        sa.Column("client", sa.String(80), primary_key=True),
        sa.Column("place", sa.String(40), primary_key=True),
        sa.Column("enterprise", sa.String(40)),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("bot_token", sa.Text, nullable=False),
        sa.Column("bot_user", sa.String(40), nullable=False),
        sa.Column("bot_id", sa.String(40)),
        sa.Column("installed", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "installing",
        sa.Column("state", sa.String(64), primary_key=True),
        sa.Column("browser", sa.String(64), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False, index=True),
    )


def downgrade() -> None:
    op.drop_table("installing")
    op.drop_table("installations")
