"""A note with @Trello makes one card, and the ticket says so; whatever comes between."""

import asyncio
from typing import Any

import pytest

from intake.jobs import cards
from intake.jobs.cards import make_card
from intake.settings.database import Database
from tests.application import mail, rows
from tests.servers.scripted_trello import LIMITED, UNAVAILABLE, ScriptedTrello
from tests.trello.table import SECRETS, table

FISCAL = "@Trello Fiscal"


async def test_a_note_makes_a_card_and_its_link_comes_back(
    database_settings: Database, trello: ScriptedTrello
) -> None:
    trello.board("Comercial")
    fiscal = trello.board("Fiscal", "A fazer", "Feito")
    async with table(database_settings, trello) as here:
        async with here.application.database.transaction() as connection:
            await connection.execute("UPDATE tickets SET desk_url = 'https://odoo.test/t/7'")
        await here.writes("Isto é com o fiscal.\n@trello FISCAL")
        [card] = trello.cards
        assert (card.board, card.in_list) == (fiscal.id, "A fazer")
        assert "https://odoo.test/t/7" in card.desc
        assert here.number in card.name
        assert await here.notes() == [f"Cartão no Trello, quadro Fiscal: {card.url}"]


async def test_no_word_of_the_client_leaves_unless_the_settings_say_so(
    database_settings: Database, trello: ScriptedTrello
) -> None:
    trello.board("Fiscal")
    async with table(database_settings, trello) as here:
        await here.writes(f"{FISCAL}\nligar para a Dra. Souza")
        [card] = trello.cards
        for secret in SECRETS:
            assert secret not in card.name + card.desc


async def test_with_the_settings_title_client_and_text_are_on_it(
    database_settings: Database, trello: ScriptedTrello
) -> None:
    trello.board("Fiscal")
    async with table(database_settings, trello, title="ticket", description="text") as here:
        await here.writes(FISCAL)
        [card] = trello.cards
        assert card.name == f"{here.number} · Nota da paciente Carla Dias"
        assert "Cliente: Bia Souza" in card.desc
        assert "Aqui é a Dra. Ana Souza" in card.desc
        assert "bia@" not in card.desc


async def test_each_note_and_board_has_its_own_card_and_repeats_have_none(
    database_settings: Database, trello: ScriptedTrello
) -> None:
    trello.board("Fiscal")
    trello.board("Produto")
    async with table(database_settings, trello) as here:
        await here.writes(f"{FISCAL}\n@Trello fiscal, por favor\n{FISCAL}\n@Trello produto")
        assert len(trello.cards) == 2
        # Both are made at once: which is there first is not said.
        made = await here.cards_made()
        assert {each["url"] for each in made} == {card.url for card in trello.cards}
        for card in await here.cards():
            await make_card(here.application.context, card["id"])
        assert len(trello.cards) == 2
        await here.writes(FISCAL)
        assert len(trello.cards) == 3
        assert (await here.notes())[-1].endswith("Este chamado já tinha um cartão nesse quadro.")


async def test_an_unknown_board_is_answered_with_those_there_are(
    database_settings: Database, trello: ScriptedTrello
) -> None:
    for number in range(40):
        trello.board(f"Projeto {number:02}")
    trello.board("Fiscal")
    async with table(database_settings, trello) as here:
        await here.writes("@Trello Fisco", "@Trello", "@Trello projeto")
        assert trello.cards == []
        unknown, unnamed, several = await here.notes()
        assert unknown.startswith(
            "Nenhum cartão foi criado: não há quadro chamado “Fisco”. Quadros: Fiscal, Projeto"
        )
        assert "e mais 26. Escreva uma nota nova, por exemplo “@Trello Fiscal”." in unknown
        assert "a nota não diz o quadro" in unnamed
        assert "mais de um quadro pode ser “projeto”" in several
        # Our own notes name @Trello: nobody takes them for commands.
        assert len(await here.cards()) == 3


