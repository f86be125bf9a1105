"""One business week: every promise of the clock, kept and broken."""

import asyncio
from datetime import datetime

from intake.actions.escalate import escalate_ticket
from intake.jobs.fire_alarms import MOST_TOLD, fire_alarms
from intake.notify.alarms import recompute_alarms
from intake.settings.database import Database
from routing.vocabulary import Stage
from tests.application import rows
from tests.watch.week import ANA, CAU, EDU, instant, week


def names(told: list) -> list[str]:  # type: ignore[type-arg]
    return sorted(each.recipient.partition("@")[0] for each in told)


async def test_the_new_owner_of_an_urgent_ticket_is_told_at_once(
    database_settings: Database,
) -> None:
    async with week(database_settings) as it:
        await it.ticket(priority="high")
        [told] = await it.until("mon 09:00")
        assert told.recipient == "edu@r3izzy.com.br"
        assert "Chamado urgente" in told.subject
        assert told.ticket_number in told.subject
        await it.ticket()
        assert await it.until("mon 09:01") == []


async def test_whoever_gets_an_urgent_ticket_later_is_told_then(
    database_settings: Database,
) -> None:
    async with week(database_settings) as it:
        ticket = await it.ticket(priority="high", owner="ana", level="N0")
        assert names(await it.until("mon 09:00")) == ["ana"]
        it.turn("mon 09:30")
        [row] = await rows(it.application, "SELECT number FROM tickets WHERE id = %s", [ticket])
        await escalate_ticket(it.application.context, row["number"], "")
        told = await it.until("mon 09:30")
        assert {"Chamado urgente" in each.subject for each in told} == {True, False}
        assert names(told) == ["edu", "edu"]


async def test_a_ticket_that_nobody_schedules_is_told_after_two_business_hours(
    database_settings: Database,
) -> None:
    async with week(database_settings, "mon 11:00") as it:
        await it.ticket()
        assert await it.until("mon 13:59") == []
        told = await it.until("mon 14:00")
        assert names(told) == ["ana", "edu"]
        by_name = {each.recipient: each.text for each in told}
        assert "Fale pessoalmente com Edu" in by_name["ana@r3izzy.com.br"]
        assert "Mova para Agendado e ponha uma data final" in by_name["edu@r3izzy.com.br"]
        assert await it.until("mon 17:59") == []


async def test_a_ticket_that_is_scheduled_in_time_wakes_nobody(
    database_settings: Database,
) -> None:
    async with week(database_settings, "mon 11:00") as it:
        ticket = await it.ticket()
        it.turn("mon 13:30")
        await it.change(ticket, stage="scheduled", deadline=instant("fri 17:00"))
        assert await it.until("mon 14:00") == []


async def test_scheduling_needs_a_date_too(database_settings: Database) -> None:
    async with week(database_settings) as it:
        ticket = await it.ticket()
        await it.change(ticket, stage="scheduled")
        assert names(await it.until("mon 11:00")) == ["ana", "edu"]


async def test_it_is_told_again_until_the_owner_has_seen_it(database_settings: Database) -> None:
    async with week(database_settings, alarms_off=["resolution-near", "resolution-breach"]) as it:
        ticket = await it.ticket()
        seen = await it.ticket()
        assert names(await it.until("mon 11:00")) == ["ana", "edu"]
        it.turn("mon 15:00")
        async with it.application.database.transaction() as connection:
            await connection.execute(
                """INSERT INTO desk_notes (ticket_id, ref, who, internal, body, at)
                   VALUES (%s, 'n1', 'Edu', true, 'vou ver', %s)""",
                [seen, it.now[0]],
            )
        await it.change(seen)
        # Nine business hours later.
        told = await it.until("tue 12:00")
        assert told == []
        told = await it.until("tue 13:00")
        assert names(told) == ["ana", "edu"]
        [row] = await rows(it.application, "SELECT number FROM tickets WHERE id = %s", [ticket])
        assert {each.ticket_number for each in told} == {row["number"]}


async def test_the_first_level_is_told_of_a_client_who_got_no_answer(
    database_settings: Database,
) -> None:
    async with week(database_settings, alarms_off=["unscheduled"]) as it:
        await it.ticket(first_response_due=instant("mon 10:00"))
        await it.ticket(answered=False, first_response_due=instant("mon 10:30"))
        assert await it.until("mon 10:29") == []
        [told] = await it.until("mon 10:30")
        assert told.recipient == "ana@r3izzy.com.br"
        assert "Cliente sem resposta inicial" in told.subject
        assert await it.until("mon 17:00") == []


