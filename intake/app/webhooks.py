"""The webhooks that the settings ask for: routes of the daemon's HTTP server."""

from collections.abc import Sequence
from functools import partial

from starlette.routing import BaseRoute, Mount, Route, Router

from intake.app.opening import Application
from intake.jobs.delivery_failure import record_delivery_news
from intake.jobs.triage import triage_messages
from intake.settings.model import Settings
from intake.store.reply_progress import DeliveryNews
from intake.store.transient_errors import as_unavailable

NO_SOURCE = "add [[imap]], [[maildir]], [twilio] or [[app]] to the settings"
"""Advice to log if nothing can come in."""


def has_webhooks(settings: Settings) -> bool:
    """Whether the settings ask for a webhook."""
    return settings.http.enabled and bool(settings.twilio or settings.app)


class Webhooks:
    """The open webhooks. They can be replaced as a whole while the server runs."""

    def __init__(self) -> None:
        self._router = Router()

    def route(self) -> BaseRoute:
        """The route for the daemon's HTTP server, to be added after its own routes."""
        return Mount("", app=self._router)

    def open(self, routes: Sequence[BaseRoute]) -> None:
        """Use these routes from the next request on. Requests under way are not affected."""
        self._router.routes = list(routes)


def webhook_routes(application: Application, settings: Settings) -> list[BaseRoute]:
    """The routes of all configured webhooks; empty if there are none. Raises CredentialMissing."""
    return [*_twilio(application, settings), *_apps(application, settings)]


def _twilio(application: Application, settings: Settings) -> list[BaseRoute]:
    if settings.twilio is None:
        return []
    # Twilio's library is loaded only where it is needed.
    from intake.channels.twilio.status import StatusUpdate
    from intake.channels.twilio.webhooks import (
        SOURCE,
        Verifier,
        message_webhook,
        signatures,
        status_webhook,
    )
    from intake.store.batching import ArrivalBatcher

    async def note(update: StatusUpdate) -> None:
        news = DeliveryNews(
            provider_id=update.sid,
            status=update.status,
            code=update.error_code,
            at=application.context.clock(),
        )
        with as_unavailable():
            await record_delivery_news(application.context, news)

    verifier = Verifier(signatures(settings.twilio), application.metrics)
    batcher = ArrivalBatcher(application.inbox, SOURCE)
    calls: list[Route] = []
    if settings.twilio.voice is not None:
        from intake.channels.twilio.voice_webhooks import voice_webhooks

        calls = voice_webhooks(
            settings.twilio, settings.twilio.voice, verifier, batcher, application.context
        )
    return [
        *calls,
        message_webhook(verifier, batcher, application.metrics, application.context.clock),
        status_webhook(verifier, application.metrics, note),
    ]


def _apps(application: Application, settings: Settings) -> Sequence[BaseRoute]:
    if not settings.app:
        return []
    from intake.channels.apps.app_requests import AppRequests
    from intake.channels.apps.webhooks import app_routes

    app_requests = AppRequests(
        application.inbox, application.database, partial(triage_messages, application.context)
    )
    return app_routes(application.context, app_requests, settings.app)
