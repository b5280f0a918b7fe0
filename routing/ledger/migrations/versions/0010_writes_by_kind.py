"""Find the writes of a kind without reading all the others."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

INDEX = "ix_write_kind"


def upgrade() -> None:
    """Make the index."""
    op.create_index(INDEX, "write", ["project", "kind", "planned_at"])


def downgrade() -> None:
    """Drop the index."""
    op.drop_index(INDEX, table_name="write")
