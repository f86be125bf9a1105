"""Who is the same client, by the desk's own list, may join; the desk is not asked for that."""

from datetime import UTC, datetime, timedelta

from intake.jobs.desk_watch import DeskWatch
from intake.ports.memory_desk import MemoryDesk
from intake.settings.database import Database
from tests.application import application, mail, rows, take_in
from tests.desk.watched import WatchedDesk

BIA, CAIO, DAVI = "bia@gmail.com", "caio@gmail.com", "davi@gmail.com"


def answer(sender: str, number: int) -> bytes:
    """To the client's first mail, by somebody who has it."""
    return mail(
        f"De {sender}.",
        sender=sender,
        message_id=f"<{number}@gmail.com>",
        In_Reply_To="<um@exemplo.com.br>",
    )


async def test_the_addresses_that_the_desk_lists_for_the_client(
    database_settings: Database,
) -> None:
    desk = MemoryDesk()
    desk.client_contacts = {BIA: frozenset({BIA, CAIO})}
    async with application(database_settings, desk=desk) as here:
        await take_in(here, mail(sender=BIA))
        await take_in(here, answer(CAIO, 2), first=2)
        await take_in(here, answer(DAVI, 3), first=3)
        found = await rows(here, "SELECT outcome, reasons FROM messages ORDER BY id")
        assert [row["outcome"] for row in found] == ["opened", "joined", "linked"]
        assert "do mesmo cliente, segundo o Odoo" in found[1]["reasons"][0]


async def test_of_another_client_that_somebody_chose_at_the_desk(
    database_settings: Database,
) -> None:
    async with application(database_settings) as here:
        await take_in(here, mail(sender=BIA))
        [row] = await rows(here, "SELECT desk_ref, owner, priority FROM tickets")
        desk = WatchedDesk()
        desk.listed = {"Clínica Sol": frozenset({CAIO}), "Clínica Lua": frozenset({DAVI})}
        watch = DeskWatch(here.context, desk, here.leases, poll=0.01)
        stands = {"stage": "new", "closed": False, "deadline": None}
        at = datetime.now(UTC)
        for minutes, client in enumerate(("Clínica Sol", "Clínica Lua")):
            desk.stands(
                row["desk_ref"], "ana.n0", at=at + timedelta(minutes=minutes), owner=row["owner"],
                priority=row["priority"], client=client, **stands,
            )  # fmt: skip
            await watch.look()
        listed = await rows(here, "SELECT address FROM client_contacts")
        assert listed == [{"address": DAVI}]
        await take_in(here, answer(DAVI, 2), answer(CAIO, 3), first=2)
        found = await rows(here, "SELECT outcome FROM messages ORDER BY id")
        assert [row["outcome"] for row in found] == ["opened", "joined", "linked"]
