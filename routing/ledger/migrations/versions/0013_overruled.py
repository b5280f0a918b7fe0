"""Remember in which labels the model overrules people, by a population's certificate."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the column; before it there was no such label."""
    op.add_column("population", sa.Column("overruled", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("population", "overruled")
