"""What a batch asks the database is answered by indexes, however many tickets there are."""

import asyncio
from datetime import UTC, datetime

import psycopg

from intake.app.opening import Application
from intake.app.reading import read_message
from intake.settings.database import Database
from intake.store.ledger import load_ledger
from intake.store.messages import load_messages
from tests.application import SOURCE, application, arrival, mail, rows, take_in

MANY = 100_000
TICKETS = f"""
    WITH made AS (
        INSERT INTO tickets (number, lane, channel, sender, sender_name, subject, title,
                             description, description_html, language, kind, request_type,
                             priority, level, owner, owner_reason, stage, tags, missing,
                             received_at, first_response_due, due_explanation, trace,
                             rules_fingerprint, desk_ref)
        SELECT 'R3-2025-' || lpad(n::text, 6, '0'), mod(n, 32), 'email',
               'c' || n || '@x.com.br', '', '', 'Caso', '', '', 'pt-BR',
               'support', 'bug', 'normal', 'N0', 'ana.n0', '', 'done',
               '{{}}', '{{}}', now(), now(), '{{}}', '{{}}', '', n::text
          FROM generate_series(1, {MANY}) AS n RETURNING id
    ), threads AS (
        INSERT INTO mail_threads (message_id, ticket_id, ours)
        SELECT '<' || id || '@x.com.br>', id, true FROM made
    ), entries AS (
        INSERT INTO ticket_entries (ticket_id, kind, author, body, synced_at)
        SELECT id, 'reply', '', '', now() FROM made
    ), replies AS (
        INSERT INTO replies (ticket_id, kind, channel, recipient, state, outgoing, rfc_id,
                             created_at)
        SELECT id, 'acknowledgement', 'email', 'c' || id || '@x.com.br', 'sent', '{{}}', '',
               now() - interval '2 days' FROM made
    )
    INSERT INTO messages (key, source, channel, received_at, complete, details, raw, raw_size,
                          thread, digest, state, outcome, ticket_id)
    SELECT 'k' || id, 'imap:a', 'email', now(), true, '{{}}', '', 0, 't' || id, 'd' || id, 'done',
           'opened', id FROM made
    RETURNING 1
"""
OTHERS = """
    SELECT count(*) FROM pg_stat_activity
     WHERE datname = current_database() AND backend_type = 'client backend'
       AND pid <> pg_backend_pid()
"""
SCANS = """
    SELECT relname, seq_tup_read FROM pg_stat_xact_user_tables WHERE seq_tup_read > 1000
"""
"""Of the transaction that asks: nobody else's scans, and nothing to wait for."""


async def filled(running: Application) -> None:
    await rows(running, TICKETS)
    async with running.database.pool.connection() as connection:
        await connection.set_autocommit(True)
        await connection.execute("ANALYZE")
        await connection.set_autocommit(False)


async def test_no_batch_reads_the_whole_table(database_settings: Database) -> None:
    async with application(database_settings) as running:
        await filled(running)
        answer = mail(
            subject="Re: [R3-2025-000077] Caso",
            sender="c5@x.com.br",
            message_id="<novo@x.com.br>",
            In_Reply_To="<5@x.com.br>",
            References="<5@x.com.br>",
        )
        await running.inbox.accept([arrival(answer)], source=SOURCE)
        [row] = await rows(running, "SELECT max(id) AS id FROM messages")
        config = running.context.config
        async with running.database.transaction() as connection:
            [stored] = await load_messages(connection, [row["id"]])
            message = read_message(stored, config.settings.mail, config.policy.own_addresses)
            ledger = await load_ledger(
                connection,
                [message],
                [stored.digest],
                logins=["ana.n0", "edu.n1"],
                most_answers=100,
                now=datetime.now(UTC),
            )
            assert {known.number for known in ledger.tickets.values()} == {
                "R3-2025-000005",
                "R3-2025-000077",
            }
            scans = await (await connection.execute(SCANS)).fetchall()
        assert scans == []


async def test_nothing_on_a_message_s_way_reads_a_whole_table(
    database_settings: Database,
) -> None:
    async with application(database_settings) as running:
        await filled(running)
    before = await read_sequentially(database_settings)
    async with application(database_settings) as running:
        await take_in(
            running,
            mail(message_id="<a@x.com.br>"),
            mail(message_id="<b@x.com.br>", References="<5@x.com.br>", sender="c5@x.com.br"),
            mail(message_id="<c@x.com.br>", sender="c9@x.com.br"),
            first=901,
        )
        found = await rows(running, "SELECT outcome FROM messages WHERE key LIKE 'imap%%'")
        assert len(found) == 3
    after = await read_sequentially(database_settings)
    grown = {name: after[name] - before.get(name, 0) for name in after}
    assert {name: n for name, n in grown.items() if n >= MANY} == {}


async def read_sequentially(database: Database) -> dict[str, int]:
    """Rows read by sequential scans so far, by table.

    A connection that ends tells what it read; so this is asked where all others have ended.
    """
    async with await psycopg.AsyncConnection.connect(database.url) as connection:
        for _ in range(200):
            cursor = await connection.execute(OTHERS)
            if await cursor.fetchone() == (0,):
                break
            await connection.commit()
            await asyncio.sleep(0.05)
        else:
            raise AssertionError("other connections to the database did not end")
        cursor = await connection.execute("SELECT relname, seq_tup_read FROM pg_stat_user_tables")
        return {str(name): int(n) async for name, n in cursor}
