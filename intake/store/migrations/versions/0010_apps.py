"""Requests of the firm's own apps, and what they are told."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        -- What an app is told of a request of its own. The uid is the webhook's id: the same
        -- however often it is tried.
        CREATE TABLE app_callbacks (
            id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            uid        uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
            app        text NOT NULL,
            ticket_id  bigint NOT NULL REFERENCES tickets,
            event      text NOT NULL,
            at         timestamptz NOT NULL,
            state      text NOT NULL DEFAULT 'waiting'
                       CHECK (state IN ('waiting', 'sent', 'gave_up')),
            attempts   integer NOT NULL DEFAULT 0,
            detail     text NOT NULL DEFAULT '',
            ended_at   timestamptz
        );
        CREATE INDEX app_callbacks_ticket ON app_callbacks (ticket_id);
        """
    )
