"""What the desk has of each ticket, what it refused, and who really wrote on it."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE tickets
            ADD COLUMN desk_ref         text,         -- the desk's own id
            ADD COLUMN desk_synced         jsonb,        -- what we wrote there last, or saw there
            ADD COLUMN desk_refusal     text,         -- the desk's own words
            ADD COLUMN desk_refused_at  timestamptz,
            ADD COLUMN desk_discarded   text;         -- why a person gave up on carrying it
        CREATE INDEX tickets_refused ON tickets (id) WHERE desk_refusal IS NOT NULL;
        CREATE INDEX tickets_desk_ref ON tickets (desk_ref);

        ALTER TABLE ticket_entries
            ADD COLUMN author_name  text NOT NULL DEFAULT '',
            ADD COLUMN trusted      boolean NOT NULL DEFAULT true;  -- false: DMARC failed

        ALTER TABLE messages ADD COLUMN attachments integer NOT NULL DEFAULT 0;
        """
    )
