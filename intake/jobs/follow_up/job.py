"""The job `follow_up`: read what people did on a ticket and do what the procedure requires.

All effects are written in the transaction that marks the changes and notes as processed. So a job
that runs again, or on two daemons at once, does nothing twice.
"""

import structlog

from intake.context import Context
from intake.jobs.app_events import record_stage
from intake.jobs.follow_up.commands import run_commands
from intake.jobs.follow_up.dates import announce, gather_moves
from intake.jobs.follow_up.endings import begin_anew, end
from intake.jobs.follow_up.late_close import take_up_again
from intake.jobs.follow_up.levels import follow_level
from intake.jobs.follow_up.ownership import guard, note_early_starts
from intake.notify.activities import settle_todos
from intake.notify.alarms import set_alarms
from intake.notify.client import way_to_client
from intake.notify.effects import TicketEffects
from intake.store.followups import (
    load_follow_up,
    lock_followed,
    mark_processed,
    unprocessed_changes,
    unused_notes,
)
from intake.store.ticket_summary import load_summaries
from routing.vocabulary import Stage
from routing.watch.change_sets import before_all, deeds_of

log = structlog.get_logger()


async def follow_up(context: Context, ticket: int) -> None:
    """Process new changes and notes on a ticket, and whatever has come due on it."""
    async with context.database.transaction() as connection:
        locked = await lock_followed(connection, ticket)
        if locked is None:
            return
        now = context.clock()
        stored = await unprocessed_changes(connection, ticket)
        notes = await unused_notes(connection, ticket)
        changes = [each.change for each in stored]
        change_sets = deeds_of(changes, locked.held)
        effects = TicketEffects(
            context=context,
            connection=connection,
            config=context.config,
            ticket=locked,
            summary=(await load_summaries(connection, [ticket]))[ticket],
            follow_up=await load_follow_up(connection, ticket),
            now=now,
        )
        way = await way_to_client(connection, ticket)
        was_open = not before_all(changes, locked.held).is_closed
        if was_open or any(not change_set.after.is_closed for change_set in change_sets):
            begin_anew(effects)
        await guard(effects, change_sets, stored)
        note_early_starts(effects, change_sets)
        gather_moves(effects, change_sets)
        await run_commands(effects, notes)
        await follow_level(effects, change_sets)
        await end(effects, notes, way)
        announce(effects, way)
        await take_up_again(effects, change_sets)
        if await settle_todos(context, connection, [ticket]):
            effects.corrected = True
        for change_set in change_sets:
            if change_set.after.stage != change_set.before.stage:
                await record_stage(context, connection, ticket, Stage(change_set.after.stage))
        await mark_processed(
            connection,
            [each.id for each in stored],
            [each.id for each in notes if not each.heeded],
            at=now,
        )
        await effects.write()
        await set_alarms(context, connection, [ticket])
    if stored or notes:
        log.info("follow_up.done", ticket=locked.number, changes=len(stored), notes=len(notes))
