"""Remember populations, their frozen labels and checks; a round's forecast, not a threshold."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

THRESHOLD = ("threshold", "estimate", "low", "high")
FORECAST = ("reviews", "audits", "left")


def upgrade() -> None:
    """Make the tables, and change what a round tells."""
    op.create_table(
        "population",
        sa.Column("project", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("error", sa.Double(), nullable=False),
        sa.Column("risk", sa.Double(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("planned", sa.BigInteger(), nullable=False),
        sa.Column("texts", sa.Text(), nullable=False),
        sa.Column("model_version", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("project", "number"),
    )
    op.create_table(
        "member",
        sa.Column("project", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("task", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("population", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.Text(), nullable=True),
        sa.Column("error", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("project", "task"),
    )
    op.create_table(
        "checked",
        sa.Column("project", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("population", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("task", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("project", "population", "number"),
    )
    for name in THRESHOLD:
        op.drop_column("round", name)
    for name in FORECAST:
        op.add_column("round", sa.Column(name, sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Forget populations and forecasts."""
    for name in FORECAST:
        op.drop_column("round", name)
    for name in THRESHOLD:
        op.add_column("round", sa.Column(name, sa.Double(), nullable=True))
    for table in ("checked", "member", "population"):
        op.drop_table(table)
