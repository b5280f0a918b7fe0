"""Remember what tasks and answers were read by, and the last forecast of human labels."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for them; what was read before is read once more."""
    op.add_column("cursor", sa.Column("reading", sa.Text(), nullable=True))
    op.create_table(
        "forecast",
        sa.Column("project", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("expected", sa.Double(), nullable=False),
        sa.Column("low", sa.Double(), nullable=False),
        sa.Column("high", sa.Double(), nullable=False),
    )


def downgrade() -> None:
    """Forget them."""
    op.drop_table("forecast")
    op.drop_column("cursor", "reading")
