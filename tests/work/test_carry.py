"""Carrying to the desk: together in a backlog, in order, and in nobody's way."""

import asyncio
from collections.abc import Sequence

from tenacity import AsyncRetrying, stop_after_delay, wait_fixed

from intake.actions.escalate import escalate_ticket
from intake.actions.retry import retry_refused
from intake.app.opening import Application
from intake.ports.desk import DeskEntry, DeskTicket, PutResult
from intake.ports.memory_desk import MemoryDesk
from intake.ports.memory_sender import MemorySender
from intake.settings.database import Database
from intake.store.desk_refusals import discard_refused
from intake.store.tickets import change_stage
from routing.vocabulary import Stage
from tests.application import SOURCE, application, arrival, mail, rows, take_in

TICKETS = """
    SELECT number, desk_ref, desk_synced, desk_refusal, desk_discarded, uid::text FROM tickets
     ORDER BY id
"""


def conversation(number: int) -> bytes:
    return mail(message_id=f"<c{number}@x.com.br>", subject=f"Caso {number}", text=f"caso {number}")


async def test_what_waited_for_the_desk_is_carried_together(database_settings: Database) -> None:
    desk = MemoryDesk()
    async with application(database_settings, desk=desk, work={"partitions": 1}) as running:
        desk.down = True
        for number in range(60):
            await take_in(running, conversation(number), first=number)
        assert len(await rows(running, "SELECT 1 FROM procrastinate_jobs")) == 60
        desk.down = False
        await rows(running, "UPDATE procrastinate_jobs SET scheduled_at = NULL RETURNING 1")
        await running.worker_pool.drain()
        assert [len(each) for each in desk.puts] == [50, 10]
        assert [title for each in desk.puts for title in each] == [f"Caso {n}" for n in range(60)]
        assert await rows(running, "SELECT 1 FROM procrastinate_jobs") == []


async def test_at_rest_each_ticket_goes_alone(database_settings: Database) -> None:
    desk = MemoryDesk()
    async with application(database_settings, desk=desk, work={"partitions": 1}) as running:
        for number in range(3):
            await take_in(running, conversation(number), first=number)
        assert [len(each) for each in desk.puts] == [1, 1, 1]


async def test_what_we_tell_the_client_stands_on_the_ticket(database_settings: Database) -> None:
    desk, sender = MemoryDesk(), MemorySender()
    async with application(database_settings, desk=desk, sender=sender) as running:
        await take_in(running, mail())
        [ticket] = desk.tickets.values()
        replies = [each for each in desk.entries.values() if each.kind == "reply"]
        assert [each.ticket for each in replies] == [ticket.external_id]
        assert replies[0].author == sender.sent[0].sender
        assert ticket.number in replies[0].body_html


async def test_a_message_on_a_ticket_keeps_its_author(database_settings: Database) -> None:
    desk = MemoryDesk()
    async with application(database_settings, desk=desk) as running:
        await take_in(running, mail(Cc="Caio Reis <caio@exemplo.com.br>"))
        await take_in(
            running,
            mail(
                text="Ainda trava.",
                message_id="<dois@exemplo.com.br>",
                sender="Caio Reis <caio@exemplo.com.br>",
                In_Reply_To="<um@exemplo.com.br>",
            ),
            first=2,
        )
        [said] = [each for each in desk.entries.values() if each.kind == "message"]
        assert (said.author, said.author_name) == ("caio@exemplo.com.br", "Caio Reis")
        assert said.message is not None
        assert [each.message for each in desk.tickets.values()] == [said.message - 1]


async def test_only_what_changed_is_named(database_settings: Database) -> None:
    desk = MemoryDesk()
    async with application(database_settings, desk=desk) as running:
        await take_in(running, mail())
        [ticket] = desk.tickets.values()
        assert (ticket.ref, ticket.changed) == (None, frozenset())
        await escalate_ticket(running.context, ticket.number, "")
        await running.worker_pool.drain()
        [ticket] = desk.tickets.values()
        assert ticket.ref == ticket.external_id
        assert ticket.changed == {"level", "owner"}
        async with running.database.transaction() as connection:
            at = running.context.clock()
            await change_stage(connection, ticket.number, Stage.DONE, at=at)
        again = mail(
            text="Voltou.", message_id="<dois@exemplo.com.br>", In_Reply_To="<um@exemplo.com.br>"
        )
        await take_in(running, again, first=2)
        [ticket] = desk.tickets.values()
        assert ticket.changed >= {"stage"}
        assert ticket.changed <= {"stage", "first_response_due", "resolution_due"}


