"""Remember each pass: when it began and ended, what it wrote, and why it failed."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of passes; those of before are not known."""
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "pass",
        sa.Column("project", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("number", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("began_at", instant, nullable=False),
        sa.Column("ended_at", instant),
        sa.Column("writes", sa.BigInteger(), nullable=False),
        sa.Column("error", sa.Text()),
    )


def downgrade() -> None:
    """Forget the passes."""
    op.drop_table("pass")
