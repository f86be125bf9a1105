"""The doors for webhooks that the settings ask for: routes of the daemon's HTTP server."""

from starlette.routing import BaseRoute

from intake.office import Office
from intake.settings.model import Settings


def doors(office: Office, settings: Settings) -> list[BaseRoute]:
    """Nothing where no section of the settings asks for one. Raises CredentialMissing."""
    return [*_twilio(office, settings)]


def _twilio(office: Office, settings: Settings) -> list[BaseRoute]:
    if settings.twilio is None:
        return []
    # Twilio's library is loaded only where it is needed.
    from intake.listeners.gathering import Gathering
    from intake.listeners.twilio_doors import SOURCE, Doorkeeper, message_door, signatures

    doorkeeper = Doorkeeper(signatures(settings.twilio), office.meters)
    gathering = Gathering(office.gate, SOURCE)
    return [message_door(doorkeeper, gathering, office.meters, office.context.clock)]
