"""Internal notes that only the Odoo desk writes."""

from collections.abc import Callable, Container, Iterable, Sequence
from datetime import tzinfo

from intake.desk.odoo.attachments import RefusedFile
from intake.desk.odoo.partners import ClientMatch
from intake.desk.odoo.ticket_rows import in_words
from intake.ports.description import paragraphs
from intake.ports.desk import DeskEntry, DeskTicket

TERMS = frozenset(("first_response_due", "resolution_due"))


def notes_of_the_desk(
    tickets: Sequence[DeskTicket],
    made: Container[str],
    client: Callable[[DeskTicket], ClientMatch],
    zone: tzinfo,
) -> list[DeskEntry]:
    """Notes for tickets: on new ones (in `made`), whom to ask who the client is; on others, new due
    times.

    Due times need a note because the description is not written again, and not every model has
    fields for them.
    """
    notes = []
    for ticket in tickets:
        if ticket.external_id in made:
            words = client(ticket).note_pt
            if words:
                notes.append(_note(ticket, "client", words))
        elif ticket.changed & TERMS:
            stamp = int(ticket.first_response_due.timestamp())
            notes.append(_note(ticket, f"terms_{stamp}", _terms(ticket, zone)))
    return notes


def notes_of_files(refused: Iterable[RefusedFile]) -> list[DeskEntry]:
    """A note for each file that Odoo refused. The ticket itself is created without it."""
    return [
        DeskEntry(
            external_id=f"{each.external_id}_refused",
            ticket=each.ticket,
            kind="note",
            author="Central Intake",
            body_html=paragraphs(
                f"O arquivo {each.name} não pôde ser anexado. O Odoo disse: {each.words}\n"
                "Ele está guardado no Central Intake, na mensagem original."
            ),
        )
        for each in refused
    ]


def _terms(ticket: DeskTicket, zone: tzinfo) -> str:
    first = in_words(ticket.first_response_due, zone)
    words = f"Prazos contados de novo. Primeira resposta até {first}"
    until = in_words(ticket.resolution_due, zone)
    return f"{words}; solução até {until}." if until else f"{words}."


def _note(ticket: DeskTicket, name: str, words: str) -> DeskEntry:
    return DeskEntry(
        external_id=f"{ticket.external_id.replace('-', '')}_{name}",
        ticket=ticket.external_id,
        kind="note",
        author="Central Intake",
        body_html=paragraphs(words),
    )