async def test_only_the_boards_of_the_settings_by_the_names_that_people_use(
    database_settings: Database, trello: ScriptedTrello
) -> None:
    trello.board("Fiscal")
    long, by_id = trello.board("Fiscal e notas (2026)"), trello.board("Produto", "Ideias", "Fila")
    boards = {"Notas": "fiscal e notas (2026)", "App": by_id.id, "Velho": "Arquivado"}
    async with table(database_settings, trello, boards=boards, list="fila") as here:
        await here.writes("@Trello notas", "@Trello App", "@Trello Fiscal", "@Trello Velho")
        assert [(card.board, card.in_list) for card in trello.cards] == [
            (long.id, "Entrada"),
            (by_id.id, "Fila"),
        ]
        unknown, not_seen = (await here.notes())[2:]
        assert sorted(unknown.partition("Quadros: ")[2].partition(".")[0].split(", ")) == sorted(
            boards
        )
        assert "“Arquivado”" in not_seen


async def test_it_waits_while_trello_is_away_and_makes_one_card(
    database_settings: Database, trello: ScriptedTrello
) -> None:
    trello.board("Fiscal")
    trello.troubles += [("GET", LIMITED), ("GET", UNAVAILABLE), ("POST", UNAVAILABLE)]
    async with table(database_settings, trello) as here:
        await here.writes(FISCAL)
        for seconds in (5, 30, 120):
            assert trello.cards == []
            await here.later(seconds=seconds)
        assert len(trello.cards) == 1
        assert len(await here.notes()) == 1
        assert [each for each in trello.asked if "GET" in each and "cards" in each]


async def test_an_answer_that_drips_is_not_waited_for(
    database_settings: Database, trello: ScriptedTrello
) -> None:
    trello.board("Fiscal")
    trello.pause = 0.3
    async with table(database_settings, trello, timeout=0.4) as here:
        await here.writes(FISCAL)
        [card] = await here.cards()
        assert (card["state"], card["detail"]) == ("wanted", "no answer within 0.4 seconds")
        trello.pause = 0
        await here.later(seconds=31)
        assert len(trello.cards) == 1


async def test_what_waits_is_on_the_queue_for_its_time(
    database_settings: Database, trello: ScriptedTrello
) -> None:
    trello.board("Fiscal")
    trello.troubles.append(("GET", LIMITED))
    async with table(database_settings, trello) as here:
        await here.writes(FISCAL)
        [job] = await rows(
            here.application,
            "SELECT scheduled_at FROM procrastinate_jobs"
            " WHERE task_name = 'card' AND status = 'todo'",
        )
        assert job["scheduled_at"] > here.application.context.clock()


async def test_a_card_whose_answer_was_lost_is_found_again(
    database_settings: Database, trello: ScriptedTrello
) -> None:
    trello.board("Fiscal")
    trello.cuts = 1
    async with table(database_settings, trello) as here:
        await here.writes(FISCAL)
        [card] = trello.cards
        assert await here.notes() == []
        # Not before what was cut off has had the time to arrive.
        asked = len(trello.asked)
        await here.later(seconds=10)
        assert len(trello.asked) == asked
        await here.later(seconds=30)
        assert trello.cards == [card]
        assert await here.notes() == [f"Cartão no Trello, quadro Fiscal: {card.url}"]


async def test_a_daemon_that_dies_over_it_leaves_one_card(
    database_settings: Database, trello: ScriptedTrello, monkeypatch: pytest.MonkeyPatch
) -> None:
    trello.board("Fiscal")

    async def dies(*_: object) -> None:
        raise asyncio.CancelledError

    async with table(database_settings, trello) as here:
        await here.asks(FISCAL)
        with monkeypatch.context() as patched:
            patched.setattr("intake.jobs.cards.record_made", dies)
            with pytest.raises(asyncio.CancelledError):
                await make_card(here.application.context, (await here.cards())[0]["id"])
        assert len(trello.cards) == 1
        assert await here.notes() == []
        await here.later(seconds=31)
        assert len(trello.cards) == 1
        assert len(await here.notes()) == 1


async def test_two_daemons_at_once_make_one_card(
    database_settings: Database, trello: ScriptedTrello
) -> None:
    trello.board("Fiscal")
    async with table(database_settings, trello) as here:
        await here.asks(FISCAL)
        [card] = await here.cards()
        await asyncio.gather(*(make_card(here.application.context, card["id"]) for _ in range(4)))
        assert len(trello.cards) == 1
        assert len(await here.notes()) == 1


