"""`/ticket` in a room: what is opened, and what whoever waits there is told."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from intake.ports.chat import ChatRefused, ChatReply, Contact
from intake.ports.desk import DeskEntry, DeskRef, DeskTicket, PutResult
from intake.ports.memory_desk import MemoryDesk
from intake.settings.database import Database
from routing.commands.words import NOT_A_MEMBER
from tests.application import rows
from tests.chat.office_with_room import ANA, CLINIC, ZE, listener_of, place

LINE = '/ticket Nota não emitida cliente:"Clínica Boa Vista" prioridade:alta nivel:N1'


class DeskWithPages(MemoryDesk):
    """Its tickets have addresses."""

    async def put(self, tickets: Sequence[DeskTicket], entries: Sequence[DeskEntry]) -> PutResult:
        done = await super().put(tickets, entries)
        refs = {
            name: DeskRef(ref=each.ref, url=f"https://desk/{each.ref}")
            for name, each in done.refs.items()
        }
        return PutResult(refs=refs, refused=done.refused)


async def test_a_line_opens_a_ticket_and_is_answered_with_number_and_link(
    database_settings: Database,
) -> None:
    desk = DeskWithPages()
    async with place(database_settings, desk=desk) as here:
        line = f"{LINE} solicitacao:bug canal:telefone prazo:1/12/2040\nSem nota desde ontem."
        [said] = await here.hears(line)
        [ticket] = await here.tickets()
        assert said.startswith(f"{ticket.number} aberto: Nota não emitida.\n")
        assert "Cliente Clínica Boa Vista;" in said
        assert "responsável Edu Reis" in said
        assert "combinado até sábado, 1/12/2040" in said
        answer = here.room.said[0]
        assert (answer.number, answer.to) == (ticket.number, 1)
        assert answer.link == ticket.desk_url == f"https://desk/{next(iter(desk.tickets))}"
        assert ticket.channel == "chat"
        assert ticket.sender == CLINIC.address
        assert ticket.client == CLINIC.name
        assert ticket.priority == "high"
        assert ticket.request_type == "bug"
        assert ticket.owner == "edu.n1"
        assert ticket.missing == []
        [mail] = here.mails.sent
        assert mail.recipient == CLINIC.address
        assert ticket.number in mail.subject
        [put] = desk.tickets.values()
        assert put.client_ref == CLINIC.ref
        assert "Sem nota desde ontem." in put.description_html
        assert "por Ana Lima (ana.n0); o pedido chegou por telefone." in put.description_html


async def test_a_mistake_is_answered_in_one_line_and_opens_nothing(
    database_settings: Database,
) -> None:
    async with place(database_settings) as here:
        [unknown] = await here.hears("/ticket App prioridad:alta")
        assert "seria “prioridade:”?" in unknown
        [value] = await here.hears("/ticket App nivel:N7")
        assert "Conheço: N0, N1" in value
        [shown] = await here.hears("/ticket ajuda")
        assert "tipo:interno" in shown
        assert await here.hears("bom dia", "quem usa /ticket aqui?") == []
        assert await here.tickets() == []
        assert here.mails.sent == []


async def test_the_same_line_is_a_new_ticket_and_the_same_message_is_not(
    database_settings: Database,
) -> None:
    async with place(database_settings) as here:
        await here.hears(LINE)
        await here.hears(LINE)
        assert len(await here.tickets()) == 2
        await here.listens()
        # A daemon that starts anew sees the last messages once more.
        await listener_of(here.application, here.room).drain()
        await here.application.worker_pool.drain()
        assert len(await here.tickets()) == 2
        assert len(here.room.said) == 2


async def test_only_members_open_tickets(database_settings: Database) -> None:
    async with place(database_settings) as here:
        assert await here.hears(LINE, author=ZE) == [NOT_A_MEMBER]
        assert await here.tickets() == []


async def test_what_was_there_before_is_left_alone(database_settings: Database) -> None:
    async with place(database_settings) as here:
        here.room.written.clear()
        async with here.application.database.transaction() as connection:
            await connection.execute("DELETE FROM mailbox_cursors")
        at = datetime.now(UTC) - timedelta(days=30)
        for _ in range(3):
            here.room.write(f"<p>{LINE}</p>", ANA, at)
        await here.listens()
        assert await here.tickets() == []
        # Nor by the next start, which sees the last of them once more.
        await listener_of(here.application, here.room).drain()
        await here.application.worker_pool.drain()
        assert await here.tickets() == []
        assert len(await here.hears(LINE)) == 1


async def test_a_channel_that_setup_made_is_heard_from_its_first_hour_on(
    database_settings: Database,
) -> None:
    async with place(database_settings) as here:
        here.room.created_by_setup = True
        async with here.application.database.transaction() as connection:
            await connection.execute("DELETE FROM mailbox_cursors")
        now = datetime.now(UTC)
        here.room.write("<p>/ticket De ontem tipo:interno</p>", ANA, now - timedelta(days=1))
        here.room.write("<p>/ticket De agora tipo:interno</p>", ANA, now - timedelta(minutes=5))
        await here.listens()
        assert [each.title for each in await here.tickets()] == ["De agora"]
        await listener_of(here.application, here.room).drain()
        await here.application.worker_pool.drain()
        assert len(await here.tickets()) == 1


async def test_a_restored_chat_counts_anew(database_settings: Database) -> None:
    async with place(database_settings) as here:
        for _ in range(4):
            await here.hears("/ticket Antes da cópia")
        await here.listens()
        del here.room.written[1:]
        # A number that was given out before, at another instant.
        another = datetime.now(UTC) - timedelta(minutes=10)
        here.room.write("<p>/ticket Depois da cópia</p>", ANA, another)
        assert await here.listens() == 1
        assert len(await here.tickets()) == 5


@pytest.mark.parametrize(
    ("contacts", "said", "line"),
    [
        ((), "Não achei no Odoo um contato chamado “Bia”: o N0 define o cliente.", "cliente:Bia"),
        (
            (Contact(ref="1", name="Bia"), Contact(ref="2", name="BIA")),
            "Há mais de um contato chamado “Bia” (Bia, BIA): o N0 define o cliente.",
            "cliente:Bia",
        ),
        ((), "Faltou o cliente: o N0 vai perguntar.", "prioridade:alta"),
    ],
)
async def test_nobody_guesses_a_client(
    database_settings: Database, contacts: tuple[Contact, ...], said: str, line: str
) -> None:
    async with place(database_settings, contacts={"Bia": contacts}) as here:
        [answer] = await here.hears(f"/ticket App travando {line}")
        assert said in answer
        [ticket] = await here.tickets()
        assert (ticket.sender, ticket.level, ticket.missing) == ("", "N0", ["requester"])
        assert here.mails.sent == []


async def test_a_client_may_be_given_by_an_address(database_settings: Database) -> None:
    async with place(database_settings) as here:
        await here.hears('/ticket App cliente:"Bia Souza &lt;bia@exemplo.com.br&gt;"')
        await here.hears('/ticket App cliente:"Bia / (11) 98765-4321"')
        first, second = await here.tickets()
        assert {first.sender, second.sender} == {"bia@exemplo.com.br", "+5511987654321"}
        assert [each.recipient for each in here.mails.sent] == ["bia@exemplo.com.br"]


async def test_an_internal_request_is_ones_own_and_answered_in_the_room_alone(
    database_settings: Database,
) -> None:
    async with place(database_settings) as here:
        [said] = await here.hears("/ticket Ar-condicionado tipo:interno")
        assert "Faltou o cliente" not in said
        [ticket] = await here.tickets()
        assert (ticket.sender, ticket.kind, ticket.missing) == (ANA.address, "internal", [])
        assert ticket.acknowledged_at is not None
        assert here.mails.sent == []


async def test_a_client_is_not_confirmed_to_where_the_line_says_so(
    database_settings: Database,
) -> None:
    async with place(database_settings) as here:
        await here.hears(f"{LINE} confirmar:não")
        [ticket] = await here.tickets()
        assert ticket.sender == CLINIC.address
        assert ticket.acknowledged_at is None
        assert here.mails.sent == []


async def test_a_command_opens_a_ticket_whatever_the_rules_think_of_its_words(
    database_settings: Database,
) -> None:
    async with place(database_settings, rules={"shipped": True}) as here:
        await here.hears("/ticket Muito obrigada! tipo:interno")
        assert len(await here.tickets()) == 1


async def test_a_title_joins_nobodys_ticket(database_settings: Database) -> None:
    async with place(database_settings) as here:
        await here.hears("/ticket Primeiro tipo:interno")
        [first] = await here.tickets()
        await here.hears(f"/ticket [{first.number}] de novo tipo:interno")
        assert len(await here.tickets()) == 2


async def test_a_chat_that_is_away_is_answered_later_and_once(database_settings: Database) -> None:
    async with place(database_settings) as here:
        here.room.write(f"<p>{LINE}</p>", ANA, datetime.now(UTC))
        await here.listener.drain()
        here.room.is_away = True
        await here.application.worker_pool.drain()
        assert here.room.said == []
        [reply] = await rows(
            here.application,
            "SELECT uid, state, attempts FROM replies WHERE kind = 'command-opened'",
        )
        assert [mail.recipient for mail in here.mails.sent] == [CLINIC.address]
        assert (reply["state"], reply["attempts"]) == ("queued", 1)
        here.room.is_away = False
        # The daemon dies after the room has the answer: the row still waits.
        for _ in range(2):
            async with here.application.database.transaction() as connection:
                await connection.execute(
                    "UPDATE replies SET state = 'queued' WHERE kind = 'command-opened'"
                )
                await here.application.context.queue.deliver(connection, [str(reply["uid"])])
            await here.application.worker_pool.drain()
        assert len(here.room.said) == 1


async def test_a_room_that_takes_no_answer_is_no_clients_trouble(
    database_settings: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuses(room: int, answer: ChatReply) -> None:
        raise ChatRefused("no right to write there")

    async with place(database_settings) as here:
        monkeypatch.setattr(here.room, "say", refuses)
        assert await here.hears("/ticket Ar-condicionado tipo:interno", "/ticket") == []
        assert here.mails.sent == []
        [note] = await rows(
            here.application, "SELECT body FROM ticket_entries WHERE body LIKE 'A resposta%%'"
        )
        assert note["body"] == (
            "A resposta no canal de comandos não foi aceita: no right to write there"
        )
