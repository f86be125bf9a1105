"""The outbox: one lock guards a ticket's sync, whoever asks and whatever the settings say."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence

from intake.actions.escalate import escalate_ticket
from intake.actions.ticket_work import act
from intake.notify.notes import note
from intake.notify.outbox import Outbox
from intake.ports.desk import DeskEntry, DeskTicket, PutResult
from intake.ports.memory_desk import MemoryDesk
from intake.settings.database import Database
from intake.store.batch import Batch
from tests.application import SOURCE, Application, application, arrival, mail, rows, take_in

CONVERSATIONS = 24
LOCKS = (
    "SELECT lock, args->'tickets' AS tickets FROM procrastinate_jobs WHERE task_name = 'desk_sync'"
)


class OneAtATime(MemoryDesk):
    """A desk that lets others run while it works, and sees who brings a ticket meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self.in_hand: set[str] = set()
        self.at_once: set[str] = set()

    async def put(self, tickets: Sequence[DeskTicket], entries: Sequence[DeskEntry]) -> PutResult:
        brought = {ticket.number for ticket in tickets}
        self.at_once |= brought & self.in_hand
        self.in_hand |= brought
        for _ in range(20):
            await asyncio.sleep(0.001)
        self.in_hand -= brought
        return await super().put(tickets, entries)


def conversation(number: int, text: str = "O app trava.", **headers: str) -> bytes:
    return mail(text, message_id=f"<{len(headers)}-{number}@exemplo.com.br>", **headers)


async def works_on(application: Application, numbers: Sequence[str]) -> None:
    """Everything that asks for a sync: answers of clients, deeds, notes, another level."""
    answers = [
        arrival(conversation(n, "E agora?", In_Reply_To=f"<0-{n}@exemplo.com.br>"), 100 + n)
        for n in range(CONVERSATIONS)
    ]
    await application.inbox.accept(answers, source=SOURCE)
    for number in numbers[::2]:
        await act(application.context, number, "ana.n0", note="Já vejo.")
    for number in numbers[1::4]:
        await escalate_ticket(application.context, number, "é com vocês", to="N1")
    async with application.database.transaction() as connection:
        for number in range(1, CONVERSATIONS + 1, 3):
            words = Batch(entries=[note(number, "O arquivo não pôde ser buscado.")])
            await Outbox(application.context, connection).write(words)


async def test_no_ticket_is_synced_twice_at_once_after_the_lanes_are_fewer(
    database_settings: Database,
) -> None:
    desk = OneAtATime()
    async with application(database_settings, desk=desk, work={"partitions": 8}) as first:
        desk.down = True
        await take_in(first, *(conversation(n) for n in range(CONVERSATIONS)))
        desk.down = False
    async with application(database_settings, desk=desk, work={"partitions": 4}) as second:
        tickets = await rows(second, "SELECT id, number FROM tickets ORDER BY id")
        assert len(tickets) == CONVERSATIONS
        await works_on(second, [ticket["number"] for ticket in tickets])
        locks = defaultdict(set)
        for job in await rows(second, LOCKS):
            for ticket in job["tickets"]:
                locks[ticket].add(job["lock"])
        locks_of_waiting = {ticket: each - {None} for ticket, each in locks.items()}
        assert all(len(each) <= 1 for each in locks_of_waiting.values())
        assert len(set.union(*locks_of_waiting.values())) > 1
        await second.worker_pool.drain()
        assert len(desk.tickets) == CONVERSATIONS
    assert desk.at_once == set()


async def test_what_is_written_in_vain_leaves_no_job(database_settings: Database) -> None:
    async with application(database_settings) as running:
        await take_in(running, mail())
        try:
            async with running.database.transaction() as connection:
                outbox = Outbox(running.context, connection)
                await outbox.write(Batch(entries=[note(1, "nunca dito")]))
                raise KeyboardInterrupt
        except KeyboardInterrupt:
            pass
        assert await rows(running, "SELECT 1 FROM procrastinate_jobs") == []
        assert not await rows(running, "SELECT 1 FROM ticket_entries WHERE body = 'nunca dito'")
