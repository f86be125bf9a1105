"""Open the desk that the settings choose."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from intake.desk.embedded import EmbeddedDesk
from intake.ports.chat import Chat
from intake.ports.desk import Desk, DeskFiles
from intake.ports.desk_snapshots import DeskChanges
from intake.settings.desk import Odoo
from intake.settings.model import Settings
from intake.store.database import Database


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenDesk:
    """A desk, and how to see what people change there."""

    desk: Desk
    changes: DeskChanges | None = None
    """None for a desk where nobody but us changes anything."""
    room: Chat | None = None
    """The chat in which the team gives commands; None if there is none."""


@asynccontextmanager
async def opened_desk(
    settings: Settings,
    database: Database,
    files: DeskFiles,
    config: Callable[[], Settings],
) -> AsyncIterator[OpenDesk]:
    """The desk, not connected yet: the first call connects. `config` returns the settings after any
    reload.
    """
    if settings.desk.backend == "embedded":
        yield OpenDesk(desk=EmbeddedDesk(database))
        return
    async with _odoo(settings.odoo, files, config) as desk:
        yield desk


@asynccontextmanager
async def _odoo(
    odoo: Odoo, files: DeskFiles, config: Callable[[], Settings]
) -> AsyncIterator[OpenDesk]:
    # Imported only here, so that odoorpc is loaded only for an Odoo desk.
    from intake.desk.odoo.changes import OdooChanges
    from intake.desk.odoo.connect import sessions_of
    from intake.desk.odoo.desk import OdooDesk
    from intake.desk.odoo.discuss import OdooChat
    from intake.desk.odoo.layout import tags_of

    sessions = sessions_of(odoo)
    try:
        desk = OdooDesk(
            sessions,
            odoo,
            files=files,
            tags=lambda: tags_of(config()),
            zone=lambda: ZoneInfo(config().calendar.timezone),
        )
        stars = {str(priority): str(count) for priority, count in odoo.priorities.items()}
        changes = OdooChanges(
            sessions, desk.profile, desk.place, stars, lambda: config().roster.levels
        )
        room = None if odoo.discuss is None else OdooChat(sessions, odoo.discuss.channel)
        yield OpenDesk(desk=desk, changes=changes, room=room)
    finally:
        await sessions.close()
