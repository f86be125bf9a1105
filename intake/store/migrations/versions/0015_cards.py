"""Cards in Trello that notes ask for."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        -- One for each board that a note names. The uid stands in the card's description: by it
        -- a card is found again whose making was cut off before we heard of it.
        CREATE TABLE cards (
            id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            uid        uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
            ticket_id  bigint NOT NULL REFERENCES tickets,
            note_id    bigint NOT NULL REFERENCES desk_notes,
            spoken     text NOT NULL,                -- the board, as the note names it
            asked_at   timestamptz NOT NULL,
            state      text NOT NULL DEFAULT 'wanted'
                       CHECK (state IN ('wanted', 'made', 'repeated', 'refused')),
            attempts   integer NOT NULL DEFAULT 0,
            board_id   text,                         -- as soon as it is known which is meant
            board      text NOT NULL DEFAULT '',
            list_id    text NOT NULL DEFAULT '',
            tried_at   timestamptz,                  -- before the request that makes the card
            card_id    text,
            url        text NOT NULL DEFAULT '',
            locked_out boolean NOT NULL DEFAULT false, -- refused because of our key or token
            detail     text NOT NULL DEFAULT '',
            ended_at   timestamptz,
            UNIQUE (note_id, spoken),
            UNIQUE (note_id, board_id)
        );
        CREATE INDEX cards_ticket ON cards (ticket_id);
        """
    )
