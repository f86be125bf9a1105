"""A close that is noticed late: what a client wrote after it is decided anew, knowing of it."""

from collections.abc import Sequence

import structlog

from intake.notify.effects import TicketEffects
from intake.store.late_messages import wait_again
from intake.store.queue import lane_of
from routing.watch.deeds import JobSpec, ended_at

log = structlog.get_logger()


async def take_up_again(effects: TicketEffects, deeds: Sequence[JobSpec]) -> None:
    """Messages that joined the ticket as an open one, after it had been closed at the desk.

    They go through triage once more, in their order: it opens the ticket again, or another, or
    leaves it closed, as it would have done. What they say stands on the ticket already.
    """
    closed_at = ended_at(deeds)
    if closed_at is None or not effects.ticket.held.is_closed:
        return
    connection, lanes = effects.connection, effects.config.settings.work.partitions
    for message, thread in await wait_again(connection, effects.ticket.id, after=closed_at):
        log.info("watch.message_after_close", ticket=effects.ticket.number, message=message)
        await effects.context.queue.triage(connection, lane_of(thread, lanes), [message])
