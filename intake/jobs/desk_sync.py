"""The job `desk_sync`: write tickets and their entries to the desk, in order.

A job takes along what later jobs under its lock would sync: up to fifty tickets where the desk was
away or is slower than what comes in. Those later jobs then find nothing left to do.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from psycopg.rows import DictRow

from intake.context import Context
from intake.jobs.chat_replies import deliver_chat_answers
from intake.jobs.desk_activities import sync_todos
from intake.jobs.fallback_owner import assign_fallback_owner
from intake.notify import notices
from intake.notify.outbox import Outbox
from intake.ports.description import paragraphs
from intake.ports.desk import DeskEntry, DeskRef, DeskTicket, DeskUnavailable, PutResult
from intake.ports.desk_tags import channel_tag, level_tag, rule_tags, type_tag
from intake.store.batch import Batch
from intake.store.client_contacts import keep_client_contacts
from intake.store.client_tags import keep_client_tags
from intake.store.database import Connection
from intake.store.desk_state import (
    Unsynced,
    changed,
    load_unsynced,
    record_refused,
    record_synced,
    refused_alike,
    waiting_in_lane,
)
from intake.store.ticket_summary import load_summaries
from routing.sla import SlaTable
from routing.vocabulary import Authentication

log = structlog.get_logger()

MOST = 50
"""Tickets in one call to the desk."""
MOST_ALIKE = 5
"""At most about this many notices of identical refusals within `ALIKE_WITHIN`; `intake failed`
lists all refusals."""
ALIKE_WITHIN = timedelta(hours=1)


async def sync_tickets(
    context: Context,
    ids: Sequence[int],
    lock: str | None = None,
    *,
    attempts: int = 0,
    alone: bool = False,
) -> None:
    """Sync these tickets to the desk, and others that wait under the same lock.

    A ticket that the desk cannot take now is tried again later (`attempts` were made before), and
    only that one waits. Writing the same again does no harm. `alone`: take no other tickets along.

    Raises DeskUnavailable where the desk does not answer at all: then the job waits, and with it
    all others of its lock.
    """
    for some in (ids[at : at + MOST] for at in range(0, len(ids), MOST)):
        try:
            await _bring(context, some, ids, None if alone else lock)
        except DeskUnavailable as error:
            away = lock is None or not await _answers(context)
            context.desk_trouble.failed(away=away)
            log.warning(
                "desk_sync.desk_away" if away else "desk_sync.not_now", reason=str(error)[:300]
            )
            if lock is None or away:
                raise
            await _apart(context, some, lock, attempts)


async def _bring(
    context: Context, some: Sequence[int], ids: Sequence[int], lock: str | None
) -> None:
    async with context.database.transaction() as connection:
        unsynced = await load_unsynced(connection, some)
        room = MOST - len(unsynced.tickets)
        if lock and unsynced.tickets and room:
            more = await waiting_in_lane(connection, lock, but=ids, most=room)
            if more:
                unsynced = await load_unsynced(connection, [*some, *more])
    if unsynced.tickets:
        await _carry(context, unsynced)
    await sync_todos(context, some, lock)


async def _answers(context: Context) -> bool:
    try:
        await context.desk.ping()
    except DeskUnavailable:
        return False
    return True


async def _apart(context: Context, tickets: Sequence[int], lock: str, attempts: int) -> None:
    """Handle tickets that a desk which answers has not taken: try each alone, then later.

    The fault may lie with another ticket that was taken along.
    """
    if len(tickets) == 1:
        try:
            await _bring(context, tickets, tickets, None)
        except DeskUnavailable:
            wait = context.desk_trouble.wait(attempts + 1)
        else:
            return
    async with context.database.transaction() as connection:
        if len(tickets) > 1:
            await context.queue.sync_alone(connection, lock, tickets, attempts)
            return
        at = context.clock() + wait
        await context.queue.sync_later(connection, lock, tickets[0], attempts + 1, at)


async def _carry(context: Context, unsynced: Unsynced) -> None:
    sla = context.config.policy.procedure.sla
    result = await context.desk.put(
        [_ticket(row, sla) for row in unsynced.tickets],
        [_entry(row) for row in unsynced.entries],
    )
    async with context.database.transaction() as connection:
        if context.desk_trouble.succeeded():
            await context.queue.hurry_sync(connection)
        await _record(context, connection, unsynced, result)


async def _record(
    context: Context, connection: Connection, unsynced: Unsynced, result: PutResult
) -> None:
    carried = [
        (row, result.refs[str(row["uid"])])
        for row in unsynced.tickets
        if str(row["uid"]) in result.refs and str(row["uid"]) not in result.refused
    ]
    there = {row["uid"] for row, _ in carried}
    entries = [row["id"] for row in unsynced.entries if row["ticket"] in there]
    await record_synced(connection, carried, entries)
    if result.client_tags:
        await keep_client_tags(connection, result.client_tags, at=context.clock())
    ids = {str(row["uid"]): row["id"] for row in unsynced.tickets}
    contacts = {ids[uid]: some for uid, some in result.client_contacts.items() if uid in ids}
    await keep_client_contacts(connection, contacts)
    strangers = [row for row, _ in carried if row["owner"] in result.strangers]
    await assign_fallback_owner(context, connection, strangers, result.strangers)
    new = [row["id"] for row in unsynced.tickets if row["desk_ref"] is None]
    await deliver_chat_answers(context, connection, new)
    now = context.clock()
    for row in unsynced.tickets:
        uid = str(row["uid"])
        if uid in result.refused:
            await _refuse(context, connection, row, result.refused[uid], result.refs.get(uid), now)


async def _refuse(
    context: Context,
    connection: Connection,
    row: DictRow,
    words: str,
    part: DeskRef | None,
    now: datetime,
) -> None:
    """Store the desk's refusal in its own words, and tell the first level.

    They are told once for a ticket, and of about `MOST_ALIKE` identical refusals: a permission
    that was removed makes every ticket fail.
    """
    log.warning("desk_sync.refused", ticket=row["number"])
    url = part.url if part is not None else None
    await record_refused(connection, row["id"], words, url, at=now)
    alike = await refused_alike(connection, row["id"], words, since=now - ALIKE_WITHIN)
    if row["desk_refusal"] == words or alike >= MOST_ALIKE:
        return
    summary = (await load_summaries(connection, [row["id"]]))[row["id"]]
    told = notices.of_a_desk_refusal(summary, words, row["received_at"], context.config, now)
    await Outbox(context, connection).write(Batch(replies=told))


def _ticket(row: DictRow, sla: SlaTable) -> DeskTicket:
    # The settings may have lost the request type of an old ticket.
    known = row["request_type"] in sla.types
    label = sla.label(row["request_type"]) if known else row["request_type"]
    return DeskTicket(
        external_id=str(row["uid"]),
        number=row["number"],
        title=row["title"],
        description_html=row["description_html"],
        channel=row["channel"],
        requester=row["sender"],
        requester_name=row["sender_name"],
        kind=row["kind"],
        request_type=row["request_type"],
        service=row["service"],
        priority=row["priority"],
        level=row["level"],
        owner=row["owner"],
        stage=row["stage"],
        tags=tuple(row["tags"]),
        missing=tuple(row["missing"]),
        received_at=row["received_at"],
        first_response_due=row["first_response_due"],
        resolution_due=row["resolution_due"],
        deadline=row["deadline"],
        client_ref=row["client_ref"],
        trusted_sender=row["verdict"] != Authentication.FAIL.value,
        labels=(
            channel_tag(row["channel"]),
            type_tag(row["request_type"], label),
            level_tag(row["level"]),
            *rule_tags(row["tags"]),
        ),
        message=row["message"],
        attachments=row["attachments"],
        ref=row["desk_ref"],
        url=row["desk_url"],
        changed=changed(row),
    )


def _entry(row: DictRow) -> DeskEntry:
    return DeskEntry(
        external_id=str(row["uid"]),
        ticket=str(row["ticket"]),
        kind=row["kind"],
        author=row["author"],
        author_name=row["author_name"],
        trusted_author=row["trusted"],
        body_html=row["body_html"] or paragraphs(row["body"]),
        at=row["at"],
        message=row["message"],
        attachments=row["attachments"],
        file=row["file"],
    )
