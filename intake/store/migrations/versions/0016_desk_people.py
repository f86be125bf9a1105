"""Levels by their tags at the desk, to-dos that the desk gets from alarms, the tags of clients."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE desk_changes DROP CONSTRAINT desk_changes_field_check;
        ALTER TABLE desk_changes ADD CONSTRAINT desk_changes_field_check CHECK (field IN
              ('stage', 'closed', 'owner', 'priority', 'deadline', 'client', 'level'));

        -- To-dos of people at the desk, from alarms. One of a person and kind on a ticket at a
        -- time: what rings again while it is open is said by it already.
        CREATE TABLE desk_activities (
            id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            uid        uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
            ticket_id  bigint NOT NULL REFERENCES tickets,
            kind       text NOT NULL,                -- of the alarm
            login      text NOT NULL,
            summary    text NOT NULL,
            body       text NOT NULL,
            due_on     date NOT NULL,
            written_at timestamptz NOT NULL,
            synced_at timestamptz,                  -- the desk has it, or will never take it
            settled_at timestamptz,                  -- what it asks for is done
            ended_at   timestamptz                   -- and the desk knows
        );
        CREATE UNIQUE INDEX desk_todos_open ON desk_activities (ticket_id, kind, login)
         WHERE settled_at IS NULL;
        CREATE INDEX desk_todos_uncarried ON desk_activities (ticket_id) WHERE ended_at IS NULL;

        -- The tags of clients as the desk had them last, by address or number: for rules.
        CREATE TABLE client_tags (
            address text PRIMARY KEY,
            tags    text[] NOT NULL,
            at      timestamptz NOT NULL
        );
        """
    )
