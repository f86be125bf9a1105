"""Sync to-dos to the desk, after the tickets that they are about.

A to-do that the desk refuses becomes a note on the ticket.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog

from intake.context import Context
from intake.notify.notes import note
from intake.notify.outbox import Outbox
from intake.ports.description import paragraphs
from intake.ports.desk_activities import DeskTodo, DeskTodos
from intake.store.batch import Batch
from intake.store.desk_activities import (
    UnsyncedActivity,
    mark_ended,
    mark_synced,
    unsynced_todos,
    waiting_with_todos,
)

log = structlog.get_logger()

MOST = 50
"""At most this many tickets of later jobs have their to-dos synced along."""


@dataclass(kw_only=True, slots=True)
class _Brought:
    carried: list[UnsyncedActivity] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)
    refused: list[UnsyncedActivity] = field(default_factory=list)


async def sync_todos(context: Context, tickets: Sequence[int], lock: str | None = None) -> None:
    """Sync the to-dos of these tickets, in order, and those that wait under the same lock.

    The others are taken along because a call costs the desk more than what it contains. Raises
    DeskUnavailable.
    """
    desk = context.desk
    if not isinstance(desk, DeskTodos):
        return
    async with context.database.transaction() as connection:
        found = await unsynced_todos(connection, tickets)
        if found and lock:
            more = await waiting_with_todos(connection, lock, but=tickets, most=MOST)
            found += await unsynced_todos(connection, more) if more else []
    if not found:
        return
    brought = _Brought()
    over = [each for each in found if each.settled]
    if over:
        await desk.settle([each.uid for each in over])
        brought.ended += [each.id for each in over]
    new = [each for each in found if not each.settled]
    refused = await desk.remind([_todo(each) for each in new]) if new else {}
    for each in new:
        if each.uid in refused:
            log.warning(
                "desk_sync.todo_refused", ticket=each.ticket_id, reason=refused[each.uid][:200]
            )
            brought.refused.append(each)
        else:
            brought.carried.append(each)
    await _record(context, brought)


async def _record(context: Context, brought: _Brought) -> None:
    now = context.clock()
    roster = context.config.policy.procedure.roster
    async with context.database.transaction() as connection:
        await mark_synced(connection, brought.carried, at=now)
        never = [each.id for each in brought.refused]
        await mark_ended(connection, [*brought.ended, *never], at=now)
        for each in brought.refused:
            person = roster.person(each.login)
            text = f"@{person.name if person else each.login}: {each.body}"
            await Outbox(context, connection).write(Batch(entries=[note(each.ticket_id, text)]))


def _todo(row: UnsyncedActivity) -> DeskTodo:
    return DeskTodo(
        external_id=row.uid,
        ticket_ref=row.desk_ref,
        ticket_url=row.desk_url,
        login=row.login,
        summary=row.summary,
        body_html=paragraphs(row.body),
        due_on=row.due_on,
    )
