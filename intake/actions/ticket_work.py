"""What a person does on a ticket of the embedded desk.

It is recorded as a change at the desk, and followed up like one that was observed at Odoo.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from intake.actions.escalate import NoSuchTicket
from intake.context import Context
from intake.notify.effects import follow_up_soon
from intake.notify.outbox import Outbox
from intake.ports.description import paragraphs
from intake.ports.desk_snapshots import Change, Value
from intake.store.batch import Batch, EntryRow
from intake.store.database import Connection
from intake.store.desk_changes import record_change
from intake.store.followups import FollowedTicket, add_note, lock_followed
from intake.store.tickets import id_of


class NothingToDo(Exception):
    """the ticket is so already"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Acted:
    """A ticket as it was before the action, and what the action changed."""

    ticket: FollowedTicket
    changes: tuple[Change, ...]


async def act(
    context: Context,
    number: str,
    who: str | None,
    *,
    fields: Mapping[str, Value] | None = None,
    note: str = "",
) -> Acted:
    """Change fields of a ticket and write an internal note, in one transaction.

    `fields`: field → new value. `who`: the login of whoever acts, None where it is unknown.

    Raises NoSuchTicket, and NothingToDo where there is no note and nothing would change.
    """
    now = context.clock()
    async with context.database.transaction() as connection:
        ticket = await _locked(connection, number)
        changes = tuple(_changes(ticket, fields or {}, who, now))
        if not changes and not note:
            raise NothingToDo(f"{number} is so already")
        if note:
            await _write_note(context, connection, ticket.id, who, note, now)
        for change in changes:
            await record_change(connection, ticket.id, change)
        await follow_up_soon(context, connection, ticket.id)
        await Outbox(context, connection).sync([ticket.id])
    return Acted(ticket=ticket, changes=changes)


async def _locked(connection: Connection, number: str) -> FollowedTicket:
    ticket_id = await id_of(connection, number)
    ticket = None if ticket_id is None else await lock_followed(connection, ticket_id)
    if ticket is None:
        raise NoSuchTicket(f"there is no ticket {number}; see `intake tickets`")
    return ticket


def _changes(
    ticket: FollowedTicket, fields: Mapping[str, Value], who: str | None, now: datetime
) -> list[Change]:
    held = ticket.held
    return [
        Change(field=name, before=getattr(held, name), after=after, who=who, at=now)
        for name, after in fields.items()
        if getattr(held, name) != after
    ]


async def _write_note(
    context: Context,
    connection: Connection,
    ticket_id: int,
    who: str | None,
    text: str,
    now: datetime,
) -> None:
    await add_note(
        connection,
        ticket_id,
        ref=f"intake:{uuid.uuid4()}",
        who=who,
        internal=True,
        body=text,
        at=now,
    )
    entry = EntryRow(
        ticket_id=ticket_id, kind="note", author=who or "", body=text, body_html=paragraphs(text)
    )
    await Outbox(context, connection).write(Batch(entries=[entry]))
