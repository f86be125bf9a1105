"""Files that are fetched after the message that names them."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE message_files (
            message_id    bigint NOT NULL REFERENCES messages,
            position      integer NOT NULL,
            url           text NOT NULL,
            content_type  text NOT NULL,
            state         text NOT NULL DEFAULT 'waiting'
                          CHECK (state IN ('waiting', 'here', 'given_up')),
            content       bytea,
            detail        text NOT NULL DEFAULT '',
            PRIMARY KEY (message_id, position)
        );
        ALTER TABLE message_files ALTER COLUMN content SET STORAGE EXTERNAL;
        """
    )
