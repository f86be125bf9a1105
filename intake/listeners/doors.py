"""The doors for webhooks that the settings ask for: routes of the daemon's HTTP server."""

from starlette.routing import BaseRoute

from intake.office import Office
from intake.settings.model import Settings


def doors(office: Office, settings: Settings) -> list[BaseRoute]:
    """Nothing where no section of the settings asks for one."""
    return []