async def test_after_a_day_the_ticket_says_that_there_is_no_card(
    database_settings: Database, trello: ScriptedTrello
) -> None:
    trello.board("Fiscal")
    trello.troubles += [("GET", UNAVAILABLE)] * 2
    async with table(database_settings, trello) as here:
        await here.writes(FISCAL)
        await here.later(hours=25)
        [card] = await here.cards()
        assert card["state"] == "refused"
        [note] = await here.notes()
        assert note == (
            "O cartão no Trello (“Fiscal”) não foi criado: o Trello não respondeu durante um dia "
            "(HTTP 503). Escreva uma nota nova."
        )


async def test_a_revoked_token_is_told_to_n0_once_and_not_tried_for_ever(
    database_settings: Database, trello: ScriptedTrello
) -> None:
    trello.board("Fiscal")
    trello.token = "revoked"
    async with table(database_settings, trello) as here:
        told = len(here.sender.sent)
        await here.writes(FISCAL, FISCAL)
        assert [card["state"] for card in await here.cards()] == ["refused", "refused"]
        assert len(await here.notes()) == 2
        [letter] = here.sender.sent[told:]
        assert letter.recipient == "ana.n0@r3izzy.com.br"
        assert "HTTP 401: invalid token" in letter.text
        assert "intake doctor" in letter.text


async def test_once_cards_were_made_again_a_new_lock_out_is_told_again(
    database_settings: Database, trello: ScriptedTrello
) -> None:
    trello.board("Fiscal")
    good = trello.token
    async with table(database_settings, trello) as here:
        told = len(here.sender.sent)
        for token in ("revoked", good, "revoked"):
            trello.token = token
            await here.later(minutes=1)
            await here.writes(FISCAL)
        assert len(here.sender.sent) - told == 2


async def test_a_secret_that_is_not_there_is_a_lock_out_too(
    database_settings: Database, trello: ScriptedTrello, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with table(database_settings, trello) as here:
        monkeypatch.delenv("TEST_TRELLO_TOKEN")
        await here.writes(FISCAL)
        [note] = await here.notes()
        assert "environment variable TEST_TRELLO_TOKEN is not set" in note


async def test_a_board_on_which_the_member_may_not_write(
    database_settings: Database, trello: ScriptedTrello
) -> None:
    trello.board("Fiscal", may_write=False)
    async with table(database_settings, trello) as here:
        told = len(here.sender.sent)
        await here.writes(FISCAL)
        [note] = await here.notes()
        assert "unauthorized card permission requested" in note
        assert len(here.sender.sent) == told


async def test_the_longest_text_is_cut_and_taken(
    database_settings: Database, trello: ScriptedTrello
) -> None:
    trello.board("Fiscal")
    raw = mail("Olá! " + "é muito texto " * 3000, subject="Longo " * 100)
    async with table(
        database_settings, trello, raw=raw, title="ticket", description="text"
    ) as here:
        await here.writes(FISCAL)
        [card] = trello.cards
        assert card.desc.splitlines()[-1].startswith("central-intake:")
        assert len(card.name) <= 200


async def test_whoever_was_held_up_over_it_makes_no_second_one(
    database_settings: Database, trello: ScriptedTrello, monkeypatch: pytest.MonkeyPatch
) -> None:
    trello.board("Fiscal")
    async with table(database_settings, trello) as here:
        await here.asks(FISCAL)
        [card] = await here.cards()
        prepare = cards._prepare

        async def is_held_up(*args: Any) -> bool:
            ready = await prepare(*args)
            monkeypatch.setattr(cards, "_prepare", prepare)
            # It was committed by then that a card is about to be made.
            await args[0].connection.commit()
            # Another daemon takes the job over, and does not hear of the card that it makes.
            trello.cuts = 1
            await here.later(seconds=31)
            return ready

        monkeypatch.setattr(cards, "_prepare", is_held_up)
        await make_card(here.application.context, card["id"])
        assert len(trello.cards) == 1
        await here.later(seconds=31)
        assert len(trello.cards) == 1
        assert len(await here.notes()) == 1
