"""Messages, tickets, replies, and where each mailbox has been read to."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        -- What came in. The bytes are here before anything else happens.
        CREATE TABLE messages (
            id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            key           text NOT NULL UNIQUE,
            source        text NOT NULL,
            channel       text NOT NULL,
            received_at   timestamptz NOT NULL,
            accepted_at   timestamptz NOT NULL DEFAULT now(),
            complete      boolean NOT NULL,
            details       jsonb NOT NULL,
            raw           bytea NOT NULL,       -- zstd
            raw_size      bigint NOT NULL,
            thread        text NOT NULL,        -- the conversation's root, as the sender says
            digest        text NOT NULL,        -- equal for one mail in two mailboxes
            state         text NOT NULL DEFAULT 'new'
                          CHECK (state IN ('new', 'done', 'failed', 'discarded')),
            outcome       text,                 -- opened, joined, reopened, linked, duplicate, …
            reasons       text[] NOT NULL DEFAULT '{}',
            error         text,
            attempts      integer NOT NULL DEFAULT 0,
            ticket_id     bigint,
            message_id    text NOT NULL DEFAULT '',
            sender        text NOT NULL DEFAULT '',
            processed_at  timestamptz
        );
        ALTER TABLE messages ALTER COLUMN raw SET STORAGE EXTERNAL;
        CREATE INDEX messages_waiting ON messages (received_at) WHERE state = 'new';
        CREATE INDEX messages_failed ON messages (id) WHERE state = 'failed';
        CREATE INDEX messages_digest ON messages (digest);
        CREATE INDEX messages_ticket ON messages (ticket_id);
        CREATE INDEX messages_accepted ON messages (accepted_at);

        CREATE TABLE tickets (
            id                  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            uid                 uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
            number              text NOT NULL UNIQUE,
            lane                integer NOT NULL,
            channel             text NOT NULL,
            sender              text NOT NULL,
            sender_name         text NOT NULL,
            client              text,
            subject             text NOT NULL,
            title               text NOT NULL,
            description         text NOT NULL,
            description_html    text NOT NULL,
            language            text NOT NULL,
            kind                text NOT NULL,
            request_type        text NOT NULL,
            service             text,
            priority            text NOT NULL,
            level               text NOT NULL,
            owner               text,
            owner_reason        text NOT NULL,
            stage               text NOT NULL DEFAULT 'new',
            tags                text[] NOT NULL,
            missing             text[] NOT NULL,
            received_at         timestamptz NOT NULL,
            first_response_due  timestamptz NOT NULL,
            resolution_due      timestamptz,
            deadline            timestamptz,
            due_explanation     text[] NOT NULL,
            trace               jsonb NOT NULL,
            rules_fingerprint   text NOT NULL,
            linked_ticket_id    bigint REFERENCES tickets,
            opened_at           timestamptz NOT NULL DEFAULT now(),
            acknowledged_at     timestamptz,
            closed_at           timestamptz,
            assigned_at         timestamptz NOT NULL DEFAULT now(),
            desk_url            text
        );
        CREATE INDEX tickets_open ON tickets (owner) WHERE stage NOT IN ('done', 'cancelled');
        CREATE INDEX tickets_assigned ON tickets (owner, id);

        -- The last number given in a year; a row lock makes numbers gapless.
        CREATE TABLE ticket_numbers (
            year  integer PRIMARY KEY,
            last  bigint NOT NULL
        );

        -- Who may speak on a ticket by writing its number in the subject.
        CREATE TABLE ticket_people (
            ticket_id  bigint NOT NULL REFERENCES tickets,
            address    text NOT NULL,
            PRIMARY KEY (ticket_id, address)
        );

        -- Message-IDs that we took in or made, and the ticket that each belongs to.
        CREATE TABLE mail_threads (
            message_id  text NOT NULL,
            ticket_id   bigint NOT NULL REFERENCES tickets,
            ours        boolean NOT NULL,
            PRIMARY KEY (message_id, ticket_id)
        );

        -- What happened on a ticket, in order: the client's messages, our replies, internal notes.
        CREATE TABLE ticket_entries (
            id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            uid         uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
            ticket_id   bigint NOT NULL REFERENCES tickets,
            kind        text NOT NULL CHECK (kind IN ('message', 'reply', 'note')),
            author      text NOT NULL,
            body        text NOT NULL,
            body_html   text NOT NULL DEFAULT '',
            message_id  bigint REFERENCES messages,
            reply_id    bigint,
            created_at  timestamptz NOT NULL DEFAULT now(),
            synced_at  timestamptz
        );
        CREATE INDEX ticket_entries_ticket ON ticket_entries (ticket_id, id);
        CREATE INDEX ticket_entries_waiting ON ticket_entries (ticket_id) WHERE synced_at IS NULL;

        CREATE TABLE replies (
            id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            uid          uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
            ticket_id    bigint REFERENCES tickets,
            kind         text NOT NULL,
            channel      text NOT NULL,
            recipient    text NOT NULL,
            state        text NOT NULL CHECK (state IN
                         ('queued', 'sent', 'refused', 'gave_up', 'suppressed')),
            outgoing     jsonb NOT NULL,
            rfc_id       text NOT NULL,
            attempts     integer NOT NULL DEFAULT 0,
            detail       text,
            created_at   timestamptz NOT NULL DEFAULT now(),
            sent_at      timestamptz
        );
        CREATE INDEX replies_ticket ON replies (ticket_id);
        CREATE INDEX replies_recent ON replies (recipient, created_at);
        CREATE INDEX replies_created ON replies (created_at);
        CREATE INDEX replies_queued ON replies (id) WHERE state = 'queued';

        CREATE TABLE mailbox_cursors (
            source        text PRIMARY KEY,
            uid_validity  bigint NOT NULL,
            last_uid      bigint NOT NULL,
            first_uid     bigint NOT NULL,
            updated_at    timestamptz NOT NULL DEFAULT now()
        );

        CREATE TABLE oauth_tokens (
            name        text PRIMARY KEY,
            token       text NOT NULL,
            updated_at  timestamptz NOT NULL DEFAULT now()
        );

        -- The embedded desk: a stand-in for Odoo, filled only through the desk port.
        CREATE TABLE desk_tickets (
            external_id  uuid PRIMARY KEY,
            number       text NOT NULL,
            fields       jsonb NOT NULL,
            created_at   timestamptz NOT NULL DEFAULT now()
        );
        CREATE TABLE desk_entries (
            external_id  uuid PRIMARY KEY,
            ticket       uuid NOT NULL REFERENCES desk_tickets,
            position     bigint GENERATED ALWAYS AS IDENTITY,
            kind         text NOT NULL,
            author       text NOT NULL,
            body         text NOT NULL
        );
        CREATE INDEX desk_entries_ticket ON desk_entries (ticket, position);
        """
    )
