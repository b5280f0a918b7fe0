"""Remember what a prediction believes of each control."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for the parts; what was predicted before has none."""
    parts = sa.Column("parts", sa.JSON(none_as_null=True), nullable=False, server_default="{}")
    op.add_column("prediction", parts)


def downgrade() -> None:
    """Forget what was believed of each control."""
    op.drop_column("prediction", "parts")
