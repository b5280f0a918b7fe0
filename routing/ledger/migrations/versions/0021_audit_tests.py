"""Remember which audit test was announced of a population."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the column; populations that are frozen already end under the test of their day."""
    op.add_column(
        "population",
        sa.Column("test", sa.Text(), nullable=False, server_default="mixture"),
    )


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("population", "test")
