"""People write five short messages for one matter: one ticket, one acknowledgement."""

import pytest

from intake.app.opening import Application
from intake.jobs.deliver import deliver_replies
from intake.jobs.triage import triage_messages
from intake.ports.memory_sender import MemorySender
from intake.settings.database import Database
from tests.application import rows
from tests.telephony.place import TOKEN, TOKEN_PLACE, Clock, take_in, telephone_application


@pytest.fixture(autouse=True)
def _token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TOKEN_PLACE, TOKEN)


async def tickets(application: Application) -> list[dict[str, object]]:
    return await rows(
        application,
        "SELECT id, number, title, description, channel, stage FROM tickets ORDER BY id",
    )


async def deliver(application: Application) -> None:
    due = await rows(application, "SELECT uid FROM replies WHERE state = 'queued' ORDER BY id")
    await deliver_replies(application.context, [str(row["uid"]) for row in due])


async def test_a_burst_becomes_one_ticket_with_one_acknowledgement(
    database_settings: Database,
) -> None:
    clock, sender = Clock(), MemorySender()
    async with telephone_application(database_settings, clock, sender) as application:
        ids = []
        for number, words in enumerate(("oi", "bom dia", "meu app trava ao abrir a agenda")):
            ids.append(await take_in(application, clock, f"SM{number}", words))
            clock.pass_(5)
        clock.pass_(6)
        # Twenty seconds after the first: she went on writing, so nothing happens yet.
        await triage_messages(application.context, ids[:1])
        assert await tickets(application) == []
        clock.pass_(10)
        await triage_messages(application.context, ids[2:])
        [ticket] = await tickets(application)
        assert ticket["description"] == "oi\nbom dia\nmeu app trava ao abrir a agenda"
        await triage_messages(application.context, ids)
        await deliver(application)
        assert len(await tickets(application)) == 1
        assert [each.recipient for each in sender.sent] == ["+5511987654321"]
        assert sender.sent[0].channel.value == "whatsapp"
        outcomes = await rows(application, "SELECT outcome, ticket_id FROM messages ORDER BY id")
        assert [row["outcome"] for row in outcomes] == ["opened", "joined", "joined"]
        assert {row["ticket_id"] for row in outcomes} == {ticket["id"]}


async def test_who_never_stops_is_answered_after_the_longest_wait(
    database_settings: Database,
) -> None:
    clock = Clock()
    async with telephone_application(database_settings, clock, MemorySender()) as application:
        message = 0
        for number in range(13):
            message = await take_in(application, clock, f"SM{number}", f"linha {number}")
            clock.pass_(10)
        await triage_messages(application.context, [message - 12])
        [ticket] = await tickets(application)
        assert str(ticket["description"]).endswith("linha 12")


async def test_a_later_message_joins_and_after_closing_a_new_ticket_opens(
    database_settings: Database,
) -> None:
    clock, sender = Clock(), MemorySender()
    async with telephone_application(database_settings, clock, sender) as application:
        first = await take_in(application, clock, "SM1", "não consigo emitir a nota")
        clock.pass_(21)
        await triage_messages(application.context, [first])
        clock.pass_(3600)
        second = await take_in(application, clock, "SM2", "ainda não consigo, aparece erro 500")
        clock.pass_(21)
        await triage_messages(application.context, [second])
        assert len(await tickets(application)) == 1
        await rows(application, "UPDATE tickets SET stage = 'done', closed_at = now() RETURNING id")
        third = await take_in(application, clock, "SM3", "agora quero a guia do mês")
        clock.pass_(21)
        await triage_messages(application.context, [third])
        assert len(await tickets(application)) == 2


async def test_after_days_of_silence_an_open_ticket_is_left_to_itself(
    database_settings: Database,
) -> None:
    clock = Clock()
    async with telephone_application(database_settings, clock, MemorySender()) as application:
        first = await take_in(application, clock, "SM1", "não consigo emitir a nota")
        clock.pass_(21)
        await triage_messages(application.context, [first])
        # Sent by the test's clock; that it was written is noted by the database's.
        await deliver(application)
        clock.pass_(73 * 3600)
        second = await take_in(application, clock, "SM2", "preciso da guia do mês")
        clock.pass_(21)
        await triage_messages(application.context, [second])
        assert len(await tickets(application)) == 2


async def test_both_forms_of_a_brazilian_number_are_one_person(
    database_settings: Database,
) -> None:
    clock = Clock()
    async with telephone_application(database_settings, clock, MemorySender()) as application:
        await take_in(application, clock, "SM1", "meu app trava")
        clock.pass_(1)
        last = await take_in(application, clock, "SM2", "na agenda", From="whatsapp:+551187654321")
        clock.pass_(21)
        await triage_messages(application.context, [last])
        [ticket] = await tickets(application)
        assert ticket["description"] == "meu app trava\nna agenda"


async def test_the_same_message_twice_changes_nothing(database_settings: Database) -> None:
    clock = Clock()
    async with telephone_application(database_settings, clock, MemorySender()) as application:
        first = await take_in(application, clock, "SM1", "meu app trava")
        assert await take_in(application, clock, "SM1", "meu app trava") == first
        clock.pass_(21)
        await triage_messages(application.context, [first])
        assert len(await rows(application, "SELECT 1 FROM messages")) == 1
        assert len(await tickets(application)) == 1
