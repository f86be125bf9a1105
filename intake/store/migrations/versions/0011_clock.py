"""Alarms, and when a ticket was opened again."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        -- `about`: the instant that it is about; for another one it rings again.
        CREATE TABLE alarms (
            ticket_id  bigint NOT NULL REFERENCES tickets,
            kind       text NOT NULL,
            about      timestamptz NOT NULL,
            due_at     timestamptz NOT NULL,
            fired_at    timestamptz,                         -- null: still to come
            told       text[] NOT NULL DEFAULT '{}',        -- the logins of who was told
            PRIMARY KEY (ticket_id, kind, about)
        );
        CREATE INDEX alarms_due ON alarms (due_at, ticket_id) WHERE fired_at IS NULL;

        -- By which settings the alarms were counted: with others all are counted anew.
        CREATE TABLE alarm_settings (
            one          boolean PRIMARY KEY DEFAULT true CHECK (one),
            fingerprint  text NOT NULL
        );

        ALTER TABLE tickets ADD COLUMN reopened_at timestamptz;
        """
    )
