"""A database that goes away is no fault of the message: it waits, and is not called failed."""

from collections.abc import Sequence
from datetime import datetime

import psycopg
import pytest

from intake.app.reading import read_message
from intake.jobs.triage import triage_messages
from intake.ports.messages import StoredMessage
from intake.settings.database import Database
from intake.settings.mail import Mail
from intake.store.database import Connection, DatabaseUnavailable
from intake.store.queue import Queue
from intake.store.transient_errors import is_away
from routing.message import Message
from tests.application import application, mail, rows, take_in


class CutQueue(Queue):
    """The connection breaks just before the job of the acknowledgement is written."""

    cuts = 1

    async def deliver(
        self, connection: Connection, replies: Sequence[str], at: datetime | None = None
    ) -> None:
        if self.cuts:
            self.cuts -= 1
            cut = "SELECT pg_terminate_backend(%s, 5000)"
            with psycopg.connect(connection.info.dsn, autocommit=True) as other:
                other.execute(cut.encode(), [connection.info.backend_pid])
        await super().deliver(connection, replies, at)


async def test_a_failure_whose_words_cannot_be_stored_holds_up_nothing(
    database_settings: Database,
) -> None:
    def broken(stored: StoredMessage, limits: Mail, own_addresses: frozenset[str]) -> Message:
        if b"quebrada" in stored.raw:
            raise ValueError("NUL \x00 and half a character \udce3")
        return read_message(stored, limits, own_addresses)

    async with application(database_settings) as running:
        running.context.read = broken
        await take_in(running, mail("quebrada"), mail("Boa tarde", message_id="<dois@x.br>"))
        messages = await rows(running, "SELECT state, error FROM messages ORDER BY id")
    assert [message["state"] for message in messages] == ["failed", "done"]
    assert messages[0]["error"] == "ValueError: NUL  and half a character ?"


async def test_a_connection_that_breaks_at_the_queue_leaves_the_message_waiting(
    database_settings: Database,
) -> None:
    async with application(database_settings) as running:
        running.context.queue = CutQueue(running.app)
        await take_in(running, mail())
        [message] = await rows(running, "SELECT id, state FROM messages")
        assert message["state"] == "new"
        await triage_messages(running.context, [message["id"]])
        assert await rows(running, "SELECT outcome FROM messages") == [{"outcome": "opened"}]
        assert len(await rows(running, "SELECT 1 FROM tickets")) == 1


@pytest.mark.parametrize(
    ("error", "away"),
    [
        (psycopg.errors.AdminShutdown(), True),
        (psycopg.OperationalError("the connection is lost"), True),
        (DatabaseUnavailable("no connection within 30 s"), True),
        (psycopg.errors.ProgramLimitExceeded("index row size 3000 exceeds maximum"), False),
        (psycopg.errors.CharacterNotInRepertoire(), False),
        (ValueError("the message's own"), False),
    ],
)
def test_what_passes_and_what_is_the_message_s_own(error: Exception, away: bool) -> None:
    assert is_away(error) is away
