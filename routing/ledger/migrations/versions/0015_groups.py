"""Remember the group of each task, and which one each population is about."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the columns; before them every promise was about all open tasks."""
    op.add_column("task", sa.Column("group_value", sa.Text(), nullable=True))
    op.add_column("population", sa.Column("group_field", sa.Text(), nullable=True))
    op.add_column("population", sa.Column("group_value", sa.Text(), nullable=True))


def downgrade() -> None:
    """Drop the columns."""
    op.drop_column("population", "group_value")
    op.drop_column("population", "group_field")
    op.drop_column("task", "group_value")
