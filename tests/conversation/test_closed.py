"""What becomes of a mail about a ticket that is closed."""

from pathlib import Path

import pytest

from intake.settings.database import Database
from tests.application import mail, rows
from tests.conversation.talk import answer, talking


async def test_an_answer_within_the_days_of_the_settings_reopens(
    database_settings: Database,
) -> None:
    async with talking(database_settings, tickets={"reopen_days": 7}) as talk:
        [acknowledgement] = await talk.takes(mail())
        [before] = await talk.tickets()
        await talk.close(before.number, days_ago=6.9)
        sent = await talk.takes(answer(acknowledgement, "Voltou a travar."))
        [ticket] = await talk.tickets()
        assert await talk.outcomes() == ["opened", "reopened"]
        assert (ticket.stage, ticket.closed_at) == ("new", None)
        to_client, to_owner = sorted(sent, key=lambda one: one.recipient, reverse=True)
        assert to_client.recipient == "bia@exemplo.com.br"
        assert f"reabrimos o chamado {ticket.number}" in to_client.text
        assert "Ana, da equipe de Atendimento (N0)" in to_client.text
        assert to_client.in_reply_to == "<dois@exemplo.com.br>"
        assert to_owner.recipient == "ana.n0@r3izzy.com.br"
        assert to_owner.subject == f"[{ticket.number}] Chamado reaberto: App travando"


async def test_a_reopened_ticket_s_terms_run_from_the_new_mail(
    database_settings: Database,
) -> None:
    async with talking(database_settings) as talk:
        [acknowledgement] = await talk.takes(mail())
        [before] = await talk.tickets()
        await talk.close(before.number)
        passed = "UPDATE tickets SET first_response_due = %s, resolution_due = %s RETURNING id"
        await rows(talk.application, passed, ["2020-01-02T12:00Z", "2020-01-03T12:00Z"])
        [to_client, to_owner] = sorted(
            await talk.takes(answer(acknowledgement)), key=lambda o: o.recipient, reverse=True
        )
        [after] = await talk.tickets()
        # Both mails bear the same instant of receipt.
        assert after.first_response_due == before.first_response_due
        assert after.resolution_due == before.resolution_due
        assert "Primeira resposta da equipe: até" in to_client.text
        assert "2020" not in to_client.text + to_owner.text
        assert "prazo fixo" not in to_client.text


async def test_after_a_reopening_further_answers_join(database_settings: Database) -> None:
    async with talking(database_settings) as talk:
        [acknowledgement] = await talk.takes(mail())
        [ticket] = await talk.tickets()
        await talk.close(ticket.number)
        await talk.takes(
            answer(acknowledgement, message_id="<2@exemplo.com.br>"),
            answer(acknowledgement, "E mais isto.", message_id="<3@exemplo.com.br>"),
        )
        assert await talk.outcomes() == ["opened", "reopened", "joined"]


async def test_a_ticket_of_a_type_that_the_settings_have_no_longer_still_reopens(
    database_settings: Database,
) -> None:
    async with talking(database_settings) as talk:
        [acknowledgement] = await talk.takes(mail())
        [ticket] = await talk.tickets()
        await rows(
            talk.application,
            "UPDATE tickets SET request_type = 'fax', service = 'telex' RETURNING id",
        )
        await talk.close(ticket.number)
        sent = await talk.takes(answer(acknowledgement))
        assert await talk.outcomes() == ["opened", "reopened"]
        assert len(sent) == 2


async def test_an_answer_after_that_opens_a_linked_ticket_that_names_the_old(
    database_settings: Database,
) -> None:
    async with talking(database_settings, tickets={"reopen_days": 7}) as talk:
        [acknowledgement] = await talk.takes(mail())
        [old] = await talk.tickets()
        await talk.close(old.number, days_ago=7.1)
        [sent] = await talk.takes(answer(acknowledgement, "Voltou a travar."))
        still_closed, new = await talk.tickets()
        assert await talk.outcomes() == ["opened", "linked"]
        assert still_closed.stage == "done"
        assert (new.stage, new.linked_ticket) == ("new", old.number)
        assert sent.subject.startswith(f"[{new.number}] ")
        assert f"O chamado {old.number} já estava encerrado" in sent.text
        assert new.acknowledged_at is not None


async def test_an_answer_to_the_linked_ticket_s_letter_goes_to_the_linked_ticket(
    database_settings: Database,
) -> None:
    async with talking(database_settings) as talk:
        [acknowledgement] = await talk.takes(mail())
        [old] = await talk.tickets()
        await talk.close(old.number, days_ago=30)
        [letter] = await talk.takes(answer(acknowledgement))
        # Its References still name the mails of the old ticket: the nearest one counts.
        await talk.takes(answer(letter, message_id="<3@exemplo.com.br>"))
        assert await talk.outcomes() == ["opened", "linked", "joined"]
        assert [ticket.messages for ticket in await talk.tickets()] == [1, 2]


@pytest.mark.parametrize("days_ago", [1, 30])
async def test_thanks_on_a_closed_ticket_are_kept_there_and_wake_nobody(
    database_settings: Database, rules_file: Path, days_ago: int
) -> None:
    async with talking(database_settings, rules={"shipped": False, "file": rules_file}) as talk:
        [acknowledgement] = await talk.takes(mail())
        [ticket] = await talk.tickets()
        await talk.close(ticket.number, days_ago=days_ago)
        sent = await talk.takes(answer(acknowledgement, "Muito obrigada!"))
        [ticket] = await talk.tickets()
        assert await talk.outcomes() == ["opened", "joined"]
        assert (ticket.stage, ticket.messages) == ("done", 2)
        assert sent == []


async def test_thanks_on_an_open_ticket_are_told_to_its_owner(
    database_settings: Database, rules_file: Path
) -> None:
    async with talking(database_settings, rules={"shipped": False, "file": rules_file}) as talk:
        [acknowledgement] = await talk.takes(mail())
        [notice] = await talk.takes(answer(acknowledgement, "Muito obrigada!"))
        assert notice.recipient == "edu.n1@r3izzy.com.br"


async def test_thanks_that_answer_nothing_open_no_ticket(
    database_settings: Database, rules_file: Path
) -> None:
    async with talking(database_settings, rules={"shipped": False, "file": rules_file}) as talk:
        assert await talk.takes(mail("Muito obrigada!", subject="Obrigada")) == []
        assert await talk.outcomes() == ["recorded"]
        assert await talk.tickets() == []
