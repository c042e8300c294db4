"""The audit chain: its lines, what people wrote beside them, and its head."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("subject", sa.String(80), nullable=False, index=True),
        sa.Column("kind", sa.String(80), nullable=False),
        sa.Column("actor", sa.String(200)),
        sa.Column("facts", sa.JSON, nullable=False),
        sa.Column("words", sa.String(64)),
        sa.Column("seal", sa.String(64), nullable=False),
    )
    op.create_table(
        "audit_words",
        sa.Column("number", sa.Integer, sa.ForeignKey("audit.number"), primary_key=True),
        sa.Column("salt", sa.String(64), nullable=False),
        sa.Column("words", sa.Text, nullable=False),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("request", sa.String(20), nullable=False, index=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("line", sa.Integer, nullable=False),
        sa.Column("person", sa.String(200), nullable=False),
        sa.Column("about", sa.String(80), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False, index=True),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.UniqueConstraint("line", "person", "about"),
    )
    with op.batch_alter_table("requests") as requests:
        requests.alter_column("state", type_=sa.String(60), existing_nullable=False)
        requests.add_column(
            sa.Column("version", sa.Integer, nullable=False, server_default=sa.text("1"))
        )
        requests.add_column(sa.Column("updated", sa.DateTime(timezone=True)))
    head = op.create_table(
        "audit_head",
        sa.Column("one", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("seal", sa.String(64), nullable=False),
    )
    op.bulk_insert(head, [{"one": 1, "number": 0, "seal": "0" * 64}])


def downgrade() -> None:
    with op.batch_alter_table("requests") as requests:
        requests.drop_column("updated")
        requests.drop_column("version")
    op.drop_table("outbox")
    op.drop_table("audit_head")
    op.drop_table("audit_words")
    op.drop_table("audit")
