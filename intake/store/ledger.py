"""Load everything that decisions on a batch of messages need, in one round trip."""

import zlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from psycopg import AsyncCursor
from psycopg.rows import DictRow

from intake.store.client_tags import LOAD as CLIENT_TAGS
from intake.store.database import Connection
from routing.ledger import Copy, Ledger, Threads, hour_before
from routing.message import Message
from routing.threading import VOUCHED, KnownTicket, referenced_ids, subject_tags
from routing.vocabulary import Channel, Stage

Cursor = AsyncCursor[DictRow]

TURNS = """
    SELECT pg_advisory_xact_lock(%(space)s, key) FROM unnest(%(keys)s::int[]) AS key
"""
# If one identifier leads to two tickets, our own reply counts first, then the older ticket.
THREADS = """
    SELECT message_id, ticket_id, ours FROM mail_threads WHERE message_id = ANY(%(ids)s)
     ORDER BY ours DESC, ticket_id
"""
PROVIDER_THREADS = """
    SELECT message_id, ticket_id, false AS ours FROM messages
     WHERE message_id = ANY(%(provider_ids)s) AND channel = ANY(%(vouched)s)
       AND ticket_id IS NOT NULL
     UNION ALL
    SELECT provider_id, ticket_id, true FROM replies
     WHERE provider_id = ANY(%(provider_ids)s) AND provider_id <> '' AND ticket_id IS NOT NULL
     ORDER BY ours DESC, ticket_id
"""
CITED = f"""
    SELECT ticket_id FROM mail_threads WHERE message_id = ANY(%(ids)s)
     UNION SELECT ticket_id FROM ({PROVIDER_THREADS}) AS provided
"""
CITED_TURNS = f"""
    SELECT pg_advisory_xact_lock(%(cited_space)s, key)
      FROM (SELECT DISTINCT (ticket_id %% 2147483647)::int AS key
              FROM ({CITED}) AS cited ORDER BY key) AS keys
"""
TICKETS = f"""
    WITH cited AS ({CITED})
    SELECT t.id, t.number, t.stage, t.closed_at, t.request_type, t.service, t.sender,
           t.for_strangers, t.linked_ticket_id, t.imported_silently,
           ARRAY(SELECT address FROM ticket_people p WHERE p.ticket_id = t.id) AS people,
           ARRAY(SELECT address FROM ticket_copied c
                  WHERE c.ticket_id = t.id AND c.address = ANY(%(writers)s)) AS copied,
           ARRAY(SELECT address FROM client_contacts c
                  WHERE c.ticket_id = t.id AND c.address = ANY(%(writers)s)) AS same_client
      FROM tickets t
     WHERE t.id = ANY(ARRAY(SELECT ticket_id FROM cited
                             UNION SELECT id FROM tickets WHERE number = ANY(%(tags)s)
                             UNION SELECT id FROM tickets
                                    WHERE for_strangers
                                      AND linked_ticket_id IN (SELECT ticket_id FROM cited)))
     ORDER BY t.id
"""
"""With `number = … OR id IN (…)` PostgreSQL would read the whole table for every batch."""
CONVERSATIONS = """
    SELECT DISTINCT ON (m.thread) m.thread, t.id, t.number,
           greatest(m.received_at,
                    (SELECT max(coalesce(r.sent_at, r.created_at)) FROM replies r
                      WHERE r.ticket_id = t.id AND r.recipient = m.sender
                        AND r.state <> 'suppressed')) AS last_message_at,
           t.stage, t.closed_at, t.request_type, t.service, t.sender, t.for_strangers,
           t.imported_silently,
           ARRAY(SELECT address FROM ticket_people p WHERE p.ticket_id = t.id) AS people,
           '{}'::text[] AS copied, '{}'::text[] AS same_client
      FROM messages m JOIN tickets t ON t.id = m.ticket_id
     WHERE m.thread = ANY(%(conversations)s) AND m.channel IN ('whatsapp', 'sms')
     ORDER BY m.thread, m.received_at DESC, m.id DESC
"""
COPIES = """
    SELECT m.digest, m.source, m.message_id, m.ticket_id,
           t.id, t.number, t.stage, t.closed_at, t.request_type, t.service, t.sender,
           t.for_strangers, t.imported_silently,
           ARRAY(SELECT address FROM ticket_people p WHERE p.ticket_id = t.id) AS people,
           '{}'::text[] AS copied, '{}'::text[] AS same_client
      FROM messages m LEFT JOIN tickets t ON t.id = m.ticket_id AND t.imported_silently
     WHERE m.digest = ANY(%(digests)s) AND m.state = 'done' AND m.outcome <> 'duplicate'
     ORDER BY m.id
"""
ANSWERED = """
    SELECT recipient, count(*) AS n FROM replies
     WHERE recipient = ANY(%(addresses)s) AND created_at > %(since)s
       AND kind = ANY(%(kinds)s) AND state <> 'suppressed'
     GROUP BY recipient
"""
ANSWERED_OVERALL = """
    SELECT count(*) AS n FROM (
        SELECT 1 FROM replies
         WHERE created_at > %(since)s AND kind = ANY(%(kinds)s) AND state <> 'suppressed'
         LIMIT %(most)s) AS counted
"""
PEOPLE = """
    SELECT login,
           (SELECT count(*) FROM tickets WHERE owner = login
               AND stage NOT IN ('done', 'cancelled')) AS open,
           CASE WHEN newest.id IS NOT NULL
                THEN row_number() OVER (ORDER BY newest.assigned_at, newest.id) END AS turn
      FROM unnest(%(logins)s::text[]) AS login
      LEFT JOIN LATERAL (SELECT assigned_at, id FROM tickets WHERE owner = login
                          ORDER BY assigned_at DESC, id DESC LIMIT 1) AS newest ON true
"""
"""`turn` ranks the people by when they last got a ticket. It never exceeds the newest ticket's id,
so tickets of the batch, which are recorded by id, come after it.
"""

