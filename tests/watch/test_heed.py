"""What follows from what people do at the desk: noted, told, put back, closed."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from intake.jobs.follow_up.job import follow_up
from intake.settings.database import Database
from tests.application import mail, rows, take_in
from tests.watch.heeded import DUE, Scene, scene

EDU, ANA, FIA, RUI = "edu.n1", "ana.n0", "fia.n1", "rui"
BIA = "bia@exemplo.com.br"
SOLUTION = "Solução: reemitimos a nota.\nEla está no aplicativo."
ANSWER = mail(subject="Re: App travando", message_id="<2@x.br>", In_Reply_To="<um@exemplo.com.br>")


@pytest.fixture
async def here(database_settings: Database) -> AsyncIterator[Scene]:
    async with scene(database_settings) as opened:
        yield opened


# the guard


async def test_the_owner_may_change_everything(here: Scene) -> None:
    await here.acts(EDU, stage="scheduled", deadline=DUE, priority="high", client="Clínica Sol")
    await here.acts("EDU.N1", deadline=DUE + timedelta(days=1), priority="low")
    assert here.told() == []
    assert await here.notes() == []


async def test_what_another_changes_is_noted_and_told_to_the_owner(here: Scene) -> None:
    await here.acts(EDU, stage="scheduled", deadline=DUE)
    await here.acts(FIA, priority="high")
    [(whom, text)] = here.told()
    assert whom == "edu.n1@r3izzy.com.br"
    assert "Fia Melo mudou a prioridade deste chamado de Média para Alta" in text
    [note] = await here.notes()
    assert note.startswith("Fia Melo mudou a prioridade deste chamado de Média para Alta.")
    assert (await here.ticket())["priority"] == "high"


async def test_an_unknown_author_is_called_so(here: Scene) -> None:
    await here.acts(EDU, stage="scheduled", deadline=DUE)
    await here.acts(None, priority="high")
    [note] = await here.notes()
    assert note.startswith("Alguém (o Odoo não diz quem) mudou a prioridade")


async def test_the_triage_of_n0_is_no_violation_before_scheduling(here: Scene) -> None:
    await here.acts(ANA, priority="high")
    await here.acts(EDU, stage="scheduled", deadline=DUE)
    assert await here.notes() == []
    await here.acts(ANA, priority="low")
    assert len(await here.notes()) == 1


async def test_our_own_writing_is_no_violation(here: Scene) -> None:
    await here.acts(EDU, stage="scheduled", deadline=DUE)
    await here.acts("intake", priority="high")
    assert await here.notes() == []


async def test_who_takes_a_ticket_over_may_change_it_at_once(here: Scene) -> None:
    await here.acts(EDU, stage="scheduled", deadline=DUE)
    await here.acts(FIA, owner=FIA, priority="high")
    assert await here.notes() == []


async def test_a_revert_happens_once_and_then_people_must_talk(
    database_settings: Database,
) -> None:
    guard = {"priority": "revert", "deadline": "off"}
    async with scene(database_settings, guard=guard, notify_schedule=False) as here:
        await here.acts(EDU, stage="scheduled", deadline=DUE)
        await here.acts(FIA, priority="high")
        assert (await here.ticket())["priority"] == "medium"
        [carried] = here.carried.tickets.values()
        assert (carried.priority, carried.changed) == ("medium", {"priority"})
        assert "A mudança foi desfeita" in (await here.notes())[0]
        await here.acts("intake", priority="medium")
        assert len(await here.notes()) == 1
        here.told()
        here.clock.forward(hours=1)
        await here.acts(FIA, priority="high")
        assert (await here.ticket())["priority"] == "high"
        assert [whom for whom, _ in here.told()] == ["edu.n1@r3izzy.com.br", "rui@r3izzy.com.br"]
        assert "Coordenação, por favor" in (await here.notes())[-1]
        await here.acts(FIA, deadline=DUE + timedelta(days=2))
        assert len(await here.notes()) == 2


# work that begins


async def test_work_that_begins_without_scheduling_is_noted(here: Scene) -> None:
    await here.acts(EDU, stage="in_progress")
    [(whom, text)] = here.told()
    assert whom == "edu.n1@r3izzy.com.br"
    assert "começou a resolver este chamado sem agendamento" in text


async def test_work_that_another_begins_is_told_to_both(here: Scene) -> None:
    await here.acts(EDU, stage="scheduled", deadline=DUE)
    await here.acts(FIA, stage="in_progress")
    assert [whom for whom, _ in here.told()] == ["edu.n1@r3izzy.com.br", "fia@r3izzy.com.br"]
    assert "que está com Edu Reis" in (await here.notes())[0]


async def test_work_that_begins_well_is_nobodys_business(here: Scene) -> None:
    await here.acts(EDU, stage="scheduled", deadline=DUE)
    await here.acts(EDU, stage="in_progress")
    assert here.told() == []


# dates


async def test_the_client_hears_of_the_date_once_it_has_come_to_rest(here: Scene) -> None:
    await here.acts(EDU, stage="scheduled", deadline=DUE)
    await here.later(minutes=4)
    await here.acts(EDU, deadline=DUE + timedelta(days=3))
    assert here.told() == []
    await here.later(minutes=6)
    [(whom, text)] = here.told()
    assert whom == BIA
    assert "está agendado" in text
    assert "Previsão de solução: segunda-feira, 18/3, às 18h" in text
    await here.later(minutes=60)
    assert here.told() == []


async def test_several_moves_are_one_message_with_old_and_new_date(here: Scene) -> None:
    await here.acts(EDU, stage="scheduled", deadline=DUE)
    await here.later(minutes=10)
    here.told()
    for days in (1, 5, 4):
        await here.acts(EDU, deadline=DUE + timedelta(days=days))
        await here.later(minutes=2)
    await here.later(minutes=4)
    [(whom, text)] = here.told()
    assert whom == BIA
    assert "Data anterior: sexta-feira, 15/3, às 18h" in text
    assert "Nova data: terça-feira, 19/3, às 18h" in text
    assert "só muda em casos excepcionais" in (await here.notes())[-1]


async def test_moved_and_moved_back_is_nothing(here: Scene) -> None:
    await here.acts(EDU, stage="scheduled", deadline=DUE)
    await here.later(minutes=10)
    here.told()
    await here.acts(EDU, deadline=DUE + timedelta(days=1))
    await here.acts(EDU, deadline=DUE)
    await here.later(minutes=10)
    assert here.told() == []


async def test_scheduling_can_be_kept_from_the_client(database_settings: Database) -> None:
    async with scene(database_settings, notify_schedule=False) as here:
        await here.acts(EDU, stage="scheduled", deadline=DUE)
        await here.later(minutes=10)
        assert here.told() == []
        await here.acts(EDU, deadline=DUE + timedelta(days=1))
        await here.later(minutes=10)
        assert [whom for whom, _ in here.told()] == [BIA]


# the end


async def test_done_with_a_solution_is_closed_and_told(here: Scene) -> None:
    await here.acts(EDU, stage="scheduled", deadline=DUE)
    await here.writes(EDU, "Falei com o banco, senha 1234.")
    await here.writes(EDU, SOLUTION)
    assert here.told() == []
    await here.acts(EDU, stage="done")
    [(whom, text)] = here.told()
    assert whom == BIA
    assert "reemitimos a nota.\nEla está no aplicativo." in text
    assert "banco" not in text
    ticket = await here.ticket()
    assert ticket["closed_at"] == here.clock.now
    [carried] = here.carried.tickets.values()
    assert (carried.stage, carried.changed) == ("done", {"stage"})
    sent = here.sender.sent[-1]
    assert sent.in_reply_to == here.sender.sent[0].message_id
    await here.writes(EDU, "Solução: outra coisa.")
    await here.later(days=3)
    assert here.told() == []


async def test_no_mail_goes_to_a_telephone_number(here: Scene) -> None:
    # As for a ticket opened by hand for somebody who called.
    await rows(
        here.application,
        """UPDATE replies SET outgoing = jsonb_set(outgoing, '{recipient}', '"+5511987654321"')
           RETURNING id""",
    )
    await here.acts(EDU, stage="done")
    await here.writes(EDU, SOLUTION)
    assert here.told() == []
    assert "não foi avisado por aqui" in (await here.notes())[-1]


async def test_cancelled_with_a_reason_is_told_in_other_words(here: Scene) -> None:
    await here.acts(EDU, stage="cancelled", closed=True)
    assert here.told() == []
    await here.writes(EDU, "Motivo: o pedido veio duas vezes.")
    [(whom, text)] = here.told()
    assert whom == BIA
    assert "foi cancelado" in text
    assert "o pedido veio duas vezes." in text


async def test_without_the_note_the_owner_is_asked_once_and_then_n0(here: Scene) -> None:
    await here.acts(EDU, stage="done", closed=True)
    assert here.told() == []
    await here.later(minutes=15)
    [(whom, text)] = here.told()
    assert whom == "edu.n1@r3izzy.com.br"
    assert "uma nota interna que comece com “Solução:”" in text
    await here.later(hours=7)
    assert here.told() == []
    await here.later(hours=16)
    assert [whom for whom, _ in here.told()] == ["ana.n0@r3izzy.com.br"]
    await here.later(days=9)
    assert here.told() == []
    await here.writes(EDU, SOLUTION)
    assert [whom for whom, _ in here.told()] == [BIA]


async def test_a_comment_that_clients_see_is_no_note(here: Scene) -> None:
    await here.writes(EDU, SOLUTION, internal=False)
    await here.acts(EDU, stage="done")
    assert here.told() == []


async def test_what_a_client_reopens_ends_with_a_note_of_its_own(here: Scene) -> None:
    await here.writes(EDU, SOLUTION)
    await here.acts(EDU, stage="done")
    await take_in(here.application, ANSWER, first=2)
    assert (await here.ticket())["stage"] == "new"
    here.told()
    await here.acts("intake", stage="new", closed=False)
    await here.acts(EDU, stage="done", closed=True)
    assert here.told() == []
    await here.writes(EDU, "Solução: agora sim.")
    [(whom, text)] = here.told()
    assert (whom, "agora sim." in text, "reemitimos" in text) == (BIA, True, False)


async def test_what_a_person_reopens_ends_again(here: Scene) -> None:
    await here.writes(EDU, SOLUTION)
    await here.acts(EDU, stage="done", closed=True)
    await here.acts(EDU, stage="in_progress", closed=False)
    here.told()
    await here.writes(EDU, "Solução: de novo.")
    await here.acts(EDU, stage="done", closed=True)
    assert [whom for whom, _ in here.told()] == [BIA]


# commands


async def test_n0_moves_a_ticket_to_another_level(here: Scene) -> None:
    await here.writes(ANA, "@Coordenacao o cliente pediu o gerente")
    ticket = await here.ticket()
    assert (ticket["level"], ticket["owner"]) == ("Coordenação", RUI)
    [(whom, text)] = here.told()
    assert whom == "rui@r3izzy.com.br"
    assert "Motivo: o cliente pediu o gerente" in text
    await here.notice()
    assert here.told() == []


async def test_a_level_where_it_is_already_and_two_at_once_are_answered(here: Scene) -> None:
    await here.writes(ANA, "@N1 por favor")
    assert (await here.notes())[-1] == "O chamado não foi para N1: já está nesse nível."
    await here.writes(ANA, "@N2 ou @Coordenação?")
    assert "pede mais de um nível (N2, Coordenação)" in (await here.notes())[-1]
    assert (await here.ticket())["level"] == "N1"


async def test_two_daemons_that_heed_at_once_say_it_once(here: Scene) -> None:
    await here.acts(EDU, stage="scheduled", deadline=DUE)
    here.desk.stands(here.ref, FIA, priority="high")
    await here.watch.look()
    [ticket] = await rows(here.application, "SELECT id FROM tickets")
    await asyncio.gather(*(follow_up(here.application.context, ticket["id"]) for _ in range(4)))
    await here.application.worker_pool.drain()
    assert len(await here.notes()) == 1
    assert [whom for whom, _ in here.told()] == ["edu.n1@r3izzy.com.br"]


async def test_the_term_that_a_desk_takes_for_a_date_was_set_by_nobody(here: Scene) -> None:
    promised = (await here.ticket())["resolution_due"]
    await here.acts(FIA, stage="scheduled", deadline=promised)
    assert await here.notes() == []
    await here.acts(FIA, deadline=DUE + timedelta(days=1))
    assert len(await here.notes()) == 1


async def test_what_was_heeded_is_not_heeded_again(here: Scene) -> None:
    await here.acts(EDU, stage="scheduled", deadline=DUE)
    await here.acts(FIA, priority="high")
    here.told()
    await here.later(minutes=1)
    assert here.told() == []
    assert len(await here.notes()) == 1
    [left] = await rows(
        here.application, "SELECT count(*) AS n FROM desk_changes WHERE processed_at IS NULL"
    )
    assert left["n"] == 0
