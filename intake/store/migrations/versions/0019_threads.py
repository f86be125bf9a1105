"""Only Message-IDs of mails lead to a ticket; who was in copy, and who else is the same client."""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        -- Ids that an app chose, that a provider of telephones gave, or that a reply bears which
        -- never was a mail.
        DELETE FROM mail_threads WHERE message_id LIKE '%@app:%' OR message_id NOT LIKE '<%>';
        DELETE FROM mail_threads th
         WHERE NOT th.ours
           AND EXISTS (SELECT FROM messages m
                        WHERE m.message_id = th.message_id AND m.ticket_id = th.ticket_id)
           AND NOT EXISTS (SELECT FROM messages m
                            WHERE m.message_id = th.message_id AND m.ticket_id = th.ticket_id
                              AND m.channel = 'email');
        DELETE FROM mail_threads th
         WHERE th.ours
           AND EXISTS (SELECT FROM replies r
                        WHERE r.ticket_id = th.ticket_id
                          AND (r.provider_id = th.message_id
                               OR (r.rfc_id = th.message_id
                                   AND coalesce(r.outgoing->>'channel', 'email') <> 'email')));

        -- Opened for somebody who cites the linked ticket without taking part in it.
        ALTER TABLE tickets ADD COLUMN for_strangers boolean NOT NULL DEFAULT false;
        CREATE INDEX tickets_for_strangers ON tickets (linked_ticket_id, id) WHERE for_strangers;

        -- In To and Cc of mails of those who take part: they may join, and are told nothing.
        CREATE TABLE ticket_copied (
            ticket_id  bigint NOT NULL REFERENCES tickets,
            address    text NOT NULL,
            PRIMARY KEY (ticket_id, address)
        );

        -- All addresses that the desk lists for a ticket's client, as far as it was seen last.
        CREATE TABLE client_contacts (
            ticket_id  bigint NOT NULL REFERENCES tickets,
            address    text NOT NULL,
            PRIMARY KEY (ticket_id, address)
        );
        """
    )
