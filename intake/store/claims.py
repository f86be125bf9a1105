"""Claims: which process run is working on which message, and which runs died with one in hand.

A claim is committed before anything reads a message's bytes. A claim that belongs to a run which is
no longer alive shows that the run died with the message in hand.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from psycopg.rows import class_row

from intake.ports.messages import StoredMessage
from intake.store.database import Connection
from intake.store.messages import COLUMNS, stored_message, with_files

QUICK = "SET LOCAL synchronous_commit = off"
"""Losing a claim in a database crash only means that one death is not counted."""
CLAIM = f"""
    WITH here AS (
        SELECT id, thread FROM messages
         WHERE id = ANY(ARRAY(SELECT unnest(%(ids)s::bigint[])
                              UNION
                              SELECT earlier.id FROM messages asked
                                JOIN messages earlier ON earlier.thread = asked.thread
                                 AND earlier.state = 'new' AND earlier.id < asked.id
                               WHERE asked.id = ANY(%(ids)s) AND asked.state = 'new'
                                 AND asked.channel = 'email'))
           AND state = 'new' AND (claimed_by IS NULL OR claimed_by = ANY(%(takable)s))
         ORDER BY id FOR UPDATE
    ), free AS (
        SELECT id FROM here
         WHERE NOT EXISTS (SELECT 1 FROM message_deaths d JOIN messages s ON s.id = d.message_id
                            WHERE s.thread = here.thread AND s.id <= here.id AND s.state = 'new')
           AND NOT EXISTS (SELECT 1 FROM messages s
                            WHERE s.id = ANY(%(ids)s) AND s.thread = here.thread
                              AND s.id < here.id AND s.state = 'new' AND s.claimed_by IS NOT NULL
                              AND NOT s.claimed_by = ANY(%(takable)s))
    )
    UPDATE messages m SET claimed_by = %(run)s, claim_read = false,
           attempts = attempts + (claimed_by IS DISTINCT FROM %(run)s)::int
      FROM free WHERE m.id = free.id
    RETURNING {", ".join(f"m.{name.strip()}" for name in COLUMNS.split(","))}
"""
"""Leaves out messages with which a run died, and messages after them in the same conversation.
Takes along earlier mails of a conversation: one that waited for a suspect has its job outside the
partition, and must not be overtaken once the suspect is done."""
CLAIM_ALONE = f"""
    UPDATE messages SET claimed_by = %(run)s, claim_read = false,
           attempts = attempts + (claimed_by IS DISTINCT FROM %(run)s)::int
     WHERE id = %(id)s AND state = 'new' RETURNING {COLUMNS}
"""
UNCLAIMED = """
    SELECT id, claimed_by FROM messages
     WHERE id = ANY(%(ids)s) AND state = 'new' AND NOT id = ANY(%(claimed)s) ORDER BY id
"""
CONVERSATIONS = """
    SELECT id FROM messages
     WHERE thread = ANY(%s) AND channel = ANY(%s) AND state = 'new' ORDER BY id
"""
RELEASE = """
    UPDATE messages SET claimed_by = NULL, attempts = attempts - 1
     WHERE id = ANY(%s) AND claimed_by = %s AND state = 'new'
"""
RELEASE_ALL = """
    UPDATE messages SET claimed_by = NULL
     WHERE id IN (SELECT id FROM messages WHERE claimed_by = %s AND state = 'new'
                     FOR UPDATE SKIP LOCKED)
"""
BLAME = """
    WITH held AS (
        SELECT id, claimed_by, claim_read FROM messages
         WHERE claimed_by = ANY(%s) AND state = 'new' ORDER BY id FOR UPDATE
    ), freed AS (
        UPDATE messages m SET claimed_by = NULL, claim_read = false FROM held WHERE m.id = held.id
        RETURNING m.id, held.claimed_by, held.claim_read
    )
    INSERT INTO message_deaths (message_id, run, reading)
    SELECT id, claimed_by, NOT claim_read FROM freed
        ON CONFLICT DO NOTHING
    RETURNING message_id
"""
SUSPECTS = """
    SELECT m.id, m.thread, m.claimed_by, count(*) FILTER (WHERE d.reading) AS read_deaths,
           count(*) AS deaths
      FROM message_deaths d JOIN messages m ON m.id = d.message_id
     WHERE m.state = 'new' GROUP BY m.id ORDER BY m.id
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Suspect:
    """A message that was in hand when a process died."""

    id: int
    thread: str
    claimed_by: UUID | None
    read_deaths: int
    """Number of processes that died while it was being read."""
    deaths: int
    """Number of processes that died with it in hand, including while reading it."""


