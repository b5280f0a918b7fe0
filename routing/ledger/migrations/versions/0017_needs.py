"""Remember what each task needs of whoever is asked it."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the column; before it anybody could be asked anything."""
    op.add_column("task", sa.Column("needs", sa.Text(), nullable=True))


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("task", "needs")
