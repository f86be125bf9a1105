"""Read and write what an escalation needs and changes."""

from dataclasses import dataclass
from datetime import datetime

from psycopg.types.json import Jsonb

from intake.store.database import Connection
from routing.roster import Escalation, OwnedTicket
from routing.vocabulary import Stage

TICKET = """
    SELECT id, lane, stage, level, owner, request_type, sender, sender_name,
           first_response_due, resolution_due
      FROM tickets WHERE number = %s FOR UPDATE
"""
ESCALATE = """
    UPDATE tickets
       SET level = %(level)s, owner = %(owner)s, owner_reason = %(reason)s, assigned_at = %(at)s,
           trace = jsonb_set(trace, '{escalations}',
                             coalesce(trace->'escalations', '[]'::jsonb) || %(step)s)
     WHERE id = %(id)s
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class LockedTicket:
    """A ticket that nobody else can change until the transaction ends."""

    id: int
    lane: int
    stage: Stage
    owned: OwnedTicket


async def lock_ticket(connection: Connection, number: str) -> LockedTicket | None:
    """Lock the ticket of that number; None if there is none."""
    row = await (await connection.execute(TICKET, [number])).fetchone()
    if row is None:
        return None
    return LockedTicket(
        id=row["id"],
        lane=row["lane"],
        stage=Stage(row["stage"]),
        owned=OwnedTicket(
            level=row["level"],
            owner=row["owner"],
            request_type=row["request_type"],
            clients=(row["sender"], row["sender_name"]),
            first_response_due=row["first_response_due"],
            resolution_due=row["resolution_due"],
        ),
    )


async def write_escalation(
    connection: Connection, ticket_id: int, escalation: Escalation, *, at: datetime
) -> None:
    """Set level and owner, not the due times, and append a step to the ticket's trace."""
    assignment = escalation.assignment
    step = {
        "at": at.isoformat(),
        "from": {"level": escalation.level_before, "owner": escalation.owner_before},
        "to": {"level": assignment.level, "owner": assignment.owner},
        "why": escalation.why,
        "reason": assignment.reason,
    }
    await connection.execute(
        ESCALATE,
        {
            "id": ticket_id,
            "level": assignment.level,
            "owner": assignment.owner,
            "reason": assignment.reason,
            "at": at,
            "step": Jsonb([step]),
        },
    )


async def set_level(connection: Connection, ticket_id: int, level: str) -> None:
    """Set only the level; the owner at that level is already set."""
    await connection.execute("UPDATE tickets SET level = %s WHERE id = %s", [level, ticket_id])
