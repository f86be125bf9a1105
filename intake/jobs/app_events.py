"""What an app is told of a ticket that it opened: put down here, sent by the job `callback`."""

from collections.abc import Iterable
from enum import StrEnum

from intake.context import Context
from intake.store.app_requests import add_callback, opened_by, unanswered
from intake.store.database import Connection
from intake.store.queue import CALLBACK
from routing.vocabulary import Stage


class Event(StrEnum):
    """The types of our webhooks, as Standard Webhooks writes such names."""

    ACKNOWLEDGED = "request.acknowledged"
    SCHEDULED = "request.scheduled"
    DONE = "request.done"
    CANCELLED = "request.cancelled"


BY_STAGE = {
    Stage.SCHEDULED: Event.SCHEDULED,
    Stage.DONE: Event.DONE,
    Stage.CANCELLED: Event.CANCELLED,
}
"""Of the other stages an app is not told."""


async def note_stage(
    context: Context, connection: Connection, ticket_id: int | None, event: Event | Stage
) -> None:
    """Tell the app that opened the ticket, where one did and wants to know.

    Within the caller's transaction: it is told of nothing that was taken back.
    """
    settings = context.config.settings.app
    if not settings or ticket_id is None:
        return
    told = BY_STAGE.get(event) if isinstance(event, Stage) else event
    if told is None:
        return
    name = await opened_by(connection, ticket_id)
    if not any(app.name == name and app.callback for app in settings):
        return
    assert name is not None
    callback = await add_callback(connection, name, ticket_id, told.value, context.clock())
    await context.queue.put(connection, CALLBACK, callback=callback)


async def record_opened(
    context: Context, connection: Connection, ticket_ids: Iterable[int]
) -> None:
    """Where no confirmation goes to a client, the request is acknowledged as it is opened."""
    if not any(app.callback for app in context.config.settings.app):
        return
    for ticket_id in await unanswered(connection, sorted(ticket_ids)):
        await note_stage(context, connection, ticket_id, Event.ACKNOWLEDGED)
