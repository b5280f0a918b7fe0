"""Remember of a twin which task of the main project it stands for."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for a twin's source."""
    op.add_column("task", sa.Column("source", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Forget which tasks are twins."""
    op.drop_column("task", "source")
