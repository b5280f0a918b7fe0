"""Remember which tasks say that nobody wrote their text."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the column; the next look reads all tasks anew, and tells."""
    op.add_column(
        "task",
        sa.Column("is_synthetic", sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("task", "is_synthetic")
