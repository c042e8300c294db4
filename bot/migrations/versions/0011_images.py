"""Images of requests: for which answer a file on disk is kept, and until when."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "images",
        sa.Column("answer", sa.String(40), primary_key=True),
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("image", sa.JSON, nullable=False),
        sa.Column("taken", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True)),
    )
    op.create_index("ix_images_expires", "images", ["expires"])


def downgrade() -> None:
    op.drop_index("ix_images_expires", "images")
    op.drop_table("images")
