"""Jobs that failed for good, for a person to look at."""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE job_failures (
            id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            task       text NOT NULL,
            arguments  jsonb NOT NULL,
            lock       text,
            reason     text NOT NULL,
            failed_at  timestamptz NOT NULL
        );
        """
    )
