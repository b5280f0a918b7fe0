"""Give the ledger of each project an identity, by which the project names it."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for the identities; a ledger gets its own when it next works on the project."""
    op.create_table(
        "identity",
        sa.Column("project", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
    )


def downgrade() -> None:
    """Forget the identities."""
    op.drop_table("identity")