async def test_a_refused_ticket_is_told_once_and_stays_until_it_is_taken(
    database_settings: Database,
) -> None:
    desk, sender = MemoryDesk(), MemorySender()
    desk.refuses = {"Caso 1": "O campo X é obrigatório."}
    async with application(
        database_settings, desk=desk, sender=sender, work={"partitions": 1}
    ) as running:
        await take_in(running, *(conversation(number) for number in range(3)))
        found = await rows(running, TICKETS)
        assert [row["desk_refusal"] for row in found] == [None, "O campo X é obrigatório.", None]
        assert [row["desk_ref"] is None for row in found] == [False, True, False]
        [told] = [each for each in sender.sent if each.recipient == "ana.n0@r3izzy.com.br"]
        assert "O campo X é obrigatório." in told.text
        assert f"intake failed retry {found[1]['number']}" in told.text

        assert await retry_refused(running.context, [found[1]["number"]]) == 1
        await running.worker_pool.drain()
        assert len([e for e in sender.sent if e.recipient == "ana.n0@r3izzy.com.br"]) == 1

        desk.refuses = {}
        assert await retry_refused(running.context, None) == 1
        await running.worker_pool.drain()
        assert {row["desk_refusal"] for row in await rows(running, TICKETS)} == {None}
        assert len(desk.tickets) == 3
        carried = "SELECT 1 FROM ticket_entries WHERE synced_at IS NULL"
        assert await rows(running, carried) == []


async def test_what_fails_every_ticket_does_not_flood_the_first_level(
    database_settings: Database,
) -> None:
    desk, sender = MemoryDesk(), MemorySender()
    desk.refuses = {f"Caso {number}": "sem direito" for number in range(9)}
    async with application(
        database_settings, desk=desk, sender=sender, work={"partitions": 1}
    ) as running:
        await take_in(running, *(conversation(number) for number in range(9)))
        found = await rows(running, TICKETS)
        assert [row["desk_refusal"] for row in found] == ["sem direito"] * 9
        told = [each for each in sender.sent if each.recipient == "ana.n0@r3izzy.com.br"]
        assert len(told) == 5


class SlowDesk(MemoryDesk):
    """As an Odoo that hangs: every call waits until `answers`."""

    def __init__(self) -> None:
        super().__init__()
        self.answers = asyncio.Event()
        self.asked = 0

    async def put(self, tickets: Sequence[DeskTicket], entries: Sequence[DeskEntry]) -> PutResult:
        self.asked += 1
        await self.answers.wait()
        return await super().put(tickets, entries)


async def test_a_desk_that_hangs_keeps_no_client_waiting(database_settings: Database) -> None:
    desk, sender = SlowDesk(), MemorySender()
    replies = {"backend": "maildir", "outbox": "/nonexistent", "per_address_hour": 100}
    work = {"partitions": 32, "concurrency": 2}
    async with application(
        database_settings, desk=desk, sender=sender, work=work, replies=replies
    ) as running:
        stopping = asyncio.Event()
        working = asyncio.create_task(running.worker_pool.run(stopping))
        for number in range(20):
            await running.inbox.accept([arrival(conversation(number), number)], source=SOURCE)
        async for attempt in AsyncRetrying(stop=stop_after_delay(30), wait=wait_fixed(0.02)):
            with attempt:
                assert len(sender.sent) == 20
                assert desk.asked == 3
        assert desk.tickets == {}
        desk.answers.set()
        async for attempt in AsyncRetrying(stop=stop_after_delay(30), wait=wait_fixed(0.02)):
            with attempt:
                assert len(desk.tickets) == 20
        stopping.set()
        await working


async def test_what_is_discarded_is_carried_no_more(database_settings: Database) -> None:
    desk = MemoryDesk()
    desk.refuses = {"App travando": "não"}
    async with application(database_settings, desk=desk) as running:
        await take_in(running, mail())
        [row] = await rows(running, TICKETS)
        async with running.database.transaction() as connection:
            assert await discard_refused(connection, [row["number"]], "teste") == 1
        desk.refuses = {}
        again = mail(
            text="E aí?", message_id="<dois@exemplo.com.br>", In_Reply_To="<um@exemplo.com.br>"
        )
        await take_in(running, again, first=2)
        assert desk.tickets == {}