async def claim(
    connection: Connection, ids: Collection[int], run: UUID, living: Collection[UUID] = ()
) -> list[StoredMessage]:
    """Claim those of the messages that still wait, and earlier mails of their conversations that
    wait as well. Returns them in the order of their ids.

    Leaves out suspects, messages that follow a suspect in its conversation, and messages claimed by
    runs other than `run` and `living`.
    """
    async with connection.pipeline():
        await connection.execute(QUICK.encode())
        cursor = await connection.execute(
            CLAIM.encode(), {"ids": list(ids), "run": run, "takable": [run, *living]}, binary=True
        )
        found = [stored_message(row) async for row in cursor]
    return await with_files(connection, sorted(found, key=lambda each: each.id))


async def claim_alone(connection: Connection, message_id: int, run: UUID) -> StoredMessage | None:
    """Claim a suspect. The commit waits for the disk, because this message may kill the process."""
    cursor = await connection.execute(
        CLAIM_ALONE.encode(), {"id": message_id, "run": run}, binary=True
    )
    found = [stored_message(row) async for row in cursor]
    return (await with_files(connection, found))[0] if found else None


async def unclaimed(
    connection: Connection, ids: Collection[int], claimed: Collection[int]
) -> list[tuple[int, UUID | None]]:
    """Waiting messages of `ids` that are not among `claimed`, each with the run that claims it."""
    values = {"ids": list(ids), "claimed": list(claimed)}
    cursor = await connection.execute(UNCLAIMED.encode(), values)
    return [(row["id"], row["claimed_by"]) async for row in cursor]


async def waiting_in(
    connection: Connection, threads: Collection[str], channels: Collection[str]
) -> list[int]:
    """Ids of waiting messages in these conversations."""
    cursor = await connection.execute(CONVERSATIONS, [list(threads), list(channels)])
    return [row["id"] async for row in cursor]


async def record_read(connection: Connection, message_id: int) -> None:
    """Record that the message's bytes were read without the process dying."""
    await connection.execute(QUICK.encode())
    query = b"UPDATE messages SET claim_read = true WHERE id = %s AND state = 'new'"
    await connection.execute(query, [message_id])


async def release(connection: Connection, ids: Collection[int], run: UUID) -> None:
    """Release the claims on messages that were not processed."""
    await connection.execute(RELEASE, [list(ids), run])


async def release_all(connection: Connection, run: UUID) -> None:
    """Release all claims of a run that ends normally, so that none of them become suspects."""
    await connection.execute(RELEASE_ALL, [run])


async def mark_suspects(connection: Connection, dead: Collection[UUID]) -> list[int]:
    """Record that these runs died with messages in hand. Returns the messages."""
    cursor = await connection.execute(BLAME, [list(dead)])
    return sorted([row["message_id"] async for row in cursor])


async def take_back(connection: Connection, run: UUID) -> None:
    """Delete the deaths recorded for a run that was taken for dead while it could not reach the
    database.
    """
    await connection.execute("DELETE FROM message_deaths WHERE run = %s", [run])


async def clear_suspicion(connection: Connection, ids: Collection[int]) -> None:
    """Delete all deaths recorded for these messages."""
    await connection.execute("DELETE FROM message_deaths WHERE message_id = ANY(%s)", [list(ids)])


async def load_suspects(connection: Connection) -> list[Suspect]:
    """All waiting suspects: those with the fewest deaths first, each conversation in order.

    So messages that merely happened to be in hand at the time are processed before the next death.
    """
    async with connection.cursor(row_factory=class_row(Suspect)) as cursor:
        await cursor.execute(SUSPECTS)
        found = await cursor.fetchall()
    return _in_order(found)


def _in_order(suspects: Sequence[Suspect]) -> list[Suspect]:
    worst: dict[str, int] = {}
    ranked = []
    for suspect in suspects:
        worst[suspect.thread] = max(worst.get(suspect.thread, 0), suspect.deaths)
        ranked.append((worst[suspect.thread], suspect.id, suspect))
    return [suspect for _, _, suspect in sorted(ranked, key=lambda each: each[:2])]
