"""What Slack handed over and is not answered yet, threads, channels, people and feedback."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "inbox",
        sa.Column("key", sa.String(200), primary_key=True),
        sa.Column("team", sa.String(40), nullable=False),
        sa.Column("user", sa.String(40), nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("accepted", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stage", sa.String(20), nullable=False),
        sa.Column("posts", sa.Integer, nullable=False),
        sa.Column("owner", sa.String(80), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False, index=True),
    )
    op.create_table(
        "threads",
        sa.Column("team", sa.String(40), primary_key=True),
        sa.Column("channel", sa.String(40), primary_key=True),
        sa.Column("root", sa.String(40), primary_key=True),
        sa.Column("user", sa.String(40), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("heard", sa.DateTime(timezone=True), nullable=False, index=True),
    )
    op.create_table(
        "channels",
        sa.Column("team", sa.String(40), primary_key=True),
        sa.Column("channel", sa.String(40), primary_key=True),
        sa.Column("settings", sa.JSON, nullable=False),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(40), nullable=False),
    )
    op.create_table(
        "people",
        sa.Column("team", sa.String(40), primary_key=True),
        sa.Column("user", sa.String(40), primary_key=True),
        sa.Column("role", sa.String(20)),
        sa.Column("greeted", sa.DateTime(timezone=True)),
    )
    op.create_table(
        "feedback",
        sa.Column("answer", sa.String(40), primary_key=True),
        sa.Column("voter", sa.String(64), primary_key=True),
        sa.Column("given", sa.DateTime(timezone=True), nullable=False, index=True),
        sa.Column("version", sa.String(80), nullable=False),
        sa.Column("verdict", sa.String(40), nullable=False),
        sa.Column("right", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("question", sa.Text),
        sa.Column("looked_at", sa.DateTime(timezone=True)),
    )


def downgrade() -> None:
    for table in ("feedback", "people", "channels", "threads", "inbox"):
        op.drop_table(table)
