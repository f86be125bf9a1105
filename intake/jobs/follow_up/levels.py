"""Escalates a ticket whose level tag was changed at the desk."""

from collections.abc import Sequence

from intake.jobs.follow_up.commands import move
from intake.notify.effects import TicketEffects
from intake.notify.team import name_of
from intake.store.escalation import set_level
from intake.store.ticket_summary import load_summaries
from routing.watch.change_sets import ChangeSet
from routing.watch.levels import SEVERAL, SOMEBODY, WITH_OWNER, LevelChange, level_change
from routing.watch.note_commands import ToLevel

WHY = "{who} mudou a etiqueta do nível na Central de Ajuda"


async def follow_level(effects: TicketEffects, change_sets: Sequence[ChangeSet]) -> None:
    """Move the ticket to the level of its new tag, as a command in a note would.

    If the owner was changed as well, only the level is set and that owner stays.
    """
    ticket = effects.ticket
    change = level_change(change_sets, ticket.level)
    if change is None or ticket.held.is_closed:
        return
    if change.to is None:
        effects.note(SEVERAL.format(level=ticket.level))
        return
    who = _who(effects, change)
    if change.owner_chosen:
        await set_level(effects.connection, ticket.id, change.to)
        effects.note(WITH_OWNER.format(before=ticket.level, after=change.to, who=who))
        return
    if await _is_there(effects, change.to):
        # A command in a note has moved it there already.
        return
    why = WHY.format(who=who[0].upper() + who[1:])
    if not await move(effects, ToLevel(level=change.to, why=why)):
        # Sync the ticket, so that the desk shows its real level again.
        effects.corrected = True


async def _is_there(effects: TicketEffects, level: str) -> bool:
    summaries = await load_summaries(effects.connection, [effects.ticket.id])
    return summaries[effects.ticket.id].level == level


def _who(effects: TicketEffects, change: LevelChange) -> str:
    roster = effects.config.policy.procedure.roster
    return name_of(roster, change.who) if change.who else SOMEBODY
