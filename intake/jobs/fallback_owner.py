"""Somebody of the first level stands in for an owner whom the desk does not know."""

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
    """Choose anew, as for a ticket of the first level, among those whom the desk may know.

    `tickets`: rows of `load_uncarried`, as the desk has got them. Where it turns out not to know
    the chosen one either, the next carrying chooses once more.
    """
    for row in tickets:
        # That of an old ticket was told when it was new.
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
            # Meanwhile it is somebody else's.
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
