"""Remember what was asked when the model learned, and how people were asked at a freeze."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

CONFIGS = (("round", "label_config"), ("population", "label_config"))
ACCEPTED = ("population", "accepted_config")


def upgrade() -> None:
    """Make room for it; of what was before it is not known."""
    for table, name in (*CONFIGS, ACCEPTED):
        op.add_column(table, sa.Column(name, sa.Text(), nullable=True))
    op.add_column("population", sa.Column("asking", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    """Forget it."""
    op.drop_column("population", "asking")
    for table, name in (ACCEPTED, *CONFIGS):
        op.drop_column(table, name)