async def test_the_owner_is_warned_and_at_breach_all_three_are_told(
    database_settings: Database,
) -> None:
    async with week(database_settings, alarms_off=["unscheduled"]) as it:
        # Ten business hours: two are left on Tuesday at ten.
        await it.ticket(resolution_due=instant("tue 11:00"))
        assert await it.until("mon 17:59") == []
        [warned] = await it.until("tue 09:00")
        assert warned.recipient == "edu@r3izzy.com.br"
        assert "Prazo de solução perto do fim" in warned.subject
        told = await it.until("tue 11:00")
        assert names(told) == ["ana", "cau", "edu"]
        assert all("Prazo de solução vencido" in each.subject for each in told)
        assert await it.until("fri 17:00") == []


async def test_what_is_done_in_time_wakes_nobody(database_settings: Database) -> None:
    async with week(database_settings) as it:
        ticket = await it.ticket(resolution_due=instant("tue 11:00"), priority="high")
        await it.until("mon 09:00")
        await it.change(ticket, stage=Stage.DONE.value, closed_at=it.now[0])
        assert await it.until("fri 17:00") == []
        assert await rows(it.application, "SELECT 1 FROM alarms WHERE fired_at IS NULL") == []


async def test_the_owners_own_date_is_a_promise_and_moves_its_alarms(
    database_settings: Database,
) -> None:
    async with week(database_settings, alarms_off=["unscheduled", "reminder"]) as it:
        ticket = await it.ticket(resolution_due=None)
        await it.change(ticket, stage="scheduled", deadline=instant("tue 11:00"))
        it.turn("mon 17:00")
        await it.change(ticket, deadline=instant("thu 11:00"))
        assert await it.until("tue 18:00") == []
        [warned] = await it.until("thu 09:00")
        assert "Data final perto" in warned.subject
        told = await it.until("thu 11:00")
        assert names(told) == ["ana", "cau", "edu"]
        assert all("Data final vencida" in each.subject for each in told)


async def test_a_date_that_is_the_term_itself_is_told_once(database_settings: Database) -> None:
    async with week(database_settings) as it:
        due = instant("tue 11:00")
        await it.ticket(resolution_due=due, stage="scheduled", deadline=due)
        assert len(await it.until("tue 09:30")) == 1
        assert len(await it.until("tue 11:00")) == 3


async def test_an_internal_ticket_comes_back_every_business_day(
    database_settings: Database,
) -> None:
    async with week(database_settings, "mon 10:00", alarms_off=["unscheduled"]) as it:
        ticket = await it.ticket(resolution_due=None, owner="cau", level="Coordenação")
        rang = []
        for moment in ("mon 17:00", "tue 08:59", "tue 09:00", "tue 17:00", "thu 08:00"):
            rang += [(moment, *names(await it.until(moment)))]
        assert rang[2] == ("tue 09:00", "cau")
        assert [each for each in rang if len(each) > 1] == [rang[2]]
        assert names(await it.until("thu 09:00")) == ["cau"]
        # The daemon was away on Friday: one reminder, not two.
        assert names(await it.until("next mon 09:00")) == ["cau"]
        await it.change(ticket, stage="done", closed_at=it.now[0])
        assert await rows(it.application, "SELECT 1 FROM alarms WHERE fired_at IS NULL") == []


async def test_nothing_rings_outside_business_hours(database_settings: Database) -> None:
    async with week(database_settings, "tue 16:00") as it:
        await it.ticket()
        await it.ticket(priority="high", assigned_at=instant("tue 18:30"))
        for moment in ("tue 18:00", "tue 23:00", "wed 10:00", "thu 08:59"):
            assert await it.until(moment) == [], moment
        # Two business hours were over at closing; Wednesday is a holiday. One message each.
        told = await it.until("thu 09:00")
        assert names(told) == ["ana", "edu"]
        assert "2 avisos" in next(each.subject for each in told if "edu" in each.recipient)


async def test_after_an_outage_each_gets_one_message(database_settings: Database) -> None:
    async with week(database_settings) as it:
        for _ in range(MOST_TOLD + 5):
            await it.ticket()
        await it.ticket(priority="high", resolution_due=instant("mon 15:00"))
        told = await it.until("thu 10:00")
        assert names(told) == ["ana", "cau", "edu"]
        [edu] = [each for each in told if "edu" in each.recipient]
        assert edu.text.index("Prazo de solução vencido") < edu.text.index("Chamado urgente")
        assert edu.text.index("Chamado urgente") < edu.text.index("À espera de agendamento")
        assert edu.text.count("Chamado: ") == MOST_TOLD
        assert "intake alarms --fired" in edu.text
        [cau] = [each for each in told if "cau" in each.recipient]
        assert "Veja com Edu o que impede a solução" in cau.text
        assert await it.until("thu 10:01") == []


