"""Makes the `Requester` to look up from a ticket or an entry."""

from intake.desk.odoo.partners import ClientMatch, Requester
from intake.ports.desk import DeskEntry, DeskTicket

NOBODY = ClientMatch()


def requester_of(ticket: DeskTicket) -> Requester:
    """The ticket's requester."""
    return _requester(ticket.requester, ticket.requester_name, ticket.trusted_sender)


def author_of(entry: DeskEntry) -> Requester:
    """The author of a client's message."""
    return _requester(entry.author, entry.author_name, entry.trusted_author)


def _requester(address: str, name: str, trusted: bool) -> Requester:
    by_mail = "@" in address
    return Requester(
        address=address if by_mail else "",
        phone="" if by_mail else address,
        name=name,
        trusted=trusted,
    )
