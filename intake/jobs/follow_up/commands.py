"""Runs the commands in notes: move the ticket to another level, make cards in Trello."""

from collections.abc import Sequence

from intake.actions.escalate import TicketClosed, escalate_in
from intake.jobs.follow_up.endings import read_notes
from intake.notify.effects import TicketEffects
from intake.store.cards import ask_for_card
from intake.store.followups import StoredNote
from intake.store.queue import CARD
from routing.roster import NoHigherLevel, SameLevel, UnknownLevel
from routing.watch.cards import NOT_SET_UP, of_a_refusal
from routing.watch.note_commands import ToLevel, ToTrello

SEVERAL = (
    "Esta nota pede mais de um nível ({levels}): não dá para saber qual. O chamado ficou onde "
    "estava; escreva uma nota com um só, por exemplo “@{first} motivo”."
)
NOT_DONE = "O chamado não foi para {level}: {why}."
WHY_NOT: dict[type[Exception], str] = {
    SameLevel: "já está nesse nível",
    NoHigherLevel: "não há mais ninguém no quadro de suporte para recebê-lo",
    UnknownLevel: "o nível atual dele não está no quadro de suporte",
    TicketClosed: "ele já está concluído ou cancelado",
}


async def run_commands(effects: TicketEffects, notes: Sequence[StoredNote]) -> None:
    """Run the commands in notes that are new, each once."""
    new = [note for note in notes if not note.heeded]
    for stored, note in zip(new, read_notes(effects, new), strict=True):
        if len(note.levels) > 1:
            names = ", ".join(each.level for each in note.levels)
            effects.note(SEVERAL.format(levels=names, first=note.levels[0].level))
        elif note.levels:
            await move(effects, note.levels[0])
        for card in note.cards:
            await _ask_for_card(effects, stored.id, card)


async def _ask_for_card(effects: TicketEffects, note_id: int, wanted: ToTrello) -> None:
    if effects.config.settings.trello is None:
        effects.note(of_a_refusal(wanted.board, NOT_SET_UP))
        return
    ticket, connection = effects.ticket.id, effects.connection
    card = await ask_for_card(connection, ticket, note_id, wanted.board, effects.now)
    if card is not None:
        await effects.context.queue.put(connection, CARD, card=card)


async def move(effects: TicketEffects, command: ToLevel) -> bool:
    """Move the ticket to another level. If that fails, write a note that says why; return False."""
    try:
        await escalate_in(
            effects.context,
            effects.connection,
            effects.ticket.number,
            command.why,
            to=command.level,
        )
    except tuple(WHY_NOT) as error:
        why = WHY_NOT[type(error)]
        effects.note(NOT_DONE.format(level=command.level, why=why))
        return False
    return True
