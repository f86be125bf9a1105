"""Whose turn it is goes by when a ticket was last given to somebody, escalated ones too."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        DROP INDEX tickets_assigned;
        CREATE INDEX tickets_assigned ON tickets (owner, assigned_at, id);
        """
    )
