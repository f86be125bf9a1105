"""What people did at the desk, until it is heeded."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        -- What was changed before there was anybody to heed it stays as it is.
        ALTER TABLE desk_changes
            ADD COLUMN processed_at   timestamptz,
            ADD COLUMN raw_before  jsonb;             -- as the desk had it: to put it back
        UPDATE desk_changes SET processed_at = now();
        CREATE INDEX desk_changes_unheeded ON desk_changes (ticket_id, id)
            WHERE processed_at IS NULL;

        -- What people wrote on a ticket at the desk. `used_at`: told to the client, or overtaken.
        CREATE TABLE desk_notes (
            id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            ticket_id  bigint NOT NULL REFERENCES tickets,
            ref        text NOT NULL UNIQUE,            -- the desk's own id of it
            who        text,                            -- a login; null: not to be known
            internal   boolean NOT NULL,
            body       text NOT NULL,                   -- plain text
            at         timestamptz NOT NULL,
            noted_at   timestamptz NOT NULL DEFAULT now(),
            processed_at  timestamptz,
            used_at    timestamptz
        );
        CREATE INDEX desk_notes_ticket ON desk_notes (ticket_id, id);
        CREATE INDEX desk_notes_unheeded ON desk_notes (ticket_id, id) WHERE processed_at IS NULL;

        -- How far the desk's notes have been read.
        CREATE TABLE desk_note_cursors (
            desk  text PRIMARY KEY,
            last  bigint NOT NULL
        );

        -- What has been said and done about a ticket since it was opened.
        CREATE TABLE ticket_followups (
            ticket_id             bigint PRIMARY KEY REFERENCES tickets,
            told_deadline         timestamptz,          -- the date that the client knows
            tell_deadline_at      timestamptz,          -- moves are gathered until then
            ended_at              timestamptz,          -- done or cancelled, seen first
            closing_told_at       timestamptz,
            asked_owner_at        timestamptz,
            asked_first_level_at  timestamptz,
            reverted              text[] NOT NULL DEFAULT '{}'
        );
        -- Of tickets that were scheduled before, the date is taken as known.
        INSERT INTO ticket_followups (ticket_id, told_deadline)
            SELECT id, deadline FROM tickets WHERE deadline IS NOT NULL;
        INSERT INTO ticket_followups (ticket_id, closing_told_at)
            SELECT id, now() FROM tickets WHERE stage IN ('done', 'cancelled')
            ON CONFLICT (ticket_id) DO UPDATE SET closing_told_at = excluded.closing_told_at;

        -- The desk's own id of the client that is to be put back.
        ALTER TABLE tickets ADD COLUMN client_ref text;
        UPDATE tickets
           SET desk_synced = desk_synced
                   || jsonb_build_object('deadline', extract(epoch FROM deadline))
         WHERE desk_synced IS NOT NULL;
        """
    )
