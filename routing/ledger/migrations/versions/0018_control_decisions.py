"""Remember what was decided of control tasks whose known answer was in doubt."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; before it the file alone could decide."""
    op.create_table(
        "control_decision",
        sa.Column("project", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("control", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("project", "control", "number"),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("control_decision")
