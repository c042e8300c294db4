"""What a request's form held when it was saved, and the clauses that were unclear when it went."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("drafts", sa.Column("filled", sa.JSON))
    op.add_column("requests", sa.Column("unclear", sa.JSON))


def downgrade() -> None:
    op.drop_column("requests", "unclear")
    op.drop_column("drafts", "filled")
