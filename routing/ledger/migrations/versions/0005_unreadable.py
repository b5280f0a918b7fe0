"""Remember why a task cannot be read."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for the reason; what was seen before is read again for it."""
    op.add_column("task", sa.Column("unreadable", sa.Text(), nullable=True))


def downgrade() -> None:
    """Forget why tasks cannot be read."""
    op.drop_column("task", "unreadable")