async def test_somebody_waits_for_the_next_alarm_only(database_settings: Database) -> None:
    async with week(database_settings) as it:
        tickets = [await it.ticket() for _ in range(5)]
        assert await it.next_ring() == [instant("mon 11:00")]
        early = await it.ticket(answered=False, first_response_due=instant("mon 09:45"))
        assert await it.next_ring() == [instant("mon 09:45"), instant("mon 11:00")]
        await it.until("mon 09:45")
        assert instant("mon 11:00") in await it.next_ring()
        for ticket in [early, *tickets]:
            await it.change(ticket, stage="done", closed_at=it.now[0])
        assert await it.until("mon 11:00") == []


async def test_the_note_at_the_desk_names_who_is_meant(database_settings: Database) -> None:
    async with week(database_settings) as it:
        await it.ticket()
        await it.until("mon 11:00")
        entries = [each for each in it.desk.entries.values() if each.kind == "note"]
        [note] = [each for each in entries if "agendamento" in each.body_html]
        assert "@Ana Lima" in note.body_html
        assert "@Edu Reis" in note.body_html


async def test_for_an_owner_on_leave_the_first_level_is_told(database_settings: Database) -> None:
    away = {**EDU, "absence": [{"first": "2030-11-18", "last": "2030-11-22"}]}
    async with week(database_settings, people=(ANA, away, CAU)) as it:
        await it.ticket(priority="high")
        [told] = await it.until("mon 09:00")
        assert told.recipient == "ana@r3izzy.com.br"
        assert "Edu não está trabalhando agora" in told.text


async def test_a_ticket_whose_term_is_over_goes_up_where_the_settings_say_so(
    database_settings: Database,
) -> None:
    async with week(database_settings, escalate_breach=True, alarms_off=["unscheduled"]) as it:
        due = instant("mon 12:00")
        await it.ticket(resolution_due=due, owner="ana", level="N0")
        await it.ticket(resolution_due=due, owner="cau", level="Coordenação")
        await it.until("mon 15:00")
        found = await rows(it.application, "SELECT owner, level FROM tickets ORDER BY id")
        assert [(row["owner"], row["level"]) for row in found] == [
            ("edu", "N1"),
            ("cau", "Coordenação"),
        ]
        assert await it.until("tue 15:00") == []


async def test_two_daemons_tell_each_thing_once(database_settings: Database) -> None:
    async with week(database_settings) as it, week(database_settings, "mon 11:00") as other:
        for _ in range(8):
            await it.ticket()
        it.turn("mon 11:00")
        await asyncio.gather(
            *(fire_alarms(each.application.context) for each in (it, other) for _ in range(3))
        )
        await it.application.worker_pool.drain()
        assert names([*it.told(), *other.told()]) == ["ana", "edu"]
        [row] = await rows(
            it.application, "SELECT count(*) AS n FROM alarms WHERE fired_at IS NOT NULL"
        )
        assert row["n"] == 8


async def test_other_settings_count_all_alarms_anew(database_settings: Database) -> None:
    async with week(database_settings) as it:
        await it.ticket()
        await recompute_alarms(it.application.context)
    async with week(database_settings, schedule_within="4h úteis") as it:
        assert await it.until("mon 09:00") == []
        await recompute_alarms(it.application.context)
        assert await it.until("mon 11:00") == []
        assert names(await it.until("mon 14:00")) == ["ana", "edu"]


async def test_tickets_from_before_there_was_a_clock_get_their_alarms(
    database_settings: Database,
) -> None:
    async with week(database_settings, enabled=False) as it:
        await it.ticket()
        assert await rows(it.application, "SELECT 1 FROM alarms") == []
    async with week(database_settings, "mon 09:30") as it:
        await fire_alarms(it.application.context, recompute=True)
        assert names(await it.until("mon 11:00")) == ["ana", "edu"]


async def test_a_client_who_writes_again_starts_the_clock_anew(
    database_settings: Database,
) -> None:
    async with week(database_settings) as it:
        ticket = await it.ticket()
        await it.change(ticket, stage="done", closed_at=it.now[0], deadline=instant("mon 16:00"))
        it.turn("thu 10:00")
        reopened: dict[str, datetime | str | None] = {
            "stage": "new",
            "closed_at": None,
            "deadline": None,
            "reopened_at": it.now[0],
            "first_response_due": instant("thu 11:00"),
            "resolution_due": instant("next mon 18:00"),
        }
        await it.change(ticket, **reopened)
        told = await it.until("thu 11:00")
        assert names(told) == ["ana"]
        assert "Cliente sem resposta inicial" in told[0].subject
        assert names(await it.until("thu 12:30")) == []
        assert names(await it.until("thu 13:00")) == ["ana", "edu"]
