"""Events about a ticket for the app that opened it: recorded here, sent by the job `callback`."""

from collections.abc import Iterable
from enum import StrEnum

from intake.context import Context
from intake.store.app_requests import add_callback, opened_by, unanswered
from intake.store.database import Connection
from intake.store.queue import CALLBACK
from routing.vocabulary import Stage


class Event(StrEnum):
    """The event types that we send, named as Standard Webhooks recommends."""

    ACKNOWLEDGED = "request.acknowledged"
    SCHEDULED = "request.scheduled"
    DONE = "request.done"
    CANCELLED = "request.cancelled"


BY_STAGE = {
    Stage.SCHEDULED: Event.SCHEDULED,
    Stage.DONE: Event.DONE,
    Stage.CANCELLED: Event.CANCELLED,
}
"""The stages that an app is told of; the others cause no event."""


async def record_stage(
    context: Context, connection: Connection, ticket_id: int | None, event: Event | Stage
) -> None:
    """Record an event for the app that opened the ticket, and queue its callback.

    Does nothing where no app opened the ticket, or the app has no callback in the settings. Works
    in the caller's transaction, so no event is sent for a change that is rolled back.
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
    """Send apps `request.acknowledged` for new tickets on which no confirmation goes to a client.

    For other tickets that event is recorded when the confirmation has been sent.
    """
    if not any(app.callback for app in context.config.settings.app):
        return
    for ticket_id in await unanswered(connection, sorted(ticket_ids)):
        await record_stage(context, connection, ticket_id, Event.ACKNOWLEDGED)
