"""The doors for webhooks that the settings ask for: routes of the daemon's HTTP server."""

from collections.abc import Sequence
from functools import partial

from starlette.routing import BaseRoute, Mount, Route, Router

from intake.app.opening import Office
from intake.jobs.delivery_failure import heed_news
from intake.jobs.triage import triage_messages
from intake.settings.model import Settings
from intake.store.reply_progress import News
from intake.store.transient_errors import worth_trying_again

NO_DOOR = "add [[imap]], [[maildir]], [twilio] or [[app]] to the settings"
"""What to do where nothing comes in."""


def has_doors(settings: Settings) -> bool:
    """Whether something is posted to us."""
    return settings.http.enabled and bool(settings.twilio or settings.app)


class Doors:
    """Those that are open: they can be changed as a whole while the server runs."""

    def __init__(self) -> None:
        self._router = Router()

    def route(self) -> BaseRoute:
        """Of the daemon's HTTP server, after its own routes."""
        return Mount("", app=self._router)

    def open(self, routes: Sequence[BaseRoute]) -> None:
        """From the next request on. A request under way ends as it began."""
        self._router.routes = list(routes)


def doors(office: Office, settings: Settings) -> list[BaseRoute]:
    """Nothing where no section of the settings asks for one. Raises CredentialMissing."""
    return [*_twilio(office, settings), *_apps(office, settings)]


def _twilio(office: Office, settings: Settings) -> list[BaseRoute]:
    if settings.twilio is None:
        return []
    # Twilio's library is loaded only where it is needed.
    from intake.channels.twilio.status import StatusUpdate
    from intake.channels.twilio.webhooks import (
        SOURCE,
        Doorkeeper,
        message_door,
        signatures,
        status_door,
    )
    from intake.store.batching import Gathering

    async def note(update: StatusUpdate) -> None:
        news = News(
            provider_id=update.sid,
            status=update.status,
            code=update.error_code,
            at=office.context.clock(),
        )
        with worth_trying_again():
            await heed_news(office.context, news)

    doorkeeper = Doorkeeper(signatures(settings.twilio), office.meters)
    gathering = Gathering(office.gate, SOURCE)
    calls: list[Route] = []
    if settings.twilio.voice is not None:
        from intake.channels.twilio.voice_webhooks import voice_doors

        calls = voice_doors(
            settings.twilio, settings.twilio.voice, doorkeeper, gathering, office.context
        )
    return [
        *calls,
        message_door(doorkeeper, gathering, office.meters, office.context.clock),
        status_door(doorkeeper, office.meters, note),
    ]


def _apps(office: Office, settings: Settings) -> Sequence[BaseRoute]:
    if not settings.app:
        return []
    from intake.channels.apps.taking import Taking
    from intake.channels.apps.webhooks import app_routes

    taking = Taking(office.gate, office.database, partial(triage_messages, office.context))
    return app_routes(office.context, taking, settings.app)
