"""Load what decisions on a batch of messages need, in one round trip."""

import zlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from psycopg import AsyncCursor
from psycopg.rows import DictRow

from intake.journal.client_tags import LOAD as CLIENT_TAGS
from intake.journal.database import Connection
from routing.ledger import Copy, Ledger, hour_before
from routing.message import Message
from routing.threading import KnownTicket, referenced_ids, subject_tags
from routing.vocabulary import Stage

Cursor = AsyncCursor[DictRow]

TURNS = """
    SELECT pg_advisory_xact_lock(%(space)s, key) FROM unnest(%(keys)s::int[]) AS key
"""
THREADS = """
    SELECT message_id, ticket_id FROM mail_threads WHERE message_id = ANY(%(ids)s)
     ORDER BY ours DESC, ticket_id
"""
TICKETS = """
    SELECT t.id, t.number, t.stage, t.closed_at, t.request_type, t.service, t.imported_silently,
           ARRAY(SELECT address FROM ticket_people p WHERE p.ticket_id = t.id) AS people
      FROM tickets t
     WHERE t.number = ANY(%(tags)s)
        OR t.id IN (SELECT ticket_id FROM mail_threads WHERE message_id = ANY(%(ids)s))
"""
CONVERSATIONS = """
    SELECT DISTINCT ON (m.thread) m.thread, t.id, t.number,
           greatest(m.received_at,
                    (SELECT max(coalesce(r.sent_at, r.created_at)) FROM replies r
                      WHERE r.ticket_id = t.id AND r.recipient = m.sender
                        AND r.state <> 'suppressed')) AS last_message_at,
           t.stage, t.closed_at, t.request_type, t.service, t.imported_silently,
           ARRAY(SELECT address FROM ticket_people p WHERE p.ticket_id = t.id) AS people
      FROM messages m JOIN tickets t ON t.id = m.ticket_id
     WHERE m.thread = ANY(%(conversations)s) AND m.channel IN ('whatsapp', 'sms')
     ORDER BY m.thread, m.received_at DESC, m.id DESC
"""
COPIES = """
    SELECT m.digest, m.source, m.message_id, m.ticket_id,
           t.id, t.number, t.stage, t.closed_at, t.request_type, t.service, t.imported_silently,
           ARRAY(SELECT address FROM ticket_people p WHERE p.ticket_id = t.id) AS people
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
"""`turn` counts the people by when they last got a ticket. It never exceeds the newest ticket's id:
tickets of the batch, which are noted by their ids, come after it."""

TURN_SPACE = 1_701_011_826
"""Advisory locks of this first number are turns of addresses; other uses have other numbers."""

ANSWERS = ("acknowledgement", "reopened", "linked", "greeting")
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
    """The journal's state, as far as these messages touch it.

    Until the transaction ends, batches with a mail from the same address wait for their turn: a
    hundred mails from one sender, taken by all workers at once, are still capped to the letter.
    """
    ids = sorted({i for message in messages for i in referenced_ids(message)})
    numbers = sorted({tag for message in messages for tag in subject_tags(message.subject)})
    addresses = sorted({m.answer_to.address for m in messages if m.answer_to is not None})
    senders = sorted({m.sender.address.lower() for m in messages if m.sender is not None})
    conversations = sorted({m.conversation for m in messages if m.conversation})
    window = {"since": hour_before(now), "kinds": list(ANSWERS)}
    turns = {"space": TURN_SPACE, "keys": sorted({_turn(address) for address in addresses})}
    async with connection.pipeline():
        await connection.execute(TURNS, turns)
        threads = await connection.execute(THREADS, {"ids": ids})
        tickets = await connection.execute(TICKETS, {"ids": ids, "tags": numbers})
        talks = await connection.execute(CONVERSATIONS, {"conversations": conversations})
        copies = await connection.execute(COPIES, {"digests": list(digests)})
        answered = await connection.execute(ANSWERED, {"addresses": addresses, **window})
        overall = await connection.execute(ANSWERED_OVERALL, {"most": most_answers, **window})
        people = await connection.execute(PEOPLE, {"logins": list(logins)})
        tags = await connection.execute(CLIENT_TAGS, {"senders": senders})
        ledger = Ledger()
        async for row in threads:
            ledger.by_message_id.setdefault(row["message_id"], row["ticket_id"])
        async for row in tickets:
            ledger.tickets[row["id"]] = _known(row)
            ledger.by_number[row["number"]] = row["id"]
        async for row in talks:
            ledger.tickets.setdefault(row["id"], _known(row))
            ledger.note_heard(row["thread"], row["id"], row["last_message_at"])
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


def _turn(address: str) -> int:
    """A signed 32-bit number, the same on all hosts."""
    return zlib.crc32(address.encode("utf-8", "replace")) - 2**31


def _known(row: DictRow) -> KnownTicket:
    return KnownTicket(
        id=row["id"],
        number=row["number"],
        stage=Stage(row["stage"]),
        closed_at=row["closed_at"],
        people=frozenset(row["people"]),
        request_type=row["request_type"],
        service=row["service"],
        imported_silently=row["imported_silently"],
    )


async def _only(cursor: Cursor) -> dict[str, Any]:
    row = await cursor.fetchone()
    assert row is not None, "an aggregate always gives a row"
    return row