TURN_SPACE = 1_701_011_826
"""First number of the advisory locks on senders' addresses. Other uses have other numbers."""

CITED_SPACE = 1_701_011_827
"""The same for tickets that messages cite: two strangers who cite one at once share a new
ticket.
"""

ANSWERS = ("acknowledgement", "reopened", "linked", "received", "greeting")
"""Kinds of replies that count as acknowledgements."""


async def load_ledger(
    connection: Connection,
    messages: Sequence[Message],
    digests: Sequence[str],
    *,
    logins: Sequence[str],
    most_answers: int,
    now: datetime,
) -> Ledger:
    """The stored state that is relevant to these messages.

    Until the transaction ends, batches with a mail from the same address wait. So the limit on
    answers holds exactly even for a hundred mails from one sender that all workers take at once.
    """
    ids = _referenced(messages, frozenset((Channel.EMAIL,)))
    provided = _referenced(messages, VOUCHED)
    numbers = sorted({tag for message in messages for tag in subject_tags(message.subject)})
    writers = sorted(
        {one.address for m in messages for one in (m.sender, m.answer_to) if one is not None}
    )
    senders = sorted({m.sender.address.lower() for m in messages if m.sender is not None})
    conversations = sorted({m.conversation for m in messages if m.conversation})
    window = {"since": hour_before(now), "kinds": list(ANSWERS)}
    turns = {"space": TURN_SPACE, "keys": sorted({_turn(address) for address in writers})}
    cited = {
        "ids": ids,
        "provider_ids": provided,
        "vouched": sorted(VOUCHED),
        "cited_space": CITED_SPACE,
        "tags": numbers,
        "writers": writers,
    }
    async with connection.pipeline():
        await connection.execute(TURNS, turns)
        if ids or provided:
            await connection.execute(CITED_TURNS.encode(), cited)
        threads = await connection.execute(THREADS, {"ids": ids})
        provider_threads = await connection.execute(PROVIDER_THREADS, cited)
        tickets = await connection.execute(TICKETS.encode(), cited)
        talks = await connection.execute(CONVERSATIONS, {"conversations": conversations})
        copies = await connection.execute(COPIES, {"digests": list(digests)})
        answered = await connection.execute(ANSWERED, {"addresses": writers, **window})
        overall = await connection.execute(ANSWERED_OVERALL, {"most": most_answers, **window})
        people = await connection.execute(PEOPLE, {"logins": list(logins)})
        tags = await connection.execute(CLIENT_TAGS, {"senders": senders})
        ledger = Ledger()
        await _fill(ledger.by_message_id, threads)
        await _fill(ledger.by_provider_id, provider_threads)
        async for row in tickets:
            ledger.tickets[row["id"]] = _known(row)
            ledger.by_number[row["number"]] = row["id"]
            if row["for_strangers"]:
                ledger.strangers[row["linked_ticket_id"]] = row["id"]
        async for row in talks:
            ledger.tickets.setdefault(row["id"], _known(row))
            ledger.record_heard(row["thread"], row["id"], row["last_message_at"])
        async for row in copies:
            copy = Copy(
                source=row["source"], message_id=row["message_id"], ticket_id=row["ticket_id"]
            )
            ledger.copies.setdefault(row["digest"], []).append(copy)
            if row["id"] is not None:
                ledger.tickets.setdefault(row["id"], _known(row))
        ledger.answered.update({row["recipient"]: row["n"] async for row in answered})
        ledger.answered_overall = (await _only(overall))["n"]
        ledger.client_tags.update({row["address"]: frozenset(row["tags"]) async for row in tags})
        async for row in people:
            ledger.open_tickets[row["login"]] = row["open"]
            if row["turn"] is not None:
                ledger.last_assigned[row["login"]] = row["turn"]
    return ledger


def _referenced(messages: Sequence[Message], channels: frozenset[Channel]) -> list[str]:
    """Identifiers that messages of these channels refer to."""
    some = (message for message in messages if message.channel in channels)
    return sorted({identifier for message in some for identifier in referenced_ids(message)})


async def _fill(threads: Threads, rows: Cursor) -> None:
    async for row in rows:
        tickets = threads.setdefault(row["message_id"], {})
        tickets.setdefault(row["ticket_id"], row["ours"])


def _turn(address: str) -> int:
    """The lock's key: a signed 32-bit number, the same on all hosts."""
    return zlib.crc32(address.encode("utf-8", "replace")) - 2**31


def _known(row: DictRow) -> KnownTicket:
    return KnownTicket(
        id=row["id"],
        number=row["number"],
        stage=Stage(row["stage"]),
        closed_at=row["closed_at"],
        people=frozenset(row["people"]),
        requester=row["sender"].lower(),
        copied=frozenset(row["copied"]),
        same_client=frozenset(row["same_client"]),
        for_strangers=row["for_strangers"],
        request_type=row["request_type"],
        service=row["service"],
        imported_silently=row["imported_silently"],
    )


async def _only(cursor: Cursor) -> dict[str, Any]:
    row = await cursor.fetchone()
    assert row is not None, "an aggregate always gives a row"
    return row
