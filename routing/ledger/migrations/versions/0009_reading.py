"""Remember what tasks and answers were read by, so that a change of it has all read anew."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for it; what was read before is read once more."""
    op.add_column("cursor", sa.Column("reading", sa.Text(), nullable=True))


def downgrade() -> None:
    """Forget it."""
    op.drop_column("cursor", "reading")
