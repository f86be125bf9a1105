"""What people changed at the desk, and how each ticket was seen there last."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE tickets ADD COLUMN desk_observed jsonb;

        -- What somebody changed at the desk, in the order in which we learnt of it.
        CREATE TABLE desk_changes (
            id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            ticket_id  bigint NOT NULL REFERENCES tickets,
            field      text NOT NULL CHECK (field IN
                       ('stage', 'closed', 'owner', 'priority', 'deadline', 'client')),
            before     jsonb NOT NULL,
            after      jsonb NOT NULL,
            who        text,                                -- a login; null: not to be known
            at         timestamptz NOT NULL,                -- by the desk's clock
            noted_at   timestamptz NOT NULL DEFAULT now()
        );
        CREATE INDEX desk_changes_ticket ON desk_changes (ticket_id, id);

        -- How far the desk has been looked through.
        CREATE TABLE desk_cursors (
            desk   text PRIMARY KEY,
            until  timestamptz NOT NULL
        );
        """
    )
