"""Conversations of messages that are no mail."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        -- The first of those that were decided as one.
        ALTER TABLE messages ADD COLUMN folded_into bigint REFERENCES messages;
        CREATE INDEX messages_folded ON messages (folded_into) WHERE folded_into IS NOT NULL;
        CREATE INDEX messages_conversation ON messages (thread, received_at)
         WHERE channel IN ('whatsapp', 'sms');
        """
    )
