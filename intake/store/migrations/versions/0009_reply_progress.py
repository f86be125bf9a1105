"""How far a reply came after it left the house, and who wants no more of them."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE replies
            ADD COLUMN begun_at       timestamptz,        -- an attempt whose end is not known
            ADD COLUMN template_only  boolean NOT NULL DEFAULT false,
            ADD COLUMN provider_id    text NOT NULL DEFAULT '',
            ADD COLUMN progress       text,               -- routing/phone/progress.py
            ADD COLUMN progress_at    timestamptz,
            ADD COLUMN progress_code  text;
        CREATE UNIQUE INDEX replies_provider ON replies (provider_id) WHERE provider_id <> '';

        -- News of a message that came before we had noted which reply it is.
        CREATE TABLE early_news (
            provider_id  text NOT NULL,
            status       text NOT NULL,
            code         text NOT NULL,
            noted_at     timestamptz NOT NULL,
            PRIMARY KEY (provider_id, status)
        );

        -- Numbers that asked for no more automatic messages; `ended_at`: until then.
        CREATE TABLE opt_outs (
            channel   text NOT NULL,
            number    text NOT NULL,                      -- in its shorter form (ninth digit)
            since     timestamptz NOT NULL,
            ended_at  timestamptz,
            PRIMARY KEY (channel, number)
        );
        """
    )
