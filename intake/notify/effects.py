"""What follows from what people did on one ticket, gathered and written together."""

from dataclasses import dataclass, field
from datetime import datetime

from intake.active_config import ActiveConfig
from intake.context import Context
from intake.notify.notes import note
from intake.notify.outbox import Outbox
from intake.notify.staff import Letters, send
from intake.store.batch import EntryRow, ReplyRow
from intake.store.database import Connection
from intake.store.followups import FollowedTicket, FollowUpState, keep_follow_up
from intake.store.queue import FOLLOW_UP
from intake.store.ticket_summary import TicketSummary


@dataclass(kw_only=True, slots=True)
class TicketEffects:
    """Rows to be written, and instants at which to look again. Nothing is done before `write`."""

    context: Context
    connection: Connection
    config: ActiveConfig
    ticket: FollowedTicket
    summary: TicketSummary
    follow_up: FollowUpState
    now: datetime
    letters: Letters = field(default_factory=Letters)
    """To the client and to people, and what stands on the ticket."""
    looks: set[datetime] = field(default_factory=set)
    corrected: bool = False
    """Whether the desk has to get something of the ticket itself."""

    def note(self, text: str) -> None:
        """An internal note on the ticket."""
        self.letters.entries.append(note(self.ticket.id, text))

    def said(self, reply: ReplyRow) -> None:
        """A reply to the client: it stands on the ticket as well."""
        self.letters.replies.append(reply)
        outgoing = reply.outgoing
        self.letters.entries.append(
            EntryRow(
                ticket_id=self.ticket.id,
                kind="reply",
                author=outgoing.sender,
                author_name=outgoing.sender_name,
                body=outgoing.text,
            )
        )

    async def write(self) -> None:
        """All of it, in the transaction that decided it."""
        context, connection = self.context, self.connection
        await keep_follow_up(connection, self.ticket.id, self.follow_up)
        await send(context, connection, self.letters)
        if self.corrected:
            await Outbox(context, connection).sync([self.ticket.id])
        for at in sorted(self.looks):
            await look_again(context, connection, self.ticket.id, at)


async def look_again(
    context: Context, connection: Connection, ticket_id: int, at: datetime
) -> None:
    """Heed the ticket once more at that instant, whatever happens until then.

    Without a lock: a job that waits would hold up the others of its lock.
    """
    name = f"{FOLLOW_UP}:{ticket_id}:{at.timestamp():.0f}"
    await context.queue.put_once(connection, FOLLOW_UP, name, at=at, ticket=ticket_id)


async def follow_up_soon(context: Context, connection: Connection, ticket_id: int) -> None:
    """Somebody did something on the ticket: it is heeded as soon as this transaction ends."""
    if context.config.settings.watch.enabled:
        await context.queue.put(connection, FOLLOW_UP, f"{FOLLOW_UP}:{ticket_id}", ticket=ticket_id)
