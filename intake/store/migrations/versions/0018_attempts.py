"""Which process has a message in hand, and which processes died with it."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        -- The process run (a uuid of each start) that is processing the message. It is committed
        -- before anything looks into the bytes. `claim_read`: the bytes were read without harm.
        ALTER TABLE messages
            ADD COLUMN claimed_by  uuid,
            ADD COLUMN claim_read  boolean NOT NULL DEFAULT false;

        -- Process runs that died with a message in hand. `reading`: while it was being read.
        CREATE TABLE message_deaths (
            message_id  bigint NOT NULL REFERENCES messages ON DELETE CASCADE,
            run         uuid NOT NULL,
            reading     boolean NOT NULL,
            noted_at    timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (message_id, run)
        );
        CREATE INDEX message_deaths_run ON message_deaths (run);
        """
    )
