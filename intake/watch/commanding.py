"""Commands in notes: another level."""

from collections.abc import Sequence

from intake.journal.heeding import StoredNote
from intake.watch.ending import read_notes
from intake.watch.following import Following
from intake.work.escalating import TicketClosed, escalate_in
from routing.roster import NoHigherLevel, SameLevel, UnknownLevel
from routing.watch.note_commands import ToLevel

SEVERAL = (
    "Esta nota pede mais de um nível ({levels}): não dá para saber qual. O chamado ficou onde "
    "estava; escreva uma nota com um só, por exemplo “@{first} motivo”."
)
NO_CARDS = "Esta nota pede um cartão no Trello: isso ainda não é feito daqui; crie-o à mão."
NOT_DONE = "O chamado não foi para {level}: {why}."
WHY_NOT: dict[type[Exception], str] = {
    SameLevel: "já está nesse nível",
    NoHigherLevel: "não há mais ninguém no quadro de suporte para recebê-lo",
    UnknownLevel: "o nível atual dele não está no quadro de suporte",
    TicketClosed: "ele já está concluído ou cancelado",
}


async def obey(following: Following, notes: Sequence[StoredNote]) -> None:
    """Do what new notes ask for, each once."""
    new = [note for note in notes if not note.heeded]
    for note in read_notes(following, new):
        if len(note.levels) > 1:
            names = ", ".join(each.level for each in note.levels)
            following.note(SEVERAL.format(levels=names, first=note.levels[0].level))
        elif note.levels:
            await _move(following, note.levels[0])
        if note.cards:
            following.note(NO_CARDS)


async def _move(following: Following, command: ToLevel) -> None:
    try:
        await escalate_in(
            following.context,
            following.connection,
            following.ticket.number,
            command.why,
            to=command.level,
        )
    except tuple(WHY_NOT) as error:
        why = WHY_NOT[type(error)]
        following.note(NOT_DONE.format(level=command.level, why=why))
