"""Escalating a ticket in a real journal: who has it changes, what was promised does not."""

import pytest

from intake.actions.escalate import NoSuchTicket, TicketClosed, escalate_ticket
from intake.ports.memory_desk import MemoryDesk
from intake.ports.memory_sender import MemorySender
from intake.settings.database import Database
from intake.store.tickets import change_stage
from routing.roster import NoHigherLevel
from routing.vocabulary import Stage
from tests.application import PEOPLE, application, mail, rows, take_in

TICKET = """
    SELECT number, level, owner, owner_reason, received_at, first_response_due, resolution_due,
           due_explanation, assigned_at, trace FROM tickets
"""
NOTES = "SELECT body, synced_at FROM ticket_entries WHERE kind = 'note' ORDER BY id"


async def test_the_next_level_has_it_and_the_promises_are_kept(
    database_settings: Database,
) -> None:
    desk, sender = MemoryDesk(), MemorySender()
    async with application(database_settings, desk=desk, sender=sender) as running:
        await take_in(running, mail())
        [before] = await rows(running, TICKET)
        done = await escalate_ticket(running.context, before["number"], "precisa do banco")
        [after] = await rows(running, TICKET)
        assert (before["level"], before["owner"]) == ("N0", "ana.n0")
        assert (after["level"], after["owner"]) == ("N1", "edu.n1")
        for kept in ("received_at", "first_response_due", "resolution_due", "due_explanation"):
            assert after[kept] == before[kept]
        assert after["assigned_at"] > before["assigned_at"]
        assert after["owner_reason"] == done.assignment.reason
        [step] = after["trace"]["escalations"]
        assert step["from"] == {"level": "N0", "owner": "ana.n0"}
        assert step["to"] == {"level": "N1", "owner": "edu.n1"}
        assert step["why"] == "precisa do banco"
        assert after["trace"]["authentication"] == before["trace"]["authentication"]

        await running.worker_pool.drain()
        note = (await rows(running, NOTES))[-1]
        assert note["body"] == done.trace
        assert note["synced_at"] is not None
        [ticket] = desk.tickets.values()
        assert (ticket.level, ticket.owner) == ("N1", "edu.n1")
        told = sender.sent[-1]
        assert told.recipient == "edu.n1@r3izzy.com.br"
        assert before["number"] in told.subject
        assert "Estava com: Ana Lima (N0)" in told.text
        assert "Está com: Edu Reis (N1)" in told.text
        assert "Motivo: precisa do banco" in told.text


async def test_a_second_escalation_adds_a_step(database_settings: Database) -> None:
    gil = {"login": "gil", "name": "Gil", "levels": ["N2"]}
    roster = {"person": [*PEOPLE, gil]}
    async with application(database_settings, roster=roster) as running:
        await take_in(running, mail())
        [ticket] = await rows(running, TICKET)
        for _ in range(2):
            await escalate_ticket(running.context, ticket["number"], "")
        [ticket] = await rows(running, TICKET)
        assert [step["to"]["owner"] for step in ticket["trace"]["escalations"]] == ["edu.n1", "gil"]


async def test_the_one_with_fewest_open_tickets_gets_it(database_settings: Database) -> None:
    fia = {"login": "fia", "name": "Fia", "levels": ["N1"], "email": "fia@r3izzy.com.br"}
    roster = {"strategy": "least_open", "person": [*PEOPLE, fia]}
    async with application(database_settings, roster=roster) as running:
        mails = [mail(message_id=f"<{n}@exemplo.com.br>", text=f"caso {n}") for n in range(3)]
        await take_in(running, *mails)
        owners = []
        for ticket in await rows(running, "SELECT number FROM tickets ORDER BY id"):
            done = await escalate_ticket(running.context, ticket["number"], "")
            owners.append(done.assignment.owner)
        assert sorted(owners[:2]) == ["edu.n1", "fia"]


async def test_in_turn_a_ticket_that_was_escalated_counts_from_then_on(
    database_settings: Database,
) -> None:
    fia = {"login": "fia", "name": "Fia", "levels": ["N1"]}
    async with application(database_settings, roster={"person": [*PEOPLE, fia]}) as running:
        mails = [mail(message_id=f"<{n}@exemplo.com.br>", text=f"caso {n}") for n in range(4)]
        await take_in(running, *mails)
        found = await rows(running, "SELECT number FROM tickets ORDER BY id")
        numbers = [ticket["number"] for ticket in found]
        owners = []
        for number in (numbers[3], numbers[0], numbers[1], numbers[2]):
            done = await escalate_ticket(running.context, number, "")
            owners.append(done.assignment.owner)
        assert owners == ["edu.n1", "fia", "edu.n1", "fia"]


async def test_what_cannot_be_escalated_stays_as_it_is(database_settings: Database) -> None:
    async with application(database_settings) as running:
        await take_in(running, mail())
        [ticket] = await rows(running, TICKET)
        number = ticket["number"]
        with pytest.raises(NoSuchTicket, match="R3-1999-000001"):
            await escalate_ticket(running.context, "R3-1999-000001", "")
        await escalate_ticket(running.context, number, "")
        with pytest.raises(NoHigherLevel):
            await escalate_ticket(running.context, number, "")
        async with running.database.transaction() as connection:
            at = running.context.clock()
            await change_stage(connection, number, Stage.DONE, at=at)
        with pytest.raises(TicketClosed, match="done"):
            await escalate_ticket(running.context, number, "")
        [ticket] = await rows(running, TICKET)
        assert len(ticket["trace"]["escalations"]) == 1
        assert (ticket["level"], ticket["owner"]) == ("N1", "edu.n1")


async def test_a_client_known_by_name_gets_their_own_person(database_settings: Database) -> None:
    bia = {"login": "bia", "name": "Bia", "levels": ["N0"], "clients": ["Bia Souza"]}
    async with application(database_settings, roster={"person": [*PEOPLE, bia]}) as running:
        await take_in(running, *(mail(message_id=f"<{n}@x.com.br>", text=f"{n}") for n in "12"))
        found = await rows(running, "SELECT owner FROM tickets")
        assert [row["owner"] for row in found] == ["bia", "bia"]
