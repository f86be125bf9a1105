"""Write a batch of decisions in one round trip, all or nothing."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from psycopg import AsyncCursor
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from intake.ports.sender import Outgoing
from intake.store.database import Connection
from intake.store.replies import outgoing_to_json
from routing.sla import DueTimes
from routing.triage import Triage
from routing.vocabulary import Channel


@dataclass(frozen=True, kw_only=True, slots=True)
class TicketRow:
    """A new ticket."""

    id: int
    number: str
    lane: int
    channel: str
    subject: str
    description: str
    description_html: str
    received_at: datetime
    trace: dict[str, Any]
    rules_fingerprint: str
    linked_ticket_id: int | None
    for_strangers: bool = False
    """Whether the sender cites the linked ticket without taking part in it."""
    triage: Triage
    assigned_at: datetime
    imported_silently: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ReopenedRow:
    """A closed ticket that a client's message reopens. Its due times are calculated anew."""

    ticket_id: int
    due: DueTimes
    at: datetime
    silently: bool = False
    """Whether the message was in the mailbox before our first look."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StartedRow:
    """A silently imported ticket whose client has written. From now on it is an ordinary ticket."""

    ticket_id: int
    due: DueTimes
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryRow:
    """A new entry on a ticket."""

    ticket_id: int
    kind: str
    author: str
    body: str
    body_html: str = ""
    """If empty, the desk shows `body`."""
    message_id: int | None = None
    file: int | None = None
    """Position of the only file of the message that this entry brings; None for all files."""
    author_name: str = ""
    trusted: bool = True
    """False if DMARC says that the mail does not come from the author's domain."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReplyRow:
    """A reply to send. Its Message-ID is made from `uid`."""

    uid: uuid.UUID
    ticket_id: int | None
    kind: str
    channel: str
    outgoing: Outgoing
    state: str = "queued"
    detail: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class DoneRow:
    """The outcome of a message."""

    id: int
    outcome: str
    reasons: tuple[str, ...]
    ticket_id: int | None
    message_id: str
    sender: str
    speaks: bool
    """Whether its sender becomes one of the ticket's people."""
    attachments: int = 0
    """Number of files that came with it."""
    folded_into: int | None = None
    """The first message of the burst that this message continues."""
    is_mail: bool = True
    """Whether `message_id` is an e-mail's Message-ID, and not a telephone provider's id."""
    copied: tuple[str, ...] = ()
    """Further addresses that may join the ticket."""


@dataclass(kw_only=True, slots=True)
class Batch:
    """Rows to be written together."""

    done: list[DoneRow] = field(default_factory=list)
    tickets: list[TicketRow] = field(default_factory=list)
    reopened: list[ReopenedRow] = field(default_factory=list)
    started: list[StartedRow] = field(default_factory=list)
    entries: list[EntryRow] = field(default_factory=list)
    replies: list[ReplyRow] = field(default_factory=list)

    @property
    def opened(self) -> set[int]:
        """Tickets that are new, are reopened, or whose due times start only now."""
        return {ticket.id for ticket in self.tickets} | self._counted_anew

    @property
    def _counted_anew(self) -> set[int]:
        return {row.ticket_id for row in self.reopened} | {row.ticket_id for row in self.started}

    @property
    def touched(self) -> set[int]:
        """Tickets with something that the desk does not have yet."""
        return (
            {ticket.id for ticket in self.tickets}
            | {entry.ticket_id for entry in self.entries}
            | self._counted_anew
        )


DONE = """
    UPDATE messages SET state = 'done', outcome = %s, reasons = %s, ticket_id = %s,
           message_id = %s, sender = %s, attachments = %s, folded_into = %s, error = NULL,
           claimed_by = NULL, processed_at = now()
     WHERE id = %s
"""
TICKET_COLUMNS = (
    "id",
    "number",
    "lane",
    "channel",
    "sender",
    "sender_name",
    "client",
    "client_ref",
    "subject",
    "title",
    "description",
    "description_html",
    "language",
    "kind",
    "request_type",
    "service",
    "priority",
    "level",
    "owner",
    "owner_reason",
    "tags",
    "missing",
    "received_at",
    "first_response_due",
    "resolution_due",
    "deadline",
    "due_explanation",
    "trace",
    "rules_fingerprint",
    "linked_ticket_id",
    "for_strangers",
    "assigned_at",
    "imported_silently",
)
TICKET = (
    f"INSERT INTO tickets ({', '.join(TICKET_COLUMNS)}) OVERRIDING SYSTEM VALUE "
    f"VALUES ({', '.join(['%s'] * len(TICKET_COLUMNS))})"
)
PERSON = """
    INSERT INTO ticket_people (ticket_id, address) VALUES (%s, %s) ON CONFLICT DO NOTHING
"""
COPIED = """
    INSERT INTO ticket_copied (ticket_id, address) VALUES (%s, %s) ON CONFLICT DO NOTHING
"""
THREAD = """
    INSERT INTO mail_threads (message_id, ticket_id, ours) VALUES (%s, %s, %s)
    ON CONFLICT DO NOTHING
"""
ENTRY = """
    INSERT INTO ticket_entries (ticket_id, kind, author, body, body_html, message_id, file,
                                author_name, trusted)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
REPLY = """
    INSERT INTO replies (uid, ticket_id, kind, channel, recipient, state, outgoing, rfc_id, detail,
                         created_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, coalesce(%s, now()))
"""
REOPEN = """
    UPDATE tickets SET stage = 'new', closed_at = NULL, deadline = NULL, first_response_due = %s,
           resolution_due = %s, due_explanation = %s, reopened_at = %s, imported_silently = %s
     WHERE id = %s
"""
START = """
    UPDATE tickets SET first_response_due = %s, resolution_due = %s, due_explanation = %s,
           reopened_at = %s, imported_silently = false
     WHERE id = %s
