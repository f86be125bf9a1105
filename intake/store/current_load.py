"""How many tickets each person on the roster has, and whose turn it was last."""

from datetime import datetime

from intake.store.database import Connection
from intake.store.ledger import load_ledger
from routing.roster import Load, Roster


async def current_load(connection: Connection, roster: Roster, *, now: datetime) -> Load:
    """The load by which the roster chooses an owner."""
    logins = [person.login for person in roster.people]
    ledger = await load_ledger(connection, [], [], logins=logins, most_answers=0, now=now)
    return ledger.load()
