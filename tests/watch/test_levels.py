"""A level that people change at the desk, by its tag, is an escalation."""

from collections.abc import AsyncIterator

import pytest

from intake.settings.database import Database
from routing.watch.change_sets import Change, TicketFields, deeds_of
from routing.watch.levels import LevelChange, level_change
from tests.application import rows
from tests.watch.heeded import BEGIN, Scene, scene

EDU, ANA, FIA, RUI = "edu.n1", "ana.n0", "fia.n1", "rui"


@pytest.fixture
async def here(database_settings: Database) -> AsyncIterator[Scene]:
    async with scene(database_settings) as opened:
        opened.desk.stands(opened.ref, level="N1")
        await opened.watch.look()
        yield opened


async def test_the_next_level_gets_the_ticket_by_the_roster(here: Scene) -> None:
    await here.acts(EDU, level="Coordenação")
    ticket = await here.ticket()
    assert (ticket["level"], ticket["owner"]) == ("Coordenação", RUI)
    [(whom, _)] = here.told()
    assert whom == "rui@r3izzy.com.br"
    [note] = await here.notes()
    assert note.startswith("Escalado de N1 (edu.n1) para Coordenação (rui).")
    assert "Edu Reis mudou a etiqueta do nível" in note
    assert await rows(here.application, "SELECT 1 FROM alarms WHERE kind = 'urgent'") == []
    await here.notice()
    assert here.told() == []


async def test_an_urgent_one_is_called_at_once(database_settings: Database) -> None:
    async with scene(database_settings, alarms_off=["reminder"]) as here:
        here.desk.stands(here.ref, level="N1")
        await here.acts(EDU, priority="high")
        here.told()
        await here.acts(EDU, level="Coordenação")
        urgent = await rows(here.application, "SELECT about FROM alarms WHERE kind = 'urgent'")
        assert [each["about"] for each in urgent] == [here.clock.now]


async def test_two_levels_at_once_are_only_said(here: Scene) -> None:
    here.desk.stands_for_several(here.ref, EDU, "level", at=here.clock.now)
    await here.notice()
    ticket = await here.ticket()
    assert (ticket["level"], ticket["owner"]) == ("N1", EDU)
    assert here.told() == []
    [note] = await here.notes()
    assert "etiquetas de mais de um nível" in note
    assert "ficou no nível N1" in note
    assert ticket["desk_synced"]["level"] == "N1"
    await here.acts(EDU, level="N0")
    assert (await here.ticket())["owner"] == ANA


async def test_our_own_escalation_is_nobodys_change(here: Scene) -> None:
    await here.writes(EDU, "@Coordenação falta o contrato")
    assert (await here.ticket())["level"] == "Coordenação"
    here.told()
    here.desk.stands(here.ref, "intake", at=here.clock.now, level="Coordenação", owner=RUI)
    await here.notice()
    assert here.told() == []
    assert len(await here.notes()) == 1


async def test_what_somebody_changed_shows_behind_our_own_writing(here: Scene) -> None:
    here.desk.stands(here.ref, "intake", at=here.clock.now, level="N0")
    await here.notice()
    assert (await here.ticket())["owner"] == ANA
    [note] = await here.notes()
    assert "Motivo: Alguém mudou a etiqueta" in note


async def test_a_note_and_a_tag_for_the_same_level_are_one_escalation(here: Scene) -> None:
    here.desk.says(here.ref, EDU, "@Coordenação contrato", internal=True, at=here.clock.now)
    await here.acts(EDU, level="Coordenação")
    assert (await here.ticket())["owner"] == RUI
    [note] = await here.notes()
    assert note.startswith("Escalado de N1 (edu.n1) para Coordenação (rui).")


async def test_who_names_the_new_owner_too_has_chosen(here: Scene) -> None:
    await here.acts(EDU, level="N0", owner=FIA)
    ticket = await here.ticket()
    assert (ticket["level"], ticket["owner"]) == ("N0", FIA)
    [note] = await here.notes()
    assert note == "Foi do nível N1 para o N0 com o responsável que Edu Reis escolheu."


async def test_where_nobody_is_on_that_level_the_desk_gets_the_one_it_fell_to(
    here: Scene,
) -> None:
    await here.acts(EDU, level="N2")
    ticket = await here.ticket()
    assert (ticket["level"], ticket["owner"]) == ("Coordenação", RUI)
    assert ticket["desk_synced"]["level"] == "Coordenação"


async def test_a_closed_ticket_goes_nowhere(here: Scene) -> None:
    await here.acts(EDU, stage="done", closed=True)
    here.told()
    await here.acts(EDU, level="N0")
    assert (await here.ticket())["owner"] == EDU
    assert here.told() == []


async def test_what_was_done_before_anybody_looked_at_levels_calls_nobody(
    database_settings: Database,
) -> None:
    async with scene(database_settings) as here:
        await here.acts(EDU, level="N0")
        assert (await here.ticket())["level"] == "N1"
        assert here.told() == []
        await here.acts(EDU, level="Coordenação")
        assert (await here.ticket())["level"] == "Coordenação"


def test_only_the_last_change_counts_and_only_if_it_leads_anywhere() -> None:
    there = Change(field="level", before="N0", after="N1", who=ANA, at=BEGIN)
    back = Change(field="level", before="N1", after="N0", who=EDU, at=BEGIN)
    owner = Change(field="owner", before=ANA, after=None, who=ANA, at=BEGIN)
    now = TicketFields(stage="new", owner=ANA, level="N0")
    assert level_change(deeds_of([there, back], now), "N0") is None
    expected = LevelChange(to="N1", who=ANA, owner_chosen=False)
    assert level_change(deeds_of([there, owner], now), "N0") == expected
    assert level_change([], "N0") is None
