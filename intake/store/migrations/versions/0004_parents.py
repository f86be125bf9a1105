"""Mails are found by their Message-ID as soon as they are in, for the answers to them."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE INDEX messages_message_id ON messages (message_id, id)")
