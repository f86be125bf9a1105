"""Escalate a ticket: choose its level and owner, store them, tell the owner, sync the desk."""

from intake.context import Context
from intake.notify.activities import settle_todos
from intake.notify.alarms import set_alarms
from intake.notify.notes import note
from intake.notify.notices import of_an_escalation
from intake.notify.outbox import Outbox
from intake.store.batch import Batch
from intake.store.current_load import current_load
from intake.store.database import Connection
from intake.store.escalation import lock_ticket, write_escalation
from intake.store.ticket_summary import load_summaries
from routing.roster import Escalation, escalate


class NoSuchTicket(LookupError):
    """the journal has no ticket of that number"""


class TicketClosed(Exception):
    """the ticket is done or cancelled, and nobody owes anything on it"""


async def escalate_ticket(
    context: Context, number: str, why: str, *, to: str | None = None
) -> Escalation:
    """Hand a ticket to the next level, or to the level `to`, in one transaction.

    Raises NoSuchTicket, TicketClosed, NoHigherLevel, SameLevel, and UnknownLevel where the settings
    no longer have the ticket's level.
    """
    async with context.database.transaction() as connection:
        return await escalate_in(context, connection, number, why, to=to)


async def escalate_in(
    context: Context, connection: Connection, number: str, why: str, *, to: str | None = None
) -> Escalation:
    """As `escalate_ticket`, in the caller's transaction."""
    config, now = context.config, context.clock()
    procedure = config.policy.procedure
    ticket = await lock_ticket(connection, number)
    if ticket is None:
        raise NoSuchTicket(f"there is no ticket {number}; see `intake tickets`")
    if ticket.stage.is_closed:
        raise TicketClosed(f"{number} is {ticket.stage.value}: there is nothing to escalate")
    escalation = escalate(
        ticket.owned,
        roster=procedure.roster,
        calendar=procedure.calendar,
        load=await current_load(connection, procedure.roster, now=now),
        at=now,
        why=why,
        to=to,
    )
    await write_escalation(connection, ticket.id, escalation, at=now)
    summary = (await load_summaries(connection, [ticket.id]))[ticket.id]
    notices = of_an_escalation(summary, escalation, config, now)
    trace = note(ticket.id, escalation.trace)
    await settle_todos(context, connection, [ticket.id])
    batch = Batch(entries=[trace], replies=notices)
    await Outbox(context, connection).write(batch, also_sync=[ticket.id])
    await set_alarms(context, connection, [ticket.id])
    return escalation
