"""Which digests have been written."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE digests (
            day         date NOT NULL,
            audience    text NOT NULL,               -- a level
            written_at  timestamptz NOT NULL,
            PRIMARY KEY (day, audience)
        );

        -- Reports ask for a month.
        CREATE INDEX tickets_received ON tickets (received_at);
        """
    )
