"""Gives a ticket to somebody of the first level where the desk does not know its owner."""

from collections.abc import Collection, Sequence
from datetime import datetime

from psycopg.rows import DictRow

from intake.context import Context
from intake.notify.alarms import set_alarms
from intake.notify.notes import note
from intake.notify.outbox import Outbox
from intake.store.batch import Batch
from intake.store.current_load import current_load
from intake.store.database import Connection
from intake.store.desk_state import changed
from intake.store.tickets import replace_owner
from routing.roster import Assignment

UNKNOWN_OWNER = (
    "{owner} é responsável por este chamado, mas não é usuário ativo da Central de Ajuda{instead}. "
    "N0: definam quem responde por ele e avisem a administração."
)


async def assign_fallback_owner(
    context: Context,
    connection: Connection,
    tickets: Sequence[DictRow],
    strangers: Collection[str],
) -> None:
    """Choose a new owner, as for a ticket of the first level, leaving out `strangers`.

    `tickets`: rows of `load_unsynced`, as the desk got them. `strangers`: logins that the desk does
    not know. If it does not know the new owner either, the next sync chooses once more. Where
    nobody is left, a note on the ticket says so.
    """
    for row in tickets:
        # For an old ticket whose owner did not change, this was done when it was new.
        if row["desk_ref"] is None or "owner" in changed(row):
            await _stand_in(context, connection, row, strangers)


async def _stand_in(
    context: Context, connection: Connection, row: DictRow, strangers: Collection[str]
) -> None:
    now = context.clock()
    chosen = await _choose(context, connection, row, strangers, now)
    if chosen.owner is not None:
        if not await replace_owner(
            connection,
            row["id"],
            before=row["owner"],
            owner=chosen.owner,
            reason=chosen.reason,
            at=now,
        ):
            # The ticket got another owner meanwhile.
            return
        await set_alarms(context, connection, [row["id"]])
    name = chosen.owner or ""
    instead = f": ficou com {name}" if name else " e ficou sem responsável"
    words = UNKNOWN_OWNER.format(owner=row["owner"], instead=instead)
    await Outbox(context, connection).write(Batch(entries=[note(row["id"], words)]))


async def _choose(
    context: Context,
    connection: Connection,
    row: DictRow,
    strangers: Collection[str],
    now: datetime,
) -> Assignment:
    procedure = context.config.policy.procedure
    roster = procedure.roster.without(strangers)
    return roster.choose(
        roster.levels[0],
        at=now,
        calendar=procedure.calendar,
        request_type=row["request_type"],
        client=(row["sender"], row["sender_name"]),
        load=await current_load(connection, roster, now=now),
    )
