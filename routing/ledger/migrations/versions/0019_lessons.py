"""Remember how each lesson did, and what looks at a strategy's gain over chance said."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; what was learned before is not judged any more."""
    op.create_table(
        "lesson",
        sa.Column("project", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("round", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("answers", sa.BigInteger(), nullable=False),
        sa.Column("judged", sa.BigInteger(), nullable=False),
        sa.Column("wrong", sa.BigInteger(), nullable=False),
        sa.Column("compared", sa.BigInteger(), nullable=False),
        sa.Column("kappa", sa.Double(), nullable=True),
        sa.Column("mean_error", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("project", "round"),
    )
    op.create_table(
        "chance_look",
        sa.Column("project", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("round", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("strategy", sa.Text(), nullable=False),
        sa.Column("gain", sa.Double(), nullable=False),
        sa.Column("low", sa.Double(), nullable=False),
        sa.Column("high", sa.Double(), nullable=False),
        sa.Column("draws", sa.BigInteger(), nullable=False),
        sa.Column("is_worse", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("project", "round"),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("chance_look")
    op.drop_table("lesson")
