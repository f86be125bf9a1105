"""Conversations of messages that are no mail."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE INDEX messages_conversation ON messages (thread, received_at)
         WHERE channel IN ('whatsapp', 'sms');
        """
    )
