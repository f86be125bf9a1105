"""What a mailbox's place needs beside the UIDs: since when, and how often the server went back."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE mailbox_cursors
            ADD COLUMN left_before timestamptz,
            ADD COLUMN generation  integer NOT NULL DEFAULT 0;
        """
    )
