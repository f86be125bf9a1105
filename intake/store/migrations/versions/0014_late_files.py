"""Files that come after their message was decided: each goes to the desk by itself, once."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE message_files ADD COLUMN late boolean NOT NULL DEFAULT false;
        -- The one file of its message that an entry brings; NULL: all that came in time.
        ALTER TABLE ticket_entries ADD COLUMN file integer;
        """
    )
