"""Drafts, requests and Slack deliveries."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "drafts",
        sa.Column("answer", sa.String(40), primary_key=True),
        sa.Column("surface", sa.String(20), nullable=False),
        sa.Column("team", sa.String(40)),
        sa.Column("user", sa.String(40)),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False, index=True),
    )
    op.create_table(
        "requests",
        sa.Column("reference", sa.String(20), primary_key=True),
        sa.Column("answer", sa.String(40), nullable=False, unique=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False, index=True),
        sa.Column("surface", sa.String(20), nullable=False),
        sa.Column("team", sa.String(40)),
        sa.Column("user", sa.String(40)),
        sa.Column("directive", sa.String(40), nullable=False),
        sa.Column("effective", sa.Date, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("clauses", sa.JSON, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("content", sa.JSON, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
    )
    op.create_table(
        "deliveries",
        sa.Column("key", sa.String(200), primary_key=True),
        sa.Column("seen", sa.DateTime(timezone=True), nullable=False, index=True),
    )


def downgrade() -> None:
    op.drop_table("deliveries")
    op.drop_table("requests")
    op.drop_table("drafts")
