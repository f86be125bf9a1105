"""Nobody takes over an app's ticket by knowing an id that is written on it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from intake.ports.sender import Outgoing
from intake.settings.database import Database
from tests.application import mail, rows, take_in
from tests.apps.house import REQUEST, House, house
from tests.apps.test_desk_to_app import ANA, AtTheDesk

BIA = "bia@exemplo.com.br"
STRANGER = "outro@alheio.com.br"
FIRST, SECOND = "a certidão foi emitida.", "a segunda via foi emitida."


@asynccontextmanager
async def finished(
    database: Database, request: dict[str, Any]
) -> AsyncIterator[tuple[House, AtTheDesk]]:
    """An app's request that a person has finished: its client was told the first solution."""
    async with house(database) as desk:
        await desk.opens(request, webhook_id="pedido-1234")
        await desk.application.worker_pool.drain()
        [ticket] = await rows(
            desk.application,
            "UPDATE tickets SET owner = %s, "
            "desk_synced = desk_synced || jsonb_build_object('owner', %s::text) "
            "RETURNING desk_ref, priority",
            [ANA, ANA],
        )
        person = AtTheDesk(desk, ticket["desk_ref"])
        begins = {"stage": "new", "closed": False, "owner": ANA, "priority": ticket["priority"]}
        await person.stands("intake", **begins, deadline=None, client="Bia Souza")
        await person.notes(ANA, f"Solução: {FIRST}")
        await person.stands(ANA, stage="done", closed=True)
        yield desk, person


async def outcomes(desk: House) -> list[str]:
    found = await rows(desk.application, "SELECT outcome FROM messages ORDER BY id")
    return [row["outcome"] for row in found]


def told(sent: list[Outgoing], words: str) -> list[str]:
    """Who was sent mail with these words."""
    return [each.recipient for each in sent if words in each.text]


async def test_an_app_s_own_id_leads_no_mail_to_its_ticket(database_settings: Database) -> None:
    async with finished(database_settings, REQUEST) as (desk, person):
        assert told(desk.sender.sent, FIRST) == [BIA]
        attack = mail(
            "E o meu pedido?",
            sender=f"Outro <{STRANGER}>",
            message_id="<1@alheio.com.br>",
            In_Reply_To="<pedido-1234@app:site>",
        )
        before = len(desk.sender.sent)
        await take_in(desk.application, attack)
        assert await outcomes(desk) == ["opened", "opened"]
        [ticket, other] = await rows(
            desk.application, "SELECT number, title, stage, closed_at FROM tickets ORDER BY id"
        )
        assert ticket["stage"] == "done"
        for sent in desk.sender.sent[before:]:
            assert ticket["number"] not in sent.subject + sent.text + sent.html
            assert ticket["title"] not in sent.subject + sent.text + sent.html
        await person.stands(ANA, stage="in_progress", closed=False)
        await person.notes(ANA, f"Solução: {SECOND}")
        await person.stands(
            ANA, stage="done", closed=True, deadline=datetime.now(UTC) + timedelta(days=1)
        )
        assert told(desk.sender.sent, SECOND) == [BIA]
        assert {each.recipient for each in desk.sender.sent[before:]} <= {
            BIA, STRANGER, "ana.n0@r3izzy.com.br"
        }  # fmt: skip
        [threads] = await rows(
            desk.application,
            "SELECT count(*) AS n FROM mail_threads WHERE message_id LIKE '%%pedido%%'",
        )
        assert threads["n"] == 0
        assert other["number"] != ticket["number"]


async def test_knowing_the_id_of_a_mail_of_ours_opens_a_linked_ticket_and_no_more(
    database_settings: Database,
) -> None:
    async with finished(database_settings, REQUEST) as (desk, person):
        ours = desk.sender.sent[0].message_id
        attack = mail(
            "E o meu pedido?",
            sender=f"Outro <{STRANGER}>",
            message_id="<1@alheio.com.br>",
            In_Reply_To=ours,
        )
        await take_in(desk.application, attack)
        assert await outcomes(desk) == ["opened", "linked"]
        await person.stands(ANA, stage="in_progress", closed=False)
        await person.notes(ANA, f"Solução: {SECOND}")
        await person.stands(ANA, stage="done", closed=True)
        assert told(desk.sender.sent, SECOND) == [BIA]


async def test_staff_who_reopen_a_ticket_do_not_become_the_way_to_its_client(
    database_settings: Database,
) -> None:
    """The app named nobody to answer: nobody is, and the ticket says so."""
    silent = {**REQUEST, "requester": {"name": "Bia Souza"}}
    async with finished(database_settings, silent) as (desk, person):
        [ticket] = await rows(desk.application, "SELECT id, number FROM tickets")
        # As a mail that somebody sent on this ticket by hand.
        await rows(
            desk.application,
            "INSERT INTO mail_threads (message_id, ticket_id, ours) VALUES (%s, %s, true) "
            "RETURNING 1",
            ["<aviso@r3izzy.com.br>", ticket["id"]],
        )
        reopening = mail(
            "Ainda falta a guia.",
            sender="Rui <rui@r3izzy.com.br>",
            message_id="<1@r3izzy.com.br>",
            In_Reply_To="<aviso@r3izzy.com.br>",
        )
        await take_in(desk.application, reopening)
        assert await outcomes(desk) == ["opened", "reopened"]
        await person.notes(ANA, f"Solução: {SECOND}")
        await person.stands(ANA, stage="done", closed=True)
        assert told(desk.sender.sent, SECOND) == []
