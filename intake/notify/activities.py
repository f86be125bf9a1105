"""Ends to-dos at the desk when what they ask for is done."""

from collections.abc import Collection

from intake.context import Context
from intake.store.alarms import load_states
from intake.store.database import Connection
from intake.store.desk_activities import mark_settled, open_todos
from routing.watch.alarms import AlarmKind
from routing.watch.todos import is_settled


async def settle_todos(context: Context, connection: Connection, tickets: Collection[int]) -> bool:
    """Mark the to-dos of these tickets that are done, in the transaction that changed the tickets.

    Returns whether there were any, so that the tickets must be synced.
    """
    found = await open_todos(connection, tickets)
    if not found:
        return False
    now, states = context.clock(), await load_states(connection, {each.ticket_id for each in found})
    over = [
        each.id
        for each in found
        if is_settled(
            AlarmKind(each.kind), states[each.ticket_id], written_at=each.written_at, now=now
        )
    ]
    await mark_settled(connection, over, at=now)
    return bool(over)
