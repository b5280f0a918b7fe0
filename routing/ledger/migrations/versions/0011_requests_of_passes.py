"""Remember how many requests each pass made."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the column; of passes before, it is not known."""
    op.add_column("pass", sa.Column("requests", sa.BigInteger()))


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("pass", "requests")
