"""Who made a request, beside it, so that their own are found without reading every history."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("requests", sa.Column("requester", sa.String(200)))
    op.create_index("ix_requests_requester", "requests", ["requester"])
    op.execute(
        "UPDATE requests SET requester = (SELECT audit.actor FROM audit "
        "WHERE audit.subject = requests.reference AND audit.kind = 'sent')"
    )


def downgrade() -> None:
    op.drop_index("ix_requests_requester", "requests")
    op.drop_column("requests", "requester")
