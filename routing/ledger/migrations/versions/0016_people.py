"""Remember what became of people, known answers, and the instructions that people were given."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; before them all people were asked alike."""
    op.create_table(
        "person_event",
        sa.Column("project", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("worker", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("project", "worker", "number"),
    )
    op.create_table(
        "control_task",
        sa.Column("project", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("accepted", sa.JSON(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.Column("task", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.BigInteger(), nullable=True),
        sa.Column("known_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_because", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("project", "number"),
    )
    op.create_table(
        "control_answer",
        sa.Column("project", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("control", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("worker", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("was_skipped", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("project", "control", "worker"),
    )
    op.create_table(
        "instruction",
        sa.Column("project", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("project", "number"),
    )
    op.add_column(
        "annotation",
        sa.Column("ground_truth", sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def downgrade() -> None:
    """Drop the tables, and what was marked as ground truth."""
    op.drop_column("annotation", "ground_truth")
    for table in ("instruction", "control_answer", "control_task", "person_event"):
        op.drop_table(table)
