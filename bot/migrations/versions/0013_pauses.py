"""Clauses on which the policy unit paused answers, since when and by whom, and who resumed them."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pauses",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("directive", sa.String(80), nullable=False),
        sa.Column("section", sa.Text),
        sa.Column("citation", sa.Text, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paused_by", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("lifted", sa.DateTime(timezone=True)),
        sa.Column("lifted_by", sa.Text),
    )


def downgrade() -> None:
    op.drop_table("pauses")
