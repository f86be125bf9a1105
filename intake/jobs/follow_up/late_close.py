"""A close at the desk that is noticed late: messages that came after it are triaged again."""

from collections.abc import Sequence

import structlog

from intake.notify.effects import TicketEffects
from intake.store.late_messages import wait_again
from intake.store.queue import lane_of
from routing.watch.change_sets import ChangeSet, ended_at

log = structlog.get_logger()


async def take_up_again(effects: TicketEffects, change_sets: Sequence[ChangeSet]) -> None:
    """Queue triage of messages that joined the ticket while we did not know that it was closed.

    Triage, which now knows of the close, reopens the ticket, opens another one, or leaves it
    closed. The messages' text is on the ticket already and is not added again.
    """
    closed_at = ended_at(change_sets)
    if closed_at is None or not effects.ticket.held.is_closed:
        return
    connection, lanes = effects.connection, effects.config.settings.work.partitions
    for message, thread in await wait_again(connection, effects.ticket.id, after=closed_at):
        log.info("watch.message_after_close", ticket=effects.ticket.number, message=message)
        await effects.context.queue.triage(connection, lane_of(thread, lanes), [message])
