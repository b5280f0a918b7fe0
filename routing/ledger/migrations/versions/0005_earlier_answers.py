"""Remember why a task cannot be read, and since when a pre-label may have been seen."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room; what predictions there were before is found by reading everything again."""
    op.add_column("task", sa.Column("unreadable", sa.Text()))
    op.add_column("task", sa.Column("predicted_at", sa.DateTime(timezone=True)))
    op.execute("DELETE FROM cursor")


def downgrade() -> None:
    """Forget it."""
    op.drop_column("task", "predicted_at")
    op.drop_column("task", "unreadable")