"""


async def write_batch(connection: Connection, batch: Batch) -> None:
    """Write all rows in the caller's transaction."""
    statements: Sequence[tuple[str, list[tuple[Any, ...]]]] = (
        (TICKET, [_ticket_values(ticket) for ticket in batch.tickets]),
        (REOPEN, [_reopened_values(row) for row in batch.reopened]),
        (START, [_started_values(row) for row in batch.started]),
        (DONE, [_done_values(done) for done in batch.done]),
        (PERSON, list(dict.fromkeys(_people(batch)))),
        (COPIED, list(_copied(batch))),
        (THREAD, list(_threads(batch))),
        (ENTRY, [_entry_values(entry) for entry in batch.entries]),
        (REPLY, [_reply_values(reply) for reply in batch.replies]),
    )
    async with connection.pipeline(), connection.cursor() as cursor:
        for statement, rows in statements:
            if rows:
                await cursor.executemany(statement.encode(), rows)


async def new_ticket_ids(connection: Connection, count: int) -> list[int]:
    """Reserve ids for new tickets. Unused ones leave a gap, which is harmless."""
    cursor = await connection.execute(
        """SELECT nextval(pg_get_serial_sequence('tickets', 'id')) AS id
             FROM generate_series(1, %s)""",
        [count],
    )
    return [row["id"] async for row in cursor]


EVERY_YEAR = 0
"""Stands in for the year in the counter of ticket numbers that do not contain a year."""


async def new_ticket_numbers(connection: Connection, year: int, count: int) -> range:
    """Reserve the next numbers of that year. There are no gaps: a rollback returns them."""
    cursor: AsyncCursor[DictRow] = await connection.execute(
        """INSERT INTO ticket_numbers (year, last) VALUES (%(year)s, %(count)s)
           ON CONFLICT (year) DO UPDATE SET last = ticket_numbers.last + %(count)s
           RETURNING last""",
        {"year": year, "count": count},
    )
    row = await cursor.fetchone()
    assert row is not None, "INSERT … RETURNING gives a row"
    return range(row["last"] - count + 1, row["last"] + 1)


def _ticket_values(ticket: TicketRow) -> tuple[Any, ...]:
    t = ticket.triage
    return (
        ticket.id,
        ticket.number,
        ticket.lane,
        ticket.channel,
        t.requester,
        t.requester_name,
        t.client or t.requester_name or None,
        t.client_ref,
        ticket.subject,
        t.title,
        ticket.description,
        ticket.description_html,
        t.language,
        t.kind.value,
        t.request_type,
        t.service,
        t.priority.value,
        t.level,
        t.owner,
        t.owner_reason,
        list(t.tags),
        list(t.missing),
        ticket.received_at,
        t.first_response_due,
        t.resolution_due,
        t.deadline,
        list(t.due_explanation),
        Jsonb(ticket.trace),
        ticket.rules_fingerprint,
        ticket.linked_ticket_id,
        ticket.for_strangers,
        ticket.assigned_at,
        ticket.imported_silently,
    )


def _reopened_values(row: ReopenedRow) -> tuple[Any, ...]:
    due = row.due
    return (
        due.first_response_due,
        due.resolution_due,
        list(due.explanation),
        row.at,
        row.silently,
        row.ticket_id,
    )


def _started_values(row: StartedRow) -> tuple[Any, ...]:
    due = row.due
    return (
        due.first_response_due,
        due.resolution_due,
        list(due.explanation),
        row.at,
        row.ticket_id,
    )


def _done_values(done: DoneRow) -> tuple[Any, ...]:
    return (
        done.outcome,
        list(done.reasons),
        done.ticket_id,
        done.message_id,
        done.sender,
        done.attachments,
        done.folded_into,
        done.id,
    )


def _people(batch: Batch) -> Iterator[tuple[Any, ...]]:
    for done in batch.done:
        if done.speaks and done.ticket_id is not None and done.sender:
            yield done.ticket_id, done.sender
    # Whoever we write to may answer, even with a new mail that only cites the number.
    for reply in batch.replies:
        in_room = reply.outgoing.channel is Channel.CHAT
        if reply.ticket_id is not None and reply.state == "queued" and not in_room:
            yield reply.ticket_id, reply.outgoing.recipient.lower()


def _copied(batch: Batch) -> Iterator[tuple[Any, ...]]:
    for done in batch.done:
        for address in done.copied if done.ticket_id is not None else ():
            yield done.ticket_id, address


def _threads(batch: Batch) -> Iterator[tuple[Any, ...]]:
    """Message-IDs of mails that we received or are sending."""
    for done in batch.done:
        if done.ticket_id is not None and done.message_id and done.is_mail:
            yield done.message_id, done.ticket_id, False
    for reply in batch.replies:
        by_mail = reply.outgoing.channel is Channel.EMAIL
        if reply.ticket_id is not None and reply.state == "queued" and by_mail:
            yield reply.outgoing.message_id, reply.ticket_id, True


def _entry_values(entry: EntryRow) -> tuple[Any, ...]:
    return (
        entry.ticket_id,
        entry.kind,
        entry.author,
        entry.body,
        entry.body_html,
        entry.message_id,
        entry.file,
        entry.author_name,
        entry.trusted,
    )


def _reply_values(reply: ReplyRow) -> tuple[Any, ...]:
    return (
        reply.uid,
        reply.ticket_id,
        reply.kind,
        reply.channel,
        reply.outgoing.recipient,
        reply.state,
        Jsonb(outgoing_to_json(reply.outgoing)),
        reply.outgoing.message_id,
        reply.detail,
        # The time at which the reply was decided, so that it compares with other decided times.
        reply.outgoing.date,
    )
