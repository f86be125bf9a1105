"""The mail address of somebody whom a reply by WhatsApp or SMS did not reach."""

from intake.active_config import ActiveConfig
from intake.jobs.phone_delivery import is_by_phone
from intake.store.database import Connection
from intake.store.replies import QueuedReply
from intake.store.tickets import addresses_beside
from routing.phone.ninth_digit import phone_forms


async def other_address(
    connection: Connection, reply: QueuedReply, config: ActiveConfig
) -> str | None:
    """Find the mail address that belongs to the telephone number a reply was sent to.

    For a colleague it comes from the roster; for a client it is an address that wrote on the same
    tickets. None for replies that went by mail, and where several addresses fit: a reply to a
    client is never sent to a guessed address.
    """
    if not is_by_phone(reply):
        return None
    forms = phone_forms(reply.outgoing.recipient)
    people = config.policy.procedure.roster.people
    for person in people:
        if person.phone and phone_forms(person.phone) & forms and person.email:
            return person.email
    team = config.policy.team
    wrote = await addresses_beside(connection, forms) - config.policy.own_addresses
    found = {address for address in wrote if not team.has(address)}
    return found.pop() if len(found) == 1 else None
