"""When each mailbox was first looked at, and tickets from what was in it before."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE mailbox_cursors
            ADD COLUMN first_look_at   timestamptz,
            ADD COLUMN looked_at       timestamptz,  -- the same, or after a restored dump
            ADD COLUMN newest_existing timestamptz,  -- the newest arrival that was there then
            ADD COLUMN database_id     text;         -- in which database that was written

        -- What was taken in before this column was there began at an instant that nobody wrote
        -- down. All that came before the last look is either here, or was never to be.
        UPDATE mailbox_cursors
           SET first_look_at = coalesce(left_before, updated_at),
               looked_at = coalesce(left_before, updated_at),
               left_before = NULL
         WHERE source LIKE 'imap:%' OR source LIKE 'maildir:%';

        -- From what was in a mailbox before us: nobody was answered, so nothing is promised, until
        -- the client writes again.
        ALTER TABLE tickets ADD COLUMN imported_silently boolean NOT NULL DEFAULT false;
        """
    )
