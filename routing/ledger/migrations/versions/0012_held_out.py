"""Remember what the model believes of the tasks that it learned from, as if it had not."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for it; the next round of learning fills it."""
    op.create_table(
        "held_out",
        sa.Column("project", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("task", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("model_version", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("calibrated", sa.Boolean(), nullable=False),
        sa.Column("parts", sa.JSON(none_as_null=True), nullable=False),
    )


def downgrade() -> None:
    """Forget it."""
    op.drop_table("held_out")
