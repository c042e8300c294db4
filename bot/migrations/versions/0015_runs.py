"""Runs of the questions: who had them run when, and what came of it."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "runs",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("started", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_by", sa.Text, nullable=False),
        sa.Column("heard", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended", sa.DateTime(timezone=True)),
        sa.Column("ended_by", sa.Text),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("why", sa.Text),
        sa.Column("asked", sa.Integer, nullable=False),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("versions", sa.JSON, nullable=False),
        sa.Column("tallies", sa.JSON, nullable=False),
        sa.Column("wrong", sa.JSON, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("runs")
