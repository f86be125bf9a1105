"""A level that people changed at the desk, by its tag: the ticket goes there."""

from collections.abc import Sequence

from intake.jobs.follow_up.commands import move
from intake.notify.effects import Following
from intake.notify.team import name_of
from intake.store.escalation import set_level
from intake.store.ticket_summary import load_standings
from routing.watch.deeds import Deed
from routing.watch.levels import SEVERAL, SOMEBODY, WITH_OWNER, LevelChange, level_change
from routing.watch.note_commands import ToLevel

WHY = "{who} mudou a etiqueta do nível na Central de Ajuda"


async def follow_level(following: Following, deeds: Sequence[Deed]) -> None:
    """Escalate as a command in a note would; who names the new owner as well has chosen."""
    ticket = following.ticket
    change = level_change(deeds, ticket.level)
    if change is None or ticket.held.is_closed:
        return
    if change.to is None:
        following.note(SEVERAL.format(level=ticket.level))
        return
    who = _who(following, change)
    if change.owner_chosen:
        await set_level(following.connection, ticket.id, change.to)
        following.note(WITH_OWNER.format(before=ticket.level, after=change.to, who=who))
        return
    if await _is_there(following, change.to):
        # A note asked for the same.
        return
    why = WHY.format(who=who[0].upper() + who[1:])
    if not await move(following, ToLevel(level=change.to, why=why)):
        # What the desk shows is put right.
        following.corrected = True


async def _is_there(following: Following, level: str) -> bool:
    standings = await load_standings(following.connection, [following.ticket.id])
    return standings[following.ticket.id].level == level


def _who(following: Following, change: LevelChange) -> str:
    roster = following.in_force.policy.procedure.roster
    return name_of(roster, change.who) if change.who else SOMEBODY
