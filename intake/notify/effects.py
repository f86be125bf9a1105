"""Collects the effects of what people did on one ticket, and writes them together."""

from dataclasses import dataclass, field
from datetime import datetime

from intake.active_config import ActiveConfig
from intake.context import Context
from intake.notify.notes import note
from intake.notify.outbox import Outbox
from intake.notify.staff import TeamMessages, send
from intake.store.batch import EntryRow, ReplyRow
from intake.store.database import Connection
from intake.store.followups import FollowedTicket, FollowUpState, keep_follow_up
from intake.store.queue import FOLLOW_UP
from intake.store.ticket_summary import TicketSummary


@dataclass(kw_only=True, slots=True)
class TicketEffects:
    """Rows to write, and instants at which to follow up again. Nothing happens before `write`."""

    context: Context
    connection: Connection
    config: ActiveConfig
    ticket: FollowedTicket
    summary: TicketSummary
    follow_up: FollowUpState
    now: datetime
    team_messages: TeamMessages = field(default_factory=TeamMessages)
    """Replies to the client, messages to the team, and entries of the ticket."""
    looks: set[datetime] = field(default_factory=set)
    """When to follow up again."""
    corrected: bool = False
    """Whether the ticket's fields must be synced to the desk."""

    def note(self, text: str) -> None:
        """Add an internal note on the ticket."""
        self.team_messages.entries.append(note(self.ticket.id, text))

    def said(self, reply: ReplyRow) -> None:
        """Add a reply to the client, and its text as an entry of the ticket."""
        self.team_messages.replies.append(reply)
        outgoing = reply.outgoing
        self.team_messages.entries.append(
            EntryRow(
                ticket_id=self.ticket.id,
                kind="reply",
                author=outgoing.sender,
                author_name=outgoing.sender_name,
                body=outgoing.text,
            )
        )

    async def write(self) -> None:
        """Write all effects, in the transaction in which they were decided."""
        context, connection = self.context, self.connection
        await keep_follow_up(connection, self.ticket.id, self.follow_up)
        await send(context, connection, self.team_messages)
        if self.corrected:
            await Outbox(context, connection).sync([self.ticket.id])
        for at in sorted(self.looks):
            await look_again(context, connection, self.ticket.id, at)


async def look_again(
    context: Context, connection: Connection, ticket_id: int, at: datetime
) -> None:
    """Queue another follow-up of the ticket for the instant `at`.

    The job has no queue lock, because a waiting job would hold up the others of its lock.
    """
    name = f"{FOLLOW_UP}:{ticket_id}:{at.timestamp():.0f}"
    await context.queue.put_once(connection, FOLLOW_UP, name, at=at, ticket=ticket_id)


async def follow_up_soon(context: Context, connection: Connection, ticket_id: int) -> None:
    """Queue the follow-up of a ticket for when this transaction ends, unless `watch` is off."""
    if context.config.settings.watch.enabled:
        await context.queue.put(connection, FOLLOW_UP, f"{FOLLOW_UP}:{ticket_id}", ticket=ticket_id)