RETRIES = """
    SELECT lock, scheduled_at > now() AS later, args->'tickets' AS tickets FROM procrastinate_jobs
     WHERE task_name = 'desk_sync' AND status = 'todo' ORDER BY id
"""


async def later_comes(running: Application) -> None:
    query = "UPDATE procrastinate_jobs SET scheduled_at = NULL RETURNING 1"
    await rows(running, query)
    await running.worker_pool.drain()


async def test_a_ticket_that_the_desk_cannot_take_now_holds_up_no_other(
    database_settings: Database,
) -> None:
    desk = MemoryDesk()
    desk.busy = frozenset({"Caso 1"})
    async with application(database_settings, desk=desk, work={"partitions": 1}) as running:
        await take_in(running, *(conversation(number) for number in range(4)))
        titles = {each.title for each in desk.tickets.values()}
        assert titles == {"Caso 0", "Caso 2", "Caso 3"}
        # Again and again: and those that come meanwhile go over at once.
        for number in range(4, 8):
            await take_in(running, conversation(number), first=10 + number)
            assert f"Caso {number}" in {each.title for each in desk.tickets.values()}
            [waiting] = await rows(running, RETRIES)
            assert (waiting["lock"], waiting["later"]) == (None, True)
            await later_comes(running)
        assert "Caso 1" not in {each.title for each in desk.tickets.values()}
        desk.busy = frozenset()
        await later_comes(running)
        assert "Caso 1" in {each.title for each in desk.tickets.values()}
        assert await rows(running, RETRIES) == []


async def test_what_comes_on_a_ticket_that_backs_off_keeps_its_order(
    database_settings: Database,
) -> None:
    desk = MemoryDesk()
    desk.busy = frozenset({"App travando"})
    async with application(database_settings, desk=desk, work={"partitions": 1}) as running:
        await take_in(running, mail())
        for number in range(3):
            again = mail(
                text=f"Resposta {number}",
                message_id=f"<r{number}@exemplo.com.br>",
                In_Reply_To="<um@exemplo.com.br>",
                References="<um@exemplo.com.br>",
            )
            await take_in(running, again, first=2 + number)
        assert desk.tickets == {}
        assert len(await rows(running, RETRIES)) == 1
        desk.busy = frozenset()
        await later_comes(running)
        said = [each.body_html for each in desk.entries.values() if each.kind == "message"]
        assert [n for text in said for n in range(3) if f"Resposta {n}" in text] == [0, 1, 2]


async def test_a_desk_that_is_away_is_asked_once_at_a_time_and_gets_all_when_it_is_back(
    database_settings: Database,
) -> None:
    desk = CountingDesk()
    desk.down = True
    async with application(database_settings, desk=desk, work={"partitions": 1}) as running:
        await take_in(running, *(conversation(number) for number in range(5)))
        for number in range(5, 30):
            await take_in(running, conversation(number), first=10 + number)
        # The job that has found it away holds its lane and asks now and then, ever less often; the
        # others do not ask at all.
        asked = desk.asked
        assert asked < 10
        desk.down = False
        await later_comes(running)
        assert len(desk.tickets) == 30
        assert desk.asked <= asked + 3


async def test_a_desk_that_answers_and_takes_nothing_is_not_hammered(
    database_settings: Database,
) -> None:
    desk = MemoryDesk()
    desk.busy = frozenset(f"Caso {number}" for number in range(20))
    async with application(database_settings, desk=desk, work={"partitions": 1}) as running:
        await take_in(running, *(conversation(number) for number in range(20)))
        waits = await rows(
            running,
            """SELECT extract(epoch FROM scheduled_at - now()) AS seconds FROM procrastinate_jobs
                WHERE task_name = 'desk_sync' ORDER BY scheduled_at""",
        )
        assert len(waits) == 20
        # About one a second, whatever waits.
        assert waits[-1]["seconds"] > 10
        # One of them is taken: then the others need not wait.
        desk.busy = frozenset()
        await take_in(running, conversation(99), first=99)
        await running.worker_pool.drain()
        assert len(desk.tickets) == 21


class CountingDesk(MemoryDesk):
    """Counts what it is asked."""

    asked = 0

    async def put(self, tickets: Sequence[DeskTicket], entries: Sequence[DeskEntry]) -> PutResult:
        self.asked += 1
        return await super().put(tickets, entries)
